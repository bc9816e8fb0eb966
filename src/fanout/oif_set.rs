//! The outgoing interfaces of one datagram.

use alloc::vec::Vec;
use core::fmt;

use crate::machine::Via;

/// Outgoing interfaces: each once, in ascending order.
///
/// Meant to be kept and filled again for every datagram; [`OifSet::clear`] keeps the memory.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OifSet {
    /// Ascending, without duplicates.
    oifs: Vec<Via>,
}

impl OifSet {
    /// No interface.
    #[must_use]
    pub const fn new() -> Self {
        Self { oifs: Vec::new() }
    }

    /// Adds one; whether it was new.
    pub fn insert(&mut self, oif: Via) -> bool {
        match self.oifs.binary_search(&oif) {
            Ok(_) => false,
            Err(at) => {
                self.oifs.insert(at, oif);
                true
            }
        }
    }

    /// Takes one out; whether it was there.
    pub fn remove(&mut self, oif: Via) -> bool {
        match self.oifs.binary_search(&oif) {
            Ok(at) => {
                self.oifs.remove(at);
                true
            }
            Err(_) => false,
        }
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.oifs.clear();
    }

    /// Whether `oif` is one of them.
    #[must_use]
    pub fn contains(&self, oif: Via) -> bool {
        self.oifs.binary_search(&oif).is_ok()
    }

    /// How many: the number of copies.
    #[must_use]
    pub fn len(&self) -> usize {
        self.oifs.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.oifs.is_empty()
    }

    /// All of them, ascending: links by number, then tunnels by number.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Via> + DoubleEndedIterator + Clone + '_ {
        self.oifs.iter().copied()
    }
}

impl FromIterator<Via> for OifSet {
    fn from_iter<I: IntoIterator<Item = Via>>(oifs: I) -> Self {
        let mut oifs: Vec<Via> = oifs.into_iter().collect();
        oifs.sort_unstable();
        oifs.dedup();
        Self { oifs }
    }
}

impl Extend<Via> for OifSet {
    fn extend<I: IntoIterator<Item = Via>>(&mut self, oifs: I) {
        for oif in oifs {
            self.insert(oif);
        }
    }
}

impl fmt::Debug for OifSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(&self.oifs).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{LinkId, TunnelId};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn via() -> impl Strategy<Value = Via> {
        prop_oneof![
            (0..4_u32).prop_map(|n| Via::Link(LinkId(n))),
            (0..4_u64).prop_map(|n| Via::Tunnel(TunnelId(n))),
            Just(Via::Routed),
        ]
    }

    proptest! {
        /// The model: the standard library's ordered set.
        #[test]
        fn is_an_ordered_set(steps in proptest::collection::vec((any::<bool>(), via()), 0..40)) {
            let (mut set, mut model) = (OifSet::new(), BTreeSet::new());
            for (insert, via) in steps {
                let changed = if insert { set.insert(via) } else { set.remove(via) };
                let expected = if insert { model.insert(via) } else { model.remove(&via) };
                prop_assert_eq!(changed, expected);
                prop_assert!(set.iter().eq(model.iter().copied()));
                prop_assert_eq!(set.len(), model.len());
                prop_assert_eq!(set.contains(via), insert);
            }
            prop_assert_eq!(model.iter().rev().copied().collect::<OifSet>(), set.clone());
            set.clear();
            prop_assert!(set.is_empty());
        }
    }
}
