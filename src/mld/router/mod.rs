//! The router side of MLDv2 (RFC 3810 6.2, 7): what the listeners of every link of a node want.
//!
//! One [`Router`] holds all links of a node and is the querier of each. For every group of a link it keeps the state
//! of RFC 3810 7 and, beside it, what each listener asked for (explicit tracking, A50), so that the last leave can
//! take effect at once.
//!
//! ```
//! use multimob::channel::Filter;
//! use multimob::machine::{LinkId, Machine};
//! use multimob::mld::{GroupRecord, router};
//! use multimob::Instant;
//!
//! let mut router = router::Router::new(router::Config::default())?;
//! let (link, mut out) = (LinkId(1), Vec::new());
//! let [address, listener, group] = ["fe80::1", "fe80::2", "ff1e::5"].map(|text| text.parse().unwrap());
//! let (kind, startup) = (router::LinkKind::PointToPoint, router::Startup::OnRequest);
//! router.handle_input(Instant::ZERO, router::Input::LinkUp { link, address, kind, startup }, &mut out).unwrap();
//!
//! // What the node listened to where it came from, as of three seconds ago.
//! let records = [GroupRecord::join(group, &Filter::EVERYTHING)];
//! let elapsed = core::time::Duration::from_secs(3);
//! let told = router::Input::Told { link, listener, records: &records, elapsed };
//! router.handle_input(Instant::ZERO, told, &mut out).unwrap();
//! assert_eq!(out, [router::Action::Interest { link, group, filter: Filter::EVERYTHING }]);
//! assert_eq!(router.poll_timeout(), Some(Instant::from_secs(257)));
//! # Ok::<(), multimob::mld::TimingError>(())
//! ```

mod apply;
mod face;
mod fsm;
mod group;
mod heard;
mod link;
mod owned;
mod plan;
mod query;
mod sources;
mod tracking;
mod view;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::{GroupRecord, Timing, TimingError};
use crate::channel::Filter;
use crate::machine::{Envelope, LinkId, Machine, Received, Sink};
use crate::time::Instant;
use crate::timers::Timers;
use crate::wire::mld::{Message, Owned};

pub use owned::OwnedInput;
pub(crate) use plan::Plan;
pub use view::{LinkState, Membership};

/// How a router is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Config {
    /// Timers and counts.
    pub timing: Timing,
    /// Whether a leave takes effect at once when nobody else on the link is tracked as wanting it (Z35): right on
    /// point-to-point links.
    pub immediate_leave: bool,
    /// Bounds of the tables.
    pub limits: Limits,
    /// Groups and links that one call to `handle_timeout` may visit, at least 1: 1,000. What is left falls due a
    /// millisecond later.
    pub budget: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { timing: Timing::default(), immediate_leave: true, limits: Limits::default(), budget: 1_000 }
    }
}

/// Bounds of a router's tables; beyond them: refused with `TableFull`, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Limits {
    /// Links: 10,000.
    pub links: usize,
    /// Listeners on one link: 1,000.
    pub listeners_per_link: usize,
    /// Groups of one link: 1,000.
    pub groups_per_link: usize,
    /// Sources of one group on one link: 64.
    pub sources_per_group: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { links: 10_000, listeners_per_link: 1_000, groups_per_link: 1_000, sources_per_group: 64 }
    }
}

/// Who may be on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum LinkKind {
    /// One neighbour, which is one listener whatever addresses it uses: a mobile node on its access link, the MAG at
    /// the other end of an M-Tunnel.
    PointToPoint,
    /// Any number of neighbours; each source address is a listener.
    Shared,
}

/// When the querier of a link begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Startup {
    /// With the link.
    Now,
    /// With the first [`Input::Query`]: the node is not registered yet (RFC 6224 4.1).
    OnRequest,
}

/// What may happen to a router.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// A link came up; the router is its querier.
    LinkUp {
        /// The link.
        link: LinkId,
        /// The router's own link-local address there.
        address: Ipv6Addr,
        /// Who may be on it.
        kind: LinkKind,
        /// When its querier begins.
        startup: Startup,
    },
    /// A link is gone, and with it what its listeners wanted. Completes at once: at most `groups_per_link` times
    /// [`Action::Interest`] and one [`Action::Gone`].
    LinkDown {
        /// The link.
        link: LinkId,
    },
    /// An MLD message arrived on `meta.link`.
    Packet(Received<Message<'a>>),
    /// Records that came otherwise than in a packet of the link: a transferred context, a policy profile, the
    /// Multicast State of a PBU-M. Applied as a report, without the checks of an IP packet (D-8).
    Told {
        /// The link.
        link: LinkId,
        /// On whose behalf.
        listener: Ipv6Addr,
        /// The records.
        records: &'a [GroupRecord],
        /// How long ago they were true: timers start so much shorter (trap 34), but with no less than the Last
        /// Listener Query Time, and they shorten nothing that runs longer.
        elapsed: Duration,
    },
    /// Send a General Query on the link now, and begin the startup sequence (again) with it.
    Query {
        /// The link.
        link: LinkId,
    },
}

/// What a router wants done.
///
/// One call pushes at most one `Interest` for each group, `Refused` at most once for each record, and of queries at
/// most `1 + 2 x ceil(sources_per_group / 75)` for each group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Action {
    /// Send a query; `via` is [`crate::machine::Via::Link`].
    Send(Envelope<Owned>),
    /// What a link wants of a group has changed. `INCLUDE {}` is the end of it.
    Interest {
        /// The link.
        link: LinkId,
        /// The group.
        group: Ipv6Addr,
        /// What to let through: INCLUDE of the sources with running timers, EXCLUDE of those with none.
        filter: Filter,
    },
    /// A record of a report was not applied, or only in part; the others of the report were.
    Refused {
        /// The link.
        link: LinkId,
        /// Who sent the report.
        listener: Ipv6Addr,
        /// Which record, from 0.
        index: u16,
        /// Why.
        why: Refusal,
    },
    /// The link is gone; every interest in it was withdrawn before.
    Gone {
        /// The link.
        link: LinkId,
    },
}

/// Why one record was not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Refusal {
    /// No room for another group or source. A record of a known group was applied as if it named only the sources
    /// that are known: leaves and refreshes never want for room.
    TableFull,
    /// The group or a source cannot be one.
    BadAddress,
    /// EXCLUDE mode for a source-specific group (RFC 4604 2.2.2).
    SsmExclude,
}

/// Why an input was refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reject {
    /// There is no such link.
    #[error("{0:?} is not up")]
    NoSuchLink(LinkId),
    /// The link is up already.
    #[error("{0:?} is up already")]
    LinkExists(LinkId),
    /// No room for another link.
    #[error("no room for another link: the limit is {0}")]
    TooManyLinks(usize),
    /// No room for another listener on the link.
    #[error("no room for another listener on {0:?}")]
    TooManyListeners(LinkId),
    /// The source is not a link-local unicast address (RFC 3810 5.2.13, A25).
    #[error("MLD from {0}, which is no link-local address")]
    BadSource(Ipv6Addr),
    /// The hop limit is not 1 (RFC 3810 5).
    #[error("MLD with hop limit {0}; it must be 1")]
    BadHopLimit(u8),
    /// No Router Alert (RFC 3810 5).
    #[error("MLD without Router Alert")]
    NoRouterAlert,
    /// The destination is neither ff02::16 nor the group nor an address of the router (A26).
    #[error("MLD to {0}")]
    BadDestination(Ipv6Addr),
    /// The message says nothing to a router that is the querier of all its links.
    #[error("not a message for a router")]
    NotForRouters,
}

/// The MLDv2 router of a node, for all its links.
#[derive(Clone, Debug)]
pub struct Router {
    config: Config,
    links: BTreeMap<LinkId, link::Link>,
    timers: Timers<Entity>,
    /// Set while more is due than the budget of one call allowed.
    not_before: Option<Instant>,
    refused: u64,
    /// Where the actions of a call are gathered for a sink that is no `Vec`; empty between calls.
    scratch: Vec<Action>,
}

/// What has a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Entity {
    Querier(LinkId),
    Group(LinkId, Ipv6Addr),
}

impl Router {
    /// A router without links.
    ///
    /// # Errors
    /// When the timers cannot be.
    pub fn new(config: Config) -> Result<Self, TimingError> {
        config.timing.validate()?;
        Ok(Self {
            config,
            links: BTreeMap::new(),
            timers: Timers::default(),
            not_before: None,
            refused: 0,
            scratch: Vec::new(),
        })
    }

    fn through(&mut self, out: &mut impl Sink<Action>, step: impl FnOnce(&mut Self, &mut Vec<Action>)) {
        let mut actions = core::mem::take(&mut self.scratch);
        step(self, &mut actions);
        actions.drain(..).for_each(|action| out.push(action));
        self.scratch = actions;
    }
}

impl Machine for Router {
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
        self.through(out, |router, actions| router.apply(now, plan, actions));
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action>) {
        self.through(out, |router, actions| router.elapse(now, actions));
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let due = self.timers.next()?;
        Some(self.not_before.map_or(due, |not_before| due.max(not_before)))
    }
}

#[cfg(test)]
mod tests;
