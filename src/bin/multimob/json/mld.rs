//! MLD as JSON.

use multimob::wire::mld::{
    Done, MaxResponseCode, Message, Qqic, Query, QueryV1, Record, RecordType, Report, ReportV1,
};
use multimob::wire::{Addr, Dialect, List};
use serde_json::{Value, json};

use super::read::{At, Fault, Object};
use super::{Fields, fields, hex, octets_of, unnamed};

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
        Message::Query(query) => (
            QUERY,
            fields([
                ("max_response_ms", json!(query.max_response.millis())),
                ("group", json!(query.group.ip())),
                ("s", json!(query.suppress)),
                ("qrv", json!(query.robustness)),
                ("qqi_s", json!(query.interval.secs())),
                ("sources", addresses(query.sources)),
            ]),
        ),
        Message::QueryV1(query) => (
            QUERY_V1,
            fields([("max_response_ms", json!(query.max_response_ms)), ("group", json!(query.group.ip()))]),
        ),
        Message::Report(report) => (REPORT, fields([("records", records(report.records, dialect))])),
        Message::ReportV1(report) => (REPORT_V1, fields([("group", json!(report.group.ip()))])),
        Message::Done(done) => (DONE, fields([("group", json!(done.group.ip()))])),
        other => unnamed(other),
    }
}

/// The octets of a message of this type, its checksum zero.
pub(crate) fn read(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    let group = || object.get("group").addr();
    let kind =
        object.get("type").choice(&[(QUERY, 0), (QUERY_V1, 1), (REPORT, 2), (REPORT_V1, 3), (DONE, 4)])?;
    let records: Vec<RecordValue>;
    let borrowed: Vec<Record<'_>>;
    let sources: Vec<[u8; 16]>;
    let message = match kind {
        0 => {
            let robustness = object.get("qrv").int_to(7)?;
            sources = read_addresses(&object.get("sources"))?;
            Message::Query(Query {
                max_response: max_response(&object.get("max_response_ms"))?,
                group: group()?,
                suppress: object.get("s").bool()?,
                robustness,
                interval: interval(&object.get("qqi_s"))?,
                sources: &sources,
            })
        }
        1 => Message::QueryV1(QueryV1 {
            max_response_ms: object.get("max_response_ms").int()?,
            group: group()?,
        }),
        2 => {
            records = read_records(&object.get("records"), dialect)?;
            borrowed = records.iter().map(RecordValue::record).collect();
            Message::Report(Report { records: List::new(&borrowed, dialect) })
        }
        3 => Message::ReportV1(ReportV1 { group: group()? }),
        _ => Message::Done(Done { group: group()? }),
    };
    octets_of(&message, object)
}

/// A record that owns what it holds.
pub(crate) struct RecordValue {
    kind: u8,
    group: Addr,
    sources: Vec<[u8; 16]>,
    aux: Vec<[u8; 4]>,
}

impl RecordValue {
    pub(crate) fn record(&self) -> Record<'_> {
        let Self { kind, group, sources, aux } = self;
        Record { kind: RecordType(*kind), group: *group, sources, aux }
    }
}

/// The records of a Report, or of a Multicast State option.
pub(crate) fn records(records: List<'_, Record<'_>>, dialect: &Dialect) -> Value {
    let record = |record: Record<'_>| {
        let mut all = fields([("type", json!(record.kind.0))]);
        if let Some(name) = record_name(record.kind.0, dialect) {
            all.insert("name".into(), json!(name));
        }
        all.insert("group".into(), json!(record.group.ip()));
        all.insert("sources".into(), addresses(record.sources));
        if !record.aux.is_empty() {
            all.insert("aux".into(), json!(hex::text(record.aux.as_flattened())));
        }
        Value::Object(all)
    };
    records.iter().map(record).collect()
}

pub(crate) fn read_records(at: &At<'_>, dialect: &Dialect) -> Result<Vec<RecordValue>, Fault> {
    at.each(|at| {
        let object = at.object()?;
        let record = RecordValue {
            kind: object.code("type", "name", |kind| record_name(kind, dialect))?,
            group: object.get("group").addr()?,
            sources: read_addresses(&object.get("sources"))?,
            aux: object.get("aux").or(Vec::new(), At::words)?,
        };
        object.finish()?;
        Ok(record)
    })
}

pub(crate) fn addresses(addresses: &[[u8; 16]]) -> Value {
    addresses.iter().map(|&octets| json!(Addr(octets).ip())).collect()
}

/// An array of addresses; left out it is empty.
pub(crate) fn read_addresses(at: &At<'_>) -> Result<Vec<[u8; 16]>, Fault> {
    at.each_if_any(|at| at.addr().map(|addr| addr.0))
}

fn record_name(kind: u8, dialect: &Dialect) -> Option<&'static str> {
    RecordType(kind).name().or(match kind {
        _ if kind == dialect.hold.include => Some("HOLD_INCLUDE"),
        _ if kind == dialect.hold.exclude => Some("HOLD_EXCLUDE"),
        _ => None,
    })
}

/// A time that has a code: a code stands for each of these, but not for every number between them.
fn max_response(at: &At<'_>) -> Result<MaxResponseCode, Fault> {
    let ms = at.int_to(MaxResponseCode(u16::MAX).millis().into())?;
    let code = MaxResponseCode::from_millis(ms);
    if code.millis() == ms {
        return Ok(code);
    }
    Err(at.fault(format_args!(
        "{ms} has no Maximum Response Code; the next lower that has one is {}",
        code.millis()
    )))
}

fn interval(at: &At<'_>) -> Result<Qqic, Fault> {
    let secs = at.int_to(Qqic(u8::MAX).secs().into())?;
    let code = Qqic::from_secs(secs);
    if code.secs() == secs {
        return Ok(code);
    }
    Err(at.fault(format_args!(
        "{secs} has no Querier's Query Interval Code; the next lower that has one is {}",
        code.secs()
    )))
}
