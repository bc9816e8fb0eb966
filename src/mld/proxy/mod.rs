//! MLD proxy (RFC 4605; one instance for each LMA, RFC 6224 4): what the downstream links want, merged, told to one
//! upstream as a listener would.

use core::net::Ipv6Addr;

use super::listener;
use crate::channel::Filter;
use crate::machine::{LinkId, Received};
use crate::wire::mld::Message;

/// What may happen to a proxy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// What a downstream link wants of a group has changed: [`super::router::Action::Interest`].
    Interest {
        /// The downstream link.
        link: LinkId,
        /// The group.
        group: Ipv6Addr,
        /// What it wants now.
        filter: Filter,
    },
    /// The upstream was told of the present state of a group by a PBU-M.
    UpstreamTold {
        /// The group.
        group: Ipv6Addr,
    },
    /// An MLD message arrived from upstream.
    Packet(Received<Message<'a>>),
}

pub use listener::{Action, Config, Reject};
