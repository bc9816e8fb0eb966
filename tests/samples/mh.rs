//! Samples of the Mobility Header.

use multimob::wire::fields::Row;
use multimob::wire::mh::option::{
    AccessTechnology, CareOfAddress, HandoffIndicator, HomeNetworkPrefix, LinkLayerId, MnIdentifier,
    MulticastState, QueriedHomeAddress, Timestamp,
};
use multimob::wire::mh::{
    AckFlags, BindingAck, BindingUpdate, Meaning, Message, Mh, MobilityOption, Status, UpdateFlags,
};
use multimob::wire::mld::{Record, RecordType};
use multimob::wire::{Addr, Addr4, Dialect, Encode, FlagDialect, Item, List, OptionTypes, igmp};

use super::fields::ReadOut;
use super::{Samples, Visit, items, messages, octets, options};

/// Dialects that read options in different ways.
const DIALECTS: [Dialect; 4] = [
    Dialect::DEFAULT,
    Dialect { accept_raw_pbu_m: true, ..Dialect::with_flags(FlagDialect::AsaedaC) },
    Dialect { accept_raw_pbu_m: true, ..Dialect::with_flags(FlagDialect::Discriminated) },
    Dialect {
        options: OptionTypes { multicast_state: 143, care_of_address: 71, queried_home_address: 255 },
        accept_raw_pbu_m: true,
        ..Dialect::with_flags(FlagDialect::RELOCATED)
    },
];

impl Samples for Mh {
    fn each(visit: &mut Visit<'_, Self>) {
        for dialect in &DIALECTS {
            empty(dialect, visit);
            one_option_each(dialect, visit);
            registrations(dialect, visit);
        }
        largest(&Dialect::DEFAULT, visit);
        messages::each(&Dialect::DEFAULT, visit);
    }

    fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        let message = match view {
            Message::Unknown(raw) => return visit(Message::other(raw.kind(), raw.data()).unwrap(), dialect),
            message => message,
        };
        let mut values = ReadOut::new(dialect);
        assert!(message.show(&mut |name, value| values.keep(name, value)));
        let Ok(octets) = Message::build(message.name(), &mut values);
        assert!(values.is_used_up(), "{message:?}");
        let octets = octets.unwrap();
        let again = Message::parse(&octets, dialect).unwrap();

        let options = message.options().unwrap_or_default();
        let bodies: Vec<(u8, Vec<u8>)> = items(options)
            .into_iter()
            .map(|option| (option.kind(dialect), rebuilt(&option, dialect)))
            .collect();
        let rebuilt: Vec<MobilityOption<'_>> =
            bodies.iter().map(|(kind, body)| MobilityOption::other(*kind, body, dialect).unwrap()).collect();
        visit(again.with_options(List::new(&rebuilt, dialect)), dialect);
    }

    fn shorten<'a: 'b, 'b>(view: Message<'a>) -> Message<'b> {
        view
    }
}

/// The body of an option from every value read out of it.
fn rebuilt(option: &MobilityOption<'_>, dialect: &Dialect) -> Vec<u8> {
    let mut values = ReadOut::new(dialect);
    match option {
        MobilityOption::Unknown(raw) => raw.body().to_vec(),
        MobilityOption::Malformed(raw) => raw.body().to_vec(),
        known => {
            assert!(known.show(&mut |name, value| values.keep(name, value)));
            let kind = known.kind(dialect);
            let Ok(body) = MobilityOption::build(kind, dialect, &mut values);
            assert!(values.is_used_up(), "{known:?}");
            body.unwrap()
        }
    }
}

fn empty(dialect: &Dialect, visit: &mut Visit<'_, Mh>) {
    let options = List::default();
    for bits in [0, 0x8200, 0x8300, 0xffff] {
        let flags = UpdateFlags::from_bits_retain(bits);
        visit(Message::BindingUpdate(BindingUpdate { sequence: 7, flags, lifetime: 300, options }), dialect);
    }
    for (status, bits) in [(Status::ACCEPTED, 0), (Status::UNSPECIFIED, 0x30), (Status(255), 0xff)] {
        let flags = AckFlags::from_bits_retain(bits);
        visit(Message::BindingAck(BindingAck { status, flags, sequence: 8, lifetime: 0, options }), dialect);
    }
    for (kind, data) in
        [(24, &[0, 0][..]), (99, &[1; 18]), (16, &[3; 10]), (21, &[0; 10]), (255, &[0xff; 10])]
    {
        visit(Message::other(kind, data).unwrap(), dialect);
    }
}

/// Every option by itself, then a few together.
fn one_option_each(dialect: &Dialect, visit: &mut Visit<'_, Mh>) {
    let addr = Addr(octets("2001:db8:2::2"));
    let sources = [octets("2001:db8:5::5"), octets("2001:db8:5::6")];
    let record = |kind, sources| Record { kind, group: Addr(octets("ff3e::8000:1")), sources, aux: &[] };
    let records = [
        record(RecordType::ALLOW, &sources),
        record(RecordType::TO_EX, &[]),
        record(RecordType(dialect.hold.include), &sources[..1]),
    ];
    let (group, sources4) = (Addr4([232, 1, 2, 3]), [[198, 51, 100, 5], [198, 51, 100, 6]]);
    let igmp_records = [
        igmp::Record { kind: RecordType::ALLOW, group, sources: &sources4, aux: &[] },
        igmp::Record { kind: RecordType::TO_EX, group, sources: &[], aux: &[] },
    ];
    let other = |kind, body| MobilityOption::other(kind, body, dialect).unwrap();
    let bodies: Vec<(u8, Vec<u8>)> =
        options::GOOD.iter().chain(options::BAD).map(|(kind, body)| (*kind, options::octets(body))).collect();
    let mut options = vec![
        MobilityOption::MulticastState(MulticastState::Mld(List::default())),
        MobilityOption::MulticastState(MulticastState::Mld(List::new(&records, dialect))),
        MobilityOption::CareOfAddress(CareOfAddress { address: addr }),
        MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: addr }),
        other(0x99, &[0, 9]),
        other(0x9a, &[]),
        other(60, &[1, 2, 3, 4, 5, 6]),
        other(143, &[]),
        other(143, &[0xaa; 22]),
        MobilityOption::MulticastState(MulticastState::Igmp(Row::new(&igmp_records))),
        other(dialect.options.multicast_state, &[0x22, 0, 0, 0, 0, 0, 0, 0]),
        other(dialect.options.multicast_state, &[0x22, 0, 0, 0, 0, 0, 0, 1, 5, 0]),
        other(dialect.options.multicast_state, &[0x16, 0, 0, 0, 0, 0, 0, 0]),
        other(dialect.options.multicast_state, &[143, 0, 0, 0, 0, 0, 0, 1, 5, 0]),
        other(dialect.options.care_of_address, &[]),
        other(dialect.options.queried_home_address, &[0; 17]),
    ];
    options.extend(bodies.iter().map(|(kind, body)| other(*kind, body)));
    for at in 0..options.len() {
        visit(pbu_m(&options[at..=at], dialect), dialect);
    }
    // Nothing may stand behind authorization data.
    let (last, others): (Vec<_>, Vec<_>) = options.into_iter().partition(Item::is_last);
    for (chunk, last) in others.chunks(5).zip(last.into_iter().map(Some).chain(core::iter::repeat(None))) {
        let chunk: Vec<MobilityOption<'_>> = chunk.iter().copied().chain(last).collect();
        let (status, flags) = (Status::ACCEPTED, AckFlags::PROXY);
        let options = List::new(&chunk, dialect);
        visit(Message::BindingAck(BindingAck { status, flags, sequence: 1, lifetime: 1, options }), dialect);
    }
}

/// What travels between a MAG and its LMA, with every meaning.
fn registrations(dialect: &Dialect, visit: &mut Visit<'_, Mh>) {
    let record = Record {
        kind: RecordType::ALLOW,
        group: Addr(octets("ff3e::8000:1")),
        sources: &[octets("2001:db8:5::5")],
        aux: &[],
    };
    let records = [record];
    let registration = [
        MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: b"mn1@example.net" }),
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
            length: 64,
            prefix: Addr(octets("2001:db8:1::")),
        }),
        MobilityOption::HandoffIndicator(HandoffIndicator::SAME_INTERFACE),
        MobilityOption::AccessTechnology(AccessTechnology::IEEE_802_11),
        MobilityOption::Timestamp(Timestamp(1_300_000_000 << 16)),
        MobilityOption::MulticastState(MulticastState::Mld(List::new(&records, dialect))),
        MobilityOption::MulticastState(MulticastState::Mld(List::new(&records, dialect))),
    ];
    let query = [
        MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: Addr(octets("2001:db8:2::2")) }),
        MobilityOption::CareOfAddress(CareOfAddress { address: Addr(octets("2001:db8:a::2")) }),
    ];
    for (meaning, options) in [
        (Meaning::Binding, &registration[..0]),
        (Meaning::Proxy, &registration[..5]),
        (Meaning::ProxyMulticast, &registration[..]),
        (Meaning::ProxyQuery, &query[..1]),
    ] {
        let options = List::new(options, dialect);
        let flags = BindingUpdate::flags_for(meaning, dialect);
        visit(Message::BindingUpdate(BindingUpdate { sequence: 7, flags, lifetime: 300, options }), dialect);
        let (status, flags) = (Status::ACCEPTED, BindingAck::flags_for(meaning, dialect));
        visit(
            Message::BindingAck(BindingAck { status, flags, sequence: 7, lifetime: 300, options }),
            dialect,
        );
    }
    let (status, flags) = (Status::ACCEPTED, BindingAck::flags_for(Meaning::ProxyQuery, dialect));
    let options = List::new(&query, dialect);
    visit(Message::BindingAck(BindingAck { status, flags, sequence: 8, lifetime: 75, options }), dialect);
}

fn largest(dialect: &Dialect, visit: &mut Visit<'_, Mh>) {
    visit(Message::other(200, &[1; Message::MAX_LEN - 6]).unwrap(), dialect);

    for option in [
        MobilityOption::MnIdentifier(MnIdentifier { subtype: 0, id: &[0xee; 254] }),
        MobilityOption::LinkLayerId(LinkLayerId { octets: &[7; 253] }),
        MobilityOption::other(254, &[0x55; 255], dialect).unwrap(),
        MobilityOption::other(dialect.options.care_of_address, &[0; 255], dialect).unwrap(),
    ] {
        visit(pbu_m(&[option], dialect), dialect);
    }

    let sources = [[0x20; 16]; 14];
    let group = Addr(octets("ff3e::8000:1"));
    let most_sources = [Record { kind: RecordType::ALLOW, group, sources: &sources, aux: &[] }];
    let most_records = [Record { sources: &[], kind: RecordType::TO_EX, ..most_sources[0] }; 12];
    let (group, sources4) = (Addr4([232, 1, 2, 3]), [[198, 51, 100, 5]; 59]);
    let most_igmp_sources = [igmp::Record { kind: RecordType::ALLOW, group, sources: &sources4, aux: &[] }];
    let most_igmp_records =
        [igmp::Record { sources: &[], kind: RecordType::TO_EX, ..most_igmp_sources[0] }; 30];
    let mut options = vec![
        MobilityOption::MulticastState(MulticastState::Mld(List::new(&most_sources, dialect))),
        MobilityOption::MulticastState(MulticastState::Mld(List::new(&most_records, dialect))),
        MobilityOption::MulticastState(MulticastState::Igmp(Row::new(&most_igmp_sources))),
        MobilityOption::MulticastState(MulticastState::Igmp(Row::new(&most_igmp_records))),
    ];
    visit(pbu_m(&options, dialect), dialect);
    options.extend([MobilityOption::other(254, &[0x55; 255], dialect).unwrap(); 3]);
    let len = pbu_m(&options, dialect).encoded_len();
    let filler = vec![0x55; Message::MAX_LEN - len - 2];
    options.push(MobilityOption::other(199, &filler, dialect).unwrap());
    let message = pbu_m(&options, dialect);
    assert_eq!(message.encoded_len(), Message::MAX_LEN);
    visit(message, dialect);
}

fn pbu_m<'a>(options: &'a [MobilityOption<'a>], dialect: &Dialect) -> Message<'a> {
    let flags = BindingUpdate::flags_for(Meaning::ProxyMulticast, dialect);
    let options = List::new(options, dialect);
    Message::BindingUpdate(BindingUpdate { sequence: 1, flags, lifetime: 1, options })
}
