//! The small world in which samples meet: a few groups, sources, links and neighbours, and at times what is none.

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::Kin;
use super::draw::{many, rarely, scaled};
use crate::channel::{Filter, FilterMode, SourceList};
use crate::machine::{LinkId, Outer, Protection, RxMeta};
use crate::mld::GroupRecord;
use crate::time::Instant;
use crate::wire::HoldTypes;
use crate::wire::mld::RecordType;

/// The link-local address of the node under test, on each of its links.
pub const OWN: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
/// All nodes of a link.
pub const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
/// All routers of a link.
pub const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
/// All MLDv2-capable routers of a link (RFC 3810 5.2.14).
pub const ALL_MLDV2_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);

/// Groups: two source-specific, two of any source, two of link scope, what is none, and anything.
pub fn group(u: &mut Unstructured<'_>) -> Result<Ipv6Addr> {
    let kind = u.int_in_range(0..=15)?;
    let group = |scope, n| Ipv6Addr::new(scope, 0, 0, 0, 0, 0, 0x8000, n);
    Ok(match kind {
        0..=5 => group(0xff3e, u.int_in_range(1..=2)?),
        6..=11 => group(0xff1e, u.int_in_range(1..=2)?),
        12 => group(0xff02, 9),
        13 => ALL_NODES,
        14 => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
        _ => anywhere(u)?,
    })
}

/// Sources: five good ones, what is none, and anything.
pub fn source(u: &mut Unstructured<'_>) -> Result<Ipv6Addr> {
    Ok(match u.int_in_range(0..=22)? {
        0..=19 => Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, u.int_in_range(1..=5)?),
        20 => Ipv6Addr::UNSPECIFIED,
        21 => Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, 1),
        _ => anywhere(u)?,
    })
}

/// Groups of IPv4, as [`group`] has them.
pub fn group4(u: &mut Unstructured<'_>) -> Result<Ipv4Addr> {
    Ok(match u.int_in_range(0..=15)? {
        0..=5 => Ipv4Addr::new(232, 1, 1, u.int_in_range(1..=2)?),
        6..=11 => Ipv4Addr::new(239, 1, 1, u.int_in_range(1..=2)?),
        12 => Ipv4Addr::new(224, 0, 0, 9),
        13 => Ipv4Addr::new(224, 0, 0, 1),
        14 => Ipv4Addr::new(192, 0, 2, 1),
        _ => <[u8; 4]>::arbitrary(u).map(Ipv4Addr::from)?,
    })
}

/// Sources of IPv4, as [`source`] has them.
pub fn source4(u: &mut Unstructured<'_>) -> Result<Ipv4Addr> {
    Ok(match u.int_in_range(0..=22)? {
        0..=19 => Ipv4Addr::new(198, 51, 100, u.int_in_range(1..=5)?),
        20 => Ipv4Addr::UNSPECIFIED,
        21 => Ipv4Addr::new(239, 0, 0, 1),
        _ => <[u8; 4]>::arbitrary(u).map(Ipv4Addr::from)?,
    })
}

/// The address of the node under test on each of its IPv4 links.
pub const OWN4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 5);

/// Hosts and routers of IPv4 beside it, as [`neighbour`] has them; some come before it.
pub fn neighbour4(u: &mut Unstructured<'_>) -> Result<Ipv4Addr> {
    Ok(match u.int_in_range(0..=22)? {
        0..=19 => Ipv4Addr::new(192, 0, 2, u.int_in_range(4..=6)?),
        20 => Ipv4Addr::UNSPECIFIED,
        21 => Ipv4Addr::BROADCAST,
        _ => <[u8; 4]>::arbitrary(u).map(Ipv4Addr::from)?,
    })
}

/// Up to three sources.
pub fn sources<A: Kin>(u: &mut Unstructured<'_>) -> Result<SourceList<A>> {
    Ok(many(u, 3, A::source)?.into_iter().collect())
}

/// Link-local addresses of three neighbours, and what is none.
pub fn neighbour(u: &mut Unstructured<'_>) -> Result<Ipv6Addr> {
    Ok(match u.int_in_range(0..=22)? {
        0..=19 => Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, u.int_in_range(0x10..=0x12)?),
        20 => Ipv6Addr::UNSPECIFIED,
        21 => Ipv6Addr::new(0x2001, 0xdb8, 9, 0, 0, 0, 0, 9),
        _ => anywhere(u)?,
    })
}

/// Any address.
pub fn anywhere(u: &mut Unstructured<'_>) -> Result<Ipv6Addr> {
    <[u8; 16]>::arbitrary(u).map(Ipv6Addr::from)
}

/// Links: three.
pub fn link(u: &mut Unstructured<'_>) -> Result<LinkId> {
    u.int_in_range(1..=3).map(LinkId)
}

/// Durations from nothing to some minutes.
pub fn span(u: &mut Unstructured<'_>) -> Result<Duration> {
    scaled(u, &[2_000, 5_000_000, 400_000_000]).map(Duration::from_micros)
}

/// Moments, most of them within ten minutes of the start.
pub fn moment(u: &mut Unstructured<'_>) -> Result<Instant> {
    scaled(u, &[600_000_000, u64::MAX]).map(Instant::from_micros)
}

/// Filters over [`sources`].
pub fn filter<A: Kin>(u: &mut Unstructured<'_>) -> Result<Filter<A>> {
    let mode = if u.arbitrary()? { FilterMode::Exclude } else { FilterMode::Include };
    Ok(Filter { mode, sources: sources(u)? })
}

/// Record types, at times those of Hold and unknown ones.
pub fn record_type(u: &mut Unstructured<'_>) -> Result<RecordType> {
    Ok(RecordType(match u.int_in_range(0..=15)? {
        0 => u.arbitrary()?,
        1..=2 => HoldTypes::PRIVATE.include,
        3 => HoldTypes::PRIVATE.exclude,
        _ => u.int_in_range(1..=6)?,
    }))
}

/// Records, judged or not.
pub fn record<A: Kin>(u: &mut Unstructured<'_>) -> Result<GroupRecord<A>> {
    Ok(GroupRecord { kind: record_type(u)?, group: A::group(u)?, sources: sources(u)? })
}

/// Up to three records.
pub fn records<A: Kin>(u: &mut Unstructured<'_>) -> Result<Vec<GroupRecord<A>>> {
    many(u, 3, record)
}

/// What comes with a membership message to `dst` on a link, mostly as the standards want it (RFC 3810 5, RFC 3376 9),
/// sometimes not.
pub fn membership_meta<A: Kin>(u: &mut Unstructured<'_>, dst: A) -> Result<RxMeta<A>> {
    let (link, src) = (link(u)?, A::neighbour(u)?);
    let hop_limit = if rarely(u, 12)? { u.arbitrary()? } else { 1 };
    let router_alert = !rarely(u, 12)?;
    Ok(RxMeta {
        link,
        src,
        dst,
        home_address: None,
        routing_header: None,
        outer: None,
        hop_limit,
        router_alert,
        protection: Protection::None,
    })
}

/// Tunnel headers between two of `ends`, or none.
pub fn outer<'a>(
    u: &mut Unstructured<'a>,
    mut end: impl FnMut(&mut Unstructured<'a>) -> Result<Ipv6Addr>,
) -> Result<Option<Outer>> {
    Ok(if rarely(u, 180)? { Some(Outer { src: end(u)?, dst: end(u)? }) } else { None })
}

impl<'a, A: Kin> Arbitrary<'a> for Filter<A> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        filter(u)
    }
}

impl<'a, A: Kin> Arbitrary<'a> for GroupRecord<A> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        record(u)
    }
}
