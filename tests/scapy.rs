//! The checksum of the Mobility Header, which tshark does not verify, judged by scapy: the known answers of the drafts,
//! and every sample between two pairs of addresses. Reports of IGMPv3 as scapy reads them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

#[path = "program/judge.rs"]
mod judge;
mod samples;

use core::net::Ipv6Addr;

use multimob::wire::mh::{Message, Mh};
use multimob::wire::{Addr4, Dialect, Encode, Pseudo, igmp};
use samples::Samples;

const PYTHON: &str = "/usr/bin/python3";
const MAG: &str = "2001:db8:a::1";
const LMA: &str = "2001:db8:b::1";

/// Source, destination, and octets with their checksum.
const KNOWN: [(&str, &str, &str); 4] = [
    (
        MAG,
        LMA,
        "3b0f0500eb2900078300012c0810016d6e31406578616d706c652e6e65740104000000001612004020010db8000100000000\
         000000000000170200031802000401001b0800004d7c6d0000000100c82c8f0000000000000105000001ff3e000000000000\
         000000008000000120010db800050000000000000000000501020000",
    ),
    (MAG, LMA, "3b030500e7f40008830000010100ca1020010db8000200000000000000000002"),
    (
        LMA,
        MAG,
        "3b060600718600300008004b0100ca1020010db8000200000000000000000002010400000000c91020010db8000a0000\
         0000000000000002",
    ),
    (LMA, MAG, "3b030600d0c59930000800000100ca1020010db8000200000000000000000002"),
];

#[test]
fn scapy_gives_every_mobility_header_our_checksum() {
    if !judge::is_there(PYTHON, &["-c", "import scapy"], "python3-scapy") {
        return;
    }
    let mut cases: Vec<(Ipv6Addr, Ipv6Addr, String)> = Vec::new();
    for (src, dst, octets) in KNOWN {
        cases.push((src.parse().unwrap(), dst.parse().unwrap(), octets.to_string()));
    }
    let pairs: [(Ipv6Addr, Ipv6Addr); 2] = [(MAG, LMA), ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
        .map(|(src, dst)| (src.parse().unwrap(), dst.parse().unwrap()));
    Mh::each(&mut |message: Message<'_>, _: &Dialect| {
        for (src, dst) in pairs {
            let octets = message.to_vec_for(&Pseudo::mobility(src, dst)).unwrap();
            cases.push((src, dst, octets.iter().map(|octet| format!("{octet:02x}")).collect()));
        }
    });
    assert!(cases.len() > 200, "{}", cases.len());

    let input: String = cases.iter().map(|(src, dst, octets)| format!("{src} {dst} {octets}\n")).collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/judges/mh_checksum.py");
    let said = judge::asked(PYTHON, &[script], input.as_bytes());
    assert_eq!(said.lines().count(), cases.len());
    for (theirs, (src, dst, octets)) in said.lines().zip(&cases) {
        assert_eq!(theirs, &octets[8..12], "{src} > {dst}: {octets}");
    }
}

#[test]
fn scapy_reads_every_igmpv3_report_as_it_was_meant() {
    if !judge::is_there(PYTHON, &["-c", "import scapy.contrib.igmpv3"], "python3-scapy") {
        return;
    }
    let (mut input, mut ours) = (String::new(), Vec::new());
    igmp::Igmp::each(&mut |message: igmp::Message<'_>, _: &Dialect| {
        let igmp::Message::Report(report) = message else { return };
        // Scapy 2.5 takes auxiliary data for the next record.
        if report.records.iter().any(|record| !record.aux.is_empty()) {
            return;
        }
        let octets = report.to_vec_for(&Pseudo::igmp()).unwrap();
        let digits: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let mut said = digits[4..8].to_string();
        for record in report.records {
            let sources: Vec<String> =
                record.sources.iter().map(|&source| Addr4(source).to_string()).collect();
            said += &format!(" {}/{}/{}/0", record.kind.0, record.group, sources.join(","));
        }
        input += &format!("{digits}\n");
        ours.push(said);
    });
    assert!(ours.len() > 4, "{}", ours.len());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/judges/igmpv3.py");
    let theirs = judge::asked(PYTHON, &[script], input.as_bytes());
    assert!(theirs.lines().eq(ours), "{theirs}");
}
