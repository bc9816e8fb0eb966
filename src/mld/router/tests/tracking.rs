//! Explicit tracking and the leave that takes effect at once (A50, Z35, RFC 6636).

use super::super::fsm::State;
use super::super::sources::TimedSources;
use super::super::tracking::clipped;
use super::*;
use crate::wire::mld::RecordType as R;

#[test]
fn z35_the_last_leave_takes_effect_at_once_and_asks_nothing() {
    for mut bench in [Bench::access(), Bench::shared()] {
        bench.hear(1, R::TO_EX, &[]);
        assert_eq!(bench.hear(1, R::TO_IN, &[]), [interest(group(1), Filter::NOTHING)]);
        assert_eq!(bench.router.poll_timeout(), None);
        assert_eq!(bench.router.listeners(LINK).count(), 0);
    }
}

#[test]
fn z35_a_block_takes_effect_at_once_for_what_nobody_wants() {
    let mut bench = Bench::shared();
    bench.hear(1, R::ALLOW, &[1, 2]);
    bench.hear(2, R::ALLOW, &[2, 3]);
    let blocked = bench.hear(1, R::BLOCK, &[1]);
    assert_eq!(blocked, [interest(group(1), include(&[2, 3]))]);
}

#[test]
fn a_leave_is_asked_about_while_another_listener_is_tracked() {
    let mut bench = Bench::shared();
    bench.hear(1, R::ALLOW, &[1, 2]);
    bench.hear(2, R::ALLOW, &[2, 3]);
    let left = bench.hear(1, R::TO_IN, &[]);
    assert_eq!(left[0], interest(group(1), include(&[2, 3])));
    assert_eq!(asked(seconds(0), &left), [(seconds(0), false, group(1), vec![2])]);
    // Listener 2 answers nothing, so it does not listen to source 2 either.
    let after = bench.until(seconds(10));
    assert_eq!(after.last(), Some(&(seconds(2), interest(group(1), include(&[3])))));
    assert_eq!(bench.membership(2), include(&[3]));
}

#[test]
fn another_listener_in_exclude_mode_is_asked_about_a_source_that_it_never_named() {
    let mut bench = Bench::shared();
    bench.hear(1, R::TO_EX, &[]);
    bench.hear(2, R::TO_EX, &[]);
    let blocked = bench.hear(1, R::BLOCK, &[7]);
    assert_eq!(asked(seconds(0), &blocked), [(seconds(0), false, group(1), vec![7])]);
    assert_eq!(blocked.len(), 1);
    let mut answered = bench.clone();
    answered.hear(2, R::IS_IN, &[7]);
    answered.until(seconds(10));
    assert_eq!(answered.interest(), exclude(&[]));
    bench.until(seconds(10));
    assert_eq!(bench.interest(), exclude(&[7]));
}

#[test]
fn another_listener_in_exclude_mode_is_asked_about_the_group() {
    let mut bench = Bench::shared();
    bench.hear(1, R::TO_EX, &[]);
    bench.hear(2, R::TO_EX, &[]);
    bench.hear(3, R::ALLOW, &[5]);
    let left = bench.hear(1, R::TO_IN, &[]);
    assert_eq!(asked(seconds(0), &left), [(seconds(0), false, group(1), vec![])]);
    let after = bench.until(seconds(10));
    assert_eq!(after.last(), Some(&(seconds(2), interest(group(1), include(&[5])))));
}

#[test]
fn a_leave_that_leaves_nobody_to_ask_hastens_no_pending_query() {
    let mut bench = Bench::shared();
    bench.hear(1, R::ALLOW, &[1]);
    bench.hear(2, R::ALLOW, &[1]);
    bench.hear(3, R::TO_EX, &[]);
    bench.hear(1, R::BLOCK, &[1]);
    bench.until(millis(500));
    assert_eq!(bench.hear(3, R::TO_IN, &[]), [interest(group(1), include(&[1]))]);
    assert_eq!(queries(&bench.until(seconds(5))), [(seconds(1), false, group(1), vec![1])]);
}

#[test]
fn t25_one_answer_is_enough_to_set_s_in_the_next_query() {
    let mut bench = Bench::shared();
    for from in 1..=3 {
        bench.hear(from, R::TO_EX, &[]);
    }
    bench.hear(1, R::TO_IN, &[]);
    bench.until(millis(500));
    bench.hear(2, R::IS_EX, &[]);
    assert_eq!(queries(&bench.until(seconds(5))), [(seconds(1), true, group(1), vec![])]);
    assert_eq!(bench.router.listeners(LINK).collect::<Vec<_>>(), [host(2)]);
}

/// What RFC 3810 forgets when it goes to EXCLUDE mode, the tracked listener remembers.
#[test]
fn the_last_exclude_to_leave_uncovers_what_others_include() {
    let mut bench = Bench::shared();
    bench.hear(1, R::ALLOW, &[1, 2]);
    bench.hear(2, R::TO_EX, &[]);
    assert_eq!(bench.interest(), exclude(&[]));
    assert_eq!(bench.hear(2, R::TO_IN, &[])[0], interest(group(1), include(&[1, 2])));
}

#[test]
fn t29_a_tracked_listener_expires_with_its_own_timers() {
    let mut bench = Bench::shared();
    bench.hear(1, R::ALLOW, &[1]);
    bench.until(seconds(100));
    bench.hear(2, R::TO_EX, &[]);
    let after = bench.until(seconds(300));
    assert_eq!(after, []);
    assert_eq!(bench.router.listeners(LINK).collect::<Vec<_>>(), [host(2)]);
    assert_eq!(bench.until(seconds(400)), [(seconds(360), interest(group(1), Filter::NOTHING))]);
    assert_eq!(bench.router.listeners(LINK).count(), 0);
}

#[test]
fn without_immediate_leave_the_link_waits_and_the_listener_does_not() {
    let mut bench = Bench::patient();
    bench.hear(1, R::ALLOW, &[1, 2]);
    bench.hear(1, R::BLOCK, &[1]);
    assert_eq!((bench.membership(1), bench.interest()), (include(&[2]), include(&[1, 2])));
    bench.until(seconds(3));
    assert_eq!(bench.interest(), include(&[2]));
}

#[test]
fn without_immediate_leave_a_listener_that_did_not_answer_is_forgotten_with_the_timer() {
    let mut bench = Bench::patient();
    bench.hear(1, R::ALLOW, &[1, 2]);
    bench.hear(2, R::TO_EX, &[3]);
    bench.hear(3, R::TO_EX, &[]);
    bench.hear(3, R::TO_IN, &[]);
    bench.hear(1, R::IS_IN, &[2]);
    bench.until(seconds(3));
    assert_eq!(bench.interest(), include(&[2]));
    assert_eq!((bench.membership(1), bench.membership(2)), (include(&[2]), Filter::NOTHING));
    assert_eq!(bench.router.listeners(LINK).collect::<Vec<_>>(), [host(1)]);
}

#[test]
fn a_clipped_listener_excludes_what_its_link_excludes_and_requests_it_no_more() {
    let until = seconds(9);
    let running = |sources: &[u16]| TimedSources::EMPTY.plus(&list(sources), until);
    let state = |requested: &[u16], excluded: &[u16]| State::Exclude {
        requested: running(requested),
        excluded: list(excluded),
        due: until,
    };
    assert_eq!(clipped(state(&[1, 2], &[3]), &state(&[2], &[1])), state(&[2], &[1, 3]));
    assert_eq!(clipped(state(&[1, 2], &[3]), &State::Include(running(&[2]))), State::Include(running(&[2])));
}

/// Trap 20 and the one listener of a point-to-point link.
#[test]
fn t20_a_point_to_point_link_has_one_listener_and_links_do_not_mix() {
    let mut bench = Bench::access();
    bench.hear(1, R::TO_EX, &[]);
    bench.hear(2, R::TO_EX, &[]);
    assert_eq!(bench.router.listeners(LINK).collect::<Vec<_>>(), [host(2)]);

    let other = LinkId(2);
    let (kind, startup) = (LinkKind::PointToPoint, Startup::OnRequest);
    bench.input(Input::LinkUp { link: other, address: ROUTER, kind, startup, hold: None });
    let there = RxMeta { link: other, ..meta(host(2), ALL_MLDV2_ROUTERS) };
    bench.packet(there, report(&[record(R::TO_EX, group(1), &[])]).view()).unwrap();
    assert_eq!(bench.hear(1, R::TO_IN, &[]), [interest(group(1), Filter::NOTHING)]);
    assert_eq!(bench.router.interest(other, group(1)), exclude(&[]));
    assert_eq!(bench.router.memberships(other, host(2)).count(), 1);
}

#[test]
fn a50_each_listener_of_a_shared_link_is_known_with_the_moment_it_began() {
    let mut bench = Bench::shared();
    bench.report(1, &[record(R::ALLOW, group(1), &[1]), record(R::TO_EX, group(2), &[2])]);
    bench.until(seconds(7));
    bench.hear(2, R::ALLOW, &[2]);
    bench.hear(1, R::ALLOW, &[3]);
    let one = [
        Membership { group: group(1), filter: include(&[1, 3]), held: Filter::NOTHING, since: seconds(0) },
        Membership { group: group(2), filter: exclude(&[2]), held: Filter::NOTHING, since: seconds(0) },
    ];
    let two =
        [Membership { group: group(1), filter: include(&[2]), held: Filter::NOTHING, since: seconds(7) }];
    assert_eq!(bench.router.memberships(LINK, host(1)).collect::<Vec<_>>(), one);
    assert_eq!(bench.router.memberships(LINK, host(2)).collect::<Vec<_>>(), two);
    assert_eq!(bench.router.interests(LINK).count(), 2);
}

/// D-8: what a parent tells is a report, but for the checks of its packet.
#[test]
fn d8_told_records_are_applied_as_a_report() {
    let mut bench = Bench::access();
    let records = [GroupRecord::join(SSM, &include(&[1])), GroupRecord::join(group(1), &exclude(&[]))];
    let listener = "2001:db8::9".parse().unwrap();
    let told = Input::Told { link: LINK, listener, records: &records, elapsed: Duration::ZERO };
    assert_eq!(bench.input(told), [interest(group(1), exclude(&[])), interest(SSM, include(&[1]))]);
    assert_eq!(bench.router.listeners(LINK).collect::<Vec<_>>(), [listener]);
}

/// Trap 34: timers start from MALI - elapsed.
#[test]
fn t34_told_records_are_as_old_as_they_are() {
    for (elapsed, end) in [(0, 260), (100, 160), (258, 2), (259, 2), (10_000, 2)] {
        let mut bench = Bench::access();
        let records = [GroupRecord::join(group(1), &include(&[1]))];
        let elapsed = Duration::from_secs(elapsed);
        bench.input(Input::Told { link: LINK, listener: host(1), records: &records, elapsed });
        assert_eq!(bench.until(seconds(1_000)), [(seconds(end), interest(group(1), Filter::NOTHING))]);
    }
}

#[test]
fn t34_told_records_shorten_nothing_that_was_heard_since() {
    let mut bench = Bench::access();
    bench.hear(1, R::TO_EX, &[]);
    let records = [GroupRecord::join(group(1), &exclude(&[]))];
    let elapsed = Duration::from_secs(200);
    bench.input(Input::Told { link: LINK, listener: host(1), records: &records, elapsed });
    assert_eq!(bench.until(seconds(1_000)), [(seconds(260), interest(group(1), Filter::NOTHING))]);
}

#[test]
fn a_group_is_told_once_for_each_call_and_only_when_it_changed() {
    let mut bench = Bench::access();
    let records = [
        record(R::ALLOW, group(2), &[1]),
        record(R::ALLOW, group(1), &[1]),
        record(R::ALLOW, group(1), &[2]),
        record(R::BLOCK, group(1), &[1]),
    ];
    let expected = [interest(group(1), include(&[2])), interest(group(2), include(&[1]))];
    assert_eq!(bench.report(1, &records), expected);
    assert_eq!(bench.report(1, &[record(R::IS_IN, group(1), &[2]), record(R::IS_IN, group(2), &[1])]), []);
    let back_and_forth = [record(R::BLOCK, group(2), &[1]), record(R::ALLOW, group(2), &[1])];
    assert_eq!(bench.report(1, &back_and_forth), []);
}
