//! Bootstrap, Candidate-RP-Advertisement, and what no count can say.

use super::*;

fn rp(address: Addr) -> Rp {
    Rp { address, holdtime: 150, priority: 192 }
}

fn with<T>(ranges: &[GroupRange<'_>], ask: impl Fn(&Message<'_>) -> T) -> T {
    let ranges = List::new(ranges, &DIALECT);
    let (no_forward, fragment_tag, hash_mask_len, priority, bsr) = (true, 0x1234, 126, 64, SOURCE);
    ask(&Message::Bootstrap(Bootstrap { no_forward, fragment_tag, hash_mask_len, priority, bsr, ranges }))
}

fn judge(ranges: &[GroupRange<'_>]) -> Result<(), Fault> {
    with(ranges, |message| message.judge(ALL_PIM_ROUTERS))
}

#[test]
fn rfc5059_4_1_a_bootstrap_message_as_drawn() {
    let rps = [rp(SOURCE), rp(Addr([0x21; 16]))];
    let rps = List::new(&rps, &DIALECT);
    let ranges = [
        GroupRange {
            group: Group { zone: true, ..Group::range(GROUP, 16) },
            rp_count: 0,
            rps: List::default(),
        },
        GroupRange { group: Group::range(GROUP, 96), rp_count: 3, rps },
    ];
    let expected = [
        &[0x24, 0x80, 0, 0, 0x12, 0x34, 126, 64][..],
        &unicast(&SOURCE.0),
        &[2, 0, 1, 16],
        &GROUP.0,
        &[0, 0, 0, 0, 2, 0, 0, 96],
        &GROUP.0,
        &[3, 2, 0, 0],
        &unicast(&SOURCE.0),
        &[0, 150, 192, 0],
        &unicast(&[0x21; 16]),
        &[0, 150, 192, 0],
    ]
    .concat();
    with(&ranges, |message| {
        assert_eq!(message.to_vec(), Ok(expected.clone()));
        assert_eq!(parse(&expected), Ok(*message));
        assert_eq!(message.judge(ALL_PIM_ROUTERS), Ok(()));
    });
    let cut = |len: usize| fault(&expected[..len]).0;
    assert_eq!((cut(7), cut(49), cut(93)), (Field::Header, Field::NumberOfRps, Field::Rp));
    assert_eq!((cut(51), cut(75)), (Field::AddressFamily, Field::AddressFamily));
}

#[test]
fn rfc5059_4_1_what_cannot_be_in_a_bootstrap_message() {
    let good = [rp(SOURCE)];
    let rps = List::new(&good, &DIALECT);
    let range = |group| GroupRange { group, rp_count: 1, rps };
    let zone = |mask_len| Group { zone: true, ..Group::range(GROUP, mask_len) };
    assert_eq!(judge(&[]), Ok(()));
    assert_eq!(judge(&[range(Group::range(GROUP, 129))]), Err(Fault::GroupMask(129)));
    assert_eq!(judge(&[range(Group::range(SOURCE, 8))]), Err(Fault::GroupNotMulticast(SOURCE)));
    assert_eq!(judge(&[range(zone(16)), range(zone(24)), range(Group::range(GROUP, 8))]), Ok(()));
    assert_eq!(judge(&[range(zone(15))]), Err(Fault::ZoneNotFirst));
    assert_eq!(judge(&[range(Group::range(GROUP, 16)), range(zone(16))]), Err(Fault::ZoneNotFirst));
    let bad = [rp(SOURCE), rp(GROUP)];
    let bad = GroupRange { rps: List::new(&bad, &DIALECT), ..range(Group::single(GROUP)) };
    assert_eq!(judge(&[bad]), Err(Fault::RouterNotUnicast(GROUP)));
    with(&[], |message| {
        let Message::Bootstrap(bootstrap) = *message else { panic!() };
        let judge = |bootstrap| Message::Bootstrap(bootstrap).judge(ALL_PIM_ROUTERS);
        assert_eq!(judge(Bootstrap { hash_mask_len: 128, ..bootstrap }), Ok(()));
        assert_eq!(judge(Bootstrap { hash_mask_len: 129, ..bootstrap }), Err(Fault::HashMask(129)));
        let none = Addr::UNSPECIFIED;
        assert_eq!(judge(Bootstrap { bsr: none, ..bootstrap }), Err(Fault::RouterNotUnicast(none)));
    });
}

#[test]
fn rfc5059_4_2_a_candidate_offers_itself_for_some_range() {
    let judge = |rp, groups: &[Group]| {
        let groups = List::new(groups, &DIALECT);
        let candidate = Message::CandidateRp(CandidateRp { priority: 192, holdtime: 150, rp, groups });
        candidate.judge(Ipv6Addr::LOCALHOST)
    };
    assert_eq!(judge(SOURCE, &[Group::range(GROUP, 8)]), Ok(()));
    assert_eq!(judge(SOURCE, &[]), Err(Fault::NoRange));
    assert_eq!(judge(GROUP, &[Group::range(GROUP, 8)]), Err(Fault::RouterNotUnicast(GROUP)));
    assert_eq!(judge(SOURCE, &[Group::range(GROUP, 200)]), Err(Fault::GroupMask(200)));
    assert_eq!(judge(SOURCE, &[Group::single(SOURCE)]), Err(Fault::GroupNotMulticast(SOURCE)));
    let octets =
        [&[0x28, 0, 0, 0, 1, 192, 0, 150][..], &unicast(&SOURCE.0), &encoded(0x80, &GROUP.0)].concat();
    let Ok(Message::CandidateRp(candidate)) = parse(&octets) else { panic!() };
    assert_eq!((candidate.priority, candidate.holdtime, candidate.rp), (192, 150, SOURCE));
    assert!(candidate.groups.iter().eq([Group { bidirectional: true, ..Group::single(GROUP) }]));
    assert_eq!(fault(&octets[..45]).0, Field::MulticastAddress);
}

#[test]
fn what_no_count_can_say_is_refused() {
    let too_long = |field, max| Err(EncodeError::TooLong { field, max });
    let rps = vec![rp(SOURCE); 256];
    let range = |rps| GroupRange { group: Group::single(GROUP), rp_count: 0, rps: List::new(rps, &DIALECT) };
    let put = |ranges: &[GroupRange<'_>]| with(ranges, |message| message.put(&mut Vec::new()).map(drop));
    assert_eq!(put(&[range(&rps)]), too_long(Field::NumberOfRps, 255));
    assert_eq!(put(&[range(&rps[1..])]), Ok(()));
    let groups = vec![Group::single(GROUP); 256];
    let put = |groups| {
        let groups = List::new(groups, &DIALECT);
        let candidate = CandidateRp { priority: 0, holdtime: 0, rp: SOURCE, groups };
        Message::CandidateRp(candidate).put(&mut Vec::new()).map(drop)
    };
    assert_eq!(put(&groups), too_long(Field::NumberOfGroups, 255));
    assert_eq!(put(&groups[1..]), Ok(()));
    let sets = vec![GroupSet { group: groups[0], joined: List::default(), pruned: List::default() }; 256];
    let put = |sets: &[GroupSet<'_>]| {
        let groups = List::new(sets, &DIALECT);
        let message = Message::JoinPrune(JoinPrune { upstream: SOURCE, holdtime: 0, groups });
        let octets = message.to_vec()?;
        assert_eq!(parse(&octets), Ok(message));
        Ok(())
    };
    assert_eq!(put(&sets), too_long(Field::NumberOfGroups, 255));
    assert_eq!(put(&sets[1..]), Ok(()));
    let sources = vec![Source::new(EntryKind::Sg, SOURCE); 65_536];
    for (joined, pruned) in [(&sources[..], &[][..]), (&[], &sources)] {
        let [joined, pruned] = [joined, pruned].map(|sources| List::new(sources, &DIALECT));
        let set = [GroupSet { joined, pruned, ..sets[0] }];
        assert_eq!(put(&set), too_long(Field::NumberOfSources, 65_535));
        let joined = List::new(&sources[1..], &DIALECT);
        let set = [GroupSet { joined, pruned: List::default(), ..sets[0] }];
        assert_eq!(put(&set), Ok(()));
    }
}
