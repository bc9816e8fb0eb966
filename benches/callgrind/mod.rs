//! Instructions, counted by running this very program under callgrind.
//!
//! The same work is done twice, once more often than the other time: the difference is the work alone, without starting
//! up and preparing. The count is the same at every run, whatever else the machine does; it does not see caches.

use std::io;
use std::process::Command;

/// Instructions of one round of what `arguments` ask this program to do: they are followed by how many rounds, `few` or
/// twice as many.
pub fn per_round(arguments: &[&str], few: u64) -> io::Result<f64> {
    let [less, more] = [few, few * 2].map(|rounds| run(arguments, rounds));
    let (less, more) = (less?, more?);
    Ok(more.saturating_sub(less) as f64 / few as f64)
}

fn run(arguments: &[&str], rounds: u64) -> io::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(arguments)
        .arg(rounds.to_string())
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    // "==7== Collected : 1234567"
    let count = told.lines().find_map(|line| line.split_once("Collected : "));
    match count.and_then(|(_, count)| count.trim().parse().ok()) {
        Some(count) if output.status.success() => Ok(count),
        _ => Err(io::Error::other(told.into_owned())),
    }
}
