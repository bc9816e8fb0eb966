//! The transitions against the tables as RFC 3810 prints them, and the matrix of all of them.

#[path = "../../../../tests/model/rfc3810.rs"]
pub(in crate::mld::router) mod rfc;

use std::format;
use std::string::String;
use std::vec::Vec;

use core::net::Ipv6Addr;

use super::*;
use rfc::{MALI, Record};

/// The source that the number `n` stands for.
pub(in crate::mld::router) const fn source(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
}

pub(in crate::mld::router) fn list(numbers: &[u16]) -> SourceList {
    numbers.iter().map(|&n| source(n)).collect()
}

fn timed(sources: &[(u16, u64)]) -> TimedSources<Ipv6Addr> {
    sources.iter().fold(TimedSources::EMPTY, |all, &(n, due)| all.plus(&list(&[n]), at(due)))
}

fn at(second: u64) -> Instant {
    Instant::from_secs(second)
}

fn include(sources: &[(u16, u64)]) -> State<Ipv6Addr> {
    State::Include(timed(sources))
}

fn exclude(requested: &[(u16, u64)], excluded: &[u16], due: u64) -> State<Ipv6Addr> {
    State::Exclude { requested: timed(requested), excluded: list(excluded), due: at(due) }
}

const KINDS: [Kind; 6] = [Kind::IsIn, Kind::IsEx, Kind::ToIn, Kind::ToEx, Kind::Allow, Kind::Block];

/// A state in the words of RFC 3810 7.2.
fn as_printed(state: &State<Ipv6Addr>) -> Record {
    let second = |due: crate::Instant| due.as_micros() / 1_000_000;
    let running = state.running().iter().map(|(source, due)| (number(source), second(due)));
    let mut record = Record { timers: running.collect(), ..Record::default() };
    if let State::Exclude { excluded, due, .. } = state {
        record.timers.extend(excluded.iter().map(|source| (number(source), 0)));
        (record.exclude, record.filter_timer) = (true, second(*due));
    }
    record
}

/// When the timers of the states below end, in seconds: before, at and after the filter timer.
const SOON: u64 = 100;
const FILTER: u64 = 200;
const LATE: u64 = 250;

/// Each form of the state: empty lists, full lists.
fn states() -> [State<Ipv6Addr>; 6] {
    [
        State::NOTHING,
        include(&[(1, SOON), (2, LATE)]),
        exclude(&[], &[], FILTER),
        exclude(&[(1, SOON), (2, LATE)], &[], FILTER),
        exclude(&[], &[3, 4], FILTER),
        exclude(&[(1, SOON), (2, LATE)], &[3, 4], FILTER),
    ]
}

/// Every subset of the sources of [`states`] and one that none of them has.
fn lists() -> impl Iterator<Item = Vec<u16>> {
    (0u8..32).map(|bits| (1..=5).filter(|n| bits >> (n - 1) & 1 == 1).collect())
}

#[test]
fn every_row_of_7_4_1_and_7_4_2_is_as_printed() {
    for state in states() {
        for kind in KINDS {
            for numbers in lists() {
                let mut expected = as_printed(&state);
                let asked = expected.report(&format!("{kind:?}"), &numbers, MALI);
                let event = Event::Record { kind, sources: &list(&numbers), due: at(MALI).into() };
                let (next, questions) = state.clone().on(event);
                assert_eq!(as_printed(&next), expected, "{state:?} {kind:?} {numbers:?}");
                assert_eq!(questions.group, asked.group, "{state:?} {kind:?} {numbers:?}");
                assert_eq!(
                    questions.sources,
                    asked.sources.iter().map(|&n| source(n)).collect(),
                    "{state:?} {kind:?}"
                );
            }
        }
    }
}

#[test]
fn every_timer_of_7_5_ends_as_printed() {
    for state in states() {
        for now in [SOON - 1, SOON, FILTER - 1, FILTER, LATE] {
            let mut expected = as_printed(&state);
            expected.elapse(now);
            let (next, questions) = state.clone().on(Event::Elapsed(at(now)));
            assert_eq!(as_printed(&next), expected, "{state:?} at {now}");
            assert_eq!(questions, Questions::NONE);
        }
    }
}

/// Trap 24: a source new to both lists gets what is left of the filter timer, not the interval that begins.
#[test]
fn t24_block_and_to_ex_use_the_filter_timer_as_it_was() {
    for kind in [Kind::Block, Kind::ToEx] {
        let event = Event::Record { kind, sources: &list(&[5]), due: at(MALI).into() };
        let (next, _) = exclude(&[], &[], FILTER).on(event);
        assert_eq!(next.running().due(source(5)), Some(at(FILTER)), "{kind:?}");
    }
    let event = Event::Record { kind: Kind::IsEx, sources: &list(&[5]), due: at(MALI).into() };
    let (next, _) = exclude(&[], &[], FILTER).on(event);
    assert_eq!(next.running().due(source(5)), Some(at(MALI)));
}

#[test]
fn t27_empty_lists_join_and_leave_nothing() {
    for state in states() {
        for kind in [Kind::IsIn, Kind::Allow, Kind::Block] {
            let event = Event::Record { kind, sources: &SourceList::EMPTY, due: at(MALI).into() };
            assert_eq!(state.clone().on(event), (state.clone(), Questions::NONE), "{kind:?}");
        }
    }
}

/// Trap 34: what is told late must not cut short what was heard since.
#[test]
fn t34_what_is_told_late_shortens_no_timer_and_a_report_sets_it() {
    let soon = |late| Until { due: at(SOON), late };
    for (late, due) in [(true, LATE), (false, SOON)] {
        let early = Event::Record { kind: Kind::IsIn, sources: &list(&[2]), due: soon(late) };
        assert_eq!(include(&[(2, LATE)]).on(early).0, include(&[(2, due)]));
    }
    for (late, due) in [(true, FILTER), (false, SOON)] {
        for kind in [Kind::IsEx, Kind::ToEx] {
            let early = Event::Record { kind, sources: &list(&[2]), due: soon(late) };
            let (next, _) = exclude(&[(2, LATE)], &[], FILTER).on(early);
            assert_eq!(next, exclude(&[(2, LATE)], &[], due), "{kind:?}");
        }
    }
}

/// A refresh is what the tables make of it, only faster; what it does not take, it leaves as it was.
#[test]
fn a_refresh_is_what_the_tables_say_and_asks_nothing() {
    let mut taken = 0;
    for state in states() {
        for kind in KINDS {
            for numbers in lists() {
                for due in [FILTER, LATE, MALI] {
                    let sources = list(&numbers);
                    let event = Event::Record { kind, sources: &sources, due: at(due).into() };
                    let mut refreshed = state.clone();
                    if !refreshed.refresh(event) {
                        assert_eq!(refreshed, state);
                        continue;
                    }
                    taken += 1;
                    assert_eq!((refreshed, Questions::NONE), state.clone().on(event), "{kind:?} {numbers:?}");
                }
            }
        }
    }
    assert!(taken > 20, "{taken}");
}

#[test]
fn asking_lowers_what_runs_longer_and_nothing_else() {
    let questions = Questions { group: true, sources: list(&[1, 2, 3]) };
    let mut state = exclude(&[(1, SOON), (2, LATE)], &[3], FILTER);
    let lowered = state.ask(&questions, at(150));
    assert_eq!(state, exclude(&[(1, SOON), (2, 150)], &[3], 150));
    assert_eq!(lowered, Questions { group: true, sources: list(&[2]) });
    assert_eq!(state.ask(&questions, at(150)), Questions::NONE);

    let mut unnamed = exclude(&[], &[3], FILTER);
    let lowered = unnamed.ask(&Questions::about(list(&[3, 5])), at(150));
    assert_eq!(unnamed, exclude(&[(5, 150)], &[3], FILTER));
    assert_eq!(lowered.sources, list(&[5]));
}

#[test]
fn the_filter_is_the_forwarding_advice_of_7_3() {
    for state in states() {
        for n in 1..=5 {
            assert_eq!(state.filter().passes(source(n)), state.passes(source(n)));
            assert_eq!(state.passes(source(n)), as_printed(&state).passes(n), "{state:?} {n}");
        }
    }
}

#[test]
fn the_matrix_is_the_one_on_file() {
    let mut rows = String::from(
        "# state | event | next | actions\n# A source is followed by the end of its timer: soon < filter < late < MALI.\n",
    );
    for state in states() {
        for kind in KINDS {
            for numbers in [&[][..], &[2, 4, 5]] {
                let (next, questions) =
                    state.clone().on(Event::Record { kind, sources: &list(numbers), due: at(MALI).into() });
                let event = format!("{} {}", rfc::name(&format!("{kind:?}")), plain(&list(numbers)));
                rows += &format!("{} | {event} | {} | {}\n", shown(&state), shown(&next), asked(&questions));
            }
        }
        for now in [SOON, FILTER, LATE] {
            let (next, questions) = state.clone().on(Event::Elapsed(at(now)));
            let event = format!("elapsed {}", moment(at(now)));
            rows += &format!("{} | {event} | {} | {}\n", shown(&state), shown(&next), asked(&questions));
        }
    }

    crate::matrix::is_on_file("mld-router", &rows);
}

fn shown(state: &State<Ipv6Addr>) -> String {
    let timers = |sources: &TimedSources<Ipv6Addr>| {
        let each = sources.iter().map(|(source, due)| format!("{}@{}", number(source), moment(due)));
        format!("{{{}}}", each.collect::<Vec<_>>().join(","))
    };
    match state {
        State::Include(sources) => format!("INCLUDE {}", timers(sources)),
        State::Exclude { requested, excluded, due } => {
            format!("EXCLUDE ({},{}) until {}", timers(requested), plain(excluded), moment(*due))
        }
    }
}

fn asked(questions: &Questions<Ipv6Addr>) -> String {
    let sources = (!questions.sources.is_empty()).then(|| format!("Q(MA,{})", plain(&questions.sources)));
    let both: Vec<String> = sources.into_iter().chain(questions.group.then(|| "Q(MA)".into())).collect();
    if both.is_empty() { "-".into() } else { both.join(", ") }
}

fn plain(sources: &SourceList) -> String {
    format!(
        "{{{}}}",
        sources.iter().map(|source| format!("{}", number(source))).collect::<Vec<_>>().join(",")
    )
}

const fn number(source: Ipv6Addr) -> u16 {
    let [.., n] = source.segments();
    n
}

fn moment(due: Instant) -> &'static str {
    let named = [(SOON, "soon"), (FILTER, "filter"), (LATE, "late"), (MALI, "MALI")];
    named.into_iter().find(|&(second, _)| at(second) == due).unwrap().1
}
