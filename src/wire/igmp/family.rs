//! How IGMP lays its messages out.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::MaxResponseCode;
use crate::wire::membership::Family;
use crate::wire::{Addr4, Layer, Out};

impl Family for Addr4 {
    type Ip = Ipv4Addr;
    type Octets = [u8; 4];
    type MaxResponseCode = MaxResponseCode;

    const UNSPECIFIED: Self = Self::UNSPECIFIED;
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
