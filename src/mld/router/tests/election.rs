//! Other routers on the link: who asks (RFC 3810 7.6), in which version (8.3.1), and with whose timers (5.1.8, 5.1.9).

use super::*;
use crate::wire::membership::{Fault, Receiver};
use crate::wire::mld::{MaxResponseCode, Qqic, Query, QueryV1, RecordType as R};

/// Routers before and after the one under test, which is fe80::5 here.
const OWN: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 5);
const LOWER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const HIGHER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 9);

fn all_nodes() -> Ipv6Addr {
    "ff02::1".parse().unwrap()
}

/// A shared link whose querier has begun, after its startup.
fn shared(change: impl FnOnce(&mut Config)) -> Bench {
    let mut config = Config::default();
    change(&mut config);
    let mut bench = Bench { router: Router::new(config).unwrap(), now: Instant::ZERO };
    let (kind, startup) = (LinkKind::Shared, Startup::Now);
    bench.input(Input::LinkUp { link: LINK, address: OWN, kind, startup, hold: None });
    bench.until(seconds(32));
    bench
}

impl Bench {
    fn query(&mut self, from: Ipv6Addr, query: Query<'_>) -> Vec<Action> {
        let dst = if query.group == Addr::UNSPECIFIED { all_nodes() } else { query.group.ip() };
        self.packet(meta(from, dst), Message::Query(query)).unwrap()
    }

    fn general(&mut self, from: Ipv6Addr) -> Vec<Action> {
        self.query(from, Query::general())
    }

    fn specific(&mut self, from: Ipv6Addr, suppress: bool, sources: &[u16]) -> Vec<Action> {
        let sources: Vec<[u8; 16]> = list(sources).iter().map(|source| source.octets()).collect();
        let group = Addr::from(group(1));
        self.query(from, Query { group, suppress, sources: &sources, ..Query::general() })
    }
}

fn querier(querier: Option<Ipv6Addr>) -> Action {
    Action::Querier { link: LINK, querier }
}

#[test]
fn r3810_7_6_2_the_lower_address_is_querier_and_the_other_falls_silent() {
    let mut bench = shared(|_| {});
    assert_eq!(bench.general(HIGHER), []);
    assert_eq!(bench.general(LOWER), [querier(Some(LOWER))]);
    assert_eq!(bench.router.querier(LINK), Some(LOWER));
    bench.until(seconds(100));
    assert_eq!(bench.general(LOWER), []);
    // Other Querier Present: 2 x 125 s + 10 s / 2 after its last Query.
    assert_eq!(bench.until(seconds(354)), []);
    let resumed = bench.until(seconds(356));
    assert_eq!(resumed[0], (seconds(355), querier(None)));
    assert_eq!(queries(&resumed), [(seconds(355), false, Ipv6Addr::UNSPECIFIED, vec![])]);
    // It resumes with its own interval, not with a new startup.
    assert_eq!(queries(&bench.until(seconds(490))), [(seconds(480), false, Ipv6Addr::UNSPECIFIED, vec![])]);
}

#[test]
fn r3810_7_6_2_a_router_that_has_asked_nothing_yet_listens_too() {
    let mut bench = shared(|_| {});
    let (other, kind, startup) = (LinkId(2), LinkKind::Shared, Startup::OnRequest);
    bench.input(Input::LinkUp { link: other, address: OWN, kind, startup, hold: None });
    let meta = RxMeta { link: other, ..meta(LOWER, all_nodes()) };
    bench.packet(meta, Message::Query(Query::general())).unwrap();
    assert_eq!(bench.router.querier(other), Some(LOWER));
    assert_eq!(bench.input(Input::Query { link: other }), [], "not the querier");
}

#[test]
fn t20_there_is_no_election_on_a_point_to_point_link_nor_where_it_is_off() {
    let mut tunnel = Bench::access();
    let query = Message::Query(Query::general());
    assert_eq!(
        tunnel.packet(meta(host(1), all_nodes()), query),
        Err(Reject::Message(Refused::NotFor(Receiver::Router)))
    );
    let mut alone = shared(|config| config.election = false);
    assert_eq!(
        alone.packet(meta(LOWER, all_nodes()), query),
        Err(Reject::Message(Refused::NotFor(Receiver::Router)))
    );
    assert_eq!(alone.router.querier(LINK), None);
}

#[test]
fn a_query_that_is_not_valid_elects_nobody() {
    let mut bench = shared(|_| {});
    let good = meta(LOWER, all_nodes());
    let query = Message::Query(Query::general());
    let global: Ipv6Addr = "2001:db8::1".parse().unwrap();
    for (meta, reject) in [
        (RxMeta { src: global, ..good }, Reject::Message(Refused::QuerySource(global.into()))),
        (
            RxMeta { src: Ipv6Addr::UNSPECIFIED, ..good },
            Reject::Message(Refused::QuerySource(Ipv6Addr::UNSPECIFIED.into())),
        ),
        (RxMeta { hop_limit: 64, ..good }, Reject::Message(Refused::HopLimit(64))),
        (RxMeta { router_alert: false, ..good }, Reject::Message(Refused::NoRouterAlert)),
    ] {
        assert_eq!(bench.packet(meta, query), Err(reject));
    }
    let sources = [source(1).octets()];
    let of_no_group = Message::Query(Query { sources: &sources, ..Query::general() });
    assert_eq!(
        bench.packet(good, of_no_group),
        Err(Reject::Message(Refused::Addresses(Fault::GroupNotMulticast)))
    );
    let of_a_group = Query { group: Addr::from(group(1)), sources: &[[0xff; 16]], ..Query::general() };
    assert_eq!(
        bench.packet(good, Message::Query(of_a_group)),
        Err(Reject::Message(Refused::Addresses(Fault::SourceNotUnicast { index: 0 })))
    );
    assert_eq!(bench.router.querier(LINK), None);
}

#[test]
fn r3810_5_1_8_robustness_and_interval_of_the_querier_are_adopted_until_it_is_gone() {
    let mut bench = shared(|_| {});
    let (robustness, interval) = (3, Qqic::from_secs(20));
    bench.query(LOWER, Query { robustness, interval, ..Query::general() });
    bench.hear(1, R::ALLOW, &[1]);
    // The querier is forgotten after 3 x 20 s + 5 s; what was heard in its time runs for 3 x 20 s + 10 s.
    let ended = bench.until(seconds(200));
    assert_eq!(ended[0], (seconds(32 + 65), querier(None)));
    assert!(ended.contains(&(seconds(32 + 70), interest(group(1), Filter::NOTHING))), "{ended:?}");
    assert_eq!(bench.router.querier(LINK), None);
    bench.hear(1, R::ALLOW, &[1]);
    let own = bench.until(seconds(500));
    assert!(own.contains(&(seconds(200 + 260), interest(group(1), Filter::NOTHING))), "{own:?}");
}

#[test]
fn r3810_5_1_8_what_the_latest_query_leaves_unsaid_is_the_router_s_own() {
    let mut bench = shared(|_| {});
    bench.query(LOWER, Query { robustness: 7, interval: Qqic(10), ..Query::general() });
    bench.query(LOWER, Query { robustness: 0, interval: Qqic(0), ..Query::general() });
    bench.hear(1, R::ALLOW, &[1]);
    let ended = bench.until(seconds(300));
    assert!(ended.contains(&(seconds(32 + 260), interest(group(1), Filter::NOTHING))), "{ended:?}");
    // What a router says that is not to be querier is nothing to go by.
    let mut bench = shared(|_| {});
    bench.query(HIGHER, Query { robustness: 7, interval: Qqic(10), ..Query::general() });
    bench.hear(1, R::ALLOW, &[1]);
    let ended = bench.until(seconds(300));
    assert!(ended.contains(&(seconds(32 + 260), interest(group(1), Filter::NOTHING))), "{ended:?}");
}

#[test]
fn r3810_7_6_3_who_is_not_querier_asks_nothing_and_lowers_the_group_alone() {
    for immediate_leave in [true, false] {
        let mut bench = shared(|config| config.immediate_leave = immediate_leave);
        bench.general(LOWER);
        for from in [1, 2] {
            bench.hear(from, R::ALLOW, &[1]);
        }
        assert_eq!(bench.hear(1, R::BLOCK, &[1]), [], "the querier asks");
        bench.until(seconds(40));
        assert_eq!(bench.interest(), include(&[1]), "and lowers the timer of the source");
        for from in [1, 2] {
            bench.hear(from, R::TO_EX, &[]);
        }
        assert_eq!(bench.hear(1, R::TO_IN, &[]), []);
        let left = bench.until(seconds(50));
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(left[0].0, seconds(42), "the timer of the group is lowered by every router");
    }
}

#[test]
fn r3810_7_6_1_a_query_heard_with_s_clear_lowers_timers_and_one_with_s_set_does_not() {
    for immediate_leave in [true, false] {
        let mut bench = shared(|config| config.immediate_leave = immediate_leave);
        bench.hear(1, R::ALLOW, &[1, 2]);
        assert_eq!(bench.specific(LOWER, true, &[1]), [querier(Some(LOWER))]);
        assert_eq!(bench.until(seconds(40)), []);
        assert_eq!(bench.specific(LOWER, false, &[1]), []);
        assert_eq!(bench.until(seconds(45)), [(seconds(42), interest(group(1), include(&[2])))]);
        assert_eq!(bench.membership(1), include(&[2]));

        bench.hear(1, R::TO_EX, &[]);
        assert_eq!(bench.specific(LOWER, true, &[]), []);
        assert_eq!(bench.until(seconds(50)), []);
        bench.specific(LOWER, false, &[]);
        assert_eq!(bench.until(seconds(55)).len(), 1);
        assert_ne!(bench.interest().mode, crate::channel::FilterMode::Exclude);
    }
}

#[test]
fn r3810_7_6_1_who_answers_keeps_what_was_asked_about() {
    let mut bench = shared(|_| {});
    bench.hear(1, R::ALLOW, &[1]);
    bench.specific(LOWER, false, &[1]);
    bench.until(seconds(33));
    bench.hear(1, R::IS_IN, &[1]);
    assert_eq!(bench.until(seconds(200)), []);
    assert_eq!(bench.interest(), include(&[1]));
}

/// RFC 2710 4: what a querier has begun to ask about a group it finishes, whoever is querier then.
#[test]
fn r2710_4_a_querier_that_loses_its_role_finishes_what_it_asked() {
    let mut bench = shared(|_| {});
    for from in [1, 2] {
        bench.hear(from, R::ALLOW, &[1]);
    }
    let asks = bench.hear(1, R::BLOCK, &[1]);
    assert_eq!(asked(seconds(32), &asks), [(seconds(32), false, group(1), vec![1])]);
    assert_eq!(bench.general(LOWER), [querier(Some(LOWER))]);
    let rest = bench.until(seconds(200));
    assert_eq!(queries(&rest), [(seconds(33), false, group(1), vec![1])]);
    assert_eq!(rest.last(), Some(&(seconds(34), interest(group(1), Filter::NOTHING))));
}

#[test]
fn r3810_8_3_1_an_older_query_is_warned_of_once_in_a_query_interval() {
    let mut bench = shared(|_| {});
    let older = Message::QueryV1(QueryV1 { max_response_ms: 10_000, group: Addr::UNSPECIFIED });
    let warning = |from| Action::OtherVersion { link: LINK, from, version: crate::mld::Version::Older };
    let general = |from| meta(from, all_nodes());
    assert_eq!(bench.packet(general(HIGHER), older), Ok(vec![warning(HIGHER)]));
    assert_eq!(bench.packet(general(HIGHER), older), Ok(vec![]));
    bench.until(millis(156_999));
    assert_eq!(bench.packet(general(HIGHER), older), Ok(vec![]));
    bench.until(seconds(157));
    assert_eq!(bench.packet(general(LOWER), older), Ok(vec![warning(LOWER), querier(Some(LOWER))]));
}

#[test]
fn r3810_8_3_1_beside_older_routers_it_asks_as_they_do() {
    let older = crate::mld::Version::Older;
    let mut config = Config { version: older, ..Config::default() };
    config.timing.query_response_interval = Duration::from_millis(40_001);
    let mut bench = Bench { router: Router::new(config).unwrap(), now: Instant::ZERO };
    let (kind, startup) = (LinkKind::Shared, Startup::Now);
    let up = bench.input(Input::LinkUp { link: LINK, address: OWN, kind, startup, hold: None });
    let [Action::Send(sent)] = &up[..] else { panic!("{up:?}") };
    // Not a code: 40,001 ms has none.
    let expected = QueryV1 { max_response_ms: 40_001, group: Addr::UNSPECIFIED };
    assert_eq!(sent.body.view(), Message::QueryV1(expected));
    assert_eq!(sent.body.octets().len(), 24);
    assert_ne!(MaxResponseCode::from_millis(40_001).millis(), 40_001);

    // Nobody can say in version 1 what it would not miss, so nobody is asked about sources.
    bench.hear(1, R::TO_EX, &[1]);
    assert_eq!(bench.interest(), exclude(&[]));
    assert_eq!(bench.hear(1, R::BLOCK, &[1]), []);
    let left = bench.hear(1, R::TO_IN, &[]);
    let [Action::Send(sent)] = &left[..] else { panic!("{left:?}") };
    let expected = QueryV1 { max_response_ms: 1_000, group: Addr::from(group(1)) };
    assert_eq!((sent.body.view(), sent.dst), (Message::QueryV1(expected), group(1)));
    bench.until(millis(500));
    bench.hear(2, R::IS_EX, &[]);
    assert_eq!(queries_of_either_version(&bench.until(seconds(5))), 0, "confirmed, so not asked again");
    assert_eq!(bench.interest(), exclude(&[]));

    let warned = bench.general(HIGHER);
    let version = crate::mld::Version::Current;
    assert_eq!(warned, [Action::OtherVersion { link: LINK, from: HIGHER, version }]);
}

#[test]
fn r3810_8_3_1_a_leave_of_included_sources_is_asked_about_by_the_group() {
    let mut config = Config { version: crate::mld::Version::Older, ..Config::default() };
    config.immediate_leave = false;
    let mut bench = Bench { router: Router::new(config).unwrap(), now: Instant::ZERO };
    let (kind, startup) = (LinkKind::Shared, Startup::OnRequest);
    bench.input(Input::LinkUp { link: LINK, address: OWN, kind, startup, hold: None });
    bench.hear(1, R::ALLOW, &[1, 2]);
    let left = bench.hear(1, R::TO_IN, &[2]);
    assert_eq!(queries_of_either_version(&[(bench.now, left[0].clone())]), 1);
    assert_eq!(queries_of_either_version(&bench.until(seconds(5))), 1);
    assert_eq!(bench.interest(), include(&[2]));
}

fn queries_of_either_version(actions: &[(Instant, Action)]) -> usize {
    actions.iter().filter(|(_, action)| matches!(action, Action::Send(_))).count()
}
