//! Registration, its answers, its renewal.

use super::*;
use crate::wire::mh::{ErrorStatus, Heartbeat, HeartbeatFlags};
use crate::wire::{Addr, Dialect, Reaction};

#[test]
fn z9_to_z12_attachment_asks_the_policy_store_and_its_answer_registers() {
    let mut bench = Bench::new();
    let actions = bench.attach(1, 1, 4, None);
    assert_eq!(actions, [Action::FetchProfile { link: LinkId(1), node: node(1) }]);
    assert_eq!(bench.mag.poll_timeout(), None);
    let actions = bench.profile(1, 1, &profile());
    assert_eq!(actions.len(), 1);
    assert_eq!(bench.pbu(&actions).dst, ip(LMA));
}

#[test]
fn r5213_6_9_1_5_an_update_has_what_it_must() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    assert_eq!(pbu.flags, UpdateFlags::ACKNOWLEDGE | UpdateFlags::PROXY);
    assert_eq!(pbu.node, node(1));
    assert_eq!(pbu.lifetime, 900);
    assert_eq!(pbu.prefixes, [Prefix::new(Ipv6Addr::UNSPECIFIED, 0)], "one ALL_ZERO");
    assert_eq!(pbu.handoff, HandoffIndicator::UNKNOWN);
    assert_eq!(pbu.technology, AccessTechnology::IEEE_802_11);
    assert_eq!(pbu.link_layer_id.as_deref(), Some(&[2, 0, 0, 0, 0, 1][..]));
    assert_eq!(pbu.timestamp, None, "no clock was told");
    assert_eq!(pbu.options, 5);

    let known = Profile { prefixes: vec![prefix(4), prefix(5)], ..profile() };
    assert_eq!(bench.begin(2, 2, &known).prefixes, known.prefixes);
}

#[test]
fn r5213_6_9_1_1_7_no_link_layer_identifier_unless_one_is_known() {
    let mut bench = Bench::new();
    for (link, id) in [(1, &[][..]), (2, &[0; 6][..])] {
        bench.input(&attached_as(link, link, 1, id));
        let actions = bench.profile(link, link, &profile());
        assert_eq!(bench.pbu(&actions).link_layer_id, None, "{id:?}");
    }
}

#[test]
fn r5213_6_9_1_1_4_the_handoff_indicator_claims_what_is_known() {
    for (given, previous, sent) in [
        (1, None, 1),
        (2, None, 2),
        (3, None, 3),
        (4, None, 4),
        (0, None, 4),
        (5, None, 4),
        (4, Some(PREVIOUS), 3),
        (1, Some(PREVIOUS), 1),
        (4, Some("2001:db8::c"), 3),
        (4, Some(MAG), 4),
    ] {
        let mut bench = Bench::new();
        bench.attach(1, 1, given, previous);
        let mut actions = bench.profile(1, 1, &profile());
        actions.extend(just(&bench.wait(Duration::from_millis(200))));
        assert_eq!(bench.pbu(&actions).handoff, HandoffIndicator(sent), "{given} from {previous:?}");
    }
}

#[test]
fn r5213_5_5_with_a_clock_an_update_has_a_timestamp() {
    let mut bench = Bench::new();
    bench.input(&OwnedInput::Clock { unix_micros: 1_300_000_000_000_000 });
    let first = bench.begin(1, 1, &profile());
    assert_eq!(first.timestamp, Some(1_300_000_000 << 16));
    let second = bench.begin(2, 2, &profile());
    assert_eq!(second.sequence, first.sequence.wrapping_add(1), "one counter for the whole MAG");
    let log = bench.wait(secs(1));
    let again = bench.pbus(&just(&log));
    assert_eq!(again[0].timestamp, Some(1_300_000_001 << 16), "the latest timestamp (6.9.4 (4))");

    let mut bench = Bench::with(Config { timestamps: false, ..config() });
    bench.input(&OwnedInput::Clock { unix_micros: 1_300_000_000_000_000 });
    assert_eq!(bench.begin(1, 1, &profile()).timestamp, None);
}

#[test]
fn r5213_5_5_timestamps_of_a_session_rise_though_the_clock_is_set_back() {
    let mut bench = Bench::new();
    bench.input(&OwnedInput::Clock { unix_micros: 2_000_000_000 });
    let first = bench.begin(1, 1, &profile());
    bench.input(&OwnedInput::Clock { unix_micros: 1_000_000_000 });
    let log = bench.wait(secs(1));
    assert!(bench.pbu(&just(&log)).timestamp > first.timestamp);
}

#[test]
fn r5213_6_9_4_an_update_is_repeated_with_back_off_and_a_new_number() {
    let mut bench = Bench::new();
    let first = bench.begin(1, 1, &profile());
    let log = bench.wait(secs(130));
    let again: Vec<Pbu> = log.iter().filter_map(|(at, action)| pbu(*at, action)).collect();
    let times: Vec<u64> = again.iter().map(|pbu| (pbu.at.as_micros() / 1_000_000) - 1_000).collect();
    assert_eq!(times, [1, 3, 7, 15, 31, 63, 95, 127]);
    let mut last = first.sequence;
    for pbu in again {
        assert_eq!(pbu.sequence, last.wrapping_add(1));
        assert_eq!(pbu.handoff, HandoffIndicator::UNKNOWN);
        last = pbu.sequence;
    }
}

#[test]
fn a48_acceptance_sets_up_tunnel_and_prefix_then_advertises_then_queries() {
    let mut bench = Bench::new();
    let actions = bench.register(1, 1);
    let (tunnel, id) = (TunnelId(0), RouteId(0));
    let unicast = Tunnel { local: ip(MAG), remote: ip(LMA), kind: TunnelKind::Unicast };
    assert_eq!(
        actions[..3],
        [
            Action::Notify(Notice::Registered { node: node(1), prefixes: vec![prefix(1)] }),
            Action::InstallTunnel { id: tunnel, tunnel: unicast },
            Action::InstallPrefix { id, prefix: prefix(1), link: LinkId(1), tunnel },
        ]
    );
    assert_eq!(adverts(&actions[3..4]), [(LinkId(1), ip("ff02::1"), 3_600, vec![(prefix(1), 3_600)])]);
    assert_eq!(queries(&actions[4..5]), [LinkId(1)]);
    assert_eq!(actions.len(), 5);
    assert_eq!(bench.kind(1), Some(Kind::Registered));
}

#[test]
fn a48_no_advertisement_before_the_registration() {
    let mut bench = Bench::new();
    bench.attach(1, 1, 4, None);
    assert_eq!(bench.input(&solicitation(1, NODE, 255)), []);
    bench.profile(1, 1, &profile());
    assert_eq!(bench.input(&solicitation(1, NODE, 255)), []);
    assert_eq!(adverts(&just(&bench.wait(secs(60)))), []);
}

#[test]
fn r5213_6_9_2_a_solicitation_is_answered_while_registered() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let answer = |to: &str| (LinkId(1), ip(to), 3_600, vec![(prefix(1), 3_600)]);
    assert_eq!(adverts(&bench.input(&solicitation(1, NODE, 255))), [answer(NODE)]);
    assert_eq!(adverts(&bench.input(&solicitation(1, "::", 255))), [answer("ff02::1")]);
    assert_eq!(bench.refused(&solicitation(1, NODE, 64)), Reject::BadHopLimit(64));
    assert_eq!(bench.refused(&solicitation(9, NODE, 255)), Reject::NoSuchNode(LinkId(9)));
}

#[test]
fn r5213_6_9_2_3_the_advertisement_tells_the_mtu_of_the_tunnel() {
    let mut bench = Bench::new();
    let actions = bench.register(1, 1);
    let mtu = actions.iter().find_map(|action| match action {
        Action::Send(Envelope { body: OwnedPayload::Nd(body), .. }) => match body.view() {
            nd::Message::Advertisement(advert) => advert.options.iter().find_map(|option| match option {
                nd::NdOption::Mtu { mtu } => Some(mtu),
                _ => None,
            }),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(mtu, Some(1_460));
}

#[test]
fn r5213_6_9_1_2_12_one_unicast_tunnel_for_each_lma() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    assert_eq!(tunnels(&bench.register(2, 2)), []);
    let other = bench.register_with(3, 3, &Profile { lma: ip(OTHER_LMA), ..profile() });
    assert_eq!(tunnels(&other), [(TunnelId(1), TunnelKind::Unicast, ip(OTHER_LMA))]);
}

#[test]
fn r5213_6_9_1_2_5_an_answer_that_matches_no_update_is_ignored() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    let good = Pba::to(&pbu);
    for bad in [
        Pba { sequence: pbu.sequence.wrapping_add(1), ..good.clone() },
        Pba { node: Some(node(2)), ..good.clone() },
        Pba { node: None, ..good.clone() },
        Pba { from: ip(OTHER_LMA), ..good.clone() },
    ] {
        assert!(matches!(bench.refused(&bad.input()), Reject::Unmatched(_)), "{bad:?}");
    }
    bench.input(&good.input());
    assert!(matches!(bench.refused(&good.input()), Reject::Unmatched(_)), "answered already");
}

#[test]
fn r5213_4_signalling_is_taken_from_authenticated_peers_only() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    let good = Pba::to(&pbu);
    let open = Pba { protection: Protection::None, ..good.clone() };
    assert_eq!(bench.refused(&open.input()), Reject::NotAuthenticated(ip(LMA)));
    let stranger = Pba { from: ip("2001:db8::99"), ..good.clone() };
    assert_eq!(bench.refused(&stranger.input()), Reject::UnknownPeer(ip("2001:db8::99")));
    let not_proxy = Pba { flags: AckFlags::empty(), ..good };
    assert_eq!(bench.refused(&not_proxy.input()), Reject::NotForMags);
}

#[test]
fn mh_6_1_11_a_pba_with_a_routing_header_is_dropped_in_silence() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    let OwnedInput::Packet { meta, payload } = Pba::to(&pbu).input() else { unreachable!() };
    let routed = RxMeta { routing_header: Some(ip(MAG)), ..meta };
    let input = OwnedInput::Packet { meta: routed, payload: payload.clone() };
    let why = mh::Why::RoutingHeader;
    assert_eq!(bench.refused(&input), Reject::Mobility(mh::Refused { why, reaction: Reaction::Drop }));
    bench.input(&OwnedInput::Packet { meta, payload });
}

#[test]
fn rfc6275_9_2_a_type_that_no_mag_serves_is_refused_with_a_binding_error() {
    let mut bench = Bench::new();
    let heartbeat = Heartbeat { flags: HeartbeatFlags::empty(), sequence: 1, options: List::default() };
    let body = mh::Owned::new(&heartbeat.into(), &Dialect::DEFAULT).unwrap();
    let refused = |meta| OwnedInput::Packet { meta, payload: OwnedPayload::Mh(body.clone()) };
    let reaction =
        Reaction::BindingError { status: ErrorStatus::UNRECOGNIZED_MH_TYPE, home_address: Addr::UNSPECIFIED };
    let why = mh::Why::UnknownType { kind: 13 };
    let said = bench.refused(&refused(meta(ip(LMA), ip(MAG))));
    assert_eq!(said, Reject::Mobility(mh::Refused { why, reaction }));
}

/// Whatever protects the tunnel: what comes out of it was sent by anybody.
#[test]
fn r5213_4_signalling_is_not_taken_out_of_a_tunnel() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    let OwnedInput::Packet { meta, payload } = Pba::to(&pbu).input() else { unreachable!() };
    let outer = Some(Outer { src: ip(LMA), dst: ip(MAG) });
    let inside = OwnedInput::Packet { meta: RxMeta { outer, ..meta }, payload };
    assert_eq!(bench.refused(&inside), Reject::NotAuthenticated(ip(LMA)));
}

/// One node on two links: each attachment numbers its own updates, so the numbers may be equal.
#[test]
fn r5213_6_9_1_2_5_the_answers_for_two_attachments_are_told_apart() {
    let both = || {
        let mut bench = Bench::new();
        let first = bench.begin(1, 1, &profile());
        bench.input(&by_card(attached(2, 1, 1, None), [9; 6]));
        let actions = bench.profile(2, 1, &profile());
        assert_eq!(bench.pbu(&actions).sequence, first.sequence);
        (bench, first)
    };
    let (mut bench, first) = both();
    bench.input(&Pba::to(&first).input());
    assert_eq!((bench.kind(1), bench.kind(2)), (Some(Kind::Registered), Some(Kind::Registering)));

    let (mut bench, first) = both();
    let teach = Pba { sequence: 40, ..Pba::refused(&first, Status::SEQUENCE_NUMBER_OUT_OF_WINDOW) };
    let actions = bench.input(&teach.input());
    let again = bench.pbu(&actions);
    assert_eq!((again.sequence, again.link_layer_id), (41, first.link_layer_id));
    assert_eq!(bench.kind(2), Some(Kind::Registering));
}

#[test]
fn t56_an_answer_to_an_earlier_transmission_counts() {
    let mut bench = Bench::new();
    let first = bench.begin(1, 1, &profile());
    bench.wait(Duration::from_millis(1_500));
    let actions = bench.input(&Pba::to(&first).input());
    assert!(notices(&actions).contains(&Notice::Registered { node: node(1), prefixes: vec![prefix(1)] }));
}

#[test]
fn t57_an_echo_that_differs_freezes_the_registration() {
    let good = |pbu: &Pbu| Pba::to(pbu);
    let bad: [fn(Pba) -> Pba; 3] = [
        |pba| Pba { handoff: HandoffIndicator(1), ..pba },
        |pba| Pba { technology: AccessTechnology::IEEE_802_3, ..pba },
        |pba| Pba { link_layer_id: Some(vec![9]), ..pba },
    ];
    for bad in bad {
        let mut bench = Bench::new();
        let pbu = bench.begin(1, 1, &profile());
        let actions = bench.input(&bad(good(&pbu)).input());
        assert_eq!(actions, [Action::Notify(Notice::Mismatch { node: node(1) })]);
        assert_eq!(bench.kind(1), Some(Kind::Stalled));
        assert_eq!(bench.wait(secs(4_000)), [], "not until an administrator acts");
    }
}

#[test]
fn r5213_6_9_1_2_7_a_refusal_denies_service() {
    for status in [
        Status::PROXY_REG_NOT_ENABLED,
        Status::NOT_LMA_FOR_THIS_MOBILE_NODE,
        Status::INSUFFICIENT_RESOURCES,
        Status::UNSPECIFIED,
    ] {
        let mut bench = Bench::new();
        let pbu = bench.begin(1, 1, &profile());
        let actions = bench.input(&Pba::refused(&pbu, status).input());
        assert_eq!(actions, [Action::Notify(Notice::Denied { node: node(1), status: Some(status) })]);
        assert_eq!(bench.kind(1), Some(Kind::Denied));
        assert_eq!(bench.wait(secs(4_000)), []);
        assert_eq!(bench.input(&solicitation(1, NODE, 255)), [], "no prefix is advertised");
        let mld = bench.refused(&report(1, &[join(GROUP, &Filter::include([source(1)]))]));
        assert_eq!(mld, Reject::Router(router::Reject::NoSuchLink(LinkId(1))));
    }
}

#[test]
fn the_policy_store_may_say_no() {
    let mut bench = Bench::new();
    bench.attach(1, 1, 4, None);
    let no = OwnedInput::Profile { link: LinkId(1), node: node(1), profile: None };
    assert_eq!(bench.input(&no), [Action::Notify(Notice::Denied { node: node(1), status: None })]);
    assert_eq!(bench.kind(1), Some(Kind::Denied));
    assert_eq!(bench.wait(secs(60)), []);
}

#[test]
fn r6275_11_7_3_a_135_teaches_the_number_and_is_obeyed_at_once_but_once() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    let teach = Pba { sequence: 5_000, ..Pba::refused(&pbu, Status::SEQUENCE_NUMBER_OUT_OF_WINDOW) };
    let actions = bench.input(&teach.input());
    assert_eq!(bench.pbu(&actions).sequence, 5_001);
    let again = Pba { sequence: 6_000, ..teach };
    assert_eq!(bench.input(&again.input()), [], "two that disagree do not do so at the speed of the network");
    let log = bench.wait(secs(2));
    assert_eq!(bench.pbu(&just(&log)).sequence, 6_001);
}

#[test]
fn r5213_6_9_1_2_8_a_timestamp_that_was_too_low_is_sent_anew() {
    let mut bench = Bench::new();
    bench.input(&OwnedInput::Clock { unix_micros: 1_000_000 });
    let pbu = bench.begin(1, 1, &profile());
    bench.now = bench.now + Duration::from_millis(5);
    let actions = bench.input(&Pba::refused(&pbu, Status::TIMESTAMP_LOWER_THAN_PREV_ACCEPTED).input());
    assert!(bench.pbu(&actions).timestamp > pbu.timestamp);
}

#[test]
fn r5213_6_9_1_2_9_a_wrong_clock_must_be_set_first() {
    let mut bench = Bench::new();
    bench.input(&OwnedInput::Clock { unix_micros: 1_000_000 });
    let pbu = bench.begin(1, 1, &profile());
    let actions = bench.input(&Pba::refused(&pbu, Status::TIMESTAMP_MISMATCH).input());
    assert_eq!(actions, [Action::Notify(Notice::ClockWrong { node: node(1) })]);
    assert_eq!(bench.wait(secs(100)), []);
    let actions = bench.input(&OwnedInput::Clock { unix_micros: 500_000_000 });
    assert_eq!(bench.pbu(&actions).timestamp, Some(500 << 16));
    assert_eq!(bench.input(&OwnedInput::Clock { unix_micros: 500_000_001 }), []);
}

#[test]
fn r5213_6_9_1_2_10_prefixes_that_are_not_the_nodes_are_not_asked_for_again() {
    let mut bench = Bench::new();
    let known = Profile { prefixes: vec![prefix(4)], ..profile() };
    let pbu = bench.begin(1, 1, &known);
    let status = Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX;
    let actions = bench.input(&Pba::refused(&pbu, status).input());
    let second = bench.pbu(&actions);
    assert_eq!(second.prefixes, [Prefix::new(Ipv6Addr::UNSPECIFIED, 0)]);
    bench.input(&Pba::refused(&second, status).input());
    assert_eq!(bench.kind(1), Some(Kind::Denied), "nothing is left to ask for");
}

#[test]
fn t55_a_160_comes_without_the_identifier() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    let status = Status::MISSING_MN_IDENTIFIER_OPTION;
    let empty = NodeId { subtype: 1, id: [].into() };
    let actions = bench.input(&Pba { node: Some(empty), ..Pba::refused(&pbu, status) }.input());
    assert_eq!(notices(&actions), [Notice::Denied { node: node(1), status: Some(status) }]);
}

#[test]
fn r5213_6_9_1_3_a_binding_is_renewed_with_hi_5_and_all_prefixes() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    let two = vec![prefix(1), prefix(2)];
    bench.input(&Pba { prefixes: two.clone(), lifetime: 100, ..Pba::to(&pbu) }.input());
    assert_eq!(bench.wait(secs(299)).iter().filter_map(|(at, action)| super::pbu(*at, action)).count(), 0);
    let log = bench.wait(secs(1));
    let renewal = bench.pbu(&just(&log));
    assert_eq!((renewal.handoff, &renewal.prefixes), (HandoffIndicator::REREGISTRATION, &two));
    assert!(!renewal.says_c() && renewal.records.is_empty());
    let actions = bench.input(&Pba { lifetime: 50, ..Pba::to(&renewal) }.input());
    let prefixes = two.iter().map(|&prefix| (prefix, 200)).collect();
    assert_eq!(adverts(&actions), [(LinkId(1), ip("ff02::1"), 200, prefixes)]);
    assert_eq!(actions.len(), 1, "nothing is installed again: {actions:?}");
    assert_eq!(bench.kind(1), Some(Kind::Registered));
}

#[test]
fn r5213_6_12_a_prefix_that_a_renewal_no_longer_names_is_withdrawn() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let log = bench.wait(secs(2_700));
    let renewal = bench.pbu(&just(&log));
    let actions = bench.input(&Pba { prefixes: vec![prefix(7)], ..Pba::to(&renewal) }.input());
    let (tunnel, link) = (TunnelId(0), LinkId(1));
    assert_eq!(actions[0], Action::InstallPrefix { id: RouteId(1), prefix: prefix(7), link, tunnel });
    assert_eq!(adverts(&actions)[0].3, [(prefix(7), 3_600), (prefix(1), 0)]);
    assert_eq!(actions.last(), Some(&Action::RemoveRoute { id: RouteId(0) }));
}

#[test]
fn a_binding_that_ends_unrenewed_ends_the_service_and_starts_over() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(ANY_SOURCE, &Filter::EVERYTHING)]));
    let log = bench.wait(secs(3_600));
    let end: Vec<Action> = log
        .iter()
        .filter(|(at, _)| *at == Instant::from_secs(4_600))
        .map(|(_, action)| action.clone())
        .collect();
    let anew = bench.pbu(&end);
    assert_eq!(anew.handoff, HandoffIndicator::UNKNOWN);
    assert_eq!(adverts(&end), [(LinkId(1), ip("ff02::1"), 0, vec![(prefix(1), 0)])]);
    assert_eq!(bench.kind(1), Some(Kind::Registering));
    assert!(bench.mag.snapshot().routes.is_empty());
    bench.input(&report(1, &[join(ANY_SOURCE, &Filter::EVERYTHING)]));
    assert!(bench.mag.snapshot().routes.is_empty(), "no service without a binding");
    bench.wait(secs(5));
    assert!(bench.mag.snapshot().tunnels.is_empty());
}

#[test]
fn r5213_6_9_1_2_11_a_refused_renewal_ends_the_service() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let log = bench.wait(secs(2_700));
    let renewal = bench.pbu(&just(&log));
    let status = Status::ADMINISTRATIVELY_PROHIBITED;
    let actions = bench.input(&Pba::refused(&renewal, status).input());
    assert!(notices(&actions).contains(&Notice::Denied { node: node(1), status: Some(status) }));
    assert_eq!(adverts(&actions), [(LinkId(1), ip("ff02::1"), 0, vec![(prefix(1), 0)])]);
    assert!(
        actions
            .ends_with(&[Action::RemoveRoute { id: RouteId(0) }, Action::RemoveTunnel { id: TunnelId(0) }])
    );
}

#[test]
fn an_answer_without_prefix_or_lifetime_is_no_registration() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    bench.input(&Pba { prefixes: vec![], ..Pba::to(&pbu) }.input());
    assert_eq!(bench.kind(1), Some(Kind::Stalled));
    let pbu = bench.begin(2, 2, &profile());
    bench.input(&Pba { lifetime: 0, ..Pba::to(&pbu) }.input());
    assert_eq!(bench.kind(2), Some(Kind::Denied));
}

#[test]
fn a_lifetime_runs_from_the_request_and_never_beyond_what_was_asked() {
    let mut bench = Bench::new();
    let pbu = bench.begin(1, 1, &profile());
    bench.wait(Duration::from_millis(900));
    bench.input(&Pba { lifetime: u16::MAX, ..Pba::to(&pbu) }.input());
    let renewed = bench.wait(secs(2_700)).into_iter().find_map(|(at, action)| super::pbu(at, &action));
    assert_eq!(renewed.map(|pbu| pbu.at), Some(Instant::from_secs(3_700)));
    assert_eq!(Lifetime::within(config().lifetime), Lifetime(900));
}

#[test]
fn requests_that_cannot_be_are_refused() {
    let mut bench = Bench::with(Config { limits: Limits { nodes: 1, ..Limits::default() }, ..config() });
    assert_eq!(bench.refused(&OwnedInput::Detached { link: LinkId(1) }), Reject::NoSuchNode(LinkId(1)));
    bench.attach(1, 1, 4, None);
    assert_eq!(bench.refused(&attached(1, 2, 4, None)), Reject::LinkBusy(LinkId(1)));
    assert_eq!(bench.refused(&attached(2, 2, 4, None)), Reject::TooManyNodes(1));
    let told = |n, profile| OwnedInput::Profile { link: LinkId(1), node: node(n), profile: Some(profile) };
    assert_eq!(bench.refused(&told(2, profile())), Reject::NoSuchNode(LinkId(1)));
    let stranger = Profile { lma: ip("2001:db8::9"), ..profile() };
    assert_eq!(bench.refused(&told(1, stranger)), Reject::UnknownLma(ip("2001:db8::9")));
    let many = Profile { prefixes: (0..17).map(prefix).collect(), ..profile() };
    assert_eq!(bench.refused(&told(1, many)), Reject::TooManyPrefixes(16));
    bench.input(&told(1, profile()));
    assert!(matches!(bench.refused(&told(1, profile())), Reject::Unmatched(_)));
    assert_eq!(bench.refused(&attached_as(2, 2, 4, &[1; 254])), Reject::BadIdentifier);
    let mut nobody = attached(2, 2, 4, None);
    if let OwnedInput::Attached { node, .. } = &mut nobody {
        node.id = [].into();
    }
    assert_eq!(bench.refused(&nobody), Reject::BadIdentifier);
}

#[test]
fn a_call_serves_a_budget_and_the_rest_a_millisecond_later() {
    let mut bench = Bench::with(Config { budget: 2, ..config() });
    for n in 1..=5 {
        bench.begin(n, n, &profile());
    }
    let log = bench.wait(Duration::from_millis(1_010));
    let at: Vec<u64> = log.iter().map(|(at, _)| at.as_micros() / 1_000 - 1_000_000).collect();
    assert_eq!(at, [1_000, 1_000, 1_001, 1_001, 1_002]);
}
