//! RFC 3810 7.4 and 7.5 a second time, word for word: the tables as text, and a reader of their set expressions.
//!
//! It knows nothing of the crate: the router's own tests and the fuzz targets compare with it.
#![allow(dead_code, unreachable_pub, reason = "each of those who include this uses a part of it")]

use core::str::Chars;
use std::collections::{BTreeMap, BTreeSet};
use std::format;
use std::string::String;
use std::vec::Vec;

/// Seconds of the Multicast Address Listening Interval and the Last Listener Query Time with the standard's values.
pub const MALI: u64 = 260;
pub const LLQT: u64 = 2;

/// Router state, report received, new router state, actions.
const TABLES: [(&str, &str, &str, &[&str]); 12] = [
    ("INCLUDE (A)", "IS_IN (B)", "INCLUDE (A+B)", &["(B)=MALI"]),
    ("INCLUDE (A)", "IS_EX (B)", "EXCLUDE (A*B,B-A)", &["(B-A)=0", "Delete (A-B)", "Filter Timer=MALI"]),
    ("EXCLUDE (X,Y)", "IS_IN (A)", "EXCLUDE (X+A,Y-A)", &["(A)=MALI"]),
    (
        "EXCLUDE (X,Y)",
        "IS_EX (A)",
        "EXCLUDE (A-Y,Y*A)",
        &["(A-X-Y)=MALI", "Delete (X-A)", "Delete (Y-A)", "Filter Timer=MALI"],
    ),
    ("INCLUDE (A)", "ALLOW (B)", "INCLUDE (A+B)", &["(B)=MALI"]),
    ("INCLUDE (A)", "BLOCK (B)", "INCLUDE (A)", &["Send Q(MA,A*B)"]),
    (
        "INCLUDE (A)",
        "TO_EX (B)",
        "EXCLUDE (A*B,B-A)",
        &["(B-A)=0", "Delete (A-B)", "Send Q(MA,A*B)", "Filter Timer=MALI"],
    ),
    ("INCLUDE (A)", "TO_IN (B)", "INCLUDE (A+B)", &["(B)=MALI", "Send Q(MA,A-B)"]),
    ("EXCLUDE (X,Y)", "ALLOW (A)", "EXCLUDE (X+A,Y-A)", &["(A)=MALI"]),
    ("EXCLUDE (X,Y)", "BLOCK (A)", "EXCLUDE (X+(A-Y),Y)", &["(A-X-Y)=Filter Timer", "Send Q(MA,A-Y)"]),
    (
        "EXCLUDE (X,Y)",
        "TO_EX (A)",
        "EXCLUDE (A-Y,Y*A)",
        &["(A-X-Y)=Filter Timer", "Delete (X-A)", "Delete (Y-A)", "Send Q(MA,A-Y)", "Filter Timer=MALI"],
    ),
    ("EXCLUDE (X,Y)", "TO_IN (A)", "EXCLUDE (X+A,Y-A)", &["(A)=MALI", "Send Q(MA,X-A)", "Send Q(MA)"]),
];

type Set = BTreeSet<u16>;

/// A multicast address record as RFC 3810 7.2 describes it; times in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub exclude: bool,
    /// Sources with the end of their timers; 0: the timer is zero.
    pub timers: BTreeMap<u16, u64>,
    pub filter_timer: u64,
}

/// The queries of the last column.
#[derive(Debug, Default)]
pub struct Asked {
    pub group: bool,
    pub sources: Set,
}

impl Record {
    /// Takes a record of this kind, reading its row. `until` is now + MALI.
    pub fn report(&mut self, kind: &str, list: &[u16], until: u64) -> Asked {
        let state = if self.exclude { "EXCLUDE (X,Y)" } else { "INCLUDE (A)" };
        let report = format!("{} ({})", name(kind), if self.exclude { "A" } else { "B" });
        let &(.., new, actions) = TABLES.iter().find(|row| (row.0, row.1) == (state, &*report)).unwrap();

        let (old, filter_timer) = (self.clone(), self.filter_timer);
        let named = |letter: char| -> Set {
            match (letter, old.exclude) {
                ('A', true) | ('B', false) => list.iter().copied().collect(),
                ('A', false) => old.timers.keys().copied().collect(),
                ('X', true) => old.timers.iter().filter(|(_, end)| **end > 0).map(|(n, _)| *n).collect(),
                ('Y', true) => old.timers.iter().filter(|(_, end)| **end == 0).map(|(n, _)| *n).collect(),
                _ => panic!("{letter} in {state}"),
            }
        };
        let mut asked = Asked::default();
        for action in actions {
            let value = |text: &str| match text {
                "MALI" => until,
                "0" => 0,
                "Filter Timer" => filter_timer,
                _ => panic!("{text}"),
            };
            if let Some(set) = action.strip_prefix("Delete ") {
                evaluate(set, &named).iter().for_each(|n| assert!(self.timers.remove(n).is_some()));
            } else if *action == "Send Q(MA)" {
                asked.group = true;
            } else if let Some(set) = action.strip_prefix("Send Q(MA,") {
                asked.sources.extend(evaluate(&format!("({set}"), &named));
            } else if *action == "Filter Timer=MALI" {
                self.filter_timer = until;
            } else {
                let (set, timer) = action.split_once('=').unwrap();
                let timer = value(timer);
                self.timers.extend(evaluate(set, &named).into_iter().map(|n| (n, timer)));
            }
        }
        // The third column says what must have come out; it decides nothing but the mode.
        let (mode, lists) = new.split_once(' ').unwrap();
        self.exclude = mode == "EXCLUDE";
        let lists = lists.trim_start_matches('(').strip_suffix(')').unwrap();
        let expected: Vec<Set> = lists.split(',').map(|set| evaluate(&format!("({set})"), &named)).collect();
        let with = |running: bool| -> Set {
            self.timers.iter().filter(|(_, end)| (**end > 0) == running).map(|(n, _)| *n).collect()
        };
        assert_eq!(
            expected,
            if self.exclude { [with(true), with(false)].into() } else { [with(true)].to_vec() }
        );
        asked
    }

    /// Lowers the timers that a query is about (7.6.3), to end at `soon`.
    pub fn lower(&mut self, asked: &Asked, soon: u64) {
        self.timers
            .iter_mut()
            .filter(|(n, _)| asked.sources.contains(n))
            .for_each(|(_, end)| *end = soon.min(*end));
        if asked.group {
            self.filter_timer = soon.min(self.filter_timer);
        }
    }

    /// Ends the timers that have ended at `now` (7.2.3, 7.5), all at once.
    pub fn elapse(&mut self, now: u64) {
        if self.exclude && self.filter_timer <= now {
            self.exclude = false;
            self.filter_timer = 0;
        }
        if self.exclude {
            self.timers.values_mut().filter(|end| **end <= now).for_each(|end| *end = 0);
        } else {
            self.timers.retain(|_, end| *end > now);
        }
    }

    /// When the next timer ends.
    pub fn next(&self) -> Option<u64> {
        let filter = self.exclude.then_some(self.filter_timer);
        self.timers.values().copied().filter(|&end| end > 0).chain(filter).min()
    }

    /// The advice of 7.3.
    pub fn passes(&self, n: u16) -> bool {
        self.timers.get(&n).map_or(self.exclude, |&end| end > 0)
    }
}

/// `IsIn` as the tables spell it.
pub fn name(kind: &str) -> String {
    let mut name = String::new();
    for (at, letter) in kind.char_indices() {
        if at > 0 && letter.is_uppercase() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}

/// The set that an expression like `(X+(A-Y))` means: + union, * intersection, - difference, from left to right.
fn evaluate(text: &str, named: &impl Fn(char) -> Set) -> Set {
    let mut rest = text.chars();
    let set = term(&mut rest, named);
    assert_eq!(rest.as_str(), "", "{text}");
    set
}

fn term(rest: &mut Chars<'_>, named: &impl Fn(char) -> Set) -> Set {
    match rest.next().unwrap() {
        '(' => {
            let mut set = term(rest, named);
            loop {
                set = match rest.next().unwrap() {
                    ')' => return set,
                    '+' => &set | &term(rest, named),
                    '*' => &set & &term(rest, named),
                    '-' => &set - &term(rest, named),
                    other => panic!("{other}"),
                };
            }
        }
        letter => named(letter),
    }
}
