//! The same router over IPv4 (RFC 3376 6, 7.3): what differs from MLD.

use core::net::Ipv4Addr;

use proptest::prelude::*;

use super::*;
use crate::mld::{Version, router};
use crate::wire::Addr4;
use crate::wire::igmp::{self, Message, RecordType as R};

type V4Action = router::Action<Ipv4Addr>;

const OWN: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 5);
const LOWER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const HIGHER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 9);
const REPORTS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 22);
const ALL_SYSTEMS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 1);
const ALL_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 2);
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 2, 3);
const SSM: Ipv4Addr = Ipv4Addr::new(232, 1, 2, 3);

const fn host(n: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, 100 + n)
}

const fn source(n: u8) -> Ipv4Addr {
    Ipv4Addr::new(198, 51, 100, n)
}

fn include(sources: &[u8]) -> Filter<Ipv4Addr> {
    Filter::include(sources.iter().map(|&n| source(n)))
}

fn exclude(sources: &[u8]) -> Filter<Ipv4Addr> {
    Filter::exclude(sources.iter().map(|&n| source(n)))
}

/// Without Router Alert, as version 1 sends.
fn meta(src: Ipv4Addr, dst: Ipv4Addr) -> RxMeta<Ipv4Addr> {
    RxMeta {
        link: LINK,
        src,
        dst,
        home_address: None,
        routing_header: None,
        outer: None,
        hop_limit: 1,
        router_alert: false,
        protection: Protection::None,
    }
}

fn interest(group: Ipv4Addr, filter: Filter<Ipv4Addr>) -> V4Action {
    router::Action::Interest { link: LINK, group, filter }
}

/// One link of an IGMP router, and a clock.
struct Link {
    router: Router<Ipv4Addr>,
    now: Instant,
}

impl Link {
    fn new(
        kind: LinkKind,
        startup: Startup,
        change: impl FnOnce(&mut Config<Ipv4Addr>),
    ) -> (Self, Vec<V4Action>) {
        let mut config = Config::default();
        change(&mut config);
        let mut link = Self { router: Router::new(config).unwrap(), now: Instant::ZERO };
        let up = link.input(Input::LinkUp { link: LINK, address: OWN, kind, startup, hold: None });
        (link, up.unwrap())
    }

    fn shared() -> Self {
        Self::new(LinkKind::Shared, Startup::OnRequest, |_| {}).0
    }

    fn input(&mut self, input: Input<'_, Ipv4Addr>) -> Result<Vec<V4Action>, Reject<Ipv4Addr>> {
        let mut out = Vec::new();
        self.router.handle_input(self.now, input, &mut out).map(|()| out)
    }

    fn packet(
        &mut self,
        src: Ipv4Addr,
        dst: Ipv4Addr,
        message: Message<'_>,
    ) -> Result<Vec<V4Action>, Reject<Ipv4Addr>> {
        let meta = meta(src, dst);
        self.input(Input::Packet(Received { meta, message }))
    }

    fn hear(&mut self, from: u8, kind: R, group: Ipv4Addr, sources: &[u8]) -> Vec<V4Action> {
        let sources: Vec<[u8; 4]> = sources.iter().map(|&n| source(n).octets()).collect();
        let record = igmp::Record { kind, group: Addr4::from(group), sources: &sources, aux: &[] };
        let report = igmp::Report::new(List::new(core::slice::from_ref(&record), &Dialect::DEFAULT));
        self.packet(host(from), REPORTS, Message::Report(report)).unwrap()
    }

    fn report_v2(&mut self, from: u8) -> Vec<V4Action> {
        let report = igmp::ReportV2 { group: Addr4::from(GROUP) };
        self.packet(host(from), GROUP, Message::ReportV2(report)).unwrap()
    }

    fn report_v1(&mut self, from: u8) -> Vec<V4Action> {
        let report = igmp::ReportV1 { group: Addr4::from(GROUP) };
        self.packet(host(from), GROUP, Message::ReportV1(report)).unwrap()
    }

    fn leave(&mut self, from: u8) -> Vec<V4Action> {
        let leave = igmp::Leave { group: Addr4::from(GROUP) };
        self.packet(host(from), ALL_ROUTERS, Message::Leave(leave)).unwrap()
    }

    fn interest(&self) -> Filter<Ipv4Addr> {
        self.router.interest(LINK, GROUP).clone()
    }

    fn until(&mut self, then: Instant) -> Vec<(Instant, V4Action)> {
        let mut actions = Vec::new();
        while let Some(due) = self.router.poll_timeout().filter(|&due| due <= then) {
            let mut out = Vec::new();
            self.router.handle_timeout(due, &mut out);
            actions.extend(out.into_iter().map(|action| (due, action)));
        }
        self.now = then;
        actions
    }
}

/// Destination and message of what was sent, everything else left out.
fn sent(actions: &[V4Action]) -> Vec<(Ipv4Addr, Vec<u8>)> {
    actions
        .iter()
        .filter_map(|action| match action {
            router::Action::Send(envelope) => Some((envelope.dst, envelope.body.octets().to_vec())),
            _ => None,
        })
        .collect()
}

#[test]
fn r3376_4_1_a_general_query_goes_to_all_systems_in_tenths_of_a_second() {
    let (_, up) = Link::new(LinkKind::Shared, Startup::Now, |_| {});
    assert_eq!(sent(&up), [(ALL_SYSTEMS, vec![0x11, 100, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0])]);
}

#[test]
fn r3376_6_4_the_tables_are_those_of_mld() {
    let mut link = Link::shared();
    assert_eq!(link.hear(1, R::ALLOW, GROUP, &[1, 2]), [interest(GROUP, include(&[1, 2]))]);
    assert_eq!(link.hear(1, R::TO_EX, GROUP, &[2, 3]), [interest(GROUP, exclude(&[2, 3]))]);
    assert_eq!(link.hear(2, R::IS_IN, GROUP, &[3]), [interest(GROUP, exclude(&[2]))]);
    let left = link.hear(1, R::TO_IN, GROUP, &[]);
    assert_eq!(left, [interest(GROUP, include(&[3]))]);
    // RFC 3376 8.4: 2 x 125 s + 10 s.
    assert_eq!(link.until(seconds(300)), [(seconds(260), interest(GROUP, include(&[])))]);
}

#[test]
fn r3376_6_6_3_a_leave_is_asked_about_with_specific_queries() {
    let (mut link, _) =
        Link::new(LinkKind::Shared, Startup::OnRequest, |config| config.immediate_leave = false);
    link.hear(1, R::ALLOW, GROUP, &[1, 2]);
    let asks = link.hear(1, R::BLOCK, GROUP, &[2]);
    let query = vec![0x11, 10, 0, 0, 239, 1, 2, 3, 2, 125, 0, 1, 198, 51, 100, 2];
    assert_eq!(sent(&asks), [(GROUP, query)]);
    link.hear(1, R::TO_EX, GROUP, &[]);
    let asks = link.hear(1, R::TO_IN, GROUP, &[]);
    assert_eq!(sent(&asks)[0], (GROUP, vec![0x11, 10, 0, 0, 239, 1, 2, 3, 2, 125, 0, 0]));
}

#[test]
fn r3376_4_2_13_a_host_without_an_address_reports_and_one_that_is_none_does_not() {
    let mut link = Link::shared();
    let report = Message::ReportV2(igmp::ReportV2 { group: Addr4::from(GROUP) });
    assert_eq!(link.packet(Ipv4Addr::UNSPECIFIED, GROUP, report), Ok(vec![interest(GROUP, exclude(&[]))]));
    for src in [GROUP, Ipv4Addr::BROADCAST, Ipv4Addr::LOCALHOST] {
        assert_eq!(link.packet(src, GROUP, report), Err(Reject::Message(Refused::ReportSource(src.into()))));
    }
    let query = Message::Query(igmp::Query::general());
    let src = Ipv4Addr::UNSPECIFIED;
    assert_eq!(
        link.packet(src, ALL_SYSTEMS, query),
        Err(Reject::Message(Refused::QuerySource(src.into()))),
        "it would win every election"
    );
}

#[test]
fn r2236_3_a_leave_goes_to_all_routers_or_to_its_group() {
    for dst in [ALL_ROUTERS, GROUP, OWN] {
        let mut link = Link::new(LinkKind::PointToPoint, Startup::OnRequest, |_| {}).0;
        link.report_v2(1);
        let leave = Message::Leave(igmp::Leave { group: Addr4::from(GROUP) });
        assert_eq!(link.packet(host(1), dst, leave), Ok(vec![interest(GROUP, include(&[]))]));
        assert_eq!(
            link.packet(host(1), REPORTS, leave),
            Err(Reject::Message(Refused::Destination(REPORTS.into())))
        );
    }
}

#[test]
fn r3376_7_3_2_beside_a_version_2_host_block_and_the_sources_of_to_ex_are_ignored() {
    let mut link = Link::shared();
    link.report_v2(1);
    link.hear(2, R::TO_EX, GROUP, &[1]);
    link.hear(2, R::BLOCK, GROUP, &[2]);
    assert_eq!(link.interest(), exclude(&[]));
    assert_eq!(sent(&link.leave(1)), [(GROUP, vec![0x11, 10, 0, 0, 239, 1, 2, 3, 2, 125, 0, 0])]);
    assert_eq!(link.until(seconds(5)).last(), Some(&(seconds(2), interest(GROUP, include(&[])))));
}

#[test]
fn r3376_7_3_2_beside_a_version_1_host_nobody_leaves_until_it_is_gone() {
    let mut link = Link::shared();
    link.report_v2(2);
    link.until(seconds(100));
    link.report_v1(1);
    assert_eq!(link.leave(2), []);
    assert_eq!(link.hear(3, R::TO_IN, GROUP, &[]), []);
    link.until(seconds(200));
    link.report_v2(2);
    // The version 1 host counts as present until 360 s; the version 2 host until 460 s.
    link.until(seconds(359));
    assert_eq!(link.leave(2), []);
    link.until(seconds(360));
    assert_eq!(sent(&link.leave(2)).len(), 1);
    assert_eq!(link.hear(3, R::BLOCK, GROUP, &[1]), [], "version 2 still counts");
    link.until(seconds(470));
    assert_eq!(link.interest(), include(&[]));
}

#[test]
fn t28_r4604_2_2_version_1_and_2_and_exclude_do_nothing_for_232_8() {
    let mut link = Link::shared();
    let refused =
        |listener| router::Action::Refused { link: LINK, listener, index: 0, why: Refusal::SsmExclude };
    assert_eq!(link.hear(1, R::TO_EX, SSM, &[]), [refused(host(1))]);
    let report = Message::ReportV2(igmp::ReportV2 { group: Addr4::from(SSM) });
    assert_eq!(link.packet(host(1), SSM, report), Ok(vec![refused(host(1))]));
    assert_eq!(link.hear(1, R::ALLOW, SSM, &[1]), [interest(SSM, include(&[1]))]);
}

#[test]
fn r3376_5_nobody_reports_all_systems() {
    let mut link = Link::shared();
    assert_eq!(link.hear(1, R::TO_EX, ALL_SYSTEMS, &[]), []);
    let link_local = Ipv4Addr::new(224, 0, 0, 5);
    assert_eq!(link.hear(1, R::TO_EX, link_local, &[]), [interest(link_local, exclude(&[]))]);
}

#[test]
fn r3376_6_6_2_the_lower_address_is_querier() {
    let mut link = Link::shared();
    let query = Message::Query(igmp::Query::general());
    assert_eq!(link.packet(HIGHER, ALL_SYSTEMS, query), Ok(vec![]));
    let told = router::Action::Querier { link: LINK, querier: Some(LOWER) };
    assert_eq!(link.packet(LOWER, ALL_SYSTEMS, query), Ok(vec![told]));
    // RFC 3376 8.5: 2 x 125 s + 10 s / 2.
    let resumed = link.until(seconds(260));
    assert_eq!(resumed[0], (seconds(255), router::Action::Querier { link: LINK, querier: None }));
    assert_eq!(resumed.len(), 2);
}

#[test]
fn r3376_7_3_1_older_queries_are_warned_of_and_elect() {
    let mut link = Link::shared();
    for (from, query, version) in [
        (LOWER, Message::QueryV1(igmp::QueryV1), Version::Oldest),
        (
            LOWER,
            Message::QueryV2(igmp::QueryV2 { max_response_tenths: 100, group: Addr4::UNSPECIFIED }),
            Version::Older,
        ),
    ] {
        let told = link.packet(from, ALL_SYSTEMS, query).unwrap();
        assert_eq!(told[0], router::Action::OtherVersion { link: LINK, from, version });
        assert_eq!(link.router.querier(LINK), Some(LOWER));
        let later = link.now + Duration::from_secs(130);
        link.until(later);
    }
}

#[test]
fn r3376_7_3_1_beside_older_routers_it_asks_as_they_do() {
    let older = |version| Link::new(LinkKind::Shared, Startup::Now, |config| config.version = version);
    let (mut link, up) = older(Version::Older);
    assert_eq!(sent(&up), [(ALL_SYSTEMS, vec![0x11, 100, 0, 0, 0, 0, 0, 0])]);
    link.report_v2(1);
    assert_eq!(sent(&link.leave(1)), [(GROUP, vec![0x11, 10, 0, 0, 239, 1, 2, 3])]);

    let (mut link, up) = older(Version::Oldest);
    assert_eq!(sent(&up), [(ALL_SYSTEMS, vec![0x11, 0, 0, 0, 0, 0, 0, 0])]);
    link.report_v2(1);
    assert_eq!(link.leave(1), [], "Leave is ignored");
    assert_eq!(link.interest(), exclude(&[]));
}

#[test]
fn r3376_7_3_1_a_response_time_that_version_2_cannot_say_makes_no_router() {
    let mut config: Config<Ipv4Addr> = Config { version: Version::Older, ..Config::default() };
    config.timing.query_response_interval = Duration::from_millis(25_600);
    assert_eq!(Router::new(config).unwrap_err(), ConfigError::ResponseTooLong(Version::Older));
}

#[test]
fn r3376_7_6_1_a_query_heard_with_s_clear_lowers_timers() {
    let mut link = Link::shared();
    link.hear(1, R::ALLOW, GROUP, &[1, 2]);
    let sources = [source(1).octets()];
    let group = Addr4::from(GROUP);
    let query = igmp::Query { group, sources: &sources, ..igmp::Query::general() };
    link.packet(LOWER, GROUP, Message::Query(query)).unwrap();
    assert_eq!(link.until(seconds(5)), [(seconds(2), interest(GROUP, include(&[2])))]);
}

proptest! {
    /// One code: the same reports make the same filters, timers and number of actions over both families.
    #[test]
    fn igmp_and_mld_are_one(
        immediate_leave in any::<bool>(),
        steps in proptest::collection::vec(
            (0u64..300, 1u8..7, 1u8..4, proptest::sample::subsequence(vec![1u8, 2, 3, 4], 0..=4)),
            1..30,
        ),
    ) {
        let (mut v4, _) = Link::new(LinkKind::Shared, Startup::OnRequest, |c| c.immediate_leave = immediate_leave);
        let mut v6 = Bench::new(LinkKind::Shared, |c| c.immediate_leave = immediate_leave);
        for (wait, kind, from, sources) in steps {
            let then = v4.now + Duration::from_secs(if wait > 250 { wait } else { wait / 50 });
            let ended = (v4.until(then).len(), v6.until(then).len());
            prop_assert_eq!(ended.0, ended.1);
            let named: Vec<u16> = sources.iter().map(|&n| n.into()).collect();
            let said = v4.hear(from, R(kind), GROUP, &sources).len();
            prop_assert_eq!(said, v6.hear(from.into(), R(kind), &named).len());
            let (a, b) = (v4.interest(), v6.interest());
            prop_assert_eq!(a.mode, b.mode);
            let numbers = (
                a.sources.iter().map(|source| u16::from(source.octets()[3])).collect::<Vec<_>>(),
                b.sources.iter().map(|source| source.segments()[7]).collect::<Vec<_>>(),
            );
            prop_assert_eq!(&numbers.0, &numbers.1);
            prop_assert_eq!(v4.router.poll_timeout(), v6.router.poll_timeout());
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_recorded_trace_of_igmp_replays() {
    let report = igmp::ReportV2 { group: Addr4::from(GROUP) };
    let message = igmp::Owned::new(&Message::ReportV2(report), &Dialect::DEFAULT).unwrap();
    let meta = meta(host(1), GROUP);
    let trace = vec![OwnedInput::Packet { meta, message }];
    let text = serde_json::to_string(&trace).unwrap();
    let replayed: Vec<OwnedInput<Ipv4Addr>> = serde_json::from_str(&text).unwrap();
    assert_eq!(replayed, trace);
    let told = Link::shared().input(replayed[0].borrow()).unwrap();
    assert_eq!(told, [interest(GROUP, exclude(&[]))]);
    let text = serde_json::to_string(&told).unwrap();
    assert_eq!(serde_json::from_str::<Vec<V4Action>>(&text).unwrap(), told);
}
