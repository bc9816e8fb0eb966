//! Samples of CXTP.

use core::net::Ipv4Addr;

use multimob::wire::cxtp::icmp::{self, CxtpIcmp};
use multimob::wire::cxtp::{
    Activate, ActivateAck, Address, Algorithm, Block, BlockStatus, Cancel, Cxtp, Data, FilterMode, Key,
    ListenerContext, Message, MldContext, PredictiveData, Reply, Request,
};
use multimob::wire::{Addr, Dialect, FeatureTypes, List};

use super::{Samples, Visit, items, octets};

const OTHER_FEATURES: Dialect = Dialect {
    features: FeatureTypes { listener_context: 2, mn_identifier: 0xffff, policy_profile: 0x8001 },
    ..Dialect::DEFAULT
};

impl Samples for Cxtp {
    fn each(visit: &mut Visit<'_, Self>) {
        for dialect in &[Dialect::DEFAULT, OTHER_FEATURES] {
            messages(dialect, visit);
            blocks(dialect, visit);
        }
    }

    fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        rebuild(view, dialect, &mut |message| visit(message, dialect));
    }

    fn shorten<'a: 'b, 'b>(view: Message<'a>) -> Message<'b> {
        view
    }
}

impl Samples for CxtpIcmp {
    fn each(visit: &mut Visit<'_, Self>) {
        messages(&Dialect::DEFAULT, &mut |message, dialect| visit(icmp::Message(message), dialect));
    }

    fn rebuild(view: icmp::Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        rebuild(view.0, dialect, &mut |message| visit(icmp::Message(message), dialect));
    }

    fn shorten<'a: 'b, 'b>(view: icmp::Message<'a>) -> icmp::Message<'b> {
        view
    }
}

fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut dyn FnMut(Message<'_>)) {
    let again = |block| match block {
        Block::Unknown(raw) => Block::other(raw.feature(), raw.flags(), raw.body(), dialect),
        Block::Malformed(raw) => Block::other(raw.feature(), raw.flags(), raw.body(), dialect),
        other => other,
    };
    let blocks: Vec<Block<'_>> = match view {
        Message::Activate(Activate { blocks, .. })
        | Message::Data(Data { blocks, .. })
        | Message::PredictiveData(PredictiveData { blocks, .. })
        | Message::Request(Request { blocks, .. }) => items(blocks).into_iter().map(again).collect(),
        _ => Vec::new(),
    };
    let blocks = List::new(&blocks, dialect);
    // The reserved octet of an entry is the only thing that an entry does not tell.
    let entry = |((feature, status), &[.., reserved]): ((u16, BlockStatus), &[u8; 4])| {
        let [f0, f1, status, _] = status.entry(feature);
        [f0, f1, status, reserved]
    };
    match view {
        Message::Activate(Activate { acknowledge, previous_address, router, sequence, token, .. }) => {
            visit(Message::Activate(Activate {
                acknowledge,
                previous_address,
                router,
                sequence,
                token,
                blocks,
            }));
        }
        Message::ActivateAck(ack) => {
            let statuses: Vec<[u8; 4]> = ack.statuses().zip(ack.statuses).map(entry).collect();
            visit(Message::ActivateAck(ActivateAck { statuses: &statuses, ..ack }));
        }
        Message::Data(Data { acknowledge, elapsed_ms, previous_address, .. }) => {
            visit(Message::Data(Data { acknowledge, elapsed_ms, previous_address, blocks }));
        }
        Message::PredictiveData(data) => {
            let key = Key::of_any_length(data.key.octets());
            let PredictiveData { acknowledge, elapsed_ms, previous_address, algorithm, .. } = data;
            visit(Message::PredictiveData(PredictiveData {
                acknowledge,
                elapsed_ms,
                previous_address,
                algorithm,
                key,
                blocks,
            }));
        }
        Message::Reply(reply) => {
            let statuses: Vec<[u8; 4]> = reply.statuses().zip(reply.statuses).map(entry).collect();
            visit(Message::Reply(Reply { statuses: &statuses, ..reply }));
        }
        Message::Cancel(Cancel { previous_address }) => visit(Message::Cancel(Cancel { previous_address })),
        Message::Request(Request { previous_address, sequence, token, .. }) => {
            visit(Message::Request(Request { previous_address, sequence, token, blocks }));
        }
        Message::Unknown(raw) => {
            visit(Message::other(raw.kind(), raw.flags(), raw.data()).unwrap());
        }
        other => unreachable!("no sample of {other:?}"),
    }
}

/// Every message of either family, its lists empty and not.
fn messages(dialect: &Dialect, visit: &mut Visit<'_, Cxtp>) {
    let v6 = [Address::from(Addr(octets("2001:db8:1::5"))), Addr(octets("2001:db8:a::1")).into()];
    let v4 = [Ipv4Addr::new(192, 0, 2, 5).into(), Ipv4Addr::new(192, 0, 2, 1).into()];
    let wanted = [Block::Wanted(dialect.features.listener_context), Block::Wanted(1)];
    let statuses = [
        BlockStatus::SUCCESS.entry(0x8001),
        BlockStatus::MALFORMED.entry(0x8002),
        BlockStatus(0x42).entry(u16::MAX),
    ];
    let (sequence, token, elapsed_ms) = (0x0102_0304, u32::MAX, 20);
    for [previous_address, router] in [v6, v4] {
        for blocks in [List::default(), List::new(&wanted, dialect)] {
            visit(Message::Request(Request { previous_address, sequence, token, blocks }), dialect);
            for acknowledge in [false, true] {
                let activate = Activate { acknowledge, previous_address, router, sequence, token, blocks };
                visit(Message::Activate(activate), dialect);
                visit(Message::Data(Data { acknowledge, elapsed_ms, previous_address, blocks }), dialect);
                let algorithm = if acknowledge { Algorithm::HMAC_SHA1 } else { Algorithm(0xffff) };
                for key in [&b""[..], b"kkkkkkkkkkkkkkkk", b"odd"] {
                    let key = Key::of_any_length(key);
                    visit(
                        Message::PredictiveData(PredictiveData {
                            acknowledge,
                            elapsed_ms,
                            previous_address,
                            algorithm,
                            key,
                            blocks,
                        }),
                        dialect,
                    );
                }
            }
        }
        visit(Message::Cancel(Cancel { previous_address }), dialect);
        for len in [0, 1, 3] {
            let statuses = &statuses[..len];
            visit(Message::ActivateAck(ActivateAck { previous_address, statuses }), dialect);
            for success in [false, true] {
                visit(Message::Reply(Reply { success, previous_address, statuses }), dialect);
            }
        }
    }
    for (kind, flags, data) in
        [(0, 0, &[][..]), (0, 0x80, &[4; 8]), (8, 0xff, &[2; 30]), (31, 0x3f, &[5; 3]), (9, 0, &[6; 1_000])]
    {
        visit(Message::other(kind, flags, data).unwrap(), dialect);
    }
}

fn blocks(dialect: &Dialect, visit: &mut Visit<'_, Cxtp>) {
    let features = &dialect.features;
    let receiver = Addr(octets("2001:db8:1::5"));
    let previous_address = Address::from(receiver);
    let include = ListenerContext {
        receiver,
        mode: FilterMode::Include,
        group: Addr(octets("ff3e::8000:1")),
        sources: &[octets("2001:db8:5::5")],
    };
    let exclude = ListenerContext { mode: FilterMode::Exclude, sources: &[], ..include };
    let other = |feature, flags, body| Block::other(feature, flags, body, dialect);
    let blocks = [
        Block::Wanted(features.listener_context),
        Block::Wanted(1),
        Block::Listener(include),
        Block::Listener(exclude),
        Block::MnIdentifier { subtype: 1, id: b"mn1@example.net" },
        Block::MnIdentifier { subtype: 1, id: &[] },
        Block::MnIdentifier { subtype: 2, id: &[9] },
        Block::Profile(&[1, 2, 3, 4]),
        Block::Mld(MldContext { prefix: [7; 8], group: include.group }),
        other(1, 0, &[7; 20]),
        other(1, 0x80, &[8; 4]),
        other(9, 0xff, &[9; 12]),
        other(9, 0x80, &[]),
        other(features.listener_context, 0x80, &[]),
        other(features.listener_context, 0x80, &[0; 36]),
        other(features.listener_context, 0, &[0; 4]),
        other(features.listener_context, 0, &[0; 36]),
        other(features.mn_identifier, 0, &[0; 4]),
        other(features.mn_identifier, 0, &[0xff; 4]),
        other(features.policy_profile, 0x80, &[0; 4]),
    ];
    for at in 0..blocks.len() {
        let blocks = List::new(&blocks[at..=at], dialect);
        visit(Message::Request(Request { previous_address, sequence: 1, token: 0, blocks }), dialect);
    }
    let blocks = List::new(&blocks, dialect);
    visit(Message::Data(Data { acknowledge: true, elapsed_ms: 1, previous_address, blocks }), dialect);

    for largest in [
        Block::Listener(ListenerContext { sources: &[include.sources[0]; 125], ..include }),
        Block::MnIdentifier { subtype: 255, id: &[0xee; 2_033] },
        Block::Profile(&[1; 2_036]),
    ] {
        let blocks = List::new(core::slice::from_ref(&largest), dialect);
        visit(Message::Request(Request { previous_address, sequence: 1, token: 0, blocks }), dialect);
    }
}
