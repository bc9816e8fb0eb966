//! A million listeners: octets for each membership, time for each report, and the longest call, beside a flat map.
//!
//! ```text
//! memberships                   1,000,000 listeners, with 1 and with 10 channels, on shared and on access links
//! memberships LISTENERS          as many; 20,000 are a smoke test
//! ```
//!
//! The peers are `hashbrown::HashMap` from (listener, channel) to a deadline, with a lazy heap of timers (*flat*) or a
//! `BTreeSet` (*eager*). They know nothing of links, filter modes, sources or queries; the router is the whole machine of RFC 3810,
//! from the parsed Report to its actions. All run in one process, in slices of the same listeners, one after the other, and a ratio
//! is of one slice: its median and quartiles over all of them. Listeners come in random order.

mod allocator;
mod flat;

use std::hint::black_box;
use std::net::Ipv6Addr;
use std::process::ExitCode;
use std::time::Instant as Clock;

use flat::{Eager, Flat, Lazy};
use multimob::machine::{LinkId, Protection, Received, RxMeta};
use multimob::mld::router::{self, Input, LinkKind, Router, Startup};
use multimob::wire::Dialect;
use multimob::wire::mld::{Message, RecordType};
use multimob::{Instant, Machine};

/// Channels that there are.
const CHANNELS: u16 = 1_000;
/// Listeners of a shared link.
const PER_LINK: usize = 1_000;
/// Reports of a slice.
const SLICE: usize = 2_000;
const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const REPORTS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);

fn main() -> ExitCode {
    let listeners = match std::env::args().nth(1).map(|n| n.parse::<usize>()) {
        None => 1_000_000,
        Some(Ok(listeners)) if listeners >= SLICE => listeners,
        Some(_) => {
            eprintln!("memberships [LISTENERS]: how many, {SLICE} at least; 1000000 when not said");
            return ExitCode::FAILURE;
        }
    };
    let profile = if cfg!(debug_assertions) { "debug: the figures say nothing" } else { "release" };
    println!("# {listeners} listeners, {CHANNELS} channels, {PER_LINK} listeners on a shared link; {profile}");
    println!("# ratios are our time by theirs, lower quartile / median / upper quartile of the slices");
    for kind in [LinkKind::Shared, LinkKind::PointToPoint] {
        for channels in [1, 10] {
            Run::new(kind, listeners, channels).run();
        }
    }
    ExitCode::SUCCESS
}

/// What is said, by which of the sets of channels.
struct Words {
    /// Octets of a Report of each set.
    octets: Vec<Vec<u8>>,
    /// The groups of each set.
    groups: Vec<Vec<u128>>,
}

impl Words {
    fn new(kind: RecordType, channels: usize) -> Self {
        let sets = 0..u32::from(CHANNELS);
        let groups: Vec<Vec<u128>> = sets
            .map(|set| (0..channels as u32).map(|n| group((set * 7 + n * 101) % u32::from(CHANNELS))).collect())
            .collect();
        let octets = groups.iter().map(|groups| report(kind, groups)).collect();
        Self { octets, groups }
    }

    fn messages(&self) -> Vec<Message<'_>> {
        self.octets.iter().map(|octets| Message::parse(octets, &Dialect::DEFAULT).expect("a Report")).collect()
    }
}

fn group(n: u32) -> u128 {
    (0xff1e_u128 << 112) + u128::from(n)
}

fn report(kind: RecordType, groups: &[u128]) -> Vec<u8> {
    let count = u16::try_from(groups.len()).expect("a few").to_be_bytes();
    let mut octets = vec![143, 0, 0, 0, 0, 0, count[0], count[1]];
    for group in groups {
        octets.extend([kind.0, 0, 0, 0]);
        octets.extend(group.to_be_bytes());
    }
    octets
}

struct Run {
    kind: LinkKind,
    channels: usize,
    listeners: usize,
    router: Router,
    /// For single packets and batches alike.
    out: Vec<router::Action>,
    lazy: Flat<Lazy>,
    eager: Flat<Eager>,
    random: u64,
}

impl Run {
    fn new(kind: LinkKind, listeners: usize, channels: usize) -> Self {
        let config = router::Config {
            election: false,
            limits: router::Limits { links: listeners, ..router::Limits::default() },
            seed: 0x5eed,
            ..router::Config::default()
        };
        let mut router = Router::new(config).expect("a router");
        let links = if kind == LinkKind::Shared { listeners.div_ceil(PER_LINK) } else { listeners };
        let mut out = Vec::new();
        for n in 0..links {
            let link = LinkId(n as u32);
            let up = Input::LinkUp { link, address: ROUTER, kind, startup: Startup::OnRequest, hold: None };
            router.handle_input(Instant::ZERO, up, &mut out).expect("a link");
        }
        let (lazy, eager) = (Flat::default(), Flat::default());
        Self { kind, channels, listeners, router, out, lazy, eager, random: 1 }
    }

    fn run(mut self) {
        let memberships = self.listeners * self.channels;
        let kind = if self.kind == LinkKind::Shared { "shared" } else { "access" };
        println!("\n{kind} links, {} channel(s) each, {memberships} memberships", self.channels);
        let (joins, refreshes) = (Words::new(RecordType::TO_EX, self.channels), Words::new(RecordType::IS_EX, self.channels));
        let leaves = Words::new(RecordType::TO_IN, self.channels);

        self.memory(&joins, memberships);
        let second = 1_000_000;
        let refresh = self.phase(&refreshes, 50 * second, Said::Report);
        line("refresh", &refresh);
        let again = self.phase(&refreshes, 100 * second, Said::Batch);
        line("refresh, batches of 32", &again);
        let again = self.leave_and_join(&leaves, &joins, 120 * second);
        line("leave and join", &again);
        self.expiry(120 * second);
    }

    /// The joins: octets for each membership while they come and afterwards, and their time.
    fn memory(&mut self, joins: &Words, memberships: usize) {
        allocator::peak();
        let mut sides = [(0, 0); 3];
        let mut times = [(); 3].map(|()| Vec::new());
        let order = self.order();
        let messages = joins.messages();
        for slice in order.chunks(SLICE) {
            for side in 0..3 {
                let before = allocator::live();
                allocator::peak();
                let took = self.say(side, Said::Report, slice, joins, &messages, 0);
                sides[side].1 = sides[side].1.max(sides[side].0 + allocator::peak() - before);
                sides[side].0 += allocator::live() - before;
                times[side].push(took);
            }
        }
        let each = |octets: usize| octets as f64 / memberships as f64;
        for (name, (live, peak)) in ["multimob", "flat", "eager"].into_iter().zip(sides) {
            let ratio = peak as f64 / live as f64;
            println!("  {name:<9} {:6.1} B for each membership, {:6.1} at most while growing ({ratio:.2} x)", each(live), each(peak));
        }
        line("join", &ratios(&times));
    }

    fn phase(&mut self, words: &Words, now: u64, said: Said) -> Vec<Ratio> {
        let messages = words.messages();
        let mut times = [(); 3].map(|()| Vec::new());
        for slice in self.order().chunks(SLICE) {
            for (side, times) in times.iter_mut().enumerate() {
                times.push(self.say(side, said, slice, words, &messages, now));
            }
        }
        ratios(&times)
    }

    /// A tenth of the listeners leaves and comes back.
    fn leave_and_join(&mut self, leaves: &Words, joins: &Words, now: u64) -> Vec<Ratio> {
        let (leaving, joining) = (leaves.messages(), joins.messages());
        let mut times = [(); 3].map(|()| Vec::new());
        let order = self.order();
        for slice in order[..order.len() / 10].chunks(SLICE / 10) {
            for (side, times) in times.iter_mut().enumerate() {
                let left = self.say(side, Said::Leave, slice, leaves, &leaving, now);
                times.push(left + self.say(side, Said::Report, slice, joins, &joining, now));
            }
        }
        ratios(&times)
    }

    /// All end, after the last report of each: how long it took in all, and how long one call at most.
    fn expiry(&mut self, from: u64) {
        let end = from + 300_000_000;
        let start = Clock::now();
        let mut calls = Vec::new();
        while let Some(due) = self.router.poll_timeout() {
            let call = Clock::now();
            self.router.handle_timeout(due, &mut self.out);
            calls.push(call.elapsed().as_secs_f64());
            self.out.clear();
        }
        let ours = start.elapsed().as_secs_f64();
        let start = Clock::now();
        assert_eq!(self.lazy.elapse(end), self.listeners * self.channels);
        let flat = start.elapsed().as_secs_f64();
        let start = Clock::now();
        assert_eq!(self.eager.elapse(end), self.listeners * self.channels);
        let eager = start.elapsed().as_secs_f64();
        assert_eq!(self.lazy.len() + self.eager.len(), 0);
        println!("  {:<28} flat {:.2}, eager {:.2} (all at once, one run)", "expiry", ours / flat, ours / eager);
        calls.sort_by(f64::total_cmp);
        let at = |part: f64| calls[((calls.len() - 1) as f64 * part) as usize] * 1e6;
        println!(
            "  {} calls of handle_timeout: median {:.1} us, p99 {:.1}, p99.99 {:.1}, longest {:.1}",
            calls.len(), at(0.5), at(0.99), at(0.9999), at(1.0)
        );
    }

    /// Has one side hear these listeners; seconds that it took.
    fn say(&mut self, side: usize, said: Said, slice: &[u32], words: &Words, messages: &[Message<'_>], now: u64) -> f64 {
        let time = Instant::from_micros(now);
        let start;
        match (side, said) {
            (0, Said::Batch) => {
                let packets: Vec<Received<Message<'_>>> = slice.iter().map(|&n| self.packet(n, messages)).collect();
                start = Clock::now();
                for packets in packets.chunks(32) {
                    self.router.handle_packets(time, packets, &mut self.out, |_, why| panic!("{why}"));
                }
            }
            (0, _) => {
                let packets: Vec<Received<Message<'_>>> = slice.iter().map(|&n| self.packet(n, messages)).collect();
                start = Clock::now();
                for packet in packets {
                    self.router.handle_input(time, Input::Packet(packet), &mut self.out).expect("a good packet");
                }
            }
            (1, _) => {
                start = Clock::now();
                hear(&mut self.lazy, said, slice, words, now);
            }
            (_, _) => {
                start = Clock::now();
                hear(&mut self.eager, said, slice, words, now);
            }
        }
        let took = start.elapsed().as_secs_f64();
        black_box(&self.out);
        self.out.clear();
        took
    }

    fn packet<'a>(&self, n: u32, messages: &[Message<'a>]) -> Received<Message<'a>> {
        let link = if self.kind == LinkKind::Shared { n / PER_LINK as u32 } else { n };
        let meta = RxMeta {
            link: LinkId(link),
            src: Ipv6Addr::from_bits(address(n)),
            dst: REPORTS,
            home_address: None,
            routing_header: None,
            outer: None,
            hop_limit: 1,
            router_alert: true,
            protection: Protection::None,
        };
        Received { meta, message: messages[set(n)] }
    }

    /// The listeners in random order.
    fn order(&mut self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.listeners as u32).collect();
        for at in (1..order.len()).rev() {
            self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(at, ((self.random >> 33) % (at as u64 + 1)) as usize);
        }
        order
    }
}

#[derive(Clone, Copy)]
enum Said {
    Report,
    Batch,
    Leave,
}

fn hear<T: flat::Timers>(flat: &mut Flat<T>, said: Said, slice: &[u32], words: &Words, now: u64) {
    for &n in slice {
        let groups = &words.groups[set(n)];
        match said {
            Said::Leave => flat.leave(address(n), groups),
            Said::Report | Said::Batch => flat.report(address(n), groups, now + 260_000_000),
        }
    }
}

fn address(n: u32) -> u128 {
    (0xfe80_u128 << 112) + 0x0200_5eff_fe00_0000 + u128::from(n)
}

/// The set of channels that a listener wants.
fn set(n: u32) -> usize {
    n.wrapping_mul(2_654_435_761) as usize % usize::from(CHANNELS)
}

/// Quartiles of our time by that of a peer.
struct Ratio([f64; 3]);

/// Of ours by each peer.
fn ratios(times: &[Vec<f64>; 3]) -> Vec<Ratio> {
    let [ours, peers @ ..] = times;
    let against = |theirs: &Vec<f64>| {
        let mut ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        ratios.sort_by(f64::total_cmp);
        Ratio([1, 2, 3].map(|part| ratios[(ratios.len() - 1) * part / 4]))
    };
    peers.iter().map(against).collect()
}

fn line(name: &str, ratios: &[Ratio]) {
    let texts: Vec<String> = ["flat", "eager"]
        .into_iter()
        .zip(ratios)
        .map(|(peer, Ratio([lower, median, upper]))| format!("{peer} {lower:.2} / {median:.2} / {upper:.2}"))
        .collect();
    println!("  {name:<28} {}", texts.join(", "));
}
