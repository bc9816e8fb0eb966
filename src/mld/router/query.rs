//! The messages of a querier, and when those about one group go out (RFC 3810 7.6.3).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use super::Action;
use super::face::Face;
use super::fsm::{Questions, State};
use super::sources::TimedSources;
use crate::channel::Address;
use crate::machine::{Envelope, Via};
use crate::mld::{Family, Question, Version};
use crate::time::Instant;

impl<A: Family> Face<'_, A> {
    /// A General Query.
    pub(super) fn general(&self, out: &mut Vec<Action<A>>) {
        // IGMPv1 has no time to respond (RFC 3376 7.3.1).
        let response = match self.config.version {
            Version::Oldest => Duration::ZERO,
            _ => self.timing.query_response_interval,
        };
        self.send(None, false, &[], response, out);
    }

    /// Q(MA), or with sources Q(MA,X).
    fn specific(&self, group: A, suppress: bool, sources: &[A::Octets], out: &mut Vec<Action<A>>) {
        self.send(Some(group), suppress, sources, self.timing.last_listener_query_interval, out);
    }

    fn send(
        &self,
        group: Option<A>,
        suppress: bool,
        sources: &[A::Octets],
        response: Duration,
        out: &mut Vec<Action<A>>,
    ) {
        let question = Question {
            version: self.config.version,
            group,
            sources,
            suppress,
            response,
            robustness: self.timing.robustness,
            interval: self.timing.query_interval,
        };
        // Nothing in a query of bounded length is too long to be written.
        if let Some(body) = A::query(&question) {
            let dst = group.unwrap_or(A::ALL_NODES);
            out.push(Action::Send(Envelope { via: Via::Link(self.link), src: self.address, dst, body }));
        }
    }
}

/// The specific queries of one group that are still to be sent (RFC 3810 7.6.3). They go out even when another router
/// has become querier meanwhile (RFC 2710 4).
#[derive(Clone, Debug)]
pub(super) struct Pending<A> {
    /// Transmissions of Q(MA) to come.
    group: u8,
    /// The retransmission list: transmissions of Q(MA,X) to come, for each source.
    sources: BTreeMap<A, u8>,
    /// When the next transmission is due.
    next: Option<Instant>,
    /// Whether a transmission is due with the present input.
    fresh: bool,
}

impl<A> Default for Pending<A> {
    fn default() -> Self {
        Self { group: 0, sources: BTreeMap::new(), next: None, fresh: false }
    }
}

/// The timers of a group about which is asked.
pub(super) trait Running<A> {
    /// Of its sources.
    fn sources(&self) -> &TimedSources<A>;
    /// The end of that of the group itself.
    fn group_due(&self) -> Option<Instant>;
}

impl<A: Address> Running<A> for State<A> {
    fn sources(&self) -> &TimedSources<A> {
        self.running()
    }

    fn group_due(&self) -> Option<Instant> {
        self.filter_due()
    }
}

impl<A: Family> Pending<A> {
    pub(super) const fn next(&self) -> Option<Instant> {
        self.next
    }

    pub(super) const fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Adds `questions`, of which `lowered` had timers that ran longer than the Last Listener Query Time. What had not
    /// is being asked already: a report that is repeated asks nothing anew.
    pub(super) fn add(&mut self, questions: &Questions<A>, lowered: &Questions<A>, count: u8) {
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
        group: A,
        state: &impl Running<A>,
        face: &Face<'_, A>,
        out: &mut Vec<Action<A>>,
    ) {
        let soon = face.last_call(now);
        self.fresh = false;
        // Whoever's timer has ended meanwhile has nothing left to be asked about.
        let (mut later, mut sooner) = (Vec::new(), Vec::new());
        self.sources.retain(|&source, left| {
            let Some(due) = state.sources().due(source) else { return false };
            let list = if due > soon { &mut later } else { &mut sooner };
            list.push(source.to_octets());
            *left = left.saturating_sub(1);
            *left > 0
        });
        let mut group_due = None;
        match state.group_due() {
            Some(due) if self.group > 0 => {
                self.group = self.group.saturating_sub(1);
                group_due = Some(due);
                // Suppressed beside a Q(MA), as RFC 3810 7.6.3.2 allows.
                later.clear();
            }
            Some(_) => {}
            None => self.group = 0,
        }
        if face.config.version == Version::Current {
            if let Some(due) = group_due {
                face.specific(group, due > soon, &[], out);
            }
            for (suppress, list) in [(true, later), (false, sooner)] {
                for sources in list.chunks(A::SOURCES_PER_QUERY) {
                    face.specific(group, suppress, sources, out);
                }
            }
        } else if group_due.is_some_and(|due| due <= soon) || !sooner.is_empty() {
            // An older version has neither sources nor the S flag: who still listens to any of it says so, and what
            // was confirmed meanwhile is not asked about again.
            face.specific(group, false, &[], out);
        }
        let more = self.group > 0 || !self.sources.is_empty();
        self.next = more.then(|| now + face.timing.last_listener_query_interval);
    }
}
