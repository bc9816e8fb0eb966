//! Octets as scripts, and every machine under the laws.

use core::net::{Ipv4Addr, Ipv6Addr};

use multimob::laws::lightweight;
use multimob::laws::mld::{Listeners, Proxies, Routers};
use multimob::laws::pmip::{Lmas, Mags};
use multimob::laws::{Subject, check, script};
use multimob::samples::{Arbitrary, Kin};

/// Steps of the longest script.
const MOST: usize = 100;

/// The first octet is the set-up: MLD, or from 128 on IGMP.
pub fn router(octets: &[u8]) {
    match set_up(octets) {
        (first @ 0..128, rest) => router_of::<Ipv6Addr>(first, rest),
        (first, rest) => router_of::<Ipv4Addr>(first, rest),
    }
}

fn router_of<A: Kin>(first: u8, rest: &[u8]) {
    let mut routers = if first.is_multiple_of(3) { Routers::<A>::default() } else { Routers::cramped() };
    routers.config.immediate_leave = first % 3 != 2;
    holds(&routers, rest);
}

/// The first octet is the set-up: MLD, or from 128 on IGMP.
pub fn listener(octets: &[u8]) {
    match set_up(octets) {
        (first @ 0..128, rest) => holds(&listeners::<Ipv6Addr>(first), rest),
        (first, rest) => holds(&listeners::<Ipv4Addr>(first), rest),
    }
}

/// The first octet is the set-up: MLD, or from 128 on IGMP; a router, but each fourth a listener.
pub fn lightweight(octets: &[u8]) {
    match set_up(octets) {
        (first @ 0..128, rest) => lightweight_of::<Ipv6Addr>(first, rest),
        (first, rest) => lightweight_of::<Ipv4Addr>(first, rest),
    }
}

fn lightweight_of<A: Kin>(first: u8, rest: &[u8]) {
    if first.is_multiple_of(4) {
        return holds(&lightweight::Listeners { config: listeners::<A>(first / 4).config }, rest);
    }
    let mut routers = match first % 3 {
        0 => lightweight::Routers::<A>::default(),
        _ => lightweight::Routers::cramped(),
    };
    routers.config.immediate_leave = first % 3 != 2;
    holds(&routers, rest);
}

/// The first octet is the set-up: MLD, or from 128 on IGMP.
pub fn proxy(octets: &[u8]) {
    match set_up(octets) {
        (first @ 0..128, rest) => holds(&Proxies { upstream: listeners::<Ipv6Addr>(first) }, rest),
        (first, rest) => holds(&Proxies { upstream: listeners::<Ipv4Addr>(first) }, rest),
    }
}

fn listeners<A: Kin>(first: u8) -> Listeners<A> {
    if first.is_multiple_of(2) { Listeners::default() } else { Listeners::cramped() }
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
