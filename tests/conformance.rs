//! The conformance table: every rule of the drafts and standards, what shows it, and what is left to do.
//!
//! `testdata/conformance.tsv` says it; this holds it to the tests that exist and to the numbers in the README. After a
//! change of the table, `UPDATE_README=1 cargo test --test conformance` writes the numbers anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::fmt::Write as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const COLUMNS: &str = "item\tsource\trule\tstatus\ttest\treason";
const BEGIN: &str = "<!-- conformance -->\n";
const END: &str = "<!-- /conformance -->";

/// The rows of RFC 3810 7.4.1 and 7.4.2: filter mode of the group, type of the record.
const REPORT_ROWS: [&str; 12] = [
    "IN-IS_IN", "IN-IS_EX", "EX-IS_IN", "EX-IS_EX", "IN-ALLOW", "IN-BLOCK", "IN-TO_EX", "IN-TO_IN",
    "EX-ALLOW", "EX-BLOCK", "EX-TO_EX", "EX-TO_IN",
];

/// One rule of one document.
struct Row {
    item: String,
    source: String,
    rule: String,
    status: Status,
    tests: Vec<String>,
    reason: String,
}

/// How far a rule is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    /// A test fails when the rule is taken out.
    Shown,
    /// To be built, or built and not shown.
    Open,
    /// Nothing to build: a definition, or a rule for somebody else.
    Out,
}

impl Row {
    fn read(line: &str) -> Result<Self, String> {
        let cells: Vec<&str> = line.split('\t').collect();
        let &[item, source, rule, status, tests, reason] = cells.as_slice() else {
            return Err(format!("{} columns: {line}", cells.len()));
        };
        let status = match status {
            "shown" => Status::Shown,
            "open" => Status::Open,
            "out" => Status::Out,
            _ => return Err(format!("{item}: no such status: {status}")),
        };
        let tests = tests.split(';').filter(|test| !test.is_empty()).map(str::to_owned).collect();
        Ok(Self {
            item: item.into(),
            source: source.into(),
            rule: rule.into(),
            status,
            tests,
            reason: reason.into(),
        })
    }

    /// The draft or standard, without the section.
    fn document(&self) -> &str {
        let words = if self.source.starts_with("RFC ") { 2 } else { 1 };
        self.source.match_indices(' ').nth(words - 1).map_or(&self.source, |(at, _)| &self.source[..at])
    }

    /// What is wrong with the row taken by itself.
    fn faults(&self) -> Vec<String> {
        let Self { item, source, rule, status, tests, reason } = self;
        let mut faults = Vec::new();
        let mut must = |holds: bool, what: &str| {
            if !holds {
                faults.push(format!("{item}: {what}"));
            }
        };
        must([item, source, rule].iter().all(|cell| !cell.is_empty()), "item, source or rule is empty");
        must([item, source, rule, reason].iter().all(|cell| cell.trim() == *cell), "space around a cell");
        must(self.document() != source, "the source names no section");
        match status {
            Status::Shown => must(!tests.is_empty(), "shown by no test"),
            Status::Open => must(tests.is_empty(), "open, and yet a test shows it"),
            Status::Out => {
                must(tests.is_empty(), "out, and yet a test shows it");
                must(!reason.is_empty(), "out without a reason");
            }
        }
        must(tests.iter().collect::<BTreeSet<_>>().len() == tests.len(), "a test is named twice");
        faults
    }
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn table() -> Vec<Row> {
    let text = fs::read_to_string(path("testdata/conformance.tsv")).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    assert_eq!(head, COLUMNS);
    rows.lines().map(|line| Row::read(line).unwrap()).collect()
}

/// The items that the table must have: the numbered rules of the drafts (Z zhao, A asaeda, S sarikaya, L liu), the
/// decisions (D) where they are silent, the traps (T), and each row of the MLDv2 router's tables.
fn expected() -> impl Iterator<Item = String> {
    let numbered = [("Z", 1..=53), ("A", 1..=54), ("S", 1..=50), ("L", 1..=18), ("T", 1..=63)];
    let decisions = [("D-", 1..=10), ("D-", 20..=32)];
    numbered
        .into_iter()
        .chain(decisions)
        .flat_map(|(letter, numbers)| numbers.map(move |number| format!("{letter}{number}")))
        .chain(["A38a".to_owned()])
        .chain(REPORT_ROWS.iter().map(|row| format!("MLD-3.4-{row}")))
}

/// Whether `source` has a test function of this name: its attributes stand between it and what was before.
fn has_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let head = format!("fn {name}(");
    lines.iter().enumerate().filter(|(_, line)| line.starts_with(&head)).any(|(at, _)| {
        let ends = |line: &str| line.is_empty() || (line.ends_with('}') && !line.starts_with("//"));
        let mut before = lines[..at].iter().rev().take_while(|line| !ends(line));
        before.any(|line| line.starts_with("#[test]") || line.starts_with("#[rstest"))
    })
}

#[test]
fn every_row_is_well_formed() {
    let faults: Vec<String> = table().iter().flat_map(Row::faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_item_stands_once() {
    let mut items = BTreeSet::new();
    for row in table() {
        assert!(items.insert(row.item.clone()), "{} occurs twice", row.item);
    }
    let missing: Vec<String> = expected().filter(|item| !items.contains(item)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

#[test]
fn every_test_that_is_named_exists() {
    let mut files = BTreeMap::new();
    let mut missing = Vec::new();
    for row in table() {
        for test in &row.tests {
            let (file, name) =
                test.rsplit_once("::").unwrap_or_else(|| panic!("{}: no path: {test}", row.item));
            let source: &String = files
                .entry(file.to_owned())
                .or_insert_with(|| fs::read_to_string(path(file)).unwrap_or_default());
            if !has_test(source, name) {
                missing.push(format!("{}: {test}", row.item));
            }
        }
    }
    assert!(missing.is_empty(), "no such test:\n{}", missing.join("\n"));
}

#[test]
fn the_readme_has_the_numbers_of_the_table() {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    let numbers = numbers(&table());
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(path("README.md"), format!("{before}{BEGIN}{numbers}{END}{after}")).unwrap();
    } else {
        assert_eq!(shown, numbers, "UPDATE_README=1 rewrites it");
    }
}

/// One line per document: the drafts as the table has them, then the standards by number, then all together.
fn numbers(rows: &[Row]) -> String {
    let mut documents: Vec<&str> = Vec::new();
    for row in rows {
        if !documents.contains(&row.document()) {
            documents.push(row.document());
        }
    }
    documents
        .sort_by_key(|document| document.strip_prefix("RFC ").map(|number| number.parse::<u16>().unwrap()));
    let mut text = String::from("| draft or standard | shown | open | out |\n|---|--:|--:|--:|\n");
    let mut line = |name: &str, of: &dyn Fn(&Row) -> bool| {
        let count = |status| rows.iter().filter(|row| row.status == status && of(row)).count();
        let (shown, open, out) = (count(Status::Shown), count(Status::Open), count(Status::Out));
        writeln!(text, "| {name} | {shown} | {open} | {out} |").unwrap();
    };
    for document in documents {
        line(document, &|row| row.document() == document);
    }
    line("all", &|_| true);
    text
}

#[test]
fn a_row_that_is_wrong_is_found() {
    let faults = |line: &str| Row::read(line).map(|row| row.faults());
    assert_eq!(faults("Z1\tRFC 3810 5\trule\tshown\tsrc/a.rs::b\t"), Ok(vec![]));
    assert_eq!(faults("Z1\tRFC 3810 5\trule\tshown\t\t"), Ok(vec!["Z1: shown by no test".into()]));
    assert_eq!(faults("Z1\tRFC 3810 5\trule\tout\t\t"), Ok(vec!["Z1: out without a reason".into()]));
    assert_eq!(faults("Z1\tRFC 3810\trule\topen\t\t"), Ok(vec!["Z1: the source names no section".into()]));
    assert!(faults("Z1\tRFC 3810 5\trule\tdone\t\t").is_err());
    assert!(faults("Z1\tRFC 3810 5\trule\topen").is_err());
    assert!(has_test("#[test]\nfn a() {}", "a"));
    assert!(has_test("#[test]\n/// TO_IN{}\nfn a() {}", "a"));
    assert!(!has_test("#[test]\nfn a() {}\nfn helper() {}", "helper"));
    assert!(!has_test("#[test]\nfn a_longer_name() {}", "a"));
}
