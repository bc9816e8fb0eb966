//! MLD Hold (draft asaeda 3.3, digest 1.B.6) between those who say it and those who hear it: a listener or a proxy, and
//! the router at the other end of the link; over MLD and IGMP, with the record types of either dialect.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use multimob::channel::Filter;
use multimob::machine::{LinkId, Machine, Protection, Received, RxMeta, Via};
use multimob::mld::router::{self, LinkKind, Router, Startup};
use multimob::mld::{Family, Listener, listener, proxy};
use multimob::wire::HoldTypes;
use multimob::{Instant, mld};
use proptest::prelude::*;

const LINK: LinkId = LinkId(1);
const TYPES: [HoldTypes; 2] = [HoldTypes::PRIVATE, HoldTypes::LITERAL];

/// The addresses of a family.
trait Kin: Family {
    const ROUTER: Self;
    fn group(n: u8) -> Self;
    fn source(n: u8) -> Self;
    fn host(n: u8) -> Self;
}

impl Kin for Ipv6Addr {
    const ROUTER: Self = Self::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);

    fn group(n: u8) -> Self {
        Self::new(0xff1e, 0, 0, 0, 0, 0, 0, n.into())
    }

    fn source(n: u8) -> Self {
        Self::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, n.into())
    }

    fn host(n: u8) -> Self {
        Self::new(0xfe80, 0, 0, 0, 0, 0, 1, n.into())
    }
}

impl Kin for Ipv4Addr {
    const ROUTER: Self = Self::new(192, 0, 2, 1);

    fn group(n: u8) -> Self {
        Self::new(239, 1, 2, n)
    }

    fn source(n: u8) -> Self {
        Self::new(198, 51, 100, n)
    }

    fn host(n: u8) -> Self {
        Self::new(192, 0, 2, 100 + n)
    }
}

fn include<A: Kin>(sources: &[u8]) -> Filter<A> {
    Filter::include(sources.iter().map(|&n| A::source(n)))
}

fn exclude<A: Kin>(sources: &[u8]) -> Filter<A> {
    Filter::exclude(sources.iter().map(|&n| A::source(n)))
}

/// A machine that reports: a listener, or a proxy.
trait Reporter<A: Kin>: Machine<Action = listener::Action<A>> {
    fn packet(&mut self, now: Instant, packet: Received<A::Message<'_>, A>) -> Vec<listener::Action<A>>;
}

impl<A: Kin> Reporter<A> for Listener<A> {
    fn packet(&mut self, now: Instant, packet: Received<A::Message<'_>, A>) -> Vec<listener::Action<A>> {
        let mut out = Vec::new();
        self.handle_input(now, listener::Input::Packet(packet), &mut out).unwrap();
        out
    }
}

impl<A: Kin> Reporter<A> for mld::Proxy<A> {
    fn packet(&mut self, now: Instant, packet: Received<A::Message<'_>, A>) -> Vec<listener::Action<A>> {
        let mut out = Vec::new();
        self.handle_input(now, proxy::Input::Packet(packet), &mut out).unwrap();
        out
    }
}

/// A link with a router and one that reports.
struct Link<A: Kin, R> {
    router: Router<A>,
    host: R,
    now: Instant,
    /// Reports that were sent, and those of them that get lost.
    sent: usize,
    lost: core::ops::Range<usize>,
    /// Every change that the router told: what a group receives, what it holds.
    told: Vec<router::Action<A>>,
}

fn config<A: Kin>(types: HoldTypes, robustness: u8) -> listener::Config<A> {
    let mut config = listener::Config::new(Via::Link(LINK), A::host(1));
    config.hold = types;
    config.timing.robustness = robustness;
    config
}

impl<A: Kin, R: Reporter<A>> Link<A, R> {
    fn new(host: R, types: HoldTypes, startup: Startup) -> Self {
        let limits = router::Limits { sources_per_group: 256, ..router::Limits::default() };
        let mut router = Router::new(router::Config { limits, ..router::Config::default() }).unwrap();
        let (kind, hold) = (LinkKind::PointToPoint, Some(types));
        let up = router::Input::LinkUp { link: LINK, address: A::ROUTER, kind, startup, hold };
        let (now, mut actions) = (Instant::ZERO, Vec::new());
        router.handle_input(now, up, &mut actions).unwrap();
        let mut link = Self { router, host, now, sent: 0, lost: 0..0, told: Vec::new() };
        link.take(actions);
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

    fn input(&mut self, input: R::Input<'_>) {
        let mut actions = Vec::new();
        self.host.handle_input(self.now, input, &mut actions).unwrap();
        self.report(actions);
    }

    fn report(&mut self, actions: Vec<listener::Action<A>>) {
        for action in actions {
            let listener::Action::Send(sent) = action else { panic!("a report, and nothing else") };
            self.sent += 1;
            if self.lost.contains(&(self.sent - 1)) {
                continue;
            }
            let (meta, message) = (Self::meta(sent.src, sent.dst), A::view(&sent.body));
            let mut heard = Vec::new();
            let packet = router::Input::Packet(Received { meta, message });
            self.router.handle_input(self.now, packet, &mut heard).unwrap();
            self.take(heard);
        }
    }

    fn take(&mut self, actions: Vec<router::Action<A>>) {
        for action in actions {
            let router::Action::Send(sent) = action else {
                assert!(!matches!(action, router::Action::Refused { .. }), "{action:?}");
                self.told.push(action);
                continue;
            };
            let meta = Self::meta(sent.src, sent.dst);
            let reports = self.host.packet(self.now, Received { meta, message: A::view(&sent.body) });
            self.report(reports);
        }
    }

    /// Lets the time go by.
    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.router.poll_timeout().into_iter().chain(self.host.poll_timeout()).min()
            && due <= end
        {
            self.now = due;
            if self.host.poll_timeout() == Some(due) {
                let mut actions = Vec::new();
                self.host.handle_timeout(due, &mut actions);
                self.report(actions);
            } else {
                let mut actions = Vec::new();
                self.router.handle_timeout(due, &mut actions);
                self.take(actions);
            }
        }
        self.now = end;
    }

    /// What the router forwards of a group, and what it holds.
    fn served(&self, n: u8) -> (Filter<A>, Filter<A>) {
        (self.router.interest(LINK, A::group(n)), self.router.held(LINK, A::group(n)))
    }
}

impl<A: Kin> Link<A, Listener<A>> {
    fn listener(types: HoldTypes, startup: Startup) -> Self {
        Self::new(Listener::new(config(types, 2), 1).unwrap(), types, startup)
    }

    fn want(&mut self, n: u8, filter: Filter<A>) {
        self.input(listener::Input::Want { group: A::group(n), filter });
    }

    fn hold(&mut self, n: u8, filter: Filter<A>) {
        self.input(listener::Input::Hold { group: A::group(n), filter });
    }
}

fn held<A: Kin>(n: u8, filter: Filter<A>) -> router::Action<A> {
    router::Action::Held { link: LINK, group: A::group(n), filter }
}

fn interest<A: Kin>(n: u8, filter: Filter<A>) -> router::Action<A> {
    router::Action::Interest { link: LINK, group: A::group(n), filter }
}

/// Runs a test of both families with either dialect.
fn everywhere(of_mld: fn(HoldTypes), of_igmp: fn(HoldTypes)) {
    for types in TYPES {
        of_mld(types);
        of_igmp(types);
    }
}

/// A29, A30, A44: joined by the tunnel, then held, then left.
#[test]
fn a29_a_router_is_told_of_each_hold_and_forwards_nothing_of_it() {
    everywhere(tells_each_hold::<Ipv6Addr>, tells_each_hold::<Ipv4Addr>);
}

fn tells_each_hold<A: Kin>(types: HoldTypes) {
    let mut link = Link::<A, _>::listener(types, Startup::OnRequest);
    link.hold(1, include(&[1]));
    link.want(1, include(&[2]));
    link.hold(1, include(&[1, 2]));
    link.want(1, Filter::NOTHING);
    link.wait(Duration::from_secs(5));
    link.hold(1, Filter::NOTHING);
    link.wait(Duration::from_secs(5));
    let told = [
        held(1, include(&[1])),
        interest(1, include(&[2])),
        interest(1, Filter::NOTHING),
        held(1, include(&[1, 2])),
        held(1, Filter::NOTHING),
    ];
    assert_eq!(link.told, told);
    assert_eq!(link.router.listeners(LINK).count(), 0);
    assert!(link.host.is_idle());
}

#[test]
fn hold_answers_refresh_it_and_without_them_it_ends_at_once() {
    everywhere(is_refreshed::<Ipv6Addr>, is_refreshed::<Ipv4Addr>);
}

fn is_refreshed<A: Kin>(types: HoldTypes) {
    let mut link = Link::<A, _>::listener(types, Startup::Now);
    link.want(1, include(&[1]));
    link.hold(1, exclude(&[1, 3]));
    link.hold(2, include(&[7]));
    link.wait(Duration::from_secs(2_000));
    assert_eq!(link.told.len(), 3, "{:?}", link.told);
    assert_eq!(link.served(1), (include(&[1]), exclude(&[1, 3])));
    assert_eq!(link.served(2), (Filter::NOTHING, include(&[7])));
    // From now on nothing of it arrives.
    link.lost = link.sent..usize::MAX;
    link.told.clear();
    link.wait(Duration::from_secs(260));
    let asked_about = link.router.poll_timeout();
    assert!(asked_about.is_some(), "the querier goes on");
    assert_eq!(link.told.len(), 3, "each ended once: {:?}", link.told);
    assert_eq!((link.served(1), link.served(2)), Default::default());
}

#[test]
fn hold_two_links_are_merged_upstream_and_what_one_receives_is_not_held() {
    everywhere(merges_two_links::<Ipv6Addr>, merges_two_links::<Ipv4Addr>);
}

fn merges_two_links<A: Kin>(types: HoldTypes) {
    let proxy = mld::Proxy::new(config(types, 2), 1).unwrap();
    let mut link = Link::<A, _>::new(proxy, types, Startup::OnRequest);
    let [one, two] = [LinkId(11), LinkId(12)];
    let (group, from) = (A::group(1), proxy::Face::Upstream);
    link.input(proxy::Input::Held { link: one, group, filter: include(&[1]) });
    link.input(proxy::Input::Held { link: two, group, filter: include(&[1, 2]) });
    assert_eq!(link.served(1), (Filter::NOTHING, include(&[1, 2])));
    assert_eq!(link.host.forward(from, A::source(1), group).count(), 0, "nothing is forwarded of a hold");
    link.input(proxy::Input::Interest { link: two, group, filter: include(&[2]) });
    link.input(proxy::Input::Held { link: two, group, filter: include(&[1]) });
    assert_eq!(link.served(1), (include(&[2]), include(&[1])));
    link.input(proxy::Input::Interest { link: one, group, filter: exclude(&[1]) });
    assert_eq!(link.served(1), (exclude(&[1]), include(&[1])), "2 is received by another link");
    link.input(proxy::Input::Gone { link: one });
    assert_eq!(link.served(1), (include(&[2]), include(&[1])), "the other still holds it");
    link.input(proxy::Input::Gone { link: two });
    assert_eq!(link.served(1), Default::default());
    link.wait(Duration::from_secs(5));
    assert!(link.host.is_idle());
}

/// A router that feeds a proxy which reports to another router, as the MAG and the LMA of A44 do.
#[test]
fn hold_travels_through_a_proxy() {
    let mut below = Link::<Ipv6Addr, _>::listener(HoldTypes::LITERAL, Startup::OnRequest);
    let proxy = mld::Proxy::new(config(HoldTypes::PRIVATE, 2), 1).unwrap();
    let mut above = Link::<Ipv6Addr, _>::new(proxy, HoldTypes::PRIVATE, Startup::OnRequest);
    let steps: [(bool, Filter); 4] =
        [(true, exclude(&[])), (false, include(&[1])), (false, exclude(&[2])), (true, Filter::NOTHING)];
    for (is_hold, filter) in steps {
        if is_hold {
            below.hold(1, filter)
        } else {
            below.want(1, filter)
        }
        for action in below.told.drain(..) {
            match action {
                router::Action::Interest { link, group, filter } => {
                    above.input(proxy::Input::Interest { link, group, filter });
                }
                router::Action::Held { link, group, filter } => {
                    above.input(proxy::Input::Held { link, group, filter });
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(
            above.served(1),
            (below.host.wanted(Ipv6Addr::group(1)).clone(), below.host.held(Ipv6Addr::group(1)))
        );
    }
}

/// Trap 21: who does not know the types skips the record, and what was received is left.
#[test]
fn t21_a_router_that_knows_no_hold_takes_it_for_a_leave() {
    let host = Listener::new(config::<Ipv6Addr>(HoldTypes::PRIVATE, 2), 1).unwrap();
    let mut link = Link::new(host, HoldTypes { include: 0xf1, exclude: 0xf2 }, Startup::OnRequest);
    link.hold(1, include(&[1]));
    assert_eq!(link.served(1), Default::default());
    link.want(1, include(&[1]));
    assert_eq!(link.served(1), (include(&[1]), Filter::NOTHING));
    link.want(1, Filter::NOTHING);
    assert_eq!(link.served(1), Default::default());
}

/// RFC 3810 5.2.15: neither a hold nor a source is lost where not all fits a packet, whichever packet is.
#[test]
fn hold_what_does_not_fit_a_packet_is_held_and_received() {
    everywhere(fits_no_packet::<Ipv6Addr>, fits_no_packet::<Ipv4Addr>);
}

fn fits_no_packet<A: Kin>(types: HoldTypes) {
    let all: Vec<u8> = (1..=250).collect();
    let (nothing, one) = (Filter::NOTHING, include(&[1]));
    let [low, high] = [&all[..130], &all[130..]].map(include::<A>);
    // Wanted and held, before and then.
    let changes = [
        [(Filter::EVERYTHING, nothing.clone()), (low.clone(), high.clone())],
        [(low.clone(), nothing.clone()), (one.clone(), low.clone())],
        [(low.clone(), high.clone()), (exclude(&all), high.clone())],
        [(low.clone(), Filter::EVERYTHING), (low.clone(), high.clone())],
        [(low.clone(), Filter::EVERYTHING), (low, nothing)],
    ];
    for change in changes {
        let run = |lost| {
            let mut config = config(types, 2);
            config.mtu = 0;
            let host = Listener::new(config, 1).unwrap();
            let mut link = Link::<A, _>::new(host, types, Startup::OnRequest);
            for (wanted, held) in change.clone() {
                (link.sent, link.lost) = (0, lost..lost + 1);
                link.hold(1, held);
                link.want(1, wanted.clone());
                link.wait(Duration::from_secs(10));
                let (received, kept) = link.served(1);
                if wanted.mode == Filter::<A>::EVERYTHING.mode {
                    assert_eq!(wanted.union(&received), received, "its list is cut");
                } else {
                    assert_eq!(received, wanted, "{lost} is lost");
                }
                let may_be_unsaid = link.host.held(A::group(1)).mode == Filter::<A>::EVERYTHING.mode;
                assert!(may_be_unsaid || kept == link.host.held(A::group(1)), "{lost} is lost: {kept:?}");
            }
            link.sent
        };
        let sent = run(usize::MAX - 1);
        for lost in 0..sent {
            run(lost);
        }
    }
}

#[derive(Clone, Debug)]
struct Step {
    after: Duration,
    n: u8,
    is_hold: bool,
    mode_is_include: bool,
    sources: Vec<u8>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let sources = proptest::sample::subsequence(vec![1, 2, 3, 4], 0..=4);
    let step = (0_u64..1_500, 1_u8..3, any::<bool>(), any::<bool>(), sources);
    let step = step.prop_map(|(millis, n, is_hold, mode_is_include, sources)| Step {
        after: Duration::from_millis(millis),
        n,
        is_hold,
        mode_is_include,
        sources,
    });
    proptest::collection::vec(step, 1..14)
}

/// Runs `steps`, and shows that the router serves what the listener wants: after each of them if nothing is lost, else
/// at rest.
fn serves<A: Kin>(
    steps: &[Step],
    types: HoldTypes,
    robustness: u8,
    lost: core::ops::Range<usize>,
) -> Result<(), TestCaseError> {
    let mut link =
        Link::<A, _>::new(Listener::new(config(types, robustness), 1).unwrap(), types, Startup::OnRequest);
    link.lost = lost.clone();
    let agree = |link: &Link<A, Listener<A>>| {
        for n in 1..3 {
            let group = A::group(n);
            prop_assert_eq!(link.served(n), (link.host.wanted(group).clone(), link.host.held(group)));
        }
        Ok(())
    };
    for Step { after, n, is_hold, mode_is_include, sources } in steps {
        link.wait(*after);
        let filter = if *mode_is_include { include(sources) } else { exclude(sources) };
        if *is_hold {
            link.hold(*n, filter)
        } else {
            link.want(*n, filter)
        }
        if lost.is_empty() {
            agree(&link)?;
        }
    }
    link.wait(Duration::from_secs(10));
    agree(&link)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hold_the_router_serves_just_what_is_wanted_and_holds_what_is_held(steps in steps(), literal in any::<bool>()) {
        let types = TYPES[usize::from(literal)];
        serves::<Ipv6Addr>(&steps, types, 2, 0..0)?;
        serves::<Ipv4Addr>(&steps, types, 2, 0..0)?;
    }

    /// As many reports in a row as the Robustness Variable can do without get lost.
    #[test]
    fn t33_lost_holds_are_repaired_by_retransmissions(
        steps in steps(),
        literal in any::<bool>(),
        robustness in 2_u8..4,
        first in 0_usize..20,
    ) {
        let lost = first..first + usize::from(robustness) - 1;
        serves::<Ipv6Addr>(&steps, TYPES[usize::from(literal)], robustness, lost.clone())?;
        serves::<Ipv4Addr>(&steps, TYPES[usize::from(literal)], robustness, lost)?;
    }
}

/// What HOLD_EXCLUDE lists is not held; nobody asks for its data by that.
#[test]
fn hold_a_router_that_does_not_track_sends_nothing_of_what_a_hold_excludes() {
    let mut link = Link::<Ipv6Addr, _>::listener(HoldTypes::PRIVATE, Startup::OnRequest);
    link.router =
        Router::new(router::Config { immediate_leave: false, ..router::Config::default() }).unwrap();
    let (kind, hold) = (LinkKind::PointToPoint, Some(HoldTypes::PRIVATE));
    let (link_id, address, startup) = (LINK, Ipv6Addr::ROUTER, Startup::OnRequest);
    let up = router::Input::LinkUp { link: link_id, address, kind, startup, hold };
    link.router.handle_input(link.now, up, &mut Vec::new()).unwrap();
    link.hold(1, exclude(&[5]));
    assert_eq!(link.served(1), (Filter::NOTHING, exclude(&[5])));
}
