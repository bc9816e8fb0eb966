//! `multimob replay`.
#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

mod difference;
mod line;
mod shown;
mod steps;
mod track;

use core::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use self::difference::Difference;
use self::steps::{Act, Steps};
use crate::failure::Failure;

/// Feed the inputs of a trace to fresh machines, and compare what they do with what they did
///
/// A trace is what `multimob run --trace` writes: one JSON object a line. `made` says of each machine of which kind it
/// is, its seed and its configuration; `input` and `timeout` are steps of it; `refused`, `action` and `deadline` are
/// what came of the step before them. Each machine is made again, gets the same inputs at the same times, is woken when
/// it was woken, and must refuse the same, want the same actions in the same order, and wait for the same deadline.
///
/// The first difference is shown: where it is in the trace, when, at which node, the input, and what was recorded beside
/// what came now, with `!` before each part that differs. Messages are shown as `multimob decode` reads them.
///
/// Keep traces of good runs: they tell whether a change of the code changes what the machines do.
#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  multimob run lossy --seed 7 --trace lossy.jsonl   record
  multimob replay lossy.jsonl                       and play again, with the program as it is now
  zcat lossy.jsonl.gz | multimob replay -           from standard input

Exit codes: 0 nothing differs; 1 something differs, and standard output says what; 2 the file cannot be read or is no
trace: standard error says in which line and column, and what is wrong there.")]
pub(crate) struct Args {
    /// A trace; - is standard input
    trace: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let (name, from): (String, Box<dyn BufRead>) = if args.trace == Path::new("-") {
        ("standard input".to_string(), Box::new(stdin().lock()))
    } else {
        let name = args.trace.display().to_string();
        let file = File::open(&args.trace).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        (name, Box::new(BufReader::new(file)))
    };
    let mut steps = Steps::read(&name, from)?;
    let mut agreed = Agreed::default();
    let difference = play(&mut steps, &mut agreed);

    let mut out = BufWriter::new(stdout().lock());
    match &difference {
        Some(difference) => difference.show(&name, &steps, &agreed, &mut out)?,
        None => {
            writeln!(out, "{name}: nothing differs: {}, {agreed}", Count(steps.tracks.len(), "machine"))?;
        }
    }
    for track in &steps.tracks {
        if let Some(line) = track.lost {
            let node = shown::plain(&track.node);
            writeln!(
                out,
                "not compared: {node} from line {line} on, as the trace could not hold that input"
            )?;
        }
    }
    out.flush()?;
    if difference.is_some() { Err(Failure::Differs) } else { Ok(()) }
}

/// What was the same.
#[derive(Default)]
struct Agreed {
    steps: usize,
    actions: usize,
}

impl fmt::Display for Agreed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", Count(self.steps, "step"), Count(self.actions, "action"))
    }
}

/// So many of a thing.
struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, what) = self;
        write!(f, "{count} {what}{}", if *count == 1 { "" } else { "s" })
    }
}

/// Plays step by step, up to the first difference.
fn play(steps: &mut Steps, agreed: &mut Agreed) -> Option<Difference> {
    for (at, step) in steps.steps.iter().enumerate() {
        let Some(track) = steps.tracks.get_mut(step.track).filter(|track| track.lost.is_none()) else {
            continue;
        };
        let came = match &step.act {
            Act::Made(_) => track.player.rest(),
            Act::Timeout => track.player.timeout(step.now),
            Act::Input(_) => match track.player.input(step.now) {
                Some(came) => came,
                None => {
                    // What was refused has changed nothing; after anything else its state is unknown.
                    track.lost = step.recorded.refused.is_none().then_some(step.line);
                    continue;
                }
            },
        };
        let difference = Difference::between(at, &step.recorded, came);
        if difference.is_some() {
            return difference;
        }
        agreed.steps = agreed.steps.saturating_add(usize::from(!matches!(step.act, Act::Made(_))));
        agreed.actions = agreed.actions.saturating_add(step.recorded.actions.len());
    }
    None
}
