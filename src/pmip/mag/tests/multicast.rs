//! What nodes listen to: policy, routes, proxies, tunnels.

use super::*;
use crate::channel::Channel;
use crate::wire::membership::Refused;

const ONE: fn() -> Filter = || Filter::include([source(1)]);

#[test]
fn a24_the_m_tunnel_comes_with_the_first_subscription_and_goes_with_the_last() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let actions = bench.input(&report(1, &[join(GROUP, &ONE())]));
    let tunnel = TunnelId(1);
    assert_eq!(tunnels(&actions), [(tunnel, TunnelKind::Multicast, ip(LMA))]);
    let (via, link) = (Via::Tunnel(tunnel), Via::Link(LinkId(1)));
    assert_eq!(routes(&actions), [(ip(GROUP), ONE(), via, link)]);
    assert_eq!(reports(&actions), [(tunnel, vec![join(GROUP, &ONE())])]);
    assert!(matches!(
        actions[..],
        [Action::InstallTunnel { .. }, Action::InstallRoute { .. }, Action::Send(_)]
    ));

    let actions = bench.input(&report(1, &[leave(GROUP)]));
    assert!(matches!(actions[0], Action::RemoveRoute { .. }));
    assert_eq!(reports(&actions).len(), 1, "the leave is told");
    assert!(!actions.contains(&Action::RemoveTunnel { id: tunnel }), "and has to be repeated");
    let log = bench.wait(secs(5));
    assert_eq!(log.last().map(|(_, action)| action), Some(&Action::RemoveTunnel { id: tunnel }));
    assert_eq!(reports(&just(&log)).len(), 1);
}

#[test]
fn a24_nothing_takes_effect_before_the_registration() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    assert_eq!(bench.input(&report(1, &[join(GROUP, &ONE())])), []);
    let actions = bench.input(&Pba::to(&pbu).input());
    let [unicast, multicast] = [TunnelId(0), TunnelId(1)];
    assert_eq!(
        tunnels(&actions),
        [(unicast, TunnelKind::Unicast, ip(LMA)), (multicast, TunnelKind::Multicast, ip(LMA))]
    );
    assert_eq!(routes(&actions).len(), 1);
    assert_eq!(reports(&actions), [(multicast, vec![join(GROUP, &ONE())])]);
    let at = |wanted: fn(&Action) -> bool| actions.iter().position(wanted).unwrap();
    let route = at(|action| matches!(action, Action::InstallRoute { .. }));
    let advert = at(|action| !adverts([action]).is_empty());
    let query = at(|action| !queries([action]).is_empty());
    assert!(route < advert && advert < query);
}

#[test]
fn a28_second_listener_adds_nothing_upstream() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.register(2, 2);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.wait(secs(5));
    let actions = bench.input(&report(2, &[join(GROUP, &ONE())]));
    assert_eq!(routes(&actions).len(), 1, "the downstream interface is always added");
    assert_eq!(actions.len(), 1, "{actions:?}");
    assert_eq!(reports(&just(&bench.wait(secs(5)))), []);

    let actions = bench.input(&report(1, &[leave(GROUP)]));
    assert_eq!(actions.len(), 1, "the other still listens: {actions:?}");
    let actions = bench.input(&report(2, &[leave(GROUP)]));
    assert_eq!(reports(&actions).len(), 1, "z35: the last one is told");
}

#[test]
fn z27_a_further_source_is_told_alone() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.register(2, 2);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.wait(secs(5));
    let actions = bench.input(&report(2, &[join(GROUP, &Filter::include([source(1), source(2)]))]));
    let news = join(GROUP, &Filter::include([source(2)]));
    assert_eq!(reports(&actions)[0].1, [news]);
}

#[test]
fn z42_one_proxy_and_one_m_tunnel_for_each_lma() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.register_with(2, 2, &Profile { lma: ip(OTHER_LMA), ..profile() });
    let first = bench.input(&report(1, &[join(GROUP, &ONE())]));
    let second = bench.input(&report(2, &[join(GROUP, &ONE())]));
    assert_eq!(tunnels(&first)[0].2, ip(LMA));
    assert_eq!(tunnels(&second)[0].2, ip(OTHER_LMA));
    assert_eq!(reports(&second).len(), 1, "each LMA is told of what its own nodes want");
    assert_ne!(routes(&first)[0].2, routes(&second)[0].2, "r6224 4.2: instances are isolated");
}

#[test]
fn z26_what_the_policy_forbids_goes_nowhere() {
    let mut bench = Bench::new();
    let policy = ChannelPolicy::Only(vec![Channel::ssm(source(1), ip(GROUP))]);
    bench.register_with(1, 1, &Profile { policy, ..profile() });
    let both = Filter::include([source(1), source(2)]);
    let actions = bench.input(&report(1, &[join(GROUP, &both), join(ANY_SOURCE, &Filter::EVERYTHING)]));
    assert_eq!(
        routes(&actions).iter().map(|route| (route.0, route.1.clone())).collect::<Vec<_>>(),
        [(ip(GROUP), ONE())]
    );
    assert_eq!(reports(&actions)[0].1, [join(GROUP, &ONE())]);
    assert_eq!(bench.input(&report(1, &[join("ff1e::99", &Filter::EVERYTHING)])), []);
    assert_eq!(bench.input(&report(1, &[join(GROUP, &Filter::include([source(3)]))])), []);
}

#[test]
fn t32_groups_of_link_scope_stay_on_their_link() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let solicited_node = "ff02::1:ff00:2";
    assert_eq!(bench.input(&report(1, &[join(solicited_node, &Filter::EVERYTHING)])), []);
    assert!(bench.mag.router().interests(LinkId(1)).count() == 1, "known, but here only");
}

#[test]
fn a25_a_report_from_the_unspecified_address_is_discarded() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let meta = RxMeta { src: Ipv6Addr::UNSPECIFIED, ..access(1, "ff02::16") };
    let reject = bench.refused(&report_as(meta, &[join(GROUP, &ONE())]));
    assert_eq!(reject, Reject::Router(router::Reject::Message(Refused::ReportSource(Addr::UNSPECIFIED))));
}

#[test]
fn a26_a_report_to_the_address_of_the_mag_counts() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let actions = bench.input(&report_as(access(1, ROUTER), &[join(GROUP, &ONE())]));
    assert_eq!(routes(&actions).len(), 1);
}

#[test]
fn a27_the_lma_is_answered_through_the_m_tunnel() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.wait(secs(5));
    assert_eq!(bench.input(&lma_query(LMA)), [], "after a random delay");
    let log = just(&bench.wait(secs(11)));
    let state = GroupRecord::current_state(ip(GROUP), &ONE());
    assert_eq!(reports(&log), [(TunnelId(1), vec![state])]);
    assert!(queries(&log).is_empty(), "r6224 4.2: not passed on to the nodes");
}

#[test]
fn t18_mld_belongs_to_the_tunnel_that_it_came_through() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    assert_eq!(bench.refused(&lma_query("2001:db8::77")), Reject::UnknownPeer(ip("2001:db8::77")));
    let OwnedInput::Packet { meta, payload } = lma_query(LMA) else { unreachable!() };
    let outer = Some(Outer { src: ip(LMA), dst: ip(PREVIOUS) });
    let elsewhere = OwnedInput::Packet { meta: RxMeta { outer, ..meta }, payload: payload.clone() };
    assert_eq!(bench.refused(&elsewhere), Reject::UnknownPeer(ip(LMA)));
    let far = OwnedInput::Packet { meta: RxMeta { hop_limit: 64, ..meta }, payload };
    assert!(matches!(bench.refused(&far), Reject::Proxy(_)), "t19: the inner hop limit is judged");
    assert_eq!(bench.refused(&report(9, &[leave(GROUP)])), Reject::NoSuchNode(LinkId(9)));
}

/// A node may write any outer header it likes.
#[test]
fn t18_no_tunnel_ends_on_an_access_link() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let OwnedInput::Packet { meta, payload } = lma_query(LMA) else { unreachable!() };
    let forged = OwnedInput::Packet { meta: RxMeta { link: LinkId(1), ..meta }, payload };
    assert_eq!(bench.refused(&forged), Reject::UnknownPeer(ip(LMA)));
    let OwnedInput::Packet { meta, payload } = solicitation(1, NODE, 255) else { unreachable!() };
    let inside = OwnedInput::Packet {
        meta: RxMeta { outer: Some(Outer { src: ip(LMA), dst: ip(MAG) }), ..meta },
        payload,
    };
    assert_eq!(bench.refused(&inside), Reject::NotForMags);
}

#[test]
fn a20_static_tunnels_are_there_from_the_start_and_stay() {
    let mut bench = Bench::with(Config { tunnel_mode: TunnelMode::Static, ..config() });
    assert_eq!(bench.mag.poll_timeout(), Some(Instant::ZERO));
    let start = just(&bench.wait(Duration::ZERO));
    assert_eq!(
        tunnels(&start),
        [(TunnelId(0), TunnelKind::Multicast, ip(LMA)), (TunnelId(1), TunnelKind::Multicast, ip(OTHER_LMA))]
    );
    assert_eq!((start.len(), bench.mag.poll_timeout()), (2, None));
    bench.register(1, 1);
    let actions = bench.input(&report(1, &[join(GROUP, &ONE())]));
    assert_eq!((tunnels(&actions), reports(&actions)[0].0), (vec![], TunnelId(0)));
    bench.input(&report(1, &[leave(GROUP)]));
    bench.detach(1);
    bench.wait(secs(60));
    let up = bench.mag.snapshot().tunnels;
    assert_eq!(up.len(), 2);
    assert!(up.iter().all(|&(kind, _)| kind == TunnelKind::Multicast));
}

#[test]
fn make_before_break_a_changed_route_is_installed_before_the_old_one_goes() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    let actions = bench.input(&report(1, &[join(GROUP, &Filter::include([source(2)]))]));
    let Action::InstallRoute { id: new, .. } = &actions[0] else { panic!("{actions:?}") };
    let Action::RemoveRoute { id: old } = &actions[1] else { panic!("{actions:?}") };
    assert!(old < new);
}

#[test]
fn a31_what_a_node_listens_to_is_written_back() {
    let mut bench = Bench::with(Config { write_back: true, ..config() });
    bench.register(1, 1);
    let stored = |actions: &[Action]| {
        actions
            .iter()
            .filter(|action| matches!(action, Action::StoreChannels { .. }))
            .cloned()
            .collect::<Vec<_>>()
    };
    let store = |channels| Action::StoreChannels { node: node(1), channels };
    let actions = bench.input(&report(1, &[join(GROUP, &ONE()), join("ff02::5", &Filter::EVERYTHING)]));
    assert_eq!(stored(&actions), [store(vec![(ip(GROUP), ONE())])]);
    assert_eq!(stored(&bench.input(&report(1, &[join(GROUP, &ONE())]))), [], "no change");
    let actions = bench.input(&report(1, &[join(ANY_SOURCE, &Filter::EVERYTHING)]));
    let both = vec![(ip(ANY_SOURCE), Filter::EVERYTHING), (ip(GROUP), ONE())];
    assert_eq!(stored(&actions), [store(both)]);
    assert_eq!(stored(&bench.detach(1)), [], "its next MAG needs what is written");
    assert_eq!(stored(&just(&bench.wait(secs(60)))), []);
}

#[test]
fn a31_what_the_profile_said_is_not_written_back_to_it() {
    let mut bench = Bench::with(Config { write_back: true, ..config() });
    let channels = vec![(ip(GROUP), ONE())];
    let actions = bench.register_with(1, 1, &Profile { channels, ..profile() });
    assert_eq!(routes(&actions).len(), 1);
    assert!(!actions.iter().any(|action| matches!(action, Action::StoreChannels { .. })));
    let actions = bench.input(&report(1, &[leave(GROUP)]));
    assert!(actions.contains(&Action::StoreChannels { node: node(1), channels: vec![] }));
}

#[test]
fn a43_channels_of_the_profile_travel_in_the_registration() {
    let mut bench = Bench::new();
    let channels =
        vec![(ip(GROUP), ONE()), (ip(ANY_SOURCE), Filter::EVERYTHING), (ip("ff02::5"), Filter::EVERYTHING)];
    let pbu = bench.begin(1, 1, &Profile { channels, ..profile() });
    assert!(pbu.says_c());
    assert_eq!(pbu.records, [join(ANY_SOURCE, &Filter::EVERYTHING), join(GROUP, &ONE())], "d8");
    let actions = bench.input(&Pba::to(&pbu).input());
    assert_eq!(routes(&actions).len(), 2, "data flows at once");
    assert_eq!(tunnels(&actions).len(), 2);
    assert_eq!(reports(&actions), [], "the LMA was told by the PBU-M");
    assert_eq!(queries(&actions), [LinkId(1)], "a42: then the node is asked");
    assert_eq!(reports(&just(&bench.wait(secs(5)))), []);
}

#[test]
fn a43_what_the_mag_receives_already_needs_no_pbu_m() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &Filter::include([source(1), source(2)]))]));
    let channels = vec![(ip(GROUP), ONE())];
    let pbu = bench.begin(2, 2, &Profile { channels: channels.clone(), ..profile() });
    assert!(!pbu.says_c() && pbu.records.is_empty());
    assert_eq!(routes(&bench.input(&Pba::to(&pbu).input())).len(), 1);

    // To another LMA it is news.
    assert!(bench.begin(3, 3, &Profile { lma: ip(OTHER_LMA), channels, ..profile() }).says_c());
}

/// The last listener left a moment ago, and that is still being repeated when another node brings the group along.
#[test]
fn d10_a_leave_is_not_repeated_behind_the_pbu_m_that_takes_it_back() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.wait(secs(5));
    assert_eq!(reports(&bench.input(&report(1, &[leave(GROUP)]))).len(), 1);
    let pbu = bench.begin(2, 2, &Profile { channels: vec![(ip(GROUP), ONE())], ..profile() });
    assert_eq!(pbu.groups(), [ip(GROUP)]);
    let log = bench.wait(Duration::from_millis(999));
    assert_eq!(reports(&just(&log)), [], "the LMA would stop what it has just begun");
    assert_eq!(reports(&bench.input(&Pba::to(&pbu).input())), []);
}

#[test]
fn d10_a_pbu_m_asks_for_what_all_nodes_here_want_together() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(ANY_SOURCE, &Filter::include([source(1)]))]));
    let channels = vec![(ip(ANY_SOURCE), Filter::exclude([source(1), source(2)]))];
    let pbu = bench.begin(2, 2, &Profile { channels, ..profile() });
    assert_eq!(
        pbu.records,
        [join(ANY_SOURCE, &Filter::exclude([source(2)]))],
        "the first node keeps source 1"
    );
}

#[test]
fn z26_a_profile_is_asked_for_within_its_own_policy() {
    let mut bench = Bench::new();
    let channels =
        vec![(ip(GROUP), Filter::include([source(1), source(2)])), (ip(ANY_SOURCE), Filter::EVERYTHING)];
    let policy = ChannelPolicy::Only(vec![Channel::ssm(source(2), ip(GROUP))]);
    let pbu = bench.begin(1, 1, &Profile { channels, policy, ..profile() });
    assert_eq!(pbu.records, [join(GROUP, &Filter::include([source(2)]))]);
}

#[test]
fn d7_what_the_lma_did_not_take_is_reported() {
    let mut bench = Bench::new();
    let channels = vec![(ip(GROUP), ONE()), (ip(ANY_SOURCE), Filter::EVERYTHING)];
    let pbu = bench.begin(1, 1, &Profile { channels, ..profile() });
    let echo = Some(vec![join(GROUP, &ONE())]);
    let actions = bench.input(&Pba { echo, ..Pba::to(&pbu) }.input());
    assert_eq!(reports(&actions)[0].1, [join(ANY_SOURCE, &Filter::EVERYTHING)]);

    let mut bench = Bench::new();
    let channels = vec![(ip(GROUP), ONE())];
    let pbu = bench.begin(1, 1, &Profile { channels, ..profile() });
    let actions = bench.input(&Pba { echo: Some(vec![]), ..Pba::to(&pbu) }.input());
    assert_eq!(reports(&actions)[0].1, [join(GROUP, &ONE())], "M = 0: none of them");
}

#[test]
fn s15_an_answer_of_igmp_says_nothing_of_mld() {
    let mut bench = Bench::new();
    let channels = vec![(ip(GROUP), ONE())];
    let pbu = bench.begin(1, 1, &Profile { channels, ..profile() });
    let actions = bench.input(&Pba { igmp: true, ..Pba::to(&pbu) }.input());
    assert_eq!(reports(&actions), []);
}

#[test]
fn d4_what_does_not_fit_is_reported_after_the_answer() {
    let mut bench = Bench::new();
    let group = |n: u16| Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 1, n);
    let channels: Vec<_> = (0..120).map(|n| (group(n), Filter::EVERYTHING)).collect();
    let pbu = bench.begin(1, 1, &Profile { channels: channels.clone(), ..profile() });
    let carried = pbu.groups();
    assert!((80..120).contains(&carried.len()), "{}", carried.len());
    let actions = bench.input(&Pba::to(&pbu).input());
    let told: Vec<Ipv6Addr> =
        reports(&actions).into_iter().flat_map(|(_, records)| records).map(|record| record.group).collect();
    assert_eq!([carried, told].concat(), channels.iter().map(|&(group, _)| group).collect::<Vec<_>>());
}

#[test]
fn d4_an_exclude_list_that_was_cut_is_reported_in_full() {
    let mut bench = Bench::new();
    let filter = Filter::exclude((1..=20).map(source));
    let pbu = bench.begin(1, 1, &Profile { channels: vec![(ip(ANY_SOURCE), filter.clone())], ..profile() });
    assert_eq!(pbu.records[0].sources.len(), 14);
    let actions = bench.input(&Pba::to(&pbu).input());
    assert_eq!(reports(&actions)[0].1, [join(ANY_SOURCE, &filter)]);
}

#[test]
fn d5_a_pbu_m_is_the_whole_registration() {
    let mut bench = Bench::new();
    bench.input(&OwnedInput::Clock { unix_micros: 7_000_000 });
    let pbu = bench.begin(1, 1, &Profile { channels: vec![(ip(GROUP), ONE())], ..profile() });
    assert!(pbu.flags.contains(UpdateFlags::ACKNOWLEDGE | UpdateFlags::PROXY | UpdateFlags::DISPUTED));
    assert_eq!((pbu.prefixes.len(), pbu.timestamp.is_some(), pbu.link_layer_id.is_some()), (1, true, true));
    assert_eq!((pbu.handoff, pbu.lifetime), (HandoffIndicator::UNKNOWN, 900));
    assert_eq!(bench.mag.config().lmas[0].dialect.flags, FlagDialect::AsaedaC);
}

#[test]
fn a52_c_stands_where_the_dialect_puts_it() {
    let mut config = config();
    config.lmas[0].dialect = Dialect::with_flags(FlagDialect::Registered);
    let mut bench = Bench::with(config);
    let pbu = bench.begin(1, 1, &Profile { channels: vec![(ip(GROUP), ONE())], ..profile() });
    assert!(!pbu.says_c() && pbu.records.len() == 1, "the option alone tells");
    assert_eq!(BindingUpdate::flags_for(Meaning::ProxyMulticast, &dialect()).bits() & 0x0100, 0x0100);
}

#[test]
fn t13_a_refused_pbu_m_forwards_nothing() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &Profile { channels: vec![(ip(GROUP), ONE())], ..profile() });
    let actions = bench.input(&Pba::refused(&pbu, Status::INSUFFICIENT_RESOURCES).input());
    assert!(routes(&actions).is_empty() && tunnels(&actions).is_empty());
    assert!(bench.mag.snapshot().proxies.values().all(|proxy| proxy.merged.is_empty()));
}

#[test]
fn z20_reports_and_profile_are_merged() {
    let mut bench = Bench::new();
    bench.register_with(1, 1, &Profile { channels: vec![(ip(GROUP), ONE())], ..profile() });
    bench.input(&report(1, &[join(GROUP, &Filter::include([source(2)]))]));
    let routes = bench.mag.snapshot().routes;
    assert_eq!(routes[&(LinkId(1), ip(GROUP))], Filter::include([source(1), source(2)]));
}

#[test]
fn t35_a_node_that_never_answers_is_timed_out() {
    let mut bench = Bench::new();
    bench.register_with(1, 1, &Profile { channels: vec![(ip(GROUP), ONE())], ..profile() });
    bench.wait(secs(261));
    assert!(bench.mag.snapshot().routes.is_empty());
}

#[test]
fn z37_what_the_network_provides_is_never_timed_out() {
    let mut bench = Bench::with(Config { profile_driven: true, ..config() });
    let pbu = bench.begin(1, 1, &Profile { channels: vec![(ip(GROUP), ONE())], ..profile() });
    assert_eq!(pbu.records, [join(GROUP, &ONE())], "z36: no MLD of the node was needed");
    let actions = bench.input(&Pba::to(&pbu).input());
    assert_eq!((routes(&actions).len(), reports(&actions).len()), (1, 0));
    bench.wait(secs(1_000));
    bench.input(&report(1, &[leave(GROUP)]));
    assert_eq!(bench.mag.snapshot().routes.len(), 1);
    bench.detach(1);
    assert!(bench.mag.snapshot().routes.is_empty(), "it ends with the attachment");
    bench.wait(secs(60));
    assert!(bench.mag.snapshot().tunnels.is_empty());
}

#[test]
fn z34_a_leave_stops_the_data_at_once() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(ANY_SOURCE, &Filter::EVERYTHING)]));
    let actions = bench.input(&report(1, &[leave(ANY_SOURCE)]));
    assert!(matches!(actions[0], Action::RemoveRoute { .. }));
    assert!(bench.mag.snapshot().routes.is_empty());
}

#[test]
fn a_profile_beyond_the_bound_is_taken_as_far_as_there_is_room() {
    let limits = Limits { groups_per_node: 1, ..Limits::default() };
    let mut bench = Bench::with(Config { limits, ..config() });
    bench.attach(1, 1, 4, None);
    let ssm_exclude = (ip("ff3e::8000:9"), Filter::EVERYTHING);
    let channels = vec![(ip(GROUP), ONE()), (ip(ANY_SOURCE), Filter::EVERYTHING), ssm_exclude];
    let actions = bench.profile(1, 1, &Profile { channels, ..profile() });
    let refused = |why| Notice::Refused { link: LinkId(1), listener: Ipv6Addr::UNSPECIFIED, why };
    assert_eq!(
        notices(&actions),
        [refused(router::Refusal::TableFull), refused(router::Refusal::SsmExclude)]
    );
    assert_eq!(bench.pbu(&actions).groups(), [ip(GROUP)]);
}
