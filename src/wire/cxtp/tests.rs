//! CXTP messages as octets.

use std::format;
use std::vec::Vec;

use super::*;
use crate::wire::List;

const DIALECT: Dialect = Dialect::DEFAULT;

fn parse(octets: &[u8]) -> Result<Message<'_>, DecodeError> {
    Message::parse(octets, &DIALECT)
}

fn reply(len: u16, tail: &[u8]) -> Vec<u8> {
    [&[0x25, 0x40], &len.to_be_bytes()[..], &[9; 16], tail].concat()
}

#[test]
fn t48_the_version_stands_in_the_high_bits() {
    let mut octets = reply(20, &[]);
    assert!(matches!(parse(&octets), Ok(Message::Reply(Reply { success: true, .. }))));
    for (first, version) in [(0x45, 2), (DATA << 3 | VERSION, 0)] {
        octets[0] = first;
        let error = parse(&octets).unwrap_err();
        assert_eq!((error.field, error.offset), (Field::Version, 0));
        assert_eq!((error.needed, error.have), (1, version));
    }
}

/// `kind` with these flags and this body, whole.
fn message(kind: u8, flags: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len() + 4).unwrap();
    [&[0x20 | kind, flags], &len.to_be_bytes()[..], body].concat()
}

/// The octets of a body, by its hexadecimal digits.
fn body(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|digit| !digit.is_ascii_whitespace()).collect();
    let octet = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.as_chunks().0.iter().map(octet).collect()
}

/// The octets read as the message, and the message written as the octets.
fn both_ways(octets: &[u8], message: &Message<'_>) {
    assert_eq!(parse(octets).as_ref(), Ok(message));
    let mut written = Vec::new();
    message.put(&mut written).unwrap();
    assert_eq!(written, octets);
}

const V6: &str = "20010db8000100000000000000000005";
const ROUTER: &str = "20010db8000a00000000000000000001";

fn v6(text: &str) -> Address {
    let octets = <[u8; 16]>::try_from(body(text)).unwrap();
    Address::V6(crate::wire::Addr(octets))
}

#[test]
fn cxtp_5_1_ctar_has_two_addresses_a_sequence_number_a_token_and_blocks() {
    let blocks = [Block::Wanted(0x8001), Block::Wanted(1)];
    let activate = Activate {
        acknowledge: true,
        previous_address: v6(V6),
        router: v6(ROUTER),
        sequence: 0x0102_0304,
        token: 0xda17_54c4,
        blocks: List::new(&blocks, &DIALECT),
    };
    let octets = body(&format!("{V6}{ROUTER} 01020304 da1754c4 80010000 00010000"));
    both_ways(&message(1, 0x40, &octets), &Message::Activate(activate));
    let silent = Activate { acknowledge: false, blocks: List::default(), ..activate };
    both_ways(&message(1, 0, &octets[..40]), &Message::Activate(silent));
}

#[test]
fn cxtp_5_1_ctaa_lists_what_was_not_transferred() {
    let statuses = [BlockStatus::NO_STATE.entry(1), BlockStatus(0x42).entry(0x8003)];
    let ack = ActivateAck { previous_address: v6(V6), statuses: &statuses };
    both_ways(&message(2, 0, &body(&format!("{V6} 00018400 80034200"))), &Message::ActivateAck(ack));
    assert!(ack.statuses().eq([(1, BlockStatus::NO_STATE), (0x8003, BlockStatus(0x42))]));
}

#[test]
fn cxtp_5_1_pctd_has_the_key_before_the_blocks() {
    let blocks = [Block::Wanted(9)];
    let data = PredictiveData {
        acknowledge: true,
        elapsed_ms: 20,
        previous_address: v6(V6),
        algorithm: Algorithm::HMAC_SHA1,
        key: Key::new(b"kkkkkkkk").unwrap(),
        blocks: List::new(&blocks, &DIALECT),
    };
    let octets = body(&format!("00000014 {V6} 0001 0008 6b6b6b6b6b6b6b6b 00090000"));
    both_ways(&message(4, 0x40, &octets), &Message::PredictiveData(data));
    assert_eq!(format!("{:?} {:?}", data.algorithm, data.key), "HMAC_SHA1 Key(8 octets)", "no key in a log");

    for have in 24..32 {
        let error = parse(&message(4, 0, &octets[..have])).unwrap_err();
        assert_eq!((error.field, error.offset), (Field::Key, 28));
        assert_eq!((error.needed, usize::from(error.have)), (8, have - 24));
    }
}

#[test]
fn cxtp_5_1_a_key_is_taken_as_long_as_it_is_and_sent_in_words_of_four() {
    for len in 0..=9 {
        assert_eq!(Key::new(&[7; 9][..len]).is_some(), len % 4 == 0);
    }
    let octets = body(&format!("00000000 {V6} 0001 0003 6b6b6b 00090000"));
    let octets = message(4, 0, &octets);
    let Ok(Message::PredictiveData(data)) = parse(&octets) else { panic!() };
    assert_eq!(data.key, Key::of_any_length(b"kkk"));
    assert!(data.blocks.iter().eq([Block::Wanted(9)]));
    both_ways(&octets, &Message::PredictiveData(data));

    let huge = std::vec![0; 65_536];
    let huge = PredictiveData { key: Key::of_any_length(&huge), ..data };
    let too_long = EncodeError::TooLong { field: Field::Key, max: 65_535 };
    assert_eq!(Message::PredictiveData(huge).put(&mut Vec::new()), Err(too_long));
}

#[test]
fn cxtp_5_1_ctc_names_the_node_alone() {
    let cancel = Message::Cancel(Cancel { previous_address: v6(V6) });
    let octets = message(6, 0, &body(V6));
    both_ways(&octets, &cancel);
    let longer = message(6, 0x7f, &body(&format!("{V6} 0000")));
    assert_eq!(parse(&longer), Ok(cancel), "what the standard has no place for is not looked at");
}

#[test]
fn t48_v_means_ipv4_in_every_message() {
    let previous_address = core::net::Ipv4Addr::new(192, 0, 2, 5).into();
    let router = core::net::Ipv4Addr::new(192, 0, 2, 1).into();
    let (sequence, token, blocks) = (1, 2, List::default());
    let statuses = &[[0, 1, 0, 0]];
    let (elapsed_ms, acknowledge) = (3, true);
    let key = Key::new(&[]).unwrap();
    let algorithm = Algorithm::HMAC_SHA1;
    for (flags, hex, read) in [
        (
            0xc0,
            "c0000205 c0000201 00000001 00000002",
            Message::Activate(Activate { acknowledge, previous_address, router, sequence, token, blocks }),
        ),
        (0x80, "c0000205 00010000", Message::ActivateAck(ActivateAck { previous_address, statuses })),
        (
            0xc0,
            "00000003 c0000205",
            Message::Data(Data { acknowledge, elapsed_ms, previous_address, blocks }),
        ),
        (
            0xc0,
            "00000003 c0000205 00010000",
            Message::PredictiveData(PredictiveData {
                acknowledge,
                elapsed_ms,
                previous_address,
                algorithm,
                key,
                blocks,
            }),
        ),
        (0xc0, "c0000205 00010000", Message::Reply(Reply { success: true, previous_address, statuses })),
        (0x80, "c0000205", Message::Cancel(Cancel { previous_address })),
        (
            0x80,
            "c0000205 00000001 00000002",
            Message::Request(Request { previous_address, sequence, token, blocks }),
        ),
    ] {
        both_ways(&message(read.kind(), flags, &body(hex)), &read);
        assert_eq!(read.previous_address(), Some(previous_address));
    }
}

#[test]
fn t48_one_flag_tells_the_family_of_both_addresses() {
    let activate = Activate {
        acknowledge: false,
        previous_address: v6(V6),
        router: core::net::Ipv4Addr::LOCALHOST.into(),
        sequence: 0,
        token: 0,
        blocks: List::default(),
    };
    let error = EncodeError::TwoFamilies { field: Field::Address };
    assert_eq!(Message::Activate(activate).put(&mut Vec::new()), Err(error));
}

#[test]
fn a_message_is_as_long_as_it_says() {
    let octets = reply(24, &[0x80, 1, 0, 0, 0xff]);
    let Ok(Message::Reply(reply)) = parse(&octets) else { panic!() };
    assert!(reply.statuses().eq([(0x8001, BlockStatus::SUCCESS)]));
    for have in 0..24 {
        let error = parse(&octets[..have]).unwrap_err();
        let (field, offset) = if have < 4 { (Field::Header, 0) } else { (Field::Length, 4) };
        assert_eq!((error.field, error.offset), (field, offset));
    }
    for len in 0..4 {
        let error = parse(&[0x26, 0, 0, len]).unwrap_err();
        assert_eq!((error.field, error.offset, error.have), (Field::Length, 0, len.into()));
    }
}

#[test]
fn fixed_parts_that_do_not_fit_say_where() {
    for (kind, fields) in [
        (REQUEST, &[(4, Field::Address), (20, Field::Header), (24, Field::Key)][..]),
        (ACTIVATE, &[(4, Field::Address), (20, Field::Address), (36, Field::Header), (40, Field::Key)]),
        (ACTIVATE_ACK, &[(4, Field::Address)]),
        (PREDICTIVE_DATA, &[(4, Field::Header), (8, Field::Address), (24, Field::Header)]),
        (CANCEL, &[(4, Field::Address)]),
        (DATA, &[(4, Field::Header), (8, Field::Address)]),
        (REPLY, &[(4, Field::Address)]),
    ] {
        for &(offset, field) in fields {
            let mut octets = std::vec![0; usize::from(offset) + 3];
            octets[0] = 0x20 | kind;
            octets[3] = u8::try_from(octets.len()).unwrap();
            let error = parse(&octets).unwrap_err();
            assert_eq!((error.layer, error.field, error.offset), (Layer::Cxtp, field, offset));
            assert_eq!(error.have, 3);
        }
    }
}

#[test]
fn half_a_status_is_an_error() {
    let error = parse(&reply(26, &[0x80, 1, 0, 0, 0x80, 2])).unwrap_err();
    assert_eq!((error.field, error.offset, error.have), (Field::Statuses, 24, 2));
}

#[test]
fn a_block_that_overruns_the_message_is_an_error() {
    let octets = |tail: &[u8]| {
        let mut octets = std::vec![0x27, 0, 0, 0];
        octets.extend([0; 24]);
        octets.extend(tail);
        octets[3] = u8::try_from(octets.len()).unwrap();
        octets
    };
    let error = parse(&octets(&[0x80, 1, 0, 0, 0x80, 2, 2, 0])).unwrap_err();
    assert_eq!((error.field, error.offset, error.needed, error.have), (Field::BlockData, 36, 12, 0));
    let error = parse(&octets(&[0x80, 1])).unwrap_err();
    assert_eq!((error.field, error.offset), (Field::BlockLength, 28));
    assert!(parse(&octets(&[0x80, 1, 0, 0])).is_ok());
}

#[test]
fn flags_that_are_not_known_are_dropped_from_known_messages() {
    let mut octets = reply(20, &[]);
    octets[1] = 0x7f;
    assert_eq!(parse(&octets), parse(&reply(20, &[])));
}

#[test]
fn a_known_type_cannot_pose_as_unknown() {
    for kind in 0..=255 {
        let is_unknown = matches!(kind, 0 | 8..=31);
        assert_eq!(Message::other(kind, 0x40, &[]).is_some(), is_unknown);
    }
    let other = Message::other(31, 0xff, &[1]).unwrap();
    assert_eq!(other.kind(), 31);
}

#[test]
fn what_length_cannot_say_is_refused() {
    let data = std::vec![0; 65_532];
    let encode = |data| Message::other(8, 0, data).unwrap().put(&mut Vec::new());
    assert_eq!(encode(&data[1..]), Ok(65_535));
    let too_long = EncodeError::TooLong { field: Field::Length, max: 65_535 };
    assert_eq!(encode(&data), Err(too_long));
}

#[test]
fn a_status_shows_its_name_or_its_number() {
    let shown = std::format!("{:?} {:?}", BlockStatus::NO_STATE, BlockStatus(0x42));
    assert_eq!(shown, "NO_STATE 66");
}
