//! What a run was like, in figures.

use std::collections::BTreeMap;
use std::io::{self, Write};

use multimob::sim::{Handover, Listening, Measures, Scenario};

pub(crate) fn print(measures: &Measures, scenario: &Scenario, out: &mut impl Write) -> io::Result<()> {
    let names = &scenario.names;
    let mut table =
        Table::new(["hand-over", "at (s)", "interruption", "reached LMA after PBA", "lost of these"]);
    for handover in measures.handovers() {
        let Handover { node, from, to, at, .. } = handover;
        table.row([
            format!("{}: {} to {}", names.of(node), names.of(from), names.of(to)),
            at.to_string(),
            handover.interruption.map_or("-".to_string(), milliseconds),
            handover.reached_after_ack.to_string(),
            handover.lost_after_ack.to_string(),
        ]);
    }
    table.print(out)?;

    let mut table = Table::new(["listener", "channel", "sent", "received", "lost", "duplicated", "unwanted"]);
    for ((column, stream), sum) in listening(measures, scenario) {
        let spec = &scenario.streams[stream];
        table.row([
            column,
            names.channel(&multimob::channel::Channel::ssm(spec.source, spec.group)),
            sum.sent.to_string(),
            sum.received.to_string(),
            sum.lost.to_string(),
            sum.duplicated.to_string(),
            sum.unwanted.to_string(),
        ]);
    }
    table.print(out)?;

    let mut table = Table::new(["signalling", "messages", "octets"]);
    let (mut messages, mut octets) = (0, 0);
    for (kind, sum) in measures.signalling() {
        table.row([(*kind).to_string(), sum.messages.to_string(), sum.octets.to_string()]);
        messages += sum.messages;
        octets += sum.octets;
    }
    table.row(["all".to_string(), messages.to_string(), octets.to_string()]);
    table.print(out)?;

    let mut table = Table::new(["M-Tunnel", "copies"]);
    for (&(from, to), copies) in measures.copies() {
        table.row([format!("{} => {}", names.of(from), names.of(to)), copies.to_string()]);
    }
    table.print(out)
}

/// By column of the ladder, so that a group of nodes is one row.
fn listening(measures: &Measures, scenario: &Scenario) -> BTreeMap<(String, usize), Listening> {
    let columns: Vec<(&str, usize)> = scenario.names.columns().collect();
    let mut sums: BTreeMap<(String, usize), Listening> = BTreeMap::new();
    for one in measures.listening() {
        let (name, members) = columns[scenario.names.column_of(one.node)];
        let name = if members > 1 { format!("{name} ({members})") } else { name.to_string() };
        let zero = Listening { sent: 0, received: 0, lost: 0, duplicated: 0, unwanted: 0, ..one };
        let sum = sums.entry((name, one.stream)).or_insert(zero);
        sum.sent += one.sent;
        sum.received += one.received;
        sum.lost += one.lost;
        sum.duplicated += one.duplicated;
        sum.unwanted += one.unwanted;
    }
    sums
}

pub(crate) fn milliseconds(time: core::time::Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100)
}

/// Columns as wide as they need to be; the first to the left, the others to the right.
struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    const fn new(head: [&'static str; N]) -> Self {
        Self { head, rows: Vec::new() }
    }

    fn row(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    /// Prints nothing when there is no row.
    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let head = self.head.map(str::to_string);
        let all = || core::iter::once(&head).chain(&self.rows);
        let widths: [usize; N] =
            core::array::from_fn(|at| all().map(|row| row[at].chars().count()).max().unwrap_or(0));
        for row in all() {
            let cells = row.iter().zip(widths).enumerate();
            let cells: Vec<String> = cells
                .map(|(at, (cell, width))| match at {
                    0 => format!("{cell:width$}"),
                    _ => format!("{cell:>width$}"),
                })
                .collect();
            writeln!(out, "{}", cells.join("   ").trim_end())?;
        }
        writeln!(out)
    }
}
