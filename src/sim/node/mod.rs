//! The nodes: each a machine, the data plane that the machine installs, and octets on both sides.

mod anchor;
mod engine;
mod gateway;
mod mobile;
mod network;

pub(super) use anchor::Anchor;
pub(super) use gateway::Gateway;
pub use mobile::MobileSnapshot;
pub(super) use mobile::{Mobile, listener_config};
pub(super) use network::Network;

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::event::{Event, Medium, Node, Observer, Why};
use super::frame;
use crate::channel::{Channel, Filter};
use crate::machine::{Envelope, LinkId, Protection, RxMeta, TunnelId, Via};
use crate::pmip::{NodeId, Tunnel};
use crate::time::Instant;
use crate::wire::Dialect;
use crate::wire::packet::{self, Datagram, OwnedPayload};
use alloc::collections::BTreeMap;
use bytes::Bytes;

/// The link of a MAG or LMA to the routed core.
pub(super) const CORE: LinkId = LinkId(0);
/// The link of an LMA to the multicast network.
pub(super) const UPSTREAM: LinkId = LinkId(1);
/// The one link of a mobile node.
pub(super) const RADIO: LinkId = LinkId(0);
/// Access links are numbered from here, for the whole domain, and never again.
pub(super) const FIRST_ACCESS: u32 = 16;

/// What a node wants of the domain.
#[derive(Debug)]
pub(super) enum Effect {
    /// Put a packet on an access link.
    OnLink(LinkId, Bytes),
    /// Route a packet to whoever has this address.
    Route(Ipv6Addr, Bytes),
    /// Ask the policy store.
    Fetch { link: LinkId, node: NodeId },
    /// Tell the policy store.
    Store { node: NodeId, channels: Vec<(Ipv6Addr, Filter)> },
    /// Join or leave a channel of the network.
    Upstream { channel: Channel, joins: bool },
}

/// What surrounds a node while it does something.
pub(super) struct Around<'a> {
    pub(super) now: Instant,
    pub(super) node: Node,
    pub(super) observer: &'a mut dyn Observer,
    pub(super) effects: &'a mut Vec<Effect>,
}

impl Around<'_> {
    pub(super) fn show(&mut self, event: &Event<'_>) {
        self.observer.see(self.now, event);
    }

    pub(super) fn drop(&mut self, octets: &Bytes, why: Why<'_>) {
        let node = self.node;
        self.show(&Event::Dropped { node, octets, why });
    }
}

/// A packet that arrived.
pub(super) struct Arrived<'a> {
    pub(super) medium: Medium,
    pub(super) octets: &'a Bytes,
    pub(super) mangled: bool,
}

impl Arrived<'_> {
    /// Takes the packet apart; what cannot be read is shown and gone.
    fn read<'o>(&'o self, dialect: &Dialect, around: &mut Around<'_>) -> Option<Datagram<'o>> {
        match packet::demux(self.octets, dialect) {
            Ok(datagram) => Some(datagram),
            Err(error) => {
                around.drop(self.octets, Why::Unreadable(&error));
                None
            }
        }
    }

    /// What a machine is told beside the message. The core is sealed: what comes from it is authenticated (RFC 5213
    /// 4), unless somebody mangled it.
    fn meta(&self, datagram: &Datagram<'_>, link: LinkId) -> RxMeta {
        let sealed = self.medium == Medium::Core && !self.mangled;
        let protection = if sealed { Protection::Authenticated } else { Protection::None };
        RxMeta::new(link, datagram, protection)
    }
}

/// The tunnels that a machine has installed.
#[derive(Debug, Default)]
pub(super) struct Tunnels(BTreeMap<TunnelId, Tunnel>);

impl Tunnels {
    fn install(&mut self, id: TunnelId, tunnel: Tunnel) {
        self.0.insert(id, tunnel);
    }

    fn remove(&mut self, id: TunnelId) {
        self.0.remove(&id);
    }

    /// The M-Tunnel through which a packet with this outer header came: multicast is what it carries, and the inner
    /// packet told so (A22).
    fn multicast_from(&self, outer: (Ipv6Addr, Ipv6Addr)) -> Option<TunnelId> {
        let fits = |tunnel: &Tunnel| {
            tunnel.kind == crate::pmip::TunnelKind::Multicast && (tunnel.remote, tunnel.local) == outer
        };
        self.0.iter().find(|(_, tunnel)| fits(tunnel)).map(|(&id, _)| id)
    }

    /// Sends the packet `inner`, to `dst`, the way `via` says.
    fn send(&self, via: Via, dst: Ipv6Addr, inner: Vec<u8>, around: &mut Around<'_>) {
        match via {
            Via::Link(link) => around.effects.push(Effect::OnLink(link, inner.into())),
            Via::Routed => around.effects.push(Effect::Route(dst, inner.into())),
            Via::Tunnel(id) => match self.0.get(&id) {
                Some(tunnel) => {
                    if let Some(octets) = frame::encapsulate(tunnel.local, tunnel.remote, &inner) {
                        around.effects.push(Effect::Route(tunnel.remote, octets.into()));
                    }
                }
                None => around.drop(&inner.into(), Why::Unreachable),
            },
        }
    }

    /// Builds and sends what a machine wants sent.
    fn send_envelope(&self, envelope: &Envelope<OwnedPayload>, around: &mut Around<'_>) {
        if let Some(inner) = frame::build(envelope.src, envelope.dst, &envelope.body.borrow()) {
            self.send(envelope.via, envelope.dst, inner, around);
        }
    }
}
