//! Known answers for MLD, byte for byte both ways: computed by an independent script, the ICMPv6 checksums verified by
//! tshark.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::net::Ipv6Addr;

use multimob::wire::mld::{
    Done, MaxResponseCode, Message, Qqic, Query, QueryV1, Record, RecordType, Report, ReportV1,
};
use multimob::wire::packet::{Payload, build, demux};
use multimob::wire::{Addr, Dialect, Encode, List, Pseudo};

const SRC: &str = "fe80::1";

fn ip(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

fn addr(text: &str) -> Addr {
    ip(text).into()
}

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// `message` to `dst` is written as `hex`, and `hex` is read as `message`.
fn both_ways(message: Message<'_>, dst: &str, hex: &str) {
    let (expected, pseudo) = (octets(hex), Pseudo::mld(ip(SRC), ip(dst)));
    assert_eq!(message.to_vec_for(&pseudo).unwrap(), expected);
    let mut buf = [0; 128];
    let len = message.encode_for(&pseudo, &mut buf).unwrap();
    assert_eq!(&buf[..len], expected);
    assert!(pseudo.verify(&expected));
    assert_eq!(Message::parse(&expected, &Dialect::DEFAULT), Ok(message));
}

fn report<'a>(records: &'a [Record<'a>]) -> Message<'a> {
    Message::Report(Report::new(List::new(records, &Dialect::DEFAULT)))
}

#[test]
fn report_that_allows_a_new_source() {
    let sources = [ip("2001:db8:5::5").octets()];
    let record = Record { kind: RecordType::ALLOW, group: addr("ff3e::8000:1"), sources: &sources, aux: &[] };
    both_ways(
        report(&[record]),
        "ff02::16",
        "8f00c0f80000000105000001ff3e000000000000000000008000000120010db8000500000000000000000005",
    );
}

#[test]
fn report_that_holds() {
    let sources = [ip("2001:db8:5::5").octets()];
    let kind = RecordType(Dialect::DEFAULT.hold.include);
    let record = Record { kind, group: addr("ff3e::8000:1"), sources: &sources, aux: &[] };
    both_ways(
        report(&[record]),
        "ff02::16",
        "8f0044f80000000181000001ff3e000000000000000000008000000120010db8000500000000000000000005",
    );
}

#[test]
fn general_query() {
    let hex = "820056962710000000000000000000000000000000000000027d0000";
    both_ways(Message::Query(Query::general()), "ff02::1", hex);
}

#[test]
fn group_and_source_specific_query() {
    let sources = [ip("2001:db8:5::5").octets(), ip("2001:db8:5::6").octets()];
    let query = Query {
        max_response: MaxResponseCode::from_millis(32_776),
        group: addr("ff3e::8000:1"),
        suppress: true,
        robustness: 2,
        interval: Qqic::from_secs(140),
        sources: &sources,
        ..Query::general()
    };
    let hex = "82009a7a80010000ff3e00000000000000000000800000010a810002\
               20010db800050000000000000000000520010db8000500000000000000000006";
    both_ways(Message::Query(query), "ff3e::8000:1", hex);
    assert_eq!((query.max_response.millis(), query.interval.secs()), (32_776, 136));
}

#[test]
fn version_1() {
    let (query_group, group) = (addr("ff3e::8000:1"), addr("ff1e::1234"));
    // The delay of version 1 is no code: 40,000 is 40 s.
    let query = QueryV1 { max_response_ms: 40_000, group: query_group };
    both_ways(Message::QueryV1(query), "ff3e::8000:1", "8200e4699c400000ff3e0000000000000000000080000001");
    both_ways(
        Message::ReportV1(ReportV1 { group }),
        "ff1e::1234",
        "83005b8500000000ff1e0000000000000000000000001234",
    );
    both_ways(Message::Done(Done { group }), "ff02::2", "84006cd300000000ff1e0000000000000000000000001234");
}

#[test]
fn t19_general_query_in_its_datagram_and_in_a_tunnel() {
    let inner = "6000000000240001fe800000000000000000000000000001ff020000000000000000000000000001\
                 3a00050200000100\
                 820056962710000000000000000000000000000000000000027d0000";
    let outer = "60000000004c294020010db8000b0000000000000000000120010db8000a00000000000000000001";
    let query = Payload::Mld(Message::Query(Query::general()));
    let mut buf = [0; 128];
    let len = build(ip(SRC), ip("ff02::1"), &query, &mut buf).unwrap();
    assert_eq!(&buf[..len], octets(inner));

    let tunnelled = multimob::wire::packet::Outgoing::new(ip(SRC), ip("ff02::1"), query)
        .in_tunnel(ip("2001:db8:b::1"), ip("2001:db8:a::1"));
    let expected = [octets(outer), octets(inner)].concat();
    assert_eq!(tunnelled.to_vec().unwrap(), expected);
    let read = demux(&expected, &Dialect::DEFAULT).unwrap();
    assert_eq!((read.payload, read.inner), (query, &expected[40..]));
}
