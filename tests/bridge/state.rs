//! A group, as either side shows it.

use std::collections::{BTreeMap, BTreeSet};

use multimob::Instant;
use multimob::machine::LinkId;
use multimob::mld::Router;
use serde_json::Value;

use crate::kin::Kin;
use crate::sequence::Report;

/// A group: ends of timers for us, what is left of them for the bridge. Zero: an excluded source.
#[derive(Clone, Debug, PartialEq)]
pub struct State<A> {
    filter: Option<f64>,
    sources: BTreeMap<A, f64>,
}

impl<A> Default for State<A> {
    fn default() -> Self {
        Self { filter: None, sources: BTreeMap::new() }
    }
}

impl<A: Kin> State<A> {
    pub fn of_bridge(seen: &Value, group: A) -> Option<Self> {
        let timer = |value: &Value| value.as_str().unwrap().trim().parse::<f64>().unwrap();
        let is_it = |entry: &&Value| entry["grp"].as_str().unwrap().parse().ok() == Some(group);
        let entry = seen["groups"].as_array().unwrap().iter().find(is_it)?;
        let sources = entry["source_list"].as_array().into_iter().flatten();
        let sources =
            sources.map(|one| (one["address"].as_str().unwrap().parse().unwrap(), timer(&one["timer"])));
        let filter = (entry["filter_mode"] == "exclude").then(|| timer(&entry["timer"]));
        Some(Self { filter, sources: sources.collect() })
    }

    pub fn of_router(router: &Router<A>, link: LinkId, group: A) -> Self {
        let second = |end: Instant| end.as_micros() as f64 / 1_000_000.0;
        let Some(state) = router.group(link, group) else { return Self::default() };
        let running = state.running.iter().map(|&(source, end)| (source, second(end)));
        let sources = running.chain(state.excluded.iter().map(|source| (source, 0.0))).collect();
        Self { filter: state.filter_timer.map(second), sources }
    }

    /// The state without these sources.
    pub fn without(mut self, sources: &BTreeSet<u8>) -> Self {
        self.sources.retain(|&source, _| sources.iter().all(|&n| A::source(n) != source));
        self
    }

    /// When timers end.
    pub fn ends(&self) -> impl Iterator<Item = f64> + '_ {
        self.sources.values().copied().chain(self.filter).filter(|&end| end > 0.0)
    }

    /// Whether the bridge, asked at that time, has the same.
    pub fn is(&self, bridge: &Self, (from, until): (f64, f64), spread: f64) -> bool {
        let near = |end: f64, left: f64| end - until - spread <= left && left <= end - from + spread;
        let filter = match (self.filter, bridge.filter) {
            (Some(end), Some(left)) => near(end, left),
            (None, None) => true,
            _ => false,
        };
        filter
            && self.sources.keys().eq(bridge.sources.keys())
            && self.sources.iter().all(|(source, &end)| match (end, bridge.sources[source]) {
                (0.0, left) => left == 0.0,
                (end, left) => left > 0.0 && near(end, left),
            })
    }
}

/// What is known of a group where each host is tracked, and is not where only the link is: when one of them wants
/// everybody, its table forgets the sources that others want (RFC 3810 7.4.1, RFC 3376 6.4.1: delete X-A, A being none).
#[derive(Default)]
pub struct Tracked {
    /// Who asked for which source.
    said: BTreeSet<(u8, u8)>,
    /// The sources that only tracking knows.
    pub forgotten: BTreeSet<u8>,
}

impl Tracked {
    pub fn hear(&mut self, report: &Report, group: u8) {
        for said in report.said.iter().filter(|said| said.group == group) {
            if said.is_exclude() {
                self.said.retain(|&(host, _)| host != report.from);
                self.forgotten = self.said.iter().map(|&(_, source)| source).collect();
            } else {
                self.said.extend(said.sources.iter().map(|&source| (report.from, source)));
                self.forgotten.retain(|source| !said.sources.contains(source));
            }
        }
    }
}
