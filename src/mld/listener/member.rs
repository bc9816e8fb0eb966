//! What a listener still has to say of a group in an older version (RFC 2710 5, RFC 2236 6, RFC 1112 Appendix I). A value;
//! a transition consumes it. The state of who does not listen is that there is none.

use crate::time::Instant;

/// A group in an older version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Member {
    /// Idle Listener: nothing to say.
    #[default]
    Idle,
    /// Delaying Listener: a Report is to come.
    Delaying {
        /// When.
        due: Instant,
        /// How many Reports are to come, this one among them; never zero.
        left: u8,
    },
}

/// What may happen to it.
#[derive(Clone, Copy, Debug)]
pub(super) enum MemberEvent {
    /// The group is listened to from now on; the Report is repeated `again` times, first at `repeat_at`.
    Joined { again: u8, repeat_at: Instant },
    /// It is listened to no longer.
    Left,
    /// A Query that may be answered until `last`, and would be at `due`.
    Asked { due: Instant, last: Instant },
    /// Another host reported the group.
    Overheard,
    /// The timer fired; a Report that is still to be repeated is at `repeat_at`.
    Expired { repeat_at: Instant },
}

/// What is to be said at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A Report.
    Report,
    /// A Done or Leave.
    Leave,
}

impl Member {
    /// When the timer fires.
    pub(super) const fn due(self) -> Option<Instant> {
        match self {
            Self::Idle => None,
            Self::Delaying { due, .. } => Some(due),
        }
    }

    /// The next state, and what to say.
    pub(super) fn on(self, event: MemberEvent) -> (Self, Option<Word>) {
        match (self, event) {
            (_, MemberEvent::Joined { again, repeat_at }) => {
                (Self::delaying(again, repeat_at), Some(Word::Report))
            }
            (_, MemberEvent::Left) => (Self::Idle, Some(Word::Leave)),
            (Self::Idle, MemberEvent::Asked { due, .. }) => (Self::Delaying { due, left: 1 }, None),
            // A timer that runs is drawn anew only if it may fire after the time to respond.
            (Self::Delaying { due: old, left }, MemberEvent::Asked { due, last }) if last < old => {
                (Self::Delaying { due, left }, None)
            }
            (Self::Delaying { .. }, MemberEvent::Asked { .. }) => (self, None),
            // The querier knows of the group; it does not count its hosts.
            (_, MemberEvent::Overheard) => (Self::Idle, None),
            (Self::Idle, MemberEvent::Expired { .. }) => (Self::Idle, None),
            (Self::Delaying { left, .. }, MemberEvent::Expired { repeat_at }) => {
                (Self::delaying(left.saturating_sub(1), repeat_at), Some(Word::Report))
            }
        }
    }

    const fn delaying(left: u8, due: Instant) -> Self {
        if left == 0 { Self::Idle } else { Self::Delaying { due, left } }
    }
}

#[cfg(test)]
mod tests;
