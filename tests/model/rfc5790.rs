//! RFC 5790 4 and 5 a second time, word for word: the tables as text, and a reader of them.
//!
//! It knows nothing of the crate: the tests of the lightweight machines compare with it.
#![allow(dead_code, unreachable_pub, reason = "each of those who include this uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::string::String;
use std::vec::Vec;

/// Seconds of the Group Membership Interval and the Last Member Query Time with the standard's values.
pub const GMI: u64 = 260;
pub const LMQT: u64 = 2;

/// 5.3 and 5.4: group timer, report received, new source-list, actions. The old source-list is A.
const TABLES: [(&str, &str, &str, &[&str]); 12] = [
    ("G_Timer == 0", "IS_IN(B)", "A+B", &["(B)=GMI"]),
    ("G_Timer == 0", "IS_EX({})", "A", &["G_Timer=GMI"]),
    ("G_Timer > 0", "IS_IN(B)", "A+B", &["(B)=GMI"]),
    ("G_Timer > 0", "IS_EX({})", "A", &["G_Timer=GMI"]),
    ("G_Timer == 0", "ALLOW(B)", "A+B", &["(B)=GMI"]),
    ("G_Timer == 0", "BLOCK(B)", "A", &["Send Q(G,A*B)"]),
    ("G_Timer == 0", "TO_IN(B)", "A+B", &["(B)=GMI", "Send Q(G,A-B)"]),
    ("G_Timer == 0", "TO_EX({})", "A", &["G_Timer=GMI"]),
    ("G_Timer > 0", "ALLOW(B)", "A+B", &["(B)=GMI"]),
    ("G_Timer > 0", "BLOCK(B)", "A", &["Send Q(G,A*B)"]),
    ("G_Timer > 0", "TO_IN(B)", "A+B", &["(B)=GMI", "Send Q(G,A-B)", "Send Q(G)"]),
    ("G_Timer > 0", "TO_EX({})", "A", &["G_Timer=GMI"]),
];

/// 4.2: old state, new state, report sent. An EXCLUDE list is always empty.
const CHANGES: [(&str, &str, &[&str]); 3] = [
    ("INCLUDE", "INCLUDE", &["ALLOW(B-A)", "BLOCK(A-B)"]),
    ("INCLUDE", "EXCLUDE", &["TO_EX({})"]),
    ("EXCLUDE", "INCLUDE", &["TO_IN(B)"]),
];

/// 4.4: how the full version answers a query, and how the lightweight one.
pub const ANSWERS: [(&str, &str); 2] = [("IS_EX({})", "TO_EX({})"), ("IS_IN(x)", "ALLOW(x)")];

type Set = BTreeSet<u16>;

/// A group as RFC 5790 3.2 describes it; times in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// 0: it does not run.
    pub group_timer: u64,
    /// Source records with the end of their timers.
    pub timers: BTreeMap<u16, u64>,
}

/// The queries of the last column.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub group: bool,
    pub sources: Set,
}

impl Record {
    /// Takes a record of this kind, reading its row. `until` is now + GMI.
    pub fn report(&mut self, kind: &str, list: &[u16], until: u64) -> Asked {
        // 5.3, 5.4: IS_EX(x) and TO_EX(x) are treated as those with an empty source-list.
        let report = match kind {
            "IS_EX" | "TO_EX" => std::format!("{kind}({{}})"),
            _ => std::format!("{kind}(B)"),
        };
        let timer = if self.group_timer > 0 { "G_Timer > 0" } else { "G_Timer == 0" };
        let &(.., new, actions) = TABLES.iter().find(|row| (row.0, row.1) == (timer, &*report)).unwrap();

        let (a, b): (Set, Set) = (self.timers.keys().copied().collect(), list.iter().copied().collect());
        let mut asked = Asked::default();
        for action in actions {
            match *action {
                "(B)=GMI" => self.timers.extend(b.iter().map(|&n| (n, until))),
                "G_Timer=GMI" => self.group_timer = until,
                "Send Q(G)" => asked.group = true,
                _ => {
                    let set = action.strip_prefix("Send Q(G,").and_then(|set| set.strip_suffix(')')).unwrap();
                    asked.sources = evaluate(set, &a, &b);
                }
            }
        }
        // The third column says what must have come out; it decides nothing.
        assert_eq!(self.timers.keys().copied().collect::<Set>(), evaluate(new, &a, &b));
        asked
    }

    /// Lowers the timers that a query is about (RFC 3810 7.6.3), to end at `soon`.
    pub fn lower(&mut self, asked: &Asked, soon: u64) {
        self.timers
            .iter_mut()
            .filter(|(n, _)| asked.sources.contains(n))
            .for_each(|(_, end)| *end = soon.min(*end));
        if asked.group {
            self.group_timer = soon.min(self.group_timer);
        }
    }

    /// Ends the timers that have ended at `now` (5.1).
    pub fn elapse(&mut self, now: u64) {
        self.timers.retain(|_, end| *end > now);
        if self.group_timer <= now {
            self.group_timer = 0;
        }
    }

    /// When the next timer ends.
    pub fn next(&self) -> Option<u64> {
        self.timers.values().copied().chain([self.group_timer]).filter(|&end| end > 0).min()
    }

    /// The suggestion of 5.2.
    pub fn passes(&self, n: u16) -> bool {
        match (self.group_timer, self.timers.get(&n)) {
            (0, Some(_)) => true,
            (0, None) => false,
            (_, _) => true,
        }
    }
}

/// What a host reports of a change from mode and sources to mode and sources (4.2).
pub fn change(old: (&str, &[u16]), new: (&str, &[u16])) -> Vec<(String, Set)> {
    let Some(&(.., reports)) = CHANGES.iter().find(|row| (row.0, row.1) == (old.0, new.0)) else {
        return Vec::new();
    };
    let (a, b): (Set, Set) = (old.1.iter().copied().collect(), new.1.iter().copied().collect());
    let records = reports.iter().map(|report| {
        let (kind, set) = report.strip_suffix(')').and_then(|report| report.split_once('(')).unwrap();
        (String::from(kind), evaluate(set, &a, &b))
    });
    records.filter(|(kind, set)| kind.starts_with("TO_") || !set.is_empty()).collect()
}

/// The set that an expression means: + union, * intersection, - difference.
fn evaluate(text: &str, a: &Set, b: &Set) -> Set {
    match text {
        "{}" => Set::new(),
        "A" => a.clone(),
        "B" => b.clone(),
        "A+B" => a | b,
        "A*B" => a & b,
        "A-B" => a - b,
        "B-A" => b - a,
        _ => panic!("{text}"),
    }
}
