//! PIM: known answers, what is broken, and what cannot be written.

use serde_json::{Value, json};

use crate::program::{line, multimob, octets};

fn bare(hex: &str) -> Value {
    line(&["decode", "--link", "pim", "--hex", hex])
}

fn error(layer: &str, field: &str, offset: u16, needed: u16, have: u16) -> Value {
    json!({ "layer": layer, "field": field, "offset": offset, "needed": needed, "have": have })
}

const UPSTREAM: &str = "0200 fe800000000000000000000000000002";
const GROUP: &str = "02000080 ff3e0000000000000000000080000001";
const GROUP_4: &str = "01000020 e8000001";
const SOURCE: &str = "02000480 20010db8000500000000000000000005";
const SOURCE_4: &str = "01000420 c0000201";

#[test]
fn a_join_as_computed_by_another_program() {
    let hex = "230027660200fe800000000000000000000000000002000100d202000080ff3e000000000000000000008000000100010000\
               0200048020010db8000500000000000000000005";
    let expected = json!({
        "frame": 1, "protocol": "pim", "type": "JoinPrune", "ok": true, "reencode": "identical",
        "upstream": "fe80::2", "holdtime_s": 210,
        "groups": [{
            "group": "ff3e::8000:1",
            "joined": [{ "kind": "(S,G)", "address": "2001:db8:5::5" }],
            "pruned": [],
        }],
        "checksum": "0x2766",
    });
    assert_eq!(bare(hex), expected);
}

#[test]
fn an_option_across_the_end_shows_those_before_it() {
    let line = bare("20000000 0001 0002 0069 0013 0004 0000");
    assert_eq!((&line["type"], &line["ok"]), (&json!("Hello"), &json!(false)));
    assert_eq!(line["error"], error("pim", "option-body", 14, 4, 2));
    assert_eq!(line["options"], json!([{ "type": 1, "name": "HOLDTIME", "seconds": 105 }]));
    let line = bare("20000000 0001 0002 0069 0013 00");
    assert_eq!(line["error"], error("pim", "option-header", 10, 4, 3));
    assert_eq!(line["options"].as_array().unwrap().len(), 1);
}

#[test]
fn an_option_of_a_bad_length_spoils_itself_alone() {
    let line = bare("20000000 0001 0001 69 0013 0004 00000007");
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("identical")));
    let malformed = error("hello-option", "option-body", 4, 2, 1);
    assert_eq!(
        line["options"],
        json!([
            { "type": 1, "name": "HOLDTIME", "body": "69", "malformed": malformed },
            { "type": 19, "name": "DR_PRIORITY", "priority": 7 },
        ])
    );
}

#[test]
fn a_join_prune_that_promises_more_shows_the_sets_before() {
    let set = format!("{GROUP} 0001 0000 {SOURCE}");
    let said = |number: u8, sets: &str| {
        let line = bare(&format!("23000000 {UPSTREAM} 00 {number:02x} 00d2 {sets}"));
        assert_eq!((&line["ok"], &line["holdtime_s"]), (&json!(false), &json!(210)));
        assert_eq!(line.get("trailing"), None);
        (line["groups"].as_array().unwrap().len(), line["error"].clone())
    };
    assert_eq!(said(3, &format!("{set} {set}")), (2, error("pim", "address-family", 114, 2, 0)));
    assert_eq!(
        said(2, &format!("{set} {GROUP} 0002 0000 {SOURCE} 0200")),
        (1, error("pim", "sources", 116, 18, 0))
    );
    // Of a family of no known length.
    assert_eq!(said(2, &format!("{set} 0300 0480 {set}")), (1, error("pim", "address-family", 70, 2, 3)));
    assert_eq!(said(1, &GROUP[..21]), (0, error("pim", "multicast-address", 28, 18, 8)));
    // Behind sets of IPv4, which are passed over.
    let four = format!("{GROUP_4} 0001 0000 {SOURCE_4}");
    assert_eq!(said(3, &format!("{four} {set} {GROUP}")), (1, error("pim", "number-of-sources", 110, 4, 0)));
    let line = bare(&format!("23000000 {UPSTREAM}"));
    assert_eq!((&line["error"], line.get("groups")), (&error("pim", "header", 22, 4, 0), None));
}

#[test]
fn ranges_that_are_cut_hide_no_others() {
    let bsr = "0200 20010db8000c00000000000000000001";
    let rp = format!("{bsr} 0096 c0 00");
    let bootstrap = format!("24000000 1234 7e 40 {bsr}");
    let range = format!("{GROUP} 01 01 0000 {rp}");
    let line = bare(&format!("{bootstrap} {range} {GROUP} 02 02 0000 {rp} 0200"));
    assert_eq!(line["error"], error("pim", "address", 120, 16, 0));
    assert_eq!((&line["fragment_tag"], line["ranges"].as_array().unwrap().len()), (&json!(0x1234), 1));
    let line = bare(&format!("{bootstrap} {GROUP_4} 01 01 0000 {rp}"));
    assert_eq!((&line["error"], &line["ranges"]), (&error("pim", "address-family", 26, 2, 1), &json!([])));
    assert_eq!(bare("24000000 1234 7e 40 0200")["error"], error("pim", "address", 10, 16, 0));

    let line = bare(&format!("28000000 03 c0 0096 {bsr} {GROUP} {GROUP} 0200"));
    assert_eq!(line["error"], error("pim", "multicast-address", 68, 18, 0));
    assert_eq!((&line["rp"], line["groups"].as_array().unwrap().len()), (&json!("2001:db8:c::1"), 2));
}

#[test]
fn what_cannot_be_read_at_all_is_named() {
    let said = |hex: &str| {
        let line = bare(hex);
        assert_eq!((&line["protocol"], &line["ok"]), (&json!("pim"), &json!(false)));
        (line["type"].as_str().map(str::to_string), line["error"].clone())
    };
    assert_eq!(said("13000000"), (Some("JoinPrune".into()), error("pim", "version", 0, 2, 1)));
    assert_eq!(said("2500"), (Some("Assert".into()), error("pim", "header", 0, 4, 2)));
    let of_ipv4 = format!("22000000 {GROUP_4} 0100 c0000201");
    assert_eq!(said(&of_ipv4), (Some("RegisterStop".into()), error("pim", "address-family", 4, 2, 1)));
    assert_eq!(said("21000000 40"), (Some("Register".into()), error("pim", "header", 4, 4, 1)));
    assert_eq!(said("2d").0, Some("Unknown".into()));
}

#[test]
fn rfc7761_4_9_5_what_is_of_ipv4_is_passed_over() {
    let sets = format!("{GROUP_4} 0000 0001 {SOURCE_4} {GROUP} 0002 0000 {SOURCE_4} {SOURCE}");
    let line = bare(&format!("23000000 {UPSTREAM} 00 02 00d2 {sets}"));
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("canonical")));
    let expected = json!([{
        "group": "ff3e::8000:1",
        "joined": [{ "kind": "(S,G)", "address": "2001:db8:5::5" }],
        "pruned": [],
    }]);
    assert_eq!((&line["groups"], line.get("trailing")), (&expected, None));
}

#[test]
fn octets_behind_a_message_trail() {
    let line = bare(
        "25000000 02000080 ff1e0000000000000000000000001234 020000000000000000000000000000000000 8000006e 0000001e 0102",
    );
    assert_eq!((&line["trailing"], &line["reencode"]), (&json!("0102"), &json!("identical")));
    assert_eq!((&line["rpt"], &line["preference"], &line["metric"]), (&json!(true), &json!(110), &json!(30)));
}

/// The datagram of a line.
fn datagram(line: &str) -> Vec<u8> {
    let outcome = multimob(&["encode"], line.as_bytes());
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    octets(&outcome.out)
}

fn decode(octets: &[u8]) -> Value {
    let hex: String = octets.iter().map(|octet| format!("{octet:02x} ")).collect();
    line(&["decode", "--hex", &hex])
}

const REGISTER: &str = r#"{"protocol":"pim","type":"Register","src":"2001:db8:a::1","dst":"2001:db8:c::1","null":false,"packet":"60000000000011000000"}"#;

#[test]
fn t36_a_register_may_be_summed_in_full() {
    let mut packet = datagram(REGISTER);
    let good = decode(&packet);
    assert_eq!((&good["ok"], &good["reencode"]), (&json!(true), &json!("identical")));
    assert_eq!(good["malformed"], error("ipv6", "header", 8, 16, 2));
    let ends = ["2001:db8:a::1", "2001:db8:c::1"].map(|address| address.parse().unwrap());
    let right = u16::from_be_bytes([packet[42], packet[43]]);
    packet[42..44].fill(0);
    let in_full = multimob::wire::Pseudo::pim(ends[0], ends[1]).checksum(&packet[40..]);
    assert_ne!(in_full, right);
    packet[42..44].copy_from_slice(&in_full.to_be_bytes());
    let line = decode(&packet);
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("canonical")));
    // Any other is wrong, and 8 octets are what is right.
    packet[42] ^= 0xff;
    let line = decode(&packet);
    assert_eq!(line["error"], error("pim", "checksum", 2, right, in_full ^ 0xff00));
    assert_eq!((&line["type"], &line["packet"]), (&json!("Register"), &good["packet"]));
}

#[test]
fn a_wrong_checksum_hides_no_other_fault() {
    let hello = r#"{"protocol":"pim","type":"Hello","src":"fe80::1","dst":"ff02::d","options":[{"name":"HOLDTIME","seconds":1},{"name":"DR_PRIORITY","priority":7}]}"#;
    let mut packet = datagram(hello);
    assert_eq!(packet[7], 1, "hop limit");
    packet[53] = 9;
    let line = decode(&packet);
    assert_eq!(line["error"]["field"], "checksum");
    assert_eq!(line["also"], json!([error("pim", "option-body", 14, 9, 4)]));
    assert_eq!(line["options"].as_array().unwrap().len(), 1);
}

/// What is said about a line.
fn said(line: Value) -> String {
    let outcome = multimob(&["encode"], line.to_string().as_bytes());
    assert_eq!(outcome.code, Some(2));
    outcome.err.strip_prefix("multimob: -: line 1: ").unwrap().trim_end().to_string()
}

#[test]
fn a_line_that_is_no_message_is_told_what_is_wrong() {
    let hello = |option: Value| said(json!({ "protocol": "pim", "type": "Hello", "options": [option] }));
    assert_eq!(
        hello(json!({ "name": "LAN_PRUNE_DELAY", "t": true, "propagation_ms": 32_768, "override_ms": 0 })),
        "$.options[0].propagation_ms: 32768; an integer from 0 to 32767 is wanted"
    );
    assert_eq!(
        hello(json!({ "type": 65_001 })),
        "$.options[0].body: missing; octets as text of hexadecimal digits is wanted"
    );
    assert_eq!(
        hello(json!({ "type": 65_001, "name": "HOLDTIME", "seconds": 1 })),
        "$.options[0].name: \"HOLDTIME\" is not the name of type 65001"
    );
    let source = |source: Value| {
        let groups = json!([{ "group": "ff1e::1", "joined": [source] }]);
        said(
            json!({ "protocol": "pim", "type": "JoinPrune", "upstream": "fe80::2", "holdtime_s": 1, "groups": groups }),
        )
    };
    assert_eq!(
        source(json!({ "kind": "(S,G)", "address": "::1", "flags": ["S", "R"] })),
        "$.groups[0].joined[0].kind: the flags make it another one"
    );
    assert_eq!(
        source(json!({ "kind": "(*,*,RP)", "address": "::1" })),
        "$.groups[0].joined[0].kind: \"(*,*,RP)\"; one of \"(S,G)\", \"(S,G,rpt)\", \"(*,G)\" is wanted"
    );
    let unknown = json!({ "protocol": "pim", "type": "Unknown", "kind": 5, "data": "" });
    assert_eq!(said(unknown), "$.kind: 0 to 5 and 8 have a type of their own; 15 is the last");
    let groups = vec![json!({ "group": "ff1e::1" }); 256];
    let many = json!({ "protocol": "pim", "type": "JoinPrune", "upstream": "::", "holdtime_s": 1, "groups": groups });
    assert_eq!(said(many), "$: number of groups is too long: at most 255");
}
