//! The three small machines of a listener: what a group has still to say of its last changes, what it owes the querier,
//! and what the interface as a whole owes the querier. Each is a value; a transition consumes it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::channel::{Address, Filter, FilterMode, SourceList};
use crate::mld::GroupRecord;
use crate::time::Instant;
use crate::wire::mld::RecordType;

/// Sources that a querier may ask for before the listener answers with all it has: the answer is then longer than it had
/// to be, and what a forged query can make a listener remember is bounded (RFC 3810 10.1).
pub(super) const MAX_RECORDED: usize = 256;

/// State changes that have not been said often enough (RFC 3810 6.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Change<A = Ipv6Addr> {
    /// Every change was said as often as the Robustness Variable asks.
    #[default]
    Settled,
    /// Source list changes are repeated: ALLOW and BLOCK.
    Sources {
        /// When next.
        due: Instant,
        /// The Retransmission List.
        pending: Retransmissions<A>,
    },
    /// A filter mode change is repeated: TO_IN or TO_EX.
    Mode {
        /// When next.
        due: Instant,
        /// The Filter Mode Retransmission Counter, never zero.
        left: u8,
        /// Sources that changed after the mode did.
        pending: Retransmissions<A>,
    },
}

/// The Retransmission List: sources and how often each is still to be said, never zero.
type Retransmissions<A> = BTreeMap<A, u8>;

/// What happens to a [`Change`].
#[derive(Clone, Copy, Debug)]
pub(super) enum ChangeEvent<'a, A = Ipv6Addr> {
    /// The filter was `before` when the last report was sent and differs now.
    Changed { before: &'a Filter<A> },
    /// The Retransmission Timer fired.
    Expired,
    /// The querier knows the present state by other means.
    Told,
}

/// What a transition of [`Change`] needs to know beside the event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now<'a, A = Ipv6Addr> {
    /// The group.
    pub(super) group: A,
    /// What the interface wants of it now.
    pub(super) filter: &'a Filter<A>,
    /// Robustness Variable.
    pub(super) robustness: u8,
    /// When a report sent now is repeated.
    pub(super) repeat_at: Instant,
}

impl<A: Address> Change<A> {
    /// When the Retransmission Timer fires.
    pub(super) const fn due(&self) -> Option<Instant> {
        match self {
            Self::Settled => None,
            Self::Sources { due, .. } | Self::Mode { due, .. } => Some(*due),
        }
    }

    /// The next state, and the records to send at once.
    pub(super) fn on(self, event: ChangeEvent<'_, A>, now: Now<'_, A>) -> (Self, Vec<GroupRecord<A>>) {
        let (left, pending) = match self {
            Self::Settled => (0, Retransmissions::new()),
            Self::Sources { pending, .. } => (0, pending),
            Self::Mode { left, pending, .. } => (left, pending),
        };
        match event {
            // A mode change says all of the state for as many reports as any pending source still has.
            ChangeEvent::Changed { before } if before.mode != now.filter.mode => {
                report(now.robustness, Retransmissions::new(), now)
            }
            ChangeEvent::Changed { before } => {
                let (old, new) = (&before.sources, &now.filter.sources);
                let (gone, fresh) = (old.difference(new), new.difference(old));
                let mut pending = pending;
                pending.extend(gone.iter().chain(fresh.iter()).map(|source| (source, now.robustness)));
                report(left, pending, now)
            }
            ChangeEvent::Expired => report(left, pending, now),
            ChangeEvent::Told => (Self::Settled, Vec::new()),
        }
    }

    /// Says `sources` `more` times after the last filter mode change.
    pub(super) fn and_sources(self, sources: &SourceList<A>, more: u8, due: Instant) -> Self {
        if sources.is_empty() || more == 0 {
            return self;
        }
        let again = sources.iter().map(|source| (source, more));
        match self {
            Self::Settled => Self::Sources { due, pending: again.collect() },
            Self::Sources { due, mut pending } => {
                pending.extend(again);
                Self::Sources { due, pending }
            }
            Self::Mode { due, left, mut pending } => {
                pending.extend(again);
                Self::Mode { due, left, pending }
            }
        }
    }
}

/// Sends one state-change report: the records of RFC 3810 6.1 and 6.3 (4.), every counter one lower.
fn report<A: Address>(
    left: u8,
    mut pending: Retransmissions<A>,
    now: Now<'_, A>,
) -> (Change<A>, Vec<GroupRecord<A>>) {
    let mut records = Vec::new();
    if left > 0 {
        let kind = match now.filter.mode {
            FilterMode::Include => RecordType::TO_IN,
            FilterMode::Exclude => RecordType::TO_EX,
        };
        records.push(GroupRecord { kind, group: now.group, sources: now.filter.sources.clone() });
    } else {
        for (kind, wanted) in [(RecordType::ALLOW, true), (RecordType::BLOCK, false)] {
            let sources: SourceList<A> =
                pending.keys().copied().filter(|&source| now.filter.passes(source) == wanted).collect();
            if !sources.is_empty() {
                records.push(GroupRecord { kind, group: now.group, sources });
            }
        }
    }
    pending.retain(|_, left| {
        *left = left.saturating_sub(1);
        *left > 0
    });
    let due = now.repeat_at;
    let next = match left.saturating_sub(1) {
        0 if pending.is_empty() => Change::Settled,
        0 => Change::Sources { due, pending },
        left => Change::Mode { due, left, pending },
    };
    (next, records)
}

/// The response that a group owes to a specific query (RFC 3810 6.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Response<A = Ipv6Addr> {
    /// None.
    #[default]
    Idle,
    /// Its whole state.
    Whole {
        /// When.
        due: Instant,
    },
    /// Its state as far as these sources go.
    Recorded {
        /// When.
        due: Instant,
        /// Never empty, never more than [`MAX_RECORDED`].
        sources: SourceList<A>,
    },
}

/// What happens to a [`Response`].
#[derive(Clone, Debug)]
pub(super) enum ResponseEvent<A = Ipv6Addr> {
    /// A query for the group, or for these sources of it, to be answered at `due`.
    Asked { sources: SourceList<A>, due: Instant },
    /// The Multicast Address Timer fired.
    Expired,
}

impl<A: Address> Response<A> {
    /// When the Multicast Address Timer fires.
    pub(super) const fn due(&self) -> Option<Instant> {
        match self {
            Self::Idle => None,
            Self::Whole { due } | Self::Recorded { due, .. } => Some(*due),
        }
    }

    /// The next state.
    pub(super) fn on(self, event: ResponseEvent<A>) -> Self {
        match (self, event) {
            // Case 3: nothing pending.
            (Self::Idle, ResponseEvent::Asked { sources, due }) => Self::pending(sources, due),
            // Case 4: the whole state is asked for, or was already.
            (Self::Whole { due: old }, ResponseEvent::Asked { due, .. }) => Self::Whole { due: old.min(due) },
            // Cases 4 and 5: recorded sources give way to the whole, or grow.
            (Self::Recorded { due: old, sources: recorded }, ResponseEvent::Asked { sources, due }) => {
                let all = if sources.is_empty() { sources } else { recorded.union(&sources) };
                Self::pending(all, old.min(due))
            }
            (_, ResponseEvent::Expired) => Self::Idle,
        }
    }

    /// What is owed of the state `filter` (RFC 3810 6.3, 2. and 3.).
    pub(super) fn owed(&self, filter: &Filter<A>) -> Filter<A> {
        match self {
            Self::Idle => Filter::NOTHING,
            Self::Whole { .. } => filter.clone(),
            Self::Recorded { sources, .. } => Filter {
                mode: FilterMode::Include,
                sources: match filter.mode {
                    FilterMode::Include => filter.sources.intersection(sources),
                    FilterMode::Exclude => sources.difference(&filter.sources),
                },
            },
        }
    }

    fn pending(sources: SourceList<A>, due: Instant) -> Self {
        if sources.is_empty() || sources.len() > MAX_RECORDED {
            Self::Whole { due }
        } else {
            Self::Recorded { due, sources }
        }
    }
}

/// The response that the interface owes to a General Query (RFC 3810 6.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum General<A = Ipv6Addr> {
    /// None.
    #[default]
    Idle,
    /// The state of every group.
    Pending {
        /// When.
        due: Instant,
    },
    /// The state of the groups above `after`; those up to it were reported.
    Halfway {
        /// When to go on.
        due: Instant,
        /// The last group that was reported.
        after: A,
    },
}

/// What happens to a [`General`].
#[derive(Clone, Copy, Debug)]
pub(super) enum GeneralEvent<A = Ipv6Addr> {
    /// A General Query, to be answered at `due`.
    Asked { due: Instant },
    /// The Interface Timer fired, and every group was reported.
    Reported,
    /// The Interface Timer fired, and the groups up to `after` were reported; the others have to wait.
    ReportedTo { after: A, due: Instant },
}

impl<A: Address> General<A> {
    /// When the Interface Timer fires.
    pub(super) const fn due(self) -> Option<Instant> {
        match self {
            Self::Idle => None,
            Self::Pending { due } | Self::Halfway { due, .. } => Some(due),
        }
    }

    /// Whether a response is pending sooner than `due`, so that a query answered then needs none (case 1).
    pub(super) fn covers(self, due: Instant) -> bool {
        self.due().is_some_and(|pending| pending < due)
    }

    /// The next state.
    pub(super) fn on(self, event: GeneralEvent<A>) -> Self {
        match event {
            // Case 1.
            GeneralEvent::Asked { due } if self.covers(due) => self,
            // Case 2: a response that was pending is cancelled.
            GeneralEvent::Asked { due } => Self::Pending { due },
            GeneralEvent::Reported => Self::Idle,
            GeneralEvent::ReportedTo { after, due } => Self::Halfway { due, after },
        }
    }
}

#[cfg(test)]
mod tests;
