//! multimob beside others. `benches/run` builds this in both profiles and runs it on one CPU.
//!
//! ```text
//! multimob-peers                     measures everything, one line for each comparison
//! multimob-peers --quick             every contender once: a smoke test, whose figures say nothing
//! multimob-peers MLDv2               the workloads with this in their name
//! ```
//!
//! | file | what |
//! |---|---|
//! | `goals.rs` | what is wanted, as data |
//! | `measure.rs` | how it is measured: interleaved slices, ratios of each round |
//! | `report.rs` | the lines, and when a goal is met |
//! | `mld/`, `mh/`, `checksum.rs` | the contenders, a section each |
//!
//! To add a section: a module with a function that gives its groups to the [`Bench`], named in `SECTIONS`; its workload in
//! `benches/workload`, what is ours in `benches/ours`, its goals in `goals.rs`.

#[path = "../../callgrind/mod.rs"]
mod callgrind;
mod checksum;
mod goals;
mod measure;
mod mh;
mod mld;
#[path = "../../ours/mod.rs"]
#[allow(dead_code, reason = "some of it is counted only")]
mod ours;
mod report;
#[path = "../../workload/mod.rs"]
mod workload;

use std::process::ExitCode;

use measure::{Bench, Mode};

const SECTIONS: &[fn(&mut Bench)] = &[mld::section, mh::section, checksum::section];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mode, filter) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (Mode::Full, ""),
        ["--quick"] => (Mode::Quick, ""),
        // What callgrind runs.
        ["--count", workload, contender, rounds] => {
            let rounds = rounds.parse().expect("a number of rounds");
            (Mode::Count { workload, contender, rounds }, "")
        }
        [filter] if !filter.starts_with('-') => (Mode::Full, filter),
        _ => {
            eprintln!("--quick, a part of the name of a workload, or nothing");
            return ExitCode::FAILURE;
        }
    };
    let mut bench = Bench::new(mode, filter);
    for section in SECTIONS {
        section(&mut bench);
    }
    bench.finish()
}
