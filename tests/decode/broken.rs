//! What is seen in the wild, and worse: read as far as it goes, with an error that says what is wrong.

use serde_json::{Value, json};

use crate::program::{line, multimob, octets};

fn bare(link: &str, hex: &str) -> Value {
    line(&["decode", "--link", link, "--hex", hex])
}

/// A proxy Binding Update: Header Len, then what stands after the lifetime.
fn update(words: u8, options: &str) -> Value {
    bare("mh", &format!("3b {words:02x} 05 00 0000 0001 8200 0064 {options}"))
}

fn names(line: &Value) -> Vec<&str> {
    line["options"].as_array().unwrap().iter().map(|option| option["name"].as_str().unwrap()).collect()
}

fn error(layer: &str, field: &str, offset: u16, needed: u16, have: u16) -> Value {
    json!({ "layer": layer, "field": field, "offset": offset, "needed": needed, "have": have })
}

const HNP: &str = "16120040 20010db8000100000000000000000000";
const HI: &str = "17020003";

#[test]
fn a_misaligned_prefix_is_read_and_written_where_it_belongs() {
    let line = update(4, &format!("00 {HNP} 0105 0000000000"));
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("canonical")));
    assert_eq!(line["options"][0]["prefix"], "2001:db8:1::");
}

#[test]
fn pad1s_at_the_end_are_no_options() {
    let line = update(2, &format!("{HI} 0000000000000000"));
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("canonical")));
    assert_eq!(names(&line), ["HandoffIndicator"]);
}

#[test]
fn what_stands_behind_the_authenticator_is_read_and_not_written() {
    let authorization = "050c 000102030405060708090a0b";
    for (options, reencode) in [
        (format!("{HI} 0100 {authorization}"), "identical"),
        (format!("{authorization} {HI} 0100"), "refused"),
    ] {
        let line = update(3, &options);
        assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!(reencode)), "{line}");
        assert_eq!(line["options"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn what_lies_behind_header_len_trails() {
    let line = update(1, &format!("{HI} {HNP}"));
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("identical")));
    assert_eq!(names(&line), ["HandoffIndicator"]);
    assert_eq!(line["trailing"], "1612004020010db8000100000000000000000000");
}

#[test]
fn a_header_len_beyond_the_end_shows_the_options_that_are_there() {
    let line = update(5, &format!("{HI} 0802016d 18020004"));
    assert_eq!(line["error"], error("mobility-header", "length", 0, 48, 24));
    assert_eq!((&line["ok"], line.get("reencode"), line.get("also")), (&json!(false), None, None));
    assert_eq!(names(&line), ["HandoffIndicator", "MnIdentifier", "AccessTechnology"]);
}

#[test]
fn an_option_across_the_end_shows_those_before_it() {
    // A timestamp needs 8 octets after its head; 6 are left.
    let line = update(2, &format!("{HI} 1b08 000000000000"));
    assert_eq!(line["error"], error("mobility-header", "option-body", 18, 8, 6));
    assert_eq!(
        (&line["sequence"], &line["lifetime_s"], &line["meaning"]),
        (&json!(1), &json!(400), &json!("PBU"))
    );
    assert_eq!(names(&line), ["HandoffIndicator"]);
    let line = update(2, &format!("{HI} 08050161626364 17"));
    assert_eq!(line["error"], error("mobility-header", "option-header", 23, 2, 1));
    assert_eq!(names(&line), ["HandoffIndicator", "MnIdentifier"]);
}

#[test]
fn a_bad_option_body_spoils_its_option_alone() {
    let line = update(3, &format!("{HI} 16060040 20010db8 000000000000 0000"));
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("canonical")));
    assert_eq!(
        line["options"][1],
        json!({
            "type": 22, "name": "HomeNetworkPrefix", "body": "004020010db8",
            "malformed": error("mobility-option", "option-body", 2, 18, 6),
        })
    );
    // A Multicast State that promises a record.
    let line = update(2, "c808 8f00000000000001 0000");
    let record = error("mobility-option", "record-header", 10, 4, 0);
    assert_eq!((&line["options"][0]["malformed"], &line["meaning"]), (&record, &json!("PBU")));
}

#[test]
fn every_flag_is_kept() {
    let line = bare("mh", "3b 01 05 00 0000 0001 ffff 0064 01020000");
    assert_eq!(
        line["flags"],
        json!([
            "A", "H", "L", "K", "M", "R", "P", "F", "T", "B", "S", "D", "0x0008", "0x0004", "0x0002",
            "0x0001"
        ])
    );
    assert_eq!(line["reencode"], "identical");
    let line = bare("mh", "3b 01 05 00 0000 0001 fdff 0064 01020000");
    assert_eq!((&line["flags"][8], &line["meaning"]), (&json!("O"), &json!("BU")), "overwrite, without P");
    let line = bare("mh", "3b 01 06 00 0000 00 ff 0001 0064 01020000");
    assert_eq!(line["flags"], json!(["K", "R", "P", "T", "B", "S", "D", "0x0001"]));
}

#[test]
fn an_acknowledgement_without_p_and_an_identifier_of_nine_octets() {
    let line = bare("mh", "3b 02 06 00 0000 00 00 0007 012c 0809 01 6d6e406578616d70 00");
    assert_eq!((&line["meaning"], &line["flags"], &line["ok"]), (&json!("BA"), &json!([]), &json!(true)));
    assert_eq!(line["options"][0]["id"], "mn@examp");
    assert_eq!(line["reencode"], "identical");
}

#[test]
fn a_mobility_header_that_cannot_be_read_at_all_is_named() {
    let said = |hex| {
        let line = bare("mh", hex);
        assert_eq!(
            (&line["protocol"], &line["ok"], line.get("options")),
            (&json!("mh"), &json!(false), None)
        );
        (line["type"].as_str().map(str::to_string), line["error"].clone())
    };
    let update = || Some("BindingUpdate".to_string());
    assert_eq!(said("3b0105"), (update(), error("mobility-header", "header", 0, 6, 3)));
    assert_eq!(said("3b"), (None, error("mobility-header", "header", 0, 6, 1)));
    let words = error("mobility-header", "header-length", 1, 1, 0);
    assert_eq!(said("3b 00 05 00 0000 0001"), (update(), words));
    let proto = error("mobility-header", "payload-proto", 0, 59, 17);
    assert_eq!(said("11 01 05 00 0000 0001 8200 0064 01020000"), (update(), proto));
    // Cut within the fixed part: nothing of it is an option.
    let line = bare("mh", "3b 01 05 00 0000 0001 8200");
    assert_eq!(line["error"], error("mobility-header", "length", 0, 16, 10));
    assert_eq!((line.get("also"), line.get("sequence")), (None, None));
}

#[test]
fn records_with_auxiliary_data_or_of_an_unknown_type_are_read() {
    let group = "ff1e0000000000000000000000001234";
    let line = bare("mld", &format!("8f000000 00000002 09020000{group}0102030405060708 04000000{group}"));
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("identical")));
    assert_eq!(
        line["records"],
        json!([
            { "type": 9, "group": "ff1e::1234", "sources": [], "aux": "0102030405060708" },
            { "type": 4, "name": "TO_EX", "group": "ff1e::1234", "sources": [] },
        ])
    );
}

#[test]
fn a_report_that_promises_more_shows_the_records_before() {
    let group = "ff1e0000000000000000000000001234";
    let record = format!("04000000{group}");
    let said = |records: &str| {
        let line = bare("mld", &format!("8f000000 00000003 {records}"));
        assert_eq!((&line["type"], &line["ok"]), (&json!("Report"), &json!(false)));
        (line["records"].as_array().unwrap().len(), line["error"].clone())
    };
    assert_eq!(said(&format!("{record}{record}")), (2, error("mld", "record-header", 48, 4, 0)));
    let sources = error("mld", "sources", 48, 32, 16);
    assert_eq!(said(&format!("{record} 05000002{group} {group}")), (1, sources));
    let aux = error("mld", "auxiliary-data", 28, 1020, 2);
    assert_eq!(said(&format!("05ff0000{group} 0102")), (0, aux));
    assert_eq!(bare("mld", "8f0000000000")["error"], error("mld", "header", 0, 8, 6));
}

#[test]
fn queries_of_a_wrong_length() {
    let group = "ff1e0000000000000000000000001234";
    let line = bare("mld", &format!("82000000 03e80000 {group} 027d0003 {group}{group} 00"));
    assert_eq!(line["error"], error("mld", "sources", 28, 48, 33));
    assert_eq!(line["sources"], json!(["ff1e::1234", "ff1e::1234"]));
    assert_eq!((&line["qrv"], &line["max_response_ms"]), (&json!(2), &json!(1000)));
    // Neither of version 1 nor of version 2 (RFC 3810 8.1).
    let line = bare("mld", &format!("82000000 03e80000 {group} 027d"));
    assert_eq!((&line["error"], &line["type"]), (&error("mld", "length", 0, 28, 26), &json!("Query")));
    assert_eq!(line.get("group"), None);
    let line = bare("mld", "80000000");
    assert_eq!((&line["error"]["field"], line.get("type")), (&json!("type"), None));
}

#[test]
fn context_data_across_the_end() {
    let previous = "20010db8000100000000000000000005";
    let line = bare("cxtp", &format!("2700 0038 {previous} 00000001 00000000 80010000 8002 0300 0000"));
    assert_eq!(line["error"], error("cxtp", "length", 4, 52, 34));
    assert_eq!(line["also"], json!([error("cxtp", "block-data", 36, 20, 2)]));
    assert_eq!(line["blocks"], json!([{ "type": 0x8001, "name": "Wanted" }]));
    let line = bare("cxtp", &format!("2540 001a {previous} 80010000 8002"));
    assert_eq!(line["error"], error("cxtp", "statuses", 24, 4, 2));
    assert_eq!(line["statuses"].as_array().unwrap().len(), 1);
    let line = bare("cxtp", &format!("4700 0018 {previous} 00000001"));
    assert_eq!((&line["type"], &line["error"]), (&json!("CT-Req"), &error("cxtp", "version", 0, 1, 2)));
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

const REPORT: &str = r#"{"protocol":"mld","type":"Report","src":"fe80::5","dst":"ff02::16","records":[{"name":"TO_EX","group":"ff1e::1"}]}"#;
const ACK: &str = r#"{"protocol":"mh","type":"BindingAck","src":"2001:db8::1","dst":"2001:db8::2","status":0,"sequence":7,"lifetime_s":400,"flags":["P"],"options":[{"name":"MnIdentifier","subtype":1,"id":"mn1"}],"outer":[{"src":"2001:db8::a","dst":"2001:db8::b"}]}"#;
const REQUEST: &str = r#"{"protocol":"cxtp","type":"CT-Req","src":"2001:db8::1","dst":"2001:db8::2","previous_address":"fe80::1","sequence":1,"token":0,"blocks":[{"name":"Wanted","type":32769}]}"#;
const SOLICITATION: &str = r#"{"protocol":"nd","type":"RouterSolicitation","src":"fe80::1","dst":"ff02::2","options":[{"type":1,"body":"02005e100001"},{"type":14,"body":"020304050607"}]}"#;

#[test]
fn a_wrong_checksum_is_told_with_the_right_one_and_the_message_is_shown() {
    for (text, checksum_at, layer, offset) in [
        (REPORT, 50, "icmpv6", 2),
        (ACK, 84, "mobility-header", 4),
        (REQUEST, 46, "udp", 6),
        (SOLICITATION, 42, "icmpv6", 2),
    ] {
        let mut packet = datagram(text);
        let good = decode(&packet);
        let right = u16::from_be_bytes([packet[checksum_at], packet[checksum_at + 1]]);
        packet[checksum_at] ^= 0x55;
        let mut bad = decode(&packet);
        let error = error(layer, "checksum", offset, right, right ^ 0x5500);
        assert_eq!((&bad["ok"], &bad["error"], bad.get("also")), (&json!(false), &error, None));
        // All else is as it was.
        let fields = bad.as_object_mut().unwrap();
        fields.remove("error");
        fields.insert("ok".into(), json!(true));
        fields.insert("reencode".into(), json!("identical"));
        assert_eq!(bad, good);
    }
}

#[test]
fn a_wrong_checksum_hides_no_other_fault() {
    let mut packet = datagram(REPORT);
    packet[55] = 2;
    let line = decode(&packet);
    assert_eq!(line["error"]["field"], "checksum");
    assert_eq!(line["also"], json!([error("mld", "record-header", 28, 4, 0)]));
    assert_eq!(line["records"].as_array().unwrap().len(), 1);
}

#[test]
fn an_option_of_no_length_ends_a_solicitation() {
    let mut packet = datagram(SOLICITATION);
    packet[57] = 0;
    let line = decode(&packet);
    assert_eq!((&line["protocol"], &line["error"]["field"]), (&json!("nd"), &json!("checksum")));
    assert_eq!(line["also"], json!([error("neighbor-discovery", "option-header", 16, 1, 0)]));
    assert_eq!(
        line["options"],
        json!([{ "type": 1, "name": "SourceLinkLayerAddress", "address": "02005e100001" }])
    );
}

#[test]
fn a_packet_in_a_tunnel_that_was_cut() {
    let packet = datagram(ACK);
    assert_eq!(packet.len(), 40 + 40 + 24);
    let line = decode(&packet[..40 + 40 + 20]);
    assert_eq!(line["error"], error("ipv6", "payload", 40, 64, 60));
    // The inner header, then the message.
    let also = [error("ipv6", "payload", 40, 24, 20), error("mobility-header", "length", 0, 24, 20)];
    assert_eq!(line["also"], json!(also));
    assert_eq!(line["outer"], json!([{ "src": "2001:db8::a", "dst": "2001:db8::b" }]));
    assert_eq!(
        (&line["src"], &line["sequence"], &line["status"]),
        (&json!("2001:db8::1"), &json!(7), &json!(0))
    );
    assert_eq!(names(&line), ["MnIdentifier"]);
}

#[test]
fn of_options_that_were_cut_the_whole_ones_are_shown() {
    // An MN-Identifier, one that counts words, then half an Access Technology Type.
    let options = octets("0802016d 3c01 0200 01020304 1802 00");
    let head = octets("3b 09 05 00 0000 0001 8200 0064");
    for (len, whole) in [(0, 0), (3, 0), (4, 1), (11, 1), (12, 2), (15, 2)] {
        let hex: String =
            [&head, &options[..len]].concat().iter().map(|octet| format!("{octet:02x}")).collect();
        let line = bare("mh", &hex);
        assert_eq!(line["error"], error("mobility-header", "length", 0, 80, 12 + len as u16));
        assert_eq!(line["options"].as_array().unwrap().len(), whole, "{len}");
    }
}

#[test]
fn what_stops_in_ipv6_shows_the_addresses() {
    let packet = datagram(REPORT);
    let said = |packet: &[u8]| {
        let line = decode(packet);
        assert_eq!((&line["protocol"], &line["ok"]), (&json!("ipv6"), &json!(false)));
        (line.get("src").and_then(Value::as_str).map(str::to_string), line["error"].clone())
    };
    assert_eq!(said(&packet[..30]), (None, error("ipv6", "header", 24, 16, 6)));
    let from = || Some("fe80::5".to_string());
    let mut other = packet.clone();
    other[0] = 0x55;
    assert_eq!(said(&other), (None, error("ipv6", "version", 0, 6, 5)));
    // The hop-by-hop header reaches beyond the packet.
    other = packet.clone();
    other[41] = 9;
    assert_eq!(said(&other), (from(), error("hop-by-hop", "header", 0, 80, 36)));
    // A first fragment.
    other = packet.clone();
    other[6] = 44;
    other[42..44].copy_from_slice(&[0, 1]);
    assert_eq!(said(&other), (from(), error("ipv6", "fragment", 40, 0, 1)));
}

#[test]
fn hop_by_hop_options_that_overrun_their_header_hide_no_message() {
    let mut packet = datagram(REPORT);
    packet[43] = 9;
    let line = decode(&packet);
    assert_eq!(line["error"], error("hop-by-hop", "option-body", 4, 9, 4));
    assert_eq!((&line["type"], &line["router_alert"]), (&json!("Report"), &json!(false)));
}

#[test]
fn user_data_is_no_message_and_no_error() {
    let mut packet = datagram(REQUEST);
    packet[43] = 80;
    let line = decode(&packet);
    let expected = json!({
        "frame": 1, "protocol": "other", "ok": true, "src": "2001:db8::1", "dst": "2001:db8::2",
        "hop_limit": 64, "next_header": 17, "length": packet.len() - 40,
    });
    assert_eq!(line, expected);
}
