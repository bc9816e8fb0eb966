//! Memberships as nearly all are: a listener that wants a group from everybody, or from sources that it names, of a
//! group of which nothing is being asked. Each is a row of 16 octets: a channel by number, since when, until when.
//!
//! ```text
//!   link ──> listener ──> rows ──> channel        by numbers; channels are named once for all links
//!     └────> how many listeners want a channel    on a shared link
//! ```
//!
//! What cannot be said so (source lists of EXCLUDE mode, MLD Hold, hosts of older versions, a leave that others are
//! asked about, rows of one listener beyond those that can be looked through) makes a [`super::group::Group`] of the
//! group, until it can be said so again. The timers of a listener are one deadline, which is looked at when it comes: a
//! refresh does not move it.

mod channels;
mod deadlines;
mod listeners;
mod rows;

use alloc::vec::Vec;
use core::hash::BuildHasher;

use foldhash::quality::FixedState;

use super::fsm::State;
use super::sources::TimedSources;
use super::tracking::{Member, Wish};
use crate::channel::SourceList;
use crate::mld::Family;
use crate::time::Instant;

pub(super) use channels::Channels;
pub(super) use deadlines::Look;
pub(super) use listeners::Listeners;
pub(super) use rows::Row;

/// How many rows a listener may have. They are looked through one by one for whatever is news, and those of all the
/// listeners of a link when the first of its groups is no longer packed: a neighbour chooses how many there are.
const MOST_ROWS: usize = 1_024;

/// The packed memberships of all links.
#[derive(Clone, Debug)]
pub(super) struct Packed<A> {
    pub(super) channels: Channels<A>,
    pub(super) listeners: Listeners<A>,
    hasher: FixedState,
    /// How many rows a listener may have: [`MOST_ROWS`], but for the tests; with 0, no group is packed.
    pub(super) most_rows: usize,
}

impl<A: Family> Packed<A> {
    /// No memberships; addresses are spread by `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            channels: Channels::new(seed),
            listeners: Listeners::new(),
            hasher: FixedState::with_seed(seed),
            most_rows: MOST_ROWS,
        }
    }

    /// Whether `more` rows of a listener, which may be new, find room.
    pub(super) fn has_room_for(&self, id: Option<u32>, more: usize) -> bool {
        let has = id.map_or(0, |id| self.listeners.rows(id).len());
        self.channels.has_room_for(more) && has.saturating_add(more) <= self.most_rows
    }

    /// By what the key of a listener is spread over a table.
    pub(super) fn spread(&self, key: A) -> u64 {
        self.hasher.hash_one(key.leading())
    }

    /// The rows of the listener `id`, which may be said again until `due`.
    pub(super) fn refreshing(&mut self, id: u32, due: Instant) -> Option<Refreshing<'_, A>> {
        let Self { channels, listeners, .. } = self;
        Some(Refreshing { rows: listeners.rows_mut(id)?, channels, due, next: 0 })
    }

    /// Sets the timer of a channel that the listener `id` wants; whether it wants it.
    pub(super) fn prolong(&mut self, now: Instant, id: u32, channel: u32, due: Instant) -> bool {
        let rows = self.listeners.rows_mut(id).unwrap_or_default();
        let Some(row) = rows.iter_mut().find(|row| row.channel == channel) else { return false };
        let is_earlier = due < row.due;
        row.due = due;
        if is_earlier {
            self.listeners.arm(now, id);
        }
        true
    }

    /// Since when the listener `id` wants something of a group, and whether it wants it from everybody; `None`: nothing.
    pub(super) fn own(&self, id: u32, star: u32) -> Option<Own> {
        let mut own: Option<Own> = None;
        for row in self.listeners.rows(id) {
            if self.channels.star(row.channel) == star {
                let known = own.get_or_insert(Own { since: row.since(), everything: false });
                known.everything |= row.channel == star;
            }
        }
        own
    }

    /// What the listener `id` wants of the group whose number is `group`; `None`: nothing.
    pub(super) fn member(&self, id: u32, group: u32) -> Option<Member<A>> {
        let mut since = None;
        let mut running = TimedSources::EMPTY;
        let mut everything = None;
        for row in self.listeners.rows(id) {
            if self.channels.star(row.channel) != group {
                continue;
            }
            since = Some(row.since());
            match self.channels.get(row.channel).and_then(|channel| channel.source) {
                Some(source) => running.prolong(source, row.due),
                None => everything = Some(row.due),
            }
        }
        let state = match everything {
            Some(due) => State::Exclude { requested: running, excluded: SourceList::EMPTY, due },
            None => State::Include(running),
        };
        Some(Member { wish: Wish { state, held: State::NOTHING }, since: since? })
    }

    /// The channels of a group of which the listener `id` has rows.
    pub(super) fn channels_of(&self, id: u32, star: u32) -> impl Iterator<Item = u32> + '_ {
        let numbers = self.listeners.rows(id).iter().map(|row| row.channel);
        numbers.filter(move |&number| self.channels.star(number) == star)
    }

    /// Forgets a listener and all its rows.
    pub(super) fn forget(&mut self, id: u32) {
        let Some(gone) = self.listeners.remove(id) else { return };
        gone.rows().iter().for_each(|row| self.channels.release(row.channel));
    }

    /// The numbers of the groups of which the listener `id` has rows, without duplicates.
    pub(super) fn groups(&self, id: u32) -> Vec<u32> {
        let rows = self.listeners.rows(id).iter();
        let mut groups: Vec<u32> = rows.map(|row| self.channels.star(row.channel)).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}

/// What the rows of a listener say of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    pub(super) since: Instant,
    /// Whether it is wanted from everybody.
    pub(super) everything: bool,
}

/// The rows of a listener that says again what it wants.
#[derive(Debug)]
pub(super) struct Refreshing<'a, A> {
    rows: &'a mut [Row],
    channels: &'a Channels<A>,
    due: Instant,
    /// The row that may be next: hosts say the same in the same order.
    next: usize,
}

impl<A: Family> Refreshing<'_, A> {
    /// Prolongs the timers of what the listener wants already of `group`: with sources, from these, else from everybody.
    /// Whether it wanted all of it, and until no later; nothing has happened if not.
    pub(super) fn take(&mut self, group: A, sources: &[A::Octets]) -> bool {
        let due = self.due;
        let named = || sources.iter().map(|&octets| Some(A::from_octets(octets)));
        match sources {
            [] => self.row(group, None).map(|row| row.due = due).is_some(),
            &[source] => self.row(group, Some(A::from_octets(source))).map(|row| row.due = due).is_some(),
            _ => {
                // All or nothing: looked at first, then set.
                let begin = self.next;
                let has_all = named().all(|source| self.row(group, source).is_some());
                if has_all {
                    self.next = begin;
                    for source in named() {
                        if let Some(row) = self.row(group, source) {
                            row.due = due;
                        }
                    }
                }
                has_all
            }
        }
    }

    /// The row of a channel, if it ends no later than it is to.
    fn row(&mut self, group: A, source: Option<A>) -> Option<&mut Row> {
        let at = self.channels.place(self.rows, group, source, self.next)?;
        self.next = at.saturating_add(1);
        self.rows.get_mut(at).filter(|row| row.due <= self.due)
    }
}

/// What rows can say of a wish: from whom (`None`: from everybody) and until when; `None` if it takes more to say it.
pub(super) fn plain<A: Family>(wish: &Wish<A>) -> Option<Vec<(Option<A>, Instant)>> {
    if !wish.held.is_nothing() {
        return None;
    }
    match &wish.state {
        State::Include(sources) => Some(sources.iter().map(|(source, due)| (Some(source), due)).collect()),
        State::Exclude { requested, excluded, due } if requested.is_empty() && excluded.is_empty() => {
            Some([(None, *due)].into())
        }
        State::Exclude { .. } => None,
    }
}
