//! smoltcp, which delimits neither sources nor records: its user does.

use smoltcp::wire::{
    Icmpv6Message, Icmpv6Packet, Ipv6Address, MldAddressRecord, MldAddressRecordRepr, MldRecordType, MldRepr,
};

use super::{Emit, OwnedRecord, Read, Visit};
use crate::workload::addresses;

pub struct Reader;

impl Read for Reader {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        Icmpv6Packet::new_checked(octets).is_ok_and(|packet| deliver(&packet, visit))
    }
}

pub struct Verifier;

impl Read for Verifier {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        let (src, dst) = addresses();
        Icmpv6Packet::new_checked(octets)
            .is_ok_and(|packet| packet.verify_checksum(src, dst) && deliver(&packet, visit))
    }
}

#[inline(always)]
fn deliver<V: Visit>(packet: &Icmpv6Packet<&[u8]>, visit: &mut V) -> bool {
    let Ok(MldRepr::Report { nr_mcast_addr_rcrds, data }) = MldRepr::parse(packet) else { return false };
    let mut rest = data;
    for _ in 0..nr_mcast_addr_rcrds {
        let Ok(record) = MldAddressRecord::new_checked(rest) else { return false };
        let Ok(record) = MldAddressRecordRepr::parse(&record) else { return false };
        let Some((sources, after)) = record.payload.split_at_checked(usize::from(record.num_srcs) * 16)
        else {
            return false;
        };
        visit.record(record.record_type.into(), record.mcast_addr.octets());
        for source in sources.as_chunks().0 {
            visit.source(source);
        }
        let Some(after) = after.get(usize::from(record.aux_data_len) * 4..) else { return false };
        rest = after;
    }
    true
}

pub struct Emitter;

impl Emit for Emitter {
    type Records<'a> = Vec<MldAddressRecordRepr<'a>>;

    fn records(records: &[OwnedRecord]) -> Vec<MldAddressRecordRepr<'_>> {
        fn prepared(record: &OwnedRecord) -> MldAddressRecordRepr<'_> {
            let kind = MldRecordType::from(record.kind);
            let mut head = MldAddressRecordRepr::new(kind, Ipv6Address::from(record.group));
            head.num_srcs = u16::try_from(record.sources.len()).expect("few sources");
            head.payload = record.sources.as_flattened();
            head
        }
        records.iter().map(prepared).collect()
    }

    #[inline(always)]
    fn emit(records: &Self::Records<'_>, buf: &mut [u8]) -> impl AsRef<[u8]> {
        let all = buf.len();
        let mut packet = Icmpv6Packet::new_unchecked(&mut *buf);
        packet.set_msg_type(Icmpv6Message::MldReport);
        packet.set_msg_code(0);
        packet.clear_reserved();
        packet.set_nr_mcast_addr_rcrds(records.len() as u16);
        let mut rest = packet.payload_mut();
        for record in records {
            record.emit(&mut MldAddressRecord::new_unchecked(&mut *rest));
            let end = record.buffer_len() + record.payload.len();
            rest[record.buffer_len()..end].copy_from_slice(record.payload);
            rest = &mut rest[end..];
        }
        let len = all - rest.len();
        let (src, dst) = addresses();
        Icmpv6Packet::new_unchecked(&mut buf[..len]).fill_checksum(src, dst);
        &buf[..len]
    }
}
