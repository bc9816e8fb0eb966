//! The lightweight router from outside (RFC 5790 5, 6), over either family.

mod bounds;
mod link;
mod older;

use core::net::Ipv4Addr;
use core::time::Duration;

use super::*;
use crate::mld::family::RawRecord;
use crate::mld::lightweight::Router;
use crate::mld::{Said, Version};
use crate::wire::membership::Family as _;
use crate::wire::mld::RecordType as R;

/// The same test over MLD and over IGMP; `A` is the family.
macro_rules! both {
    ($($(#[$attribute:meta])* fn $name:ident() $body:block)*) => {$(
        $(#[$attribute])*
        fn $name() {
            fn of<A: Net>() $body
            of::<Ipv6Addr>();
            of::<Ipv4Addr>();
        }
    )*};
}
use both;

/// Addresses to play with.
trait Net: Family {
    const OWN: Self;
    const LOWER: Self;
    const SSM: Self;
    fn group(n: u8) -> Self;
    fn source(n: u8) -> Self;
    fn host(n: u8) -> Self;
}

impl Net for Ipv6Addr {
    const OWN: Self = Self::new(0xfe80, 0, 0, 0, 0, 0, 0, 5);
    const LOWER: Self = Self::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    const SSM: Self = super::SSM;

    fn group(n: u8) -> Self {
        super::group(n.into())
    }

    fn source(n: u8) -> Self {
        source(n.into())
    }

    fn host(n: u8) -> Self {
        super::host(n.into())
    }
}

impl Net for Ipv4Addr {
    const OWN: Self = Self::new(192, 0, 2, 5);
    const LOWER: Self = Self::new(192, 0, 2, 1);
    const SSM: Self = Self::new(232, 1, 2, 3);

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

fn sources<A: Net>(numbers: &[u8]) -> SourceList<A> {
    numbers.iter().map(|&n| A::source(n)).collect()
}

fn only<A: Net>(numbers: &[u8]) -> Filter<A> {
    Filter { mode: crate::channel::FilterMode::Include, sources: sources(numbers) }
}

fn wants<A: Net>(filter: Filter<A>) -> Action<A> {
    Action::Interest { link: LINK, group: A::group(1), filter }
}

fn meta_of<A: Net>(src: A, dst: A) -> RxMeta<A> {
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

/// A query that was sent: when, S flag, group if it has one, sources.
type Asked<A> = (Instant, bool, Option<A>, SourceList<A>);

/// One link of a lightweight router, and a clock.
struct Bench<A: Net> {
    router: Router<A>,
    now: Instant,
}

impl<A: Net> Bench<A> {
    /// A link whose querier is silent.
    fn new(kind: LinkKind, change: impl FnOnce(&mut Config<A>)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        let mut bench = Self { router: Router::new(config).unwrap(), now: Instant::ZERO };
        let startup = Startup::OnRequest;
        bench.input(Input::LinkUp { link: LINK, address: A::OWN, kind, startup, hold: None });
        bench
    }

    fn shared() -> Self {
        Self::new(LinkKind::Shared, |_| {})
    }

    fn try_input(&mut self, input: Input<'_, A>) -> Result<Vec<Action<A>>, Reject<A>> {
        let (before, mut out) = (self.router.snapshot(), Vec::new());
        let result = self.router.handle_input(self.now, input, &mut out);
        assert!(result.is_ok() || out.is_empty() && self.router.snapshot() == before);
        result.map(|()| out)
    }

    fn input(&mut self, input: Input<'_, A>) -> Vec<Action<A>> {
        self.try_input(input).unwrap()
    }

    fn send(&mut self, src: A, dst: A, message: &A::Owned) -> Vec<Action<A>> {
        self.input(Input::Packet(Received { meta: meta_of(src, dst), message: A::view(message) }))
    }

    fn report(&mut self, from: u8, records: &[(R, A, &[u8])]) -> Vec<Action<A>> {
        let octets: Vec<Vec<A::Octets>> = records
            .iter()
            .map(|&(_, _, numbers)| numbers.iter().map(|&n| A::source(n).to_octets()).collect())
            .collect();
        let raw: Vec<RawRecord<'_, A>> = records
            .iter()
            .zip(&octets)
            .map(|(&(kind, group, _), sources)| RawRecord { kind, group, sources })
            .collect();
        self.send(A::host(from), A::Wire::REPORTS.into(), &A::report(&raw).unwrap())
    }

    /// A record about group 1.
    fn hear(&mut self, kind: R, numbers: &[u8]) -> Vec<Action<A>> {
        self.report(1, &[(kind, A::group(1), numbers)])
    }

    /// A join of an older version.
    fn join(&mut self, group: A, version: Version) -> Vec<Action<A>> {
        self.send(A::host(1), group, &A::join(group, version).unwrap())
    }

    /// A leave of an older version.
    fn leave(&mut self, group: A) -> Vec<Action<A>> {
        self.send(A::host(1), A::Wire::ALL_ROUTERS.into(), &A::leave(group, Version::Older).unwrap())
    }

    /// Another router asks.
    fn asks(&mut self, from: A, group: Option<A>, suppress: bool, numbers: &[u8]) -> Vec<Action<A>> {
        let octets: Vec<A::Octets> = numbers.iter().map(|&n| A::source(n).to_octets()).collect();
        let question = crate::mld::Question {
            version: Version::Current,
            group,
            sources: &octets,
            suppress,
            response: Duration::from_secs(1),
            robustness: 2,
            interval: Duration::from_secs(125),
        };
        self.send(from, group.unwrap_or(A::ALL_NODES), &A::query(&question).unwrap())
    }

    fn interest(&self) -> Filter<A> {
        self.router.interest(LINK, A::group(1))
    }

    /// Group timer and sources of group 1, each with the second of its end.
    fn state(&self) -> (Option<u64>, Vec<(A, u64)>) {
        let second = |due: Instant| due.as_micros() / 1_000_000;
        let Some(state) = self.router.group(LINK, A::group(1)) else { return (None, vec![]) };
        assert_eq!(state.excluded, SourceList::EMPTY);
        let running = state.running.into_iter().map(|(source, due)| (source, second(due)));
        (state.filter_timer.map(second), running.collect())
    }

    /// Serves every deadline until `then`, each in time.
    fn until(&mut self, then: Instant) -> Vec<(Instant, Action<A>)> {
        let mut actions = Vec::new();
        while let Some(due) = self.router.poll_timeout().filter(|&due| due <= then) {
            self.now = due;
            let mut out = Vec::new();
            self.router.handle_timeout(due, &mut out);
            actions.extend(out.into_iter().map(|action| (due, action)));
            assert!(self.router.poll_timeout().is_none_or(|next| next > due));
        }
        self.now = then;
        actions
    }
}

/// The queries among `actions`, each to where it belongs.
fn queries_of<A: Net>(actions: &[(Instant, Action<A>)]) -> Vec<Asked<A>> {
    let asked = actions.iter().filter_map(|(at, action)| match action {
        Action::Send(sent) => Some((*at, sent)),
        _ => None,
    });
    asked
        .map(|(at, sent)| {
            let Said::Query(question) = A::read(A::view(&sent.body)) else { panic!("{sent:?}") };
            assert_eq!((sent.src, sent.dst), (A::OWN, question.group.unwrap_or(A::ALL_NODES)));
            let sources = question.sources.iter().map(|&octets| A::from_octets(octets)).collect();
            (at, question.suppress, question.group, sources)
        })
        .collect()
}

fn asked_now<A: Net>(at: Instant, actions: &[Action<A>]) -> Vec<Asked<A>> {
    queries_of(&actions.iter().map(|action| (at, action.clone())).collect::<Vec<_>>())
}

/// G, and sources of it.
fn about<A: Net>(at: Instant, numbers: &[u8]) -> Asked<A> {
    (at, false, Some(A::group(1)), sources(numbers))
}

both! {
    #[test]
    fn t30_the_listed_sources_come_back_when_everything_is_wanted_no_more() {
        let mut bench = Bench::<A>::shared();
        assert_eq!(bench.hear(R::ALLOW, &[1, 2]), [wants(only(&[1, 2]))]);
        bench.until(seconds(100));
        assert_eq!(bench.hear(R::TO_EX, &[]), [wants(Filter::EVERYTHING)]);
        assert_eq!(bench.state(), (Some(360), vec![(A::source(1), 260), (A::source(2), 260)]));
        bench.until(seconds(200));
        assert_eq!(bench.hear(R::ALLOW, &[1]), []);
        // Source 2 ends while all is wanted (RFC 5790 5.1), source 1 after that.
        assert_eq!(bench.until(seconds(359)), []);
        assert_eq!(bench.state(), (Some(360), vec![(A::source(1), 460)]));
        assert_eq!(bench.until(seconds(459)), [(seconds(360), wants(only(&[1])))]);
        assert_eq!(bench.until(seconds(999)), [(seconds(460), wants(Filter::NOTHING))]);
        assert_eq!(bench.router.poll_timeout(), None);
    }

    #[test]
    fn mld_3_7_lw_exclude_records_of_full_hosts_are_read_without_their_sources() {
        for kind in [R::IS_EX, R::TO_EX] {
            let mut bench = Bench::<A>::shared();
            bench.hear(R::ALLOW, &[1]);
            assert_eq!(bench.hear(kind, &[1, 7]), [wants(Filter::EVERYTHING)]);
            assert_eq!(bench.state(), (Some(260), vec![(A::source(1), 260)]));
        }
    }

    #[test]
    fn mld_3_7_lw_current_state_sets_timers_and_asks_nothing() {
        let mut bench = Bench::<A>::shared();
        assert_eq!(bench.hear(R::IS_IN, &[1]), [wants(only(&[1]))]);
        bench.until(seconds(10));
        assert_eq!(bench.hear(R::IS_IN, &[2]), [wants(only(&[1, 2]))]);
        assert_eq!(bench.hear(R::IS_EX, &[]), [wants(Filter::EVERYTHING)]);
        assert_eq!(bench.hear(R::IS_IN, &[1]), []);
        assert_eq!(bench.state(), (Some(270), vec![(A::source(1), 270), (A::source(2), 270)]));
    }

    #[test]
    fn mld_3_7_lw_block_asks_about_the_listed_sources_and_ends_them() {
        for everything in [false, true] {
            let mut bench = Bench::<A>::shared();
            bench.hear(R::ALLOW, &[1, 2]);
            if everything {
                bench.hear(R::TO_EX, &[]);
            }
            let asks = bench.hear(R::BLOCK, &[2, 3]);
            assert_eq!(asked_now(Instant::ZERO, &asks), [about(Instant::ZERO, &[2])]);
            let rest = bench.until(seconds(5));
            assert_eq!(queries_of(&rest), [about(seconds(1), &[2])], "twice, a second apart");
            assert_eq!(bench.state(), (everything.then_some(260), vec![(A::source(1), 260)]));
            assert_eq!(bench.interest(), if everything { Filter::EVERYTHING } else { only(&[1]) });
        }
    }

    #[test]
    fn mld_3_7_lw_to_in_asks_about_what_is_listed_and_not_said() {
        let mut bench = Bench::<A>::shared();
        bench.hear(R::ALLOW, &[1, 2]);
        let asks = bench.hear(R::TO_IN, &[2, 3]);
        assert_eq!(asked_now(Instant::ZERO, &asks), [about(Instant::ZERO, &[1])]);
        bench.until(seconds(5));
        assert_eq!(bench.interest(), only(&[2, 3]));
    }

    #[test]
    fn mld_3_7_lw_to_in_asks_about_the_group_as_well_while_its_timer_runs() {
        let mut bench = Bench::<A>::shared();
        bench.hear(R::ALLOW, &[1, 2]);
        bench.hear(R::TO_EX, &[]);
        let asks = bench.hear(R::TO_IN, &[2]);
        assert_eq!(asked_now(Instant::ZERO, &asks), [about(Instant::ZERO, &[]), about(Instant::ZERO, &[1])]);
        // Somebody answers for source 1, nobody for the group.
        bench.until(millis(1_500));
        assert_eq!(bench.hear(R::IS_IN, &[1]), []);
        assert_eq!(bench.until(seconds(5)), [(seconds(2), wants(only(&[1, 2])))]);
    }

    #[test]
    fn mld_3_7_lw_who_answers_keeps_what_was_asked_about_and_s_is_set_in_the_next_query() {
        let mut bench = Bench::<A>::shared();
        bench.hear(R::TO_EX, &[]);
        bench.hear(R::TO_IN, &[]);
        bench.until(millis(500));
        assert_eq!(bench.hear(R::TO_EX, &[]), []);
        let rest = bench.until(seconds(100));
        assert_eq!(queries_of(&rest), [(seconds(1), true, Some(A::group(1)), SourceList::EMPTY)]);
        assert_eq!(bench.interest(), Filter::EVERYTHING);
    }

    #[test]
    fn mld_3_7_lw_what_is_not_known_is_neither_left_nor_asked_about() {
        let mut bench = Bench::<A>::shared();
        for (kind, numbers) in [(R::BLOCK, &[1][..]), (R::TO_IN, &[]), (R::ALLOW, &[]), (R::IS_IN, &[])] {
            assert_eq!(bench.hear(kind, numbers), [], "{kind:?}");
        }
        assert_eq!(bench.router.poll_timeout(), None);
        assert_eq!(bench.router.group(LINK, A::group(1)), None);
    }

    /// RFC 5790 7.1, RFC 4607.
    #[test]
    fn mld_3_7_lw_a_star_g_join_of_a_source_specific_group_makes_no_state() {
        for kind in [R::TO_EX, R::IS_EX] {
            let mut bench = Bench::<A>::shared();
            let said = bench.report(1, &[(kind, A::SSM, &[]), (R::ALLOW, A::group(1), &[1])]);
            let (listener, why) = (A::host(1), Refusal::SsmExclude);
            let refused = Action::Refused { link: LINK, listener, index: 0, why };
            assert_eq!(said, [refused, wants(only(&[1]))]);
            assert_eq!(bench.router.group(LINK, A::SSM), None);
        }
        let mut bench = Bench::<A>::shared();
        assert_eq!(bench.report(1, &[(R::TO_IN, A::SSM, &[])]), []);
        assert_eq!(bench.report(1, &[(R::ALLOW, A::SSM, &[1])]).len(), 1);
        assert_eq!(bench.router.interest(LINK, A::SSM), only(&[1]));
    }
}
