//! Who may register, and with which prefixes.

use alloc::collections::BTreeMap;

use super::prefixes::PrefixMap;
use crate::pmip::{NodeId, Prefix, Subscriber};

/// The subscribers of the domain; no two have a prefix in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Subscribers {
    entries: BTreeMap<NodeId, Subscriber>,
    owners: PrefixMap<NodeId>,
}

impl Subscribers {
    pub(super) fn get(&self, node: &NodeId) -> Option<&Subscriber> {
        self.entries.get(node)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&NodeId, &Subscriber)> {
        self.entries.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whose subscription has addresses of `prefix`.
    pub(super) fn owner(&self, prefix: Prefix) -> Option<&NodeId> {
        self.owners.overlapping(prefix).map(|(_, node)| node)
    }

    /// Enters a subscriber, in place of what was known of the node.
    pub(super) fn insert(&mut self, node: &NodeId, subscriber: &Subscriber) {
        self.remove(node);
        for &prefix in &subscriber.prefixes {
            self.owners.insert(prefix, node.clone());
        }
        self.entries.insert(node.clone(), subscriber.clone());
    }

    pub(super) fn remove(&mut self, node: &NodeId) {
        for prefix in self.entries.remove(node).into_iter().flat_map(|subscriber| subscriber.prefixes) {
            self.owners.remove(prefix);
        }
    }
}
