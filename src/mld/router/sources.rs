//! Sources with running timers.

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::channel::SourceList;
use crate::time::Instant;

/// A set of sources, each with the moment at which its timer ends (RFC 3810 7.2.3). Ascending, without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TimedSources(Vec<(Ipv6Addr, Instant)>);

impl TimedSources {
    pub(super) const EMPTY: Self = Self(Vec::new());

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Ipv6Addr, Instant)> + '_ {
        self.0.iter().copied()
    }

    /// The sources alone.
    pub(super) fn list(&self) -> SourceList {
        self.0.iter().map(|&(source, _)| source).collect()
    }

    pub(super) fn contains(&self, source: Ipv6Addr) -> bool {
        self.due(source).is_some()
    }

    /// When the timer of `source` ends.
    pub(super) fn due(&self, source: Ipv6Addr) -> Option<Instant> {
        let at = self.0.binary_search_by_key(&source, |&(source, _)| source).ok()?;
        self.0.get(at).map(|&(_, due)| due)
    }

    /// The earliest end of a timer.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.iter().map(|&(_, due)| due).min()
    }

    /// Lets the timer of `source` run until `due`, or as long as it does, whichever is later.
    pub(super) fn prolong(&mut self, source: Ipv6Addr, due: Instant) {
        match self.0.binary_search_by_key(&source, |&(source, _)| source) {
            Ok(at) => {
                if let Some((_, running)) = self.0.get_mut(at) {
                    *running = due.max(*running);
                }
            }
            Err(at) => self.0.insert(at, (source, due)),
        }
    }

    /// A + B, with (B) = `due`.
    pub(super) fn plus(mut self, sources: &SourceList, due: Instant) -> Self {
        sources.iter().for_each(|source| self.prolong(source, due));
        self
    }

    /// A * B, timers as they are.
    pub(super) fn only(mut self, sources: &SourceList) -> Self {
        self.0.retain(|&(source, _)| sources.contains(source));
        self
    }

    /// A - B.
    pub(super) fn without(mut self, sources: &SourceList) -> Self {
        self.0.retain(|&(source, _)| !sources.contains(source));
        self
    }

    /// Lowers the timers of `sources` to end at `due`; those that ran longer.
    pub(super) fn lower(&mut self, sources: &SourceList, due: Instant) -> SourceList {
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
    pub(super) fn take_ended(&mut self, now: Instant) -> SourceList {
        let ended = self.0.extract_if(.., |&mut (_, due)| due <= now).map(|(source, _)| source);
        ended.collect()
    }
}
