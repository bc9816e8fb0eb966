//! The mobility sessions of a MAG: one for each attachment of a node, and for each that ended and still matters. It is
//! the Binding Update List of RFC 5213 6.1.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::fsm::State;
use super::request::Request;
use crate::channel::Filter;
use crate::machine::{LinkId, RouteId};
use crate::mip::{Lifetime, Sequence, Timestamp};
use crate::pmip::{ChannelPolicy, NodeId, Prefix};
use crate::time::Instant;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};

/// Names a session. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SessionId(u64);

/// What groups a node listens to.
pub(super) type Channels = Vec<(Ipv6Addr, Filter)>;

/// One session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) node: NodeId,
    pub(super) link: LinkId,
    pub(super) link_layer_id: Box<[u8]>,
    pub(super) technology: AccessTechnology,
    /// What the first registration claims.
    pub(super) handoff: HandoffIndicator,
    /// The MAG that is asked for the context; none when there is none to ask.
    pub(super) previous: Option<Ipv6Addr>,
    pub(super) state: State,
    /// What the profile granted.
    pub(super) grant: Option<Grant>,
    /// Home network prefixes: those to ask for, then those assigned.
    pub(super) prefixes: Vec<Prefix>,
    /// The unicast routes of the node.
    pub(super) routes: Vec<(Prefix, RouteId)>,
    /// Lifetime of the binding, as granted last.
    pub(super) lifetime: Lifetime,
    /// The number of the last update when sequence numbers order them.
    pub(super) sequence: Sequence,
    /// The timestamp of the last update that had one.
    pub(super) stamp: Timestamp,
    /// Updates that may still be answered, the newest first.
    pub(super) sent: Vec<Sent>,
    /// The groups that a PBU-M announced and the LMA has not answered for: it is repeated with them.
    pub(super) unconfirmed: Vec<Ipv6Addr>,
    /// The context that was asked for.
    pub(super) request: Request,
    /// Whether the context came too late for the registration that is under way, so that a PBU-M is to follow it.
    pub(super) follow_up: bool,
    /// What the profile in the policy store says.
    pub(super) stored: Channels,
    /// What the next MAG may ask for, after the node left.
    pub(super) kept: Option<Kept>,
    /// When the first CTD of the last transfer was sent (RFC 4067 2.5.3, Elapsed Time).
    pub(super) first_transfer: Option<Instant>,
}

/// What a profile granted.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// Index of the LMA.
    pub(super) lma: usize,
    pub(super) policy: ChannelPolicy,
    /// Channels that stay as long as the node does (Z37).
    pub(super) provisioned: Channels,
}

/// An update that was sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) sequence: Sequence,
    pub(super) at: Instant,
    pub(super) handoff: HandoffIndicator,
    /// What it asked the LMA to forward: groups with all that the proxy would then want of them.
    pub(super) announced: Channels,
}

/// What a node that left was listening to.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) memberships: Vec<Membership>,
}

/// One receiver's part of one group, as an M-CTD has it (A49).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Membership {
    pub(super) receiver: Ipv6Addr,
    pub(super) group: Ipv6Addr,
    pub(super) filter: Filter,
}

/// How many updates of one exchange an answer may belong to. With waits that double, the answer to an older one is
/// seven seconds late at least.
const REMEMBERED: usize = 4;

impl Session {
    /// Notes that an update was sent.
    pub(super) fn remember(&mut self, sent: Sent) {
        self.sent.insert(0, sent);
        self.sent.truncate(REMEMBERED);
    }

    /// Whether `other`, which began earlier, was an attachment of the same interface. Of an interface without a known
    /// identifier that is assumed once the other attachment is over.
    fn is_same_interface(&self, other: &Self) -> bool {
        self.technology == other.technology
            && self.link_layer_id == other.link_layer_id
            && (!self.link_layer_id.is_empty() || other.state.has_left())
    }

    /// Whether nothing of it matters any more.
    fn is_over(&self) -> bool {
        self.state == State::Departed && self.kept.is_none()
    }
}

/// All sessions, and how to find them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    by_id: BTreeMap<SessionId, Session>,
    by_link: BTreeMap<LinkId, SessionId>,
    by_node: BTreeSet<(NodeId, SessionId)>,
    left: BTreeSet<SessionId>,
    next: u64,
}

impl Sessions {
    /// How many there are, those of nodes that left included.
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Adds the session of a node that is on its link.
    pub(super) fn attach(&mut self, session: Session) -> SessionId {
        let id = SessionId(self.next);
        self.next = self.next.saturating_add(1);
        self.by_link.insert(session.link, id);
        self.by_node.insert((session.node.clone(), id));
        self.by_id.insert(id, session);
        id
    }

    /// Frees the link of a session whose node left.
    pub(super) fn detach(&mut self, id: SessionId) {
        if let Some(session) = self.by_id.get(&id) {
            self.by_link.remove(&session.link);
            self.left.insert(id);
        }
    }

    /// Drops a session when nothing of it matters any more.
    pub(super) fn tidy(&mut self, id: SessionId) {
        if self.by_id.get(&id).is_some_and(Session::is_over) {
            self.remove(id);
        }
    }

    /// Drops a session.
    pub(super) fn remove(&mut self, id: SessionId) {
        if let Some(session) = self.by_id.remove(&id) {
            self.left.remove(&id);
            self.by_node.remove(&(session.node, id));
            if self.by_link.get(&session.link) == Some(&id) {
                self.by_link.remove(&session.link);
            }
        }
    }

    pub(super) fn get(&self, id: SessionId) -> Option<&Session> {
        self.by_id.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.by_id.get_mut(&id)
    }

    /// The session of the node that is on `link`.
    pub(super) fn on_link(&self, link: LinkId) -> Option<(SessionId, &Session)> {
        let id = *self.by_link.get(&link)?;
        Some((id, self.by_id.get(&id)?))
    }

    /// The sessions of `node`, the oldest first.
    pub(super) fn of_node(
        &self,
        node: &NodeId,
    ) -> impl DoubleEndedIterator<Item = (SessionId, &Session)> + use<'_> {
        let range = (node.clone(), SessionId(0))..=(node.clone(), SessionId(u64::MAX));
        self.by_node.range(range).filter_map(|(_, id)| Some((*id, self.by_id.get(id)?)))
    }

    /// The sessions that session `id` continues, the oldest first: earlier attachments of the same interface, and of
    /// another one when the node has just changed from it (HI = 2) and it can be no other.
    pub(super) fn predecessors(&self, id: SessionId) -> Vec<SessionId> {
        let Some(session) = self.by_id.get(&id) else { return Vec::new() };
        let earlier = || self.of_node(&session.node).filter(|&(other, _)| other < id);
        let changed = session.handoff == HandoffIndicator::OTHER_INTERFACE && earlier().count() == 1;
        let continued = earlier().filter(|(_, other)| changed || session.is_same_interface(other));
        continued.map(|(other, _)| other).collect()
    }

    /// The session whose node left first.
    pub(super) fn first_left(&self) -> Option<SessionId> {
        self.left.first().copied()
    }

    /// All sessions, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (SessionId, &Session)> {
        self.by_id.iter().map(|(&id, session)| (id, session))
    }
}
