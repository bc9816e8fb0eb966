//! Samples of MLD.

use multimob::wire::mld::{Done, MaxResponseCode, Message, Mld, QueryV1, ReportV1};
use multimob::wire::{Addr, Dialect};

use super::{Samples, Visit, membership, octets};

impl Samples for Mld {
    fn each(visit: &mut Visit<'_, Self>) {
        let dialect = &Dialect::DEFAULT;
        let group = Addr(octets("ff3e::8000:1"));
        let sources = [octets("2001:db8:5::5"), octets("2001:db8:5::6"), octets("2001:db8:5::7")];

        membership::queries(group, sources, MaxResponseCode(0x8fff), &mut |query| {
            visit(Message::Query(query), dialect)
        });
        visit(Message::QueryV1(QueryV1 { max_response_ms: 10_000, group: Addr::UNSPECIFIED }), dialect);
        visit(Message::QueryV1(QueryV1 { max_response_ms: u16::MAX, group }), dialect);
        visit(Message::ReportV1(ReportV1 { group }), dialect);
        visit(Message::Done(Done { group }), dialect);
        membership::reports(group, sources, dialect, &mut |report| visit(Message::Report(report), dialect));
    }

    fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        match view {
            Message::Query(query) => {
                membership::rebuilt_query(query, &mut |query| visit(Message::Query(query), dialect));
            }
            Message::Report(report) => membership::rebuilt_report(report, dialect, &mut |report| {
                visit(Message::Report(report), dialect);
            }),
            // The others are nothing but fields.
            other => visit(other, dialect),
        }
    }

    fn shorten<'a: 'b, 'b>(view: Message<'a>) -> Message<'b> {
        view
    }

    fn is_all_that_counts(canonical: &[u8], octets: &[u8]) -> bool {
        membership::is_without_extensions(canonical, octets, if octets[0] == 130 { 24 } else { 4 })
    }
}
