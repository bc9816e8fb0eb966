//! Rows say what groups say: a router that packs and one that never does are one router, seen from outside.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::wire::mld::{Done, Query, ReportV1};

/// It has a lower address than the router, and is querier when it asks.
const OTHER_QUERIER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0);

/// What may happen on a link.
#[derive(Clone, Debug)]
enum Event {
    Report(u16, Vec<GroupRecord>),
    Older(u16, u16),
    Told(u16, GroupRecord, u64),
    Asked(u16, Vec<u16>),
    Wait(u64),
    Done(u16, u16),
    /// The link goes and comes again.
    Anew,
    /// The same on the other link.
    Beyond(Box<Self>),
}

/// Another link of the same router, where the same listeners are others.
const BEYOND: LinkId = LinkId(2);

/// Records that rows can take, mostly.
fn records() -> impl Strategy<Value = GroupRecord> {
    let sources = prop_oneof![
        3 => Just(Vec::new()),
        3 => proptest::sample::subsequence(vec![1, 2, 3], 1..=1),
        1 => proptest::sample::subsequence(vec![1, 2, 3], 0..=3),
    ];
    (prop_oneof![9 => 1u8..7, 1 => 10u8..12], 1u16..4, sources)
        .prop_map(|(kind, of, sources)| record(RecordType(kind), group(of), &sources))
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![3 => one(), 1 => one().prop_map(|event| Event::Beyond(Box::new(event)))]
}

fn one() -> impl Strategy<Value = Event> {
    let few = proptest::sample::subsequence(vec![1, 2, 3], 0..=2);
    prop_oneof![
        12 => (1u16..5, proptest::collection::vec(records(), 1..4)).prop_map(|(from, of)| Event::Report(from, of)),
        1 => (1u16..5, 1u16..4).prop_map(|(from, of)| Event::Older(from, of)),
        2 => (1u16..5, records(), 0u64..300).prop_map(|(of, record, ago)| Event::Told(of, record, ago)),
        1 => (1u16..4, few).prop_map(|(of, sources)| Event::Asked(of, sources)),
        6 => prop_oneof![0u64..300, 0u64..300_000].prop_map(Event::Wait),
        1 => (1u16..5, 1u16..4).prop_map(|(from, of)| Event::Done(from, of)),
        1 => Just(Event::Anew),
    ]
}

impl Bench {
    fn hold(kind: LinkKind, change: impl FnOnce(&mut Config)) -> Self {
        let mut bench = Self::new(kind, change);
        bench.input(Input::LinkDown { link: LINK });
        bench.up(LINK, kind);
        bench.up(BEYOND, kind);
        bench
    }

    fn up(&mut self, link: LinkId, kind: LinkKind) {
        let (startup, hold) = (Startup::OnRequest, Some(crate::wire::HoldTypes { include: 10, exclude: 11 }));
        self.input(Input::LinkUp { link, address: ROUTER, kind, startup, hold });
    }

    /// What comes of an event, and when; nothing of one that is refused.
    fn on(&mut self, event: &Event) -> Vec<(Instant, Action)> {
        self.on_link(LINK, event)
    }

    fn on_link(&mut self, link: LinkId, event: &Event) -> Vec<(Instant, Action)> {
        let kind = self.router.links[&link].audience.kind();
        let from = |src, dst| RxMeta { link, ..meta(src, dst) };
        let actions = match event {
            Event::Report(of, records) => {
                self.packet(from(host(*of), ALL_MLDV2_ROUTERS), report(records).view())
            }
            Event::Older(of, group_of) => {
                let group = Addr::from(group(*group_of));
                self.packet(from(host(*of), group.ip()), Message::ReportV1(ReportV1 { group }))
            }
            Event::Done(of, group_of) => {
                let done = Message::Done(Done { group: Addr::from(group(*group_of)) });
                self.packet(from(host(*of), "ff02::2".parse().unwrap()), done)
            }
            Event::Told(of, record, ago) => {
                let (records, elapsed) = (core::slice::from_ref(record), Duration::from_secs(*ago));
                self.try_input(Input::Told { link, listener: host(*of), records, elapsed })
            }
            Event::Asked(of, sources) => {
                let sources: Vec<[u8; 16]> = sources.iter().map(|&n| source(n).octets()).collect();
                let group = group(*of);
                let query = Query { group: Addr::from(group), sources: &sources, ..Query::general() };
                // Heard on a shared link alone.
                let heard = self.packet(from(OTHER_QUERIER, group), Message::Query(query));
                assert!(heard.is_ok() || kind == LinkKind::PointToPoint);
                heard
            }
            Event::Anew => {
                let actions = self.input(Input::LinkDown { link });
                self.up(link, kind);
                Ok(actions)
            }
            Event::Wait(millis) => return self.until(self.now + Duration::from_millis(*millis)),
            Event::Beyond(event) => return self.on_link(BEYOND, event),
        };
        actions.unwrap_or_default().into_iter().map(|action| (self.now, action)).collect()
    }

    /// Every count is what it counts.
    fn audit(&self) {
        let packed = &self.router.packed;
        let mut channels = BTreeSet::new();
        let mut listeners = 0;
        for (&link, state) in &self.router.links {
            let mut wanted: BTreeMap<(u32, u32), u32> = BTreeMap::new();
            for id in state.audience.ids() {
                let listener = packed.listeners.get(id).unwrap();
                listeners += 1;
                assert_eq!((listener.link, state.audience.find(listener.key, packed)), (link, Some(id)));
                let key = listener.key;
                let loose = state.groups.values().filter(|group| group.members.contains(key)).count();
                assert_eq!(listener.loose as usize, loose);
                let rows = packed.listeners.rows(id);
                assert!(loose + rows.len() > 0 && rows.len() <= packed.most_rows);
                assert_eq!(rows.iter().map(|row| row.channel).collect::<BTreeSet<_>>().len(), rows.len());
                for row in rows {
                    let named = packed.channels.get(row.channel).unwrap();
                    assert!(!state.groups.contains_key(&named.group));
                    channels.extend([row.channel, named.star]);
                    *wanted.entry((named.star, row.channel)).or_default() += 1;
                    assert!(packed.listeners.next().is_some_and(|next| next <= row.due));
                }
            }
            if let super::super::audience::Audience::Many(crowd) = &state.audience {
                assert_eq!(crowd.counts(), wanted);
            }
        }
        assert_eq!((packed.channels.len(), packed.listeners.len()), (channels.len(), listeners));
    }

    /// All ends, and nothing is left of it.
    fn ends(&mut self) {
        self.until(self.now + Duration::from_secs(1_000));
        self.audit();
        let router = &self.router;
        assert_eq!((router.packed.channels.len(), router.packed.listeners.len()), (0, 0));
        assert!(router.links.values().all(|link| link.groups.is_empty()));
        assert!(router.packed.listeners.next().is_none());
    }
}

/// Limits that are soon reached, or not at all.
fn limits() -> impl Strategy<Value = Limits> {
    let few = |limit: usize| prop_oneof![2 => Just(1_000), 1 => Just(limit)];
    (few(2), few(2), few(2), few(2)).prop_map(|(listeners, groups, of_one, sources)| Limits {
        links: 2,
        listeners_per_link: listeners,
        groups_per_link: groups,
        groups_per_listener: of_one,
        sources_per_group: sources,
    })
}

/// What a link may be.
fn kinds() -> impl Strategy<Value = LinkKind> {
    prop_oneof![2 => Just(LinkKind::Shared), 1 => Just(LinkKind::PointToPoint)]
}

proptest! {
    #[test]
    fn a_router_that_packs_is_one_that_does_not(
        kind in kinds(),
        limits in limits(),
        most_rows in prop_oneof![1usize..4, Just(1_024)],
        events in proptest::collection::vec(event(), 1..40),
    ) {
        let bench = || Bench::hold(kind, |config| config.limits = limits);
        let (mut packs, mut never) = (bench(), bench());
        (packs.router.packed.most_rows, never.router.packed.most_rows) = (most_rows, 0);
        for event in &events {
            let (mut one, mut other) = (packs.on(event), never.on(event));
            // In one call, what ends is told group by group, or listener by listener.
            for actions in [&mut one, &mut other] {
                actions.sort_by_cached_key(|(at, action)| (*at, std::format!("{action:?}")));
            }
            prop_assert_eq!(one, other, "{:?}", event);
            prop_assert_eq!(packs.router.snapshot(), never.router.snapshot());
            for (link, n) in [LINK, BEYOND].into_iter().flat_map(|link| (1..4).map(move |n| (link, n))) {
                prop_assert_eq!(packs.router.group(link, group(n)), never.router.group(link, group(n)));
            }
            prop_assert_eq!(packs.router.refused(), never.router.refused());
            packs.audit();
        }
        prop_assert_eq!(never.router.packed.channels.len(), 0);
        packs.ends();
    }

    /// Whatever the budget: in one call each group is told once and only what is news, and a deadline that was served is
    /// none any more.
    #[test]
    fn each_call_tells_each_group_once_and_only_news(
        kind in kinds(),
        limits in limits(),
        most_rows in 1usize..6,
        budget in 1usize..5,
        immediate_leave in prop_oneof![4 => Just(true), 1 => Just(false)],
        events in proptest::collection::vec(event(), 1..40),
    ) {
        let mut bench = Bench::hold(kind, |config| {
            (config.limits, config.budget, config.immediate_leave) = (limits, budget, immediate_leave);
        });
        bench.router.packed.most_rows = most_rows;
        let mut told = BTreeMap::new();
        for event in &events {
            let mut calls: BTreeSet<(Instant, LinkId, Ipv6Addr)> = BTreeSet::new();
            for (at, action) in bench.on(event) {
                let Action::Interest { link, group, filter } = action else { continue };
                prop_assert!(calls.insert((at, link, group)), "twice in one call: {group} at {at:?}");
                let before = told.insert((link, group), filter.clone());
                prop_assert_ne!(before.unwrap_or(Filter::NOTHING), filter);
            }
            told.retain(|_, filter| !filter.is_nothing());
            let now: BTreeMap<_, _> = bench.router.links().flat_map(|link| {
                bench.router.interests(link).map(move |(group, filter)| ((link, group), filter))
            }).collect();
            prop_assert_eq!(&told, &now);
            bench.audit();
            prop_assert!(bench.router.poll_timeout().is_none_or(|due| due > bench.now));
        }
        bench.ends();
    }
}

/// Whatever the packets, a batch is as many calls.
#[test]
fn a_batch_is_its_packets_one_after_the_other() {
    let reports: Vec<(u16, Owned)> = (0..100u16)
        .map(|n| {
            let kind = if n % 7 == 3 { RecordType::TO_IN } else { RecordType::IS_EX };
            (
                n % 40,
                report(&[record(kind, group(n % 5), &[]), record(RecordType::ALLOW, group(9), &[n % 3])]),
            )
        })
        .collect();
    // One source in ten is no link-local address.
    let src = |n: u16| if n % 10 == 9 { source(n) } else { host(n) };
    let packets: Vec<Received<Message<'_>>> = reports
        .iter()
        .map(|(from, report)| Received { meta: meta(src(*from), ALL_MLDV2_ROUTERS), message: report.view() })
        .collect();
    let (mut one, mut other) = (Bench::shared(), Bench::shared());
    let (mut out, mut refused) = (Vec::new(), Vec::new());
    one.router.handle_packets(one.now, &packets, &mut out, |place, why| refused.push((place, why)));
    let (mut expected, mut refusals) = (Vec::new(), Vec::new());
    for (place, packet) in packets.iter().enumerate() {
        match other.try_input(Input::Packet(*packet)) {
            Ok(actions) => expected.extend(actions),
            Err(why) => refusals.push((place, why)),
        }
    }
    assert_eq!((out, &refused), (expected, &refusals));
    assert_eq!((refused.len(), one.router.snapshot()), (10, other.router.snapshot()));
}

/// While an older host is thought to be there, a link and its listeners may differ; rows know the listeners alone.
#[test]
fn a_group_that_older_hosts_have_left_is_packed_when_it_is_its_listeners_again() {
    let mut bench = Bench::shared();
    bench.on(&Event::Older(1, 1));
    bench.until(seconds(90));
    bench.hear(3, RecordType::TO_IN, &[3]);
    bench.hear(1, RecordType::IS_EX, &[]);
    bench.until(seconds(260));
    bench.hear(3, RecordType::IS_IN, &[]);
    assert_eq!(bench.router.group(LINK, group(1)).unwrap().running, []);
    assert_eq!((bench.router.links[&LINK].groups.len(), bench.router.packed.channels.len()), (1, 0));
    bench.hear(3, RecordType::IS_IN, &[3]);
    bench.hear(2, RecordType::ALLOW, &[1]);
    assert_eq!((bench.router.links[&LINK].groups.len(), bench.router.packed.channels.len()), (0, 3));
    let running = bench.router.group(LINK, group(1)).unwrap().running;
    assert_eq!(running, [(source(1), seconds(520)), (source(3), seconds(520))]);
}

/// A neighbour chooses how many sources of how many groups it wants; what it says of them is not to be looked for among
/// tens of thousands.
#[test]
fn the_rows_of_one_listener_are_bounded_and_what_is_over_is_kept_as_groups() {
    for kind in [LinkKind::Shared, LinkKind::PointToPoint] {
        let mut bench = Bench::new(kind, |_| {});
        let sources: Vec<u16> = (1..=64).collect();
        for n in 1..=20 {
            // One by one, then all: neither way leads beyond the bound.
            bench.report(1, &[record(RecordType::ALLOW, group(n), &[1])]);
        }
        for n in 1..=20 {
            bench.report(1, &[record(RecordType::ALLOW, group(n), &sources)]);
            bench.audit();
        }
        let listeners = &bench.router.packed.listeners;
        let ids = bench.router.links[&LINK].audience.ids();
        let rows = ids.map(|id| listeners.rows(id).len()).sum::<usize>();
        assert!((960..=1_024).contains(&rows), "{rows}");
        assert_eq!(bench.router.interests(LINK).count(), 20);
        assert!(bench.router.interests(LINK).all(|(_, filter)| filter == include(&sources)));
        assert!(!bench.router.links[&LINK].groups.is_empty());
        bench.ends();
    }
}
