//! RFC 3810 8.2: beside queriers and hosts of version 1; and RFC 3810 5.2.13: before there is an address.

use core::net::Ipv6Addr;
use core::time::Duration;
use std::vec::Vec;

use super::host::{
    self, ALLOW, Host, IS_EX, IS_IN, META, TO_EX, all_records, exclude, group, include, query,
};
use crate::channel::Filter;
use crate::machine::{Machine, Received, RxMeta};
use crate::mld::Version;
use crate::mld::listener::{Action, Input, Reject};
use crate::time::Instant;
use crate::wire::membership::{Fault, Receiver, Refused};
use crate::wire::mld::{Message, Qqic, Query, QueryV1, ReportV1};

const ANY: Ipv6Addr = Ipv6Addr::UNSPECIFIED;
const START: Instant = Instant::from_secs(100);
/// Of source-specific groups.
const SSM: Ipv6Addr = Ipv6Addr::new(0xff3e, 0, 0, 0, 0, 0, 0x8000, 1);

fn older_query(group: Ipv6Addr, max_response_ms: u16) -> Received<Message<'static>> {
    Received { meta: META, message: Message::QueryV1(QueryV1 { max_response_ms, group: group.into() }) }
}

fn report(group: Ipv6Addr) -> Received<Message<'static>> {
    let meta = RxMeta { src: Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 9), dst: group, ..META };
    Received { meta, message: Message::ReportV1(ReportV1 { group: group.into() }) }
}

/// What was said in version 1, and whether it went where it has to.
fn words(actions: &[Action]) -> Vec<(&'static str, Ipv6Addr)> {
    let word = |Action::Send(sent): &Action| match sent.body.view() {
        Message::ReportV1(report) => {
            assert_eq!(sent.dst, report.group.ip());
            ("report", report.group.ip())
        }
        Message::Done(done) => {
            assert_eq!(sent.dst, "ff02::2".parse::<Ipv6Addr>().unwrap());
            ("done", done.group.ip())
        }
        other => panic!("not of version 1: {other:?}"),
    };
    actions.iter().map(word).collect()
}

fn take(host: &mut Host, packet: Received<Message<'_>>) {
    assert_eq!(host.input(START, Input::Packet(packet)).unwrap(), [], "nothing is answered at once");
}

/// A host that wants something of groups 1 and 2, all told, and then heard a version 1 Query.
fn beside_an_older_querier() -> Host {
    let mut host = Host::new();
    host.want(Instant::ZERO, group(1), include(&[1]));
    host.want(Instant::ZERO, group(2), exclude(&[]));
    host.rest();
    take(&mut host, older_query(group(9), 1_000));
    host
}

#[test]
fn r3810_8_2_1_after_a_version_1_query_it_speaks_version_1() {
    let mut host = beside_an_older_querier();
    assert_eq!(host.0.version(), Version::Older);
    assert_eq!(words(&host.want(START, group(3), include(&[1]))), [("report", group(3))]);
    assert_eq!(words(&host.want(START, group(3), exclude(&[2]))), [], "version 1 has no word for sources");
    let repeat = host.0.poll_timeout().unwrap();
    assert!(repeat < START + Duration::from_secs(10), "RFC 2710 7.10");
    assert_eq!(words(&host.timeout(repeat)), [("report", group(3))]);
    assert_eq!(words(&host.want(repeat, group(3), Filter::NOTHING)), [("done", group(3))]);
    assert_eq!(host.0.entries(), 2, "a Done is said once");
}

#[test]
fn r3810_8_2_1_every_group_answers_a_version_1_query_within_its_linear_delay() {
    let mut host = beside_an_older_querier();
    // 0xffff would be over two hours in version 2.
    take(&mut host, older_query(ANY, 0xffff));
    let mut said = Vec::new();
    for _ in 0..2 {
        let due = host.0.poll_timeout().unwrap();
        assert!(due > START && due < START + Duration::from_millis(0xffff));
        said.extend(words(&host.timeout(due)));
    }
    said.sort_unstable();
    assert_eq!(said, [("report", group(1)), ("report", group(2))]);

    take(&mut host, older_query(group(2), 1_000));
    assert_eq!(words(&host.timeout(START + Duration::from_secs(1))), [("report", group(2))]);
}

/// RFC 3810 9.12: robustness times the interval of the last Query, and the time to respond.
#[test]
fn r3810_9_12_when_the_older_querier_is_gone_it_speaks_version_2_again() {
    for (interval, present) in [(None, 260), (Some(60), 130)] {
        let mut host = Host::new();
        host.want(Instant::ZERO, group(1), exclude(&[]));
        host.rest();
        if let Some(secs) = interval {
            let query = Query { interval: Qqic::from_secs(secs), ..Query::general() };
            take(&mut host, Received { meta: META, message: Message::Query(query) });
            host.rest();
        }
        take(&mut host, older_query(group(9), 1_000));
        let end = START + Duration::from_secs(present);
        assert_eq!(host.0.poll_timeout(), Some(end));
        host.timeout(end);
        assert_eq!((host.0.version(), host.0.poll_timeout()), (Version::Current, None));
        assert_eq!(all_records(&host.want(end, group(2), exclude(&[]))), [TO_EX(group(2), &[])]);
    }
}

#[test]
fn r3810_8_2_1_each_version_1_query_sets_the_timer_again() {
    let mut host = beside_an_older_querier();
    let later = START + Duration::from_secs(200);
    host.input(later, Input::Packet(older_query(group(9), 1_000))).unwrap();
    assert_eq!(host.0.poll_timeout(), Some(later + Duration::from_secs(260)));
}

#[test]
fn r3810_8_2_1_another_version_cancels_all_that_is_pending() {
    let mut host = Host::new();
    host.want(Instant::ZERO, group(1), include(&[1]));
    host.want(Instant::ZERO, group(2), exclude(&[]));
    host.want(Instant::ZERO, group(2), Filter::NOTHING);
    host.input(Instant::ZERO, Input::Packet(query(ANY, 10_000))).unwrap();
    host.input(Instant::ZERO, Input::Packet(query(group(1), 10_000))).unwrap();
    take(&mut host, older_query(group(9), 1_000));
    let present = START + Duration::from_secs(260);
    assert_eq!(host.0.poll_timeout(), Some(present), "nothing else is pending");
    assert_eq!(host.0.entries(), 1, "the group whose leave was still being repeated is gone");

    // And back: what is pending in version 1 is cancelled with it.
    let last = START + Duration::from_secs(259);
    host.want(last, group(3), exclude(&[]));
    host.timeout(present);
    assert_eq!((host.0.version(), host.0.poll_timeout()), (Version::Current, None));
}

/// RFC 2710 4: who hears another report holds back its own; of source-specific groups never (RFC 4604 2.2.1).
#[test]
fn r2710_4_in_version_1_the_report_of_another_host_stands_for_the_own() {
    for (group, answers) in [(group(1), 0), (SSM, 1)] {
        let mut host = Host::new();
        host.want(Instant::ZERO, group, include(&[1]));
        take(&mut host, older_query(ANY, 1_000));
        take(&mut host, report(group));
        assert_eq!(host.timeout(START + Duration::from_secs(1)).len(), answers, "{group}");
    }
}

/// RFC 3810 8.2.2 allows it; the default is not to.
#[test]
fn r3810_8_2_2_in_version_2_it_is_suppressed_where_that_is_configured_and_never_for_ssm() {
    for (suppression, group, answers) in [(false, group(1), 1), (true, group(1), 0), (true, SSM, 1)] {
        let mut host = Host::with(|config| config.suppression = suppression);
        host.want(Instant::ZERO, group, include(&[1]));
        host.rest();
        take(&mut host, query(group, 1_000));
        take(&mut host, report(group));
        assert_eq!(host.rest().len(), answers, "{suppression} {group}");
    }
}

#[test]
fn a_report_that_is_not_valid_or_its_own_suppresses_nothing() {
    let mut host = beside_an_older_querier();
    let refused = [
        (
            RxMeta { src: host::source(1), ..META },
            Reject::Message(Refused::ReportSource(host::source(1).into())),
        ),
        (RxMeta { hop_limit: 2, ..META }, Reject::Message(Refused::HopLimit(2))),
        (RxMeta { router_alert: false, ..META }, Reject::Message(Refused::NoRouterAlert)),
        (RxMeta { src: host::ADDRESS, ..META }, Reject::Message(Refused::NotFor(Receiver::Listener))),
    ];
    for (meta, reject) in refused {
        let packet = Received { meta, ..report(group(1)) };
        assert_eq!(host.input(START, Input::Packet(packet)), Err(reject));
    }
    let no_group = Message::ReportV1(ReportV1 { group: host::source(1).into() });
    let packet = Received { meta: META, message: no_group };
    assert_eq!(
        host.input(START, Input::Packet(packet)),
        Err(Reject::Message(Refused::Addresses(Fault::GroupNotMulticast)))
    );
    // RFC 3590 4: from a host that has no address yet it counts.
    let unspecified = Received { meta: RxMeta { src: ANY, ..META }, ..report(group(1)) };
    take(&mut host, unspecified);
}

#[test]
fn told_by_other_means_version_1_repeats_nothing() {
    let mut host = beside_an_older_querier();
    host.want(START, group(3), exclude(&[]));
    assert_eq!(host.input(START, Input::Told { group: group(3) }), Ok(Vec::new()));
    assert_eq!(host.0.poll_timeout(), Some(START + Duration::from_secs(260)));
}

fn from(actions: &[Action]) -> Vec<Ipv6Addr> {
    actions.iter().map(|Action::Send(sent)| sent.src).collect()
}

#[test]
fn r3810_5_2_13_before_there_is_an_address_it_reports_from_none_and_says_all_again_after() {
    let mut host = Host::with(|config| config.address = ANY);
    assert_eq!(from(&host.want(Instant::ZERO, group(1), include(&[1]))), [ANY]);
    host.want(Instant::ZERO, group(2), exclude(&[2]));
    host.rest();
    let sent = host.input(START, Input::Address { address: host::ADDRESS }).unwrap();
    assert_eq!(from(&sent), [host::ADDRESS]);
    let all = [ALLOW(group(1), &[1]), TO_EX(group(2), &[2])];
    assert_eq!(all_records(&sent), all);
    assert_eq!(host.rest(), all, "as often as any change");
    assert_eq!(host.input(START, Input::Address { address: host::ADDRESS }), Ok(Vec::new()), "no news");
    assert_eq!(host.0.poll_timeout(), None);
}

#[test]
fn an_address_that_is_gone_is_not_reported_from() {
    let mut host = Host::new();
    host.want(Instant::ZERO, group(1), include(&[1]));
    host.rest();
    assert_eq!(host.input(START, Input::Address { address: ANY }), Ok(Vec::new()));
    take(&mut host, query(group(1), 1_000));
    let due = host.0.poll_timeout().unwrap();
    let sent = host.timeout(due);
    assert_eq!((from(&sent), all_records(&sent)), (Vec::from([ANY]), Vec::from([IS_IN(group(1), &[1])])));
    let global = host::source(1);
    assert_eq!(host.input(START, Input::Address { address: global }), Err(Reject::BadAddress(global)));
}

#[test]
fn in_version_1_a_new_address_is_told_too() {
    let mut host = beside_an_older_querier();
    let address = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 5);
    let sent = host.input(START, Input::Address { address }).unwrap();
    assert_eq!(words(&sent), [("report", group(1)), ("report", group(2))]);
    assert_eq!(from(&sent), [address, address]);
}

#[test]
fn a_version_2_query_in_version_1_is_answered_in_version_1() {
    let mut host = beside_an_older_querier();
    take(&mut host, host::sources_query(group(1), 1_000, &[host::source(7).octets()]));
    assert_eq!(words(&host.timeout(START + Duration::from_secs(1))), [("report", group(1))]);
    let mut host = Host::new();
    host.want(Instant::ZERO, group(1), exclude(&[]));
    host.rest();
    take(&mut host, query(ANY, 1_000));
    assert_eq!(host.rest(), [IS_EX(group(1), &[])], "without an older querier it is of version 2");
}
