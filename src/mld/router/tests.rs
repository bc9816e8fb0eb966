//! A router seen from outside: what it learns, what it asks and when.

mod bounds;
mod checks;
mod election;
mod hold;
mod hosts;
mod igmp;
mod lightweight;
mod older;
mod packing;
mod queries;
mod tables;
mod tracking;

use std::vec;

use super::fsm::tests::{list, source};
use super::*;
use crate::channel::SourceList;
use crate::machine::{Protection, RxMeta, Snapshot};
use crate::wire::mld::{Message, Owned, Record, RecordType, Report};
use crate::wire::{Addr, Dialect, List};

const LINK: LinkId = LinkId(1);
const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const ALL_MLDV2_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);

/// A group of any-source multicast.
const fn group(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, n)
}

/// A source-specific group.
const SSM: Ipv6Addr = Ipv6Addr::new(0xff3e, 0, 0, 0, 0, 0, 0x8000, 1);

const fn host(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 1, n)
}

fn include(sources: &[u16]) -> Filter {
    Filter::include(list(sources).iter())
}

fn exclude(sources: &[u16]) -> Filter {
    Filter::exclude(list(sources).iter())
}

fn record(kind: RecordType, group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    GroupRecord { kind, group, sources: list(sources) }
}

/// A version 2 Report as it comes off the wire.
fn report(records: &[GroupRecord]) -> Owned {
    let sources: Vec<Vec<[u8; 16]>> =
        records.iter().map(|record| record.sources.iter().map(|source| source.octets()).collect()).collect();
    let records: Vec<Record<'_>> = records
        .iter()
        .zip(&sources)
        .map(|(record, sources)| Record {
            kind: record.kind,
            group: Addr::from(record.group),
            sources,
            aux: &[],
        })
        .collect();
    let records = List::new(&records, &Dialect::DEFAULT);
    Owned::new(&Message::Report(Report::new(records)), &Dialect::DEFAULT).unwrap()
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

fn interest(group: Ipv6Addr, filter: Filter) -> Action {
    Action::Interest { link: LINK, group, filter }
}

/// A query that was sent: when, S flag, group, sources.
type Query = (Instant, bool, Ipv6Addr, Vec<u16>);

/// One link of a router, and a clock.
#[derive(Clone, Debug)]
struct Bench {
    router: Router,
    now: Instant,
}

impl Bench {
    /// A link of the kind with the querier silent, on a router with a changed configuration.
    fn new(kind: LinkKind, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        let mut bench = Self { router: Router::new(config).unwrap(), now: Instant::ZERO };
        let startup = Startup::OnRequest;
        bench.input(Input::LinkUp { link: LINK, address: ROUTER, kind, startup, hold: None });
        bench
    }

    /// A point-to-point link.
    fn access() -> Self {
        Self::new(LinkKind::PointToPoint, |_| {})
    }

    /// A shared link on which every leave is asked about.
    fn patient() -> Self {
        Self::new(LinkKind::Shared, |config| config.immediate_leave = false)
    }

    /// A shared link with immediate leave.
    fn shared() -> Self {
        Self::new(LinkKind::Shared, |_| {})
    }

    fn try_input(&mut self, input: Input<'_>) -> Result<Vec<Action>, Reject> {
        let mut out = Vec::new();
        self.router.handle_input(self.now, input, &mut out).map(|()| out)
    }

    fn input(&mut self, input: Input<'_>) -> Vec<Action> {
        self.try_input(input).unwrap()
    }

    fn packet(&mut self, meta: RxMeta, message: Message<'_>) -> Result<Vec<Action>, Reject> {
        self.try_input(Input::Packet(Received { meta, message }))
    }

    /// A report of host `from`.
    fn report(&mut self, from: u16, records: &[GroupRecord]) -> Vec<Action> {
        self.packet(meta(host(from), ALL_MLDV2_ROUTERS), report(records).view()).unwrap()
    }

    /// A report of one record about [`group`] 1.
    fn hear(&mut self, from: u16, kind: RecordType, sources: &[u16]) -> Vec<Action> {
        self.report(from, &[record(kind, group(1), sources)])
    }

    /// What the link wants of [`group`] 1.
    fn interest(&self) -> Filter {
        self.router.interest(LINK, group(1))
    }

    /// How many groups all listeners want something of.
    fn memberships(&self) -> usize {
        let listeners = self.router.listeners(LINK);
        listeners.map(|listener| self.router.memberships(LINK, listener).count()).sum()
    }

    /// How many sources of a group are known.
    fn breadth(&self, group: Ipv6Addr) -> usize {
        let link = &self.router.links[&LINK];
        let packed = || {
            let star = self.router.packed.channels.group(group)?;
            let channels = link.audience.channels(star, &self.router.packed);
            Some(channels.iter().filter(|&&channel| channel != star).count())
        };
        link.groups.get(&group).map_or_else(|| packed().unwrap_or(0), |state| state.breadth())
    }

    /// What host `of` wants of [`group`] 1.
    fn membership(&self, of: u16) -> Filter {
        let mut all = self.router.memberships(LINK, host(of));
        all.find(|one| one.group == group(1)).map_or(Filter::NOTHING, |one| one.filter)
    }

    /// Serves every deadline until `then`, each in time.
    fn until(&mut self, then: Instant) -> Vec<(Instant, Action)> {
        let mut actions = Vec::new();
        while let Some(due) = self.router.poll_timeout().filter(|&due| due <= then) {
            self.now = due;
            let mut out = Vec::new();
            self.router.handle_timeout(due, &mut out);
            actions.extend(out.into_iter().map(|action| (due, action)));
        }
        self.now = then;
        actions
    }
}

const fn seconds(second: u64) -> Instant {
    Instant::from_secs(second)
}

const fn millis(milli: u64) -> Instant {
    Instant::from_millis(milli)
}

/// The queries among `actions`, all of them from the link's own address to the right place.
fn queries(actions: &[(Instant, Action)]) -> Vec<Query> {
    actions
        .iter()
        .filter_map(|(at, action)| {
            let Action::Send(envelope) = action else { return None };
            let Message::Query(query) = envelope.body.view() else { panic!("{envelope:?}") };
            let sources = query.sources.iter().map(|octets| u16::from_be_bytes([octets[14], octets[15]]));
            Some((*at, query.suppress, query.group.ip(), sources.collect()))
        })
        .collect()
}

/// The queries among the actions of one call.
fn asked(at: Instant, actions: &[Action]) -> Vec<Query> {
    queries(&actions.iter().map(|action| (at, action.clone())).collect::<Vec<_>>())
}
