//! The state of one group of a link and its transitions: the tables of RFC 5790 5.1, 5.3 and 5.4, row by row.

use crate::channel::{Address, Filter, SourceList};
use crate::mld::router::fsm::{Event, Kind, Questions};
use crate::mld::router::query::Running;
use crate::mld::router::sources::{TimedSources, Until};
use crate::time::Instant;

/// What RFC 5790 3.2 keeps of a group beside its address. Neither of both is the state of a group without a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State<A> {
    /// When the group timer ends, which stands for a (*,G) join; `None`: it does not run (G_Timer == 0).
    pub(super) group_timer: Option<Instant>,
    /// The source records: what is wanted also when the group timer has ended.
    pub(super) sources: TimedSources<A>,
}

impl<A> Default for State<A> {
    fn default() -> Self {
        Self { group_timer: None, sources: TimedSources::EMPTY }
    }
}

impl<A: Address> State<A> {
    /// The next state, and the queries that the transition wants.
    pub(super) fn on(self, event: Event<'_, A>) -> (Self, Questions<A>) {
        match event {
            Event::Elapsed(now) => (self.elapsed(now), Questions::NONE),
            Event::Record { kind, sources, due } => self.heard(kind, sources, due),
        }
    }

    fn heard(self, kind: Kind, b: &SourceList<A>, gmi: Until) -> (Self, Questions<A>) {
        let Self { group_timer, sources: a } = self;
        match kind {
            Kind::IsIn | Kind::Allow => (Self { group_timer, sources: a.plus(b, gmi) }, Questions::NONE),
            // RFC 5790 6.1.2: IS_EX(x) and TO_EX(x) are read as IS_EX({}) and TO_EX({}). The list stays (trap 30).
            Kind::IsEx | Kind::ToEx => {
                let due = group_timer.map_or(gmi.due, |running| gmi.instead_of(running));
                (Self { group_timer: Some(due), sources: a }, Questions::NONE)
            }
            Kind::Block => {
                let asked = a.list().intersection(b);
                (Self { group_timer, sources: a }, Questions::about(asked))
            }
            Kind::ToIn => {
                let asked = a.list().difference(b);
                let next = Self { group_timer, sources: a.plus(b, gmi) };
                (next, Questions { group: group_timer.is_some(), sources: asked })
            }
        }
    }

    /// RFC 5790 5.1: a source without a timer is gone, whether or not the group timer runs.
    fn elapsed(mut self, now: Instant) -> Self {
        self.sources.take_ended(now);
        self.group_timer = self.group_timer.filter(|&due| due > now);
        self
    }

    /// Lowers the timers that `questions` are about to end at `due` (RFC 3810 7.6.3); those of them that ran longer.
    pub(super) fn ask(&mut self, questions: &Questions<A>, due: Instant) -> Questions<A> {
        let sources = self.sources.lower(&questions.sources, due);
        let group = questions.group && self.group_timer.is_some_and(|running| running > due);
        if group {
            self.group_timer = Some(due);
        }
        Questions { group, sources }
    }

    /// What is left when the answer to every one of `questions` is known to be no.
    pub(super) fn without(self, questions: &Questions<A>) -> Self {
        Self {
            group_timer: self.group_timer.filter(|_| !questions.group),
            sources: self.sources.without(&questions.sources),
        }
    }

    /// What to let through (RFC 5790 5.2).
    pub(super) fn filter(&self) -> Filter<A> {
        match self.group_timer {
            Some(_) => Filter::EVERYTHING,
            None => Filter::include(self.sources.iter().map(|(source, _)| source)),
        }
    }

    /// Whether nothing is wanted: a group without a record.
    pub(super) fn is_nothing(&self) -> bool {
        self.group_timer.is_none() && self.sources.is_empty()
    }

    /// When the next timer ends.
    pub(super) fn next(&self) -> Option<Instant> {
        self.sources.next().into_iter().chain(self.group_timer).min()
    }
}

impl<A: Address> Running<A> for State<A> {
    fn sources(&self) -> &TimedSources<A> {
        &self.sources
    }

    fn group_due(&self) -> Option<Instant> {
        self.group_timer
    }
}

#[cfg(test)]
mod tests;
