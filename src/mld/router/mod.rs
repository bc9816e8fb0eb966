//! The router side of MLDv2 (RFC 3810 7, 8.3) and IGMPv3 (RFC 3376 6, 7.3): what the listeners of every link of a
//! node want.
//!
//! One [`Router`] holds all links of a node and is the querier of each, unless it hears a router that is to be it. For
//! every group of a link it keeps the state of RFC 3810 7 and, beside it, what each listener asked for (explicit
//! tracking, A50), so that the last leave can take effect at once.
//!
//! ```
//! use multimob::channel::Filter;
//! use multimob::machine::{LinkId, Machine};
//! use multimob::mld::{GroupRecord, Router, router};
//! use multimob::Instant;
//!
//! let mut router: Router = Router::new(router::Config::default())?;
//! let (link, mut out) = (LinkId(1), Vec::new());
//! let [address, listener, group] = ["fe80::1", "fe80::2", "ff1e::5"].map(|text| text.parse().unwrap());
//! let (kind, startup) = (router::LinkKind::PointToPoint, router::Startup::OnRequest);
//! let up = router::Input::LinkUp { link, address, kind, startup, hold: None };
//! router.handle_input(Instant::ZERO, up, &mut out).unwrap();
//!
//! // What the node listened to where it came from, as of three seconds ago.
//! let records = [GroupRecord::join(group, &Filter::EVERYTHING)];
//! let elapsed = core::time::Duration::from_secs(3);
//! let told = router::Input::Told { link, listener, records: &records, elapsed };
//! router.handle_input(Instant::ZERO, told, &mut out).unwrap();
//! assert_eq!(out, [router::Action::Interest { link, group, filter: Filter::EVERYTHING }]);
//! assert_eq!(router.poll_timeout(), Some(Instant::from_secs(257)));
//! # Ok::<(), router::ConfigError>(())
//! ```

mod apply;
mod audience;
mod batch;
mod config;
mod crowd;
mod face;
mod fsm;
mod group;
mod heard;
pub(super) mod lightweight;
mod link;
mod members;
mod owned;
mod packed;
mod plan;
mod querier;
mod query;
mod refresh;
mod repack;
mod sources;
mod tables;
mod touched;
mod tracking;
mod view;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use foldhash::quality::FixedState;

use super::{Family, GroupRecord, Version};
use crate::channel::Filter;
use crate::machine::{Envelope, LinkId, Machine, Received, Sink};
use crate::time::Instant;
use crate::timers::Timers;
use crate::wire::HoldTypes;
use crate::wire::membership::Refused;

pub use config::{Config, ConfigError, Limits};
pub use owned::OwnedInput;
pub(crate) use plan::Plan;
pub use view::{GroupState, LinkState, Membership};

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
pub enum Input<'a, A: Family = Ipv6Addr> {
    /// A link came up. The router is its querier until it hears of another.
    LinkUp {
        /// The link.
        link: LinkId,
        /// The router's own address there; of IPv6, its link-local one.
        address: A,
        /// Who may be on it.
        kind: LinkKind,
        /// When its querier begins.
        startup: Startup,
        /// Record types by which its listeners say Hold (digest 1.B.6); `None`: such records are skipped, as by
        /// every router that knows nothing of them.
        hold: Option<HoldTypes>,
    },
    /// A link is gone, and with it what its listeners wanted. Completes at once: at most `groups_per_link` times
    /// [`Action::Interest`] and [`Action::Held`], and one [`Action::Gone`].
    LinkDown {
        /// The link.
        link: LinkId,
    },
    /// An MLD or IGMP message arrived on `meta.link`.
    Packet(Received<A::Message<'a>, A>),
    /// Records that came otherwise than in a packet of the link: a transferred context, a policy profile, the
    /// Multicast State of a PBU-M. Applied as a report, without the checks of an IP packet (D-8).
    Told {
        /// The link.
        link: LinkId,
        /// On whose behalf.
        listener: A,
        /// The records.
        records: &'a [GroupRecord<A>],
        /// How long ago they were true: timers start so much shorter (trap 34), but with no less than the Last
        /// Listener Query Time, and they shorten nothing that runs longer.
        elapsed: Duration,
    },
    /// Send a General Query on the link now, and begin the startup sequence (again) with it; nothing happens while
    /// another router is querier.
    Query {
        /// The link.
        link: LinkId,
    },
}

/// What a router wants done.
///
/// One call pushes at most one `Interest` and one `Held` for each group, `Refused` at most once for each record, and of
/// queries at most `1 + 2 x ceil(sources_per_group / 75)` for each group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", bound = ""))]
#[non_exhaustive]
pub enum Action<A: Family = Ipv6Addr> {
    /// Send a query; `via` is [`crate::machine::Via::Link`].
    Send(Envelope<A::Owned, A>),
    /// What a link wants of a group has changed. `INCLUDE {}` is the end of it.
    Interest {
        /// The link.
        link: LinkId,
        /// The group.
        group: A,
        /// What to let through: INCLUDE of the sources with running timers, EXCLUDE of those with none.
        filter: Filter<A>,
    },
    /// What a link holds of a group has changed (MLD Hold): the tree is to be kept, nothing is to be forwarded.
    /// `INCLUDE {}` is the end of it. What the link receives is not in it.
    Held {
        /// The link.
        link: LinkId,
        /// The group.
        group: A,
        /// What is held.
        filter: Filter<A>,
    },
    /// Another router is querier of the link, or this one is again.
    Querier {
        /// The link.
        link: LinkId,
        /// The other router; `None`: this one.
        querier: Option<A>,
    },
    /// A warning: another router asks in another version than the one that is configured, which must be the oldest on
    /// the link (RFC 3810 8.3.1). At most once for each link in a Query Interval.
    OtherVersion {
        /// The link.
        link: LinkId,
        /// The router that asked.
        from: A,
        /// Its version.
        version: Version,
    },
    /// A record of a report was not applied, or only in part; the others of the report were.
    Refused {
        /// The link.
        link: LinkId,
        /// Who sent the report.
        listener: A,
        /// Which record, from 0.
        index: u16,
        /// Why.
        why: Refusal,
    },
    /// The link is gone; all that it wanted or held was withdrawn before.
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
pub enum Reject<A: Family = Ipv6Addr> {
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
    /// The message breaks a rule (RFC 3810 5, 7.4, 7.6, 5.2.13, A25, A26): of several that of the hop limit comes first,
    /// then Router Alert, source, and what depends on the kind. Or it is a Query where there is no election.
    #[error(transparent)]
    Message(#[from] Refused<A::Wire>),
}

/// The MLDv2 router of a node, for all its links; over IPv4 addresses, its IGMPv3 router.
#[derive(Clone, Debug)]
pub struct Router<A: Family = Ipv6Addr> {
    config: Config<A>,
    links: Links<A>,
    packed: packed::Packed<A>,
    timers: Timers<Entity<A>>,
    /// Set while more is due than the budget of one call allowed.
    not_before: Option<Instant>,
    refused: u64,
    /// What a call has touched; nothing between calls.
    touched: touched::Touched<A>,
    /// Where the actions of a call are gathered for a sink that is no `Vec`; empty between calls.
    scratch: Vec<Action<A>>,
}

/// What has a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Entity<A> {
    Querier(LinkId),
    Group(LinkId, A),
}

/// Boxed: a table that grows then moves a word for each.
type Links<A> = hashbrown::HashMap<LinkId, Box<link::Link<A>>, FixedState>;

impl<A: Family> Router<A> {
    /// A router without links.
    ///
    /// # Errors
    /// When it cannot be set up so.
    pub fn new(config: Config<A>) -> Result<Self, ConfigError> {
        config.validate()?;
        Ok(Self {
            links: Links::with_hasher(FixedState::with_seed(config.seed)),
            packed: packed::Packed::new(config.seed),
            config,
            timers: Timers::default(),
            not_before: None,
            refused: 0,
            touched: touched::Touched::default(),
            scratch: Vec::new(),
        })
    }

    /// When something falls due.
    fn next(&self) -> Option<Instant> {
        self.timers.next().into_iter().chain(self.packed.listeners.next()).min()
    }

    /// Takes whatever it is. Never inlined: what [`Router::refresh`] takes should not pay for its frame.
    #[inline(never)]
    fn take(
        &mut self,
        now: Instant,
        input: Input<'_, A>,
        out: &mut impl Sink<Action<A>>,
    ) -> Result<(), Reject<A>> {
        let plan = self.check(now, input)?;
        self.through(out, |router, actions| router.apply(now, plan, actions));
        Ok(())
    }

    fn through(&mut self, out: &mut impl Sink<Action<A>>, step: impl FnOnce(&mut Self, &mut Vec<Action<A>>)) {
        let mut actions = core::mem::take(&mut self.scratch);
        step(self, &mut actions);
        if !actions.is_empty() {
            actions.drain(..).for_each(|action| out.push(action));
        }
        self.scratch = actions;
    }
}

impl<A: Family> Machine for Router<A> {
    type Input<'a> = Input<'a, A>;
    type Action = Action<A>;
    type Reject = Reject<A>;

    fn handle_input(
        &mut self,
        now: Instant,
        input: Input<'_, A>,
        out: &mut impl Sink<Action<A>>,
    ) -> Result<(), Reject<A>> {
        if let Input::Packet(packet) = &input
            && self.refresh(now, packet, None)
        {
            return Ok(());
        }
        self.take(now, input, out)
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action<A>>) {
        self.through(out, |router, actions| router.elapse(now, actions));
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let due = self.next()?;
        Some(self.not_before.map_or(due, |not_before| due.max(not_before)))
    }
}

#[cfg(test)]
mod tests;
