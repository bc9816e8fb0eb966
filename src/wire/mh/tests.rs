//! The header, and what holds for messages of every type.

use super::*;
use crate::wire::error::{EncodeError, Field, Layer, Reaction};
use crate::wire::{Encode, List};

/// A Binding Update of 16 octets: nothing but padding behind the fixed part.
const UPDATE: [u8; 16] = [59, 1, 5, 0, 0, 0, 0, 7, 0x82, 0, 1, 44, 1, 2, 0, 0];

fn parse(octets: &[u8]) -> Result<Message<'_>, DecodeError> {
    Message::parse(octets, &Dialect::DEFAULT)
}

fn with(at: usize, octet: u8) -> [u8; 16] {
    let mut octets = UPDATE;
    octets[at] = octet;
    octets
}

#[test]
fn a_message_without_options_ends_in_four_octets_of_padding() {
    let update = BindingUpdate {
        sequence: 7,
        flags: UpdateFlags::ACKNOWLEDGE | UpdateFlags::PROXY,
        lifetime: 300,
        options: List::default(),
    };
    let message = Message::BindingUpdate(update);
    let mut octets = [0xff; 16];
    assert_eq!(message.encode(&mut octets), Ok(16));
    assert_eq!(octets, UPDATE);
    assert_eq!(parse(&octets), Ok(message));
    assert_eq!(update.lifetime_secs(), 1_200);
}

#[test]
fn payload_proto_is_checked_before_header_len() {
    let mut octets = with(0, 6);
    octets[1] = 0;
    let error = parse(&octets).unwrap_err();
    assert_eq!((error.field, error.offset, error.needed, error.have), (Field::PayloadProto, 0, 59, 6));
    assert_eq!(error.reaction(), Reaction::ParameterProblem { pointer: 0 });
}

#[test]
fn header_len_below_the_minimum_is_a_parameter_problem_at_that_octet() {
    for kind in [BindingUpdate::KIND, BindingAck::KIND] {
        let error = parse(&[59, 0, kind, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::HeaderLength, 1, 1, 0));
        assert_eq!(error.reaction(), Reaction::ParameterProblem { pointer: 1 });
    }
}

#[test]
fn fewer_octets_than_header_len_tells_are_dropped() {
    for octets in [&UPDATE[..15], &UPDATE[..6], &with(1, 2)] {
        let error = parse(octets).unwrap_err();
        assert_eq!((error.field, usize::from(error.have)), (Field::Length, octets.len()));
        assert_eq!(error.reaction(), Reaction::Drop);
    }
    assert_eq!(parse(&UPDATE[..5]).unwrap_err().field, Field::Header);
    assert_eq!(parse(&[]).unwrap_err().reaction(), Reaction::Drop);
}

#[test]
fn octets_beyond_header_len_are_ignored() {
    let mut octets = [0xff; 20];
    octets[..16].copy_from_slice(&UPDATE);
    assert_eq!(parse(&octets), parse(&UPDATE));
}

#[test]
fn reserved_bits_are_ignored() {
    assert_eq!(parse(&with(3, 0xff)), parse(&UPDATE));
}

#[test]
fn an_option_that_overruns_the_message_drops_it() {
    for tail in [[8, 3, 1, b'm'], [1, 3, 0, 0], [0, 0, 0, 200]] {
        let mut octets = UPDATE;
        octets[12..].copy_from_slice(&tail);
        let error = parse(&octets).unwrap_err();
        assert_eq!(error.layer, Layer::MobilityHeader);
        assert_eq!(error.reaction(), Reaction::Drop);
        assert_eq!(error.offset, if tail[0] == 0 { 15 } else { 14 });
    }
}

#[test]
fn an_unknown_type_is_kept_whatever_its_payload_proto() {
    let octets = [41, 0, 24, 0, 0, 0, 0xaa, 0xbb];
    let message = parse(&octets).unwrap();
    assert_eq!(message, Message::other(24, &[0xaa, 0xbb]).unwrap());
    assert_eq!((message.kind(), message.options()), (24, None));
}

#[test]
fn a_known_type_cannot_pose_as_unknown() {
    for kind in 0..=23 {
        assert_eq!(Message::other(kind, &[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]).is_some(), kind == 16, "{kind}");
    }
    assert_eq!(Message::other(BindingRevocationAck::KIND, &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    assert_eq!(Message::other(BindingRevocationAck::KIND, &[3, 0]), None, "shorter than the type may be");
}

#[test]
fn rfc5846_5_what_is_neither_indication_nor_acknowledgement_is_kept() {
    for octets in [
        [59, 1, 16, 0, 0, 0, 3, 0, 0, 7, 0, 0, 1, 2, 0, 0],
        [59, 1, 21, 0, 0, 0, 0, 3, 0, 7, 0, 0, 1, 2, 0, 0],
        [59, 1, 21, 0, 0, 0, 1, 1, 0, 7, 0, 0, 1, 2, 0, 0],
    ] {
        let message = parse(&octets).unwrap();
        assert_eq!(message, Message::other(octets[2], &octets[6..]).unwrap());
        let mut again = [0xff; 16];
        assert_eq!(message.encode(&mut again), Ok(16));
        assert_eq!(again, octets);
    }
}

/// Each type with no option: its octets, whose rest is padding, and its least Header Len (digest 2.1).
const LEAST: [(u8, u8); 24] = [
    (0, 0),
    (1, 1),
    (2, 1),
    (3, 2),
    (4, 2),
    (5, 1),
    (6, 1),
    (7, 2),
    (8, 1),
    (9, 1),
    (10, 0),
    (11, 0),
    (12, 0),
    (13, 1),
    (14, 1),
    (15, 1),
    (16, 1),
    (17, 1),
    (18, 1),
    (19, 1),
    (20, 1),
    (21, 1),
    (22, 0),
    (23, 0),
];

/// A message of this type as short as may be, all octets behind the checksum 0 but those that tell what it is.
fn shortest(kind: u8, words: u8) -> std::vec::Vec<u8> {
    let mut octets = std::vec![0; usize::from(words) * 8 + 8];
    octets[..3].copy_from_slice(&[59, words, kind]);
    if octets.len() > 8 {
        octets[6..8].copy_from_slice(&[u8::from(kind == 16), u8::from(kind == 21)]);
    }
    octets
}

#[test]
fn mh_6_1_4_each_type_has_its_least_header_len() {
    for (kind, least) in LEAST {
        let message = shortest(kind, least);
        let parsed = parse(&message).unwrap();
        assert_eq!((parsed.kind(), parsed.encoded_len()), (kind, message.len()), "{parsed:?}");
        assert!(!matches!(parsed, Message::Unknown(_)));
        if least > 0 {
            let error = parse(&shortest(kind, least - 1)).unwrap_err();
            let found = (error.field, error.offset, error.needed, error.have);
            assert_eq!(found, (Field::HeaderLength, 1, least.into(), u16::from(least) - 1));
            assert_eq!(error.reaction(), Reaction::ParameterProblem { pointer: 1 });
        }
    }
}

#[test]
fn mh_6_1_3_an_ipv6_packet_follows_a_fast_neighbor_advertisement_alone() {
    for (kind, least) in LEAST {
        let mut octets = shortest(kind, least);
        octets[0] = 41;
        match parse(&octets) {
            Ok(Message::FastNeighborAdvertisement(advertisement)) => assert!(advertisement.carries_packet),
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert_ne!(kind, FastNeighborAdvertisement::KIND);
                assert_eq!((error.field, error.needed, error.have), (Field::PayloadProto, 59, 41));
            }
        }
        octets[0] = 6;
        assert_eq!(parse(&octets).unwrap_err().reaction(), Reaction::ParameterProblem { pointer: 0 });
    }
    let mut octets = shortest(10, 0);
    octets[0] = 41;
    let mut again = [0xff; 8];
    assert_eq!(parse(&octets).unwrap().encode(&mut again), Ok(8));
    assert_eq!(again, *octets);
}

#[test]
fn options_follow_the_fixed_part_of_every_type_that_has_them() {
    let option = MobilityOption::from(option::MnIdentifier { subtype: 1, id: b"mn1" });
    for (kind, least) in LEAST {
        let bare = shortest(kind, least);
        let bare = parse(&bare).unwrap();
        let options = [option, option];
        let message = bare.with_options(List::new(&options, &Dialect::DEFAULT));
        let mut octets = [0xff; 64];
        let len = message.encode(&mut octets).unwrap();
        let octets = &octets[..len];
        assert_eq!(parse(octets), Ok(message), "{kind}");
        let Some(at) = Message::options_at(octets) else {
            assert_eq!((kind, message), (Experimental::KIND, bare));
            continue;
        };
        assert!(octets[at..].starts_with(&[8, 4, 1, b'm', b'n', b'1', 8, 4]), "{message:?}");
        assert!(message.options().unwrap().iter().eq(options));
        // One that overruns the message drops it.
        let mut over = octets.to_vec();
        over[at + 1] = 200;
        assert_eq!(parse(&over).unwrap_err().reaction(), Reaction::Drop);
    }
    assert_eq!(Message::options_at(&[59, 0, 24, 0, 0, 0, 0, 0]), None);
    assert_eq!(Message::options_at(&[59, 0, 0]), None);
}

#[test]
fn reserved_octets_are_ignored_and_written_as_zero() {
    for (kind, least, reserved) in [
        (0, 0, &[6, 7][..]),
        (1, 1, &[6, 7]),
        (2, 1, &[6, 7]),
        (7, 2, &[7]),
        (10, 0, &[6, 7]),
        (12, 0, &[7]),
        (17, 1, &[8, 9]),
        (20, 1, &[9, 10, 11]),
        (22, 0, &[7]),
    ] {
        let zero = shortest(kind, least);
        let mut set = zero.clone();
        set[3] = 0xff;
        reserved.iter().for_each(|&at: &usize| set[at] = 0xff);
        assert_eq!(parse(&set), parse(&zero));
        let mut again = [0xff; 24];
        let len = parse(&set).unwrap().encode(&mut again).unwrap();
        let canonical = zero.iter().zip(&again[..len]).take(12);
        assert!(canonical.clone().all(|(zero, again)| zero == again), "{canonical:?}");
    }
}

#[test]
fn a_message_is_no_larger_than_what_a_home_test_needs() {
    // A tag and two words more than a Binding Update, which is what is read and written most.
    assert!(size_of::<Message<'_>>() <= size_of::<BindingUpdate<'_>>() + 24);
}

#[test]
fn what_header_len_cannot_say_is_refused() {
    let encode = |data: &[u8]| Message::other(99, data).unwrap().put(&mut std::vec::Vec::new());
    assert_eq!(encode(&[0; 2_042]), Ok(2_048));
    let too_long = EncodeError::TooLong { field: Field::Length, max: 2_048 };
    assert_eq!(encode(&[0; 2_050]), Err(too_long));
    for ragged in [0, 1, 3] {
        let unaligned = EncodeError::Unaligned { field: Field::Length, unit: 8 };
        assert_eq!(encode(&[0; 8][..ragged]), Err(unaligned));
    }
}

#[test]
fn a_lifetime_that_is_left_is_never_a_deregistration() {
    for (millis, units) in [(0, 0), (1, 1), (4_000, 1), (7_999, 1), (8_000, 2), (u64::MAX, 65_535)] {
        assert_eq!(lifetime_units(Duration::from_millis(millis)), units);
    }
    assert_eq!(lifetime_secs(65_535), 262_140);
}
