//! What can be seen of a domain while it runs.

use alloc::string::String;
use core::net::Ipv6Addr;

use bytes::Bytes;

use crate::channel::{Channel, Filter};
use crate::machine::LinkId;
use crate::mld::listener;
use crate::pmip::{lma, mag};
use crate::time::Instant;

/// A node by its number: see [`super::Scenario`].
pub type Node = usize;

/// Sees everything that happens, in order.
pub trait Observer {
    /// Something happened at `now`.
    fn see(&mut self, now: Instant, event: &Event<'_>);
}

/// Looks away.
impl Observer for () {
    fn see(&mut self, _: Instant, _: &Event<'_>) {}
}

impl<O: Observer + ?Sized> Observer for &mut O {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        (**self).see(now, event);
    }
}

/// Both see, the first one first.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        self.0.see(now, event);
        self.1.see(now, event);
    }
}

/// Sees, if there is somebody.
impl<O: Observer> Observer for Option<O> {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        if let Some(observer) = self {
            observer.see(now, event);
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A machine was made.
    Made {
        /// Whose.
        node: Node,
        /// With which seed.
        seed: u64,
        /// How it is set up.
        config: MachineConfig<'a>,
    },
    /// A mobile node attached to a MAG.
    Attached {
        /// The mobile node.
        node: Node,
        /// The MAG.
        gateway: Node,
    },
    /// A mobile node left its MAG.
    Detached {
        /// The mobile node.
        node: Node,
        /// The MAG.
        gateway: Node,
    },
    /// From now on nothing passes between a mobile node and its MAG, which does not notice.
    FellSilent {
        /// The mobile node.
        node: Node,
    },
    /// An application wants this of a group from now on.
    Wants {
        /// The mobile node.
        node: Node,
        /// The group.
        group: Ipv6Addr,
        /// What of it.
        filter: &'a Filter,
    },
    /// The network has the next datagram of a stream, whether anybody wants it or not.
    Emitted {
        /// Which stream.
        stream: usize,
        /// Its number.
        sequence: u64,
    },
    /// A packet left a node.
    Sent {
        /// Which.
        from: Node,
        /// The neighbour that it goes to.
        to: Node,
        /// Over what.
        medium: Medium,
        /// The packet, from its outermost IPv6 header on.
        octets: &'a Bytes,
    },
    /// A packet arrived at a node.
    Received {
        /// The neighbour that sent it.
        from: Node,
        /// Which.
        to: Node,
        /// Over what.
        medium: Medium,
        /// The packet.
        octets: &'a Bytes,
        /// Whether somebody mangled it on the way.
        mangled: bool,
    },
    /// A packet, or a copy of one, ended before its time.
    Dropped {
        /// Where it ended, or where it was going.
        node: Node,
        /// The packet.
        octets: &'a Bytes,
        /// Why.
        why: Why<'a>,
    },
    /// An LMA asked the network for a channel, or no longer wants it.
    Upstream {
        /// The LMA.
        node: Node,
        /// The channel.
        channel: Channel,
        /// Whether it joins.
        joins: bool,
    },
    /// A machine gets an input.
    Input {
        /// Whose machine.
        node: Node,
        /// The input.
        input: MachineInput<'a>,
    },
    /// The machine refused the input that it just got.
    Refused {
        /// Whose machine.
        node: Node,
        /// Why.
        why: String,
    },
    /// A machine does what has fallen due.
    Timeout {
        /// Whose machine.
        node: Node,
    },
    /// A machine wants something done.
    Action {
        /// Whose machine.
        node: Node,
        /// What.
        action: MachineAction<'a>,
    },
    /// The next deadline of a machine has changed.
    Deadline {
        /// Whose machine.
        node: Node,
        /// When it is; none: no deadline.
        due: Option<Instant>,
    },
    /// After its timers ran, a machine was still due: a law is broken.
    Stuck {
        /// Whose machine.
        node: Node,
    },
}

/// What a packet crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Medium {
    /// The point-to-point link of a mobile node, as its MAG names it.
    Access(LinkId),
    /// The routed network between MAGs and LMAs.
    Core,
    /// The multicast network.
    Network,
}

/// Why a packet ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Why<'a> {
    /// The link lost it.
    Lost,
    /// The mobile node is no longer there.
    Gone,
    /// Nobody has the destination.
    Unreachable,
    /// It cannot be read.
    Unreadable(&'a crate::wire::DecodeError),
    /// The forwarder found no copy to make.
    NotForwarded(crate::fanout::Reason),
    /// It is not for this node.
    NotForMe,
}

/// The configuration of some machine.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum MachineConfig<'a> {
    /// Of a MAG.
    Mag(&'a mag::Config),
    /// Of an LMA.
    Lma(&'a lma::Config),
    /// Of the MLD listener of a mobile node.
    Listener(&'a listener::Config),
}

/// The input of some machine.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum MachineInput<'a> {
    /// Of a MAG.
    Mag(&'a mag::Input<'a>),
    /// Of an LMA.
    Lma(&'a lma::Input<'a>),
    /// Of the MLD listener of a mobile node.
    Listener(&'a listener::Input<'a>),
}

/// The action of some machine.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum MachineAction<'a> {
    /// Of a MAG.
    Mag(&'a mag::Action),
    /// Of an LMA.
    Lma(&'a lma::Action),
    /// Of the MLD listener of a mobile node.
    Listener(&'a listener::Action),
}
