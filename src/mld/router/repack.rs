//! From rows to a group of which more is to be known, and back.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::group::Group;
use super::members::Members;
use super::packed::plain;
use super::tables::Tables;
use crate::channel::Filter;
use crate::mld::Family;

impl<A: Family> Tables<'_, A> {
    /// Makes a group of what rows say of it, or of nothing.
    pub(super) fn unpack(&mut self, group: A, star: Option<u32>) {
        let told = self.touched.told(self.face.link, group).cloned();
        let told = told.unwrap_or_else(|| {
            star.map_or(Filter::NOTHING, |star| self.link.audience.filter(star, self.packed))
        });
        let mut members = Vec::new();
        for id in star.map(|star| self.link.audience.who(star, self.packed)).unwrap_or_default() {
            let key = self.packed.listeners.get(id).map(|listener| listener.key);
            members.extend(key.zip(star.and_then(|star| self.packed.member(id, star))));
            if let Some(listener) = self.packed.listeners.get_mut(id) {
                listener.loose = listener.loose.saturating_add(1);
            }
            self.take_out(id, |_, row, channels| Some(channels.star(row.channel)) == star);
        }
        self.link.groups.insert(group, Box::new(Group::of(Members::of(members), told)));
    }

    /// Makes rows of a group, if rows can say all that is known of it; whether they could.
    pub(super) fn pack(&mut self, group: A) -> bool {
        let Some(state) = self.link.groups.get(&group) else { return false };
        if !self.face.is_plain() || !state.is_settled(self.now) {
            return false;
        }
        let rows = state.members.iter().map(|(key, member)| {
            let rows = plain(&member.wish)?;
            let id = self.link.audience.find(key, self.packed);
            self.packed.has_room_for(id, rows.len()).then_some((id, key, member.since, rows))
        });
        let Some(rows) = rows.collect::<Option<Vec<_>>>() else { return false };
        self.link.groups.remove(&group);
        for (id, key, since, rows) in rows {
            self.write(id, key, group, &rows, since);
            self.count_loose(key, |loose| loose.saturating_sub(1));
        }
        true
    }
}
