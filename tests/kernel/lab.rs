//! A machine of ours on real links of a network namespace, with a Linux kernel at their other ends.

use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use multimob::Instant;
use multimob::channel::{Filter, FilterMode};
use multimob::machine::{Envelope, LinkId, Protection, Received, RxMeta, Via};
use multimob::wire::packet::{Outgoing, demux};
use multimob::wire::{Dialect, Encode};
use serde_json::{Value, json};

use crate::heard::{Heard, Word};
use crate::kin::Kin;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/judges/kernel.py");
/// How long to wait for what must come; shorter than what [`crate::TIMING`] gives who falls silent.
const PATIENCE: Duration = Duration::from_secs(8);

/// A machine, or machines, that send what they want sent.
pub trait Station<A: Kin> {
    fn due(&self) -> Option<Instant>;
    fn elapse(&mut self, now: Instant, out: &mut Vec<Sent<A>>);
    /// Refusals are no fault: a link carries what is meant for others.
    fn receive(&mut self, now: Instant, packet: Received<A::Message<'_>, A>, out: &mut Vec<Sent<A>>);
}

pub type Sent<A> = Envelope<<A as multimob::mld::Family>::Owned, A>;

/// The laboratory. Link n is `ours<n>` here.
pub struct Lab<A: Kin, S> {
    pub ours: S,
    /// All that was on the links, as it came.
    pub heard: Vec<Heard<A>>,
    child: Child,
    requests: ChildStdin,
    told: Receiver<Value>,
    started: std::time::Instant,
}

/// What a bridge knows of a group.
#[derive(Debug, PartialEq)]
pub struct Entry<A> {
    /// Nothing while the bridge asks in an older version.
    pub filter: Option<Filter<A>>,
    /// Seconds until the group ends.
    pub timer: f64,
}

impl<A: Kin, S: Station<A>> Lab<A, S> {
    pub fn new(ours: S) -> Self {
        let mut child = Command::new("unshare")
            .args(["-n", "/usr/bin/python3", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (requests, lines) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let lines = lines.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap());
            lines.map_while(|line| tell.send(line).ok()).for_each(drop);
        });
        let started = std::time::Instant::now();
        Self { ours, heard: Vec::new(), child, requests, told, started }
    }

    /// Link `link`, shared with hosts of the kernel: `host<n>` has a hardware address that ends in n.
    pub fn with_hosts(mut self, link: u8, hosts: &[u8]) -> Self {
        let hub = format!("hub{link}");
        self.run(&format!(
            "ip link add {hub} type bridge mcast_snooping 0 && {} && ip link set {hub} up",
            mute(&hub)
        ));
        self.attach(&hub, &format!("ours{link}"), &format!("spoke{link}"));
        for host in hosts {
            let (name, spoke) = (format!("host{host}"), format!("spoke{link}-{host}"));
            self.run(&format!(
                "ip link add {name} address 02:00:00:00:00:{host:02x} type veth peer name {spoke}"
            ));
            self.run(&format!("{} && ip link set {spoke} master {hub} up", mute(&spoke)));
            let address = core::net::Ipv4Addr::station(link, *host);
            // Reports from no address while it is being tried would be dropped.
            self.run(&format!("echo 0 > /proc/sys/net/ipv6/conf/{name}/accept_dad"));
            for protocol in [
                "ipv6/conf/NAME/mldv1",
                "ipv6/conf/NAME/mldv2",
                "ipv4/conf/NAME/igmpv2",
                "ipv4/conf/NAME/igmpv3",
            ] {
                let variable = protocol.replace("NAME", &name);
                self.run(&format!("echo 200 > /proc/sys/net/{variable}_unsolicited_report_interval"));
            }
            self.run(&format!("ip address add {address}/24 dev {name} && ip link set {name} up"));
        }
        self.opened(link)
    }

    /// Link `link`, a port of a bridge that snoops and asks each second: `bridge<n>`, whose hardware address ends in n. It
    /// misses who falls silent after half a minute. `options` are those of `ip link`.
    pub fn with_bridge(mut self, link: u8, bridge: u8, options: &str) -> Self {
        let (name, port) = (format!("bridge{bridge}"), format!("port{link}"));
        self.run(&format!(
            "ip link add {name} address 02:00:00:00:00:{bridge:02x} type bridge mcast_snooping 1 mcast_querier 1 \
             mcast_query_interval 100 mcast_query_response_interval 20 mcast_membership_interval 3000 \
             mcast_last_member_interval 20 mcast_last_member_count 2 mcast_startup_query_interval 100 \
             mcast_querier_interval 500 {options}"
        ));
        let address = core::net::Ipv4Addr::station(link, bridge);
        self.run(&format!("echo 0 > /proc/sys/net/ipv6/conf/{name}/accept_dad"));
        self.attach(&name, &format!("ours{link}"), &port);
        self.run(&format!("ip address add {address}/24 dev {name} && ip link set {name} up"));
        self.opened(link)
    }

    /// Sets options of a bridge.
    pub fn set_bridge(&mut self, bridge: u8, options: &str) {
        self.run(&format!("ip link set bridge{bridge} type bridge {options}"));
    }

    fn attach(&mut self, bridge: &str, ours: &str, port: &str) {
        self.run(&format!(
            "ip link add {ours} type veth peer name {port} && {} && {}",
            mute(ours),
            mute(port)
        ));
        self.run(&format!("ip link set {port} master {bridge} up"));
    }

    /// Waits until the kernel has seen that all is plugged in.
    fn opened(mut self, link: u8) -> Self {
        self.run(&format!("ip link set ours{link} up"));
        self.ask(&json!({ "watch": format!("ours{link}") }));
        let down = "ip -br link | grep -v '^lo ' | grep -v ' UP '";
        self.run(&format!(
            "for n in $(seq 100); do {down} >/dev/null || exit 0; sleep 0.05; done; {down}; exit 1"
        ));
        self
    }

    pub fn run(&mut self, shell: &str) -> String {
        self.ask(&json!({ "run": shell })).as_str().unwrap().into()
    }

    /// A host of the kernel sets a socket option of RFC 3678: `join`, `leave`, `block`, `unblock`, `join-source`,
    /// `leave-source`.
    pub fn host(&mut self, host: u8, option: &str, group: A, sources: &[A]) {
        let sources: Vec<String> = sources.iter().map(A::to_string).collect();
        let link = format!("host{host}");
        self.ask(&json!({ "option": option, "link": link, "group": group.to_string(), "sources": sources }));
    }

    /// A host of the kernel sets the whole filter of a group that it has joined.
    pub fn host_filter(&mut self, host: u8, group: A, filter: &Filter<A>) {
        let sources: Vec<String> = filter.sources.iter().map(|source| source.to_string()).collect();
        let exclude = filter.mode == FilterMode::Exclude;
        let link = format!("host{host}");
        self.ask(&json!({
            "option": "filter", "link": link, "group": group.to_string(), "sources": sources, "exclude": exclude,
        }));
    }

    /// What the bridge on `link` knows of `group` there.
    pub fn entry(&mut self, link: u8, group: A) -> Option<Entry<A>> {
        let all: Value = serde_json::from_str(&self.run("bridge -d -s -j mdb show")).unwrap();
        let entries = all[0]["mdb"].as_array().unwrap();
        let is_it = |entry: &&Value| {
            entry["port"] == format!("port{link}")
                && entry["grp"] == group.to_string()
                && entry.get("src").is_none()
        };
        let entry = entries.iter().find(is_it)?;
        let sources = entry["source_list"].as_array().into_iter().flatten();
        let number = |value: &Value| value.as_str().unwrap().trim().parse::<f64>().unwrap();
        let of = |running: bool| {
            let those = sources.clone().filter(move |one| (number(&one["timer"]) > 0.0) == running);
            those.map(|one| one["address"].as_str().unwrap().parse().unwrap())
        };
        let filter = entry.get("filter_mode").map(|mode| match mode.as_str().unwrap() {
            "include" => Filter::include(of(true)),
            _ => Filter::exclude(of(false)),
        });
        Some(Entry { filter, timer: number(&entry["timer"]) })
    }

    pub fn now(&self) -> Instant {
        Instant::ZERO + self.started.elapsed()
    }

    /// Gives the machine an input of the story.
    pub fn tell(&mut self, input: impl FnOnce(&mut S, Instant, &mut Vec<Sent<A>>)) {
        let now = self.now();
        self.elapse(now);
        let mut out = Vec::new();
        input(&mut self.ours, now, &mut out);
        self.send(out);
    }

    /// Lets time pass.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now() + time;
        while self.now() < end {
            self.step(end);
        }
    }

    /// Lets time pass until something is so; how long that took.
    pub fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) -> Duration {
        self.until_asked(what, |lab| is_so(lab))
    }

    /// The same, where the bridge has to be asked.
    pub fn until_asked(&mut self, what: &str, is_so: impl Fn(&mut Self) -> bool) -> Duration {
        let begun = self.now();
        while !is_so(self) {
            let now = self.now();
            assert!(now < begun + PATIENCE, "not so: {what}\n{}", self.log());
            self.step(now + Duration::from_millis(25));
        }
        self.now().saturating_since(begun)
    }

    /// Lets time pass until `by` has said this since `mark`: other words may come before.
    pub fn until_said(&mut self, mark: usize, by: A, word: &Word<A>) {
        let group = word.group().unwrap();
        self.until(&format!("{by} said {word:?}"), |lab| lab.words(mark, by, group).contains(word));
    }

    /// When `by` first said this since `mark`.
    pub fn said_at(&self, mark: usize, by: A, word: &Word<A>) -> Instant {
        let heard = self.heard[mark..].iter().find(|heard| heard.src == by && heard.word == *word);
        heard.unwrap_or_else(|| panic!("{by} did not say {word:?}\n{}", self.log())).at
    }

    /// What `by` said of `group` since `mark`, which is a length of [`Self::heard`].
    pub fn words(&self, mark: usize, by: A, group: A) -> Vec<Word<A>> {
        let by = self.heard[mark..].iter().filter(|heard| heard.src == by);
        by.filter(|heard| heard.word.group() == Some(group)).map(|heard| heard.word.clone()).collect()
    }

    pub fn log(&self) -> String {
        self.heard.iter().map(|heard| format!("{heard}\n")).collect()
    }

    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").unwrap();
        loop {
            let end = self.now() + PATIENCE;
            if let Some(done) = self.step(end) {
                return done;
            }
        }
    }

    /// Does what comes next until `end`: a timer of the machine, or what the kernel tells. An answer is handed back.
    fn step(&mut self, end: Instant) -> Option<Value> {
        let now = self.now();
        self.elapse(now);
        let wake = self.ours.due().map_or(end, |due| due.min(end));
        match self.told.recv_timeout(wake.saturating_since(now)) {
            Ok(mut line) if line.get("done").is_some() => return Some(line["done"].take()),
            Ok(line) => self.take(&line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let mut why = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
                panic!("{why}");
            }
        }
        None
    }

    fn elapse(&mut self, now: Instant) {
        let mut out = Vec::new();
        while self.ours.due().is_some_and(|due| due <= now) {
            self.ours.elapse(now, &mut out);
        }
        self.send(out);
    }

    /// A frame was on a link: it is written down and, if it came in, handed to the machine.
    fn take(&mut self, line: &Value) {
        let at = self.now();
        let frame = octets(line["frame"].as_str().unwrap());
        let link = LinkId(line["seen"].as_str().unwrap().trim_start_matches("ours").parse().unwrap());
        let Ok(packet) = demux(&frame[14..], &Dialect::DEFAULT) else { return };
        let Some(message) = A::message(&packet.payload) else { return };
        let [src, dst] = [packet.src, packet.dst].map(|address| A::unmapped(address).unwrap());
        let words = Word::all(message).into_iter();
        self.heard.extend(words.map(|word| Heard { at, link, src, dst, word }));
        if line["out"] == true {
            assert_eq!((packet.hop_limit, packet.router_alert), (1, true));
            return;
        }
        let meta = RxMeta {
            link,
            src,
            dst,
            home_address: None,
            routing_header: None,
            outer: None,
            hop_limit: packet.hop_limit,
            router_alert: packet.router_alert,
            protection: Protection::None,
        };
        let mut out = Vec::new();
        self.elapse(at);
        self.ours.receive(at, Received { meta, message }, &mut out);
        self.send(out);
    }

    fn send(&mut self, out: Vec<Sent<A>>) {
        for sent in out {
            let Via::Link(LinkId(link)) = sent.via else { panic!("{sent:?}") };
            let datagram = Outgoing::new(sent.src.mapped(), sent.dst.mapped(), A::payload(&sent.body));
            let mut frame = sent.dst.hardware().to_vec();
            frame.extend([2, 0, 0, 0, 0, 1]);
            frame.extend(A::ETHERTYPE.to_be_bytes());
            frame.extend(datagram.to_vec().unwrap());
            let hex: String = frame.iter().map(|octet| format!("{octet:02x}")).collect();
            writeln!(self.requests, "{}", json!({ "send": format!("ours{link}"), "frame": hex })).unwrap();
        }
    }
}

impl<A: Kin, S> Drop for Lab<A, S> {
    /// The namespace goes with the process.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Keeps the kernel from speaking on an end of a link that is not its own.
fn mute(name: &str) -> String {
    format!("echo 1 > /proc/sys/net/ipv6/conf/{name}/disable_ipv6")
}

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect()
}
