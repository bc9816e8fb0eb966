//! Inputs of the gateway.

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use arbitrary::{Arbitrary, Error, Result, Unstructured};

use super::{
    DIALECT, LMA, OTHER_LMA, home_prefix, mag_address, meta, node, one_of, owned, policy, prefixes,
    protection,
};
use crate::machine::{Envelope, Outer, Protection, RxMeta, Via};
use crate::pmip::mag::OwnedInput;
use crate::pmip::{NodeId, Profile};
use crate::samples::draw::{many, rarely};
use crate::samples::wire::mld;
use crate::samples::world::{self, ALL_MLDV2_ROUTERS, ALL_NODES, ALL_ROUTERS, OWN};
use crate::wire::cxtp::{self, Block, BlockStatus, FilterMode, ListenerContext};
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator, HomeNetworkPrefix};
use crate::wire::mh::{AckFlags, BindingAck, BindingUpdate, Meaning, Message, MobilityOption, Status};
use crate::wire::packet::OwnedPayload;
use crate::wire::{Addr, List, nd};

impl<'a> Arbitrary<'a> for OwnedInput {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=19)? {
            0..=3 => attachment(u)?,
            4..=5 => {
                let profile = if rarely(u, 24)? { None } else { Some(profile(u)?) };
                Self::Profile { link: world::link(u)?, node: node(u)?, profile }
            }
            6..=11 => report(u)?,
            12..=13 => query(u)?,
            14 => solicitation(u)?,
            15..=16 => unasked(u)?,
            17 => anything(u)?,
            18 => Self::Clock { unix_micros: u.int_in_range(0..=900_000_000)? },
            _ => Self::Detached { link: world::link(u)? },
        })
    }
}

fn attachment(u: &mut Unstructured<'_>) -> Result<OwnedInput> {
    let link_layer_id: &[u8] = if u.arbitrary()? { &[2, 0, 0, 0, 0, 0x11] } else { &[] };
    Ok(OwnedInput::Attached {
        link: world::link(u)?,
        node: node(u)?,
        link_layer_id: link_layer_id.into(),
        technology: AccessTechnology(4),
        handoff: HandoffIndicator(u.int_in_range(0..=5)?),
        previous: if u.arbitrary()? { Some(mag_address(u.int_in_range(1..=4)?)) } else { None },
    })
}

fn profile(u: &mut Unstructured<'_>) -> Result<Profile> {
    let lma = match u.int_in_range(0..=12)? {
        0..=8 => LMA,
        9..=11 => OTHER_LMA,
        _ => mag_address(9),
    };
    let channels = many(u, 2, |u| Ok((world::group(u)?, world::filter(u)?)))?;
    Ok(Profile { lma, prefixes: prefixes(u, 3)?, channels, policy: policy(u)? })
}

fn report(u: &mut Unstructured<'_>) -> Result<OwnedInput> {
    let to = if u.arbitrary()? { OWN } else { ALL_MLDV2_ROUTERS };
    let meta = world::membership_meta(u, to)?;
    Ok(OwnedInput::Packet { meta, payload: OwnedPayload::Mld(mld::message(u, &DIALECT)?) })
}

/// MLD of the LMA, out of its M-Tunnel, or of somebody who is none.
fn query(u: &mut Unstructured<'_>) -> Result<OwnedInput> {
    let src = if rarely(u, 24)? { mag_address(9) } else { LMA };
    let inner = meta(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0xb), ALL_NODES, Protection::None);
    let outer = Some(Outer { src, dst: mag_address(1) });
    Ok(OwnedInput::Packet {
        meta: RxMeta { outer, hop_limit: 1, router_alert: true, ..inner },
        payload: OwnedPayload::Mld(mld::message(u, &DIALECT)?),
    })
}

fn solicitation(u: &mut Unstructured<'_>) -> Result<OwnedInput> {
    let (link, src) = (world::link(u)?, world::neighbour(u)?);
    let message = nd::Message::Solicitation(nd::RouterSolicitation::default());
    let payload = nd::Owned::new(&message, &DIALECT).map_err(|_| Error::IncorrectFormat)?;
    let meta = RxMeta { link, hop_limit: 255, ..meta(src, ALL_ROUTERS, Protection::None) };
    Ok(OwnedInput::Packet { meta, payload: OwnedPayload::Nd(payload) })
}

/// Messages that answer nothing: what a confused or a hostile neighbour sends.
fn unasked(u: &mut Unstructured<'_>) -> Result<OwnedInput> {
    let (from, protection, pick) = (peer(u)?, protection(u)?, u.arbitrary()?);
    Ok(match u.int_in_range(0..=2)? {
        0 => acknowledgement(
            Envelope { via: Via::Routed, src: mag_address(1), dst: from, body: () },
            &BindingUpdate {
                sequence: pick,
                flags: BindingUpdate::flags_for(Meaning::Proxy, &DIALECT),
                lifetime: 75,
                options: List::default(),
            },
            protection,
            pick,
        ),
        1 => request(from, protection, &node(u)?, u32::from(pick)),
        _ => context(from, protection, &node(u)?, pick),
    })
}

/// Any message at all.
fn anything(u: &mut Unstructured<'_>) -> Result<OwnedInput> {
    let meta = meta(peer(u)?, mag_address(1), protection(u)?);
    Ok(OwnedInput::Packet { meta, payload: u.arbitrary()? })
}

fn peer(u: &mut Unstructured<'_>) -> Result<Ipv6Addr> {
    u.choose(&[LMA, OTHER_LMA, mag_address(2), mag_address(9)]).copied()
}

/// The answer to a registration: accepted three times of four.
fn acknowledgement(
    sent: Envelope<()>,
    update: &BindingUpdate<'_>,
    protection: Protection,
    pick: u16,
) -> OwnedInput {
    let status = match pick % 16 {
        0..12 => Status::ACCEPTED,
        12 => Status(135),
        13 => Status(157),
        14 => Status(155),
        _ => Status(129),
    };
    let granted = home_prefix(one_of(5, pick));
    let differs = pick & 0x1000 != 0;
    let options: Vec<MobilityOption<'_>> = update
        .options
        .iter()
        .filter_map(|option| match option {
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 0, .. }) => {
                Some(MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
                    length: granted.len,
                    prefix: Addr::from(granted.address),
                }))
            }
            MobilityOption::HandoffIndicator(_) if differs => {
                Some(MobilityOption::HandoffIndicator(HandoffIndicator(0)))
            }
            MobilityOption::MulticastState(_) => None,
            other => Some(other),
        })
        .collect();
    let ack = BindingAck {
        status,
        flags: AckFlags::PROXY,
        sequence: update.sequence,
        lifetime: if update.lifetime == 0 { 0 } else { update.lifetime.min(one_of(900, pick)) },
        options: List::new(&options, &DIALECT),
    };
    OwnedInput::Packet {
        meta: meta(sent.dst, sent.src, protection),
        payload: owned(&Message::BindingAck(ack)),
    }
}

fn transfer(from: Ipv6Addr, protection: Protection, message: &cxtp::Message<'_>) -> OwnedInput {
    #[expect(clippy::expect_used, reason = "messages of this size always have a canonical form")]
    let body = cxtp::Owned::new(message, &DIALECT).expect("a small message can be written");
    OwnedInput::Packet { meta: meta(from, mag_address(1), protection), payload: OwnedPayload::Cxtp(body) }
}

pub(crate) fn request(from: Ipv6Addr, protection: Protection, node: &NodeId, sequence: u32) -> OwnedInput {
    let wanted = Block::Wanted(DIALECT.features.listener_context);
    let blocks = [wanted, Block::MnIdentifier { subtype: node.subtype, id: &node.id }];
    let request = cxtp::Request {
        previous_address: cxtp::Address::UNSPECIFIED,
        sequence,
        token: 0,
        blocks: List::new(&blocks, &DIALECT),
    };
    transfer(from, protection, &cxtp::Message::Request(request))
}

fn context(from: Ipv6Addr, protection: Protection, node: &NodeId, pick: u16) -> OwnedInput {
    let source = [Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, one_of(5, pick)).octets()];
    let receiver = Addr::from(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0x10));
    let group =
        |ssm: bool| Addr::from(Ipv6Addr::new(if ssm { 0xff3e } else { 0xff1e }, 0, 0, 0, 0, 0, 0x8000, 1));
    let blocks = [
        Block::MnIdentifier { subtype: node.subtype, id: &node.id },
        Block::Listener(ListenerContext {
            receiver,
            mode: FilterMode::Include,
            group: group(true),
            sources: &source,
        }),
        Block::Listener(ListenerContext {
            receiver,
            mode: FilterMode::Exclude,
            group: group(false),
            sources: &[],
        }),
    ];
    let some = blocks.get(..1 + usize::from(pick % 3)).unwrap_or(&blocks);
    let data = cxtp::Data {
        acknowledge: true,
        elapsed_ms: u32::from(pick),
        previous_address: cxtp::Address::UNSPECIFIED,
        blocks: List::new(some, &DIALECT),
    };
    transfer(from, protection, &cxtp::Message::Data(data))
}

/// What the other end says to something that was sent.
pub(crate) fn answer(sent: &Envelope<OwnedPayload>, pick: u16) -> Option<OwnedInput> {
    let ends = Envelope { via: sent.via, src: sent.src, dst: sent.dst, body: () };
    match &sent.body {
        OwnedPayload::Mh(message) => match message.view() {
            Message::BindingUpdate(update) => {
                Some(acknowledgement(ends, &update, Protection::Authenticated, pick))
            }
            _ => None,
        },
        OwnedPayload::Cxtp(message) => match message.view() {
            cxtp::Message::Request(request) => {
                let (subtype, id) = request.blocks.mn_identifier()?;
                let node = NodeId { subtype, id: id.into() };
                Some(context(sent.dst, Protection::Authenticated, &node, pick))
            }
            cxtp::Message::Data(data) => {
                let statuses = [BlockStatus(0).entry(DIALECT.features.listener_context)];
                let previous_address = data.previous_address;
                let reply = cxtp::Reply { success: true, previous_address, statuses: &statuses };
                Some(transfer(sent.dst, Protection::Authenticated, &cxtp::Message::Reply(reply)))
            }
            _ => None,
        },
        _ => None,
    }
}
