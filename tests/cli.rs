//! The program, as somebody at a terminal meets it.
#![cfg(feature = "cli")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::process::{Command, Output};

use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::{Block, PcapNgReader};

fn multimob(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_multimob")).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Exit code and what was said.
fn failure(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr.clone()).unwrap())
}

/// A file of this test run; the name says whose.
fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("multimob-cli-{}-{name}", std::process::id()))
}

#[test]
fn without_arguments_it_draws_figure_6() {
    let text = stdout(&multimob(&["run"]));
    assert!(text.starts_with("Hand-over with context transfer (draft asaeda, Figure 6)\n"), "{text}");
    let head = text.lines().find(|line| line.contains("p-mag") && line.contains("network")).unwrap();
    let report = text.lines().find(|line| line.contains("MLD Report")).unwrap();
    // The arrow runs from the node's lifeline to that of its MAG.
    let from = report.find("|-").unwrap();
    assert!(head.find("mn").unwrap().abs_diff(from) <= 2, "{head}\n{report}");
    assert!(report.contains("---MLD Report--->|") && report.ends_with("ALLOW (S,G)"), "{report}");
    assert!(text.contains("<multicast data==|"), "data comes through the tunnel");
    assert!(
        text.lines().any(|line| line.starts_with("mn: p-mag to n-mag") && line.ends_with(" 0")),
        "{text}"
    );
    assert!(text.ends_with("figure: all 18 messages, in the draft's order\n"), "{text}");
}

#[test]
fn it_lists_its_scenarios() {
    let text = stdout(&multimob(&["run", "--list"]));
    let names: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let known = [
        "asaeda-fig6",
        "asaeda-fig4",
        "asaeda-fig7",
        "hundred-nodes",
        "silent-node",
        "mobile-tuning",
        "lossy",
    ];
    assert_eq!(names, known);
}

#[test]
fn what_it_does_not_know_it_says_with_what_it_knows() {
    let (code, said) = failure(&multimob(&["run", "asaeda-fig99"]));
    assert_eq!(code, Some(2));
    assert!(said.contains("asaeda-fig99") && said.contains("asaeda-fig6, asaeda-fig4"), "{said}");
    for args in [
        &["run", "--loss", "2"][..],
        &["run", "--seeds", "0"],
        &["walk"],
        &["run", "--seeds", "2", "--trace", "x"],
        &["run", "--trace", "-"],
        &["run", "--trace", "x", "--mermaid", "x"],
    ] {
        assert_eq!(failure(&multimob(args)).0, Some(2), "{args:?}");
    }
    for option in ["--seed", "--seeds", "--loss"] {
        let (code, said) = failure(&multimob(&["run", option, "-1"]));
        assert_eq!(code, Some(2));
        assert!(said.contains(&format!("invalid value '-1' for '{option}")), "{said}");
    }
    let (code, said) = failure(&multimob(&["run", "/nowhere/at/all.toml"]));
    assert_eq!(code, Some(1));
    assert!(said.contains("/nowhere/at/all.toml"), "{said}");
}

#[test]
fn a_fault_in_a_scenario_is_shown_in_its_place() {
    let path = scratch("broken.toml");
    std::fs::write(&path, "title = \"broken\"\nuntil = \"10 parsecs\"\n").unwrap();
    let (code, said) = failure(&multimob(&["run", path.to_str().unwrap()]));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(code, Some(1));
    assert!(said.contains("broken.toml:2:9: ") && said.contains("2 | until = \"10 parsecs\""), "{said}");
    assert!(said.trim_end().ends_with("^^^^^^^^^^^^"), "{said}");
}

#[test]
fn a_run_that_does_not_show_its_figure_fails() {
    let path = scratch("figure.toml");
    let text = include_str!("../testdata/scenarios/asaeda-fig4.toml");
    std::fs::write(&path, text.replace("mag => lma: MLD Report (S2,G2)", "lma -> mag: MLD Report")).unwrap();
    let (code, said) = failure(&multimob(&["run", path.to_str().unwrap()]));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(code, Some(1));
    assert!(said.contains("no \"lma -> mag: MLD Report\""), "{said}");
}

#[test]
fn many_seeds_give_figures_over_all() {
    let text = stdout(&multimob(&["run", "lossy", "--loss", "0.1", "--seeds", "5"]));
    assert!(text.contains("5 runs"), "{text}");
    let interruption = text.lines().find(|line| line.starts_with("interruption")).unwrap();
    assert_eq!(interruption.matches(" ms").count(), 3, "{interruption}");
    assert!(text.contains("convergence: 5 of 5 runs"), "{text}");
}

#[test]
fn a_capture_has_an_interface_for_each_node_and_a_comment_on_each_packet() {
    let path = scratch("capture.pcapng");
    stdout(&multimob(&["run", "--pcapng", path.to_str().unwrap()]));
    let mut reader = PcapNgReader::new(std::fs::File::open(&path).unwrap()).unwrap();
    let (mut interfaces, mut sent, mut received) = (0, 0, 0);
    while let Some(block) = reader.next_block() {
        match block.unwrap() {
            Block::InterfaceDescription(_) => interfaces += 1,
            Block::EnhancedPacket(packet) => {
                let comment = packet.options.iter().find_map(|option| match option {
                    EnhancedPacketOption::Comment(comment) => Some(comment.to_string()),
                    _ => None,
                });
                let comment = comment.unwrap();
                sent += usize::from(comment.contains(" sends to "));
                received += usize::from(comment.contains(" receives from "));
            }
            _ => {}
        }
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(interfaces, 5);
    assert!(received > 1_000 && sent >= received, "{sent} sent, {received} received");
}

#[test]
fn a_diagram_has_a_participant_for_each_node() {
    let path = scratch("diagram.mmd");
    stdout(&multimob(&["run", "--mermaid", path.to_str().unwrap()]));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(text.starts_with("sequenceDiagram\n    participant n0 as mn\n"), "{text}");
    assert!(text.contains("n2->>n3: 6.975000 PBU-M"), "{text}");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let [first, second] = ["one.jsonl", "two.jsonl"].map(|name| {
        let path = scratch(name);
        stdout(&multimob(&["run", "--seed", "3", "--trace", path.to_str().unwrap()]));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        text
    });
    assert!(first.lines().count() > 100 && first == second);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_named_as_the_reason() {
    for option in ["--pcapng", "--trace", "--mermaid"] {
        let (code, said) = failure(&multimob(&["run", option, "/dev/full"]));
        assert_eq!(code, Some(1));
        assert!(said.starts_with("multimob: /dev/full: No space left"), "{option}: {said}");
    }
}
