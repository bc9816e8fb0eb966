//! Known answers for the Mobility Header and CXTP: octets that a second program computed from the drafts.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use multimob::wire::cxtp::{self, Block, BlockStatus, FilterMode, ListenerContext};
use multimob::wire::mh::option::{
    AccessTechnology, CareOfAddress, HandoffIndicator, HomeNetworkPrefix, MnIdentifier, MulticastState,
    QueriedHomeAddress, Timestamp,
};
use multimob::wire::mh::{BindingAck, BindingUpdate, Meaning, Message, MobilityOption, Status};
use multimob::wire::mld::{Record, RecordType};
use multimob::wire::{Addr, Dialect, Encode, FlagDialect, List, Pseudo};

const MAG: &str = "2001:db8:a::1";
const LMA: &str = "2001:db8:b::1";

fn addr(text: &str) -> Addr {
    Addr(text.parse::<core::net::Ipv6Addr>().unwrap().octets())
}

fn octets(hex: &str) -> Vec<u8> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    let octet = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.iter().map(octet).collect()
}

/// Both ways, checksum included.
fn mh_vector(message: &Message<'_>, from: &str, to: &str, dialect: &Dialect, hex: &str) {
    let expected = octets(hex);
    let pseudo = Pseudo::mobility(from.parse().unwrap(), to.parse().unwrap());
    assert!(pseudo.verify(&expected));

    let mut written = Vec::new();
    message.put_for(&pseudo, &mut written).unwrap();
    assert_eq!(written, expected);
    assert_eq!(Message::parse(&expected, dialect), Ok(*message));
}

/// Both ways.
fn cxtp_vector(message: &cxtp::Message<'_>, hex: &str) {
    let expected = octets(hex);
    let mut written = Vec::new();
    message.put(&mut written).unwrap();
    assert_eq!(written, expected);
    assert_eq!(cxtp::Message::parse(&expected, &Dialect::DEFAULT), Ok(*message));
}

#[test]
fn pbu_m() {
    let dialect = Dialect::with_flags(FlagDialect::AsaedaC);
    let records = [Record {
        kind: RecordType::ALLOW,
        group: addr("ff3e::8000:1"),
        sources: &[addr("2001:db8:5::5").0],
        aux: &[],
    }];
    let options = [
        MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: b"mn1@example.net" }),
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 64, prefix: addr("2001:db8:1::") }),
        MobilityOption::HandoffIndicator(HandoffIndicator::SAME_INTERFACE),
        MobilityOption::AccessTechnology(AccessTechnology::IEEE_802_11),
        MobilityOption::Timestamp(Timestamp(1_300_000_000 << 16)),
        MobilityOption::MulticastState(MulticastState::Mld(List::new(&records, &dialect))),
    ];
    let update = BindingUpdate {
        sequence: 7,
        flags: BindingUpdate::flags_for(Meaning::ProxyMulticast, &dialect),
        lifetime: 300,
        options: List::new(&options, &dialect),
    };
    assert_eq!(update.meaning(&dialect), Meaning::ProxyMulticast);
    mh_vector(
        &Message::BindingUpdate(update),
        MAG,
        LMA,
        &dialect,
        "3b0f0500eb2900078300012c0810016d6e31406578616d706c652e6e65740104000000001612004020010db800010000\
         0000000000000000170200031802000401001b0800004d7c6d0000000100c82c8f0000000000000105000001ff3e0000\
         00000000000000008000000120010db800050000000000000000000501020000",
    );
}

#[test]
fn pbu_q() {
    let dialect = Dialect::with_flags(FlagDialect::LiuQ);
    let options = [MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: addr("2001:db8:2::2") })];
    let update = BindingUpdate {
        sequence: 8,
        flags: BindingUpdate::flags_for(Meaning::ProxyQuery, &dialect),
        lifetime: 1,
        options: List::new(&options, &dialect),
    };
    assert_eq!(update.meaning(&dialect), Meaning::ProxyQuery);
    mh_vector(
        &Message::BindingUpdate(update),
        MAG,
        LMA,
        &dialect,
        "3b030500e7f40008830000010100ca1020010db8000200000000000000000002",
    );
}

#[test]
fn pba_q_found() {
    let dialect = Dialect::with_flags(FlagDialect::LiuQ);
    let options = [
        MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: addr("2001:db8:2::2") }),
        MobilityOption::CareOfAddress(CareOfAddress { address: addr("2001:db8:a::2") }),
    ];
    let ack = BindingAck {
        status: Status::ACCEPTED,
        flags: BindingAck::flags_for(Meaning::ProxyQuery, &dialect),
        sequence: 8,
        lifetime: 75,
        options: List::new(&options, &dialect),
    };
    assert_eq!(ack.meaning(&dialect), Meaning::ProxyQuery);
    assert_eq!(ack.options.care_of_address(), Some(addr("2001:db8:a::2")));
    assert_eq!(ack.lifetime_secs(), 300);
    mh_vector(
        &Message::BindingAck(ack),
        LMA,
        MAG,
        &dialect,
        "3b060600718600300008004b0100ca1020010db8000200000000000000000002010400000000c91020010db8000a0000\
         0000000000000002",
    );
}

#[test]
fn pba_q_not_found() {
    let dialect = Dialect::with_flags(FlagDialect::LiuQ);
    let options = [MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: addr("2001:db8:2::2") })];
    let ack = BindingAck {
        status: Status::NOT_LMA_FOR_THIS_MOBILE_NODE,
        flags: BindingAck::flags_for(Meaning::ProxyQuery, &dialect),
        sequence: 8,
        lifetime: 0,
        options: List::new(&options, &dialect),
    };
    assert_eq!(ack.meaning(&dialect), Meaning::ProxyQuery);
    mh_vector(
        &Message::BindingAck(ack),
        LMA,
        MAG,
        &dialect,
        "3b030600d0c59930000800000100ca1020010db8000200000000000000000002",
    );
}

const INCLUDE: &str = "8001070020010db800010000000000000000000501000001ff3e00000000000000000000800000012001\
                       0db8000500000000000000000005";
const EXCLUDE: &str = "8001050020010db800010000000000000000000502000000ff1e0000000000000000000000001234";
const MN_IDENTIFIER: &str = "800203000010016d6e31406578616d706c652e6e65740000";

fn include() -> ListenerContext<'static> {
    const SOURCES: [[u8; 16]; 1] = [[0x20, 0x01, 0x0d, 0xb8, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]];
    ListenerContext {
        receiver: addr("2001:db8:1::5"),
        mode: FilterMode::Include,
        group: addr("ff3e::8000:1"),
        sources: &SOURCES,
    }
}

fn exclude() -> ListenerContext<'static> {
    ListenerContext { mode: FilterMode::Exclude, group: addr("ff1e::1234"), sources: &[], ..include() }
}

#[test]
fn m_ctd() {
    for (context, hex) in [(include(), INCLUDE), (exclude(), EXCLUDE)] {
        let blocks = [Block::Listener(context)];
        let data = cxtp::Data {
            acknowledge: false,
            elapsed_ms: 0,
            previous_address: addr("::").into(),
            blocks: List::new(&blocks, &Dialect::DEFAULT),
        };
        let len = 24 + octets(hex).len();
        cxtp_vector(&cxtp::Message::Data(data), &format!("2300{len:04x}{:08x}{:032x}{hex}", 0, 0));
    }
}

#[test]
fn ct_req() {
    let features = Dialect::DEFAULT.features;
    let blocks = [
        Block::Wanted(features.listener_context),
        Block::MnIdentifier { subtype: 1, id: b"mn1@example.net" },
    ];
    let request = cxtp::Request {
        previous_address: addr("2001:db8:1::5").into(),
        sequence: 0x0102_0304,
        token: 0,
        blocks: List::new(&blocks, &Dialect::DEFAULT),
    };
    assert!(request.blocks.wants(features.listener_context));
    assert!(!request.blocks.wants(features.policy_profile));
    cxtp_vector(
        &cxtp::Message::Request(request),
        &format!("2700003820010db8000100000000000000000005010203040000000080010000{MN_IDENTIFIER}"),
    );
}

#[test]
fn ctd() {
    let blocks = [
        Block::MnIdentifier { subtype: 1, id: b"mn1@example.net" },
        Block::Listener(include()),
        Block::Listener(exclude()),
    ];
    let data = cxtp::Data {
        acknowledge: true,
        elapsed_ms: 20,
        previous_address: addr("2001:db8:1::5").into(),
        blocks: List::new(&blocks, &Dialect::DEFAULT),
    };
    assert_eq!(data.blocks.mn_identifier(), Some((1, &b"mn1@example.net"[..])));
    assert!(data.blocks.listeners().eq([include(), exclude()]));
    cxtp_vector(
        &cxtp::Message::Data(data),
        &format!("234000900000001420010db8000100000000000000000005{MN_IDENTIFIER}{INCLUDE}{EXCLUDE}"),
    );
}

#[test]
fn ctdr() {
    let statuses = [BlockStatus::SUCCESS.entry(Dialect::DEFAULT.features.listener_context)];
    let reply =
        cxtp::Reply { success: true, previous_address: addr("2001:db8:1::5").into(), statuses: &statuses };
    assert!(reply.statuses().eq([(0x8001, BlockStatus::SUCCESS)]));
    cxtp_vector(&cxtp::Message::Reply(reply), "2540001820010db800010000000000000000000580010000");
}
