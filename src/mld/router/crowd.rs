//! What the listeners of a shared link want together, by packed rows.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashTable};

use super::packed::Packed;
use crate::mld::Family;

/// The listeners of a shared link, and how many of them want a channel.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    /// The numbers of the listeners, to be found by their keys.
    listeners: HashTable<u32>,
    /// How many want a group from everybody, by its number; never zero.
    everything: HashMap<u32, u32, FixedState>,
    /// How many want a channel from one source, by the number of its group and its own; never zero.
    sources: BTreeMap<(u32, u32), u32>,
    /// How many groups these are of.
    groups: usize,
    /// Who has rows of a group, once for each row; only where groups are no longer packed, and others may follow.
    who: Option<HashMap<u32, Vec<u32>, FixedState>>,
}

impl Crowd {
    pub(super) const fn new() -> Self {
        Self {
            listeners: HashTable::new(),
            everything: HashMap::with_hasher(FixedState::with_seed(0)),
            sources: BTreeMap::new(),
            groups: 0,
            who: None,
        }
    }

    /// How many listeners there are.
    pub(super) fn len(&self) -> usize {
        self.listeners.len()
    }

    /// The listeners, in no order.
    pub(super) fn ids(&self) -> impl Iterator<Item = u32> + '_ {
        self.listeners.iter().copied()
    }

    /// The number of the listener with a key.
    pub(super) fn find<A: Family>(&self, key: A, packed: &Packed<A>) -> Option<u32> {
        let is = |&id: &u32| packed.listeners.get(id).is_some_and(|known| known.key == key);
        self.listeners.find(packed.spread(key), is).copied()
    }

    /// The number of a listener whose key is spread to the same place: nearly always the right one.
    pub(super) fn guess<A: Family>(&self, key: A, packed: &Packed<A>) -> Option<u32> {
        self.listeners.find(packed.spread(key), |_| true).copied()
    }

    /// Takes a listener in.
    pub(super) fn admit<A: Family>(&mut self, id: u32, key: A, packed: &Packed<A>) {
        self.listeners.insert_unique(packed.spread(key), id, |&id| {
            packed.listeners.get(id).map_or(0, |known| packed.spread(known.key))
        });
    }

    /// Forgets a listener.
    pub(super) fn expel<A: Family>(&mut self, id: u32, key: A, packed: &Packed<A>) {
        if let Ok(entry) = self.listeners.find_entry(packed.spread(key), |&other| other == id) {
            entry.remove();
        }
    }

    /// A row more for a channel, of the listener `id`; whether it is the first.
    pub(super) fn enter(&mut self, id: u32, star: u32, channel: u32) -> bool {
        let count = match channel == star {
            true => self.everything.entry(star).or_default(),
            false => self.sources.entry((star, channel)).or_default(),
        };
        *count = count.saturating_add(1);
        let is_first = *count == 1;
        if is_first {
            let others = match channel == star {
                true => self.sources(star).next().is_some(),
                false => self.everything.contains_key(&star) || self.sources(star).nth(1).is_some(),
            };
            self.groups = self.groups.saturating_add(usize::from(!others));
        }
        if let Some(who) = &mut self.who {
            who.entry(star).or_default().push(id);
        }
        is_first
    }

    /// A row less for a channel, of the listener `id`.
    pub(super) fn leave(&mut self, id: u32, star: u32, channel: u32) {
        let is_last = match channel == star {
            true => take_one(self.everything.get_mut(&star)),
            false => take_one(self.sources.get_mut(&(star, channel))),
        };
        if is_last {
            match channel == star {
                true => drop(self.everything.remove(&star)),
                false => drop(self.sources.remove(&(star, channel))),
            }
            if !self.wants(star) {
                self.groups = self.groups.saturating_sub(1);
            }
        }
        let Some(who) = &mut self.who else { return };
        let Some(ids) = who.get_mut(&star) else { return };
        if let Some(at) = ids.iter().position(|&other| other == id) {
            ids.swap_remove(at);
        }
        if ids.is_empty() {
            who.remove(&star);
        }
    }

    /// How many want a channel.
    pub(super) fn count(&self, star: u32, channel: u32) -> u32 {
        let count = match channel == star {
            true => self.everything.get(&star),
            false => self.sources.get(&(star, channel)),
        };
        count.copied().unwrap_or(0)
    }

    /// The channels of a group that anybody wants from one source.
    pub(super) fn sources(&self, star: u32) -> impl Iterator<Item = u32> + '_ {
        self.sources.range((star, 0)..=(star, u32::MAX)).map(|(&(_, channel), _)| channel)
    }

    /// Whether anybody wants something of a group.
    pub(super) fn wants(&self, star: u32) -> bool {
        self.everything.contains_key(&star) || !self.sources.is_empty() && self.sources(star).next().is_some()
    }

    /// The groups of which anybody wants something, ascending by number.
    pub(super) fn groups(&self) -> Vec<u32> {
        let sources = self.sources.keys().map(|&(star, _)| star);
        let mut groups: Vec<u32> = self.everything.keys().copied().chain(sources).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// How many groups that are.
    pub(super) const fn group_count(&self) -> usize {
        self.groups
    }

    /// Who has rows of a group, ascending. The first time for a link, all its listeners are looked at: from then on it is
    /// noted, until [`Crowd::forget_who`].
    pub(super) fn who<A: Family>(&mut self, star: u32, packed: &Packed<A>) -> Vec<u32> {
        let Self { who, listeners, .. } = self;
        let who = who.get_or_insert_with(|| {
            let mut who: HashMap<u32, Vec<u32>, FixedState> = HashMap::default();
            for &id in listeners.iter() {
                for row in packed.listeners.rows(id) {
                    who.entry(packed.channels.star(row.channel)).or_default().push(id);
                }
            }
            who
        });
        let mut ids = who.get(&star).cloned().unwrap_or_default();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// All groups are packed again.
    pub(super) fn forget_who(&mut self) {
        self.who = None;
    }

    /// How many want a channel, by the number of its group and its own.
    #[cfg(test)]
    pub(super) fn counts(&self) -> BTreeMap<(u32, u32), u32> {
        let everything = self.everything.iter().map(|(&star, &count)| ((star, star), count));
        let counts: BTreeMap<_, _> =
            everything.chain(self.sources.iter().map(|(&key, &count)| (key, count))).collect();
        assert_eq!(self.groups, self.groups().len());
        if let Some(who) = &self.who {
            let rows = |star: u32| {
                counts.range((star, 0)..=(star, u32::MAX)).map(|(_, &count)| count as usize).sum::<usize>()
            };
            assert!(who.iter().all(|(&star, ids)| ids.len() == rows(star) && !ids.is_empty()));
            assert_eq!(who.len(), self.groups);
        }
        counts
    }
}

/// One less; whether it was the last.
fn take_one(count: Option<&mut u32>) -> bool {
    let Some(count) = count else { return false };
    *count = count.saturating_sub(1);
    *count == 0
}
