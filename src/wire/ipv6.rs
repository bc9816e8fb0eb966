//! IPv6 (RFC 8200): the fixed header, and the way through the extension headers to the upper layer.

use core::net::Ipv6Addr;

use nom::Parser;

use super::error::{DecodeError, EncodeError, Field, Layer};
use super::out::Out;
use super::read::{Read, chunk, lift, octets, wrong};

/// Next header values.
pub mod next_header {
    /// Hop-by-hop options (RFC 8200 4.3).
    pub const HOP_BY_HOP: u8 = 0;
    /// IGMP (RFC 3376), which travels in IPv4 alone.
    pub const IGMP: u8 = 2;
    /// IPv4 in IPv6 (RFC 2473).
    pub const IPV4: u8 = 4;
    /// UDP (RFC 768).
    pub const UDP: u8 = 17;
    /// IPv6 in IPv6 (RFC 2473).
    pub const IPV6: u8 = 41;
    /// Fragment (RFC 8200 4.5).
    pub const FRAGMENT: u8 = 44;
    /// ICMPv6 (RFC 4443).
    pub const ICMPV6: u8 = 58;
    /// Destination options (RFC 8200 4.6).
    pub const DESTINATION_OPTIONS: u8 = 60;
    /// PIM (RFC 7761 4.9).
    pub const PIM: u8 = 103;
    /// Mobility Header (RFC 6275 6.1).
    pub const MOBILITY: u8 = 135;
}

/// The fixed header (RFC 8200 3). Its payload length is that of the packet it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Traffic Class.
    pub traffic_class: u8,
    /// Flow Label, 20 bits; higher ones are not written.
    pub flow_label: u32,
    /// Next Header: see [`next_header`].
    pub next_header: u8,
    /// Hop Limit.
    pub hop_limit: u8,
    /// Source.
    pub src: Ipv6Addr,
    /// Destination.
    pub dst: Ipv6Addr,
}

impl Header {
    /// Octets of the header.
    pub const LEN: usize = 40;

    /// Reads the header alone, as a forwarder does that looks no further; with what follows it, as much as its payload
    /// length says. A fragment is no error here.
    ///
    /// # Errors
    /// What does not fit; another version.
    #[inline]
    pub fn parse(octets: &[u8]) -> Result<(Self, &[u8]), DecodeError> {
        match fixed(octets) {
            Ok((_, parts)) => Ok(parts),
            Err(error) => Err(lift(error, octets.len())),
        }
    }

    /// Writes the header of a packet with `payload` octets behind the header.
    ///
    /// # Errors
    /// More than 65,535.
    pub fn write(&self, out: &mut impl Out, payload: usize) -> Result<(), EncodeError> {
        let Ok(payload) = u16::try_from(payload) else {
            return Err(EncodeError::TooLong { field: Field::Length, max: usize::from(u16::MAX) });
        };
        let [high, low] = payload.to_be_bytes();
        let word = 6 << 28 | u32::from(self.traffic_class) << 20 | self.flow_label & FLOW_LABEL;
        out.put(&word.to_be_bytes());
        out.put(&[high, low, self.next_header, self.hop_limit]);
        out.put(&self.src.octets());
        out.put(&self.dst.octets());
        Ok(())
    }
}

const FLOW_LABEL: u32 = 0x000f_ffff;

/// A packet, read from its fixed header to the upper layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The fixed header.
    pub header: Header,
    /// Value of the Router Alert option (RFC 2711) in the hop-by-hop header; 0 is MLD.
    pub router_alert: Option<u16>,
    /// What `payload` is: the first next header value that is not skipped here.
    pub upper: u8,
    /// What follows the headers.
    pub payload: &'a [u8],
    /// The whole packet: what lay behind its payload length is cut off.
    pub octets: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet: hop-by-hop options for their Router Alert; destination options are skipped, other options too.
    /// Octets beyond the payload length are not looked at: links pad.
    ///
    /// # Errors
    /// What does not fit; another version; a fragment, unless it is the whole packet (RFC 8200 4.5).
    pub fn parse(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let (header, body) = Header::parse(octets)?;
        let whole = octets.get(..Header::LEN.saturating_add(body.len())).unwrap_or(octets);
        let (mut upper, mut payload, mut router_alert) = (header.next_header, body, None);
        if upper == next_header::HOP_BY_HOP {
            (upper, payload, router_alert) = hop_by_hop(payload)?;
        }
        loop {
            match upper {
                next_header::DESTINATION_OPTIONS => {
                    (upper, payload, _) = extension(Layer::DestinationOptions, payload)?;
                }
                next_header::FRAGMENT => (upper, payload) = whole_fragment(whole, payload)?,
                _ => return Ok(Self { header, router_alert, upper, payload, octets: whole }),
            }
        }
    }
}

/// A hop-by-hop options header that holds a Router Alert of value 0, "this is MLD", and padding.
#[must_use]
pub const fn router_alert(next_header: u8) -> [u8; 8] {
    [next_header, 0, ROUTER_ALERT, 2, 0, 0, PAD_N, 0]
}

/// Pad1 is zero and has no length; PadN is skipped like any other option.
const PAD_1: u8 = 0;
const PAD_N: u8 = 1;
const ROUTER_ALERT: u8 = 5;

/// The fixed header and as much of what follows as its payload length says.
fn fixed(input: &[u8]) -> Read<'_, (Header, &[u8])> {
    let (rest, &[w0, w1, w2, w3]) = chunk(Layer::Ipv6, Field::Header, input)?;
    let (rest, &[len_high, len_low, next_header, hop_limit]) = chunk(Layer::Ipv6, Field::Header, rest)?;
    let (rest, (src, dst)) = (address, address).parse(rest)?;
    let word = u32::from_be_bytes([w0, w1, w2, w3]);
    if w0 >> 4 != 6 {
        return Err(wrong(Layer::Ipv6, Field::Version, input, 6, usize::from(w0 >> 4)));
    }
    let [_, class, ..] = (word >> 4).to_be_bytes();
    let len = u16::from_be_bytes([len_high, len_low]);
    let (rest, body) = octets(Layer::Ipv6, Field::Payload, len.into(), rest)?;
    let header = Header {
        traffic_class: class,
        flow_label: word & FLOW_LABEL,
        next_header,
        hop_limit,
        src: Ipv6Addr::from(*src),
        dst: Ipv6Addr::from(*dst),
    };
    Ok((rest, (header, body)))
}

fn address(input: &[u8]) -> Read<'_, &[u8; 16]> {
    chunk(Layer::Ipv6, Field::Header, input)
}

/// An extension header of the common form: what comes next, what follows it, and its own octets.
fn extension(layer: Layer, input: &[u8]) -> Result<(u8, &[u8], &[u8]), DecodeError> {
    let parse = |input| {
        let (_, &[next, words]) = chunk(layer, Field::Header, input)?;
        let (rest, own) =
            octets(layer, Field::Header, usize::from(words).saturating_mul(8).saturating_add(8), input)?;
        Ok((rest, (next, own)))
    };
    match parse(input) {
        Ok((rest, (next, own))) => Ok((next, rest, own)),
        Err(error) => Err(lift(error, input.len())),
    }
}

/// The hop-by-hop header: what comes next, what follows, and the value of the first Router Alert.
fn hop_by_hop(input: &[u8]) -> Result<(u8, &[u8], Option<u16>), DecodeError> {
    let (next, rest, own) = extension(Layer::HopByHop, input)?;
    let options = own.get(2..).unwrap_or_default();
    match alert(options) {
        Ok((_, alert)) => Ok((next, rest, alert)),
        Err(error) => Err(lift(error, own.len())),
    }
}

fn alert(mut input: &[u8]) -> Read<'_, Option<u16>> {
    let mut alert = None;
    while let Some((&kind, rest)) = input.split_first() {
        if kind == PAD_1 {
            input = rest;
            continue;
        }
        let (rest, &[len]) = chunk(Layer::HopByHop, Field::OptionHeader, rest)?;
        let (rest, body) = octets(Layer::HopByHop, Field::OptionBody, len.into(), rest)?;
        if let (ROUTER_ALERT, &[high, low]) = (kind, body) {
            alert = alert.or(Some(u16::from_be_bytes([high, low])));
        }
        input = rest;
    }
    Ok((input, alert))
}

/// A fragment header that says "first and last": what comes next and what follows.
fn whole_fragment<'a>(packet: &[u8], input: &'a [u8]) -> Result<(u8, &'a [u8]), DecodeError> {
    let at = packet.len().saturating_sub(input.len());
    let Some((&[next, _, high, low, ..], rest)) = input.split_first_chunk::<8>() else {
        return Err(DecodeError::new(Layer::Ipv6, Field::Fragment, at, 8, input.len()));
    };
    // Offset in 8-octet units and the M flag; two bits between them are reserved.
    match u16::from_be_bytes([high, low]) & 0xfff9 {
        0 => Ok((next, rest)),
        part => Err(DecodeError::new(Layer::Ipv6, Field::Fragment, at, 0, part.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const HEADER: Header = Header {
        traffic_class: 0xb8,
        flow_label: 0x12345,
        next_header: 59,
        hop_limit: 9,
        src: Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1),
        dst: Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16),
    };

    fn packet(next_header: u8, payload: &[u8]) -> Vec<u8> {
        let mut octets = Vec::new();
        let header = Header { next_header, ..HEADER };
        header.write(&mut crate::wire::out::Buf { buf: &mut octets, len: 0 }, payload.len()).unwrap();
        octets.extend(payload);
        octets
    }

    #[test]
    fn the_fixed_header_keeps_every_field() {
        let octets = packet(59, b"data");
        assert_eq!(octets[..8], [0x6b, 0x81, 0x23, 0x45, 0, 4, 59, 9]);
        let read = Packet::parse(&octets).unwrap();
        assert_eq!(
            read,
            Packet { header: HEADER, router_alert: None, upper: 59, payload: b"data", octets: &octets }
        );
    }

    #[test]
    fn a_longer_buffer_is_trimmed_and_a_shorter_one_an_error() {
        let mut octets = packet(59, b"data");
        octets.extend([0xee; 6]);
        let read = Packet::parse(&octets).unwrap();
        assert_eq!((read.payload, read.octets.len()), (&b"data"[..], 44));
        let error = Packet::parse(&octets[..43]).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::Payload, 40, 4, 3));
        for len in 0..40 {
            assert_eq!(Packet::parse(&octets[..len]).unwrap_err().field, Field::Header);
        }
    }

    #[test]
    fn another_version_is_an_error() {
        let mut octets = packet(59, &[]);
        octets[0] = 0x45;
        let error = Packet::parse(&octets).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::Version, 0, 6, 4));
    }

    #[test]
    fn a_payload_that_no_length_field_can_say_is_refused() {
        let write = |len| HEADER.write(&mut crate::wire::out::Count(0), len);
        assert_eq!(write(65_535), Ok(()));
        assert_eq!(write(65_536), Err(EncodeError::TooLong { field: Field::Length, max: 65_535 }));
    }

    #[test]
    fn a_router_alert_is_found_among_other_options() {
        let alert = |options: &[u8]| {
            let words = u8::try_from((options.len() + 2) / 8 - 1).unwrap();
            let octets = packet(0, &[&[58, words], options, &[7; 3]].concat());
            Packet::parse(&octets).map(|read| {
                assert_eq!((read.upper, read.payload), (58, &[7; 3][..]));
                read.router_alert
            })
        };
        assert_eq!(alert(&router_alert(58)[2..]), Ok(Some(0)));
        assert_eq!(alert(&[0, 0, 5, 2, 0, 0]), Ok(Some(0)));
        assert_eq!(alert(&[5, 2, 0, 1, 0, 0]), Ok(Some(1)), "a value that is not MLD's");
        assert_eq!(alert(&[5, 3, 0, 0, 0, 0]), Ok(None), "a length that Router Alert never has");
        assert_eq!(alert(&[1, 4, 0, 0, 0, 0]), Ok(None));
        assert_eq!(
            alert(&[0xc2, 3, 9, 9, 9, 5, 2, 0, 0, 1, 3, 0, 0, 0]),
            Ok(Some(0)),
            "after an unknown option"
        );
        let error = alert(&[1, 1, 0, 5, 2, 0]).unwrap_err();
        assert_eq!((error.layer, error.field), (Layer::HopByHop, Field::OptionBody));
        assert_eq!((error.offset, error.needed, error.have), (7, 2, 1));
        assert_eq!(alert(&[1, 3, 0, 0, 0, 5]).unwrap_err().field, Field::OptionHeader);
    }

    #[test]
    fn options_for_the_destination_are_skipped() {
        let octets =
            packet(60, &[60, 0, 1, 4, 0, 0, 0, 0, 17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
        let read = Packet::parse(&octets).unwrap();
        assert_eq!((read.upper, read.payload), (17, &[5][..]));
        let octets = packet(60, &[17, 1, 1, 4, 0, 0, 0, 0]);
        let error = Packet::parse(&octets).unwrap_err();
        assert_eq!((error.layer, error.needed, error.have), (Layer::DestinationOptions, 16, 8));
    }

    #[test]
    fn a_fragment_is_an_error_unless_it_is_the_whole_packet() {
        let fragment = |high, low| packet(44, &[17, 0, high, low, 1, 2, 3, 4, 0xaa]);
        let whole = fragment(0, 0x06);
        let read = Packet::parse(&whole).unwrap();
        assert_eq!((read.upper, read.payload), (17, &[0xaa][..]));
        for (high, low) in [(0, 1), (0, 8), (0x80, 0)] {
            let error = Packet::parse(&fragment(high, low)).unwrap_err();
            assert_eq!((error.field, error.offset), (Field::Fragment, 40));
        }
        assert_eq!(Packet::parse(&packet(44, &[17; 7])).unwrap_err().field, Field::Fragment);
    }

    #[test]
    fn hop_by_hop_options_stand_first_or_not_at_all() {
        let octets = packet(60, &[0, 0, 1, 4, 0, 0, 0, 0, 58, 0, 5, 2, 0, 0, 1, 0]);
        let read = Packet::parse(&octets).unwrap();
        assert_eq!((read.upper, read.router_alert, read.payload.len()), (0, None, 8));
    }
}
