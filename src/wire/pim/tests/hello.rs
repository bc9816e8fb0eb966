//! Hello and its options.

use super::*;

fn hello<'a>(octets: &'a [u8]) -> List<'a, HelloOption<'a>> {
    let Ok(Message::Hello(hello)) = parse(octets) else { panic!("{:?}", parse(octets)) };
    hello.options
}

#[test]
fn rfc7761_4_9_2_every_option_that_is_known() {
    let address_list = [&[0, 24, 0, 36][..], &unicast(&[1; 16]), &unicast(&[2; 16])].concat();
    let octets = [
        &[0x20, 0, 0, 0][..],
        &[0, 1, 0, 2, 0, 105],
        &[0, 2, 0, 4, 0x81, 0xf4, 0x09, 0xc4],
        &[0, 19, 0, 4, 0, 0, 0, 1],
        &[0, 20, 0, 4, 0xde, 0xad, 0xbe, 0xef],
        &address_list,
    ]
    .concat();
    let options = hello(&octets);
    assert_eq!((options.len(), options.holdtime()), (5, Some(105)));
    let delay = LanPruneDelay { tracking: true, propagation_ms: 500, override_ms: 2_500 };
    assert_eq!(options.lan_prune_delay(), Some(delay));
    assert_eq!((options.dr_priority(), options.generation_id()), (Some(1), Some(0xdead_beef)));
    assert!(options.secondary_addresses().eq([Addr([1; 16]), Addr([2; 16])]));
    assert_eq!(parse(&octets).unwrap().to_vec(), Ok(octets));
}

#[test]
fn rfc7761_4_9_2_an_unknown_option_is_kept_and_does_no_harm() {
    let octets = [0x20, 0, 0, 0, 0xff, 0xff, 0, 3, 7, 8, 9, 0, 22, 0, 0, 0, 1, 0, 2, 0, 5];
    let options = hello(&octets);
    assert_eq!(options.holdtime(), Some(5));
    let kept: Vec<_> = options
        .iter()
        .filter_map(|option| match option {
            HelloOption::Unknown(raw) => Some((raw.kind(), raw.body())),
            _ => None,
        })
        .collect();
    assert_eq!(kept, [(OptionType(0xffff), &[7, 8, 9][..]), (OptionType::BIDIRECTIONAL_CAPABLE, &[])]);
    assert_eq!(parse(&octets).unwrap().to_vec().unwrap(), octets);
}

#[test]
fn rfc7761_4_9_2_a_known_option_of_a_bad_length_is_malformed_and_kept() {
    for (kind, good) in [(1, 2_u16), (2, 4), (19, 4), (20, 4)] {
        for have in (0..8_u8).filter(|len| u16::from(*len) != good) {
            let body = vec![0xaa; have.into()];
            let octets = [&[0x20, 0, 0, 0, 0, kind, 0, have][..], &body, &[0, 1, 0, 2, 0, 9]].concat();
            let options = hello(&octets);
            let bad = options.malformed().next().unwrap();
            assert_eq!((bad.kind(), bad.body()), (OptionType(kind.into()), &body[..]));
            let error = bad.error();
            assert_eq!((error.layer, error.field), (Layer::HelloOption, Field::OptionBody));
            assert_eq!((error.offset, error.needed, error.have), (4, good, have.into()));
            // It counts as absent, and the rest as good.
            assert_eq!(options.holdtime(), Some(9));
            assert_eq!((options.lan_prune_delay(), options.dr_priority()), (None, None));
            assert_eq!(options.generation_id(), None);
            assert_eq!(parse(&octets).unwrap().to_vec(), Ok(octets));
        }
    }
}

#[test]
fn rfc7761_4_9_2_an_address_list_of_another_family_is_malformed() {
    let list = |body: &[u8]| {
        let octets = [&[0x20, 0, 0, 0, 0, 24, 0, u8::try_from(body.len()).unwrap()][..], body].concat();
        let options = hello(&octets);
        assert_eq!(options.secondary_addresses().count(), 0);
        let error = options.malformed().next().unwrap().error();
        assert_eq!(error.layer, Layer::HelloOption);
        (error.field, error.offset, error.needed, error.have)
    };
    let good = unicast(&[1; 16]);
    assert_eq!(list(&unicast(&IPV4_SOURCE)), (Field::AddressFamily, 4, 2, 1));
    // Mixed ones spoil the list as well (RFC 7761 4.3.4).
    let mixed = [&good[..], &unicast(&IPV4_SOURCE)].concat();
    assert_eq!(list(&mixed), (Field::AddressFamily, 22, 2, 1));
    let mut encoding = good.clone();
    encoding[1] = 7;
    assert_eq!(list(&encoding), (Field::AddressEncoding, 5, 0, 7));
    assert_eq!(list(&good[..17]), (Field::Address, 6, 16, 15));
    assert_eq!(list(&[&good[..], &[2]].concat()), (Field::AddressFamily, 22, 2, 1));
    assert_eq!(hello(&[0x20, 0, 0, 0, 0, 24, 0, 0]).malformed().count(), 0, "an empty list is a list");
}

#[test]
fn an_option_that_overruns_the_hello_drops_it() {
    assert_eq!(fault(&[0x20, 0, 0, 0, 0, 1, 0]), (Field::OptionHeader, 4, 4, 3));
    assert_eq!(fault(&[0x20, 0, 0, 0, 0, 1, 0, 2, 0]), (Field::OptionBody, 8, 2, 1));
    assert_eq!(fault(&[0x20, 0, 0, 0, 0, 1, 0, 2, 0, 105, 9, 9]), (Field::OptionHeader, 10, 4, 2));
    assert_eq!(hello(&[0x20, 0, 0, 0]).len(), 0);
}

#[test]
fn of_an_option_that_stands_twice_the_first_that_is_good_counts() {
    let other = |kind, body| HelloOption::other(OptionType(kind), body, &DIALECT);
    let delay = |override_ms| LanPruneDelay { tracking: false, propagation_ms: 1, override_ms };
    let options = [
        other(1, &[9]),
        HelloOption::Holdtime(1),
        HelloOption::Holdtime(2),
        HelloOption::DrPriority(1),
        HelloOption::DrPriority(2),
        HelloOption::GenerationId(1),
        HelloOption::GenerationId(2),
        HelloOption::LanPruneDelay(delay(1)),
        HelloOption::LanPruneDelay(delay(2)),
    ];
    let list = List::new(&options, &DIALECT);
    assert_eq!((list.holdtime(), list.dr_priority(), list.generation_id()), (Some(1), Some(1), Some(1)));
    assert_eq!(list.lan_prune_delay(), Some(delay(1)));
}

#[test]
fn a_known_good_option_cannot_pose_as_unknown() {
    assert_eq!(HelloOption::other(OptionType(1), &[0, 7], &DIALECT), HelloOption::Holdtime(7));
}

#[test]
fn what_no_field_of_an_option_can_say_is_refused() {
    let encode = |option| {
        let options = [option];
        Message::Hello(Hello { options: List::new(&options, &DIALECT) }).put(&mut Vec::new())
    };
    let delay = |propagation_ms| LanPruneDelay { tracking: false, propagation_ms, override_ms: 0 };
    assert_eq!(encode(HelloOption::LanPruneDelay(delay(32_767))), Ok(12));
    assert_eq!(
        encode(HelloOption::LanPruneDelay(delay(32_768))),
        Err(EncodeError::TooLong { field: Field::PropagationDelay, max: 32_767 })
    );
    let long = vec![0; 65_536];
    let other = |body| HelloOption::other(OptionType(99), body, &DIALECT);
    assert_eq!(encode(other(&long[1..])), Ok(65_543));
    let too_long = Err(EncodeError::TooLong { field: Field::OptionBody, max: 65_535 });
    assert_eq!(encode(other(&long)), too_long);
    let addresses = vec![Unicast(SOURCE); 3_641];
    assert_eq!(encode(HelloOption::AddressList(List::new(&addresses, &DIALECT))), too_long);
}
