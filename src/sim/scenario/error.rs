//! What is wrong in a scenario file, and where.

use alloc::string::{String, ToString};
use core::fmt;
use core::ops::Range;

/// A scenario that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file, as the caller named it.
    pub file: String,
    /// Line and column, from 1; none: the fault has no one place.
    pub place: Option<(usize, usize)>,
    /// What is wrong, and what is allowed.
    pub message: String,
    excerpt: Option<(String, usize)>,
}

impl ScenarioError {
    pub(super) fn new(file: &str, text: &str, span: Option<Range<usize>>, message: &str) -> Self {
        let mut error = Self {
            file: file.to_string(),
            place: None,
            message: message.trim_end().to_string(),
            excerpt: None,
        };
        let Some(before) = span.as_ref().and_then(|span| text.get(..span.start)) else { return error };
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = text.get(line_start..before.len()).map_or(0, |part| part.chars().count());
        error.place = Some((before.matches('\n').count() + 1, column + 1));
        let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let marked =
            span.map_or(1, |span| span.len()).clamp(1, line.chars().count().saturating_sub(column).max(1));
        error.excerpt = (!line.is_empty()).then(|| (line.to_string(), marked));
        error
    }
}

/// `file:line:column: message`, and the line with the place marked.
impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        let Some((line, column)) = self.place else { return write!(f, ": {}", self.message) };
        write!(f, ":{line}:{column}: {}", self.message)?;
        let Some((excerpt, marked)) = &self.excerpt else { return Ok(()) };
        let (gutter, indent) = (line.to_string().len(), column - 1);
        write!(f, "\n{:gutter$} |\n{line} | {excerpt}\n{:gutter$} | {:indent$}", "", "", "")?;
        (0..*marked).try_for_each(|_| f.write_str("^"))
    }
}

impl core::error::Error for ScenarioError {}
