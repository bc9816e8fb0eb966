//! Files that are no trace: exit code 2 and one line that says where and why.

use super::recorded;
use crate::program::{Outcome, multimob};

/// What is said of a file, after "multimob: ".
fn refused(octets: &[u8]) -> String {
    let Outcome { code, out, err } = multimob(&["replay", "-"], octets);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    let said = err.strip_prefix("multimob: standard input:").and_then(|said| said.strip_suffix('\n'));
    let said = said.unwrap_or_else(|| panic!("{err}"));
    assert!(!said.contains('\n'), "one line: {said}");
    said.to_string()
}

#[test]
fn an_empty_file() {
    for nothing in [&b""[..], b"\n", b"  \n\n"] {
        assert_eq!(
            refused(nothing),
            "1:1: no trace: nothing is there; the first line says how a machine was made"
        );
    }
}

#[test]
fn what_is_not_json() {
    assert_eq!(refused(b"hello\n"), "1:1: no trace: expected value");
    assert_eq!(refused(b"\n{\"micros\":0,\"node\":\"\xff\"}"), "2:21: no trace: invalid unicode code point");
    assert!(refused(b"[1, 2]").starts_with("1:"));
    assert!(refused(b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00").starts_with("1:1: no trace: "), "a capture");
}

#[test]
fn a_line_that_is_cut_off() {
    let text = recorded("asaeda-fig4").join("\n");
    let last = text.lines().count();
    for cut in 1..40 {
        let cut = &text[..text.len() - cut];
        let column = cut.lines().next_back().unwrap().len();
        let said = refused(cut.as_bytes());
        assert!(said.starts_with(&format!("{last}:{column}: no trace: EOF while parsing ")), "{said}");
    }
}

#[test]
fn an_unknown_machine() {
    let text = recorded("asaeda-fig4").join("\n");
    let said = refused(text.replacen("\"listener\"", "\"querier\"", 1).as_bytes());
    let known = "unknown variant `querier`, expected one of `mag`, `lma`, `listener`";
    assert!(said.starts_with("1:") && said.ends_with(known), "{said}");
}

#[test]
fn a_machine_that_cannot_be() {
    let text = recorded("asaeda-fig4").join("\n");
    let said = refused(text.replacen("\"robustness\":2", "\"robustness\":0", 1).as_bytes());
    assert!(said.starts_with("1:") && said.contains("robustness"), "{said}");
}

#[test]
fn a_node_without_a_machine() {
    for kind in ["\"input\":{}", "\"timeout\":null", "\"action\":1", "\"deadline\":1", "\"refused\":\"x\""] {
        assert_eq!(
            refused(format!("{{\"micros\":0,\"node\":\"mn\",{kind}}}").as_bytes()),
            "1:13: no trace: no line before it says how \"mn\" was made"
        );
    }
}

#[test]
fn a_line_that_says_nothing_or_too_much() {
    let one = "1:1: no trace: a line has one of made, input, timeout, refused, action and deadline";
    assert_eq!(refused(b"{\"micros\":0,\"node\":\"mn\"}"), one);
    assert_eq!(refused(b"{\"micros\":0,\"node\":\"mn\",\"timeout\":null,\"deadline\":null}"), one);
    let said = refused(b"{\"micros\":0,\"node\":\"mn\",\"timeuot\":null}");
    assert!(said.starts_with("1:33: no trace: unknown field `timeuot`, expected one of `micros`"), "{said}");
    assert_eq!(refused(b"{\"node\":\"mn\",\"timeout\":null}"), "1:28: no trace: missing field `micros`");
}

#[test]
fn an_input_that_its_machine_does_not_know() {
    let mut lines = recorded("asaeda-fig4");
    let at = lines.iter().position(|line| line.contains("\"clock\"")).unwrap();
    lines[at] = lines[at].replace("clock", "clack");
    let said = refused(lines.join("\n").as_bytes());
    assert!(said.starts_with(&format!("{}:", at + 1)) && said.contains("unknown variant `clack`"), "{said}");
}

#[test]
fn a_file_that_is_not_there() {
    let Outcome { code, err, .. } = multimob(&["replay", "/nowhere/at/all.jsonl"], b"");
    assert_eq!(code, Some(2));
    assert!(err.starts_with("multimob: /nowhere/at/all.jsonl: ") && err.lines().count() == 1, "{err}");
    assert_eq!(multimob(&["replay"], b"").code, Some(2));
}
