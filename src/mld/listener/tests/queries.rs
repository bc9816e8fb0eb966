//! RFC 3810 6.2 and 6.3: which queries are answered, when, and with what.

use core::net::Ipv6Addr;
use core::time::Duration;
use std::vec::Vec;

use super::host::{
    self, BLOCK, Host, IS_EX, IS_IN, META, all_records, exclude, group, include, query, source, sources_query,
};
use crate::channel::Filter;
use crate::machine::{Machine, Received, RxMeta, Snapshot};
use crate::mld::listener::{Input, Reject};
use crate::time::Instant;
use crate::wire::membership::{Fault, Receiver, Refused};
use crate::wire::mld::{Done, Message, QueryV1};

const ANY: Ipv6Addr = Ipv6Addr::UNSPECIFIED;

/// A host that wants INCLUDE {1, 2} of group 1, EXCLUDE {1} of group 2, and has nothing pending.
fn settled() -> Host {
    let mut host = Host::new();
    host.want(Instant::ZERO, group(1), include(&[1, 2]));
    host.want(Instant::ZERO, group(2), exclude(&[1]));
    host.rest();
    host
}

/// Puts a query in; when the next timer fires now.
fn ask(host: &mut Host, packet: Received<Message<'_>>) -> Option<Instant> {
    assert_eq!(host.input(START, Input::Packet(packet)).unwrap(), [], "no query is answered at once");
    host.0.poll_timeout()
}

const START: Instant = Instant::from_secs(100);

#[test]
fn a_general_query_is_answered_with_all_state_after_a_random_delay_never_at_once() {
    let mut delays = Vec::new();
    let mut host = settled();
    for _ in 0..50 {
        let due = ask(&mut host, query(ANY, 10_000)).unwrap();
        assert!(due > START && due < START + Duration::from_secs(10));
        delays.push(due);
        let sent = host.timeout(due);
        assert_eq!(sent.len(), 1);
        assert_eq!(all_records(&sent), [IS_IN(group(1), &[1, 2]), IS_EX(group(2), &[1])]);
        assert_eq!(host.0.poll_timeout(), None);
    }
    delays.sort();
    let half = START + Duration::from_secs(5);
    assert!(delays[5] < half && delays[45] > half, "spread over the interval: {delays:?}");
}

/// Or a querier that grants time enough could fill the table with groups that are long gone.
#[test]
fn a_group_that_was_left_owes_no_response() {
    let mut host = settled();
    ask(&mut host, query(group(1), 30_000));
    host.want(START, group(1), Filter::NOTHING);
    let repeat = host.0.poll_timeout().unwrap();
    assert_eq!(host.timeout(repeat).len(), 1);
    assert_eq!(host.0.poll_timeout(), None);
}

#[test]
fn a_query_with_no_time_to_respond_is_still_not_answered_at_once() {
    let mut host = settled();
    assert_eq!(ask(&mut host, query(ANY, 0)), Some(START + Duration::from_micros(1)));
}

#[test]
fn case_1_a_sooner_general_response_covers_every_later_query() {
    let mut host = settled();
    let first = ask(&mut host, query(ANY, 2)).unwrap();
    for group in [ANY, group(1)] {
        // One in 5,000 delays would be the sooner one: the seed has none of these.
        assert_eq!(ask(&mut host, query(group, 10_000)), Some(first));
    }
    assert_eq!(host.rest(), [IS_IN(group(1), &[1, 2]), IS_EX(group(2), &[1])]);
}

#[test]
fn case_2_a_general_query_to_be_answered_sooner_replaces_the_pending_response() {
    let mut host = settled();
    let first = ask(&mut host, query(ANY, 10_000)).unwrap();
    let second = ask(&mut host, query(ANY, 1)).unwrap();
    assert!(second < first && second < START + Duration::from_millis(1));
    assert_eq!(all_records(&host.timeout(second)).len(), 2);
    assert_eq!(host.0.poll_timeout(), None, "the later response is cancelled");
}

#[test]
fn case_3_a_specific_query_is_answered_for_its_group_and_its_sources() {
    let mut host = settled();
    let due = ask(&mut host, query(group(2), 1_000)).unwrap();
    assert!(due > START && due < START + Duration::from_secs(1));
    assert_eq!(host.rest(), [IS_EX(group(2), &[1])]);

    let asked = [source(2).octets(), source(3).octets()];
    ask(&mut host, sources_query(group(1), 1_000, &asked)).unwrap();
    assert_eq!(host.rest(), [IS_IN(group(1), &[2])]);
}

#[test]
fn case_4_the_whole_group_swallows_recorded_sources_and_the_sooner_time_holds() {
    let mut host = settled();
    let late = ask(&mut host, sources_query(group(1), 10_000, &[source(2).octets()])).unwrap();
    let soon = ask(&mut host, query(group(1), 1)).unwrap();
    assert!(soon < late);
    // And once the whole group is to be told, sources add nothing.
    assert_eq!(ask(&mut host, sources_query(group(1), 10_000, &[source(1).octets()])), Some(soon));
    assert_eq!(all_records(&host.timeout(soon)), [IS_IN(group(1), &[1, 2])]);
    assert_eq!(host.0.poll_timeout(), None, "one response answers them all");
}

#[test]
fn case_5_sources_of_further_queries_are_added() {
    let mut host = settled();
    let late = ask(&mut host, sources_query(group(1), 10_000, &[source(1).octets()])).unwrap();
    let soon = ask(&mut host, sources_query(group(1), 1, &[source(2).octets()])).unwrap();
    assert!(soon < late);
    assert_eq!(host.rest(), [IS_IN(group(1), &[1, 2])]);
}

#[test]
fn t27_a_response_that_would_list_no_source_is_not_sent() {
    let mut host = settled();
    for (group, asked) in [(group(1), source(3)), (group(2), source(1))] {
        ask(&mut host, sources_query(group, 1_000, &[asked.octets()])).unwrap();
        assert_eq!(host.rest(), []);
    }
    ask(&mut host, sources_query(group(2), 1_000, &[source(1).octets(), source(4).octets()])).unwrap();
    assert_eq!(host.rest(), [IS_IN(group(2), &[4])]);
}

#[test]
fn a_query_for_what_is_not_listened_to_schedules_nothing() {
    assert_eq!(ask(&mut Host::new(), query(ANY, 1_000)), None);
    assert_eq!(ask(&mut settled(), query(group(9), 1_000)), None);
    // A group whose leave is being repeated is not listened to.
    let mut leaving = settled();
    leaving.want(START, group(1), Filter::NOTHING);
    leaving.want(START, group(2), Filter::NOTHING);
    let repeat = leaving.0.poll_timeout();
    for group in [ANY, group(1)] {
        assert_eq!(ask(&mut leaving, query(group, 1)), repeat);
    }
}

#[test]
fn a_group_left_before_its_response_is_due_is_not_in_it() {
    let mut host = settled();
    host.input(START, Input::Packet(query(group(1), 1))).unwrap();
    host.input(START, Input::Packet(query(ANY, 1))).unwrap();
    host.want(START, group(1), Filter::NOTHING);
    // Both responses are due before the leave is repeated.
    assert_eq!(host.rest(), [IS_EX(group(2), &[1]), BLOCK(group(1), &[1, 2])]);
    assert_eq!(host.0.groups().count(), 1);
    assert_eq!(host.0.groups.len(), 1, "nothing is kept of it");
}

#[test]
fn a_response_tells_the_state_of_its_own_time() {
    let mut host = settled();
    host.input(START, Input::Packet(query(group(2), 1_000))).unwrap();
    host.0.want(group(2), exclude(&[]));
    assert_eq!(host.rest(), [IS_EX(group(2), &[])]);
}

#[test]
fn a_response_beyond_the_budget_goes_on_where_it_stopped() {
    let mut host = Host::with(|config| config.budget = 2);
    for n in 1..=5 {
        host.want(Instant::ZERO, group(n), exclude(&[]));
    }
    host.rest();
    let mut due = ask(&mut host, query(ANY, 10_000)).unwrap();
    for groups in [&[1, 2][..], &[3, 4][..], &[5][..]] {
        let expected: Vec<_> = groups.iter().map(|&n| IS_EX(group(n), &[])).collect();
        assert_eq!(all_records(&host.timeout(due)), expected);
        due = due + Duration::from_millis(1);
        assert!(host.0.poll_timeout().is_none_or(|next| next == due));
    }
    assert_eq!(host.0.poll_timeout(), None);
}

/// RFC 3810 6.2 and digest 3.2, 2 to 4 and 13.
#[test]
fn a_query_that_is_not_valid_is_refused() {
    let global = source(9);
    let refused = [
        (RxMeta { src: global, ..META }, Reject::Message(Refused::QuerySource(global.into()))),
        (RxMeta { src: ANY, ..META }, Reject::Message(Refused::QuerySource(ANY.into()))),
        (RxMeta { hop_limit: 2, ..META }, Reject::Message(Refused::HopLimit(2))),
        (RxMeta { router_alert: false, ..META }, Reject::Message(Refused::NoRouterAlert)),
    ];
    let v1 = Message::QueryV1(QueryV1 { max_response_ms: 1_000, group: ANY.into() });
    for (meta, reject) in refused {
        for message in [query(ANY, 1_000).message, v1] {
            refuse(Received { meta, message }, reject);
        }
    }
    refuse(query(global, 1_000), Reject::Message(Refused::Addresses(Fault::GroupNotMulticast)));
    let v1 = Message::QueryV1(QueryV1 { max_response_ms: 1_000, group: global.into() });
    refuse(
        Received { meta: META, message: v1 },
        Reject::Message(Refused::Addresses(Fault::GroupNotMulticast)),
    );
    let sources = [source(1).octets(), group(2).octets()];
    refuse(
        sources_query(ANY, 1_000, &sources[..1]),
        Reject::Message(Refused::Addresses(Fault::GroupNotMulticast)),
    );
    refuse(
        sources_query(group(1), 1_000, &sources),
        Reject::Message(Refused::Addresses(Fault::SourceNotUnicast { index: 1 })),
    );
    let all_wrong = RxMeta { src: global, hop_limit: 2, router_alert: false, ..META };
    let message = query(global, 1_000).message;
    for (meta, reject) in [
        (all_wrong, Refused::HopLimit(2)),
        (RxMeta { hop_limit: 1, ..all_wrong }, Refused::NoRouterAlert),
        (RxMeta { hop_limit: 1, router_alert: true, ..all_wrong }, Refused::QuerySource(global.into())),
    ] {
        refuse(Received { meta, message }, Reject::Message(reject));
    }
    let done = Message::Done(Done { group: group(1).into() });
    refuse(Received { meta: META, message: done }, Reject::Message(Refused::NotFor(Receiver::Listener)));
}

fn refuse(packet: Received<Message<'_>>, reject: Reject) {
    let mut host = settled();
    let twin = host.clone();
    assert_eq!(host.input(START, Input::Packet(packet)), Err(reject));
    assert_eq!(host.0.snapshot(), twin.0.snapshot());
    assert_eq!(host.0.poll_timeout(), twin.0.poll_timeout());
    let mut twin = twin;
    assert_eq!(ask(&mut host, query(ANY, 10_000)), ask(&mut twin, query(ANY, 10_000)), "the same draw");
    assert_eq!(host.rest(), twin.rest());
}

#[test]
fn a_query_is_taken_whatever_its_destination() {
    let mut host = settled();
    let mut packet = query(ANY, 1_000);
    packet.meta.dst = host::ADDRESS;
    assert!(ask(&mut host, packet).is_some());
}
