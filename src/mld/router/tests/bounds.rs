//! Tables have bounds, calls have budgets; leaves and refreshes always get through.

use proptest::prelude::*;

use super::*;
use crate::wire::mld::RecordType as R;

fn limited(change: impl FnOnce(&mut Limits)) -> Bench {
    Bench::new(LinkKind::Shared, |config| change(&mut config.limits))
}

fn full(index: u16) -> Action {
    Action::Refused { link: LINK, listener: host(1), index, why: Refusal::TableFull }
}

#[test]
fn links_are_bounded() {
    let mut bench = limited(|limits| limits.links = 1);
    let (kind, startup) = (LinkKind::Shared, Startup::Now);
    let up = Input::LinkUp { link: LinkId(2), address: ROUTER, kind, startup, hold: None };
    assert_eq!(bench.try_input(up), Err(Reject::TooManyLinks(1)));
}

#[test]
fn listeners_of_a_link_are_bounded_and_those_known_are_heard() {
    let mut bench = limited(|limits| limits.listeners_per_link = 1);
    bench.hear(1, R::ALLOW, &[1]);
    let join = report(&[record(R::ALLOW, group(1), &[2])]);
    let from = meta(host(2), ALL_MLDV2_ROUTERS);
    assert_eq!(bench.packet(from, join.view()), Err(Reject::TooManyListeners(LINK)));
    let told = Input::Told { link: LINK, listener: host(2), records: &[], elapsed: Duration::ZERO };
    assert_eq!(bench.try_input(told), Err(Reject::TooManyListeners(LINK)));
    assert_eq!(bench.hear(1, R::ALLOW, &[3]), [interest(group(1), include(&[1, 3]))]);
    bench.hear(1, R::TO_IN, &[]);
    assert_eq!(bench.packet(from, join.view()).unwrap(), [interest(group(1), include(&[2]))]);
}

#[test]
fn a_point_to_point_link_has_room_for_its_neighbour_under_any_address() {
    let mut bench = Bench::new(LinkKind::PointToPoint, |config| config.limits.listeners_per_link = 1);
    bench.hear(1, R::ALLOW, &[1]);
    assert_eq!(bench.hear(2, R::ALLOW, &[2]), [interest(group(1), include(&[1, 2]))]);
}

#[test]
fn groups_of_a_link_are_bounded_and_a_report_is_taken_record_by_record() {
    let mut bench = limited(|limits| limits.groups_per_link = 2);
    let join = |n| record(R::ALLOW, group(n), &[1]);
    let joined = bench.report(1, &[join(1), join(2), join(3), record(R::TO_IN, group(4), &[])]);
    assert_eq!(joined, [full(2), interest(group(1), include(&[1])), interest(group(2), include(&[1]))]);
    assert_eq!(bench.router.refused(), 1);
    // A refresh of a known group, a leave, and the room that it makes at once.
    let mixed =
        bench.report(1, &[record(R::IS_IN, group(1), &[1]), record(R::BLOCK, group(2), &[1]), join(3)]);
    assert_eq!(mixed, [interest(group(2), Filter::NOTHING), interest(group(3), include(&[1]))]);
}

/// However the group was kept: here, one that excludes a source.
#[test]
fn a_group_that_was_left_makes_room_for_another_in_the_same_report_and_has_none_itself_then() {
    let mut bench = limited(|limits| limits.groups_per_link = 1);
    bench.hear(1, R::TO_EX, &[1]);
    let [leave, other, again] = [(R::TO_IN, 1, &[][..]), (R::ALLOW, 2, &[1]), (R::ALLOW, 1, &[1])]
        .map(|(kind, of, sources)| record(kind, group(of), sources));
    let heard = bench.report(1, &[leave, other, again]);
    let ends = interest(group(1), Filter::NOTHING);
    assert_eq!(heard, [full(2), ends, interest(group(2), include(&[1]))]);
}

#[test]
fn groups_of_a_listener_are_bounded_and_others_have_their_own() {
    let mut bench = limited(|limits| limits.groups_per_listener = 1);
    let join = |n| record(R::ALLOW, group(n), &[1]);
    assert_eq!(bench.report(1, &[join(1), join(2)]), [full(1), interest(group(1), include(&[1]))]);
    assert_eq!(bench.report(2, &[join(2)]), [interest(group(2), include(&[1]))]);
    assert_eq!(bench.report(1, &[join(2)]), [full(0)], "a group of the link, but not of the listener");
    bench.report(1, &[record(R::BLOCK, group(1), &[1])]);
    assert_eq!(bench.report(1, &[join(2)]), []);
    assert_eq!(bench.router.memberships(LINK, host(1)).count(), 1);
}

#[test]
fn sources_of_a_group_are_bounded_and_what_is_known_is_taken() {
    let mut bench = limited(|limits| limits.sources_per_group = 3);
    for join in [R::ALLOW, R::TO_EX] {
        assert_eq!(bench.hear(1, join, &[1, 2, 3, 4]), [full(0)]);
    }
    assert_eq!(bench.router.snapshot()[&LINK], LinkState::default());
    bench.hear(1, R::ALLOW, &[1, 2, 3]);
    bench.until(seconds(100));
    assert_eq!(bench.hear(1, R::ALLOW, &[3, 4]), [full(0)]);
    assert_eq!(bench.hear(1, R::IS_IN, &[2]), []);
    // Source 3 was refreshed by the record that was not taken whole.
    assert_eq!(bench.until(seconds(300)), [(seconds(260), interest(group(1), include(&[2, 3])))]);
    // A change whose outcome has room is taken whole.
    assert_eq!(bench.hear(1, R::TO_EX, &[7, 8, 9]), [interest(group(1), exclude(&[7, 8, 9]))]);
    assert_eq!(bench.hear(1, R::TO_IN, &[4, 5, 6]), [interest(group(1), include(&[4, 5, 6]))]);
    assert_eq!(bench.hear(1, R::TO_IN, &[7, 8, 9]), [interest(group(1), include(&[7, 8, 9]))]);
    // A leave that comes with too much to join is still a leave.
    bench.hear(1, R::TO_EX, &[]);
    assert_eq!(bench.hear(1, R::TO_IN, &[1, 2, 3, 4]), [full(0), interest(group(1), Filter::NOTHING)]);
}

#[test]
fn the_bound_of_sources_counts_all_listeners_of_a_group() {
    for immediate_leave in [false, true] {
        let mut bench = Bench::new(LinkKind::Shared, |config| {
            config.limits.sources_per_group = 3;
            config.immediate_leave = immediate_leave;
        });
        bench.hear(2, R::ALLOW, &[1, 2]);
        assert_eq!(bench.hear(1, R::ALLOW, &[2, 3, 4]), [full(0)]);
        assert_eq!((bench.membership(1), bench.interest()), (include(&[2]), include(&[1, 2])));
        assert_eq!(bench.hear(1, R::ALLOW, &[3]), [interest(group(1), include(&[1, 2, 3]))]);
        // Of a join in EXCLUDE mode it is the exclusions that want for room: more is let through, never less.
        let joined = bench.hear(1, R::TO_EX, &[3, 4, 5]);
        assert_eq!((&joined[0], bench.membership(1)), (&full(0), exclude(&[3])));
    }
}

#[test]
fn five_thousand_groups_that_end_at_once_end_within_the_budget_of_each_call() {
    const GROUPS: u16 = 5_000;
    let mut bench = Bench::new(LinkKind::PointToPoint, |config| {
        (config.limits.groups_per_link, config.limits.groups_per_listener) = (5_000, 5_000);
        config.budget = 1_000;
    });
    for from in (1..=GROUPS).step_by(100) {
        bench.report(1, &(from..from + 100).map(|n| record(R::ALLOW, group(n), &[1])).collect::<Vec<_>>());
    }
    assert_eq!(bench.router.interests(LINK).count(), usize::from(GROUPS));
    let mut calls = Vec::new();
    let mut now = seconds(260);
    while let Some(due) = bench.router.poll_timeout() {
        now = now.max(due);
        let mut out = Vec::new();
        bench.router.handle_timeout(now, &mut out);
        calls.push((now, out.len()));
        // What is over the budget waits its millisecond, however often it is called for.
        let mut again = Vec::new();
        bench.router.handle_timeout(now, &mut again);
        assert!(again.is_empty());
    }
    let at = |milli: u64| millis(260_000 + milli);
    assert_eq!(calls, [(at(0), 1_000), (at(1), 1_000), (at(2), 1_000), (at(3), 1_000), (at(4), 1_000)]);
    assert_eq!(bench.router.interests(LINK).count(), 0);
}

/// Groups with many listeners count for as many.
#[test]
fn the_budget_counts_the_listeners_that_are_visited() {
    const LISTENERS: u16 = 300;
    let mut bench = Bench::new(LinkKind::Shared, |config| config.budget = 1_000);
    for from in 1..=LISTENERS {
        bench.report(from, &(1..=10).map(|n| record(R::ALLOW, group(n), &[1])).collect::<Vec<_>>());
    }
    let mut calls = Vec::new();
    while let Some(due) = bench.router.poll_timeout() {
        let before = bench.memberships();
        bench.router.handle_timeout(due, &mut Vec::new());
        calls.push(before - bench.memberships());
    }
    assert_eq!(calls, [1_000, 1_000, 1_000]);
}

#[test]
fn a_budget_of_nothing_is_a_budget_of_one() {
    let mut bench = Bench::new(LinkKind::PointToPoint, |config| config.budget = 0);
    bench.report(1, &[record(R::ALLOW, group(1), &[1]), record(R::ALLOW, group(2), &[1])]);
    let ends = bench.until(seconds(300));
    let (first, second) = (interest(group(1), Filter::NOTHING), interest(group(2), Filter::NOTHING));
    assert_eq!(ends, [(seconds(260), first), (millis(260_001), second)]);
}

#[test]
fn an_input_runs_no_timers() {
    let mut bench = Bench::access();
    bench.hear(1, R::ALLOW, &[1]);
    bench.now = seconds(1_000);
    assert_eq!(bench.report(1, &[record(R::ALLOW, group(2), &[1])]), [interest(group(2), include(&[1]))]);
    assert_eq!(bench.interest(), include(&[1]));
    assert_eq!(bench.hear(1, R::ALLOW, &[2]), [interest(group(1), include(&[1, 2]))]);
}

proptest! {
    /// Not only what is told: no list of the link or of a listener, requested sources included, outgrows the bound.
    #[test]
    fn no_report_makes_a_group_outgrow_its_sources(
        immediate_leave in any::<bool>(),
        steps in proptest::collection::vec(
            (0u64..100, 1u8..7, 1u16..4, proptest::sample::subsequence(vec![1, 2, 3, 4, 5, 6], 0..=5)),
            1..40,
        ),
    ) {
        let mut bench = Bench::new(LinkKind::Shared, |config| {
            config.immediate_leave = immediate_leave;
            config.limits.sources_per_group = 3;
        });
        for (wait, kind, from, sources) in steps {
            let then = bench.now + Duration::from_secs(wait / 8);
            bench.until(then);
            bench.hear(from, RecordType(kind), &sources);
            let breadth = bench.breadth(group(1));
            prop_assert!(breadth <= 3, "{breadth} of {:?}", bench.router);
        }
    }
}
