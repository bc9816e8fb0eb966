//! Why the program ends with something else than 0.

use core::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command cannot be carried out as it stands: exit code 2.
    Usage(String),
    /// It was carried out, or begun, and did not succeed: exit code 1.
    Run(String),
    /// It was carried out, and what was compared differs, as standard output says: exit code 1.
    Differs,
    /// Whoever read the output has seen enough: exit code 0.
    Unread,
}

impl Failure {
    pub(crate) fn usage(what: impl Display) -> Self {
        Self::Usage(what.to_string())
    }

    pub(crate) fn run(what: impl Display) -> Self {
        Self::Run(what.to_string())
    }

    /// A file that could not be written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Self::Run(format!("{}: {error}", path.display()))
    }

    pub(crate) fn report(self) -> ExitCode {
        let (code, what) = match self {
            Self::Usage(what) => (2, what),
            Self::Run(what) => (1, what),
            Self::Differs => return ExitCode::FAILURE,
            Self::Unread => return ExitCode::SUCCESS,
        };
        eprintln!("multimob: {what}");
        ExitCode::from(code)
    }
}

/// Standard output that cannot be written to.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Run(format!("standard output: {error}")),
        }
    }
}
