//! The Multicast State option: the records of an MLD Report, or of one of IGMP, inside a Binding Update or Acknowledgement
//! (asaeda 7.4, sarikaya 4.1 and 8, digest D-1 to D-4, S14, S15).
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
use crate::wire::fields::{Body, Cursor, Row, Size, Source, Value, Visit};
use crate::wire::membership::{self, Family, RecordType};
use crate::wire::{Addr, Addr4, Dialect, Encode, List, Out, igmp, mld};

/// Multicast State (local type, digest 1.B.7): records as in a Report of one address family. At most
/// [`MAX_RECORD_OCTETS`] of them: [`cut`] and [`pack`] take care of what is longer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MulticastState<'a> {
    /// Records of MLDv2.
    Mld(List<'a, mld::Record<'a>>),
    /// Records of IGMPv3 (sarikaya 8, S15).
    Igmp(Row<'a, igmp::Record<'a>>),
}

/// Octets of records in one option, at most.
pub const MAX_RECORD_OCTETS: usize = 247;

/// Sources of one MLD record in an option, at most: 14.
pub const MAX_SOURCES: usize = most_sources::<Addr>();

/// Sources of one IGMP record in an option, at most: 59.
pub const MAX_IGMP_SOURCES: usize = most_sources::<Addr4>();

const fn most_sources<A: Family>() -> usize {
    let octets = MAX_RECORD_OCTETS.saturating_sub(membership::Record::<'_, A>::HEAD_LEN);
    match octets.checked_div(A::LEN) {
        Some(sources) => sources,
        None => 0,
    }
}

/// `record`, of either family, as one or more records that fit an option, without auxiliary data (RFC 3810 5.2.11).
///
/// The sources of an INCLUDE-type record are divided; those of an EXCLUDE-type record beyond [`MAX_SOURCES`] (or
/// [`MAX_IGMP_SOURCES`]) are left out, so that it asks for more than was meant, never for less (RFC 3810 5.2.15).
pub fn cut<'a, A: Family>(
    record: membership::Record<'a, A>,
    dialect: &Dialect,
) -> impl Iterator<Item = membership::Record<'a, A>> + Clone + use<'a, A> {
    let most = most_sources::<A>();
    let (first, more) = record.sources.split_at_checked(most).unwrap_or((record.sources, &[]));
    let more = if excludes(record.kind, dialect) { &[] } else { more };
    core::iter::once(first).chain(more.chunks(most)).map(move |sources| membership::Record {
        sources,
        aux: &[],
        ..record
    })
}

/// Records of one family in as few Multicast State options as their order allows; no record is divided. One that was
/// not [`cut`] and is too long gets an option of its own, which cannot be written.
pub fn pack<'a, A: Family>(
    records: &'a [membership::Record<'a, A>],
    dialect: &Dialect,
) -> impl Iterator<Item = MobilityOption<'a>> + Clone + use<'a, A>
where
    MulticastState<'a>: From<List<'a, membership::Record<'a, A>>>,
{
    Pack { records, dialect: *dialect }
}

#[derive(Clone)]
struct Pack<'a, A: Family> {
    records: &'a [membership::Record<'a, A>],
    dialect: Dialect,
}

impl<'a, A: Family> Iterator for Pack<'a, A>
where
    MulticastState<'a>: From<List<'a, membership::Record<'a, A>>>,
{
    type Item = MobilityOption<'a>;

    fn next(&mut self) -> Option<MobilityOption<'a>> {
        let mut octets = 0_usize;
        let fits = |record: &&membership::Record<'a, A>| {
            octets = octets.saturating_add(record.encoded_len());
            octets <= MAX_RECORD_OCTETS
        };
        let count = self.records.iter().take_while(fits).count().max(1);
        let (records, rest) = match self.records {
            [] => return None,
            all => all.split_at_checked(count)?,
        };
        self.records = rest;
        Some(MulticastState::from(List::new(records, &self.dialect)).into())
    }
}

fn excludes(kind: RecordType, dialect: &Dialect) -> bool {
    kind == RecordType::IS_EX || kind == RecordType::TO_EX || kind == RecordType(dialect.hold.exclude)
}

impl Default for MulticastState<'_> {
    fn default() -> Self {
        Self::Mld(List::default())
    }
}

impl<'a> From<List<'a, mld::Record<'a>>> for MulticastState<'a> {
    fn from(records: List<'a, mld::Record<'a>>) -> Self {
        Self::Mld(records)
    }
}

impl<'a> From<List<'a, igmp::Record<'a>>> for MulticastState<'a> {
    fn from(records: List<'a, igmp::Record<'a>>) -> Self {
        Self::Igmp(records.into())
    }
}

/// The body is a Report whose checksum says nothing: it has no pseudo-header to stand on, and the one of the Mobility
/// Header covers it (D-3). Its type tells the family.
impl<'a> Body<'a> for MulticastState<'a> {
    fn read(from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        match from.rest.first() {
            Some(&Addr4::REPORT) => records::<Addr4>(from).map(Self::from),
            _ => records::<Addr>(from).map(Self::Mld),
        }
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        match self {
            Self::Mld(records) => membership::Report::new(*records).write(out, 0),
            Self::Igmp(records) => membership::Report::new(records.list(&Dialect::DEFAULT)).write(out, 0),
        }
    }

    fn show(&self, visit: &mut Visit<'_>) {
        match self {
            Self::Mld(records) => visit("records", Value::Records(*records)),
            Self::Igmp(records) => {
                visit("igmp_records", Value::IgmpRecords(records.list(&Dialect::DEFAULT)));
            }
        }
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let mut written = Ok(());
        if from.has("igmp_records") {
            from.igmp_records("igmp_records", Size::Times(1), &mut |records| {
                written = membership::Report::new(records).write(out, 0);
            })?;
            return written.map_err(|why| from.refuse("igmp_records", why));
        }
        from.records("records", Size::Times(1), &mut |records| {
            written = membership::Report::new(records).write(out, 0);
        })?;
        written.map_err(|why| from.refuse("records", why))
    }
}

/// The records of a Report that is a whole body.
fn records<'a, A: Family>(from: Cursor<'a, '_>) -> Result<List<'a, membership::Record<'a, A>>, DecodeError> {
    match membership::Report::parse(from.rest, from.dialect) {
        Ok(membership::Report { records, .. }) => Ok(records),
        Err(error) => {
            let at = from.at.saturating_add(error.offset.into());
            Err(Cursor { at, ..from }.fault(error.field, error.needed.into(), error.have.into()))
        }
    }
}

/// First octet of a report that is drawn raw: the ICMPv6 type of a version 2 Report.
pub(super) const REPORT: u8 = Addr::REPORT;

/// A report that fills the option area of a message by itself, as draft asaeda draws it (D-1), as the list of the one
/// option that it stands for. `None` unless the dialect takes that and the area is such a report, with no more than
/// the padding to a multiple of 8 behind it.
pub(in crate::wire::mh) fn raw_report<'a>(
    area: &'a [u8],
    dialect: &Dialect,
) -> Option<List<'a, MobilityOption<'a>>> {
    raw_records(area, dialect).map(|_| List::validated(area, 1, dialect))
}

pub(super) fn raw_records<'a>(area: &'a [u8], dialect: &Dialect) -> Option<List<'a, mld::Record<'a>>> {
    if !dialect.accept_raw_pbu_m || area.first() != Some(&REPORT) {
        return None;
    }
    let report = mld::Report::parse(area, dialect).ok()?;
    let rest = area.get(report.encoded_len()..)?;
    (rest.len() < 8 && list::is_padding(rest)).then_some(report.records)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::wire::FlagDialect;
    use crate::wire::error::{Field, Layer};
    use crate::wire::mh::{BindingUpdate, Meaning, Message, UpdateFlags};
    use crate::wire::mld::Record;

    const DIALECT: Dialect = Dialect::DEFAULT;
    const GROUP: Addr = Addr([0xff; 16]);

    fn sources(count: usize) -> Vec<[u8; 16]> {
        (0..count).map(|n| [u8::try_from(n).unwrap(); 16]).collect()
    }

    const fn record(kind: RecordType, sources: &[[u8; 16]]) -> Record<'_> {
        Record { kind, group: GROUP, sources, aux: &[] }
    }

    fn option<'a>(records: &'a [Record<'a>]) -> MobilityOption<'a> {
        MulticastState::Mld(List::new(records, &DIALECT)).into()
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
            (&[0x16, 0, 0, 0, 0, 0, 0, 0], Field::Type, 2),
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
                MobilityOption::MulticastState(MulticastState::Mld(records)) => records.len(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(counts, [3, 1, 12, 10, 1]);
        assert!(options.iter().all(|&option| written(option).is_ok()));
        assert!(List::new(&options, &DIALECT).multicast_records().eq(records.iter().copied()));
        assert_eq!(pack::<Addr>(&[], &DIALECT).count(), 0);
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

    const GROUP4: Addr4 = Addr4([232, 1, 2, 3]);

    fn sources4(count: u8) -> Vec<[u8; 4]> {
        (0..count).map(|n| [10, 0, 0, n]).collect()
    }

    const fn record4(kind: RecordType, sources: &[[u8; 4]]) -> igmp::Record<'_> {
        igmp::Record { kind, group: GROUP4, sources, aux: &[] }
    }

    fn option4<'a>(records: &'a [igmp::Record<'a>]) -> MobilityOption<'a> {
        MulticastState::Igmp(Row::new(records)).into()
    }

    #[test]
    fn s15_first_octet_0x22_makes_it_a_report_of_igmp() {
        let body = [
            &[0x22, 0, 0, 0, 0, 0, 0, 2][..],
            &[5, 0, 0, 1, 232, 1, 2, 3, 10, 0, 0, 0],
            &[4, 0, 0, 0, 232, 1, 2, 3],
        ]
        .concat();
        let sources = sources4(1);
        let records = [record4(RecordType::ALLOW, &sources), record4(RecordType::TO_EX, &[])];
        let read = MobilityOption::other(200, &body, &DIALECT);
        assert_eq!(read, Some(option4(&records)));
        for option in [read.unwrap(), option4(&records)] {
            let octets = written(option).unwrap();
            assert_eq!(octets[14..16], [200, 28]);
            assert_eq!(octets[16..44], body);
        }
    }

    #[test]
    fn s15_checksum_and_reserved_fields_are_ignored_and_a_fault_names_its_place() {
        let empty = MobilityOption::other(200, &[0x22, 0xff, 1, 2, 3, 4, 0, 0], &DIALECT);
        assert_eq!(empty, Some(option4(&[])));
        for (body, field, offset) in [
            (&[0x22, 0, 0, 0, 0, 0, 0][..], Field::Header, 2),
            (&[0x22, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0], Field::RecordHeader, 10),
            (&[0x22, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0, 0, 232], Field::MulticastAddress, 14),
            (&[0x22, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0, 1, 232, 1, 2, 3, 10], Field::Sources, 18),
        ] {
            let option = MobilityOption::other(200, body, &DIALECT).unwrap();
            let MobilityOption::Malformed(malformed) = option else { panic!("{option:?}") };
            let error = malformed.error();
            assert_eq!((error.layer, error.field, error.offset), (Layer::MobilityOption, field, offset));
        }
    }

    #[test]
    fn s15_an_option_has_room_for_30_records_or_59_sources() {
        let too_long = EncodeError::TooLong { field: Field::OptionBody, max: 255 };
        let records = [record4(RecordType::TO_EX, &[]); 31];
        assert!(written(option4(&records[..30])).is_ok());
        assert_eq!(written(option4(&records)), Err(too_long));
        let sources = sources4(60);
        assert_eq!(MAX_IGMP_SOURCES, 59);
        assert!(written(option4(&[record4(RecordType::ALLOW, &sources[..59])])).is_ok());
        assert_eq!(written(option4(&[record4(RecordType::ALLOW, &sources)])), Err(too_long));
    }

    #[test]
    fn s15_records_are_cut_and_packed_as_those_of_mld() {
        let sources = sources4(130);
        let parts: Vec<_> = cut(record4(RecordType::ALLOW, &sources), &DIALECT).collect();
        assert_eq!(parts.iter().map(|part| part.sources.len()).collect::<Vec<_>>(), [59, 59, 12]);
        assert_eq!(parts.iter().flat_map(|part| part.sources).copied().collect::<Vec<_>>(), sources);
        let exclude = record4(RecordType::TO_EX, &sources);
        assert!(cut(exclude, &DIALECT).eq([record4(RecordType::TO_EX, &sources[..59])]));

        let mut records = std::vec![record4(RecordType::TO_EX, &[]); 31];
        records.extend(parts);
        let options: Vec<_> = pack(&records, &DIALECT).collect();
        assert!(options.iter().all(|&option| written(option).is_ok()));
        assert_eq!(options.len(), 5);
        assert!(List::new(&options, &DIALECT).igmp_records().eq(records.iter().copied()));
    }

    #[test]
    fn s15_both_families_stand_side_by_side_and_are_told_apart() {
        let (six, four) = ([record(RecordType::TO_EX, &[])], [record4(RecordType::TO_EX, &[])]);
        let both = [option4(&four), option(&six)];
        for (options, mld, igmp) in
            [(&both[..], true, true), (&both[..1], false, true), (&both[1..], true, false)]
        {
            let options = List::new(options, &DIALECT);
            assert!(options.carries_multicast_state());
            assert_eq!((options.carries_mld_state(), options.carries_igmp_state()), (mld, igmp));
            assert!(options.multicast_records().eq(six.into_iter().filter(|_| mld)));
            assert!(options.igmp_records().eq(four.into_iter().filter(|_| igmp)));
        }
    }

    #[test]
    fn s15_a_report_of_igmp_is_never_read_raw() {
        let octets = [59, 1, 5, 0, 0, 0, 0, 1, 0x83, 0, 0, 1, 0x22, 0, 0, 0];
        let options = parse(&octets, &lenient(FlagDialect::AsaedaC)).map(|update| update.options);
        assert!(options.is_none_or(|options| !options.carries_multicast_state()));
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
