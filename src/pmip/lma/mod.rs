//! The local mobility anchor (RFC 5213 5, asaeda 4).

use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::mag::TunnelMode;
use super::{NodeId, Prefix, Subscriber, Tunnel};
use crate::channel::Channel;
use crate::fanout::Route;
use crate::machine::{Envelope, LinkId, RouteId, RxMeta, TunnelId};
use crate::mld::router;
use crate::wire::Dialect;
use crate::wire::packet::{OwnedPayload, Payload};

/// How an LMA is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Config {
    /// LMAA.
    pub address: Ipv6Addr,
    /// Link-local address inside its M-Tunnels.
    pub link_local: Ipv6Addr,
    /// The link on which multicast data arrives from the network.
    pub upstream: LinkId,
    /// The MAGs of the domain and how each is spoken to.
    pub mags: Vec<MagPeer>,
    /// Home network prefixes to give to subscribers that have none: /64s of this prefix.
    pub pool: Option<Prefix>,
    /// Lifetime granted at most: 3,600 s.
    pub max_lifetime: Duration,
    /// MinDelayBeforeBCEDelete: 10 s.
    pub min_delay_before_bce_delete: Duration,
    /// MaxDelayBeforeNewBCEAssign: 1.5 s.
    pub max_delay_before_new_bce_assign: Duration,
    /// TimestampValidityWindow: 300 ms.
    pub timestamp_validity_window: Duration,
    /// Dynamic or static M-Tunnel (A19-A21).
    pub tunnel_mode: TunnelMode,
    /// Whether an accepted PBU-M is answered with the records that were taken (D-7).
    pub echo_accepted: bool,
    /// Whether a PBU-M whose multicast part was refused fails as a whole with 129 or 130 (D-7).
    pub multicast_mandatory: bool,
    /// Whether a PBU-M with a malformed multicast part fails with 128 (D-6).
    pub strict_multicast: bool,
    /// The MLD router towards the MAGs.
    pub router: router::Config,
    /// Bounds.
    pub limits: Limits,
}

/// A MAG as its LMA sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MagPeer {
    /// Proxy-CoA.
    pub address: Ipv6Addr,
    /// Code points.
    pub dialect: Dialect,
}

/// Bounds of an LMA's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Limits {
    /// Subscribers: 1,000,000.
    pub subscribers: usize,
    /// Binding Cache entries: 1,000,000.
    pub bindings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { subscribers: 1_000_000, bindings: 1_000_000 }
    }
}

/// What may happen to an LMA.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// The node may register here (or its entry changes).
    Provision {
        /// The node.
        node: &'a NodeId,
        /// What it is entitled to.
        subscriber: &'a Subscriber,
    },
    /// The node may no longer register; an existing binding lives until it ends.
    Withdraw {
        /// The node.
        node: &'a NodeId,
    },
    /// A packet for the LMA arrived.
    Packet {
        /// What came with it; `outer` tells the M-Tunnel.
        meta: RxMeta,
        /// The message.
        payload: Payload<'a>,
    },
    /// The time of day, microseconds since 1970 UTC. Without it, timestamps cannot be judged.
    Clock {
        /// Microseconds.
        unix_micros: u64,
    },
}

/// What an LMA wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Action {
    /// Send a packet.
    Send(Envelope<OwnedPayload>),
    /// Set up a tunnel.
    InstallTunnel {
        /// Its name from now on.
        id: TunnelId,
        /// The tunnel.
        tunnel: Tunnel,
    },
    /// Take a tunnel down; what used it was removed before.
    RemoveTunnel {
        /// The tunnel.
        id: TunnelId,
    },
    /// Forward multicast data.
    InstallRoute {
        /// Its name from now on.
        id: RouteId,
        /// The route.
        route: Route,
    },
    /// Stop forwarding by a route of either kind.
    RemoveRoute {
        /// The route.
        id: RouteId,
    },
    /// Route a home network prefix through a tunnel.
    InstallPrefix {
        /// Its name from now on.
        id: RouteId,
        /// The prefix.
        prefix: Prefix,
        /// The unicast tunnel to the MAG of the node.
        tunnel: TunnelId,
    },
    /// Join the delivery tree of a channel (PIM or MLD, whatever the network speaks).
    JoinUpstream(Channel),
    /// Leave the delivery tree of a channel.
    LeaveUpstream(Channel),
    /// Something that the operator may want to know.
    Notify(Notice),
}

/// Something that the operator may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Notice {
    /// A node is bound to a MAG.
    Bound {
        /// The node.
        node: NodeId,
        /// Proxy-CoA.
        mag: Ipv6Addr,
    },
    /// A binding ended.
    Unbound {
        /// The node.
        node: NodeId,
    },
    /// The multicast part of a PBU-M was missing or malformed; the registration went on without it (D-6).
    MalformedMulticast {
        /// The node.
        node: NodeId,
    },
    /// A record was not applied.
    Refused {
        /// The MAG.
        mag: Ipv6Addr,
        /// The group.
        group: Option<Ipv6Addr>,
        /// Why.
        why: router::Refusal,
    },
}

/// Why an input was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reject {
    /// No such subscriber.
    #[error("no subscriber {0}")]
    NoSuchSubscriber(NodeId),
    /// No room for another subscriber.
    #[error("no room for another subscriber: the limit is {0}")]
    TooManySubscribers(usize),
    /// A prefix of the subscriber belongs to another one.
    #[error("{0} belongs to another subscriber")]
    PrefixTaken(Prefix),
    /// Nothing authenticated the packet (RFC 5213 5.3.1, 1).
    #[error("a packet from {0} that nothing authenticates")]
    NotAuthenticated(Ipv6Addr),
    /// The address cannot be a care-of address (digest 6.3).
    #[error("{0} is no routable unicast address")]
    NotRoutable(Ipv6Addr),
    /// A deregistration that must not be answered (RFC 5213 5.3.5, 5.4.1).
    #[error("a deregistration that belongs to no binding of {0}")]
    StaleDeregistration(Ipv6Addr),
    /// MLD from a MAG that has no binding here.
    #[error("no M-Tunnel to {0}")]
    NoTunnel(Ipv6Addr),
    /// The MLD router refused.
    #[error(transparent)]
    Router(#[from] router::Reject),
    /// Not a message for an LMA.
    #[error("not a message for an LMA")]
    NotForLmas,
}

/// [`Input`] that owns its parts: a trace can be recorded and played again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of Input")]
pub enum OwnedInput {
    /// [`Input::Provision`].
    Provision { node: NodeId, subscriber: Subscriber },
    /// [`Input::Withdraw`].
    Withdraw { node: NodeId },
    /// [`Input::Packet`].
    Packet { meta: RxMeta, payload: OwnedPayload },
    /// [`Input::Clock`].
    Clock { unix_micros: u64 },
}
