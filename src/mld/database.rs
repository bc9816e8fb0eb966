//! The merge of what many ask for: the membership database of a proxy (RFC 4605 4.1), the upstream of an LMA.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::channel::{Address, Filter};

/// What each asker wants of each group, and what they want together.
#[derive(Clone, Debug)]
pub struct Database<K, A = Ipv6Addr> {
    groups: BTreeMap<A, Entry<K, A>>,
}

#[derive(Clone, Debug)]
struct Entry<K, A> {
    askers: BTreeMap<K, Filter<A>>,
    merged: Filter<A>,
}

impl<K, A> Default for Database<K, A> {
    fn default() -> Self {
        Self { groups: BTreeMap::new() }
    }
}

impl<K: Ord + Copy, A: Address> Database<K, A> {
    /// Sets what `asker` wants of `group`; the new merge when that changed it.
    pub fn set(&mut self, asker: K, group: A, filter: Filter<A>) -> Option<Filter<A>> {
        if filter.is_nothing() && !self.groups.contains_key(&group) {
            return None;
        }
        let entry = self
            .groups
            .entry(group)
            .or_insert_with(|| Entry { askers: BTreeMap::new(), merged: Filter::NOTHING });
        if filter.is_nothing() {
            entry.askers.remove(&asker);
        } else {
            entry.askers.insert(asker, filter);
        }
        let merged = entry.askers.values().fold(Filter::NOTHING, |all, one| all.union(one));
        let changed = merged != entry.merged;
        if merged.is_nothing() {
            self.groups.remove(&group);
        } else {
            entry.merged = merged.clone();
        }
        changed.then_some(merged)
    }

    /// What all want of `group` together.
    pub fn merged(&self, group: A) -> &Filter<A> {
        self.groups.get(&group).map_or(const { &Filter::<A>::NOTHING }, |entry| &entry.merged)
    }

    /// The groups that somebody wants, ascending, with the merge of each.
    pub fn groups(&self) -> impl Iterator<Item = (A, &Filter<A>)> {
        self.groups.iter().map(|(&group, entry)| (group, &entry.merged))
    }

    /// Who wants what of `group`, ascending.
    pub fn askers(&self, group: A) -> impl Iterator<Item = (K, &Filter<A>)> {
        let askers = self.groups.get(&group).into_iter().flat_map(|entry| &entry.askers);
        askers.map(|(&asker, filter)| (asker, filter))
    }

    /// Who wants what: by group, then by asker, ascending.
    pub fn asked(&self) -> impl Iterator<Item = (K, A, &Filter<A>)> {
        self.groups.iter().flat_map(|(&group, entry)| {
            entry.askers.iter().map(move |(&asker, filter)| (asker, group, filter))
        })
    }

    /// The groups that `asker` wants something of, ascending.
    pub fn asked_by(&self, asker: K) -> Vec<A> {
        let groups = self.groups.iter().filter(|(_, entry)| entry.askers.contains_key(&asker));
        groups.map(|(&group, _)| group).collect()
    }

    /// Whether nobody wants anything.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap as Model;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn source(n: u16) -> Ipv6Addr {
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
    }

    fn group(n: u16) -> Ipv6Addr {
        Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, n)
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let sources = proptest::sample::subsequence(Vec::from([1, 2, 3]), 0..=3);
        (any::<bool>(), sources).prop_map(|(include, sources)| {
            let sources = sources.into_iter().map(source);
            if include { Filter::include(sources) } else { Filter::exclude(sources) }
        })
    }

    proptest! {
        #[test]
        fn the_merge_is_the_union_of_all_and_is_told_when_it_changes(
            steps in proptest::collection::vec((0u8..3, (0u16..3).prop_map(group), filters()), 0..30),
        ) {
            let mut database = Database::default();
            let mut model: Model<(Ipv6Addr, u8), Filter> = Model::new();
            for (asker, group, filter) in steps {
                let union = |model: &Model<(Ipv6Addr, u8), Filter>| {
                    let all = model.iter().filter(|((of, _), _)| *of == group);
                    all.fold(Filter::NOTHING, |all, (_, one)| all.union(one))
                };
                let before = union(&model);
                model.insert((group, asker), filter.clone());
                let after = union(&model);
                let told = database.set(asker, group, filter);
                prop_assert_eq!(told, (after != before).then(|| after.clone()));
                prop_assert_eq!(database.merged(group), &after);
                prop_assert_eq!(database.groups().any(|(of, _)| of == group), !after.is_nothing());
                prop_assert_eq!(database.is_empty(), model.values().all(Filter::is_nothing));
            }
        }
    }
}
