//! Tables that are full, and work that has to wait.

use super::*;

fn refused<A: Net>(index: u16) -> Action<A> {
    Action::Refused { link: LINK, listener: A::host(1), index, why: Refusal::TableFull }
}

both! {
    #[test]
    fn a_full_link_refuses_new_groups_and_takes_refreshes_and_leaves() {
        let mut bench = Bench::<A>::new(LinkKind::Shared, |config| config.limits.groups_per_link = 1);
        bench.hear(R::ALLOW, &[1]);
        let more: [(R, A, &[u8]); 3] =
            [(R::ALLOW, A::group(2), &[1]), (R::TO_EX, A::group(3), &[]), (R::TO_EX, A::group(1), &[])];
        assert_eq!(bench.report(1, &more), [refused(0), refused(1), wants(Filter::EVERYTHING)]);
        assert_eq!(bench.router.refused(), 2);
        assert_eq!(bench.report(1, &[(R::BLOCK, A::group(2), &[1]), (R::TO_IN, A::group(3), &[])]), []);
        assert_eq!(bench.router.interests(LINK).count(), 1);
    }

    #[test]
    fn a_full_group_refuses_new_sources_and_takes_those_it_knows() {
        let mut bench = Bench::<A>::new(LinkKind::Shared, |config| config.limits.sources_per_group = 2);
        assert_eq!(bench.hear(R::ALLOW, &[1, 2, 3]), [refused(0)], "of a new group nothing is taken");
        bench.hear(R::ALLOW, &[1, 2]);
        bench.until(seconds(10));
        assert_eq!(bench.hear(R::ALLOW, &[2, 3]), [refused(0)]);
        assert_eq!(bench.state(), (None, vec![(A::source(1), 260), (A::source(2), 270)]));
        // The sources of EXCLUDE mode take no room.
        assert_eq!(bench.hear(R::TO_EX, &[7, 8, 9]), [wants(Filter::EVERYTHING)]);
        let asks = bench.hear(R::TO_IN, &[3]);
        assert_eq!(asks[0], refused(0));
        assert_eq!(asked_now(bench.now, &asks), [about(bench.now, &[]), about(bench.now, &[1, 2])]);
        bench.until(seconds(20));
        assert_eq!(bench.interest(), Filter::NOTHING);
        assert_eq!(bench.hear(R::ALLOW, &[3]), [wants(only(&[3]))]);
    }

    #[test]
    fn work_beyond_the_budget_follows_a_millisecond_later() {
        let mut bench = Bench::<A>::new(LinkKind::Shared, |config| config.budget = 2);
        let records: Vec<(R, A, &[u8])> = (1..=5).map(|n| (R::ALLOW, A::group(n), &[1][..])).collect();
        assert_eq!(bench.report(1, &records).len(), 5);
        let ended: Vec<Instant> = bench.until(seconds(261)).into_iter().map(|(at, _)| at).collect();
        assert_eq!(ended, [260_000, 260_000, 260_001, 260_001, 260_002].map(millis));
        assert_eq!(bench.router.poll_timeout(), None);
    }

    #[test]
    fn one_report_tells_of_a_group_once() {
        let mut bench = Bench::<A>::shared();
        let group = A::group(1);
        let records: [(R, A, &[u8]); 3] =
            [(R::ALLOW, group, &[1]), (R::TO_EX, group, &[]), (R::ALLOW, group, &[2])];
        assert_eq!(bench.report(1, &records), [wants(Filter::EVERYTHING)]);
    }
}
