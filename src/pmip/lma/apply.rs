//! What was planned, done.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::answer::Answer;
use super::cache::{Binding, BindingId};
use super::fsm::{Event, Service, State, Step};
use super::multicast::Subscription;
use super::plan::{Arrival, Plan, Refusal, Verdict, group_of};
use super::request::Request;
use super::{Action, Lma, Notice};
use crate::machine::LinkId;
use crate::mip::Lifetime;
use crate::mld::{GroupRecord, router};
use crate::pmip::{NodeId, Prefix};
use crate::time::Instant;
use crate::wire::mh::Status;
use crate::wire::mh::option::AccessTechnology;

impl Lma {
    /// Carries out what [`Lma::check`] planned; what the router wants fed on stays in `from_router`.
    pub(super) fn apply(&mut self, now: Instant, plan: Plan<'_>, out: &mut Vec<Action>) {
        match plan {
            Plan::Provision { node, subscriber } => self.subscribers.insert(node, subscriber),
            Plan::Withdraw { node } => self.subscribers.remove(node),
            Plan::Clock { unix_micros } => self.clock.set(now, unix_micros),
            Plan::Update { request, verdict } => self.carry_out(now, request, verdict, out),
            Plan::Mld { message, plan } => {
                self.router.apply(now, plan, &mut self.from_router);
                self.tell_refused(|index| group_of(&message, index), out);
            }
        }
    }

    /// A binding's time has come.
    pub(super) fn expire(&mut self, now: Instant, id: BindingId, out: &mut Vec<Action>) {
        self.transit(now, id, Event::Time(now), out);
    }

    fn carry_out(&mut self, now: Instant, request: Box<Request>, verdict: Verdict, out: &mut Vec<Action>) {
        match verdict {
            Verdict::Refuse(refusal) => self.refuse(&request, refusal, out),
            Verdict::Create { node, mag, prefixes } => {
                let lifetime = self.granted(&request);
                let id = self.create(node, mag, prefixes, now + lifetime.duration());
                self.accept(&request, id);
                self.serve(now, id, mag, out);
                self.confirm(now, &request, id, lifetime, out);
            }
            Verdict::Renew { mag, binding: id } => {
                let lifetime = self.granted(&request);
                let expires = now + lifetime.duration();
                let moves = self.cache.get(id).is_some_and(|binding| binding.mag != mag);
                // Who asks again, and knows better, asks no longer what waited.
                if self.waiting(id).is_some_and(|claim| claim.is_of_the_same_attachment(&request)) {
                    self.step(id, Event::Retract);
                }
                self.accept(&request, id);
                let event = if moves { Event::Move { expires } } else { Event::Refresh { expires } };
                if self.step(id, event).is_some_and(|step| step.service == Service::Start) {
                    self.serve(now, id, mag, out);
                }
                self.confirm(now, &request, id, lifetime, out);
            }
            Verdict::Deregister { binding: id } => {
                self.accept(&request, id);
                self.acknowledge(&request, id, Lifetime::ZERO, None, out);
                let until = now + self.config.min_delay_before_bce_delete;
                self.transit(now, id, Event::Deregister { until }, out);
            }
            Verdict::Await { binding } => {
                let until = now + self.config.max_delay_before_new_bce_assign;
                self.transit(now, binding, Event::Claim { until, claim: request }, out);
            }
            Verdict::Retract { binding } => self.transit(now, binding, Event::Retract, out),
            Verdict::Ignore => {}
        }
    }

    fn granted(&self, request: &Request) -> Lifetime {
        request.lifetime.min(Lifetime::within(self.config.max_lifetime))
    }

    fn refuse(&mut self, request: &Request, refusal: Refusal, out: &mut Vec<Action>) {
        if refusal.status == Status::INSUFFICIENT_RESOURCES {
            self.refused = self.refused.saturating_add(1);
        }
        let copy = Answer::refusal(request, refusal.status);
        let answer = Answer {
            sequence: refusal.sequence.unwrap_or(copy.sequence),
            timestamp: refusal.timestamp.or(copy.timestamp),
            ..copy
        };
        out.extend(answer.to(request).map(Action::Send));
    }

    fn create(&mut self, node: NodeId, mag: LinkId, prefixes: Vec<Prefix>, expires: Instant) -> BindingId {
        self.pool.iter_mut().for_each(|pool| pool.take(&prefixes));
        let id = self.cache.insert(Binding {
            node,
            mag,
            prefixes,
            interface: Box::default(),
            technology: AccessTechnology(0),
            link_local: Ipv6Addr::UNSPECIFIED,
            sequence: None,
            timestamp: None,
            routes: Vec::new(),
            state: State::Active { expires },
        });
        self.timers.set(id, expires);
        id
    }

    /// Enters what an accepted request says of its session (RFC 5213 5.3.2, 4; 5.3.3, 1; 5.3.4, 1).
    fn accept(&mut self, request: &Request, id: BindingId) {
        let Some(binding) = self.cache.get_mut(id) else { return };
        // One that has waited may be older than what was accepted meanwhile.
        if request.timestamp.is_some() {
            binding.timestamp = binding.timestamp.max(request.timestamp);
        } else if binding.sequence.is_none_or(|last| request.sequence.follows(last)) {
            binding.sequence = Some(request.sequence);
        }
        // Whatever was accepted: a deregistration as well (RFC 5213 5.3.6).
        if let Some(told) = request.link_local.filter(|address| !address.is_unspecified()) {
            binding.link_local = told;
        }
        if request.is_deregistration() {
            return;
        }
        binding.interface = request.interface().into();
        binding.technology = request.technology.unwrap_or(binding.technology);
        if request.link_local.is_some() && binding.link_local.is_unspecified() {
            binding.link_local = link_local(self.random.next());
        }
    }

    /// Tells the router what the node listens to, and the MAG that its request was accepted. In this order, because the
    /// answer names what was taken; both only now that the registration stands (trap 13).
    fn confirm(
        &mut self,
        now: Instant,
        request: &Request,
        id: BindingId,
        lifetime: Lifetime,
        out: &mut Vec<Action>,
    ) {
        let Some(binding) = self.cache.get(id) else { return };
        let (node, link) = (binding.node.clone(), binding.mag);
        let sifted = self.sift(&node, request);
        let hold = request.dialect.hold;
        let records = sifted.records(&self.router, link, hold);
        let told = router::Input::Told {
            link,
            listener: request.care_of,
            records: &records,
            elapsed: Duration::ZERO,
        };
        if !records.is_empty()
            && let Ok(plan) = self.router.check(now, told)
        {
            self.router.apply(now, plan, &mut self.from_router);
        }
        let echoes = self.config.echo_accepted && request.subscription != Subscription::None;
        let accepted = echoes.then(|| sifted.accepted(&self.router, link, hold));
        self.acknowledge(request, id, lifetime, accepted.as_deref(), out);

        self.tell_refused(|index| records.get(usize::from(index)).map(|record| record.group), out);
        self.tell_sifted(&sifted, &node, link, out);
        if request.subscription == Subscription::Malformed || request.names_igmp {
            out.push(Action::Notify(Notice::MalformedMulticast { node }));
        }
    }

    fn acknowledge(
        &self,
        request: &Request,
        id: BindingId,
        lifetime: Lifetime,
        accepted: Option<&[GroupRecord]>,
        out: &mut Vec<Action>,
    ) {
        let Some(binding) = self.cache.get(id) else { return };
        let told = request.link_local.filter(|address| !address.is_unspecified());
        let answer = Answer {
            status: Status::ACCEPTED,
            sequence: request.sequence,
            lifetime,
            prefixes: &binding.prefixes,
            timestamp: request.timestamp,
            link_local: told.or(Some(binding.link_local)),
            accepted,
        };
        out.extend(answer.to(request).map(Action::Send));
    }

    /// Lets a binding take an event and does what follows; [`Service::Start`] is left to the caller, who knows the MAG.
    fn transit(&mut self, now: Instant, id: BindingId, event: Event<Box<Request>>, out: &mut Vec<Action>) {
        let Some(Step { next, service, admit }) = self.step(id, event) else { return };
        if service == Service::Stop {
            self.stop(id, out);
        }
        if next.is_none()
            && let Some(binding) = self.cache.remove(id)
        {
            self.pool.iter_mut().for_each(|pool| pool.free(&binding.prefixes));
            out.push(Action::Notify(Notice::Unbound { node: binding.node }));
        }
        // What waited was found fresh when it came. It is no deregistration, so that it cannot be a stale one.
        if let Some(request) = admit
            && let Ok(verdict) = self.judge(now, &request, Arrival::Waited)
        {
            self.carry_out(now, request, verdict, out);
        }
    }

    /// Moves a binding to its next state. What the step tells of that state is only whether there is one.
    fn step(&mut self, id: BindingId, event: Event<Box<Request>>) -> Option<Step<Box<Request>, ()>> {
        let binding = self.cache.get_mut(id)?;
        let state = mem::replace(&mut binding.state, State::DeleteWait { until: Instant::ZERO });
        let Step { next, service, admit } = state.step(event);
        self.timers.set_or_stop(id, next.as_ref().map(State::due));
        let next = next.map(|state| binding.state = state);
        Some(Step { next, service, admit })
    }
}

/// A link-local address for a MAG that asks for one (RFC 5213 5.3.6). Its interface identifier is never that of the
/// Subnet-Router anycast address.
fn link_local(random: u64) -> Ipv6Addr {
    Ipv6Addr::from_bits(0xfe80 << 112 | u128::from(random.max(1)))
}
