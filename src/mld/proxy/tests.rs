//! A proxy seen from both sides.

use std::collections::BTreeMap;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::machine::Via;
use crate::mld::GroupRecord;
use crate::mld::listener::tests::host::{
    self, ALLOW, BLOCK, HOLD_IN, IS_EX, IS_IN, TO_EX, TO_IN, all_records, exclude, group, include, source,
};
use crate::wire::membership::Refused;
use crate::wire::mld;

const A: LinkId = LinkId(11);
const B: LinkId = LinkId(12);

fn proxy() -> Proxy {
    Proxy::new(Config::new(Via::Link(LinkId(1)), host::ADDRESS), 1).unwrap()
}

fn input(proxy: &mut Proxy, input: Input<'_>) -> Result<Vec<GroupRecord>, Reject> {
    let mut out = Vec::new();
    proxy.handle_input(Instant::ZERO, input, &mut out)?;
    Ok(all_records(&out))
}

fn interest(proxy: &mut Proxy, link: LinkId, group: Ipv6Addr, filter: Filter) -> Vec<GroupRecord> {
    input(proxy, Input::Interest { link, group, filter }).unwrap()
}

fn flush(proxy: &mut Proxy) -> Vec<Action> {
    let mut out = Vec::new();
    proxy.flush(Instant::ZERO, &mut out);
    out
}

fn rest(proxy: &mut Proxy) -> Vec<GroupRecord> {
    let mut out = Vec::new();
    while let Some(due) = proxy.poll_timeout() {
        proxy.handle_timeout(due, &mut out);
    }
    all_records(&out)
}

/// Figure 4 of the draft, seen from the proxy: the second listener of a channel causes no report.
#[test]
fn a28_second_listener_adds_nothing_upstream() {
    let mut proxy = proxy();
    assert_eq!(interest(&mut proxy, A, group(1), include(&[1])), [ALLOW(group(1), &[1])]);
    assert_eq!(interest(&mut proxy, B, group(2), include(&[2])), [ALLOW(group(2), &[2])]);
    rest(&mut proxy);
    assert_eq!(interest(&mut proxy, B, group(1), include(&[1])), []);
    assert_eq!(proxy.poll_timeout(), None);
    assert_eq!(proxy.snapshot().links.len(), 3, "the downstream interface is added all the same");
}

#[test]
fn z42_a_group_is_left_upstream_when_the_last_link_leaves_it() {
    let mut proxy = proxy();
    for link in [A, B] {
        interest(&mut proxy, link, group(1), include(&[1]));
    }
    rest(&mut proxy);
    assert_eq!(interest(&mut proxy, A, group(1), Filter::NOTHING), []);
    assert_eq!(proxy.wanted(group(1)), &include(&[1]));
    assert!(!proxy.is_idle());
    assert_eq!(interest(&mut proxy, B, group(1), Filter::NOTHING), [BLOCK(group(1), &[1])]);
    assert!(proxy.wanted(group(1)).is_nothing());
    assert!(!proxy.is_idle(), "the leave has to be repeated");
    assert_eq!(rest(&mut proxy), [BLOCK(group(1), &[1])]);
    assert!(proxy.is_idle());
    assert_eq!(proxy.snapshot(), State::default());
}

/// The example of RFC 4605 4.1.
#[test]
fn a_link_that_wants_all_outweighs_one_that_wants_some() {
    let mut proxy = proxy();
    assert_eq!(interest(&mut proxy, B, group(1), include(&[1, 2])), [ALLOW(group(1), &[1, 2])]);
    assert_eq!(interest(&mut proxy, A, group(1), exclude(&[])), [TO_EX(group(1), &[])]);
    assert_eq!(interest(&mut proxy, A, group(1), Filter::NOTHING), [TO_IN(group(1), &[1, 2])]);
}

#[test]
fn t32_groups_of_link_scope_stay_on_their_link() {
    let mut proxy = proxy();
    for text in ["ff02::1:ff00:11", "ff02::fb", "ff01::1", "ff12::5"] {
        assert_eq!(interest(&mut proxy, A, text.parse().unwrap(), exclude(&[])), [], "{text}");
    }
    assert!(proxy.is_idle());
    assert_eq!(proxy.snapshot(), State::default());
}

#[test]
fn what_is_fed_together_is_reported_in_one_report() {
    let mut proxy = proxy();
    proxy.feed(A, group(1), include(&[1]));
    proxy.feed(B, group(2), exclude(&[]));
    proxy.feed(B, group(1), include(&[2]));
    assert!(!proxy.is_idle());
    let out = flush(&mut proxy);
    assert_eq!(out.len(), 1);
    assert_eq!(all_records(&out), [ALLOW(group(1), &[1, 2]), TO_EX(group(2), &[])]);
    assert_eq!(flush(&mut proxy), [], "only once");
}

/// Break before make inside one call: nothing reaches the upstream.
#[test]
fn a_channel_handed_from_link_to_link_is_not_reported() {
    let mut proxy = proxy();
    interest(&mut proxy, A, group(1), include(&[1]));
    rest(&mut proxy);
    proxy.feed(A, group(1), Filter::NOTHING);
    proxy.feed(B, group(1), include(&[1]));
    assert_eq!(flush(&mut proxy), []);
    assert_eq!(proxy.poll_timeout(), None);
}

/// A41: the PBU-M has told the LMA; an MLD report of the same would be one message too many.
#[test]
fn d8_what_a_pbu_m_told_is_not_reported() {
    let mut proxy = proxy();
    proxy.feed(A, group(1), include(&[1]));
    proxy.feed(A, group(2), include(&[2]));
    proxy.told(group(1));
    assert_eq!(all_records(&flush(&mut proxy)), [ALLOW(group(2), &[2])]);
    assert_eq!(rest(&mut proxy), [ALLOW(group(2), &[2])]);
    assert_eq!(proxy.wanted(group(1)), &include(&[1]), "what is wanted stays");
}

#[test]
fn d8_what_a_pbu_m_told_is_not_repeated_either() {
    let mut proxy = proxy();
    assert_eq!(interest(&mut proxy, A, group(1), exclude(&[])), [TO_EX(group(1), &[])]);
    assert_eq!(input(&mut proxy, Input::UpstreamTold { group: group(1) }), Ok(Vec::new()));
    assert_eq!(proxy.poll_timeout(), None);
}

#[test]
fn told_of_a_leave_leaves_nothing_behind() {
    let mut proxy = proxy();
    proxy.feed(A, group(1), include(&[1]));
    flush(&mut proxy);
    proxy.feed(A, group(1), Filter::NOTHING);
    proxy.told(group(1));
    assert_eq!(flush(&mut proxy), []);
    assert!(proxy.is_idle());
    assert_eq!(proxy.poll_timeout(), None);
}

/// RFC 6224 4.2: the proxy answers for all of its links.
#[test]
fn a_query_from_upstream_is_answered_with_the_merge() {
    let mut proxy = proxy();
    interest(&mut proxy, A, group(1), include(&[1]));
    interest(&mut proxy, B, group(1), include(&[2]));
    interest(&mut proxy, B, group(2), exclude(&[3]));
    rest(&mut proxy);
    let general = host::query(Ipv6Addr::UNSPECIFIED, 10_000);
    assert_eq!(input(&mut proxy, Input::Packet(general)), Ok(Vec::new()));
    assert_eq!(rest(&mut proxy), [IS_IN(group(1), &[1, 2]), IS_EX(group(2), &[3])]);
}

/// RFC 4605 4.1: version 1 tells of groups alone; what the links want of sources is kept for when version 2 is back.
#[test]
fn r4605_4_1_to_an_older_querier_upstream_it_speaks_the_older_version() {
    let mut proxy = proxy();
    let older =
        mld::Message::QueryV1(mld::QueryV1 { max_response_ms: 0, group: Ipv6Addr::UNSPECIFIED.into() });
    let heard = Received { meta: host::META, message: older };
    assert_eq!(input(&mut proxy, Input::Packet(heard)), Ok(Vec::new()));
    assert_eq!(proxy.version(), Version::Older);
    let mut word = |link, filter| {
        let mut out = Vec::new();
        let interest = Input::Interest { link, group: group(1), filter };
        proxy.handle_input(Instant::ZERO, interest, &mut out).unwrap();
        let word = |Action::Send(sent): &Action| match sent.body.view() {
            mld::Message::ReportV1(report) => ("report", report.group.ip()),
            mld::Message::Done(done) => ("done", done.group.ip()),
            other => panic!("{other:?}"),
        };
        out.iter().map(word).collect::<Vec<_>>()
    };
    assert_eq!(word(A, include(&[1])), [("report", group(1))]);
    assert_eq!(word(B, exclude(&[2])), []);
    assert_eq!(word(A, Filter::NOTHING), []);
    assert_eq!(word(B, Filter::NOTHING), [("done", group(1))]);
}

fn forwarded(proxy: &Proxy, from: Face, n: u16) -> Vec<Face> {
    proxy.forward(from, source(n), group(1)).collect()
}

#[test]
fn r4605_4_2_data_from_upstream_goes_to_each_link_that_wants_it() {
    let mut proxy = proxy();
    interest(&mut proxy, A, group(1), include(&[1]));
    interest(&mut proxy, B, group(1), exclude(&[2]));
    let both = [Face::Downstream(A), Face::Downstream(B)];
    assert_eq!(forwarded(&proxy, Face::Upstream, 1), both);
    assert_eq!(forwarded(&proxy, Face::Upstream, 3), both[1..]);
    assert_eq!(forwarded(&proxy, Face::Upstream, 2), []);
}

#[test]
fn r4605_4_2_data_from_a_link_goes_upstream_always_and_to_the_other_links_that_want_it() {
    let mut proxy = proxy();
    assert_eq!(forwarded(&proxy, Face::Downstream(A), 1), [Face::Upstream], "whoever wants it");
    for link in [A, B] {
        interest(&mut proxy, link, group(1), include(&[1]));
    }
    assert_eq!(forwarded(&proxy, Face::Downstream(A), 1), [Face::Upstream, Face::Downstream(B)]);
    assert_eq!(forwarded(&proxy, Face::Downstream(A), 2), [Face::Upstream]);
    for (source, group) in [(source(1), "ff02::5"), (source(1), "2001:db8::1")] {
        assert_eq!(proxy.forward(Face::Downstream(A), source, group.parse().unwrap()).count(), 0, "{group}");
    }
    assert_eq!(proxy.forward(Face::Downstream(A), Ipv6Addr::UNSPECIFIED, group(1)).count(), 0);
    assert_eq!(proxy.forward(Face::Downstream(A), host::ADDRESS, group(1)).count(), 0, "link-local");
}

#[test]
fn r4605_3_only_the_querier_forwards_to_a_link() {
    let mut proxy = proxy();
    interest(&mut proxy, A, group(1), include(&[1]));
    assert_eq!(input(&mut proxy, Input::Querier { link: A, other: true }), Ok(Vec::new()));
    assert_eq!(forwarded(&proxy, Face::Upstream, 1), []);
    assert_eq!(
        forwarded(&proxy, Face::Downstream(A), 1),
        [Face::Upstream],
        "what came from there still goes up"
    );
    assert_eq!(proxy.wanted(group(1)), &include(&[1]), "it is asked for all the same");
    assert_eq!(input(&mut proxy, Input::Querier { link: A, other: false }), Ok(Vec::new()));
    assert_eq!(forwarded(&proxy, Face::Upstream, 1), [Face::Downstream(A)]);
}

#[test]
fn what_a_link_wanted_goes_with_it() {
    let mut proxy = proxy();
    interest(&mut proxy, A, group(1), include(&[1]));
    interest(&mut proxy, A, group(2), exclude(&[]));
    interest(&mut proxy, B, group(2), include(&[1]));
    input(&mut proxy, Input::Querier { link: A, other: true }).unwrap();
    rest(&mut proxy);
    let left = input(&mut proxy, Input::Gone { link: A }).unwrap();
    assert_eq!(left, [BLOCK(group(1), &[1]), TO_IN(group(2), &[1])]);
    let state = proxy.snapshot();
    assert!(state.links.into_keys().eq([(B, group(2))]) && state.others.is_empty());
}

/// Digest 1.B.6: what the links hold is held upstream, and is not forwarded.
#[test]
fn hold_what_any_link_holds_is_held_upstream_unless_one_receives_it() {
    let mut proxy = proxy();
    let held = |proxy: &mut Proxy, link, filter| {
        input(proxy, Input::Held { link, group: group(1), filter }).unwrap()
    };
    assert_eq!(held(&mut proxy, A, include(&[1])), [HOLD_IN(group(1), &[1])]);
    assert_eq!(held(&mut proxy, B, include(&[1])), [], "once is enough");
    rest(&mut proxy);
    assert_eq!(interest(&mut proxy, B, group(1), include(&[1])), [ALLOW(group(1), &[1])]);
    assert_eq!((proxy.held(group(1)), proxy.wanted(group(1))), (Filter::NOTHING, &include(&[1])));
    assert_eq!(forwarded(&proxy, Face::Upstream, 1), [Face::Downstream(B)]);
    let left = interest(&mut proxy, B, group(1), Filter::NOTHING);
    assert_eq!(left, [BLOCK(group(1), &[1]), HOLD_IN(group(1), &[1])]);
    held(&mut proxy, B, Filter::NOTHING);
    let gone = input(&mut proxy, Input::Gone { link: A }).unwrap();
    assert_eq!(gone, [BLOCK(group(1), &[1])]);
    rest(&mut proxy);
    assert!(proxy.is_idle() && proxy.snapshot() == State::default());
}

#[test]
fn over_ipv4_it_is_an_igmp_proxy() {
    use core::net::Ipv4Addr;
    let own = Ipv4Addr::new(192, 0, 2, 1);
    let mut proxy = Proxy::new(Config::new(Via::Link(LinkId(1)), own), 1).unwrap();
    let group = Ipv4Addr::new(239, 1, 2, 3);
    let mut out = Vec::new();
    for group in [group, Ipv4Addr::new(224, 0, 0, 251)] {
        let interest = Input::Interest { link: A, group, filter: Filter::EVERYTHING };
        proxy.handle_input(Instant::ZERO, interest, &mut out).unwrap();
    }
    let [Action::Send(sent)] = &out[..] else { panic!("one report: link scope stays below: {out:?}") };
    assert_eq!((sent.src, sent.dst), (own, Ipv4Addr::new(224, 0, 0, 22)));
    assert_eq!(proxy.snapshot().merged, [(group, Filter::EVERYTHING)].into());
}

#[test]
fn an_input_that_cannot_be_is_refused() {
    let mut proxy = proxy();
    let interest = |group, filter| Input::Interest { link: A, group, filter };
    let ssm: Ipv6Addr = "ff3e::8000:1".parse().unwrap();
    for (given, reject) in [
        (interest(source(1), exclude(&[])), Reject::NotAGroup(source(1))),
        (interest(ssm, exclude(&[])), Reject::SsmExclude(ssm)),
        (interest(group(1), Filter::include([group(2)])), Reject::NotASource(group(2))),
        (Input::Held { link: A, group: ssm, filter: exclude(&[]) }, Reject::SsmExclude(ssm)),
    ] {
        assert_eq!(input(&mut proxy, given), Err(reject));
    }
    let mut forged = host::query(group(1), 1_000);
    forged.meta.hop_limit = 64;
    assert_eq!(input(&mut proxy, Input::Packet(forged)), Err(Reject::Message(Refused::HopLimit(64))));
    assert_eq!(proxy.snapshot(), State::default());
}

#[test]
fn what_its_feeder_cannot_mean_is_not_fed() {
    let mut proxy = proxy();
    proxy.feed(A, source(1), exclude(&[]));
    proxy.feed(A, "ff3e::8000:1".parse().unwrap(), exclude(&[]));
    proxy.feed_held(A, "ff3e::8000:1".parse().unwrap(), exclude(&[]));
    proxy.feed_held(A, "ff02::9".parse().unwrap(), exclude(&[]));
    assert!(proxy.is_idle());
    assert_eq!(flush(&mut proxy), []);
}

#[test]
fn a_full_proxy_refuses_new_groups_but_no_links() {
    let config = Config { max_groups: 1, ..Config::new(Via::Link(LinkId(1)), host::ADDRESS) };
    let mut proxy = Proxy::new(config, 1).unwrap();
    interest(&mut proxy, A, group(1), include(&[1]));
    interest(&mut proxy, B, group(1), include(&[2]));
    let second = Input::Interest { link: A, group: group(2), filter: include(&[1]) };
    assert_eq!(input(&mut proxy, second), Err(Reject::TooManyGroups(1)));
    let held = Input::Held { link: A, group: group(2), filter: include(&[1]) };
    assert_eq!(input(&mut proxy, held), Err(Reject::TooManyGroups(1)));
    assert_eq!(proxy.groups().count(), 1);
}

#[test]
fn a_trace_can_be_recorded_and_played_again() {
    let (mut proxy, mut twin) = (proxy(), proxy());
    let inputs = [
        Input::Interest { link: A, group: group(1), filter: include(&[1]) },
        Input::UpstreamTold { group: group(1) },
        Input::Querier { link: B, other: true },
        Input::Held { link: A, group: group(2), filter: include(&[2]) },
        Input::Packet(host::query(group(1), 10_000)),
        Input::Gone { link: B },
    ];
    for given in inputs {
        let owned = OwnedInput::try_from(given.clone()).unwrap();
        assert_eq!(input(&mut proxy, given), input(&mut twin, owned.borrow()));
        #[cfg(feature = "serde")]
        {
            let text = serde_json::to_string(&owned).unwrap();
            assert_eq!(serde_json::from_str::<OwnedInput>(&text).unwrap(), owned, "{text}");
        }
    }
    assert_eq!(proxy.snapshot(), twin.snapshot());
    let said = [HOLD_IN(group(2), &[2]), IS_IN(group(1), &[1])];
    assert_eq!((rest(&mut proxy), rest(&mut twin)), (said.to_vec(), said.to_vec()));
}

fn filter() -> impl Strategy<Value = Filter> {
    (any::<bool>(), proptest::collection::btree_set(0_u16..5, 0..5)).prop_map(|(is_include, list)| {
        let list: Vec<u16> = list.into_iter().collect();
        if is_include { include(&list) } else { exclude(&list) }
    })
}

proptest! {
    /// Law 9. The model: a source is wanted upstream when it is wanted on some link.
    #[test]
    fn what_is_wanted_upstream_is_the_union_of_what_was_fed(
        steps in proptest::collection::vec((0_u32..4, 1_u16..4, filter()), 0..30),
    ) {
        let mut proxy = proxy();
        let mut links = BTreeMap::new();
        for (link, n, filter) in steps {
            let before = proxy.wanted(group(n)).clone();
            let sent = interest(&mut proxy, LinkId(link), group(n), filter.clone());
            links.insert((link, n), filter);
            prop_assert_eq!(sent.is_empty(), proxy.wanted(group(n)) == &before, "a report for each change, no other");
            for n in 1..4 {
                let of_group = || links.iter().filter(|((_, of), _)| *of == n).map(|(_, filter)| filter);
                // Source 9 stands for all that nobody lists.
                for s in [0, 1, 2, 3, 4, 9].map(source) {
                    prop_assert_eq!(proxy.wanted(group(n)).passes(s), of_group().any(|filter| filter.passes(s)));
                }
                prop_assert_eq!(proxy.upstream.wanted(group(n)), proxy.wanted(group(n)));
            }
        }
        links.retain(|_, filter| !filter.is_nothing());
        let state = proxy.snapshot();
        prop_assert!(state.links.into_iter().eq(links.into_iter().map(|((l, n), f)| ((LinkId(l), group(n)), f)).collect::<BTreeMap<_, _>>()));
        let told = state.upstream.into_iter().map(|(group, wish)| (group, wish.wanted));
        prop_assert!(state.merged.into_iter().eq(told));
    }
}
