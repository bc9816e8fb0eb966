//! Our membership machines and the Linux kernel on real links: hosts of the kernel before our router and our proxy, a
//! bridge that snoops and asks before our listener and our proxy.
//!
//! Each story runs in a network namespace of its own, in real time, with timers as short as both sides allow. A program
//! in it (`testdata/judges/kernel.py`) sets socket options and carries frames; what was on the wire is decoded here. It
//! needs root; where it cannot run it says so, and in CI that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test may panic, its numbers are small, and this one runs in real time"
)]

mod election;
mod heard;
#[path = "../program/judge.rs"]
mod judge;
mod kin;
mod lab;
mod listener;
mod older;
mod proxy;
mod router;

use core::time::Duration;

use multimob::mld::Timing;

/// Quick, but for silence: who falls silent is missed after half a minute, later than any story waits for anything. So
/// what ends before has not ended for silence, however late the machine is that runs this.
const TIMING: Timing = Timing {
    robustness: 2,
    query_interval: Duration::from_secs(15),
    query_response_interval: Duration::from_millis(200),
    startup_query_interval: Duration::from_millis(500),
    startup_query_count: 2,
    last_listener_query_interval: Duration::from_millis(200),
    last_listener_query_count: 2,
    unsolicited_report_interval: Duration::from_millis(100),
};

/// Who falls silent is missed soon: 3.2 s, where Queries come each second.
const BRISK: Timing = Timing { robustness: 3, query_interval: Duration::from_secs(1), ..TIMING };

/// A story for either family, both at once.
fn both(mld: fn(), igmp: fn()) {
    if !judge::has_namespaces() {
        return;
    }
    std::thread::scope(|scope| {
        let started = [("MLD", mld), ("IGMP", igmp)].map(|(name, story)| (name, scope.spawn(story)));
        for (name, story) in started {
            assert!(story.join().is_ok(), "the story of {name} went wrong, see above");
        }
    });
}
