//! A listener to drive, and reports in a form that reads well.
#![allow(non_snake_case, reason = "records are named as RFC 3810 names them")]

use std::vec::Vec;

use crate::channel::Filter;
use crate::machine::{Envelope, LinkId, Machine, Protection, Received, RxMeta, Via};
use crate::mld::GroupRecord;
use crate::mld::listener::{Action, Config, Input, Listener, Reject};
use crate::time::Instant;
use crate::wire::HoldTypes;
use crate::wire::mld::{MaxResponseCode, Message, Owned, Query, RecordType};
use core::net::Ipv6Addr;

pub(in crate::mld) const ADDRESS: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
pub(in crate::mld) const QUERIER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0xffff);

pub(in crate::mld) fn group(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xff0e, 0, 0, 0, 0, 0, 0, n)
}

pub(in crate::mld) fn source(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
}

pub(in crate::mld) fn include(sources: &[u16]) -> Filter {
    Filter::include(sources.iter().map(|&n| source(n)))
}

pub(in crate::mld) fn exclude(sources: &[u16]) -> Filter {
    Filter::exclude(sources.iter().map(|&n| source(n)))
}

fn record(kind: RecordType, group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    GroupRecord { kind, group, sources: include(sources).sources }
}

pub(in crate::mld) fn IS_IN(group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    record(RecordType::IS_IN, group, sources)
}

pub(in crate::mld) fn IS_EX(group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    record(RecordType::IS_EX, group, sources)
}

pub(in crate::mld) fn TO_IN(group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    record(RecordType::TO_IN, group, sources)
}

pub(in crate::mld) fn TO_EX(group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    record(RecordType::TO_EX, group, sources)
}

pub(in crate::mld) fn ALLOW(group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    record(RecordType::ALLOW, group, sources)
}

pub(in crate::mld) fn BLOCK(group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    record(RecordType::BLOCK, group, sources)
}

pub(in crate::mld) fn HOLD_IN(group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    record(RecordType(HoldTypes::PRIVATE.include), group, sources)
}

pub(in crate::mld) fn HOLD_EX(group: Ipv6Addr, sources: &[u16]) -> GroupRecord {
    record(RecordType(HoldTypes::PRIVATE.exclude), group, sources)
}

/// The records of one report.
pub(in crate::mld) fn records(report: &Envelope<Owned>) -> Vec<GroupRecord> {
    let Message::Report(report) = report.body.view() else { panic!("a listener sends version 2 reports") };
    report.records.iter().map(|record| record.try_into().unwrap()).collect()
}

/// The records of all reports.
pub(in crate::mld) fn all_records(actions: &[Action]) -> Vec<GroupRecord> {
    actions.iter().flat_map(|Action::Send(report)| records(report)).collect()
}

pub(in crate::mld) const META: RxMeta = RxMeta {
    link: LinkId(1),
    src: QUERIER,
    dst: Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1),
    home_address: None,
    routing_header: None,
    outer: None,
    hop_limit: 1,
    router_alert: true,
    protection: Protection::None,
};

/// A query for `group`, `::` for a General Query, to be answered within `millis`.
pub(in crate::mld) fn query(group: Ipv6Addr, millis: u16) -> Received<Message<'static>> {
    sources_query(group, millis, &[])
}

pub(in crate::mld) fn sources_query(
    group: Ipv6Addr,
    millis: u16,
    sources: &[[u8; 16]],
) -> Received<Message<'_>> {
    let max_response = MaxResponseCode(millis);
    let query = Query { max_response, group: group.into(), sources, ..Query::general() };
    Received { meta: META, message: Message::Query(query) }
}

/// A listener with an address, on link 1.
#[derive(Clone)]
pub(in crate::mld) struct Host(pub(in crate::mld) Listener);

impl Host {
    pub(in crate::mld) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(in crate::mld) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(Via::Link(LinkId(1)), ADDRESS);
        change(&mut config);
        Self(Listener::new(config, 1).unwrap())
    }

    pub(in crate::mld) fn input(&mut self, now: Instant, input: Input<'_>) -> Result<Vec<Action>, Reject> {
        let mut out = Vec::new();
        let result = self.0.handle_input(now, input, &mut out);
        assert!(result.is_ok() || out.is_empty());
        result.map(|()| out)
    }

    pub(in crate::mld) fn want(&mut self, now: Instant, group: Ipv6Addr, filter: Filter) -> Vec<Action> {
        self.input(now, Input::Want { group, filter }).unwrap()
    }

    pub(in crate::mld) fn timeout(&mut self, now: Instant) -> Vec<Action> {
        let mut out = Vec::new();
        self.0.handle_timeout(now, &mut out);
        assert!(self.0.poll_timeout().is_none_or(|due| due > now));
        out
    }

    /// Runs all timers; the records that were sent.
    pub(in crate::mld) fn rest(&mut self) -> Vec<GroupRecord> {
        let mut sent = Vec::new();
        while let Some(due) = self.0.poll_timeout() {
            sent.extend(self.timeout(due));
        }
        all_records(&sent)
    }
}
