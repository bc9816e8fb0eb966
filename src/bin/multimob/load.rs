//! Scenarios by name or by file.

use std::fs;
use std::path::Path;

use multimob::sim::{BUILTIN, Scenario};

use crate::failure::Failure;

/// The scenario of that name, or in that file.
pub(crate) fn scenario(wanted: &str) -> Result<Scenario, Failure> {
    if let Some(scenario) = Scenario::builtin(wanted) {
        return Ok(scenario);
    }
    let path = Path::new(wanted);
    if !path.exists() && path.extension().is_none() && path.components().count() == 1 {
        let known: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
        return Err(Failure::usage(format!(
            "no scenario {wanted:?}; there is {}, or give a file, ./{wanted}.toml",
            known.join(", ")
        )));
    }
    let text = fs::read_to_string(path).map_err(|error| Failure::run(format!("{wanted}: {error}")))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut open = |capture: &str| fs::read(folder.join(capture)).map_err(|error| error.to_string());
    Scenario::parse(wanted, &text, &mut open).map_err(Failure::run)
}
