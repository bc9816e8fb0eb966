//! Octets that other programs made or that standards print, in `testdata/wire/`: each line is read, and written again as
//! the same octets.
//!
//! A line is `name | origin | src | dst | hex`; `#` begins a comment.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::net::{Ipv4Addr, Ipv6Addr};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use multimob::wire::mh::Mh;
use multimob::wire::{Dialect, Encode, Format, Pseudo, cxtp, igmp, mh, mld, nd, pim};

/// A line of a file.
struct Vector {
    name: String,
    src: Ipv6Addr,
    dst: Ipv6Addr,
    octets: Vec<u8>,
}

fn vectors(file: &str) -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/wire").join(file);
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let vectors: Vec<Vector> = lines.map(vector).collect();
    assert!(!vectors.is_empty(), "{file} has no vectors");
    vectors
}

fn vector(line: &str) -> Vector {
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    let [name, origin, src, dst, hex] = fields[..] else { panic!("not five fields: {line}") };
    assert!(!origin.is_empty(), "{name}: who made it?");
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "{name}: half an octet");
    let octet = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    let octets = pairs.iter().map(octet).collect();
    Vector { name: name.into(), src: header_address(src), dst: header_address(dst), octets }
}

/// An address as a datagram shows it: one of IPv4 is IPv4-mapped.
fn header_address(text: &str) -> Ipv6Addr {
    text.parse().unwrap_or_else(|_| text.parse::<Ipv4Addr>().unwrap().to_ipv6_mapped())
}

/// Reads a vector, checks its checksum with `next_header` where it has one, and writes it again.
fn both_ways<F: Format>(vector: &Vector, next_header: u8) {
    let Vector { name, src, dst, octets } = vector;
    let view = F::parse(octets, &Dialect::DEFAULT).unwrap_or_else(|error| panic!("{name}: {error}"));
    let pseudo = Pseudo { src: *src, dst: *dst, next_header, home_address: None };
    if F::View::<'_>::CHECKSUM_AT.is_some() {
        assert!(pseudo.verify(octets), "{name}: checksum");
    }
    let mut written = Vec::new();
    view.put_for(&pseudo, &mut written).unwrap();
    assert_eq!(&written, octets, "{name}");
}

#[test]
fn mh() {
    let mut missing: BTreeSet<&str> = mh::Message::NAMES.iter().copied().collect();
    for vector in vectors("mh.txt") {
        both_ways::<Mh>(&vector, 135);
        let message = mh::Message::parse(&vector.octets, &Dialect::DEFAULT).unwrap();
        assert!(vector.name.starts_with(message.name()), "{} is {message:?}", vector.name);
        missing.remove(message.name());
    }
    assert_eq!(missing, BTreeSet::new(), "types without a vector");
}

#[test]
fn cxtp() {
    let mut kinds = [0; 8];
    for vector in vectors("cxtp.txt") {
        let message = match vector.name.starts_with("ICMPv6") {
            true => {
                both_ways::<cxtp::icmp::CxtpIcmp>(&vector, 58);
                cxtp::icmp::Message::parse(&vector.octets, &Dialect::DEFAULT).unwrap().0
            }
            false => {
                both_ways::<cxtp::Cxtp>(&vector, 17);
                cxtp::Message::parse(&vector.octets, &Dialect::DEFAULT).unwrap()
            }
        };
        kinds[usize::from(message.kind())] += 1;
        #[cfg(feature = "auth")]
        if let cxtp::Message::Activate(activate) = message {
            assert!(activate.is_authorized(&[b'k'; 16]), "{}", vector.name);
        }
    }
    assert!(kinds[1..].iter().all(|&vectors| vectors > 0), "of each type at least one: {kinds:?}");
}

#[test]
fn igmp() {
    let mut kinds = BTreeSet::new();
    for vector in vectors("igmp.txt") {
        both_ways::<igmp::Igmp>(&vector, 2);
        let message = igmp::Message::parse(&vector.octets, &Dialect::DEFAULT).unwrap();
        kinds.insert(match message {
            igmp::Message::Query(query) => {
                assert_eq!(query.judge(), Ok(()));
                "query"
            }
            igmp::Message::QueryV2(_) => "query of version 2",
            igmp::Message::Report(report) => {
                assert!(report.records.iter().all(|record| record.judge().is_ok()));
                "report"
            }
            igmp::Message::ReportV2(_) => "report of version 2",
            igmp::Message::ReportV1(_) => "report of version 1",
            igmp::Message::Leave(_) => "leave",
            other => panic!("{other:?}"),
        });
    }
    // scapy makes no version 1 Query.
    assert_eq!(kinds.len(), 6, "{kinds:?}");
}

#[test]
fn mld() {
    let (mut messages, mut records) = (BTreeSet::new(), BTreeSet::new());
    for vector in vectors("mld.txt") {
        both_ways::<mld::Mld>(&vector, 58);
        match mld::Message::parse(&vector.octets, &Dialect::DEFAULT).unwrap() {
            mld::Message::Query(query) => assert_eq!(query.judge(), Ok(()), "{}", vector.name),
            mld::Message::Report(report) => records.extend(report.records.iter().map(|record| record.kind.0)),
            _ => {}
        }
        messages.insert((vector.octets[0], vector.octets.len() == 24));
    }
    assert_eq!(messages.len(), 5, "of each type and version one: {messages:?}");
    assert!(records.iter().eq(&[1, 2, 3, 4, 5, 6, 0x81, 0x82]), "{records:?}");
}

#[test]
fn nd() {
    for vector in vectors("nd.txt") {
        both_ways::<nd::Nd>(&vector, 58);
        if let nd::Message::Advertisement(advertisement) =
            nd::Message::parse(&vector.octets, &Dialect::DEFAULT).unwrap()
        {
            let is_home_agent = vector.name.ends_with("home agent");
            let agent = advertisement.home_agent();
            assert_eq!(agent.is_some(), is_home_agent, "{}", vector.name);
            let prefix = advertisement.options.iter().find_map(|option| match option {
                nd::NdOption::PrefixInformation { flags, prefix, .. } => Some((flags.bits(), prefix.ip())),
                _ => None,
            });
            // R: the address of the home agent itself (RFC 6275 7.2).
            assert_eq!(prefix, is_home_agent.then(|| (0xe0, ip("2001:db8:1::1"))), "{}", vector.name);
        }
    }
}

#[test]
fn pim() {
    let mut kinds = [0; 16];
    for vector in vectors("pim.txt") {
        let Vector { name, src, dst, octets } = &vector;
        let message = pim::Message::parse(octets, &Dialect::DEFAULT).unwrap();
        let pseudo = Pseudo::pim(*src, *dst);
        assert_eq!(pim::Message::check(octets, &pseudo), Ok(()), "{name}");
        assert_eq!(message.judge(*dst), Ok(()), "{name}");
        let mut written = message.to_vec_for(&pseudo).unwrap();
        if name.ends_with("over the whole message") {
            // As good, but not how it is written (RFC 7761 4.9.3).
            assert_ne!(&written, octets, "{name}");
            written[2..4].copy_from_slice(&octets[2..4]);
        }
        assert_eq!(&written, octets, "{name}");
        if let pim::Message::Register(register) = message {
            let channel = register.channel().unwrap();
            assert_eq!((channel.source.ip(), channel.group.ip()), (ip("2001:db8:5::5"), ip("ff1e::1234")));
            let dummy = channel.octets();
            assert_eq!(register.packet == dummy, name == "Null-Register", "{name}");
        }
        kinds[usize::from(message.kind().0)] += 1;
    }
    assert!([0, 1, 2, 3, 4, 5, 8].iter().all(|&kind: &usize| kinds[kind] > 0), "of each type one: {kinds:?}");
}

/// What scapy put into its messages.
#[test]
fn pim_of_scapy() {
    let vectors = vectors("pim.txt");
    let message = |name: &str| {
        let vector = vectors.iter().find(|vector| vector.name == name).unwrap();
        pim::Message::parse(&vector.octets, &Dialect::DEFAULT).unwrap()
    };
    let pim::Message::Hello(hello) = message("Hello of scapy") else { panic!() };
    let delay = pim::LanPruneDelay { tracking: true, propagation_ms: 1_000, override_ms: 3_000 };
    assert_eq!((hello.options.holdtime(), hello.options.lan_prune_delay()), (Some(105), Some(delay)));
    assert_eq!((hello.options.dr_priority(), hello.options.generation_id()), (Some(7), Some(0x0102_0304)));
    let secondary: Vec<Ipv6Addr> = hello.options.secondary_addresses().map(|address| address.ip()).collect();
    assert_eq!(secondary, [ip("2001:db8:a::1"), ip("2001:db8:a::2")]);
    let pim::Message::Hello(hello) = message("Hello of scapy, goodbye") else { panic!() };
    assert_eq!((hello.options.len(), hello.options.holdtime()), (2, Some(0)));

    let pim::Message::JoinPrune(message) = message("Join/Prune of scapy") else { panic!() };
    assert_eq!((message.upstream.ip(), message.holdtime), (ip("fe80::2"), pim::JoinPrune::FOREVER));
    let entries: Vec<String> = message
        .entries()
        .map(|entry| format!("{:?} {:?} {} {}", entry.action, entry.kind, entry.address, entry.group))
        .collect();
    assert_eq!(
        entries,
        [
            "Join StarG 2001:db8:c::1 ff1e::1234",
            "Join Sg 2001:db8:5::6 ff1e::1234",
            "Prune SgRpt 2001:db8:5::5 ff1e::1234",
            "Prune Sg 2001:db8:5::5 ff3e::8000:2",
            "Prune Sg 2001:db8:5::6 ff3e::8000:2",
        ]
    );
}

fn ip(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}
