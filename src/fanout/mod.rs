//! Data to many: from a received datagram and published routes to the list of copies. Knows no machine.

mod forwarder;
mod oif_set;

pub use forwarder::{Counts, Forwarder, Reason, Verdict};
pub use oif_set::OifSet;

use core::net::Ipv6Addr;

use crate::channel::Filter;
use crate::machine::Via;

/// A multicast route: data of `group` that arrives from `iif` and passes `filter` leaves by `oif`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Route {
    /// The group.
    pub group: Ipv6Addr,
    /// Which sources may pass.
    pub filter: Filter,
    /// Where the data must come from.
    pub iif: Via,
    /// Where it goes.
    pub oif: Via,
}
