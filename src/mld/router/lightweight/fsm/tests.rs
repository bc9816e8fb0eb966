//! The transitions against the tables as RFC 5790 prints them, and the matrix of all of them.

use std::format;
use std::string::String;
use std::vec::Vec;

use core::net::Ipv6Addr;

use super::*;
use crate::mld::lightweight::rfc::{Asked, GMI, Record};
use crate::mld::router::fsm::tests::rfc::name;
use crate::mld::router::fsm::tests::{list, source};

const KINDS: [Kind; 6] = [Kind::IsIn, Kind::IsEx, Kind::ToIn, Kind::ToEx, Kind::Allow, Kind::Block];

/// When the timers of the states below end, in seconds: before, at and after the group timer.
const SOON: u64 = 100;
const GROUP: u64 = 200;
const LATE: u64 = 250;

fn at(second: u64) -> Instant {
    Instant::from_secs(second)
}

fn state(group_timer: Option<u64>, sources: &[(u16, u64)]) -> State<Ipv6Addr> {
    let timed = |all: TimedSources<_>, &(n, due)| all.plus(&list(&[n]), at(due));
    State { group_timer: group_timer.map(at), sources: sources.iter().fold(TimedSources::EMPTY, timed) }
}

/// Each form of the state: with and without a group timer, with and without sources.
fn states() -> [State<Ipv6Addr>; 4] {
    let some = [(1, SOON), (2, LATE), (3, GROUP)];
    [state(None, &[]), state(None, &some), state(Some(GROUP), &[]), state(Some(GROUP), &some)]
}

/// Every subset of the sources of [`states`] and one that none of them has.
fn lists() -> impl Iterator<Item = Vec<u16>> {
    (0u8..16).map(|bits| (1..=4).filter(|n| bits >> (n - 1) & 1 == 1).collect())
}

fn number(source: Ipv6Addr) -> u16 {
    let [.., n] = source.segments();
    n
}

/// A state in the words of RFC 5790 3.2.
fn as_printed(state: &State<Ipv6Addr>) -> Record {
    let second = |due: Instant| due.as_micros() / 1_000_000;
    Record {
        group_timer: state.group_timer.map_or(0, second),
        timers: state.sources.iter().map(|(source, due)| (number(source), second(due))).collect(),
    }
}

fn plain(sources: &SourceList) -> Vec<u16> {
    sources.iter().map(number).collect()
}

fn heard(
    state: &State<Ipv6Addr>,
    kind: Kind,
    sources: &SourceList,
) -> (State<Ipv6Addr>, Questions<Ipv6Addr>) {
    state.clone().on(Event::Record { kind, sources, due: at(GMI).into() })
}

fn is_as_printed(kinds: &[Kind]) {
    for state in states() {
        for &kind in kinds {
            for numbers in lists() {
                let mut expected = as_printed(&state);
                let asked = expected.report(&name(&format!("{kind:?}")), &numbers, GMI);
                let (next, questions) = heard(&state, kind, &list(&numbers));
                assert_eq!(as_printed(&next), expected, "{state:?} {kind:?} {numbers:?}");
                let sources = plain(&questions.sources).into_iter().collect();
                assert_eq!(
                    Asked { group: questions.group, sources },
                    asked,
                    "{state:?} {kind:?} {numbers:?}"
                );
            }
        }
    }
}

#[test]
fn mld_3_7_lw_every_row_of_5_3_is_as_printed() {
    is_as_printed(&[Kind::IsIn, Kind::IsEx]);
}

#[test]
fn mld_3_7_lw_every_row_of_5_4_is_as_printed() {
    is_as_printed(&[Kind::Allow, Kind::Block, Kind::ToIn, Kind::ToEx]);
}

/// Trap 30: the full router drops here the sources that it requested.
#[test]
fn t30_the_sources_stay_when_everything_is_wanted() {
    let before = state(None, &[(1, SOON), (2, LATE)]);
    for kind in [Kind::ToEx, Kind::IsEx] {
        let (next, questions) = heard(&before, kind, &SourceList::EMPTY);
        assert_eq!(next, state(Some(GMI), &[(1, SOON), (2, LATE)]), "{kind:?}");
        assert_eq!(questions, Questions::NONE);
        assert_eq!(heard(&next, kind, &SourceList::EMPTY).0, next, "and when it is said again");
    }
}

#[test]
fn mld_3_7_lw_sources_of_exclude_records_are_read_as_none() {
    for state in states() {
        for kind in [Kind::ToEx, Kind::IsEx] {
            for numbers in lists() {
                assert_eq!(heard(&state, kind, &list(&numbers)), heard(&state, kind, &SourceList::EMPTY));
            }
        }
    }
}

#[test]
fn mld_3_7_lw_is_in_and_allow_are_one_and_so_are_is_ex_and_to_ex() {
    for state in states() {
        for numbers in lists() {
            let after = |kind| heard(&state, kind, &list(&numbers));
            assert_eq!(after(Kind::IsIn), after(Kind::Allow));
            assert_eq!(after(Kind::IsEx), after(Kind::ToEx));
        }
    }
}

#[test]
fn mld_3_7_lw_every_timer_of_5_1_ends_as_printed() {
    for state in states() {
        for now in [SOON - 1, SOON, GROUP - 1, GROUP, LATE] {
            let mut expected = as_printed(&state);
            expected.elapse(now);
            let (next, questions) = state.clone().on(Event::Elapsed(at(now)));
            assert_eq!(as_printed(&next), expected, "{state:?} at {now}");
            assert_eq!(questions, Questions::NONE);
            assert_eq!(next.next(), expected.next().map(at));
        }
    }
}

/// RFC 5790 5.1: the full router keeps it until the filter timer ends, to exclude it.
#[test]
fn mld_3_7_lw_a_source_goes_with_its_timer_while_the_group_timer_runs() {
    let (next, _) = state(Some(GROUP), &[(1, SOON), (2, LATE)]).on(Event::Elapsed(at(SOON)));
    assert_eq!(next, state(Some(GROUP), &[(2, LATE)]));
    let (next, _) = next.on(Event::Elapsed(at(GROUP)));
    assert_eq!(next, state(None, &[(2, LATE)]));
    let (next, _) = next.on(Event::Elapsed(at(LATE)));
    assert!(next.is_nothing());
}

#[test]
fn mld_3_7_lw_the_filter_is_the_forwarding_suggestion_of_5_2() {
    for state in states() {
        for n in 1..=5 {
            assert_eq!(state.filter().passes(source(n)), as_printed(&state).passes(n), "{state:?} {n}");
        }
        assert_eq!(state.filter().is_nothing(), state.is_nothing());
    }
}

#[test]
fn asking_lowers_what_runs_longer_and_nothing_else() {
    let questions = Questions { group: true, sources: list(&[1, 2, 4]) };
    let mut running = state(Some(GROUP), &[(1, SOON), (2, LATE), (3, LATE)]);
    assert_eq!(running.ask(&questions, at(150)), Questions { group: true, sources: list(&[2]) });
    assert_eq!(running, state(Some(150), &[(1, SOON), (2, 150), (3, LATE)]));
    assert_eq!(running.ask(&questions, at(150)), Questions::NONE);

    let mut unwanted = state(None, &[(1, SOON)]);
    assert_eq!(unwanted.ask(&questions, at(150)), Questions::NONE, "no group timer begins");
    assert_eq!(unwanted, state(None, &[(1, SOON)]));
}

#[test]
fn t34_what_is_told_late_shortens_no_timer_and_a_report_sets_it() {
    let before = state(Some(GROUP), &[(2, LATE)]);
    for (late, group, source) in [(true, GROUP, LATE), (false, SOON, SOON)] {
        let due = Until { due: at(SOON), late };
        let after =
            |kind, sources: &[u16]| before.clone().on(Event::Record { kind, sources: &list(sources), due }).0;
        assert_eq!(after(Kind::ToEx, &[]), state(Some(group), &[(2, LATE)]));
        assert_eq!(after(Kind::IsIn, &[2]), state(Some(GROUP), &[(2, source)]));
    }
}

#[test]
fn the_matrix_is_the_one_on_file() {
    let mut rows = String::from(
        "# group timer, sources | event | next | actions\n\
         # A timer is followed by its end: soon < group < late < GMI.\n",
    );
    for state in states() {
        for kind in KINDS {
            for numbers in [&[][..], &[2, 4]] {
                let (next, questions) = heard(&state, kind, &list(numbers));
                let event = format!("{} {}", name(&format!("{kind:?}")), braced(numbers));
                rows += &format!("{} | {event} | {} | {}\n", shown(&state), shown(&next), asked(&questions));
            }
        }
        for now in [SOON, GROUP, LATE] {
            let (next, questions) = state.clone().on(Event::Elapsed(at(now)));
            let event = format!("elapsed {}", moment(at(now)));
            rows += &format!("{} | {event} | {} | {}\n", shown(&state), shown(&next), asked(&questions));
        }
    }
    crate::matrix::is_on_file("mld-lightweight-router", &rows);
}

fn shown(state: &State<Ipv6Addr>) -> String {
    let sources = state.sources.iter().map(|(source, due)| format!("{}@{}", number(source), moment(due)));
    let sources: Vec<String> = sources.collect();
    let group = state.group_timer.map_or("0".into(), |due| format!("until {}", moment(due)));
    format!("{group}, {{{}}}", sources.join(","))
}

fn asked(questions: &Questions<Ipv6Addr>) -> String {
    let sources = plain(&questions.sources);
    let sources = (!sources.is_empty()).then(|| format!("Q(G,{})", braced(&sources)));
    let both: Vec<String> = sources.into_iter().chain(questions.group.then(|| "Q(G)".into())).collect();
    if both.is_empty() { "-".into() } else { both.join(", ") }
}

fn braced(numbers: &[u16]) -> String {
    format!("{{{}}}", numbers.iter().map(|n| format!("{n}")).collect::<Vec<_>>().join(","))
}

fn moment(due: Instant) -> &'static str {
    let named = [(SOON, "soon"), (GROUP, "group"), (LATE, "late"), (GMI, "GMI")];
    named.into_iter().find(|&(second, _)| at(second) == due).unwrap().1
}
