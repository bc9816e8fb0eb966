//! When a querier asks, and with which messages (RFC 3810 7.1, 7.6.3).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::Action;
use super::face::Face;
use super::fsm::{Questions, State};
use crate::machine::{Envelope, Via};
use crate::time::Instant;
use crate::wire::mld::{MaxResponseCode, Message, Owned, Qqic, Query};
use crate::wire::{Addr, Dialect};

/// Where General Queries go.
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

/// Sources that one query may name so that it fits the smallest MTU of IPv6: (1,280 - 48 - 28) / 16.
const SOURCES_PER_QUERY: usize = 75;

impl Face<'_> {
    /// A General Query.
    pub(super) fn general(&self, out: &mut Vec<Action>) {
        self.send(ALL_NODES, self.config.timing.query_response_interval, Query::general(), out);
    }

    /// Q(MA), or with sources Q(MA,X).
    fn specific(&self, group: Ipv6Addr, suppress: bool, sources: &[[u8; 16]], out: &mut Vec<Action>) {
        let query = Query { group: Addr::from(group), suppress, sources, ..Query::general() };
        self.send(group, self.config.timing.last_listener_query_interval, query, out);
    }

    fn send(&self, dst: Ipv6Addr, response: Duration, query: Query<'_>, out: &mut Vec<Action>) {
        let millis = u32::try_from(response.as_millis()).unwrap_or(u32::MAX);
        let secs = u32::try_from(self.config.timing.query_interval.as_secs()).unwrap_or(u32::MAX);
        let query = Query {
            max_response: MaxResponseCode::from_millis(millis),
            robustness: self.config.timing.robustness,
            interval: Qqic::from_secs(secs),
            ..query
        };
        // Nothing in a query of bounded length is too long to be written.
        if let Ok(body) = Owned::new(&Message::Query(query), &Dialect::default()) {
            out.push(Action::Send(Envelope { via: Via::Link(self.link), src: self.address, dst, body }));
        }
    }
}

/// How far the querier of a link is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Querier {
    /// General Queries of the startup sequence that are still to come (RFC 3810 9.6, 9.7).
    startup: u8,
}

impl Querier {
    /// Begins the startup sequence; the first of it is asked now.
    pub(super) const fn start(&mut self, count: u8) {
        self.startup = count;
    }

    /// Asks now; when to ask again.
    pub(super) fn ask(&mut self, now: Instant, face: &Face<'_>, out: &mut Vec<Action>) -> Instant {
        face.general(out);
        self.startup = self.startup.saturating_sub(1);
        let timing = &face.config.timing;
        now + if self.startup > 0 { timing.startup_query_interval } else { timing.query_interval }
    }
}

/// The specific queries of one group that are still to be sent (RFC 3810 7.6.3).
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    /// Transmissions of Q(MA) to come.
    group: u8,
    /// The retransmission list: transmissions of Q(MA,X) to come, for each source.
    sources: BTreeMap<Ipv6Addr, u8>,
    /// When the next transmission is due.
    next: Option<Instant>,
    /// Whether a transmission is due with the present input.
    fresh: bool,
}

impl Pending {
    pub(super) const fn next(&self) -> Option<Instant> {
        self.next
    }

    pub(super) const fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Adds `questions`, of which `lowered` had timers that ran longer than the Last Listener Query Time. What had not
    /// is being asked already: a report that is repeated asks nothing anew.
    pub(super) fn add(&mut self, questions: &Questions, lowered: &Questions, count: u8) {
        if questions.group && (lowered.group || self.group == 0) {
            self.group = count;
            self.fresh = true;
        }
        for source in lowered.sources.iter() {
            self.sources.insert(source, count);
            self.fresh = true;
        }
    }

    /// Sends what is to be sent of `group`, whose state is `state`, and arms the next transmission.
    pub(super) fn transmit(
        &mut self,
        now: Instant,
        group: Ipv6Addr,
        state: &State,
        face: &Face<'_>,
        out: &mut Vec<Action>,
    ) {
        let soon = face.last_call(now);
        self.fresh = false;
        // Whoever's timer has ended meanwhile has nothing left to be asked about.
        let (mut later, mut sooner) = (Vec::new(), Vec::new());
        self.sources.retain(|&source, left| {
            let Some(due) = state.running().due(source) else { return false };
            let list = if due > soon { &mut later } else { &mut sooner };
            list.push(source.octets());
            *left = left.saturating_sub(1);
            *left > 0
        });
        match state.filter_due() {
            Some(due) if self.group > 0 => {
                self.group = self.group.saturating_sub(1);
                face.specific(group, due > soon, &[], out);
                // Suppressed beside a Q(MA), as RFC 3810 7.6.3.2 allows.
                later.clear();
            }
            Some(_) => {}
            None => self.group = 0,
        }
        for (suppress, list) in [(true, later), (false, sooner)] {
            for sources in list.chunks(SOURCES_PER_QUERY) {
                face.specific(group, suppress, sources, out);
            }
        }
        let more = self.group > 0 || !self.sources.is_empty();
        self.next = more.then(|| now + face.config.timing.last_listener_query_interval);
    }
}
