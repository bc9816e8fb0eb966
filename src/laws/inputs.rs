//! Strategies for the values of which inputs are made: a small world, so that things meet.

use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::channel::{Filter, FilterMode};
use crate::machine::{LinkId, Outer, Protection, RxMeta};
use crate::mld::GroupRecord;
use crate::wire::mld::{
    Done, MaxResponseCode, Message, Owned, Qqic, Query, QueryV1, Record, RecordType, Report, ReportV1,
};
use crate::wire::{Addr, Dialect, List};

/// Groups: two source-specific, two of any source, one of link scope, and what is none.
pub fn groups() -> impl Strategy<Value = Ipv6Addr> + Clone {
    let group = |a, b| Ipv6Addr::new(a, 0, 0, 0, 0, 0, 0x8000, b);
    prop_oneof![
        4 => (1u16..3).prop_map(move |n| group(0xff3e, n)),
        4 => (1u16..3).prop_map(move |n| group(0xff1e, n)),
        1 => Just(group(0xff02, 9)),
        1 => Just(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1)),
        1 => Just(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
    ]
}

/// Sources: five good ones, and what is none.
pub fn sources() -> impl Strategy<Value = Ipv6Addr> + Clone {
    prop_oneof![
        20 => (1u16..6).prop_map(|n| Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, n)),
        1 => Just(Ipv6Addr::UNSPECIFIED),
        1 => Just(Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, 1)),
    ]
}

/// Filters over [`sources`].
pub fn filters() -> impl Strategy<Value = Filter> + Clone {
    let mode = prop_oneof![Just(FilterMode::Include), Just(FilterMode::Exclude)];
    (mode, vec(sources(), 0..4))
        .prop_map(|(mode, sources)| Filter { mode, sources: sources.into_iter().collect() })
}

/// Record types, unknown ones included.
pub fn record_types() -> impl Strategy<Value = RecordType> + Clone {
    prop_oneof![12 => 1u8..7, 1 => any::<u8>()].prop_map(RecordType)
}

/// Records, judged or not.
pub fn records() -> impl Strategy<Value = GroupRecord> + Clone {
    (record_types(), groups(), vec(sources(), 0..4)).prop_map(|(kind, group, sources)| GroupRecord {
        kind,
        group,
        sources: sources.into_iter().collect(),
    })
}

/// Links: three.
pub fn links() -> impl Strategy<Value = LinkId> + Clone {
    (1u32..4).prop_map(LinkId)
}

/// Link-local addresses of neighbours, and what is none.
pub fn neighbours() -> impl Strategy<Value = Ipv6Addr> + Clone {
    prop_oneof![
        20 => (0x10u16..0x13).prop_map(|n| Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, n)),
        1 => Just(Ipv6Addr::UNSPECIFIED),
        1 => Just(Ipv6Addr::new(0x2001, 0xdb8, 9, 0, 0, 0, 0, 9)),
    ]
}

/// Durations from nothing to some minutes.
pub fn spans() -> impl Strategy<Value = Duration> + Clone {
    prop_oneof![0..1_000u64, 0..1_000_000u64, 0..400_000_000u64].prop_map(Duration::from_micros)
}

/// What comes with an MLD message on a link, mostly as the standard wants it, sometimes not.
pub fn mld_metas(dst: impl Strategy<Value = Ipv6Addr> + Clone) -> impl Strategy<Value = RxMeta> + Clone {
    let hop_limit = prop_oneof![20 => Just(1u8), 1 => any::<u8>()];
    let alert = prop_oneof![20 => Just(true), 1 => Just(false)];
    (links(), neighbours(), dst, hop_limit, alert).prop_map(|(link, src, dst, hop_limit, router_alert)| {
        RxMeta { link, src, dst, outer: None, hop_limit, router_alert, protection: Protection::None }
    })
}

/// Tunnel headers between two of `ends`.
pub fn outers(ends: impl Strategy<Value = Ipv6Addr> + Clone) -> impl Strategy<Value = Option<Outer>> + Clone {
    option::weighted(0.7, (ends.clone(), ends).prop_map(|(src, dst)| Outer { src, dst }))
}

/// Every MLD message, over the small world.
pub fn mld_messages() -> impl Strategy<Value = Owned> + Clone {
    prop_oneof![8 => mld_reports(), 3 => mld_queries(), 1 => mld_v1()]
}

/// Version 2 Reports of up to three records.
pub fn mld_reports() -> impl Strategy<Value = Owned> + Clone {
    let record = (record_types(), groups(), vec(sources(), 0..4));
    vec(record, 0..4).prop_map(|records| {
        let sources: Vec<Vec<[u8; 16]>> =
            records.iter().map(|(_, _, sources)| sources.iter().map(Ipv6Addr::octets).collect()).collect();
        let records: Vec<Record<'_>> = records
            .iter()
            .zip(&sources)
            .map(|((kind, group, _), sources)| Record {
                kind: *kind,
                group: Addr::from(*group),
                sources,
                aux: &[],
            })
            .collect();
        let report = Report { records: List::new(&records, &Dialect::DEFAULT) };
        owned(&Message::Report(report))
    })
}

/// Version 2 Queries of every kind, S flag and odd codes included.
pub fn mld_queries() -> impl Strategy<Value = Owned> + Clone {
    let group = prop_oneof![Just(Ipv6Addr::UNSPECIFIED), groups()];
    let codes = (prop_oneof![0..20_000u16, any::<u16>()], any::<bool>(), 0u8..8, any::<u8>());
    (group, codes, vec(sources(), 0..4)).prop_map(
        |(group, (max_response, suppress, robustness, interval), list)| {
            let sources: Vec<[u8; 16]> = list.iter().map(Ipv6Addr::octets).collect();
            let query = Query {
                max_response: MaxResponseCode(max_response),
                group: group.into(),
                suppress,
                robustness,
                interval: Qqic(interval),
                sources: &sources,
            };
            owned(&Message::Query(query))
        },
    )
}

/// Version 1 messages.
pub fn mld_v1() -> impl Strategy<Value = Owned> + Clone {
    (0u8..3, groups(), any::<u16>()).prop_map(|(kind, group, max_response_ms)| {
        let group = Addr::from(group);
        owned(&match kind {
            0 => Message::QueryV1(QueryV1 { max_response_ms, group }),
            1 => Message::ReportV1(ReportV1 { group }),
            _ => Message::Done(Done { group }),
        })
    })
}

#[expect(clippy::expect_used, reason = "messages of this size always have a canonical form")]
fn owned(message: &Message<'_>) -> Owned {
    Owned::new(message, &Dialect::DEFAULT).expect("a small message can be written")
}
