//! The router against the tables as RFC 3810 prints them.

use core::net::Ipv6Addr;

use multimob::machine::{LinkId, Protection, Received, RxMeta};
use multimob::mld::router::{Action, Config, Input, LinkKind, Router, Startup};
use multimob::samples::Unstructured;
use multimob::wire::mld::{Message, Record, RecordType, Report};
use multimob::wire::{Addr, Dialect, List};
use multimob::{Instant, Machine};

#[path = "../model/rfc3810.rs"]
mod rfc3810;

use rfc3810::{Asked, LLQT, MALI};

const LINK: LinkId = LinkId(1);
const GROUPS: u16 = 2;
const SOURCES: u16 = 6;
/// Reports of the longest run.
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
/// The first octet is the kind of the link; then come reports: a wait, a listener, records.
pub fn router_model(octets: &[u8]) {
    let mut u = Unstructured::new(octets);
    let mut run = Run::new(if u.arbitrary().unwrap() { LinkKind::Shared } else { LinkKind::PointToPoint });
    for _ in 0..MOST {
        if u.is_empty() {
            break;
        }
        let wait = u64::from(u.arbitrary::<u8>().unwrap());
        // Mostly short waits, some beyond the listening interval.
        run.until(run.now + if wait > 220 { wait * 2 } else { wait / 8 });
        let from = u.int_in_range(1..=3).unwrap();
        let records: Vec<Said> = (0..u.int_in_range(1..=3).unwrap()).map(|_| Said::draw(&mut u)).collect();
        run.report(from, &records);
    }
    run.until(run.now + 3 * MALI);
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

struct Run {
    router: Router,
    model: [rfc3810::Record; GROUPS as usize],
    /// In seconds.
    now: u64,
}

impl Run {
    fn new(kind: LinkKind) -> Self {
        let config = Config { immediate_leave: false, ..Config::default() };
        let mut router = Router::new(config).unwrap();
        let address = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
        let up = Input::LinkUp { link: LINK, address, kind, startup: Startup::OnRequest };
        router.handle_input(Instant::ZERO, up, &mut Vec::new()).unwrap();
        Self { router, model: Default::default(), now: 0 }
    }

    fn until(&mut self, end: u64) {
        while let Some(due) =
            self.model.iter().filter_map(rfc3810::Record::next).min().filter(|&due| due <= end)
        {
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
        let message = Message::Report(Report { records: List::new(&records, &Dialect::DEFAULT) });
        let meta = RxMeta {
            link: LINK,
            src: Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 1, from),
            dst: Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16),
            home_address: None,
            routing_header: None,
            outer: None,
            hop_limit: 1,
            router_alert: true,
            protection: Protection::None,
        };
        let mut actions = Vec::new();
        let input = Input::Packet(Received { meta, message });
        self.router.handle_input(Instant::from_secs(self.now), input, &mut actions).unwrap();

        let (mut asked, mut nothing) = (Vec::new(), true);
        for said in said {
            let record = &mut self.model[usize::from(said.group)];
            let soon = self.now + LLQT;
            let questions = record.report(KINDS[said.kind].1, &said.sources, self.now + MALI);
            let lowered = Asked {
                group: questions.group && record.filter_timer > soon,
                sources: questions
                    .sources
                    .iter()
                    .copied()
                    .filter(|n| record.timers.get(n).is_some_and(|&end| end > soon))
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
            asked.group &= record.exclude;
            asked.sources.retain(|s| record.timers.get(s).is_some_and(|&end| end > 0));
        }
        asks(&actions, &asked);
        let sent = |action: &Action| matches!(action, Action::Send(_));
        assert!(!nothing || !actions.iter().any(sent), "the tables ask nothing: {actions:?}");
    }

    fn agree(&self) {
        for (n, record) in (0..).zip(&self.model) {
            let interest = self.router.interest(LINK, group(n));
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

fn group(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, n)
}

fn source(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
}
