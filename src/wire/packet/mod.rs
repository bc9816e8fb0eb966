//! Whole datagrams: built in one call, demultiplexed in one call.
//!
//! ```
//! use multimob::wire::mld::{Message, Record, RecordType, Report};
//! use multimob::wire::packet::{Payload, build, demux};
//! use multimob::wire::{Addr, Dialect, List};
//!
//! let dialect = Dialect::DEFAULT;
//! let group = Addr::from("ff3e::8000:1".parse::<core::net::Ipv6Addr>()?);
//! let records = [Record { kind: RecordType::TO_EX, group, sources: &[], aux: &[] }];
//! let report = Payload::Mld(Message::Report(Report::new(List::new(&records, &dialect))));
//!
//! // Hop limit 1, Router Alert and checksum come by themselves.
//! let mut buf = [0; 1280];
//! let len = build("fe80::5".parse()?, "ff02::16".parse()?, &report, &mut buf)?;
//!
//! let received = demux(&buf[..len], &dialect)?;
//! assert_eq!((received.hop_limit, received.router_alert), (1, true));
//! assert_eq!(received.payload, report);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod outgoing;
#[cfg(feature = "alloc")]
mod owned;

pub use outgoing::Outgoing;
#[cfg(feature = "alloc")]
pub use owned::OwnedPayload;

use core::net::Ipv6Addr;

use super::error::{DecodeError, EncodeError, Layer};
use super::ipv6::{self, next_header};
use super::out::Encode;
use super::{Dialect, Field, Format, Pseudo, cxtp, igmp, ipv4, mh, mld, nd, pim, udp};

/// The UDP port that carries CXTP (RFC 4067 gives SCTP 5091; digest 5.5).
pub const CXTP_PORT: u16 = 5091;

/// A received datagram, taken apart down to its innermost message.
///
/// The addresses of an IPv4 header stand here as IPv4-mapped IPv6 addresses (RFC 4291 2.5.5.2): `::ffff:192.0.2.1`. No
/// IPv6 header has such ones, so they tell the family. A TTL is a hop limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Datagram<'a> {
    /// Source and destination of the tunnel header, when there was one.
    pub outer: Option<(Ipv6Addr, Ipv6Addr)>,
    /// Source of the innermost header.
    pub src: Ipv6Addr,
    /// Destination of the innermost header.
    pub dst: Ipv6Addr,
    /// The address in a Home Address option of the innermost packet (RFC 6275 6.3).
    pub home_address: Option<Ipv6Addr>,
    /// The home address in a type 2 routing header of the innermost packet (RFC 6275 6.4).
    pub routing_header: Option<Ipv6Addr>,
    /// Hop limit of the innermost header.
    pub hop_limit: u8,
    /// Whether the innermost header carries a Router Alert of value 0.
    pub router_alert: bool,
    /// The innermost packet, from its IPv6 or IPv4 header on.
    pub inner: &'a [u8],
    /// The message.
    pub payload: Payload<'a>,
}

/// What a datagram carries.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// Mobility Header.
    Mh(mh::Message<'a>),
    /// MLD.
    Mld(mld::Message<'a>),
    /// IGMP, in IPv4.
    Igmp(igmp::Message<'a>),
    /// CXTP over UDP.
    Cxtp(cxtp::Message<'a>),
    /// CXTP in ICMPv6, between a node and an access router.
    CxtpIcmp(cxtp::icmp::Message<'a>),
    /// Router Solicitation or Advertisement.
    Nd(nd::Message<'a>),
    /// PIM.
    Pim(pim::Message<'a>),
    /// Anything else: user data.
    Other {
        /// Next header.
        next_header: u8,
        /// What follows the IPv6 header and its extensions.
        data: &'a [u8],
    },
}

/// Takes a datagram apart, of IPv6 or IPv4: one tunnel header of IPv6 at most, then the extension headers as
/// [`ipv6::Packet::parse`] reads them.
///
/// The checksum of what is read further (MLD, IGMP, Neighbor Discovery, Mobility Header, PIM, CXTP) is verified first, with
/// the home addresses of a Home Address option and a type 2 routing header (RFC 6275 6.1.1); a wrong one is an error in
/// [`Field::Checksum`] that tells the right one and the one found. What is only passed on
/// ([`Payload::Other`]: user data, other ICMPv6, a second tunnel header) is not looked at.
///
/// # Errors
/// What does not fit, and where; an IPv4-mapped address in an IPv6 header (RFC 6890 2.2.3). A fragment is an error in
/// [`Field::Fragment`]: nothing is reassembled here.
pub fn demux<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Datagram<'a>, DecodeError> {
    if octets.first().is_some_and(|first| first >> 4 == 4) {
        return in_ipv4(None, octets, dialect);
    }
    let mut packet = ipv6::Packet::parse(octets)?;
    let mut outer = None;
    if let next_header::IPV6 | next_header::IPV4 = packet.upper {
        outer = Some((packet.header.src, packet.header.dst));
        if packet.upper == next_header::IPV4 {
            return in_ipv4(outer, packet.payload, dialect);
        }
        packet = ipv6::Packet::parse(packet.payload)?;
    }
    for (at, address) in [(8, packet.header.src), (24, packet.header.dst)] {
        if address.to_ipv4_mapped().is_some() {
            return Err(DecodeError::new(Layer::Ipv6, Field::Address, at, 0, 0xffff));
        }
    }
    Ok(Datagram {
        outer,
        src: packet.header.src,
        dst: packet.header.dst,
        home_address: packet.home_address.map(|&address| address.into()),
        routing_header: packet.routing_header.map(|&address| address.into()),
        hop_limit: packet.header.hop_limit,
        router_alert: packet.router_alert == Some(0),
        inner: packet.octets,
        payload: payload(&packet, dialect)?,
    })
}

/// Builds the datagram of `payload` from `src` to `dst` at the start of `buf`: hop limit, Router Alert, UDP header and
/// checksum as its protocol wants them. Returns the length. [`Outgoing`] says it in more detail.
///
/// IGMP goes between IPv4 addresses, which are given IPv4-mapped:
///
/// ```
/// use core::net::Ipv4Addr;
/// use multimob::wire::packet::{Payload, build, demux};
/// use multimob::wire::{Dialect, igmp};
///
/// let query = Payload::Igmp(igmp::Message::Query(igmp::Query::general()));
/// let [src, dst] = [[192, 0, 2, 1], [224, 0, 0, 1]].map(|octets| Ipv4Addr::from(octets).to_ipv6_mapped());
/// let mut buf = [0; 64];
/// let len = build(src, dst, &query, &mut buf)?;
/// // An IPv4 header with Router Alert, and the Query.
/// assert_eq!(len, 24 + 12);
/// assert_eq!(demux(&buf[..len], &Dialect::DEFAULT)?.payload, query);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the buffer is too short or the message cannot be written.
pub fn build(
    src: Ipv6Addr,
    dst: Ipv6Addr,
    payload: &Payload<'_>,
    buf: &mut [u8],
) -> Result<usize, EncodeError> {
    Outgoing::new(src, dst, *payload).encode(buf)
}

/// Puts a tunnel header from `src` to `dst` before the packet `inner` of IPv6 or IPv4, which is copied as it is (RFC 2473
/// 3). Returns the length.
///
/// # Errors
/// When the buffer is too short, or the packet too long for another header.
pub fn encapsulate(src: Ipv6Addr, dst: Ipv6Addr, inner: &[u8], buf: &mut [u8]) -> Result<usize, EncodeError> {
    let is_ipv4 = inner.first().is_some_and(|first| first >> 4 == 4);
    let next_header = if is_ipv4 { next_header::IPV4 } else { next_header::IPV6 };
    build(src, dst, &Payload::Other { next_header, data: inner }, buf)
}

/// What came in IPv4, where only IGMP is read further.
fn in_ipv4<'a>(
    outer: Option<(Ipv6Addr, Ipv6Addr)>,
    octets: &'a [u8],
    dialect: &Dialect,
) -> Result<Datagram<'a>, DecodeError> {
    let ipv4::Packet { header, payload: data, octets } = ipv4::Packet::parse(octets)?;
    let payload = match (header.protocol, data) {
        (next_header::IGMP, &[kind, ..]) if igmp::Message::is_type(kind) => {
            verified::<igmp::Igmp>(&Pseudo::igmp(), Layer::Igmp, data, dialect).map(Payload::Igmp)?
        }
        (next_header, data) => Payload::Other { next_header, data },
    };
    Ok(Datagram {
        outer,
        src: header.src.to_ipv6_mapped(),
        dst: header.dst.to_ipv6_mapped(),
        home_address: None,
        routing_header: None,
        hop_limit: header.ttl,
        router_alert: header.router_alert,
        inner: octets,
        payload,
    })
}

fn payload<'a>(packet: &ipv6::Packet<'a>, dialect: &Dialect) -> Result<Payload<'a>, DecodeError> {
    let ipv6::Packet { upper, payload: data, .. } = *packet;
    let pseudo = packet.pseudo();
    match (upper, data) {
        (next_header::ICMPV6, &[kind, ..]) if mld::Message::is_type(kind) => {
            verified::<mld::Mld>(&pseudo, Layer::Icmpv6, data, dialect).map(Payload::Mld)
        }
        (next_header::ICMPV6, &[kind, ..]) if nd::Message::is_type(kind) => {
            verified::<nd::Nd>(&pseudo, Layer::Icmpv6, data, dialect).map(Payload::Nd)
        }
        (next_header::MOBILITY, _) => mh::read(packet, dialect).map(Payload::Mh),
        (next_header::ICMPV6, _) if cxtp::icmp::Message::is_one(data) => {
            verified::<cxtp::icmp::CxtpIcmp>(&pseudo, Layer::Icmpv6, data, dialect).map(Payload::CxtpIcmp)
        }
        (next_header::PIM, _) => {
            pim::Message::check(data, &pseudo)?;
            pim::Message::parse(data, dialect).map(Payload::Pim)
        }
        // To a group it is user data, whatever its port.
        (next_header::UDP, &[_, _, high, low, ..])
            if u16::from_be_bytes([high, low]) == CXTP_PORT && !packet.header.dst.is_multicast() =>
        {
            let datagram = verified::<udp::Udp>(&pseudo, Layer::Udp, user_datagram(data), dialect)?;
            cxtp::Message::parse(datagram.data, dialect).map(Payload::Cxtp)
        }
        (next_header, data) => Ok(Payload::Other { next_header, data }),
    }
}

fn verified<'a, F: Format>(
    pseudo: &Pseudo,
    layer: Layer,
    octets: &'a [u8],
    dialect: &Dialect,
) -> Result<F::View<'a>, DecodeError> {
    if let Some(at) = <F::View<'a> as Encode>::CHECKSUM_AT {
        pseudo.check(layer, at, octets)?;
    }
    F::parse(octets, dialect)
}

/// What the checksum of UDP covers (RFC 8200 8.1).
fn user_datagram(data: &[u8]) -> &[u8] {
    let len = |&[_, _, _, _, high, low]: &[u8; 6]| usize::from(u16::from_be_bytes([high, low]));
    data.first_chunk().and_then(|head| data.get(..len(head))).unwrap_or(data)
}
