//! Inputs and actions of a trace as a person reads them: a row for each part, messages decoded.

use multimob::pmip::NodeId;
use multimob::wire::Dialect;
use serde_json::{Map, Value, json};

use crate::json::{Protocol, hex};

/// A part, and what it is on each side; none: it is not there.
pub(super) struct Row {
    pub(super) path: String,
    pub(super) recorded: Option<String>,
    pub(super) now: Option<String>,
}

impl Row {
    pub(super) fn differs(&self) -> bool {
        self.recorded != self.now
    }
}

/// The parts of both sides. What differs is in a row that differs, even where reading it hides the difference.
pub(super) fn side_by_side(recorded: Option<&Value>, now: Option<&Value>) -> Vec<Row> {
    let read = |value: Option<&Value>| value.map(alone).unwrap_or_default();
    let mut rows = pairs(read(recorded), read(now));
    if recorded != now && !rows.iter().any(Row::differs) {
        let raw = |value: Option<&Value>| value.map(parts).unwrap_or_default();
        rows.extend(pairs(raw(recorded), raw(now)).into_iter().filter(Row::differs));
    }
    rows
}

/// The parts of one value: where each is, and what it is.
pub(super) fn alone(value: &Value) -> Vec<(String, String)> {
    parts(&readable(value))
}

/// What an action is called.
pub(super) fn name(action: &Value) -> String {
    match action {
        Value::Object(fields) => fields.keys().next().map_or_else(String::new, |name| plain(name)),
        Value::String(name) => plain(name),
        _ => String::new(),
    }
}

/// A text that does nothing to a terminal.
pub(super) fn plain(text: &str) -> String {
    if text.chars().any(char::is_control) { text.escape_debug().to_string() } else { text.to_string() }
}

/// The same with messages decoded and identifiers as text.
fn readable(value: &Value) -> Value {
    match value {
        Value::Object(fields) => match identifier(value) {
            Some(text) => json!(text),
            None => fields.iter().map(|(name, value)| (name.clone(), field(name, value))).collect(),
        },
        Value::Array(values) => values.iter().map(readable).collect(),
        other => other.clone(),
    }
}

fn field(name: &str, value: &Value) -> Value {
    // What a listener gets and sends is MLD: its trace does not say so again.
    let wanted = if matches!(name, "message" | "body") { "mld" } else { name };
    let protocol = Protocol::NAMES.iter().find(|(known, _)| *known == wanted);
    protocol.and_then(|&(_, protocol)| message(protocol, value)).unwrap_or_else(|| readable(value))
}

fn message(protocol: Protocol, value: &Value) -> Option<Value> {
    let octets = hex::read(value.get("octets")?.as_str()?).ok()?;
    let dialect: Dialect = serde_json::from_value(value.get("dialect")?.clone()).ok()?;
    let said = protocol.write(&octets, &dialect).ok()?;
    let mut fields = Map::from_iter([("type".to_string(), json!(said.kind))]);
    fields.extend(said.fields);
    Some(Value::Object(fields))
}

fn identifier(value: &Value) -> Option<String> {
    value.get("subtype")?;
    serde_json::from_value::<NodeId>(value.clone()).ok().map(|node| node.to_string())
}

/// The leaves of a value, in order: `send.options[2].prefix`.
fn parts(value: &Value) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    collect(String::new(), value, &mut parts);
    parts
}

fn collect(path: String, value: &Value, parts: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let name = plain(name);
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                collect(path, value, parts);
            }
        }
        Value::Array(values) if values.iter().any(Value::is_object) => {
            for (index, value) in values.iter().enumerate() {
                collect(format!("{path}[{index}]"), value, parts);
            }
        }
        Value::String(text) => parts.push((path, plain(text))),
        other => parts.push((path, other.to_string())),
    }
}

/// Rows in the order of the record; what is only there now stands behind the part that it follows.
fn pairs(recorded: Vec<(String, String)>, now: Vec<(String, String)>) -> Vec<Row> {
    let row = |(path, recorded)| Row { path, recorded: Some(recorded), now: None };
    let mut rows: Vec<Row> = recorded.into_iter().map(row).collect();
    let mut next = 0_usize;
    for (path, now) in now {
        let at = rows.iter().position(|row| row.path == path);
        match at.and_then(|at| rows.get_mut(at)) {
            Some(row) => row.now = Some(now),
            None => rows.insert(next, Row { path, recorded: None, now: Some(now) }),
        }
        next = at.unwrap_or(next).saturating_add(1);
    }
    rows
}
