//! The listeners of all links, each under one number.

use super::deadlines::{Deadlines, Stand};
use super::rows::{Row, Rows};
use crate::machine::LinkId;
use crate::mld::Family;
use crate::slab::Slab;
use crate::time::Instant;

/// The listeners by number, and when each is to be looked at.
#[derive(Clone, Debug)]
pub(in super::super) struct Listeners<A> {
    known: Slab<Listener<A>>,
    pub(super) deadlines: Deadlines,
}

/// Somebody who wants something.
#[derive(Clone, Debug)]
pub(in super::super) struct Listener<A> {
    pub(in super::super) key: A,
    rows: Rows,
    pub(in super::super) link: LinkId,
    /// How many groups it wants something of that are not packed.
    pub(in super::super) loose: u32,
    stand: Stand,
}

impl<A> Listener<A> {
    pub(super) fn rows(&self) -> &[Row] {
        self.rows.as_slice()
    }

    /// Whether it wants nothing any more.
    pub(in super::super) fn is_idle(&self) -> bool {
        self.loose == 0 && self.rows().is_empty()
    }
}

impl<A: Family> Listeners<A> {
    pub(super) fn new() -> Self {
        Self { known: Slab::default(), deadlines: Deadlines::new() }
    }

    /// Whether there is a number left.
    pub(in super::super) const fn has_room(&self) -> bool {
        self.known.has_room_for(1)
    }

    pub(in super::super) fn get(&self, id: u32) -> Option<&Listener<A>> {
        self.known.get(id)
    }

    pub(in super::super) fn get_mut(&mut self, id: u32) -> Option<&mut Listener<A>> {
        self.known.get_mut(id)
    }

    /// Takes a new listener in; its number.
    pub(in super::super) fn insert(&mut self, link: LinkId, key: A) -> u32 {
        self.known.insert(Listener { key, rows: Rows::NONE, link, loose: 0, stand: Stand::NOWHERE })
    }

    /// Takes a listener out.
    pub(in super::super) fn remove(&mut self, id: u32) -> Option<Listener<A>> {
        self.leave_wheel(id);
        self.known.remove(id)
    }

    pub(in super::super) fn rows(&self, id: u32) -> &[Row] {
        self.get(id).map_or(&[], |known| known.rows.as_slice())
    }

    pub(super) fn rows_mut(&mut self, id: u32) -> Option<&mut [Row]> {
        self.get_mut(id).map(|known| known.rows.as_mut_slice())
    }

    /// Makes room for `more` rows; what of it is not used is given back by [`Listeners::trim`].
    pub(in super::super) fn reserve(&mut self, id: u32, more: usize) {
        if let Some(known) = self.known.get_mut(id) {
            known.rows.reserve(more);
        }
    }

    /// Gives room back that is not needed.
    pub(in super::super) fn trim(&mut self, id: u32) {
        self.retain(id, |_| true);
    }

    /// A row more.
    pub(in super::super) fn push(&mut self, now: Instant, id: u32, row: Row) {
        let Some(known) = self.known.get_mut(id) else { return };
        let is_first = known.rows().iter().all(|other| other.due > row.due);
        known.rows.push(row);
        if is_first {
            self.arm(now, id);
        }
    }

    /// Keeps the rows of which `keep` says so.
    pub(in super::super) fn retain(&mut self, id: u32, keep: impl FnMut(&Row) -> bool) {
        let Some(known) = self.known.get_mut(id) else { return };
        known.rows.retain(keep);
        if known.rows().is_empty() {
            self.leave_wheel(id);
        }
    }

    /// When the first row of a listener ends.
    pub(super) fn first_end(&self, id: u32) -> Option<Instant> {
        self.rows(id).iter().map(|row| row.due).min()
    }

    pub(super) fn stand(&self, id: u32) -> Option<Stand> {
        self.known.get(id).map(|known| known.stand)
    }

    pub(super) fn set_stand(&mut self, id: u32, stand: Stand) {
        if let Some(known) = self.known.get_mut(id) {
            known.stand = stand;
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub(in super::super) fn len(&self) -> usize {
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use core::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    #[test]
    fn a_listener_with_one_row_takes_less_than_a_line_of_a_cache() {
        assert_eq!((size_of::<Listener<Ipv6Addr>>(), size_of::<Listener<Ipv4Addr>>()), (56, 48));
    }
}
