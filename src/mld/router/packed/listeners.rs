//! The listeners of all links, each under one number, and when one of their rows ends.

use alloc::collections::BTreeSet;
use core::hash::BuildHasher;

use foldhash::quality::FixedState;
use hashbrown::HashTable;

use super::rows::{Row, Rows};
use crate::machine::LinkId;
use crate::mld::Family;
use crate::slab::Slab;
use crate::time::Instant;

/// The listeners by number, and the numbers by link and key.
#[derive(Clone, Debug)]
pub(in super::super) struct Listeners<A> {
    known: Slab<Listener<A>>,
    numbers: HashTable<u32>,
    hasher: FixedState,
    /// When a listener is to be looked at: no later than its first row ends, perhaps earlier.
    due: BTreeSet<(Instant, u32)>,
}

/// Somebody who wants something.
#[derive(Clone, Debug)]
pub(in super::super) struct Listener<A> {
    pub(in super::super) link: LinkId,
    pub(in super::super) key: A,
    /// Its place in the list of its link.
    pub(in super::super) place: u32,
    /// How many groups it wants something of that are not packed.
    pub(in super::super) loose: u32,
    /// Its deadline.
    due: Instant,
    rows: Rows,
}

/// The deadline of a listener that is not to be looked at. A row may end as late as that, so it is one like others.
const NEVER: Instant = Instant::from_micros(u64::MAX);

impl<A> Listener<A> {
    pub(super) fn rows(&self) -> &[Row] {
        self.rows.as_slice()
    }
}

impl<A: Family> Listeners<A> {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            known: Slab::default(),
            numbers: HashTable::new(),
            hasher: FixedState::with_seed(seed),
            due: BTreeSet::new(),
        }
    }

    /// Whether there are numbers left.
    pub(in super::super) fn has_room(&self) -> bool {
        !self.known.is_full()
    }

    pub(in super::super) fn get(&self, id: u32) -> Option<&Listener<A>> {
        self.known.get(id)
    }

    pub(in super::super) fn get_mut(&mut self, id: u32) -> Option<&mut Listener<A>> {
        self.known.get_mut(id)
    }

    /// The number of a listener of a shared link.
    pub(in super::super) fn find(&self, link: LinkId, key: A) -> Option<u32> {
        let hash = self.hasher.hash_one((link, key));
        self.numbers
            .find(hash, |&id| self.get(id).is_some_and(|known| known.key == key && known.link == link))
            .copied()
    }

    /// Takes a new listener in, to be found by its key if it `is_shared` with others; its number.
    pub(in super::super) fn insert(&mut self, link: LinkId, key: A, place: u32, is_shared: bool) -> u32 {
        let id = self.known.insert(Listener { link, key, place, loose: 0, due: NEVER, rows: Rows::NONE });
        if is_shared {
            let Self { known, numbers, hasher, .. } = self;
            let hash = hasher.hash_one((link, key));
            numbers.insert_unique(hash, id, |&id| {
                known.get(id).map_or(0, |known| hasher.hash_one((known.link, known.key)))
            });
        }
        id
    }

    /// Takes a listener out.
    pub(in super::super) fn remove(&mut self, id: u32) -> Option<Listener<A>> {
        let gone = self.known.remove(id)?;
        self.due.remove(&(gone.due, id));
        let hash = self.hasher.hash_one((gone.link, gone.key));
        if let Ok(entry) = self.numbers.find_entry(hash, |&other| other == id) {
            entry.remove();
        }
        Some(gone)
    }

    pub(in super::super) fn rows(&self, id: u32) -> &[Row] {
        self.get(id).map_or(&[], |known| known.rows.as_slice())
    }

    pub(super) fn rows_mut(&mut self, id: u32) -> Option<&mut [Row]> {
        self.get_mut(id).map(|known| known.rows.as_mut_slice())
    }

    pub(in super::super) fn push(&mut self, id: u32, row: Row) {
        if let Some(known) = self.known.get_mut(id) {
            known.rows.push(row);
        }
    }

    /// Takes the rows of these channels out.
    pub(in super::super) fn drop_rows(&mut self, id: u32, channels: &[u32]) {
        if let Some(known) = self.known.get_mut(id) {
            known.rows.remove(channels);
        }
    }

    /// Has the listener looked at when its first row ends, if that is earlier than it will be.
    pub(in super::super) fn arm(&mut self, id: u32) {
        let Some(known) = self.known.get_mut(id) else { return };
        let Some(first) = known.rows.as_slice().iter().map(|row| row.due).min() else { return };
        if first < known.due || known.due == NEVER {
            self.due.remove(&(known.due, id));
            known.due = first;
            self.due.insert((first, id));
        }
    }

    /// When the first listener is to be looked at.
    pub(in super::super) fn next(&self) -> Option<Instant> {
        self.due.first().map(|&(due, _)| due)
    }

    /// The first listener that is to be looked at by `now`; it has no deadline after that.
    pub(in super::super) fn pop(&mut self, now: Instant) -> Option<u32> {
        let &(due, id) = self.due.first()?;
        if due > now {
            return None;
        }
        self.due.pop_first();
        if let Some(known) = self.known.get_mut(id) {
            known.due = NEVER;
        }
        Some(id)
    }

    /// How many there are.
    #[cfg(test)]
    pub(in super::super) fn len(&self) -> usize {
        self.known.len()
    }
}
