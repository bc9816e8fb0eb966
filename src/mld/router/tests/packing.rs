//! Rows say what groups say: a router that packs and one that never does are one router, seen from outside.

use proptest::prelude::*;

use super::*;
use crate::wire::mld::{Query, ReportV1};

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
}

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
    let few = proptest::sample::subsequence(vec![1, 2, 3], 0..=2);
    prop_oneof![
        12 => (1u16..5, proptest::collection::vec(records(), 1..4)).prop_map(|(from, of)| Event::Report(from, of)),
        1 => (1u16..5, 1u16..4).prop_map(|(from, of)| Event::Older(from, of)),
        2 => (1u16..5, records(), 0u64..300).prop_map(|(of, record, ago)| Event::Told(of, record, ago)),
        1 => (1u16..4, few).prop_map(|(of, sources)| Event::Asked(of, sources)),
        6 => prop_oneof![0u64..300, 0u64..300_000].prop_map(Event::Wait),
    ]
}

impl Bench {
    fn hold(kind: LinkKind, change: impl FnOnce(&mut Config)) -> Self {
        let mut bench = Self::new(kind, change);
        bench.input(Input::LinkDown { link: LINK });
        let (startup, hold) = (Startup::OnRequest, Some(crate::wire::HoldTypes { include: 10, exclude: 11 }));
        bench.input(Input::LinkUp { link: LINK, address: ROUTER, kind, startup, hold });
        bench
    }

    /// What comes of an event, and when.
    fn on(&mut self, event: &Event) -> Vec<(Instant, Action)> {
        let actions = match event {
            Event::Report(from, records) => self.report(*from, records),
            Event::Older(from, of) => {
                let group = Addr::from(group(*of));
                let message = Message::ReportV1(ReportV1 { group });
                self.packet(meta(host(*from), group.ip()), message).unwrap()
            }
            Event::Told(of, record, ago) => {
                let elapsed = Duration::from_secs(*ago);
                let records = core::slice::from_ref(record);
                self.input(Input::Told { link: LINK, listener: host(*of), records, elapsed })
            }
            Event::Asked(of, sources) => {
                let sources: Vec<[u8; 16]> = sources.iter().map(|&n| source(n).octets()).collect();
                let group = group(*of);
                let query = Query { group: Addr::from(group), sources: &sources, ..Query::general() };
                // Heard on a shared link alone.
                let heard = self.packet(meta(OTHER_QUERIER, group), Message::Query(query));
                assert!(heard.is_ok() || self.router.links[&LINK].audience.kind() == LinkKind::PointToPoint);
                heard.unwrap_or_default()
            }
            Event::Wait(millis) => {
                let then = self.now + Duration::from_millis(*millis);
                return self.until(then);
            }
        };
        actions.into_iter().map(|action| (self.now, action)).collect()
    }
}

proptest! {
    #[test]
    fn a_router_that_packs_is_one_that_does_not(
        shared in any::<bool>(),
        few in any::<bool>(),
        events in proptest::collection::vec(event(), 1..40),
    ) {
        let kind = if shared { LinkKind::Shared } else { LinkKind::PointToPoint };
        let bench = || Bench::hold(kind, |config| {
            if few {
                (config.limits.sources_per_group, config.limits.groups_per_listener) = (2, 2);
            }
        });
        let (mut packs, mut never) = (bench(), bench());
        never.router.packed.is_off = true;
        for event in &events {
            let (mut one, mut other) = (packs.on(event), never.on(event));
            // In one call, what ends is told group by group, or listener by listener.
            for actions in [&mut one, &mut other] {
                actions.sort_by_cached_key(|(at, action)| (*at, std::format!("{action:?}")));
            }
            prop_assert_eq!(one, other, "{:?}", event);
            prop_assert_eq!(packs.router.snapshot(), never.router.snapshot());
            for n in 1..4 {
                prop_assert_eq!(packs.router.group(LINK, group(n)), never.router.group(LINK, group(n)));
            }
            prop_assert_eq!(packs.router.refused(), never.router.refused());
        }
        prop_assert_eq!(never.router.packed.channels.len(), 0);
        // All ends, and nothing is left of it.
        let end = packs.now + Duration::from_secs(1_000);
        packs.until(end);
        let left = (packs.router.packed.channels.len(), packs.router.packed.listeners.len());
        prop_assert_eq!((left, packs.router.links[&LINK].groups.len()), ((0, 0), 0));
        prop_assert!(packs.router.packed.listeners.next().is_none());
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
