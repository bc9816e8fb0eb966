use super::*;
use crate::wire::error::Field;
use crate::wire::fields::Row;
use crate::wire::mh::{BindingUpdate, Message, UpdateFlags};
use crate::wire::{Addr, Encode, Layer, List};

const DIALECT: Dialect = Dialect::DEFAULT;

fn update<'a>(options: &'a [MobilityOption<'a>]) -> BindingUpdate<'a> {
    let options = List::new(options, &DIALECT);
    BindingUpdate { sequence: 0, flags: UpdateFlags::PROXY, lifetime: 1, options }
}

fn encode(options: &[MobilityOption<'_>]) -> Result<std::vec::Vec<u8>, EncodeError> {
    let mut octets = std::vec::Vec::new();
    Message::BindingUpdate(update(options)).put(&mut octets)?;
    Ok(octets)
}

fn other(kind: u8, body: &[u8]) -> MobilityOption<'_> {
    MobilityOption::other(kind, body, &DIALECT).unwrap()
}

fn fault(kind: u8, body: &[u8]) -> (Field, u16, u16, u16) {
    let option = other(kind, body);
    let MobilityOption::Malformed(malformed) = option else { panic!("{option:?} is no fault") };
    assert_eq!((malformed.kind(), malformed.body()), (kind, body));
    let error = malformed.error();
    assert_eq!(error.layer, Layer::MobilityOption);
    (error.field, error.offset, error.needed, error.have)
}

/// Where an option of this type starts when `before` other options of one octet of body stand before it.
fn place(option: MobilityOption<'_>, before: usize) -> usize {
    let filler = other(250, &[0]);
    let mut options = std::vec![filler; before];
    options.push(option);
    let octets = encode(&options).unwrap();
    let (mut at, kind) = (12 + 3 * before, option.kind(&DIALECT));
    while octets[at] != kind {
        at += if octets[at] == padding::PAD1 { 1 } else { 2 + usize::from(octets[at + 1]) };
    }
    at
}

#[test]
fn each_option_stands_at_its_alignment() {
    let addr = Addr([0x20; 16]);
    for (option, unit, at) in [
        (MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: b"x" }), 1, 0),
        (MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 64, prefix: addr }), 8, 4),
        (MobilityOption::HandoffIndicator(HandoffIndicator::UNKNOWN), 1, 0),
        (MobilityOption::AccessTechnology(AccessTechnology::VIRTUAL), 1, 0),
        (MobilityOption::LinkLayerId(LinkLayerId { octets: &[2; 8] }), 8, 4),
        (MobilityOption::LinkLayerId(LinkLayerId { octets: &[2; 6] }), 2, 0),
        (MobilityOption::LinkLayerId(LinkLayerId { octets: &[2; 4] }), 4, 0),
        (MobilityOption::LinkLayerId(LinkLayerId { octets: &[2; 5] }), 1, 0),
        (MobilityOption::LinkLayerId(LinkLayerId { octets: &[] }), 1, 0),
        (MobilityOption::LinkLocalAddress(LinkLocalAddress { address: addr }), 8, 6),
        (MobilityOption::Timestamp(Timestamp(0)), 8, 2),
        (MobilityOption::MulticastState(MulticastState::Mld(List::default())), 4, 2),
        (MobilityOption::MulticastState(MulticastState::Igmp(Row::default())), 4, 2),
        (MobilityOption::CareOfAddress(CareOfAddress { address: addr }), 8, 6),
        (MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: addr }), 8, 6),
        (other(199, &[0; 6]), 1, 0),
        (other(22, &[]), 1, 0),
    ] {
        for before in 0..8 {
            let (start, least) = (place(option, before), 12 + 3 * before);
            assert_eq!(start % unit, at, "{option:?} after {before}");
            assert!(start < least + unit, "{option:?} is padded by {}", start - least);
        }
    }
}

#[test]
fn padding_is_pad1_for_one_octet_and_zero_filled_padn_for_more() {
    let addr = Addr([0x20; 16]);
    let octets = encode(&[
        other(250, &[0]),
        other(250, &[0, 0, 0]),
        MobilityOption::CareOfAddress(CareOfAddress { address: addr }),
    ]);
    // 12 + 3 + 5 = 20, then two octets to 22.
    assert_eq!(octets.unwrap()[20..24], [1, 0, 201, 16]);
    let octets = encode(&[other(250, &[0]), MobilityOption::Timestamp(Timestamp(1))]).unwrap();
    assert_eq!(octets[15..20], [1, 1, 0, 27, 8]);
    let octets = encode(&[other(250, &[])]).unwrap();
    assert_eq!(octets[12..], [250, 0, 1, 0]);
    let octets = encode(&[other(250, &[0])]).unwrap();
    assert_eq!(octets[12..], [250, 1, 0, 0]);
}

#[test]
fn padding_is_no_option() {
    assert_eq!(MobilityOption::other(0, &[], &DIALECT), None);
    assert_eq!(MobilityOption::other(1, &[0], &DIALECT), None);
    let octets = [59, 2, 5, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 23, 2, 0, 4, 0, 1, 1, 9, 0, 0, 0];
    let Ok(Message::BindingUpdate(update)) = Message::parse(&octets, &DIALECT) else { panic!() };
    assert!(update.options.iter().eq([MobilityOption::HandoffIndicator(HandoffIndicator::UNKNOWN)]));
    assert_eq!(update.options.len(), 1);
}

#[test]
fn a_bad_body_is_malformed_and_says_where() {
    assert_eq!(fault(8, &[]), (Field::OptionBody, 2, 1, 0));
    assert_eq!(fault(22, &[0; 17]), (Field::OptionBody, 2, 18, 17));
    assert_eq!(fault(22, &[0xff; 18]), (Field::PrefixLength, 3, 128, 255));
    assert_eq!(fault(23, &[4]), (Field::OptionBody, 2, 2, 1));
    assert_eq!(fault(24, &[0, 4, 0]), (Field::OptionBody, 2, 2, 3));
    assert_eq!(fault(25, &[0]), (Field::OptionBody, 2, 2, 1));
    assert_eq!(fault(26, &[0; 4]), (Field::OptionBody, 2, 16, 4));
    assert_eq!(fault(27, &[0; 9]), (Field::OptionBody, 2, 8, 9));
    assert_eq!(fault(201, &[]), (Field::OptionBody, 2, 16, 0));
    assert_eq!(fault(202, &[0; 18]), (Field::OptionBody, 2, 16, 18));
}

#[test]
fn reserved_octets_of_options_are_ignored() {
    assert_eq!(other(23, &[0xff, 4]), other(23, &[0, 4]));
    assert_eq!(other(25, &[1, 2, 3]), MobilityOption::LinkLayerId(LinkLayerId { octets: &[3] }));
    let [mut set, clear] = [[64; 18], [64; 18]];
    set[0] = 0xff;
    assert_eq!(other(22, &set), other(22, &clear));
}

#[test]
fn a_malformed_option_leaves_its_neighbours_alone() {
    let good = MobilityOption::HandoffIndicator(HandoffIndicator::UNKNOWN);
    let octets = encode(&[other(22, &[1, 2, 3]), good, other(200, &[9])]).unwrap();
    let Ok(Message::BindingUpdate(update)) = Message::parse(&octets, &DIALECT) else { panic!() };
    assert!(update.options.iter().eq([other(22, &[1, 2, 3]), good, other(200, &[9])]));
    assert_eq!(update.options.malformed().count(), 2);
    assert_eq!(update.options.home_network_prefixes().count(), 0);
    assert_eq!(update.options.handoff_indicator(), Some(HandoffIndicator::UNKNOWN));
}

#[test]
fn the_dialect_decides_which_type_is_what() {
    let dialect =
        Dialect { options: crate::wire::OptionTypes { care_of_address: 210, ..DIALECT.options }, ..DIALECT };
    let addr = MobilityOption::CareOfAddress(CareOfAddress { address: Addr([1; 16]) });
    assert_eq!(MobilityOption::other(210, &[1; 16], &dialect), Some(addr));
    assert_eq!(addr.kind(&dialect), 210);
    let moved = MobilityOption::other(201, &[1; 16], &dialect).unwrap();
    assert!(matches!(moved, MobilityOption::Unknown(raw) if raw.kind() == 201));
}

#[test]
fn of_an_option_that_stands_twice_the_first_counts() {
    let addr = |n| Addr([n; 16]);
    let options = [
        other(8, &[]),
        MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: b"a" }),
        MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: b"b" }),
        MobilityOption::HandoffIndicator(HandoffIndicator(1)),
        MobilityOption::HandoffIndicator(HandoffIndicator(2)),
        MobilityOption::AccessTechnology(AccessTechnology(1)),
        MobilityOption::AccessTechnology(AccessTechnology(2)),
        MobilityOption::LinkLayerId(LinkLayerId { octets: &[1] }),
        MobilityOption::LinkLayerId(LinkLayerId { octets: &[2] }),
        MobilityOption::LinkLocalAddress(LinkLocalAddress { address: addr(1) }),
        MobilityOption::LinkLocalAddress(LinkLocalAddress { address: addr(2) }),
        MobilityOption::Timestamp(Timestamp(1)),
        MobilityOption::Timestamp(Timestamp(2)),
        MobilityOption::CareOfAddress(CareOfAddress { address: addr(1) }),
        MobilityOption::CareOfAddress(CareOfAddress { address: addr(2) }),
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 64, prefix: addr(1) }),
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 64, prefix: addr(2) }),
    ];
    let list = List::new(&options, &DIALECT);
    assert_eq!(list.mn_identifier(), Some((1, &b"a"[..])));
    assert_eq!(list.handoff_indicator(), Some(HandoffIndicator(1)));
    assert_eq!(list.access_technology(), Some(AccessTechnology(1)));
    assert_eq!(list.link_layer_id(), Some(&[1][..]));
    assert_eq!(list.link_local_address(), Some(addr(1)));
    assert_eq!(list.timestamp(), Some(1));
    assert_eq!(list.care_of_address(), Some(addr(1)));
    assert!(list.home_network_prefixes().eq([(addr(1), 64), (addr(2), 64)]));
}

#[test]
fn d20_a_prefix_of_128_bits_stands_for_the_queried_home_address() {
    let addr = |n| Addr([n; 16]);
    let options = [
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 64, prefix: addr(1) }),
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 128, prefix: addr(2) }),
        MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: addr(3) }),
    ];
    let queried = |options| List::new(options, &DIALECT).queried_home_address();
    assert_eq!(queried(&options[..1]), None);
    assert_eq!(queried(&options[..2]), Some(addr(2)));
    assert_eq!(queried(&options[..]), Some(addr(3)));
}

#[test]
fn t5_options_that_count_words_do_not_desynchronise_the_rest() {
    let octets = [
        59, 3, 6, 0, 0, 0, 0, 0x20, 0, 0, 0, 1, 60, 1, 2, 0, 8, 1, 8, 1, 23, 2, 0, 3, 1, 6, 0, 0, 0, 0, 0, 0,
    ];
    let Ok(Message::BindingAck(ack)) = Message::parse(&octets, &DIALECT) else { panic!() };
    let indicator = MobilityOption::HandoffIndicator(HandoffIndicator::SAME_INTERFACE);
    assert!(ack.options.iter().eq([other(60, &[2, 0, 8, 1, 8, 1]), indicator]));
    for body in [&[0; 4][..], &[]] {
        let unaligned = EncodeError::Unaligned { field: Field::OptionBody, unit: 4 };
        assert_eq!(encode(&[other(61, body)]), Err(unaligned));
    }
}

#[test]
fn what_a_length_octet_cannot_say_is_refused() {
    let too_long = EncodeError::TooLong { field: Field::OptionBody, max: 255 };
    let long = [0; 256];
    for (longest, longer) in [
        (
            MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: &long[..254] }),
            MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: &long[..255] }),
        ),
        (
            MobilityOption::LinkLayerId(LinkLayerId { octets: &long[..253] }),
            MobilityOption::LinkLayerId(LinkLayerId { octets: &long[..254] }),
        ),
        (other(99, &long[..255]), other(99, &long)),
        (other(22, &long[..255]), other(22, &long)),
    ] {
        assert_eq!(encode(&[longer]), Err(too_long));
        assert!(encode(&[longest]).is_ok());
    }
    let prefix =
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 129, prefix: Addr::UNSPECIFIED });
    assert_eq!(encode(&[prefix]), Err(EncodeError::TooLong { field: Field::PrefixLength, max: 128 }));
}

#[test]
fn codes_show_their_name_or_their_number() {
    let shown = std::format!(
        "{:?} {} {:?} {:?}",
        HandoffIndicator::REREGISTRATION,
        HandoffIndicator(9),
        AccessTechnology::IEEE_802_11,
        AccessTechnology(0)
    );
    assert_eq!(shown, "REREGISTRATION 9 IEEE_802_11 0");
}

#[test]
fn an_option_is_no_larger_than_the_list_of_records_in_it() {
    assert_eq!(size_of::<MobilityOption<'_>>(), size_of::<MulticastState<'_>>());
    assert_eq!(size_of::<MobilityOption<'_>>(), 64);
}

#[test]
fn rfc6275_6_2_7_authorization_data_ends_the_message_without_padding() {
    for len in [0, 4, 10, 12, 20] {
        let authenticator = &[0xaa; 20][..len];
        for last in [
            MobilityOption::from(BindingAuthorizationData { authenticator }),
            FastBindingAuthorizationData { spi: 7, authenticator }.into(),
        ] {
            for before in 0..8 {
                let mut options = std::vec![other(250, &[0]); before];
                options.push(last);
                let octets = encode(&options).unwrap();
                assert!(octets.ends_with(authenticator), "{last:?} after {before}");
            }
        }
    }
}

#[test]
fn rfc6275_6_2_7_what_stands_behind_authorization_data_is_refused() {
    let refused = Err(EncodeError::NotLast { field: Field::Authenticator });
    let authenticator = &[0xaa; 12];
    for last in [
        MobilityOption::from(BindingAuthorizationData { authenticator }),
        FastBindingAuthorizationData { spi: 7, authenticator }.into(),
    ] {
        let behind = MobilityOption::HandoffIndicator(HandoffIndicator::UNKNOWN);
        assert_eq!(encode(&[last, behind]), refused);
        assert_eq!(encode(&[last, last]), refused);
        assert!(encode(&[behind, last]).is_ok());
    }
}

#[test]
fn t5_sorted_options_count_words_last_and_authorization_ends_them() {
    let word = other(60, &[2, 0, 0, 0, 0, 0]);
    let ack = other(61, &[0, 1, 0, 0, 0, 0]);
    let authentication = other(9, &[1, 0, 0, 1, 0]);
    let authorization = other(5, &[1; 12]);
    let [a, b] = [other(2, &[0, 1]), other(2, &[0, 2])];
    let mut options = [authorization, word, a, authentication, ack, b];
    in_order(&mut options);
    assert_eq!(options, [a, b, word, ack, authentication, authorization]);
}

#[test]
fn rfc5568_6_4_5_the_length_of_badf_counts_the_authenticator_alone() {
    let badf = other(21, &[0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    let octets = encode(&[badf]).unwrap();
    assert_eq!(
        octets[12..],
        [&[1, 0, 21, 12, 0, 0, 0, 7][..], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]].concat()
    );
    // Who counts the SPI as well ends on the same octet.
    let mut counted = octets.clone();
    counted[15] = 16;
    for octets in [&octets, &counted] {
        let Ok(Message::BindingUpdate(update)) = Message::parse(octets, &DIALECT) else { panic!() };
        assert!(update.options.iter().eq([badf]));
    }
}

#[test]
fn t4_types_that_are_misprinted_in_places_are_those_of_the_registry() {
    for (kind, name) in [
        (29, "Ipv4HomeAddress"),
        (30, "Ipv4AddressAck"),
        (34, "MhAddressPrefix"),
        (44, "FlowSummary"),
        (45, "FlowIdentification"),
    ] {
        assert_eq!(MobilityOption::name(kind, &DIALECT), Some(name));
    }
    let summary = MobilityOption::from(FlowSummary { ids: &[[0, 1]] });
    assert_eq!(encode(&[summary]).unwrap()[12..], [44, 2, 0, 1]);
}
