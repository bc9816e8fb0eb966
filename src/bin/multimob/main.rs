//! The program: `multimob run` plays a scenario and draws its message ladder, `multimob decode` says what captured packets
//! mean, `multimob encode` makes packets of what was said, `multimob replay` plays the trace of a run again.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "columns and counts of a drawing; what a user gives is checked where it is read"
)]

mod decode;
mod dialect;
mod encode;
mod failure;
mod json;
mod load;
mod mermaid;
mod pcapng;
mod picture;
mod replay;
mod run;
mod seeds;
mod table;
mod trace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// IP multicast to moving receivers: Proxy Mobile IPv6 with multicast, at work.
///
/// The library behind this program is a set of wire formats and state machines without IO. Here they run in a simulated
/// domain, in virtual time, so that one can see what they say to each other.
#[derive(Parser)]
#[command(name = "multimob", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Args),
    Replay(replay::Args),
    Decode(decode::Args),
    Encode(encode::Args),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let outcome = match command {
        Command::Run(args) => run::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Decode(args) => decode::run(&args),
        Command::Encode(args) => encode::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
