//! Lightweight hosts and routers among those of the full version (RFC 5790 6.1), over MLD and over IGMP, on links with and
//! without loss.
#![cfg(feature = "proptest")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod link;

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use link::{About, Host, Link, Net, Packet, Querier, host};
use multimob::channel::{Address, Filter};
use multimob::mld::family::Said;
use multimob::mld::listener::{self, OwnedInput};
use multimob::mld::router::{self, LinkKind};
use multimob::mld::{Listener, Router, lightweight};
use multimob::samples::of;
use multimob::{Instant, Machine, Snapshot};
use proptest::prelude::*;

const HOSTS: u8 = 4;
/// The listening interval, and what a General Query may add to it.
const LONG: Duration = Duration::from_secs(2 * 260);

/// Where a test takes place.
#[derive(Clone, Copy, Debug)]
struct Place {
    kind: LinkKind,
    immediate_leave: bool,
}

fn places() -> impl Strategy<Value = Place> {
    (any::<bool>(), any::<bool>()).prop_map(|(is_shared, immediate_leave)| Place {
        kind: if is_shared { LinkKind::Shared } else { LinkKind::PointToPoint },
        immediate_leave,
    })
}

impl Place {
    fn link<A: Net, R: Querier<A>, H: Host<A>>(self) -> Link<A, R, H> {
        let Self { kind, immediate_leave } = self;
        let hosts = if kind == LinkKind::Shared { HOSTS } else { 1 };
        let hosts = (0..hosts).map(|n| H::set_up(host(n), n.into())).collect();
        Link::new(kind, router::Config { immediate_leave, ..router::Config::default() }, hosts)
    }
}

/// Plays `steps` and what they lead to, and looks at the link at every moment.
fn play<A: Net, R: Querier<A>, H: Host<A>>(
    mut link: Link<A, R, H>,
    steps: &[Step],
    look: impl Fn(&Link<A, R, H>),
) -> Link<A, R, H> {
    for step in steps {
        link.until(link.now + Duration::from_millis(step.wait), &look);
        let sources = step.sources.iter().map(|&n| A::source(n));
        let filter = if step.include { Filter::include(sources) } else { Filter::exclude(sources) };
        link.want(step.host % u8::try_from(link.hosts.len()).unwrap(), filter);
        look(&link);
    }
    link.until(link.now + LONG, &look);
    link.is_exact();
    link
}

/// Where nothing is lost nobody ever goes without; the record types that hosts sent.
fn serves<A: Net, R: Querier<A>, H: Host<A>>(place: Place, steps: &[Step]) -> Vec<(u8, bool)> {
    play(place.link::<A, R, H>(), steps, Link::is_served).words
}

/// Nobody goes without for longer than it takes to say it again, whichever packets get lost of those that are `drawn`,
/// over and over.
fn makes_good<A: Net, R: Querier<A>, H: Host<A>>(place: Place, steps: &[Step], drawn: &[bool]) {
    let mut link = place.link::<A, R, H>();
    link.loses = Box::new(losses(drawn.to_vec()));
    let again = Duration::from_secs(1);
    play(link, steps, |link| {
        if link.now >= link.changed + again {
            link.is_served();
        }
    });
}

/// Of what is drawn, as much as the Robustness Variable of 2 makes good: of the packets that tell a change, or ask because
/// of it, one; of two General Queries and their answers in a row, one.
fn losses(drawn: Vec<bool>) -> impl FnMut(Packet) -> bool {
    let mut drawn = drawn.into_iter().cycle();
    let [mut last, mut last_general] = [None::<Instant>; 2];
    move |Packet { at, about }| {
        let is_past = |last: Option<Instant>, seconds| {
            last.is_none_or(|last| at >= last + Duration::from_secs(seconds))
        };
        let may_be = match about {
            About::Change | About::Answer => is_past(last, 3),
            About::General => is_past(last, 3) && is_past(last_general, 270),
        };
        let is_lost = drawn.next() == Some(true) && may_be;
        if is_lost {
            last = Some(at);
        }
        if is_lost && about == About::General {
            last_general = Some(at);
        }
        is_lost
    }
}

/// After a wait, in milliseconds, a host wants something else.
#[derive(Clone, Debug)]
struct Step {
    wait: u64,
    host: u8,
    include: bool,
    sources: Vec<u16>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait = prop_oneof![3 => 0u64..3_000, 1 => 0u64..300_000];
    let sources = proptest::sample::subsequence(vec![1, 2, 3, 4], 0..=4);
    let step = (wait, 0..HOSTS, any::<bool>(), sources).prop_map(|(wait, host, include, sources)| Step {
        wait,
        host,
        include,
        sources,
    });
    proptest::collection::vec(step, 1..20)
}

/// Which packets get lost, if as many may.
fn drawn() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(proptest::bool::weighted(0.3), 1..80)
}

/// ALLOW, BLOCK and TO_IN with sources or none, TO_EX without.
fn are_lightweight(words: &[(u8, bool)]) {
    assert!(words.iter().all(|word| matches!(word, (3 | 5 | 6, _) | (4, false))), "{words:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn mld_3_7_lw_lightweight_hosts_get_from_a_full_router_what_they_want(place in places(), steps in steps()) {
        are_lightweight(&serves::<Ipv6Addr, Router, lightweight::Listener>(place, &steps));
        are_lightweight(&serves::<Ipv4Addr, Router<_>, lightweight::Listener<_>>(place, &steps));
    }

    #[test]
    fn mld_3_7_lw_full_hosts_get_from_a_lightweight_router_what_they_want(place in places(), steps in steps()) {
        serves::<Ipv6Addr, lightweight::Router, Listener>(place, &steps);
        serves::<Ipv4Addr, lightweight::Router<_>, Listener<_>>(place, &steps);
    }

    #[test]
    fn mld_3_7_lw_lightweight_hosts_get_from_a_lightweight_router_what_they_want(
        place in places(),
        steps in steps(),
    ) {
        are_lightweight(&serves::<Ipv6Addr, lightweight::Router, lightweight::Listener>(place, &steps));
        are_lightweight(&serves::<Ipv4Addr, lightweight::Router<_>, lightweight::Listener<_>>(place, &steps));
    }

    #[test]
    fn mld_3_7_lw_loss_between_lightweight_hosts_and_a_full_router_is_made_good(
        place in places(),
        steps in steps(),
        drawn in drawn(),
    ) {
        makes_good::<Ipv6Addr, Router, lightweight::Listener>(place, &steps, &drawn);
        makes_good::<Ipv4Addr, Router<_>, lightweight::Listener<_>>(place, &steps, &drawn);
    }

    #[test]
    fn mld_3_7_lw_loss_between_full_hosts_and_a_lightweight_router_is_made_good(
        place in places(),
        steps in steps(),
        drawn in drawn(),
    ) {
        makes_good::<Ipv6Addr, lightweight::Router, Listener>(place, &steps, &drawn);
        makes_good::<Ipv4Addr, lightweight::Router<_>, Listener<_>>(place, &steps, &drawn);
    }

    #[test]
    fn mld_3_7_lw_loss_among_lightweight_hosts_and_a_lightweight_router_is_made_good(
        place in places(),
        steps in steps(),
        drawn in drawn(),
    ) {
        makes_good::<Ipv6Addr, lightweight::Router, lightweight::Listener>(place, &steps, &drawn);
        makes_good::<Ipv4Addr, lightweight::Router<_>, lightweight::Listener<_>>(place, &steps, &drawn);
    }

    #[test]
    fn t33_loss_between_full_hosts_and_a_full_router_is_made_good(
        place in places(),
        steps in steps(),
        drawn in drawn(),
    ) {
        makes_good::<Ipv6Addr, Router, Listener>(place, &steps, &drawn);
        makes_good::<Ipv4Addr, Router<_>, Listener<_>>(place, &steps, &drawn);
    }

    #[test]
    fn mld_3_7_lw_a_lightweight_host_is_a_full_one_that_says_less(
        mld in proptest::collection::vec((0u64..5_000, of::<OwnedInput>()), 1..60),
        igmp in proptest::collection::vec((0u64..5_000, of::<OwnedInput<Ipv4Addr>>()), 1..60),
    ) {
        say_alike(mld)?;
        say_alike(igmp)?;
    }
}

/// Whatever happens to a lightweight host, it says at the same moments what the full host says who is told to want no
/// sources in EXCLUDE mode, in the words of RFC 5790 4.4.
fn say_alike<A: Net>(inputs: Vec<(u64, OwnedInput<A>)>) -> Result<(), TestCaseError> {
    let mut full: Listener<A> = Host::set_up(host(7), 7);
    let mut light: lightweight::Listener<A> = Host::set_up(host(7), 7);
    let mut now = Instant::ZERO;
    for (wait, input) in inputs {
        let then = now + Duration::from_millis(wait);
        while let Some(due) = full.poll_timeout().filter(|&due| due <= then) {
            prop_assert_eq!(light.poll_timeout(), Some(due));
            let [mut said, mut less] = [Vec::new(), Vec::new()];
            full.handle_timeout(due, &mut said);
            light.handle_timeout(due, &mut less);
            prop_assert_eq!(words(&less), words(&said).into_iter().map(in_stead).collect::<Vec<_>>());
        }
        now = then;
        let light_input = match input.clone() {
            OwnedInput::Want { group, filter } => OwnedInput::Want { group, filter: lightened(filter) },
            OwnedInput::Hold { group, filter } => OwnedInput::Hold { group, filter: lightened(filter) },
            other => other,
        };
        let [mut said, mut less] = [Vec::new(), Vec::new()];
        let taken = full.handle_input(now, light_input.borrow(), &mut said);
        prop_assert_eq!(light.handle_input(now, input.borrow(), &mut less), taken);
        prop_assert_eq!(words(&less), words(&said));
        prop_assert_eq!(light.snapshot(), full.snapshot());
        prop_assert_eq!(light.version(), full.version());
    }
    Ok(())
}

/// EXCLUDE mode without its sources, if they can be.
fn lightened<A: Net>(filter: Filter<A>) -> Filter<A> {
    let excludes = filter.mode == Filter::<A>::EVERYTHING.mode;
    if excludes && filter.sources.iter().all(Address::is_source) { Filter::EVERYTHING } else { filter }
}

/// Records that were sent, or what an older version says: of which group, or where to, and what.
type Word<A> = (A, String);

fn words<A: Net>(actions: &[listener::Action<A>]) -> Vec<Word<A>> {
    let mut words = Vec::new();
    for action in actions {
        let listener::Action::Send(sent) = action else { panic!("{action:?}") };
        match A::read(A::view(&sent.body)) {
            Said::Report(records) => {
                for record in A::records(records) {
                    words.push((record.group, format!("{:?} {:?}", record.kind, record.sources)));
                }
            }
            other => words.push((sent.dst, format!("{other:?}"))),
        }
    }
    words
}

fn in_stead<A>((group, word): Word<A>) -> Word<A> {
    (group, word.replacen("IS_EX", "TO_EX", 1).replacen("IS_IN", "ALLOW", 1))
}
