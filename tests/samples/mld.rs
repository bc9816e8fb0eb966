//! Samples of MLD.

use multimob::wire::mld::{
    Done, MaxResponseCode, Message, Mld, Qqic, Query, QueryV1, Record, RecordType, Report, ReportV1,
};
use multimob::wire::{Addr, Dialect, List};
use proptest::prelude::*;

use super::{Samples, Visit, octets};

/// What a random MLD message is built from.
#[derive(Clone, Debug)]
pub enum Parts {
    Query {
        max_response: u16,
        group: [u8; 16],
        suppress: bool,
        robustness: u8,
        interval: u8,
        sources: Vec<[u8; 16]>,
    },
    QueryV1 {
        max_response_ms: u16,
        group: [u8; 16],
    },
    Report(Vec<RecordParts>),
    ReportV1([u8; 16]),
    Done([u8; 16]),
}

/// What a random record is built from.
#[derive(Clone, Debug)]
pub struct RecordParts {
    pub kind: u8,
    pub group: [u8; 16],
    pub sources: Vec<[u8; 16]>,
    pub aux: Vec<[u8; 4]>,
}

impl RecordParts {
    /// The record that borrows these parts.
    pub fn record(&self) -> Record<'_> {
        let Self { kind, group, sources, aux } = self;
        Record { kind: RecordType(*kind), group: Addr(*group), sources, aux }
    }

    /// Random parts of a record.
    pub fn strategy() -> impl Strategy<Value = Self> {
        let sources = prop::collection::vec(any::<[u8; 16]>(), 0..8);
        let aux = prop::collection::vec(any::<[u8; 4]>(), 0..3);
        (any::<u8>(), any::<[u8; 16]>(), sources, aux).prop_map(|(kind, group, sources, aux)| Self {
            kind,
            group,
            sources,
            aux,
        })
    }
}

impl Samples for Mld {
    type Parts = Parts;

    fn each(visit: &mut Visit<'_, Self>) {
        let dialect = &Dialect::DEFAULT;
        let group = Addr(octets("ff3e::8000:1"));
        let sources = [octets("2001:db8:5::5"), octets("2001:db8:5::6"), octets("2001:db8:5::7")];

        visit(Message::Query(Query::general()), dialect);
        for (len, suppress) in [(0, false), (1, true), (3, false)] {
            let sources = &sources[..len];
            let (max_response, interval) = (MaxResponseCode(0x8fff), Qqic(0x81));
            visit(
                Message::Query(Query { max_response, group, suppress, robustness: 7, interval, sources }),
                dialect,
            );
        }
        visit(Message::QueryV1(QueryV1 { max_response_ms: 10_000, group: Addr::UNSPECIFIED }), dialect);
        visit(Message::QueryV1(QueryV1 { max_response_ms: u16::MAX, group }), dialect);
        visit(Message::ReportV1(ReportV1 { group }), dialect);
        visit(Message::Done(Done { group }), dialect);

        visit(Message::Report(Report::default()), dialect);
        let aux = [[1, 2, 3, 4], [5, 6, 7, 8]];
        let kinds = [
            RecordType::IS_IN,
            RecordType::IS_EX,
            RecordType::TO_IN,
            RecordType::TO_EX,
            RecordType::ALLOW,
            RecordType::BLOCK,
            RecordType(dialect.hold.include),
            RecordType(0xff),
        ];
        for len in [0, 1, 3] {
            let records = kinds.map(|kind| Record { kind, group, sources: &sources[..len], aux: &[] });
            visit(Message::Report(Report { records: List::new(&records, dialect) }), dialect);
        }
        let records = [
            Record { kind: RecordType::ALLOW, group, sources: &sources, aux: &aux },
            Record { kind: RecordType::IS_EX, group, sources: &[], aux: &aux[..1] },
        ];
        for len in [1, 2] {
            visit(Message::Report(Report { records: List::new(&records[..len], dialect) }), dialect);
        }
    }

    fn parts() -> BoxedStrategy<Parts> {
        let group = any::<[u8; 16]>;
        let sources = prop::collection::vec(any::<[u8; 16]>(), 0..12);
        let query = (any::<u16>(), group(), any::<bool>(), 0..=7u8, any::<u8>(), sources).prop_map(
            |(max_response, group, suppress, robustness, interval, sources)| Parts::Query {
                max_response,
                group,
                suppress,
                robustness,
                interval,
                sources,
            },
        );
        let query_v1 = (any::<u16>(), group())
            .prop_map(|(max_response_ms, group)| Parts::QueryV1 { max_response_ms, group });
        let report = prop::collection::vec(RecordParts::strategy(), 0..12).prop_map(Parts::Report);
        prop_oneof![
            1 => query,
            1 => query_v1,
            3 => report,
            1 => group().prop_map(Parts::ReportV1),
            1 => group().prop_map(Parts::Done),
        ]
        .boxed()
    }

    fn build(parts: &Parts, visit: &mut Visit<'_, Self>) {
        let dialect = &Dialect::DEFAULT;
        let records: Vec<Record<'_>>;
        let message = match parts {
            &Parts::Query { max_response, group, suppress, robustness, interval, ref sources } => {
                Message::Query(Query {
                    max_response: MaxResponseCode(max_response),
                    group: Addr(group),
                    suppress,
                    robustness,
                    interval: Qqic(interval),
                    sources,
                })
            }
            &Parts::QueryV1 { max_response_ms, group } => {
                Message::QueryV1(QueryV1 { max_response_ms, group: Addr(group) })
            }
            Parts::Report(parts) => {
                records = parts.iter().map(RecordParts::record).collect();
                Message::Report(Report { records: List::new(&records, dialect) })
            }
            &Parts::ReportV1(group) => Message::ReportV1(ReportV1 { group: Addr(group) }),
            &Parts::Done(group) => Message::Done(Done { group: Addr(group) }),
        };
        visit(message, dialect);
    }

    fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        match view {
            Message::Report(Report { records }) => {
                let values: Vec<Record<'_>> = records.iter().collect();
                visit(Message::Report(Report { records: List::new(&values, dialect) }), dialect);
            }
            // The others are nothing but fields.
            other => visit(other, dialect),
        }
    }

    fn shorten<'a: 'b, 'b>(view: Message<'a>) -> Message<'b> {
        view
    }
}
