//! What the lightweight router has in common with the full one: querier, election, what it takes in, links.

use super::*;
use crate::wire::HoldTypes;

fn querier<A: Net>(querier: Option<A>) -> Action<A> {
    Action::Querier { link: LINK, querier }
}

both! {
    #[test]
    fn it_asks_as_the_full_router_does() {
        let [mut full, mut light] = [Vec::new(), Vec::new()];
        let (kind, startup, link) = (LinkKind::Shared, Startup::Now, LINK);
        let up = Input::LinkUp { link, address: A::OWN, kind, startup, hold: None };
        let mut router = super::super::Router::<A>::new(Config::default()).unwrap();
        router.handle_input(Instant::ZERO, up, &mut full).unwrap();
        let mut lightweight = Router::<A>::new(Config::default()).unwrap();
        lightweight.handle_input(Instant::ZERO, up, &mut light).unwrap();
        while let Some(due) = router.poll_timeout().filter(|&due| due < seconds(1_000)) {
            assert_eq!(lightweight.poll_timeout(), Some(due));
            router.handle_timeout(due, &mut full);
            lightweight.handle_timeout(due, &mut light);
        }
        assert_eq!(light, full);
        assert!(full.len() > 7, "{full:?}");
    }

    #[test]
    fn the_lower_address_is_querier_and_who_is_not_asks_nothing() {
        let mut bench = Bench::<A>::shared();
        bench.input(Input::Query { link: LINK });
        bench.hear(R::ALLOW, &[1]);
        bench.hear(R::TO_EX, &[]);
        assert_eq!(bench.asks(A::LOWER, None, false, &[]), [querier(Some(A::LOWER))]);
        assert_eq!(bench.router.querier(LINK), Some(A::LOWER));
        assert_eq!(bench.hear(R::TO_IN, &[]), []);
        // The timer of the group is lowered by all, those of sources when the querier asks (RFC 3810 7.6.3).
        assert_eq!(bench.state(), (Some(2), vec![(A::source(1), 260)]));
        assert_eq!(bench.until(seconds(5)), [(seconds(2), wants(only(&[1])))]);
        let late = bench.until(seconds(255));
        assert_eq!(late.first(), Some(&(seconds(255), querier(None))));
        assert_eq!(queries_of(&late), [(seconds(255), false, None, SourceList::EMPTY)]);
    }

    #[test]
    fn a_query_heard_with_s_clear_lowers_timers_and_one_with_s_set_does_not() {
        let mut bench = Bench::<A>::shared();
        bench.hear(R::ALLOW, &[1, 2]);
        bench.hear(R::TO_EX, &[]);
        let group = Some(A::group(1));
        bench.asks(A::LOWER, group, true, &[1]);
        assert_eq!(bench.until(seconds(10)), []);
        assert_eq!(bench.state(), (Some(260), vec![(A::source(1), 260), (A::source(2), 260)]));
        assert_eq!(bench.asks(A::LOWER, group, false, &[1, 9]), []);
        bench.until(seconds(20));
        assert_eq!(bench.state(), (Some(260), vec![(A::source(2), 260)]));
        assert_eq!(bench.asks(A::LOWER, group, false, &[]), []);
        assert_eq!(bench.until(seconds(30)), [(seconds(22), wants(only(&[2])))]);
    }

    #[test]
    fn whoever_is_alone_on_a_link_is_believed_at_once() {
        let mut bench = Bench::<A>::new(LinkKind::PointToPoint, |_| {});
        bench.hear(R::ALLOW, &[1, 2]);
        assert_eq!(bench.hear(R::BLOCK, &[1]), [wants(only(&[2]))]);
        bench.hear(R::TO_EX, &[]);
        assert_eq!(bench.hear(R::TO_IN, &[3]), [wants(only(&[3]))]);
        let mut asks = Bench::<A>::new(LinkKind::PointToPoint, |config| config.immediate_leave = false);
        asks.hear(R::ALLOW, &[1]);
        assert_eq!(asked_now(Instant::ZERO, &asks.hear(R::BLOCK, &[1])), [about(Instant::ZERO, &[1])]);
    }

    #[test]
    fn what_is_told_late_runs_shorter_and_shortens_nothing() {
        let mut bench = Bench::<A>::shared();
        let told = |kind, numbers: &[u8]| GroupRecord { kind, group: A::group(1), sources: sources(numbers) };
        let records = [told(R::ALLOW, &[1]), told(R::TO_EX, &[])];
        let tell = |bench: &mut Bench<A>, elapsed| {
            let elapsed = Duration::from_secs(elapsed);
            bench.input(Input::Told { link: LINK, listener: A::host(1), records: &records, elapsed })
        };
        assert_eq!(tell(&mut bench, 100), [wants(Filter::EVERYTHING)]);
        assert_eq!(bench.state(), (Some(160), vec![(A::source(1), 160)]));
        assert_eq!(tell(&mut bench, 200), []);
        assert_eq!(bench.state(), (Some(160), vec![(A::source(1), 160)]));
    }

    /// Records of Hold have the types of current state there: they must not be taken for it.
    #[test]
    fn records_of_hold_are_skipped_where_the_link_has_any() {
        let mut bench = Bench::<A>::shared();
        let (kind, startup, link) = (LinkKind::Shared, Startup::OnRequest, LinkId(2));
        let types = HoldTypes::LITERAL;
        bench.input(Input::LinkUp { link, address: A::OWN, kind, startup, hold: Some(types) });
        let of = |kind, numbers: &[u8]| GroupRecord { kind, group: A::group(1), sources: sources(numbers) };
        let records = [of(R(types.include), &[1]), of(R(types.exclude), &[])];
        let told = Input::Told { link, listener: A::host(1), records: &records, elapsed: Duration::ZERO };
        assert_eq!(bench.input(told), []);
        assert_eq!(bench.router.interests(link).count(), 0);
    }

    #[test]
    fn a_link_that_goes_takes_back_what_it_wanted_and_then_says_so() {
        let mut bench = Bench::<A>::shared();
        bench.input(Input::Query { link: LINK });
        bench.hear(R::ALLOW, &[1]);
        let gone = Action::Gone { link: LINK };
        assert_eq!(bench.input(Input::LinkDown { link: LINK }), [wants(Filter::NOTHING), gone]);
        assert_eq!(bench.router.poll_timeout(), None);
        assert!(bench.router.snapshot().is_empty() && !bench.router.is_up(LINK));
        let again = bench.try_input(Input::LinkDown { link: LINK });
        assert_eq!(again, Err(Reject::NoSuchLink(LINK)));
    }

    #[test]
    fn what_no_router_takes_is_refused_whole() {
        let mut bench = Bench::<A>::shared();
        let raw = [RawRecord { kind: R::TO_EX, group: A::group(1), sources: &[] }];
        let message = A::report(&raw).unwrap();
        let good = meta_of(A::host(1), A::Wire::REPORTS.into());
        for meta in [
            RxMeta { hop_limit: 2, ..good },
            RxMeta { dst: A::ALL_NODES, ..good },
            RxMeta { link: LinkId(9), ..good },
        ] {
            let packet = Received { meta, message: A::view(&message) };
            bench.try_input(Input::Packet(packet)).unwrap_err();
        }
        assert_eq!(bench.send(good.src, good.dst, &message), [wants(Filter::EVERYTHING)]);
    }
}
