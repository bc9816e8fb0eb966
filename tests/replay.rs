//! `multimob replay`, as somebody at a terminal meets it.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test may panic, and its numbers are small"
)]

#[path = "replay/broken.rs"]
mod broken;
#[path = "replay/changed.rs"]
mod changed;
mod program;

use std::fs;

use multimob::sim::BUILTIN;
use serde_json::Value;

use crate::program::{Outcome, multimob, scratch};

/// The trace of a scenario that comes with the program.
fn recorded(scenario: &str) -> Vec<String> {
    let thread = format!("{:?}", std::thread::current().id());
    let path = scratch(&format!("replay-{scenario}-{thread}.jsonl"));
    let outcome = multimob(&["run", scenario, "--trace", path.to_str().unwrap()], b"");
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    text.lines().map(str::to_string).collect()
}

/// What became of playing these lines.
fn replayed(lines: &[String]) -> Outcome {
    multimob(&["replay", "-"], (lines.join("\n") + "\n").as_bytes())
}

fn value(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// How many lines say one of these things.
fn count(lines: &[String], kinds: &[&str]) -> usize {
    lines
        .iter()
        .map(|line| value(line))
        .filter(|line| kinds.iter().any(|kind| line.get(kind).is_some()))
        .count()
}

/// Machines made and fed as a trace says do what the trace says, to the last octet and deadline.
#[test]
fn every_built_in_scenario_replays_without_a_difference() {
    for (name, _) in BUILTIN {
        let lines = recorded(name);
        let Outcome { code, out, err } = replayed(&lines);
        let [machines, steps, actions] =
            [&["made"][..], &["input", "timeout"], &["action"]].map(|kinds| count(&lines, kinds));
        assert!(machines >= 4 && steps > 30 && actions > 30, "{name}: {machines}, {steps}, {actions}");
        let told = format!(
            "standard input: nothing differs: {machines} machines, {steps} steps, {actions} actions\n"
        );
        assert_eq!((code, out, err.as_str()), (Some(0), told, ""), "{name}");
    }
}

#[test]
fn a_trace_is_read_from_a_file_as_well() {
    let path = scratch("replay-file.jsonl");
    fs::write(&path, recorded("asaeda-fig4").join("\n")).unwrap();
    let Outcome { code, out, .. } = multimob(&["replay", path.to_str().unwrap()], b"");
    fs::remove_file(&path).unwrap();
    assert_eq!(code, Some(0));
    assert!(out.starts_with(&format!("{}: nothing differs: 4 machines, ", path.display())), "{out}");
}

/// A machine that is started again begins anew, at the same node.
#[test]
fn a_second_machine_at_a_node_takes_the_place_of_the_first() {
    let once = recorded("asaeda-fig4");
    let twice = [once.clone(), once.clone()].concat();
    let Outcome { code, out, .. } = replayed(&twice);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains(": 8 machines, "), "{out}");
}

#[test]
fn help_says_what_a_trace_is() {
    let Outcome { code, out, .. } = multimob(&["replay", "--help"], b"");
    assert_eq!(code, Some(0));
    for taught in ["run --trace", "made", "deadline", "Exit codes", "multimob replay lossy.jsonl"] {
        assert!(out.contains(taught), "{taught}: {out}");
    }
}
