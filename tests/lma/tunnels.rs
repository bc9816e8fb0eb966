//! Tunnels, routes and trees: asaeda 3.2 and 4.1, RFC 5213 5.6.1, zhao 6.1.

use core::time::Duration;

use multimob::Instant;
use multimob::channel::Filter;
use multimob::machine::{Machine, Outer, TunnelId};
use multimob::mld::GroupRecord;
use multimob::mld::router::{self, Refusal};
use multimob::pmip::lma::{Action, Config, Notice, Reject, Tunnels};
use multimob::pmip::mag::TunnelMode;
use multimob::pmip::{Tunnel, TunnelKind};
use multimob::wire::HoldTypes;
use multimob::wire::membership::{Receiver, Refused};
use multimob::wire::mld::{Done, Message, Query, RecordType};

use crate::domain::*;

const NONE: Vec<String> = Vec::new();

fn join(group: &str, filter: &Filter) -> GroupRecord {
    GroupRecord::join(ip(group), filter)
}

fn leave(group: &str) -> GroupRecord {
    GroupRecord { kind: RecordType::TO_IN, group: ip(group), sources: Filter::NOTHING.sources }
}

/// MN1 is registered at MAG1 without a subscription.
fn registered() -> Domain {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    domain
}

fn tunnels(domain: &Domain, mag: &str) -> (bool, bool) {
    let Tunnels { unicast, multicast } = domain.state().tunnels[&ip(mag)];
    (unicast, multicast)
}

#[test]
fn a15_a_mag_has_one_tunnel_of_each_kind_for_all_its_nodes() {
    let mut domain = registered();
    let actions = domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    assert_eq!(data_plane(&actions)[0], "Multicast tunnel to 2001:db8:a::1 is tunnel2");
    let (_, actions) = domain.register(&Pbu { node: Some(MN2), ..Pbu::default() });
    assert_eq!(data_plane(&actions), ["2001:db8:f000:1::/64 into tunnel1 is route3"]);
}

#[test]
fn a16_a_tunnel_runs_from_the_lma_to_the_proxy_coa() {
    let mut domain = Domain::new(config());
    let (_, actions) = domain.register(&Pbu::default());
    let tunnel = Tunnel { local: ip(LMA), remote: ip(MAG1), kind: TunnelKind::Unicast };
    assert!(actions.contains(&Action::InstallTunnel { id: TunnelId(1), tunnel }));
}

#[test]
fn a19_the_m_tunnel_lasts_from_the_first_subscription_to_the_last() {
    let mut domain = registered();
    assert_eq!(tunnels(&domain, MAG1), (true, false));
    domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING), join("ff1e::2", &Filter::EVERYTHING)]).unwrap();
    assert_eq!(tunnels(&domain, MAG1), (true, true));
    let actions = domain.report(MAG1, &[leave(ASM)]).unwrap();
    assert_eq!(data_plane(&actions), ["no route2"]);
    let actions = domain.report(MAG1, &[leave("ff1e::2")]).unwrap();
    assert_eq!(data_plane(&actions), ["no route3", "no tunnel2"]);
    assert_eq!(tunnels(&domain, MAG1), (true, false));
}

#[test]
fn a20_static_tunnels_are_there_from_the_start_and_stay() {
    let config = Config { tunnel_mode: TunnelMode::Static, ..config() };
    let mut lma = multimob::pmip::lma::Lma::new(config.clone(), 1).unwrap();
    assert_eq!(lma.poll_timeout(), Some(Instant::ZERO));
    let mut actions = Vec::new();
    lma.handle_timeout(Instant::from_secs(1), &mut actions);
    let expected = [
        "Unicast tunnel to 2001:db8:a::1 is tunnel1",
        "Multicast tunnel to 2001:db8:a::1 is tunnel2",
        "Unicast tunnel to 2001:db8:a::2 is tunnel3",
        "Multicast tunnel to 2001:db8:a::2 is tunnel4",
    ];
    assert_eq!(data_plane(&actions), expected);
    assert_eq!(lma.poll_timeout(), None);

    let mut domain = Domain::new(config);
    let (_, mut all) = domain.register(&Pbu::default().subscribing([join(ASM, &Filter::EVERYTHING)]));
    all.extend(domain.register(&Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000::")])).1);
    all.extend(domain.wait(secs(20)));
    assert!(!data_plane(&all).iter().any(|line| line.contains("tunnel to") || line.starts_with("no tunnel")));
    assert_eq!((tunnels(&domain, MAG1), tunnels(&domain, MAG2)), ((true, true), (true, true)));
}

/// Both tunnels have the same outer addresses, so that MLD finds its way through either.
#[test]
fn a22_mld_leaves_by_the_m_tunnel_and_before_that_by_the_other() {
    let mut domain = Domain::new(config());
    let (_, actions) = domain.register(&Pbu::default());
    assert_eq!(queried(&actions), [TunnelId(1)]);
    domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    let actions = domain.wait(secs(40));
    assert_eq!(queried(&actions), [TunnelId(2)]);
}

/// The LMA's side of the M-Tunnel comes with the acknowledgement, not with the first MLD.
#[test]
fn a24_the_m_tunnel_comes_with_the_acknowledgement_of_a_pbu_m() {
    let mut domain = Domain::new(config());
    let (answer, actions) = domain.register(&Pbu::default().subscribing([join(ASM, &Filter::EVERYTHING)]));
    assert!(answer.status.is_accepted());
    assert!(data_plane(&actions).contains(&"Multicast tunnel to 2001:db8:a::1 is tunnel2".into()));
}

#[test]
fn a32_a33_each_mag_gets_what_it_asked_for() {
    let mut domain = registered();
    domain.register(&Pbu { mag: MAG2, node: Some(MN2), ..Pbu::default() });
    domain.report(MAG1, &[join(SSM, &include(&[SOURCE]))]).unwrap();
    domain.report(MAG2, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    let state = domain.state();
    assert!(state.routes[&ip(MAG1)].iter().eq([(&ip(SSM), &include(&[SOURCE]))]));
    assert!(state.routes[&ip(MAG2)].iter().eq([(&ip(ASM), &Filter::EVERYTHING)]));
    assert_eq!(state.routes, state.groups);
    assert_eq!(state.upstream.len(), 2);
}

#[test]
fn a_changed_route_is_made_before_the_old_one_is_broken() {
    let mut domain = registered();
    domain.report(MAG1, &[join(ASM, &include(&[SOURCE]))]).unwrap();
    let actions = domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    let expected =
        [format!("{ASM} EXCLUDE{{}} into tunnel2 is route3"), "no route2".into(), format!("join (*,{ASM})")];
    assert_eq!(data_plane(&actions), expected);
    assert_eq!(upstream(&domain.wait(secs(3))), [format!("leave ({SOURCE},{ASM})")]);
}

#[test]
fn a25_mld_without_a_link_local_source_is_refused() {
    let mut domain = registered();
    let done = Message::Done(Done { group: multimob::wire::Addr::from(ip(ASM)) });
    let refused = Reject::Router(router::Reject::Message(Refused::ReportSource(ip(MAG1).into())));
    assert_eq!(domain.mld(MAG1, MAG1, "ff02::2", done), Err(refused));
}

#[test]
fn z41_mld_counts_only_in_the_tunnel_of_a_mag_that_serves_somebody() {
    let mut domain = registered();
    let records = [join(ASM, &Filter::EVERYTHING)];
    assert_eq!(domain.report(MAG2, &records), Err(Reject::NoTunnel(ip(MAG2))));
    assert_eq!(domain.report("2001:db8:a::9", &records), Err(Reject::NoTunnel(ip("2001:db8:a::9"))));
    assert!(domain.report(MAG1, &records).is_ok());
    // The tunnel ends at the LMA, not at its side.
    let elsewhere = Outer { src: ip(MAG1), dst: ip("2001:db8:b::2") };
    assert_eq!(domain.report_in(elsewhere, &records), Err(Reject::NoTunnel(ip(MAG1))));
    domain.register(&Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000::")]));
    assert_eq!(domain.report(MAG1, &records), Err(Reject::NoTunnel(ip(MAG1))));
}

/// The LMA is the only querier of its M-Tunnels (trap 20).
#[test]
fn t20_a_query_from_a_mag_is_refused() {
    let mut domain = registered();
    let query = Message::Query(Query::general());
    let refused = Reject::Router(router::Reject::Message(Refused::NotFor(Receiver::Router)));
    assert_eq!(domain.mld(MAG1, MAG_LINK_LOCAL, "ff02::1", query), Err(refused));
}

/// Every MAG may have the same link-local address; what it says is kept by its tunnel.
#[test]
fn t20_mags_with_one_link_local_address_are_told_apart_by_their_tunnel() {
    let mut domain = registered();
    domain.register(&Pbu { mag: MAG2, node: Some(MN2), ..Pbu::default() });
    domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    domain.report(MAG2, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    domain.report(MAG1, &[leave(ASM)]).unwrap();
    let state = domain.state();
    assert!(state.routes[&ip(MAG1)].is_empty());
    assert_eq!(state.routes[&ip(MAG2)].len(), 1);
}

#[test]
fn z42_z44_a_report_of_a_mag_joins_the_network_once() {
    let mut domain = registered();
    domain.register(&Pbu { mag: MAG2, node: Some(MN2), ..Pbu::default() });
    let records = [join(SSM, &include(&[SOURCE]))];
    assert_eq!(upstream(&domain.report(MAG1, &records).unwrap()), [format!("join ({SOURCE},{SSM})")]);
    assert_eq!(data_plane(&domain.report(MAG1, &records).unwrap()), NONE);
    assert_eq!(upstream(&domain.report(MAG2, &records).unwrap()), NONE);
}

/// From the first binding of a MAG on: so is the loss of every copy of its first Report repaired.
#[test]
fn z43_the_lma_queries_a_mag_from_its_first_binding_to_its_last() {
    let mut domain = Domain::new(config());
    assert_eq!(queried(&domain.wait(secs(500))), []);
    let lasting = Pbu { lifetime: 900, ..Pbu::default() };
    let (_, actions) = domain.register(&lasting);
    assert_eq!(queried(&actions).len(), 1);
    let (_, actions) = domain.register(&Pbu { node: Some(MN2), ..lasting });
    assert_eq!(queried(&actions), []);
    // The startup query, then every 125 s.
    assert_eq!(queried(&domain.wait(secs(300))).len(), 3);
    domain.register(&Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000::")]));
    assert_eq!(queried(&domain.wait(secs(150))).len(), 1);
    let second = Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000:1::")]);
    domain.register(&Pbu { node: Some(MN2), ..second });
    assert_eq!(queried(&domain.wait(secs(500))), []);
}

/// Trap 54: the end of a binding is no leave while others are served.
#[test]
fn t54_a_deregistration_takes_no_channel_from_the_other_nodes_of_the_mag() {
    let mut domain = registered();
    domain.register(&Pbu { node: Some(MN2), ..Pbu::default() });
    domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    let (_, actions) = domain.register(&Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000::")]));
    assert_eq!(data_plane(&actions), ["no route1"]);
    assert_eq!(domain.state().routes[&ip(MAG1)].len(), 1);
}

#[test]
fn r5213_5_6_1_what_uses_a_tunnel_goes_before_it() {
    let mut domain = registered();
    domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING), join(SSM, &include(&[SOURCE]))]).unwrap();
    let (_, actions) = domain.register(&Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000::")]));
    let expected = ["no route1", "no route2", "no route3", "no tunnel2", "no tunnel1"];
    assert_eq!(data_plane(&actions), expected);
    assert_eq!(tunnels(&domain, MAG1), (false, false));
    let left = [format!("leave (*,{ASM})"), format!("leave ({SOURCE},{SSM})")];
    assert_eq!(upstream(&domain.wait(secs(3))), left);
}

#[test]
fn a_tree_lingers_after_its_last_mag() {
    let mut domain = registered();
    domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    domain.report(MAG1, &[leave(ASM)]).unwrap();
    assert_eq!(upstream(&domain.wait(Duration::from_millis(2_999))), NONE);
    assert_eq!(upstream(&domain.wait(Duration::from_millis(1))), [format!("leave (*,{ASM})")]);
    assert!(domain.state().upstream.is_empty());

    let mut at_once = Domain::new(Config { upstream_linger: Duration::ZERO, ..config() });
    at_once.register(&Pbu::default());
    at_once.report(MAG1, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    let actions = at_once.report(MAG1, &[leave(ASM)]).unwrap();
    assert_eq!(upstream(&actions), [format!("leave (*,{ASM})")]);
}

#[test]
fn a_report_that_is_not_renewed_runs_out() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu { lifetime: 900, ..Pbu::default() });
    domain.report(MAG1, &[join(ASM, &Filter::EVERYTHING)]).unwrap();
    domain.wait(secs(259));
    assert_eq!(tunnels(&domain, MAG1), (true, true));
    domain.wait(secs(1));
    assert_eq!(tunnels(&domain, MAG1), (true, false));
}

#[test]
fn a_record_that_finds_no_room_is_told_with_its_group() {
    let mut config = config();
    config.router.limits.groups_per_link = 1;
    let mut domain = Domain::new(config);
    domain.register(&Pbu::default());
    let records = [join(ASM, &Filter::EVERYTHING), join(SSM, &include(&[SOURCE]))];
    let actions = domain.report(MAG1, &records).unwrap();
    let refused = Notice::Refused { mag: ip(MAG1), group: Some(ip(SSM)), why: Refusal::TableFull };
    assert_eq!(notices(&actions), [refused]);
    assert_eq!(domain.lma.refused(), 1);
}

/// A30: a held channel keeps the LMA on the tree, and nothing of it goes to the MAG that holds it.
#[test]
fn a30_a_held_channel_is_joined_upstream_and_not_forwarded() {
    let mut domain = registered();
    let hold = |types: HoldTypes| GroupRecord {
        kind: RecordType(types.include),
        group: ip(SSM),
        sources: [ip(SOURCE)].into_iter().collect(),
    };
    let held = domain.report(MAG1, &[hold(HoldTypes::PRIVATE)]).unwrap();
    assert_eq!(upstream(&held), [format!("join ({SOURCE},{SSM})")]);
    let state = domain.state();
    assert_eq!(state.held[&ip(MAG1)][&ip(SSM)], include(&[SOURCE]));
    assert!(state.routes[&ip(MAG1)].is_empty());

    // Released, then held again: on the tree all the time.
    let released = domain.report(MAG1, &[join(SSM, &include(&[SOURCE]))]).unwrap();
    assert_eq!(upstream(&released), NONE);
    assert_eq!(domain.state().routes[&ip(MAG1)].len(), 1);
    let again = domain.report(MAG1, &[hold(HoldTypes::PRIVATE)]).unwrap();
    assert_eq!(upstream(&again), NONE);
    assert!(domain.state().routes[&ip(MAG1)].is_empty());

    // Nobody answers for it: it ends with the listening interval, and what lingers of the tree after that.
    let ended = domain.wait(secs(270));
    assert_eq!(upstream(&ended), [format!("leave ({SOURCE},{SSM})")]);
    assert!(domain.state().held.is_empty());
}
