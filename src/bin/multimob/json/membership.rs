//! What MLD and IGMP say alike, as JSON.

use core::fmt::Display;
use core::str::FromStr;

use multimob::wire::membership::{
    Extension, ExtensionType, Extensions, Family, Qqic, Query, Record, RecordType, Report, ResponseCode,
};
use multimob::wire::{Addr, Addr4, Dialect, Encode, List};
use serde_json::{Value, json};

use super::read::{At, Fault, Object};
use super::{Fields, fields, hex};

/// A family whose addresses have a text.
pub(crate) trait Told: Family<Ip: FromStr + Display> {
    /// What text is wanted where an address stands.
    const WANTED: &str;
}

impl Told for Addr {
    const WANTED: &str = "an IPv6 address as text";
}

impl Told for Addr4 {
    const WANTED: &str = "an IPv4 address as text";
}

pub(crate) fn address<A: Told>(address: A) -> Value {
    json!(A::Ip::from(address).to_string())
}

pub(crate) fn read_address<A: Told>(at: &At<'_>) -> Result<A, Fault> {
    at.parsed(A::WANTED).map(|ip: A::Ip| ip.into())
}

pub(crate) fn addresses<A: Told>(addresses: &[A::Octets]) -> Value {
    addresses.iter().map(|&octets| address(A::from_octets(octets))).collect()
}

/// An array of addresses; left out it is empty.
pub(crate) fn read_addresses<A: Told>(at: &At<'_>) -> Result<Vec<A::Octets>, Fault> {
    at.each_if_any(|at| read_address::<A>(at).map(A::Octets::from))
}

pub(crate) fn query<A: Told>(query: &Query<'_, A>) -> Fields {
    let mut all = fields([
        ("max_response_ms", json!(query.max_response.millis())),
        ("group", address(query.group)),
        ("s", json!(query.suppress)),
        ("qrv", json!(query.robustness)),
        ("qqi_s", json!(query.interval.secs())),
        ("sources", addresses::<A>(query.sources)),
    ]);
    put_extensions(&mut all, query.extensions);
    all
}

/// Reads a Query with sources and hands it on: it borrows what was read.
pub(crate) fn read_query<A: Told, T>(
    object: &Object<'_>,
    then: impl FnOnce(Query<'_, A>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let robustness = object.get("qrv").int_to(7)?;
    let sources = read_addresses::<A>(&object.get("sources"))?;
    let extensions = read_extensions(&object.get("extensions"))?;
    then(Query {
        max_response: max_response::<A>(&object.get("max_response_ms"))?,
        group: read_address(&object.get("group"))?,
        suppress: object.get("s").bool()?,
        robustness,
        interval: interval(&object.get("qqi_s"))?,
        sources: &sources,
        extensions: Extensions::new(&extensions).unwrap_or_default(),
    })
}

pub(crate) fn report<A: Told>(report: &Report<'_, A>, dialect: &Dialect) -> Fields {
    let mut all = fields([("records", records(report.records, dialect))]);
    put_extensions(&mut all, report.extensions);
    all
}

/// Reads a Report with records and hands it on.
pub(crate) fn read_report<A: Told, T>(
    object: &Object<'_>,
    dialect: &Dialect,
    then: impl FnOnce(Report<'_, A>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let records = read_records::<A>(&object.get("records"), dialect)?;
    let records: Vec<Record<'_, A>> = records.iter().map(RecordValue::record).collect();
    let extensions = read_extensions(&object.get("extensions"))?;
    let extensions = Extensions::new(&extensions).unwrap_or_default();
    then(Report { records: List::new(&records, dialect), extensions })
}

/// A record that owns what it holds.
pub(crate) struct RecordValue<A: Family> {
    kind: u8,
    group: A,
    sources: Vec<A::Octets>,
    aux: Vec<[u8; 4]>,
}

impl<A: Family> RecordValue<A> {
    pub(crate) fn record(&self) -> Record<'_, A> {
        let Self { kind, group, sources, aux } = self;
        Record { kind: RecordType(*kind), group: *group, sources, aux }
    }
}

/// The records of a Report, or of a Multicast State option.
pub(crate) fn records<A: Told>(records: List<'_, Record<'_, A>>, dialect: &Dialect) -> Value {
    let record = |record: Record<'_, A>| {
        let mut all = fields([("type", json!(record.kind.0))]);
        if let Some(name) = record_name(record.kind.0, dialect) {
            all.insert("name".into(), json!(name));
        }
        all.insert("group".into(), address(record.group));
        all.insert("sources".into(), addresses::<A>(record.sources));
        if !record.aux.is_empty() {
            all.insert("aux".into(), json!(hex::text(record.aux.as_flattened())));
        }
        Value::Object(all)
    };
    records.iter().map(record).collect()
}

pub(crate) fn read_records<A: Told>(at: &At<'_>, dialect: &Dialect) -> Result<Vec<RecordValue<A>>, Fault> {
    at.each(|at| {
        let object = at.object()?;
        let record = RecordValue {
            kind: object.code("type", "name", |kind| record_name(kind, dialect))?,
            group: read_address(&object.get("group"))?,
            sources: read_addresses::<A>(&object.get("sources"))?,
            aux: object.get("aux").or(Vec::new(), At::words)?,
        };
        object.finish()?;
        Ok(record)
    })
}

fn record_name(kind: u8, dialect: &Dialect) -> Option<&'static str> {
    match kind {
        _ if kind == dialect.hold.include => Some("HOLD_INCLUDE"),
        _ if kind == dialect.hold.exclude => Some("HOLD_EXCLUDE"),
        _ => RecordType(kind).name(),
    }
}

/// Shown where there are any.
fn put_extensions(all: &mut Fields, extensions: Extensions<'_>) {
    if !extensions.is_empty() {
        let extension = |extension: Extension<'_>| {
            let mut all = fields([("type", json!(extension.kind.0))]);
            if let Some(name) = extension.kind.name() {
                all.insert("name".into(), json!(name));
            }
            all.insert("value".into(), json!(hex::text(extension.value)));
            Value::Object(all)
        };
        all.insert("extensions".into(), extensions.iter().map(extension).collect());
    }
}

/// The octets of all extensions.
fn read_extensions(at: &At<'_>) -> Result<Vec<u8>, Fault> {
    let extensions = at.each_if_any(|at| {
        let object = at.object()?;
        object.ignore(&["name"]);
        let (kind, value) = (ExtensionType(object.get("type").int()?), object.get("value").octets()?);
        object.finish()?;
        Extension { kind, value: &value }.to_vec().map_err(|error| at.fault(error))
    })?;
    Ok(extensions.concat())
}

/// A time that has a code: a code stands for each of these, but not for every number between them.
fn max_response<A: Family>(at: &At<'_>) -> Result<A::MaxResponseCode, Fault> {
    let ms = at.int_to(A::MaxResponseCode::from_millis(u32::MAX).millis().into())?;
    let code = A::MaxResponseCode::from_millis(ms);
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
