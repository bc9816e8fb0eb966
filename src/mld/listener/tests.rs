//! A listener seen from outside: what it sends and when.

mod hold;
pub(in crate::mld) mod host;
mod igmp;
mod loss;
mod older;
mod packing;
mod queries;

use std::vec;

use super::*;
use crate::machine::LinkId;
use host::{ALLOW, BLOCK, Host, IS_IN, TO_EX, TO_IN, exclude, group, include};

#[test]
fn a_change_is_reported_at_once_to_ff02_16_from_the_link_local_address() {
    let mut host = Host::new();
    let [Action::Send(report)] = &host.want(Instant::ZERO, group(1), include(&[1]))[..] else {
        panic!("one report")
    };
    assert_eq!(report.via, Via::Link(LinkId(1)));
    assert_eq!(report.src, host::ADDRESS);
    assert_eq!(report.dst, "ff02::16".parse::<Ipv6Addr>().unwrap());
    assert_eq!(host::records(report), [ALLOW(group(1), &[1])]);
}

#[test]
fn t33_a_change_is_repeated_robustness_minus_one_times_at_random_within_the_unsolicited_report_interval() {
    for robustness in 1..=4 {
        let mut host = Host::with(|config| config.timing.robustness = robustness);
        let mut last = Instant::from_secs(10);
        let mut sent = host.want(last, group(1), exclude(&[]));
        let mut repeats = 0;
        while let Some(due) = host.0.poll_timeout() {
            assert!(due > last && due < last + host.0.config().timing.unsolicited_report_interval);
            assert_eq!(host::all_records(&sent), [TO_EX(group(1), &[])]);
            (sent, last) = (host.timeout(due), due);
            repeats += 1;
        }
        assert_eq!(repeats, robustness - 1);
    }
}

#[test]
fn the_delays_come_from_the_seed() {
    let due = |seed| {
        let mut host = Host(Listener::new(Config::new(Via::Link(LinkId(1)), host::ADDRESS), seed).unwrap());
        host.want(Instant::ZERO, group(1), include(&[1]));
        host.0.poll_timeout().unwrap()
    };
    assert_eq!(due(1), due(1));
    assert_ne!(due(1), due(2));
}

/// RFC 3810 6.1: further changes are merged with what is pending, source by source.
#[test]
fn a_further_change_is_merged_with_the_pending_report() {
    let mut host = Host::new();
    let start = Instant::ZERO;
    host.want(start, group(1), include(&[1]));
    let sent = host.want(start, group(1), include(&[2]));
    assert_eq!(host::all_records(&sent), [ALLOW(group(1), &[2]), BLOCK(group(1), &[1])]);
    let sent = host.want(start, group(1), include(&[2, 3]));
    assert_eq!(host::all_records(&sent), [ALLOW(group(1), &[2, 3]), BLOCK(group(1), &[1])]);
    // 1 and 2 were said twice by now, 3 once.
    assert_eq!(host.rest(), [ALLOW(group(1), &[3])]);
}

#[test]
fn a_mode_change_is_said_robustness_times_whatever_else_changes() {
    let mut host = Host::new();
    let start = Instant::ZERO;
    host.want(start, group(1), include(&[1]));
    let sent = host.want(start, group(1), exclude(&[2]));
    assert_eq!(host::all_records(&sent), [TO_EX(group(1), &[2])]);
    let sent = host.want(start, group(1), exclude(&[2, 3]));
    assert_eq!(host::all_records(&sent), [TO_EX(group(1), &[2, 3])]);
    assert_eq!(host.rest(), [BLOCK(group(1), &[3])]);
}

#[test]
fn a_leave_is_repeated_and_then_forgotten() {
    let mut host = Host::new();
    host.want(Instant::ZERO, group(1), exclude(&[]));
    assert_eq!(host.rest(), [TO_EX(group(1), &[])]);
    assert!(!host.0.is_idle());
    let sent = host.want(Instant::from_secs(9), group(1), Filter::NOTHING);
    assert_eq!(host::all_records(&sent), [TO_IN(group(1), &[])]);
    assert!(host.0.snapshot().is_empty());
    assert!(!host.0.is_idle(), "the leave has to be repeated");
    assert_eq!(host.rest(), [TO_IN(group(1), &[])]);
    assert!(host.0.is_idle());
    assert!(host.0.groups.is_empty());
}

#[test]
fn what_does_not_change_is_not_reported() {
    let mut host = Host::new();
    assert_eq!(host.want(Instant::ZERO, group(1), Filter::NOTHING), []);
    host.want(Instant::ZERO, group(1), include(&[1]));
    host.rest();
    assert_eq!(host.want(Instant::ZERO, group(1), include(&[1])), []);
    assert_eq!(host.0.poll_timeout(), None);
}

#[test]
fn what_was_taken_back_before_it_was_reported_is_never_reported() {
    let mut host = Host::new();
    host.0.want(group(1), include(&[1]));
    host.0.want(group(1), Filter::NOTHING);
    let mut out = vec![];
    host.0.flush(Instant::ZERO, &mut out);
    assert_eq!(out, []);
    assert!(host.0.is_idle() && host.0.groups.is_empty());

    host.want(Instant::ZERO, group(1), include(&[1]));
    let repeat = host.0.poll_timeout();
    host.0.want(group(1), include(&[2]));
    host.0.want(group(1), include(&[1]));
    host.0.flush(Instant::ZERO, &mut out);
    assert_eq!(out, [], "nor does it hasten what is pending");
    assert_eq!(host.0.poll_timeout(), repeat);
}

#[test]
fn a_leave_that_waits_for_its_report_is_not_forgotten_meanwhile() {
    let mut host = Host::new();
    host.want(Instant::ZERO, group(1), include(&[1]));
    host.rest();
    host.input(Instant::ZERO, Input::Packet(host::query(group(1), 1_000))).unwrap();
    host.0.want(group(1), Filter::NOTHING);
    assert_eq!(host.rest(), [], "the response has nothing to say any more");
    let mut out = vec![];
    host.0.flush(Instant::ZERO, &mut out);
    assert_eq!(host::all_records(&out), [BLOCK(group(1), &[1])]);
}

#[test]
fn told_drops_what_is_pending_for_the_group_alone() {
    let mut host = Host::new();
    host.want(Instant::ZERO, group(1), include(&[1]));
    host.want(Instant::ZERO, group(2), include(&[2]));
    host.input(Instant::ZERO, Input::Told { group: group(1) }).unwrap();
    host.input(Instant::ZERO, Input::Told { group: group(9) }).unwrap();
    assert_eq!(host.rest(), [ALLOW(group(2), &[2])]);
    assert_eq!(host.0.wanted(group(1)), &include(&[1]));
}

#[test]
fn changes_reported_together_are_repeated_together() {
    let mut host = Host::new();
    let mut out = vec![];
    for n in 1..=5 {
        host.0.want(group(n), include(&[n]));
    }
    host.0.flush(Instant::ZERO, &mut out);
    assert_eq!(out.len(), 1);
    let again = host.timeout(host.0.poll_timeout().unwrap());
    assert_eq!(host::all_records(&again), host::all_records(&out));
    assert_eq!(again.len(), 1);
    assert_eq!(host.0.poll_timeout(), None);
}

/// RFC 3810 6: nothing is sent about ff02::1 and scopes 0 and 1; other groups of the link are reported by a host.
#[test]
fn link_scope_groups_are_reported_but_for_all_nodes_and_lower_scopes() {
    let mut host = Host::new();
    for silent in ["ff02::1", "ff01::2", "ff00::5", "ff11::9"] {
        assert_eq!(host.want(Instant::ZERO, silent.parse().unwrap(), exclude(&[])), [], "{silent}");
        assert_eq!(host.0.poll_timeout(), None);
    }
    let solicited_node: Ipv6Addr = "ff02::1:ff00:11".parse().unwrap();
    let sent = host.want(Instant::ZERO, solicited_node, exclude(&[]));
    assert_eq!(host::all_records(&sent), [TO_EX(solicited_node, &[])]);
}

#[test]
fn t28_exclude_mode_of_a_source_specific_group_is_refused() {
    let mut host = Host::new();
    let ssm = "ff3e::8000:1".parse().unwrap();
    let refused = host.input(Instant::ZERO, Input::Want { group: ssm, filter: exclude(&[]) });
    assert_eq!(refused, Err(Reject::SsmExclude(ssm)));
    assert_eq!(host::all_records(&host.want(Instant::ZERO, ssm, include(&[1]))), [ALLOW(ssm, &[1])]);
}

#[test]
fn what_is_no_group_or_source_is_refused() {
    let mut host = Host::new();
    let want = |group, filter| Input::Want { group, filter };
    let unicast = host::source(1);
    assert_eq!(host.input(Instant::ZERO, want(unicast, exclude(&[]))), Err(Reject::NotAGroup(unicast)));
    assert_eq!(
        host.input(Instant::ZERO, want(group(1), Filter::include([group(2)]))),
        Err(Reject::NotASource(group(2)))
    );
    assert!(host.0.snapshot().is_empty());
}

#[test]
fn a_full_table_refuses_new_groups_and_takes_changes_and_leaves() {
    let mut host = Host::with(|config| config.max_groups = 2);
    for n in 1..=2 {
        host.want(Instant::ZERO, group(n), include(&[n]));
    }
    let third = Input::Want { group: group(3), filter: include(&[3]) };
    let before = host.0.snapshot();
    assert_eq!(host.input(Instant::ZERO, third.clone()), Err(Reject::TooManyGroups(2)));
    assert_eq!(host.0.snapshot(), before);
    assert_eq!(host.want(Instant::ZERO, group(1), include(&[4])).len(), 1);
    assert_eq!(host.want(Instant::ZERO, group(2), Filter::NOTHING).len(), 1);
    assert_eq!(host.input(Instant::ZERO, third.clone()), Err(Reject::TooManyGroups(2)), "still leaving");
    host.rest();
    assert_eq!(host.input(Instant::ZERO, third).unwrap().len(), 1);
}

#[test]
fn work_beyond_the_budget_follows_a_millisecond_later() {
    let mut host = Host::with(|config| config.budget = 2);
    let mut out = vec![];
    for n in 1..=5 {
        host.0.want(group(n), include(&[n]));
    }
    host.0.flush(Instant::ZERO, &mut out);
    let first = host.0.poll_timeout().unwrap();
    let mut said = vec![];
    for step in 0..3 {
        let now = first + core::time::Duration::from_millis(step);
        assert_eq!(host.0.poll_timeout(), Some(now));
        let sent = host.timeout(now);
        assert_eq!(host.timeout(now), [], "a repeated timeout pushes nothing");
        said.extend(host::all_records(&sent));
        assert_eq!(said.len(), [2, 4, 5][step as usize]);
    }
    assert_eq!(said, host::all_records(&out));
    assert_eq!(host.0.poll_timeout(), None);
}

#[test]
fn a_trace_can_be_recorded_and_played_again() {
    let mut host = Host::new();
    let query = host::query(group(1), 10_000);
    let inputs = [
        Input::Want { group: group(1), filter: include(&[1]) },
        Input::Told { group: group(1) },
        Input::Hold { group: group(2), filter: exclude(&[2]) },
        Input::Packet(query),
    ];
    let mut twin = host.clone();
    for input in inputs {
        let owned = OwnedInput::try_from(input.clone()).unwrap();
        assert_eq!(host.input(Instant::ZERO, input), twin.input(Instant::ZERO, owned.borrow()));
        #[cfg(feature = "serde")]
        {
            let text = serde_json::to_string(&owned).unwrap();
            assert_eq!(serde_json::from_str::<OwnedInput>(&text).unwrap(), owned, "{text}");
        }
    }
    assert!(host.0.poll_timeout().is_some());
    let said = [host::HOLD_EX(group(2), &[2]), IS_IN(group(1), &[1])];
    assert_eq!((host.rest(), twin.rest()), (said.to_vec(), said.to_vec()));
}
