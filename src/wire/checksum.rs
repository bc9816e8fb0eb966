//! The Internet checksum (RFC 1071) over an IPv6 pseudo-header (RFC 8200 8.1).

use core::net::Ipv6Addr;

use super::error::{DecodeError, Field, Layer};
use super::ipv6::next_header::{ICMPV6, IGMP, MOBILITY, PIM, UDP};

/// What an upper-layer checksum covers beside the message itself.
///
/// ```
/// use multimob::wire::{Encode, Pseudo, mld};
///
/// let pseudo = Pseudo::mld("fe80::1".parse()?, "ff02::1".parse()?);
/// let query = mld::Query::general();
/// let mut octets = [0; 28];
/// let len = query.encode_for(&pseudo, &mut octets)?;
/// assert!(pseudo.verify(&octets[..len]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pseudo {
    /// Source address of the IPv6 header.
    pub src: Ipv6Addr,
    /// Final destination.
    pub dst: Ipv6Addr,
    /// Next header value of the upper layer.
    pub next_header: u8,
    /// Stands for the source where RFC 6275 6.1.1 wants it: a Mobility Header that came with a Home Address option.
    pub home_address: Option<Ipv6Addr>,
}

impl Pseudo {
    /// For ICMPv6, next header 58.
    #[must_use]
    pub const fn icmpv6(src: Ipv6Addr, dst: Ipv6Addr) -> Self {
        Self { src, dst, next_header: ICMPV6, home_address: None }
    }

    /// For MLD, which is ICMPv6.
    #[must_use]
    pub const fn mld(src: Ipv6Addr, dst: Ipv6Addr) -> Self {
        Self::icmpv6(src, dst)
    }

    /// For IGMP, protocol 2, which has no pseudo-header: its checksum covers the message alone (RFC 3376 4.1.2).
    #[must_use]
    pub const fn igmp() -> Self {
        let none = Ipv6Addr::UNSPECIFIED;
        Self { src: none, dst: none, next_header: IGMP, home_address: None }
    }

    /// For the Mobility Header, next header 135.
    #[must_use]
    pub const fn mobility(src: Ipv6Addr, dst: Ipv6Addr) -> Self {
        Self { src, dst, next_header: MOBILITY, home_address: None }
    }

    /// For PIM, next header 103.
    #[must_use]
    pub const fn pim(src: Ipv6Addr, dst: Ipv6Addr) -> Self {
        Self { src, dst, next_header: PIM, home_address: None }
    }

    /// For UDP, next header 17.
    #[must_use]
    pub const fn udp(src: Ipv6Addr, dst: Ipv6Addr) -> Self {
        Self { src, dst, next_header: UDP, home_address: None }
    }

    /// Whether the checksum inside `message` is right. That of a PIM Register covers a part of it alone:
    /// [`super::pim::Message::check`].
    #[inline]
    #[must_use]
    pub fn verify(&self, message: &[u8]) -> bool {
        self.total(sum(message), message.len()) == u16::MAX
    }

    /// [`Pseudo::verify`] for a checksum at `at`, an even offset; the error tells the right one and the one found.
    pub(crate) fn check(&self, layer: Layer, at: usize, message: &[u8]) -> Result<(), DecodeError> {
        let Some(&found) = message.get(at..).and_then(|tail| tail.first_chunk()) else {
            return Err(DecodeError::new(layer, Field::Checksum, at, 2, message.len().saturating_sub(at)));
        };
        // To UDP over IPv6 a zero is no checksum at all (RFC 8200 8.1).
        if self.verify(message) && (self.next_header != UDP || found != [0; 2]) {
            return Ok(());
        }
        // Taking the field out again is adding its complement.
        let others = plus(sum(message), u16::from_ne_bytes(found.map(|octet| !octet)).into());
        let (right, found) = (self.complement(others, message.len()), u16::from_be_bytes(found));
        Err(DecodeError::new(layer, Field::Checksum, at, right.into(), found.into()))
    }

    /// The checksum of `message`, whose own checksum field holds zero.
    #[inline]
    #[must_use]
    pub fn checksum(&self, message: &[u8]) -> u16 {
        self.complement(sum(message), message.len())
    }

    /// The checksum of a message of `len` octets that add up to `sum`.
    #[inline]
    pub(crate) fn finish(&self, sum: Sum, len: usize) -> u16 {
        self.complement(sum.turned(len).0, len)
    }

    #[inline]
    fn complement(&self, sum: u64, len: usize) -> u16 {
        match !self.total(sum, len) {
            // To UDP zero means "no checksum", which IPv6 forbids (RFC 8200 8.1); both zeros sum alike.
            0 if self.next_header == UDP => u16::MAX,
            checksum => checksum,
        }
    }

    /// The sum of a message and of what stands before it.
    #[inline]
    fn total(&self, message: u64, len: usize) -> u16 {
        if self.next_header == IGMP {
            return u16::from_be(fold(message));
        }
        let src = self.home_address.as_ref().unwrap_or(&self.src);
        let [src, dst] = [src.octets(), self.dst.octets()].map(|octets| short(&octets));
        let len = u32::from_ne_bytes(u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
        let next_header = u32::from_ne_bytes([0, 0, 0, self.next_header]);
        // Neither is longer than 32 bits: no carry.
        let rest = u64::from(len).wrapping_add(next_header.into());
        u16::from_be(fold(plus(plus(message, rest), plus(src, dst))))
    }
}

/// A one's complement sum of 64 bits: octets as they lie in memory (RFC 1071 2(B)), eight by eight, the carry added in
/// again. Since 2^16 is 1 modulo 2^16 - 1, it folds to the sum of 16-bit words.
///
/// Runs of octets are added one after the other. Behind a run of odd length all octets change places within their words:
/// instead of each later run the sum so far is turned, by one octet.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sum(u64);

impl Sum {
    /// With one more run. By value, so that it stays in a register.
    #[inline]
    #[must_use]
    pub(crate) fn and(self, octets: &[u8]) -> Self {
        Self(plus(self.0, sum(octets))).turned(octets.len())
    }

    /// [`Sum::and`] for a few octets, whose number is known beforehand.
    #[inline]
    #[must_use]
    pub(crate) fn and_few<const N: usize>(self, octets: &[u8; N]) -> Self {
        Self(plus(self.0, short(octets))).turned(N)
    }

    #[inline]
    const fn turned(self, octets: usize) -> Self {
        if octets.is_multiple_of(2) { self } else { Self(self.0.rotate_left(8)) }
    }
}

/// From so many octets on, a loop without carries is worth its call.
const LONG: usize = 256;

#[inline]
fn sum(octets: &[u8]) -> u64 {
    if octets.len() < LONG { short(octets) } else { long(octets) }
}

/// Addition with end-around carry.
#[inline]
const fn plus(a: u64, b: u64) -> u64 {
    let (sum, carry) = a.overflowing_add(b);
    sum.wrapping_add(carry as u64)
}

#[inline]
fn short(octets: &[u8]) -> u64 {
    let (blocks, rest) = octets.as_chunks::<32>();
    let sum = blocks.iter().fold(0, |sum, block| {
        // Without the carry of one block between its four words and the next ones, the chain is one instruction a word.
        let (words, _) = block.as_chunks::<8>();
        let (sum, carry) = words.iter().fold((sum, false), |(sum, carry), word| {
            let (sum, a) = u64::overflowing_add(sum, u64::from_ne_bytes(*word));
            let (sum, b) = sum.overflowing_add(carry.into());
            (sum, a | b)
        });
        plus(sum, carry.into())
    });
    let (words, tail) = rest.as_chunks::<8>();
    let sum = words.iter().fold(sum, |sum, word| plus(sum, u64::from_ne_bytes(*word)));
    if tail.is_empty() { sum } else { plus(sum, last(tail)) }
}

/// Fewer than eight octets.
#[inline]
fn last(mut tail: &[u8]) -> u64 {
    let mut sum: u64 = 0;
    if let Some((word, rest)) = tail.split_first_chunk() {
        (sum, tail) = (u32::from_ne_bytes(*word).into(), rest);
    }
    if let Some((word, rest)) = tail.split_first_chunk() {
        (sum, tail) = (sum.wrapping_add(u16::from_ne_bytes(*word).into()), rest);
    }
    match tail.first() {
        Some(&octet) => sum.wrapping_add(u16::from_ne_bytes([octet, 0]).into()),
        None => sum,
    }
}

/// The upper halves of words, added into 64 bits, need no carry within 32 GiB, so this loop runs on vectors. The sum of
/// the lower halves is what the sum of all, wrapped, has beside them.
#[inline(never)]
fn long(octets: &[u8]) -> u64 {
    let (words, tail) = octets.as_chunks::<8>();
    let (all, upper) = words.iter().fold((0_u64, 0_u64), |(all, upper), word| {
        let word = u64::from_ne_bytes(*word);
        (all.wrapping_add(word), upper.wrapping_add(word >> 32))
    });
    let lower = all.wrapping_sub(upper << 32);
    plus(lower.wrapping_add(upper), last(tail))
}

/// Upper and lower half added with end-around carry, twice.
#[inline]
const fn fold(sum: u64) -> u16 {
    let sum = (sum.wrapping_add(sum.rotate_left(32)) >> 32) as u32;
    (sum.wrapping_add(sum.rotate_left(16)) >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 1071 1, word by word.
    fn literal(octets: &[u8]) -> u16 {
        let mut sum: u32 = 0;
        for pair in octets.chunks(2) {
            sum += u32::from(u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
            sum = (sum & 0xffff) + (sum >> 16);
        }
        u16::try_from(sum).unwrap()
    }

    proptest! {
        #[test]
        fn sums_agree_with_the_literal_algorithm(octets: Vec<u8>, cut: prop::sample::Index) {
            let right = literal(&octets) % 0xffff;
            let mut runs = Sum::default();
            let (head, tail) = octets.split_at(cut.index(octets.len() + 1));
            for run in [head, tail] {
                runs = runs.and(run);
            }
            for ours in [sum(&octets), short(&octets), long(&octets), runs.turned(octets.len()).0] {
                // Zero has two forms in one's complement.
                prop_assert_eq!(u16::from_be(fold(ours)) % 0xffff, right);
            }
        }
    }

    #[test]
    fn to_udp_no_checksum_is_zero() {
        let [src, dst] = [Ipv6Addr::UNSPECIFIED; 2];
        // 2 (length) + 17 (next header) + 0xffec = 0xffff, whose complement is zero.
        let message = [0xff, 0xec];
        assert_eq!(Pseudo::udp(src, dst).checksum(&message), 0xffff);
        let other = Pseudo { next_header: 18, ..Pseudo::udp(src, dst) };
        assert_eq!(other.checksum(&[0xff, 0xeb]), 0);
        assert!(Pseudo::udp(src, dst).verify(&message));
    }

    #[test]
    fn rfc3376_4_1_2_the_checksum_of_igmp_has_no_pseudo_header() {
        // A version 2 Report of 239.1.2.3, as RFC 1071 sums it: 0x1600 + 0xef01 + 0x0203 = 0x10704.
        let message = [0x16, 0, 0, 0, 239, 1, 2, 3];
        assert_eq!(Pseudo::igmp().checksum(&message), !0x0705);
        let elsewhere = Pseudo { src: Ipv6Addr::LOCALHOST, ..Pseudo::igmp() };
        assert_eq!(elsewhere.checksum(&message), !0x0705);
    }

    #[test]
    fn the_home_address_stands_for_the_source() {
        let [a, b, c] = [1, 2, 3].map(|n| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n));
        let with = Pseudo { home_address: Some(c), ..Pseudo::mobility(a, b) };
        assert_eq!(with.checksum(&[1, 2, 3]), Pseudo::mobility(c, b).checksum(&[1, 2, 3]));
    }
}
