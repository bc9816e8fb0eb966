//! A trace, read: the machines, their steps, and what was recorded of each step.

use std::collections::BTreeMap;
use std::io::BufRead;

use multimob::Instant;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::line::{Line, Made, Said, Text};
use super::track::Track;
use crate::failure::Failure;

/// A trace.
pub(super) struct Steps {
    pub(super) tracks: Vec<Track>,
    /// Of all machines, in the order of the file.
    pub(super) steps: Vec<Step>,
}

/// What one machine was given, and what came of it.
pub(super) struct Step {
    pub(super) line: usize,
    pub(super) now: Instant,
    /// Whose: an index into [`Steps::tracks`].
    pub(super) track: usize,
    pub(super) act: Act,
    pub(super) recorded: Recorded,
}

/// What happened to a machine, as the trace writes it.
pub(super) enum Act {
    Made(Value),
    Input(Value),
    Timeout,
}

/// What the trace says came of a step.
#[derive(Default)]
pub(super) struct Recorded {
    pub(super) refused: Option<At<String>>,
    pub(super) actions: Vec<At<Value>>,
    /// In microseconds. Without a line in this step, it is what it was before.
    pub(super) deadline: Option<u64>,
    pub(super) deadline_line: Option<usize>,
}

/// Something and its line.
pub(super) struct At<T> {
    pub(super) line: usize,
    pub(super) value: T,
}

impl Steps {
    /// Reads all of a trace.
    ///
    /// # Errors
    /// It cannot be read, or it is no trace.
    pub(super) fn read(file: &str, from: impl BufRead) -> Result<Self, Failure> {
        let mut reading =
            Reading { steps: Self { tracks: Vec::new(), steps: Vec::new() }, nodes: BTreeMap::new() };
        for (number, octets) in (1..).zip(from.split(b'\n')) {
            let octets = octets.map_err(|error| Failure::usage(format!("{file}: {error}")))?;
            if !octets.trim_ascii().is_empty() {
                reading.line(Text { file, number, octets: &octets })?;
            }
        }
        if reading.steps.tracks.is_empty() {
            let nothing = Text { file, number: 1, octets: &[] };
            return Err(nothing.fault(1, "nothing is there; the first line says how a machine was made"));
        }
        Ok(reading.steps)
    }
}

struct Reading {
    steps: Steps,
    /// The last step of each node.
    nodes: BTreeMap<String, usize>,
}

impl Reading {
    fn line(&mut self, text: Text<'_>) -> Result<(), Failure> {
        let line: Line<Value, Value> = text.read()?;
        let (now, node) = (Instant::from_micros(line.micros), line.node);
        let step = |track, act, deadline| {
            let recorded = Recorded { deadline, ..Recorded::default() };
            Step { line: text.number, now, track, act, recorded }
        };
        match line.said {
            Said::Made(made) => {
                let line: Line<Made<IgnoredAny>, IgnoredAny> = text.read()?;
                let track = self.steps.tracks.len();
                if let Said::Made(Made { machine, .. }) = line.said {
                    self.steps.tracks.push(Track::new(text, node.clone(), machine)?);
                }
                self.begin(node, step(track, Act::Made(made), None));
            }
            Said::Input(input) => {
                let &mut Step { track, recorded: Recorded { deadline, .. }, .. } = self.last(text, &node)?;
                if let Some(track) = self.steps.tracks.get_mut(track) {
                    match input.get("unwritable") {
                        Some(_) => track.player.keep_nothing(),
                        None => track.player.keep(text)?,
                    }
                }
                self.begin(node, step(track, Act::Input(input), deadline));
            }
            Said::Timeout => {
                let &mut Step { track, recorded: Recorded { deadline, .. }, .. } = self.last(text, &node)?;
                self.begin(node, step(track, Act::Timeout, deadline));
            }
            Said::Refused(why) => {
                self.last(text, &node)?.recorded.refused = Some(At { line: text.number, value: why });
            }
            Said::Action(action) => {
                self.last(text, &node)?.recorded.actions.push(At { line: text.number, value: action });
            }
            Said::Deadline(due) => {
                let recorded = &mut self.last(text, &node)?.recorded;
                (recorded.deadline, recorded.deadline_line) = (due, Some(text.number));
            }
        }
        Ok(())
    }

    /// A step of a node begins.
    fn begin(&mut self, node: String, step: Step) {
        self.nodes.insert(node, self.steps.steps.len());
        self.steps.steps.push(step);
    }

    /// The last step of a node.
    fn last(&mut self, text: Text<'_>, node: &str) -> Result<&mut Step, Failure> {
        let step = self.nodes.get(node).and_then(|&step| self.steps.steps.get_mut(step));
        step.ok_or_else(|| {
            text.fault_of("node", format_args!("no line before it says how {node:?} was made"))
        })
    }
}
