//! Samples of the Mobility Header.

use multimob::wire::mh::option::{AccessTechnology, HandoffIndicator};
use multimob::wire::mh::{
    AckFlags, BindingAck, BindingUpdate, Meaning, Message, Mh, MobilityOption, Status, UpdateFlags,
};
use multimob::wire::mld::{Record, RecordType};
use multimob::wire::{Addr, Dialect, Encode, FlagDialect, List, OptionTypes};
use proptest::prelude::*;

use super::mld::RecordParts;
use super::{Samples, Visit, octets};

/// What a random message is built from.
#[derive(Clone, Debug)]
pub struct Parts {
    dialect: usize,
    message: MessageParts,
}

#[derive(Clone, Debug)]
enum MessageParts {
    Update { sequence: u16, flags: u16, lifetime: u16, options: Vec<OptionParts> },
    Ack { status: u8, flags: u8, sequence: u16, lifetime: u16, options: Vec<OptionParts> },
    Other { kind: u8, data: Vec<u8> },
}

#[derive(Clone, Debug)]
enum OptionParts {
    MnIdentifier(u8, Vec<u8>),
    HomeNetworkPrefix(u8, [u8; 16]),
    HandoffIndicator(u8),
    AccessTechnology(u8),
    LinkLayerId(Vec<u8>),
    LinkLocalAddress([u8; 16]),
    Timestamp(u64),
    MulticastState(Vec<RecordParts>),
    CareOfAddress([u8; 16]),
    QueriedHomeAddress([u8; 16]),
    /// Any type with any body: known, malformed or unknown.
    Other(u8, Vec<u8>),
}

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
    type Parts = Parts;

    fn each(visit: &mut Visit<'_, Self>) {
        for dialect in &DIALECTS {
            empty(dialect, visit);
            one_option_each(dialect, visit);
            registrations(dialect, visit);
        }
        largest(&Dialect::DEFAULT, visit);
    }

    fn parts() -> BoxedStrategy<Parts> {
        let options = || prop::collection::vec(option(), 0..7);
        let update = (any::<u16>(), any::<u16>(), any::<u16>(), options()).prop_map(
            |(sequence, flags, lifetime, options)| MessageParts::Update {
                sequence,
                flags,
                lifetime,
                options,
            },
        );
        let ack = (any::<u8>(), any::<u8>(), any::<u16>(), any::<u16>(), options()).prop_map(
            |(status, flags, sequence, lifetime, options)| MessageParts::Ack {
                status,
                flags,
                sequence,
                lifetime,
                options,
            },
        );
        let kind = any::<u8>().prop_filter("no type of its own", |kind| !matches!(kind, 5 | 6));
        let other = (kind, 0..8usize, any::<[u8; 58]>()).prop_map(|(kind, words, data)| {
            MessageParts::Other { kind, data: data[..2 + 8 * words].to_vec() }
        });
        let message = prop_oneof![3 => update, 3 => ack, 1 => other];
        (0..DIALECTS.len(), message).prop_map(|(dialect, message)| Parts { dialect, message }).boxed()
    }

    fn build(parts: &Parts, visit: &mut Visit<'_, Self>) {
        let dialect = &DIALECTS[parts.dialect];
        match &parts.message {
            &MessageParts::Update { sequence, flags, lifetime, ref options } => {
                with_options(options, dialect, &mut |options| {
                    let flags = UpdateFlags::from_bits_retain(flags);
                    visit(
                        Message::BindingUpdate(BindingUpdate { sequence, flags, lifetime, options }),
                        dialect,
                    );
                });
            }
            &MessageParts::Ack { status, flags, sequence, lifetime, ref options } => {
                with_options(options, dialect, &mut |options| {
                    let (status, flags) = (Status(status), AckFlags::from_bits_retain(flags));
                    visit(
                        Message::BindingAck(BindingAck { status, flags, sequence, lifetime, options }),
                        dialect,
                    );
                });
            }
            MessageParts::Other { kind, data } => visit(Message::other(*kind, data).unwrap(), dialect),
        }
    }

    fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        let options = match view {
            Message::BindingUpdate(update) => update.options,
            Message::BindingAck(ack) => ack.options,
            Message::Unknown(raw) => return visit(Message::other(raw.kind(), raw.data()).unwrap(), dialect),
            other => unreachable!("no sample of {other:?}"),
        };
        let values: Vec<MobilityOption<'_>> = options.iter().collect();
        let records: Vec<Vec<Record<'_>>> = values
            .iter()
            .map(|value| match value {
                MobilityOption::MulticastState(records) => records.iter().collect(),
                _ => Vec::new(),
            })
            .collect();
        let rebuilt: Vec<MobilityOption<'_>> = values
            .iter()
            .zip(&records)
            .map(|(value, records)| match value {
                MobilityOption::MulticastState(_) => {
                    MobilityOption::MulticastState(List::new(records, dialect))
                }
                MobilityOption::Unknown(raw) => {
                    MobilityOption::other(raw.kind(), raw.body(), dialect).unwrap()
                }
                MobilityOption::Malformed(raw) => {
                    MobilityOption::other(raw.kind(), raw.body(), dialect).unwrap()
                }
                other => *other,
            })
            .collect();
        let options = List::new(&rebuilt, dialect);
        match view {
            Message::BindingUpdate(update) => {
                visit(Message::BindingUpdate(BindingUpdate { options, ..update }), dialect);
            }
            Message::BindingAck(ack) => visit(Message::BindingAck(BindingAck { options, ..ack }), dialect),
            other => unreachable!("{other:?} has no options"),
        }
    }

    fn shorten<'a: 'b, 'b>(view: Message<'a>) -> Message<'b> {
        view
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
    for (kind, data) in [(0, &[0, 0][..]), (7, &[1; 18]), (22, &[0; 2]), (255, &[0xff; 10])] {
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
    let other = |kind, body| MobilityOption::other(kind, body, dialect).unwrap();
    let options = [
        MobilityOption::MnIdentifier { subtype: 1, id: b"mn1@example.net" },
        MobilityOption::MnIdentifier { subtype: 1, id: &[] },
        MobilityOption::HomeNetworkPrefix { len: 64, prefix: Addr(octets("2001:db8:1::")) },
        MobilityOption::HomeNetworkPrefix { len: 0, prefix: Addr::UNSPECIFIED },
        MobilityOption::HomeNetworkPrefix { len: 128, prefix: addr },
        MobilityOption::HandoffIndicator(HandoffIndicator::SAME_INTERFACE),
        MobilityOption::AccessTechnology(AccessTechnology(200)),
        MobilityOption::LinkLayerId(&[]),
        MobilityOption::LinkLayerId(&[2]),
        MobilityOption::LinkLayerId(&[2, 0, 0, 4]),
        MobilityOption::LinkLayerId(&[2, 0, 0, 0, 0, 1]),
        MobilityOption::LinkLayerId(&[2, 0, 0, 0xff, 0xfe, 0, 0, 1]),
        MobilityOption::LinkLocalAddress(Addr(octets("fe80::1"))),
        MobilityOption::Timestamp(1_300_000_000 << 16),
        MobilityOption::MulticastState(List::default()),
        MobilityOption::MulticastState(List::new(&records, dialect)),
        MobilityOption::CareOfAddress(addr),
        MobilityOption::QueriedHomeAddress(addr),
        other(2, &[0, 9]),
        other(33, &[]),
        other(60, &[1, 2, 3, 4, 5, 6]),
        other(61, &[0, 1]),
        other(143, &[]),
        other(143, &[0xaa; 22]),
        other(8, &[]),
        other(22, &[0; 17]),
        other(22, &[0xff; 18]),
        other(23, &[3]),
        other(24, &[0, 4, 0]),
        other(25, &[0]),
        other(26, &[0; 15]),
        other(27, &[0; 9]),
        other(dialect.options.multicast_state, &[0x22, 0, 0, 0, 0, 0, 0, 0]),
        other(dialect.options.multicast_state, &[143, 0, 0, 0, 0, 0, 0, 1, 5, 0]),
        other(dialect.options.care_of_address, &[]),
        other(dialect.options.queried_home_address, &[0; 17]),
    ];
    for at in 0..options.len() {
        visit(pbu_m(&options[at..=at], dialect), dialect);
    }
    for chunk in options.chunks(5) {
        let (status, flags) = (Status::ACCEPTED, AckFlags::PROXY);
        let options = List::new(chunk, dialect);
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
        MobilityOption::MnIdentifier { subtype: 1, id: b"mn1@example.net" },
        MobilityOption::HomeNetworkPrefix { len: 64, prefix: Addr(octets("2001:db8:1::")) },
        MobilityOption::HandoffIndicator(HandoffIndicator::SAME_INTERFACE),
        MobilityOption::AccessTechnology(AccessTechnology::IEEE_802_11),
        MobilityOption::Timestamp(1_300_000_000 << 16),
        MobilityOption::MulticastState(List::new(&records, dialect)),
        MobilityOption::MulticastState(List::new(&records, dialect)),
    ];
    let query = [
        MobilityOption::QueriedHomeAddress(Addr(octets("2001:db8:2::2"))),
        MobilityOption::CareOfAddress(Addr(octets("2001:db8:a::2"))),
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
        MobilityOption::MnIdentifier { subtype: 0, id: &[0xee; 254] },
        MobilityOption::LinkLayerId(&[7; 253]),
        MobilityOption::other(254, &[0x55; 255], dialect).unwrap(),
        MobilityOption::other(dialect.options.care_of_address, &[0; 255], dialect).unwrap(),
    ] {
        visit(pbu_m(&[option], dialect), dialect);
    }

    let sources = [[0x20; 16]; 14];
    let group = Addr(octets("ff3e::8000:1"));
    let most_sources = [Record { kind: RecordType::ALLOW, group, sources: &sources, aux: &[] }];
    let most_records = [Record { sources: &[], kind: RecordType::TO_EX, ..most_sources[0] }; 12];
    let mut options = vec![
        MobilityOption::MulticastState(List::new(&most_sources, dialect)),
        MobilityOption::MulticastState(List::new(&most_records, dialect)),
    ];
    visit(pbu_m(&options, dialect), dialect);
    options.extend([MobilityOption::other(254, &[0x55; 255], dialect).unwrap(); 5]);
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

fn option() -> impl Strategy<Value = OptionParts> {
    let octets = |most| prop::collection::vec(any::<u8>(), 0..=most);
    let addr = any::<[u8; 16]>;
    let records = prop::collection::vec(RecordParts::strategy(), 0..4).prop_map(|mut records| {
        let len = |record: &RecordParts| record.record().encoded_len();
        while records.iter().map(len).sum::<usize>() > 247 {
            records.pop();
        }
        records
    });
    let other = (2..=255u8, octets(40)).prop_map(|(kind, mut body)| {
        if matches!(kind, 60 | 61) {
            body.resize(2 + body.len() / 4 * 4, 0);
        }
        OptionParts::Other(kind, body)
    });
    prop_oneof![
        (any::<u8>(), octets(254)).prop_map(|(subtype, id)| OptionParts::MnIdentifier(subtype, id)),
        (0..=128u8, addr()).prop_map(|(len, prefix)| OptionParts::HomeNetworkPrefix(len, prefix)),
        any::<u8>().prop_map(OptionParts::HandoffIndicator),
        any::<u8>().prop_map(OptionParts::AccessTechnology),
        octets(20).prop_map(OptionParts::LinkLayerId),
        addr().prop_map(OptionParts::LinkLocalAddress),
        any::<u64>().prop_map(OptionParts::Timestamp),
        records.prop_map(OptionParts::MulticastState),
        addr().prop_map(OptionParts::CareOfAddress),
        addr().prop_map(OptionParts::QueriedHomeAddress),
        other.clone(),
        other,
        octets(30).prop_map(|body| OptionParts::Other(143, body)),
    ]
}

fn with_options(
    parts: &[OptionParts],
    dialect: &Dialect,
    visit: &mut dyn FnMut(List<'_, MobilityOption<'_>>),
) {
    let records: Vec<Vec<Record<'_>>> = parts
        .iter()
        .map(|part| match part {
            OptionParts::MulticastState(parts) => parts.iter().map(RecordParts::record).collect(),
            _ => Vec::new(),
        })
        .collect();
    let options: Vec<MobilityOption<'_>> = parts
        .iter()
        .zip(&records)
        .map(|(part, records)| match part {
            OptionParts::MnIdentifier(subtype, id) => MobilityOption::MnIdentifier { subtype: *subtype, id },
            &OptionParts::HomeNetworkPrefix(len, prefix) => {
                MobilityOption::HomeNetworkPrefix { len, prefix: Addr(prefix) }
            }
            &OptionParts::HandoffIndicator(code) => MobilityOption::HandoffIndicator(HandoffIndicator(code)),
            &OptionParts::AccessTechnology(code) => MobilityOption::AccessTechnology(AccessTechnology(code)),
            OptionParts::LinkLayerId(id) => MobilityOption::LinkLayerId(id),
            &OptionParts::LinkLocalAddress(addr) => MobilityOption::LinkLocalAddress(Addr(addr)),
            &OptionParts::Timestamp(stamp) => MobilityOption::Timestamp(stamp),
            OptionParts::MulticastState(_) => MobilityOption::MulticastState(List::new(records, dialect)),
            &OptionParts::CareOfAddress(addr) => MobilityOption::CareOfAddress(Addr(addr)),
            &OptionParts::QueriedHomeAddress(addr) => MobilityOption::QueriedHomeAddress(Addr(addr)),
            OptionParts::Other(kind, body) => MobilityOption::other(*kind, body, dialect).unwrap(),
        })
        .collect();
    visit(List::new(&options, dialect));
}
