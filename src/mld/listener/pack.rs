//! Records into as few reports as fit the MTU (RFC 3810 5.2.15, RFC 3376 4.2.16); messages of the older versions.

use alloc::vec::Vec;
use core::mem::size_of;

use super::member::Word;
use super::{Action, Config};
use crate::channel::SourceList;
use crate::machine::Envelope;
use crate::mld::family::RawRecord;
use crate::mld::{Family, GroupRecord, Version};
use crate::wire::membership::{Family as _, RecordType};

/// Octets of a record beside its addresses.
const RECORD_HEAD: usize = 4;

/// Sends `records`, in their order. Those of one group that fit a report travel in one: none is heard without the others.
pub(super) fn send<A: Family>(config: &Config<A>, records: &[GroupRecord<A>], out: &mut Vec<Action<A>>) {
    let (room, most) = (room::<A>(config.mtu), most::<A>(config.mtu));
    let sources: Vec<Vec<A::Octets>> =
        records.iter().map(|record| record.sources.iter().map(A::to_octets).collect()).collect();
    let pieces: Vec<RawRecord<'_, A>> =
        records.iter().zip(&sources).flat_map(|(record, sources)| pieces(record, sources, most)).collect();
    let mut batch = Vec::new();
    let mut left = room;
    for of_group in pieces.chunk_by(|one, next| one.group == next.group) {
        let fits = octets::<A>(of_group.iter().map(|piece| piece.sources.len())) <= room;
        for together in of_group.chunks(if fits { of_group.len() } else { 1 }) {
            let octets = octets::<A>(together.iter().map(|piece| piece.sources.len()));
            if octets > left {
                out.extend(report(config, &batch));
                batch.clear();
                left = room;
            }
            left = left.saturating_sub(octets);
            batch.extend_from_slice(together);
        }
    }
    out.extend(report(config, &batch));
}

/// Octets for records in one report.
fn room<A: Family>(mtu: usize) -> usize {
    mtu.max(A::LEAST_MTU).min(A::LARGEST).saturating_sub(A::BEFORE_RECORDS)
}

/// Octets of records, each of so many sources.
fn octets<A: Family>(records: impl Iterator<Item = usize>) -> usize {
    records.fold(0, |all, sources| {
        let addresses = sources.saturating_add(1).saturating_mul(size_of::<A::Octets>());
        all.saturating_add(addresses).saturating_add(RECORD_HEAD)
    })
}

/// Sources of a record that fills a report.
pub(super) fn most<A: Family>(mtu: usize) -> usize {
    let free = room::<A>(mtu).saturating_sub(octets::<A>(core::iter::once(0)));
    free.checked_div(size_of::<A::Octets>()).unwrap_or(0).max(1)
}

/// The record, or the records in whose stead it is sent when it has more sources than one report holds (RFC 3810 5.2.15):
/// each says something of other sources.
///
/// EXCLUDE cannot be split: every part would let through what the others block. It loses sources instead, always the
/// same. Of TO_IN the first part alone changes the filter mode, and ALLOW adds the others. A second TO_IN would say of
/// the sources of the first that they are left: a router that knows its listeners one by one would stop them, any other
/// would ask for them (RFC 3810 7.4.2). The text asks for records of other sources, not for records of one type.
fn pieces<'a, A: Family>(
    record: &GroupRecord<A>,
    sources: &'a [A::Octets],
    most: usize,
) -> impl Iterator<Item = RawRecord<'a, A>> + use<'a, A> {
    let group = record.group;
    let mut chunks = sources.chunks(most);
    let first = RawRecord { kind: record.kind, group, sources: chunks.next().unwrap_or_default() };
    let (kind, others) = match record.kind {
        RecordType::IS_EX | RecordType::TO_EX => (record.kind, [].chunks(1)),
        RecordType::TO_IN => (RecordType::ALLOW, chunks),
        kind => (kind, chunks),
    };
    core::iter::once(first).chain(others.map(move |sources| RawRecord { kind, group, sources }))
}

/// What `records`, all of one group, say beside the one that undoes it, but not in its report: a router may then hear the
/// last of the one and not of the other. The sources that TO_IN has no room for are listed; `None` where all of it
/// travels together.
pub(super) fn parted<A: Family>(config: &Config<A>, records: &[GroupRecord<A>]) -> Option<SourceList<A>> {
    let undoes = |record: &&GroupRecord<A>| {
        matches!(record.kind, RecordType::TO_IN | RecordType::TO_EX | RecordType::BLOCK)
    };
    let record = records.iter().find(undoes)?;
    let together = octets::<A>(records.iter().map(|record| record.sources.len()));
    (together > room::<A>(config.mtu)).then(|| match record.kind {
        RecordType::TO_IN => record.sources.iter().skip(most::<A>(config.mtu)).collect(),
        _ => SourceList::EMPTY,
    })
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
