//! PBU-M (asaeda 7.4, digest 1.B.7) and the policy of the LMA (zhao 4).

use core::net::Ipv6Addr;

use multimob::channel::{Channel, Filter};
use multimob::mld::GroupRecord;
use multimob::mld::router::Refusal;
use multimob::pmip::lma::{Config, Notice};
use multimob::pmip::{ChannelPolicy, NodeId, Subscriber};
use multimob::wire::mh::option::HandoffIndicator;
use multimob::wire::mh::{Meaning, Status};
use multimob::wire::mld::RecordType;
use multimob::wire::{Dialect, FlagDialect, HoldTypes};

use crate::domain::*;

fn join(group: &str, filter: &Filter) -> GroupRecord {
    GroupRecord::join(ip(group), filter)
}

fn record(kind: RecordType, group: &str, sources: &[&str]) -> GroupRecord {
    GroupRecord { kind, group: ip(group), sources: include(sources).sources }
}

fn ssm() -> GroupRecord {
    join(SSM, &include(&[SOURCE]))
}

/// What MAG1 wants of a group, as the LMA sees it.
fn wanted(domain: &Domain, group: &str) -> Filter {
    domain.state().groups[&ip(MAG1)].get(&ip(group)).cloned().unwrap_or_default()
}

fn only(channels: Vec<Channel>) -> Subscriber {
    Subscriber { policy: ChannelPolicy::Only(channels), ..Subscriber::default() }
}

fn speaking(flags: FlagDialect) -> Config {
    let mut config = config();
    config.mags.iter_mut().for_each(|mag| mag.dialect = Dialect::with_flags(flags));
    config
}

/// A registration and a subscription in one (D-5): the figure's PBU-M, PBA, join.
#[test]
fn d5_a_pbu_m_is_the_complete_registration_and_the_subscription() {
    let mut domain = Domain::new(config());
    let mut actions = domain.send(&Pbu::default().subscribing([ssm()])).unwrap();
    let at = actions.iter().position(|action| matches!(action, multimob::pmip::lma::Action::JoinUpstream(_)));
    let answer = take_answer(&mut actions).unwrap();
    assert_eq!((answer.status, answer.prefixes), (Status::ACCEPTED, vec![prefix("2001:db8:f000::")]));
    assert!(at.is_some());
    let expected = [
        "Unicast tunnel to 2001:db8:a::1 is tunnel1".to_owned(),
        "2001:db8:f000::/64 into tunnel1 is route1".to_owned(),
        "Multicast tunnel to 2001:db8:a::1 is tunnel2".to_owned(),
        format!("{SSM} INCLUDE{{{SOURCE}}} into tunnel2 is route2"),
        format!("join ({SOURCE},{SSM})"),
    ];
    assert_eq!(data_plane(&actions), expected);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1))]);
}

#[test]
fn t13_what_is_refused_subscribes_to_nothing() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu { sequence: 9, ..Pbu::default() });
    for pbu in [
        Pbu { node: Some("mn9@example.net"), ..Pbu::default() },
        Pbu { sequence: 9, ..Pbu::default() },
        Pbu { handoff: None, sequence: 10, ..Pbu::default() },
        Pbu { prefixes: vec![prefix("2001:db8:9::")], sequence: 10, ..Pbu::default() },
    ] {
        let (answer, rest) = domain.register(&pbu.subscribing([ssm()]));
        assert!(!answer.status.is_accepted());
        assert_eq!((answer.records, rest), (None, vec![]));
    }
    assert!(wanted(&domain, SSM).is_nothing());
}

#[test]
fn a52_the_c_bit_says_what_is_a_pbu_m_where_the_dialect_has_one() {
    let mut domain = Domain::new(speaking(FlagDialect::AsaedaC));
    domain.register(&Pbu { meaning: Meaning::Proxy, ..Pbu::default().subscribing([ssm()]) });
    assert!(wanted(&domain, SSM).is_nothing(), "D-6: an option without C is not looked at");
    domain.register(&Pbu { sequence: 2, ..Pbu::default().subscribing([ssm()]) });
    assert_eq!(wanted(&domain, SSM), include(&[SOURCE]));
}

#[test]
fn d6_c_without_the_option_registers_and_is_told() {
    let malformed = Notice::MalformedMulticast { node: NodeId::nai(MN1) };
    let mut domain = Domain::new(speaking(FlagDialect::AsaedaC));
    let (answer, actions) = domain.register(&Pbu { meaning: Meaning::ProxyMulticast, ..Pbu::default() });
    assert_eq!((answer.status, answer.records), (Status::ACCEPTED, Some(vec![])));
    assert!(notices(&actions).contains(&malformed));

    let mut strict = Domain::new(Config { strict_multicast: true, ..speaking(FlagDialect::AsaedaC) });
    let status = strict.status(&Pbu { meaning: Meaning::ProxyMulticast, ..Pbu::default() });
    assert_eq!(status, Status::UNSPECIFIED);
    assert_eq!(strict.serving(MN1), []);
}

#[test]
fn d6_a_malformed_option_spoils_the_multicast_part_only() {
    let malformed = Notice::MalformedMulticast { node: NodeId::nai(MN1) };
    let pbu = Pbu { malformed: true, ..Pbu::default().subscribing([ssm()]) };
    let mut domain = Domain::new(config());
    let (answer, actions) = domain.register(&pbu);
    assert_eq!(answer.status, Status::ACCEPTED);
    assert!(notices(&actions).contains(&malformed));
    assert!(wanted(&domain, SSM).is_nothing());

    let mut strict = Domain::new(Config { strict_multicast: true, ..config() });
    assert_eq!(strict.status(&pbu), Status::UNSPECIFIED);
    assert_eq!(strict.status(&Pbu::default().subscribing([ssm()])), Status::ACCEPTED);
}

#[test]
fn s15_records_of_igmp_are_left_out_and_told() {
    let malformed = Notice::MalformedMulticast { node: NodeId::nai(MN1) };
    let alone = Pbu { igmp: true, meaning: Meaning::ProxyMulticast, ..Pbu::default() };
    let both = Pbu { igmp: true, ..Pbu::default().subscribing([ssm()]) };
    for (pbu, taken, strict) in
        [(&alone, vec![], Status::UNSPECIFIED), (&both, vec![ssm()], Status::ACCEPTED)]
    {
        let mut domain = Domain::new(config());
        let (answer, actions) = domain.register(pbu);
        assert_eq!(answer.status, Status::ACCEPTED);
        assert!(notices(&actions).contains(&malformed));
        assert_eq!(answer.records, Some(taken.clone()));
        assert_eq!(wanted(&domain, SSM).is_nothing(), taken.is_empty());

        let mut domain = Domain::new(Config { strict_multicast: true, ..config() });
        assert_eq!(domain.status(pbu), strict);
    }
}

#[test]
fn d7_the_answer_names_the_records_that_were_taken() {
    let everything = join(ASM, &Filter::EVERYTHING);
    let mut domain = Domain::new(config());
    let (answer, _) = domain.register(&Pbu::default().subscribing([ssm(), everything.clone()]));
    assert_eq!(answer.records, Some(vec![ssm(), everything]));
    let (answer, _) = domain.register(&Pbu { sequence: 2, ..Pbu::default().subscribing([]) });
    assert_eq!(answer.records, Some(vec![]));
    // None to a plain registration, and none when the operator does not want it.
    assert_eq!(domain.register(&Pbu { sequence: 3, ..Pbu::default() }).0.records, None);
    let mut silent = Domain::new(Config { echo_accepted: false, ..config() });
    assert_eq!(silent.register(&Pbu::default().subscribing([ssm()])).0.records, None);
    assert_eq!(wanted(&silent, SSM), include(&[SOURCE]));
}

/// EXCLUDE for a source-specific group is not taken (RFC 4604 2.2.1); the others are.
#[test]
fn d7_a_record_that_the_router_refuses_is_not_among_them() {
    let mut domain = Domain::new(config());
    let wrong = join(SSM, &Filter::EVERYTHING);
    let right = join(ASM, &Filter::EVERYTHING);
    let (answer, actions) = domain.register(&Pbu::default().subscribing([wrong, right.clone()]));
    assert_eq!((answer.status, answer.records), (Status::ACCEPTED, Some(vec![right])));
    let refused = Notice::Refused { mag: ip(MAG1), group: Some(ip(SSM)), why: Refusal::SsmExclude };
    assert!(notices(&actions).contains(&refused));
}

/// The other records of a Report count (RFC 4604 2.2.2), those of the same group and what the policy leaves included.
#[test]
fn d8_an_exclude_record_of_a_source_specific_group_takes_nothing_along() {
    for policy in [ChannelPolicy::Any, ChannelPolicy::Only(vec![Channel::ssm(ip(SOURCE), ip(SSM))])] {
        let mut domain = Domain::new(config());
        domain.provision(MN1, &Subscriber { policy, ..Subscriber::default() }).unwrap();
        let wrong = join(SSM, &Filter::EVERYTHING);
        assert_eq!(domain.register(&Pbu::default().subscribing([wrong.clone()])).0.records, Some(vec![]));
        assert!(wanted(&domain, SSM).is_nothing());
        let (answer, _) = domain.register(&Pbu { sequence: 2, ..Pbu::default().subscribing([ssm(), wrong]) });
        assert_eq!((answer.status, answer.records), (Status::ACCEPTED, Some(vec![ssm()])));
        assert_eq!(wanted(&domain, SSM), include(&[SOURCE]));
    }
}

#[test]
fn d7_a_group_that_finds_no_room_is_not_among_them() {
    let mut config = config();
    config.router.limits.groups_per_link = 1;
    let records = [join(ASM, &Filter::EVERYTHING), ssm()];
    let mut domain = Domain::new(config.clone());
    let (answer, actions) = domain.register(&Pbu::default().subscribing(records.clone()));
    assert_eq!((answer.status, answer.records), (Status::ACCEPTED, Some(records[..1].to_vec())));
    let refused = Notice::Refused { mag: ip(MAG1), group: Some(ip(SSM)), why: Refusal::TableFull };
    assert!(notices(&actions).contains(&refused));
    assert_eq!(domain.lma.refused(), 1);

    let mut mandatory = Domain::new(Config { multicast_mandatory: true, ..config });
    assert_eq!(mandatory.status(&Pbu::default().subscribing(records)), Status::INSUFFICIENT_RESOURCES);
    assert_eq!(mandatory.serving(MN1), []);
}

/// Fifteen sources need two records: they are one group nevertheless.
#[test]
fn d4_the_records_of_one_group_count_as_one() {
    let mut config = config();
    config.router.limits.groups_per_link = 1;
    let mut mandatory = Domain::new(Config { multicast_mandatory: true, ..config });
    let sources = (1..16).map(|n| Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, n));
    let wide = join(SSM, &Filter::include(sources));
    assert_eq!(mandatory.status(&Pbu::default().subscribing([wide])), Status::ACCEPTED);
}

#[test]
fn a_group_that_is_none_is_told_and_spoils_nothing() {
    let mut domain = Domain::new(config());
    let wrong = join("2001:db8::1", &Filter::EVERYTHING);
    let (answer, actions) = domain.register(&Pbu::default().subscribing([wrong, ssm()]));
    assert_eq!(answer.records, Some(vec![ssm()]));
    let refused = Notice::Refused { mag: ip(MAG1), group: Some(ip("2001:db8::1")), why: Refusal::BadAddress };
    assert!(notices(&actions).contains(&refused));
}

#[test]
fn d8_records_are_joins_by_their_filter() {
    for (record, filter) in [
        (record(RecordType::ALLOW, ASM, &[SOURCE]), include(&[SOURCE])),
        (record(RecordType::IS_IN, ASM, &[SOURCE]), include(&[SOURCE])),
        (record(RecordType::TO_EX, ASM, &[]), Filter::EVERYTHING),
        (record(RecordType::IS_EX, ASM, &[SOURCE]), Filter::exclude([ip(SOURCE)])),
    ] {
        let mut domain = Domain::new(config());
        domain.register(&Pbu::default().subscribing([record]));
        assert_eq!(wanted(&domain, ASM), filter);
    }
}

/// More sources than one option has room for travel in several (D-4), there and back.
#[test]
fn d4_records_of_several_options_are_taken_together() {
    let sources: Vec<String> = (1..=40).map(|n| format!("2001:db8:5::{n:x}")).collect();
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    let mut domain = Domain::new(config());
    let (answer, _) = domain.register(&Pbu::default().subscribing([join(SSM, &include(&sources))]));
    assert_eq!(wanted(&domain, SSM), include(&sources));
    let echoed = answer.records.unwrap();
    assert!(echoed.len() > 1 && echoed.iter().all(|record| record.kind == RecordType::ALLOW));
    assert!(echoed.iter().flat_map(|record| record.sources.iter()).eq(include(&sources).sources.iter()));
}

/// The LMA knows one state for each MAG, so one node's subscription never takes from another's.
/// A44, A47: what the MAG has by another way is held by a further registration, and the tree is kept.
#[test]
fn a47_a_pbu_m_with_hold_stops_the_data_and_keeps_the_tree() {
    for types in [HoldTypes::PRIVATE, HoldTypes::LITERAL] {
        let mut config = config();
        config.mags.iter_mut().for_each(|mag| mag.dialect.hold = types);
        let mut domain = Domain::new(config);
        domain.register(&Pbu::default().subscribing([ssm(), join(ASM, &Filter::EVERYTHING)]));
        let hold = GroupRecord::hold(ip(SSM), &include(&[SOURCE]), types);
        let again = Pbu { handoff: Some(HandoffIndicator::REREGISTRATION), sequence: 2, ..Pbu::default() };
        let (answer, actions) = domain.register(&again.clone().subscribing([hold.clone()]));
        assert_eq!((answer.status, answer.records), (Status::ACCEPTED, Some(vec![hold])));
        assert_eq!(upstream(&actions), Vec::<String>::new());
        assert_eq!((wanted(&domain, SSM), wanted(&domain, ASM)), (Filter::NOTHING, Filter::EVERYTHING));
        assert_eq!(domain.state().held[&ip(MAG1)][&ip(SSM)], include(&[SOURCE]));
        // Joined again: released.
        let (_, actions) = domain.register(&Pbu { sequence: 3, ..again }.subscribing([ssm()]));
        assert_eq!(upstream(&actions), Vec::<String>::new());
        assert_eq!(wanted(&domain, SSM), include(&[SOURCE]));
        assert!(domain.state().held.is_empty());
    }
}

#[test]
fn a47_a_forbidden_channel_is_not_held() {
    let mut domain = Domain::new(config());
    domain.provision(MN1, &only(vec![Channel::asm(ip(ASM))])).unwrap();
    let hold = GroupRecord::hold(ip(SSM), &include(&[SOURCE]), HoldTypes::PRIVATE);
    let (answer, actions) = domain.register(&Pbu::default().subscribing([hold]));
    assert_eq!((answer.status, upstream(&actions)), (Status::ACCEPTED, Vec::<String>::new()));
    assert!(domain.state().held.is_empty());
}

#[test]
fn d10_a_pbu_m_of_one_node_takes_nothing_from_another() {
    let other = "2001:db8:5::6";
    let mut domain = Domain::new(config());
    let first = Pbu { node: Some(MN2), ..Pbu::default() };
    domain.register(&first.subscribing([join(ASM, &include(&[SOURCE, other])), ssm()]));
    let second = Pbu::default().subscribing([
        record(RecordType::TO_IN, SSM, &[]),
        record(RecordType::BLOCK, ASM, &[SOURCE]),
        record(RecordType::TO_IN, ASM, &[other]),
    ]);
    let (_, actions) = domain.register(&second);
    assert_eq!(upstream(&actions), Vec::<String>::new());
    assert_eq!((wanted(&domain, ASM), wanted(&domain, SSM)), (include(&[SOURCE, other]), include(&[SOURCE])));
    // EXCLUDE of a source that the other listens to lets it through.
    let third = Pbu { sequence: 2, ..Pbu::default() };
    domain.register(&third.subscribing([record(RecordType::TO_EX, ASM, &[SOURCE, "2001:db8:5::7"])]));
    assert_eq!(wanted(&domain, ASM), Filter::exclude([ip("2001:db8:5::7")]));
}

#[test]
fn d9_records_of_a_deregistration_are_not_looked_at() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu { node: Some(MN2), ..Pbu::default() });
    domain.register(&Pbu::default());
    let gone = Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000:1::")]);
    let (answer, actions) = domain.register(&gone.subscribing([ssm()]));
    assert_eq!((answer.status, answer.records), (Status::ACCEPTED, None));
    assert_eq!(upstream(&actions), Vec::<String>::new());
    let (answer, _) = domain.register(&Pbu::handover(MAG1, 3));
    assert_eq!(answer.records, None);
    assert!(wanted(&domain, SSM).is_nothing());
}

#[test]
fn t32_link_scope_groups_are_never_taken() {
    let mut domain = Domain::new(config());
    let solicited = join("ff02::1:ff00:11", &Filter::EVERYTHING);
    let (answer, actions) = domain.register(&Pbu::default().subscribing([solicited.clone()]));
    assert_eq!(answer.records, Some(vec![]));
    assert_eq!(upstream(&actions), Vec::<String>::new());
    // Nor from a Report: such groups are not forwarded.
    let actions = domain.report(MAG1, &[solicited]).unwrap();
    assert_eq!(data_plane(&actions), Vec::<String>::new());
}

#[test]
fn z14_the_lma_authorises_what_a_node_subscribes_to() {
    let mut domain = Domain::new(config());
    let allowed = Channel::ssm(ip(SOURCE), ip(SSM));
    domain.provision(MN1, &only(vec![allowed])).unwrap();
    let wants = join(SSM, &include(&[SOURCE, "2001:db8:5::6"]));
    let (answer, actions) = domain.register(&Pbu::default().subscribing([wants]));
    assert_eq!((answer.status, answer.records), (Status::ACCEPTED, Some(vec![ssm()])));
    assert!(notices(&actions).contains(&Notice::Forbidden { node: NodeId::nai(MN1), group: ip(SSM) }));
    assert_eq!(upstream(&actions), [format!("join {allowed}")]);
}

#[test]
fn z18_a_denied_channel_is_left_out_of_the_answer_or_denies_all() {
    let everything = join(ASM, &Filter::EVERYTHING);
    let mut domain = Domain::new(config());
    domain.provision(MN1, &only(vec![])).unwrap();
    let (answer, actions) = domain.register(&Pbu::default().subscribing([everything.clone()]));
    assert_eq!((answer.status, answer.records), (Status::ACCEPTED, Some(vec![])));
    assert_eq!(upstream(&actions), Vec::<String>::new());

    let mut mandatory = Domain::new(Config { multicast_mandatory: true, ..config() });
    mandatory.provision(MN1, &only(vec![])).unwrap();
    let status = mandatory.status(&Pbu::default().subscribing([everything.clone()]));
    assert_eq!(status, Status::ADMINISTRATIVELY_PROHIBITED);
    assert_eq!(mandatory.serving(MN1), []);
    let allowed = Pbu { node: Some(MN2), ..Pbu::default() };
    assert_eq!(mandatory.status(&allowed.subscribing([everything])), Status::ACCEPTED);
}

#[test]
fn z16_a_group_that_is_there_already_is_not_joined_again() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default().subscribing([ssm()]));
    let same_mag = Pbu { node: Some(MN2), ..Pbu::default() };
    let (_, actions) = domain.register(&same_mag.subscribing([ssm()]));
    assert_eq!(upstream(&actions), Vec::<String>::new());
    let other_mag = Pbu { sequence: 2, node: Some(MN2), ..Pbu::handover(MAG2, 2) };
    let (_, actions) = domain.register(&other_mag.subscribing([ssm()]));
    assert_eq!(upstream(&actions), Vec::<String>::new());
    assert_eq!(domain.state().upstream.len(), 1);
}

/// D-5 and the waiting of RFC 5213 5.4.1.3 together: the records take effect with the registration.
#[test]
fn a_pbu_m_that_waits_subscribes_when_it_is_admitted() {
    let unknown = Some(multimob::wire::mh::option::HandoffIndicator::UNKNOWN);
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    let claim = Pbu { mag: MAG2, sequence: 2, handoff: unknown, ..Pbu::default() };
    assert_eq!(domain.send(&claim.subscribing([ssm()])), Ok(vec![]));
    let actions = domain.wait(secs(2));
    assert_eq!(upstream(&actions), [format!("join ({SOURCE},{SSM})")]);
}
