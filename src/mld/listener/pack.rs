//! Records into as few reports as fit the MTU (RFC 3810 5.2.15, RFC 3376 4.2.16); messages of the older versions.

use alloc::vec::Vec;
use core::mem::size_of;

use super::member::Word;
use super::{Action, Config};
use crate::machine::Envelope;
use crate::mld::family::RawRecord;
use crate::mld::{Family, GroupRecord, Version};
use crate::wire::membership::{Family as _, RecordType};

/// Octets of a record beside its addresses.
const RECORD_HEAD: usize = 4;

/// Sends `records`, in their order.
pub(super) fn send<A: Family>(config: &Config<A>, records: &[GroupRecord<A>], out: &mut Vec<Action<A>>) {
    let room = room::<A>(config.mtu);
    let sources: Vec<Vec<A::Octets>> =
        records.iter().map(|record| record.sources.iter().map(A::to_octets).collect()).collect();
    let mut batch = Vec::new();
    let mut left = room;
    for piece in
        records.iter().zip(&sources).flat_map(|(record, sources)| pieces(config, record, sources, room))
    {
        let size = size::<A>(piece.sources.len());
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
fn room<A: Family>(mtu: usize) -> usize {
    mtu.max(A::LEAST_MTU).min(A::LARGEST).saturating_sub(A::BEFORE_RECORDS)
}

/// Octets of a record of so many sources.
const fn size<A: Family>(sources: usize) -> usize {
    sources.saturating_add(1).saturating_mul(size_of::<A::Octets>()).saturating_add(RECORD_HEAD)
}

/// The record, or the records in whose stead it is sent when it has more sources than one report holds. EXCLUDE cannot
/// be split: every part would let through what the others block. It loses sources instead, always the same.
fn pieces<'a, A: Family>(
    config: &Config<A>,
    record: &GroupRecord<A>,
    sources: &'a [A::Octets],
    room: usize,
) -> impl Iterator<Item = RawRecord<'a, A>> + use<'a, A> {
    let (kind, group) = (record.kind, record.group);
    let most = room.saturating_sub(size::<A>(0)).checked_div(size_of::<A::Octets>()).unwrap_or(0);
    let mut chunks = sources.chunks(most.max(1));
    let first = chunks.next().unwrap_or_default();
    let is_exclude =
        matches!(kind, RecordType::IS_EX | RecordType::TO_EX) || kind == RecordType(config.hold.exclude);
    let others = if is_exclude { [].chunks(1) } else { chunks };
    core::iter::once(first).chain(others).map(move |sources| RawRecord { kind, group, sources })
}

fn report<A: Family>(config: &Config<A>, records: &[RawRecord<'_, A>]) -> Option<Action<A>> {
    if records.is_empty() {
        return None;
    }
    // Always `Some`: no count or length above exceeds its field.
    let body = A::report(records)?;
    Some(Action::Send(Envelope { via: config.via, src: config.address, dst: A::Wire::REPORTS.into(), body }))
}

/// Says `word` of `group` in an older version; nothing where that has no word for it.
pub(super) fn say<A: Family>(
    config: &Config<A>,
    version: Version,
    group: A,
    word: Word,
) -> Option<Action<A>> {
    let (dst, body) = match word {
        Word::Report => (group, A::join(group, version)?),
        Word::Leave => (A::Wire::ALL_ROUTERS.into(), A::leave(group, version)?),
    };
    Some(Action::Send(Envelope { via: config.via, src: config.address, dst, body }))
}
