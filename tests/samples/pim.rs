//! Samples of PIM.

use multimob::wire::pim::{
    Assert, Bootstrap, CandidateRp, DummyPacket, EntryKind, Group, GroupRange, GroupSet, Hello, HelloOption,
    JoinPrune, LanPruneDelay, Message, MessageType, OptionType, Pim, Register, RegisterStop, Rp, Source,
    SourceFlags, Unicast,
};
use multimob::wire::{Addr, Dialect, List};

use super::{Samples, Visit, items, octets};

const DIALECT: &Dialect = &Dialect::DEFAULT;

impl Samples for Pim {
    fn each(visit: &mut Visit<'_, Self>) {
        hellos(visit);
        registers(visit);
        join_prunes(visit);
        asserts(visit);
        bootstraps(visit);
        for kind in [6, 7, 9, 10, 11, 12, 13, 15] {
            let (flags, data) = if kind == 15 { (0xff, &[][..]) } else { (kind, &[0xc3; 27][..]) };
            visit(Message::other(MessageType(kind), flags, data).unwrap(), DIALECT);
        }
    }

    fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        match view {
            Message::Hello(Hello { options }) => {
                let values: Vec<HelloOption<'_>> = items(options);
                let addresses: Vec<Vec<Unicast>> = values
                    .iter()
                    .map(|option| match option {
                        HelloOption::AddressList(addresses) => items(*addresses),
                        _ => Vec::new(),
                    })
                    .collect();
                let options: Vec<HelloOption<'_>> = values
                    .iter()
                    .zip(&addresses)
                    .map(|(option, addresses)| rebuild_option(option, addresses, dialect))
                    .collect();
                visit(Message::Hello(Hello { options: List::new(&options, dialect) }), dialect);
            }
            Message::JoinPrune(message) => {
                let sets: Vec<(Group, Vec<Source>, Vec<Source>)> = items(message.groups)
                    .into_iter()
                    .map(|set| (set.group, items(set.joined), items(set.pruned)))
                    .collect();
                let groups: Vec<GroupSet<'_>> = sets
                    .iter()
                    .map(|(group, joined, pruned)| GroupSet {
                        group: *group,
                        joined: List::new(joined, dialect),
                        pruned: List::new(pruned, dialect),
                    })
                    .collect();
                visit(
                    Message::JoinPrune(JoinPrune { groups: List::new(&groups, dialect), ..message }),
                    dialect,
                );
            }
            Message::Bootstrap(bootstrap) => {
                let rps: Vec<Vec<Rp>> =
                    items(bootstrap.ranges).into_iter().map(|range| items(range.rps)).collect();
                let ranges: Vec<GroupRange<'_>> = bootstrap
                    .ranges
                    .iter()
                    .zip(&rps)
                    .map(|(range, rps)| GroupRange { rps: List::new(rps, dialect), ..range })
                    .collect();
                visit(
                    Message::Bootstrap(Bootstrap { ranges: List::new(&ranges, dialect), ..bootstrap }),
                    dialect,
                );
            }
            Message::CandidateRp(candidate) => {
                let groups: Vec<Group> = items(candidate.groups);
                let groups = List::new(&groups, dialect);
                visit(Message::CandidateRp(CandidateRp { groups, ..candidate }), dialect);
            }
            Message::Unknown(raw) => {
                visit(Message::other(raw.kind(), raw.flags(), raw.data()).unwrap(), dialect);
            }
            // The others are nothing but fields.
            other => visit(other, dialect),
        }
    }

    fn shorten<'a: 'b, 'b>(view: Message<'a>) -> Message<'b> {
        view
    }
}

fn rebuild_option<'a>(
    option: &HelloOption<'a>,
    addresses: &'a [Unicast],
    dialect: &Dialect,
) -> HelloOption<'a> {
    match option {
        HelloOption::AddressList(_) => HelloOption::AddressList(List::new(addresses, dialect)),
        HelloOption::Unknown(raw) => HelloOption::other(raw.kind(), raw.body(), dialect),
        HelloOption::Malformed(raw) => HelloOption::other(raw.kind(), raw.body(), dialect),
        other => *other,
    }
}

fn addr(text: &str) -> Addr {
    Addr(octets(text))
}

fn hellos(visit: &mut Visit<'_, Pim>) {
    let addresses = [Unicast(addr("2001:db8:a::1")), Unicast(addr("2001:db8:a::2"))];
    let many = [addresses[0]; 20];
    let delay = |tracking, propagation_ms, override_ms| {
        HelloOption::LanPruneDelay(LanPruneDelay { tracking, propagation_ms, override_ms })
    };
    let other = |kind, body| HelloOption::other(OptionType(kind), body, DIALECT);
    let options = [
        HelloOption::Holdtime(Hello::HOLDTIME),
        HelloOption::Holdtime(0),
        HelloOption::Holdtime(Hello::FOREVER),
        delay(false, 500, 2_500),
        delay(true, 0x7fff, u16::MAX),
        HelloOption::DrPriority(1),
        HelloOption::DrPriority(u32::MAX),
        HelloOption::GenerationId(0xdead_beef),
        HelloOption::AddressList(List::default()),
        HelloOption::AddressList(List::new(&addresses, DIALECT)),
        HelloOption::AddressList(List::new(&many, DIALECT)),
        other(22, &[]),
        other(17, &[1, 2, 3, 4]),
        other(u16::MAX, &[0xee; 300]),
        other(0, &[7]),
        // Malformed, each in its way.
        other(1, &[0]),
        other(2, &[0; 5]),
        other(19, &[]),
        other(20, &[1; 8]),
        other(24, &[1, 0, 192, 0, 2, 1]),
        other(24, &[2, 0, 0x20, 1]),
        other(24, &[2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ];
    visit(Message::Hello(Hello::default()), DIALECT);
    for at in 0..options.len() {
        visit(Message::Hello(Hello { options: List::new(&options[at..=at], DIALECT) }), DIALECT);
    }
    visit(Message::Hello(Hello { options: List::new(&options, DIALECT) }), DIALECT);
}

fn registers(visit: &mut Visit<'_, Pim>) {
    let (source, group) = (addr("2001:db8:5::5"), addr("ff1e::1234"));
    let dummy = DummyPacket { source, group }.octets();
    visit(Message::Register(Register::null(&dummy)), DIALECT);
    visit(Message::Register(Register { border: true, ..Register::null(&dummy[..40]) }), DIALECT);
    let mut packet = dummy.to_vec();
    packet[6] = 17;
    packet[5] = 11;
    packet.extend([0xab; 7]);
    for packet in [&packet, &packet[..1], &[]] {
        visit(Message::Register(Register::data(packet)), DIALECT);
    }
    for source in [source, Addr::UNSPECIFIED] {
        visit(Message::RegisterStop(RegisterStop { group: Group::single(group), source }), DIALECT);
    }
}

fn join_prunes(visit: &mut Visit<'_, Pim>) {
    let upstream = addr("fe80::2");
    let (source, rp) = (addr("2001:db8:5::5"), addr("2001:db8:c::1"));
    let sources = [
        Source::new(EntryKind::StarG, rp),
        Source::new(EntryKind::SgRpt, source),
        Source::new(EntryKind::Sg, source),
        Source { flags: SourceFlags::from_bits_retain(0xff), mask_len: 0, address: Addr::UNSPECIFIED },
    ];
    let groups = [
        Group::single(addr("ff3e::8000:1")),
        Group::single(addr("ff1e::1234")),
        Group { bidirectional: true, zone: true, ..Group::range(addr("ff00::"), 8) },
    ];
    visit(Message::JoinPrune(JoinPrune { upstream, holdtime: 0, groups: List::default() }), DIALECT);
    for (joined, pruned) in [(0, 0), (1, 0), (0, 1), (1, 2), (4, 4)] {
        let set = |group| GroupSet {
            group,
            joined: List::new(&sources[..joined], DIALECT),
            pruned: List::new(&sources[..pruned], DIALECT),
        };
        let sets = groups.map(set);
        for (len, holdtime) in [(1, 210), (3, JoinPrune::FOREVER)] {
            let groups = List::new(&sets[..len], DIALECT);
            visit(Message::JoinPrune(JoinPrune { upstream, holdtime, groups }), DIALECT);
        }
    }
}

fn asserts(visit: &mut Visit<'_, Pim>) {
    let (source, group) = (addr("2001:db8:5::5"), addr("ff1e::1234"));
    visit(Message::Assert(Assert::cancel(group, source)), DIALECT);
    let cancel = Assert::cancel(group, Addr::UNSPECIFIED);
    visit(Message::Assert(cancel), DIALECT);
    for (rpt, preference, metric) in [(false, 0, 0), (false, 110, 20), (true, 0x7fff_ffff, 1)] {
        let group = Group::single(group);
        visit(Message::Assert(Assert { group, source, rpt, preference, metric }), DIALECT);
    }
}

fn bootstraps(visit: &mut Visit<'_, Pim>) {
    let bsr = addr("2001:db8:c::1");
    let rp = Rp { address: addr("2001:db8:c::2"), holdtime: 150, priority: 192 };
    let rps = [rp, Rp { priority: 0, holdtime: u16::MAX, ..rp }];
    let groups = [
        Group { zone: true, ..Group::range(addr("ff15::"), 16) },
        Group::range(addr("ff1e::"), 96),
        Group { bidirectional: true, ..Group::single(addr("ff1e::1234")) },
    ];
    let ranges = [
        GroupRange { group: groups[0], rp_count: 0, rps: List::default() },
        GroupRange { group: groups[1], rp_count: 2, rps: List::new(&rps, DIALECT) },
        GroupRange { group: groups[2], rp_count: u8::MAX, rps: List::new(&rps[..1], DIALECT) },
    ];
    for (no_forward, len) in [(true, 0), (false, 1), (true, 2), (false, 3)] {
        let ranges = List::new(&ranges[..len], DIALECT);
        let (fragment_tag, hash_mask_len, priority) = (0xabcd, 126, 64);
        visit(
            Message::Bootstrap(Bootstrap { no_forward, fragment_tag, hash_mask_len, priority, bsr, ranges }),
            DIALECT,
        );
    }
    for len in 0..=groups.len() {
        let groups = List::new(&groups[..len], DIALECT);
        visit(Message::CandidateRp(CandidateRp { priority: 192, holdtime: 150, rp: bsr, groups }), DIALECT);
    }
}
