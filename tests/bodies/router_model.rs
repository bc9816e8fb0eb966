//! The router against the tables as RFC 3810 prints them, the lightweight one against those of RFC 5790.

use core::net::Ipv6Addr;

use multimob::channel::Filter;
use multimob::machine::{LinkId, Protection, Received, RxMeta};
use multimob::mld::lightweight;
use multimob::mld::router::{Action, Config, Input, LinkKind, Reject, Router, Startup};
use multimob::samples::Unstructured;
use multimob::wire::membership::{Receiver, Refused};
use multimob::wire::mld::{Message, Qqic, Query, Record, RecordType, Report};
use multimob::wire::{Addr, Dialect, List};
use multimob::{Instant, Machine};

#[path = "../model/rfc3810.rs"]
pub mod rfc3810;
#[path = "../model/rfc5790.rs"]
mod rfc5790;

use rfc3810::{Asked, MALI};

const LINK: LinkId = LinkId(1);
/// The router's own address on the link, and those of a router that takes its role and of one that does not.
const OWN: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 5);
const LOWER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const HIGHER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 9);
const GROUPS: u16 = 2;
const SOURCES: u16 = 6;
/// Reports and Queries of the longest run.
const MOST: usize = 40;

const KINDS: [(RecordType, &str); 6] = [
    (RecordType::IS_IN, "IsIn"),
    (RecordType::IS_EX, "IsEx"),
    (RecordType::TO_IN, "ToIn"),
    (RecordType::TO_EX, "ToEx"),
    (RecordType::ALLOW, "Allow"),
    (RecordType::BLOCK, "Block"),
];

/// Without immediate leave a link is at every moment what RFC 3810 says, and asks what it says, whoever its listeners are.
/// The first octet is the kind of the link; then come reports (a wait, a listener, records) and Queries of other routers,
/// by which it loses its role and its timers are lowered.
pub fn router_model(octets: &[u8]) {
    play::<Router, rfc3810::Record>(octets);
}

/// The same of the lightweight router and RFC 5790.
pub fn lightweight_model(octets: &[u8]) {
    play::<lightweight::Router, rfc5790::Record>(octets);
}

fn play<R: Judged, M: Model>(octets: &[u8]) {
    let mut u = Unstructured::new(octets);
    let mut run =
        Run::<R, M>::new(if u.arbitrary().unwrap() { LinkKind::Shared } else { LinkKind::PointToPoint });
    for _ in 0..MOST {
        if u.is_empty() {
            break;
        }
        let wait = u64::from(u.arbitrary::<u8>().unwrap());
        // Mostly short waits, some beyond the listening interval.
        run.until(run.now + if wait > 220 { wait * 2 } else { wait / 8 });
        if u.int_in_range(0..=4).unwrap() == 0 {
            run.query(&Asks::draw(&mut u));
            continue;
        }
        let from = u.int_in_range(1..=3).unwrap();
        let records: Vec<Said> = (0..u.int_in_range(1..=3).unwrap()).map(|_| Said::draw(&mut u)).collect();
        run.report(from, &records);
    }
    run.until(run.now + 3 * MALI);
}

/// A router, whatever tables it keeps.
trait Judged: for<'a> Machine<Input<'a> = Input<'a>, Action = Action, Reject = Reject> + Sized {
    fn set_up(config: Config) -> Self;
    fn interest(&self, group: Ipv6Addr) -> Filter;
    fn querier(&self) -> Option<Ipv6Addr>;
}

impl Judged for Router {
    fn set_up(config: Config) -> Self {
        Self::new(config).unwrap()
    }

    fn interest(&self, group: Ipv6Addr) -> Filter {
        self.interest(LINK, group)
    }

    fn querier(&self) -> Option<Ipv6Addr> {
        self.querier(LINK)
    }
}

impl Judged for lightweight::Router {
    fn set_up(config: Config) -> Self {
        Self::new(config).unwrap()
    }

    fn interest(&self, group: Ipv6Addr) -> Filter {
        self.interest(LINK, group)
    }

    fn querier(&self) -> Option<Ipv6Addr> {
        self.querier(LINK)
    }
}

/// A group in the words of a standard.
trait Model: Default {
    fn report(&mut self, kind: &str, list: &[u16], until: u64) -> Asked;
    fn lower(&mut self, asked: &Asked, soon: u64);
    fn elapse(&mut self, now: u64);
    fn next(&self) -> Option<u64>;
    fn passes(&self, source: u16) -> bool;
    /// When the timer of the group ends; 0: it does not run.
    fn group_timer(&self) -> u64;
    /// When the timer of a source ends; 0: it does not run.
    fn source_timer(&self, source: u16) -> u64;
}

impl Model for rfc3810::Record {
    fn report(&mut self, kind: &str, list: &[u16], until: u64) -> Asked {
        self.report(kind, list, until)
    }

    fn lower(&mut self, asked: &Asked, soon: u64) {
        self.lower(asked, soon);
    }

    fn elapse(&mut self, now: u64) {
        self.elapse(now);
    }

    fn next(&self) -> Option<u64> {
        self.next()
    }

    fn passes(&self, source: u16) -> bool {
        self.passes(source)
    }

    fn group_timer(&self) -> u64 {
        if self.exclude { self.filter_timer } else { 0 }
    }

    fn source_timer(&self, source: u16) -> u64 {
        self.timers.get(&source).copied().unwrap_or(0)
    }
}

impl Model for rfc5790::Record {
    fn report(&mut self, kind: &str, list: &[u16], until: u64) -> Asked {
        let rfc5790::Asked { group, sources } = self.report(&rfc3810::name(kind), list, until);
        Asked { group, sources }
    }

    fn lower(&mut self, asked: &Asked, soon: u64) {
        self.lower(&rfc5790::Asked { group: asked.group, sources: asked.sources.clone() }, soon);
    }

    fn elapse(&mut self, now: u64) {
        self.elapse(now);
    }

    fn next(&self) -> Option<u64> {
        self.next()
    }

    fn passes(&self, source: u16) -> bool {
        self.passes(source)
    }

    fn group_timer(&self) -> u64 {
        self.group_timer
    }

    fn source_timer(&self, source: u16) -> u64 {
        self.timers.get(&source).copied().unwrap_or(0)
    }
}

/// A record of a report.
struct Said {
    kind: usize,
    group: u16,
    sources: Vec<u16>,
}

impl Said {
    fn draw(u: &mut Unstructured<'_>) -> Self {
        let kind = u.int_in_range(0..=KINDS.len() - 1).unwrap();
        let group = u.int_in_range(0..=GROUPS - 1).unwrap();
        let bits: u8 = u.arbitrary().unwrap();
        Self { kind, group, sources: (1..SOURCES).filter(|n| bits >> n & 1 == 1).collect() }
    }
}

/// A Query of another router.
struct Asks {
    from: Ipv6Addr,
    /// The group and the sources, unless it is a General Query.
    about: Option<(u16, Vec<u16>)>,
    suppress: bool,
    robustness: u8,
    interval: u8,
}

impl Asks {
    fn draw(u: &mut Unstructured<'_>) -> Self {
        let Said { group, sources, kind } = Said::draw(u);
        Self {
            from: if u.arbitrary().unwrap() { LOWER } else { HIGHER },
            about: (kind > 1).then_some((group, sources)),
            suppress: u.int_in_range(0..=3).unwrap() == 0,
            robustness: u.int_in_range(0..=3).unwrap(),
            interval: *u.choose(&[0, 20, 125]).unwrap(),
        }
    }
}

/// The timers in force, in seconds.
#[derive(Clone, Copy)]
struct Timers {
    robustness: u64,
    interval: u64,
}

impl Timers {
    const OWN: Self = Self { robustness: 2, interval: 125 };

    /// RFC 3810 9.4, 9.5 and 9.10, with the standard's values of what no Query says.
    const fn mali(self) -> u64 {
        self.robustness * self.interval + 10
    }

    const fn other_querier_present(self) -> u64 {
        self.robustness * self.interval + 5
    }

    const fn llqt(self) -> u64 {
        self.robustness
    }
}

struct Run<R, M> {
    kind: LinkKind,
    /// Until when another router is querier, and what its latest Query made of the timers.
    other: Option<(u64, Timers)>,
    router: R,
    model: [M; GROUPS as usize],
    /// In seconds.
    now: u64,
}

impl<R: Judged, M: Model> Run<R, M> {
    fn new(kind: LinkKind) -> Self {
        let config = Config { immediate_leave: false, ..Config::default() };
        let mut router = R::set_up(config);
        let (address, startup) = (OWN, Startup::OnRequest);
        let up = Input::LinkUp { link: LINK, address, kind, startup, hold: None };
        router.handle_input(Instant::ZERO, up, &mut Vec::new()).unwrap();
        Self { kind, other: None, router, model: Default::default(), now: 0 }
    }

    fn until(&mut self, end: u64) {
        while let Some(due) = self.model.iter().filter_map(M::next).min().filter(|&due| due <= end) {
            // Until the moment before, nothing ends; at the moment, it does.
            self.serve(Instant::from_micros(due * 1_000_000 - 1));
            self.agree();
            self.serve(Instant::from_secs(due));
            self.model.iter_mut().for_each(|record| record.elapse(due));
            self.agree();
        }
        self.serve(Instant::from_secs(end));
        self.now = end;
    }

    fn serve(&mut self, then: Instant) {
        while let Some(due) = self.router.poll_timeout().filter(|&due| due <= then) {
            self.router.handle_timeout(due, &mut Vec::new());
        }
    }

    /// The timers in force; the model forgets the other querier when its time is over.
    fn timers(&mut self) -> Timers {
        self.other = self.other.filter(|&(until, _)| until > self.now);
        self.other.map_or(Timers::OWN, |(_, timers)| timers)
    }

    /// RFC 3810 7.6.
    fn query(&mut self, asks: &Asks) {
        let named = asks.about.as_ref().map_or(&[][..], |(_, sources)| sources);
        let sources: Vec<[u8; 16]> = named.iter().map(|&n| source(n).octets()).collect();
        let query = Query {
            group: asks.about.as_ref().map_or(Addr::UNSPECIFIED, |&(n, _)| Addr::from(group(n))),
            suppress: asks.suppress,
            robustness: asks.robustness,
            interval: Qqic(asks.interval),
            sources: &sources,
            ..Query::general()
        };
        let dst = asks.about.as_ref().map_or(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1), |&(n, _)| group(n));
        let mut actions = Vec::new();
        let packet = Received { meta: meta(asks.from, dst), message: Message::Query(query) };
        let taken =
            self.router.handle_input(Instant::from_secs(self.now), Input::Packet(packet), &mut actions);
        if self.kind == LinkKind::PointToPoint {
            assert_eq!(taken, Err(Reject::Message(Refused::NotFor(Receiver::Router))));
            return;
        }
        taken.unwrap();
        let mut timers = self.timers();
        if asks.from == LOWER {
            timers = Timers {
                robustness: if asks.robustness == 0 { 2 } else { asks.robustness.into() },
                interval: if asks.interval == 0 { 125 } else { asks.interval.into() },
            };
            self.other = Some((self.now + timers.other_querier_present(), timers));
        }
        if let (Some((n, sources)), false) = (&asks.about, asks.suppress) {
            let asked = Asked { group: sources.is_empty(), sources: sources.iter().copied().collect() };
            self.model[usize::from(*n)].lower(&asked, self.now + timers.llqt());
        }
        self.agree();
        assert!(!actions.iter().any(|action| matches!(action, Action::Send(_))), "{actions:?}");
        assert_eq!(self.router.querier(), self.other.map(|_| LOWER));
    }

    fn report(&mut self, from: u16, said: &[Said]) {
        let sources: Vec<Vec<[u8; 16]>> =
            said.iter().map(|said| said.sources.iter().map(|&n| source(n).octets()).collect()).collect();
        let records: Vec<Record<'_>> = said
            .iter()
            .zip(&sources)
            .map(|(said, sources)| Record {
                kind: KINDS[said.kind].0,
                group: Addr::from(group(said.group)),
                sources,
                aux: &[],
            })
            .collect();
        let message = Message::Report(Report::new(List::new(&records, &Dialect::DEFAULT)));
        let src = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 1, from);
        let meta = meta(src, Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16));
        let mut actions = Vec::new();
        let input = Input::Packet(Received { meta, message });
        self.router.handle_input(Instant::from_secs(self.now), input, &mut actions).unwrap();

        let (mut asked, mut nothing) = (Vec::new(), true);
        let timers = self.timers();
        for said in said {
            let record = &mut self.model[usize::from(said.group)];
            let soon = self.now + timers.llqt();
            let mut questions = record.report(KINDS[said.kind].1, &said.sources, self.now + timers.mali());
            if self.other.is_some() {
                // Who is not querier lowers the timer of the group and asks nothing (7.6.3).
                questions.sources.clear();
                record.lower(&questions, soon);
                continue;
            }
            let lowered = Asked {
                group: questions.group && record.group_timer() > soon,
                sources: questions
                    .sources
                    .iter()
                    .copied()
                    .filter(|&n| record.source_timer(n) > soon)
                    .collect(),
            };
            record.lower(&questions, soon);
            nothing &= !questions.group && lowered.sources.is_empty();
            asked.push((said.group, lowered));
        }
        self.agree();
        // What a later record of the report took away has nothing left to be asked about.
        for (n, asked) in &mut asked {
            let record = &self.model[usize::from(*n)];
            asked.group &= record.group_timer() > 0;
            asked.sources.retain(|&s| record.source_timer(s) > 0);
        }
        asks(&actions, &asked);
        let sent = |action: &Action| matches!(action, Action::Send(_));
        assert!(!nothing || !actions.iter().any(sent), "the tables ask nothing: {actions:?}");
    }

    fn agree(&self) {
        for (n, record) in (0..).zip(&self.model) {
            let interest = self.router.interest(group(n));
            for s in 1..=SOURCES {
                assert_eq!(interest.passes(source(s)), record.passes(s), "source {s} of group {n}");
            }
        }
    }
}

/// What the tables ask, and what had a timer to lower, is asked at once (RFC 3810 7.6.3).
fn asks(actions: &[Action], asked: &[(u16, Asked)]) {
    for (n, asked) in asked {
        let queries: Vec<_> = actions
            .iter()
            .filter_map(|action| match action {
                Action::Send(sent) if sent.dst == group(*n) => match sent.body.view() {
                    Message::Query(query) => Some(query.sources.to_vec()),
                    other => panic!("a router sent {other:?}"),
                },
                _ => None,
            })
            .collect();
        assert!(
            !asked.group || queries.iter().any(Vec::is_empty),
            "nothing is asked about group {n}: {actions:?}"
        );
        for &s in &asked.sources {
            let named = queries.iter().any(|query| query.is_empty() || query.contains(&source(s).octets()));
            assert!(named, "nothing is asked about source {s} of group {n}: {actions:?}");
        }
    }
}

fn meta(src: Ipv6Addr, dst: Ipv6Addr) -> RxMeta {
    let protection = Protection::None;
    RxMeta {
        link: LINK,
        src,
        dst,
        home_address: None,
        routing_header: None,
        outer: None,
        hop_limit: 1,
        router_alert: true,
        protection,
    }
}

fn group(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, n)
}

fn source(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
}
