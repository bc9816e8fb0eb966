//! What is refused, as a whole or record by record, and what is passed over in silence (digest 3.2).

use super::*;
use crate::mld::{Timing, TimingError};
use crate::wire::membership::{Fault, Receiver};
use crate::wire::mld::{Done, Query, QueryV1, RecordType as R, ReportV1};

/// Gives `bench` a message that must be refused, and shows that it changed nothing.
fn refused(bench: &mut Bench, meta: RxMeta, message: Message<'_>) -> Reject {
    use crate::machine::Snapshot;
    let (state, due) = (bench.router.snapshot(), bench.router.poll_timeout());
    let reject = bench.packet(meta, message).unwrap_err();
    assert_eq!((bench.router.snapshot(), bench.router.poll_timeout()), (state, due));
    reject
}

#[test]
fn a25_only_link_local_sources_report() {
    let mut bench = Bench::access();
    let join = report(&[record(R::TO_EX, group(1), &[])]);
    for src in ["::", "2001:db8::1", "ff02::1", "::1"] {
        let src = src.parse().unwrap();
        assert_eq!(
            refused(&mut bench, meta(src, ALL_MLDV2_ROUTERS), join.view()),
            Reject::Message(Refused::ReportSource(src.into()))
        );
    }
}

#[test]
fn reports_need_hop_limit_1_and_router_alert_and_a_link() {
    let mut bench = Bench::access();
    let join = report(&[record(R::TO_EX, group(1), &[])]);
    let good = meta(host(1), ALL_MLDV2_ROUTERS);
    for hop_limit in [0, 2, 255] {
        let meta = RxMeta { hop_limit, ..good };
        assert_eq!(refused(&mut bench, meta, join.view()), Reject::Message(Refused::HopLimit(hop_limit)));
    }
    let meta = RxMeta { router_alert: false, ..good };
    assert_eq!(refused(&mut bench, meta, join.view()), Reject::Message(Refused::NoRouterAlert));
    let meta = RxMeta { link: LinkId(9), ..good };
    assert_eq!(refused(&mut bench, meta, join.view()), Reject::NoSuchLink(LinkId(9)));
    assert!(bench.packet(good, join.view()).is_ok());
}

#[test]
fn a26_reports_go_to_ff02_16_or_to_the_router_itself() {
    let join = report(&[record(R::TO_EX, group(1), &[])]);
    for dst in [ALL_MLDV2_ROUTERS, ROUTER] {
        let mut bench = Bench::access();
        let heard = bench.packet(meta(host(1), dst), join.view()).unwrap();
        assert_eq!(heard, [interest(group(1), exclude(&[]))]);
    }
    let mut bench = Bench::access();
    for dst in ["ff02::2", "ff02::1", "ff1e::1", "fe80::99"] {
        let dst = dst.parse().unwrap();
        assert_eq!(
            refused(&mut bench, meta(host(1), dst), join.view()),
            Reject::Message(Refused::Destination(dst.into()))
        );
    }
}

#[test]
fn version_1_reports_go_to_the_group_and_done_to_ff02_2() {
    let mut bench = Bench::access();
    let join = Message::ReportV1(ReportV1 { group: Addr::from(group(1)) });
    let done = Message::Done(Done { group: Addr::from(group(1)) });
    let all_routers = "ff02::2".parse().unwrap();
    for (message, dst) in [(join, group(2)), (join, all_routers), (done, group(1)), (done, ALL_MLDV2_ROUTERS)]
    {
        assert_eq!(
            refused(&mut bench, meta(host(1), dst), message),
            Reject::Message(Refused::Destination(dst.into()))
        );
    }
    for (message, dst) in [(join, group(1)), (done, all_routers), (join, ROUTER), (done, ROUTER)] {
        assert!(bench.packet(meta(host(1), dst), message).is_ok());
    }
}

#[test]
fn version_1_of_what_is_no_group_is_refused_as_a_whole() {
    let mut bench = Bench::access();
    let group = Addr::from(source(1));
    let refusal = Reject::Message(Refused::Addresses(Fault::GroupNotMulticast));
    let join = Message::ReportV1(ReportV1 { group });
    assert_eq!(refused(&mut bench, meta(host(1), ROUTER), join), refusal);
    assert_eq!(refused(&mut bench, meta(host(1), ROUTER), Message::Done(Done { group })), refusal);
}

#[test]
fn a_message_is_judged_in_the_order_of_the_rules() {
    let mut bench = Bench::access();
    let join = report(&[record(R::TO_EX, group(1), &[])]);
    let dst = "ff02::2".parse().unwrap();
    let all_wrong = RxMeta { hop_limit: 2, router_alert: false, ..meta(source(1), dst) };
    for (meta, refusal) in [
        (all_wrong, Refused::HopLimit(2)),
        (RxMeta { hop_limit: 1, ..all_wrong }, Refused::NoRouterAlert),
        (meta(source(1), dst), Refused::ReportSource(source(1).into())),
        (meta(host(1), dst), Refused::Destination(dst.into())),
    ] {
        assert_eq!(refused(&mut bench, meta, join.view()), Reject::Message(refusal));
    }
}

#[test]
fn queries_say_nothing_to_the_querier_of_all_links() {
    let mut bench = Bench::access();
    let all_nodes = "ff02::1".parse().unwrap();
    let older = QueryV1 { max_response_ms: 1_000, group: Addr::UNSPECIFIED };
    for query in [Message::Query(Query::general()), Message::QueryV1(older)] {
        assert_eq!(
            refused(&mut bench, meta(host(1), all_nodes), query),
            Reject::Message(Refused::NotFor(Receiver::Router))
        );
    }
}

#[test]
fn links_come_and_go_once() {
    let mut bench = Bench::access();
    let up = Input::LinkUp {
        link: LINK,
        address: ROUTER,
        kind: LinkKind::Shared,
        startup: Startup::Now,
        hold: None,
    };
    assert_eq!(bench.try_input(up), Err(Reject::LinkExists(LINK)));
    assert!(bench.router.is_up(LINK));
    assert_eq!(bench.router.address(LINK), Some(ROUTER));
    bench.input(Input::LinkDown { link: LINK });
    assert!(!bench.router.is_up(LINK));
    assert_eq!(bench.try_input(Input::LinkDown { link: LINK }), Err(Reject::NoSuchLink(LINK)));
    assert_eq!(bench.try_input(Input::Query { link: LINK }), Err(Reject::NoSuchLink(LINK)));
    let told = Input::Told { link: LINK, listener: host(1), records: &[], elapsed: Duration::ZERO };
    assert_eq!(bench.try_input(told), Err(Reject::NoSuchLink(LINK)));
}

#[test]
fn a_link_that_goes_takes_back_what_it_wanted_and_then_says_so() {
    let mut bench = Bench::access();
    bench.input(Input::Query { link: LINK });
    bench.report(1, &[record(R::ALLOW, group(2), &[1]), record(R::TO_EX, group(1), &[])]);
    let down = bench.input(Input::LinkDown { link: LINK });
    let gone = Action::Gone { link: LINK };
    assert_eq!(down, [interest(group(1), Filter::NOTHING), interest(group(2), Filter::NOTHING), gone]);
    assert_eq!(bench.router.poll_timeout(), None);
    assert_eq!(bench.router.links().count(), 0);
}

#[test]
fn one_bad_record_does_not_spoil_the_others() {
    let mut bench = Bench::access();
    let source = "2001:db8::1".parse::<Ipv6Addr>().unwrap();
    let bad = |index| Action::Refused { link: LINK, listener: host(1), index, why: Refusal::BadAddress };
    let records = [
        record(R::TO_EX, source, &[]),
        record(R::ALLOW, group(1), &[1]),
        GroupRecord { kind: R::ALLOW, group: group(2), sources: [source, group(9)].into_iter().collect() },
        GroupRecord {
            kind: R::ALLOW,
            group: group(3),
            sources: [Ipv6Addr::UNSPECIFIED].into_iter().collect(),
        },
    ];
    let expected = [bad(0), bad(2), bad(3), interest(group(1), include(&[1]))];
    assert_eq!(bench.report(1, &records), expected);
    assert_eq!(bench.router.refused(), 3);

    let mut told = Bench::access();
    let input = Input::Told { link: LINK, listener: host(1), records: &records, elapsed: Duration::ZERO };
    assert_eq!(told.input(input), expected);
}

#[test]
fn records_count_in_their_order() {
    let (join, leave) = (record(R::TO_EX, group(1), &[]), record(R::TO_IN, group(1), &[]));
    let mut bench = Bench::access();
    assert_eq!(bench.report(1, &[leave.clone(), join.clone()]), [interest(group(1), exclude(&[]))]);
    assert_eq!(bench.report(1, &[join, leave]), [interest(group(1), Filter::NOTHING)]);
}

#[test]
fn records_of_unknown_types_are_skipped() {
    let mut bench = Bench::access();
    let records = [
        record(RecordType(0), group(1), &[1]),
        record(RecordType(0x81), source(1), &[1]),
        record(R::ALLOW, group(2), &[1]),
    ];
    assert_eq!(bench.report(1, &records), [interest(group(2), include(&[1]))]);
}

#[test]
fn groups_that_are_never_reported_are_passed_over_in_silence() {
    let mut bench = Bench::access();
    let records =
        ["ff02::1", "ff00::5", "ff01::5", "ff11::5"].map(|text| record(R::TO_EX, text.parse().unwrap(), &[]));
    assert_eq!(bench.report(1, &records), []);
}

/// Trap 32: a solicited-node group is kept on its link; it is for the parents not to pass it on.
#[test]
fn t32_groups_of_the_link_are_an_interest_of_the_link() {
    let mut bench = Bench::access();
    let solicited = "ff02::1:ff00:11".parse().unwrap();
    let joined = bench.report(1, &[record(R::TO_EX, solicited, &[])]);
    assert_eq!(joined, [interest(solicited, exclude(&[]))]);
}

#[test]
fn timers_that_cannot_be_make_no_router() {
    let config: Config =
        Config { timing: Timing { robustness: 0, ..Timing::default() }, ..Config::default() };
    assert_eq!(Router::new(config).unwrap_err(), ConfigError::Timing(TimingError::NoRobustness));
}

#[cfg(feature = "serde")]
#[test]
fn a_recorded_trace_replays_to_the_same_actions() {
    let (kind, startup) = (LinkKind::PointToPoint, Startup::Now);
    let records = vec![record(R::TO_EX, group(2), &[])];
    let trace = vec![
        OwnedInput::LinkUp { link: LINK, address: ROUTER, kind, startup, hold: None },
        OwnedInput::Packet {
            meta: meta(host(1), ALL_MLDV2_ROUTERS),
            message: report(&[record(R::ALLOW, group(1), &[1])]),
        },
        OwnedInput::Told { link: LINK, listener: host(1), records, elapsed: Duration::from_secs(3) },
        OwnedInput::Query { link: LINK },
        OwnedInput::LinkDown { link: LINK },
    ];
    let text = serde_json::to_string(&trace).unwrap();
    let replayed: Vec<OwnedInput> = serde_json::from_str(&text).unwrap();
    assert_eq!(replayed, trace);
    let actions = |trace: &[OwnedInput]| {
        let mut bench = Bench { router: Router::new(Config::default()).unwrap(), now: Instant::ZERO };
        trace.iter().flat_map(|input| bench.input(input.borrow())).collect::<Vec<_>>()
    };
    let once = actions(&trace);
    assert_eq!(once.len(), 7);
    assert_eq!(actions(&replayed), once);
    let text = serde_json::to_string(&once).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Action>>(&text).unwrap(), once);
}
