//! What is found to differ, and how it is shown.

use std::io::{self, Write};

use multimob::Instant;
use serde_json::Value;

use super::Agreed;
use super::shown::{self, Row};
use super::steps::{Act, Recorded, Steps};
use super::track::Came;

/// The first difference of a trace.
pub(super) struct Difference {
    /// An index into the steps.
    step: usize,
    came: Came,
    what: What,
}

/// What differs first in a step.
enum What {
    Refusal,
    /// An index into the actions.
    Action(usize),
    Deadline,
}

impl Difference {
    /// Whether, and in what, a step went another way.
    pub(super) fn between(step: usize, recorded: &Recorded, came: Came) -> Option<Self> {
        let actions = recorded.actions.len().max(came.actions.len());
        let differs = |&at: &usize| recorded.actions.get(at).map(|a| &a.value) != came.actions.get(at);
        let what = if recorded.refused.as_ref().map(|why| &why.value) != came.refused.as_ref() {
            What::Refusal
        } else if let Some(at) = (0..actions).find(differs) {
            What::Action(at)
        } else if recorded.deadline != came.deadline {
            What::Deadline
        } else {
            return None;
        };
        Some(Self { step, came, what })
    }

    /// Tells a person.
    pub(super) fn show(
        &self,
        file: &str,
        steps: &Steps,
        agreed: &Agreed,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let Some(step) = steps.steps.get(self.step) else { return Ok(()) };
        let node = steps.tracks.get(step.track).map_or("", |track| &track.node);
        let (line, what) = self.headline(step.line, &step.recorded);
        writeln!(out, "{file}: line {line}, {} s, {node}: {what}", step.now)?;
        writeln!(out, "{} steps before it agreed, with {} actions\n", agreed.steps, agreed.actions)?;

        let (title, parts) = match &step.act {
            Act::Made(made) => ("made", shown::alone(made)),
            Act::Input(input) => ("input", shown::alone(input)),
            Act::Timeout => ("timeout", Vec::new()),
        };
        writeln!(out, "{title}, line {}", step.line)?;
        let width = parts.iter().map(|(path, _)| path.chars().count()).max().unwrap_or_default();
        for (path, part) in parts {
            writeln!(out, "  {path:width$}  {part}")?;
        }
        writeln!(out)?;
        draw(&self.blocks(&step.recorded), out)
    }

    /// The line of the trace that is no longer so, and in what way.
    fn headline(&self, step: usize, recorded: &Recorded) -> (usize, String) {
        match self.what {
            What::Refusal => {
                let what = match (&recorded.refused, &self.came.refused) {
                    (Some(_), Some(_)) => "refused for another reason",
                    (Some(_), None) => "was refused, and is taken now",
                    (None, _) => "was taken, and is refused now",
                };
                (recorded.refused.as_ref().map_or(step, |why| why.line), what.to_string())
            }
            What::Action(at) => {
                let number = at.saturating_add(1);
                let what = match (recorded.actions.get(at), self.came.actions.get(at)) {
                    (Some(_), Some(_)) => format!("action {number} is another one"),
                    (Some(_), None) => format!("action {number} is missing now"),
                    (None, _) => format!("action {number} is new"),
                };
                (recorded.actions.get(at).map_or(step, |action| action.line), what)
            }
            What::Deadline => {
                (recorded.deadline_line.unwrap_or(step), "the next deadline is another one".to_string())
            }
        }
    }

    /// All that came of the step. Actions that are the same at the beginning and at the end are named only.
    fn blocks(&self, recorded: &Recorded) -> Vec<Block> {
        let was: Vec<&Value> = recorded.actions.iter().map(|action| &action.value).collect();
        let now: Vec<&Value> = self.came.actions.iter().collect();
        let same = |(a, b): &(&&Value, &&Value)| a == b;
        let shorter = was.len().min(now.len());
        let head = was.iter().zip(&now).take_while(same).count();
        let tail = was.iter().rev().zip(now.iter().rev()).take_while(same).count();
        let tail = tail.min(shorter.saturating_sub(head));
        let longer = was.len().max(now.len());

        let mut blocks = Vec::new();
        if recorded.refused.is_some() || self.came.refused.is_some() {
            let why = |why: Option<&String>| Some(why.map_or("no", String::as_str).to_string());
            let was = why(recorded.refused.as_ref().map(|why| &why.value));
            blocks.push(Block::row("refused", was, why(self.came.refused.as_ref())));
        }
        for (at, action) in was.iter().enumerate().take(head) {
            blocks.push(Block::same(at, action));
        }
        // Behind the head and before the tail of each side.
        let middle = |side: &[&Value], at: usize| {
            let end = side.len().saturating_sub(tail);
            side.get(..end).and_then(|side| side.get(at).copied().cloned())
        };
        for at in head..longer.saturating_sub(tail) {
            let (was, now) = (middle(&was, at), middle(&now, at));
            let title = action_title(at, was.as_ref().or(now.as_ref()).unwrap_or(&Value::Null));
            blocks.push(Block { title, rows: shown::side_by_side(was.as_ref(), now.as_ref()) });
        }
        let first = was.len().saturating_sub(tail);
        for (at, action) in was.iter().enumerate().skip(first) {
            blocks.push(Block::same(at, action));
        }
        let due = |micros: Option<u64>| {
            Some(micros.map_or("none".to_string(), |due| format!("{} s", Instant::from_micros(due))))
        };
        blocks.push(Block::row("deadline", due(recorded.deadline), due(self.came.deadline)));
        blocks
    }
}

fn action_title(at: usize, action: &Value) -> String {
    format!("action {}: {}", at.saturating_add(1), shown::name(action))
}

/// A heading, and what stands under it on both sides.
struct Block {
    title: String,
    rows: Vec<Row>,
}

impl Block {
    fn row(path: &str, recorded: Option<String>, now: Option<String>) -> Self {
        Self { title: String::new(), rows: vec![Row { path: path.to_string(), recorded, now }] }
    }

    fn same(at: usize, action: &Value) -> Self {
        Self { title: format!("{}, the same", action_title(at, action)), rows: Vec::new() }
    }
}

/// The widest that the column of the record gets.
const WIDEST: usize = 64;
const NOTHING: &str = "-";

fn draw(blocks: &[Block], out: &mut impl Write) -> io::Result<()> {
    let rows = || blocks.iter().flat_map(|block| &block.rows);
    let text = |side: &Option<String>| side.as_deref().unwrap_or(NOTHING).to_string();
    let len = |text: &str| text.chars().count();
    let path = rows().map(|row| len(&row.path)).max().unwrap_or_default();
    let recorded = rows().map(|row| len(&text(&row.recorded))).max().unwrap_or_default();
    let recorded = recorded.clamp(len("recorded"), WIDEST);
    writeln!(out, "  {:path$}  {:recorded$}  now", "", "recorded")?;
    for Block { title, rows } in blocks {
        if !title.is_empty() {
            writeln!(out, "{title}")?;
        }
        for row in rows {
            let mark = if row.differs() { '!' } else { ' ' };
            let (was, now) = (text(&row.recorded), text(&row.now));
            writeln!(out, "{mark} {:path$}  {was:recorded$}  {now}", row.path)?;
        }
    }
    Ok(())
}
