//! One random list of Reports into the Linux bridge, which is an MLDv2 router of its own, and into ours: the same filter
//! modes, sources, excluded sources and timers after every step.
//!
//! Each sequence runs in real time in a network namespace, many of them at once. It needs root; where it cannot run it says
//! so, and in CI that is a failure. `BRIDGE_SEQUENCES=1000` runs more, `BRIDGE_SEED=7` others,
//! `BRIDGE_FIRST=215` begins with that one.
#![cfg(feature = "arbitrary")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

#[path = "program/judge.rs"]
mod judge;

use core::net::Ipv6Addr;
use core::time::Duration;
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use multimob::machine::{LinkId, Protection, Received, RxMeta};
use multimob::mld::Timing;
use multimob::mld::router::{Config, Input, LinkKind, Router, Startup};
use multimob::wire::mld::{Message, Record, RecordType, Report};
use multimob::wire::packet::{self, Payload};
use multimob::wire::{Addr, Dialect, List};
use multimob::{Instant, Machine};
use serde_json::{Value, json};

const LINK: LinkId = LinkId(1);
const OWN: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const REPORTS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/judges/bridge.py");

/// How many bridges run at once: more of them, and each is asked late.
const AT_ONCE: usize = 50;

/// How far a timer of the bridge may be off, beside the time that it took to send and to ask: it counts jiffies, shows
/// hundredths, and is asked from a busy machine.
const SLACK: f64 = 0.06;

/// How late a timer of the bridge may end: the wheel of the kernel counts those of some seconds in steps, of 0.26 s at 250
/// jiffies a second and of 0.64 s at 100.
const LATE: f64 = 0.7;

#[test]
fn a_linux_bridge_knows_what_our_router_knows() {
    if !judge::has_namespaces() {
        return;
    }
    let (seed, count) = (number("BRIDGE_SEED", 1), number("BRIDGE_SEQUENCES", 50));
    let mut tally = Tally::default();
    let first = number("BRIDGE_FIRST", 0);
    let numbers: Vec<u64> = (first..first + count).collect();
    for at_once in numbers.chunks(AT_ONCE) {
        let started = at_once.iter().map(|&n| {
            let steps = sequence(&mut Random(seed << 32 | n));
            let child = bridge(&steps);
            (n, steps, child)
        });
        let running: Vec<_> = started.collect();
        for (n, steps, child) in running {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).unwrap();
            let seen: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(seen.len(), steps.len());
            compare(&format!("sequence {n} of seed {seed}"), &steps, &seen, &mut tally);
        }
    }
    let Tally { same, timers, moving, different } = tally;
    println!(
        "seed {seed}, {count} sequences: {same} states of groups the same, with {timers} timers that ran; {moving} left \
         out because a timer was ending; {} sequences differ",
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

/// One Report, or only a look at what has ended.
struct Step {
    /// Milliseconds since the step before.
    wait: u64,
    report: Option<(u16, Vec<Said>)>,
}

struct Said {
    kind: u8,
    group: u16,
    sources: Vec<u16>,
}

/// Reports close to each other and far apart, then silence until all has ended.
fn sequence(random: &mut Random) -> Vec<Step> {
    let mut steps: Vec<Step> = (0..14)
        .map(|_| {
            let wait =
                if random.below(4) == 0 { 1_100 + random.below(1_800) } else { 50 + random.below(500) };
            let said = (0..=random.below(2)).map(|_| Said::draw(random)).collect();
            Step { wait, report: Some((1 + u16::from(random.bits(1)), said)) }
        })
        .collect();
    steps.extend((0..7).map(|_| Step { wait: 2_100, report: None }));
    steps
}

impl Said {
    fn draw(random: &mut Random) -> Self {
        let (group, bits) = (u16::from(random.bits(1)), random.bits(6));
        let kind = u8::try_from(1 + random.below(6)).unwrap();
        Self { kind, group, sources: (1..=6).filter(|n| bits >> (n - 1) & 1 == 1).collect() }
    }
}

/// Starts the bridge and hands it the frames.
fn bridge(steps: &[Step]) -> Child {
    let steps: Vec<Value> = steps
        .iter()
        .map(|step| {
            let frame = step.report.as_ref().map(|(from, said)| {
                with_report(said, |message| {
                    let mut octets = [0; 1_500];
                    let payload = Payload::Mld(message);
                    let len = packet::build(host(*from), REPORTS, &payload, &mut octets).unwrap();
                    let head = "33330000001602000000000186dd";
                    octets[..len].iter().fold(head.to_string(), |text, octet| format!("{text}{octet:02x}"))
                })
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
    child.stdin.take().unwrap().write_all(json!(steps).to_string().as_bytes()).unwrap();
    child
}

fn with_report<T>(said: &[Said], then: impl FnOnce(Message<'_>) -> T) -> T {
    let sources: Vec<Vec<[u8; 16]>> =
        said.iter().map(|said| said.sources.iter().map(|&n| source(n).octets()).collect()).collect();
    let record = |(said, sources): (&Said, &'_ Vec<[u8; 16]>)| (said.kind, said.group, sources.clone());
    let owned: Vec<_> = said.iter().zip(&sources).map(record).collect();
    let records: Vec<Record<'_>> = owned
        .iter()
        .map(|(kind, n, sources)| Record {
            kind: RecordType(*kind),
            group: Addr::from(group(*n)),
            sources,
            aux: &[],
        })
        .collect();
    then(Message::Report(Report::new(List::new(&records, &Dialect::DEFAULT))))
}

/// Plays the steps to our router at the moments when the bridge had them, as far as both are of one mind.
fn compare(name: &str, steps: &[Step], seen: &[Value], tally: &mut Tally) {
    let timing = Timing {
        query_interval: Duration::from_secs(5),
        query_response_interval: Duration::from_secs(2),
        ..Timing::default()
    };
    // The bridge asks before it believes a leave.
    let config: Config = Config { timing, immediate_leave: false, election: false, ..Config::default() };
    let mut router: Router = Router::new(config).unwrap();
    let (kind, startup) = (LinkKind::Shared, Startup::OnRequest);
    let up = Input::LinkUp { link: LINK, address: OWN, kind, startup, hold: None };
    router.handle_input(Instant::ZERO, up, &mut Vec::new()).unwrap();
    let mut spread = SLACK;
    let mut before = [State::default(), State::default()];
    // A Report that comes when a timer has ended for us and not yet for the bridge makes something else of the group there.
    let mut doubtful = [false; 2];
    for (at, (step, seen)) in steps.iter().zip(seen).enumerate() {
        let moment = |which: &str, n: usize| seen[which][n].as_f64().unwrap();
        let now = moment("sent", 0);
        elapse(&mut router, now);
        if let Some((from, said)) = &step.report {
            spread = f64::max(spread, SLACK + moment("sent", 1) - now);
            for ((n, before), doubtful) in (0..).zip(&before).zip(&mut doubtful) {
                let ending = |end: f64| end > now - LATE - spread && end < moment("sent", 1) + spread;
                *doubtful |= said.iter().any(|said| said.group == n) && before.ends().any(ending);
            }
            let meta = RxMeta {
                link: LINK,
                src: host(*from),
                dst: REPORTS,
                home_address: None,
                routing_header: None,
                outer: None,
                hop_limit: 1,
                router_alert: true,
                protection: Protection::None,
            };
            with_report(said, |message| {
                let input = Input::Packet(Received { meta, message });
                router.handle_input(instant(now), input, &mut Vec::new()).unwrap();
            });
        }
        let asked = (moment("asked", 0), moment("asked", 1));
        for ((n, before), doubtful) in (0..).zip(&mut before).zip(&mut doubtful) {
            let bridge = seen["groups"].as_array().unwrap().iter();
            let bridge = bridge.map(State::of_bridge).find(|(of, _)| *of == group(n)).map(|(_, state)| state);
            let ours = State::of_router(&router, group(n));
            let ending = |end: f64| end > asked.0 - LATE - spread && end < asked.1 + spread;
            let is_moving = ours.ends().chain(before.ends()).any(ending);
            before.clone_from(&ours);
            if is_moving {
                tally.moving += 1;
                continue;
            }
            let agrees =
                bridge.as_ref().map_or(ours == State::default(), |bridge| ours.is(bridge, asked, spread));
            if !agrees && *doubtful {
                tally.moving += 1;
                continue;
            }
            *doubtful = false;
            if !agrees {
                let what = format!("{name}, step {at}, group {n} at {asked:?}: {bridge:?}, ours {ours:?}");
                tally.different.push(what);
                return;
            }
            tally.same += 1;
            tally.timers += ours.ends().count();
        }
    }
}

fn elapse(router: &mut Router, now: f64) {
    while let Some(due) = router.poll_timeout().filter(|&due| due <= instant(now)) {
        router.handle_timeout(due, &mut Vec::new());
    }
}

fn instant(second: f64) -> Instant {
    Instant::ZERO + Duration::from_secs_f64(second)
}

/// A group: ends of timers for us, what is left of them for the bridge. Zero: an excluded source.
#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    filter: Option<f64>,
    sources: BTreeMap<Ipv6Addr, f64>,
}

impl State {
    fn of_bridge(entry: &Value) -> (Ipv6Addr, Self) {
        let timer = |value: &Value| value.as_str().unwrap().trim().parse::<f64>().unwrap();
        let sources = entry["source_list"].as_array().into_iter().flatten();
        let sources =
            sources.map(|one| (one["address"].as_str().unwrap().parse().unwrap(), timer(&one["timer"])));
        let filter = (entry["filter_mode"] == "exclude").then(|| timer(&entry["timer"]));
        (entry["grp"].as_str().unwrap().parse().unwrap(), Self { filter, sources: sources.collect() })
    }

    fn of_router(router: &Router, group: Ipv6Addr) -> Self {
        let second = |end: Instant| end.as_micros() as f64 / 1_000_000.0;
        let Some(state) = router.group(LINK, group) else { return Self::default() };
        let running = state.running.iter().map(|&(source, end)| (source, second(end)));
        let sources = running.chain(state.excluded.iter().map(|source| (source, 0.0))).collect();
        Self { filter: state.filter_timer.map(second), sources }
    }

    /// When timers end.
    fn ends(&self) -> impl Iterator<Item = f64> + '_ {
        self.sources.values().copied().chain(self.filter).filter(|&end| end > 0.0)
    }

    /// Whether the bridge, asked at that time, has the same.
    fn is(&self, bridge: &Self, (from, until): (f64, f64), spread: f64) -> bool {
        let near = |end: f64, left: f64| end - until - spread <= left && left <= end - from + spread;
        let filter = match (self.filter, bridge.filter) {
            (Some(end), Some(left)) => near(end, left),
            (None, None) => true,
            _ => false,
        };
        filter
            && self.sources.keys().eq(bridge.sources.keys())
            && self.sources.iter().all(|(source, &end)| match (end, bridge.sources[source]) {
                (0.0, left) => left == 0.0,
                (end, left) => left > 0.0 && near(end, left),
            })
    }
}

fn host(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 1, n)
}

fn group(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, n + 1)
}

fn source(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
}

/// Steele, Lea, Flood: SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn bits(&mut self, count: u32) -> u8 {
        u8::try_from(self.next() >> (64 - count)).unwrap()
    }
}
