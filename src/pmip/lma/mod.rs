//! The local mobility anchor (RFC 5213 5, asaeda 4).
//!
//! ```text
//!   PBU, PBU-M ──> check ──> bindings ──────────────────────> tunnels, prefix routes, PBA
//!                               │ first and last of a MAG: link up, link down
//!                               │ what a node listens to: Told
//!                               v
//!   MLD from a MAG ─────────> Router ──Interest──> settle ──> M-Tunnels, multicast routes,
//!   MLD Query to it <────────────────                        JoinUpstream, LeaveUpstream
//! ```
//!
//! What the nodes of a MAG listen to is kept for the MAG as a whole (D-10): its M-Tunnel is one point-to-point link of
//! the [MLD router](crate::mld::router), from its first binding to its last.
//!
//! ```
//! use multimob::machine::{LinkId, Machine};
//! use multimob::pmip::lma::{Action, Config, Input, Lma, MagPeer};
//! use multimob::pmip::{NodeId, Prefix, Subscriber};
//! use multimob::wire::Dialect;
//! use multimob::Instant;
//!
//! let mag = MagPeer { address: "2001:db8:a::1".parse()?, dialect: Dialect::default() };
//! let config = Config {
//!     mags: vec![mag],
//!     pool: Some(Prefix::new("2001:db8:f000::".parse()?, 48)),
//!     ..Config::new("2001:db8:b::1".parse()?, "fe80::1".parse()?, LinkId(0))
//! };
//! let mut lma = Lma::new(config, 1)?;
//!
//! let node = NodeId::nai("mn1@example.net");
//! let mut out: Vec<Action> = Vec::new();
//! let provision = Input::Provision { node: &node, subscriber: &Subscriber::default() };
//! lma.handle_input(Instant::ZERO, provision, &mut out)?;
//! assert!(out.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod apply;
mod cache;
mod config;
mod fsm;
mod multicast;
mod owned;
mod peers;
mod plan;
mod pool;
mod prefixes;
mod request;
mod settle;
mod subscribers;
mod upstream;
mod view;

use alloc::vec::Vec;
use core::mem;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::mag::TunnelMode;
use super::{NodeId, Prefix, Subscriber, Tunnel, TunnelKind};
use crate::channel::Channel;
use crate::fanout::Route;
use crate::machine::{Envelope, LinkId, Machine, RouteId, RxMeta, Sink, TunnelId};
use crate::mip::Clock;
use crate::mld::router::{self, Router};
use crate::random::SplitMix64;
use crate::time::Instant;
use crate::timers::Timers;
use crate::wire::mh;
use crate::wire::packet::{OwnedPayload, Payload};
use cache::{BindingId, Cache};
use peers::Peers;
use pool::Pool;
use subscribers::Subscribers;
use upstream::Upstream;

pub use config::{Config, ConfigError, Limits, MagPeer};
pub use owned::OwnedInput;
pub use view::{BindingState, LmaState, Tunnels};

/// What may happen to an LMA.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "packets are what comes most, and an input is handed over once"
)]
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
    /// The time of day, microseconds since 1970 UTC. Without it, timestamps cannot be judged: registrations that carry
    /// one are refused with 156.
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
    /// A binding was deleted.
    Unbound {
        /// The node.
        node: NodeId,
    },
    /// The multicast part of a PBU-M was missing or malformed, or some of it was of IGMP; the registration went on without
    /// that (D-6, S15).
    MalformedMulticast {
        /// The node.
        node: NodeId,
    },
    /// The node's policy forbids some of what it asked for in a group; that was left out (Z14, Z18).
    Forbidden {
        /// The node.
        node: NodeId,
        /// The group.
        group: Ipv6Addr,
    },
    /// A record was not applied, or only in part.
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
    /// Too many prefixes for one subscriber.
    #[error("no more than {0} prefixes for one subscriber")]
    TooManyPrefixes(usize),
    /// The prefix cannot be a subscriber's own: no unicast prefix, bits beyond its length, of the pool, or named twice.
    #[error("{0} cannot be a prefix of a subscriber")]
    BadPrefix(Prefix),
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
    /// The rules of the Mobility Header refuse it. What is to be done about that stands in
    /// [`mh::Refused::reaction`]; how often, is for who does it to limit (RFC 6275 9.3.3).
    #[error(transparent)]
    Mobility(#[from] mh::Refused),
    /// Not a message for an LMA.
    #[error("not a message for an LMA")]
    NotForLmas,
}

/// A local mobility anchor.
///
/// Of the actions of one call at most `6 + 2 x prefixes_per_subscriber` are of bindings, twice as many when the end of one
/// admits another; for each group that the call changes on a link there are at most 5, the channels of its sources and
/// the router's queries aside.
#[derive(Clone, Debug)]
pub struct Lma {
    config: Config,
    subscribers: Subscribers,
    cache: Cache,
    pool: Option<Pool>,
    peers: Peers,
    router: Router,
    upstream: Upstream,
    clock: Clock,
    random: SplitMix64,
    ids: Ids,
    /// When each binding's state ends.
    timers: Timers<BindingId>,
    /// How many MAGs have their static tunnels (A20).
    standing: usize,
    /// Set while more is due than the budget of one call allowed.
    not_before: Option<Instant>,
    /// Registrations that found no room.
    refused: u64,
    /// M-Tunnels that lost a binding in this call, perhaps their last; empty between calls.
    released: Vec<LinkId>,
    /// What the router pushed in this call; empty between calls.
    from_router: Vec<router::Action>,
    /// Where the actions of a call are gathered for a sink that is no `Vec`; empty between calls.
    scratch: Vec<Action>,
}

/// Names for what is installed.
#[derive(Clone, Debug, Default)]
struct Ids {
    tunnels: u64,
    routes: u64,
}

impl Ids {
    const fn tunnel(&mut self) -> TunnelId {
        self.tunnels = self.tunnels.saturating_add(1);
        TunnelId(self.tunnels)
    }

    const fn route(&mut self) -> RouteId {
        self.routes = self.routes.saturating_add(1);
        RouteId(self.routes)
    }
}

/// What is left when a call has used up its budget falls due so much later.
const BREATHER: Duration = Duration::from_millis(1);

impl Lma {
    /// An LMA without subscribers and without bindings. The `seed` is for the link-local addresses that it makes up for
    /// MAGs.
    ///
    /// # Errors
    /// When the configuration cannot be.
    pub fn new(config: Config, seed: u64) -> Result<Self, ConfigError> {
        config.validate()?;
        Ok(Self {
            subscribers: Subscribers::default(),
            cache: Cache::default(),
            pool: config.pool.map(Pool::new),
            peers: Peers::new(&config),
            router: Router::new(config.router.clone())?,
            upstream: Upstream::new(config.upstream_linger, config.limits.lingering),
            clock: Clock::default(),
            random: SplitMix64::new(seed),
            ids: Ids::default(),
            timers: Timers::default(),
            standing: match config.tunnel_mode {
                TunnelMode::Dynamic => config.mags.len(),
                TunnelMode::Static => 0,
            },
            not_before: None,
            refused: 0,
            released: Vec::new(),
            from_router: Vec::new(),
            scratch: Vec::new(),
            config,
        })
    }

    /// How many registrations and records found no room since the LMA was made.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused.saturating_add(self.router.refused())
    }

    fn elapse(&mut self, now: Instant, out: &mut Vec<Action>) {
        if self.due().is_some_and(|due| due <= now) {
            let mut left = self.config.budget;
            while left > 0 && self.visit(now, out) {
                left = left.saturating_sub(1);
            }
            let is_left = self.earliest().is_some_and(|due| due <= now);
            self.not_before = is_left.then(|| now + BREATHER);
        }
        self.router.handle_timeout(now, &mut self.from_router);
    }

    /// Does one thing that has fallen due; whether there was one.
    fn visit(&mut self, now: Instant, out: &mut Vec<Action>) -> bool {
        if self.standing < self.peers.len() {
            let link = u32::try_from(self.standing).map_or(LinkId(u32::MAX), LinkId);
            self.install_tunnel(link, TunnelKind::Unicast, out);
            self.install_tunnel(link, TunnelKind::Multicast, out);
            self.standing = self.standing.saturating_add(1);
            return true;
        }
        match self.timers.pop(now) {
            Some(binding) => {
                self.expire(now, binding, out);
                true
            }
            None => self.upstream.elapse(now, out),
        }
    }

    /// The first deadline that is not the router's.
    fn earliest(&self) -> Option<Instant> {
        let bootstrap = (self.standing < self.peers.len()).then_some(Instant::ZERO);
        [bootstrap, self.timers.next(), self.upstream.due()].into_iter().flatten().min()
    }

    /// The same, put off while a budget is used up.
    fn due(&self) -> Option<Instant> {
        self.earliest().map(|due| self.not_before.map_or(due, |not_before| due.max(not_before)))
    }

    fn through(&mut self, out: &mut impl Sink<Action>, step: impl FnOnce(&mut Self, &mut Vec<Action>)) {
        let mut actions = mem::take(&mut self.scratch);
        step(self, &mut actions);
        actions.drain(..).for_each(|action| out.push(action));
        self.scratch = actions;
    }
}

impl Machine for Lma {
    type Input<'a> = Input<'a>;
    type Action = Action;
    type Reject = Reject;

    fn handle_input(
        &mut self,
        now: Instant,
        input: Input<'_>,
        out: &mut impl Sink<Action>,
    ) -> Result<(), Reject> {
        let plan = self.check(now, input)?;
        self.through(out, |lma, actions| {
            lma.apply(now, plan, actions);
            lma.settle(now, actions);
        });
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action>) {
        self.through(out, |lma, actions| {
            lma.elapse(now, actions);
            lma.settle(now, actions);
        });
    }

    fn poll_timeout(&self) -> Option<Instant> {
        [self.due(), self.router.poll_timeout()].into_iter().flatten().min()
    }
}
