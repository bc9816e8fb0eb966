//! The two address families, and what their messages do not share.

use core::fmt::{Debug, Display};
use core::hash::Hash;
use core::net::Ipv6Addr;

use super::{Receiver, ResponseCode};
use crate::wire::{Addr, Addr4, Layer, Out};

/// An address family, named by the address that its messages hold: [`Addr`] for MLD, [`Addr4`] for IGMP. There is no
/// third.
pub trait Family:
    Sealed + Copy + Ord + Hash + Default + Debug + Display + From<Self::Ip> + Send + Sync + 'static
{
    /// The address as the standard library has it.
    type Ip: Copy + Ord + Hash + Debug + Display + From<Self>;

    /// The octets of an address, as a list of sources holds them.
    type Octets: Copy + Ord + Hash + Debug + From<Self>;

    /// Maximum Response Code of a Query.
    type MaxResponseCode: ResponseCode;

    /// The address that is none: `::` or 0.0.0.0.
    const UNSPECIFIED: Self;

    /// The address with these octets.
    fn from_octets(octets: Self::Octets) -> Self;

    /// Whether it is a multicast address.
    fn is_multicast(self) -> bool;

    /// Whether it is the address of one node: neither multicast nor unspecified (nor, in IPv4, a broadcast).
    fn is_unicast(self) -> bool;

    /// Whether it is certain, by a cheap look, that these are the octets of a unicast address.
    #[doc(hidden)]
    fn is_plainly_unicast(octets: &Self::Octets) -> bool;

    /// The address that a datagram's header shows as `ip` (see [`crate::wire::packet`]: an IPv4 address is IPv4-mapped
    /// there). `None`: one of the other family.
    fn from_header(ip: Ipv6Addr) -> Option<Self>;

    /// The address as a datagram's header shows it.
    fn to_header(self) -> Ipv6Addr;

    /// Where Reports with records go.
    const REPORTS: Self;

    /// Where leaves of the older version go.
    const ALL_ROUTERS: Self;

    /// Whether such a leave may go to its group as well.
    const LEAVES_TO_GROUP: bool;

    /// Whether a Query may come from here.
    fn may_query(self, to: Receiver) -> bool;

    /// Whether a Report or a leave may come from here.
    fn may_report(self, to: Receiver) -> bool;

    /// Whether a listener answers a General Query that went here.
    fn may_be_asked(self) -> bool;

    // How messages are laid out.

    /// The layer that errors name.
    #[doc(hidden)]
    const LAYER: Layer;
    /// Type of a Query of any version.
    #[doc(hidden)]
    const QUERY: u8;
    /// Type of the Report that has records.
    #[doc(hidden)]
    const REPORT: u8;
    /// Octets of an address.
    #[doc(hidden)]
    const LEN: usize;
    /// Octets of the oldest messages, and of what a Query with sources has before its own fields.
    #[doc(hidden)]
    const HEAD_LEN: usize;

    /// An address off the front.
    #[doc(hidden)]
    fn split(input: &[u8]) -> Option<(Self, &[u8])>;

    /// Writes an address.
    #[doc(hidden)]
    fn put(self, out: &mut impl Out);

    /// The addresses in a row of octets.
    #[doc(hidden)]
    fn rows(octets: &[u8]) -> &[Self::Octets];

    /// The octets of a row of addresses.
    #[doc(hidden)]
    fn flat(rows: &[Self::Octets]) -> &[u8];

    /// Maximum Response Code and group off the front of a message, and what follows.
    #[doc(hidden)]
    fn split_head(input: &[u8]) -> Option<(Self::MaxResponseCode, Self, &[u8])>;

    /// Writes what [`Family::split_head`] reads.
    #[doc(hidden)]
    fn put_head(self, out: &mut impl Out, kind: u8, checksum: u16, max_response: Self::MaxResponseCode);
}

#[doc(hidden)]
pub trait Sealed {}

impl Sealed for Addr {}
impl Sealed for Addr4 {}
