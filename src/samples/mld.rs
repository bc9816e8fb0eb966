//! Inputs of the membership machines.

use core::net::{Ipv4Addr, Ipv6Addr};

use arbitrary::{Arbitrary, Result, Unstructured};

use super::draw::rarely;
use super::wire::igmp;
use super::wire::mld::{message, older, query};
use super::world::{self, ALL_MLDV2_ROUTERS, ALL_NODES, ALL_ROUTERS, OWN};
use crate::mld::{listener, proxy, router};
use crate::wire::membership::Family as _;
use crate::wire::{Addr4, Dialect, HoldTypes};

impl<'a> Arbitrary<'a> for router::OwnedInput {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=22)? {
            0..=13 => {
                let to = to_router(u)?;
                Self::Packet { meta: world::mld_meta(u, to)?, message: message(u, &Dialect::DEFAULT)? }
            }
            14..=17 => Self::LinkUp {
                link: world::link(u)?,
                address: if rarely(u, 64)? { world::neighbour(u)? } else { OWN },
                kind: u.arbitrary()?,
                startup: u.arbitrary()?,
                hold: hold(u)?,
            },
            18..=20 => Self::Told {
                link: world::link(u)?,
                listener: world::neighbour(u)?,
                records: world::records(u)?,
                elapsed: world::span(u)?,
            },
            21 => Self::Query { link: world::link(u)? },
            _ => Self::LinkDown { link: world::link(u)? },
        })
    }
}

impl<'a> Arbitrary<'a> for listener::OwnedInput {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=12)? {
            0..=3 => Self::Want { group: world::group(u)?, filter: world::filter(u)? },
            4..=7 => Self::Packet { meta: world::mld_meta(u, ALL_NODES)?, message: to_listener(u)? },
            8 => Self::Told { group: world::group(u)? },
            10..=12 => Self::Hold { group: world::group(u)?, filter: world::filter(u)? },
            _ => Self::Address { address: if rarely(u, 4)? { Ipv6Addr::UNSPECIFIED } else { OWN } },
        })
    }
}

impl<'a> Arbitrary<'a> for proxy::OwnedInput {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=15)? {
            0..=5 => {
                Self::Interest { link: world::link(u)?, group: world::group(u)?, filter: world::filter(u)? }
            }
            12..=15 => {
                Self::Held { link: world::link(u)?, group: world::group(u)?, filter: world::filter(u)? }
            }
            6..=8 => Self::Packet { meta: world::mld_meta(u, ALL_NODES)?, message: to_listener(u)? },
            9 => Self::UpstreamTold { group: world::group(u)? },
            10 => Self::Querier { link: world::link(u)?, other: u.arbitrary()? },
            _ => Self::Gone { link: world::link(u)? },
        })
    }
}

impl<'a> Arbitrary<'a> for router::OwnedInput<Ipv4Addr> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=22)? {
            0..=13 => {
                let message = igmp::message(u, &Dialect::DEFAULT)?;
                let dst = match u.int_in_range(0..=14)? {
                    0..=9 => Addr4::REPORTS.ip(),
                    10..=12 => world::OWN4,
                    13 => Addr4::ALL_ROUTERS.ip(),
                    _ => world::group4(u)?,
                };
                Self::Packet { meta: world::igmp_meta(u, dst)?, message }
            }
            14..=17 => Self::LinkUp {
                link: world::link(u)?,
                address: if rarely(u, 64)? { world::neighbour4(u)? } else { world::OWN4 },
                kind: u.arbitrary()?,
                startup: u.arbitrary()?,
                hold: hold(u)?,
            },
            18..=20 => Self::Told {
                link: world::link(u)?,
                listener: world::neighbour4(u)?,
                records: world::records4(u)?,
                elapsed: world::span(u)?,
            },
            21 => Self::Query { link: world::link(u)? },
            _ => Self::LinkDown { link: world::link(u)? },
        })
    }
}

/// Types of Hold, mostly none.
fn hold(u: &mut Unstructured<'_>) -> Result<Option<HoldTypes>> {
    Ok(match u.int_in_range(0..=3)? {
        0 => Some(HoldTypes::PRIVATE),
        1 => Some(HoldTypes::LITERAL),
        _ => None,
    })
}

fn to_router(u: &mut Unstructured<'_>) -> Result<Ipv6Addr> {
    Ok(match u.int_in_range(0..=14)? {
        0..=9 => ALL_MLDV2_ROUTERS,
        10..=12 => OWN,
        13 => ALL_ROUTERS,
        _ => world::group(u)?,
    })
}

/// Mostly a query.
fn to_listener(u: &mut Unstructured<'_>) -> Result<crate::wire::mld::Owned> {
    match u.int_in_range(0..=63)? {
        0..=55 => query(u, &Dialect::DEFAULT),
        56..=61 => older(u, &Dialect::DEFAULT),
        _ => message(u, &Dialect::DEFAULT),
    }
}
