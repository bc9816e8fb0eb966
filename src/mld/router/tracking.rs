//! Explicit tracking (RFC 6636 4.1, A50): what each listener of a group asked for, and what that makes together.
//!
//! A listener is tracked by the tables that serve a link, applied to its own reports alone. What it leaves, it leaves
//! at once: it said so itself.

use super::fsm::{Event, Questions, State};
use super::sources::TimedSources;
use crate::channel::SourceList;
use crate::time::Instant;

/// One listener of a group.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// What it wants; never nothing.
    pub(super) state: State,
    /// When it began to want something of the group.
    pub(super) since: Instant,
}

/// What a listener wants after an event of its own, and what it has left.
pub(super) fn tracked(state: State, event: Event<'_>) -> (State, Questions) {
    let (next, left) = state.on(event);
    (next.without(&left), left)
}

/// What `states` want together, each timer the longest of its kind.
pub(super) fn merged<'a>(states: impl Iterator<Item = &'a State>) -> State {
    let mut running = TimedSources::EMPTY;
    let mut exclude: Option<(SourceList, Instant)> = None;
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
pub(super) fn clipped(state: State, link: &State) -> State {
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
