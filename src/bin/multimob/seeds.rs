//! Many runs of one scenario, each with a seed of its own, and figures over all of them.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::sync::mpsc;
use std::thread;

use multimob::sim::{Domain, DomainSnapshot, Measures, Scenario};

use crate::failure::Failure;
use crate::table::milliseconds;

/// What one run contributes.
struct Outcome {
    seed: u64,
    interruptions: Vec<Duration>,
    lost: u64,
    duplicated: u64,
    lost_after_ack: u64,
    stuck: u64,
    /// Nodes whose state is not that of a run without loss.
    astray: Vec<String>,
}

pub(crate) fn run(scenario: &Scenario, first: u64, runs: u32) -> Result<(), Failure> {
    let mut lossless = scenario.clone();
    lossless.set_loss(0.0);
    let mut model = Domain::new(&lossless, first).map_err(Failure::run)?;
    model.run(&mut ());
    let model = model.snapshot();

    let mut outcomes = all(scenario, first, runs, &model)?;
    outcomes.sort_by_key(|outcome| outcome.seed);
    report(scenario, &outcomes)
}

fn all(scenario: &Scenario, first: u64, runs: u32, model: &DomainSnapshot) -> Result<Vec<Outcome>, Failure> {
    let next = AtomicU32::new(0);
    let (done, results) = mpsc::channel();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            let (next, done) = (&next, done.clone());
            scope.spawn(move || {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= runs
                        || done.send(one(scenario, first.wrapping_add(u64::from(run)), model)).is_err()
                    {
                        break;
                    }
                }
            });
        }
        drop(done);
        let watched = stderr().is_terminal();
        let mut outcomes = Vec::new();
        for outcome in results {
            outcomes.push(outcome?);
            if watched {
                let _ = write!(stderr(), "\r{} of {runs} runs", outcomes.len());
            }
        }
        if watched {
            let _ = writeln!(stderr());
        }
        Ok(outcomes)
    })
}

fn one(scenario: &Scenario, seed: u64, model: &DomainSnapshot) -> Result<Outcome, Failure> {
    let mut domain = Domain::new(scenario, seed).map_err(Failure::run)?;
    let mut measures = Measures::new(scenario);
    domain.run(&mut measures);
    let (listening, handovers) = (measures.listening(), measures.handovers());
    Ok(Outcome {
        seed,
        interruptions: handovers.iter().filter_map(|handover| handover.interruption).collect(),
        lost: listening.iter().map(|one| one.lost).sum(),
        duplicated: listening.iter().map(|one| one.duplicated).sum(),
        lost_after_ack: handovers.iter().map(|handover| handover.lost_after_ack).sum(),
        stuck: measures.counts().stuck,
        astray: domain
            .snapshot()
            .into_iter()
            .filter(|(node, state)| model.get(node) != Some(state))
            .map(|(node, _)| node)
            .collect(),
    })
}

fn report(scenario: &Scenario, outcomes: &[Outcome]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    writeln!(out, "{}\n\n{} runs\n", scenario.title, outcomes.len())?;
    writeln!(out, "{:36}{:>14}{:>14}{:>14}", "", "min", "median", "max")?;
    let mut line = |name: &str, values: Vec<u64>, show: fn(u64) -> String| -> std::io::Result<()> {
        match spread(values) {
            Some(spread) => {
                let [min, median, max] = spread.map(show);
                writeln!(out, "{name:36}{min:>14}{median:>14}{max:>14}")
            }
            None => Ok(()),
        }
    };
    let count = |n: u64| n.to_string();
    let time = |micros: u64| milliseconds(Duration::from_micros(micros));
    let interruptions = outcomes.iter().flat_map(|outcome| &outcome.interruptions);
    line(
        "interruption by a hand-over",
        interruptions.map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX)).collect(),
        time,
    )?;
    line("datagrams lost in a run", outcomes.iter().map(|outcome| outcome.lost).collect(), count)?;
    line(
        "of these after the PBA was sent",
        outcomes.iter().map(|outcome| outcome.lost_after_ack).collect(),
        count,
    )?;
    line("duplicated in a run", outcomes.iter().map(|outcome| outcome.duplicated).collect(), count)?;

    if let Some(stuck) = outcomes.iter().find(|outcome| outcome.stuck > 0) {
        return Err(Failure::run(format!(
            "a machine was still due after its timers had run: seed {}",
            stuck.seed
        )));
    }
    if scenario.loss_until.is_none() {
        writeln!(out, "\nconvergence: not judged, the scenario has no `loss-until`")?;
        return Ok(());
    }
    let astray = outcomes.iter().filter(|outcome| !outcome.astray.is_empty());
    let astray: Vec<String> =
        astray.map(|outcome| format!("seed {} ({})", outcome.seed, outcome.astray.join(", "))).collect();
    writeln!(
        out,
        "\nconvergence: {} of {} runs end in the state of a run without loss",
        outcomes.len() - astray.len(),
        outcomes.len()
    )?;
    if astray.is_empty() { Ok(()) } else { Err(Failure::run(format!("not settled: {}", astray.join(", ")))) }
}

fn spread(mut values: Vec<u64>) -> Option<[u64; 3]> {
    values.sort_unstable();
    Some([*values.first()?, *values.get(values.len() / 2)?, *values.last()?])
}
