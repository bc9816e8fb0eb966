//! Work for one call is bounded, and what is left comes soon after.

use core::time::Duration;

use multimob::Instant;
use multimob::machine::Machine;
use multimob::pmip::lma::{Action, Config, Notice};
use multimob::pmip::mag::TunnelMode;
use multimob::pmip::{Prefix, Subscriber};
use multimob::wire::mh::Status;

use crate::domain::*;

fn unbound(actions: &[Action]) -> usize {
    notices(actions).iter().filter(|notice| matches!(notice, Notice::Unbound { .. })).count()
}

#[test]
fn many_bindings_that_end_at_once_are_spread() {
    let pool = Some(Prefix::new(ip("2001:db8:f000::"), 48));
    let mut domain = Domain::new(Config { budget: 10, pool, ..config() });
    let nodes: Vec<String> = (0..25).map(|n| format!("node{n}@example.net")).collect();
    for node in &nodes {
        domain.provision(node, &Subscriber::default()).unwrap();
        domain.register(&Pbu { node: Some(node), lifetime: 1, ..Pbu::default() });
    }
    domain.now = domain.now + secs(4);
    let mut left = 25;
    for most in [10, 10, 5] {
        let mut actions = Vec::new();
        domain.lma.handle_timeout(domain.now, &mut actions);
        assert_eq!(unbound(&actions), most);
        left -= most;
        let mut again = Vec::new();
        domain.lma.handle_timeout(domain.now, &mut again);
        assert_eq!(again, []);
        if left > 0 {
            let next = domain.now + Duration::from_millis(1);
            assert_eq!(domain.lma.poll_timeout(), Some(next));
            domain.now = next;
        }
    }
    assert_eq!(domain.state().bindings, []);
    assert!(domain.lma.poll_timeout().is_none_or(|due| due > domain.now));
}

#[test]
fn static_tunnels_of_many_mags_are_spread() {
    let config = Config { budget: 1, tunnel_mode: TunnelMode::Static, ..config() };
    let mut lma = multimob::pmip::lma::Lma::new(config, 1).unwrap();
    let mut sink = Other::default();
    lma.handle_timeout(Instant::ZERO, &mut sink);
    assert_eq!(sink.0.len(), 2);
    assert_eq!(lma.poll_timeout(), Some(Instant::from_millis(1)));
    lma.handle_timeout(Instant::from_millis(1), &mut sink);
    assert_eq!(sink.0.len(), 4);
    assert_eq!(lma.poll_timeout(), None);
}

#[test]
fn subscribers_are_bounded() {
    let config = config();
    let limits = multimob::pmip::lma::Limits { subscribers: 2, ..config.limits };
    let mut domain = Domain::new(Config { limits, ..config });
    let third = domain.provision("mn3@example.net", &Subscriber::default());
    assert_eq!(third, Err(multimob::pmip::lma::Reject::TooManySubscribers(2)));
    assert_eq!(domain.provision(MN1, &Subscriber::default()), Ok(vec![]));
}

/// A node that shows another link-layer identifier each time takes no more than its share.
#[test]
fn sessions_of_one_subscriber_are_bounded() {
    let config = config();
    let limits = multimob::pmip::lma::Limits { sessions_per_subscriber: 1, ..config.limits };
    let mut domain = Domain::new(Config { limits, ..config });
    let by = |card, node| Pbu { link_layer_id: Some(card), node: Some(node), ..Pbu::default() };
    assert_eq!(domain.status(&by(&[1; 6], MN1)), Status::ACCEPTED);
    assert_eq!(domain.status(&by(&[2; 6], MN1)), Status::INSUFFICIENT_RESOURCES);
    assert_eq!(domain.status(&by(&[2; 6], MN2)), Status::ACCEPTED);
}
