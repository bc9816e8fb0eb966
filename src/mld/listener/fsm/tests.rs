//! The state x event matrix, drawn by calling the transitions, and the rules that single rows cannot show.

use core::fmt::{Debug, Write};
use std::string::String;
use std::vec::Vec;

use super::*;

fn address(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

fn sources(texts: &[&str]) -> SourceList {
    texts.iter().map(|text| address(text)).collect()
}

fn include(texts: &[&str]) -> Filter {
    Filter::include(sources(texts).iter())
}

fn exclude(texts: &[&str]) -> Filter {
    Filter::exclude(sources(texts).iter())
}

const EARLY: Instant = Instant::from_secs(1);
const LATE: Instant = Instant::from_secs(2);

fn records(records: &[GroupRecord]) -> String {
    let text = |record: &GroupRecord| std::format!("{:?}{:?}", record.kind, record.sources);
    if records.is_empty() { "-".into() } else { records.iter().map(text).collect::<Vec<_>>().join(", ") }
}

fn row(rows: &mut String, state: &impl Debug, event: &str, next: &impl Debug, actions: &str) {
    writeln!(rows, "{state:?} | {event} | {next:?} | {actions}").unwrap();
}

/// Every kind of state that Robustness Variable 3 can bring about.
fn changes() -> Vec<Change> {
    let pending = |left: &[(&str, u8)]| left.iter().map(|&(source, left)| (address(source), left)).collect();
    std::vec![
        Change::Settled,
        Change::Sources { due: EARLY, pending: pending(&[("::a", 1)]) },
        Change::Sources { due: EARLY, pending: pending(&[("::a", 2), ("::b", 1)]) },
        Change::Mode { due: EARLY, left: 1, pending: pending(&[]) },
        Change::Mode { due: EARLY, left: 1, pending: pending(&[("::a", 2)]) },
        Change::Mode { due: EARLY, left: 2, pending: pending(&[]) },
    ]
}

fn change_rows(rows: &mut String) {
    let told = (include(&["::a"]), ChangeEvent::Told);
    let steps = [
        (include(&[]), include(&["::a"])),
        (include(&["::a"]), include(&["::c"])),
        (exclude(&["::a"]), exclude(&["::c"])),
        (include(&["::a"]), exclude(&["::c"])),
        (exclude(&["::a"]), include(&["::c"])),
        (exclude(&[]), include(&[])),
    ];
    for state in changes() {
        for (before, after) in &steps {
            let event = std::format!("{before:?} to {after:?}");
            step(rows, &state, &event, ChangeEvent::Changed { before }, after);
        }
        for filter in [include(&["::a"]), exclude(&["::a"])] {
            step(rows, &state, &std::format!("expired in {filter:?}"), ChangeEvent::Expired, &filter);
        }
        step(rows, &state, "told", told.1, &told.0);
    }
}

fn step(rows: &mut String, state: &Change, text: &str, event: ChangeEvent<'_>, filter: &Filter) {
    let now = Now { group: address("ff0e::1"), filter, robustness: 3, repeat_at: LATE };
    let (next, said) = state.clone().on(event, now);
    row(rows, state, text, &next, &records(&said));
}

fn response_rows(rows: &mut String) {
    let group = address("ff0e::1");
    let states = [
        Response::Idle,
        Response::Whole { due: EARLY },
        Response::Whole { due: LATE },
        Response::Recorded { due: EARLY, sources: sources(&["::a"]) },
        Response::Recorded { due: LATE, sources: sources(&["::a"]) },
    ];
    for state in states {
        for asked in [&[][..], &["::a", "::b"][..]] {
            let due = Instant::from_micros(1_500_000);
            let event = ResponseEvent::Asked { sources: sources(asked), due };
            let text = std::format!("asked {:?}, due {due:?}", sources(asked));
            row(rows, &state, &text, &state.clone().on(event), "-");
        }
        for filter in
            [include(&["::a"]), include(&["::b"]), exclude(&["::a"]), exclude(&["::b"]), include(&[])]
        {
            let next = state.clone().on(ResponseEvent::Expired);
            let owed = state.owed(&filter);
            let said = (!owed.is_nothing()).then(|| GroupRecord::current_state(group, &owed));
            row(rows, &state, &std::format!("expired in {filter:?}"), &next, &records(said.as_slice()));
        }
    }
}

fn general_rows(rows: &mut String) {
    let after = address("ff0e::1");
    let between = Instant::from_micros(1_500_000);
    let states = [
        General::Idle,
        General::Pending { due: EARLY },
        General::Pending { due: LATE },
        General::Halfway { due: EARLY, after },
        General::Halfway { due: LATE, after },
    ];
    for state in states {
        let events = [
            GeneralEvent::Asked { due: between },
            GeneralEvent::Reported,
            GeneralEvent::ReportedTo { after: address("ff0e::2"), due: between },
        ];
        for event in events {
            row(rows, &state, &std::format!("{event:?}"), &state.on(event), "-");
        }
    }
}

#[test]
fn the_matrix_is_the_one_on_file() {
    let mut rows = String::from("# state | event | next | actions\n# changes, Robustness Variable 3\n");
    change_rows(&mut rows);
    rows.push_str("# responses to specific queries\n");
    response_rows(&mut rows);
    rows.push_str("# responses to general queries\n");
    general_rows(&mut rows);

    crate::matrix::is_on_file("mld-listener", &rows);
}

#[test]
fn a_query_for_too_many_sources_is_answered_with_the_whole_state() {
    let many =
        |n: u16| (0..n).map(|n| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)).collect::<SourceList>();
    let most = MAX_RECORDED as u16;
    let ask = |state: Response, sources| state.on(ResponseEvent::Asked { sources, due: EARLY });

    let full = ask(Response::Idle, many(most));
    assert!(matches!(&full, Response::Recorded { sources, .. } if sources.len() == MAX_RECORDED));
    assert_eq!(ask(full, many(most + 1)), Response::Whole { due: EARLY });
    assert_eq!(ask(Response::Idle, many(most + 1)), Response::Whole { due: EARLY });
}
