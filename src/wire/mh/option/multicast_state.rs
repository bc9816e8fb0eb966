//! The Multicast State option: the records of an MLD Report inside a Binding Update or Acknowledgement (asaeda 7.4,
//! sarikaya 4.1, digest D-1 to D-4).
//!
//! An option has room for 247 octets of records. More of them travel in several options, each of which stands for
//! itself:
//!
//! ```
//! use multimob::wire::mh::option::multicast_state;
//! use multimob::wire::mld::{Record, RecordType};
//! use multimob::wire::{Addr, Dialect};
//!
//! let dialect = Dialect::default();
//! let group = Addr::from("ff3e::8000:1".parse::<std::net::Ipv6Addr>()?);
//! let sources = [[0x20; 16]; 20];
//! let record = Record { kind: RecordType::ALLOW, group, sources: &sources, aux: &[] };
//!
//! let records: Vec<_> = multicast_state::cut(record, &dialect).collect();
//! assert_eq!(records.iter().map(|r| r.sources.len()).collect::<Vec<_>>(), [14, 6]);
//! assert_eq!(multicast_state::pack(&records, &dialect).count(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::{HEAD, MobilityOption, head, list, wrong};
use crate::wire::error::{DecodeError, EncodeError};
use crate::wire::mld::{Record, RecordType, Report};
use crate::wire::out::Count;
use crate::wire::{Dialect, Encode, List, Out};

/// Octets of records in one option, at most.
pub const MAX_RECORD_OCTETS: usize = 247;

/// Sources of one record in an option, at most.
pub const MAX_SOURCES: usize = 14;

/// First octet of the body: the ICMPv6 type of a version 2 Report.
pub(super) const REPORT: u8 = 143;

/// `record` as one or more records that fit an option, without auxiliary data (RFC 3810 5.2.11).
///
/// The sources of an INCLUDE-type record are divided; those of an EXCLUDE-type record beyond [`MAX_SOURCES`] are left
/// out, so that more is let through than was asked for, never less (RFC 3810 5.2.15).
pub fn cut<'a>(record: Record<'a>, dialect: &Dialect) -> impl Iterator<Item = Record<'a>> + Clone + use<'a> {
    let (first, more) = record.sources.split_at_checked(MAX_SOURCES).unwrap_or((record.sources, &[]));
    let more = if excludes(record.kind, dialect) { &[] } else { more };
    core::iter::once(first).chain(more.chunks(MAX_SOURCES)).map(move |sources| Record {
        sources,
        aux: &[],
        ..record
    })
}

/// Records in as few Multicast State options as their order allows; no record is divided. One that was not [`cut`] and
/// is too long gets an option of its own, which cannot be written.
pub fn pack<'a>(
    records: &'a [Record<'a>],
    dialect: &Dialect,
) -> impl Iterator<Item = MobilityOption<'a>> + Clone + use<'a> {
    Pack { records, dialect: *dialect }
}

#[derive(Clone)]
struct Pack<'a> {
    records: &'a [Record<'a>],
    dialect: Dialect,
}

impl<'a> Iterator for Pack<'a> {
    type Item = MobilityOption<'a>;

    fn next(&mut self) -> Option<MobilityOption<'a>> {
        let mut octets = 0_usize;
        let fits = |record: &&Record<'a>| {
            octets = octets.saturating_add(record.encoded_len());
            octets <= MAX_RECORD_OCTETS
        };
        let count = self.records.iter().take_while(fits).count().max(1);
        let (records, rest) = match self.records {
            [] => return None,
            all => all.split_at_checked(count)?,
        };
        self.records = rest;
        Some(MobilityOption::MulticastState(List::new(records, &self.dialect)))
    }
}

fn excludes(kind: RecordType, dialect: &Dialect) -> bool {
    kind == RecordType::IS_EX || kind == RecordType::TO_EX || kind == RecordType(dialect.hold.exclude)
}

/// The records in the body of an option: a Report whose checksum says nothing (D-3).
pub(super) fn read<'a>(body: &'a [u8], dialect: &Dialect) -> Result<List<'a, Record<'a>>, DecodeError> {
    match Report::parse(body, dialect) {
        Ok(report) => Ok(report.records),
        Err(error) => Err(wrong(
            error.field,
            HEAD.saturating_add(error.offset.into()),
            error.needed.into(),
            error.have.into(),
        )),
    }
}

/// The option, head included. Its checksum has no pseudo-header to stand on and is zero: the one of the Mobility Header
/// covers it (D-3).
pub(super) fn write(records: List<'_, Record<'_>>, kind: u8, out: &mut impl Out) -> Result<(), EncodeError> {
    let report = Report { records };
    let mut body = Count(0);
    report.write(&mut body, 0)?;
    head(out, kind, body.written())?;
    report.write(out, 0)
}

/// A report that fills the option area of a message by itself, as draft asaeda draws it (D-1), as the list of the one
/// option that it stands for. `None` unless the dialect takes that and the area is such a report, with no more than
/// the padding to a multiple of 8 behind it.
pub(in crate::wire::mh) fn raw_report<'a>(
    area: &'a [u8],
    dialect: &Dialect,
) -> Option<List<'a, MobilityOption<'a>>> {
    raw_records(area, dialect).map(|_| List::validated(area, 1, dialect))
}

pub(super) fn raw_records<'a>(area: &'a [u8], dialect: &Dialect) -> Option<List<'a, Record<'a>>> {
    if !dialect.accept_raw_pbu_m || area.first() != Some(&REPORT) {
        return None;
    }
    let report = Report::parse(area, dialect).ok()?;
    let rest = area.get(report.encoded_len()..)?;
    let is_padding = rest.len() < 8 && matches!(list::next(rest), Ok((_, None)));
    is_padding.then_some(report.records)
}
