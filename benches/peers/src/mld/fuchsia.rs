//! packet-formats: a repack, by a third party, of the formats of Fuchsia's netstack.

use net_types::MulticastAddr;
use net_types::ip::{Ipv6, Ipv6Addr};
use packet::{InnerPacketBuilder, NestableSerializer, NoOpSerializationContext, ParseBuffer, Serializer};
use packet_formats::gmp::GroupRecordType;
use packet_formats::icmp::mld::{Mldv2ReportBody, Mldv2ReportMessageBuilder, MulticastListenerReportV2};
use packet_formats::icmp::{IcmpPacket, IcmpPacketBuilder, IcmpParseArgs, IcmpSenderZeroCode, MessageBody};

use super::{Emit, OwnedRecord, Read, Visit};
use crate::workload::addresses;

/// What follows the ICMPv6 checksum: the only part that does without verifying it.
pub struct Body;

impl Read for Body {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        let Some((&[143, ..], body)) = octets.split_first_chunk::<4>() else { return false };
        Mldv2ReportBody::parse(body).is_ok_and(|body| deliver(&body, visit))
    }
}

/// The whole ICMPv6 message, whose checksum is always verified.
pub struct Packet;

impl Read for Packet {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        let (src, dst) = addresses();
        let mut buffer = octets;
        let arguments = IcmpParseArgs::<Ipv6Addr>::new(address(src.octets()), address(dst.octets()));
        let packet = buffer.parse_with::<_, IcmpPacket<Ipv6, &[u8], MulticastListenerReportV2>>(arguments);
        packet.is_ok_and(|packet| deliver(packet.body(), visit))
    }
}

#[inline(always)]
fn deliver<V: Visit>(body: &Mldv2ReportBody<&[u8]>, visit: &mut V) -> bool {
    for record in body.iter_multicast_records() {
        let Ok(kind) = record.header().record_type() else { return false };
        visit.record(kind.into(), record.header().multicast_addr().ipv6_bytes());
        for source in record.sources() {
            visit.source(&source.ipv6_bytes());
        }
    }
    true
}

fn address(octets: [u8; 16]) -> Ipv6Addr {
    Ipv6Addr::from_bytes(octets)
}

pub struct Emitter;

type Group = (MulticastAddr<Ipv6Addr>, GroupRecordType, Vec<Ipv6Addr>);

impl Emit for Emitter {
    type Records<'a> = Vec<Group>;

    fn records(records: &[OwnedRecord]) -> Vec<Group> {
        let group = |record: &OwnedRecord| {
            (
                MulticastAddr::new(address(record.group)).expect("a group"),
                GroupRecordType::try_from(record.kind).expect("a known type"),
                record.sources.iter().copied().map(address).collect(),
            )
        };
        records.iter().map(group).collect()
    }

    /// Its serializer makes a buffer of its own.
    #[inline(always)]
    fn emit(records: &Self::Records<'_>, _: &mut [u8]) -> impl AsRef<[u8]> {
        let groups = records.iter().map(|(group, kind, sources)| (*group, *kind, sources.iter()));
        let (src, dst) = addresses();
        let (src, dst) = (address(src.octets()), address(dst.octets()));
        Mldv2ReportMessageBuilder::new(groups)
            .into_serializer()
            .wrap_in(IcmpPacketBuilder::<Ipv6, _>::new(
                src,
                dst,
                IcmpSenderZeroCode,
                MulticastListenerReportV2,
            ))
            .serialize_vec_outer(&mut NoOpSerializationContext)
            .expect("a buffer that grows")
    }
}
