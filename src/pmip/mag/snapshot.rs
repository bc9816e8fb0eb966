//! The protocol state of a MAG, comparable.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::session::Session;
use super::{Mag, fsm};
use crate::channel::Filter;
use crate::machine::{LinkId, Snapshot};
use crate::mld::proxy::Proxy;
use crate::mld::router::Router;
use crate::pmip::{NodeId, Prefix, TunnelKind};

/// What a MAG holds, without names, numbers and messages on their way: a session of which only its deregistration is left,
/// to be repeated until somebody answers, is such a message.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The sessions, by node and link; those of nodes that left and whose context is kept
    /// included.
    pub sessions: Vec<SessionState>,
    /// The access links.
    pub router: <Router as Snapshot>::S,
    /// By LMA, what it was asked for.
    pub proxies: BTreeMap<Ipv6Addr, <Proxy as Snapshot>::S>,
    /// What is let through, by link and group.
    pub routes: BTreeMap<(LinkId, Ipv6Addr), Filter>,
    /// The tunnels that are up: kind and other end.
    pub tunnels: BTreeSet<(TunnelKind, Ipv6Addr)>,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionState {
    /// The node.
    pub node: NodeId,
    /// Its link.
    pub link: LinkId,
    /// Where it stands.
    pub kind: Kind,
    /// The LMA, once the profile named it.
    pub lma: Option<Ipv6Addr>,
    /// The prefixes of the node that are routed here.
    pub prefixes: Vec<Prefix>,
}

/// Where a session stands. A binding that is being renewed is a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The policy store was asked.
    Authorising,
    /// The previous MAG was asked.
    AwaitingContext,
    /// The LMA was asked.
    Registering,
    /// The LMA holds a binding.
    Registered,
    /// An operator or the clock is waited for, without a binding.
    Stalled,
    /// No service.
    Denied,
    /// The node left; its context is kept.
    Departed,
}

impl Snapshot for Mag {
    type S = State;

    fn snapshot(&self) -> State {
        let mut sessions: Vec<SessionState> =
            self.sessions.iter().filter_map(|(_, session)| self.state(session)).collect();
        sessions.sort();
        let tunnels = self.upstreams.iter().flat_map(|upstream| {
            let unicast = upstream.unicast.map(|_| TunnelKind::Unicast);
            let multicast = upstream.multicast.map(|_| TunnelKind::Multicast);
            unicast.into_iter().chain(multicast).map(|kind| (kind, upstream.peer.address))
        });
        State {
            sessions,
            router: self.router.snapshot(),
            proxies: self.upstreams.iter().map(|one| (one.peer.address, one.proxy.snapshot())).collect(),
            routes: self.forwarding.iter().map(|(&at, one)| (at, one.filter.clone())).collect(),
            tunnels: tunnels.collect(),
        }
    }
}

impl Mag {
    fn state(&self, session: &Session) -> Option<SessionState> {
        let lma = session.grant.as_ref().and_then(|grant| self.upstreams.get(grant.lma));
        Some(SessionState {
            node: session.node.clone(),
            link: session.link,
            kind: kind(session.state)?,
            lma: lma.map(|upstream| upstream.peer.address),
            prefixes: session.routes.iter().map(|&(prefix, _)| prefix).collect(),
        })
    }
}

fn kind(state: fsm::State) -> Option<Kind> {
    Some(match state {
        _ if state.serves() => Kind::Registered,
        fsm::State::Authorising => Kind::Authorising,
        fsm::State::AwaitingContext { .. } => Kind::AwaitingContext,
        fsm::State::Registering(_) => Kind::Registering,
        fsm::State::Registered { .. } | fsm::State::Renewing { .. } => Kind::Registered,
        fsm::State::Stalled { .. } => Kind::Stalled,
        fsm::State::Denied => Kind::Denied,
        fsm::State::Departed => Kind::Departed,
        fsm::State::Deregistering { .. } => return None,
    })
}
