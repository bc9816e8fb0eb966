//! `multimob run`.

use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use multimob::sim::{BUILTIN, Domain, Ladder, Measures, Scenario};

use crate::failure::Failure;
use crate::{load, mermaid, pcapng, picture, seeds, table, trace};

/// Run a scenario and draw what its nodes say to each other
///
/// Without arguments: the hand-over of draft-asaeda-multimob-pmip6-extension, Figure 6, with Reports recorded from a
/// Linux kernel. The run takes place in virtual time and is over at once; the same seed gives the same run, octet for
/// octet.
///
/// In the ladder, time is in seconds from the start; `-->` is a packet, `==>` a packet inside a tunnel, `x` the end of
/// one that was lost. An even flow of data is one line that says how many datagrams it stands for.
#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  multimob run                                the default scenario
  multimob run --list                         the scenarios that come with the program
  multimob run asaeda-fig7 --pcapng fig7.pcapng   and look at it with Wireshark
  multimob run lossy --loss 0.2 --seeds 1000  does it always settle?
  multimob run ./mine.toml --trace mine.jsonl a scenario of your own

Exit codes: 0 done; 1 the scenario could not be run, a file not be written, or the run did not show what its figure
asks for or did not settle; 2 the command line is wrong.")]
pub(crate) struct Args {
    /// A scenario by name (see --list), or a TOML file
    #[arg(default_value = BUILTIN[0].0)]
    scenario: String,

    /// Where everything random comes from [default: the scenario's]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<u64>,

    /// Run N times, with N seeds in a row, and print figures over all runs
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..),
          conflicts_with_all = ["pcapng", "trace", "mermaid"])]
    seeds: Option<u32>,

    /// Share of packets that every link loses, 0 to 1, until the scenario's `loss-until`, or the end if it has none
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = share)]
    loss: Option<f64>,

    /// Write all packets to a capture file: an interface for each node, a comment on each packet
    #[arg(long, value_name = "FILE", value_parser = file)]
    pcapng: Option<PathBuf>,

    /// Write every input, action and deadline of every machine, one JSON object a line
    #[arg(long, value_name = "FILE", value_parser = file)]
    trace: Option<PathBuf>,

    /// Write the ladder as a Mermaid sequence diagram
    #[arg(long, value_name = "FILE", value_parser = file)]
    mermaid: Option<PathBuf>,

    /// List the scenarios that come with the program
    #[arg(long)]
    list: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_string())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a share lies between 0 and 1".to_string()) }
}

fn file(text: &str) -> Result<PathBuf, String> {
    if text == "-" {
        return Err("standard output has the ladder already; a file of that name is ./-".to_string());
    }
    Ok(text.into())
}

/// Outputs that would overwrite each other.
fn check_outputs(args: &Args) -> Result<(), Failure> {
    let outputs = [("--pcapng", &args.pcapng), ("--trace", &args.trace), ("--mermaid", &args.mermaid)];
    for (index, (option, path)) in outputs.iter().enumerate() {
        let other = outputs.iter().take(index).find(|(_, other)| path.is_some() && other == path);
        if let (Some((other, _)), Some(path)) = (other, path) {
            return Err(Failure::usage(format!("{other} and {option} both name {}", path.display())));
        }
    }
    Ok(())
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    if args.list {
        return list();
    }
    check_outputs(args)?;
    let mut scenario = load::scenario(&args.scenario)?;
    if let Some(loss) = args.loss {
        scenario.set_loss(loss);
    }
    let seed = args.seed.unwrap_or(scenario.seed);
    match args.seeds {
        Some(runs) => seeds::run(&scenario, seed, runs),
        None => once(args, &scenario, seed),
    }
}

fn list() -> Result<(), Failure> {
    let mut out = stdout().lock();
    for (name, _) in BUILTIN {
        let title = Scenario::builtin(name).map(|scenario| scenario.title).unwrap_or_default();
        writeln!(out, "{name:16}{title}")?;
    }
    Ok(())
}

fn once(args: &Args, scenario: &Scenario, seed: u64) -> Result<(), Failure> {
    let mut domain = Domain::new(scenario, seed).map_err(Failure::run)?;
    let mut ladder = Ladder::new(scenario);
    let mut measures = Measures::new(scenario);
    let mut capture = create(args.pcapng.as_deref(), |file| pcapng::Capture::new(file, scenario))?;
    let mut trace = create(args.trace.as_deref(), |file| Ok(trace::Trace::new(file, scenario)))?;
    domain.run(&mut ((&mut ladder, &mut measures), (&mut capture, &mut trace)));

    let wrote = |path: &Option<PathBuf>, done: std::io::Result<()>| {
        done.map_err(|error| Failure::file(path.as_deref().unwrap_or(Path::new("")), &error))
    };
    wrote(&args.pcapng, capture.map_or(Ok(()), pcapng::Capture::finish))?;
    wrote(&args.trace, trace.map_or(Ok(()), trace::Trace::finish))?;
    if let Some(path) = &args.mermaid {
        std::fs::write(path, mermaid::diagram(&ladder, scenario))
            .map_err(|error| Failure::file(path, &error))?;
    }

    let mut out = BufWriter::new(stdout().lock());
    writeln!(out, "{}\n\n{}\n", scenario.title, scenario.about.trim())?;
    picture::draw(&ladder, scenario, &mut out)?;
    writeln!(out)?;
    table::print(&measures, scenario, &mut out)?;
    let missing = ladder.missing(&scenario.figure);
    if !scenario.figure.is_empty() && missing.is_none() {
        writeln!(out, "figure: all {} messages, in the draft's order", scenario.figure.len())?;
    }
    out.flush()?;
    missing.map_or(Ok(()), |line| {
        Err(Failure::run(format!(
            "the run does not show the scenario's figure: after the lines before it, no \"{line}\""
        )))
    })
}

fn create<T>(
    path: Option<&Path>,
    make: impl FnOnce(BufWriter<File>) -> std::io::Result<T>,
) -> Result<Option<T>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let made = File::create(path).and_then(|file| make(BufWriter::new(file)));
    made.map(Some).map_err(|error| Failure::file(path, &error))
}
