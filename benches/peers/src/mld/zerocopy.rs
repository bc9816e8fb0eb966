//! Walkers by hand, on the zerocopy crate.

use ::zerocopy::network_endian::U16;
use ::zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{OwnedRecord, Read, Visit};

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct ReportHead {
    kind: u8,
    code: u8,
    checksum: U16,
    reserved: U16,
    records: U16,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct RecordHead {
    kind: u8,
    aux: u8,
    sources: U16,
    group: [u8; 16],
}

impl ReportHead {
    pub fn of(records: usize) -> Self {
        let (checksum, reserved) = (U16::ZERO, U16::ZERO);
        Self { kind: 143, code: 0, checksum, reserved, records: U16::new(records as u16) }
    }
}

impl RecordHead {
    pub fn of(record: &OwnedRecord) -> Self {
        let sources = U16::new(record.sources.len() as u16);
        Self { kind: record.kind, aux: 0, sources, group: record.group }
    }
}

/// Lengths alone.
pub struct Lax;

impl Read for Lax {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        walk(octets, visit, |_, _| true).is_some()
    }
}

/// Lengths, group and sources.
pub struct Strict;

impl Read for Strict {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        walk(octets, visit, judge).is_some()
    }
}

#[inline(always)]
pub fn judge(group: &[u8; 16], sources: &[[u8; 16]]) -> bool {
    group[0] == 0xff && sources.iter().all(|source| source[0] != 0xff && *source != [0; 16])
}

#[inline(always)]
pub fn walk<V: Visit>(
    octets: &[u8],
    visit: &mut V,
    judge: impl Fn(&[u8; 16], &[[u8; 16]]) -> bool,
) -> Option<()> {
    let (head, mut rest) = ReportHead::ref_from_prefix(octets).ok()?;
    if head.kind != 143 {
        return None;
    }
    for _ in 0..head.records.get() {
        let (record, after) = RecordHead::ref_from_prefix(rest).ok()?;
        let count = record.sources.get().into();
        let (sources, after) = <[[u8; 16]]>::ref_from_prefix_with_elems(after, count).ok()?;
        rest = after.get(usize::from(record.aux) * 4..)?;
        if !judge(&record.group, sources) {
            return None;
        }
        visit.record(record.kind, record.group);
        for source in sources {
            visit.source(source);
        }
    }
    Some(())
}
