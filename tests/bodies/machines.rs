//! Octets as scripts, and every machine under the laws.

use core::net::{Ipv4Addr, Ipv6Addr};

use multimob::laws::lightweight;
use multimob::laws::mld::{Listeners, Proxies, Routers};
use multimob::laws::pmip::{Lmas, Mags};
use multimob::laws::{Subject, check, script};
use multimob::mld::Family;
use multimob::mld::router::OwnedInput;
use multimob::samples::Arbitrary;

/// Steps of the longest script.
const MOST: usize = 100;

/// The first octet is the set-up: MLD, or from 128 on IGMP.
pub fn router(octets: &[u8]) {
    let (first, rest) = set_up(octets);
    if first < 128 { router_of::<Ipv6Addr>(first, rest) } else { router_of::<Ipv4Addr>(first, rest) }
}

fn router_of<'a, A: Family>(first: u8, rest: &'a [u8])
where
    OwnedInput<A>: Arbitrary<'a>,
{
    let mut routers = if first.is_multiple_of(3) { Routers::<A>::default() } else { Routers::cramped() };
    routers.config.immediate_leave = first % 3 != 2;
    holds(&routers, rest);
}

/// The first octet is the set-up.
pub fn listener(octets: &[u8]) {
    let (first, rest) = set_up(octets);
    holds(&if first % 2 == 0 { Listeners::default() } else { Listeners::cramped() }, rest);
}

/// The first octet is the set-up: a router of MLD, from 100 on one of IGMP, and from 200 on a listener.
pub fn lightweight(octets: &[u8]) {
    match set_up(octets) {
        (first @ 0..100, rest) => lightweight_router::<Ipv6Addr>(first, rest),
        (first @ 100..200, rest) => lightweight_router::<Ipv4Addr>(first, rest),
        (200..228, rest) => holds(&<lightweight::Listeners>::default(), rest),
        (_, rest) => holds(&<lightweight::Listeners>::cramped(), rest),
    }
}

fn lightweight_router<'a, A: Family>(first: u8, rest: &'a [u8])
where
    OwnedInput<A>: Arbitrary<'a>,
{
    let roomy = first.is_multiple_of(3);
    let mut routers =
        if roomy { lightweight::Routers::<A>::default() } else { lightweight::Routers::cramped() };
    routers.config.immediate_leave = first % 3 != 2;
    holds(&routers, rest);
}

/// The first octet is the set-up.
pub fn proxy(octets: &[u8]) {
    let (first, rest) = set_up(octets);
    let upstream = if first % 2 == 0 { Listeners::default() } else { Listeners::cramped() };
    holds(&Proxies { upstream }, rest);
}

/// The first octet is the set-up.
pub fn mag(octets: &[u8]) {
    let (first, rest) = set_up(octets);
    let mags = match first % 3 {
        0 => Mags::default(),
        1 => Mags::cramped(),
        _ => Mags::network_managed(),
    };
    holds(&mags, rest);
}

/// The first octet is the set-up.
pub fn lma(octets: &[u8]) {
    let (first, rest) = set_up(octets);
    let lmas = match first % 3 {
        0 => Lmas::default(),
        1 => Lmas::cramped(),
        _ => Lmas::with_static_tunnels(),
    };
    holds(&lmas, rest);
}

fn set_up(octets: &[u8]) -> (u8, &[u8]) {
    octets.split_first().map_or((0, octets), |(first, rest)| (*first, rest))
}

fn holds<'a, S: Subject<Input: Arbitrary<'a>>>(subject: &S, octets: &'a [u8]) {
    let script = script(octets, MOST);
    if let Err(violation) = check(subject, &script) {
        panic!("{violation}\n{script:#?}");
    }
}
