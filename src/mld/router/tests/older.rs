//! Version 1 hosts (RFC 3810 8.3.2) and source-specific groups (RFC 4604 2.2).

use super::*;
use crate::channel::GroupRange;
use crate::wire::mld::{Done, RecordType as R, ReportV1};

impl Bench {
    fn report_v1(&mut self, from: u16, group: Ipv6Addr) -> Vec<Action> {
        let message = Message::ReportV1(ReportV1 { group: Addr::from(group) });
        self.packet(meta(host(from), group), message).unwrap()
    }

    fn done(&mut self, from: u16, group: Ipv6Addr) -> Vec<Action> {
        let message = Message::Done(Done { group: Addr::from(group) });
        self.packet(meta(host(from), "ff02::2".parse().unwrap()), message).unwrap()
    }
}

#[test]
fn a_version_1_report_is_a_join_from_any_source_and_done_is_a_leave() {
    let mut bench = Bench::access();
    assert_eq!(bench.report_v1(1, group(1)), [interest(group(1), exclude(&[]))]);
    assert_eq!(bench.done(1, group(1)), [interest(group(1), Filter::NOTHING)]);
}

/// Version 1 hosts keep silent when they hear another report, so on a shared link nobody can know them all.
#[test]
fn a_done_is_asked_about_on_a_shared_link_whatever_is_tracked() {
    let mut bench = Bench::shared();
    bench.report_v1(1, group(1));
    let done = bench.done(1, group(1));
    assert_eq!(asked(seconds(0), &done), [(seconds(0), false, group(1), vec![])]);
    assert_eq!(done.len(), 1);
    bench.until(millis(1_500));
    bench.report_v1(2, group(1));
    bench.until(seconds(5));
    assert_eq!(bench.interest(), exclude(&[]));
    bench.done(2, group(1));
    assert_eq!(bench.until(seconds(10)).last(), Some(&(seconds(7), interest(group(1), Filter::NOTHING))));
}

#[test]
fn while_a_version_1_host_may_be_there_block_and_the_sources_of_to_ex_are_ignored() {
    let mut bench = Bench::shared();
    bench.report_v1(1, group(1));
    bench.hear(2, R::TO_EX, &[1]);
    bench.hear(2, R::BLOCK, &[2]);
    assert_eq!((bench.interest(), bench.membership(2)), (exclude(&[]), exclude(&[])));
    bench.until(seconds(259));
    bench.hear(2, R::TO_EX, &[3]);
    assert_eq!(bench.membership(2), exclude(&[]));
    // The Older Version Host Present Timeout is over; the state is that of the tracked listeners again.
    bench.until(seconds(260));
    assert_eq!(bench.interest(), exclude(&[]));
    bench.hear(2, R::TO_EX, &[3]);
    assert_eq!(bench.interest(), exclude(&[3]));
}

#[test]
fn a_done_alone_makes_nobody_older() {
    let mut bench = Bench::shared();
    bench.hear(2, R::TO_EX, &[]);
    bench.done(1, group(1));
    assert_eq!(bench.hear(2, R::BLOCK, &[1]), [interest(group(1), exclude(&[1]))]);
}

#[test]
fn t28_exclude_records_of_a_source_specific_group_are_refused_and_the_others_count() {
    let mut bench = Bench::access();
    let records = [
        record(R::IS_EX, SSM, &[]),
        record(R::ALLOW, SSM, &[1]),
        record(R::TO_EX, SSM, &[1]),
        record(R::TO_EX, group(1), &[]),
    ];
    let refused = |index| Action::Refused { link: LINK, listener: host(1), index, why: Refusal::SsmExclude };
    let expected = [refused(0), refused(2), interest(group(1), exclude(&[])), interest(SSM, include(&[1]))];
    assert_eq!(bench.report(1, &records), expected);
    assert_eq!(bench.report(1, &[record(R::TO_IN, SSM, &[2])]), [interest(SSM, include(&[2]))]);
    assert_eq!(bench.report(1, &[record(R::BLOCK, SSM, &[2])]), [interest(SSM, Filter::NOTHING)]);
}

/// RFC 4607 1: further ranges by configuration.
#[test]
fn t28_a_range_that_is_configured_is_source_specific_too() {
    let mut bench = Bench::new(LinkKind::PointToPoint, |config| {
        config.ssm.push(GroupRange { first: "ff1e::".parse().unwrap(), len: 32 });
    });
    let refused = Action::Refused { link: LINK, listener: host(1), index: 0, why: Refusal::SsmExclude };
    assert_eq!(bench.hear(1, R::TO_EX, &[]), core::slice::from_ref(&refused));
    assert_eq!(bench.report_v1(1, group(1)), [refused]);
    assert_eq!(bench.hear(1, R::ALLOW, &[1]), [interest(group(1), include(&[1]))]);
    let beside: Ipv6Addr = "ff1e:1::1".parse().unwrap();
    assert_eq!(bench.report(1, &[record(R::TO_EX, beside, &[])]), [interest(beside, exclude(&[]))]);
}

#[test]
fn t28_version_1_messages_for_a_source_specific_group_do_nothing() {
    let mut bench = Bench::access();
    bench.report(1, &[record(R::ALLOW, SSM, &[1])]);
    let refused = Action::Refused { link: LINK, listener: host(1), index: 0, why: Refusal::SsmExclude };
    assert_eq!(bench.report_v1(1, SSM), [refused]);
    assert_eq!(bench.done(1, SSM), []);
    assert_eq!(bench.router.interest(LINK, SSM), include(&[1]));
    // Nor do they bring the group into compatibility mode.
    assert_eq!(bench.report(1, &[record(R::BLOCK, SSM, &[1])]), [interest(SSM, Filter::NOTHING)]);
}
