//! Beside hosts of older versions (RFC 5790 6.2.2, 6.3).

use super::*;

/// The versions older than the current that the family has.
fn older<A: Net>() -> Vec<Version> {
    [Version::Oldest, Version::Older].into_iter().filter(|&version| version >= A::OLDEST).collect()
}

both! {
    #[test]
    fn mld_3_7_lw_an_older_report_is_to_ex_and_keeps_the_sources() {
        for version in older::<A>() {
            let mut bench = Bench::<A>::shared();
            bench.hear(R::ALLOW, &[1]);
            bench.until(seconds(10));
            assert_eq!(bench.join(A::group(1), version), [wants(Filter::EVERYTHING)]);
            assert_eq!(bench.state(), (Some(270), vec![(A::source(1), 260)]), "{version:?}");
        }
    }

    #[test]
    fn mld_3_7_lw_a_leave_of_the_older_version_is_to_in() {
        let mut bench = Bench::<A>::shared();
        bench.hear(R::ALLOW, &[1]);
        bench.join(A::group(1), Version::Older);
        let asks = bench.leave(A::group(1));
        assert_eq!(asked_now(Instant::ZERO, &asks), [about(Instant::ZERO, &[]), about(Instant::ZERO, &[1])]);
        assert_eq!(bench.until(seconds(5)).last(), Some(&(seconds(2), wants(Filter::NOTHING))));
    }

    /// The mechanism of RFC 3376 7.3.2 and RFC 3810 8.3.2, which the lightweight router inherits.
    #[test]
    fn mld_3_7_lw_while_an_older_host_may_be_there_block_does_nothing() {
        let mut bench = Bench::<A>::shared();
        bench.hear(R::ALLOW, &[1]);
        bench.join(A::group(1), Version::Older);
        assert_eq!(bench.hear(R::BLOCK, &[1]), []);
        bench.until(seconds(100));
        bench.hear(R::TO_EX, &[]);
        bench.hear(R::ALLOW, &[1]);
        bench.until(millis(259_999));
        assert_eq!(bench.hear(R::BLOCK, &[1]), []);
        bench.until(seconds(260));
        let asks = bench.hear(R::BLOCK, &[1]);
        assert_eq!(asked_now(seconds(260), &asks), [about(seconds(260), &[1])]);
    }

    #[test]
    fn an_older_report_for_a_source_specific_group_makes_no_state_and_a_leave_does_nothing() {
        for version in older::<A>() {
            let mut bench = Bench::<A>::shared();
            bench.report(1, &[(R::ALLOW, A::SSM, &[1])]);
            let (listener, why) = (A::host(1), Refusal::SsmExclude);
            let refused = Action::Refused { link: LINK, listener, index: 0, why };
            assert_eq!(bench.join(A::SSM, version), [refused]);
            assert_eq!(bench.leave(A::SSM), []);
            assert_eq!(bench.router.interest(LINK, A::SSM), only(&[1]));
        }
    }

    #[test]
    fn beside_older_routers_it_asks_as_they_do() {
        let mut bench = Bench::<A>::new(LinkKind::Shared, |config| config.version = Version::Older);
        let said = bench.input(Input::Query { link: LINK });
        let [Action::Send(sent)] = &said[..] else { panic!("{said:?}") };
        let Said::Query(question) = A::read(A::view(&sent.body)) else { panic!("{sent:?}") };
        assert_eq!(question.version, Version::Older);
    }
}

/// RFC 5790 6.2.2: with Group Compatibility Mode IGMPv1, either Report is TO_EX({}), and nobody leaves.
#[test]
fn mld_3_7_lw_while_a_host_of_the_oldest_version_may_be_there_nobody_leaves() {
    let group = <Ipv4Addr as Net>::group(1);
    let mut bench = Bench::<Ipv4Addr>::shared();
    bench.join(group, Version::Oldest);
    bench.until(seconds(10));
    assert_eq!(bench.join(group, Version::Older), []);
    assert_eq!(bench.state().0, Some(270));
    assert_eq!(bench.leave(group), []);
    assert_eq!(bench.hear(R::TO_IN, &[]), []);
    bench.until(seconds(260));
    let asks = bench.leave(group);
    assert_eq!(asked_now(seconds(260), &asks), [about(seconds(260), &[])]);
}
