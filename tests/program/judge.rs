//! Programs that no one here wrote, as judges.
#![allow(dead_code, reason = "each test crate that includes this uses a part of it")]
#![allow(unreachable_pub, reason = "a module of several test crates")]

use std::io::Write;
use std::process::{Command, Stdio};

/// Whether `program` answers to `args`. A missing one is said aloud, and is a fault in CI.
pub fn is_there(program: &str, args: &[&str], package: &str) -> bool {
    let found = Command::new(program).args(args).output().is_ok_and(|output| output.status.success());
    assert!(found || std::env::var_os("CI").is_none_or(|ci| ci != "true"), "CI needs {package}");
    if !found {
        println!("NOT JUDGED: {program} is not there (apt: {package})");
    }
    found
}

/// Whether the Linux kernel can be a judge: root, network namespaces, bridges that snoop, and the programs that ask them.
pub fn has_namespaces() -> bool {
    let probe = "unshare -n ip link add br0 type bridge mcast_snooping 1 && bridge -V && /usr/bin/python3 -V";
    is_there("sh", &["-c", probe], "iproute2, python3, and to be root")
}

/// What a judge says about this input.
pub fn asked(program: &str, args: &[&str], input: &[u8]) -> String {
    let mut judge = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, input) = (judge.stdin.take().unwrap(), input.to_vec());
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = judge.wait_with_output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
