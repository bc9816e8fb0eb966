//! IPv4 (RFC 791), as far as IGMP needs it: the header, and the Router Alert among its options (RFC 2113).

use core::net::Ipv4Addr;

use super::Pseudo;
use super::error::{DecodeError, EncodeError, Field, Layer};
use super::out::{Out, Summing};
use super::read::{Read, chunk, lift, octets, wrong};

/// The header. Its lengths are those of the packet it stands in; identification is 0 and DF set (RFC 6864 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Type of Service.
    pub tos: u8,
    /// Time to Live.
    pub ttl: u8,
    /// Protocol: a next header value of [`super::ipv6::next_header`].
    pub protocol: u8,
    /// Source.
    pub src: Ipv4Addr,
    /// Destination.
    pub dst: Ipv4Addr,
    /// Whether there is a Router Alert of value 0, "examine this packet".
    pub router_alert: bool,
}

impl Header {
    /// Octets of the header without options.
    pub const LEN: usize = 20;
    /// Octets of the header with a Router Alert.
    pub const ALERT_LEN: usize = 24;

    /// Octets that [`Header::write`] writes.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        if self.router_alert { Self::ALERT_LEN } else { Self::LEN }
    }

    /// Writes the header, checksum and all, of a packet with `payload` octets behind it.
    ///
    /// # Errors
    /// More than 65,535 octets in all.
    pub fn write(&self, out: &mut impl Out, payload: usize) -> Result<(), EncodeError> {
        let Ok(total) = u16::try_from(payload.saturating_add(self.encoded_len())) else {
            return Err(EncodeError::TooLong { field: Field::Length, max: usize::from(u16::MAX) });
        };
        let mut sum = Summing::new(usize::MAX);
        self.put(&mut sum, total, 0);
        let (_, checksum) = sum.finish(&Pseudo::igmp());
        self.put(out, total, checksum);
        Ok(())
    }

    fn put(&self, out: &mut impl Out, total: u16, checksum: u16) {
        let ([high, low], [sum_high, sum_low]) = (total.to_be_bytes(), checksum.to_be_bytes());
        let version_and_words = if self.router_alert { 0x46 } else { 0x45 };
        out.put(&[version_and_words, self.tos, high, low, 0, 0, DONT_FRAGMENT, 0]);
        out.put(&[self.ttl, self.protocol, sum_high, sum_low]);
        out.put(&self.src.octets());
        out.put(&self.dst.octets());
        if self.router_alert {
            out.put(&[ROUTER_ALERT, 4, 0, 0]);
        }
    }
}

/// A packet, read from its header to the upper layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The header.
    pub header: Header,
    /// What follows the header.
    pub payload: &'a [u8],
    /// The whole packet: what lay behind its length is cut off.
    pub octets: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet: its options for their Router Alert, the others are skipped. Octets beyond its length are not looked
    /// at: links pad.
    ///
    /// # Errors
    /// What does not fit; another version; a wrong header checksum; a fragment, which is not reassembled here.
    pub fn parse(octets: &'a [u8]) -> Result<Self, DecodeError> {
        match packet(octets) {
            Ok((_, packet)) => Ok(packet),
            Err(error) => Err(lift(error, octets.len())),
        }
    }
}

const LAYER: Layer = Layer::Ipv4;
/// D flag, in the first octet of flags and fragment offset.
const DONT_FRAGMENT: u8 = 0x40;

/// Types of options. The first two have no length.
const END: u8 = 0;
const NO_OPERATION: u8 = 1;
const ROUTER_ALERT: u8 = 148;

fn packet(input: &[u8]) -> Read<'_, Packet<'_>> {
    let (rest, &[version, tos, high, low, _, _, flags, offset, ttl, protocol, ref addresses @ ..]) =
        chunk::<{ Header::LEN }>(LAYER, Field::Header, input)?;
    let [_, _, s0, s1, s2, s3, d0, d1, d2, d3] = *addresses;
    if version >> 4 != 4 {
        return Err(wrong(LAYER, Field::Version, input, 4, usize::from(version >> 4)));
    }
    let own = usize::from(version & 0x0f).saturating_mul(4);
    let Some(options) = own.checked_sub(Header::LEN) else {
        return Err(wrong(LAYER, Field::HeaderLength, input, Header::LEN, own));
    };
    let total = usize::from(u16::from_be_bytes([high, low]));
    let Some(len) = total.checked_sub(own) else {
        return Err(wrong(LAYER, Field::Length, input.get(2..).unwrap_or_default(), own, total));
    };
    let (rest, options) = octets(LAYER, Field::OptionBody, options, rest)?;
    let head = input.get(..own).unwrap_or(input);
    if let Err(error) = Pseudo::igmp().check(LAYER, CHECKSUM_AT, head) {
        let left = input.get(CHECKSUM_AT..).unwrap_or_default();
        return Err(wrong(LAYER, Field::Checksum, left, error.needed.into(), error.have.into()));
    }
    let part = u16::from_be_bytes([flags, offset]) & 0x3fff;
    if part != 0 {
        return Err(wrong(LAYER, Field::Fragment, input.get(6..).unwrap_or_default(), 0, part.into()));
    }
    let (rest, payload) = octets(LAYER, Field::Payload, len, rest)?;
    let header = Header {
        tos,
        ttl,
        protocol,
        src: Ipv4Addr::new(s0, s1, s2, s3),
        dst: Ipv4Addr::new(d0, d1, d2, d3),
        router_alert: alert(options),
    };
    Ok((rest, Packet { header, payload, octets: input.get(..total).unwrap_or(input) }))
}

const CHECKSUM_AT: usize = 10;

/// Whether options hold a Router Alert of value 0. An option that does not fit ends them: to a host it is nothing.
fn alert(mut options: &[u8]) -> bool {
    loop {
        options = match options {
            [] | [END, ..] => return false,
            [NO_OPERATION, rest @ ..] => rest,
            [ROUTER_ALERT, 4, 0, 0, ..] => return true,
            [_, len, ..] => match options.get(usize::from(*len)..) {
                Some(rest) if *len >= 2 => rest,
                _ => return false,
            },
            [_] => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::out::Buf;
    use std::vec::Vec;

    const HEADER: Header = Header {
        tos: 0xc0,
        ttl: 1,
        protocol: 2,
        src: Ipv4Addr::new(192, 0, 2, 5),
        dst: Ipv4Addr::new(224, 0, 0, 22),
        router_alert: true,
    };

    fn written(header: Header, payload: &[u8]) -> Vec<u8> {
        let mut octets = Vec::new();
        header.write(&mut Buf { buf: &mut octets, len: 0 }, payload.len()).unwrap();
        assert_eq!(octets.len(), header.encoded_len());
        octets.extend(payload);
        octets
    }

    /// The header of `octets` with its checksum made anew.
    fn summed(mut octets: Vec<u8>) -> Vec<u8> {
        octets[10..12].fill(0);
        let own = usize::from(octets[0] & 0x0f) * 4;
        let sum = Pseudo::igmp().checksum(&octets[..own]);
        octets[10..12].copy_from_slice(&sum.to_be_bytes());
        octets
    }

    #[test]
    fn rfc2113_2_1_the_header_keeps_every_field() {
        let octets = written(HEADER, b"data");
        assert_eq!(octets[..10], [0x46, 0xc0, 0, 28, 0, 0, 0x40, 0, 1, 2]);
        assert_eq!(octets[20..24], [0x94, 4, 0, 0]);
        let read = Packet::parse(&octets).unwrap();
        assert_eq!(read, Packet { header: HEADER, payload: b"data", octets: &octets });

        let plain = Header { router_alert: false, ..HEADER };
        let octets = written(plain, b"data");
        assert_eq!(Packet::parse(&octets).map(|read| (read.header, read.payload)), Ok((plain, &b"data"[..])));
        let padded = [&octets[..], &[0; 9]].concat();
        assert_eq!(Packet::parse(&padded).map(|read| read.octets), Ok(&octets[..]));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let octets = written(HEADER, b"data");
        for len in 0..octets.len() {
            let field = Packet::parse(&octets[..len]).unwrap_err().field;
            let expected = [Field::Header, Field::OptionBody, Field::Payload][len / 20 + len / 24];
            assert_eq!(field, expected, "{len}");
        }
        let changed = |at: usize, value: u8| {
            let mut octets = octets.clone();
            octets[at] = value;
            let error = Packet::parse(&summed(octets)).unwrap_err();
            (error.field, error.offset, error.needed, error.have)
        };
        assert_eq!(changed(0, 0x66), (Field::Version, 0, 4, 6));
        assert_eq!(changed(3, 23), (Field::Length, 2, 24, 23));
        for (at, value, part) in [(6, 0x20, 0x2000), (7, 1, 1)] {
            assert_eq!(changed(at, value), (Field::Fragment, 6, 0, part));
        }
        let mut short = octets.clone();
        short[0] = 0x44;
        let error = Packet::parse(&short).unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::HeaderLength, 20, 16));
        let right = u16::from_be_bytes([octets[10], octets[11]]);
        short = octets.clone();
        short[11] ^= 1;
        let error = Packet::parse(&short).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed), (Field::Checksum, 10, right));
    }

    #[test]
    fn a_router_alert_is_found_among_other_options() {
        assert!(alert(&[148, 4, 0, 0]));
        assert!(alert(&[1, 1, 7, 3, 0, 148, 4, 0, 0]));
        for none in [
            &[][..],
            &[0, 148, 4, 0, 0],
            &[148, 4, 0, 1],
            &[148, 3, 0, 0],
            &[7, 1, 148, 4, 0, 0],
            &[7, 0, 148, 4, 0, 0],
            &[7, 9, 148, 4, 0, 0],
            &[148],
        ] {
            assert!(!alert(none), "{none:?}");
        }
    }

    #[test]
    fn a_payload_that_no_length_field_can_say_is_refused() {
        let write = |len| HEADER.write(&mut crate::wire::out::Count(0), len);
        assert_eq!(write(65_511), Ok(()));
        assert_eq!(write(65_512), Err(EncodeError::TooLong { field: Field::Length, max: 65_535 }));
    }
}
