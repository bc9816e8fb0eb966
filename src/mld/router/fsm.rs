//! The state of one group, of a link or of one listener, and its transitions: the tables of RFC 3810 7.4 and 7.5, row
//! by row.

use super::sources::{TimedSources, Until};
use crate::channel::{Address, Filter, FilterMode, SourceList};
use crate::time::Instant;
use crate::wire::mld::RecordType;

/// What is wanted of a group, and until when. `Include` of nothing is the state of a group without a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State<A> {
    /// INCLUDE (A).
    Include(TimedSources<A>),
    /// EXCLUDE (X,Y).
    Exclude {
        /// X, the requested list: sources whose timers run.
        requested: TimedSources<A>,
        /// Y, the exclude list: sources whose timers are zero.
        excluded: SourceList<A>,
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
pub(super) enum Event<'a, A> {
    /// A record came; `due` is the end of the Multicast Address Listening Interval that it begins.
    Record { kind: Kind, sources: &'a SourceList<A>, due: Until },
    /// Timers are looked at.
    Elapsed(Instant),
}

/// Who must be asked whether they still listen: the queries of the table's last column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Questions<A> {
    /// Q(MA).
    pub(super) group: bool,
    /// Q(MA,X).
    pub(super) sources: SourceList<A>,
}

impl<A> Questions<A> {
    pub(super) const NONE: Self = Self { group: false, sources: SourceList::EMPTY };

    pub(super) const fn about(sources: SourceList<A>) -> Self {
        Self { group: false, sources }
    }
}

impl<A: Address> Questions<A> {
    pub(super) fn is_empty(&self) -> bool {
        !self.group && self.sources.is_empty()
    }

    /// Adds those of `other`.
    pub(super) fn join(&mut self, other: &Self) {
        self.group |= other.group;
        self.sources = self.sources.union(&other.sources);
    }
}

impl<A> Default for State<A> {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl<A> State<A> {
    pub(super) const NOTHING: Self = Self::Include(TimedSources::EMPTY);
}

impl<A: Address> State<A> {
    /// The next state, and the queries that the transition wants.
    pub(super) fn on(self, event: Event<'_, A>) -> (Self, Questions<A>) {
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

    /// Takes a record that changes nothing but prolongs timers; whether it was one. Nothing is asked then.
    pub(super) fn refresh(&mut self, event: Event<'_, A>) -> bool {
        let Event::Record { kind, sources, due: until } = event else { return false };
        match (self, kind) {
            (Self::Include(a), Kind::IsIn | Kind::Allow) => a.refresh(sources, until.due),
            (Self::Exclude { requested, excluded, due }, Kind::IsEx | Kind::ToEx)
                if requested.is_empty() && *excluded == *sources && *due <= until.due =>
            {
                *due = until.due;
                true
            }
            _ => false,
        }
    }

    fn on_include(a: TimedSources<A>, kind: Kind, b: &SourceList<A>, mali: Until) -> (Self, Questions<A>) {
        let known = a.list();
        let to_exclude = |a: TimedSources<A>| Self::Exclude {
            requested: a.only(b),
            excluded: b.difference(&known),
            due: mali.due,
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
        x: TimedSources<A>,
        y: SourceList<A>,
        filter: Instant,
        kind: Kind,
        a: &SourceList<A>,
        mali: Until,
    ) -> (Self, Questions<A>) {
        let exclude = |requested, excluded, due| Self::Exclude { requested, excluded, due };
        // A-X-Y is new to both lists; A-Y is what is asked about.
        let asked = a.difference(&y);
        let new = asked.difference(&x.list());
        match kind {
            Kind::IsIn | Kind::Allow => (exclude(x.plus(a, mali), y.difference(a), filter), Questions::NONE),
            Kind::IsEx => {
                let next = exclude(x.only(a).plus(&new, mali), y.intersection(a), mali.instead_of(filter));
                (next, Questions::NONE)
            }
            // In these two rows a new source gets what is left of the filter timer before it is set (trap 24).
            Kind::Block => (exclude(x.plus(&new, filter), y, filter), Questions::about(asked)),
            Kind::ToEx => {
                let next = exclude(x.only(a).plus(&new, filter), y.intersection(a), mali.instead_of(filter));
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
    pub(super) fn ask(&mut self, questions: &Questions<A>, due: Instant) -> Questions<A> {
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
    pub(super) fn without(mut self, questions: &Questions<A>) -> Self {
        self.ask(questions, Instant::ZERO);
        self.elapsed(Instant::ZERO)
    }

    /// What is left when nothing but `sources` counts any more.
    pub(super) fn narrowed(self, sources: &SourceList<A>) -> Self {
        match self {
            Self::Include(a) => Self::Include(a.only(sources)),
            Self::Exclude { requested, excluded, due } => {
                let unnamed = sources.difference(&excluded).difference(&requested.list());
                Self::Include(requested.only(sources).plus(&unnamed, due))
            }
        }
    }

    /// What to let through (RFC 3810 7.3).
    pub(super) fn filter(&self) -> Filter<A> {
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
    pub(super) fn passes(&self, source: A) -> bool {
        match self {
            Self::Include(sources) => sources.contains(source),
            Self::Exclude { excluded, .. } => !excluded.contains(source),
        }
    }

    /// The sources whose timers run.
    pub(super) const fn running(&self) -> &TimedSources<A> {
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
    pub(super) fn names(&self, source: A) -> bool {
        self.running().contains(source)
            || matches!(self, Self::Exclude { excluded, .. } if excluded.contains(source))
    }

    /// Every source that has a record.
    pub(super) fn sources(&self) -> SourceList<A> {
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
