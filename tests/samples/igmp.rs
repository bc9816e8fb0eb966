//! Samples of IGMP.

use multimob::wire::igmp::{Igmp, Leave, MaxResponseCode, Message, QueryV1, QueryV2, ReportV1, ReportV2};
use multimob::wire::{Addr4, Dialect};

use super::{Samples, Visit, membership};

impl Samples for Igmp {
    fn each(visit: &mut Visit<'_, Self>) {
        let dialect = &Dialect::DEFAULT;
        let group = Addr4([232, 1, 2, 3]);
        let sources = [[192, 0, 2, 5], [192, 0, 2, 6], [198, 51, 100, 7]];

        membership::queries(group, sources, MaxResponseCode(0x8f), &mut |query| {
            visit(Message::Query(query), dialect)
        });
        for (max_response_tenths, group) in [(100, Addr4::UNSPECIFIED), (1, group), (0xff, group)] {
            visit(Message::QueryV2(QueryV2 { max_response_tenths, group }), dialect);
        }
        visit(Message::QueryV1(QueryV1), dialect);
        visit(Message::ReportV2(ReportV2 { group }), dialect);
        visit(Message::ReportV1(ReportV1 { group }), dialect);
        visit(Message::Leave(Leave { group }), dialect);
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
        membership::is_without_extensions(canonical, octets, if octets[0] == 0x11 { 8 } else { 4 })
    }
}
