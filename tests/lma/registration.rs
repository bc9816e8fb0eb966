//! RFC 5213 5.3.1 to 5.3.3, 5.3.6 and 5.5: the chain, the answer, the order of messages.

use multimob::machine::{Outer, Protection};
use multimob::pmip::lma::{Config, Reject};
use multimob::pmip::{Prefix, Subscriber};
use multimob::wire::Reaction;
use multimob::wire::mh::option::{AccessTechnology, HandoffIndicator};
use multimob::wire::mh::{self, Meaning, Status};

use crate::domain::*;

/// 2011-03-13 07:06:40 UTC, microseconds and as a timestamp.
const TIME_OF_DAY: (u64, u64) = (1_300_000_000_000_000, 1_300_000_000 << 16);

#[test]
fn r5213_5_3_1_1_what_nothing_authenticates_is_dropped_in_silence() {
    let mut domain = Domain::new(config());
    let before = domain.state();
    let bare = Pbu { protection: Protection::None, ..Pbu::default() };
    assert_eq!(domain.send(&bare), Err(Reject::NotAuthenticated(ip(MAG1))));
    // A node behind a MAG can put anything into the tunnel.
    let tunnelled = Pbu { outer: Some(Outer { src: ip(MAG1), dst: ip(LMA) }), ..Pbu::default() };
    assert_eq!(domain.send(&tunnelled), Err(Reject::NotAuthenticated(ip(MAG1))));
    assert_eq!(domain.state(), before);
}

#[test]
fn r6275_9_5_1_a_care_of_address_that_cannot_be_routed_is_dropped_in_silence() {
    let mut domain = Domain::new(config());
    for bad in ["ff02::1", "::1", "fe80::5"] {
        let pbu = Pbu { care_of: Some(ip(bad)), ..Pbu::default() };
        assert_eq!(domain.send(&pbu), Err(Reject::NotRoutable(ip(bad))));
    }
}

#[test]
fn r5213_8_1_a_binding_update_without_p_is_not_for_an_lma() {
    let mut domain = Domain::new(config());
    let mobile_node = Pbu { meaning: Meaning::Binding, ..Pbu::default() };
    assert_eq!(domain.send(&mobile_node), Err(Reject::NotForLmas));
}

#[test]
fn mh_6_1_11_a_pbu_with_a_home_address_is_dropped_in_silence() {
    let mut domain = Domain::new(config());
    for (home_address, routing_header, why) in [
        (Some(ip("2001:db8:2::2")), None, mh::Why::HomeAddressOption),
        (None, Some(ip("2001:db8:2::2")), mh::Why::RoutingHeader),
    ] {
        let pbu = Pbu { home_address, routing_header, ..Pbu::default() };
        let refused = mh::Refused { why, reaction: Reaction::Drop };
        assert_eq!(domain.send(&pbu), Err(Reject::Mobility(refused)));
    }
    assert!(domain.send(&Pbu::default()).is_ok());
}

#[test]
fn r5213_160_is_said_with_an_empty_identifier() {
    let mut domain = Domain::new(config());
    let (answer, rest) = domain.register(&Pbu { node: None, ..Pbu::default() });
    assert_eq!(answer.status, Status::MISSING_MN_IDENTIFIER_OPTION);
    assert_eq!(answer.node.as_deref(), Some(""));
    assert_eq!(rest, []);
}

#[test]
fn r5213_154_is_for_mags_that_are_not_configured() {
    let mut domain = Domain::new(config());
    let stranger = Pbu { mag: "2001:db8:a::9", ..Pbu::default() };
    let (answer, _) = domain.register(&stranger);
    assert_eq!(answer.status, Status::MAG_NOT_AUTHORIZED_FOR_PROXY_REG);
    assert_eq!(answer.to, ip("2001:db8:a::9"));
    for odd in [
        Pbu { care_of: Some(ip("2001:db8:a::9")), ..Pbu::default() },
        Pbu { care_of: Some(ip(MAG1)), ..stranger },
    ] {
        assert_eq!(domain.status(&odd), Status::MAG_NOT_AUTHORIZED_FOR_PROXY_REG);
    }
}

#[test]
fn r5213_153_is_for_nodes_that_are_not_known() {
    let mut domain = Domain::new(config());
    let stranger = Pbu { node: Some("mn9@example.net"), ..Pbu::default() };
    assert_eq!(domain.status(&stranger), Status::NOT_LMA_FOR_THIS_MOBILE_NODE);
}

#[test]
fn r5213_152_is_for_nodes_that_are_barred() {
    let mut domain = Domain::new(config());
    domain.provision(MN1, &Subscriber { barred: true, ..Subscriber::default() }).unwrap();
    assert_eq!(domain.status(&Pbu::default()), Status::PROXY_REG_NOT_ENABLED);
}

/// Rule 8 is about service; a session that was begun before may be ended.
#[test]
fn r5213_152_does_not_keep_a_session_from_ending() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    domain.provision(MN1, &Subscriber { barred: true, ..Subscriber::default() }).unwrap();
    let gone = Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000::")]);
    assert_eq!(domain.status(&gone), Status::ACCEPTED);
}

#[test]
fn a_packet_to_another_address_is_not_for_this_lma() {
    let mut domain = Domain::new(config());
    assert_eq!(domain.send(&Pbu { to: "2001:db8:b::2", ..Pbu::default() }), Err(Reject::NotForLmas));
}

#[test]
fn r5213_158_161_and_162_name_the_option_that_is_missing() {
    let mut domain = Domain::new(config());
    let (answer, _) = domain.register(&Pbu { prefixes: vec![], ..Pbu::default() });
    assert_eq!(answer.status, Status::MISSING_HOME_NETWORK_PREFIX_OPTION);
    assert_eq!(answer.prefixes, [ALL_ZERO]);
    let (answer, _) = domain.register(&Pbu { handoff: None, ..Pbu::default() });
    assert_eq!(answer.status, Status::MISSING_HANDOFF_INDICATOR_OPTION);
    assert_eq!(answer.handoff, Some(HandoffIndicator(0)));
    let (answer, _) = domain.register(&Pbu { technology: None, ..Pbu::default() });
    assert_eq!(answer.status, Status::MISSING_ACCESS_TECH_TYPE_OPTION);
    assert_eq!(answer.technology, Some(AccessTechnology(0)));
    assert_eq!(domain.state().bindings, []);
}

/// Everything is wrong at first; each line puts one thing right and shows the next.
#[test]
fn r5213_5_3_1_the_order_of_the_checks_is_normative() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu { sequence: 50, ..Pbu::default() });
    domain.provision(MN1, &Subscriber { barred: true, ..Subscriber::default() }).unwrap();
    let mut pbu = Pbu {
        mag: "2001:db8:a::9",
        node: None,
        sequence: 50,
        prefixes: vec![],
        handoff: None,
        ..Pbu::default()
    };
    assert_eq!(domain.status(&pbu), Status(160));
    pbu.node = Some("mn9@example.net");
    assert_eq!(domain.status(&pbu), Status(154));
    pbu.mag = MAG1;
    assert_eq!(domain.status(&pbu), Status(153));
    pbu.node = Some(MN1);
    assert_eq!(domain.status(&pbu), Status(152));
    domain.provision(MN1, &Subscriber::default()).unwrap();
    pbu.timestamp = Some(5);
    assert_eq!(domain.status(&pbu), Status(156));
    pbu.timestamp = None;
    assert_eq!(domain.status(&pbu), Status(135));
    pbu.sequence = 51;
    assert_eq!(domain.status(&pbu), Status(158));
    pbu.prefixes = vec![prefix("2001:db8:f000::")];
    pbu.technology = None;
    assert_eq!(domain.status(&pbu), Status(161));
    pbu.handoff = Some(HandoffIndicator::REREGISTRATION);
    assert_eq!(domain.status(&pbu), Status(162));
    pbu.technology = Some(AccessTechnology::IEEE_802_11);
    assert_eq!(domain.status(&pbu), Status::ACCEPTED);
}

#[test]
fn r5213_5_3_2_a_prefix_of_the_pool_is_for_one_session_only() {
    let mut domain = Domain::new(config());
    let (first, _) = domain.register(&Pbu::default());
    let (second, _) = domain.register(&Pbu { node: Some(MN2), ..Pbu::default() });
    assert_eq!(first.prefixes, [prefix("2001:db8:f000::")]);
    assert_eq!(second.prefixes, [prefix("2001:db8:f000:1::")]);
    domain.provision("mn3@example.net", &Subscriber::default()).unwrap();
    let third = Pbu { node: Some("mn3@example.net"), ..Pbu::default() };
    assert_eq!(domain.status(&third), Status::INSUFFICIENT_RESOURCES);
    assert_eq!(domain.lma.refused(), 1);
}

#[test]
fn r5213_5_3_2_a_node_gets_the_prefixes_of_its_subscription() {
    let mut domain = Domain::new(config());
    let own = vec![prefix("2001:db8:1::"), prefix("2001:db8:2::")];
    domain.provision(MN1, &Subscriber { prefixes: own.clone(), ..Subscriber::default() }).unwrap();
    let (answer, _) = domain.register(&Pbu::default());
    assert_eq!((answer.status, answer.prefixes), (Status::ACCEPTED, own));
}

#[test]
fn r5213_155_is_for_prefixes_of_others_and_of_nobody() {
    let mut domain = Domain::new(config());
    let own = prefix("2001:db8:1::");
    domain.provision(MN1, &Subscriber { prefixes: vec![own], ..Subscriber::default() }).unwrap();
    for (node, wanted, status) in [
        (MN2, own, Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX),
        (MN2, prefix("2001:db8:f000::"), Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX),
        (MN1, prefix("2001:db8:9::"), Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX),
        (MN1, own, Status::ACCEPTED),
        (MN2, own, Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX),
    ] {
        let (answer, _) =
            domain.register(&Pbu { node: Some(node), prefixes: vec![wanted], ..Pbu::default() });
        assert_eq!((answer.status, answer.prefixes), (status, vec![wanted]), "{node} {wanted}");
    }
}

#[test]
fn r6275_the_lifetime_granted_is_at_most_that_asked_for() {
    let mut domain = Domain::new(Config { max_lifetime: secs(400), ..config() });
    assert_eq!(domain.register(&Pbu { lifetime: 99, ..Pbu::default() }).0.lifetime, 99);
    let (answer, _) = domain.register(&Pbu { lifetime: 101, sequence: 2, ..Pbu::default() });
    assert_eq!(answer.lifetime, 100);
    domain.wait(secs(399));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1))]);
    domain.wait(secs(1));
    assert_eq!(domain.serving(MN1), []);
}

#[test]
fn r5213_5_3_6_the_answer_copies_what_the_request_had() {
    let mut domain = Domain::new(config());
    domain.clock(TIME_OF_DAY.0);
    let request = Pbu {
        sequence: 77,
        link_layer_id: Some(&[2, 0, 0, 0, 0, 9]),
        link_local: Some(ip("fe80::77")),
        timestamp: Some(TIME_OF_DAY.1),
        ..Pbu::default()
    };
    let expected = Pba {
        to: ip(MAG1),
        status: Status::ACCEPTED,
        sequence: 77,
        lifetime: 100,
        proxy: true,
        node: Some(MN1.into()),
        prefixes: vec![prefix("2001:db8:f000::")],
        handoff: Some(HandoffIndicator::NEW_INTERFACE),
        technology: Some(AccessTechnology::IEEE_802_11),
        link_layer_id: Some(vec![2, 0, 0, 0, 0, 9]),
        link_local: Some(ip("fe80::77")),
        timestamp: Some(TIME_OF_DAY.1),
        records: None,
    };
    assert_eq!(domain.register(&request).0, expected);
    // Refused, it says what the request said.
    let unknown = Pbu { node: Some("mn9@example.net"), ..request };
    let expected = Pba {
        status: Status::NOT_LMA_FOR_THIS_MOBILE_NODE,
        lifetime: 0,
        node: Some("mn9@example.net".into()),
        prefixes: vec![ALL_ZERO],
        ..expected
    };
    assert_eq!(domain.register(&unknown).0, expected);
    // What the request lacks, the answer lacks.
    let (answer, _) = domain.register(&Pbu { node: Some(MN2), ..Pbu::default() });
    assert_eq!((answer.link_layer_id, answer.link_local, answer.timestamp), (None, None, None));
}

#[test]
fn r5213_5_3_6_a_link_local_address_is_made_once_and_kept() {
    let mut domain = Domain::new(config());
    let asks = Pbu { link_local: Some(ip("::")), ..Pbu::default() };
    let made = domain.register(&asks).0.link_local.unwrap();
    assert!(made.is_unicast_link_local());
    let again = Pbu { sequence: 2, ..asks.clone() };
    assert_eq!(domain.register(&again).0.link_local, Some(made));
    let other = Pbu { node: Some(MN2), ..asks };
    assert_ne!(domain.register(&other).0.link_local, Some(made));
}

/// The entry takes the address that a MAG tells, whatever it asks for besides.
#[test]
fn r5213_5_3_6_a_link_local_address_that_is_told_is_kept() {
    let mut domain = Domain::new(config());
    let told = |n| Some(ip(&format!("fe80::{n}")));
    let answer = domain.register(&Pbu { link_local: told(3), ..Pbu::default() }).0;
    assert_eq!(answer.link_local, told(3));
    let gone = Pbu { link_local: told(4), ..Pbu::deregistration(MAG1, 2, &answer.prefixes) };
    assert_eq!(domain.register(&gone).0.link_local, told(4));
    let back = Pbu { link_local: Some(ip("::")), ..Pbu::handover(MAG2, 3) };
    assert_eq!(domain.register(&back).0.link_local, told(4));
}

#[test]
fn r5213_5_3_1_13_the_alternate_care_of_address_is_the_proxy_coa() {
    let mut domain = Domain::new(config());
    let (answer, _) = domain.register(&Pbu { care_of: Some(ip(MAG2)), ..Pbu::default() });
    assert_eq!((answer.to, answer.status), (ip(MAG1), Status::ACCEPTED));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

#[test]
fn an_answer_that_would_be_too_long_leaves_out_what_it_can() {
    let mut domain = Domain::new(config());
    let many: Vec<Prefix> = (0..85).map(|n| prefix(&format!("2001:db8:{n:x}::"))).collect();
    let longest = Pbu { node: None, handoff: None, technology: None, prefixes: many, ..Pbu::default() };
    let (answer, _) = domain.register(&longest);
    assert_eq!((answer.status, answer.prefixes), (Status(160), vec![ALL_ZERO]));
}

#[test]
fn t51_without_a_binding_any_number_counts() {
    for sequence in [0, 1, 32_768, 65_535] {
        let mut domain = Domain::new(config());
        let (answer, _) = domain.register(&Pbu { sequence, ..Pbu::default() });
        assert_eq!((answer.status, answer.sequence), (Status::ACCEPTED, sequence));
    }
}

#[test]
fn t51_a_stale_number_is_answered_with_the_last_accepted() {
    let mut domain = Domain::new(config());
    assert_eq!(domain.status(&Pbu { sequence: 15, ..Pbu::default() }), Status::ACCEPTED);
    for stale in [0, 15, 32_783, 65_535] {
        let (answer, _) = domain.register(&Pbu { sequence: stale, ..Pbu::default() });
        assert_eq!((answer.status, answer.sequence), (Status::SEQUENCE_NUMBER_OUT_OF_WINDOW, 15), "{stale}");
    }
    for fresh in [16, 32_782] {
        let mut twin = Domain { lma: domain.lma.clone(), ..domain };
        let (answer, _) = twin.register(&Pbu { sequence: fresh, ..Pbu::default() });
        assert_eq!((answer.status, answer.sequence), (Status::ACCEPTED, fresh));
    }
}

#[test]
fn r5213_5_5_a_timestamp_counts_instead_of_the_number() {
    let mut domain = Domain::new(config());
    domain.clock(TIME_OF_DAY.0);
    let at = |timestamp, sequence| Pbu { timestamp: Some(timestamp), sequence, ..Pbu::default() };
    assert_eq!(domain.status(&at(TIME_OF_DAY.1, 9)), Status::ACCEPTED);
    // Later, with a number that would be stale.
    let (answer, _) = domain.register(&at(TIME_OF_DAY.1 + 1, 3));
    assert_eq!((answer.status, answer.sequence), (Status::ACCEPTED, 3));
    assert_eq!(answer.timestamp, Some(TIME_OF_DAY.1 + 1));
}

#[test]
fn r5213_157_is_for_timestamps_not_later_than_the_last() {
    let mut domain = Domain::new(config());
    domain.clock(TIME_OF_DAY.0);
    let at = |timestamp| Pbu { timestamp: Some(timestamp), ..Pbu::default() };
    domain.register(&at(TIME_OF_DAY.1 + 100));
    for old in [TIME_OF_DAY.1 + 99, TIME_OF_DAY.1 + 100] {
        let (answer, _) = domain.register(&at(old));
        assert_eq!(answer.status, Status::TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
        assert_eq!(answer.timestamp, Some(TIME_OF_DAY.1), "the time of day at the LMA");
    }
}

/// All that were accepted for the node count, in whichever session (RFC 5213 5.5, 6).
#[test]
fn r5213_157_looks_at_all_sessions_of_the_node() {
    let mut domain = Domain::new(config());
    domain.clock(TIME_OF_DAY.0);
    let at = |mag, timestamp| Pbu { mag, timestamp: Some(timestamp), ..Pbu::default() };
    domain.register(&at(MAG1, TIME_OF_DAY.1 + 100));
    domain.register(&at(MAG2, TIME_OF_DAY.1 + 200));
    assert_eq!(domain.serving(MN1).len(), 2);
    let between = at(MAG1, TIME_OF_DAY.1 + 150);
    assert_eq!(domain.status(&between), Status::TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
    assert_eq!(domain.status(&at(MAG1, TIME_OF_DAY.1 + 201)), Status::ACCEPTED);
}

#[test]
fn r5213_156_is_for_timestamps_outside_the_window_and_comes_before_157() {
    let mut domain = Domain::new(config());
    domain.clock(TIME_OF_DAY.0);
    let at = |timestamp| Pbu { timestamp: Some(timestamp), ..Pbu::default() };
    domain.register(&at(TIME_OF_DAY.1));
    domain.wait(secs(5));
    let now = TIME_OF_DAY.1 + (5 << 16);
    for far in [now - (1 << 15), now + (1 << 15), TIME_OF_DAY.1] {
        let (answer, _) = domain.register(&at(far));
        assert_eq!((answer.status, answer.timestamp), (Status::TIMESTAMP_MISMATCH, Some(now)));
    }
    assert_eq!(domain.status(&at(now + (1 << 14))), Status::ACCEPTED);
}

#[test]
fn r5213_5_5_without_a_clock_no_timestamp_is_valid() {
    let mut domain = Domain::new(config());
    let (answer, _) = domain.register(&Pbu { timestamp: Some(TIME_OF_DAY.1), ..Pbu::default() });
    assert_eq!((answer.status, answer.timestamp), (Status::TIMESTAMP_MISMATCH, Some(0)));
}

#[test]
fn t14_a_query_never_makes_a_binding() {
    let mut domain = Domain::new(config());
    let unnamed = Pbu { node: None, prefixes: vec![], ..Pbu::default() };
    assert_eq!(domain.status(&unnamed), Status::MISSING_MN_IDENTIFIER_OPTION);

    let dialect = multimob::wire::Dialect::with_flags(multimob::wire::FlagDialect::LiuQ);
    let mut config = config();
    config.mags.iter_mut().for_each(|mag| mag.dialect = dialect);
    let mut domain = Domain::new(config);
    let named = Pbu { meaning: Meaning::ProxyQuery, ..Pbu::default() };
    assert_eq!(domain.status(&named), Status::UNSPECIFIED);
    assert_eq!(domain.state().bindings, []);
}

#[test]
fn a_subscriber_cannot_have_what_another_has() {
    let mut domain = Domain::new(config());
    let with = |prefixes| Subscriber { prefixes, ..Subscriber::default() };
    let own = prefix("2001:db8:1::");
    domain.provision(MN1, &with(vec![own])).unwrap();
    let wide = Prefix::new(ip("2001:db8::"), 40);
    assert_eq!(domain.provision(MN2, &with(vec![wide])), Err(Reject::PrefixTaken(wide)));
    assert_eq!(domain.provision(MN1, &with(vec![own])), Ok(vec![]));
    for bad in [prefix("2001:db8:f000:1::"), prefix("ff02::"), prefix("::"), prefix("fe80::")] {
        assert_eq!(domain.provision(MN2, &with(vec![bad])), Err(Reject::BadPrefix(bad)));
    }
    // No update would ever match it: it could not be renewed.
    let with_host_bits = Prefix { address: ip("2001:db8:3::5"), len: 64 };
    assert_eq!(domain.provision(MN2, &with(vec![with_host_bits])), Err(Reject::BadPrefix(with_host_bits)));
    let twice = prefix("2001:db8:2::");
    assert_eq!(domain.provision(MN2, &with(vec![twice, twice])), Err(Reject::BadPrefix(twice)));
    let many = (0..17).map(|n| prefix(&format!("2001:db8:{n}::"))).collect();
    assert_eq!(domain.provision(MN1, &with(many)), Err(Reject::TooManyPrefixes(16)));

    // A prefix that a session holds is taken, whoever subscribed to it.
    domain.register(&Pbu::default());
    domain.provision(MN1, &with(vec![])).unwrap();
    assert_eq!(domain.provision(MN2, &with(vec![own])), Err(Reject::PrefixTaken(own)));
}
