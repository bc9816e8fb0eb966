//! The captures of a Linux kernel: read in full, written again octet for octet, and what they say is what their README
//! says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::program::{lines, testdata};

/// Time since the first packet, who sent it, and what it says.
fn summary(name: &str) -> Vec<String> {
    let lines = lines(&["decode", &testdata(&format!("captures/{name}.pcap"))], b"");
    let micros = |line: &Value| {
        let (seconds, fraction) = line["time"].as_str().unwrap().split_once('.').unwrap();
        assert_eq!(fraction.len(), 6, "these captures count microseconds");
        seconds.parse::<u64>().unwrap() * 1_000_000 + fraction.parse::<u64>().unwrap()
    };
    let start = micros(&lines[0]);
    let said = |(number, line): (usize, &Value)| {
        assert_eq!(line["frame"], number + 1);
        assert_eq!(
            (&line["protocol"], &line["ok"], &line["reencode"]),
            (&"mld".into(), &true.into(), &"identical".into())
        );
        assert_eq!((&line["hop_limit"], &line["router_alert"]), (&1.into(), &true.into()));
        let since = micros(line) - start;
        let who = match (line["src"].as_str().unwrap(), line["dst"].as_str().unwrap()) {
            ("fe80::ff:fe00:11", "ff02::16") => "MN",
            ("fe80::ff:fe00:1", "ff02::1") => "AR",
            // Before its own address is usable (RFC 3810 5.2.13).
            ("::", "ff02::16") => "::",
            other => panic!("{other:?}"),
        };
        format!("{}.{:06} {who} {}", since / 1_000_000, since % 1_000_000, message(line))
    };
    lines.iter().enumerate().map(said).collect()
}

fn message(line: &Value) -> String {
    let addresses = |list: &Value| {
        let list: Vec<&str> =
            list.as_array().unwrap().iter().map(|source| source.as_str().unwrap()).collect();
        if list.is_empty() { String::new() } else { format!(" {{{}}}", list.join(", ")) }
    };
    match line["type"].as_str().unwrap() {
        "Report" => {
            let record = |record: &Value| {
                let (name, group) = (record["name"].as_str().unwrap(), record["group"].as_str().unwrap());
                format!("{name} {group}{}", addresses(&record["sources"]))
            };
            line["records"].as_array().unwrap().iter().map(record).collect::<Vec<_>>().join("; ")
        }
        "Query" => format!(
            "Query {} within {} ms, QRV {}, every {} s{}",
            line["group"].as_str().unwrap(),
            line["max_response_ms"],
            line["qrv"],
            line["qqi_s"],
            addresses(&line["sources"])
        ),
        other => panic!("{other}"),
    }
}

#[test]
fn a_channel_and_a_group_are_joined_and_asked_for() {
    assert_eq!(
        summary("linux-handover"),
        [
            "0.000000 MN ALLOW ff3e::8000:1 {2001:db8:5::5}",
            "0.311974 MN TO_EX ff1e::1234; ALLOW ff3e::8000:1 {2001:db8:5::5}",
            "0.491992 MN TO_EX ff1e::1234",
            "6.000175 AR Query :: within 1000 ms, QRV 2, every 125 s",
            "6.068000 MN IS_EX ff1e::1234; IS_IN ff3e::8000:1 {2001:db8:5::5}; IS_EX ff02::1:ff00:11",
        ]
    );
}

#[test]
fn each_change_is_reported_twice() {
    let both = "{2001:db8:5::5, 2001:db8:5::6}";
    let expected = [
        ["0.000000", "0.932103"].map(|time| format!("{time} MN TO_EX ff1e::1234")),
        ["2.944125", "3.428024"].map(|time| format!("{time} MN ALLOW ff3e::8000:1 {both}")),
        ["5.440120", "6.244110"].map(|time| format!("{time} MN BLOCK ff3e::8000:1 {{2001:db8:5::6}}")),
        ["8.256052", "8.548138"].map(|time| format!("{time} MN BLOCK ff3e::8000:1 {{2001:db8:5::5}}")),
        ["10.560137", "11.044084"].map(|time| format!("{time} MN TO_IN ff1e::1234")),
    ];
    assert_eq!(summary("linux-join-leave"), expected.concat());
}

#[test]
fn a_query_is_answered_for_all_groups() {
    let said = summary("linux-query");
    assert_eq!(
        said[4..],
        [
            "2.811821 MN ALLOW ff3e::8000:1 {2001:db8:5::5}; TO_EX ff1e::1234",
            "3.488724 MN ALLOW ff3e::8000:1 {2001:db8:5::5}; TO_EX ff1e::1234",
            "5.488897 AR Query :: within 1000 ms, QRV 2, every 125 s",
            "5.715838 MN IS_IN ff3e::8000:1 {2001:db8:5::5}; IS_EX ff1e::1234; IS_EX ff02::1:ff00:11",
        ]
    );
    for (line, time) in said[..4].iter().zip(["0.000000", "0.011798", "0.607854", "0.799797"]) {
        assert!(line.starts_with(time) && line.ends_with(" TO_EX ff02::1:ff00:11"), "{line}");
    }
}

/// Of every capture: how many messages of which type, each read in full and written again as it was.
#[test]
fn every_message_of_the_kernel_is_written_again_octet_for_octet() {
    for (name, expected) in [
        ("specific", "Query 12, Report 8"),
        ("older", "Done 1, Query 2, QueryV1 1, Report 4, ReportV1 5"),
        ("many", "Query 1, Report 6"),
        ("igmpv3", "Query 5, Report 9"),
        ("igmpv2", "Leave 1, QueryV2 2, Report 2, ReportV2 2"),
    ] {
        let lines = lines(&["decode", &testdata(&format!("captures/linux-{name}.pcap"))], b"");
        let mut types: BTreeMap<&str, usize> = BTreeMap::new();
        for line in &lines {
            assert_eq!(
                (&line["ok"], &line["reencode"]),
                (&true.into(), &"identical".into()),
                "{name}: {line}"
            );
            *types.entry(line["type"].as_str().unwrap()).or_default() += 1;
        }
        let types: Vec<String> = types.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        assert_eq!(types.join(", "), expected, "{name}");
    }
}
