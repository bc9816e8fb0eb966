//! MLDv2 Reports. Strict, as a router is: [`Record::judge`] is asked of each record.

use multimob::wire::mld::{Record, Report};
use multimob::wire::{Dialect, Encode, List, Pseudo};

use crate::workload::addresses;
use crate::workload::mld::Visit;

#[inline(always)]
fn deliver<V: Visit>(record: &Record<'_>, visit: &mut V) {
    visit.record(record.kind.0, record.group.0);
    for source in record.sources {
        visit.source(source);
    }
}

/// One pass.
#[inline(always)]
pub fn walk<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
    for record in Report::walk(octets) {
        match record {
            Ok(record) if record.judge().is_ok() => deliver(&record, visit),
            _ => return false,
        }
    }
    true
}

/// One pass, the addresses taken as they are.
#[inline(always)]
pub fn walk_lax<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
    for record in Report::walk(octets) {
        match record {
            Ok(record) => deliver(&record, visit),
            Err(_) => return false,
        }
    }
    true
}

/// All lengths first, then the records, which cannot fail any more.
#[inline(always)]
pub fn parse<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
    let Ok(report) = Report::parse(octets, &Dialect::DEFAULT) else { return false };
    for record in report.records {
        if record.judge().is_err() {
            return false;
        }
        deliver(&record, visit);
    }
    true
}

/// One pass after the checksum.
#[inline(always)]
pub fn verify_and_walk<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
    let &(src, dst) = addresses();
    Pseudo::mld(src, dst).verify(octets) && walk(octets, visit)
}

/// Octets written, checksum included.
#[inline(always)]
pub fn emit(records: &[Record<'_>], buf: &mut [u8]) -> usize {
    let report = Report::new(List::new(records, &Dialect::DEFAULT));
    let &(src, dst) = addresses();
    report.encode_for(&Pseudo::mld(src, dst), buf).unwrap_or(0)
}
