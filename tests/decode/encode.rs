//! `multimob encode`: every line comes back as it was, and a line that is no message is told what is wrong with it.

use serde_json::{Value, json};

use crate::program::{lines, multimob, octets, scratch, testdata};

/// A line of every message, with every option, record and block.
fn each() -> (String, Vec<Value>) {
    let file = testdata("messages/each.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    (file, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn without(mut line: Value, names: &[&str]) -> Value {
    let fields = line.as_object_mut().unwrap();
    names.iter().for_each(|name| drop(fields.shift_remove(*name)));
    line
}

#[test]
fn every_message_comes_back_as_it_was() {
    let (file, written) = each();
    let capture = scratch("each.pcap");
    let capture = capture.to_str().unwrap();
    assert!(lines(&["encode", &file, "--pcap", capture], b"").is_empty());
    let read = lines(&["decode", capture], b"");
    std::fs::remove_file(capture).unwrap();
    assert_eq!(read.len(), written.len());
    for (number, (read, written)) in read.into_iter().zip(&written).enumerate() {
        assert_eq!(read["frame"], number + 1);
        let read = without(read, &["frame", "time"]);
        // As text: the order of the fields comes back as well.
        assert_eq!(read.to_string(), written.to_string());
    }
    let kinds: std::collections::BTreeSet<_> =
        written.iter().map(|line| format!("{} {}", line["protocol"], line["type"])).collect();
    assert_eq!(kinds.len(), 27 + 5 + 7 + 8 + 2 + 2 + 8, "{kinds:?}");
}

#[test]
fn packets_follow_one_another_as_digits() {
    let (file, written) = each();
    let digits = multimob(&["encode", &file], b"").out;
    assert_eq!(digits.lines().count(), written.len());
    let read = lines(&["decode", "--hex", "-"], digits.as_bytes());
    assert_eq!(read.iter().map(|line| without(line.clone(), &["frame"])).collect::<Vec<_>>(), written);
    // What is left is no packet, and is shown as that.
    let digits = format!("{} 00", digits.lines().next().unwrap());
    let read = lines(&["decode", "--hex", &digits], b"");
    assert_eq!((read.len(), &read[1]["ok"], &read[1]["protocol"]), (2, &json!(false), &json!("ipv6")));
}

#[test]
fn a_message_without_a_packet_comes_back_with_its_checksum() {
    let hex = "3b030500e7f40008830000010100ca1020010db8000200000000000000000002";
    let line = multimob(&["decode", "--link", "mh", "--hex", hex], b"").out;
    let outcome = multimob(&["encode"], line.as_bytes());
    assert_eq!((outcome.code, outcome.out.trim()), (Some(0), hex));
    let liu = multimob(&["decode", "--dialect", "liu", "--link", "mh", "--hex", hex], b"").out;
    assert_eq!(multimob(&["encode", "--dialect", "liu"], liu.as_bytes()).out.trim(), hex);
}

/// Draft asaeda's types of Hold are those of current-state records.
#[test]
fn hold_is_named_by_the_types_that_are_configured() {
    let hold = "8f00c4f80000000101000001ff3e000000000000000000008000000120010db8000500000000000000000005";
    for (types, name, other) in [("literal", "HOLD_INCLUDE", "IS_IN"), ("private", "IS_IN", "HOLD_EXCLUDE")] {
        let shown = multimob(&["decode", "--hold", types, "--link", "mld", "--hex", hold], b"").out;
        assert!(shown.contains(name) && shown.contains(r#""reencode":"identical""#), "{shown}");
        let named = shown.replace(r#""type":1,"#, "");
        assert_eq!(multimob(&["encode", "--hold", types], named.as_bytes()).out.trim(), hold);
        let misnamed = multimob(&["encode", "--hold", types], named.replace(name, other).as_bytes());
        assert_ne!(misnamed.out.trim(), hold, "{other}");
    }
}

#[test]
fn captures_come_back_with_their_times() {
    let decoded = multimob(&["decode", &testdata("captures/linux-query.pcap")], b"").out;
    let again = scratch("again.pcap");
    let again = again.to_str().unwrap();
    assert_eq!(multimob(&["encode", "--pcap", again], decoded.as_bytes()).code, Some(0));
    assert_eq!(multimob(&["decode", again], b"").out, decoded);
    std::fs::remove_file(again).unwrap();
}

#[test]
fn what_is_left_out_is_what_the_standard_asks_for() {
    let shortest = br#"{"protocol":"mld","type":"Query","src":"fe80::1","dst":"ff02::1","max_response_ms":10000,"group":"::","s":false,"qrv":2,"qqi_s":125}"#;
    let hex = multimob(&["encode"], shortest).out;
    assert_eq!(
        hex.trim(),
        "6000000000240001fe800000000000000000000000000001ff0200000000000000000000000000013a00050200000100\
         820056962710000000000000000000000000000000000000027d0000"
    );
    let by_name = br#"{"protocol":"mh","type":"BindingAck","status_name":"TIMESTAMP_MISMATCH","sequence":1,"lifetime_s":0,"flags":["P"],"options":[{"name":"HandoffIndicator","code_name":"SAME_INTERFACE"}]}"#;
    assert_eq!(octets(&multimob(&["encode"], by_name).out), octets("3b010600 0000 9c20 0001 0000 17020003"));
}

#[test]
fn lines_without_a_message_can_be_passed_over() {
    let input = br#"{"protocol":"other","ok":true,"next_header":17,"length":9}

{"protocol":"mh","type":"BindingUpdate","ok":false}
{"protocol":"mh","type":"Unknown","kind":99,"data":"0000"}
"#;
    let outcome = multimob(&["encode", "--skip"], input);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), "3b00630000000000\n"));
    let refused = multimob(&["encode"], input);
    assert_eq!(refused.code, Some(2));
    assert_eq!(
        refused.err,
        "multimob: -: line 1: $.protocol: \"other\"; one of \"mh\", \"mld\", \"igmp\", \"nd\", \"cxtp\", \"cxtp-icmp\", \"pim\" is wanted\n"
    );
}

/// What is said about a second line, after a first one that is good.
fn said(line: &Value) -> String {
    let good = r#"{"protocol":"mh","type":"Unknown","kind":99,"data":"0000"}"#;
    let outcome = multimob(&["encode"], format!("{good}\n{line}\n").as_bytes());
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), "3b00630000000000\n"));
    let said = outcome.err.strip_prefix("multimob: -: line 2: ").unwrap();
    said.strip_suffix('\n').filter(|said| !said.contains('\n')).unwrap().to_string()
}

#[test]
fn a_wrong_value_is_told_by_its_path_and_what_is_allowed() {
    let (_, all) = each();
    let find = |meaning: &str| all.iter().find(|line| line["meaning"] == meaning).unwrap().clone();
    let change = |pointer: &str, value: Value| {
        let mut line = find("PBU-M");
        *line.pointer_mut(pointer).unwrap() = value;
        said(&line)
    };
    assert_eq!(change("/sequence", json!(65_536)), "$.sequence: 65536; an integer from 0 to 65535 is wanted");
    assert_eq!(change("/sequence", json!("7")), "$.sequence: \"7\"; an integer from 0 to 65535 is wanted");
    assert_eq!(
        change("/lifetime_s", json!(1201)),
        "$.lifetime_s: 1201; a multiple of 4 is wanted: lifetimes travel in units of 4 s"
    );
    assert_eq!(change("/src", json!("10.0.0.1")), "$.src: \"10.0.0.1\"; an IPv6 address as text is wanted");
    assert_eq!(
        change("/flags/2", json!("Z")),
        "$.flags[2]: \"Z\"; one of A, H, L, K, M, R, P, F, C, Q, T, B, O, S, D or bits up to \"0xffff\" is wanted"
    );
    let names = multimob::wire::mh::Message::NAMES.join("\", \"");
    assert_eq!(
        change("/type", json!("BU")),
        format!("$.type: \"BU\"; one of \"{names}\", \"Unknown\" is wanted")
    );
    assert_eq!(
        change("/options/1/length", json!(129)),
        "$.options[1].length: 129; an integer from 0 to 128 is wanted"
    );
    assert_eq!(
        change("/options/2/code_name", json!("UNKNOWN")),
        "$.options[2].code_name: \"UNKNOWN\" is not the name of code 3"
    );
    assert_eq!(
        change("/options/1/type", json!(23)),
        "$.options[1].name: \"HomeNetworkPrefix\" is not the name of type 23"
    );
    assert_eq!(
        change("/options/5/records/0/sources/0", json!(5)),
        "$.options[5].records[0].sources[0]: 5; an IPv6 address as text is wanted"
    );
    assert_eq!(change("/options", json!({})), "$.options: {}; an array is wanted");
    assert_eq!(change("/options/0", json!(8)), "$.options[0]: 8; an object is wanted");
    assert_eq!(
        change("/options/0", json!({ "type": 1, "body": "00" })),
        "$.options[0]: types 0 and 1 are padding, which comes by itself"
    );
    assert_eq!(
        change("/options/0", json!({ "type": 33, "body": "0" })),
        "$.options[0].body: 1 hexadecimal digits: octets have two each"
    );
    assert_eq!(change("/ok", json!(false)), "$.ok: false: what could not be read in full cannot be written");
}

#[test]
fn a_field_that_is_missing_or_that_nobody_knows_is_told() {
    let (_, all) = each();
    let report = all.iter().find(|line| line["type"] == "Report").unwrap();
    let missing = without(report.clone(), &["records"]);
    assert_eq!(said(&missing), "$.records: missing; an array is wanted");
    let mut more = report.clone();
    more["record"] = json!([]);
    let known = said(&more);
    assert!(known.starts_with("$: no field \"record\"; there is ") && known.contains("records"), "{known}");
    let mut more = report.clone();
    more["records"][0]["groups"] = json!([]);
    assert_eq!(said(&more), "$.records[0]: no field \"groups\"; there is type, name, group, sources, aux");
    let half = without(report.clone(), &["dst"]);
    assert_eq!(said(&half), "$.dst: missing; an IPv6 address as text is wanted");
}

#[test]
fn a_value_that_no_octets_can_say_is_told() {
    let query = |ms: u32, secs: u32| {
        json!({
            "protocol": "mld", "type": "Query", "max_response_ms": ms, "group": "::", "s": false, "qrv": 2, "qqi_s": secs
        })
    };
    assert_eq!(
        said(&query(40_001, 125)),
        "$.max_response_ms: 40001 has no Maximum Response Code; the next lower that has one is 40000"
    );
    assert_eq!(
        said(&query(9_000_000, 125)),
        "$.max_response_ms: 9000000; an integer from 0 to 8387584 is wanted"
    );
    assert_eq!(
        said(&query(1000, 129)),
        "$.qqi_s: 129 has no Querier's Query Interval Code; the next lower that has one is 128"
    );
    let id = "x".repeat(255);
    let long = json!({
        "protocol": "mh", "type": "BindingUpdate", "sequence": 1, "lifetime_s": 0, "flags": [],
        "options": [{ "name": "MnIdentifier", "subtype": 1, "id": id }]
    });
    assert_eq!(said(&long), "$: option body is too long: at most 255");
    let exclude = json!({
        "protocol": "cxtp", "type": "CTD", "acknowledge": false, "elapsed_ms": 0, "previous_address": "::",
        "blocks": [{ "name": "Listener", "receiver": "::", "mode": "EXCLUDE", "group": "ff02::1", "sources": ["::"] }]
    });
    assert_eq!(said(&exclude), "$: sources is too long: at most 0");
}

#[test]
fn text_that_is_no_json_is_told_by_its_column() {
    let outcome = multimob(&["encode"], b"{\"protocol\": }\n");
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
    assert_eq!(outcome.err, "multimob: -: line 1: no JSON: expected value at column 14\n");
    assert_eq!(multimob(&["encode"], b"7\n").err, "multimob: -: line 1: $: 7; an object is wanted\n");
}

#[test]
fn files_that_cannot_be_read_end_with_one_line() {
    let fault = |args: &[&str], input: &[u8]| {
        let outcome = multimob(args, input);
        assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""), "{args:?}");
        assert_eq!(outcome.err.lines().count(), 1, "{}", outcome.err);
        outcome.err
    };
    let said = fault(&["decode", "/nowhere/at/all.pcap"], b"");
    assert!(said.starts_with("multimob: /nowhere/at/all.pcap: "), "{said}");
    assert_eq!(fault(&["decode", "-"], b""), "multimob: -: the file is empty\n");
    assert_eq!(
        fault(&["decode", &testdata("messages/each.jsonl")], b"").split(": ").nth(2),
        Some("neither pcap nor pcapng")
    );
    assert_eq!(
        fault(&["decode", "-"], &[0xd4, 0xc3, 0xb2, 0xa1, 2, 0]),
        "multimob: -: the file ends within its header\n"
    );
    assert_eq!(
        fault(&["decode", "-"], &[0x0a, 0x0d, 0x0d, 0x0a, 28, 0]),
        "multimob: -: the file ends within its header\n"
    );
    assert_eq!(
        fault(&["decode", "--hex", "3b0"], b""),
        "multimob: --hex: 3 hexadecimal digits: octets have two each\n"
    );
    assert_eq!(
        fault(&["decode", "--hex", "3bxy"], b""),
        "multimob: --hex: 'x' at position 3 is no hexadecimal digit\n"
    );
    assert_eq!(fault(&["decode", "--hex", "-"], b" \n"), "multimob: --hex: no octets\n");
    let said = fault(&["encode", "/nowhere/at/all.jsonl"], b"");
    assert!(said.starts_with("multimob: /nowhere/at/all.jsonl: "), "{said}");
}

#[test]
fn a_capture_that_ends_too_soon_is_read_as_far_as_it_goes() {
    let whole = std::fs::read(testdata("captures/linux-query.pcap")).unwrap();
    let outcome = multimob(&["decode", "-"], &whole[..whole.len() - 1]);
    assert_eq!((outcome.code, outcome.out.lines().count()), (Some(2), 7));
    assert_eq!(outcome.err, "multimob: -: after frame 7 the file ends within a record\n");
}

#[test]
fn digits_come_from_standard_input_in_any_shape() {
    let hex = b"3b:03:05:00 e7f4\n0008 83000001\n0100 ca10 2001:0db8:0002:0000\n00000000 00000002\n";
    let lines = lines(&["decode", "--link", "mh", "--hex", "-"], hex);
    assert_eq!((lines.len(), &lines[0]["meaning"]), (1, &json!("PBU-Q")));
}

#[test]
fn a_message_alone_makes_no_capture() {
    let file = scratch("alone.pcap");
    let outcome = multimob(
        &["encode", "--pcap", file.to_str().unwrap()],
        br#"{"protocol":"mh","type":"Unknown","kind":99,"data":"0000"}"#,
    );
    std::fs::remove_file(file).unwrap();
    assert_eq!(outcome.code, Some(2));
    assert_eq!(
        outcome.err,
        "multimob: -: line 1: $.src: missing; a capture holds packets, which have a source\n"
    );
}

#[test]
fn help_teaches() {
    for (command, words) in
        [("decode", ["reencode", "--dialect", "Examples:"]), ("encode", ["--pcap", "--skip", "Exit codes:"])]
    {
        let help = multimob(&[command, "--help"], b"").out;
        assert!(words.iter().all(|word| help.contains(word)), "{help}");
    }
}
