//! Nodes that leave, and nodes that come back.

use super::*;

const ONE: fn() -> Filter = || Filter::include([source(1)]);

#[test]
fn r5213_6_9_1_4_detachment_deregisters_with_hi_4_and_all_prefixes() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let actions = bench.detach(1);
    let pbu = bench.pbu(&actions);
    assert_eq!((pbu.lifetime, pbu.handoff), (0, HandoffIndicator::UNKNOWN));
    assert_eq!(pbu.prefixes, [prefix(1)]);
    assert!(!pbu.says_c());
    assert_eq!(actions.len(), 1, "the unicast state stays until the answer");
    let actions = bench.input(&Pba::to(&pbu).input());
    assert_eq!(actions, [Action::RemoveRoute { id: RouteId(0) }, Action::RemoveTunnel { id: TunnelId(0) }]);
    assert_eq!(bench.wait(secs(4_000)), []);
    assert_eq!(bench.mag.sessions.len(), 0);
}

#[test]
fn t52_without_an_answer_the_local_state_goes_after_a_second() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.detach(1);
    let log = bench.wait(secs(1));
    assert_eq!(log.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [Instant::from_secs(1_001); 3]);
    assert_eq!(
        just(&log)[1..],
        [Action::RemoveRoute { id: RouteId(0) }, Action::RemoveTunnel { id: TunnelId(0) }]
    );
    assert_eq!(bench.pbu(&just(&log)).lifetime, 0, "and the deregistration is repeated");
}

#[test]
fn a_deregistration_is_repeated_until_the_binding_ends_by_itself() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    bench.input(&Pba { lifetime: 25, ..Pba::to(&pbu) }.input());
    bench.detach(1);
    let log = bench.wait(secs(200));
    let times: Vec<u64> = log
        .iter()
        .filter_map(|(at, action)| super::pbu(*at, action))
        .map(|pbu| pbu.at.as_micros() / 1_000_000 - 1_000)
        .collect();
    assert_eq!(times, [1, 3, 7, 15, 31, 63, 95]);
    assert_eq!(bench.mag.sessions.len(), 0);
    assert_eq!(bench.mag.poll_timeout(), None);
}

#[test]
fn detachment_ends_what_the_node_received_at_once() {
    let mut config = config();
    config.upstream.robustness = 9;
    let mut bench = Bench::with(config);
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    let actions = bench.detach(1);
    assert!(actions.iter().any(|action| matches!(action, Action::RemoveRoute { .. })));
    assert_eq!(reports(&actions).len(), 1, "the proxy leaves");
    assert!(bench.mag.snapshot().routes.is_empty());
    let log = just(&bench.wait(secs(60)));
    let m_tunnel = log.iter().position(|action| *action == Action::RemoveTunnel { id: TunnelId(1) });
    let unicast = log.iter().position(|action| *action == Action::RemoveTunnel { id: TunnelId(0) });
    assert!(m_tunnel.is_some() && m_tunnel < unicast, "however long the leave is repeated: {log:?}");
}

#[test]
fn t54_other_nodes_keep_what_they_receive() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.register(2, 2);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.input(&report(2, &[join(GROUP, &ONE())]));
    bench.wait(secs(5));
    assert_eq!(reports(&bench.detach(1)), []);
    let log = just(&bench.wait(secs(20)));
    assert!(!log.iter().any(|action| matches!(action, Action::RemoveTunnel { .. })));
    assert_eq!(bench.mag.snapshot().routes.len(), 1);
}

#[test]
fn a_node_that_leaves_before_it_was_registered() {
    let mut bench = Bench::new();
    bench.attach(1, 1, 4, None);
    assert_eq!(bench.detach(1), [], "nobody was told");
    assert_eq!(bench.mag.sessions.len(), 0);

    let pbu = bench.begin(1, 1, &profile());
    let actions = bench.detach(1);
    let dereg = bench.pbu(&actions);
    assert_eq!(dereg.lifetime, 0, "the LMA may hold a binding");
    assert_eq!(dereg.prefixes, [Prefix::new(Ipv6Addr::UNSPECIFIED, 0)]);
    assert!(matches!(bench.refused(&Pba::to(&pbu).input()), Reject::Unmatched(_)), "too late");
    bench.input(&Pba::to(&dereg).input());
    assert_eq!(bench.mag.sessions.len(), 0);
}

#[test]
fn a_refused_deregistration_is_over() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let actions = bench.detach(1);
    let dereg = bench.pbu(&actions);
    let actions = bench.input(&Pba::refused(&dereg, Status::NOT_LMA_FOR_THIS_MOBILE_NODE).input());
    assert!(notices(&actions).is_empty());
    assert_eq!(bench.mag.sessions.len(), 0);
}

#[test]
fn a_node_that_comes_back_takes_over_what_its_last_session_knew() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    let actions = bench.detach(1);
    let dereg = bench.pbu(&actions);
    bench.wait(Duration::from_millis(300));
    bench.attach(1, 1, 4, None);
    let actions = bench.profile(1, 1, &profile());
    let back = bench.pbu(&actions);
    assert_eq!(back.prefixes, [prefix(1)]);
    assert_eq!(back.sequence, dereg.sequence.wrapping_add(1), "the LMA will not find it old");
    assert_eq!(back.groups(), [ip(GROUP)], "a39: it need not subscribe again");
    let log = bench.wait(Duration::from_millis(900));
    assert!(bench.pbus(&just(&log)).is_empty(), "t53: the deregistration is not repeated");
    let actions = bench.input(&Pba::to(&back).input());
    assert_eq!(routes(&actions).len(), 1);
    assert_eq!(bench.kind(1), Some(Kind::Registered));
    bench.wait(secs(60));
    assert_eq!(bench.kind(1), Some(Kind::Registered));
    assert_eq!(bench.mag.sessions.len(), 1);
}

#[test]
fn another_interface_of_the_node_takes_nothing_over() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.detach(1);
    bench.input(&attached_as(2, 1, 1, &[9; 6]));
    let actions = bench.profile(2, 1, &profile());
    assert_eq!(bench.pbu(&actions).prefixes, [Prefix::new(Ipv6Addr::UNSPECIFIED, 0)]);
    let log = bench.wait(Duration::from_millis(1_000));
    let lifetimes: Vec<u16> = bench.pbus(&just(&log)).iter().map(|pbu| pbu.lifetime).collect();
    assert_eq!(lifetimes, [0, 900], "both go on");
}

#[test]
fn a_node_that_is_on_another_link_before_it_left_the_first() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.wait(secs(5));
    bench.attach(2, 1, 4, None);
    let actions = bench.profile(2, 1, &profile());
    let pbu = bench.pbu(&actions);
    assert_eq!((pbu.lifetime, &pbu.prefixes), (900, &vec![prefix(1)]));
    assert!(
        actions.iter().any(|action| matches!(action, Action::RemoveRoute { .. })),
        "nobody is on the first"
    );
    let actions = bench.input(&Pba::to(&pbu).input());
    assert_eq!(routes(&actions).iter().map(|route| route.3).collect::<Vec<_>>(), [Via::Link(LinkId(2))]);
    let stale = bench.refused(&OwnedInput::Detached { link: LinkId(1) });
    assert_eq!(stale, Reject::NoSuchNode(LinkId(1)), "and so nothing deregisters the node");
    bench.wait(secs(60));
    assert_eq!((bench.kind(1), bench.kind(2)), (None, Some(Kind::Registered)));
}

#[test]
fn r5213_6_9_1_1_4_a_change_of_interface_takes_the_session_along() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&attached_as(2, 1, 2, &[9; 6]));
    let actions = bench.profile(2, 1, &profile());
    let pbu = bench.pbu(&actions);
    assert_eq!((pbu.handoff, pbu.prefixes), (HandoffIndicator::OTHER_INTERFACE, vec![prefix(1)]));
    assert_eq!(bench.kind(1), None);
}

/// It left by one interface, became reachable elsewhere by another, and is back with that: its prefix is this session's.
#[test]
fn t53_nothing_is_deregistered_whose_prefix_another_session_took_over() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.detach(1);
    bench.wait(secs(5));
    bench.input(&by_card(attached(2, 1, 3, None), [9; 6]));
    let actions = bench.profile(2, 1, &profile());
    let back = bench.pbu(&actions);
    bench.input(&Pba { prefixes: vec![prefix(1)], ..Pba::to(&back) }.input());
    let log = bench.wait(secs(60));
    assert_eq!(
        bench.pbus(&just(&log)).len(),
        0,
        "the LMA would take it for this session's (RFC 5213 5.4.1.1)"
    );
    assert_eq!(bench.kind(2), Some(Kind::Registered));
}

#[test]
fn a_link_whose_last_node_is_deregistering_is_free() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.detach(1);
    let actions = bench.register(1, 2);
    assert!(notices(&actions).contains(&Notice::Registered { node: node(2), prefixes: vec![prefix(2)] }));
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.wait(secs(2));
    assert_eq!(
        bench.mag.snapshot().routes.len(),
        1,
        "what is left of the first node takes nothing from the second"
    );
}

#[test]
fn a_node_that_left_makes_room_when_there_is_none() {
    let mut bench = Bench::with(Config { limits: Limits { nodes: 2, ..Limits::default() }, ..config() });
    bench.register(1, 1);
    bench.register(2, 2);
    assert_eq!(bench.refused(&attached(3, 3, 4, None)), Reject::TooManyNodes(2));
    bench.detach(1);
    let actions = bench.attach(3, 3, 4, None);
    assert!(actions.contains(&Action::RemoveRoute { id: RouteId(0) }), "what it still held goes");
    let nodes: Vec<NodeId> = bench.mag.snapshot().sessions.into_iter().map(|session| session.node).collect();
    assert_eq!(nodes, [node(2), node(3)]);
}

#[test]
fn r5213_6_9_1_2_9_a_stalled_session_deregisters_when_its_node_leaves() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    bench.input(&Pba::refused(&pbu, Status::TIMESTAMP_MISMATCH).input());
    let actions = bench.detach(1);
    assert_eq!(bench.pbu(&actions).lifetime, 0);
    assert_eq!(bench.input(&OwnedInput::Clock { unix_micros: 1 }), []);
}
