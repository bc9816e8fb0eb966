//! The listener side of MLDv2 (RFC 3810 6): a host on one interface, or a proxy's face towards its upstream.

use core::net::Ipv6Addr;

use super::Timing;
use crate::channel::Filter;
use crate::machine::{Envelope, Received, Via};
use crate::wire::mld::{Message, Owned};

/// How a listener is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Config {
    /// Where its reports leave.
    pub via: Via,
    /// Its link-local address there.
    pub address: Ipv6Addr,
    /// Timers and counts.
    pub timing: Timing,
    /// Groups at most: 1,000 unless set.
    pub max_groups: usize,
    /// Octets of the largest datagram.
    pub mtu: usize,
}

/// What may happen to a listener.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// What the interface wants of a group from now on, sockets merged (RFC 3810 4.2). INCLUDE {} is a leave.
    Want {
        /// The group.
        group: Ipv6Addr,
        /// The filter.
        filter: Filter,
    },
    /// The querier was told of the present state of a group by other means, a PBU-M say: pending state-change reports
    /// for it are dropped.
    Told {
        /// The group.
        group: Ipv6Addr,
    },
    /// An MLD message arrived.
    Packet(Received<Message<'a>>),
}

/// What a listener wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Send a report.
    Send(Envelope<Owned>),
}

/// Why an input was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reject {
    /// No room for another group.
    #[error("no room for another group: the limit is {0}")]
    TooManyGroups(usize),
    /// Not a multicast address.
    #[error("{0} is no multicast address")]
    NotAGroup(Ipv6Addr),
    /// The source of a query is not link-local (RFC 3810 5.1.14).
    #[error("query from {0}, which is no link-local address")]
    BadSource(Ipv6Addr),
    /// The hop limit is not 1.
    #[error("MLD with hop limit {0}; it must be 1")]
    BadHopLimit(u8),
    /// No Router Alert.
    #[error("MLD without Router Alert")]
    NoRouterAlert,
    /// A query for no group that names sources (digest 3.2, 13).
    #[error("a general query that names sources")]
    SourcesWithoutGroup,
    /// The message says nothing to a listener.
    #[error("not a message for a listener")]
    NotForListeners,
}
