//! RFC 5213 5.3.5: the end of a session, and what comes too late for it.

use multimob::pmip::NodeId;
use multimob::pmip::lma::{Config, Input, Notice, Reject};
use multimob::wire::mh::Status;

use crate::domain::*;

const FIRST: &str = "2001:db8:f000::";

fn registered() -> Domain {
    let mut domain = Domain::new(config());
    assert_eq!(domain.status(&Pbu::default()), Status::ACCEPTED);
    domain
}

fn gone(mag: &'static str, sequence: u16) -> Pbu<'static> {
    Pbu::deregistration(mag, sequence, &[prefix(FIRST)])
}

#[test]
fn r5213_5_3_5_it_is_answered_at_once_and_the_entry_kept_for_a_while() {
    let mut domain = registered();
    let (answer, actions) = domain.register(&gone(MAG1, 2));
    assert_eq!((answer.status, answer.lifetime), (Status::ACCEPTED, 0));
    assert_eq!(answer.prefixes, [prefix(FIRST)]);
    // The node's traffic is dropped from now on.
    assert_eq!(data_plane(&actions), ["no route1", "no tunnel1"]);
    assert_eq!(domain.serving(MN1), [None]);

    assert_eq!(notices(&domain.wait(core::time::Duration::from_millis(9_999))), []);
    assert_eq!(domain.serving(MN1), [None]);
    let unbound = Notice::Unbound { node: NodeId::nai(MN1) };
    assert_eq!(notices(&domain.wait(core::time::Duration::from_millis(1))), [unbound]);
    assert_eq!(domain.serving(MN1), []);
}

#[test]
fn r5213_5_3_5_a_repeated_deregistration_is_answered_again_and_waits_no_longer() {
    let mut domain = registered();
    domain.register(&gone(MAG1, 2));
    domain.wait(secs(8));
    let (answer, actions) = domain.register(&gone(MAG1, 3));
    assert_eq!((answer.status, actions), (Status::ACCEPTED, vec![]));
    domain.wait(secs(2));
    assert_eq!(domain.serving(MN1), []);
}

#[test]
fn r5213_5_3_5_a_registration_revives_the_session() {
    for mag in [MAG1, MAG2] {
        let mut domain = registered();
        domain.register(&gone(MAG1, 2));
        domain.wait(secs(9));
        let (answer, actions) = domain.register(&Pbu::handover(mag, 3));
        assert_eq!((answer.status, answer.prefixes), (Status::ACCEPTED, vec![prefix(FIRST)]));
        assert_eq!(notices(&actions), [Notice::Bound { node: NodeId::nai(MN1), mag: ip(mag) }]);
        domain.wait(secs(20));
        assert_eq!(domain.serving(MN1), [Some(ip(mag))]);
    }
}

/// The deregistration need not tell the interface, and says nothing about it.
#[test]
fn r5213_5_3_5_the_session_is_found_by_its_interface_after_a_deregistration_without() {
    let card = Some(&[2, 0, 0, 0, 0, 9][..]);
    let mut domain = Domain::new(config());
    domain.register(&Pbu { link_layer_id: card, ..Pbu::default() });
    domain.register(&gone(MAG1, 2));
    let (answer, _) = domain.register(&Pbu { mag: MAG2, sequence: 3, link_layer_id: card, ..Pbu::default() });
    assert_eq!(answer.prefixes, [prefix(FIRST)]);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

#[test]
fn r5213_5_3_5_the_prefix_is_given_to_others_only_when_the_entry_is_deleted() {
    let mut domain = registered();
    domain.register(&gone(MAG1, 2));
    let second = domain.register(&Pbu { node: Some(MN2), ..Pbu::default() }).0;
    assert_eq!(second.prefixes, [prefix("2001:db8:f000:1::")]);
    domain.wait(secs(10));
    domain.provision("mn3@example.net", &multimob::pmip::Subscriber::default()).unwrap();
    let third = domain.register(&Pbu { node: Some("mn3@example.net"), ..Pbu::default() }).0;
    assert_eq!(third.prefixes, [prefix(FIRST)]);
}

#[test]
fn t53_the_late_deregistration_of_the_previous_mag_is_ignored() {
    let mut domain = registered();
    domain.register(&Pbu::handover(MAG2, 2));
    let before = domain.state();
    assert_eq!(domain.send(&gone(MAG1, 3)), Err(Reject::StaleDeregistration(ip(MAG1))));
    assert_eq!(domain.state(), before);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

/// The same where an identifier leads to the session for certain.
#[test]
fn t53_the_late_deregistration_of_a_known_interface_is_ignored() {
    let card = Some(&[2, 0, 0, 0, 0, 9][..]);
    let mut domain = Domain::new(config());
    domain.register(&Pbu { link_layer_id: card, ..Pbu::default() });
    domain.register(&Pbu { link_layer_id: card, ..Pbu::handover(MAG2, 2) });
    let late = Pbu { link_layer_id: card, ..gone(MAG1, 3) };
    assert_eq!(domain.send(&late), Err(Reject::StaleDeregistration(ip(MAG1))));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

#[test]
fn t52_a_deregistration_of_no_session_is_ignored() {
    let mut domain = Domain::new(config());
    for stale in [gone(MAG1, 1), Pbu::deregistration(MAG1, 1, &[ALL_ZERO])] {
        assert_eq!(domain.send(&stale), Err(Reject::StaleDeregistration(ip(MAG1))));
    }
}

#[test]
fn an_overtaken_deregistration_is_told_apart_by_its_timestamp() {
    let mut domain = Domain::new(config());
    domain.clock(1_300_000_000_000_000);
    let time = 1_300_000_000_u64 << 16;
    domain.register(&Pbu { timestamp: Some(time), ..Pbu::default() });
    domain.register(&Pbu { timestamp: Some(time + 9), ..Pbu::handover(MAG2, 1) });
    let overtaken = Pbu { timestamp: Some(time + 5), ..gone(MAG1, 2) };
    assert_eq!(domain.status(&overtaken), Status::TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
    assert_eq!(domain.serving(MN1), [Some(ip(MAG2))]);
}

#[test]
fn a_withdrawn_node_may_end_its_session_but_not_prolong_it() {
    let mut domain = registered();
    domain.input(Input::Withdraw { node: &NodeId::nai(MN1) }).unwrap();
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1))]);
    let again = Pbu { sequence: 2, prefixes: vec![prefix(FIRST)], ..Pbu::default() };
    assert_eq!(domain.status(&again), Status::NOT_LMA_FOR_THIS_MOBILE_NODE);
    assert_eq!(domain.status(&gone(MAG1, 2)), Status::ACCEPTED);
    domain.wait(secs(10));
    assert_eq!(
        domain.send(&Pbu::default()).map(|mut a| take_answer(&mut a).unwrap().status),
        Ok(Status(153))
    );
    let unknown = Input::Withdraw { node: &NodeId::nai(MN1) };
    assert_eq!(domain.input(unknown), Err(Reject::NoSuchSubscriber(NodeId::nai(MN1))));
}

#[test]
fn a_lifetime_that_ends_ends_the_session_at_once() {
    let mut domain = registered();
    domain.wait(secs(399));
    let actions = domain.wait(secs(1));
    assert_eq!(data_plane(&actions), ["no route1", "no tunnel1"]);
    assert_eq!(domain.serving(MN1), []);
}

#[test]
fn a_renewed_lifetime_counts_from_the_renewal() {
    let mut domain = registered();
    domain.wait(secs(300));
    let again = Pbu { sequence: 2, prefixes: vec![prefix(FIRST)], ..Pbu::default() };
    let (answer, actions) = domain.register(&again);
    assert_eq!((answer.status, actions), (Status::ACCEPTED, vec![]));
    domain.wait(secs(399));
    assert_eq!(domain.serving(MN1), [Some(ip(MAG1))]);
}

#[test]
fn no_more_sessions_than_the_limit() {
    let config = config();
    let limits = multimob::pmip::lma::Limits { bindings: 1, ..config.limits };
    let mut domain = Domain::new(Config { limits, ..config });
    domain.register(&Pbu::default());
    let second = Pbu { node: Some(MN2), ..Pbu::default() };
    assert_eq!(domain.status(&second), Status::INSUFFICIENT_RESOURCES);
    assert_eq!(domain.lma.refused(), 1);
    // What is there is served on.
    assert_eq!(domain.status(&Pbu { sequence: 2, ..Pbu::default() }), Status::ACCEPTED);
}
