//! MLD as JSON.

use multimob::wire::mld::{Done, Message, QueryV1, ReportV1};
use multimob::wire::{Addr, Dialect};
use serde_json::json;

use super::membership::{self, address};
use super::read::{Fault, Object};
use super::{Fields, fields, octets_of, unnamed};

const QUERY: &str = "Query";
const QUERY_V1: &str = "QueryV1";
const REPORT: &str = "Report";
const REPORT_V1: &str = "ReportV1";
const DONE: &str = "Done";

/// The name of an ICMPv6 type, for a message of which no more can be read.
pub(crate) const fn type_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        130 => QUERY,
        131 => REPORT_V1,
        132 => DONE,
        143 => REPORT,
        _ => return None,
    })
}

/// The type of a message and its fields.
pub(crate) fn write(message: &Message<'_>, dialect: &Dialect) -> (&'static str, Fields) {
    match message {
        Message::Query(query) => (QUERY, membership::query(query)),
        Message::QueryV1(query) => (
            QUERY_V1,
            fields([("max_response_ms", json!(query.max_response_ms)), ("group", address(query.group))]),
        ),
        Message::Report(report) => (REPORT, membership::report(report, dialect)),
        Message::ReportV1(report) => (REPORT_V1, fields([("group", address(report.group))])),
        Message::Done(done) => (DONE, fields([("group", address(done.group))])),
        other => unnamed(other),
    }
}

/// The octets of a message of this type, its checksum zero.
pub(crate) fn read(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    let group = || membership::read_address::<Addr>(&object.get("group"));
    let kind =
        object.get("type").choice(&[(QUERY, 0), (QUERY_V1, 1), (REPORT, 2), (REPORT_V1, 3), (DONE, 4)])?;
    let octets = |message: Message<'_>| octets_of(&message, object);
    match kind {
        0 => membership::read_query(object, |query| octets(Message::Query(query))),
        1 => {
            let max_response_ms = object.get("max_response_ms").int()?;
            octets(Message::QueryV1(QueryV1 { max_response_ms, group: group()? }))
        }
        2 => membership::read_report(object, dialect, |report| octets(Message::Report(report))),
        3 => octets(Message::ReportV1(ReportV1 { group: group()? })),
        _ => octets(Message::Done(Done { group: group()? })),
    }
}
