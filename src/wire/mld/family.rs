//! How MLD lays its messages out.

use core::net::Ipv6Addr;

use super::MaxResponseCode;
use crate::wire::membership::{Family, Receiver};
use crate::wire::{Addr, Layer, Out};

impl Family for Addr {
    type Ip = Ipv6Addr;
    type Octets = [u8; 16];
    type MaxResponseCode = MaxResponseCode;

    const UNSPECIFIED: Self = Self::UNSPECIFIED;
    const REPORTS: Self = Self(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16).octets());
    const ALL_ROUTERS: Self = Self(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2).octets());
    /// RFC 2710 4.
    const LEAVES_TO_GROUP: bool = false;
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

    /// RFC 3810 5.1.14.
    fn may_query(self, _: Receiver) -> bool {
        self.ip().is_unicast_link_local()
    }

    /// RFC 3810 5.2.13, A25. A router drops what comes from `::`; another listener hears it (RFC 3590 4).
    fn may_report(self, to: Receiver) -> bool {
        self.ip().is_unicast_link_local() || (to == Receiver::Listener && self == Self::UNSPECIFIED)
    }

    /// RFC 3810 5.1.15: any address of the interface.
    fn may_be_asked(self) -> bool {
        true
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
