//! The tables of one link, packed or not, and what records do to them.

use super::Refusal;
use super::face::Face;
use super::fsm::Kind;
use super::group::Statement;
use super::heard::{Heard, Word};
use super::link::Link;
use super::packed::{Channels, Own, Packed, Row, plain};
use super::sources::Until;
use super::touched::Touched;
use super::tracking::{Member, Wish};
use crate::channel::SourceList;
use crate::mld::{Family, Version};
use crate::time::Instant;

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
        self.link.audience.find(self.link.audience.key(listener), self.packed)
    }

    /// Whether `id` is the number of a listener.
    pub(super) fn is_listener(&self, listener: A, id: u32) -> bool {
        self.link.is_listener(self.face.link, listener, id, self.packed)
    }

    /// Takes a record of `listener`, whose number is `id` if it has one.
    ///
    /// # Errors
    /// It wants for room, as [`Refusal::TableFull`] says.
    pub(super) fn hear(
        &mut self,
        listener: A,
        id: Option<u32>,
        heard: Heard<'_, A>,
        until: Until,
    ) -> Result<(), Refusal> {
        let Heard { group, word, sources, version } = heard;
        let from = self.link.audience.key(listener);
        let said = Statement { from, word, sources, until, version };
        let star = self.packed.channels.group(group);
        let own = id.zip(star).and_then(|(id, star)| self.packed.own(id, star));
        let star = star.filter(|&star| own.is_some() || self.link.audience.wants(star, self.packed));
        let known = self.link.groups.get(&group);
        let was = own.is_some() || known.is_some_and(|known| known.members.contains(from));
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
                let packed = Of { group, id, star, own };
                match self.hear_channel(kind, &said, packed) {
                    Channel::Heard(heard) => return heard,
                    Channel::Asked => {}
                    Channel::More if self.hear_rows(&said, packed) => return Ok(()),
                    Channel::More => {}
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
    /// of a group.
    fn hear_channel(&mut self, kind: Kind, said: &Statement<'_, A>, of: Of<A>) -> Channel {
        let Of { group, id, star, own } = of;
        let Self { link, packed, .. } = self;
        let (audience, packed) = (&link.audience, &**packed);
        let has = |channel: u32| {
            id.is_some_and(|id| packed.listeners.rows(id).iter().any(|row| row.channel == channel))
        };
        let has_everything = own.is_some_and(|own| own.everything);
        let is_asked_about =
            |channel: u32| star.is_some_and(|star| audience.is_wanted_by_others(id, star, channel, packed));
        match (kind, said.sources.as_slice()) {
            (Kind::IsEx | Kind::ToEx, []) if own.is_none() => self.join(said, of, None),
            (Kind::IsIn | Kind::Allow, &[source]) if !has_everything => {
                let channel = packed.channels.find(group, Some(source));
                if channel.is_some_and(has) {
                    return Channel::More;
                }
                let known = star.map_or(0, |star| audience.sources(star, packed));
                let is_full = known >= self.face.config.limits.sources_per_group;
                if is_full && !channel.is_some_and(is_asked_about) {
                    return Channel::Heard(Err(Refusal::TableFull));
                }
                self.join(said, of, Some(source));
            }
            // It has left already.
            (Kind::ToIn, []) if own.is_none() => {}
            (Kind::ToIn, []) => {
                let mut rows =
                    id.zip(star).map(|(id, star)| packed.channels_of(id, star)).into_iter().flatten();
                let others = star.is_some_and(is_asked_about);
                if others || !has_everything && rows.any(is_asked_about) {
                    return Channel::Asked;
                }
                drop(rows);
                self.leave(of, |_| true);
            }
            (Kind::Block, &[source]) if !has_everything => {
                let channel = packed.channels.find(group, Some(source)).filter(|&channel| has(channel));
                let others = star.is_some_and(is_asked_about);
                if channel.is_some_and(|channel| others || is_asked_about(channel)) {
                    return Channel::Asked;
                }
                self.leave(of, |left| left == Some(source));
            }
            _ => return Channel::More,
        }
        Channel::Heard(Ok(()))
    }

    /// A row more.
    fn join(&mut self, said: &Statement<'_, A>, of: Of<A>, source: Option<A>) {
        let Of { group, id, star, own } = of;
        let Self { now, face, link, packed, .. } = self;
        let id = id.unwrap_or_else(|| link.audience.admit(face.link, said.from, packed));
        let since = own.map_or(*now, |own| own.since);
        let channel = match (star, source) {
            (Some(star), None) => {
                packed.channels.keep(star);
                star
            }
            _ => packed.channels.take(group, source),
        };
        self.add_row(id, group, Row::new(channel, since, said.until.due));
    }

    /// Those rows less that are from whom `goes` says, if it has any.
    fn leave(&mut self, of: Of<A>, goes: impl Fn(Option<A>) -> bool) {
        if let (Some(id), Some(star)) = (of.id, of.star) {
            self.drop_rows(id, star, goes);
            self.link.audience.dismiss(id, self.packed);
        }
    }

    /// Takes a record of a group that is packed, or new, if rows can say what comes of it and nobody is to be asked;
    /// whether it was that.
    fn hear_rows(&mut self, said: &Statement<'_, A>, of: Of<A>) -> bool {
        let Of { group, id, star, .. } = of;
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
        self.write(id, said.from, group, &rows, since);
        true
    }

    /// Makes `rows` all that a listener wants of a group; `id` is its number, if it has one.
    pub(super) fn write(
        &mut self,
        id: Option<u32>,
        from: A,
        group: A,
        rows: &[(Option<A>, Instant)],
        since: Instant,
    ) {
        let Self { now, face, link, packed, .. } = self;
        if rows.is_empty() && id.is_none() {
            return;
        }
        let id = id.unwrap_or_else(|| link.audience.admit(face.link, from, packed));
        let now = *now;
        for &(source, due) in rows {
            let known = self.packed.channels.find(group, source);
            if known.is_some_and(|channel| self.packed.prolong(now, id, channel, due)) {
                continue;
            }
            let channel = self.packed.channels.take(group, source);
            self.add_row(id, group, Row::new(channel, since, due));
        }
        let Some(star) = self.packed.channels.group(group) else { return };
        self.drop_rows(id, star, |source| rows.iter().all(|&(kept, _)| kept != source));
        self.link.audience.dismiss(id, self.packed);
    }

    /// Gives a listener a row of a channel that was taken for it.
    fn add_row(&mut self, id: u32, group: A, row: Row) {
        let channel = row.channel;
        let star = self.packed.channels.star(channel);
        let Self { now, face, link, packed, touched } = self;
        packed.listeners.push(*now, id, row);
        if link.audience.enter(id, star, channel) {
            touched.rows(face.link, group, || link.audience.filter_without(Some(channel), star, packed));
        }
    }

    /// Takes those rows of a listener out that are of a group and from whom `goes` says.
    fn drop_rows(&mut self, id: u32, star: u32, goes: impl Fn(Option<A>) -> bool) {
        self.drop_if(id, |_, row, channels| {
            let source = || channels.get(row.channel).and_then(|named| named.source);
            channels.star(row.channel) == star && goes(source())
        });
    }

    /// Takes those rows of a listener out of which `goes` says so, by place and row.
    fn drop_if(&mut self, id: u32, goes: impl Fn(usize, &Row, &Channels<A>) -> bool) {
        let Self { face, link, packed, touched, .. } = self;
        // Ahead of any change, what was told of each group that will be another.
        for (place, row) in packed.listeners.rows(id).iter().enumerate() {
            let star = packed.channels.star(row.channel);
            if goes(place, row, &packed.channels)
                && link.audience.is_last(star, row.channel)
                && let Some(named) = packed.channels.get(star)
            {
                touched.rows(face.link, named.group, || link.audience.filter(star, packed));
            }
        }
        self.take_out(id, goes);
    }

    /// Takes those rows of a listener out of which `goes` says so; what was told of their groups is known.
    pub(super) fn take_out(&mut self, id: u32, goes: impl Fn(usize, &Row, &Channels<A>) -> bool) {
        let Self { link, packed, .. } = self;
        let Packed { listeners, channels, .. } = &mut **packed;
        let mut places = 0usize..;
        listeners.retain(id, |row| {
            let place = places.next().unwrap_or(usize::MAX);
            let stays = !goes(place, row, channels);
            if !stays {
                link.audience.leave(id, channels.star(row.channel), row.channel);
                channels.release(row.channel);
            }
            stays
        });
    }

    /// Ends those rows of a listener that have ended, `most` of them; how many.
    pub(super) fn elapse_rows(&mut self, id: u32, most: usize) -> usize {
        let now = self.now;
        let places = self.packed.listeners.rows(id).iter().enumerate();
        let mut ended = places.filter(|(_, row)| row.due <= now).map(|(place, _)| place);
        let (count, last) =
            ended.by_ref().take(most).fold((0usize, 0), |(n, _), place| (n.saturating_add(1), place));
        self.drop_if(id, |place, row, _| place <= last && row.due <= now);
        self.packed.listeners.arm(now, id);
        self.link.audience.dismiss(id, self.packed);
        count
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

    fn touch_group(&mut self, group: A, changed: bool) {
        self.touched.group(self.face.link, group, changed);
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
        let id = link.audience.find(key, packed);
        let id = id.unwrap_or_else(|| link.audience.admit(face.link, key, packed));
        if let Some(listener) = packed.listeners.get_mut(id) {
            listener.loose = count(listener.loose);
        }
        link.audience.dismiss(id, packed);
    }
}

/// What rows say of the group and the listener of a record.
#[derive(Clone, Copy, Debug)]
struct Of<A> {
    group: A,
    /// The number of the listener, if it wants something.
    id: Option<u32>,
    /// The number of the group, if anybody on the link wants something of it.
    star: Option<u32>,
    /// What the listener wants of it.
    own: Option<Own>,
}

/// What comes of a record that may be about one channel.
#[derive(Clone, Copy, Debug)]
enum Channel {
    /// It was that, and is done.
    Heard(Result<(), Refusal>),
    /// It leaves what others want: they are to be asked.
    Asked,
    /// It is about more than that.
    More,
}
