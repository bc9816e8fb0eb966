//! Inputs of the gateway and of the anchor, in a domain of two anchors, a few gateways and three nodes.

pub(crate) mod lma;
pub(crate) mod mag;

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use arbitrary::{Result, Unstructured};

use super::draw::{many, rarely};
use super::world;
use crate::channel::Channel;
use crate::machine::{LinkId, Protection, RxMeta};
use crate::pmip::{ChannelPolicy, NodeId, Prefix};
use crate::wire::packet::OwnedPayload;
use crate::wire::{Dialect, FlagDialect, mh};

pub(crate) const LMA: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 1);
pub(crate) const OTHER_LMA: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 2);
pub(crate) const DIALECT: Dialect = Dialect::with_flags(FlagDialect::AsaedaC);

pub(crate) const fn mag_address(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, n)
}

pub(crate) const fn home_prefix(n: u16) -> Prefix {
    Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 1, n, 0, 0, 0, 0), 64)
}

/// One of `1..=n`.
pub(crate) const fn one_of(n: u16, pick: u16) -> u16 {
    match pick.checked_rem(n) {
        Some(rest) => rest.saturating_add(1),
        None => 1,
    }
}

/// One of three nodes.
fn node(u: &mut Unstructured<'_>) -> Result<NodeId> {
    u.choose(&["mn1@example.net", "mn2@example.net", "mn3@example.net"]).map(|name| NodeId::nai(name))
}

/// What comes with a packet from `src` to `dst` that is no MLD of a link.
pub(crate) const fn meta(src: Ipv6Addr, dst: Ipv6Addr, protection: Protection) -> RxMeta {
    RxMeta {
        link: LinkId(99),
        src,
        dst,
        home_address: None,
        routing_header: None,
        outer: None,
        hop_limit: 64,
        router_alert: false,
        protection,
    }
}

fn protection(u: &mut Unstructured<'_>) -> Result<Protection> {
    Ok(if rarely(u, 16)? { Protection::None } else { Protection::Authenticated })
}

/// Up to two of the first home prefixes.
fn prefixes(u: &mut Unstructured<'_>, known: u16) -> Result<Vec<Prefix>> {
    many(u, 2, |u| u.int_in_range(1..=known).map(home_prefix))
}

/// What a node may receive: mostly anything.
fn policy(u: &mut Unstructured<'_>) -> Result<ChannelPolicy> {
    if !rarely(u, 64)? {
        return Ok(ChannelPolicy::Any);
    }
    let source =
        |u: &mut Unstructured<'_>| if u.arbitrary()? { world::source(u).map(Some) } else { Ok(None) };
    let channel = |u: &mut Unstructured<'_>| Ok(Channel { group: world::group(u)?, source: source(u)? });
    many(u, 4, channel).map(ChannelPolicy::Only)
}

#[expect(clippy::expect_used, reason = "messages of this size always have a canonical form")]
pub(crate) fn owned(message: &mh::Message<'_>) -> OwnedPayload {
    OwnedPayload::Mh(mh::Owned::new(message, &DIALECT).expect("a small message can be written"))
}
