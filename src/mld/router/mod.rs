//! The router side of MLDv2 (RFC 3810 6.2, 7): what the listeners of every link of a node want.

use core::net::Ipv6Addr;
use core::time::Duration;

use super::{GroupRecord, Timing};
use crate::channel::Filter;
use crate::machine::{Envelope, LinkId, Received};
use crate::wire::mld::{Message, Owned};

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
    /// Entities that one call may visit.
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

/// What may happen to a router.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// A link came up; the router queries it as its querier.
    LinkUp {
        /// The link.
        link: LinkId,
        /// The router's own link-local address there.
        address: Ipv6Addr,
    },
    /// A link is gone, and with it what its listeners wanted.
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
        /// How long ago they were true: timers start so much shorter (trap 34).
        elapsed: Duration,
    },
    /// Send a General Query on the link now.
    Query {
        /// The link.
        link: LinkId,
    },
}

/// What a router wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// A record of a report had no room; the others of the report were applied.
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Refusal {
    /// No room for another group or source.
    TableFull,
    /// The group or a source cannot be one.
    BadAddress,
    /// EXCLUDE mode for a source-specific group (RFC 4604 2.2.1).
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
    /// The message says nothing to a router.
    #[error("not a message for a router")]
    NotForRouters,
}
