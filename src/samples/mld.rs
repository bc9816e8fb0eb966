//! Inputs of the membership machines.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::draw::rarely;
use super::{Kin, world};
use crate::mld::{listener, proxy, router};
use crate::wire::HoldTypes;
use crate::wire::membership::Family as _;

impl<'a, A: Kin> Arbitrary<'a> for router::OwnedInput<A> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=22)? {
            0..=13 => {
                let to = to_router(u)?;
                Self::Packet { meta: world::membership_meta(u, to)?, message: A::any_message(u)? }
            }
            14..=17 => Self::LinkUp {
                link: world::link(u)?,
                address: if rarely(u, 64)? { A::neighbour(u)? } else { A::OWN },
                kind: u.arbitrary()?,
                startup: u.arbitrary()?,
                hold: hold(u)?,
            },
            18..=20 => Self::Told {
                link: world::link(u)?,
                listener: A::neighbour(u)?,
                records: world::records(u)?,
                elapsed: world::span(u)?,
            },
            21 => Self::Query { link: world::link(u)? },
            _ => Self::LinkDown { link: world::link(u)? },
        })
    }
}

impl<'a, A: Kin> Arbitrary<'a> for listener::OwnedInput<A> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=12)? {
            0..=3 => Self::Want { group: A::group(u)?, filter: world::filter(u)? },
            4..=7 => {
                Self::Packet { meta: world::membership_meta(u, A::ALL_NODES)?, message: to_listener::<A>(u)? }
            }
            8 => Self::Told { group: A::group(u)? },
            9 => Self::Address { address: if rarely(u, 4)? { A::UNSPECIFIED } else { A::OWN } },
            _ => Self::Hold { group: A::group(u)?, filter: world::filter(u)? },
        })
    }
}

impl<'a, A: Kin> Arbitrary<'a> for proxy::OwnedInput<A> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=15)? {
            0..=5 => Self::Interest { link: world::link(u)?, group: A::group(u)?, filter: world::filter(u)? },
            6..=8 => {
                Self::Packet { meta: world::membership_meta(u, A::ALL_NODES)?, message: to_listener::<A>(u)? }
            }
            9 => Self::UpstreamTold { group: A::group(u)? },
            10 => Self::Querier { link: world::link(u)?, other: u.arbitrary()? },
            11 => Self::Gone { link: world::link(u)? },
            _ => Self::Held { link: world::link(u)?, group: A::group(u)?, filter: world::filter(u)? },
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

fn to_router<A: Kin>(u: &mut Unstructured<'_>) -> Result<A> {
    Ok(match u.int_in_range(0..=14)? {
        0..=9 => A::Wire::REPORTS.into(),
        10..=12 => A::OWN,
        13 => A::Wire::ALL_ROUTERS.into(),
        _ => A::group(u)?,
    })
}

/// Mostly a query.
fn to_listener<A: Kin>(u: &mut Unstructured<'_>) -> Result<A::Owned> {
    match u.int_in_range(0..=63)? {
        0..=55 => A::any_query(u),
        56..=61 => A::older_message(u),
        _ => A::any_message(u),
    }
}
