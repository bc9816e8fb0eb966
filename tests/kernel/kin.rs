//! What the stories need to know of an address family: its addresses, and how its messages travel.
#![allow(dead_code, reason = "each test crate that includes this uses a part of it")]
#![allow(unreachable_pub, reason = "a module of several test crates")]

use core::fmt::Display;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use multimob::mld::Family;
use multimob::wire::packet::Payload;

/// An address family in a laboratory.
pub trait Kin: Family + Display + FromStr<Err: core::fmt::Debug> {
    const ETHERTYPE: u16;
    /// A group that anybody may send to.
    const GROUP: Self;
    /// A source-specific group.
    const CHANNELS: Self;
    /// What stands in /proc/sys/net for the version that a host speaks at most.
    const FORCED: &'static str;
    /// The option of a bridge that says the version in which it asks.
    const BRIDGED: &'static str;
    /// What the current version is called; the older is one less.
    const NUMBER: u8;

    /// More groups that anybody may send to.
    fn group(n: u8) -> Self;
    /// A source of data.
    fn source(n: u8) -> Self;
    /// The station on link `link` whose hardware address ends in `station`.
    fn station(link: u8, station: u8) -> Self;
    /// The address as [`multimob::wire::packet`] has it.
    fn mapped(self) -> Ipv6Addr;
    fn unmapped(address: Ipv6Addr) -> Option<Self>;
    fn message<'a>(payload: &Payload<'a>) -> Option<Self::Message<'a>>;
    fn payload(owned: &Self::Owned) -> Payload<'_>;
    /// The hardware address of a group.
    fn hardware(self) -> [u8; 6];
}

impl Kin for Ipv6Addr {
    const ETHERTYPE: u16 = 0x86dd;
    const GROUP: Self = Self::new(0xff1e, 0, 0, 0, 0, 0, 0, 0x1234);
    const CHANNELS: Self = Self::new(0xff3e, 0, 0, 0, 0, 0, 0x8000, 1);
    const FORCED: &'static str = "ipv6/conf/HOST/force_mld_version";
    const BRIDGED: &'static str = "mcast_mld_version";
    const NUMBER: u8 = 2;

    fn group(n: u8) -> Self {
        Self::new(0xff1e, 0, 0, 0, 0, 0, 0, n.into())
    }

    fn source(n: u8) -> Self {
        Self::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, n.into())
    }

    /// Made of the hardware address (RFC 4862).
    fn station(_: u8, station: u8) -> Self {
        Self::new(0xfe80, 0, 0, 0, 0, 0xff, 0xfe00, station.into())
    }

    fn mapped(self) -> Ipv6Addr {
        self
    }

    fn unmapped(address: Ipv6Addr) -> Option<Self> {
        Some(address)
    }

    fn message<'a>(payload: &Payload<'a>) -> Option<Self::Message<'a>> {
        let &Payload::Mld(message) = payload else { return None };
        Some(message)
    }

    fn payload(owned: &Self::Owned) -> Payload<'_> {
        Payload::Mld(owned.view())
    }

    fn hardware(self) -> [u8; 6] {
        let [.., a, b, c, d] = self.octets();
        [0x33, 0x33, a, b, c, d]
    }
}

impl Kin for Ipv4Addr {
    const ETHERTYPE: u16 = 0x0800;
    const GROUP: Self = Self::new(239, 1, 2, 3);
    const CHANNELS: Self = Self::new(232, 1, 2, 3);
    const FORCED: &'static str = "ipv4/conf/HOST/force_igmp_version";
    const BRIDGED: &'static str = "mcast_igmp_version";
    const NUMBER: u8 = 3;

    fn group(n: u8) -> Self {
        Self::new(239, 2, 2, n)
    }

    fn source(n: u8) -> Self {
        Self::new(198, 51, 100, n)
    }

    fn station(link: u8, station: u8) -> Self {
        Self::new(10, 0, link, station)
    }

    fn mapped(self) -> Ipv6Addr {
        self.to_ipv6_mapped()
    }

    fn unmapped(address: Ipv6Addr) -> Option<Self> {
        address.to_ipv4_mapped()
    }

    fn message<'a>(payload: &Payload<'a>) -> Option<Self::Message<'a>> {
        let &Payload::Igmp(message) = payload else { return None };
        Some(message)
    }

    fn payload(owned: &Self::Owned) -> Payload<'_> {
        Payload::Igmp(owned.view())
    }

    fn hardware(self) -> [u8; 6] {
        let [_, a, b, c] = self.octets();
        [1, 0, 0x5e, a & 0x7f, b, c]
    }
}
