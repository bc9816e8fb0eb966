//! The tables of one link, packed or not, and what records do to them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Refusal;
use super::face::Face;
use super::fsm::Kind;
use super::group::Statement;
use super::heard::{Heard, Word};
use super::link::Link;
use super::packed::{Packed, Row, plain};
use super::sources::Until;
use super::tracking::{Member, Wish};
use crate::channel::{Filter, SourceList};
use crate::machine::LinkId;
use crate::mld::{Family, Version};
use crate::time::Instant;

/// What a call has touched, by link and group, and what was told of it before: one action each comes of it.
pub(super) type Touched<A> = BTreeMap<(LinkId, A), Touch<A>>;

/// What a call has done to a group.
#[derive(Clone, Debug)]
pub(super) enum Touch<A> {
    /// Rows came or went; this was told of the group before.
    Rows(Filter<A>),
    /// A group that is not packed: whether more than timers that run longer came of it.
    Group { changed: bool },
}

/// The tables of one link, at hand.
pub(super) struct Tables<'a, A: Family> {
    pub(super) now: Instant,
    pub(super) face: Face<'a, A>,
    pub(super) link: &'a mut Link<A>,
    pub(super) packed: &'a mut Packed<A>,
    pub(super) touched: &'a mut Touched<A>,
}

impl<A: Family> Tables<'_, A> {
    /// The number of a listener that wants something.
    pub(super) fn listener(&self, listener: A) -> Option<u32> {
        self.link.audience.find(self.face.link, self.link.audience.key(listener), self.packed)
    }

    /// Takes a record of `listener`.
    ///
    /// # Errors
    /// It wants for room, as [`Refusal::TableFull`] says.
    pub(super) fn hear(&mut self, listener: A, heard: Heard<'_, A>, until: Until) -> Result<(), Refusal> {
        let Heard { group, word, sources, version } = heard;
        let from = self.link.audience.key(listener);
        let said = Statement { from, word, sources, until, version };
        let id = self.listener(listener);
        let star =
            self.packed.channels.group(group).filter(|&star| self.link.audience.wants(star, self.packed));
        let has_rows =
            id.zip(star).is_some_and(|(id, star)| self.packed.channels_of(id, star).next().is_some());
        let known = self.link.groups.get(&group);
        let was = has_rows || known.is_some_and(|known| known.members.contains(from));
        // One that this call has emptied is there until its end.
        let is_new = known.is_none_or(|known| known.is_nothing()) && star.is_none();
        if !was && said.is_join() {
            if self.has_no_room(id, is_new) {
                return Err(Refusal::TableFull);
            }
        } else if is_new {
            return Ok(());
        }
        if known.is_none() {
            let is_plain = self.face.is_plain() && version == Version::Current;
            if is_plain
                && (!said.is_join() || self.packed.has_room_for(id, sources.len().max(1)))
                && let Word::Record(kind) = word
            {
                if let Some(heard) = self.hear_channel(kind, &said, group, id, star) {
                    return heard;
                }
                if self.hear_rows(&said, group, id, star) {
                    return Ok(());
                }
            }
            self.unpack(group, star);
        }
        self.hear_group(&said, group)
    }

    /// Whether the limits forbid that a listener wants something of one group more.
    fn has_no_room(&self, id: Option<u32>, is_new: bool) -> bool {
        let Self { face, link, packed, .. } = self;
        let limits = &face.config.limits;
        let loose = || link.groups.values().filter(|group| !group.is_nothing()).count();
        let is_full_with =
            |loose: usize| link.audience.wants_groups(limits.groups_per_link.saturating_sub(loose), packed);
        let is_full = is_new && is_full_with(link.groups.len()) && is_full_with(loose());
        let listener = id.and_then(|id| Some((id, packed.listeners.get(id)?.loose as usize)));
        let has_all = |(id, loose): (u32, usize)| {
            packed.listeners.rows(id).len().saturating_add(loose) >= limits.groups_per_listener
                && packed.groups(id).len().saturating_add(loose) >= limits.groups_per_listener
        };
        is_full || listener.map_or(limits.groups_per_listener == 0, has_all)
    }

    /// Takes what nearly all records say that say anything new: one channel more for a listener, or one less, or its last
    /// of a group; `None` if it is not that, or somebody is to be asked.
    fn hear_channel(
        &mut self,
        kind: Kind,
        said: &Statement<'_, A>,
        group: A,
        id: Option<u32>,
        star: Option<u32>,
    ) -> Option<Result<(), Refusal>> {
        let Self { link, packed, .. } = self;
        let (audience, packed) = (&link.audience, &**packed);
        let has = |channel: u32| {
            id.is_some_and(|id| packed.listeners.rows(id).iter().any(|row| row.channel == channel))
        };
        let has_everything = star.is_some_and(has);
        let rows = || id.zip(star).map(|(id, star)| packed.channels_of(id, star)).into_iter().flatten();
        let is_asked_about =
            |channel: u32| star.is_some_and(|star| audience.is_wanted_by_others(id, star, channel, packed));
        match (kind, said.sources.as_slice()) {
            (Kind::IsEx | Kind::ToEx, []) if rows().next().is_none() => {
                self.join(said, group, star, None);
            }
            (Kind::IsIn | Kind::Allow, &[source]) if !has_everything => {
                let channel = packed.channels.find(group, Some(source));
                if channel.is_some_and(has) {
                    return None;
                }
                let known = star.map_or(0, |star| audience.sources(star, packed));
                let is_full = known >= self.face.config.limits.sources_per_group;
                if is_full && !channel.is_some_and(is_asked_about) {
                    return Some(Err(Refusal::TableFull));
                }
                self.join(said, group, star, Some(source));
            }
            (Kind::ToIn, []) => {
                let others = star.is_some_and(is_asked_about);
                if others || !has_everything && rows().any(is_asked_about) {
                    return None;
                }
                self.leave(id, group, star, |_| true);
            }
            (Kind::Block, &[source]) if !has_everything => {
                let channel = packed.channels.find(group, Some(source)).filter(|&channel| has(channel));
                let others = star.is_some_and(is_asked_about);
                if channel.is_some_and(|channel| others || is_asked_about(channel)) {
                    return None;
                }
                self.leave(id, group, star, |left| left == Some(source));
            }
            _ => return None,
        }
        Some(Ok(()))
    }

    /// A row more.
    fn join(&mut self, said: &Statement<'_, A>, group: A, star: Option<u32>, source: Option<A>) {
        self.touch_rows(group, star);
        let Self { now, face, link, packed, .. } = self;
        let id = link.audience.enroll(face.link, said.from, packed);
        let member = star.and_then(|star| packed.since(id, star));
        let channel = packed.channels.take(group, source);
        let star = packed.channels.get(channel).map_or(channel, |named| named.star);
        packed.listeners.push(id, Row::new(channel, member.unwrap_or(*now), said.until.due));
        link.audience.enter(star, channel);
        packed.listeners.arm(id);
    }

    /// Those rows less that are from whom `goes` says, if it has any.
    fn leave(&mut self, id: Option<u32>, group: A, star: Option<u32>, goes: impl Fn(Option<A>) -> bool) {
        if let (Some(id), Some(star)) = (id, star) {
            self.touch_rows(group, Some(star));
            self.drop_rows(id, star, goes);
            self.link.audience.dismiss(id, self.packed);
        }
    }

    /// Takes a record of a group that is packed, or new, if rows can say what comes of it and nobody is to be asked;
    /// whether it was that.
    fn hear_rows(&mut self, said: &Statement<'_, A>, group: A, id: Option<u32>, star: Option<u32>) -> bool {
        let member = id.zip(star).and_then(|(id, star)| self.packed.member(id, star));
        let Member { wish, since } = member.unwrap_or(Member { wish: Wish::NOTHING, since: self.now });
        let (next, left) = wish.on(said.word, said.sources, said.until);
        let Some(rows) = plain(&next) else { return false };
        let audience = &self.link.audience;
        let channels = star.map(|star| audience.channels(star, self.packed)).unwrap_or_default();
        let is_asked = star.is_some_and(|star| audience.others_want(id, group, star, &left, self.packed));
        let known = channels.iter().filter(|&&channel| Some(channel) != star).count();
        let is_new = |source: A| {
            let channel = self.packed.channels.find(group, Some(source));
            channel.is_none_or(|channel| !channels.contains(&channel))
        };
        let new = rows.iter().filter_map(|&(source, _)| source).filter(|&source| is_new(source)).count();
        let limit = self.face.config.limits.sources_per_group;
        if is_asked || new > 0 && known.saturating_add(new) > limit {
            return false;
        }
        self.touch_rows(group, star);
        self.write(said.from, group, &rows, since);
        true
    }

    /// Notes what was told of a packed group.
    fn touch_rows(&mut self, group: A, star: Option<u32>) {
        let Self { face, link, packed, .. } = self;
        let told = || star.map_or(Filter::NOTHING, |star| link.audience.filter(star, packed));
        self.touched.entry((face.link, group)).or_insert_with(|| Touch::Rows(told()));
    }

    /// Makes `rows` all that a listener wants of a group.
    pub(super) fn write(&mut self, from: A, group: A, rows: &[(Option<A>, Instant)], since: Instant) {
        let Self { face, link, packed, .. } = self;
        if rows.is_empty() && link.audience.find(face.link, from, packed).is_none() {
            return;
        }
        let id = link.audience.enroll(face.link, from, packed);
        for &(source, due) in rows {
            if packed.prolong(id, group, source, due) {
                continue;
            }
            let channel = packed.channels.take(group, source);
            let star = packed.channels.get(channel).map_or(channel, |named| named.star);
            packed.listeners.push(id, Row::new(channel, since, due));
            link.audience.enter(star, channel);
        }
        let Some(star) = packed.channels.group(group) else { return };
        self.drop_rows(id, star, |source| rows.iter().all(|&(kept, _)| kept != source));
        self.packed.listeners.arm(id);
        self.link.audience.dismiss(id, self.packed);
    }

    /// Takes those rows of a listener out that are of a group and from whom `goes` says.
    pub(super) fn drop_rows(&mut self, id: u32, star: u32, goes: impl Fn(Option<A>) -> bool) {
        let packed = &self.packed;
        let source = |channel: u32| packed.channels.get(channel).and_then(|named| named.source);
        let gone: Vec<u32> = packed.channels_of(id, star).filter(|&channel| goes(source(channel))).collect();
        self.drop_channels(id, &gone);
    }

    fn drop_channels(&mut self, id: u32, channels: &[u32]) {
        let Self { link, packed, .. } = self;
        packed.listeners.drop_rows(id, channels);
        for &channel in channels {
            if let Some(named) = packed.channels.get(channel) {
                link.audience.leave(named.star, channel);
            }
            packed.channels.release(channel);
        }
    }

    /// Ends those rows of a listener that have ended, `most` of them; how many.
    pub(super) fn elapse_rows(&mut self, id: u32, most: usize) -> usize {
        let now = self.now;
        let rows = self.packed.listeners.rows(id).iter();
        let ended: Vec<u32> = rows.filter(|row| row.due <= now).take(most).map(|row| row.channel).collect();
        for &channel in &ended {
            if let Some(named) = self.packed.channels.get(channel) {
                self.touch_rows(named.group, Some(named.star));
            }
        }
        self.drop_channels(id, &ended);
        self.packed.listeners.arm(id);
        self.link.audience.dismiss(id, self.packed);
        ended.len()
    }

    /// Takes a record of a group that is not packed.
    fn hear_group(&mut self, said: &Statement<'_, A>, group: A) -> Result<(), Refusal> {
        let Some(state) = self.link.groups.get_mut(&group) else { return Ok(()) };
        let was = state.members.contains(said.from);
        let heard = state.hear(self.now, *said, &self.face);
        let is = state.members.contains(said.from);
        match (was, is) {
            (false, true) => self.count_loose(said.from, |loose| loose.saturating_add(1)),
            (true, false) => self.count_loose(said.from, |loose| loose.saturating_sub(1)),
            _ => {}
        }
        self.touch_group(group, heard != Ok(false));
        heard.map(|_| ())
    }

    fn touch_group(&mut self, group: A, now_changed: bool) {
        let touch = self.touched.entry((self.face.link, group)).or_insert(Touch::Group { changed: false });
        let before = matches!(touch, Touch::Rows(_) | Touch::Group { changed: true });
        *touch = Touch::Group { changed: before || now_changed };
    }

    /// Takes what another router asked about a group: timers are lowered as it lowered its own (RFC 3810 7.6.1).
    pub(super) fn asked(&mut self, group: A, sources: &SourceList<A>) {
        if !self.link.groups.contains_key(&group) {
            let star = self.packed.channels.group(group);
            let Some(star) = star.filter(|&star| self.link.audience.wants(star, self.packed)) else { return };
            self.unpack(group, Some(star));
        }
        let Some(state) = self.link.groups.get_mut(&group) else { return };
        state.asked(self.now, sources, &self.face);
        self.touch_group(group, true);
    }

    /// Ends what has ended of a group that is not packed; how many listeners were visited for it.
    pub(super) fn elapse_group(&mut self, group: A) -> usize {
        let Some(state) = self.link.groups.get_mut(&group) else { return 0 };
        let visited = state.members.len();
        for key in state.elapse(self.now, &self.face) {
            self.count_loose(key, |loose| loose.saturating_sub(1));
        }
        visited
    }

    /// Counts the groups of a listener that are not packed anew.
    pub(super) fn count_loose(&mut self, key: A, count: impl Fn(u32) -> u32) {
        let Self { face, link, packed, .. } = self;
        let id = link.audience.enroll(face.link, key, packed);
        if let Some(listener) = packed.listeners.get_mut(id) {
            listener.loose = count(listener.loose);
        }
        link.audience.dismiss(id, packed);
    }
}
