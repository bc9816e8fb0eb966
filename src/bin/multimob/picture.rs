//! The ladder as text: a column for each node, an arrow for each message.

use std::io::{self, Write};

use multimob::sim::{Ladder, Line, Scenario};

/// Columns of text from one lifeline to the next: room for the longest message name between two neighbours.
const STEP: usize = 18;
/// Where the first lifeline stands, after the time.
const FIRST: usize = 16;

pub(crate) fn draw(ladder: &Ladder, scenario: &Scenario, out: &mut impl Write) -> io::Result<()> {
    let columns: Vec<String> = scenario
        .names
        .columns()
        .map(|(name, members)| if members > 1 { format!("{name} ({members})") } else { name.to_string() })
        .collect();
    let mut head = Row::new(columns.len(), ' ');
    for (column, name) in columns.iter().enumerate() {
        head.write_centred(position(column), name);
    }
    writeln!(out, "{:>10}{}", "s", head.text().split_at(10).1)?;
    for line in ladder.lines() {
        let row = row(line, scenario, columns.len());
        let said = [said(line, ladder), repeated(line)];
        let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty()).collect();
        writeln!(
            out,
            "{:>10}{}",
            line.at.to_string(),
            format!("{}   {}", row, said.join(", ")).split_at(10).1.trim_end()
        )?;
    }
    Ok(())
}

fn position(column: usize) -> usize {
    FIRST + column * STEP
}

fn row(line: &Line, scenario: &Scenario, columns: usize) -> String {
    let mut row = Row::new(columns, ' ');
    for column in 0..columns {
        row.put(position(column), '|');
    }
    let from = position(scenario.names.column_of(line.from));
    let Some(to) = line.to.map(|to| position(scenario.names.column_of(to))) else {
        row.put(from, '*');
        return row.text();
    };
    let (low, high) = (from.min(to), from.max(to));
    let shaft = if line.tunnel { '=' } else { '-' };
    (low + 1..high).for_each(|at| row.put(at, shaft));
    let (head, at) = if from < to { ('>', high - 1) } else { ('<', low + 1) };
    row.put(at, if line.lost { 'x' } else { head });
    row.write_centred(low.midpoint(high), &line.name);
    row.text()
}

/// What stands beside the arrow: events in full, of messages the fields that matter.
fn said(line: &Line, ladder: &Ladder) -> String {
    match line.to {
        Some(_) => line.detail.clone(),
        None if line.detail.is_empty() => ladder.headline(line),
        None => format!("{} {}", ladder.headline(line), line.detail),
    }
}

fn repeated(line: &Line) -> String {
    if line.times > 1 { format!("{} times until {}", line.times, line.last) } else { String::new() }
}

struct Row(Vec<char>);

impl Row {
    fn new(columns: usize, fill: char) -> Self {
        Self(vec![fill; position(columns.max(1) - 1) + 5])
    }

    fn put(&mut self, at: usize, what: char) {
        if let Some(place) = self.0.get_mut(at) {
            *place = what;
        }
    }

    fn write_centred(&mut self, middle: usize, text: &str) {
        let start = middle.saturating_sub(text.chars().count() / 2);
        text.chars().enumerate().for_each(|(at, c)| self.put(start + at, c));
    }

    fn text(&self) -> String {
        self.0.iter().collect()
    }
}
