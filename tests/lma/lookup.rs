//! RFC 5213 5.4.1: which session a request is about.

use multimob::pmip::Subscriber;
use multimob::pmip::lma::{Config, MagPeer, Reject};
use multimob::wire::mh::Status;
use multimob::wire::mh::option::{AccessTechnology, HandoffIndicator};

use crate::domain::*;

const FIRST: &str = "2001:db8:f000::";
const SECOND: &str = "2001:db8:f000:1::";
const CARD: &[u8] = &[2, 0, 0, 0, 0, 9];
const OTHER_CARD: &[u8] = &[2, 0, 0, 0, 0, 10];

/// MN1 is registered at MAG1 with the first prefix of the pool by `first`; then comes `next`.
fn after(first: Pbu<'_>, next: Pbu<'_>) -> (Domain, Status, Vec<multimob::pmip::Prefix>) {
    let mut domain = Domain::new(config());
    assert_eq!(domain.status(&first), Status::ACCEPTED);
    let (answer, _) = domain.register(&Pbu { sequence: 2, ..next });
    (domain, answer.status, answer.prefixes)
}

fn handoff(code: HandoffIndicator) -> Option<HandoffIndicator> {
    Some(code)
}

#[test]
fn r5213_5_4_1_1_a_named_prefix_leads_to_its_session() {
    let at_mag2 = Pbu { mag: MAG2, prefixes: vec![prefix(FIRST)], ..Pbu::default() };
    let with_card = Pbu { link_layer_id: Some(CARD), ..Pbu::default() };
    let technology = Some(AccessTechnology::E_UTRAN);
    for (why, first, next) in [
        ("interface and technology", with_card.clone(), Pbu { link_layer_id: Some(CARD), ..at_mag2.clone() }),
        (
            "HI 2",
            with_card.clone(),
            Pbu { handoff: handoff(HandoffIndicator::OTHER_INTERFACE), technology, ..at_mag2.clone() },
        ),
        (
            "HI 3 without identifiers",
            Pbu::default(),
            Pbu { handoff: handoff(HandoffIndicator::SAME_INTERFACE), ..at_mag2.clone() },
        ),
        ("Proxy-CoA and technology", with_card, Pbu { mag: MAG1, ..at_mag2 }),
    ] {
        let mag = next.mag;
        let (domain, status, prefixes) = after(first, next);
        assert_eq!((status, prefixes), (Status::ACCEPTED, vec![prefix(FIRST)]), "{why}");
        assert_eq!(domain.serving(MN1), [Some(ip(mag))], "{why}");
    }
}

/// It would be a session of its own, but the prefix is in use (RFC 5213 5.2).
#[test]
fn r5213_5_4_1_1_6_a_named_prefix_is_not_shared_by_two_sessions() {
    let at_mag2 = Pbu { mag: MAG2, prefixes: vec![prefix(FIRST)], ..Pbu::default() };
    let unknown = handoff(HandoffIndicator::UNKNOWN);
    let same = handoff(HandoffIndicator::SAME_INTERFACE);
    let with_card = Pbu { link_layer_id: Some(CARD), ..Pbu::default() };
    for (why, first, next) in [
        ("nothing matches", Pbu::default(), Pbu { handoff: unknown, ..at_mag2.clone() }),
        ("HI 3, but the session has an identifier", with_card, Pbu { handoff: same, ..at_mag2.clone() }),
        (
            "HI 3, but another technology",
            Pbu::default(),
            Pbu { handoff: same, technology: Some(AccessTechnology::PPP), ..at_mag2 },
        ),
    ] {
        let (domain, status, _) = after(first, next);
        assert_eq!(status, Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX, "{why}");
        assert_eq!(domain.serving(MN1), [Some(ip(MAG1))], "{why}");
    }
}

/// The same for a prefix of the node's own subscription.
#[test]
fn r5213_5_4_1_1_6_a_prefix_of_the_subscription_is_not_shared_either() {
    let own = prefix("2001:db8:1::");
    let mut domain = Domain::new(config());
    domain.provision(MN1, &Subscriber { prefixes: vec![own], ..Subscriber::default() }).unwrap();
    domain.register(&Pbu::default());
    let unknown = handoff(HandoffIndicator::UNKNOWN);
    let again = Pbu { mag: MAG2, sequence: 2, prefixes: vec![own], handoff: unknown, ..Pbu::default() };
    assert_eq!(domain.status(&again), Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX);
}

#[test]
fn r5213_5_4_1_1_3_the_prefix_of_another_node_is_155() {
    let other = Pbu { node: Some(MN2), prefixes: vec![prefix(FIRST)], ..Pbu::default() };
    let (_, status, _) = after(Pbu::default(), other);
    assert_eq!(status, Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX);
}

#[test]
fn r5213_159_is_for_another_set_of_prefixes() {
    for more in [prefix("2001:db8:9::"), ALL_ZERO] {
        let next = Pbu { prefixes: vec![prefix(FIRST), more], ..Pbu::default() };
        let (_, status, prefixes) = after(Pbu::default(), next);
        assert_eq!(status, Status::BCE_PBU_PREFIX_SET_DO_NOT_MATCH);
        assert_eq!(prefixes, [prefix(FIRST), more]);
    }
}

#[test]
fn r5213_5_4_1_2_the_interface_leads_to_its_session() {
    let first = Pbu { link_layer_id: Some(CARD), ..Pbu::default() };
    // Whatever the indicator claims.
    for code in [HandoffIndicator::NEW_INTERFACE, HandoffIndicator::UNKNOWN] {
        let next = Pbu { mag: MAG2, handoff: handoff(code), ..first.clone() };
        let (domain, status, prefixes) = after(first.clone(), next);
        assert_eq!((status, prefixes), (Status::ACCEPTED, vec![prefix(FIRST)]));
        assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
    }
}

#[test]
fn r5213_5_4_1_2_3_a_handoff_between_interfaces_takes_the_only_session_along() {
    let first = Pbu { link_layer_id: Some(CARD), ..Pbu::default() };
    let next = Pbu {
        mag: MAG2,
        link_layer_id: Some(OTHER_CARD),
        handoff: handoff(HandoffIndicator::OTHER_INTERFACE),
        technology: Some(AccessTechnology::E_UTRAN),
        ..Pbu::default()
    };
    let (mut domain, _, prefixes) = after(first, next.clone());
    assert_eq!(prefixes, [prefix(FIRST)]);
    // It belongs to the new interface now.
    let (answer, _) =
        domain.register(&Pbu { sequence: 3, handoff: handoff(HandoffIndicator::UNKNOWN), ..next });
    assert_eq!(answer.prefixes, [prefix(FIRST)]);
}

#[test]
fn r5213_5_4_1_2_5_a_new_interface_gets_a_session_of_its_own() {
    let first = Pbu { link_layer_id: Some(CARD), ..Pbu::default() };
    let next = Pbu { mag: MAG2, link_layer_id: Some(OTHER_CARD), ..Pbu::default() };
    // HI=3 claims the same interface, but the identifier is another (5.4.1.2, 5).
    let claimed = Pbu { link_layer_id: Some(OTHER_CARD), ..Pbu::handover(MAG2, 2) };
    assert_eq!(after(first.clone(), claimed).2, [prefix(SECOND)]);
    let (mut domain, _, prefixes) = after(first, next);
    assert_eq!(prefixes, [prefix(SECOND)]);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1)), Some(ip(MAG2))]);
    // With two sessions there is no only one that HI=2 could mean, and no prefix for a third.
    let third = Pbu {
        mag: MAG2,
        link_layer_id: Some(&[7; 6]),
        handoff: handoff(HandoffIndicator::OTHER_INTERFACE),
        ..Pbu::default()
    };
    assert_eq!(domain.status(&third), Status::INSUFFICIENT_RESOURCES);
}

#[test]
fn r5213_5_4_1_3_without_an_interface_the_indicator_decides() {
    for code in [HandoffIndicator::OTHER_INTERFACE, HandoffIndicator::SAME_INTERFACE] {
        let next = Pbu { mag: MAG2, handoff: handoff(code), ..Pbu::default() };
        let (domain, _, prefixes) = after(Pbu::default(), next);
        assert_eq!(prefixes, [prefix(FIRST)]);
        assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
    }
    let (domain, _, prefixes) = after(Pbu::default(), Pbu { mag: MAG2, ..Pbu::default() });
    assert_eq!(prefixes, [prefix(SECOND)]);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1)), Some(ip(MAG2))]);
}

/// An identifier of zeros says that there is none (RFC 5213 5.1).
#[test]
fn r5213_5_4_1_3_an_identifier_of_zeros_is_none() {
    let zeros = Pbu { link_layer_id: Some(&[0; 6]), ..Pbu::handover(MAG2, 2) };
    let (domain, _, prefixes) = after(Pbu::default(), zeros);
    assert_eq!(prefixes, [prefix(FIRST)]);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

/// The acknowledgement was lost, the MAG knows no prefix yet and asks again.
#[test]
fn a_repeated_first_registration_makes_no_second_session() {
    for code in [HandoffIndicator::NEW_INTERFACE, HandoffIndicator::UNKNOWN] {
        let first = Pbu { handoff: handoff(code), ..Pbu::default() };
        let (domain, status, prefixes) = after(first.clone(), first);
        assert_eq!((status, prefixes), (Status::ACCEPTED, vec![prefix(FIRST)]));
        assert_eq!(domain.serving(MN1), [Some(ip(MAG1))]);
    }
}

/// So for the second session of a node.
#[test]
fn a_repeated_registration_of_a_second_interface_makes_no_third_session() {
    let second = Pbu { mag: MAG2, ..Pbu::default() };
    let (mut domain, ..) = after(Pbu::default(), second.clone());
    assert_eq!(domain.register(&Pbu { sequence: 3, ..second }).0.prefixes, [prefix(SECOND)]);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1)), Some(ip(MAG2))]);
}

/// A claim: MN1 appears at MAG2, which does not know whether this is the interface that MAG1 serves.
fn claim(sequence: u16) -> Pbu<'static> {
    Pbu { mag: MAG2, sequence, handoff: handoff(HandoffIndicator::UNKNOWN), ..Pbu::default() }
}

#[test]
fn r5213_5_4_1_3_3_an_unknown_handoff_waits_for_the_deregistration() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    assert_eq!(domain.send(&claim(2)), Ok(vec![]));
    assert_eq!(domain.wait(secs(1)), []);
    // MAG1 lets go: both are answered, and the session with its prefix is at MAG2.
    let gone = Pbu::deregistration(MAG1, 3, &[prefix(FIRST)]);
    let mut actions = domain.send(&gone).unwrap();
    let answers = [(); 2].map(|()| take_answer(&mut actions).unwrap());
    assert_eq!(answers.each_ref().map(|a| (a.to, a.sequence)), [(ip(MAG1), 3), (ip(MAG2), 2)]);
    assert!(answers.iter().all(|a| a.status.is_accepted() && a.prefixes == [prefix(FIRST)]));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

#[test]
fn r5213_5_4_1_3_3_after_the_wait_it_is_a_new_session() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    domain.send(&claim(2)).unwrap();
    assert_eq!(domain.wait(core::time::Duration::from_millis(1_499)), []);
    let mut actions = domain.wait(core::time::Duration::from_millis(1));
    let answer = take_answer(&mut actions).unwrap();
    assert_eq!((answer.to, answer.prefixes), (ip(MAG2), vec![prefix(SECOND)]));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1)), Some(ip(MAG2))]);
}

#[test]
fn r5213_5_4_1_3_3_the_wait_can_be_switched_off() {
    let zero = core::time::Duration::ZERO;
    let mut domain = Domain::new(Config { max_delay_before_new_bce_assign: zero, ..config() });
    domain.register(&Pbu::default());
    assert_eq!(domain.register(&claim(2)).0.prefixes, [prefix(SECOND)]);
}

#[test]
fn r5213_5_4_1_3_3_a_session_that_was_let_go_before_is_not_waited_for() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    domain.register(&Pbu::deregistration(MAG1, 2, &[prefix(FIRST)]));
    assert_eq!(domain.register(&claim(3)).0.prefixes, [prefix(FIRST)]);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

/// The wait is longer than INITIAL_BINDACK_TIMEOUT: the MAG repeats itself, and waits for its last number.
#[test]
fn t56_a_repeated_claim_is_one_claim() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    domain.send(&claim(2)).unwrap();
    domain.wait(secs(1));
    assert_eq!(domain.send(&claim(3)), Ok(vec![]));
    // A copy that was overtaken changes nothing.
    assert_eq!(domain.send(&claim(2)), Ok(vec![]));
    let mut actions = domain.wait(core::time::Duration::from_millis(500));
    assert_eq!(take_answer(&mut actions).unwrap().sequence, 3);
    assert_eq!(take_answer(&mut actions), None);
    assert_eq!(domain.serving(MN1).len(), 2);
    let rest = domain.wait(secs(10));
    assert!(rest.iter().all(|action| queried(core::slice::from_ref(action)).len() == 1), "{rest:?}");
}

/// The session goes to a third MAG: that is no deregistration, and the claim is answered all the same.
#[test]
fn r5213_5_4_1_3_3_a_claim_waits_on_while_the_session_moves() {
    let third = "2001:db8:a::3";
    let mut config = config();
    config.mags.push(MagPeer { address: ip(third), ..config.mags[0] });
    let mut domain = Domain::new(config);
    domain.register(&Pbu::default());
    domain.send(&claim(2)).unwrap();
    domain.wait(secs(1));
    assert_eq!(domain.status(&Pbu::handover(third, 3)), Status::ACCEPTED);
    let mut actions = domain.wait(core::time::Duration::from_millis(500));
    let answer = take_answer(&mut actions).unwrap();
    assert_eq!((answer.to, answer.sequence, answer.prefixes), (ip(MAG2), 2, vec![prefix(SECOND)]));
    assert_eq!(domain.serving(MN1), [Some(ip(third)), Some(ip(MAG2))]);
}

/// MAG2 finds out that it is the same interface after all: its claim is no request of its own any more.
#[test]
fn a_claimant_that_knows_better_gets_one_session() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    domain.send(&claim(2)).unwrap();
    assert_eq!(domain.status(&Pbu::handover(MAG2, 3)), Status::ACCEPTED);
    assert_eq!(take_answer(&mut domain.wait(secs(2))), None);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

#[test]
fn a_claimant_that_deregisters_waits_no_longer() {
    let mut config = config();
    config.mags.push(MagPeer { address: ip("2001:db8:a::3"), ..config.mags[0] });
    let mut domain = Domain::new(config);
    domain.register(&Pbu::default());
    domain.send(&claim(2)).unwrap();
    let gone = Pbu { lifetime: 0, ..claim(3) };
    // Another MAG cannot take it back.
    let third = "2001:db8:a::3";
    let other = Pbu { mag: third, ..gone.clone() };
    assert_eq!(domain.send(&other), Err(Reject::StaleDeregistration(ip(third))));
    assert_eq!(domain.send(&gone), Ok(vec![]));
    domain.wait(secs(2));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1))]);
    // Nor can anybody twice.
    assert_eq!(domain.send(&gone), Err(Reject::StaleDeregistration(ip(MAG2))));
}

/// MAG1 renewed, and then deregistered, while the claim of MAG2 waited; a copy of the renewal comes late.
#[test]
fn r5213_5_5_a_claim_that_waited_does_not_turn_back_the_timestamps() {
    let mut domain = Domain::new(config());
    domain.clock(1_300_000_000_000_000);
    let at = |offset: u64, pbu| Pbu { timestamp: Some(0x4d7c_6d00_0000 + offset), ..pbu };
    domain.register(&at(0, Pbu::default()));
    domain.send(&at(1, claim(2))).unwrap();
    domain.send(&at(9, Pbu::deregistration(MAG1, 3, &[prefix(FIRST)]))).unwrap();
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
    let copy = at(5, Pbu::handover(MAG1, 4));
    assert_eq!(domain.status(&copy), Status::TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

/// So with numbers.
#[test]
fn r6275_9_5_1_a_claim_that_waited_does_not_turn_back_the_numbers() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    domain.send(&claim(2)).unwrap();
    domain.send(&Pbu::deregistration(MAG1, 9, &[prefix(FIRST)])).unwrap();
    let (answer, _) = domain.register(&Pbu::handover(MAG1, 5));
    assert_eq!((answer.status, answer.sequence), (Status::SEQUENCE_NUMBER_OUT_OF_WINDOW, 9));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

/// The claim comes from the same MAG, which keeps its tunnel and its link then.
#[test]
fn a_session_may_pass_from_interface_to_interface_of_one_mag() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu { link_layer_id: Some(CARD), ..Pbu::default() });
    let other = Pbu { mag: MAG1, link_layer_id: Some(OTHER_CARD), ..claim(2) };
    assert_eq!(domain.send(&other), Ok(vec![]));
    let gone = Pbu::deregistration(MAG1, 3, &[prefix(FIRST)]);
    let actions = domain.send(&gone).unwrap();
    assert_eq!(data_plane(&actions), ["no route1", "2001:db8:f000::/64 into tunnel1 is route2"]);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1))]);
    assert_eq!(queried(&domain.wait(secs(40))).len(), 1);
}

#[test]
fn a_session_that_ends_by_itself_ends_the_wait() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu { lifetime: 1, ..Pbu::default() });
    domain.wait(secs(3));
    domain.send(&claim(2)).unwrap();
    let mut actions = domain.wait(secs(1));
    assert_eq!(take_answer(&mut actions).unwrap().to, ip(MAG2));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

#[test]
fn a_claim_of_a_node_that_was_withdrawn_is_refused_in_the_end() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    domain.send(&claim(2)).unwrap();
    let node = multimob::pmip::NodeId::nai(MN1);
    domain.input(multimob::pmip::lma::Input::Withdraw { node: &node }).unwrap();
    let mut actions = domain.wait(secs(2));
    assert_eq!(take_answer(&mut actions).unwrap().status, Status::NOT_LMA_FOR_THIS_MOBILE_NODE);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1))]);
}

#[test]
fn two_sessions_of_a_subscriber_share_no_prefix() {
    let mut domain = Domain::new(config());
    let own = prefix("2001:db8:1::");
    domain.provision(MN1, &Subscriber { prefixes: vec![own], ..Subscriber::default() }).unwrap();
    assert_eq!(domain.register(&Pbu::default()).0.prefixes, [own]);
    let second = Pbu { mag: MAG2, sequence: 2, ..Pbu::default() };
    assert_eq!(domain.register(&second).0.prefixes, [prefix(FIRST)]);
}
