//! From rows to a group of which more is to be known, and back.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::group::Group;
use super::members::Members;
use super::packed::plain;
use super::tables::{Tables, Touch};
use super::tracking::Member;
use crate::channel::Filter;
use crate::mld::Family;

impl<A: Family> Tables<'_, A> {
    /// The listeners that want something of a packed group, and what.
    fn members(&self, star: u32) -> Vec<(u32, A, Member<A>)> {
        let Self { link, packed, .. } = self;
        let mut channels = link.audience.channels(star, packed);
        channels.sort_unstable();
        let mut left = link.audience.rows(star, packed);
        let mut members = Vec::new();
        // A link does not know who wants a channel, only how many: listeners are looked at until they are found.
        for &id in link.audience.ids() {
            let rows = packed
                .listeners
                .rows(id)
                .iter()
                .filter(|row| channels.binary_search(&row.channel).is_ok())
                .count();
            if rows > 0 {
                let key = packed.listeners.get(id).map(|listener| listener.key);
                members.extend(key.zip(packed.member(id, star)).map(|(key, member)| (id, key, member)));
            }
            left = left.saturating_sub(rows);
            if left == 0 {
                break;
            }
        }
        members
    }

    /// Makes a group of what rows say of it, or of nothing.
    pub(super) fn unpack(&mut self, group: A, star: Option<u32>) {
        let told = match self.touched.get(&(self.face.link, group)) {
            Some(Touch::Rows(told)) => told.clone(),
            _ => star.map_or(Filter::NOTHING, |star| self.link.audience.filter(star, self.packed)),
        };
        let mut members = Members::default();
        for (id, key, member) in star.map(|star| self.members(star)).unwrap_or_default() {
            members.insert(key, member);
            if let Some(listener) = self.packed.listeners.get_mut(id) {
                listener.loose = listener.loose.saturating_add(1);
            }
            if let Some(star) = star {
                self.drop_rows(id, star, |_| true);
            }
        }
        self.link.groups.insert(group, Box::new(Group::of(members, told)));
    }

    /// Makes rows of a group, if rows can say all that is known of it; whether they could.
    pub(super) fn pack(&mut self, group: A) -> bool {
        let Some(state) = self.link.groups.get(&group) else { return false };
        if !self.face.is_plain() || !state.is_settled(self.now) {
            return false;
        }
        let rows = state.members.iter().map(|(key, member)| {
            let rows = plain(&member.wish)?;
            let id = self.link.audience.find(self.face.link, key, self.packed);
            self.packed.has_room_for(id, rows.len()).then_some((key, member.since, rows))
        });
        let Some(rows) = rows.collect::<Option<Vec<_>>>() else { return false };
        self.link.groups.remove(&group);
        for (key, since, rows) in rows {
            self.write(key, group, &rows, since);
            self.count_loose(key, |loose| loose.saturating_sub(1));
        }
        true
    }
}
