//! Older versions on either side.

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use multimob::channel::Filter;
use multimob::mld::Version;
use multimob::mld::router::Config;
use multimob::wire::membership::{Family as _, RecordType};

use crate::heard::{Heard, Word};
use crate::kin::Kin;
use crate::lab::Lab;
use crate::listener::{BRIDGE, bridged};
use crate::router::{HOST, OTHER, OURS, Querier, asking, shared};
use crate::{BRISK, TIMING, both};

/// What is said of `group` by `by`, and to whom.
fn said<A: Kin, S>(lab: &Lab<A, S>, mark: usize, by: A, group: A) -> Vec<(A, Word<A>)> {
    let by = lab.heard[mark..].iter().filter(|heard| heard.src == by && heard.word.group() == Some(group));
    by.map(|heard| (heard.dst, heard.word.clone())).collect()
}

#[test]
fn our_listener_speaks_the_version_in_which_a_bridge_asks() {
    both(speaks_older::<Ipv6Addr>, speaks_older::<Ipv4Addr>);
}

fn speaks_older<A: Kin>() {
    let [ours, group, channels] = [A::station(1, OURS), A::GROUP, A::CHANNELS];
    let mut lab = bridged::<A>(&format!("{} {}", A::BRIDGED, A::NUMBER - 1));
    assert!(lab.heard.iter().any(|heard| heard.word.is_general(Version::Older)), "{}", lab.log());
    assert_eq!(lab.ours.0.version(), Version::Older);

    // RFC 4604 2.2.3: what the older version cannot say is joined whole.
    let filters = [(group, Filter::EVERYTHING), (channels, Filter::include([A::source(1)]))];
    for (group, filter) in filters {
        lab.tell(|ours, now, out| ours.want(now, group, filter, out));
        lab.until_asked("the bridge knows it", |lab| lab.entry(1, group).is_some());
        assert_eq!(said(&lab, 0, ours, group)[0], (group, Word::Join { group, version: Version::Older }));
    }
    let joined = lab.heard.len();
    for group in [group, channels] {
        lab.until_said(joined, ours, &Word::Join { group, version: Version::Older });
    }

    let before = lab.heard.len();
    lab.tell(|ours, now, out| ours.want(now, group, Filter::NOTHING, out));
    lab.until_asked("the bridge knows the leave", |lab| lab.entry(1, group).is_none());
    assert_eq!(said(&lab, before, ours, group), [(A::Wire::ALL_ROUTERS.into(), Word::Leave { group })]);
    // RFC 2710 4 and 8, RFC 2236 3 and 9: the querier asks Last Listener Query Count times, at the group. This one asks
    // once, at all nodes; our listener would answer that as well.
    let asks = lab.heard[before..].iter().filter(|heard| heard.word.asks(group, &[]));
    assert_eq!(asks.map(|heard| heard.dst).collect::<Vec<A>>(), [A::ALL_NODES], "{}", lab.log());

    // What was joined whole is to be forgotten soon, and it still speaks so.
    lab.set_bridge(BRIDGE, "mcast_membership_interval 300");
    let joined = lab.heard.len();
    lab.until_said(joined, ours, &Word::Join { group: channels, version: Version::Older });

    // Until the last older Query is so old: robustness x interval + time to respond (RFC 3810 9.12, RFC 3376 8.12).
    lab.set_bridge(BRIDGE, &format!("{} {}", A::BRIDGED, A::NUMBER));
    lab.until("our listener is current", |lab| lab.ours.0.version() == Version::Current);
    let older = |heard: &&Heard<A>| heard.word.is_general(Version::Older);
    let last = lab.heard.iter().rev().find(older).unwrap().at;
    assert!(lab.now().saturating_since(last) >= BRISK.listening_interval(), "{}", lab.log());
    let before = lab.heard.len();
    lab.until("an answer of the current version", |lab| {
        lab.words(before, ours, channels).contains(&Word::record(RecordType::IS_IN, channels, [A::source(1)]))
    });
    lab.want(channels, &Filter::include([A::source(1)]));
}

/// Host `host` speaks this version and no later one.
fn force<A: Kin, S: crate::lab::Station<A>>(lab: &mut Lab<A, S>, host: u8, version: u8) {
    let variable = A::FORCED.replace("HOST", &format!("host{host}"));
    lab.run(&format!("echo {version} > /proc/sys/net/{variable}"));
}

#[test]
fn our_router_spares_an_older_kernel_host() {
    both(spares_older::<Ipv6Addr>, spares_older::<Ipv4Addr>);
}

/// RFC 3810 8.3.2, RFC 3376 7.3.2.
fn spares_older<A: Kin>() {
    let [ours, older, other, group] =
        [A::station(1, OURS), A::station(1, HOST), A::station(1, OTHER), A::GROUP];
    let join = Word::Join { group, version: Version::Older };
    let mut lab = shared(asking());
    force(&mut lab, HOST, A::NUMBER - 1);
    for host in [HOST, OTHER] {
        lab.host(host, "join", group, &[]);
    }
    lab.until("both have joined", |lab| {
        lab.words(0, older, group).contains(&join)
            && lab.words(0, other, group).contains(&Word::record(RecordType::TO_EX, group, []))
    });
    lab.pass(Duration::from_millis(500));

    // What is blocked is still wanted by the older host, who cannot say so: BLOCK is ignored.
    let before = lab.heard.len();
    lab.host(OTHER, "block", group, &[A::source(1)]);
    lab.pass(Duration::from_secs(1));
    let block = Word::record(RecordType::BLOCK, group, [A::source(1)]);
    lab.until_said(before, other, &block);
    assert_eq!(lab.words(before, ours, group), []);
    assert_eq!(lab.ours.wants(1, group), Filter::EVERYTHING);

    // It answers in its version when the other leaves.
    let before = lab.heard.len();
    lab.host(OTHER, "leave", group, &[]);
    lab.until("the older host was asked and answers", |lab| {
        lab.words(before, ours, group).iter().any(|word| word.asks(group, &[]))
            && lab.words(before, older, group).contains(&join)
    });
    lab.pass(TIMING.last_listener_query_time() + Duration::from_millis(300));
    assert_eq!(lab.ours.wants(1, group), Filter::EVERYTHING);

    let before = lab.heard.len();
    lab.host(HOST, "leave", group, &[]);
    lab.until_believed(before, older, &Word::Leave { group }, &Filter::NOTHING);
    assert!(said(&lab, before, older, group).contains(&(A::Wire::ALL_ROUTERS.into(), Word::Leave { group })));
}

#[test]
fn our_router_ignores_leaves_while_a_kernel_host_of_igmpv1_is_there() {
    both(|| {}, never_leaves);
}

/// RFC 3376 7.3.2: IGMPv1 has no leave, so none is believed.
fn never_leaves() {
    type A = Ipv4Addr;
    let [ours, oldest, other, group] =
        [A::station(1, OURS), A::station(1, HOST), A::station(1, OTHER), A::GROUP];
    let mut lab: Lab<A, _> = shared(Config { timing: BRISK, ..asking() });
    force(&mut lab, HOST, 1);
    for host in [HOST, OTHER] {
        lab.host(host, "join", group, &[]);
    }
    lab.until("both have joined", |lab| {
        lab.words(0, oldest, group).contains(&Word::Join { group, version: Version::Oldest })
            && !lab.words(0, other, group).is_empty()
    });
    lab.pass(Duration::from_millis(500));
    let before = lab.heard.len();
    lab.host(OTHER, "leave", group, &[]);
    lab.pass(Duration::from_secs(1));
    let leave = Word::record(RecordType::TO_IN, group, []);
    lab.until_said(before, other, &leave);
    assert_eq!(lab.words(before, ours, group), []);
    assert_eq!(lab.ours.wants(1, group), Filter::EVERYTHING);

    // It leaves without a word and is missed when the interval has passed.
    lab.host(HOST, "leave", group, &[]);
    let before = lab.heard.len();
    lab.until("nobody is left", |lab| lab.ours.wants(1, group) == Filter::NOTHING);
    assert_eq!(lab.words(before, oldest, group), []);
    assert_eq!(lab.words(before, ours, group), []);
}

#[test]
fn a_kernel_host_speaks_the_version_in_which_our_router_asks() {
    both(asks_older::<Ipv6Addr>, asks_older::<Ipv4Addr>);
}

fn asks_older<A: Kin>() {
    let [ours, host, group] = [A::station(1, OURS), A::station(1, HOST), A::GROUP];
    let join = Word::Join { group, version: Version::Older };
    let mut lab: Lab<A, Querier<A>> = shared(Config { version: Version::Older, ..asking() });
    lab.until("an older Query", |lab| lab.heard.iter().any(|heard| heard.word.is_general(Version::Older)));
    lab.host(HOST, "join", group, &[]);
    lab.until("the join was told", |lab| lab.ours.wants(1, group) == Filter::EVERYTHING);
    assert_eq!(said(&lab, 0, host, group)[0], (group, join.clone()));

    // When it has repeated that, it speaks only if it is asked.
    lab.pass(Duration::from_secs(1));
    let joined = lab.heard.len();
    lab.tell(|ours, now, out| ours.ask(now, 1, out));
    lab.until_said(joined, host, &join);
    assert!(lab.words(joined, host, group).iter().all(|word| *word == join), "{}", lab.log());

    let before = lab.heard.len();
    lab.host(HOST, "leave", group, &[]);
    lab.until_believed(before, host, &Word::Leave { group }, &Filter::NOTHING);
    assert!(said(&lab, before, host, group).contains(&(A::Wire::ALL_ROUTERS.into(), Word::Leave { group })));
    let asks = |word: &Word<A>| matches!(word, Word::Query { version: Version::Older, .. });
    assert!(lab.words(before, ours, group).iter().filter(|word| asks(word)).count() >= 2, "{}", lab.log());
}
