use core::net::Ipv6Addr;
use std::vec::Vec;

use super::*;
use crate::wire::membership::{Fault, Receiver};
use crate::wire::mld::{Done, MaxResponseCode, Query, QueryV1, Record, RecordType, Report, ReportV1};
use crate::wire::{Encode, Field, List, Reaction};

const DIALECT: Dialect = Dialect::DEFAULT;
const SOURCES: [[u8; 16]; 1] = [[0x20; 16]];

fn addr(text: &str) -> Addr {
    text.parse::<Ipv6Addr>().unwrap().into()
}

fn arrival(receiver: Receiver, dst: &str) -> Arrival<Addr> {
    let (src, own) = (addr("fe80::5"), addr("fe80::1"));
    Arrival { src, dst: addr(dst), hop_limit: 1, router_alert: true, own, receiver }
}

/// A router that hears a Report at ff02::16.
fn router() -> Arrival<Addr> {
    arrival(Receiver::Router, "ff02::16")
}

/// A listener that hears a Query at ff02::1.
fn listener() -> Arrival<Addr> {
    arrival(Receiver::Listener, "ff02::1")
}

fn record(kind: u8, group: &str) -> Record<'static> {
    Record { kind: RecordType(kind), group: addr(group), sources: &SOURCES, aux: &[] }
}

fn octets(message: &impl Encode, arrival: &Arrival<Addr>) -> Vec<u8> {
    message.to_vec_for(&Pseudo::mld(arrival.src.ip(), arrival.dst.ip())).unwrap()
}

/// Makes the checksum right again.
fn mended(mut octets: Vec<u8>, arrival: &Arrival<Addr>) -> Vec<u8> {
    let checked = Pseudo::mld(arrival.src.ip(), arrival.dst.ip()).check(Layer::Mld, 2, &octets);
    if let Err(error) = checked {
        octets[2..4].copy_from_slice(&error.needed.to_be_bytes());
    }
    octets
}

/// What becomes of it.
fn heard(message: &impl Encode, arrival: &Arrival<Addr>) -> Result<(), Refused<Addr>> {
    receive(&octets(message, arrival), arrival, &DIALECT).map(|_| ())
}

fn report(records: &[Record<'_>]) -> Vec<u8> {
    octets(&Report::new(List::new(records, &DIALECT)), &router())
}

/// The field that spoils the octets.
fn spoilt(octets: &[u8], arrival: &Arrival<Addr>) -> Field {
    match receive(octets, arrival, &DIALECT) {
        Err(Refused::Unreadable(error)) => error.field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn mld_3_2_1_the_checksum_is_judged_before_anything() {
    let routed = Arrival { hop_limit: 64, router_alert: false, src: addr("2001:db8::5"), ..listener() };
    let mut query = octets(&Query::general(), &routed);
    query[2] ^= 1;
    assert_eq!(spoilt(&query, &routed), Field::Checksum);
    assert_eq!(spoilt(&query[..3], &routed), Field::Checksum);
}

#[test]
fn mld_3_2_2_the_hop_limit_is_1() {
    for hop_limit in [0, 2, 255] {
        let refused = Err(Refused::HopLimit(hop_limit));
        assert_eq!(heard(&Query::general(), &Arrival { hop_limit, ..listener() }), refused);
        assert_eq!(heard(&Report::default(), &Arrival { hop_limit, ..router() }), refused);
    }
    assert_eq!(heard(&Query::general(), &listener()), Ok(()));
    assert_eq!(heard(&Report::default(), &router()), Ok(()));
}

#[test]
fn mld_3_2_3_there_is_a_router_alert() {
    for arrival in [listener(), router()] {
        let arrival = Arrival { router_alert: false, ..arrival };
        assert_eq!(heard(&Query::general(), &arrival), Err(Refused::NoRouterAlert));
    }
    let group = addr("ff0e::7");
    let arrival = Arrival { router_alert: false, dst: group, ..router() };
    assert_eq!(heard(&ReportV1 { group }, &arrival), Err(Refused::NoRouterAlert));
}

#[test]
fn mld_3_2_4_the_source_is_link_local_and_a_bad_query_is_logged() {
    for src in ["2001:db8::5", "::", "ff02::5"].map(addr) {
        for arrival in [Arrival { src, ..listener() }, Arrival { src, ..router() }] {
            let refused = heard(&Query::general(), &arrival).unwrap_err();
            assert_eq!(refused, Refused::QuerySource(src));
            assert_eq!(refused.reaction(), Reaction::DropAndLog);
        }
        let refused = heard(&Report::default(), &Arrival { src, ..router() }).unwrap_err();
        assert_eq!(refused, Refused::ReportSource(src));
        assert_eq!(refused.reaction(), Reaction::Drop);
    }
}

#[test]
fn mld_3_2_4_a_listener_hears_of_another_without_an_address() {
    let group = addr("ff0e::7");
    let other = Arrival { src: addr("::"), dst: group, ..listener() };
    assert_eq!(heard(&ReportV1 { group }, &other), Ok(()));
    let wide = Arrival { src: addr("2001:db8::5"), ..other };
    assert_eq!(heard(&ReportV1 { group }, &wide), Err(Refused::ReportSource(wide.src)));
}

#[test]
fn mld_3_2_5_the_length_of_a_query_tells_its_version() {
    let whole = octets(&Query::general(), &listener());
    let cut = |len: usize| mended(whole[..len].to_vec(), &listener());
    assert!(matches!(receive(&cut(24), &listener(), &DIALECT), Ok(Message::QueryV1(_))));
    assert!(matches!(receive(&cut(28), &listener(), &DIALECT), Ok(Message::Query(_))));
    assert_eq!(spoilt(&cut(26), &listener()), Field::Length);
    let mut more = whole.clone();
    more[27] = 1;
    assert_eq!(spoilt(&mended(more, &listener()), &listener()), Field::Sources);
}

#[test]
fn mld_3_2_6_a_report_whose_records_do_not_fit_is_dropped_whole() {
    let mut octets = report(&[record(1, "ff0e::7")]);
    octets[7] = 2;
    assert_eq!(spoilt(&mended(octets, &router()), &router()), Field::RecordHeader);
}

/// The records that a router hears.
fn records(octets: &[u8]) -> Vec<(u8, Addr)> {
    match receive(octets, &router(), &DIALECT) {
        Ok(Message::Report(report)) => {
            report.records.iter().map(|record| (record.kind.0, record.group)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn mld_3_2_7_octets_behind_the_last_record_count_in_the_checksum_alone() {
    let mut octets = report(&[record(1, "ff0e::7")]);
    octets.extend([1, 2, 3, 4]);
    assert_eq!(spoilt(&octets, &router()), Field::Checksum);
    assert_eq!(records(&mended(octets, &router())), [(1, addr("ff0e::7"))]);
}

#[test]
fn mld_3_2_8_and_14_a_record_of_unknown_type_spoils_no_other_and_all_come_in_order() {
    let octets = report(&[record(4, "ff0e::8"), record(99, "ff0e::7"), record(3, "ff0e::8")]);
    let all = [(4, addr("ff0e::8")), (99, addr("ff0e::7")), (3, addr("ff0e::8"))];
    assert_eq!(records(&octets), all);
}

#[test]
fn mld_3_2_9_auxiliary_data_is_skipped() {
    let aux = [[1, 2, 3, 4]; 2];
    let octets = report(&[Record { aux: &aux, ..record(1, "ff0e::7") }, record(2, "ff0e::8")]);
    assert_eq!(records(&octets), [(1, addr("ff0e::7")), (2, addr("ff0e::8"))]);
}

#[test]
fn mld_3_2_10_another_type_is_not_looked_at() {
    let mut octets = octets(&Query::general(), &listener());
    octets[0] = 128;
    assert_eq!(spoilt(&mended(octets, &listener()), &listener()), Field::Type);
}

#[test]
fn mld_3_2_11_where_messages_may_go() {
    for dst in ["fe80::1", "ff02::1", "ff0e::9"].map(addr) {
        assert_eq!(heard(&Query::general(), &Arrival { dst, ..listener() }), Ok(()), "{dst}");
    }
    let group = addr("ff0e::7");
    let to = |dst: &str| arrival(Receiver::Router, dst);
    let refused = |dst: &str| Err(Refused::Destination(addr(dst)));
    assert_eq!(heard(&Report::default(), &to("fe80::1")), Ok(()));
    assert_eq!(heard(&Report::default(), &to("ff02::2")), refused("ff02::2"));
    assert_eq!(heard(&ReportV1 { group }, &to("ff0e::7")), Ok(()));
    assert_eq!(heard(&ReportV1 { group }, &to("ff0e::8")), refused("ff0e::8"));
    assert_eq!(heard(&Done { group }, &to("ff02::2")), Ok(()));
    assert_eq!(heard(&Done { group }, &to("ff0e::7")), refused("ff0e::7"));
}

#[test]
fn mld_3_2_12_what_is_no_group_is_refused_alone_in_a_report_and_whole_in_version_1() {
    let octets = report(&[record(1, "2001:db8::1"), record(1, "ff0e::7")]);
    let Ok(Message::Report(heard_report)) = receive(&octets, &router(), &DIALECT) else { panic!() };
    let judged: Vec<_> = heard_report.records.iter().map(|record| record.judge()).collect();
    assert_eq!(judged, [Err(Fault::GroupNotMulticast), Ok(())]);
    let none = Err(Refused::Addresses(Fault::GroupNotMulticast));
    let group = addr("2001:db8::1");
    assert_eq!(heard(&ReportV1 { group }, &Arrival { dst: group, ..router() }), none);
    assert_eq!(heard(&Done { group }, &arrival(Receiver::Router, "ff02::2")), none);
    assert_eq!(heard(&QueryV1 { max_response_ms: 0, group }, &listener()), none);
}

#[test]
fn mld_3_2_13_a_query_with_sources_names_a_group() {
    let query = Query { sources: &SOURCES, ..Query::general() };
    assert_eq!(heard(&query, &listener()), Err(Refused::Addresses(Fault::GroupNotMulticast)));
    assert_eq!(heard(&Query { group: addr("ff0e::7"), ..query }, &listener()), Ok(()));
    let many = [[0xff; 16]];
    let query = Query { group: addr("ff0e::7"), sources: &many, max_response: MaxResponseCode(1), ..query };
    let refused = Err(Refused::Addresses(Fault::SourceNotUnicast { index: 0 }));
    assert_eq!(heard(&query, &listener()), refused);
}

#[test]
fn a_listener_has_nothing_to_do_with_reports_and_leaves() {
    let refused = Err(Refused::NotFor(Receiver::Listener));
    assert_eq!(heard(&Report::default(), &listener()), refused);
    assert_eq!(heard(&Done { group: addr("ff0e::7") }, &listener()), refused);
}
