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

use super::{MobilityOption, list};
use crate::wire::error::{DecodeError, EncodeError};
use crate::wire::fields::{Body, Cursor, Size, Source, Value, Visit};
use crate::wire::mld::{Record, RecordType, Report};
use crate::wire::{Dialect, Encode, List, Out};

/// Multicast State (local type, digest 1.B.7): records as in an MLD Report. At most [`MAX_RECORD_OCTETS`] of them: [`cut`]
/// and [`pack`] take care of what is longer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MulticastState<'a> {
    /// The records.
    pub records: List<'a, Record<'a>>,
}

/// Octets of records in one option, at most.
pub const MAX_RECORD_OCTETS: usize = 247;

/// Sources of one record in an option, at most.
pub const MAX_SOURCES: usize = 14;

/// First octet of the body: the ICMPv6 type of a version 2 Report.
pub(super) const REPORT: u8 = 143;

/// `record` as one or more records that fit an option, without auxiliary data (RFC 3810 5.2.11).
///
/// The sources of an INCLUDE-type record are divided; those of an EXCLUDE-type record beyond [`MAX_SOURCES`] are left
/// out, so that it asks for more than was meant, never for less (RFC 3810 5.2.15).
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
        Some(MulticastState { records: List::new(records, &self.dialect) }.into())
    }
}

fn excludes(kind: RecordType, dialect: &Dialect) -> bool {
    kind == RecordType::IS_EX || kind == RecordType::TO_EX || kind == RecordType(dialect.hold.exclude)
}

/// The body is a Report whose checksum says nothing: it has no pseudo-header to stand on, and the one of the Mobility
/// Header covers it (D-3).
impl<'a> Body<'a> for MulticastState<'a> {
    fn read(from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        match Report::parse(from.rest, from.dialect) {
            Ok(Report { records, .. }) => Ok(Self { records }),
            Err(error) => {
                let at = from.at.saturating_add(error.offset.into());
                Err(Cursor { at, ..from }.fault(error.field, error.needed.into(), error.have.into()))
            }
        }
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        Report::new(self.records).write(out, 0)
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("records", Value::Records(self.records));
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let mut written = Ok(());
        from.records("records", Size::Times(1), &mut |records| {
            written = Report::new(records).write(out, 0);
        })?;
        written.map_err(|why| from.refuse("records", why))
    }
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
    (rest.len() < 8 && list::is_padding(rest)).then_some(report.records)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::wire::error::{Field, Layer};
    use crate::wire::mh::{BindingUpdate, Meaning, Message, UpdateFlags};
    use crate::wire::{Addr, FlagDialect};

    const DIALECT: Dialect = Dialect::DEFAULT;
    const GROUP: Addr = Addr([0xff; 16]);

    fn sources(count: usize) -> Vec<[u8; 16]> {
        (0..count).map(|n| [u8::try_from(n).unwrap(); 16]).collect()
    }

    const fn record(kind: RecordType, sources: &[[u8; 16]]) -> Record<'_> {
        Record { kind, group: GROUP, sources, aux: &[] }
    }

    fn option<'a>(records: &'a [Record<'a>]) -> MobilityOption<'a> {
        MulticastState { records: List::new(records, &DIALECT) }.into()
    }

    fn written(option: MobilityOption<'_>) -> Result<Vec<u8>, EncodeError> {
        let options = [option];
        let options = List::new(&options, &DIALECT);
        let update = BindingUpdate { sequence: 0, flags: UpdateFlags::PROXY, lifetime: 1, options };
        let mut octets = Vec::new();
        Message::BindingUpdate(update).put(&mut octets)?;
        Ok(octets)
    }

    #[test]
    fn d3_the_body_is_a_report_without_checksum() {
        let sources = sources(1);
        let octets = written(option(&[record(RecordType::ALLOW, &sources)])).unwrap();
        assert_eq!(octets[14..28], [200, 44, 143, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0, 1]);
        assert_eq!(octets[28..60], [[0xff; 16], [0; 16]].concat());
    }

    #[test]
    fn d3_checksum_and_reserved_fields_are_ignored_on_receipt() {
        let body = [143, 0xff, 1, 2, 3, 4, 0, 0];
        assert_eq!(MobilityOption::other(200, &body, &DIALECT), Some(option(&[])));
    }

    #[test]
    fn d6_a_body_that_is_no_report_is_malformed() {
        let mut one_record = [0; 28];
        one_record[..8].copy_from_slice(&[143, 0, 0, 0, 0, 0, 0, 1]);
        let good = MobilityOption::other(200, &one_record, &DIALECT);
        assert!(matches!(good, Some(MobilityOption::MulticastState(_))));
        one_record[11] = 1;
        for (body, field, offset) in [
            (&[][..], Field::Header, 2),
            (&[143, 0, 0, 0, 0, 0, 0], Field::Header, 2),
            (&[0x22, 0, 0, 0, 0, 0, 0, 0], Field::Type, 2),
            (&[143, 0, 0, 0, 0, 0, 0, 1], Field::RecordHeader, 10),
            (&one_record[..20], Field::MulticastAddress, 14),
            (&one_record, Field::Sources, 30),
        ] {
            let option = MobilityOption::other(200, body, &DIALECT).unwrap();
            let MobilityOption::Malformed(malformed) = option else { panic!("{option:?}") };
            let error = malformed.error();
            assert_eq!((error.layer, error.field, error.offset), (Layer::MobilityOption, field, offset));

            let good = record(RecordType::TO_EX, &[]);
            let options = [self::option(core::slice::from_ref(&good)), option];
            let options = List::new(&options, &DIALECT);
            assert_eq!(options.multicast_state_fault(), Some(error));
            assert!(options.carries_multicast_state());
            assert!(options.multicast_records().eq([good]));
        }
    }

    #[test]
    fn d4_an_option_has_room_for_12_records_or_14_sources() {
        let too_long = EncodeError::TooLong { field: Field::OptionBody, max: 255 };
        let records = [record(RecordType::TO_EX, &[]); 13];
        assert!(written(option(&records[..12])).is_ok());
        assert_eq!(written(option(&records)), Err(too_long));
        let sources = sources(15);
        assert!(written(option(&[record(RecordType::ALLOW, &sources[..MAX_SOURCES])])).is_ok());
        assert_eq!(written(option(&[record(RecordType::ALLOW, &sources)])), Err(too_long));
    }

    #[test]
    fn d4_include_records_are_divided_by_their_sources() {
        let sources = sources(30);
        let hold = RecordType(DIALECT.hold.include);
        for kind in [RecordType::IS_IN, RecordType::TO_IN, RecordType::ALLOW, RecordType::BLOCK, hold] {
            let parts: Vec<_> = cut(record(kind, &sources), &DIALECT).collect();
            assert_eq!(parts.iter().map(|part| part.sources.len()).collect::<Vec<_>>(), [14, 14, 2]);
            assert_eq!(parts.iter().flat_map(|part| part.sources).copied().collect::<Vec<_>>(), sources);
            assert!(parts.iter().all(|part| part.kind == kind && part.group == GROUP));
        }
    }

    #[test]
    fn d4_exclude_records_are_cut_short() {
        let sources = sources(30);
        let hold = RecordType(DIALECT.hold.exclude);
        for kind in [RecordType::IS_EX, RecordType::TO_EX, hold] {
            let cut: Vec<_> = cut(record(kind, &sources), &DIALECT).collect();
            assert_eq!(cut, [record(kind, &sources[..14])]);
        }
    }

    #[test]
    fn cutting_keeps_what_fits_and_leaves_auxiliary_data_out() {
        let sources = sources(14);
        for len in [0, 1, 14] {
            let whole = record(RecordType::ALLOW, &sources[..len]);
            assert!(cut(Record { aux: &[[1; 4]], ..whole }, &DIALECT).eq([whole]));
        }
    }

    #[test]
    fn d4_packed_options_are_full_and_lose_nothing() {
        let sources = sources(14);
        let (small, large) = (record(RecordType::TO_EX, &[]), record(RecordType::ALLOW, &sources));
        let mut records = std::vec![small; 25];
        records.insert(3, large);
        records.push(large);
        let options: Vec<_> = pack(&records, &DIALECT).collect();
        let counts: Vec<_> = options
            .iter()
            .map(|option| match option {
                MobilityOption::MulticastState(MulticastState { records }) => records.len(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(counts, [3, 1, 12, 10, 1]);
        assert!(options.iter().all(|&option| written(option).is_ok()));
        assert!(List::new(&options, &DIALECT).multicast_records().eq(records.iter().copied()));
        assert_eq!(pack(&[], &DIALECT).count(), 0);
    }

    #[test]
    fn a_record_that_was_not_cut_gets_an_option_that_cannot_be_written() {
        let sources = sources(20);
        let records = [
            record(RecordType::TO_EX, &[]),
            record(RecordType::ALLOW, &sources),
            record(RecordType::TO_EX, &[]),
        ];
        let written: Vec<_> = pack(&records, &DIALECT).map(|option| written(option).is_ok()).collect();
        assert_eq!(written, [true, false, true]);
    }

    #[test]
    fn d4_what_a_message_has_no_room_for_is_told() {
        let sources = sources(14);
        let records = [record(RecordType::ALLOW, &sources); 10];
        let options: Vec<_> = pack(&records, &DIALECT).collect();
        let update = |options| BindingUpdate {
            sequence: 0,
            flags: UpdateFlags::PROXY,
            lifetime: 1,
            options: List::new(options, &DIALECT),
        };
        let fit = update(&options).options_that_fit();
        // 12 octets, then 256 for each option from an offset of 2 more.
        assert_eq!(fit, 7);
        let len = |count| Message::BindingUpdate(update(&options[..count])).put(&mut Vec::new());
        assert!(len(fit).is_ok());
        assert_eq!(len(fit + 1), Err(EncodeError::TooLong { field: Field::Length, max: 2_048 }));
        assert_eq!(update(&options[..fit]).options_that_fit(), fit);

        // 12 + 8 * 254 + 2 * 2 = 2,048: up to the last octet.
        let [longest, shortest] =
            [&[0; 252][..], &[]].map(|body| MobilityOption::other(99, body, &DIALECT).unwrap());
        let full: Vec<_> = [longest; 8].into_iter().chain([shortest; 3]).collect();
        for (count, fit) in [(8, 8), (10, 10), (11, 10)] {
            assert_eq!(update(&full[..count]).options_that_fit(), fit);
        }
    }

    /// A Binding Update with a report of `count` records drawn raw into its option area.
    fn raw_pbu_m(flags: u16, count: u8) -> Vec<u8> {
        let mut octets = std::vec![59, 0, 5, 0, 0, 0, 0, 1];
        octets.extend(flags.to_be_bytes());
        octets.extend([0, 1, 143, 0, 0xab, 0xcd, 0, 0, 0, count]);
        for _ in 0..count {
            octets.extend([4, 0, 0, 0]);
            octets.extend(GROUP.0);
        }
        while octets.len() % 8 != 0 {
            octets.push(0);
        }
        octets[1] = u8::try_from(octets.len() / 8 - 1).unwrap();
        octets
    }

    fn lenient(flags: FlagDialect) -> Dialect {
        Dialect { accept_raw_pbu_m: true, ..Dialect::with_flags(flags) }
    }

    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Option<BindingUpdate<'a>> {
        match Message::parse(octets, dialect) {
            Ok(Message::BindingUpdate(update)) => Some(update),
            _ => None,
        }
    }

    #[test]
    fn d1_a_raw_report_reads_as_the_option_where_the_dialect_takes_it() {
        for count in 0..=4 {
            let records = std::vec![record(RecordType::TO_EX, &[]); count.into()];
            for (flags, c) in [
                (FlagDialect::AsaedaC, 0x0100),
                (FlagDialect::Discriminated, 0x0100),
                (FlagDialect::RELOCATED, 8),
            ] {
                let octets = raw_pbu_m(0x8200 | c, count);
                let update = parse(&octets, &lenient(flags)).unwrap();
                assert!(update.options.iter().eq([option(&records)]), "{count} records");
                assert_eq!(update.meaning(&lenient(flags)), Meaning::ProxyMulticast);
            }
        }
    }

    #[test]
    fn d1_a_raw_report_is_never_written() {
        let octets = raw_pbu_m(0x8300, 1);
        let message = Message::parse(&octets, &lenient(FlagDialect::AsaedaC)).unwrap();
        let mut written = Vec::new();
        message.put(&mut written).unwrap();
        assert_eq!(written[12..16], [1, 0, 200, 28]);
    }

    #[test]
    fn d1_a_raw_report_needs_the_dialect_the_c_flag_and_the_whole_area() {
        let is_raw = |octets: &[u8], dialect: &Dialect| {
            let update = parse(octets, dialect);
            update.is_some_and(|update| update.options.carries_multicast_state())
        };
        let octets = raw_pbu_m(0x8300, 1);
        assert!(is_raw(&octets, &lenient(FlagDialect::AsaedaC)));
        assert!(!is_raw(&octets, &Dialect::with_flags(FlagDialect::AsaedaC)));
        assert!(!is_raw(&octets, &lenient(FlagDialect::LiuQ)));
        assert!(!is_raw(&octets, &lenient(FlagDialect::Registered)));
        for flags in [0x8100, 0x8200] {
            assert!(!is_raw(&raw_pbu_m(flags, 1), &lenient(FlagDialect::AsaedaC)), "{flags:x}");
        }
        let mut longer = octets.clone();
        longer.extend([0; 8]);
        longer[1] += 1;
        assert!(!is_raw(&longer, &lenient(FlagDialect::AsaedaC)));
        let mut not_padded = raw_pbu_m(0x8300, 2);
        *not_padded.last_mut().unwrap() = 23;
        assert!(!is_raw(&not_padded, &lenient(FlagDialect::AsaedaC)));
    }

    #[test]
    fn d1_a_raw_report_stands_first_or_it_is_none() {
        let octets = [59, 2, 5, 0, 0, 0, 0, 1, 0x83, 0, 0, 1, 23, 2, 0, 4, 143, 0, 0, 0, 0, 0, 0, 0];
        let dialect = lenient(FlagDialect::AsaedaC);
        let options = parse(&octets, &dialect).unwrap().options;
        let unknown = MobilityOption::other(143, &[], &dialect).unwrap();
        assert_eq!(options.len(), 2);
        assert_eq!(options.iter().last(), Some(unknown));
    }

    #[test]
    fn d1_an_unknown_option_143_never_looks_like_a_raw_report() {
        let dialect = lenient(FlagDialect::AsaedaC);
        let body = [0; 22];
        let options = [MobilityOption::other(143, &body, &dialect).unwrap()];
        let flags = BindingUpdate::flags_for(Meaning::ProxyMulticast, &dialect);
        let options = List::new(&options, &dialect);
        let update = BindingUpdate { sequence: 0, flags, lifetime: 1, options };
        let mut octets = Vec::new();
        Message::BindingUpdate(update).put(&mut octets).unwrap();
        assert_eq!(octets[12..15], [0, 143, 22]);
        assert_eq!(parse(&octets, &dialect), Some(update));
    }
}
