//! A link with a router and hosts of either kind, over MLD or IGMP. What is sent travels as octets; some of it may be lost.
#![allow(dead_code, unreachable_pub, reason = "each crate that includes this uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::net::{Ipv4Addr, Ipv6Addr};

use multimob::channel::Filter;
use multimob::machine::{LinkId, Protection, Received, RxMeta, Via};
use multimob::mld::family::Said;
use multimob::mld::router::{self, LinkKind};
use multimob::mld::{Family, Listener, Router, lightweight, listener};
use multimob::wire::{Dialect, igmp, mld};
use multimob::{Instant, Machine};

pub const LINK: LinkId = LinkId(1);

/// Addresses to play with.
pub trait Net: Family {
    const ROUTER: Self;
    const GROUP: Self;
    fn source(n: u16) -> Self;
    fn host(n: u8) -> Self;
    /// What the octets of `sent` say to who receives them.
    fn received(sent: &Self::Owned) -> Self::Owned;
}

impl Net for Ipv6Addr {
    const ROUTER: Self = Self::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    const GROUP: Self = Self::new(0xff1e, 0, 0, 0, 0, 0, 0, 1);

    fn source(n: u16) -> Self {
        Self::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
    }

    fn host(n: u8) -> Self {
        Self::new(0xfe80, 0, 0, 0, 0, 0, 1, n.into())
    }

    fn received(sent: &mld::Owned) -> mld::Owned {
        mld::Owned::from_octets(sent.octets(), &Dialect::DEFAULT).unwrap()
    }
}

impl Net for Ipv4Addr {
    const ROUTER: Self = Self::new(192, 0, 2, 1);
    const GROUP: Self = Self::new(239, 1, 2, 3);

    fn source(n: u16) -> Self {
        let [high, low] = n.to_be_bytes();
        Self::new(198, 51, high, low)
    }

    fn host(n: u8) -> Self {
        Self::new(192, 0, 2, 100 + n)
    }

    fn received(sent: &igmp::Owned) -> igmp::Owned {
        igmp::Owned::from_octets(sent.octets(), &Dialect::DEFAULT).unwrap()
    }
}

/// A host of either kind.
pub trait Host<A: Net>:
    for<'a> Machine<
        Input<'a> = listener::Input<'a, A>,
        Action = listener::Action<A>,
        Reject = listener::Reject<A>,
    >
{
    fn set_up(config: listener::Config<A>, seed: u64) -> Self;
    fn wanted(&self) -> &Filter<A>;
}

/// How the host `n` of a link is set up, by default.
pub fn host<A: Net>(n: u8) -> listener::Config<A> {
    listener::Config::new(Via::Link(LINK), A::host(n))
}

impl<A: Net> Host<A> for Listener<A> {
    fn set_up(config: listener::Config<A>, seed: u64) -> Self {
        Self::new(config, seed).unwrap()
    }

    fn wanted(&self) -> &Filter<A> {
        self.wanted(A::GROUP)
    }
}

impl<A: Net> Host<A> for lightweight::Listener<A> {
    fn set_up(config: listener::Config<A>, seed: u64) -> Self {
        Self::new(config, seed).unwrap()
    }

    fn wanted(&self) -> &Filter<A> {
        self.wanted(A::GROUP)
    }
}

/// A router of either kind.
pub trait Querier<A: Net>:
    for<'a> Machine<Input<'a> = router::Input<'a, A>, Action = router::Action<A>, Reject = router::Reject<A>>
{
    fn set_up(config: router::Config<A>) -> Self;
    fn interest(&self) -> Filter<A>;
    /// What is wanted, as far as the router can say it.
    fn said(wanted: Filter<A>) -> Filter<A>;
}

impl<A: Net> Querier<A> for Router<A> {
    fn set_up(config: router::Config<A>) -> Self {
        Self::new(config).unwrap()
    }

    fn interest(&self) -> Filter<A> {
        self.interest(LINK, A::GROUP)
    }

    fn said(wanted: Filter<A>) -> Filter<A> {
        wanted
    }
}

impl<A: Net> Querier<A> for lightweight::Router<A> {
    fn set_up(config: router::Config<A>) -> Self {
        Self::new(config).unwrap()
    }

    fn interest(&self) -> Filter<A> {
        self.interest(LINK, A::GROUP)
    }

    fn said(wanted: Filter<A>) -> Filter<A> {
        if wanted.mode == Filter::<A>::EVERYTHING.mode { Filter::EVERYTHING } else { wanted }
    }
}

/// A packet that is about to be lost, or not.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    pub at: Instant,
    pub about: About,
}

/// What a packet is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A Report of a change, or a Query because of one.
    Change,
    /// A Report that may be the answer to a Query about a group.
    Answer,
    /// A General Query, or a Report that may be the answer to one.
    General,
}

/// A link with a router and hosts, each message with all others at once.
pub struct Link<A: Net, R, H> {
    pub router: R,
    pub hosts: Vec<H>,
    pub now: Instant,
    /// Which packets get lost.
    pub loses: Box<dyn FnMut(Packet) -> bool>,
    /// Record types and whether they had sources, as hosts sent them.
    pub words: Vec<(u8, bool)>,
    /// When a host last wanted something else.
    pub changed: Instant,
    /// Until when General Queries are answered, and those about the group.
    answered: [Instant; 2],
    family: core::marker::PhantomData<A>,
}

impl<A: Net, R: Querier<A>, H: Host<A>> Link<A, R, H> {
    /// `hosts` on a link of `kind`, where nothing is lost.
    pub fn new(kind: LinkKind, router: router::Config<A>, hosts: Vec<H>) -> Self {
        let (now, family) = (Instant::ZERO, core::marker::PhantomData);
        let (router, loses, words) = (R::set_up(router), Box::new(|_| false), Vec::new());
        let mut link = Self { router, hosts, now, loses, words, changed: now, answered: [now; 2], family };
        let mut out = Vec::new();
        let startup = router::Startup::Now;
        let up = router::Input::LinkUp { link: LINK, address: A::ROUTER, kind, startup, hold: None };
        link.router.handle_input(link.now, up, &mut out).unwrap();
        link.queries(out);
        link
    }

    fn meta(src: A, dst: A) -> RxMeta<A> {
        RxMeta {
            link: LINK,
            src,
            dst,
            home_address: None,
            routing_header: None,
            outer: None,
            hop_limit: 1,
            router_alert: true,
            protection: Protection::None,
        }
    }

    /// What the router did reaches all hosts.
    fn queries(&mut self, actions: Vec<router::Action<A>>) {
        for action in actions {
            let sent = match action {
                router::Action::Send(sent) => sent,
                router::Action::Interest { .. } => continue,
                other => panic!("{other:?}"),
            };
            let (meta, message) = (Self::meta(sent.src, sent.dst), A::received(&sent.body));
            let message = A::view(&message);
            let Said::Query(question) = A::read(message) else { panic!("{message:?}") };
            let about = if question.group.is_some() { About::Change } else { About::General };
            if (self.loses)(Packet { at: self.now, about }) {
                continue;
            }
            self.answered[usize::from(question.group.is_some())] = self.now + question.response;
            for host in &mut self.hosts {
                let mut out = Vec::new();
                host.handle_input(self.now, listener::Input::Packet(Received { meta, message }), &mut out)
                    .unwrap();
                assert!(out.is_empty(), "no answer at once");
            }
        }
    }

    /// What a host did reaches the router.
    fn reports(&mut self, actions: Vec<listener::Action<A>>) {
        for action in actions {
            let listener::Action::Send(sent) = action else { panic!("{action:?}") };
            let message = A::received(&sent.body);
            let message = A::view(&message);
            let Said::Report(records) = A::read(message) else { panic!("{message:?}") };
            self.words.extend(A::records(records).map(|record| (record.kind.0, !record.sources.is_empty())));
            let about = match self.answered {
                _ if self.now == self.changed => About::Change,
                [general, _] if self.now <= general => About::General,
                [_, specific] if self.now <= specific => About::Answer,
                _ => About::Change,
            };
            if (self.loses)(Packet { at: self.now, about }) {
                continue;
            }
            let meta = Self::meta(sent.src, sent.dst);
            let mut out = Vec::new();
            self.router
                .handle_input(self.now, router::Input::Packet(Received { meta, message }), &mut out)
                .unwrap();
            self.queries(out);
        }
    }

    /// Serves every deadline until `then`, and looks at the link after each.
    pub fn until(&mut self, then: Instant, look: impl Fn(&Self)) {
        loop {
            let hosts = self.hosts.iter().map(Machine::poll_timeout);
            let due = hosts.chain([self.router.poll_timeout()]).flatten().min();
            let Some(due) = due.filter(|&due| due <= then) else { break };
            self.now = due;
            // Who answers in time is heard in time.
            for n in 0..self.hosts.len() {
                let mut out = Vec::new();
                self.hosts[n].handle_timeout(due, &mut out);
                self.reports(out);
            }
            let mut out = Vec::new();
            self.router.handle_timeout(due, &mut out);
            self.queries(out);
            look(self);
        }
        self.now = then;
    }

    /// Lets host `n` want `filter` of the group.
    pub fn want(&mut self, n: u8, filter: Filter<A>) {
        let mut out = Vec::new();
        let input = listener::Input::Want { group: A::GROUP, filter };
        self.hosts[usize::from(n)].handle_input(self.now, input, &mut out).unwrap();
        self.changed = self.now;
        self.reports(out);
    }

    /// What the hosts want together.
    pub fn wanted(&self) -> Filter<A> {
        self.hosts.iter().fold(Filter::NOTHING, |all, host| all.union(host.wanted()))
    }

    /// Nothing that a host wants is withheld.
    pub fn is_served(&self) {
        let (wanted, interest) = (self.wanted(), self.router.interest());
        assert_eq!(wanted.union(&interest), interest, "at {:?} the hosts want {wanted:?}", self.now);
    }

    /// And nothing else is let through, but what the router cannot tell apart.
    pub fn is_exact(&self) {
        assert_eq!(self.router.interest(), R::said(self.wanted()), "at {:?}", self.now);
    }
}
