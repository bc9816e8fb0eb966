//! Changes against two literal models: the change table of RFC 3810 6.1 as set algebra, and a router of RFC 3810 7.4 to
//! which reports get lost.

use core::net::Ipv6Addr;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::vec::Vec;

use proptest::prelude::*;

use super::host::{Host, all_records, group, source};
use crate::channel::{Filter, FilterMode};
use crate::machine::Machine;
use crate::mld::GroupRecord;
use crate::time::Instant;
use crate::wire::mld::RecordType;

type Set = BTreeSet<Ipv6Addr>;

fn filter() -> impl Strategy<Value = Filter> {
    (any::<bool>(), proptest::collection::btree_set(0_u16..5, 0..5)).prop_map(|(include, list)| {
        let sources = list.into_iter().map(source);
        if include { Filter::include(sources) } else { Filter::exclude(sources) }
    })
}

fn set(filter: &Filter) -> Set {
    filter.sources.iter().collect()
}

/// The table of RFC 3810 6.1, row by row.
fn change_table(old: &Filter, new: &Filter) -> Vec<(RecordType, Set)> {
    use FilterMode::{Exclude, Include};
    let (a, b) = (set(old), set(new));
    let lists = |allow: Set, block: Set| {
        [(RecordType::ALLOW, allow), (RecordType::BLOCK, block)]
            .into_iter()
            .filter(|(_, sources)| !sources.is_empty())
            .collect()
    };
    match (old.mode, new.mode) {
        (Include, Include) => lists(&b - &a, &a - &b),
        (Exclude, Exclude) => lists(&a - &b, &b - &a),
        (Include, Exclude) => std::vec![(RecordType::TO_EX, b)],
        (Exclude, Include) => std::vec![(RecordType::TO_IN, b)],
    }
}

/// A router with one listener, RFC 3810 7.4, of one group. Timers are either full or lowered to LLQT by a query that
/// nobody answers; what is lowered and not raised again runs out at the end.
#[derive(Clone, Debug)]
enum Router {
    Include { a: Set },
    Exclude { x: Set, y: Set },
}

#[derive(Clone, Debug)]
struct Group {
    router: Router,
    lowered: Set,
    filter_timer_lowered: bool,
}

impl Default for Group {
    fn default() -> Self {
        Self { router: Router::Include { a: Set::new() }, lowered: Set::new(), filter_timer_lowered: false }
    }
}

impl Group {
    fn receive(&mut self, record: &GroupRecord) {
        let b: Set = record.sources.iter().collect();
        let (raised, queried): (Set, Set);
        match (self.router.clone(), record.kind) {
            (Router::Include { a }, RecordType::ALLOW) => {
                (raised, queried) = (b.clone(), Set::new());
                self.router = Router::Include { a: &a | &b };
            }
            (Router::Include { a }, RecordType::BLOCK) => {
                (raised, queried) = (Set::new(), &a & &b);
            }
            (Router::Include { a }, RecordType::TO_EX) => {
                (raised, queried) = (Set::new(), &a & &b);
                self.router = Router::Exclude { x: &a & &b, y: &b - &a };
                self.filter_timer_lowered = false;
            }
            (Router::Include { a }, RecordType::TO_IN) => {
                (raised, queried) = (b.clone(), &a - &b);
                self.router = Router::Include { a: &a | &b };
            }
            (Router::Exclude { x, y }, RecordType::ALLOW) => {
                (raised, queried) = (b.clone(), Set::new());
                self.router = Router::Exclude { x: &x | &b, y: &y - &b };
            }
            (Router::Exclude { x, y }, RecordType::BLOCK) => {
                (raised, queried) = (&(&b - &x) - &y, &b - &y);
                self.router = Router::Exclude { x: &x | &(&b - &y), y };
            }
            (Router::Exclude { x, y }, RecordType::TO_EX) => {
                (raised, queried) = (&(&b - &x) - &y, &b - &y);
                self.router = Router::Exclude { x: &b - &y, y: &y & &b };
                self.filter_timer_lowered = false;
            }
            (Router::Exclude { x, y }, RecordType::TO_IN) => {
                (raised, queried) = (b.clone(), &x - &b);
                self.router = Router::Exclude { x: &x | &b, y: &y - &b };
                self.filter_timer_lowered = true;
            }
            (_, kind) => panic!("no state change: {kind:?}"),
        }
        self.lowered = &(&self.lowered - &raised) | &queried;
    }

    /// What is let through when all that was lowered has run out.
    fn at_rest(&self) -> Filter {
        match &self.router {
            Router::Include { a } => Filter::include(a - &self.lowered),
            Router::Exclude { x, .. } if self.filter_timer_lowered => Filter::include(x - &self.lowered),
            Router::Exclude { x, y } => Filter::exclude(y | &(x & &self.lowered)),
        }
    }
}

/// A host does `steps`, each after its pause of microseconds; the reports, first to last, until none is left to repeat.
fn run(robustness: u8, steps: &[(u64, u16, Filter)]) -> (Vec<Vec<GroupRecord>>, BTreeMap<Ipv6Addr, Filter>) {
    let mut host = Host::with(|config| config.timing.robustness = robustness);
    let (mut now, mut reports, mut wanted) = (Instant::ZERO, Vec::new(), BTreeMap::new());
    for (pause, n, filter) in steps {
        let then = now + Duration::from_micros(*pause);
        while let Some(due) = host.0.poll_timeout().filter(|due| *due <= then) {
            reports.push(all_records(&host.timeout(due)));
        }
        now = then;
        reports.push(all_records(&host.want(now, group(*n), filter.clone())));
        wanted.insert(group(*n), filter.clone());
    }
    while let Some(due) = host.0.poll_timeout() {
        reports.push(all_records(&host.timeout(due)));
    }
    reports.retain(|report| !report.is_empty());
    (reports, wanted)
}

fn steps() -> impl Strategy<Value = Vec<(u64, u16, Filter)>> {
    proptest::collection::vec((0_u64..1_500_000, 0_u16..2, filter()), 1..12)
}

proptest! {
    #[test]
    fn a_first_change_is_a_row_of_the_change_table(old in filter(), new in filter()) {
        let mut host = Host::new();
        host.want(Instant::ZERO, group(1), old.clone());
        host.rest();
        let sent = all_records(&host.want(Instant::ZERO, group(1), new.clone()));
        let expected = if old == new { Vec::new() } else { change_table(&old, &new) };
        let sent: Vec<_> = sent.into_iter().map(|record| {
            assert_eq!(record.group, group(1));
            (record.kind, record.sources.iter().collect::<Set>())
        }).collect();
        prop_assert_eq!(sent, expected);
    }

    /// As many reports in a row as the Robustness Variable can do without get lost, and the router still knows.
    #[test]
    fn t33_lost_reports_are_repaired_by_retransmissions(
        steps in steps(),
        robustness in 1_u8..4,
        lost in any::<prop::sample::Index>(),
    ) {
        let (reports, wanted) = run(robustness, &steps);
        if reports.is_empty() {
            return Ok(());
        }
        let lost = lost.index(reports.len());
        let lost = lost..lost + usize::from(robustness) - 1;
        let mut routers = BTreeMap::<Ipv6Addr, Group>::new();
        for (_, report) in reports.iter().enumerate().filter(|(at, _)| !lost.contains(at)) {
            for record in report {
                routers.entry(record.group).or_default().receive(record);
            }
        }
        for (group, filter) in wanted {
            prop_assert_eq!(routers.entry(group).or_default().at_rest(), filter);
        }
    }

    /// The other side of the same: every change is said robustness times, not more often.
    #[test]
    fn no_more_reports_than_robustness_times_the_changes(steps in steps(), robustness in 1_u8..4) {
        let (reports, _) = run(robustness, &steps);
        prop_assert!(reports.len() <= steps.len() * usize::from(robustness));
    }
}
