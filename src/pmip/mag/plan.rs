//! What an input will do, decided before anything is touched.

use core::net::Ipv6Addr;

use super::context::{Answer, Gift};
use super::fsm::State;
use super::registration::Acknowledgement;
use super::session::SessionId;
use super::{Input, Mag, Reject};
use crate::machine::{LinkId, Protection, Received, RxMeta};
use crate::mld::{proxy, router};
use crate::pmip::{NodeId, Profile};
use crate::time::Instant;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::packet::Payload;
use crate::wire::{cxtp, mh, mld, nd};

/// An input that was accepted.
#[derive(Debug)]
pub(super) enum Plan<'a> {
    /// A node is on a link.
    Attach(Attachment<'a>),
    /// The node may have service, from the LMA with this index.
    Admit { id: SessionId, lma: usize, profile: &'a Profile, up: router::Plan<'a> },
    /// The node may not.
    Refuse { id: SessionId },
    /// The node left.
    Detach { id: SessionId },
    /// MLD from a node.
    Access(router::Plan<'a>),
    /// MLD from the LMA with this index.
    Upstream { lma: usize, plan: proxy::Plan<'a> },
    /// A node asks for an advertisement, to be sent to this address.
    Solicited { id: SessionId, to: Ipv6Addr },
    /// The LMA answered an update.
    Acknowledged(Acknowledgement),
    /// Another MAG asks for the context of a node.
    Give(Gift),
    /// Another MAG sent the context that was asked for.
    Take(Answer),
    /// Another MAG could not use all of a context; or it could, and nothing is left to do.
    Taken { mag: Ipv6Addr, success: bool },
    /// The time of day.
    Clock { unix_micros: u64 },
}

/// A node on a link.
#[derive(Debug)]
pub(super) struct Attachment<'a> {
    pub(super) link: LinkId,
    pub(super) node: &'a NodeId,
    pub(super) link_layer_id: &'a [u8],
    pub(super) technology: AccessTechnology,
    pub(super) handoff: HandoffIndicator,
    pub(super) previous: Option<Ipv6Addr>,
    /// The session that is forgotten to make room.
    pub(super) evicts: Option<SessionId>,
}

/// What an MN Identifier option and an MN-Identifier block hold (RFC 4283: a length octet counts subtype and identifier).
const MAX_NODE_ID: usize = 254;
/// What a Mobile Node Link-layer Identifier option holds (RFC 5213 8.6).
const MAX_LINK_LAYER_ID: usize = 253;

impl Mag {
    /// Judges an input; the machine stays as it is.
    pub(super) fn check<'a>(&self, now: Instant, input: Input<'a>) -> Result<Plan<'a>, Reject> {
        match input {
            Input::Attached { link, node, link_layer_id, technology, handoff, previous } => {
                if node.id.is_empty()
                    || node.id.len() > MAX_NODE_ID
                    || link_layer_id.len() > MAX_LINK_LAYER_ID
                {
                    return Err(Reject::BadIdentifier);
                }
                if self.sessions.on_link(link).is_some() {
                    return Err(Reject::LinkBusy(link));
                }
                let evicts = self.room()?;
                Ok(Plan::Attach(Attachment {
                    link,
                    node,
                    link_layer_id,
                    technology,
                    handoff,
                    previous,
                    evicts,
                }))
            }
            Input::Profile { link, node, profile } => self.check_profile(now, link, node, profile),
            Input::Detached { link } => {
                let (id, _) = self.sessions.on_link(link).ok_or(Reject::NoSuchNode(link))?;
                Ok(Plan::Detach { id })
            }
            Input::Packet { meta, payload } => self.check_packet(now, meta, payload),
            Input::Clock { unix_micros } => Ok(Plan::Clock { unix_micros }),
        }
    }

    /// The session that has to go before another fits.
    fn room(&self) -> Result<Option<SessionId>, Reject> {
        if self.sessions.len() < self.config.limits.nodes {
            return Ok(None);
        }
        self.sessions.first_left().map(Some).ok_or(Reject::TooManyNodes(self.config.limits.nodes))
    }

    fn check_profile<'a>(
        &self,
        now: Instant,
        link: LinkId,
        node: &NodeId,
        profile: Option<&'a Profile>,
    ) -> Result<Plan<'a>, Reject> {
        let (id, session) = self.sessions.on_link(link).ok_or(Reject::NoSuchNode(link))?;
        if session.node != *node {
            return Err(Reject::NoSuchNode(link));
        }
        if session.state != State::Authorising {
            return Err(Reject::Unmatched("a profile that nobody asked for"));
        }
        let Some(profile) = profile else { return Ok(Plan::Refuse { id }) };
        let lma = self.lma(profile.lma).ok_or(Reject::UnknownLma(profile.lma))?;
        let most = self.config.limits.prefixes_per_node;
        if profile.prefixes.len() > most {
            return Err(Reject::TooManyPrefixes(most));
        }
        let up = router::Input::LinkUp {
            link,
            address: self.config.link_local,
            kind: router::LinkKind::PointToPoint,
            startup: router::Startup::OnRequest,
            hold: None,
        };
        Ok(Plan::Admit { id, lma, profile, up: self.router.check(now, up)? })
    }

    fn check_packet<'a>(&self, now: Instant, meta: RxMeta, payload: Payload<'a>) -> Result<Plan<'a>, Reject> {
        match payload {
            Payload::Mld(message) => self.check_mld(now, Received { meta, message }),
            Payload::Nd(nd::Message::Solicitation(_)) if meta.outer.is_none() => {
                let (id, _) = self.sessions.on_link(meta.link).ok_or(Reject::NoSuchNode(meta.link))?;
                if meta.hop_limit != 255 {
                    return Err(Reject::BadHopLimit(meta.hop_limit));
                }
                let to = if meta.src.is_unspecified() { ALL_NODES } else { meta.src };
                Ok(Plan::Solicited { id, to })
            }
            Payload::Mh(message) => {
                authenticated(&meta)?;
                mh::judge(&message, &meta.origin(), SERVES)?;
                match message {
                    mh::Message::BindingAck(ack) if ack.flags.contains(mh::AckFlags::PROXY) => {
                        let lma = self.lma(meta.src).ok_or(Reject::UnknownPeer(meta.src))?;
                        self.check_ack(now, lma, &ack).map(Plan::Acknowledged)
                    }
                    _ => Err(Reject::NotForMags),
                }
            }
            Payload::Cxtp(message) => self.check_cxtp(now, &meta, message),
            _ => Err(Reject::NotForMags),
        }
    }

    /// MLD through a tunnel is the upstream's, without one the node's (digest traps 18 and 19). No tunnel ends on an access
    /// link: a node can write the outer header of its LMA.
    fn check_mld<'a>(&self, now: Instant, packet: Received<mld::Message<'a>>) -> Result<Plan<'a>, Reject> {
        let link = packet.meta.link;
        let session = self.sessions.on_link(link);
        let Some(outer) = packet.meta.outer else {
            session.ok_or(Reject::NoSuchNode(link))?;
            return Ok(Plan::Access(self.router.check(now, router::Input::Packet(packet))?));
        };
        let lma = self.lma(outer.src).filter(|_| outer.dst == self.config.proxy_coa && session.is_none());
        let lma = lma.ok_or(Reject::UnknownPeer(outer.src))?;
        let upstream = self.upstreams.get(lma).ok_or(Reject::UnknownPeer(outer.src))?;
        let plan = upstream.proxy.check(now, proxy::Input::Packet(packet))?;
        Ok(Plan::Upstream { lma, plan })
    }

    fn check_cxtp<'a>(
        &self,
        now: Instant,
        meta: &RxMeta,
        message: cxtp::Message<'a>,
    ) -> Result<Plan<'a>, Reject> {
        if !matches!(message, cxtp::Message::Request(_) | cxtp::Message::Data(_) | cxtp::Message::Reply(_)) {
            return Err(Reject::NotForMags);
        }
        authenticated(meta)?;
        let mag = meta.src;
        let peer = self.config.mags.iter().position(|peer| *peer == mag).ok_or(Reject::UnknownPeer(mag))?;
        match message {
            cxtp::Message::Request(request) => self.check_request(now, peer, mag, &request).map(Plan::Give),
            cxtp::Message::Data(data) => self.check_data(mag, &data).map(Plan::Take),
            cxtp::Message::Reply(reply) => Ok(Plan::Taken { mag, success: reply.success }),
            _ => Err(Reject::NotForMags),
        }
    }

    /// The index of the LMA at `address`.
    fn lma(&self, address: Ipv6Addr) -> Option<usize> {
        self.upstreams.iter().position(|upstream| upstream.peer.address == address)
    }
}

/// The MH Types that a MAG serves.
const SERVES: &[u8] = &[mh::BindingAck::KIND];

/// ff02::1.
pub(super) const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

/// Signalling between the entities of the domain is taken only from whom it says it is (RFC 5213 4, RFC 4067 6). What
/// comes out of a tunnel was sent by anybody, whatever protects the tunnel.
fn authenticated(meta: &RxMeta) -> Result<(), Reject> {
    match (meta.protection, meta.outer) {
        (Protection::Authenticated, None) => Ok(()),
        _ => Err(Reject::NotAuthenticated(meta.src)),
    }
}
