//! Samples of CXTP.

use multimob::wire::cxtp::{
    Block, BlockStatus, Cxtp, Data, FilterMode, ListenerContext, Message, Reply, Request,
};
use multimob::wire::{Addr, Dialect, FeatureTypes, List};

use super::{Samples, Visit, octets};

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
        let values = |blocks: List<'_, Block<'_>>, visit: &mut dyn FnMut(List<'_, Block<'_>>)| {
            let again = |block| match block {
                Block::Unknown(raw) => Block::other(raw.feature(), raw.flags(), raw.body(), dialect),
                Block::Malformed(raw) => Block::other(raw.feature(), raw.flags(), raw.body(), dialect),
                other => other,
            };
            let values: Vec<Block<'_>> = blocks.iter().map(again).collect();
            visit(List::new(&values, dialect));
        };
        match view {
            Message::Request(request) => values(request.blocks, &mut |blocks| {
                let Request { previous_address, sequence, token, .. } = request;
                visit(Message::Request(Request { previous_address, sequence, token, blocks }), dialect);
            }),
            Message::Data(data) => values(data.blocks, &mut |blocks| {
                let Data { acknowledge, elapsed_ms, previous_address, .. } = data;
                let data = Data { acknowledge, elapsed_ms, previous_address, blocks };
                visit(Message::Data(data), dialect);
            }),
            Message::Reply(reply) => {
                let statuses: Vec<[u8; 4]> =
                    reply.statuses().map(|(feature, status)| status.entry(feature)).collect();
                // The reserved octet of an entry is the only thing that an entry does not tell.
                let reserved_is_zero = reply.statuses.iter().all(|entry| entry[3] == 0);
                let statuses = if reserved_is_zero { &statuses } else { reply.statuses };
                visit(Message::Reply(Reply { statuses, ..reply }), dialect);
            }
            Message::Unknown(raw) => {
                visit(Message::other(raw.kind(), raw.flags(), raw.data()).unwrap(), dialect);
            }
            other => unreachable!("no sample of {other:?}"),
        }
    }

    fn shorten<'a: 'b, 'b>(view: Message<'a>) -> Message<'b> {
        view
    }
}

fn messages(dialect: &Dialect, visit: &mut Visit<'_, Cxtp>) {
    let previous_address = Addr(octets("2001:db8:1::5"));
    let blocks = List::default();
    visit(
        Message::Request(Request { previous_address, sequence: 0x0102_0304, token: u32::MAX, blocks }),
        dialect,
    );
    for acknowledge in [false, true] {
        visit(Message::Data(Data { acknowledge, elapsed_ms: 20, previous_address, blocks }), dialect);
    }
    let statuses = [
        BlockStatus::SUCCESS.entry(0x8001),
        BlockStatus::MALFORMED.entry(0x8002),
        BlockStatus(0x42).entry(u16::MAX),
    ];
    for success in [false, true] {
        for len in [0, 1, 3] {
            let statuses = &statuses[..len];
            visit(Message::Reply(Reply { success, previous_address, statuses }), dialect);
        }
    }
    for (kind, flags, data) in [
        (1, 0x40, &[1; 44][..]),
        (4, 0, &[2; 30]),
        (6, 0, &[3; 16]),
        (3, 0x80, &[4; 8]),
        (7, 0xff, &[]),
        (0, 0, &[]),
        (31, 0x3f, &[5; 3]),
        (2, 0, &[6; 1_000]),
    ] {
        visit(Message::other(kind, flags, data).unwrap(), dialect);
    }
}

fn blocks(dialect: &Dialect, visit: &mut Visit<'_, Cxtp>) {
    let features = &dialect.features;
    let previous_address = Addr(octets("2001:db8:1::5"));
    let include = ListenerContext {
        receiver: previous_address,
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
        other(1, 0, &[7; 28]),
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
