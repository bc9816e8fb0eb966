//! A trace that was changed by hand: what changed is what is shown.

use serde_json::{Value, json};

use super::{count, recorded, replayed, value};
use crate::program::Outcome;

const SCENARIO: &str = "asaeda-fig6";

/// The first line that says `kind` and has `text` in it.
fn find(lines: &[String], kind: &str, text: &str) -> usize {
    let is_it = |line: &String| value(line).get(kind).is_some() && line.contains(text);
    lines.iter().position(is_it).unwrap()
}

/// What is said of a trace with a difference. Nothing is said on standard error.
fn differing(lines: &[String]) -> String {
    let Outcome { code, out, err } = replayed(lines);
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    out
}

/// What the trace has before the step to which a line belongs, as it is told.
fn agreed(lines: &[String], line: usize) -> String {
    let is_step = |line: &String| ["input", "timeout"].iter().any(|kind| value(line).get(kind).is_some());
    let step = lines[..=line].iter().rposition(is_step).unwrap();
    let steps = count(&lines[..step], &["input", "timeout"]);
    let actions = count(&lines[..step], &["action"]);
    let s = |count| if count == 1 { "" } else { "s" };
    format!("agreed before it: {steps} step{}, {actions} action{}", s(steps), s(actions))
}

/// Where it is said to be.
fn place(lines: &[String], line: usize) -> String {
    let read = value(&lines[line]);
    let micros = read["micros"].as_u64().unwrap();
    let node = read["node"].as_str().unwrap();
    let number = line + 1;
    format!("standard input: line {number}, {}.{:06} s, {node}: ", micros / 1_000_000, micros % 1_000_000)
}

/// The rows that are marked.
fn marked(out: &str) -> Vec<Vec<&str>> {
    out.lines()
        .filter_map(|line| line.strip_prefix("! "))
        .map(|row| row.split_whitespace().collect())
        .collect()
}

#[test]
fn whatever_action_or_deadline_is_another_one_is_found_at_its_line() {
    let lines = recorded(SCENARIO);
    let mut changed = 0;
    for (at, line) in lines.iter().enumerate() {
        let mut read = value(line);
        let what = if read.get("action").is_some() {
            read["action"] = json!({ "something-else": read["action"] });
            "is another one"
        } else if let Some(due) = read.get("deadline") {
            read["deadline"] = json!(due.as_u64().unwrap_or(0) + 1);
            "the next deadline is another one"
        } else {
            continue;
        };
        let mut other = lines.clone();
        other[at] = read.to_string();
        let out = differing(&other);
        let head: Vec<&str> = out.lines().take(2).collect();
        assert!(head[0].starts_with(&place(&lines, at)) && head[0].ends_with(what), "{out}");
        assert_eq!(head[1], agreed(&lines, at));
        changed += 1;
    }
    assert!(changed > 90, "{changed}");
}

#[test]
fn the_changed_part_of_a_message_is_marked() {
    let mut lines = recorded(SCENARIO);
    let at = find(&lines, "action", "3b0b05");
    // The lifetime of the Binding Update, 900 units of 4 s.
    lines[at] = lines[at].replacen("82000384", "82000385", 1);
    let out = differing(&lines);
    assert_eq!(marked(&out), [["send.body.mh.lifetime_s", "3604", "3600"]]);
    let is_input = out.contains(&format!("\ninput, line {at}\n")) && out.contains("profile.node");
    assert!(is_input && out.contains("mn@example.net"), "{out}");
}

#[test]
fn what_decoding_hides_is_marked_all_the_same() {
    let mut lines = recorded(SCENARIO);
    let at = find(&lines, "action", "3b0b05");
    lines[at] = lines[at].replacen("asaeda-c", "registered", 1);
    let out = differing(&lines);
    assert_eq!(marked(&out), [["send.body.mh.dialect.flags", "registered", "asaeda-c"]], "{out}");
}

#[test]
fn a_changed_deadline_is_shown_beside_the_right_one() {
    let mut lines = recorded(SCENARIO);
    let at = find(&lines, "deadline", "1005000");
    lines[at] = lines[at].replace("1005000", "2005000");
    let out = differing(&lines);
    assert_eq!(marked(&out), [["deadline", "2.005000", "s", "1.005000", "s"]]);
    lines[at] = lines[at].replace("2005000", "null");
    assert_eq!(marked(&differing(&lines)), [["deadline", "none", "1.005000", "s"]]);
    // Without its line, it is recorded as what it was before, and missed at the step.
    let place = place(&lines, at - 2);
    lines.remove(at);
    let out = differing(&lines);
    assert_eq!(marked(&out), [["deadline", "none", "1.005000", "s"]]);
    assert!(out.starts_with(&place), "{place}{out}");
}

#[test]
fn a_changed_input_is_found_at_the_first_thing_that_follows_from_it() {
    let mut lines = recorded(SCENARIO);
    let at = find(&lines, "input", "05000001ff3e");
    let route = at + 1 + find(&lines[at + 1..], "action", "install-route");
    let before = agreed(&lines, at);
    lines[at] = lines[at].replace("80000001", "80000002");
    let out = differing(&lines);
    assert!(out.starts_with(&place(&lines, route)), "{out}");
    assert_eq!(out.lines().nth(1).unwrap(), before);
    assert!(out.contains(&format!("\ninput, line {}\n", at + 1)), "{out}");
    assert!(out.contains("records[0].group    ff3e::8000:2\n"), "the input is shown as it was given: {out}");
    assert_eq!(
        marked(&out),
        [
            ["install-route.route.group", "ff3e::8000:1", "ff3e::8000:2"],
            ["send.body.mld.records[0].group", "ff3e::8000:1", "ff3e::8000:2"],
        ]
    );
}

#[test]
fn an_action_that_is_new_does_not_spoil_those_behind_it() {
    let mut lines = recorded(SCENARIO);
    let at = find(&lines, "action", "install-prefix");
    let step = lines[..at].iter().rposition(|line| value(line).get("input").is_some()).unwrap();
    let number = at - step;
    let place = place(&lines, step);
    lines.remove(at);
    let out = differing(&lines);
    assert!(out.starts_with(&format!("{place}action {number} is new\n")), "{out}");
    assert!(out.contains("\nnew action: install-prefix\n"), "{out}");
    assert!(out.contains(&format!("\naction {number}: notify, the same\n")), "{out}");
    assert!(marked(&out).iter().all(|row| row[0].starts_with("install-prefix.") && row[1] == "-"), "{out}");
}

#[test]
fn an_action_that_is_missing_is_shown_with_what_was_recorded() {
    let mut lines = recorded(SCENARIO);
    let at = find(&lines, "action", "install-prefix");
    lines.insert(at, lines[at].clone());
    let out = differing(&lines);
    assert!(out.lines().next().unwrap().ends_with("is missing now"), "{out}");
    assert!(out.contains(": install-prefix, missing now\n"), "{out}");
    assert!(marked(&out).iter().all(|row| row.last() == Some(&"-")), "{out}");
}

#[test]
fn refusals_are_compared() {
    let lines = recorded(SCENARIO);
    let at = find(&lines, "refused", "NoTunnel");
    let told = |refused: Option<&str>| {
        let mut lines = lines.clone();
        match refused {
            Some(why) => lines[at] = lines[at].replace("NoTunnel", why),
            None => drop(lines.remove(at)),
        }
        differing(&lines)
    };
    let other = told(Some("NoBridge"));
    assert!(other.starts_with(&format!("{}refused for another reason\n", place(&lines, at))), "{other}");
    assert_eq!(marked(&other), [["refused", "NoBridge(2001:db8:2::1)", "NoTunnel(2001:db8:2::1)"]]);
    let none = told(None);
    assert!(none.starts_with(&format!("{}was taken, and is refused now\n", place(&lines, at - 1))), "{none}");

    let mut lines = lines;
    let taken = find(&lines, "input", "provision");
    let refusal = json!({ "micros": 0, "node": "lma", "refused": "TooMany" });
    lines.insert(taken + 1, refusal.to_string());
    let out = differing(&lines);
    assert!(out.lines().next().unwrap().ends_with("was refused, and is taken now"), "{out}");
    assert_eq!(marked(&out), [["refused", "TooMany", "no"]]);
}

#[test]
fn another_seed_or_configuration_makes_another_machine() {
    let lines = recorded(SCENARIO);
    let at = find(&lines, "made", "\"p-mag\"");
    let change = |field: &str, new: Value| {
        let mut made = value(&lines[at]);
        *made["made"].pointer_mut(field).unwrap() = new;
        let mut lines = lines.clone();
        lines[at] = made.to_string();
        differing(&lines)
    };
    assert_eq!(marked(&change("/seed", json!(1)))[0][0], "send.body.mh.sequence");
    let other = change("/config/link_local", json!("fe80::77"));
    assert!(marked(&other).contains(&vec!["send.src", "fe80::2", "fe80::77"]), "{other}");
}

/// A node falls silent, and what it said is kept for the listening interval: the machine with another one shows that at
/// its first deadline that is set by it.
#[test]
fn a_trace_of_another_timer_value_differs_where_the_timer_is_seen_first() {
    let lines = recorded("silent-node");
    // Reported at 2.370190 s, kept for 260 s (RFC 3810 9.4).
    let at = find(&lines, "deadline", "262370190");
    let later = |micros: u64| {
        let mut lines = lines.clone();
        for line in &mut lines[at..] {
            *line = line.replace("262370190", &(262_370_190 + micros).to_string());
        }
        differing(&lines)
    };
    let out = later(1_000_000);
    let head = format!("{}the next deadline is another one\n{}\n", place(&lines, at), agreed(&lines, at));
    assert!(out.starts_with(&head), "{head}{out}");
    assert_eq!(marked(&out), [["deadline", "263.370190", "s", "262.370190", "s"]]);

    // The node repeats its first Report within another time than was recorded.
    let made = find(&lines, "made", "\"mn\"");
    let mut line = value(&lines[made]);
    *line.pointer_mut("/made/config/timing/unsolicited_report_interval").unwrap() =
        json!({ "secs": 2, "nanos": 0 });
    let mut other = lines.clone();
    other[made] = line.to_string();
    let first = find(&lines, "deadline", "\"mn\"");
    let out = differing(&other);
    assert!(out.starts_with(&format!("{}the next deadline", place(&lines, first))), "{out}");
}

/// A packet that nobody could write again, as a broken link makes them.
#[test]
fn a_machine_is_left_alone_after_an_input_that_the_trace_could_not_hold() {
    let lines = recorded(SCENARIO);
    let unwritable = |at: usize| {
        let mut lines = lines.clone();
        let mut line = value(&lines[at]);
        line["input"] = json!({ "unwritable": "too long" });
        lines[at] = line.to_string();
        lines
    };
    // It was refused: nothing has changed, and everything can be compared.
    let at = find(&lines, "refused", "") - 1;
    let Outcome { code, out, .. } = replayed(&unwritable(at));
    assert_eq!((code, out.lines().count()), (Some(0), 1), "{out}");
    // It was taken.
    let at = find(&lines, "input", "attached");
    let Outcome { code, out, .. } = replayed(&unwritable(at));
    let node = value(&lines[at])["node"].as_str().unwrap().to_string();
    let told =
        format!("not compared: {node} from line {} on, as the trace could not hold that input", at + 1);
    assert_eq!((code, out.lines().nth(1)), (Some(0), Some(told.as_str())), "{out}");
}
