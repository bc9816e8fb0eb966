//! Instructions of the calls that every packet takes, held to the numbers in `instructions.tsv`.
//!
//! ```text
//! cargo bench --bench instructions                  a call that takes 20 % more than its number is a failure
//! cargo bench --bench instructions -- --update      writes the numbers anew
//! ```
//!
//! They are the same at every run of the same compiler, however busy the machine is.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "no part of the library"
)]

mod callgrind;
mod ours;
mod workload;

use core::hint::black_box;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use multimob::wire::Pseudo;
use multimob::wire::mld::{Record, RecordType};
use workload::{mh, mld};

/// Room above a committed number.
const ROOM: f64 = 1.2;

type Rounds = u64;

type Case = (&'static str, fn(Rounds));

/// What is counted, by name.
const CASES: &[Case] = &[
    ("MLDv2 walk, 28 B", |n| read_reports(n, &mld::small(), ours::mld::walk)),
    ("MLDv2 walk, 848 B", |n| read_reports(n, &mld::medium(), ours::mld::walk)),
    ("MLDv2 walk, 20,408 B", |n| read_reports(n, &mld::large(), ours::mld::walk)),
    ("MLDv2 lax walk, 20,408 B", |n| read_reports(n, &mld::large(), ours::mld::walk_lax)),
    ("MLDv2 parse, 848 B", |n| read_reports(n, &mld::medium(), ours::mld::parse)),
    ("MLDv2 checksum and walk, 848 B", |n| read_reports(n, &mld::medium(), ours::mld::verify_and_walk)),
    ("MLDv2 emit, 28 B", |n| emit_report(n, &mld::small())),
    ("MLDv2 emit, 848 B", |n| emit_report(n, &mld::medium())),
    ("MLDv2 emit, 20,408 B", |n| emit_report(n, &mld::large())),
    ("PBU parse, 104 B", |n| parse_update(n, &mh::plain())),
    ("PBU parse, with records", |n| parse_update(n, &mh::multicast())),
    ("PBU emit, 104 B", |n| emit_update(n, &mh::plain(), ours::mh::emit)),
    ("PBU emit and checksum, 104 B", |n| emit_update(n, &mh::plain(), ours::mh::emit_with_checksum)),
    ("PBU emit and checksum, with records", |n| {
        emit_update(n, &mh::multicast(), ours::mh::emit_with_checksum);
    }),
    ("checksum, 40 B", |n| checksum(n, 40)),
    ("checksum, 128 B", |n| checksum(n, 128)),
    ("checksum, 1,500 B", |n| checksum(n, 1_500)),
    ("router, refresh of 1 group", |n| refresh(n, 1)),
    ("router, refresh of 10 groups", |n| refresh(n, 10)),
    ("router, join and leave", join_and_leave),
];

fn read_reports(rounds: Rounds, sample: &mld::Sample, read: fn(&[u8], &mut mld::Tally) -> bool) {
    for _ in 0..rounds {
        let mut tally = mld::Tally::default();
        assert!(read(black_box(&sample.octets), &mut tally));
        black_box(tally);
    }
}

fn emit_report(rounds: Rounds, sample: &mld::Sample) {
    let records: Vec<Record<'_>> = sample.records.iter().map(mld::OwnedRecord::view).collect();
    let mut buf = vec![0; sample.octets.len()];
    for _ in 0..rounds {
        assert_eq!(ours::mld::emit(black_box(&records), &mut buf), sample.octets.len());
        black_box(&buf);
    }
}

fn parse_update(rounds: Rounds, sample: &mh::Sample) {
    for _ in 0..rounds {
        let mut tally = mh::Tally::default();
        assert!(ours::mh::parse(black_box(&sample.octets), &mut tally));
        black_box(tally);
    }
}

fn emit_update(
    rounds: Rounds,
    sample: &mh::Sample,
    emit: fn(&multimob::wire::mh::Message<'_>, &mut [u8]) -> usize,
) {
    let mut buf = vec![0; sample.octets.len()];
    let records = sample.records();
    let options = sample.options(&records);
    let message = sample.message(&options);
    for _ in 0..rounds {
        assert_eq!(emit(black_box(&message), &mut buf), sample.octets.len());
        black_box(&buf);
    }
}

fn checksum(rounds: Rounds, len: usize) {
    let octets = workload::octets(len);
    for _ in 0..rounds {
        let &(src, dst) = workload::addresses();
        black_box(Pseudo::mld(src, dst).checksum(black_box(&octets)));
    }
}

fn refresh(rounds: Rounds, groups: u8) {
    let mut hearing = ours::router::Hearing::new();
    let report = ours::router::report(RecordType::IS_EX, groups);
    assert_eq!(hearing.hear(&report), usize::from(groups));
    for _ in 0..rounds {
        assert_eq!(hearing.hear(black_box(&report)), 0);
    }
}

fn join_and_leave(rounds: Rounds) {
    let mut hearing = ours::router::Hearing::new();
    let [join, leave] = [RecordType::TO_EX, RecordType::TO_IN].map(|kind| ours::router::report(kind, 1));
    for _ in 0..rounds {
        assert_eq!(hearing.hear(black_box(&join)) + hearing.hear(black_box(&leave)), 2);
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => hold(),
        ["--update"] => update(),
        // What callgrind runs.
        ["--count", name, rounds] => {
            let (_, case) = CASES.iter().find(|(case, _)| *case == name).unwrap();
            case(rounds.parse().unwrap());
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("either nothing or --update");
            ExitCode::FAILURE
        }
    }
}

fn count(name: &str) -> f64 {
    callgrind::per_round(&["--count", name], 1_000).unwrap_or_else(|error| panic!("valgrind: {error}"))
}

fn numbers() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.tsv")
}

fn update() -> ExitCode {
    let lines: String = CASES.iter().map(|(name, _)| format!("{name}\t{:.0}\n", count(name))).collect();
    print!("{lines}");
    fs::write(numbers(), format!("# call\tinstructions\n{lines}")).unwrap();
    ExitCode::SUCCESS
}

fn hold() -> ExitCode {
    let committed = fs::read_to_string(numbers()).unwrap_or_default();
    let committed = |name: &str| {
        let number = committed.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t'));
        number.and_then(|number| number.parse::<f64>().ok())
    };
    let mut held = true;
    for (name, _) in CASES {
        let counted = count(name);
        let verdict = match committed(name) {
            Some(number) if counted > number * ROOM => "TOO MANY",
            Some(number) if counted * ROOM < number => "fewer: --update will hold the gain",
            Some(_) => "held",
            None => "NO NUMBER",
        };
        held &= committed(name).is_some_and(|number| counted <= number * ROOM);
        println!("{name:36} {counted:8.0} {:8.0}  {verdict}", committed(name).unwrap_or(f64::NAN));
    }
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
