//! A trace of the run: one JSON object a line for every machine that was made, every input, action and deadline.
//! It has all that is needed to play the inputs to the same machines again.

use std::io::{self, Write};

use multimob::Instant;
use multimob::mld::listener;
use multimob::pmip::{lma, mag};
use multimob::sim::{Event, MachineAction, MachineConfig, MachineInput, Observer, Scenario};
use multimob::wire::Dialect;
use serde_json::{Value, json};

pub(crate) struct Trace<'s, W: Write> {
    to: W,
    scenario: &'s Scenario,
    outcome: io::Result<()>,
}

impl<'s, W: Write> Trace<'s, W> {
    pub(crate) const fn new(to: W, scenario: &'s Scenario) -> Self {
        Self { to, scenario, outcome: Ok(()) }
    }

    /// The first error of all, after everything was written.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.outcome?;
        self.to.flush()
    }

    fn write(&mut self, now: Instant, event: &Event<'_>) -> io::Result<()> {
        let Some((node, kind, value)) = said(event, &self.scenario.dialect)? else { return Ok(()) };
        let line = json!({ "micros": now.as_micros(), "node": self.scenario.names.of(node), kind: value });
        writeln!(self.to, "{line}")
    }
}

impl<W: Write> Observer for Trace<'_, W> {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        if self.outcome.is_ok() {
            self.outcome = self.write(now, event);
        }
    }
}

fn said(event: &Event<'_>, dialect: &Dialect) -> io::Result<Option<(usize, &'static str, Value)>> {
    Ok(Some(match event {
        Event::Made { node, seed, config } => {
            let (machine, config) = match config {
                MachineConfig::Mag(config) => ("mag", serde_json::to_value(config)?),
                MachineConfig::Lma(config) => ("lma", serde_json::to_value(config)?),
                MachineConfig::Listener(config) => ("listener", serde_json::to_value(config)?),
                _ => return Ok(None),
            };
            (*node, "made", json!({ "machine": machine, "seed": seed, "config": config }))
        }
        Event::Input { node, input } => (*node, "input", owned(input, dialect)?),
        Event::Refused { node, why } => (*node, "refused", json!(why)),
        Event::Timeout { node } => (*node, "timeout", Value::Null),
        Event::Action { node, action } => {
            let action = match action {
                MachineAction::Mag(action) => serde_json::to_value(action)?,
                MachineAction::Lma(action) => serde_json::to_value(action)?,
                MachineAction::Listener(action) => serde_json::to_value(action)?,
                _ => return Ok(None),
            };
            (*node, "action", action)
        }
        Event::Deadline { node, due } => (*node, "deadline", json!(due.map(Instant::as_micros))),
        _ => return Ok(None),
    }))
}

/// The owned form of an input. One that has no canonical form, which only a mangled packet can lack, is said to be so.
fn owned(input: &MachineInput<'_>, dialect: &Dialect) -> io::Result<Value> {
    let owned = match input {
        MachineInput::Mag(input) => mag::OwnedInput::new(input, dialect).map(serde_json::to_value),
        MachineInput::Lma(input) => lma::OwnedInput::new(input, dialect).map(serde_json::to_value),
        MachineInput::Listener(input) => {
            listener::OwnedInput::try_from((*input).clone()).map(serde_json::to_value)
        }
        _ => return Ok(Value::Null),
    };
    match owned {
        Ok(value) => Ok(value?),
        Err(error) => Ok(json!({ "unwritable": error.to_string() })),
    }
}
