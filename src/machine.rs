//! The one shape that every state machine of this crate has, and the few types that they all speak.
//!
//! A machine takes an input and the present moment, changes its state, and pushes what must be done into a sink of
//! the caller's. It never blocks, never reads a clock, never keeps an output queue that somebody would have to drain.
//!
//! ```
//! use multimob::{Instant, Machine};
//!
//! /// The run loop of every embedder, whatever the machine: timers first, then the input.
//! fn serve<M: Machine>(machine: &mut M, now: Instant, input: M::Input<'_>, out: &mut Vec<M::Action>) {
//!     if machine.poll_timeout().is_some_and(|due| due <= now) {
//!         machine.handle_timeout(now, out);
//!     }
//!     if let Err(reject) = machine.handle_input(now, input, out) {
//!         eprintln!("refused, nothing changed: {reject:?}");
//!     }
//! }
//! ```

use core::fmt;
use core::net::Ipv6Addr;

use crate::time::Instant;
use crate::wire::mh::Origin;
use crate::wire::packet::{Datagram, Outgoing, OwnedPayload};
use crate::wire::{Encode, EncodeError, Out};

/// Where a machine puts its actions, in the order in which they must be carried out.
///
/// `push` never panics. A sink of fixed size counts what it had to drop.
pub trait Sink<A> {
    /// Takes one action.
    fn push(&mut self, action: A);
}

impl<A> Sink<A> for alloc::vec::Vec<A> {
    fn push(&mut self, action: A) {
        Self::push(self, action);
    }
}

/// A sink of `N` actions that allocates nothing.
#[derive(Debug)]
pub struct ArraySink<A, const N: usize> {
    actions: [Option<A>; N],
    len: usize,
    dropped: u64,
}

impl<A, const N: usize> Default for ArraySink<A, N> {
    fn default() -> Self {
        Self { actions: [const { None }; N], len: 0, dropped: 0 }
    }
}

impl<A, const N: usize> ArraySink<A, N> {
    /// The actions, first to last; the sink is empty afterwards.
    pub fn drain(&mut self) -> impl Iterator<Item = A> + '_ {
        self.len = 0;
        self.actions.iter_mut().filter_map(Option::take)
    }

    /// How many actions found no room since the sink was made.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }
}

impl<A, const N: usize> Sink<A> for ArraySink<A, N> {
    fn push(&mut self, action: A) {
        match self.actions.get_mut(self.len) {
            Some(slot) => {
                *slot = Some(action);
                self.len = self.len.saturating_add(1);
            }
            None => self.dropped = self.dropped.saturating_add(1),
        }
    }
}

/// A protocol state machine: events in, actions out.
///
/// The laws that hold for each of them are stated, and can be run on your own, in the module `laws` (feature
/// `proptest`).
pub trait Machine {
    /// What may happen to it. Received packets are borrowed; every machine has an owned form beside this one.
    type Input<'a>;
    /// What it wants done.
    type Action;
    /// Why it refused an input.
    type Reject: fmt::Debug;

    /// Takes one input. It does not run timers: call [`Machine::handle_timeout`] first when one is due.
    ///
    /// # Errors
    /// The input as a whole was refused: the state is as it was and nothing was pushed.
    fn handle_input(
        &mut self,
        now: Instant,
        input: Self::Input<'_>,
        out: &mut impl Sink<Self::Action>,
    ) -> Result<(), Self::Reject>;

    /// Does what has fallen due. Calling early or twice is harmless: it pushes nothing.
    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Self::Action>);

    /// When [`Machine::handle_timeout`] must be called next; `None`: not before another input.
    fn poll_timeout(&self) -> Option<Instant>;
}

/// The protocol state of a machine, as a function of what is present: bindings, channels, routes, members.
///
/// Counters, caches, ids, sequence numbers, messages in flight and the last `now` are no part of it.
pub trait Snapshot {
    /// The state, comparable.
    type S: PartialEq + fmt::Debug;

    /// The state as it is now.
    fn snapshot(&self) -> Self::S;
}

/// A machine for those who prefer to pull: inputs go in, actions are taken out one by one.
#[derive(Clone, Debug)]
pub struct Polled<M: Machine> {
    machine: M,
    actions: alloc::collections::VecDeque<M::Action>,
}

struct Tail<'a, A>(&'a mut alloc::collections::VecDeque<A>);

impl<A> Sink<A> for Tail<'_, A> {
    fn push(&mut self, action: A) {
        self.0.push_back(action);
    }
}

impl<M: Machine> Polled<M> {
    /// Wraps `machine`.
    pub const fn new(machine: M) -> Self {
        Self { machine, actions: alloc::collections::VecDeque::new() }
    }

    /// [`Machine::handle_input`]; the actions wait for [`Polled::poll_action`].
    ///
    /// # Errors
    /// As [`Machine::handle_input`].
    pub fn handle_input(&mut self, now: Instant, input: M::Input<'_>) -> Result<(), M::Reject> {
        self.machine.handle_input(now, input, &mut Tail(&mut self.actions))
    }

    /// [`Machine::handle_timeout`]; the actions wait for [`Polled::poll_action`].
    pub fn handle_timeout(&mut self, now: Instant) {
        self.machine.handle_timeout(now, &mut Tail(&mut self.actions));
    }

    /// [`Machine::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.machine.poll_timeout()
    }

    /// The next action to carry out.
    pub fn poll_action(&mut self) -> Option<M::Action> {
        self.actions.pop_front()
    }

    /// The machine inside.
    pub const fn machine(&self) -> &M {
        &self.machine
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($int:ty), $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name(pub $int);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id! {
    /// A link of a node, named by the embedder: an access link, a radio bearer, an uplink.
    LinkId(u32), "link"
}
id! {
    /// A tunnel that a machine has asked for. Never reused.
    TunnelId(u64), "tunnel"
}
id! {
    /// A multicast route that a machine has asked for. Never reused.
    RouteId(u64), "route"
}

/// How a packet is protected on its way, as far as the machines care. The embedder tells; nothing is guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Protection {
    /// Nothing vouches for the source.
    #[default]
    None,
    /// The source was authenticated: IPsec (RFC 5213 4), a private wire, a sealed lab.
    Authenticated,
}

/// What came with a received packet, beside its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RxMeta<A = Ipv6Addr> {
    /// The link on which it arrived.
    pub link: LinkId,
    /// Source of the innermost IP header.
    pub src: A,
    /// Destination of the innermost IP header.
    pub dst: A,
    /// The address in a Home Address option (RFC 6275 6.3).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub home_address: Option<Ipv6Addr>,
    /// The home address in a type 2 routing header (RFC 6275 6.4).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub routing_header: Option<Ipv6Addr>,
    /// Source and destination of the tunnel header that was taken off, if there was one.
    pub outer: Option<Outer>,
    /// Hop limit (IPv4: TTL) of the innermost IP header.
    pub hop_limit: u8,
    /// Whether the innermost header carried a Router Alert with value 0: MLD (RFC 2711), IGMP (RFC 2113).
    pub router_alert: bool,
    /// What vouches for the source.
    pub protection: Protection,
}

impl RxMeta {
    /// What came with `datagram`, which was received on `link`.
    #[must_use]
    pub fn new(link: LinkId, datagram: &Datagram<'_>, protection: Protection) -> Self {
        let &Datagram { src, dst, home_address, routing_header, hop_limit, router_alert, .. } = datagram;
        let outer = datagram.outer.map(|(src, dst)| Outer { src, dst });
        Self { link, src, dst, home_address, routing_header, outer, hop_limit, router_alert, protection }
    }

    /// Where a Mobility Header came from, to judge it by.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        let &Self { src, home_address, routing_header, .. } = self;
        Origin { src, home_address, routing_header }
    }
}

/// The addresses of a tunnel header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outer {
    /// The end that encapsulated.
    pub src: Ipv6Addr,
    /// The end that takes the header off.
    pub dst: Ipv6Addr,
}

/// Where a packet leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Via {
    /// On this link.
    Link(LinkId),
    /// Through this tunnel; the tunnel's end adds the outer header.
    Tunnel(TunnelId),
    /// Wherever the routing table of the node says.
    Routed,
}

/// A packet to send: the addresses, the way out, and the message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Envelope<B, A = Ipv6Addr> {
    /// Where it leaves.
    pub via: Via,
    /// Source of the IP header.
    pub src: A,
    /// Destination of the IP header.
    pub dst: A,
    /// The message.
    pub body: B,
}

impl<B, A> Envelope<B, A> {
    /// The same envelope around another body.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Envelope<C, A> {
        Envelope { via: self.via, src: self.src, dst: self.dst, body: f(self.body) }
    }
}

impl Envelope<OwnedPayload> {
    /// The datagram inside, still without the header of a tunnel ([`Outgoing::in_tunnel`] adds it).
    #[must_use]
    pub fn datagram(&self) -> Outgoing<'_> {
        Outgoing::new(self.src, self.dst, self.body.borrow())
    }
}

/// As the datagram inside is written: IPv6 header, Router Alert, checksum and all.
impl Encode for Envelope<OwnedPayload> {
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        self.datagram().write(out, checksum)
    }
}

/// A received packet as a machine takes it: what came with it, and the typed message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Received<T, A = Ipv6Addr> {
    /// Addresses, hop limit, router alert, link.
    pub meta: RxMeta<A>,
    /// The message.
    pub message: T,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_array_sink_counts_what_it_drops() {
        let mut sink = ArraySink::<u8, 2>::default();
        for action in [1, 2, 3, 4] {
            sink.push(action);
        }
        assert_eq!(sink.dropped(), 2);
        assert!(sink.drain().eq([1, 2]));
        sink.push(5);
        assert!(sink.drain().eq([5]));
    }
}
