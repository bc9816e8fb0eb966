//! The mobile access gateway in the proxy role (RFC 5213 6, asaeda 5.1 and 7.1).
//!
//! ```text
//!             access links                                              M-Tunnels
//!   MLD ──> mld::Router ──interest──> policy ──> routes, and one mld::Proxy for each LMA ──> MLD
//!                ^                      ^                         │ what it wants already
//!   context ─────┴── told      profile ─┴──> session ──PBU, PBU-M─┴────────────────────────> LMA
//! ```
//!
//! A node is heard from the moment its profile came; what it wants takes effect when its LMA has accepted the
//! registration, and ends when it leaves. A session (RFC 5213 6.1) is one attachment of a node; it outlives the
//! attachment until the LMA knows, and its context until the next MAG had time to ask for it.
//!
//! # Choices
//! * A request for a context names the node by an MN-Identifier block; its previous address is the first prefix that
//!   the profile knows, else `::`, because the new MAG learns the home address only by registering (digest 9, 49).
//! * A MAG that knows nothing of the node answers with a context of no records, so that nobody waits for it.
//! * Requests for contexts beyond a rate are refused, not dropped at random ([`RequestRate`]).
//! * A message of CXTP is one node's context whatever its size (RFC 4067 3.1): UDP may have to fragment it.
//! * A node that comes back takes over what its last session here knew: prefixes, numbers, context. The old session's
//!   deregistration is no longer repeated then, because it would end the new binding.

mod advertise;
mod apply;
mod config;
mod context;
mod fsm;
mod owned;
mod plan;
mod registration;
mod request;
mod session;
mod settle;
mod snapshot;
#[cfg(test)]
mod tests;
mod upstream;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{NodeId, Prefix, Profile, Tunnel};
use crate::channel::Filter;
use crate::fanout::Route;
use crate::machine::{Envelope, LinkId, Machine, RouteId, RxMeta, Sink, TunnelId};
use crate::mip::{Clock, Sequence};
use crate::mld::router::{self, Router};
use crate::time::Instant;
use crate::timers::Timers;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::mh::{self, Status};
use crate::wire::packet::{OwnedPayload, Payload};

pub use config::{Config, ConfigError, Limits, LmaPeer, RequestRate, TunnelMode};
pub use owned::OwnedInput;
pub use snapshot::{Kind, SessionState, State};

use context::Asked;
use session::{SessionId, Sessions};
use settle::Work;
use upstream::Upstream;

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
    /// The LMA does not believe the clock. The node is registered once [`Input::Clock`] told the time of the domain's
    /// common source (RFC 5213 6.9.1.2 (9)).
    ClockWrong {
        /// The node.
        node: NodeId,
    },
    /// The next MAG could not use a part of the context that it was sent.
    ContextRefused {
        /// The MAG.
        mag: Ipv6Addr,
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
    /// The identifier of the node is empty, or one of the identifiers is too long for its option.
    #[error("an identifier that no option can hold")]
    BadIdentifier,
    /// The profile has more prefixes than a node may have.
    #[error("more home network prefixes than {0}")]
    TooManyPrefixes(usize),
    /// The node's profile names an LMA that is not configured.
    #[error("LMA {0} is not configured")]
    UnknownLma(Ipv6Addr),
    /// The peer is not one that this message is taken from.
    #[error("{0} is not a peer for this message")]
    UnknownPeer(Ipv6Addr),
    /// Nothing authenticated the packet.
    #[error("a packet from {0} that nothing authenticates")]
    NotAuthenticated(Ipv6Addr),
    /// More requests for contexts than are answered in a second ([`Config::request_rate`]): of this MAG, or of all.
    #[error("more requests for contexts, from {0} or from all MAGs, than are answered in a second")]
    TooManyRequests(Ipv6Addr),
    /// The answer belongs to no request.
    #[error("an answer without a request: {0}")]
    Unmatched(&'static str),
    /// The access side's MLD router refused.
    #[error(transparent)]
    Router(#[from] router::Reject),
    /// The upstream side's proxy refused.
    #[error(transparent)]
    Proxy(#[from] crate::mld::proxy::Reject),
    /// A Router Solicitation that may come from another link (RFC 4861 6.1.1).
    #[error("Router Solicitation with hop limit {0}; it must be 255")]
    BadHopLimit(u8),
    /// The rules of the Mobility Header refuse it. What is to be done about that stands in
    /// [`mh::Refused::reaction`]; how often, is for who does it to limit (RFC 6275 9.3.3).
    #[error(transparent)]
    Mobility(#[from] mh::Refused),
    /// Not a message for a MAG.
    #[error("not a message for a MAG")]
    NotForMags,
}

/// A mobile access gateway.
#[derive(Clone, Debug)]
pub struct Mag {
    config: Config,
    router: Router,
    upstreams: Vec<Upstream>,
    sessions: Sessions,
    /// What takes effect: for each link and group, what is let through and by which route.
    forwarding: BTreeMap<(LinkId, Ipv6Addr), Forwarding>,
    timers: Timers<Timer>,
    /// Set while more is due than the budget of one call allowed.
    not_before: Option<Instant>,
    /// Sessions that wait for the clock.
    stalled: BTreeSet<SessionId>,
    /// Whether the tunnels that are there from the start are there (A20).
    started: bool,
    clock: Clock,
    /// Numbers the updates that carry a timestamp (RFC 5213 6.9.1.1 (6)).
    counter: Sequence,
    /// What other MAGs may still ask for: each, and all together.
    asked: Asked,
    /// Numbers the requests for contexts.
    transfers: u32,
    next_tunnel: u64,
    next_route: u64,
    /// Where one call gathers what it has to do; empty between calls.
    work: Work,
}

/// One group on one link.
#[derive(Clone, Debug)]
struct Forwarding {
    lma: usize,
    filter: Filter,
    route: RouteId,
}

/// What has a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// That of the session's state.
    Session(SessionId),
    /// Its request for a context.
    Request(SessionId),
    /// The context that is kept of it.
    Kept(SessionId),
}

impl Mag {
    /// A MAG without nodes. Equal seeds and equal inputs give equal actions.
    ///
    /// # Errors
    /// What cannot be in `config`.
    pub fn new(config: Config, seed: u64) -> Result<Self, ConfigError> {
        config.validate()?;
        let router = Router::new(config.router())?;
        let upstreams = (0_u64..)
            .zip(&config.lmas)
            .map(|(index, &peer)| Upstream::new(&config, peer, seed.wrapping_add(index)))
            .collect::<Result<_, _>>()?;
        let [low, high, ..] = seed.to_le_bytes();
        Ok(Self {
            router,
            upstreams,
            sessions: Sessions::default(),
            forwarding: BTreeMap::new(),
            timers: Timers::default(),
            not_before: None,
            stalled: BTreeSet::new(),
            started: config.tunnel_mode == TunnelMode::Dynamic,
            clock: Clock::default(),
            counter: Sequence(u16::from_le_bytes([low, high])),
            asked: Asked::by(config.mags.len()),
            transfers: 0,
            next_tunnel: 0,
            next_route: 0,
            work: Work::default(),
            config,
        })
    }

    /// How it was set up.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The MLD router of the access links.
    #[must_use]
    pub const fn router(&self) -> &Router {
        &self.router
    }

    fn through(
        &mut self,
        now: Instant,
        out: &mut impl Sink<Action>,
        step: impl FnOnce(&mut Self, &mut Work),
    ) {
        let mut work = core::mem::take(&mut self.work);
        step(self, &mut work);
        self.settle(now, &mut work);
        work.actions.drain(..).for_each(|action| out.push(action));
        self.work = work;
    }
}

impl Machine for Mag {
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
        self.through(now, out, |mag, work| mag.apply(now, plan, work));
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action>) {
        self.through(now, out, |mag, work| mag.elapse(now, work));
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let own = match self.timers.next() {
            _ if !self.started => Some(Instant::ZERO),
            Some(due) => Some(self.not_before.map_or(due, |not_before| due.max(not_before))),
            None => None,
        };
        let proxies = self.upstreams.iter().filter_map(|upstream| upstream.proxy.poll_timeout());
        own.into_iter().chain(self.router.poll_timeout()).chain(proxies).min()
    }
}
