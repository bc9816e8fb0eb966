//! The scenarios that come with the crate, run and judged: the drafts' figures, the recorded runs, what listeners got,
//! and whether a domain settles when loss ends.
//!
//! `UPDATE_EXPECTED=1 cargo test --test scenarios` rewrites the recorded runs, `testdata/scenarios/*.expected`; read
//! the difference. `MULTIMOB_SEEDS=10000` makes the run for convergence a long one.
#![cfg(feature = "sim")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use core::fmt::Write as _;
use core::sync::atomic::{AtomicU64, Ordering};
use std::path::PathBuf;

use multimob::Instant;
use multimob::channel::Filter;
use multimob::machine::TunnelId;
use multimob::pmip::{TunnelKind, lma, mag};
use multimob::sim::{Act, BUILTIN, Domain, Event, Ladder, MachineAction, Measures, Observer, Scenario, Step};
use proptest::prelude::*;

fn scenario(name: &str) -> Scenario {
    Scenario::builtin(name).unwrap()
}

fn run(scenario: &Scenario, seed: u64, observer: &mut dyn Observer) {
    Domain::new(scenario, seed).unwrap().run(observer);
}

fn measured(name: &str) -> (Scenario, Measures) {
    let scenario = scenario(name);
    let mut measures = Measures::new(&scenario);
    run(&scenario, scenario.seed, &mut measures);
    (scenario, measures)
}

/// Whatever the seed: the order in a figure is no matter of luck.
#[test]
fn a28_a41_a43_runs_show_the_figures_of_the_draft() {
    for (name, lines) in [("asaeda-fig4", 7), ("asaeda-fig6", 18), ("asaeda-fig7", 16)] {
        let scenario = scenario(name);
        assert_eq!(scenario.figure.len(), lines, "{name}");
        for seed in 1..=20 {
            let mut ladder = Ladder::new(&scenario);
            run(&scenario, seed, &mut ladder);
            if let Some(line) = ladder.missing(&scenario.figure) {
                panic!("{name}, seed {seed}: after the lines before it, there is no {line}");
            }
        }
    }
}

/// Figure 4 ends in silence: the second node's Report on the first node's channel causes nothing upstream.
#[test]
fn a28_second_listener_adds_nothing_upstream() {
    let scenario = scenario("asaeda-fig4");
    let mut ladder = Ladder::new(&scenario);
    run(&scenario, scenario.seed, &mut ladder);
    let second = Instant::from_secs(8);
    let heads: Vec<String> =
        ladder.lines().iter().filter(|line| line.at >= second).map(|line| ladder.headline(line)).collect();
    assert!(heads.contains(&"mn2 -> mag: MLD Report".to_string()), "{heads:?}");
    assert!(
        !heads.iter().any(|head| head.starts_with("mag => lma") || head.starts_with("lma:")),
        "{heads:?}"
    );
}

#[test]
fn nothing_is_duplicated_or_sent_to_who_does_not_want_it() {
    for (name, _) in BUILTIN.iter().filter(|(name, _)| *name != "lossy") {
        let (_, measures) = measured(name);
        let listening = measures.listening();
        assert!(!listening.is_empty(), "{name}");
        for one in listening {
            assert_eq!((one.duplicated, one.unwanted), (0, 0), "{name}: {one:?}");
        }
        assert_eq!(measures.counts().unreadable, 0, "{name}");
        assert_eq!(measures.counts().stuck, 0, "{name}");
    }
}

#[test]
fn a42_what_reaches_the_lma_after_its_pba_reaches_the_node() {
    for name in ["asaeda-fig6", "asaeda-fig7"] {
        let (scenario, measures) = measured(name);
        let handovers = measures.handovers();
        let [handover] = handovers.as_slice() else { panic!("{name}: {handovers:?}") };
        // All that the streams still have to send, but for the seven hops of a round trip and a registration.
        let enough = scenario.streams.iter().map(|s| s.packets()).sum::<u64>() / 2;
        assert!(handover.reached_after_ack >= enough, "{name}: {handover:?}");
        assert_eq!(handover.lost_after_ack, 0, "{name}");
        let interruption = handover.interruption.unwrap();
        assert!(interruption < core::time::Duration::from_millis(150), "{name}: {interruption:?}");
        // What is lost is what was sent while the node was gone or not yet registered: no more than that time holds.
        for one in measures.listening() {
            let stream = &scenario.streams[one.stream];
            let most = interruption.as_micros().div_ceil(stream.every.as_micros());
            assert!(u128::from(one.lost) < most, "{name}: {one:?}");
            assert_eq!(one.sent, one.received + one.lost);
        }
    }
}

/// M-Tunnels that come and go.
#[derive(Default)]
struct Tunnels {
    log: Vec<(Instant, &'static str, bool)>,
    multicast: Vec<(&'static str, TunnelId)>,
}

impl Tunnels {
    fn install(&mut self, now: Instant, who: &'static str, id: TunnelId, kind: TunnelKind) {
        if kind == TunnelKind::Multicast {
            self.multicast.push((who, id));
            self.log.push((now, who, true));
        }
    }

    fn remove(&mut self, now: Instant, who: &'static str, id: TunnelId) {
        if self.multicast.contains(&(who, id)) {
            self.log.push((now, who, false));
        }
    }
}

impl Observer for Tunnels {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        let Event::Action { action, .. } = event else { return };
        match action {
            MachineAction::Mag(mag::Action::InstallTunnel { id, tunnel }) => {
                self.install(now, "mag", *id, tunnel.kind);
            }
            MachineAction::Lma(lma::Action::InstallTunnel { id, tunnel }) => {
                self.install(now, "lma", *id, tunnel.kind);
            }
            MachineAction::Mag(mag::Action::RemoveTunnel { id }) => self.remove(now, "mag", *id),
            MachineAction::Lma(lma::Action::RemoveTunnel { id }) => self.remove(now, "lma", *id),
            _ => {}
        }
    }
}

#[test]
fn a14_a15_a19_a_hundred_nodes_share_one_tunnel_and_one_copy() {
    let scenario = scenario("hundred-nodes");
    let (mut measures, mut tunnels) = (Measures::new(&scenario), Tunnels::default());
    run(&scenario, scenario.seed, &mut (&mut measures, &mut tunnels));
    let [first, second] = scenario.streams.as_slice() else { panic!("two streams") };
    let (mag, lma) = (100, 101);

    let copies: Vec<_> = measures.copies().iter().collect();
    assert_eq!(copies, [(&(lma, mag), &(first.packets() + second.packets()))]);
    let listening = measures.listening();
    let sum =
        |stream| listening.iter().filter(|one| one.stream == stream).map(|one| one.received).sum::<u64>();
    assert_eq!((sum(0), sum(1)), (100 * first.packets(), second.packets()));
    assert_eq!(listening.iter().filter(|one| one.stream == 1).count(), 1);
    let upstream: Vec<bool> = measures.upstream().values().copied().collect();
    assert_eq!(upstream, [false, false], "two channels, both given up at the end");

    let joined = Instant::from_secs(5);
    let last_leave = Instant::from_secs(40);
    let ends: Vec<(&str, bool)> = tunnels.log.iter().map(|&(_, who, there)| (who, there)).collect();
    assert_eq!(ends, [("mag", true), ("lma", true), ("lma", false), ("mag", false)]);
    for &(at, who, there) in &tunnels.log {
        assert!(
            if there { at >= joined && at < last_leave } else { at >= last_leave },
            "{who} {there} at {at}"
        );
    }
}

/// Of two nodes at a MAG one falls silent after 10 s: its channel goes when the Multicast Address Listening Interval has
/// run out since its last Report, the group that the other one wants as well stays.
#[test]
fn rfc3810_9_4_what_a_silent_node_wanted_ends_after_the_listening_interval() {
    let scenario = scenario("silent-node");
    let interval = scenario.gateways[0].config.access.timing.listening_interval();
    assert_eq!(interval.as_secs(), 260);
    let mut ladder = Ladder::new(&scenario);
    run(&scenario, scenario.seed, &mut ladder);
    let times = |head: &str, detail: &str| -> Vec<Instant> {
        let told = ladder.lines().iter().filter(|line| line.detail.starts_with(detail));
        told.filter(|line| ladder.headline(line) == head).map(|line| line.at).collect()
    };
    let silent = times("silent: falls silent", "");
    let reports = times("silent -> mag: MLD Report", "ALLOW (S,G)");
    let ends = times("mag => lma: MLD Report", "BLOCK (S,G)");
    let heard = *reports.last().unwrap() + scenario.links.access.delay;
    assert_eq!((silent, ends[0]), (vec![Instant::from_secs(10)], heard + interval));
    let pruned = times("lma: PIM prune", "");
    assert!(pruned.len() == 1 && pruned[0] > ends[0], "{pruned:?}: the group of the other node stays");
}

/// The same with the values of RFC 6636: two Queries within a second of each attachment, one each 150 s, and what a silent
/// node wanted goes on for 310 s from its last Report.
#[test]
fn mld_3_3_mobile_links_are_asked_soon_and_then_seldom() {
    let scenario = scenario("mobile-tuning");
    let mut ladder = Ladder::new(&scenario);
    run(&scenario, scenario.seed, &mut ladder);
    let times = |head: &str, detail: &str| -> Vec<u64> {
        let told = ladder.lines().iter().filter(|line| line.detail.starts_with(detail));
        told.filter(|line| ladder.headline(line) == head).map(|line| line.at.as_micros() / 1_000).collect()
    };
    // Attached at 0 s and there till the end, at 0.1 s and till 20 s, and from 20.05 s on.
    let asked = |from: &str, to: &str| times(&format!("{from} -> {to}: MLD Query"), "general");
    // What comes to a node that fell silent is drawn as lost.
    assert_eq!(asked("p-mag", "silent"), [25, 1_025]);
    assert_eq!(asked("p-mag", "mn"), [125, 1_125]);
    assert_eq!(asked("n-mag", "mn"), [20_095, 21_095, 171_095, 321_095]);
    let (reports, ends) = (
        times("silent -> p-mag: MLD Report", "ALLOW (S,G)"),
        times("p-mag => lma: MLD Report", "BLOCK (S,G)"),
    );
    let heard = *reports.last().unwrap() + u64::try_from(scenario.links.access.delay.as_millis()).unwrap();
    assert_eq!(ends[0], heard + 310_000);
}

/// Everything that can be seen, in words.
#[derive(Default)]
struct Everything(String);

impl Observer for Everything {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        writeln!(self.0, "{now} {event:?}").unwrap();
    }
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let scenario = scenario("lossy");
    let seen = |seed| {
        let mut all = Everything::default();
        run(&scenario, seed, &mut all);
        all.0
    };
    let first = seen(7);
    assert!(first.len() > 100_000);
    assert!(first == seen(7), "the same seed");
    assert!(first != seen(8), "another seed");
}

/// When loss has ended, soft state and retransmissions repair everything within the Multicast Address Listening
/// Interval (design law 8): the machines' states are those of a run without loss.
#[test]
fn a_domain_settles_when_loss_ends() {
    let mut lossy = scenario("lossy");
    let mut lossless = lossy.clone();
    lossless.set_loss(0.0);
    lossy.set_loss(0.2);
    let mut model = Domain::new(&lossless, lossless.seed).unwrap();
    model.run(&mut ());
    let model = model.snapshot();

    let runs: u64 = std::env::var("MULTIMOB_SEEDS").map_or(200, |runs| runs.parse().unwrap());
    let (next, lost) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= runs {
                break;
            }
            let mut losses = Losses(0);
            let mut domain = Domain::new(&lossy, seed).unwrap();
            domain.run(&mut losses);
            lost.fetch_add(losses.0, Ordering::Relaxed);
            for (node, state) in domain.snapshot() {
                assert_eq!(state, model[&node], "seed {seed}, {node}");
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    assert!(lost.into_inner() > 100 * runs, "there was something to repair");
}

/// A script of moves, joins and leaves in the first minute, which three MAGs and four nodes play.
fn script() -> impl Strategy<Value = Vec<Step>> {
    let scenario = scenario("lossy");
    let [s1, s2, g1, g3] = ["S1", "S2", "G1", "G3"].map(|name| scenario.names.lookup(name).unwrap());
    let act = prop_oneof![
        4 => (0..3_usize, any::<bool>())
            .prop_map(|(gateway, tell_previous)| Act::Attach { gateway, tell_previous }),
        1 => Just(Act::Detach),
        2 => Just(Act::Want { group: g1, filter: Filter::include([s1]) }),
        1 => Just(Act::Want { group: g1, filter: Filter::include([s1, s2]) }),
        1 => Just(Act::Want { group: g1, filter: Filter::NOTHING }),
        2 => Just(Act::Want { group: g3, filter: Filter::EVERYTHING }),
        1 => Just(Act::Want { group: g3, filter: Filter::exclude([s2]) }),
        1 => Just(Act::Want { group: g3, filter: Filter::include([s1]) }),
        1 => Just(Act::Want { group: g3, filter: Filter::NOTHING }),
    ];
    let step = (0..58_000_u64, 0..4_usize, act).prop_map(|(millis, mobile, act)| Step {
        at: Instant::from_millis(millis),
        mobile,
        act,
    });
    proptest::collection::vec(step, 1..40).prop_map(|mut steps| {
        steps.sort_by_key(|step| step.at);
        steps
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// The same, whatever the nodes do while packets are lost. A source that EXCLUDE lists takes longer: when the BLOCK
    /// is lost, the next answer to a General Query starts its timer, and it is let through until that has run down
    /// (RFC 3810 7.4.1).
    #[test]
    fn a_domain_settles_whatever_its_nodes_did(steps in script(), seed in any::<u64>()) {
        let mut lossy = scenario("lossy");
        lossy.steps = steps;
        lossy.streams.clear();
        let timing = lossy.anchors[0].config.router.timing;
        let next_answer = timing.query_interval + timing.query_response_interval;
        lossy.until = lossy.until + next_answer;
        let mut lossless = lossy.clone();
        lossless.set_loss(0.0);
        lossy.set_loss(0.2);
        let end = |scenario: &Scenario| {
            let mut domain = Domain::new(scenario, seed).unwrap();
            domain.run(&mut ());
            domain.snapshot()
        };
        let (found, model) = (end(&lossy), end(&lossless));
        for (node, state) in found {
            prop_assert_eq!(&state, &model[&node], "{}", node);
        }
    }
}

/// As many as the run for convergence has seeds, halved: each is two runs.
fn cases() -> u32 {
    std::env::var("MULTIMOB_SEEDS").map_or(100, |runs| runs.parse::<u32>().unwrap() / 2)
}

struct Losses(u64);

impl Observer for Losses {
    fn see(&mut self, _: Instant, event: &Event<'_>) {
        self.0 += u64::from(matches!(event, Event::Dropped { why: multimob::sim::Why::Lost, .. }));
    }
}

/// Somebody on every link sends mangled copies of what passes.
#[test]
fn mangled_packets_break_nothing() {
    let mut scenario = scenario("lossy");
    for link in [&mut scenario.links.access, &mut scenario.links.core, &mut scenario.links.network] {
        link.mangle = 0.5;
    }
    for seed in 0..20 {
        let mut measures = Measures::new(&scenario);
        run(&scenario, seed, &mut measures);
        assert!(measures.counts().unreadable > 50, "seed {seed}: {:?}", measures.counts());
        assert_eq!(measures.counts().stuck, 0, "seed {seed}");
        let received: u64 = measures.listening().iter().map(|one| one.received).sum();
        assert!(received > 100, "seed {seed}: service goes on, {received}");
    }
}

/// The recorded run: the ladder, and every change of a machine's next deadline. Nodes of a group are left out of the
/// latter.
struct Recorder {
    ladder: Ladder,
    entries: Vec<Entry>,
    told: Vec<bool>,
    scenario: Scenario,
}

enum Entry {
    Line(usize),
    Deadline(Instant, usize, Option<Instant>),
}

impl Observer for Recorder {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        let lines = self.ladder.lines().len();
        self.ladder.see(now, event);
        self.entries.extend((lines..self.ladder.lines().len()).map(Entry::Line));
        if let Event::Deadline { node, due } = *event
            && self.told[node]
        {
            self.entries.push(Entry::Deadline(now, node, due));
        }
    }
}

impl Recorder {
    fn new(scenario: &Scenario) -> Self {
        let columns: Vec<usize> = scenario.names.columns().map(|(_, members)| members).collect();
        let told = (0..scenario.nodes()).map(|node| columns[scenario.names.column_of(node)] == 1).collect();
        Self { ladder: Ladder::new(scenario), entries: Vec::new(), told, scenario: scenario.clone() }
    }

    fn text(&self) -> String {
        let mut text = format!("# {}, seed {}\n", self.scenario.title, self.scenario.seed);
        for entry in &self.entries {
            match *entry {
                Entry::Line(at) => {
                    let line = &self.ladder.lines()[at];
                    write!(text, "{} {} {}", line.at, self.ladder.headline(line), line.detail).unwrap();
                    if line.times > 1 {
                        write!(text, ", {} times until {}", line.times, line.last).unwrap();
                    }
                }
                Entry::Deadline(now, node, due) => {
                    let due = due.map_or("none".to_string(), |due| due.to_string());
                    write!(text, "{now}   {} due {due}", self.scenario.names.of(node)).unwrap();
                }
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }
}

#[test]
fn runs_are_as_recorded() {
    for (name, _) in BUILTIN {
        let scenario = scenario(name);
        let mut recorder = Recorder::new(&scenario);
        run(&scenario, scenario.seed, &mut recorder);
        let text = recorder.text();
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/scenarios/{name}.expected"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        for (number, (expected, found)) in expected.lines().zip(text.lines()).enumerate() {
            assert_eq!(found, expected, "{}:{}", path.display(), number + 1);
        }
        assert_eq!(text.lines().count(), expected.lines().count(), "{}", path.display());
    }
}
