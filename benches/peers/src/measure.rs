//! How it is measured.
//!
//! All contenders of a group run in one process, in slices of 0.4 ms, one after the other, 151 rounds; each round begins
//! with another one. What is compared is the ratio within a round: its median and its quartiles. Speed that comes and goes
//! with the machine falls on all contenders of a round alike.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::callgrind;
use crate::goals::{BOUNDS, Bound, GOALS, Goal, Profile};
use crate::report;

const ROUNDS: usize = 151;
const SLICE: Duration = Duration::from_micros(400);

/// What a run is for.
#[derive(Clone, Copy)]
pub enum Mode<'a> {
    /// To measure.
    Full,
    /// To see that everything runs.
    Quick,
    /// To be counted by callgrind: this contender alone, so many times.
    Count { workload: &'a str, contender: &'a str, rounds: u64 },
}

pub struct Bench<'a> {
    mode: Mode<'a>,
    filter: &'a str,
    profile: Profile,
    tally: report::Tally,
    measured: Vec<(&'static str, &'static str, &'static str)>,
}

/// Contenders for the same work.
pub struct Group<'b, 'a, 'c> {
    bench: &'b mut Bench<'a>,
    workload: &'static str,
    /// Messages in one pass of a contender.
    messages: usize,
    contenders: Vec<Contender<'c>>,
}

struct Contender<'c> {
    name: &'static str,
    is_ours: bool,
    /// Does the work so many times.
    run: Box<dyn FnMut(u64) + 'c>,
}

impl<'a> Bench<'a> {
    pub fn new(mode: Mode<'a>, filter: &'a str) -> Self {
        let profile = report::profile();
        if !matches!(mode, Mode::Count { .. }) {
            report::head(profile);
        }
        Self { mode, filter, profile, tally: report::Tally::default(), measured: Vec::new() }
    }

    /// A group, if this run is for its workload.
    pub fn group<'c>(&mut self, workload: &'static str, messages: usize) -> Group<'_, 'a, 'c> {
        Group { bench: self, workload, messages, contenders: Vec::new() }
    }

    /// Whether this run is for a workload; ask before preparing it.
    pub fn wants(&self, workload: &str) -> bool {
        match self.mode {
            Mode::Full | Mode::Quick => workload.contains(self.filter),
            Mode::Count { workload: wanted, .. } => workload == wanted,
        }
    }

    /// The sum of it. A goal that nothing was compared with is a mistake here.
    pub fn finish(self) -> ExitCode {
        if let Mode::Count { .. } = self.mode {
            return ExitCode::SUCCESS;
        }
        self.tally.print();
        let left_out: Vec<_> = GOALS
            .iter()
            .map(|goal| (goal.workload, goal.ours, goal.peer))
            .filter(|goal| self.filter.is_empty() && !self.measured.contains(goal))
            .filter(|(_, _, peer)| cfg!(feature = "packet-formats") || !peer.starts_with("packet-formats"))
            .collect();
        for (workload, ours, peer) in &left_out {
            println!("!! no comparison for the goal {workload}, {ours}, {peer}");
        }
        if left_out.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl<'c> Group<'_, '_, 'c> {
    pub fn ours<T>(mut self, name: &'static str, work: impl FnMut() -> T + 'c) -> Self {
        self.push(name, true, work);
        self
    }

    pub fn peer<T>(mut self, name: &'static str, work: impl FnMut() -> T + 'c) -> Self {
        self.push(name, false, work);
        self
    }

    fn push<T>(&mut self, name: &'static str, is_ours: bool, mut work: impl FnMut() -> T + 'c) {
        let run = Box::new(move |passes| {
            for _ in 0..passes {
                black_box(work());
            }
        });
        self.contenders.push(Contender { name, is_ours, run });
    }

    /// Runs the group and prints a line for each of ours beside each peer.
    pub fn run(mut self) {
        let (rounds, slice) = match self.bench.mode {
            Mode::Count { contender, rounds, .. } => {
                let counted = self.contenders.iter_mut().find(|one| one.name == contender);
                return (counted.expect("a contender of the group").run)(rounds);
            }
            Mode::Full => (ROUNDS, SLICE),
            Mode::Quick => (1, Duration::ZERO),
        };
        let times = interleaved(&mut self.contenders, rounds, slice);
        let (ours, peers): (Vec<_>, Vec<_>) =
            (0..self.contenders.len()).partition(|&index| self.contenders[index].is_ours);
        for us in ours {
            for &them in &peers {
                let ratios = times[us].iter().zip(&times[them]).map(|(ours, theirs)| ours / theirs);
                self.compare(us, them, Quartiles::of(ratios.collect()));
            }
            self.bound(us);
        }
    }

    fn compare(&mut self, us: usize, them: usize, time: Quartiles) {
        let [ours, peer] = [us, them].map(|index| self.contenders[index].name);
        let workload = self.workload;
        self.bench.measured.push((workload, ours, peer));
        let goal = Goal::of(workload, ours, peer, self.bench.profile);
        let is_close = goal.is_some_and(|goal| (0.9..=1.1).contains(&goal));
        let instructions = match self.bench.mode {
            Mode::Full if is_close => self.count(ours).zip(self.count(peer)).map(|(us, them)| us / them),
            _ => None,
        };
        let is_judged = matches!(self.bench.mode, Mode::Full);
        let line = report::Line { workload, ours, peer, time, instructions, goal, is_judged };
        self.bench.tally.add(line.print(self.bench.profile));
    }

    fn bound(&mut self, us: usize) {
        let (workload, ours) = (self.workload, self.contenders[us].name);
        let named = |bound: &&Bound| (bound.workload, bound.ours) == (workload, ours);
        if let (Mode::Full, Some(bound)) = (self.bench.mode, BOUNDS.iter().find(named)) {
            let counted = self.count(ours);
            self.bench.tally.add(report::bound(bound, counted, self.bench.profile));
        }
    }

    /// Instructions that a contender takes for a message.
    fn count(&self, contender: &str) -> Option<f64> {
        let passes = (1_000 / self.messages as u64).max(1);
        match callgrind::per_round(&["--count", self.workload, contender], passes) {
            Ok(instructions) => Some(instructions / self.messages as f64),
            Err(error) => {
                println!("!! NOT COUNTED: {}, {contender}: {error}", self.workload);
                None
            }
        }
    }
}

/// Seconds per pass, of each contender in each round.
fn interleaved(contenders: &mut [Contender<'_>], rounds: usize, slice: Duration) -> Vec<Vec<f64>> {
    let passes: Vec<u64> = contenders.iter_mut().map(|one| passes_in(slice, &mut one.run)).collect();
    let mut times = vec![vec![0.0; rounds]; contenders.len()];
    for round in 0..rounds {
        for turn in 0..contenders.len() {
            let index = (round + turn) % contenders.len();
            times[index][round] = seconds(&mut contenders[index].run, passes[index]) / passes[index] as f64;
        }
    }
    times
}

/// How many passes fill a slice.
fn passes_in(slice: Duration, run: &mut dyn FnMut(u64)) -> u64 {
    let mut passes = 1;
    loop {
        let took = seconds(run, passes);
        if took * 2.0 >= slice.as_secs_f64() {
            let scaled = passes as f64 * slice.as_secs_f64() / took;
            return (scaled as u64).max(1);
        }
        passes *= 2;
    }
}

fn seconds(run: &mut dyn FnMut(u64), passes: u64) -> f64 {
    let start = Instant::now();
    run(passes);
    start.elapsed().as_secs_f64()
}

/// Of the ratios of all rounds.
#[derive(Clone, Copy)]
pub struct Quartiles {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
}

impl Quartiles {
    fn of(mut ratios: Vec<f64>) -> Self {
        ratios.sort_by(f64::total_cmp);
        let at = |part: usize| ratios[(ratios.len() - 1) * part / 4];
        Self { lower: at(1), median: at(2), upper: at(3) }
    }
}
