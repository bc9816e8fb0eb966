//! IGMP as JSON.

use multimob::wire::igmp::{Leave, Message, QueryV1, QueryV2, ReportV1, ReportV2};
use multimob::wire::{Addr4, Dialect};
use serde_json::json;

use super::membership::{self, address};
use super::read::{At, Fault, Object};
use super::{Fields, fields, octets_of, unnamed};

const QUERY: &str = "Query";
const QUERY_V2: &str = "QueryV2";
const QUERY_V1: &str = "QueryV1";
const REPORT: &str = "Report";
const REPORT_V2: &str = "ReportV2";
const REPORT_V1: &str = "ReportV1";
const LEAVE: &str = "Leave";

/// The name of a type, for a message of which no more can be read.
pub(crate) const fn type_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x11 => QUERY,
        0x12 => REPORT_V1,
        0x16 => REPORT_V2,
        0x17 => LEAVE,
        0x22 => REPORT,
        _ => return None,
    })
}

/// The type of a message and its fields.
pub(crate) fn write(message: &Message<'_>, dialect: &Dialect) -> (&'static str, Fields) {
    match message {
        Message::Query(query) => (QUERY, membership::query(query)),
        Message::QueryV2(query) => {
            let max_response_ms = u16::from(query.max_response_tenths).saturating_mul(100);
            let all = [("max_response_ms", json!(max_response_ms)), ("group", address(query.group))];
            (QUERY_V2, fields(all))
        }
        Message::QueryV1(QueryV1) => (QUERY_V1, Fields::new()),
        Message::Report(report) => (REPORT, membership::report(report, dialect)),
        Message::ReportV2(report) => (REPORT_V2, fields([("group", address(report.group))])),
        Message::ReportV1(report) => (REPORT_V1, fields([("group", address(report.group))])),
        Message::Leave(leave) => (LEAVE, fields([("group", address(leave.group))])),
        other => unnamed(other),
    }
}

/// The octets of a message of this type, its checksum zero.
pub(crate) fn read(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    let group = || membership::read_address::<Addr4>(&object.get("group"));
    let kind = object.get("type").choice(&[
        (QUERY, 0),
        (QUERY_V2, 1),
        (QUERY_V1, 2),
        (REPORT, 3),
        (REPORT_V2, 4),
        (REPORT_V1, 5),
        (LEAVE, 6),
    ])?;
    let octets = |message: Message<'_>| octets_of(&message, object);
    match kind {
        0 => membership::read_query(object, |query| octets(Message::Query(query))),
        1 => {
            let max_response_tenths = tenths(&object.get("max_response_ms"))?;
            octets(Message::QueryV2(QueryV2 { max_response_tenths, group: group()? }))
        }
        2 => octets(Message::QueryV1(QueryV1)),
        3 => membership::read_report(object, dialect, |report| octets(Message::Report(report))),
        4 => octets(Message::ReportV2(ReportV2 { group: group()? })),
        5 => octets(Message::ReportV1(ReportV1 { group: group()? })),
        _ => octets(Message::Leave(Leave { group: group()? })),
    }
}

/// A time of version 2: one to 255 tenths of a second.
fn tenths(at: &At<'_>) -> Result<u8, Fault> {
    let ms: u16 = at.int_to(25_500)?;
    match u8::try_from(ms / 100) {
        Ok(tenths) if ms.is_multiple_of(100) && tenths > 0 => Ok(tenths),
        _ => Err(at.fault(format_args!("{ms}; a multiple of 100 from 100 to 25500 is wanted"))),
    }
}
