//! The ladder as a Mermaid sequence diagram.

use core::fmt::Write;

use multimob::sim::{Ladder, Scenario};

pub(crate) fn diagram(ladder: &Ladder, scenario: &Scenario) -> String {
    let mut text = String::from("sequenceDiagram\n");
    for (column, (name, _)) in scenario.names.columns().enumerate() {
        let _ = writeln!(text, "    participant n{column} as {name}");
    }
    for line in ladder.lines() {
        let from = scenario.names.column_of(line.from);
        let times = if line.times > 1 { format!(" ({} times)", line.times) } else { String::new() };
        let said = plain(&format!("{} {}{times}", line.name, line.detail));
        // Writing to a String cannot fail.
        let _ = match line.to {
            None => writeln!(text, "    Note over n{from}: {} {said}", line.at),
            Some(to) => {
                let arrow = match (line.lost, line.tunnel) {
                    (true, _) => "-x",
                    (false, true) => "-->>",
                    (false, false) => "->>",
                };
                writeln!(text, "    n{from}{arrow}n{}: {} {said}", scenario.names.column_of(to), line.at)
            }
        };
    }
    text
}

/// Without what would end the message or begin a comment.
fn plain(text: &str) -> String {
    text.trim().replace([';', '#', '%'], ",")
}
