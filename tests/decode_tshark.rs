//! `multimob decode` and tshark read the same captures: in every packet, every field that both know agrees.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test may panic, and its numbers are small"
)]

#[path = "decode_tshark/igmp.rs"]
mod igmp;
#[path = "program/judge.rs"]
mod judge;
#[path = "decode_tshark/mobility.rs"]
mod mobility;
#[path = "decode_tshark/pim.rs"]
mod pim;
mod program;

use std::collections::BTreeMap;

use program::{lines, multimob, scratch, testdata};
use serde_json::Value;

/// Where tshark 4.0 is known to be wrong, or to say nothing, so that it is not asked:
///
/// * It does not verify the checksum of a Mobility Header (scapy does, in `scapy.rs`), nor know CXTP.
/// * 0x0100 is F to it, and 0x10 of an acknowledgement T, whatever the draft: compared as bits, not as letters.
/// * S, D and bits without a name are not shown.
/// * An identifier that is no text is shown as text.
/// * It reads Localized Routing from the start of the header, and the addresses of a Home Agent Switch again as options.
/// * It does not look for the packet that follows a Fast Neighbor Advertisement.
/// * It gives up on a packet at an option of a wrong length, and counts the words of options 60 and 61 as octets.
/// * It reads what follows the head of an ICMPv6 message of type 150 as options of Neighbor Discovery, whatever the subtype.
/// * It reads octets behind the last record of a Report as another record (RFC 3810 5.2.11: ignored).
/// * It takes apart the packet in a Register, and stumbles over a broken one.
const WRONG: [fn(&Value) -> bool; 8] = [
    |line| line["carries_packet"] == true,
    |line| text(&line["type"]).starts_with("LocalizedRouting"),
    |line| line["type"] == "HomeAgentSwitch",
    |line| options(line).any(|option| option.get("malformed").is_some()),
    |line| options(line).any(|option| option["type"] == 60 || option["type"] == 61),
    |line| line["protocol"] == "cxtp-icmp",
    |line| line["type"] == "Report" && line.get("trailing").is_some(),
    |line| line["type"] == "Register" && line.get("malformed").is_some(),
];

/// Field and values, as text; fields without a value are left out.
type Fields = BTreeMap<&'static str, Vec<String>>;

/// Compares all packets of a capture; how often each of tshark's fields was.
fn judged(capture: &str) -> BTreeMap<&'static str, usize> {
    let ours = lines(&["decode", capture], b"");
    let theirs = theirs(capture);
    assert_eq!(ours.len(), theirs.len(), "packets of {capture}");
    let mut compared = BTreeMap::new();
    for (line, theirs) in ours.iter().zip(theirs) {
        if WRONG.iter().any(|wrong| wrong(line)) {
            continue;
        }
        let ours = fields(line);
        assert_eq!(ours, theirs, "{line}");
        ours.keys().for_each(|field| *compared.entry(*field).or_default() += 1);
    }
    compared
}

#[test]
fn captures_of_a_kernel() {
    if !is_there() {
        return;
    }
    for (name, reports, queries) in [
        ("handover", 4, 1),
        ("join-leave", 10, 0),
        ("query", 7, 1),
        ("specific", 8, 12),
        ("older", 4, 2),
        ("many", 6, 1),
    ] {
        let compared = judged(&testdata(&format!("captures/linux-{name}.pcap")));
        let count = |field| compared.get(field).copied().unwrap_or(0);
        assert_eq!(count("icmpv6.mldr.mar.record_type"), reports, "{name}");
        assert_eq!(count("icmpv6.mld.qqi"), queries, "{name}");
    }
}

#[test]
fn a_line_of_every_message() {
    if !is_there() {
        return;
    }
    let capture = scratch("every.pcap");
    let capture = capture.to_str().unwrap();
    lines(&["encode", &testdata("messages/each.jsonl"), "--pcap", capture], b"");
    let compared = judged(capture);
    std::fs::remove_file(capture).unwrap();
    // Nothing that could be compared was left out, and all but the checksum of CXTP was there.
    let missing: Vec<_> = compared_fields().filter(|field| !compared.contains_key(field)).collect();
    assert_eq!(missing, ["_ws.malformed"]);
}

#[test]
fn a_run() {
    if !is_there() {
        return;
    }
    let capture = scratch("run.pcapng");
    let capture = capture.to_str().unwrap();
    let run = multimob(&["run", "asaeda-fig7", "--pcapng", capture], b"");
    assert_eq!(run.code, Some(0), "{}", run.err);
    let compared = judged(capture);
    std::fs::remove_file(capture).unwrap();
    for field in
        ["mip6.bu.seqnr", "mip6.ba.status", "mip6.timestamp_tmp", "icmpv6.mld.qqi", "icmpv6.opt.prefix"]
    {
        assert!(compared.get(field).is_some_and(|count| *count >= 2), "{field}: {compared:?}");
    }
}

fn is_there() -> bool {
    judge::is_there("tshark", &["--version"], "tshark")
}

/// What is compared, in tshark's names.
const FIELDS: &[&str] = &[
    "_ws.malformed",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.hlim",
    "mip6.mhtype",
    "mip6.bu.seqnr",
    "mip6.bu.lifetime",
    "mip6.bu.a_flag",
    "mip6.bu.h_flag",
    "mip6.bu.l_flag",
    "mip6.bu.k_flag",
    "mip6.bu.m_flag",
    "mip6.nemo.bu.r_flag",
    "mip6.bu.p_flag",
    "mip6.bu.f_flag",
    "mip6.bu.t_flag",
    "mip6.bu.b_flag",
    "mip6.ba.status",
    "mip6.ba.seqnr",
    "mip6.ba.lifetime",
    "mip6.ba.k_flag",
    "mip6.nemo.ba.r_flag",
    "mip6.ba.p_flag",
    "mip6.ba.t_flag",
    "mip6.ba.b_flag",
    "mip6.hoti.cookie",
    "mip6.coti.cookie",
    "mip6.hot.nindex",
    "mip6.hot.cookie",
    "mip6.hot.token",
    "mip6.cot.nindex",
    "mip6.cot.cookie",
    "mip6.be.status",
    "mip6.be.haddr",
    "mip6.fbu.seqnr",
    "mip6.fbu.lifetime",
    "mip6.fbu.a_flag",
    "mip6.fbu.h_flag",
    "mip6.fbu.l_flag",
    "mip6.fbu.k_flag",
    "mip6.fback.status",
    "mip6.fback.k_flag",
    "mip6.fback.seqnr",
    "mip6.fback.lifetime",
    "mip6.hb.u_flag",
    "mip6.hb.r_flag",
    "mip6.hb.seqnr",
    "mip6.hi.seqnr",
    "mip6.hi.s_flag",
    "mip6.hi.u_flag",
    "mip6.hi.code",
    "mip6.hack.seqnr",
    "mip6.hack.code",
    "mip6.bri_br.type",
    "mip6.bri_r.trigger",
    "mip6.bri_status",
    "mip6.bri_seqnr",
    "mip6.bri_ip",
    "mip6.bri_iv",
    "mip6.bri_ig",
    "mip6.bri_ap",
    "mip6.bri_av",
    "mip6.bri_ag",
    "mip6.mnid.subtype",
    "mip6.mnid.identifier",
    "mip6.nemo.mnp.mnp",
    "mip6.nemo.mnp.pfl",
    "mip6.hi",
    "mip6.att",
    "mip6.mnlli.lli",
    "mip6.lila_lla",
    "mip6.timestamp_tmp",
    "icmpv6.type",
    "icmpv6.checksum.status",
    "icmpv6.mld.maximum_response_code",
    "icmpv6.mld.maximum_response_delay",
    "icmpv6.mld.multicast_address",
    "icmpv6.mld.flag.s",
    "icmpv6.mld.flag.qrv",
    "icmpv6.mld.qqi",
    "icmpv6.mld.source_address",
    "icmpv6.mldr.nb_mcast_records",
    "icmpv6.mldr.mar.record_type",
    "icmpv6.mldr.mar.multicast_address",
    "icmpv6.mldr.mar.source_address",
    "icmpv6.mldr.mar.auxiliary_data",
    "icmpv6.nd.ra.cur_hop_limit",
    "icmpv6.nd.ra.flag",
    "icmpv6.nd.ra.router_lifetime",
    "icmpv6.nd.ra.reachable_time",
    "icmpv6.nd.ra.retrans_timer",
    "icmpv6.opt.linkaddr",
    "icmpv6.opt.mtu",
    "icmpv6.opt.advertisement_interval",
    "icmpv6.opt.home_agent_preference",
    "icmpv6.opt.home_agent_lifetime",
    "icmpv6.opt.prefix",
    "icmpv6.opt.prefix.length",
    "icmpv6.opt.prefix.flag",
    "icmpv6.opt.prefix.valid_lifetime",
    "icmpv6.opt.prefix.preferred_lifetime",
];

fn compared_fields() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().chain(igmp::FIELDS).chain(pim::FIELDS).copied()
}

fn theirs(capture: &str) -> Vec<Fields> {
    let mut args = vec!["-r", capture, "-T", "fields"];
    args.extend(["-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=|"]);
    args.extend(compared_fields().flat_map(|field| ["-e", field]));
    let fields = |line: &str| -> Fields {
        let values = line.split('\t').map(|all| all.split('|').map(str::to_string).collect::<Vec<_>>());
        compared_fields().zip(values).filter(|(_, values)| *values != [""]).collect()
    };
    judge::asked("tshark", &args, b"").lines().map(fields).collect()
}

fn options(line: &Value) -> impl Iterator<Item = &Value> {
    line["options"].as_array().into_iter().flatten()
}

/// What a line says, in tshark's names.
fn fields(line: &Value) -> Fields {
    let mut all = Said { line, fields: Fields::new() };
    for tunnel in line["outer"].as_array().into_iter().flatten() {
        all.put("ipv6.src", text(&tunnel["src"]));
        all.put("ipv6.dst", text(&tunnel["dst"]));
        all.put("ipv6.hlim", "64".to_string());
    }
    if line["protocol"] != "igmp" {
        all.copy(&[("ipv6.src", "src"), ("ipv6.dst", "dst"), ("ipv6.hlim", "hop_limit")]);
    }
    match (text(&line["protocol"]).as_str(), text(&line["type"]).as_str()) {
        ("mh", kind) => mobility::message(&mut all, kind),
        ("mld", kind) => all.mld(kind),
        ("igmp", kind) => all.igmp(kind),
        ("nd", kind) => all.neighbor_discovery(kind),
        ("pim", kind) => all.pim(kind),
        _ => {}
    }
    // An empty value is no value in tshark's table.
    all.fields.retain(|_, values| *values != [""]);
    all.fields
}

struct Said<'a> {
    line: &'a Value,
    fields: Fields,
}

impl Said<'_> {
    fn put(&mut self, field: &'static str, value: String) {
        self.fields.entry(field).or_default().push(value);
    }

    /// The fields that are the same but for their names.
    fn copy(&mut self, names: &[(&'static str, &str)]) {
        for (theirs, ours) in names {
            self.put(theirs, text(&self.line[ours]));
        }
    }

    fn mld(&mut self, kind: &str) {
        let line = self.line;
        self.put("icmpv6.checksum.status", "1".to_string());
        match kind {
            "Query" => {
                self.put("icmpv6.type", "130".to_string());
                self.put("icmpv6.mld.maximum_response_code", text(&line["max_response_ms"]));
                self.copy(&[("icmpv6.mld.multicast_address", "group"), ("icmpv6.mld.flag.qrv", "qrv")]);
                self.put("icmpv6.mld.flag.s", u8::from(line["s"] == true).to_string());
                self.put("icmpv6.mld.qqi", text(&line["qqi_s"]));
                self.list("icmpv6.mld.source_address", &line["sources"]);
            }
            "Report" => {
                self.put("icmpv6.type", "143".to_string());
                let records = line["records"].as_array().unwrap();
                self.put("icmpv6.mldr.nb_mcast_records", records.len().to_string());
                for record in records {
                    self.put("icmpv6.mldr.mar.record_type", text(&record["type"]));
                    self.put("icmpv6.mldr.mar.multicast_address", text(&record["group"]));
                    self.list("icmpv6.mldr.mar.source_address", &record["sources"]);
                    if let Some(aux) = record.get("aux") {
                        self.put("icmpv6.mldr.mar.auxiliary_data", text(aux));
                    }
                }
            }
            _ => {
                let delay = line.get("max_response_ms").map_or("0".to_string(), text);
                let kind = ["QueryV1", "ReportV1", "Done"].iter().position(|name| *name == kind).unwrap();
                self.put("icmpv6.type", (130 + kind).to_string());
                self.put("icmpv6.mld.maximum_response_delay", delay);
                self.copy(&[("icmpv6.mld.multicast_address", "group")]);
            }
        }
    }

    fn neighbor_discovery(&mut self, kind: &str) {
        self.put("icmpv6.checksum.status", "1".to_string());
        for option in options(self.line) {
            if let Some(address) = option["address"].as_str() {
                let pairs: Vec<&str> = (0..address.len()).step_by(2).map(|at| &address[at..at + 2]).collect();
                self.put("icmpv6.opt.linkaddr", pairs.join(":"));
            }
            for (theirs, ours) in [
                ("icmpv6.opt.mtu", "mtu"),
                ("icmpv6.opt.advertisement_interval", "interval_ms"),
                ("icmpv6.opt.home_agent_preference", "preference"),
                ("icmpv6.opt.home_agent_lifetime", "lifetime_s"),
            ] {
                if let Some(value) = option.get(ours) {
                    self.put(theirs, text(value));
                }
            }
        }
        if kind == "RouterSolicitation" {
            return self.put("icmpv6.type", "133".to_string());
        }
        self.put("icmpv6.type", "134".to_string());
        let bits = |flags: &Value, letters: &[(&str, u8)]| {
            let bit = |flag: &Value| {
                let flag = text(flag);
                letters.iter().find(|(letter, _)| *letter == flag).map_or_else(
                    || u8::from_str_radix(flag.trim_start_matches("0x"), 16).unwrap(),
                    |(_, bit)| *bit,
                )
            };
            format!("0x{:02x}", flags.as_array().unwrap().iter().map(bit).fold(0, |all, bit| all | bit))
        };
        self.put("icmpv6.nd.ra.flag", bits(&self.line["flags"], &[("M", 0x80), ("O", 0x40), ("H", 0x20)]));
        self.copy(&[
            ("icmpv6.nd.ra.cur_hop_limit", "cur_hop_limit"),
            ("icmpv6.nd.ra.router_lifetime", "lifetime_s"),
            ("icmpv6.nd.ra.reachable_time", "reachable_ms"),
            ("icmpv6.nd.ra.retrans_timer", "retrans_ms"),
        ]);
        for option in options(self.line).filter(|option| option["name"] == "PrefixInformation") {
            self.put("icmpv6.opt.prefix", text(&option["prefix"]));
            self.put("icmpv6.opt.prefix.length", text(&option["length"]));
            self.put(
                "icmpv6.opt.prefix.flag",
                bits(&option["flags"], &[("L", 0x80), ("A", 0x40), ("R", 0x20)]),
            );
            self.put("icmpv6.opt.prefix.valid_lifetime", text(&option["valid_s"]));
            self.put("icmpv6.opt.prefix.preferred_lifetime", text(&option["preferred_s"]));
        }
    }

    fn list(&mut self, field: &'static str, values: &Value) {
        values.as_array().unwrap().iter().for_each(|value| self.put(field, text(value)));
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn units(lifetime: &Value) -> String {
    (lifetime.as_u64().unwrap() / 4).to_string()
}

/// A moment as tshark shows it: `Mar 13, 2011 07:06:40.500000000 UTC`.
fn date(seconds: u64, fraction: u64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let (mut days, mut year, mut month) = (seconds / 86_400, 1970, 0);
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let nanos = fraction * 1_000_000_000 / 65_536;
    let month = MONTHS[month];
    format!("{month} {:2}, {year} {hour:02}:{minute:02}:{second:02}.{nanos:09} UTC", days + 1)
}
