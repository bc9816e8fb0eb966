//! Every sample of every format, and thousands of mangled datagrams.
#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test may panic, and its numbers are small"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use multimob::wire::packet::{Payload, demux};
use multimob::wire::{Dialect, Encode, Format, cxtp, mh, mld, nd, pim};
use serde_json::{Value, json};

use self::samples::Samples;
use super::capture::{self, Captured, Unreadable};
use super::datagram::{bare, datagram};
use super::frame::{self, Network};
use super::mend;
use crate::json::packet::{self, Packet};
use crate::json::{At, Fields, Protocol};

#[path = "../../../../tests/samples/mod.rs"]
mod samples;

/// Octets to a line and back: the same octets, and the same line again.
fn there_and_back(protocol: Protocol, octets: &[u8], dialect: &Dialect) {
    let line = bare(protocol, octets, dialect);
    assert_eq!((&line["ok"], &line["reencode"]), (&json!(true), &json!("identical")), "{line:?}");
    assert_eq!(written(&line, dialect).octets, octets, "{line:?}");
}

fn written(line: &Fields, dialect: &Dialect) -> Packet {
    // Through text, as from one program to another.
    let line: Value = serde_json::from_str(&Value::Object(line.clone()).to_string()).unwrap();
    packet::read(&At::root(&line), dialect).unwrap_or_else(|fault| panic!("{fault} in {line}"))
}

/// 256 messages, the same in every run.
#[cfg(feature = "proptest")]
fn random<F: multimob::samples::Sample>() -> impl Iterator<Item = multimob::wire::Owned<F>> {
    use proptest::strategy::{Strategy, ValueTree};

    let mut runner = proptest::test_runner::TestRunner::deterministic();
    (0..256).map(move |_| multimob::samples::of().new_tree(&mut runner).unwrap().current())
}

macro_rules! there_and_back {
    ($($name:ident: $format:ty, $protocol:expr;)*) => {$(
        #[test]
        fn $name() {
            let mut visited = 0;
            let mut visit = |message: <$format as Format>::View<'_>, dialect: &Dialect| {
                there_and_back($protocol, &message.to_vec().unwrap(), dialect);
                visited += 1;
            };
            <$format as Samples>::each(&mut visit);
            assert!(visited > 0);
            #[cfg(feature = "proptest")]
            for message in random::<$format>() {
                there_and_back($protocol, message.octets(), message.dialect());
            }
        }
    )*};
}

there_and_back! {
    every_mobility_header_comes_back: mh::Mh, Protocol::Mh;
    every_mld_message_comes_back: mld::Mld, Protocol::Mld;
    every_cxtp_message_comes_back: cxtp::Cxtp, Protocol::Cxtp;
    every_cxtp_message_in_icmpv6_comes_back: cxtp::icmp::CxtpIcmp, Protocol::CxtpIcmp;
    every_neighbor_discovery_message_comes_back: nd::Nd, Protocol::Nd;
    every_pim_message_comes_back: pim::Pim, Protocol::Pim;
}

fn testdata(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

/// The datagrams that are mangled: a line of every message, and what a Linux kernel sent.
fn whole() -> Vec<Vec<u8>> {
    let lines = fs::read_to_string(testdata("messages/each.jsonl")).unwrap();
    let read =
        |line: &str| written(serde_json::from_str::<Value>(line).unwrap().as_object().unwrap(), &DIALECT);
    let mut all: Vec<Vec<u8>> = lines.lines().map(|line| read(line).octets).collect();
    for name in ["linux-handover", "linux-join-leave", "linux-query"] {
        let file = fs::File::open(testdata(&format!("captures/{name}.pcap"))).unwrap();
        let read = capture::read::<Unreadable>(file, &mut |Captured { link, octets, .. }| {
            let Network::Ip(datagram) = frame::read(link, octets).network else { panic!("another network") };
            all.push(datagram.to_vec());
            Ok(())
        });
        read.unwrap();
    }
    all
}

const DIALECT: Dialect = Dialect::with_flags(multimob::wire::FlagDialect::Discriminated);

/// SplitMix64: the same copies in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A copy with one to four faults.
    fn mangled(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut octets = octets.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(octets.len());
            match self.below(8) {
                0 => octets.truncate(at),
                1 => octets.insert(at, self.next() as u8),
                2 if at < octets.len() => drop(octets.remove(at)),
                3 => octets.extend_from_within(at..),
                4 if at < octets.len() => octets[at] ^= 1 << self.below(8),
                5 if at < octets.len() => octets[at] = octets[at].wrapping_add(1),
                6 if at < octets.len() => octets[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
                _ if at < octets.len() => octets[at] = self.next() as u8,
                _ => {}
            }
        }
        octets
    }
}

/// Lengths and checksum set right, so that what is wrong further in is reached.
fn passable(octets: &[u8]) -> Option<Vec<u8>> {
    let octets = mend::with_length(octets.to_vec())?;
    match demux(&octets, &DIALECT) {
        Err(error) if error.field == multimob::wire::Field::Checksum => mend::packet(&octets, &error),
        _ => Some(octets),
    }
}

#[test]
fn mangled_datagrams_are_read_as_far_as_they_go() {
    let copies = std::env::var("MULTIMOB_MANGLED").map_or(10_000, |number| number.parse().unwrap());
    let (whole, mut random) = (whole(), Random(20_260_101));
    let mut verdicts: BTreeMap<String, u32> = BTreeMap::new();
    let mut faults = BTreeSet::new();
    for copy in 0..copies {
        let seed = &whole[random.below(whole.len())];
        let mut octets = random.mangled(seed);
        if copy % 2 == 0 {
            octets = passable(&octets).unwrap_or(octets);
        }
        let line = datagram(&octets, &DIALECT);
        let verdict = judged(&line, &octets);
        *verdicts.entry(verdict).or_default() += 1;
        if let Some(error) = line.get("error") {
            faults.insert(format!("{} {}", error["layer"], error["field"]));
        }
    }
    println!("{copies} copies: {verdicts:?}, {} kinds of faults", faults.len());
    for verdict in ["identical", "canonical", "other", "error, with fields", "error, without"] {
        let share = verdicts.get(verdict).copied().unwrap_or_default();
        assert!(share >= copies / 200, "{verdict}: {share} of {copies}");
    }
    assert!(faults.len() >= 20, "{faults:?}");
}

/// What a line says, after everything it says was checked.
fn judged(line: &Fields, octets: &[u8]) -> String {
    let demuxed = demux(octets, &DIALECT);
    let is_message = Protocol::NAMES.iter().any(|(name, _)| line["protocol"] == *name);
    // It looks into any number of tunnels, `demux` into one.
    let is_deeper = line.get("outer").is_some_and(|outer| outer.as_array().unwrap().len() > 1);
    if line["ok"] == true {
        assert!(demuxed.is_ok() && line.get("error").is_none() && line.get("also").is_none());
        if !is_message {
            assert_eq!(line["protocol"], "other");
            let is_other = matches!(demuxed.unwrap().payload, Payload::Other { .. });
            assert!(is_other);
            return "other".to_string();
        }
        let reencode = line["reencode"].as_str().unwrap().to_string();
        if reencode == "refused" {
            return reencode;
        }
        let again = written(line, &DIALECT);
        assert!(again.is_datagram);
        let mut expected = line.clone();
        expected.insert("reencode".into(), json!("identical"));
        assert_eq!(datagram(&again.octets, &DIALECT), expected);
        return reencode;
    }
    let error = line["error"].as_object().unwrap();
    let names: Vec<&str> = error.keys().map(String::as_str).collect();
    assert_eq!(names, ["layer", "field", "offset", "needed", "have"]);
    assert!(line.get("reencode").is_none());
    if !is_deeper && let Err(demuxed) = demuxed {
        assert_eq!(line["error"], json!(demuxed));
    } else {
        assert!(is_deeper, "{line:?}");
    }
    let known =
        ["protocol", "type", "ok", "error", "also", "outer", "src", "dst", "hop_limit", "router_alert"];
    let shows = line.keys().any(|name| !known.contains(&name.as_str()));
    if shows { "error, with fields" } else { "error, without" }.to_string()
}

#[test]
fn mangled_messages_without_a_packet_are_read_as_far_as_they_go() {
    let mut random = Random(7);
    let mut good = 0;
    for octets in whole() {
        let payload = match mend::is_ipv4(&octets) {
            true => multimob::wire::ipv4::Packet::parse(&octets).unwrap().payload,
            false => multimob::wire::ipv6::Packet::parse(&octets).unwrap().payload,
        };
        for protocol in Protocol::NAMES.map(|(_, protocol)| protocol) {
            for _ in 0..16 {
                let octets = random.mangled(payload);
                let line = bare(protocol, &octets, &DIALECT);
                assert_eq!(line["protocol"], protocol.name());
                if line["ok"] == true && line["reencode"] != "refused" {
                    let again = written(&line, &DIALECT);
                    let mut expected = line.clone();
                    expected.insert("reencode".into(), json!("identical"));
                    assert_eq!(bare(protocol, &again.octets, &DIALECT), expected);
                    good += 1;
                }
            }
        }
    }
    assert!(good > 100, "{good}");
}

#[test]
fn mangled_captures_end_or_are_refused() {
    let capture = fs::read(testdata("captures/linux-handover.pcap")).unwrap();
    let mut random = Random(3);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..500 {
        let octets = random.mangled(&capture);
        let outcome =
            capture::read::<Unreadable>(octets.as_slice(), &mut |Captured { link, octets, .. }| {
                if let Network::Ip(octets) = frame::read(link, octets).network {
                    datagram(octets, &DIALECT);
                }
                Ok(())
            });
        match outcome {
            Ok(()) => read += 1,
            Err(error) => {
                assert!(!error.to_string().contains('\n'));
                refused += 1;
            }
        }
    }
    assert!(read > 50 && refused > 50, "{read} read, {refused} refused");
}
