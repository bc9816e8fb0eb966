//! The program, run as somebody at a terminal runs it.
#![allow(dead_code, reason = "each test crate that includes this uses a part of it")]
#![allow(unreachable_pub, reason = "a module of several test crates")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What became of it.
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// `multimob` with these arguments and this standard input.
pub fn multimob(args: &[&str], input: &[u8]) -> Outcome {
    let mut program = Command::new(env!("CARGO_BIN_EXE_multimob"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = program.stdin.take().unwrap();
    let input = input.to_vec();
    // It may end before it has read all.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    Outcome { code: output.status.code(), out, err }
}

/// The lines of a run that went well.
pub fn lines(args: &[&str], input: &[u8]) -> Vec<Value> {
    let outcome = multimob(args, input);
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""), "{args:?}");
    outcome.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The one line of a packet.
pub fn line(args: &[&str]) -> Value {
    let mut lines = lines(args, b"");
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

/// A file of this test run.
pub fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("multimob-{}-{name}", std::process::id()))
}

/// A file of the repository.
pub fn testdata(name: &str) -> String {
    format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect()
}
