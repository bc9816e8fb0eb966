//! What can be seen of an LMA.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::Lma;
use super::peers::Peer;
use crate::channel::{Channel, Filter};
use crate::machine::Snapshot;
use crate::pmip::{NodeId, Prefix, Subscriber};

/// The protocol state of an LMA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LmaState {
    /// The bindings, by node and prefixes.
    pub bindings: Vec<BindingState>,
    /// What each MAG wants, by Proxy-CoA and group.
    pub groups: BTreeMap<Ipv6Addr, BTreeMap<Ipv6Addr, Filter>>,
    /// What each MAG holds without receiving it (MLD Hold), by Proxy-CoA and group; MAGs that hold nothing are left out.
    pub held: BTreeMap<Ipv6Addr, BTreeMap<Ipv6Addr, Filter>>,
    /// What is forwarded to each MAG, by Proxy-CoA and group.
    pub routes: BTreeMap<Ipv6Addr, BTreeMap<Ipv6Addr, Filter>>,
    /// The channels that the network was asked for, less those that are about to be given up.
    pub upstream: BTreeSet<Channel>,
    /// The tunnels, by Proxy-CoA.
    pub tunnels: BTreeMap<Ipv6Addr, Tunnels>,
}

/// One binding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BindingState {
    /// The node.
    pub node: NodeId,
    /// Its home network prefixes.
    pub prefixes: Vec<Prefix>,
    /// Proxy-CoA of the MAG that serves it; none while it is deregistered and waits for its deletion.
    pub mag: Option<Ipv6Addr>,
}

/// The tunnels to one MAG.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tunnels {
    /// Whether the one for unicast traffic is set up.
    pub unicast: bool,
    /// Whether the M-Tunnel is.
    pub multicast: bool,
}

impl Lma {
    /// The nodes that may register, ascending, with what each is entitled to.
    pub fn subscribers(&self) -> impl Iterator<Item = (&NodeId, &Subscriber)> {
        self.subscribers.iter()
    }

    /// The bindings, oldest first.
    pub fn bindings(&self) -> impl Iterator<Item = BindingState> + '_ {
        self.cache.iter().map(|binding| {
            let mag = self.peers.get(binding.mag).map(|peer| peer.address);
            BindingState {
                node: binding.node.clone(),
                prefixes: binding.prefixes.clone(),
                mag: mag.filter(|_| binding.state.is_served()),
            }
        })
    }
}

impl Snapshot for Lma {
    type S = LmaState;

    fn snapshot(&self) -> LmaState {
        let tunnels =
            |peer: &Peer| Tunnels { unicast: peer.unicast.is_some(), multicast: peer.multicast.is_some() };
        let mut bindings: Vec<BindingState> = self.bindings().collect();
        bindings.sort();
        let mut state =
            LmaState { bindings, upstream: self.upstream.channels().collect(), ..LmaState::default() };
        for (link, peer) in self.peers.iter() {
            let groups = self.router.interests(link);
            let routes = peer.routes.iter().map(|(&group, (_, filter))| (group, filter.clone()));
            let held: BTreeMap<_, _> = self.router.holds(link).collect();
            if !held.is_empty() {
                state.held.insert(peer.address, held);
            }
            state.groups.insert(peer.address, groups.collect());
            state.routes.insert(peer.address, routes.collect());
            state.tunnels.insert(peer.address, tunnels(peer));
        }
        state
    }
}
