//! The same listener over IPv4: RFC 3376 5 and 7.2.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::vec::Vec;

use crate::channel::Filter;
use crate::machine::{LinkId, Machine, Protection, Received, RxMeta, Via};
use crate::mld::Version;
use crate::mld::listener::{Action, Config, Input, Listener, OwnedInput, Reject};
use crate::time::Instant;
use crate::wire::Addr4;
use crate::wire::igmp::{Message, Query, QueryV1, QueryV2, RecordType, ReportV2};
use crate::wire::membership::Refused;

const OWN: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const QUERIER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 254);
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 2, 3);
const SSM: Ipv4Addr = Ipv4Addr::new(232, 1, 2, 3);
const SOURCE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 5);
const START: Instant = Instant::from_secs(100);

const META: RxMeta<Ipv4Addr> = RxMeta {
    link: LinkId(1),
    src: QUERIER,
    dst: Ipv4Addr::new(224, 0, 0, 1),
    home_address: None,
    routing_header: None,
    outer: None,
    hop_limit: 1,
    router_alert: true,
    protection: Protection::None,
};

struct Host(Listener<Ipv4Addr>);

impl Host {
    fn new() -> Self {
        Self(Listener::new(Config::new(Via::Link(LinkId(1)), OWN), 1).unwrap())
    }

    fn input(
        &mut self,
        now: Instant,
        input: Input<'_, Ipv4Addr>,
    ) -> Result<Vec<Action<Ipv4Addr>>, Reject<Ipv4Addr>> {
        let mut out = Vec::new();
        self.0.handle_input(now, input, &mut out).map(|()| out)
    }

    fn want(&mut self, group: Ipv4Addr, filter: Filter<Ipv4Addr>) -> Vec<Action<Ipv4Addr>> {
        self.input(START, Input::Want { group, filter }).unwrap()
    }

    fn hear(&mut self, now: Instant, message: Message<'_>) {
        assert_eq!(self.input(now, Input::Packet(Received { meta: META, message })), Ok(Vec::new()));
    }

    fn timeout(&mut self, now: Instant) -> Vec<Action<Ipv4Addr>> {
        let mut out = Vec::new();
        self.0.handle_timeout(now, &mut out);
        out
    }
}

fn v2(group: Ipv4Addr, max_response_tenths: u8) -> Message<'static> {
    Message::QueryV2(QueryV2 { max_response_tenths, group: Addr4::from(group) })
}

/// Kind and group of what was sent, and where it went.
fn words(actions: &[Action<Ipv4Addr>]) -> Vec<(&'static str, Ipv4Addr, Ipv4Addr)> {
    let word = |Action::Send(sent): &Action<Ipv4Addr>| match sent.body.view() {
        Message::ReportV1(report) => ("report 1", report.group.ip(), sent.dst),
        Message::ReportV2(report) => ("report 2", report.group.ip(), sent.dst),
        Message::Leave(leave) => ("leave", leave.group.ip(), sent.dst),
        Message::Report(report) => {
            let record = report.records.iter().next().unwrap();
            let kind = match record.kind {
                RecordType::ALLOW => "ALLOW",
                RecordType::TO_EX => "TO_EX",
                RecordType::IS_IN => "IS_IN",
                kind => panic!("{kind:?}"),
            };
            (kind, record.group.ip(), sent.dst)
        }
        other => panic!("{other:?}"),
    };
    actions.iter().map(word).collect()
}

const ALL_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 2);
const REPORTS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 22);

#[test]
fn r3376_5_1_a_change_is_told_to_all_version_3_routers() {
    let mut host = Host::new();
    assert_eq!(words(&host.want(SSM, Filter::include([SOURCE]))), [("ALLOW", SSM, REPORTS)]);
    assert_eq!(words(&host.want(GROUP, Filter::EVERYTHING)), [("TO_EX", GROUP, REPORTS)]);
    assert_eq!(host.want(Ipv4Addr::new(224, 0, 0, 1), Filter::EVERYTHING), [], "never of all systems");
    let refused = host.input(START, Input::Want { group: SSM, filter: Filter::EVERYTHING });
    assert_eq!(refused, Err(Reject::SsmExclude(SSM)));
}

#[test]
fn r3376_5_2_a_query_is_answered_within_its_time() {
    let mut host = Host::new();
    host.want(SSM, Filter::include([SOURCE]));
    while let Some(due) = host.0.poll_timeout() {
        host.timeout(due);
    }
    let sources = [[203, 0, 113, 9], SOURCE.octets()];
    host.hear(START, Message::Query(Query { group: SSM.into(), sources: &sources, ..Query::general() }));
    let due = host.0.poll_timeout().unwrap();
    assert!(due > START && due < START + Duration::from_secs(10));
    assert_eq!(words(&host.timeout(due)), [("IS_IN", SSM, REPORTS)]);
}

#[test]
fn r3376_7_2_1_beside_a_version_2_querier_it_speaks_version_2() {
    let mut host = Host::new();
    host.hear(START, v2(Ipv4Addr::UNSPECIFIED, 100));
    assert_eq!(host.0.version(), Version::Older);
    assert_eq!(words(&host.want(GROUP, Filter::include([SOURCE]))), [("report 2", GROUP, GROUP)]);
    assert_eq!(words(&host.want(GROUP, Filter::NOTHING)), [("leave", GROUP, ALL_ROUTERS)]);
}

#[test]
fn r3376_7_2_1_beside_a_version_1_querier_it_speaks_version_1_and_never_leaves() {
    let mut host = Host::new();
    host.hear(START, Message::QueryV1(QueryV1));
    assert_eq!(host.0.version(), Version::Oldest);
    assert_eq!(words(&host.want(GROUP, Filter::EVERYTHING)), [("report 1", GROUP, GROUP)]);
    assert_eq!(host.want(GROUP, Filter::NOTHING), []);
    assert_eq!(host.0.entries(), 0);
}

#[test]
fn r3376_7_2_1_a_version_1_query_is_answered_within_ten_seconds() {
    let mut host = Host::new();
    host.hear(START, Message::QueryV1(QueryV1));
    host.want(GROUP, Filter::EVERYTHING);
    let repeat = host.0.poll_timeout().unwrap();
    host.timeout(repeat);
    let mut latest = Duration::ZERO;
    for _ in 0..50 {
        host.hear(START, Message::QueryV1(QueryV1));
        let due = host.0.poll_timeout().unwrap();
        latest = latest.max(due.saturating_since(START));
        assert_eq!(words(&host.timeout(due)), [("report 1", GROUP, GROUP)]);
    }
    assert!(latest > Duration::from_secs(5) && latest < Duration::from_secs(10), "{latest:?}");
}

#[test]
fn r3376_7_2_1_the_version_goes_back_step_by_step() {
    let mut host = Host::new();
    host.hear(START, Message::QueryV1(QueryV1));
    let later = START + Duration::from_secs(50);
    host.hear(later, v2(Ipv4Addr::UNSPECIFIED, 100));
    assert_eq!(host.0.version(), Version::Oldest, "the oldest that is there");
    assert_eq!(host.0.poll_timeout(), Some(START + Duration::from_secs(260)));
    host.timeout(START + Duration::from_secs(260));
    assert_eq!(host.0.version(), Version::Older);
    assert_eq!(host.0.poll_timeout(), Some(later + Duration::from_secs(260)));
    host.timeout(later + Duration::from_secs(260));
    assert_eq!((host.0.version(), host.0.poll_timeout()), (Version::Current, None));
}

#[test]
fn r3376_7_2_1_a_version_2_query_about_a_group_tells_no_version() {
    let mut host = Host::new();
    host.hear(START, v2(GROUP, 10));
    assert_eq!(host.0.version(), Version::Current);
}

#[test]
fn r2236_3_the_report_of_another_host_stands_for_the_own() {
    let mut host = Host::new();
    host.hear(START, v2(Ipv4Addr::UNSPECIFIED, 100));
    host.want(GROUP, Filter::EVERYTHING);
    let report = Message::ReportV2(ReportV2 { group: Addr4::from(GROUP) });
    host.hear(START, report);
    assert_eq!(host.0.poll_timeout(), Some(START + Duration::from_secs(260)), "no repetition");
}

#[test]
fn r3376_9_1_which_queries_are_dropped() {
    let mut host = Host::new();
    let general = Message::Query(Query::general());
    let nowhere = Ipv4Addr::new(127, 0, 0, 1);
    let refused = [
        (RxMeta { router_alert: false, ..META }, general, Reject::Message(Refused::NoRouterAlert)),
        (RxMeta { router_alert: false, ..META }, v2(GROUP, 10), Reject::Message(Refused::NoRouterAlert)),
        (RxMeta { hop_limit: 2, ..META }, general, Reject::Message(Refused::HopLimit(2))),
        (RxMeta { dst: GROUP, ..META }, general, Reject::Message(Refused::Destination(GROUP.into()))),
        (RxMeta { src: nowhere, ..META }, general, Reject::Message(Refused::QuerySource(nowhere.into()))),
    ];
    for (meta, message, reject) in refused {
        assert_eq!(host.input(START, Input::Packet(Received { meta, message })), Err(reject));
    }
    // Version 1 knows no Router Alert; a switch may ask from no address.
    let meta = RxMeta { router_alert: false, src: Ipv4Addr::UNSPECIFIED, ..META };
    let message = Message::QueryV1(QueryV1);
    assert_eq!(host.input(START, Input::Packet(Received { meta, message })), Ok(Vec::new()));
}

#[test]
fn records_fill_datagrams_of_ipv4() {
    let config = Config { mtu: 0, ..Config::new(Via::Link(LinkId(1)), OWN) };
    let mut host = Host(Listener::new(config, 1).unwrap());
    let sources = (0..200).map(|n| Ipv4Addr::new(198, 51, 100, n));
    let sent = host.want(SSM, Filter::include(sources));
    let sizes: Vec<_> = sent.iter().map(|Action::Send(report)| 24 + report.body.octets().len()).collect();
    // 576 less IP header with Router Alert, report and record header: 134 sources.
    assert_eq!(sizes, [24 + 8 + 8 + 134 * 4, 24 + 8 + 8 + 66 * 4]);
}

#[test]
fn a_trace_of_igmp_can_be_recorded_and_played_again() {
    let (mut host, mut twin) = (Host::new(), Host::new());
    let inputs = [
        Input::Want { group: GROUP, filter: Filter::EVERYTHING },
        Input::Packet(Received { meta: META, message: v2(Ipv4Addr::UNSPECIFIED, 100) }),
        Input::Address { address: QUERIER },
    ];
    for input in inputs {
        let owned = OwnedInput::try_from(input.clone()).unwrap();
        assert_eq!(host.input(START, input), twin.input(START, owned.borrow()));
        #[cfg(feature = "serde")]
        {
            let text = serde_json::to_string(&owned).unwrap();
            assert_eq!(serde_json::from_str::<OwnedInput<Ipv4Addr>>(&text).unwrap(), owned, "{text}");
        }
    }
}
