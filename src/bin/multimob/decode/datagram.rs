//! Octets to a line.

use core::net::{Ipv4Addr, Ipv6Addr};

use multimob::wire::cxtp::icmp;
use multimob::wire::ipv6::next_header;
use multimob::wire::packet::{Payload, demux};
use multimob::wire::{DecodeError, Dialect, Field, ipv4, ipv6, udp};
use serde_json::{Value, json};

use super::mend;
use crate::json::packet::{checksum_text, message as rebuilt};
use crate::json::{At, Fields, Protocol, error, fields, hex};

/// A datagram: the fields of the innermost message that is known, read as far as it goes.
pub(crate) fn datagram(octets: &[u8], dialect: &Dialect) -> Fields {
    let mut mended = Mended::new(octets);
    loop {
        let layers = Layers::read(&mended.octets, dialect);
        match layers.innermost {
            Ok(innermost) => return readable(&layers.tunnels, &innermost, &mended.errors, dialect),
            Err(found) => {
                let start = layers.start;
                if !mended.without(&found, |octets| outside_in(octets, start, &found)) {
                    return unreadable(&Layers::read(&mended.octets, dialect), &mended.errors);
                }
            }
        }
    }
}

/// A message without a packet around it.
pub(crate) fn bare(protocol: Protocol, octets: &[u8], dialect: &Dialect) -> Fields {
    let mut mended = Mended::new(octets);
    loop {
        match protocol.write(&mended.octets, dialect) {
            Ok(_) => {
                let mut line = Line::new(protocol, &mended.octets, &mended.errors, dialect);
                if let Some(checksum) = checksum_text(protocol, &mended.octets) {
                    line.fields.insert("checksum".into(), json!(checksum));
                }
                return line.finish(dialect);
            }
            Err(found) => {
                if !mended.without(&found, |octets| mend::message(octets, &found)) {
                    return verdict(protocol.name(), protocol.type_name(octets), &mended.errors);
                }
            }
        }
    }
}

/// What is left of octets after their faults were taken out, and the faults.
struct Mended {
    octets: Vec<u8>,
    errors: Vec<DecodeError>,
}

/// Faults that are taken out of one packet: each ends another list, and no message has so many.
const MOST_FAULTS: usize = 8;

impl Mended {
    fn new(octets: &[u8]) -> Self {
        Self { octets: octets.to_vec(), errors: Vec::new() }
    }

    /// Takes out the fault `found`; `false` when that cannot be done.
    fn without(&mut self, found: &DecodeError, mend: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> bool {
        // After the first fault was taken out the checksum is wrong for that alone.
        if self.errors.is_empty() || found.field != Field::Checksum {
            self.errors.push(*found);
        }
        if self.errors.len() > MOST_FAULTS {
            return false;
        }
        match mend(&self.octets).filter(|octets| *octets != self.octets) {
            Some(octets) => {
                self.octets = octets;
                true
            }
            None => false,
        }
    }
}

/// The packet that starts at `start` mended, and the lengths of those around it.
fn outside_in(octets: &[u8], start: usize, found: &DecodeError) -> Option<Vec<u8>> {
    let (around, packet) = octets.split_at_checked(start)?;
    let mut octets = [around, &mend::packet(packet, found)?].concat();
    let mut at = 0;
    while at < start {
        let (before, tunnel) = octets.split_at_checked(at)?;
        octets = [before, &mend::with_length(tunnel.to_vec())?].concat();
        let tunnel = ipv6::Packet::parse(octets.get(at..)?).ok()?;
        at = at.checked_add(tunnel.octets.len().checked_sub(tunnel.payload.len())?)?;
    }
    Some(octets)
}

/// The headers of a datagram, from the outside in.
struct Layers<'a> {
    tunnels: Vec<(Ipv6Addr, Ipv6Addr)>,
    /// Where the innermost packet that could be reached starts.
    start: usize,
    packet: &'a [u8],
    is_ipv4: bool,
    innermost: Result<Innermost<'a>, DecodeError>,
}

/// A packet of either family; an IPv4 address is IPv4-mapped.
struct Packet<'a> {
    header: Header,
    home_address: Option<&'a [u8; 16]>,
    routing_header: Option<&'a [u8; 16]>,
    router_alert: bool,
    upper: u8,
    payload: &'a [u8],
    octets: &'a [u8],
}

/// What a line shows of a header.
struct Header {
    src: Ipv6Addr,
    dst: Ipv6Addr,
    hop_limit: u8,
}

impl<'a> Packet<'a> {
    /// Reads a packet of the family that what is before it says.
    fn parse(octets: &'a [u8], is_ipv4: bool) -> Result<Self, DecodeError> {
        if is_ipv4 {
            let ipv4::Packet { header, payload, octets } = ipv4::Packet::parse(octets)?;
            let [src, dst] = [header.src, header.dst].map(|ip| ip.to_ipv6_mapped());
            return Ok(Self {
                header: Header { src, dst, hop_limit: header.ttl },
                home_address: None,
                routing_header: None,
                router_alert: header.router_alert,
                upper: header.protocol,
                payload,
                octets,
            });
        }
        let packet = ipv6::Packet::parse(octets)?;
        Ok(Self {
            header: Header::of_ipv6(&packet.header),
            home_address: packet.home_address,
            routing_header: packet.routing_header,
            router_alert: packet.router_alert == Some(0),
            upper: packet.upper,
            payload: packet.payload,
            octets: packet.octets,
        })
    }

    /// Whether another packet is in this one. IPv4 is taken as the innermost.
    fn is_tunnel(&self) -> bool {
        matches!(self.upper, next_header::IPV6 | next_header::IPV4) && !mend::is_ipv4(self.octets)
    }
}

impl Header {
    const fn of_ipv6(header: &ipv6::Header) -> Self {
        Self { src: header.src, dst: header.dst, hop_limit: header.hop_limit }
    }
}

/// The innermost packet of a datagram.
struct Innermost<'a> {
    packet: Packet<'a>,
    content: Content<'a>,
}

/// What the innermost packet carries.
enum Content<'a> {
    Message(Protocol, &'a [u8]),
    Other { next_header: u8, len: usize },
}

impl<'a> Layers<'a> {
    fn read(octets: &'a [u8], dialect: &Dialect) -> Self {
        let (mut tunnels, mut start, mut packet) = (Vec::new(), 0_usize, octets);
        let mut is_ipv4 = mend::is_ipv4(octets);
        loop {
            match Packet::parse(packet, is_ipv4) {
                Ok(read) if read.is_tunnel() => {
                    tunnels.push((read.header.src, read.header.dst));
                    start = start.saturating_add(read.octets.len().saturating_sub(read.payload.len()));
                    is_ipv4 = read.upper == next_header::IPV4;
                    packet = read.payload;
                }
                Ok(read) => {
                    let innermost = Innermost::read(read, dialect);
                    return Self { tunnels, start, packet, is_ipv4, innermost };
                }
                Err(found) => return Self { tunnels, start, packet, is_ipv4, innermost: Err(found) },
            }
        }
    }
}

impl<'a> Innermost<'a> {
    fn read(packet: Packet<'a>, dialect: &Dialect) -> Result<Self, DecodeError> {
        let content = match demux(packet.octets, dialect)?.payload {
            Payload::Mh(_) => Content::Message(Protocol::Mh, packet.payload),
            Payload::Mld(_) => Content::Message(Protocol::Mld, packet.payload),
            Payload::Igmp(_) => Content::Message(Protocol::Igmp, packet.payload),
            Payload::Nd(_) => Content::Message(Protocol::Nd, packet.payload),
            Payload::CxtpIcmp(_) => Content::Message(Protocol::CxtpIcmp, packet.payload),
            Payload::Pim(_) => Content::Message(Protocol::Pim, packet.payload),
            Payload::Cxtp(_) => {
                Content::Message(Protocol::Cxtp, udp::Datagram::parse(packet.payload, dialect)?.data)
            }
            _ => Content::Other { next_header: packet.upper, len: packet.payload.len() },
        };
        Ok(Self { packet, content })
    }
}

fn readable(
    tunnels: &[(Ipv6Addr, Ipv6Addr)],
    innermost: &Innermost<'_>,
    errors: &[DecodeError],
    dialect: &Dialect,
) -> Fields {
    let Innermost { packet, content } = innermost;
    let mut headers = outer(tunnels);
    headers.extend(addresses(&packet.header));
    for (name, address) in
        [("home_address_option", packet.home_address), ("routing_header", packet.routing_header)]
    {
        if let Some(&address) = address {
            headers.insert(name.into(), json!(Ipv6Addr::from(address)));
        }
    }
    match *content {
        Content::Other { next_header, len } => {
            let mut all = verdict("other", None, errors);
            all.extend(headers);
            all.extend(fields([("next_header", json!(next_header)), ("length", json!(len))]));
            all
        }
        Content::Message(protocol, octets) => {
            let alert = packet.router_alert;
            if alert || matches!(protocol, Protocol::Mld | Protocol::Igmp) {
                headers.insert("router_alert".into(), json!(alert));
            }
            let mut line = Line::new(protocol, octets, errors, dialect);
            line.headers = headers;
            line.finish(dialect)
        }
    }
}

/// A line of which the message is known.
struct Line<'a> {
    protocol: Protocol,
    kind: &'static str,
    octets: &'a [u8],
    errors: &'a [DecodeError],
    headers: Fields,
    fields: Fields,
}

impl<'a> Line<'a> {
    fn new(protocol: Protocol, octets: &'a [u8], errors: &'a [DecodeError], dialect: &Dialect) -> Self {
        let (mut kind, mut all) = ("", Fields::new());
        if let Ok(said) = protocol.write(octets, dialect) {
            (kind, all) = (said.kind, said.fields);
            if let Some(trailing @ [_, ..]) = octets.get(said.len..) {
                all.insert("trailing".into(), json!(hex::text(trailing)));
            }
        }
        Self { protocol, kind, octets, errors, headers: Fields::new(), fields: all }
    }

    fn finish(self, dialect: &Dialect) -> Fields {
        let Self { protocol, kind, octets, errors, headers, fields } = self;
        let mut line = verdict(protocol.name(), Some(kind), errors);
        let is_good = errors.is_empty();
        if is_good {
            // Its place; the value takes all that follows.
            line.insert("reencode".into(), Value::Null);
        }
        line.extend(headers);
        line.extend(fields);
        if is_good {
            let again = reencode(&line, protocol, octets, dialect);
            line.insert("reencode".into(), json!(again));
        }
        line
    }
}

/// What becomes of a message that is written again from the values of its line.
fn reencode(line: &Fields, protocol: Protocol, octets: &[u8], dialect: &Dialect) -> &'static str {
    let line = Value::Object(line.clone());
    match At::root(&line).object().and_then(|object| rebuilt(&object, dialect)) {
        Ok(again) if again.octets == octets => "identical",
        Ok(again) if again.protocol.same(&again.octets, octets, dialect) => "canonical",
        Err(_) if protocol.is_for_reading_only(octets, dialect) => "refused",
        _ => "differs",
    }
}

/// What can be said of a packet whose message cannot be read at all.
fn unreadable(layers: &Layers<'_>, errors: &[DecodeError]) -> Fields {
    let (protocol, kind) = match Packet::parse(layers.packet, layers.is_ipv4) {
        Err(_) if layers.is_ipv4 => ("ipv4", None),
        Err(_) => ("ipv6", None),
        Ok(packet) => {
            let protocol = match packet.upper {
                next_header::MOBILITY => Some((Protocol::Mh, packet.payload)),
                next_header::IGMP => Some((Protocol::Igmp, packet.payload)),
                next_header::PIM => Some((Protocol::Pim, packet.payload)),
                next_header::ICMPV6 if Protocol::Nd.type_name(packet.payload).is_some() => {
                    Some((Protocol::Nd, packet.payload))
                }
                next_header::ICMPV6 if icmp::Message::is_one(packet.payload) => {
                    Some((Protocol::CxtpIcmp, packet.payload))
                }
                next_header::ICMPV6 => Some((Protocol::Mld, packet.payload)),
                next_header::UDP => {
                    let data = packet.payload.get(udp::Datagram::HEAD_LEN..).unwrap_or_default();
                    Some((Protocol::Cxtp, data))
                }
                _ => None,
            };
            protocol
                .map_or(("other", None), |(protocol, octets)| (protocol.name(), protocol.type_name(octets)))
        }
    };
    let mut line = verdict(protocol, kind, errors);
    line.extend(outer(&layers.tunnels));
    if let Some(header) = header_of(layers.packet, layers.is_ipv4) {
        line.extend(addresses(&header));
    }
    line
}

/// The fixed header, however much of what it announces is there.
fn header_of(packet: &[u8], is_ipv4: bool) -> Option<Header> {
    if is_ipv4 {
        let [_, _, _, _, _, _, _, _, hop_limit, _, _, _, addresses @ ..] =
            *packet.first_chunk::<{ ipv4::Header::LEN }>()?;
        let [s0, s1, s2, s3, d0, d1, d2, d3] = addresses;
        let [src, dst] =
            [[s0, s1, s2, s3], [d0, d1, d2, d3]].map(|octets| Ipv4Addr::from(octets).to_ipv6_mapped());
        return Some(Header { src, dst, hop_limit });
    }
    let mut header: [u8; ipv6::Header::LEN] = *packet.first_chunk()?;
    *header.get_mut(4..)?.first_chunk_mut()? = [0; 2];
    ipv6::Header::parse(&header).ok().map(|(header, _)| Header::of_ipv6(&header))
}

/// How every line starts: the protocol, the type, and whether all is well.
fn verdict(protocol: &str, kind: Option<&str>, errors: &[DecodeError]) -> Fields {
    let mut all = fields([("protocol", json!(protocol))]);
    if let Some(kind) = kind {
        all.insert("type".into(), json!(kind));
    }
    all.insert("ok".into(), json!(errors.is_empty()));
    if let Some((first, also)) = errors.split_first() {
        all.insert("error".into(), error(first));
        if !also.is_empty() {
            all.insert("also".into(), also.iter().map(error).collect());
        }
    }
    all
}

fn outer(tunnels: &[(Ipv6Addr, Ipv6Addr)]) -> Fields {
    let list = || tunnels.iter().map(|(src, dst)| json!({ "src": src, "dst": dst })).collect();
    if tunnels.is_empty() { Fields::new() } else { fields([("outer", list())]) }
}

fn addresses(header: &Header) -> Fields {
    fields([
        ("src", json!(header.src.to_canonical())),
        ("dst", json!(header.dst.to_canonical())),
        ("hop_limit", json!(header.hop_limit)),
    ])
}
