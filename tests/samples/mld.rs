//! Samples of MLD.

use multimob::wire::mld::{
    Done, MaxResponseCode, Message, Mld, Qqic, Query, QueryV1, Record, RecordType, Report, ReportV1,
};
use multimob::wire::{Addr, Dialect, List};

use super::{Samples, Visit, octets};

impl Samples for Mld {
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
