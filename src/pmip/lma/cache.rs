//! The Binding Cache (RFC 5213 5.1, 5.4.1).

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::fsm::State;
use super::prefixes::PrefixMap;
use super::request::Request;
use crate::machine::{LinkId, RouteId};
use crate::mip::{Sequence, Timestamp};
use crate::pmip::{NodeId, Prefix};
use crate::wire::mh::Status;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};

/// Names a binding. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BindingId(u64);

/// One mobility session of a node.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub(super) node: NodeId,
    /// The M-Tunnel of the MAG that serves the node, or served it last.
    pub(super) mag: LinkId,
    /// Home network prefixes.
    pub(super) prefixes: Vec<Prefix>,
    /// Link-layer identifier of the node's interface; empty stands for the two zero octets of RFC 5213 5.1.
    pub(super) interface: Box<[u8]>,
    pub(super) technology: AccessTechnology,
    /// Link-local address of the MAG on the access link; unspecified until one was asked for or told.
    pub(super) link_local: Ipv6Addr,
    /// The last number accepted, when numbers order the updates.
    pub(super) sequence: Option<Sequence>,
    /// The last timestamp accepted, when timestamps do.
    pub(super) timestamp: Option<Timestamp>,
    /// The routes of its prefixes, while the node is served.
    pub(super) routes: Vec<RouteId>,
    pub(super) state: State<Box<Request>>,
}

/// The bindings, by name, by prefix and by node.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache {
    bindings: BTreeMap<BindingId, Binding>,
    by_prefix: PrefixMap<BindingId>,
    by_node: BTreeMap<NodeId, Vec<BindingId>>,
    made: u64,
}

/// What a request is about (RFC 5213 5.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// A session that does not exist yet.
    New,
    /// This session.
    Session(BindingId),
    /// This session if its MAG lets go of it in time, a new one else.
    Undecided(BindingId),
    /// Nothing that could be.
    Refused(Status),
}

impl Cache {
    pub(super) fn len(&self) -> usize {
        self.bindings.len()
    }

    pub(super) fn get(&self, id: BindingId) -> Option<&Binding> {
        self.bindings.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: BindingId) -> Option<&mut Binding> {
        self.bindings.get_mut(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Binding> {
        self.bindings.values()
    }

    /// The sessions of a node, oldest first.
    pub(super) fn sessions(&self, node: &NodeId) -> impl Iterator<Item = (BindingId, &Binding)> {
        let ids = self.by_node.get(node).into_iter().flatten();
        ids.filter_map(|&id| Some((id, self.bindings.get(&id)?)))
    }

    /// The binding that has addresses of `prefix`.
    pub(super) fn holder(&self, prefix: Prefix) -> Option<&Binding> {
        self.by_prefix.overlapping(prefix).and_then(|(_, id)| self.bindings.get(id))
    }

    pub(super) fn insert(&mut self, binding: Binding) -> BindingId {
        let id = BindingId(self.made);
        self.made = self.made.saturating_add(1);
        for &prefix in &binding.prefixes {
            self.by_prefix.insert(prefix, id);
        }
        self.by_node.entry(binding.node.clone()).or_default().push(id);
        self.bindings.insert(id, binding);
        id
    }

    pub(super) fn remove(&mut self, id: BindingId) -> Option<Binding> {
        let binding = self.bindings.remove(&id)?;
        for &prefix in &binding.prefixes {
            self.by_prefix.remove(prefix);
        }
        if let Some(ids) = self.by_node.get_mut(&binding.node) {
            ids.retain(|&other| other != id);
            if ids.is_empty() {
                self.by_node.remove(&binding.node);
            }
        }
        Some(binding)
    }

    /// The last timestamp accepted for the node, in whichever session (RFC 5213 5.5, 6).
    pub(super) fn last_timestamp(&self, node: &NodeId) -> Option<Timestamp> {
        self.sessions(node).filter_map(|(_, binding)| binding.timestamp).max()
    }

    /// The Binding Cache entry lookup of RFC 5213 5.4.1; `mag` is the M-Tunnel of the request's Proxy-CoA.
    pub(super) fn look_up(&self, node: &NodeId, mag: LinkId, request: &Request) -> Match {
        match request.named_prefixes().next() {
            Some(_) => self.look_up_prefixes(node, mag, request),
            None => self.look_up_interface(node, mag, request),
        }
    }

    /// RFC 5213 5.4.1.1: the prefixes are the key.
    fn look_up_prefixes(&self, node: &NodeId, mag: LinkId, request: &Request) -> Match {
        let found = request.named_prefixes().find_map(|prefix| self.by_prefix.get(prefix));
        let Some((&id, binding)) = found.and_then(|id| Some((id, self.bindings.get(id)?))) else {
            return Match::New;
        };
        if binding.node != *node {
            return Match::Refused(Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX);
        }
        let is_the_set = request.prefixes.len() == binding.prefixes.len()
            && binding.prefixes.iter().all(|prefix| request.prefixes.contains(prefix));
        if !is_the_set {
            return Match::Refused(Status::BCE_PBU_PREFIX_SET_DO_NOT_MATCH);
        }
        let same_technology = request.technology == Some(binding.technology);
        let interface = request.interface();
        let is_update = (!interface.is_empty() && *interface == *binding.interface && same_technology)
            || request.handoff == Some(HandoffIndicator::OTHER_INTERFACE)
            || (interface.is_empty()
                && binding.interface.is_empty()
                && same_technology
                && request.handoff == Some(HandoffIndicator::SAME_INTERFACE))
            || (binding.mag == mag && same_technology);
        if is_update { Match::Session(id) } else { Match::New }
    }

    /// RFC 5213 5.4.1.2 and 5.4.1.3: the interface is the key when it is known, the node otherwise.
    fn look_up_interface(&self, node: &NodeId, mag: LinkId, request: &Request) -> Match {
        let interface = request.interface();
        // Without an identifier the MAG stands in for it: the answer to its first registration was lost, and it asks
        // again, knowing no prefix yet. Each lost answer would leave a session behind otherwise; the RFC has no rule.
        let is_its = |binding: &Binding| {
            request.technology == Some(binding.technology)
                && *interface == *binding.interface
                && (!interface.is_empty() || binding.mag == mag)
        };
        if let Some((id, _)) = self.sessions(node).find(|(_, binding)| is_its(binding)) {
            return Match::Session(id);
        }
        let mut sessions = self.sessions(node);
        let (Some((id, binding)), None) = (sessions.next(), sessions.next()) else { return Match::New };
        match request.handoff {
            Some(HandoffIndicator::OTHER_INTERFACE) => Match::Session(id),
            Some(HandoffIndicator::SAME_INTERFACE) if interface.is_empty() => Match::Session(id),
            Some(HandoffIndicator::UNKNOWN) if binding.state.is_served() => Match::Undecided(id),
            Some(HandoffIndicator::UNKNOWN) => Match::Session(id),
            _ => Match::New,
        }
    }
}
