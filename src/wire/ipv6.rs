//! IPv6 (RFC 8200): the fixed header, and the way through the extension headers to the upper layer.

mod extension;

pub use extension::router_alert;
pub(super) use extension::{HOME_ADDRESS_LEN, home_address, routing_header};

use core::net::Ipv6Addr;

use nom::Parser;

use super::Pseudo;
use super::error::{DecodeError, EncodeError, Field, Layer};
use super::out::Out;
use super::read::{Read, chunk, lift, octets, wrong};
use extension::Routing;

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
    /// Routing header (RFC 8200 4.4).
    pub const ROUTING: u8 = 43;
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
    /// The address in a Home Address option (RFC 6275 6.3): whose packet it is, while `header.src` is where it is.
    pub home_address: Option<&'a [u8; 16]>,
    /// The home address in a type 2 routing header (RFC 6275 6.4): whom it is for, while `header.dst` is where that is.
    pub routing_header: Option<&'a [u8; 16]>,
    /// What `payload` is: the first next header value that is not skipped here.
    pub upper: u8,
    /// What follows the headers.
    pub payload: &'a [u8],
    /// The whole packet: what lay behind its payload length is cut off.
    pub octets: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet: the Router Alert among the hop-by-hop options, a type 2 routing header, and the Home Address among
    /// the destination options; other options are skipped. Octets beyond the payload length are not looked at: links
    /// pad. A routing header of another type is skipped when it has no segments left, else it is `upper` (RFC 8200
    /// 4.4).
    ///
    /// # Errors
    /// What does not fit; another version; a fragment, unless it is the whole packet (RFC 8200 4.5); a type 2 routing
    /// header of another length, or with more than one segment left (RFC 6275 6.4.1).
    pub fn parse(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let (header, body) = Header::parse(octets)?;
        let whole = octets.get(..Header::LEN.saturating_add(body.len())).unwrap_or(octets);
        let (upper, payload) = (header.next_header, body);
        let (router_alert, home_address, routing_header) = (None, None, None);
        let mut read =
            Self { header, router_alert, home_address, routing_header, upper, payload, octets: whole };
        if upper == next_header::HOP_BY_HOP {
            (read.upper, read.payload, read.router_alert) = extension::hop_by_hop(payload)?;
        }
        loop {
            match read.upper {
                next_header::DESTINATION_OPTIONS => {
                    let home_address;
                    (read.upper, read.payload, home_address) = extension::destination_options(read.payload)?;
                    read.home_address = read.home_address.or(home_address);
                }
                next_header::ROUTING => match extension::routing(read.payload)? {
                    (_, _, Routing::Unknown) => return Ok(read),
                    (upper, payload, Routing::Done) => (read.upper, read.payload) = (upper, payload),
                    (upper, payload, Routing::Home(address)) => {
                        (read.upper, read.payload) = (upper, payload);
                        read.routing_header = Some(address);
                    }
                },
                next_header::FRAGMENT => {
                    (read.upper, read.payload) = extension::whole_fragment(whole, read.payload)?;
                }
                _ => return Ok(read),
            }
        }
    }

    /// What the checksum of the upper layer covers: home addresses stand for the addresses of the header (RFC 6275
    /// 6.1.1, RFC 8200 8.1).
    #[must_use]
    pub fn pseudo(&self) -> Pseudo {
        Pseudo {
            src: self.header.src,
            dst: self.routing_header.map_or(self.header.dst, |&address| address.into()),
            next_header: self.upper,
            home_address: self.home_address.map(|&address| address.into()),
        }
    }
}

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
            Packet {
                header: HEADER,
                router_alert: None,
                home_address: None,
                routing_header: None,
                upper: 59,
                payload: b"data",
                octets: &octets
            }
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
    fn rfc6275_6_3_a_home_address_is_found_among_other_options() {
        let home = |options: &[u8]| {
            let words = u8::try_from((options.len() + 2) / 8 - 1).unwrap();
            let octets = packet(60, &[&[135, words], options, &[7; 3]].concat());
            Packet::parse(&octets).map(|read| {
                assert_eq!((read.upper, read.payload), (135, &[7; 3][..]));
                read.home_address.copied()
            })
        };
        let [one, two] = [[1; 16], [2; 16]];
        let option = |address: [u8; 16]| [&[201, 16], &address[..]].concat();
        let pad = [1, 2, 0, 0];
        assert_eq!(home(&[&pad[..], &option(one)].concat()), Ok(Some(one)));
        assert_eq!(home(&[0, 0, 4, 2, 9, 9]), Ok(None));
        // It must not stand twice; the first counts.
        let twice = [&option(one)[..], &pad, &option(two), &[1, 4, 0, 0, 0, 0]].concat();
        assert_eq!(home(&twice), Ok(Some(one)));
        let error = home(&[201, 4, 0, 0, 0, 0]).unwrap_err();
        assert_eq!((error.layer, error.field), (Layer::DestinationOptions, Field::OptionBody));
        assert_eq!((error.offset, error.needed, error.have), (4, 16, 4));
        assert_eq!(home(&[1, 1, 0, 201, 16, 0]).unwrap_err().needed, 16);
    }

    #[test]
    fn rfc6275_6_4_a_type_2_routing_header_names_whom_the_packet_is_for() {
        let header =
            |head: [u8; 4], address: &[u8]| packet(43, &[&head[..], &[0; 4], address, &[7]].concat());
        let octets = header([135, 2, 2, 1], &[1; 16]);
        let read = Packet::parse(&octets).unwrap();
        assert_eq!((read.upper, read.payload), (135, &[7][..]));
        assert_eq!(read.routing_header, Some(&[1; 16]));
        assert_eq!(read.header.dst, HEADER.dst);
        for (head, field, offset, needed, have) in
            [([135, 2, 2, 2], Field::SegmentsLeft, 3, 1, 2), ([135, 1, 2, 1], Field::Length, 1, 2, 1)]
        {
            let octets = header(head, &[1; 16]);
            let error = Packet::parse(&octets).unwrap_err();
            assert_eq!((error.layer, error.field, error.offset), (Layer::RoutingHeader, field, offset));
            assert_eq!((error.needed, error.have), (needed, have));
        }
        // Nothing is left of it, whatever its type.
        for kind in [0, 2, 253] {
            let octets = header([135, 2, kind, 0], &[1; 16]);
            let read = Packet::parse(&octets).unwrap();
            assert_eq!((read.upper, read.routing_header), (135, None));
        }
        // A route that this crate does not follow is not looked behind.
        let octets = header([135, 2, 0, 1], &[1; 16]);
        assert_eq!(Packet::parse(&octets).unwrap().upper, 43);
    }

    #[test]
    fn rfc6275_6_1_1_home_addresses_stand_for_those_of_the_header() {
        let both = [&[60, 2, 2, 1, 0, 0, 0, 0], &[1; 16][..], &[135, 2, 1, 2, 0, 0, 201, 16], &[2; 16]];
        let octets = packet(43, &both.concat());
        let pseudo = Packet::parse(&octets).unwrap().pseudo();
        assert_eq!(pseudo.src, HEADER.src);
        assert_eq!((pseudo.home_address, pseudo.dst), (Some([2; 16].into()), [1; 16].into()));
        let octets = packet(135, &[]);
        let pseudo = Packet::parse(&octets).unwrap().pseudo();
        assert_eq!((pseudo.home_address, pseudo.dst), (None, HEADER.dst));
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
