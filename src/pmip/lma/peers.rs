//! The MAGs of the domain, and what the data plane has for each.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::config::{Config, MagPeer};
use crate::channel::Filter;
use crate::machine::{LinkId, RouteId, TunnelId};
use crate::pmip::TunnelKind;
use crate::wire::Dialect;

/// One MAG.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) address: Ipv6Addr,
    pub(super) dialect: Dialect,
    /// Bindings that it serves.
    pub(super) bindings: usize,
    /// The tunnel of its nodes' unicast traffic.
    pub(super) unicast: Option<TunnelId>,
    /// The M-Tunnel as forwarding resource.
    pub(super) multicast: Option<TunnelId>,
    /// The multicast routes into its M-Tunnel, by group.
    pub(super) routes: BTreeMap<Ipv6Addr, (RouteId, Filter)>,
}

impl Peer {
    /// The tunnel by which MLD goes to it: both kinds have the same outer addresses (A22).
    pub(super) fn tunnel(&self) -> Option<TunnelId> {
        self.multicast.or(self.unicast)
    }

    pub(super) const fn slot(&mut self, kind: TunnelKind) -> &mut Option<TunnelId> {
        match kind {
            TunnelKind::Unicast => &mut self.unicast,
            TunnelKind::Multicast => &mut self.multicast,
        }
    }
}

/// All MAGs. The M-Tunnel of the n-th is link n of the MLD router.
#[derive(Clone, Debug)]
pub(super) struct Peers {
    peers: Vec<Peer>,
    by_address: BTreeMap<Ipv6Addr, LinkId>,
}

impl Peers {
    pub(super) fn new(config: &Config) -> Self {
        let peer = |&MagPeer { address, dialect }: &MagPeer| Peer {
            address,
            dialect,
            bindings: 0,
            unicast: None,
            multicast: None,
            routes: BTreeMap::new(),
        };
        let by_address = config.mags.iter().zip(0..).map(|(mag, n)| (mag.address, LinkId(n))).collect();
        Self { peers: config.mags.iter().map(peer).collect(), by_address }
    }

    pub(super) fn link(&self, address: Ipv6Addr) -> Option<LinkId> {
        self.by_address.get(&address).copied()
    }

    pub(super) fn get(&self, link: LinkId) -> Option<&Peer> {
        self.peers.get(usize::try_from(link.0).ok()?)
    }

    pub(super) fn get_mut(&mut self, link: LinkId) -> Option<&mut Peer> {
        self.peers.get_mut(usize::try_from(link.0).ok()?)
    }

    pub(super) fn find(&self, address: Ipv6Addr) -> Option<&Peer> {
        self.get(self.link(address)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (LinkId, &Peer)> {
        (0..).map(LinkId).zip(&self.peers)
    }

    pub(super) fn len(&self) -> usize {
        self.peers.len()
    }
}
