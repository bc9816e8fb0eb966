//! Broken octets made readable: what lies before the fault is kept, lengths and numbers are set to what is left.
//!
//! So a broken message is read by the same code as a good one, and shows all that is good in it. Each function takes
//! octets and the error by which they could not be read, and returns them without that fault; `None` where nothing
//! before the fault can be read either.

use multimob::wire::cxtp::icmp;
use multimob::wire::ipv6::{self, next_header};
use multimob::wire::membership::{Family, Query, Report};
use multimob::wire::mh::Message;
use multimob::wire::pim::{self, MessageType};
use multimob::wire::{Addr, Addr4, DecodeError, Dialect, Encode, Field, Layer, Pseudo, ipv4, udp};

use crate::json::ICMP_HEAD;

/// Whether a packet is one of IPv4.
pub(crate) fn is_ipv4(octets: &[u8]) -> bool {
    octets.first().is_some_and(|first| first >> 4 == 4)
}

/// An IP packet.
pub(crate) fn packet(octets: &[u8], error: &DecodeError) -> Option<Vec<u8>> {
    match (error.layer, error.field) {
        (Layer::Ipv6 | Layer::Ipv4, Field::Payload) | (Layer::Ipv4, Field::Checksum) => {
            with_length(octets.to_vec())
        }
        (Layer::HopByHop, Field::OptionHeader | Field::OptionBody) => {
            let mut octets = octets.to_vec();
            let own = octets.get_mut(ipv6::Header::LEN..)?;
            let len = usize::from(*own.get(1)?).saturating_add(1).saturating_mul(8);
            // The type octet of the option: one or two before the place where reading stopped.
            let head = if error.field == Field::OptionBody { 2 } else { 1 };
            own.get_mut(usize::from(error.offset).checked_sub(head)?..len)?.fill(0);
            Some(octets)
        }
        _ if is_ipv4(octets) => {
            let packet = ipv4::Packet::parse(octets).ok()?;
            let headers = packet.octets.get(..packet.octets.len().checked_sub(packet.payload.len())?)?;
            with_length([headers, &message(packet.payload, error)?].concat())
        }
        _ => {
            let packet = ipv6::Packet::parse(octets).ok()?;
            let headers = packet.octets.get(..packet.octets.len().checked_sub(packet.payload.len())?)?;
            let mended = match packet.upper {
                next_header::UDP => user_datagram(packet.payload, error)?,
                _ => message(packet.payload, error)?,
            };
            with_length([headers, &mended].concat())
        }
    }
}

/// A Mobility Header, MLD, IGMP, Neighbor Discovery, CXTP or PIM message.
pub(crate) fn message(octets: &[u8], error: &DecodeError) -> Option<Vec<u8>> {
    let at = usize::from(error.offset);
    let head_of_option = match error.field {
        Field::OptionBody => at.checked_sub(2)?,
        _ => at,
    };
    match (error.layer, error.field) {
        (_, Field::Checksum) => with(octets, at, error.needed),
        (Layer::MobilityHeader, Field::Length) => {
            let mut cut = octets.get(..whole_options(octets)?)?.to_vec();
            cut.resize(cut.len().checked_next_multiple_of(8)?, 0);
            *cut.get_mut(1)? = u8::try_from((cut.len() / 8).checked_sub(1)?).ok()?;
            Some(cut)
        }
        (Layer::MobilityHeader, Field::Address) => {
            // As many home agents as there is room for.
            let mut fewer = octets.to_vec();
            let room = usize::from(*octets.get(1)?).checked_mul(8)? / 16;
            *fewer.get_mut(6)? = u8::try_from(room).ok()?;
            Some(fewer)
        }
        (Layer::MobilityHeader, Field::OptionHeader | Field::OptionBody) => {
            let mut blank = octets.to_vec();
            let len = usize::from(*octets.get(1)?).saturating_add(1).saturating_mul(8);
            blank.get_mut(head_of_option..len)?.fill(0);
            Some(blank)
        }
        (Layer::Mld, _) => membership::<Addr>(octets, error.field),
        (Layer::Igmp, _) => membership::<Addr4>(octets, error.field),
        (Layer::Pim, _) => pim(octets, error),
        (Layer::NeighborDiscovery, Field::OptionHeader | Field::OptionBody) => {
            octets.get(..head_of_option).map(<[u8]>::to_vec)
        }
        (Layer::Cxtp, _) if icmp::Message::is_one(octets) => {
            let (head, rest) = octets.split_at_checked(ICMP_HEAD)?;
            Some([head, &message(rest, error)?].concat())
        }
        (Layer::Cxtp, Field::Length) if error.needed > error.have => {
            with(octets, CXTP_LENGTH, u16::try_from(octets.len()).ok()?)
        }
        (Layer::Cxtp, Field::BlockLength | Field::BlockData | Field::Statuses) => {
            let head = if error.field == Field::BlockData { at.checked_sub(4)? } else { at };
            with(octets.get(..head)?, CXTP_LENGTH, u16::try_from(head).ok()?)
        }
        _ => None,
    }
}

/// Where the last mobility option ends that is there in full. A message of a type without options is as good as its last
/// 8 octets.
fn whole_options(message: &[u8]) -> Option<usize> {
    let Some(mut end) = Message::options_at(message) else {
        return (message.len() / 8).checked_mul(8);
    };
    loop {
        let next = match message.get(end..)? {
            [0, ..] => end.checked_add(1)?,
            // These two count words (RFC 7411 5.1, 5.3).
            [60 | 61, words, ..] => end.checked_add(4)?.checked_add(usize::from(*words).checked_mul(4)?)?,
            [_, len, ..] => end.checked_add(2)?.checked_add(usize::from(*len))?,
            _ => return Some(end),
        };
        if next > message.len() {
            return Some(end);
        }
        end = next;
    }
}

fn membership<A: Family>(octets: &[u8], field: Field) -> Option<Vec<u8>> {
    match octets.first()? {
        143 | 0x22 => {
            let good = Report::<A>::walk(octets).filter_map(Result::ok);
            let (number, len) = good.fold((0_u16, Report::<A>::HEAD_LEN), |(number, len), record| {
                (number.saturating_add(1), len.saturating_add(record.encoded_len()))
            });
            with(octets.get(..len)?, 6, number)
        }
        130 | 0x11 if field == Field::Sources => {
            let (head, address) = (Query::<A>::general().encoded_len(), size_of::<A::Octets>());
            let number = octets.len().checked_sub(head)?.checked_div(address)?;
            let len = number.checked_mul(address)?.checked_add(head)?;
            with(octets.get(..len)?, head.checked_sub(2)?, u16::try_from(number).ok()?)
        }
        _ => None,
    }
}

/// The options of a Hello, group sets of a Join/Prune and ranges of others that are there in full.
fn pim(octets: &[u8], error: &DecodeError) -> Option<Vec<u8>> {
    let at = usize::from(error.offset);
    match MessageType(octets.first()? & 0x0f) {
        MessageType::HELLO => {
            let head = if error.field == Field::OptionBody { 4 } else { 0 };
            octets.get(..at.checked_sub(head)?).map(<[u8]>::to_vec)
        }
        MessageType::JOIN_PRUNE => fewer(octets, 23),
        MessageType::CANDIDATE_RP_ADVERTISEMENT => fewer(octets, 4),
        MessageType::BOOTSTRAP => {
            // Before the ranges; then a group, two counts and two reserved octets, and 22 octets for each RP.
            let mut end = 26_usize;
            if at < end {
                return None;
            }
            while let Some(&rps) = octets.get(end.checked_add(21)?) {
                let next = usize::from(rps).checked_mul(22)?.checked_add(24)?.checked_add(end)?;
                if next > at {
                    break;
                }
                end = next;
            }
            octets.get(..end).map(<[u8]>::to_vec)
        }
        _ => None,
    }
}

/// A message with a smaller number, which stands in the octet `place`: as many as there are in full.
fn fewer(octets: &[u8], place: usize) -> Option<Vec<u8>> {
    let mut octets = octets.to_vec();
    for number in (0..*octets.get(place)?).rev() {
        *octets.get_mut(place)? = number;
        let Ok(message) = pim::Message::parse(&octets, &Dialect::DEFAULT) else { continue };
        let own = octets.get(..message.encoded_len())?;
        // Not where addresses of another family were passed over.
        let ends = pim::Message::parse(own, &Dialect::DEFAULT).is_ok_and(|cut| cut == message);
        return Some(if ends { own.to_vec() } else { octets });
    }
    None
}

/// CXTP in UDP.
fn user_datagram(octets: &[u8], error: &DecodeError) -> Option<Vec<u8>> {
    let mended = match (error.layer, error.field) {
        (Layer::Udp, Field::Checksum) => return with(octets, error.offset.into(), error.needed),
        (Layer::Udp, Field::Payload) => octets.to_vec(),
        (Layer::Cxtp, _) => {
            let (head, rest) = octets.split_at_checked(udp::Datagram::HEAD_LEN)?;
            let len = usize::from(u16::from_be_bytes([*head.get(4)?, *head.get(5)?]));
            let data = rest.get(..len.checked_sub(udp::Datagram::HEAD_LEN)?)?;
            [head, &message(data, error)?].concat()
        }
        _ => return None,
    };
    let len = u16::try_from(mended.len()).ok()?;
    with(&mended, 4, len)
}

/// The packet with the length that it has, and the header checksum that IPv4 wants.
pub(crate) fn with_length(packet: Vec<u8>) -> Option<Vec<u8>> {
    if is_ipv4(&packet) {
        let packet = with(&with(&packet, 2, u16::try_from(packet.len()).ok()?)?, 10, 0)?;
        let own = usize::from(packet.first()? & 0x0f).saturating_mul(4);
        let checksum = Pseudo::igmp().checksum(packet.get(..own)?);
        return with(&packet, 10, checksum);
    }
    let len = packet.len().checked_sub(ipv6::Header::LEN)?;
    with(&packet, 4, u16::try_from(len).ok()?)
}

fn with(octets: &[u8], at: usize, value: u16) -> Option<Vec<u8>> {
    let mut octets = octets.to_vec();
    *octets.get_mut(at..)?.first_chunk_mut()? = value.to_be_bytes();
    Some(octets)
}

/// Where the length of a CXTP message stands.
const CXTP_LENGTH: usize = 2;
