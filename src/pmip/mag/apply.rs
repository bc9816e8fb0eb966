//! What an accepted input and the passing of time do.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::fsm::{Event, Help, Service, State};
use super::plan::{ALL_NODES, Attachment, Plan};
use super::request::{self, Effect, Request};
use super::session::{Channels, Grant, Kept, Session, SessionId};
use super::settle::Work;
use super::{Action, Mag, Notice, Timer};
use crate::channel::{Address, Filter};
use crate::machine::{LinkId, Machine};
use crate::mip::{Lifetime, Sequence, Timestamp};
use crate::mld::{GroupRecord, proxy, router};
use crate::pmip::{Prefix, Profile};
use crate::time::Instant;
use crate::wire::mh::option::HandoffIndicator;

impl Mag {
    /// Does what was planned.
    pub(super) fn apply(&mut self, now: Instant, plan: Plan<'_>, work: &mut Work) {
        match plan {
            Plan::Attach(attachment) => self.attach(now, &attachment, work),
            Plan::Admit { id, lma, profile, up } => {
                self.router.apply(now, up, &mut work.router);
                self.admit(now, id, lma, profile, work);
            }
            Plan::Refuse { id } => {
                self.step(now, id, Event::Refused, work);
                if let Some(session) = self.sessions.get(id) {
                    work.notify(Notice::Denied { node: session.node.clone(), status: None });
                }
            }
            Plan::Detach { id } => self.detach(now, id, work),
            Plan::Access(plan) => self.router.apply(now, plan, &mut work.router),
            Plan::Upstream { lma, plan } => self.upstream(now, lma, plan, work),
            Plan::Solicited { id, to } => {
                if let Some(session) = self.sessions.get(id).filter(|session| session.state.serves()) {
                    work.adverts.extend(self.advertisement(session, to, &[]));
                }
            }
            Plan::Acknowledged(acknowledgement) => self.acknowledge(now, acknowledgement, work),
            Plan::Give(gift) => self.give(now, &gift, work),
            Plan::Take(answer) => self.take(now, answer, work),
            Plan::Taken { mag, success } => {
                if !success {
                    work.notify(Notice::ContextRefused { mag });
                }
            }
            Plan::Clock { unix_micros } => {
                self.clock.set(now, unix_micros);
                // Those beyond the budget register when the clock is told again.
                let stalled: Vec<_> = self.stalled.iter().take(self.config.budget).copied().collect();
                for id in stalled {
                    self.step(now, id, Event::ClockTold, work);
                }
            }
        }
    }

    /// Does what has fallen due.
    pub(super) fn elapse(&mut self, now: Instant, work: &mut Work) {
        if !self.started {
            self.started = true;
            work.starts = true;
        }
        if self.not_before.is_none_or(|not_before| now >= not_before) {
            self.not_before = None;
            for _ in 0..self.config.budget {
                let Some(timer) = self.timers.pop(now) else { break };
                self.due(now, timer, work);
            }
            if self.timers.next().is_some_and(|due| due <= now) {
                self.not_before = Some(now + Duration::from_millis(1));
            }
        }
        self.router.handle_timeout(now, &mut work.router);
        for (lma, upstream) in self.upstreams.iter_mut().enumerate() {
            upstream.proxy.handle_timeout(now, &mut work.proxy);
            work.gather(lma);
        }
    }

    fn due(&mut self, now: Instant, timer: Timer, work: &mut Work) {
        match timer {
            Timer::Session(id) => {
                let Some(session) = self.sessions.get(id) else { return };
                if matches!(session.state, State::AwaitingContext { .. }) {
                    work.notify(Notice::ContextLate { node: session.node.clone() });
                }
                self.step(now, id, Event::Due, work);
            }
            Timer::Request(id) => {
                if self.request_step(now, id, request::Event::Due) == Effect::Send {
                    self.send_request(id, work);
                }
            }
            Timer::Kept(id) => {
                if let Some(session) = self.sessions.get_mut(id) {
                    session.kept = None;
                }
                self.sessions.tidy(id);
            }
        }
    }

    fn attach(&mut self, now: Instant, attachment: &Attachment<'_>, work: &mut Work) {
        if let Some(old) = attachment.evicts {
            self.forget(now, old, work);
        }
        let other_mag = attachment.previous.filter(|&mag| mag != self.config.proxy_coa);
        let handoff = match attachment.handoff {
            HandoffIndicator::NEW_INTERFACE
            | HandoffIndicator::OTHER_INTERFACE
            | HandoffIndicator::SAME_INTERFACE => attachment.handoff,
            _ if other_mag.is_some() => HandoffIndicator::SAME_INTERFACE,
            _ => HandoffIndicator::UNKNOWN,
        };
        // An identifier of zeros says that none is known (RFC 5213 6.9.1.1 (7)).
        let known = attachment.link_layer_id.iter().any(|&octet| octet != 0);
        let session = Session {
            node: attachment.node.clone(),
            link: attachment.link,
            link_layer_id: if known { attachment.link_layer_id.into() } else { [].into() },
            technology: attachment.technology,
            handoff,
            previous: other_mag.filter(|mag| self.config.mags.contains(mag)),
            state: State::Authorising,
            grant: None,
            prefixes: Vec::new(),
            routes: Vec::new(),
            lifetime: Lifetime::ZERO,
            sequence: Sequence::default(),
            stamp: Timestamp(0),
            sent: Vec::new(),
            unconfirmed: Vec::new(),
            request: Request::Closed,
            follow_up: false,
            stored: Channels::new(),
            kept: None,
            first_transfer: None,
        };
        self.sessions.attach(session);
        work.first.push(Action::FetchProfile { link: attachment.link, node: attachment.node.clone() });
    }

    /// The profile came: what it says of channels takes its place, and registration begins, after the previous MAG was
    /// asked for the context if there is one (A41, A43).
    fn admit(&mut self, now: Instant, id: SessionId, lma: usize, profile: &Profile, work: &mut Work) {
        let old = self.sessions.predecessors(id).pop().and_then(|old| self.sessions.get(old));
        let old = old.map(|old| (old.prefixes.clone(), old.sequence, old.stamp, self.memberships(old)));
        let most = self.config.limits.groups_per_node;
        let Some(session) = self.sessions.get_mut(id) else { return };
        let (link, asks) = (session.link, session.previous.is_some());
        session.stored = normal(&profile.channels, most, |why| {
            work.notify(Notice::Refused { link, listener: Ipv6Addr::UNSPECIFIED, why });
        });
        let (provisioned, listened) = match self.config.profile_driven {
            true => (session.stored.clone(), Channels::new()),
            false => (Channels::new(), session.stored.clone()),
        };
        session.grant = Some(Grant { lma, policy: profile.policy.clone(), provisioned });
        session.prefixes.clone_from(&profile.prefixes);
        self.tell(now, link, Ipv6Addr::UNSPECIFIED, &listened, Duration::ZERO, work);
        if let Some((prefixes, sequence, stamp, memberships)) = old {
            self.inherit(id, prefixes, sequence, stamp);
            // What another MAG knows is newer than what this one kept.
            for one in memberships.into_iter().filter(|_| !asks) {
                self.tell(now, link, one.receiver, &[(one.group, one.filter)], Duration::ZERO, work);
            }
        }
        let wait = (asks && !self.config.context_wait.is_zero()).then(|| now + self.config.context_wait);
        if asks {
            self.begin_request(now, id, work);
        }
        self.step(now, id, Event::Admitted { wait }, work);
    }

    /// The node is back, or on another link: the LMA may still hold the binding of its last session here.
    fn inherit(&mut self, id: SessionId, prefixes: Vec<Prefix>, sequence: Sequence, stamp: Timestamp) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        (session.sequence, session.stamp) = (sequence, stamp);
        if session.prefixes.is_empty() {
            session.prefixes = prefixes;
        }
    }

    /// The node left: what it listened to is kept for its next MAG, and ends here at once.
    fn detach(&mut self, now: Instant, id: SessionId, work: &mut Work) {
        let Some(session) = self.sessions.get(id) else { return };
        let (link, until) = (session.link, self.bound_until(now, session));
        let memberships = self.memberships(session);
        self.request_step(now, id, request::Event::Cancelled);
        self.silence(now, link, work);
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.sent.clear();
        session.unconfirmed.clear();
        session.follow_up = false;
        if !memberships.is_empty() {
            let until = now + self.config.context_hold;
            session.kept = Some(Kept { memberships });
            self.timers.set(Timer::Kept(id), until);
        }
        self.step(now, id, Event::Detached { until }, work);
    }

    fn upstream(&mut self, now: Instant, lma: usize, plan: proxy::Plan<'_>, work: &mut Work) {
        if let Some(upstream) = self.upstreams.get_mut(lma) {
            upstream.proxy.apply(now, plan, &mut work.proxy);
            work.gather(lma);
        }
    }

    /// Gives an event to a session and does what the transition says.
    pub(super) fn step(&mut self, now: Instant, id: SessionId, event: Event, work: &mut Work) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let was = session.state;
        let (next, effects) = was.on(now, event);
        session.state = next;
        let link = session.link;
        self.timers.set_or_stop(Timer::Session(id), next.due());
        if matches!(next, State::Stalled { waits_for: Help::Clock, .. }) {
            self.stalled.insert(id);
        } else {
            self.stalled.remove(&id);
        }
        if next.has_left() && !was.has_left() {
            self.sessions.detach(id);
        }
        if next == State::Denied && was != State::Denied {
            self.request_step(now, id, request::Event::Cancelled);
            self.silence(now, link, work);
        }
        match effects.service {
            Service::Keep => {}
            Service::Begin => {
                self.bind(id);
                work.served.push(id);
                self.touch_all(id, work);
                // RFC 6224 4.2: the query follows the registration; it goes out behind the advertisement.
                self.route(now, router::Input::Query { link }, work);
            }
            Service::Extend => work.served.push(id),
            Service::End => self.unbind(id, work),
        }
        if let Some(update) = effects.send {
            self.update(now, id, update, work);
        }
        self.sessions.tidy(id);
    }

    /// Drops a session with all that it still had to say. When its node has not left the link, it is on another by now.
    pub(super) fn forget(&mut self, now: Instant, id: SessionId, work: &mut Work) {
        self.request_step(now, id, request::Event::Cancelled);
        if let Some(link) = self.sessions.get(id).filter(|one| !one.state.has_left()).map(|one| one.link) {
            self.silence(now, link, work);
        }
        self.step(now, id, Event::Superseded, work);
        self.timers.stop(Timer::Kept(id));
        self.sessions.remove(id);
    }

    fn bind(&mut self, id: SessionId) {
        let lma = self.sessions.get(id).and_then(|session| session.grant.as_ref()).map(|grant| grant.lma);
        if let Some(upstream) = lma.and_then(|lma| self.upstreams.get_mut(lma)) {
            upstream.bindings = upstream.bindings.saturating_add(1);
        }
    }

    /// The binding is over, or the LMA was told so long ago that it must be: the unicast state of the node goes, and
    /// what a node that is still here is receiving.
    fn unbind(&mut self, id: SessionId, work: &mut Work) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let routes = core::mem::take(&mut session.routes);
        session.sent.clear();
        session.unconfirmed.clear();
        let lma = session.grant.as_ref().map(|grant| grant.lma);
        if let Some(upstream) = lma.and_then(|lma| self.upstreams.get_mut(lma)) {
            upstream.bindings = upstream.bindings.saturating_sub(1);
        }
        work.stale.extend(routes.iter().map(|&(_, route)| route));
        let Some(session) = self.sessions.get(id).filter(|session| !session.state.has_left()) else { return };
        let withdrawn: Vec<_> = routes.iter().map(|&(prefix, _)| prefix).collect();
        work.adverts.extend(self.advertisement(session, ALL_NODES, &withdrawn));
        self.touch_forwarded(session.link, work);
    }

    /// Nobody on `link` is listened to any more.
    fn silence(&mut self, now: Instant, link: LinkId, work: &mut Work) {
        self.touch_forwarded(link, work);
        if self.router.is_up(link) {
            self.route(now, router::Input::LinkDown { link }, work);
        }
    }

    /// Gives an input to the router. It cannot be refused: the link is up from admission to departure.
    fn route(&mut self, now: Instant, input: router::Input<'_>, work: &mut Work) {
        if let Ok(plan) = self.router.check(now, input) {
            self.router.apply(now, plan, &mut work.router);
        }
    }

    /// The router learns that the node on `link` listens to `channels`, beside what it knows.
    pub(super) fn tell(
        &mut self,
        now: Instant,
        link: LinkId,
        listener: Ipv6Addr,
        channels: &[(Ipv6Addr, Filter)],
        elapsed: Duration,
        work: &mut Work,
    ) {
        let merged = |(group, filter): &(Ipv6Addr, Filter)| {
            GroupRecord::join(*group, &self.router.interest(link, *group).union(filter))
        };
        let records: Vec<GroupRecord> = channels.iter().map(merged).collect();
        if !records.is_empty() {
            self.route(now, router::Input::Told { link, listener, records: &records, elapsed }, work);
        }
    }

    /// Everything that may concern the node: what it wants and what the profile provides.
    fn touch_all(&self, id: SessionId, work: &mut Work) {
        let Some(session) = self.sessions.get(id) else { return };
        let link = session.link;
        work.touched.extend(self.wishes(session).into_iter().map(|(group, _)| (link, group)));
    }

    fn touch_forwarded(&self, link: LinkId, work: &mut Work) {
        work.touched.extend(self.forwarded(link).map(|(group, _)| (link, group)));
    }
}

/// Channels by group, merged, without those that stay on their link; what cannot be, or has no room, is told to
/// `refused`.
pub(super) fn normal(
    channels: &[(Ipv6Addr, Filter)],
    most: usize,
    mut refused: impl FnMut(router::Refusal),
) -> Channels {
    let mut merged: BTreeMap<Ipv6Addr, Filter> = BTreeMap::new();
    for (group, filter) in channels {
        if group.is_link_scope_group() || filter.is_nothing() {
            continue;
        }
        let full = merged.len() >= most && !merged.contains_key(group);
        match flaw(*group, filter).or(full.then_some(router::Refusal::TableFull)) {
            Some(why) => refused(why),
            None => {
                let known = merged.entry(*group).or_default();
                *known = known.union(filter);
            }
        }
    }
    merged.into_iter().collect()
}

/// Why nobody can listen to `group` so.
pub(super) fn flaw(group: Ipv6Addr, filter: &Filter) -> Option<router::Refusal> {
    use crate::channel::FilterMode::Exclude;
    if !group.is_group() || !filter.sources.iter().all(Address::is_source) {
        Some(router::Refusal::BadAddress)
    } else if group.is_ssm_group() && filter.mode == Exclude {
        Some(router::Refusal::SsmExclude)
    } else {
        None
    }
}
