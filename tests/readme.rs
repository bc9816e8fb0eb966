//! The README says what the code says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The first block of Rust code after `heading`.
fn code<'t>(text: &'t str, heading: &str, fence: &str) -> &'t str {
    let (_, rest) = text.split_once(heading).unwrap();
    let (_, rest) = rest.split_once(fence).unwrap();
    rest.split_once("```").unwrap().0.trim()
}

#[test]
fn the_run_loop_is_that_of_the_crate() {
    let docs: String = read("src/lib.rs")
        .lines()
        .filter_map(|line| {
            line.strip_prefix("//!").map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        })
        .collect();
    let readme = read("README.md");
    assert_eq!(code(&readme, "## Embed it", "```rust\n"), code(&docs, "# The run loop", "```\n"));
}

#[test]
fn every_feature_is_in_the_table() {
    let (readme, manifest) = (read("README.md"), read("Cargo.toml"));
    let (_, features) = manifest.split_once("[features]").unwrap();
    let (features, _) = features.split_once("\n[").unwrap();
    let names: Vec<&str> = features
        .lines()
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
        .filter(|&name| name != "default")
        .collect();
    assert!(names.len() > 4, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("| `{name}`")), "the feature {name} is not in the README");
    }
}
