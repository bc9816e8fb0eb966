//! Explicit tracking (RFC 6636 4.1, A50): what each listener of a group asked for, and what that makes together.
//!
//! A listener is tracked by the tables that serve a link, applied to its own reports alone. What it leaves, it leaves
//! at once: it said so itself.

use super::fsm::{Event, Kind, Questions, State};
use super::heard::Word;
use super::sources::{TimedSources, Until};
use crate::channel::{Address, FilterMode, SourceList};
use crate::time::Instant;

/// One listener of a group.
#[derive(Clone, Debug)]
pub(super) struct Member<A> {
    pub(super) wish: Wish<A>,
    /// When it began to want something of the group.
    pub(super) since: Instant,
}

/// What a listener wants of a group: data, or that the tree to it is kept (MLD Hold). No source is in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish<A> {
    /// What is to be forwarded.
    pub(super) state: State<A>,
    /// What is to be held.
    pub(super) held: State<A>,
}

impl<A: Address> Wish<A> {
    pub(super) const NOTHING: Self = Self { state: State::NOTHING, held: State::NOTHING };

    /// What it wants after a word of its own, and what it has left. The last word about a source counts.
    pub(super) fn on(self, word: Word, sources: &SourceList<A>, due: Until) -> (Self, Questions<A>) {
        let Self { state, held } = self;
        // Named or not so far: a source that is blocked is out of either.
        let less = |state: State<A>| {
            let (next, left) = state.on(Event::Record { kind: Kind::Block, sources, due });
            next.without(&left)
        };
        match word {
            Word::Record(kind) => {
                let (next, left) = state.on(Event::Record { kind, sources, due });
                let held = match kind {
                    _ if held.is_nothing() => held,
                    Kind::IsIn | Kind::Allow | Kind::Block => less(held),
                    // All but the listed is to be forwarded.
                    Kind::IsEx | Kind::ToEx => held.narrowed(sources),
                    Kind::ToIn => State::NOTHING,
                };
                (Self { state: next.without(&left), held }, left)
            }
            Word::Hold(FilterMode::Include) => {
                let (held, _) = held.on(Event::Record { kind: Kind::IsIn, sources, due });
                (Self { state: less(state), held }, Questions::NONE)
            }
            Word::Hold(FilterMode::Exclude) => {
                let (held, _) = held.on(Event::Record { kind: Kind::IsEx, sources, due });
                (Self { state: state.narrowed(sources), held }, Questions::NONE)
            }
        }
    }

    /// Ends what has ended at `now`.
    pub(super) fn elapse(&mut self, now: Instant) {
        for state in [&mut self.state, &mut self.held] {
            *state = core::mem::take(state).on(Event::Elapsed(now)).0;
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.state.is_nothing() && self.held.is_nothing()
    }

    /// When the next timer ends.
    pub(super) fn next(&self) -> Option<Instant> {
        self.state.next().into_iter().chain(self.held.next()).min()
    }

    /// Whether `source` has a record.
    pub(super) fn names(&self, source: A) -> bool {
        self.state.names(source) || self.held.names(source)
    }

    /// Every source that has a record.
    pub(super) fn sources(&self) -> SourceList<A> {
        self.state.sources().union(&self.held.sources())
    }
}

/// What `states` want together, each timer the longest of its kind.
pub(super) fn merged<'a, A: Address>(states: impl Iterator<Item = &'a State<A>>) -> State<A> {
    let mut running = TimedSources::EMPTY;
    let mut exclude: Option<(SourceList<A>, Instant)> = None;
    for state in states {
        state.running().iter().for_each(|(source, due)| running.prolong(source, due));
        if let State::Exclude { excluded, due, .. } = state {
            exclude = Some(match exclude {
                None => (excluded.clone(), *due),
                Some((all, longest)) => (all.intersection(excluded), longest.max(*due)),
            });
        }
    }
    match exclude {
        None => State::Include(running),
        Some((excluded, due)) => {
            State::Exclude { excluded: excluded.difference(&running.list()), requested: running, due }
        }
    }
}

/// What is left of a listener's `state` when timers of its link have ended and left `link`: nobody who still listens
/// would have let them.
pub(super) fn clipped<A: Address>(state: State<A>, link: &State<A>) -> State<A> {
    match (state, link) {
        (State::Exclude { requested, excluded, due }, State::Exclude { excluded: lost, .. }) => {
            State::Exclude { requested: requested.without(lost), excluded: excluded.union(lost), due }
        }
        (State::Exclude { requested: sources, .. } | State::Include(sources), _) => {
            let passed = sources.iter().map(|(source, _)| source).filter(|&source| link.passes(source));
            let passed = passed.collect();
            State::Include(sources.only(&passed))
        }
    }
}
