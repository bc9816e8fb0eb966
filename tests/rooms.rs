//! Who knows whom: a test reads the imports and fails when an arrow points the wrong way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of `src/` and what each may know. A room knows itself; everybody knows the small vocabulary.
const VOCABULARY: [&str; 8] = ["time", "machine", "timers", "channel", "random", "Instant", "matrix", "slab"];
const MAY_KNOW: [(&str, &[&str]); 15] = [
    ("time", &[]),
    ("random", &[]),
    ("slab", &[]),
    ("matrix", &[]),
    ("machine", &["wire"]),
    ("timers", &[]),
    ("channel", &[]),
    ("wire", &[]),
    ("fanout", &["wire"]),
    ("mld", &["wire"]),
    ("mip", &["wire"]),
    ("pmip", &["wire", "mld", "mip", "fanout"]),
    ("samples", &["mld", "pmip", "wire"]),
    ("laws", &["mld", "pmip", "wire", "samples"]),
    ("sim", &["wire", "mld", "mip", "pmip", "fanout"]),
];
/// What the vocabulary may know of itself.
const INNER: [(&str, &[&str]); 3] = [("machine", &["time"]), ("timers", &["time"]), ("channel", &[])];

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

/// The rooms that a file names after `crate::`, in code or in a doc link that imports would not show.
fn known(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| {
        line.match_indices("crate::").flat_map(move |(at, key)| {
            let rest = &line[at + key.len()..];
            let group = rest.strip_prefix('{').and_then(|r| r.split('}').next());
            let names: Vec<&str> = group.map_or_else(|| vec![rest], |g| g.split(',').collect());
            names
                .into_iter()
                .map(|n| {
                    n.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
                })
                .collect::<Vec<_>>()
        })
    })
}

#[test]
fn no_arrow_points_the_wrong_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let may: BTreeMap<_, _> = MAY_KNOW.into_iter().collect();
    let inner: BTreeMap<_, _> = INNER.into_iter().collect();
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 30, "only {} files found", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let place = file.strip_prefix(&src).unwrap();
        let room = place.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if matches!(room, "lib" | "bin") {
            continue;
        }
        let Some(allowed) = may.get(room) else {
            wrong.push(format!("{}: the room {room} is not on the plan", place.display()));
            continue;
        };
        // The laws know the rooms; the tests of a room may call on them.
        let is_test = place.iter().any(|part| part == "tests" || part == "tests.rs");
        for name in known(&fs::read_to_string(&file).unwrap()) {
            let vocabulary = VOCABULARY.contains(&name.as_str());
            let fine = name == room
                || (is_test && name == "laws")
                || name.is_empty()
                || allowed.contains(&name.as_str())
                || match inner.get(room) {
                    Some(inner) => inner.contains(&name.as_str()),
                    None => vocabulary,
                };
            if !fine {
                wrong.push(format!("{}: {room} must not know {name}", place.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_knows_io() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    // `matrix` is for tests alone: it reads the matrices on file.
    let exempt = |f: &Path| f.ends_with("matrix.rs") || f.components().any(|c| c.as_os_str() == "bin");
    for file in files.iter().filter(|f| !exempt(f)) {
        let text = fs::read_to_string(file).unwrap();
        for io in ["std::net", "std::fs", "std::io", "std::thread", "std::process", "SystemTime", "std::time"]
        {
            let used = text.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(io));
            assert!(!used, "{}: {io}", file.display());
        }
    }
}
