//! A router and hosts that do what RFC 3810 6 asks of them, on a link without loss.

use proptest::prelude::*;

use super::*;
use crate::channel::FilterMode::{Exclude, Include};
use crate::wire::mld::RecordType as R;

const HOSTS: u16 = 3;

/// The records by which a host tells of a change (RFC 3810 6.1).
fn change(old: &Filter, new: &Filter) -> Vec<GroupRecord> {
    let of = |kind, sources| GroupRecord { kind, group: group(1), sources };
    let both = |allow: (&Filter, &Filter), block: (&Filter, &Filter)| {
        let records = [(R::ALLOW, allow), (R::BLOCK, block)];
        let records = records.map(|(kind, (a, b))| of(kind, a.sources.difference(&b.sources)));
        records.into_iter().filter(|record| !record.sources.is_empty()).collect()
    };
    match (old.mode, new.mode) {
        (Include, Include) => both((new, old), (old, new)),
        (Exclude, Exclude) => both((old, new), (new, old)),
        (_, Exclude) => vec![of(R::TO_EX, new.sources.clone())],
        (_, Include) => vec![of(R::TO_IN, new.sources.clone())],
    }
}

/// The answer to a query (RFC 3810 6.3).
fn answer(filter: &Filter, asked: &SourceList, general: bool) -> Option<GroupRecord> {
    if filter.is_nothing() {
        return None;
    }
    if general || asked.is_empty() {
        return Some(GroupRecord::current_state(group(1), filter));
    }
    let sources = match filter.mode {
        Include => filter.sources.intersection(asked),
        Exclude => asked.difference(&filter.sources),
    };
    (!sources.is_empty()).then_some(GroupRecord { kind: R::IS_IN, group: group(1), sources })
}

/// What a host wants, in turn.
#[derive(Clone, Debug)]
struct Link {
    bench: Bench,
    hosts: Vec<Filter>,
}

impl Link {
    fn new(bench: Bench) -> Self {
        Self { bench, hosts: vec![Filter::NOTHING; usize::from(HOSTS)] }
    }

    /// Lets host `n` want `filter`, and everybody answer what is asked.
    fn want(&mut self, n: u16, filter: Filter) {
        let old = core::mem::replace(&mut self.hosts[usize::from(n)], filter);
        let records = change(&old, &self.hosts[usize::from(n)]);
        if !records.is_empty() {
            let said = self.bench.report(n, &records);
            self.answer(said);
        }
    }

    fn answer(&mut self, actions: Vec<Action>) {
        let mut open = actions;
        while !open.is_empty() {
            let mut next = Vec::new();
            for (_, _, about, sources) in asked(self.bench.now, &open) {
                let sources = list(&sources);
                for n in 0..HOSTS {
                    if let Some(record) =
                        answer(&self.hosts[usize::from(n)], &sources, about.is_unspecified())
                    {
                        next.extend(self.bench.report(n, &[record]));
                    }
                }
            }
            open = next;
        }
    }

    /// Serves deadlines until `then`, the hosts answering each query at once.
    fn until(&mut self, then: Instant, each: impl Fn(&Self)) {
        while let Some(due) = self.bench.router.poll_timeout().filter(|&due| due <= then) {
            let said = self.bench.until(due);
            self.answer(said.into_iter().map(|(_, action)| action).collect());
            each(self);
        }
        self.bench.now = then;
    }

    fn wanted(&self) -> Filter {
        self.hosts.iter().fold(Filter::NOTHING, |all, one| all.union(one))
    }

    /// Nothing that a host wants is withheld.
    fn assert_served(&self) {
        let (wanted, interest) = (self.wanted(), self.bench.interest());
        assert_eq!(wanted.union(&interest), interest, "at {:?} the hosts want {wanted:?}", self.bench.now);
    }

    /// And nothing else is let through.
    fn assert_exact(&self) {
        assert_eq!(self.bench.interest(), self.wanted(), "at {:?}", self.bench.now);
        for n in 0..HOSTS {
            assert_eq!(self.bench.membership(n), self.hosts[usize::from(n)], "host {n}");
        }
    }
}

fn filters() -> impl Strategy<Value = Filter> {
    let sources = proptest::sample::subsequence(vec![1, 2, 3, 4], 0..=4);
    (any::<bool>(), sources)
        .prop_map(|(mode, sources)| if mode { include(&sources) } else { exclude(&sources) })
}

proptest! {
    #[test]
    fn with_immediate_leave_the_link_wants_at_every_moment_what_its_hosts_want(
        steps in proptest::collection::vec((0u64..400, 0..HOSTS, filters()), 1..25),
    ) {
        let mut link = Link::new(Bench::shared());
        link.bench.input(Input::Query { link: LINK });
        let mut now = 0;
        for (wait, n, filter) in steps {
            now += wait / 4;
            link.until(seconds(now), Link::assert_exact);
            link.want(n, filter);
            link.assert_exact();
        }
        link.until(seconds(now + 1_000), Link::assert_exact);
    }

    #[test]
    fn without_it_nobody_goes_without_and_in_the_end_it_is_the_same(
        steps in proptest::collection::vec((0u64..400, 0..HOSTS, filters()), 1..25),
    ) {
        let mut link = Link::new(Bench::patient());
        link.bench.input(Input::Query { link: LINK });
        let mut now = 0;
        for (wait, n, filter) in steps {
            now += wait / 4;
            link.until(seconds(now), Link::assert_served);
            link.want(n, filter);
            link.assert_served();
        }
        link.until(seconds(now + 3 * 260), Link::assert_served);
        link.assert_exact();
    }
}
