//! The request for a node's context, as the new MAG makes it (RFC 4067 2.5.6; digest 5.5).

use core::time::Duration;

use crate::time::Instant;

/// CT_REQUEST_RETRY: the wait after the first request; it doubles.
const RETRY: Duration = Duration::from_secs(2);
/// CT_RETRY_MAX: after so long, no answer is expected any more; a request that comes later begins another transfer.
pub(super) const GIVE_UP: Duration = Duration::from_secs(15);

/// The state of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// Sent, not answered.
    Outstanding {
        /// When it is sent again.
        retry: Instant,
        /// How long the next wait is.
        wait: Duration,
        /// When it is given up.
        until: Instant,
    },
    /// Answered, given up, or no longer of use: an answer that comes now is nobody's.
    Closed,
}

/// What may happen to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The deadline inside the state has come.
    Due,
    /// The context came.
    Answered,
    /// The node left, or gets no service.
    Cancelled,
}

/// What a transition wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// Send the request.
    Send,
}

impl Request {
    /// The first request goes out now.
    pub(super) fn begin(now: Instant) -> Self {
        Self::Outstanding { retry: now + RETRY, wait: RETRY.saturating_mul(2), until: now + GIVE_UP }
    }

    /// Takes an event at `now`.
    pub(super) fn on(self, now: Instant, event: Event) -> (Self, Effect) {
        let Self::Outstanding { retry, wait, until } = self else { return (self, Effect::None) };
        match event {
            Event::Due if now >= until => (Self::Closed, Effect::None),
            Event::Due if now >= retry => {
                let next = Self::Outstanding { retry: now + wait, wait: wait.saturating_mul(2), until };
                (next, Effect::Send)
            }
            Event::Due => (self, Effect::None),
            Event::Answered | Event::Cancelled => (Self::Closed, Effect::None),
        }
    }

    /// When [`Event::Due`] is to come.
    pub(super) fn due(self) -> Option<Instant> {
        match self {
            Self::Outstanding { retry, until, .. } => Some(retry.min(until)),
            Self::Closed => None,
        }
    }

    /// Whether an answer is awaited.
    pub(super) const fn is_outstanding(self) -> bool {
        matches!(self, Self::Outstanding { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmip::mag::tests::matrix;

    #[test]
    fn the_matrix_is_the_one_in_testdata() {
        let start = Instant::from_secs(100);
        let mut rows = Vec::new();
        for (from, state) in [("Outstanding", Request::begin(start)), ("Closed", Request::Closed)] {
            for (label, at, event) in [
                ("Due, early", start, Event::Due),
                ("Due", start + RETRY, Event::Due),
                ("Due, end", start + GIVE_UP, Event::Due),
                ("Answered", start, Event::Answered),
                ("Cancelled", start, Event::Cancelled),
            ] {
                let (next, effect) = state.on(at, event);
                let next = match next {
                    _ if next == state => "=",
                    Request::Outstanding { .. } => "Outstanding",
                    Request::Closed => "Closed",
                };
                let action = if effect == Effect::Send { "send CT-Req" } else { "-" };
                rows.push(format!("{from} | {label} | {next} | {action}"));
            }
        }
        matrix("context-request", &rows);
    }

    #[test]
    fn a41_a_request_is_repeated_after_2_4_and_8_seconds_and_given_up_after_15() {
        let mut request = Request::begin(Instant::ZERO);
        let mut sent = Vec::new();
        while let Some(due) = request.due() {
            let (next, effect) = request.on(due, Event::Due);
            if effect == Effect::Send {
                sent.push(due);
            } else {
                assert_eq!(due, Instant::from_secs(15));
            }
            request = next;
        }
        assert_eq!(sent, [2, 6, 14].map(Instant::from_secs));
    }
}
