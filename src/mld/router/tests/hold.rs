//! MLD Hold (asaeda 3.3, 4.1, digest 1.B.6): the tree is kept and nothing is forwarded.

use super::*;
use crate::wire::HoldTypes;
use crate::wire::mld::RecordType as R;

const HOLD_INCLUDE: R = R(HoldTypes::PRIVATE.include);
const HOLD_EXCLUDE: R = R(HoldTypes::PRIVATE.exclude);

/// A link that understands Hold.
fn holding(kind: LinkKind, types: HoldTypes) -> Bench {
    let mut bench = Bench { router: Router::new(Config::default()).unwrap(), now: Instant::ZERO };
    let (startup, hold) = (Startup::OnRequest, Some(types));
    bench.input(Input::LinkUp { link: LINK, address: ROUTER, kind, startup, hold });
    bench
}

fn tunnel() -> Bench {
    holding(LinkKind::PointToPoint, HoldTypes::PRIVATE)
}

fn held(group: Ipv6Addr, filter: Filter) -> Action {
    Action::Held { link: LINK, group, filter }
}

impl Bench {
    fn held(&self) -> Filter {
        self.router.held(LINK, group(1)).clone()
    }
}

#[test]
fn a30_what_is_held_is_kept_and_not_forwarded() {
    let mut bench = tunnel();
    assert_eq!(bench.hear(1, HOLD_INCLUDE, &[1, 2]), [held(group(1), include(&[1, 2]))]);
    assert_eq!((bench.interest(), bench.held()), (Filter::NOTHING, include(&[1, 2])));
    let membership = bench.router.memberships(LINK, host(1)).next().unwrap();
    assert_eq!((membership.filter, membership.held), (Filter::NOTHING, include(&[1, 2])));
    assert_eq!(bench.router.interests(LINK).count(), 0);
    assert_eq!(bench.router.holds(LINK).collect::<Vec<_>>(), [(group(1), include(&[1, 2]))]);
}

#[test]
fn a30_the_last_signal_about_a_channel_counts() {
    let mut bench = tunnel();
    bench.hear(1, R::ALLOW, &[1, 2]);
    let parted = bench.hear(1, HOLD_INCLUDE, &[2]);
    assert_eq!(parted, [interest(group(1), include(&[1])), held(group(1), include(&[2]))]);
    let released = bench.hear(1, R::ALLOW, &[2]);
    assert_eq!(released, [interest(group(1), include(&[1, 2])), held(group(1), Filter::NOTHING)]);
}

#[test]
fn a30_a_hold_of_some_sources_takes_them_out_of_exclude_mode() {
    let mut bench = tunnel();
    bench.hear(1, R::TO_EX, &[3]);
    bench.hear(1, HOLD_INCLUDE, &[1]);
    assert_eq!((bench.interest(), bench.held()), (exclude(&[1, 3]), include(&[1])));
    // Released by a statement of EXCLUDE mode that does not list it; what it lists stays held.
    bench.hear(1, HOLD_INCLUDE, &[2]);
    bench.hear(1, R::IS_EX, &[2, 3]);
    assert_eq!((bench.interest(), bench.held()), (exclude(&[2, 3]), include(&[2])));
}

#[test]
fn a30_a_hold_of_all_but_some_leaves_those_forwarded() {
    let mut bench = tunnel();
    bench.hear(1, R::TO_EX, &[]);
    assert_eq!(
        bench.hear(1, HOLD_EXCLUDE, &[4]),
        [interest(group(1), include(&[4])), held(group(1), exclude(&[4]))]
    );
    let ended = bench.until(seconds(300));
    let (first, second) = (interest(group(1), Filter::NOTHING), held(group(1), Filter::NOTHING));
    assert_eq!(ended, [(seconds(260), first), (seconds(260), second)]);
}

/// The digest decides between two places of the Hold draft: at the end of its time a held channel is left at once, and
/// nobody is asked.
#[test]
fn a30_a_hold_that_is_not_refreshed_ends_at_once_and_asks_nothing() {
    let mut bench = tunnel();
    bench.hear(1, HOLD_INCLUDE, &[1]);
    bench.until(seconds(200));
    bench.hear(1, HOLD_INCLUDE, &[1]);
    assert_eq!(bench.until(seconds(459)), []);
    assert_eq!(bench.until(seconds(500)), [(seconds(460), held(group(1), Filter::NOTHING))]);
    assert_eq!(bench.router.poll_timeout(), None);
}

#[test]
fn a30_block_and_to_in_end_a_hold() {
    for (kind, sources) in [(R::BLOCK, &[1, 2][..]), (R::TO_IN, &[])] {
        let mut bench = tunnel();
        bench.hear(1, HOLD_INCLUDE, &[1, 2]);
        assert_eq!(bench.hear(1, kind, sources), [held(group(1), Filter::NOTHING)]);
        assert_eq!(bench.router.listeners(LINK).count(), 0);
    }
    let mut bench = tunnel();
    bench.hear(1, HOLD_INCLUDE, &[1, 2]);
    assert_eq!(bench.hear(1, R::BLOCK, &[1]), [held(group(1), include(&[2]))]);
}

/// What is left of a hold of all sources is held no longer, nor is it after a join and a leave.
#[test]
fn a30_a_source_is_left_out_of_a_hold_of_all() {
    for left in [R::BLOCK, R::ALLOW] {
        let mut bench = tunnel();
        bench.hear(1, HOLD_EXCLUDE, &[]);
        bench.hear(1, left, &[1]);
        bench.hear(1, R::BLOCK, &[1]);
        assert_eq!((bench.interest(), bench.held()), (Filter::NOTHING, exclude(&[1])));
        bench.hear(1, HOLD_EXCLUDE, &[1]);
        assert_eq!(bench.held(), exclude(&[1]), "said again");
    }
}

#[test]
fn a30_the_end_of_a_hold_brings_no_data_back() {
    let mut bench = tunnel();
    bench.hear(1, R::TO_EX, &[]);
    bench.hear(1, HOLD_INCLUDE, &[1]);
    bench.until(seconds(200));
    bench.hear(1, R::IS_EX, &[1]);
    bench.until(seconds(300));
    assert_eq!((bench.interest(), bench.held()), (exclude(&[1]), Filter::NOTHING));
}

#[test]
fn a30_the_types_of_the_draft_are_hold_where_they_are_configured() {
    let mut bench = holding(LinkKind::PointToPoint, HoldTypes::LITERAL);
    assert_eq!(bench.hear(1, R::IS_IN, &[1]), [held(group(1), include(&[1]))]);
    assert_eq!(bench.hear(1, R::IS_EX, &[]), [held(group(1), exclude(&[]))]);
    assert_eq!(
        bench.hear(1, R::ALLOW, &[1]),
        [interest(group(1), include(&[1])), held(group(1), exclude(&[1]))]
    );
}

#[test]
fn t21_where_hold_is_not_known_its_records_are_skipped() {
    let mut bench = Bench::access();
    assert_eq!(bench.hear(1, HOLD_INCLUDE, &[1]), []);
    assert_eq!(bench.router.listeners(LINK).count(), 0);
}

#[test]
fn what_one_listener_of_a_link_holds_another_may_receive() {
    let mut bench = holding(LinkKind::Shared, HoldTypes::PRIVATE);
    bench.hear(1, HOLD_INCLUDE, &[1, 2]);
    let joined = bench.hear(2, R::ALLOW, &[1]);
    assert_eq!(joined, [interest(group(1), include(&[1])), held(group(1), include(&[2]))]);
    let left = bench.hear(2, R::BLOCK, &[1]);
    assert_eq!(left, [interest(group(1), Filter::NOTHING), held(group(1), include(&[1, 2]))]);
}

#[test]
fn a_link_that_goes_takes_back_what_it_held() {
    let mut bench = tunnel();
    bench.hear(1, HOLD_INCLUDE, &[1]);
    let down = bench.input(Input::LinkDown { link: LINK });
    assert_eq!(down, [held(group(1), Filter::NOTHING), Action::Gone { link: LINK }]);
}

#[test]
fn t28_a_hold_of_all_sources_of_a_source_specific_group_is_refused() {
    let mut bench = tunnel();
    let refused = Action::Refused { link: LINK, listener: host(1), index: 0, why: Refusal::SsmExclude };
    assert_eq!(bench.report(1, &[record(HOLD_EXCLUDE, SSM, &[])]), [refused]);
}
