//! The gateway and the anchor under the laws: subjects, and strategies for what may happen to them.

mod lma;
mod mag;

pub use lma::Lmas;
pub use mag::Mags;

use core::net::Ipv6Addr;

use proptest::prelude::*;

use super::{Effect, Installed};
use crate::machine::{LinkId, Outer, Protection, RouteId, RxMeta, TunnelId, Via};
use crate::pmip::{NodeId, Prefix};
use crate::wire::mh;
use crate::wire::packet::OwnedPayload;
use crate::wire::{Dialect, FlagDialect};

const LMA: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 1);
const LINK_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const DIALECT: Dialect = Dialect::with_flags(FlagDialect::AsaedaC);

const fn mag_address(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, n)
}

const fn home_prefix(n: u16) -> Prefix {
    Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 1, n, 0, 0, 0, 0), 64)
}

/// One of `1..=n`.
const fn one_of(n: u16, pick: u16) -> u16 {
    match pick.checked_rem(n) {
        Some(rest) => rest.saturating_add(1),
        None => 1,
    }
}

/// Three nodes.
fn nodes() -> impl Strategy<Value = NodeId> + Clone {
    prop_oneof![Just("mn1@example.net"), Just("mn2@example.net"), Just("mn3@example.net")]
        .prop_map(NodeId::nai)
}

/// What comes with a packet from `src` to `dst` that is no MLD of a link.
const fn meta(src: Ipv6Addr, dst: Ipv6Addr, protection: Protection) -> RxMeta {
    RxMeta { link: LinkId(99), src, dst, outer: None, hop_limit: 64, router_alert: false, protection }
}

/// The same packet as it leaves a tunnel between `ends`.
const fn tunnelled(meta: RxMeta, ends: Outer) -> RxMeta {
    RxMeta { outer: Some(ends), ..meta }
}

fn protections() -> impl Strategy<Value = Protection> + Clone {
    prop_oneof![15 => Just(Protection::Authenticated), 1 => Just(Protection::None)]
}

#[expect(clippy::expect_used, reason = "messages of this size always have a canonical form")]
fn owned(message: &mh::Message<'_>) -> OwnedPayload {
    OwnedPayload::Mh(mh::Owned::new(message, &DIALECT).expect("a small message can be written"))
}

fn tunnel_id(id: TunnelId) -> Installed {
    ("tunnel", id.0)
}

fn route_id(id: RouteId) -> Installed {
    ("route", id.0)
}

/// A route needs the tunnels among its ends.
fn install_route(id: RouteId, ends: [Via; 2]) -> Effect {
    let tunnel = |via| match via {
        Via::Tunnel(id) => Some(tunnel_id(id)),
        Via::Link(_) | Via::Routed => None,
    };
    Effect::Install { id: route_id(id), uses: ends.into_iter().filter_map(tunnel).collect() }
}
