//! Source lists that are too long for a packet (RFC 3810 5.2.15, RFC 3376 4.2.16), between a listener and routers of every
//! kind: one that tracks each listener, one that keeps a state for the link, and the lightweight one.
#![allow(clippy::arithmetic_side_effects, reason = "a test may panic")]

mod link;

use core::cell::Cell;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;
use std::rc::Rc;

use link::{Host as _, Link, Net, Querier, host};
use multimob::Instant;
use multimob::channel::Filter;
use multimob::mld::router::{self, Limits, LinkKind};
use multimob::mld::{Listener, Router, lightweight};

/// More than a packet of either family holds.
const MANY: u16 = 160;
/// After the startup queries, and long before the next General Query: nothing but what is said of a change reaches the
/// router.
const START: Instant = Instant::from_secs(170);
const REST: Duration = Duration::from_secs(30);

fn include<A: Net>(sources: core::ops::Range<u16>) -> Filter<A> {
    Filter::include(sources.map(A::source))
}

fn exclude<A: Net>(sources: core::ops::Range<u16>) -> Filter<A> {
    Filter::exclude(sources.map(A::source))
}

/// A listener with the smallest MTU and its router, after the startup.
fn set_up<A: Net, R: Querier<A>>(
    kind: LinkKind,
    immediate_leave: bool,
    robustness: u8,
) -> Link<A, R, Listener<A>> {
    let mut listener = host(1);
    listener.mtu = 0;
    listener.timing.robustness = robustness;
    let limits = Limits { sources_per_group: usize::from(2 * MANY), ..Limits::default() };
    let mut router = router::Config { immediate_leave, limits, ..router::Config::default() };
    router.timing.robustness = robustness;
    router.timing.startup_query_count = 2;
    router.timing.last_listener_query_count = robustness;
    let mut link = Link::new(kind, router, vec![Listener::set_up(listener, 7)]);
    link.until(START, Link::is_exact);
    link
}

/// Runs a test with every kind of router.
macro_rules! with_every_router {
    ($test:ident($($argument:expr),*)) => {
        for kind in [LinkKind::Shared, LinkKind::PointToPoint] {
            for immediate_leave in [true, false] {
                $test(&|robustness| set_up::<Ipv6Addr, Router>(kind, immediate_leave, robustness), $($argument),*);
                $test(&|robustness| set_up::<Ipv4Addr, Router<_>>(kind, immediate_leave, robustness), $($argument),*);
                $test(&|robustness| set_up::<Ipv6Addr, lightweight::Router>(kind, immediate_leave, robustness), $($argument),*);
                $test(&|robustness| set_up::<Ipv4Addr, lightweight::Router<_>>(kind, immediate_leave, robustness), $($argument),*);
            }
        }
    };
}

type SetUp<'a, A, R> = &'a dyn Fn(u8) -> Link<A, R, Listener<A>>;

#[test]
fn r3810_5_2_15_a_change_to_many_sources_is_heard_whole() {
    fn change<A: Net, R: Querier<A>>(set_up: SetUp<'_, A, R>) {
        let mut link = set_up(2);
        for filter in
            [exclude(0..0), include(0..MANY), include(100..MANY + 100), exclude(5..10), include(9..MANY)]
        {
            link.want(0, filter);
            link.is_served();
            link.until(link.now + Duration::from_secs(5), Link::is_served);
            link.is_exact();
        }
    }
    with_every_router!(change());
}

/// Loses those of the packets that are sent when a listener comes to want many sources, by number; how many were sent.
fn loses<A: Net, R: Querier<A>>(mut link: Link<A, R, Listener<A>>, lost: [usize; 2]) -> usize {
    link.want(0, exclude(0..0));
    link.until(link.now + Duration::from_secs(5), Link::is_exact);
    let sent = Rc::new(Cell::new(0));
    let count = Rc::clone(&sent);
    link.loses = Box::new(move |_| {
        count.set(count.get() + 1);
        lost.contains(&count.get())
    });
    link.want(0, include(0..MANY));
    link.until(link.now + REST, |_| {});
    assert_eq!(link.router.interest(), link.wanted(), "packets {lost:?} were lost");
    sent.get()
}

#[test]
fn r3810_5_2_15_a_lost_part_of_a_change_to_many_sources_is_made_good() {
    fn change<A: Net, R: Querier<A>>(set_up: SetUp<'_, A, R>) {
        let sent = loses(set_up(2), [0, 0]);
        for lost in 1..=sent {
            loses(set_up(2), [lost, 0]);
        }
    }
    with_every_router!(change());
}

#[test]
fn r3810_5_2_15_two_lost_parts_are_made_good_where_robustness_is_three() {
    for immediate_leave in [true, false] {
        let set_up = || set_up::<Ipv6Addr, Router>(LinkKind::Shared, immediate_leave, 3);
        let sent = loses(set_up(), [0, 0]);
        for first in 1..sent {
            for second in first + 1..=sent {
                loses(set_up(), [first, second]);
            }
        }
    }
}
