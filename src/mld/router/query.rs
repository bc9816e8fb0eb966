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

/// The specific queries of one group that are still to be sent (RFC 3810 7.6.3). What is pending goes along with what is asked
/// anew, and is sent in its own time all the same: hosts give both one answer, which may be lost. They go out even when
/// another router has become querier meanwhile (RFC 2710 4).
#[derive(Clone, Debug)]
pub(super) struct Pending<A> {
    /// Q(MA).
    group: Option<Transmissions>,
    /// The retransmission list: Q(MA,X), for each source.
    sources: BTreeMap<A, Transmissions>,
}

/// What is to come of a query.
#[derive(Clone, Copy, Debug)]
struct Transmissions {
    /// How many; never zero.
    left: u8,
    /// When the next is due; `None`: with the present input.
    due: Option<Instant>,
}

impl Transmissions {
    fn is_due(&self, now: Instant) -> bool {
        self.due.is_none_or(|due| due <= now)
    }

    /// What is left after one at `now`.
    fn after(self, now: Instant, interval: Duration) -> Option<Self> {
        let left = self.left.checked_sub(1).filter(|&left| left > 0)?;
        Some(Self { left, due: Some(now + interval) })
    }
}

impl<A> Default for Pending<A> {
    fn default() -> Self {
        Self { group: None, sources: BTreeMap::new() }
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
    pub(super) fn next(&self) -> Option<Instant> {
        self.all().filter_map(|pending| pending.due).min()
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.all().any(|pending| pending.due.is_none())
    }

    fn all(&self) -> impl Iterator<Item = &Transmissions> {
        self.group.iter().chain(self.sources.values())
    }

    /// Adds `questions`, of which `lowered` had timers that ran longer than the Last Listener Query Time. What had not
    /// is being asked already: a report that is repeated asks nothing anew.
    pub(super) fn add(&mut self, questions: &Questions<A>, lowered: &Questions<A>, count: u8) {
        let fresh = Transmissions { left: count, due: None };
        if questions.group && (lowered.group || self.group.is_none()) {
            self.group = Some(fresh);
        }
        self.sources.extend(lowered.sources.iter().map(|source| (source, fresh)));
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
        let merges = self.is_fresh();
        let interval = face.timing.last_listener_query_interval;
        // Whoever's timer has ended meanwhile has nothing left to be asked about.
        let (mut later, mut sooner) = (Vec::new(), Vec::new());
        self.sources.retain(|&source, pending| {
            let Some(due) = state.sources().due(source) else { return false };
            let is_due = pending.is_due(now);
            if is_due || merges {
                let list = if due > soon { &mut later } else { &mut sooner };
                list.push(source.to_octets());
            }
            if !is_due {
                return true;
            }
            let next = pending.after(now, interval);
            *pending = next.unwrap_or(*pending);
            next.is_some()
        });
        self.group = self.group.filter(|_| state.group_due().is_some());
        let mut group_due = None;
        if let Some(pending) = self.group.filter(|pending| merges || pending.is_due(now)) {
            if pending.is_due(now) {
                self.group = pending.after(now, interval);
            }
            group_due = state.group_due();
            // Suppressed beside a Q(MA), as RFC 3810 7.6.3.2 allows.
            later.clear();
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
    }
}
