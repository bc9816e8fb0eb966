//! What is found to differ, and how it is shown.

use std::io::{self, Write};

use multimob::Instant;
use serde_json::Value;

use super::Agreed;
use super::shown::{self, Row};
use super::steps::{Act, At, Recorded, Steps};
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
    Actions,
    Deadline,
}

impl Difference {
    /// Whether, and in what, a step went another way.
    pub(super) fn between(step: usize, recorded: &Recorded, came: Came) -> Option<Self> {
        let what = if recorded.refused.as_ref().map(|why| &why.value) != came.refused.as_ref() {
            What::Refusal
        } else if !recorded.actions.iter().map(|action| &action.value).eq(&came.actions) {
            What::Actions
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
        let node = steps.tracks.get(step.track).map_or_else(String::new, |track| shown::plain(&track.node));
        let (line, what) = self.headline(step.line, &step.recorded);
        writeln!(out, "{file}: line {line}, {} s, {node}: {what}", step.now)?;
        writeln!(out, "agreed before it: {agreed}\n")?;

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
            What::Actions => {
                let Middle { head, was, now } = Middle::of(recorded, &self.came);
                let number = head.saturating_add(1);
                match (was, now) {
                    ([], _) => (step, format!("action {number} is new")),
                    ([was, ..], []) => (was.line, format!("action {number} is missing now")),
                    ([was, ..], _) => (was.line, format!("action {number} is another one")),
                }
            }
            What::Deadline => {
                (recorded.deadline_line.unwrap_or(step), "the next deadline is another one".to_string())
            }
        }
    }

    /// All that came of the step. Actions that are the same at the beginning and at the end are named only.
    fn blocks(&self, recorded: &Recorded) -> Vec<Block> {
        let mut blocks = Vec::new();
        if recorded.refused.is_some() || self.came.refused.is_some() {
            let why = |why: Option<&str>| Some(why.map_or("no".to_string(), shown::plain));
            let was = why(recorded.refused.as_ref().map(|why| why.value.as_str()));
            blocks.push(Block::row("refused", was, why(self.came.refused.as_deref())));
        }
        let Middle { head, was, now } = Middle::of(recorded, &self.came);
        let same = |(at, action): (usize, &At<Value>)| Block {
            title: format!("{}, the same", action_title(at, &action.value)),
            rows: Vec::new(),
        };
        let after = head.saturating_add(was.len());
        blocks.extend(recorded.actions.iter().enumerate().take(head).map(same));
        for at in 0..was.len().max(now.len()) {
            let (was, now) = (was.get(at).map(|action| &action.value), now.get(at));
            let title = match (was, now) {
                (Some(was), now) => {
                    let missing = if now.is_none() { ", missing now" } else { "" };
                    format!("{}{missing}", action_title(head.saturating_add(at), was))
                }
                (None, Some(now)) => format!("new action: {}", shown::name(now)),
                (None, None) => continue,
            };
            blocks.push(Block { title, rows: shown::side_by_side(was, now) });
        }
        blocks.extend(recorded.actions.iter().enumerate().skip(after).map(same));
        let due = |micros: Option<u64>| {
            Some(micros.map_or("none".to_string(), |due| format!("{} s", Instant::from_micros(due))))
        };
        blocks.push(Block::row("deadline", due(recorded.deadline), due(self.came.deadline)));
        blocks
    }
}

/// The actions of both sides without those that are the same at the beginning and at the end.
struct Middle<'a> {
    /// How many are the same at the beginning.
    head: usize,
    was: &'a [At<Value>],
    now: &'a [Value],
}

impl<'a> Middle<'a> {
    fn of(recorded: &'a Recorded, came: &'a Came) -> Self {
        let (mut was, mut now) = (recorded.actions.as_slice(), came.actions.as_slice());
        let mut head = 0_usize;
        while let ([a, later @ ..], [b, after @ ..]) = (was, now)
            && a.value == *b
        {
            (was, now, head) = (later, after, head.saturating_add(1));
        }
        while let ([before @ .., a], [earlier @ .., b]) = (was, now)
            && a.value == *b
        {
            (was, now) = (before, earlier);
        }
        Self { head, was, now }
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
            write!(out, "{mark} {:path$}  {was:recorded$}", row.path)?;
            if len(&was) > recorded {
                write!(out, "\n  {:path$}  {:recorded$}", "", "")?;
            }
            writeln!(out, "  {now}")?;
        }
    }
    Ok(())
}
