//! Records into as few reports as fit the MTU (RFC 3810 5.2.15).

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{Action, Config};
use crate::machine::Envelope;
use crate::mld::GroupRecord;
use crate::wire::mld::{Message, Owned, Record, RecordType, Report};
use crate::wire::{Dialect, List};

/// All MLDv2-capable routers (RFC 3810 5.2.14).
const ALL_MLDV2_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);

const MINIMUM_MTU: usize = 1_280;
const IPV6_HEADER: usize = 40;
const MAX_PAYLOAD: usize = u16::MAX as usize;
/// The hop-by-hop header with its Router Alert, and the part of a report before its records.
const BEFORE_RECORDS: usize = 8 + 8;
const RECORD_HEADER: usize = 20;
const SOURCE: usize = 16;

/// Sends `records`, in their order.
pub(super) fn send(config: &Config, records: &[GroupRecord], out: &mut Vec<Action>) {
    let room = room(config.mtu);
    let sources: Vec<Vec<[u8; SOURCE]>> =
        records.iter().map(|record| record.sources.iter().map(|source| source.octets()).collect()).collect();
    let mut batch = Vec::new();
    let mut left = room;
    for piece in records.iter().zip(&sources).flat_map(|(record, sources)| pieces(record, sources, room)) {
        let size = piece.encoded_len();
        if size > left {
            out.extend(report(config, &batch));
            batch.clear();
            left = room;
        }
        left = left.saturating_sub(size);
        batch.push(piece);
    }
    out.extend(report(config, &batch));
}

/// Octets for records in one report.
fn room(mtu: usize) -> usize {
    let payload = mtu.max(MINIMUM_MTU).saturating_sub(IPV6_HEADER).min(MAX_PAYLOAD);
    payload.saturating_sub(BEFORE_RECORDS)
}

/// The record, or the records in whose stead it is sent when it has more sources than one report holds. EXCLUDE cannot
/// be split: every part would let through what the others block. It loses sources instead, always the same.
fn pieces<'a>(
    record: &GroupRecord,
    sources: &'a [[u8; SOURCE]],
    room: usize,
) -> impl Iterator<Item = Record<'a>> + use<'a> {
    let (kind, group) = (record.kind, record.group.into());
    let most = room.saturating_sub(RECORD_HEADER) / SOURCE;
    let mut chunks = sources.chunks(most.max(1));
    let first = chunks.next().unwrap_or_default();
    let others = if matches!(kind, RecordType::IS_EX | RecordType::TO_EX) { [].chunks(1) } else { chunks };
    core::iter::once(first).chain(others).map(move |sources| Record { kind, group, sources, aux: &[] })
}

fn report(config: &Config, records: &[Record<'_>]) -> Option<Action> {
    if records.is_empty() {
        return None;
    }
    let dialect = Dialect::DEFAULT;
    let message = Message::Report(Report::new(List::new(records, &dialect)));
    // Always `Some`: no count or length above exceeds its field.
    let body = Owned::new(&message, &dialect).ok()?;
    Some(Action::Send(Envelope { via: config.via, src: config.address, dst: ALL_MLDV2_ROUTERS, body }))
}
