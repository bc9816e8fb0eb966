//! Sources with running timers.

use alloc::vec::Vec;

use crate::channel::{Address, SourceList};
use crate::time::Instant;

/// To when a timer is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Until {
    pub(super) due: Instant,
    /// Whether it was told late, and so must cut short nothing that was heard since (trap 34).
    pub(super) late: bool,
}

impl Until {
    /// The end of a timer that ran until `running` and is set.
    pub(super) fn instead_of(self, running: Instant) -> Instant {
        if self.late { self.due.max(running) } else { self.due }
    }
}

impl From<Instant> for Until {
    fn from(due: Instant) -> Self {
        Self { due, late: false }
    }
}

/// A set of sources, each with the moment at which its timer ends (RFC 3810 7.2.3). Ascending, without duplicates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimedSources<A>(Vec<(A, Instant)>);

impl<A> Default for TimedSources<A> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<A> TimedSources<A> {
    pub(super) const EMPTY: Self = Self(Vec::new());
}

impl<A: Address> TimedSources<A> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (A, Instant)> + '_ {
        self.0.iter().copied()
    }

    /// The sources alone.
    pub(super) fn list(&self) -> SourceList<A> {
        self.0.iter().map(|&(source, _)| source).collect()
    }

    pub(super) fn contains(&self, source: A) -> bool {
        self.due(source).is_some()
    }

    /// When the timer of `source` ends.
    pub(super) fn due(&self, source: A) -> Option<Instant> {
        let at = self.0.binary_search_by_key(&source, |&(source, _)| source).ok()?;
        self.0.get(at).map(|&(_, due)| due)
    }

    /// The earliest end of a timer.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.iter().map(|&(_, due)| due).min()
    }

    /// Lets the timer of `source` run until `due`, or as long as it does, whichever is later.
    pub(super) fn prolong(&mut self, source: A, due: Instant) {
        match self.0.binary_search_by_key(&source, |&(source, _)| source) {
            Ok(at) => {
                if let Some((_, running)) = self.0.get_mut(at) {
                    *running = due.max(*running);
                }
            }
            Err(at) => self.0.insert(at, (source, due)),
        }
    }

    /// A + B, with (B) = `until`.
    pub(super) fn plus(mut self, sources: &SourceList<A>, until: impl Into<Until>) -> Self {
        let until = until.into();
        for source in sources.iter() {
            match self.0.binary_search_by_key(&source, |&(source, _)| source) {
                Ok(at) => {
                    if let Some((_, running)) = self.0.get_mut(at) {
                        *running = until.instead_of(*running);
                    }
                }
                Err(at) => self.0.insert(at, (source, until.due)),
            }
        }
        self
    }

    /// Lets the timers of `sources` run until `due`, if all of them are there and none runs longer; whether it did.
    pub(super) fn refresh(&mut self, sources: &SourceList<A>, due: Instant) -> bool {
        let known = sources.iter().all(|source| self.due(source).is_some_and(|running| running <= due));
        if known {
            sources.iter().for_each(|source| self.prolong(source, due));
        }
        known
    }

    /// A * B, timers as they are.
    pub(super) fn only(mut self, sources: &SourceList<A>) -> Self {
        self.0.retain(|&(source, _)| sources.contains(source));
        self
    }

    /// A - B.
    pub(super) fn without(mut self, sources: &SourceList<A>) -> Self {
        self.0.retain(|&(source, _)| !sources.contains(source));
        self
    }

    /// Lowers the timers of `sources` to end at `due`; those that ran longer.
    pub(super) fn lower(&mut self, sources: &SourceList<A>, due: Instant) -> SourceList<A> {
        let lowered =
            self.0.iter_mut().filter(|(source, running)| *running > due && sources.contains(*source));
        lowered
            .map(|(source, running)| {
                *running = due;
                *source
            })
            .collect()
    }

    /// Takes out the sources whose timers have ended at `now`.
    pub(super) fn take_ended(&mut self, now: Instant) -> SourceList<A> {
        let ended = self.0.extract_if(.., |&mut (_, due)| due <= now).map(|(source, _)| source);
        ended.collect()
    }
}
