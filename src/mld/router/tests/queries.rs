//! When the querier asks, and what its messages say (RFC 3810 7.1, 7.6.3, 9).

use super::*;
use crate::machine::Via;

const IN: RecordType = RecordType::IS_IN;

fn general(actions: &[(Instant, Action)]) -> Vec<Instant> {
    let all = queries(actions);
    assert!(all.iter().all(|query| query.2.is_unspecified() && !query.1 && query.3.is_empty()));
    all.into_iter().map(|query| query.0).collect()
}

#[test]
fn startup_queries_come_each_quarter_interval_and_then_each_interval() {
    let mut bench = Bench { router: Router::new(Config::default()).unwrap(), now: seconds(5) };
    let (kind, startup) = (LinkKind::Shared, Startup::Now);
    let up = bench.input(Input::LinkUp { link: LINK, address: ROUTER, kind, startup, hold: None });
    assert_eq!(asked(seconds(5), &up).len(), 1);
    let sent = general(&bench.until(seconds(300)));
    assert_eq!(
        sent,
        [
            Instant::from_micros(36_250_000),
            Instant::from_micros(161_250_000),
            Instant::from_micros(286_250_000)
        ]
    );
}

#[test]
fn a_general_query_says_what_rfc_3810_9_gives() {
    let mut bench = Bench::access();
    let [Action::Send(envelope)] = &bench.input(Input::Query { link: LINK })[..] else { panic!("one query") };
    assert_eq!((envelope.via, envelope.src), (Via::Link(LINK), ROUTER));
    assert_eq!(envelope.dst, "ff02::1".parse::<Ipv6Addr>().unwrap());
    let Message::Query(query) = envelope.body.view() else { panic!("{envelope:?}") };
    assert_eq!(query, crate::wire::mld::Query::general());
    assert_eq!((query.max_response.millis(), query.robustness, query.interval.secs()), (10_000, 2, 125));
}

#[test]
fn queries_carry_the_configured_timers_or_the_next_lower_that_can_be_written() {
    let mut bench = Bench::new(LinkKind::Shared, |config| {
        config.immediate_leave = false;
        config.timing.robustness = 9;
        config.timing.query_interval = Duration::from_secs(131);
        config.timing.query_response_interval = Duration::from_millis(32_775);
        config.timing.last_listener_query_interval = Duration::from_millis(500);
    });
    let codes = |actions: &[Action]| {
        let Some(Action::Send(envelope)) = actions.last() else { panic!("{actions:?}") };
        let Message::Query(query) = envelope.body.view() else { panic!("{envelope:?}") };
        (envelope.dst, query.max_response.millis(), query.robustness, query.interval.secs())
    };
    let all_nodes = "ff02::1".parse().unwrap();
    assert_eq!(codes(&bench.input(Input::Query { link: LINK })), (all_nodes, 32_768, 0, 128));
    bench.hear(1, IN, &[1]);
    assert_eq!(codes(&bench.hear(1, RecordType::BLOCK, &[1])), (group(1), 500, 0, 128));
}

#[test]
fn on_request_the_querier_waits_and_each_request_begins_the_startup_again() {
    let mut bench = Bench::access();
    assert_eq!(bench.router.poll_timeout(), None);
    bench.until(seconds(1_000));
    assert_eq!(asked(bench.now, &bench.input(Input::Query { link: LINK })).len(), 1);
    assert_eq!(general(&bench.until(seconds(1_040))), [Instant::from_micros(1_031_250_000)]);
    assert_eq!(asked(bench.now, &bench.input(Input::Query { link: LINK })).len(), 1);
    assert_eq!(general(&bench.until(seconds(1_180))), [Instant::from_micros(1_071_250_000)]);
}

#[test]
fn a_leave_is_asked_about_for_the_last_listener_query_time() {
    let mut bench = Bench::patient();
    bench.hear(1, RecordType::TO_EX, &[]);
    bench.until(seconds(10));
    let left = bench.hear(1, RecordType::TO_IN, &[]);
    assert_eq!(asked(seconds(10), &left), [(seconds(10), false, group(1), vec![])]);
    assert_eq!(left.len(), 1);
    let after = bench.until(seconds(20));
    assert_eq!(queries(&after), [(seconds(11), false, group(1), vec![])]);
    assert_eq!(after.last(), Some(&(seconds(12), interest(group(1), Filter::NOTHING))));
    assert_eq!((after.len(), bench.router.poll_timeout()), (2, None));
}

/// Trap 25: two messages for each transmission, S set in the one that names who answered meanwhile.
#[test]
fn t25_sources_that_were_confirmed_meanwhile_are_asked_about_with_s_set() {
    let mut bench = Bench::patient();
    bench.hear(1, IN, &[1, 2, 3]);
    bench.until(seconds(10));
    let blocked = bench.hear(1, RecordType::BLOCK, &[1, 2]);
    assert_eq!(asked(seconds(10), &blocked), [(seconds(10), false, group(1), vec![1, 2])]);
    bench.until(millis(10_500));
    assert_eq!(bench.hear(2, IN, &[1]), []);
    let after = bench.until(seconds(20));
    let second = [(seconds(11), true, group(1), vec![1]), (seconds(11), false, group(1), vec![2])];
    assert_eq!(queries(&after), second);
    assert_eq!(after.last(), Some(&(seconds(12), interest(group(1), include(&[1, 3])))));
}

#[test]
fn t25_a_group_that_was_confirmed_meanwhile_is_asked_about_with_s_set() {
    let mut bench = Bench::patient();
    bench.hear(1, RecordType::TO_EX, &[]);
    bench.hear(2, RecordType::TO_EX, &[]);
    bench.hear(1, RecordType::TO_IN, &[]);
    bench.until(millis(500));
    bench.hear(2, RecordType::IS_EX, &[]);
    let after = bench.until(seconds(20));
    assert_eq!(queries(&after), [(seconds(1), true, group(1), vec![])]);
    assert_eq!(after.len(), 1);
    assert_eq!(bench.interest(), exclude(&[]));
}

#[test]
fn the_message_with_s_set_is_not_sent_beside_a_group_query() {
    let mut bench = Bench::patient();
    bench.hear(1, RecordType::TO_EX, &[]);
    bench.hear(2, IN, &[1, 2]);
    let left = bench.hear(1, RecordType::TO_IN, &[]);
    assert_eq!(
        asked(seconds(0), &left),
        [(seconds(0), false, group(1), vec![]), (seconds(0), false, group(1), vec![1, 2])]
    );
    bench.hear(2, IN, &[1]);
    assert_eq!(
        queries(&bench.until(seconds(1))),
        [(seconds(1), false, group(1), vec![]), (seconds(1), false, group(1), vec![2])]
    );
    assert_eq!(bench.until(seconds(2)).last(), Some(&(seconds(2), interest(group(1), include(&[1])))));
}

#[test]
fn the_last_listener_query_count_and_interval_rule_the_repetitions() {
    let mut bench = Bench::new(LinkKind::Shared, |config| {
        config.immediate_leave = false;
        config.timing.last_listener_query_count = 3;
        config.timing.last_listener_query_interval = Duration::from_millis(700);
    });
    bench.hear(1, IN, &[1]);
    assert_eq!(asked(bench.now, &bench.hear(1, RecordType::TO_IN, &[])).len(), 1);
    let after = bench.until(seconds(10));
    assert_eq!(queries(&after).iter().map(|query| query.0).collect::<Vec<_>>(), [millis(700), millis(1_400)]);
    assert_eq!(after.last(), Some(&(millis(2_100), interest(group(1), Filter::NOTHING))));
}

#[test]
fn a_repeated_leave_asks_nothing_anew() {
    for (join, leave, sources) in
        [(IN, RecordType::BLOCK, &[1][..]), (RecordType::TO_EX, RecordType::TO_IN, &[])]
    {
        let mut bench = Bench::patient();
        bench.hear(1, join, sources);
        assert_eq!(bench.hear(1, leave, sources).len(), 1);
        bench.until(millis(600));
        assert_eq!(bench.hear(1, leave, sources), []);
        assert_eq!(queries(&bench.until(seconds(10))).len(), 1);
        assert_eq!(bench.interest(), Filter::NOTHING);
    }
}

#[test]
fn new_questions_are_merged_with_those_that_are_pending() {
    let mut bench = Bench::patient();
    bench.hear(1, IN, &[1, 2]);
    bench.hear(1, RecordType::BLOCK, &[1]);
    bench.until(millis(400));
    let both = bench.hear(1, RecordType::BLOCK, &[2]);
    assert_eq!(asked(millis(400), &both), [(millis(400), false, group(1), vec![1, 2])]);
    let after = bench.until(seconds(10));
    let again = [(seconds(1), false, group(1), vec![1]), (millis(1_400), false, group(1), vec![2])];
    assert_eq!(queries(&after), again);
    let ends: Vec<_> = after.into_iter().filter(|(_, action)| !matches!(action, Action::Send(_))).collect();
    assert_eq!(
        ends,
        [
            (seconds(2), interest(group(1), include(&[2]))),
            (millis(2_400), interest(group(1), Filter::NOTHING))
        ]
    );
}

/// RFC 3810 7.6.3.1: every Last Listener Query Interval. Hosts answer Queries that follow each other closely once, and that
/// answer may be lost.
#[test]
fn a_further_question_takes_no_transmission_from_those_that_are_pending() {
    let mut bench = Bench::patient();
    bench.hear(1, RecordType::TO_EX, &[]);
    bench.hear(2, IN, &[1]);
    bench.hear(1, RecordType::TO_IN, &[]);
    bench.until(millis(200));
    bench.hear(2, IN, &[1]);
    bench.until(millis(300));
    // Said again: the source that was confirmed is asked about once more.
    bench.hear(1, RecordType::TO_IN, &[]);
    let after = queries(&bench.until(millis(1_200)));
    assert!(after.contains(&(seconds(1), false, group(1), vec![])), "{after:?}");
}

#[test]
fn a_source_that_ends_within_the_query_time_anyway_is_not_asked_about() {
    let mut bench = Bench::patient();
    bench.hear(1, IN, &[1]);
    bench.until(seconds(258));
    assert_eq!(bench.hear(1, RecordType::BLOCK, &[1]), []);
    assert_eq!(bench.until(seconds(300)), [(seconds(260), interest(group(1), Filter::NOTHING))]);
}

/// RFC 3810 7.6.3.1 knows no such exception for the group.
#[test]
fn a_group_that_ends_within_the_query_time_anyway_is_asked_about_until_it_ends() {
    let mut bench = Bench::patient();
    bench.hear(1, RecordType::TO_EX, &[]);
    bench.hear(2, IN, &[1]);
    bench.until(seconds(259));
    let left = bench.hear(1, RecordType::TO_IN, &[]);
    assert_eq!(asked(seconds(259), &left), [(seconds(259), false, group(1), vec![])]);
    bench.hear(2, IN, &[1]);
    assert_eq!(bench.until(seconds(500)), [(seconds(260), interest(group(1), include(&[1])))]);
    assert_eq!(bench.router.poll_timeout(), Some(seconds(519)));
}

#[test]
fn an_input_sends_no_query_that_another_one_raised() {
    let mut bench = Bench::patient();
    bench.hear(1, IN, &[1, 2]);
    bench.hear(1, RecordType::BLOCK, &[1]);
    bench.now = millis(1_500);
    assert_eq!(bench.hear(1, IN, &[2]), []);
}

#[test]
fn a_query_fits_the_smallest_mtu() {
    let all: Vec<u16> = (1..=200).collect();
    let mut bench = Bench::new(LinkKind::Shared, |config| {
        config.immediate_leave = false;
        config.limits.sources_per_group = 200;
    });
    bench.hear(1, IN, &all);
    let queries = asked(bench.now, &bench.hear(1, RecordType::BLOCK, &all));
    assert_eq!(queries.iter().map(|query| query.3.len()).collect::<Vec<_>>(), [75, 75, 50]);
    assert_eq!(queries.into_iter().flat_map(|query| query.3).collect::<Vec<_>>(), all);
}

#[test]
fn no_query_follows_a_current_state_record() {
    let mut bench = Bench::patient();
    bench.hear(1, RecordType::TO_EX, &[7]);
    for (kind, sources) in [(IN, &[1, 2][..]), (RecordType::IS_EX, &[]), (RecordType::IS_EX, &[2]), (IN, &[])]
    {
        let said = bench.hear(1, kind, sources);
        assert!(asked(bench.now, &said).is_empty(), "{kind:?} {sources:?}");
    }
}
