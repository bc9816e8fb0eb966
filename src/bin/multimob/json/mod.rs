//! Messages as JSON and back: what `decode` prints and `encode` reads, stated once for each format.
#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

pub(crate) mod cxtp;
mod fields;
mod flags;
pub(crate) mod hex;
pub(crate) mod igmp;
pub(crate) mod membership;
pub(crate) mod mh;
pub(crate) mod mld;
pub(crate) mod nd;
pub(crate) mod packet;
pub(crate) mod pim;
mod protocol;
mod read;

pub(crate) use protocol::{ICMP_HEAD, Protocol};
pub(crate) use read::{At, Fault, Object};

use core::fmt::Debug;

use multimob::wire::{DecodeError, Encode};
use serde_json::{Map, Value, json};

/// The fields of an object, in the order in which they are shown.
pub(crate) type Fields = Map<String, Value>;

pub(crate) fn fields<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// Why octets could not be read, and where: layer, field, offset, needed, have.
pub(crate) fn error(error: &DecodeError) -> Value {
    json!(error)
}

/// What is wrong with a text, without the line and column that the reader counted in it.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let what = error.to_string();
    what.rsplit_once(" at line ").map_or_else(|| what.clone(), |(what, _)| what.to_string())
}

/// The type of a message, or the name of a block, that this program keeps as it came.
const UNKNOWN: &str = "Unknown";

/// What a later version of the library may read.
fn unnamed(what: &impl Debug) -> (&'static str, Fields) {
    (UNKNOWN, fields([("debug", json!(format!("{what:?}")))]))
}

fn octets_of(message: &impl Encode, object: &Object<'_>) -> Result<Vec<u8>, Fault> {
    message.to_vec().map_err(|error| object.fault(error))
}

/// An identifier and the name of its field: text where it is plain text, octets otherwise.
fn identifier(name: &'static str, id: &[u8]) -> (String, Value) {
    match core::str::from_utf8(id) {
        Ok(text) if !text.chars().any(char::is_control) => (name.into(), json!(text)),
        _ => (octets_name(name), json!(hex::text(id))),
    }
}

fn read_identifier(object: &Object<'_>, name: &'static str) -> Result<Vec<u8>, Fault> {
    let (text, octets) = (object.get(name), object.get(octets_name(name)));
    match (text.is_absent(), octets.is_absent()) {
        (true, false) => octets.octets(),
        (false, false) => {
            Err(octets.fault(format_args!("either {name} or {} is wanted, not both", octets_name(name))))
        }
        (_, true) => text.text().map(|text| text.as_bytes().to_vec()),
    }
}

/// The field for an identifier that is no text.
fn octets_name(name: &str) -> String {
    format!("{name}_octets")
}
