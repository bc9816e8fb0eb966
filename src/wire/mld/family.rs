//! How MLD lays its messages out.

use core::net::Ipv6Addr;

use super::MaxResponseCode;
use crate::wire::membership::Family;
use crate::wire::{Addr, Layer, Out};

impl Family for Addr {
    type Ip = Ipv6Addr;
    type Octets = [u8; 16];
    type MaxResponseCode = MaxResponseCode;

    const UNSPECIFIED: Self = Self::UNSPECIFIED;
    const LAYER: Layer = Layer::Mld;
    const QUERY: u8 = super::QUERY;
    const REPORT: u8 = super::REPORT;
    const LEN: usize = 16;
    const HEAD_LEN: usize = 24;

    #[inline]
    fn from_octets(octets: [u8; 16]) -> Self {
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

    /// Neither multicast nor with eight zeros in front: true of nearly every address of a node.
    #[inline(always)]
    fn is_plainly_unicast(octets: &[u8; 16]) -> bool {
        let ([head, _], _) = octets.as_chunks::<8>() else { return false };
        // The first octet in front, one less: zero wraps to the most, and a multicast address is more than any other.
        let word = u64::from_le_bytes(*head).rotate_right(8).wrapping_sub(1);
        word < (0xff << 56) - 1
    }

    fn from_header(ip: Ipv6Addr) -> Option<Self> {
        ip.to_ipv4_mapped().is_none().then(|| ip.into())
    }

    fn to_header(self) -> Ipv6Addr {
        self.ip()
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
    fn rows(octets: &[u8]) -> &[[u8; 16]] {
        octets.as_chunks().0
    }

    #[inline(always)]
    fn flat(rows: &[[u8; 16]]) -> &[u8] {
        rows.as_flattened()
    }

    #[inline]
    fn split_head(input: &[u8]) -> Option<(MaxResponseCode, Self, &[u8])> {
        let ([_, _, _, _, high, low, _, _, group @ ..], rest) = input.split_first_chunk::<24>()?;
        Some((MaxResponseCode(u16::from_be_bytes([*high, *low])), Self(*group), rest))
    }

    #[inline]
    fn put_head(self, out: &mut impl Out, kind: u8, checksum: u16, max_response: MaxResponseCode) {
        let [sum_high, sum_low] = checksum.to_be_bytes();
        let [high, low] = max_response.0.to_be_bytes();
        out.put(&[kind, 0, sum_high, sum_low, high, low, 0, 0]);
        out.put(&self.0);
    }
}
