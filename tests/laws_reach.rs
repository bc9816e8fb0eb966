//! The random scripts of `machine_laws.rs` go everywhere: laws that are never put to the test prove nothing.
#![cfg(feature = "proptest")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::cell::RefCell;
use core::net::{Ipv4Addr, Ipv6Addr};
use std::collections::{BTreeSet, VecDeque};

use multimob::Instant;
use multimob::laws::lightweight;
use multimob::laws::mld::{Listeners, Proxies, Routers};
use multimob::laws::pmip::{Lmas, Mags};
use multimob::laws::{Effect, Subject, check, scripts};
use multimob::machine::Machine;
use multimob::mld::family::Said;
use multimob::mld::{listener, proxy, router};
use multimob::pmip::{TunnelKind, lma, mag};
use multimob::samples::{Kin, of};
use multimob::wire::packet::{OwnedPayload, Payload};
use multimob::wire::{cxtp, mh, mld};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

type Action<S> = <<S as Subject>::Machine as Machine>::Action;
type Reject<S> = <<S as Subject>::Machine as Machine>::Reject;

/// A subject that writes down what its machine does.
struct Watched<S: Subject> {
    inner: S,
    label: fn(&Action<S>) -> String,
    seen: RefCell<BTreeSet<String>>,
}

impl<S: Subject> Subject for Watched<S> {
    type Machine = S::Machine;
    type Input = S::Input;

    fn fresh(&self) -> S::Machine {
        self.inner.fresh()
    }

    fn feed(
        &self,
        m: &mut S::Machine,
        now: Instant,
        input: &S::Input,
        out: &mut Vec<Action<S>>,
    ) -> Result<(), Reject<S>> {
        let fed = self.inner.feed(m, now, input, out);
        if fed.is_err() {
            self.seen.borrow_mut().insert("refused".into());
        }
        fed
    }

    fn effect(&self, action: &Action<S>) -> Effect {
        self.seen.borrow_mut().insert((self.label)(action));
        self.inner.effect(action)
    }

    fn react(&self, m: &S::Machine, recent: &VecDeque<Action<S>>, pick: u16) -> Option<S::Input> {
        self.inner.react(m, recent, pick)
    }

    fn declines(&self, actions: &[Action<S>]) -> bool {
        for action in actions {
            self.seen.borrow_mut().insert((self.label)(action));
        }
        self.inner.declines(actions)
    }

    fn tear_down(&self, m: &S::Machine) -> Vec<S::Input> {
        self.inner.tear_down(m)
    }
}

/// Runs the same 150 scripts each time; fails unless each of `wanted` was seen.
fn reaches<S: Subject>(
    inner: S,
    inputs: impl Strategy<Value = S::Input>,
    label: fn(&Action<S>) -> String,
    wanted: &[&str],
) {
    let watched = Watched { inner, label, seen: RefCell::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let scripts = scripts(inputs, 80);
    for _ in 0..150 {
        let script = scripts.new_tree(&mut runner).unwrap().current();
        check(&watched, &script).unwrap();
    }
    let seen = watched.seen.into_inner();
    let missing: Vec<_> = wanted.iter().filter(|&&one| !seen.contains(one)).collect();
    assert!(missing.is_empty(), "never seen: {missing:?}; seen: {seen:?}");
}

fn message(payload: &OwnedPayload) -> String {
    match payload.borrow() {
        Payload::Mh(mh::Message::BindingUpdate(update)) => {
            let multicast = update.options.carries_multicast_state();
            let kind = if update.lifetime == 0 { "deregistration" } else { "registration" };
            format!("{kind}{}", if multicast { " with records" } else { "" })
        }
        Payload::Mh(mh::Message::BindingAck(ack)) => format!("status {}", ack.status.0),
        Payload::Cxtp(cxtp::Message::Request(_)) => "CT-Req".into(),
        Payload::Cxtp(cxtp::Message::Data(_)) => "CTD".into(),
        Payload::Cxtp(cxtp::Message::Reply(_)) => "CTDR".into(),
        Payload::Mld(message) => mld_message(&message),
        Payload::Nd(_) => "RA".into(),
        other => format!("{other:?}"),
    }
}

fn mld_message(message: &mld::Message<'_>) -> String {
    match message {
        mld::Message::Query(query) if !query.sources.is_empty() => {
            format!("sources query S={}", u8::from(query.suppress))
        }
        mld::Message::Query(query) if query.group.is_multicast() => {
            format!("group query S={}", u8::from(query.suppress))
        }
        mld::Message::Query(_) => "general query".into(),
        mld::Message::Report(report) => report
            .records
            .iter()
            .next()
            .map_or_else(|| "empty report".into(), |record| format!("{:?}", record.kind)),
        mld::Message::ReportV1(_) => "older report".into(),
        mld::Message::Done(_) => "done".into(),
        other => format!("{other:?}"),
    }
}

/// The name of a variant.
fn variant(action: &impl core::fmt::Debug) -> String {
    format!("{action:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}

#[test]
fn the_router_meets_every_kind_of_action() {
    let label = |action: &router::Action| match action {
        router::Action::Send(sent) => mld_message(&sent.body.view()),
        router::Action::Refused { why, .. } => format!("{why:?}"),
        other => variant(other),
    };
    let wanted = ["refused", "general query", "Interest", "Held", "Gone", "BadAddress", "SsmExclude"];
    reaches(Routers::default(), of::<router::OwnedInput>(), label, &wanted);
    reaches(Routers::cramped(), of::<router::OwnedInput>(), label, &["TableFull"]);
    let mut asking = Routers::default();
    asking.config.immediate_leave = false;
    let queries = ["group query S=0", "sources query S=0"];
    reaches(asking, of::<router::OwnedInput>(), label, &queries);
}

#[test]
fn the_lightweight_machines_meet_every_kind_of_action() {
    let label = |action: &router::Action| match action {
        router::Action::Send(sent) => mld_message(&sent.body.view()),
        router::Action::Refused { why, .. } => format!("{why:?}"),
        other => variant(other),
    };
    let wanted = ["refused", "general query", "group query S=0", "sources query S=0", "Interest", "Gone"];
    reaches(lightweight::Routers::default(), of::<router::OwnedInput>(), label, &wanted);
    let full = ["TableFull", "BadAddress", "SsmExclude"];
    reaches(lightweight::Routers::cramped(), of::<router::OwnedInput>(), label, &full);
    let label = |action: &listener::Action| match action {
        listener::Action::Send(sent) => mld_message(&sent.body.view()),
        other => variant(other),
    };
    let wanted = ["refused", "ALLOW", "BLOCK", "TO_IN", "TO_EX", "older report", "done"];
    reaches(lightweight::Listeners::default(), of::<listener::OwnedInput>(), label, &wanted);
}

#[test]
fn the_listener_and_the_proxy_send_every_kind_of_record() {
    of_family::<Ipv6Addr>();
    of_family::<Ipv4Addr>();
}

fn of_family<A: Kin>() {
    let label = |action: &listener::Action<A>| match action {
        listener::Action::Send(sent) => match A::read(A::view(&sent.body)) {
            Said::Report(records) => A::records(records).next().map_or("empty report".into(), |record| {
                record.kind.name().map_or_else(|| format!("hold {}", record.kind.0), str::to_owned)
            }),
            Said::Join { .. } => "older report".into(),
            Said::Leave { .. } => "leave".into(),
            Said::Query(_) => "query".into(),
        },
        other => variant(other),
    };
    let wanted = [
        "refused",
        "ALLOW",
        "BLOCK",
        "TO_IN",
        "TO_EX",
        "IS_IN",
        "IS_EX",
        "hold 129",
        "hold 130",
        "older report",
        "leave",
    ];
    reaches(Listeners::<A>::default(), of::<listener::OwnedInput<A>>(), label, &wanted);
    reaches(Proxies::<A>::default(), of::<proxy::OwnedInput<A>>(), label, &wanted);
}

#[test]
fn the_gateway_meets_every_kind_of_action() {
    let label = |action: &mag::Action| match action {
        mag::Action::Send(sent) => message(&sent.body),
        mag::Action::InstallTunnel { tunnel, .. } => match tunnel.kind {
            TunnelKind::Unicast => "unicast tunnel".into(),
            TunnelKind::Multicast => "M-Tunnel".into(),
        },
        mag::Action::Notify(notice) => variant(notice),
        other => variant(other),
    };
    let wanted = [
        "refused",
        "registration",
        "registration with records",
        "deregistration",
        "CT-Req",
        "CTD",
        "CTDR",
        "RA",
        "general query",
        "ALLOW",
        "TO_EX",
        "BLOCK",
        "unicast tunnel",
        "M-Tunnel",
        "InstallRoute",
        "RemoveRoute",
        "InstallPrefix",
        "RemoveTunnel",
        "Registered",
        "Denied",
        "ContextReceived",
        "ContextLate",
        "Mismatch",
    ];
    reaches(Mags::default(), of::<mag::OwnedInput>(), label, &wanted);
}

#[test]
fn the_anchor_meets_every_kind_of_action() {
    let label = |action: &lma::Action| match action {
        lma::Action::Send(sent) => message(&sent.body),
        lma::Action::InstallTunnel { tunnel, .. } => match tunnel.kind {
            TunnelKind::Unicast => "unicast tunnel".into(),
            TunnelKind::Multicast => "M-Tunnel".into(),
        },
        lma::Action::Notify(notice) => variant(notice),
        other => variant(other),
    };
    let wanted = [
        "refused",
        "status 0",
        "status 135",
        "status 153",
        "status 154",
        "status 155",
        "status 156",
        "status 158",
        "status 159",
        "status 160",
        "status 161",
        "status 162",
        "general query",
        "unicast tunnel",
        "M-Tunnel",
        "InstallRoute",
        "RemoveRoute",
        "InstallPrefix",
        "RemoveTunnel",
        "JoinUpstream",
        "LeaveUpstream",
        "Bound",
        "Unbound",
        "Forbidden",
    ];
    reaches(Lmas::default(), of::<lma::OwnedInput>(), label, &wanted);
}
