//! The mobile access gateway in the proxy role (RFC 5213 6, asaeda 5.1 and 7.1).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::{NodeId, Prefix, Profile, Tunnel};
use crate::channel::Filter;
use crate::fanout::Route;
use crate::machine::{Envelope, LinkId, RouteId, RxMeta, TunnelId};
use crate::mld::{Timing, router};
use crate::wire::Dialect;
use crate::wire::mh::Status;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::packet::{OwnedPayload, Payload};

/// How a MAG is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Config {
    /// Proxy-CoA: the global address at which the LMA finds it.
    pub proxy_coa: Ipv6Addr,
    /// Link-local address, on access links and in M-Tunnels alike (RFC 6543 lets every MAG have the same).
    pub link_local: Ipv6Addr,
    /// The LMAs of the domain and how each is spoken to.
    pub lmas: Vec<LmaPeer>,
    /// Other MAGs, with which contexts may be exchanged.
    pub mags: Vec<Ipv6Addr>,
    /// Lifetime asked for in a registration: 3,600 s.
    pub lifetime: Duration,
    /// How long a registration waits for a transferred context: 200 ms (digest 1.B.5).
    pub context_wait: Duration,
    /// How long the context of a node that left is kept for its next MAG: 10 s (digest 5.5).
    pub context_hold: Duration,
    /// Whether registrations carry a timestamp, the clock permitting (RFC 5213 5.5).
    pub timestamps: bool,
    /// Whether what a node listens to is written back to its policy profile (A31).
    pub write_back: bool,
    /// Dynamic or static M-Tunnel (A19-A21).
    pub tunnel_mode: TunnelMode,
    /// The MLD router towards the nodes.
    pub access: router::Config,
    /// Timers of the proxy towards the LMA.
    pub upstream: Timing,
    /// Bounds.
    pub limits: Limits,
}

/// An LMA as its MAGs see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LmaPeer {
    /// LMAA.
    pub address: Ipv6Addr,
    /// Code points.
    pub dialect: Dialect,
}

/// When an M-Tunnel exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum TunnelMode {
    /// From the first subscription to the last (A19).
    #[default]
    Dynamic,
    /// From the start, always (A20).
    Static,
}

/// Bounds of a MAG's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Limits {
    /// Attached nodes, those that just left included: 10,000.
    pub nodes: usize,
    /// Groups in one node's profile or context: 256.
    pub groups_per_node: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 10_000, groups_per_node: 256 }
    }
}

/// What may happen to a MAG.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// A node attached (fact). The profile is fetched, then registration follows.
    Attached {
        /// Its point-to-point access link.
        link: LinkId,
        /// Who it is.
        node: &'a NodeId,
        /// Its link-layer identifier, empty when not known.
        link_layer_id: &'a [u8],
        /// How it is attached.
        technology: AccessTechnology,
        /// What kind of attachment this is; 4 when nothing is known.
        handoff: HandoffIndicator,
        /// The MAG it came from, when the access network tells (asaeda 7.1, step 1).
        previous: Option<Ipv6Addr>,
    },
    /// The policy store answered [`Action::FetchProfile`]; `None`: the node is not allowed.
    Profile {
        /// The link of the node.
        link: LinkId,
        /// The node.
        node: &'a NodeId,
        /// Its profile.
        profile: Option<&'a Profile>,
    },
    /// The node on the link is gone (fact).
    Detached {
        /// The link.
        link: LinkId,
    },
    /// A packet for the MAG arrived.
    Packet {
        /// What came with it.
        meta: RxMeta,
        /// The message.
        payload: Payload<'a>,
    },
    /// The time of day, microseconds since 1970 UTC. Without it, registrations use sequence numbers.
    Clock {
        /// Microseconds.
        unix_micros: u64,
    },
}

/// What a MAG wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Action {
    /// Send a packet.
    Send(Envelope<OwnedPayload>),
    /// Ask the policy store; the answer is [`Input::Profile`].
    FetchProfile {
        /// The link of the node.
        link: LinkId,
        /// The node.
        node: NodeId,
    },
    /// Write what the node listens to into its profile (A31).
    StoreChannels {
        /// The node.
        node: NodeId,
        /// Groups and filters; link-scope groups are never among them.
        channels: Vec<(Ipv6Addr, Filter)>,
    },
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
    /// Stop forwarding by a multicast route.
    RemoveRoute {
        /// The route.
        id: RouteId,
    },
    /// Route a home network prefix to the node's link, and what comes from it through the tunnel.
    InstallPrefix {
        /// Its name from now on.
        id: RouteId,
        /// The prefix.
        prefix: Prefix,
        /// The node's link.
        link: LinkId,
        /// The unicast tunnel to its LMA.
        tunnel: TunnelId,
    },
    /// Something that the operator may want to know.
    Notify(Notice),
}

/// Something that the operator may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Notice {
    /// The node is registered.
    Registered {
        /// The node.
        node: NodeId,
        /// Its home network prefixes.
        prefixes: Vec<Prefix>,
    },
    /// The LMA refused; the node gets no service.
    Denied {
        /// The node.
        node: NodeId,
        /// What the LMA said; none: the policy store said no.
        status: Option<Status>,
    },
    /// A context came from the previous MAG.
    ContextReceived {
        /// The node.
        node: NodeId,
        /// Groups in it.
        groups: usize,
    },
    /// No context came within `context_wait`; the registration went out without.
    ContextLate {
        /// The node.
        node: NodeId,
    },
    /// A record of a listener was not applied.
    Refused {
        /// Where.
        link: LinkId,
        /// Whose.
        listener: Ipv6Addr,
        /// Why.
        why: router::Refusal,
    },
    /// An answer that does not fit its request: it is ignored and the request no longer repeated (RFC 5213 6.9.1.2).
    Mismatch {
        /// The node.
        node: NodeId,
    },
}

/// Why an input was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reject {
    /// The link has no such node.
    #[error("no such node on {0:?}")]
    NoSuchNode(LinkId),
    /// A node is attached to the link already.
    #[error("{0:?} has a node already")]
    LinkBusy(LinkId),
    /// No room for another node.
    #[error("no room for another node: the limit is {0}")]
    TooManyNodes(usize),
    /// The node's profile names an LMA that is not configured.
    #[error("LMA {0} is not configured")]
    UnknownLma(Ipv6Addr),
    /// The peer is not one that this message is taken from.
    #[error("{0} is not a peer for this message")]
    UnknownPeer(Ipv6Addr),
    /// Nothing authenticated the packet.
    #[error("a packet from {0} that nothing authenticates")]
    NotAuthenticated(Ipv6Addr),
    /// The answer belongs to no request.
    #[error("an answer without a request: {0}")]
    Unmatched(&'static str),
    /// The access side's MLD router refused.
    #[error(transparent)]
    Router(#[from] router::Reject),
    /// The upstream side's proxy refused.
    #[error(transparent)]
    Proxy(#[from] crate::mld::proxy::Reject),
    /// Not a message for a MAG.
    #[error("not a message for a MAG")]
    NotForMags,
}

/// [`Input`] that owns its parts: a trace can be recorded and played again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of Input")]
pub enum OwnedInput {
    /// [`Input::Attached`].
    Attached {
        link: LinkId,
        node: NodeId,
        link_layer_id: Box<[u8]>,
        technology: AccessTechnology,
        handoff: HandoffIndicator,
        previous: Option<Ipv6Addr>,
    },
    /// [`Input::Profile`].
    Profile { link: LinkId, node: NodeId, profile: Option<Profile> },
    /// [`Input::Detached`].
    Detached { link: LinkId },
    /// [`Input::Packet`].
    Packet { meta: RxMeta, payload: OwnedPayload },
    /// [`Input::Clock`].
    Clock { unix_micros: u64 },
}
