//! Lightweight hosts and routers among those of the full version (RFC 5790 6.1), over MLD and over IGMP, on a link without
//! loss.
#![cfg(feature = "proptest")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use multimob::channel::{Address, Filter};
use multimob::machine::{LinkId, Protection, Received, RxMeta, Via};
use multimob::mld::family::Said;
use multimob::mld::listener::{self, OwnedInput};
use multimob::mld::{Family, Listener, Router, lightweight, router};
use multimob::samples::of;
use multimob::{Instant, Machine, Snapshot};
use proptest::prelude::*;

const LINK: LinkId = LinkId(1);
const HOSTS: u8 = 4;
/// The listening interval, and what a General Query may add to it.
const LONG: Duration = Duration::from_secs(2 * 260);

/// Addresses to play with.
trait Net: Family {
    const ROUTER: Self;
    const GROUP: Self;
    fn source(n: u8) -> Self;
    fn host(n: u8) -> Self;
}

impl Net for Ipv6Addr {
    const ROUTER: Self = Self::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    const GROUP: Self = Self::new(0xff1e, 0, 0, 0, 0, 0, 0, 1);

    fn source(n: u8) -> Self {
        Self::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n.into())
    }

    fn host(n: u8) -> Self {
        Self::new(0xfe80, 0, 0, 0, 0, 0, 1, n.into())
    }
}

impl Net for Ipv4Addr {
    const ROUTER: Self = Self::new(192, 0, 2, 1);
    const GROUP: Self = Self::new(239, 1, 2, 3);

    fn source(n: u8) -> Self {
        Self::new(198, 51, 100, n)
    }

    fn host(n: u8) -> Self {
        Self::new(192, 0, 2, 100 + n)
    }
}

/// A host of either kind.
trait Host<A: Net>:
    for<'a> Machine<
        Input<'a> = listener::Input<'a, A>,
        Action = listener::Action<A>,
        Reject = listener::Reject<A>,
    >
{
    fn set_up(n: u8) -> Self;
    fn wanted(&self) -> &Filter<A>;
}

fn config<A: Net>(n: u8) -> listener::Config<A> {
    listener::Config::new(Via::Link(LINK), A::host(n))
}

impl<A: Net> Host<A> for Listener<A> {
    fn set_up(n: u8) -> Self {
        Self::new(config(n), n.into()).unwrap()
    }

    fn wanted(&self) -> &Filter<A> {
        self.wanted(A::GROUP)
    }
}

impl<A: Net> Host<A> for lightweight::Listener<A> {
    fn set_up(n: u8) -> Self {
        Self::new(config(n), n.into()).unwrap()
    }

    fn wanted(&self) -> &Filter<A> {
        self.wanted(A::GROUP)
    }
}

/// A router of either kind.
trait Querier<A: Net>:
    for<'a> Machine<Input<'a> = router::Input<'a, A>, Action = router::Action<A>, Reject = router::Reject<A>>
{
    fn set_up(config: router::Config<A>) -> Self;
    fn interest(&self) -> Filter<A>;
    /// What is wanted, as far as the router can say it.
    fn said(wanted: Filter<A>) -> Filter<A>;
}

impl<A: Net> Querier<A> for Router<A> {
    fn set_up(config: router::Config<A>) -> Self {
        Self::new(config).unwrap()
    }

    fn interest(&self) -> Filter<A> {
        self.interest(LINK, A::GROUP)
    }

    fn said(wanted: Filter<A>) -> Filter<A> {
        wanted
    }
}

impl<A: Net> Querier<A> for lightweight::Router<A> {
    fn set_up(config: router::Config<A>) -> Self {
        Self::new(config).unwrap()
    }

    fn interest(&self) -> Filter<A> {
        self.interest(LINK, A::GROUP)
    }

    fn said(wanted: Filter<A>) -> Filter<A> {
        let everything = Filter::exclude([]);
        if wanted.mode == everything.mode { everything } else { wanted }
    }
}

/// A link with a router and hosts, each message with all others at once.
struct Link<A: Net, R, H> {
    router: R,
    hosts: Vec<H>,
    now: Instant,
    /// Record types and whether they had sources, as hosts sent them.
    words: Vec<(u8, bool)>,
    family: core::marker::PhantomData<A>,
}

impl<A: Net, R: Querier<A>, H: Host<A>> Link<A, R, H> {
    fn new(immediate_leave: bool) -> Self {
        let router = R::set_up(router::Config { immediate_leave, ..router::Config::default() });
        let hosts = (0..HOSTS).map(H::set_up).collect();
        let family = core::marker::PhantomData;
        let mut link = Self { router, hosts, now: Instant::ZERO, words: Vec::new(), family };
        let (kind, startup) = (router::LinkKind::Shared, router::Startup::Now);
        let mut out = Vec::new();
        let up = router::Input::LinkUp { link: LINK, address: A::ROUTER, kind, startup, hold: None };
        link.router.handle_input(link.now, up, &mut out).unwrap();
        link.queries(out);
        link
    }

    fn meta(src: A, dst: A) -> RxMeta<A> {
        RxMeta {
            link: LINK,
            src,
            dst,
            home_address: None,
            routing_header: None,
            outer: None,
            hop_limit: 1,
            router_alert: true,
            protection: Protection::None,
        }
    }

    /// What the router did reaches all hosts.
    fn queries(&mut self, actions: Vec<router::Action<A>>) {
        for action in actions {
            let router::Action::Send(sent) = action else { continue };
            for host in &mut self.hosts {
                let (meta, message) = (Self::meta(sent.src, sent.dst), A::view(&sent.body));
                let mut out = Vec::new();
                host.handle_input(self.now, listener::Input::Packet(Received { meta, message }), &mut out)
                    .unwrap();
                assert!(out.is_empty(), "no answer at once");
            }
        }
    }

    /// What a host did reaches the router.
    fn reports(&mut self, actions: Vec<listener::Action<A>>) {
        for action in actions {
            let listener::Action::Send(sent) = action else { panic!("{action:?}") };
            let message = A::view(&sent.body);
            let Said::Report(records) = A::read(message) else { panic!("{message:?}") };
            self.words.extend(A::records(records).map(|record| (record.kind.0, !record.sources.is_empty())));
            let meta = Self::meta(sent.src, sent.dst);
            let mut out = Vec::new();
            self.router
                .handle_input(self.now, router::Input::Packet(Received { meta, message }), &mut out)
                .unwrap();
            self.queries(out);
        }
    }

    /// Serves every deadline until `then`.
    fn until(&mut self, then: Instant) {
        loop {
            let hosts = self.hosts.iter().map(Machine::poll_timeout);
            let due = hosts.chain([self.router.poll_timeout()]).flatten().min();
            let Some(due) = due.filter(|&due| due <= then) else { break };
            self.now = due;
            // Who answers in time is heard in time.
            for n in 0..self.hosts.len() {
                let mut out = Vec::new();
                self.hosts[n].handle_timeout(due, &mut out);
                self.reports(out);
            }
            let mut out = Vec::new();
            self.router.handle_timeout(due, &mut out);
            self.queries(out);
            self.is_served();
        }
        self.now = then;
    }

    fn want(&mut self, n: u8, filter: Filter<A>) {
        let mut out = Vec::new();
        let input = listener::Input::Want { group: A::GROUP, filter };
        self.hosts[usize::from(n)].handle_input(self.now, input, &mut out).unwrap();
        self.reports(out);
        self.is_served();
    }

    fn wanted(&self) -> Filter<A> {
        self.hosts.iter().fold(Filter::NOTHING, |all, host| all.union(host.wanted()))
    }

    /// Nothing that a host wants is withheld.
    fn is_served(&self) {
        let (wanted, interest) = (self.wanted(), self.router.interest());
        assert_eq!(wanted.union(&interest), interest, "at {:?} the hosts want {wanted:?}", self.now);
    }

    fn play(immediate_leave: bool, steps: &[Step]) -> Self {
        let mut link = Self::new(immediate_leave);
        for step in steps {
            link.until(link.now + Duration::from_millis(step.wait));
            let sources = step.sources.iter().map(|&n| A::source(n));
            let filter = if step.include { Filter::include(sources) } else { Filter::exclude(sources) };
            link.want(step.host, filter);
        }
        link.until(link.now + LONG);
        assert_eq!(link.router.interest(), R::said(link.wanted()));
        link
    }
}

/// After a wait, in milliseconds, a host wants something else.
#[derive(Clone, Debug)]
struct Step {
    wait: u64,
    host: u8,
    include: bool,
    sources: Vec<u8>,
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

/// ALLOW, BLOCK and TO_IN with sources or none, TO_EX without.
fn are_lightweight(words: &[(u8, bool)]) {
    assert!(words.iter().all(|word| matches!(word, (3 | 5 | 6, _) | (4, false))), "{words:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn mld_3_7_lw_lightweight_hosts_get_from_a_full_router_what_they_want(
        steps in steps(),
        immediate_leave: bool,
    ) {
        are_lightweight(&Link::<Ipv6Addr, Router, lightweight::Listener>::play(immediate_leave, &steps).words);
        are_lightweight(&Link::<Ipv4Addr, Router<_>, lightweight::Listener<_>>::play(immediate_leave, &steps).words);
    }

    #[test]
    fn mld_3_7_lw_full_hosts_get_from_a_lightweight_router_what_they_want(steps in steps()) {
        Link::<Ipv6Addr, lightweight::Router, Listener>::play(false, &steps);
        Link::<Ipv4Addr, lightweight::Router<_>, Listener<_>>::play(false, &steps);
    }

    #[test]
    fn mld_3_7_lw_lightweight_hosts_get_from_a_lightweight_router_what_they_want(steps in steps()) {
        are_lightweight(&Link::<Ipv6Addr, lightweight::Router, lightweight::Listener>::play(false, &steps).words);
        are_lightweight(&Link::<Ipv4Addr, lightweight::Router<_>, lightweight::Listener<_>>::play(false, &steps).words);
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
    let mut full: Listener<A> = Host::set_up(7);
    let mut light: lightweight::Listener<A> = Host::set_up(7);
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
