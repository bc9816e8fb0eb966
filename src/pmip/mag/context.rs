//! Contexts of nodes that move, asked for and given (asaeda 7.1 and 7.3, RFC 4067 2.5, digest 1.B.5).

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::apply::flaw;
use super::fsm::{Event, State};
use super::request::{self, Effect, Request};
use super::session::{Channels, Membership, Session, SessionId};
use super::settle::Work;
use super::{Action, Mag, Notice, Reject, RequestRate, Timer};
use crate::channel::{Address, Filter, FilterMode};
use crate::machine::{Envelope, Via};
use crate::mip::Bucket;
use crate::pmip::NodeId;
use crate::time::Instant;
use crate::wire::List;
use crate::wire::cxtp::{self, Block, BlockStatus, ListenerContext};
use crate::wire::packet::OwnedPayload;

/// Another MAG's request, and whose context it wants.
#[derive(Debug)]
pub(super) struct Gift {
    /// Index of the MAG.
    peer: usize,
    mag: Ipv6Addr,
    previous_address: cxtp::Address,
    node: NodeId,
    /// The session that knows; none: nothing is known.
    id: Option<SessionId>,
}

/// How much other MAGs have asked of late (CT_REQUEST_RATE, RFC 4067 6.3).
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// By the index of the MAG.
    each: Vec<Bucket>,
    all: Bucket,
}

impl Asked {
    /// By none of so many MAGs as yet.
    pub(super) fn by(mags: usize) -> Self {
        Self { each: vec![Bucket::default(); mags], all: Bucket::default() }
    }

    fn has_room(&self, now: Instant, peer: usize, rate: RequestRate) -> bool {
        let one = self.each.get(peer).is_some_and(|bucket| bucket.has_room(now, rate.per_mag));
        one && self.all.has_room(now, rate.all)
    }

    fn take(&mut self, now: Instant, peer: usize, rate: RequestRate) {
        if let Some(bucket) = self.each.get_mut(peer) {
            bucket.take(now, rate.per_mag);
        }
        self.all.take(now, rate.all);
    }
}

/// A context that was asked for.
#[derive(Debug)]
pub(super) struct Answer {
    id: SessionId,
    mag: Ipv6Addr,
    previous_address: cxtp::Address,
    acknowledge: bool,
    elapsed: Duration,
    receiver: Ipv6Addr,
    channels: Channels,
    /// What became of each block.
    statuses: Vec<[u8; 4]>,
}

/// Octets of M-CTDs in one message: Length counts 65,535, UDP and the other blocks take their part.
const MAX_CONTEXT: usize = 64_000;

impl Mag {
    /// A request is answered as long as its MAG, the one with index `peer`, asks no faster than it may.
    pub(super) fn check_request(
        &self,
        now: Instant,
        peer: usize,
        mag: Ipv6Addr,
        request: &cxtp::Request<'_>,
    ) -> Result<Gift, Reject> {
        if !self.asked.has_room(now, peer, self.config.request_rate) {
            return Err(Reject::TooManyRequests(mag));
        }
        let node = node(&request.blocks)?;
        let features = &request.blocks.dialect().features;
        if !request.blocks.wants(features.listener_context) {
            return Err(Reject::NotForMags);
        }
        // Of several attachments, the one with the previous address; else one that ended; else the newest.
        let rank = |(id, session): &(SessionId, &Session)| {
            let previous = request.previous_address.v6().filter(|address| !address.is_unspecified());
            let hosts = |address| session.prefixes.iter().any(|prefix| prefix.contains(address));
            (previous.is_some_and(hosts), session.state.has_left(), *id)
        };
        let id = self.sessions.of_node(&node).max_by_key(rank).map(|(id, _)| id);
        Ok(Gift { peer, mag, previous_address: request.previous_address, node, id })
    }

    /// Answers with what is tracked of the node (A50), or with nothing, so that nobody waits for it.
    pub(super) fn give(&mut self, now: Instant, gift: &Gift, work: &mut Work) {
        self.asked.take(now, gift.peer, self.config.request_rate);
        let session = gift.id.and_then(|id| self.sessions.get(id));
        let memberships = session.map(|session| self.memberships(session)).unwrap_or_default();
        let first = gift.id.and_then(|id| self.sessions.get_mut(id)).map(|session| {
            let known =
                session.first_transfer.filter(|&first| now.saturating_since(first) < request::GIVE_UP);
            *session.first_transfer.insert(known.unwrap_or(now))
        });
        let elapsed = first.map_or(Duration::ZERO, |first| now.saturating_since(first));
        let sources: Vec<Vec<[u8; 16]>> = memberships.iter().map(sources).collect();
        let contexts = memberships.iter().zip(&sources).flat_map(|(membership, sources)| {
            let context = ListenerContext {
                receiver: membership.receiver.into(),
                mode: match membership.filter.mode {
                    FilterMode::Include => cxtp::FilterMode::Include,
                    FilterMode::Exclude => cxtp::FilterMode::Exclude,
                },
                group: membership.group.into(),
                sources,
            };
            context.cut()
        });
        let mut room = MAX_CONTEXT;
        let fitting = contexts.take_while(|context| {
            let size = context.sources.len().saturating_mul(16).saturating_add(40);
            let fits = size <= room;
            room = room.saturating_sub(size);
            fits
        });
        let mut blocks = Vec::new();
        blocks.push(Block::MnIdentifier { subtype: gift.node.subtype, id: &gift.node.id });
        blocks.extend(fitting.map(Block::Listener));
        let message = cxtp::Message::Data(cxtp::Data {
            acknowledge: true,
            elapsed_ms: u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX),
            previous_address: gift.previous_address,
            blocks: List::new(&blocks, &self.config.mag_dialect),
        });
        self.send(gift.mag, &message, work);
    }

    /// What a node listens to, as far as it may: tracked while it is here, kept after it left. An EXCLUDE has no
    /// sources then (A51).
    pub(super) fn memberships(&self, session: &Session) -> Vec<Membership> {
        if session.state.has_left() {
            return session.kept.iter().flat_map(|kept| &kept.memberships).cloned().collect();
        }
        let Some(grant) = &session.grant else { return Vec::new() };
        let link = session.link;
        let tracked = self.router.listeners(link).flat_map(|receiver| {
            self.router.memberships(link, receiver).map(move |one| (receiver, one.group, one.filter))
        });
        tracked
            .filter(|(_, group, _)| !group.is_link_scope_group())
            .map(|(receiver, group, filter)| Membership {
                receiver,
                group,
                filter: grant.policy.allowed(group, &filter),
            })
            .filter(|membership| !membership.filter.is_nothing())
            .collect()
    }

    /// Asks the previous MAG for the context of a node.
    pub(super) fn begin_request(&mut self, now: Instant, id: SessionId, work: &mut Work) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.request = Request::begin(now);
        self.timers.set_or_stop(Timer::Request(id), session.request.due());
        self.send_request(id, work);
    }

    /// Gives an event to the request of a session.
    pub(super) fn request_step(&mut self, now: Instant, id: SessionId, event: request::Event) -> Effect {
        let Some(session) = self.sessions.get_mut(id) else { return Effect::None };
        let (next, effect) = session.request.on(now, event);
        session.request = next;
        self.timers.set_or_stop(Timer::Request(id), next.due());
        effect
    }

    pub(super) fn send_request(&mut self, id: SessionId, work: &mut Work) {
        let Some(session) = self.sessions.get(id) else { return };
        let Some(mag) = session.previous else { return };
        self.transfers = self.transfers.wrapping_add(1);
        let dialect = &self.config.mag_dialect;
        let blocks = [
            Block::MnIdentifier { subtype: session.node.subtype, id: &session.node.id },
            Block::Wanted(dialect.features.listener_context),
        ];
        let message = cxtp::Message::Request(cxtp::Request {
            previous_address: session
                .prefixes
                .first()
                .map_or(cxtp::Address::UNSPECIFIED, |prefix| prefix.address.into()),
            sequence: self.transfers,
            token: 0,
            blocks: List::new(&blocks, dialect),
        });
        self.send(mag, &message, work);
    }

    /// A context is taken from the MAG that was asked, and once.
    pub(super) fn check_data(&self, mag: Ipv6Addr, data: &cxtp::Data<'_>) -> Result<Answer, Reject> {
        let node = node(&data.blocks)?;
        let asked = |(_, session): &(SessionId, &Session)| {
            session.previous == Some(mag) && session.request.is_outstanding()
        };
        let session = self.sessions.of_node(&node).rev().find(asked);
        let (id, _) = session.ok_or(Reject::Unmatched("a context that nobody asked for"))?;
        let dialect = data.blocks.dialect();
        let mut merged: BTreeMap<Ipv6Addr, Filter> = BTreeMap::new();
        let mut receiver = Ipv6Addr::UNSPECIFIED;
        let mut statuses = Vec::new();
        for block in data.blocks {
            let status = match channel(&block) {
                Ok(Some((from, group, filter))) => {
                    let full = merged.len() >= self.config.limits.groups_per_node;
                    match merged.get_mut(&group) {
                        Some(known) => *known = known.union(&filter),
                        None if full => {
                            statuses.push(BlockStatus::NO_ROOM.entry(block.feature(dialect)));
                            continue;
                        }
                        None => {
                            merged.insert(group, filter);
                        }
                    }
                    receiver = from;
                    BlockStatus::SUCCESS
                }
                Ok(None) => BlockStatus::SUCCESS,
                Err(status) => status,
            };
            statuses.push(status.entry(block.feature(dialect)));
        }
        Ok(Answer {
            id,
            mag,
            previous_address: data.previous_address,
            acknowledge: data.acknowledge,
            elapsed: Duration::from_millis(data.elapsed_ms.into()),
            receiver,
            channels: merged.into_iter().collect(),
            statuses,
        })
    }

    /// Records what the context says (A41, step 3), and registers with it, or tells the LMA if that is done.
    pub(super) fn take(&mut self, now: Instant, answer: Answer, work: &mut Work) {
        let Answer { id, mag, previous_address, acknowledge, elapsed, receiver, channels, statuses } = answer;
        self.request_step(now, id, request::Event::Answered);
        let Some(session) = self.sessions.get(id) else { return };
        work.notify(Notice::ContextReceived { node: session.node.clone(), groups: channels.len() });
        self.tell(now, session.link, receiver, &channels, elapsed, work);
        if acknowledge {
            let success =
                statuses.iter().all(|&[_, _, status, _]| BlockStatus(status) == BlockStatus::SUCCESS);
            let reply = cxtp::Reply { success, previous_address, statuses: &statuses };
            self.send(mag, &cxtp::Message::Reply(reply), work);
        }
        let news = !self.announcements(id).is_empty();
        let Some(session) = self.sessions.get_mut(id) else { return };
        match session.state {
            State::AwaitingContext { .. } => self.step(now, id, Event::Context, work),
            State::Registering(_) => session.follow_up = !channels.is_empty(),
            State::Registered { .. } | State::Renewing { .. } if news => {
                // An answer to what was sent before says nothing of this.
                session.sent.clear();
                self.step(now, id, Event::Changed, work);
            }
            _ => {}
        }
    }

    fn send(&self, mag: Ipv6Addr, message: &cxtp::Message<'_>, work: &mut Work) {
        // Always `Ok`: identifiers and contexts were measured.
        if let Ok(body) = cxtp::Owned::new(message, &self.config.mag_dialect) {
            let (via, src, body) = (Via::Routed, self.config.proxy_coa, OwnedPayload::Cxtp(body));
            work.first.push(Action::Send(Envelope { via, src, dst: mag, body }));
        }
    }
}

/// The node that a message is about.
fn node(blocks: &List<'_, Block<'_>>) -> Result<NodeId, Reject> {
    match blocks.mn_identifier() {
        Some((subtype, id)) if !id.is_empty() => Ok(NodeId { subtype, id: id.into() }),
        _ => Err(Reject::Unmatched("a context of nobody")),
    }
}

/// The sources of an M-CTD.
fn sources(membership: &Membership) -> Vec<[u8; 16]> {
    match membership.filter.mode {
        FilterMode::Include => membership.filter.sources.iter().map(|source| source.octets()).collect(),
        FilterMode::Exclude => Vec::new(),
    }
}

/// What a block says of a group, and of which receiver; nothing where it says who is meant, or asks.
///
/// This is the one place where blocks are refused: what [`Block::judge`] refuses, with the status that it gives; groups
/// of link scope and an EXCLUDE of an SSM group, which no Report may want either, as malformed; profiles, which come
/// from the policy store and not from other MAGs, as unsupported.
fn channel(block: &Block<'_>) -> Result<Option<(Ipv6Addr, Ipv6Addr, Filter)>, BlockStatus> {
    block.judge()?;
    let (receiver, group, filter) = match block {
        Block::Listener(context) => {
            let sources = context.sources.iter().map(|&octets| Ipv6Addr::from(octets));
            let filter = match context.mode {
                cxtp::FilterMode::Include => Filter::include(sources),
                cxtp::FilterMode::Exclude => Filter::exclude(sources),
            };
            (context.receiver.ip(), context.group.ip(), filter)
        }
        // RFC 4067 Appendix B: a group that is wanted from any source (digest 5.3).
        Block::Mld(context) => (Ipv6Addr::UNSPECIFIED, context.group.ip(), Filter::EVERYTHING),
        Block::MnIdentifier { .. } | Block::Wanted(_) => return Ok(None),
        _ => return Err(BlockStatus::UNSUPPORTED),
    };
    if group.is_link_scope_group() || flaw(group, &filter).is_some() {
        return Err(BlockStatus::MALFORMED);
    }
    Ok(Some((receiver, group, filter)))
}
