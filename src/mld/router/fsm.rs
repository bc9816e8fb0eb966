//! The state of one group, of a link or of one listener, and its transitions: the tables of RFC 3810 7.4 and 7.5, row
//! by row.

use core::net::Ipv6Addr;

use super::sources::TimedSources;
use crate::channel::{Filter, FilterMode, SourceList};
use crate::time::Instant;
use crate::wire::mld::RecordType;

/// What is wanted of a group, and until when. `Include` of nothing is the state of a group without a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// INCLUDE (A).
    Include(TimedSources),
    /// EXCLUDE (X,Y).
    Exclude {
        /// X, the requested list: sources whose timers run.
        requested: TimedSources,
        /// Y, the exclude list: sources whose timers are zero.
        excluded: SourceList,
        /// When the filter timer ends.
        due: Instant,
    },
}

/// The six kinds of records that are known. Others are skipped (RFC 3810 5.2.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    IsIn,
    IsEx,
    ToIn,
    ToEx,
    Allow,
    Block,
}

impl Kind {
    pub(super) const fn of(kind: RecordType) -> Option<Self> {
        Some(match kind {
            RecordType::IS_IN => Self::IsIn,
            RecordType::IS_EX => Self::IsEx,
            RecordType::TO_IN => Self::ToIn,
            RecordType::TO_EX => Self::ToEx,
            RecordType::ALLOW => Self::Allow,
            RecordType::BLOCK => Self::Block,
            _ => return None,
        })
    }
}

/// What may happen to a group.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<'a> {
    /// A record came; `due` is the end of the Multicast Address Listening Interval that it begins.
    Record { kind: Kind, sources: &'a SourceList, due: Instant },
    /// Timers are looked at.
    Elapsed(Instant),
}

/// Who must be asked whether they still listen: the queries of the table's last column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Questions {
    /// Q(MA).
    pub(super) group: bool,
    /// Q(MA,X).
    pub(super) sources: SourceList,
}

impl Questions {
    const NONE: Self = Self { group: false, sources: SourceList::EMPTY };

    const fn about(sources: SourceList) -> Self {
        Self { group: false, sources }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.group && self.sources.is_empty()
    }

    /// Adds those of `other`.
    pub(super) fn join(&mut self, other: &Self) {
        self.group |= other.group;
        self.sources = self.sources.union(&other.sources);
    }
}

impl Default for State {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl State {
    pub(super) const NOTHING: Self = Self::Include(TimedSources::EMPTY);

    /// The next state, and the queries that the transition wants. Timers that run longer than the record would let
    /// them are left alone: it may be told late (trap 34).
    pub(super) fn on(self, event: Event<'_>) -> (Self, Questions) {
        match event {
            Event::Elapsed(now) => (self.elapsed(now), Questions::NONE),
            Event::Record { kind, sources, due } => match self {
                Self::Include(a) => Self::on_include(a, kind, sources, due),
                Self::Exclude { requested, excluded, due: filter } => {
                    Self::on_exclude(requested, excluded, filter, kind, sources, due)
                }
            },
        }
    }

    fn on_include(a: TimedSources, kind: Kind, b: &SourceList, mali: Instant) -> (Self, Questions) {
        let known = a.list();
        let to_exclude = |a: TimedSources| Self::Exclude {
            requested: a.only(b),
            excluded: b.difference(&known),
            due: mali,
        };
        match kind {
            Kind::IsIn | Kind::Allow => (Self::Include(a.plus(b, mali)), Questions::NONE),
            Kind::IsEx => (to_exclude(a), Questions::NONE),
            Kind::Block => (Self::Include(a), Questions::about(known.intersection(b))),
            Kind::ToEx => (to_exclude(a), Questions::about(known.intersection(b))),
            Kind::ToIn => (Self::Include(a.plus(b, mali)), Questions::about(known.difference(b))),
        }
    }

    fn on_exclude(
        x: TimedSources,
        y: SourceList,
        filter: Instant,
        kind: Kind,
        a: &SourceList,
        mali: Instant,
    ) -> (Self, Questions) {
        let exclude = |requested, excluded, due| Self::Exclude { requested, excluded, due };
        // A-X-Y is new to both lists; A-Y is what is asked about.
        let asked = a.difference(&y);
        let new = asked.difference(&x.list());
        match kind {
            Kind::IsIn | Kind::Allow => (exclude(x.plus(a, mali), y.difference(a), filter), Questions::NONE),
            Kind::IsEx => {
                let next = exclude(x.only(a).plus(&new, mali), y.intersection(a), mali.max(filter));
                (next, Questions::NONE)
            }
            // In these two rows a new source gets what is left of the filter timer before it is set (trap 24).
            Kind::Block => (exclude(x.plus(&new, filter), y, filter), Questions::about(asked)),
            Kind::ToEx => {
                let next = exclude(x.only(a).plus(&new, filter), y.intersection(a), mali.max(filter));
                (next, Questions::about(asked))
            }
            Kind::ToIn => {
                let sources = x.list().difference(a);
                let next = exclude(x.plus(a, mali), y.difference(a), filter);
                (next, Questions { group: true, sources })
            }
        }
    }

    /// RFC 3810 7.2.3 and 7.5: sources without a timer are no longer forwarded; a filter timer that ends leaves what
    /// was requested.
    fn elapsed(mut self, now: Instant) -> Self {
        match &mut self {
            Self::Include(sources) => {
                sources.take_ended(now);
                self
            }
            Self::Exclude { requested, excluded, due } => {
                let ended = requested.take_ended(now);
                if *due <= now {
                    return Self::Include(core::mem::take(requested));
                }
                *excluded = excluded.union(&ended);
                self
            }
        }
    }

    /// Lowers the timers that `questions` are about to end at `due` (RFC 3810 7.6.3); those of them that ran
    /// longer. A source that EXCLUDE mode lets through unnamed has the filter timer for its own.
    pub(super) fn ask(&mut self, questions: &Questions, due: Instant) -> Questions {
        match self {
            Self::Include(sources) => Questions::about(sources.lower(&questions.sources, due)),
            Self::Exclude { requested, excluded, due: filter } => {
                let unnamed = questions.sources.difference(excluded).difference(&requested.list());
                unnamed.iter().for_each(|source| requested.prolong(source, *filter));
                let sources = requested.lower(&questions.sources, due);
                let group = questions.group && *filter > due;
                if group {
                    *filter = due;
                }
                Questions { group, sources }
            }
        }
    }

    /// What is left when the answer to every one of `questions` is known to be no. No timer in use ends at the epoch.
    pub(super) fn without(mut self, questions: &Questions) -> Self {
        self.ask(questions, Instant::ZERO);
        self.elapsed(Instant::ZERO)
    }

    /// What to let through (RFC 3810 7.3).
    pub(super) fn filter(&self) -> Filter {
        match self {
            Self::Include(sources) => Filter { mode: FilterMode::Include, sources: sources.list() },
            Self::Exclude { excluded, .. } => Filter { mode: FilterMode::Exclude, sources: excluded.clone() },
        }
    }

    /// Whether nothing is wanted: a group without a record.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Include(sources) if sources.is_empty())
    }

    /// Whether data from `source` is wanted.
    pub(super) fn passes(&self, source: Ipv6Addr) -> bool {
        match self {
            Self::Include(sources) => sources.contains(source),
            Self::Exclude { excluded, .. } => !excluded.contains(source),
        }
    }

    /// The sources whose timers run.
    pub(super) const fn running(&self) -> &TimedSources {
        match self {
            Self::Include(sources) | Self::Exclude { requested: sources, .. } => sources,
        }
    }

    /// When the filter timer ends; `None` in INCLUDE mode, which has none.
    pub(super) const fn filter_due(&self) -> Option<Instant> {
        match self {
            Self::Include(_) => None,
            Self::Exclude { due, .. } => Some(*due),
        }
    }

    /// Whether `source` has a record.
    pub(super) fn names(&self, source: Ipv6Addr) -> bool {
        self.running().contains(source)
            || matches!(self, Self::Exclude { excluded, .. } if excluded.contains(source))
    }

    /// Every source that has a record.
    pub(super) fn sources(&self) -> SourceList {
        match self {
            Self::Include(sources) => sources.list(),
            Self::Exclude { requested, excluded, .. } => requested.list().union(excluded),
        }
    }

    /// When the next timer ends.
    pub(super) fn next(&self) -> Option<Instant> {
        self.running().next().into_iter().chain(self.filter_due()).min()
    }
}

#[cfg(test)]
pub(super) mod tests;
