//! Every file of the fuzz corpus through the body of its target, and the seeds from which the corpus grew.
//!
//! `UPDATE_SEEDS=1` writes the seeds into `fuzz/corpus/` and the dictionaries into `fuzz/dict/`, and writes the same each
//! time; `cargo fuzz cmin` leaves of the corpus what is worth keeping.
#![cfg(feature = "arbitrary")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]

#[path = "../bodies/mod.rs"]
mod bodies;
mod dictionary;
mod seeds;

use std::fs;
use std::path::{Path, PathBuf};

use bodies::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn updating() -> bool {
    std::env::var_os("UPDATE_SEEDS").is_some()
}

#[test]
fn the_corpus_holds() {
    for (target, body) in TARGETS {
        let mut files = 0;
        for file in fs::read_dir(fuzz().join("corpus").join(target)).unwrap() {
            body(&fs::read(file.unwrap().path()).unwrap());
            files += 1;
        }
        assert!(files > 0, "{target} has no corpus");
    }
}

#[test]
fn the_seeds_hold() {
    for (target, body) in TARGETS {
        let seeds = seeds::of(target);
        assert!(seeds.len() >= 8, "{target} has {} seeds", seeds.len());
        seeds.iter().for_each(|seed| body(seed));
        if updating() {
            let dir = fuzz().join("corpus").join(target);
            fs::create_dir_all(&dir).unwrap();
            for (number, seed) in seeds.iter().enumerate() {
                fs::write(dir.join(format!("seed-{number:03}")), seed).unwrap();
            }
        }
    }
}

#[test]
fn the_dictionaries_are_those_on_file() {
    for (target, text) in dictionary::all() {
        let file = fuzz().join("dict").join(target).with_extension("dict");
        if updating() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &text).unwrap();
        }
        assert!(fs::read_to_string(&file).unwrap() == text, "{target}: UPDATE_SEEDS=1 rewrites it");
    }
}

#[test]
fn every_body_is_a_target_and_nothing_else_is() {
    let manifest: toml::Table = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap().parse().unwrap();
    let declared: Vec<&str> =
        manifest["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str().unwrap()).collect();
    assert_eq!(declared, TARGETS.map(|(target, _)| target));
    for target in declared {
        let text = fs::read_to_string(fuzz().join("fuzz_targets").join(target).with_extension("rs")).unwrap();
        let call =
            format!("libfuzzer_sys::fuzz_target!(|octets: &[u8]| multimob_fuzz::bodies::{target}(octets));");
        assert!(text.contains(&call), "{target}");
    }
}
