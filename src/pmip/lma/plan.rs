//! What an input will do, decided before anything is touched.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::cache::{BindingId, Match};
use super::config::is_routable;
use super::fsm::State;
use super::multicast::{Sifted, Subscription};
use super::request::Request;
use super::{Input, Lma, Reject};
use crate::machine::{LinkId, Protection, Received, RxMeta};
use crate::mip::{Sequence, Timestamp};
use crate::mld::router;
use crate::pmip::{NodeId, Prefix, Subscriber};
use crate::time::Instant;
use crate::wire::mh::{self, BindingUpdate, Meaning, Message, Status};
use crate::wire::mld;
use crate::wire::packet::Payload;

/// An input that was accepted. [`Lma::apply`] cannot fail on it.
#[derive(Debug)]
pub(super) enum Plan<'a> {
    /// The node is a subscriber.
    Provision { node: &'a NodeId, subscriber: &'a Subscriber },
    /// The node is no subscriber any more.
    Withdraw { node: &'a NodeId },
    /// What time of day it is.
    Clock { unix_micros: u64 },
    /// A registration is answered.
    Update { request: Box<Request>, verdict: Verdict },
    /// A MAG reports.
    Mld { message: mld::Message<'a>, plan: router::Plan<'a> },
}

/// What becomes of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is refused.
    Refuse(Refusal),
    /// It begins a session with these prefixes, behind this M-Tunnel.
    Create { node: NodeId, mag: LinkId, prefixes: Vec<Prefix> },
    /// It prolongs a session, behind this M-Tunnel from now on.
    Renew { mag: LinkId, binding: BindingId },
    /// It ends a session.
    Deregister { binding: BindingId },
    /// It waits for the end of a session (RFC 5213 5.4.1.2, 4).
    Await { binding: BindingId },
    /// It takes back one that waits.
    Retract { binding: BindingId },
    /// It is older than one that waits: a copy, or overtaken (trap 56).
    Ignore,
}

/// How a registration is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: Status,
    /// What the answer says instead of the number of the request.
    pub(super) sequence: Option<Sequence>,
    /// What it says instead of the timestamp of the request.
    pub(super) timestamp: Option<Timestamp>,
}

impl From<Status> for Verdict {
    fn from(status: Status) -> Self {
        Self::Refuse(Refusal { status, sequence: None, timestamp: None })
    }
}

/// The MH Types that an LMA serves.
const SERVES: &[u8] = &[BindingUpdate::KIND];

/// How a request stands in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It came just now.
    New,
    /// It came before, was found fresh, and has waited.
    Waited,
}

impl Lma {
    /// Judges an input; the machine stays as it is.
    pub(super) fn check<'a>(&self, now: Instant, input: Input<'a>) -> Result<Plan<'a>, Reject> {
        match input {
            Input::Provision { node, subscriber } => {
                self.check_subscriber(node, subscriber).map(|()| Plan::Provision { node, subscriber })
            }
            Input::Withdraw { node } => match self.subscribers.get(node) {
                Some(_) => Ok(Plan::Withdraw { node }),
                None => Err(Reject::NoSuchSubscriber(node.clone())),
            },
            Input::Clock { unix_micros } => Ok(Plan::Clock { unix_micros }),
            Input::Packet { meta, payload: Payload::Mh(message) } => {
                self.check_mobility(now, &meta, &message)
            }
            Input::Packet { meta, payload: Payload::Mld(message) } => self.check_mld(now, meta, message),
            Input::Packet { .. } => Err(Reject::NotForLmas),
        }
    }

    fn check_subscriber(&self, node: &NodeId, subscriber: &Subscriber) -> Result<(), Reject> {
        let limits = &self.config.limits;
        if self.subscribers.get(node).is_none() && self.subscribers.len() >= limits.subscribers {
            return Err(Reject::TooManySubscribers(limits.subscribers));
        }
        if subscriber.prefixes.len() > limits.prefixes_per_subscriber {
            return Err(Reject::TooManyPrefixes(limits.prefixes_per_subscriber));
        }
        for (index, &prefix) in subscriber.prefixes.iter().enumerate() {
            let others = subscriber.prefixes.iter().take(index);
            if !prefix.is_canonical()
                || !is_routable(prefix.address)
                || self.pool.as_ref().is_some_and(|pool| pool.overlaps(prefix))
                || others.into_iter().any(|other| other.overlaps(prefix))
            {
                return Err(Reject::BadPrefix(prefix));
            }
            let owner = self.subscribers.owner(prefix);
            let holder = self.cache.holder(prefix).map(|binding| &binding.node);
            if owner.into_iter().chain(holder).any(|other| other != node) {
                return Err(Reject::PrefixTaken(prefix));
            }
        }
        Ok(())
    }

    /// MLD counts when it comes through the tunnel of a MAG that has a binding here (A17, A27).
    fn check_mld<'a>(
        &self,
        now: Instant,
        meta: RxMeta,
        message: mld::Message<'a>,
    ) -> Result<Plan<'a>, Reject> {
        let Some(outer) = meta.outer else { return Err(Reject::NotForLmas) };
        let link = self.peers.link(outer.src).filter(|&link| self.router.is_up(link));
        let link = link.filter(|_| outer.dst == self.config.address).ok_or(Reject::NoTunnel(outer.src))?;
        let packet = router::Input::Packet(Received { meta: RxMeta { link, ..meta }, message });
        let plan = self.router.check(now, packet)?;
        Ok(Plan::Mld { message, plan })
    }

    /// RFC 5213 5.3.1, 1 and 2: who sent it, then the rules of the Mobility Header.
    fn check_mobility<'a>(
        &self,
        now: Instant,
        meta: &RxMeta,
        message: &Message<'_>,
    ) -> Result<Plan<'a>, Reject> {
        // What comes out of a tunnel was sent by a node, whatever protects the tunnel.
        if meta.protection != Protection::Authenticated || meta.outer.is_some() {
            return Err(Reject::NotAuthenticated(meta.src));
        }
        mh::judge(message, &meta.origin(), SERVES)?;
        match message {
            Message::BindingUpdate(update) => self.check_update(now, meta, update),
            _ => Err(Reject::NotForLmas),
        }
    }

    fn check_update<'a>(
        &self,
        now: Instant,
        meta: &RxMeta,
        update: &BindingUpdate<'_>,
    ) -> Result<Plan<'a>, Reject> {
        let dialect = self.peers.find(meta.src).map_or(*update.options.dialect(), |peer| peer.dialect);
        if update.meaning(&dialect) == Meaning::Binding || meta.dst != self.config.address {
            return Err(Reject::NotForLmas);
        }
        let request = Box::new(Request::read(meta, update, &dialect));
        for address in [request.src, request.care_of] {
            if !is_routable(address) {
                return Err(Reject::NotRoutable(address));
            }
        }
        let verdict = self.judge(now, &request, Arrival::New)?;
        Ok(Plan::Update { request, verdict })
    }

    /// The chain of RFC 5213 5.3.1, in its order, from the node's identity on.
    pub(super) fn judge(&self, now: Instant, request: &Request, arrival: Arrival) -> Result<Verdict, Reject> {
        let Some(node) = &request.node else { return Ok(Status::MISSING_MN_IDENTIFIER_OPTION.into()) };
        let mag = self.peers.link(request.care_of).filter(|_| self.peers.link(request.src).is_some());
        let Some(mag) = mag else { return Ok(Status::MAG_NOT_AUTHORIZED_FOR_PROXY_REG.into()) };
        // A node that has a session may end it, whatever the operator decided about it since.
        let ends_session = request.is_deregistration() && self.cache.sessions(node).next().is_some();
        match self.subscribers.get(node) {
            None if !ends_session => return Ok(Status::NOT_LMA_FOR_THIS_MOBILE_NODE.into()),
            Some(subscriber) if subscriber.barred && !ends_session => {
                return Ok(Status::PROXY_REG_NOT_ENABLED.into());
            }
            _ => {}
        }
        // A query that names a node must not register it (trap 14).
        if request.meaning == Meaning::ProxyQuery {
            return Ok(Status::UNSPECIFIED.into());
        }
        let found = self.cache.look_up(node, mag, request);
        if arrival == Arrival::New
            && let Some(refusal) = self.staleness(now, node, request, found)
        {
            return Ok(Verdict::Refuse(refusal));
        }
        for (is_missing, status) in [
            (request.prefixes.is_empty(), Status::MISSING_HOME_NETWORK_PREFIX_OPTION),
            (request.handoff.is_none(), Status::MISSING_HANDOFF_INDICATOR_OPTION),
            (request.technology.is_none(), Status::MISSING_ACCESS_TECH_TYPE_OPTION),
        ] {
            if is_missing {
                return Ok(status.into());
            }
        }
        match found {
            Match::Refused(status) => Ok(status.into()),
            _ if request.is_deregistration() => self.judge_deregistration(mag, request, found),
            Match::Session(binding) => {
                Ok(self.if_multicast_allows(mag, node, request, Verdict::Renew { mag, binding }))
            }
            Match::Undecided(binding) if arrival == Arrival::New && self.waits_for_deregistration() => {
                Ok(self.claim(binding, request))
            }
            Match::New | Match::Undecided(_) => Ok(match self.prefixes_for(node, request) {
                Ok(prefixes) => {
                    let create = Verdict::Create { node: node.clone(), mag, prefixes };
                    self.if_multicast_allows(mag, node, request, create)
                }
                Err(status) => status.into(),
            }),
        }
    }

    /// RFC 5213 5.5 and digest 6.6: the window first, then the order. A number counts only without a timestamp, and
    /// only in a session that has one already.
    fn staleness(&self, now: Instant, node: &NodeId, request: &Request, found: Match) -> Option<Refusal> {
        if let Some(timestamp) = request.timestamp {
            let time_of_day = self.clock.read(now);
            let is_valid = time_of_day
                .is_some_and(|clock| timestamp.is_within(self.config.timestamp_validity_window, clock));
            let status = if !is_valid {
                Status::TIMESTAMP_MISMATCH
            } else if self.cache.last_timestamp(node).is_some_and(|last| timestamp <= last) {
                Status::TIMESTAMP_LOWER_THAN_PREV_ACCEPTED
            } else {
                return None;
            };
            let timestamp = Some(time_of_day.unwrap_or(Timestamp(0)));
            return Some(Refusal { status, sequence: None, timestamp });
        }
        let (Match::Session(binding) | Match::Undecided(binding)) = found else { return None };
        let last = self.cache.get(binding)?.sequence?;
        let status = Status::SEQUENCE_NUMBER_OUT_OF_WINDOW;
        (!request.sequence.follows(last)).then_some(Refusal { status, sequence: Some(last), timestamp: None })
    }

    /// RFC 5213 5.3.5. What belongs to no session, or to one that moved on, gets no answer (traps 52, 53).
    fn judge_deregistration(&self, mag: LinkId, request: &Request, found: Match) -> Result<Verdict, Reject> {
        let stale = Reject::StaleDeregistration(request.care_of);
        match found {
            Match::Session(id) if self.cache.get(id).is_some_and(|binding| binding.mag == mag) => {
                Ok(Verdict::Deregister { binding: id })
            }
            Match::Undecided(id) => match self.waiting(id) {
                Some(claim) if claim.care_of == request.care_of && request.is_newer_than(claim) => {
                    Ok(Verdict::Retract { binding: id })
                }
                _ => Err(stale),
            },
            _ => Err(stale),
        }
    }

    fn claim(&self, binding: BindingId, request: &Request) -> Verdict {
        match self.waiting(binding) {
            Some(claim) if !request.is_newer_than(claim) => Verdict::Ignore,
            _ => Verdict::Await { binding },
        }
    }

    /// The registration that waits for the end of a session.
    pub(super) fn waiting(&self, binding: BindingId) -> Option<&Request> {
        match &self.cache.get(binding)?.state {
            State::Awaiting { claim, .. } => Some(claim),
            State::Active { .. } | State::DeleteWait { .. } => None,
        }
    }

    fn waits_for_deregistration(&self) -> bool {
        !self.config.max_delay_before_new_bce_assign.is_zero()
    }

    /// The prefixes of a new session (RFC 5213 5.3.2, 1 to 3).
    fn prefixes_for(&self, node: &NodeId, request: &Request) -> Result<Vec<Prefix>, Status> {
        let limits = &self.config.limits;
        if self.cache.len() >= limits.bindings
            || self.cache.sessions(node).count() >= limits.sessions_per_subscriber
        {
            return Err(Status::INSUFFICIENT_RESOURCES);
        }
        let own = self.subscribers.get(node).map_or(&[][..], |subscriber| &subscriber.prefixes);
        let is_free = |prefix: &Prefix| self.cache.holder(*prefix).is_none();
        if !request.asks_for_prefix() {
            let may_have = request.named_prefixes().all(|prefix| own.contains(&prefix) && is_free(&prefix));
            let mut prefixes: Vec<Prefix> = request.named_prefixes().collect();
            prefixes.sort_unstable();
            prefixes.dedup();
            return if may_have { Ok(prefixes) } else { Err(Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX) };
        }
        let free: Vec<Prefix> = own.iter().copied().filter(is_free).collect();
        if !free.is_empty() {
            return Ok(free);
        }
        let given = self.pool.as_ref().and_then(super::pool::Pool::peek);
        given.map(|prefix| [prefix].into()).ok_or(Status::INSUFFICIENT_RESOURCES)
    }

    /// What was accepted, unless its multicast part must be good and is not (D-6, D-7).
    fn if_multicast_allows(
        &self,
        mag: LinkId,
        node: &NodeId,
        request: &Request,
        accepted: Verdict,
    ) -> Verdict {
        if request.subscription == Subscription::Malformed && self.config.strict_multicast {
            return Status::UNSPECIFIED.into();
        }
        if !self.config.multicast_mandatory {
            return accepted;
        }
        let failure = self.sift(node, request).failure(&self.router, mag, &self.config.router.limits);
        failure.map_or(accepted, Verdict::from)
    }

    /// What the node's policy leaves of its subscription.
    pub(super) fn sift(&self, node: &NodeId, request: &Request) -> Sifted {
        match self.subscribers.get(node) {
            Some(subscriber) => Sifted::new(&request.subscription, &subscriber.policy),
            None => Sifted::default(),
        }
    }
}

/// The group of the `index`-th record of a message.
pub(super) fn group_of(message: &mld::Message<'_>, index: u16) -> Option<Ipv6Addr> {
    match message {
        mld::Message::Report(report) => {
            report.records.iter().nth(usize::from(index)).map(|record| record.group.ip())
        }
        mld::Message::ReportV1(report) => Some(report.group.ip()),
        mld::Message::Done(done) => Some(done.group.ip()),
        _ => None,
    }
}
