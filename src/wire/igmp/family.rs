//! How IGMP lays its messages out.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::MaxResponseCode;
use crate::wire::membership::{Family, Receiver};
use crate::wire::{Addr4, Layer, Out};

impl Family for Addr4 {
    type Ip = Ipv4Addr;
    type Octets = [u8; 4];
    type MaxResponseCode = MaxResponseCode;

    const UNSPECIFIED: Self = Self::UNSPECIFIED;
    const REPORTS: Self = Self([224, 0, 0, 22]);
    const ALL_ROUTERS: Self = Self([224, 0, 0, 2]);
    /// RFC 2236 3.
    const LEAVES_TO_GROUP: bool = true;
    const LAYER: Layer = Layer::Igmp;
    const QUERY: u8 = super::QUERY;
    const REPORT: u8 = super::REPORT;
    const LEN: usize = 4;
    const HEAD_LEN: usize = 8;

    #[inline]
    fn from_octets(octets: [u8; 4]) -> Self {
        Self(octets)
    }

    #[inline]
    fn is_multicast(self) -> bool {
        Self::is_multicast(&self)
    }

    #[inline]
    fn is_unicast(self) -> bool {
        Self::is_unicast(&self)
    }

    #[inline(always)]
    fn is_plainly_unicast(octets: &[u8; 4]) -> bool {
        Self(*octets).is_unicast()
    }

    /// To a router a querier has an address, since nobody's would win every election; a host also answers a switch that
    /// has none (RFC 4541 2.1.1).
    fn may_query(self, to: Receiver) -> bool {
        match to {
            Receiver::Router => is_host(self),
            Receiver::Listener => is_host(self) || self == Self::UNSPECIFIED,
        }
    }

    /// RFC 3376 4.2.13: also a host that has no address yet.
    fn may_report(self, _: Receiver) -> bool {
        is_host(self) || self == Self::UNSPECIFIED
    }

    /// RFC 3376 9.1: not another group than all systems.
    fn may_be_asked(self) -> bool {
        !self.is_multicast() || self == Self([224, 0, 0, 1])
    }

    fn from_header(ip: Ipv6Addr) -> Option<Self> {
        ip.to_ipv4_mapped().map(Self::from)
    }

    fn to_header(self) -> Ipv6Addr {
        self.ip().to_ipv6_mapped()
    }

    #[inline(always)]
    fn split(input: &[u8]) -> Option<(Self, &[u8])> {
        input.split_first_chunk().map(|(addr, rest)| (Self(*addr), rest))
    }

    #[inline(always)]
    fn put(self, out: &mut impl Out) {
        out.put(&self.0);
    }

    #[inline(always)]
    fn rows(octets: &[u8]) -> &[[u8; 4]] {
        octets.as_chunks().0
    }

    #[inline(always)]
    fn flat(rows: &[[u8; 4]]) -> &[u8] {
        rows.as_flattened()
    }

    #[inline]
    fn split_head(input: &[u8]) -> Option<(MaxResponseCode, Self, &[u8])> {
        let (&[_, max_response, _, _, ref group @ ..], rest) = input.split_first_chunk::<8>()?;
        Some((MaxResponseCode(max_response), Self(*group), rest))
    }

    #[inline]
    fn put_head(self, out: &mut impl Out, kind: u8, checksum: u16, max_response: MaxResponseCode) {
        let [sum_high, sum_low] = checksum.to_be_bytes();
        out.put(&[kind, max_response.0, sum_high, sum_low]);
        out.put(&self.0);
    }
}

/// Whether it can be the address of a host on a link.
fn is_host(address: Addr4) -> bool {
    address.is_unicast() && !address.ip().is_loopback()
}
