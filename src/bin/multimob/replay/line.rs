//! A line of a trace.

use core::fmt::Display;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;

use crate::failure::Failure;
use crate::json;

/// When, whose, and what.
pub(super) struct Line<M, I> {
    pub(super) micros: u64,
    pub(super) node: String,
    pub(super) said: Said<M, I>,
}

/// What a line tells of a machine.
pub(super) enum Said<M, I> {
    Made(M),
    Input(I),
    Timeout,
    Refused(String),
    Action(Value),
    /// In microseconds.
    Deadline(Option<u64>),
}

/// How a machine was made.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made<C> {
    pub(super) machine: Kind,
    pub(super) seed: u64,
    pub(super) config: C,
}

/// The machines that a trace may have.
#[derive(Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Mag,
    Lma,
    Listener,
}

/// A line as it stands in the file.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) file: &'a str,
    /// From 1 on.
    pub(super) number: usize,
    pub(super) octets: &'a [u8],
}

impl Text<'_> {
    pub(super) fn read<M: DeserializeOwned, I: DeserializeOwned>(self) -> Result<Line<M, I>, Failure> {
        let line: Fields<M, I> = serde_json::from_slice(self.octets)
            .map_err(|error| self.fault(error.column().max(1), json::without_place(&error)))?;
        let said = [
            line.made.map(Said::Made),
            line.input.map(Said::Input),
            line.timeout.map(|()| Said::Timeout),
            line.refused.map(Said::Refused),
            line.action.map(Said::Action),
            line.deadline.map(Said::Deadline),
        ];
        let mut said = said.into_iter().flatten();
        match (said.next(), said.next()) {
            (Some(said), None) => Ok(Line { micros: line.micros, node: line.node, said }),
            _ => Err(self.fault(1, "a line has one of made, input, timeout, refused, action and deadline")),
        }
    }

    /// Something is wrong with what the line says of this field.
    pub(super) fn fault_of(self, field: &str, what: impl Display) -> Failure {
        let key = format!("\"{field}\"");
        let before = self.octets.windows(key.len()).position(|window| window == key.as_bytes());
        self.fault(before.unwrap_or(0).saturating_add(1), what)
    }

    pub(super) fn fault(self, column: usize, what: impl Display) -> Failure {
        let Self { file, number, .. } = self;
        Failure::usage(format!("{file}:{number}:{column}: no trace: {what}"))
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "M: DeserializeOwned, I: DeserializeOwned"))]
struct Fields<M, I> {
    micros: u64,
    node: String,
    #[serde(default, deserialize_with = "present")]
    made: Option<M>,
    #[serde(default, deserialize_with = "present")]
    input: Option<I>,
    #[serde(default, deserialize_with = "present")]
    timeout: Option<()>,
    #[serde(default, deserialize_with = "present")]
    refused: Option<String>,
    #[serde(default, deserialize_with = "present")]
    action: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    deadline: Option<Option<u64>>,
}

/// Null is something, too.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
