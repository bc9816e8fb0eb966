//! What is read, what is refused and how, octet by octet.

mod bootstrap;
mod checksum;
mod hello;

use core::net::Ipv6Addr;
use std::vec::Vec;

use super::*;
use crate::wire::{Addr, List};

const DIALECT: Dialect = Dialect::DEFAULT;
const GROUP: Addr = Addr([0xff; 16]);
const SOURCE: Addr = Addr([0x20; 16]);

fn parse(octets: &[u8]) -> Result<Message<'_>, DecodeError> {
    Message::parse(octets, &DIALECT)
}

/// Field, offset, needed and had.
fn fault(octets: &[u8]) -> (Field, u16, u16, u16) {
    let error = parse(octets).unwrap_err();
    assert_eq!(error.layer, Layer::Pim);
    assert_eq!(error.reaction(), crate::wire::Reaction::Drop);
    (error.field, error.offset, error.needed, error.have)
}

/// An Encoded-Unicast, as four or sixteen octets make it.
fn unicast(address: &[u8]) -> Vec<u8> {
    [&[if address.len() == 4 { 1 } else { 2 }, 0], address].concat()
}

/// An Encoded-Group or Encoded-Source.
fn encoded(flags: u8, address: &[u8]) -> Vec<u8> {
    let (family, mask_len) = if address.len() == 4 { (1, 32) } else { (2, 128) };
    [&[family, 0, flags, mask_len], address].concat()
}

/// A Join/Prune to fe80::2 with these sets.
fn join_prune(number: u8, sets: &[&[u8]]) -> Vec<u8> {
    [&[0x23, 0, 0, 0][..], &unicast(&SOURCE.0), &[0, number, 0, 210], &sets.concat()].concat()
}

fn read_join_prune(octets: &[u8]) -> JoinPrune<'_> {
    let Ok(Message::JoinPrune(message)) = parse(octets) else { panic!("{:?}", parse(octets)) };
    message
}

const IPV4_SOURCE: [u8; 4] = [192, 0, 2, 1];
const IPV4_GROUP: [u8; 4] = [232, 0, 0, 1];

#[test]
fn rfc7761_4_9_another_version_is_discarded() {
    for version in (0..16).filter(|version| *version != 2) {
        assert_eq!(fault(&[version << 4, 0, 0, 0]), (Field::Version, 0, 2, version.into()));
    }
    assert_eq!(fault(&[0x20, 0, 0]), (Field::Header, 0, 4, 3));
}

#[test]
fn rfc7761_4_9_an_unknown_type_is_kept_and_refused() {
    for kind in [6, 7, 9, 10, 11, 12, 13, 14, 15] {
        let octets = [0x20 | kind, 0x81, 0, 0, 1, 2, 3];
        let message = parse(&octets).unwrap();
        assert_eq!(Message::other(MessageType(kind), 0x81, &[1, 2, 3]), Some(message));
        assert_eq!(message.to_vec().unwrap(), octets);
        let fault = Fault::UnknownType(MessageType(kind));
        for dst in [ALL_PIM_ROUTERS, Ipv6Addr::LOCALHOST] {
            assert_eq!(message.judge(dst), Err(fault));
        }
    }
    for known in [0, 1, 2, 3, 4, 5, 8, 16, 255] {
        assert_eq!(Message::other(MessageType(known), 0, &[]), None);
    }
}

#[test]
fn rfc7761_4_9_the_kind_of_destination_belongs_to_the_type() {
    let (node, group) = (Ipv6Addr::LOCALHOST, Ipv6Addr::from(GROUP));
    let (groups, ranges) = ([Group::single(GROUP)], List::default());
    let bootstrap = Bootstrap {
        no_forward: false,
        fragment_tag: 0,
        hash_mask_len: 126,
        priority: 0,
        bsr: SOURCE,
        ranges,
    };
    let to_all = |message: Message<'_>| {
        let kind = message.kind();
        assert!(!kind.is_unicast());
        assert_eq!(message.judge(ALL_PIM_ROUTERS), Ok(()));
        assert_eq!(message.judge(group), Err(Fault::NotToAllRouters(kind, GROUP)));
        message.judge(node)
    };
    let refused = |kind| Err(Fault::NotToAllRouters(kind, node.into()));
    assert_eq!(to_all(Message::Hello(Hello::default())), refused(MessageType::HELLO));
    let join = JoinPrune { upstream: SOURCE, holdtime: 0, groups: List::default() };
    assert_eq!(to_all(Message::JoinPrune(join)), refused(MessageType::JOIN_PRUNE));
    assert_eq!(to_all(Message::Assert(Assert::cancel(GROUP, SOURCE))), refused(MessageType::ASSERT));
    // RFC 5059 3.5.2.
    assert_eq!(to_all(Message::Bootstrap(bootstrap)), Ok(()));

    let to_one = |message: Message<'_>| {
        let kind = message.kind();
        assert!(kind.is_unicast());
        assert_eq!(message.judge(node), Ok(()));
        for dst in [ALL_PIM_ROUTERS, group] {
            assert_eq!(message.judge(dst), Err(Fault::NotToOneNode(kind, dst.into())));
        }
    };
    to_one(Message::Register(Register::data(&[])));
    to_one(Message::RegisterStop(RegisterStop { group: groups[0], source: SOURCE }));
    let groups = List::new(&groups, &DIALECT);
    to_one(Message::CandidateRp(CandidateRp { priority: 0, holdtime: 0, rp: SOURCE, groups }));
}

#[test]
fn rfc7761_4_9_1_an_address_of_another_family_is_an_error() {
    let (v4, v6) = (encoded(0, &IPV4_GROUP), encoded(0, &GROUP.0));
    let family = |at| (Field::AddressFamily, at, 2, 1);
    // Register-Stop, Join/Prune, Assert, Bootstrap, Candidate-RP-Advertisement.
    assert_eq!(fault(&[&[0x22, 0, 0, 0][..], &v4].concat()), family(4));
    assert_eq!(fault(&[&[0x22, 0, 0, 0][..], &v6, &unicast(&IPV4_SOURCE)].concat()), family(24));
    assert_eq!(fault(&[&[0x23, 0, 0, 0][..], &unicast(&IPV4_SOURCE)].concat()), family(4));
    assert_eq!(fault(&[&[0x25, 0, 0, 0][..], &v4].concat()), family(4));
    assert_eq!(fault(&[&[0x25, 0, 0, 0][..], &v6, &unicast(&IPV4_SOURCE)].concat()), family(24));
    let bootstrap = [0x24, 0, 0, 0, 0, 0, 126, 64];
    assert_eq!(fault(&[&bootstrap[..], &unicast(&IPV4_SOURCE)].concat()), family(8));
    let bsr = unicast(&SOURCE.0);
    assert_eq!(fault(&[&bootstrap[..], &bsr, &v4].concat()), family(26));
    let range = [&bootstrap[..], &bsr, &v6, &[1, 1, 0, 0], &unicast(&IPV4_SOURCE)].concat();
    assert_eq!(fault(&range), family(50));
    let candidate = [0x28, 0, 0, 0, 1, 0, 0, 9];
    assert_eq!(fault(&[&candidate[..], &unicast(&IPV4_SOURCE)].concat()), family(8));
    assert_eq!(fault(&[&candidate[..], &bsr, &v4].concat()), family(26));
    // An encoding that is not the native one.
    let mut attributes = v6.clone();
    attributes[1] = 1;
    assert_eq!(fault(&[&[0x25, 0, 0, 0][..], &attributes].concat()), (Field::AddressEncoding, 5, 0, 1));
}

#[test]
fn rfc7761_4_9_5_addresses_of_ipv4_in_a_join_prune_are_passed_over() {
    let (v6, v4) = (encoded(4, &SOURCE.0), encoded(4, &IPV4_SOURCE));
    let group = encoded(0, &GROUP.0);
    let foreign = [&encoded(0, &IPV4_GROUP)[..], &[0, 1, 0, 1], &v4, &v6].concat();
    let mixed = [&group[..], &[0, 3, 0, 2], &v4, &v6, &v4, &v6, &v4].concat();
    let plain = [&group[..], &[0, 1, 0, 1], &v6, &v6].concat();
    let octets = join_prune(4, &[&foreign, &mixed, &plain, &foreign]);
    let message = read_join_prune(&octets);
    assert_eq!(message.groups.len(), 2);
    for set in message.groups {
        assert_eq!((set.group, set.joined.len(), set.pruned.len()), (Group::single(GROUP), 1, 1));
        assert!(set.joined.iter().chain(set.pruned).eq([Source::new(EntryKind::Sg, SOURCE); 2]));
    }
    // Written again it is IPv6 alone.
    assert_eq!(Message::JoinPrune(message).to_vec(), Ok(join_prune(2, &[&plain, &plain])));
    // What is neither cannot be passed over: its length is not known.
    let mut unknown = foreign.clone();
    unknown[12] = 3;
    assert_eq!(fault(&join_prune(1, &[&unknown])), (Field::AddressFamily, 38, 2, 3));
    unknown = plain.clone();
    unknown[25] = 1;
    assert_eq!(fault(&join_prune(1, &[&unknown])), (Field::AddressEncoding, 51, 0, 1));
    unknown = foreign.clone();
    unknown[1] = 1;
    assert_eq!(fault(&join_prune(1, &[&unknown])), (Field::AddressFamily, 26, 2, 1));
}

#[test]
fn a_join_prune_that_promises_more_than_it_has_is_an_error() {
    let set =
        [&encoded(0, &GROUP.0)[..], &[0, 1, 0, 1], &encoded(4, &SOURCE.0), &encoded(4, &SOURCE.0)].concat();
    let whole = join_prune(1, &[&set]);
    assert_eq!(whole.len(), 90);
    let field = |len: usize| {
        let (field, offset, _, have) = fault(&whole[..len]);
        assert_eq!(usize::from(offset + have), len);
        (field, offset)
    };
    assert_eq!(field(5), (Field::AddressFamily, 4));
    assert_eq!(field(21), (Field::Address, 6));
    assert_eq!(field(25), (Field::Header, 22));
    assert_eq!(field(27), (Field::AddressFamily, 26));
    assert_eq!(field(45), (Field::MulticastAddress, 28));
    assert_eq!(field(49), (Field::NumberOfSources, 46));
    assert_eq!(field(69), (Field::Sources, 52));
    assert_eq!(field(70), (Field::AddressFamily, 70));
    assert_eq!(field(89), (Field::Sources, 72));
    let v4 = [&encoded(0, &IPV4_GROUP)[..], &[0, 1, 0, 0], &[1, 0, 4, 32, 192, 0, 2]].concat();
    assert_eq!(fault(&join_prune(1, &[&v4])), (Field::Sources, 38, 8, 7));
    assert_eq!(fault(&join_prune(1, &[&v4[..7]])), (Field::MulticastAddress, 26, 8, 7));
    assert_eq!(fault(&join_prune(2, &[&set])), (Field::AddressFamily, 90, 2, 0));
    // Octets behind the last set are ignored.
    let trailing = [&whole[..], &[9; 5]].concat();
    assert_eq!(parse(&trailing), parse(&whole));
}

#[test]
fn t42_the_entries_of_a_message_come_in_their_order() {
    let rp = Addr([0x21; 16]);
    let (group_1, group_2) = (Addr([0xff; 16]), Addr([0xfe; 16]));
    let joined = [Source::new(EntryKind::StarG, rp), Source::new(EntryKind::Sg, SOURCE)];
    let pruned = [Source::new(EntryKind::SgRpt, SOURCE)];
    let [joined, pruned] = [&joined[..], &pruned].map(|sources| List::new(sources, &DIALECT));
    let group_2 = Addr({
        let mut octets = group_2.0;
        octets[0] = 0xff;
        octets
    });
    let set = |address| GroupSet { group: Group::single(address), joined, pruned };
    let range = GroupSet { group: Group::range(group_1, 8), ..set(group_1) };
    let no_group = set(SOURCE);
    let sets = [set(group_2), range, no_group, set(group_1)];
    let message = JoinPrune { upstream: SOURCE, holdtime: 210, groups: List::new(&sets, &DIALECT) };
    let octets = Message::JoinPrune(message).to_vec().unwrap();
    let entries = |group| {
        let entry = |action, kind, address| Entry { action, kind, group, address };
        [
            entry(JoinPruneAction::Join, EntryKind::StarG, rp),
            entry(JoinPruneAction::Join, EntryKind::Sg, SOURCE),
            entry(JoinPruneAction::Prune, EntryKind::SgRpt, SOURCE),
        ]
    };
    let expected = [entries(group_2), entries(group_1)].concat();
    for message in [message, read_join_prune(&octets)] {
        assert!(
            message.entries().eq(expected.iter().copied()),
            "{:?}",
            message.entries().collect::<Vec<_>>()
        );
        assert_eq!((message.upstream, message.holdtime), (SOURCE, 210));
    }
}

#[test]
fn rfc7761_4_9_5_1_a_set_that_is_for_no_one_group_is_passed_over_alone() {
    let set = |group| GroupSet { group, joined: List::default(), pruned: List::default() };
    assert_eq!(set(Group::single(GROUP)).judge_group(), Ok(()));
    for mask_len in [0, 127, 129, 255] {
        assert_eq!(set(Group::range(GROUP, mask_len)).judge_group(), Err(Fault::GroupMask(mask_len)));
    }
    assert_eq!(set(Group::single(SOURCE)).judge_group(), Err(Fault::GroupNotMulticast(SOURCE)));
    let sets = [set(Group::range(GROUP, 8)), set(Group::single(SOURCE))];
    let message = JoinPrune { upstream: SOURCE, holdtime: 0, groups: List::new(&sets, &DIALECT) };
    assert_eq!(Message::JoinPrune(message).judge(ALL_PIM_ROUTERS), Ok(()));
}

#[test]
fn rfc7761_4_9_1_a_bad_source_spoils_the_message() {
    let good = Source::new(EntryKind::Sg, SOURCE);
    let judge = |bad: Source| {
        let sources = [good, bad];
        let [some, none] = [List::new(&sources, &DIALECT), List::default()];
        let judged = [(some, none), (none, some)].map(|(joined, pruned)| {
            let set = [GroupSet { group: Group::single(GROUP), joined, pruned }];
            let message = JoinPrune { upstream: SOURCE, holdtime: 0, groups: List::new(&set, &DIALECT) };
            Message::JoinPrune(message).judge(ALL_PIM_ROUTERS)
        });
        assert_eq!(judged[0], judged[1]);
        judged[0]
    };
    for kind in [EntryKind::Sg, EntryKind::SgRpt, EntryKind::StarG] {
        assert_eq!(judge(Source::new(kind, SOURCE)), Ok(()));
        assert_eq!(Source::new(kind, SOURCE).kind(), kind);
    }
    for mask_len in [0, 64, 127, 129] {
        assert_eq!(judge(Source { mask_len, ..good }), Err(Fault::SourceMask(mask_len)));
    }
    let wildcard = Source { flags: SourceFlags::WILDCARD | SourceFlags::SPARSE, ..good };
    assert_eq!(judge(wildcard), Err(Fault::WildcardWithoutRpt(SOURCE)));
    for address in [GROUP, Addr::UNSPECIFIED] {
        assert_eq!(judge(Source { address, ..good }), Err(Fault::SourceNotUnicast(address)));
    }
    // S is a relic, and reserved bits are ignored.
    assert_eq!(judge(Source { flags: SourceFlags::from_bits_retain(0xf8), ..good }), Ok(()));
}

#[test]
fn rfc7761_4_9_5_the_upstream_neighbour_is_one_node_or_the_only_one() {
    let judge = |upstream| {
        Message::JoinPrune(JoinPrune { upstream, holdtime: 0, groups: List::default() })
            .judge(ALL_PIM_ROUTERS)
    };
    assert_eq!((judge(SOURCE), judge(Addr::UNSPECIFIED)), (Ok(()), Ok(())));
    assert_eq!(judge(GROUP), Err(Fault::UpstreamNotUnicast(GROUP)));
}

#[test]
fn rfc7761_4_9_6_an_assert_and_a_register_stop_are_for_one_group() {
    let judge = |group, source| {
        let assert = Assert { group, source, ..Assert::cancel(GROUP, SOURCE) };
        let judged = Message::Assert(assert).judge(ALL_PIM_ROUTERS);
        let stop = Message::RegisterStop(RegisterStop { group, source });
        assert_eq!(stop.judge(Ipv6Addr::LOCALHOST), judged);
        judged
    };
    let single = Group::single(GROUP);
    assert_eq!((judge(single, SOURCE), judge(single, Addr::UNSPECIFIED)), (Ok(()), Ok(())));
    assert_eq!(judge(single, GROUP), Err(Fault::SourceNotUnicast(GROUP)));
    assert_eq!(judge(Group::range(GROUP, 127), SOURCE), Err(Fault::GroupMask(127)));
    assert_eq!(judge(Group::single(SOURCE), SOURCE), Err(Fault::GroupNotMulticast(SOURCE)));
}

#[test]
fn rfc7761_4_9_reserved_bits_are_ignored() {
    let set = [&encoded(0x7e, &GROUP.0)[..], &[0, 0, 0, 0]].concat();
    let mut octets = join_prune(1, &[&set]);
    octets[1] = 0xff;
    octets[22] = 0xff;
    let plain = [&encoded(0, &GROUP.0)[..], &[0, 0, 0, 0]].concat();
    assert_eq!(parse(&octets), parse(&join_prune(1, &[&plain])));
    let register = |reserved| [0x21, 0, 0, 0, 0x40 | reserved, reserved, reserved, reserved, 7];
    assert_eq!(parse(&register(0x3f)), parse(&register(0)));
}
