//! From a line back to octets: the message, its checksum, and the headers before it.

use core::net::Ipv6Addr;

use multimob::wire::packet::{CXTP_PORT, Outgoing, Payload, encapsulate};
use multimob::wire::{Dialect, Encode, Pseudo, ipv6, udp};

use super::{At, Fault, Object, Protocol, hex, pim};

/// What a line stands for.
pub(crate) struct Packet {
    /// From the IPv6 header on; the message alone, where the line names no addresses.
    pub(crate) octets: Vec<u8>,
    pub(crate) is_datagram: bool,
}

/// The octets that a whole line tells.
pub(crate) fn read(line: &At<'_>, dialect: &Dialect) -> Result<Packet, Fault> {
    let object = line.object()?;
    let ok = object.get("ok");
    if !ok.or(true, At::bool)? {
        return Err(ok.fault("false: what could not be read in full cannot be written"));
    }
    object.ignore(&["frame", "time", "vlan", "truncated", "reencode"]);
    let message = message(&object, dialect)?;
    let packet = match message.pseudo {
        None => Packet { octets: message.octets, is_datagram: false },
        Some(pseudo) => Packet {
            octets: datagram(&object, message.protocol, &message.octets, &pseudo)?,
            is_datagram: true,
        },
    };
    object.finish()?;
    Ok(packet)
}

/// A message as it stands in its packet: with its checksum, and with what follows it.
pub(crate) struct Message {
    pub(crate) protocol: Protocol,
    pub(crate) octets: Vec<u8>,
    /// What its checksum stands on; nothing where the line names no addresses.
    pseudo: Option<Pseudo>,
}

/// The message that a line tells.
pub(crate) fn message(object: &Object<'_>, dialect: &Dialect) -> Result<Message, Fault> {
    let protocol = object.get("protocol").choice(&Protocol::NAMES)?;
    let pseudo = match (object.get("src"), object.get("dst")) {
        (src, dst) if src.is_absent() && dst.is_absent() => None,
        (src, dst) => Some(Pseudo {
            src: header_address(protocol, &src)?,
            // A home address stands for that of the header (RFC 6275 6.1.1).
            dst: object.get("routing_header").or(header_address(protocol, &dst)?, At::ipv6)?,
            next_header: protocol.next_header(),
            home_address: object.get("home_address_option").or(None, |at| at.ipv6().map(Some))?,
        }),
    };
    let mut octets = protocol.read(object, dialect)?;
    let own = octets.len();
    octets.extend(object.get("trailing").or(Vec::new(), At::octets)?);

    if let Some(at) = protocol.checksum_at() {
        let covered = protocol.covered(&octets, own, dialect);
        let checksum = match pseudo {
            Some(pseudo) => pseudo.checksum(octets.get(..covered).unwrap_or_default()).to_be_bytes(),
            None => object.get("checksum").or([0; 2], checksum)?,
        };
        if let Some(place) = octets.get_mut(at..).and_then(|tail| tail.first_chunk_mut()) {
            *place = checksum;
        }
    }
    Ok(Message { protocol, octets, pseudo })
}

/// An address of the header: of IPv4 before IGMP, else of IPv6.
fn header_address(protocol: Protocol, at: &At<'_>) -> Result<Ipv6Addr, Fault> {
    match protocol {
        Protocol::Igmp => at.ipv4().map(|ip| ip.to_ipv6_mapped()),
        _ => at.ipv6(),
    }
}

/// `"0x1a2b"`, as [`checksum_text`] writes it.
fn checksum(at: &At<'_>) -> Result<[u8; 2], Fault> {
    let text = at.text()?;
    let digits = text.strip_prefix("0x").and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let value = digits
        .ok_or_else(|| at.fault(format_args!("{text:?}; four hexadecimal digits after 0x are wanted")))?;
    Ok(value.to_be_bytes())
}

/// The checksum of a message without a packet around it: it cannot be made again, nor judged.
pub(crate) fn checksum_text(protocol: Protocol, octets: &[u8]) -> Option<String> {
    let found = octets.get(protocol.checksum_at()?..)?.first_chunk::<2>()?;
    Some(format!("0x{}", hex::text(found)))
}

fn datagram(
    object: &Object<'_>,
    protocol: Protocol,
    message: &[u8],
    pseudo: &Pseudo,
) -> Result<Vec<u8>, Fault> {
    let unwritable = |error| object.fault(error);
    let in_udp;
    let data = match protocol {
        Protocol::Cxtp => {
            let datagram = udp::Datagram { src_port: CXTP_PORT, dst_port: CXTP_PORT, data: message };
            in_udp = datagram.to_vec_for(pseudo).map_err(unwritable)?;
            &in_udp
        }
        _ => message,
    };
    let payload = Payload::Other { next_header: protocol.next_header(), data };
    let (hop_limit, router_alert) = match protocol {
        Protocol::Mld | Protocol::Igmp => (1, true),
        Protocol::Nd | Protocol::CxtpIcmp => (255, false),
        Protocol::Pim if !pim::is_unicast(message) => (1, false),
        Protocol::Mh | Protocol::Cxtp | Protocol::Pim => (64, false),
    };
    let outgoing = Outgoing {
        hop_limit: object.get("hop_limit").or(hop_limit, At::int)?,
        router_alert: object.get("router_alert").or(router_alert, At::bool)?,
        home_address: pseudo.home_address,
        routing_header: object.get("routing_header").or(None, |at| at.ipv6().map(Some))?,
        ..Outgoing::new(pseudo.src, header_address(protocol, &object.get("dst"))?, payload)
    };
    let mut octets = outgoing.to_vec().map_err(unwritable)?;
    let tunnels = object.get("outer").each_if_any(tunnel)?;
    for (src, dst) in tunnels.into_iter().rev() {
        let mut outer = vec![0; octets.len().saturating_add(ipv6::Header::LEN)];
        encapsulate(src, dst, &octets, &mut outer).map_err(unwritable)?;
        octets = outer;
    }
    Ok(octets)
}

fn tunnel(at: &At<'_>) -> Result<(Ipv6Addr, Ipv6Addr), Fault> {
    let object = at.object()?;
    let tunnel = (object.get("src").ipv6()?, object.get("dst").ipv6()?);
    object.finish()?;
    Ok(tunnel)
}
