//! One random list of Reports into the Linux bridge, which is an MLDv2 and IGMPv3 router of its own, and into ours: the
//! same filter modes, sources, excluded sources and timers after every step.
//!
//! Each sequence runs in real time in a network namespace, many of them at once. It needs root; where it cannot run it says
//! so, and in CI that is a failure. `BRIDGE_SEQUENCES=1000` runs more of either protocol, `BRIDGE_SEED=7` others,
//! `BRIDGE_FIRST=215` begins with that one.
#![cfg(feature = "arbitrary")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    unreachable_pub,
    reason = "a test may panic, and its numbers are small"
)]

#[path = "program/judge.rs"]
mod judge;
#[path = "kernel/kin.rs"]
mod kin;
#[path = "bridge/leaves.rs"]
mod leaves;
#[path = "bridge/sequence.rs"]
mod sequence;
#[path = "bridge/state.rs"]
mod state;

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use multimob::machine::{LinkId, Protection, Received, RxMeta};
use multimob::mld::router::{Config, Input, LinkKind, Router, Startup};
use multimob::mld::{Family, Timing};
use multimob::wire::membership;
use multimob::wire::packet;
use multimob::{Instant, Machine};
use serde_json::{Value, json};

use kin::Kin;
use sequence::{GROUPS, Random, Sequence, Setup};
use state::{State, Tracked};

const LINK: LinkId = LinkId(1);
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/judges/bridge.py");

/// How many bridges run at once: more of them, and each is asked late.
const AT_ONCE: usize = 50;
static ONE_AFTER_THE_OTHER: Mutex<()> = Mutex::new(());

/// How far a timer of the bridge may be off, beside the time that it took to send and to ask: it counts jiffies, shows
/// hundredths, and is asked from a busy machine.
const SLACK: f64 = 0.06;

/// How late a timer of the bridge may end: the wheel of the kernel counts those of some seconds in steps, of 0.26 s at 250
/// jiffies a second and of 0.64 s at 100.
const LATE: f64 = 0.7;

#[test]
fn a_linux_bridge_knows_what_our_router_knows() {
    compare_all::<Ipv6Addr>("MLD");
}

#[test]
fn a_linux_bridge_knows_what_our_router_of_igmp_knows() {
    compare_all::<Ipv4Addr>("IGMP");
}

fn compare_all<A: Kin>(protocol: &str) {
    if !judge::has_namespaces() {
        return;
    }
    let _alone = ONE_AFTER_THE_OTHER.lock().unwrap_or_else(PoisonError::into_inner);
    let (seed, count) = (number("BRIDGE_SEED", 1), number("BRIDGE_SEQUENCES", 50));
    let mut tally = Tally::default();
    let first = number("BRIDGE_FIRST", 0);
    let numbers: Vec<u64> = (first..first + count).collect();
    for at_once in numbers.chunks(AT_ONCE) {
        let started = at_once.iter().map(|&n| {
            let sequence = Sequence::draw(&mut Random(seed << 32 | n));
            let child = bridge::<A>(&sequence);
            (n, sequence, child)
        });
        let running: Vec<_> = started.collect();
        for (n, sequence, child) in running {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).unwrap();
            let seen: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(seen.len(), sequence.steps.len());
            compare::<A>(&format!("{protocol}, sequence {n} of seed {seed}"), &sequence, &seen, &mut tally);
        }
    }
    let Tally { same, tracked, timers, moving, different } = tally;
    println!(
        "{protocol}, seed {seed}, {count} sequences: {same} states of groups the same, {tracked} of them of a router that \
         tracks hosts, with {timers} timers that ran; {moving} left out because a timer was ending; {} sequences differ",
        different.len()
    );
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(same > 5 * moving && timers > same / 2, "too little was compared");
}

/// What the comparison came to.
#[derive(Default)]
struct Tally {
    /// States of groups that were the same.
    same: usize,
    /// Those of a router that tracks hosts.
    tracked: usize,
    /// Timers of groups and of sources in these that ran on both sides, with the same left.
    timers: usize,
    /// States that could not be compared because a timer was just ending.
    moving: usize,
    /// The first difference of each sequence that has one.
    different: Vec<String>,
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Where Reports go.
fn reports<A: Family>() -> A {
    A::from(<A::Wire as membership::Family>::REPORTS)
}

/// A host, from 1 on, or the router: 0.
fn station<A: Kin>(n: u8) -> A {
    A::station(1, 0x10 + n)
}

/// Starts the bridge and hands it the frames.
fn bridge<A: Kin>(sequence: &Sequence) -> Child {
    let steps: Vec<Value> = sequence
        .steps
        .iter()
        .map(|step| {
            let frame = step.report.as_ref().map(|report| {
                let (src, dst) = (station::<A>(report.from), reports::<A>());
                let mut octets = [0; 1_500];
                let message = report.message::<A>();
                let len =
                    packet::build(src.mapped(), dst.mapped(), &A::payload(&message), &mut octets).unwrap();
                let head = [&dst.hardware()[..], &[2, 0, 0, 0, 0, 0], &A::ETHERTYPE.to_be_bytes()].concat();
                let frame = head.iter().chain(&octets[..len]);
                frame.fold(String::new(), |text, octet| format!("{text}{octet:02x}"))
            });
            json!({ "wait": step.wait as f64 / 1_000.0, "frame": frame })
        })
        .collect();
    let mut child = Command::new("unshare")
        .args(["-n", "/usr/bin/python3", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let plan = json!({ "fastleave": matches!(sequence.setup, Setup::BothTrack(_)), "steps": steps });
    child.stdin.take().unwrap().write_all(plan.to_string().as_bytes()).unwrap();
    child
}

/// Our router, on one link.
fn router<A: Kin>(setup: Setup) -> Router<A> {
    let timing = Timing {
        query_interval: Duration::from_secs(5),
        query_response_interval: Duration::from_secs(2),
        ..Timing::default()
    };
    let (immediate_leave, kind) = (setup != Setup::Asks, setup.link());
    let mut router =
        Router::new(Config { timing, immediate_leave, election: false, ..Config::default() }).unwrap();
    let up = Input::LinkUp { link: LINK, address: station(0), kind, startup: Startup::OnRequest, hold: None };
    router.handle_input(Instant::ZERO, up, &mut Vec::new()).unwrap();
    router
}

/// Plays the steps to our router at the moments when the bridge had them, as far as both are of one mind.
fn compare<A: Kin>(name: &str, sequence: &Sequence, seen: &[Value], tally: &mut Tally) {
    let mut router = router::<A>(sequence.setup);
    let mut spread = SLACK;
    let mut groups: Vec<Compared<A>> = (0..GROUPS).map(Compared::new).collect();
    for (at, (step, seen)) in sequence.steps.iter().zip(seen).enumerate() {
        let moment = |which: &str, n: usize| seen[which][n].as_f64().unwrap();
        let now = moment("sent", 0);
        elapse(&mut router, now);
        if let Some(report) = &step.report {
            spread = f64::max(spread, SLACK + moment("sent", 1) - now);
            for group in &mut groups {
                let ending = |end: f64| end > now - LATE - spread && end < moment("sent", 1) + spread;
                let is_told = report.said.iter().any(|said| said.group == group.n);
                group.is_doubtful |= is_told && group.before.ends().any(ending);
                if sequence.setup == Setup::Tracks(LinkKind::Shared) {
                    group.tracked.hear(report, group.n);
                }
            }
            let meta = RxMeta {
                link: LINK,
                src: station(report.from),
                dst: reports(),
                home_address: None,
                routing_header: None,
                outer: None,
                hop_limit: 1,
                router_alert: true,
                protection: Protection::None,
            };
            let message = report.message::<A>();
            let input = Input::Packet(Received { meta, message: A::view(&message) });
            router.handle_input(instant(now), input, &mut Vec::new()).unwrap();
        }
        let asked = (moment("asked", 0), moment("asked", 1));
        for group in &mut groups {
            let bridge = State::of_bridge(seen, A::group(group.n));
            let ours = State::of_router(&router, LINK, A::group(group.n)).without(&group.tracked.forgotten);
            let ending = |end: f64| end > asked.0 - LATE - spread && end < asked.1 + spread;
            let is_moving = ours.ends().chain(group.before.ends()).any(ending);
            group.before.clone_from(&ours);
            if is_moving {
                tally.moving += 1;
                continue;
            }
            let agrees =
                bridge.as_ref().map_or(ours == State::default(), |bridge| ours.is(bridge, asked, spread));
            if !agrees && group.is_doubtful {
                tally.moving += 1;
                continue;
            }
            group.is_doubtful = false;
            if !agrees {
                tally.different.push(format!(
                    "{name}, {:?}, step {at}, group {} at {asked:?}: {bridge:?}, ours {ours:?}",
                    sequence.setup, group.n
                ));
                return;
            }
            tally.same += 1;
            tally.tracked += usize::from(sequence.setup != Setup::Asks);
            tally.timers += ours.ends().count();
        }
    }
}

/// A group, while it is compared.
struct Compared<A> {
    n: u8,
    /// What our router knew at the step before.
    before: State<A>,
    /// Whether a Report came when a timer had ended for us and not yet for the bridge: it made something else of the group
    /// there.
    is_doubtful: bool,
    tracked: Tracked,
}

impl<A: Kin> Compared<A> {
    fn new(n: u8) -> Self {
        Self { n, before: State::default(), is_doubtful: false, tracked: Tracked::default() }
    }
}

fn elapse<A: Family>(router: &mut Router<A>, now: f64) {
    while let Some(due) = router.poll_timeout().filter(|&due| due <= instant(now)) {
        router.handle_timeout(due, &mut Vec::new());
    }
}

fn instant(second: f64) -> Instant {
    Instant::ZERO + Duration::from_secs_f64(second)
}
