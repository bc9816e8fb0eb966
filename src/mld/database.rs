//! The merge of what many ask for: the membership database of a proxy (RFC 4605 4.1), the upstream of an LMA.

use alloc::collections::BTreeMap;
use core::net::Ipv6Addr;

use crate::channel::Filter;

/// What each asker wants of each group, and what they want together.
#[derive(Clone, Debug)]
pub struct Database<K> {
    groups: BTreeMap<Ipv6Addr, Entry<K>>,
}

#[derive(Clone, Debug)]
struct Entry<K> {
    askers: BTreeMap<K, Filter>,
    merged: Filter,
}

impl<K> Default for Database<K> {
    fn default() -> Self {
        Self { groups: BTreeMap::new() }
    }
}

impl<K: Ord + Copy> Database<K> {
    /// Sets what `asker` wants of `group`; the new merge when that changed it.
    pub fn set(&mut self, asker: K, group: Ipv6Addr, filter: Filter) -> Option<Filter> {
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
    pub fn merged(&self, group: Ipv6Addr) -> &Filter {
        self.groups.get(&group).map_or(const { &Filter::NOTHING }, |entry| &entry.merged)
    }

    /// The groups that somebody wants, ascending, with the merge of each.
    pub fn groups(&self) -> impl Iterator<Item = (Ipv6Addr, &Filter)> {
        self.groups.iter().map(|(&group, entry)| (group, &entry.merged))
    }

    /// Who wants what: by group, then by asker, ascending.
    pub fn asked(&self) -> impl Iterator<Item = (K, Ipv6Addr, &Filter)> {
        self.groups.iter().flat_map(|(&group, entry)| {
            entry.askers.iter().map(move |(&asker, filter)| (asker, group, filter))
        })
    }

    /// Whether nobody wants anything.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}
