//! The life of one binding (RFC 5213 5.3.3 to 5.3.5, 5.4.1).
//!
//! ```text
//!   registered ──> Active <──────────── register ───────────┐
//!                  │  │ ^                                    │
//!       HI=4 claim │  │ │ no deregistration in time          │
//!                  v  │ │ (the claimant gets a new session)  │
//!                Awaiting ── deregister (claim admitted) ──> DeleteWait ──> deleted
//!                     └──────── deregister ───────────────────^
//! ```

use crate::time::Instant;

/// Where a binding is. `C` is a registration that waits for the end of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State<C> {
    /// The node is served.
    Active {
        /// When the lifetime ends.
        expires: Instant,
    },
    /// The node is served, but another MAG claims it without knowing whether this is the same interface (HI=4).
    Awaiting {
        /// When the lifetime ends.
        expires: Instant,
        /// When the claim becomes a session of its own (MaxDelayBeforeNewBCEAssign).
        until: Instant,
        /// The newest registration of the claimant.
        claim: C,
    },
    /// Deregistered: not served, but it may be revived (MinDelayBeforeBCEDelete).
    DeleteWait {
        /// When it is deleted.
        until: Instant,
    },
}

/// What happens to a binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event<C> {
    /// The MAG that serves it, or served it last, registered again.
    Refresh {
        /// When the lifetime ends now.
        expires: Instant,
    },
    /// Another MAG registered.
    Move {
        /// When the lifetime ends now.
        expires: Instant,
    },
    /// The MAG that serves it deregistered.
    Deregister {
        /// When it may be deleted.
        until: Instant,
    },
    /// Another registration waits for the end of this one.
    Claim {
        /// How long.
        until: Instant,
        /// The registration.
        claim: C,
    },
    /// The claimant gave up.
    Retract,
    /// Time has come this far.
    Time(Instant),
}

/// What to do with the node's traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// As before.
    Keep,
    /// Route it to the MAG that registered.
    Start,
    /// Drop it.
    Stop,
}

/// What follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step<C, S = State<C>> {
    /// Where the binding is now; `None`: delete it.
    pub(super) next: Option<S>,
    /// What to do with the node's traffic.
    pub(super) service: Service,
    /// A registration that waits no longer.
    pub(super) admit: Option<C>,
}

impl<C> State<C> {
    /// The next state, and what to do.
    pub(super) fn step(self, event: Event<C>) -> Step<C> {
        match (self, event) {
            (Self::Active { .. }, Event::Refresh { expires }) => Step::to(Self::Active { expires }),
            (Self::Awaiting { until, claim, .. }, Event::Refresh { expires }) => {
                Step::to(Self::Awaiting { expires, until, claim })
            }
            (Self::DeleteWait { .. }, Event::Refresh { expires })
            | (Self::Active { .. } | Self::DeleteWait { .. }, Event::Move { expires }) => {
                Step { service: Service::Start, ..Step::to(Self::Active { expires }) }
            }
            // No deregistration: what waits for one waits on (RFC 5213 5.4.1.2, 4).
            (Self::Awaiting { until, claim, .. }, Event::Move { expires }) => {
                Step { service: Service::Start, ..Step::to(Self::Awaiting { expires, until, claim }) }
            }

            (Self::Active { .. }, Event::Deregister { until }) => {
                Step { service: Service::Stop, ..Step::to(Self::DeleteWait { until }) }
            }
            (Self::Awaiting { claim, .. }, Event::Deregister { until }) => {
                let next = Some(Self::DeleteWait { until });
                Step { next, service: Service::Stop, admit: Some(claim) }
            }

            (Self::Active { expires }, Event::Claim { until, claim }) => {
                Step::to(Self::Awaiting { expires, until, claim })
            }
            // A repeated claim replaces the first but waits no longer than that would have (trap 56).
            (Self::Awaiting { expires, until, .. }, Event::Claim { claim, .. }) => {
                Step::to(Self::Awaiting { expires, until, claim })
            }
            (state @ Self::DeleteWait { .. }, Event::Claim { claim, .. }) => {
                Step { admit: Some(claim), ..Step::to(state) }
            }
            (Self::Awaiting { expires, .. }, Event::Retract) => Step::to(Self::Active { expires }),

            (Self::Active { expires }, Event::Time(now)) if expires <= now => Step::end(Service::Stop, None),
            (Self::Awaiting { expires, claim, .. }, Event::Time(now)) if expires <= now => {
                Step::end(Service::Stop, Some(claim))
            }
            (Self::Awaiting { expires, until, claim }, Event::Time(now)) if until <= now => {
                Step { admit: Some(claim), ..Step::to(Self::Active { expires }) }
            }
            (Self::DeleteWait { until }, Event::Time(now)) if until <= now => Step::end(Service::Keep, None),

            (state @ Self::DeleteWait { .. }, Event::Deregister { .. })
            | (state @ (Self::Active { .. } | Self::DeleteWait { .. }), Event::Retract)
            | (state, Event::Time(_)) => Step::to(state),
        }
    }

    /// When [`Event::Time`] has something to do.
    pub(super) fn due(&self) -> Instant {
        match self {
            Self::Active { expires } => *expires,
            Self::Awaiting { expires, until, .. } => *expires.min(until),
            Self::DeleteWait { until } => *until,
        }
    }

    /// Whether the node is served.
    pub(super) const fn is_served(&self) -> bool {
        matches!(self, Self::Active { .. } | Self::Awaiting { .. })
    }
}

impl<C> Step<C> {
    const fn to(next: State<C>) -> Self {
        Self { next: Some(next), service: Service::Keep, admit: None }
    }

    const fn end(service: Service, admit: Option<C>) -> Self {
        Self { next: None, service, admit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix;

    type Binding = State<&'static str>;

    const fn at(secs: u64) -> Instant {
        Instant::from_secs(secs)
    }

    /// Every state at 10 s, every event, called; what came out.
    #[test]
    fn the_matrix_is_as_reviewed() {
        let states: [Binding; 3] = [
            State::Active { expires: at(100) },
            State::Awaiting { expires: at(100), until: at(12), claim: "first" },
            State::DeleteWait { until: at(20) },
        ];
        let events = [
            Event::Refresh { expires: at(200) },
            Event::Move { expires: at(200) },
            Event::Deregister { until: at(30) },
            Event::Claim { until: at(40), claim: "second" },
            Event::Retract,
            Event::Time(at(11)),
            Event::Time(at(12)),
            Event::Time(at(20)),
            Event::Time(at(100)),
        ];
        let rows = states.iter().flat_map(|state| {
            events.iter().map(move |event| {
                let Step { next, service, admit } = state.clone().step(event.clone());
                let next = next.map_or_else(|| "deleted".into(), |next| format!("{next:?}"));
                let actions = match (service, admit) {
                    (Service::Keep, None) => "-".into(),
                    (Service::Keep, Some(claim)) => format!("Admit({claim})"),
                    (service, None) => format!("{service:?}"),
                    (service, Some(claim)) => format!("{service:?}, Admit({claim})"),
                };
                format!("{state:?} | {event:?} | {next} | {actions}")
            })
        });
        let head = "# state | event | next | actions".to_owned();
        let text = core::iter::once(head).chain(rows).map(|row| row + "\n").collect::<String>();
        matrix::is_on_file("lma-binding", &text);
    }

    #[test]
    fn nothing_is_left_to_do_at_the_time_that_was_due() {
        let mut state: Option<Binding> =
            Some(State::Awaiting { expires: at(100), until: at(12), claim: "claim" });
        while let Some(now) = state.as_ref().map(State::due) {
            state = state.and_then(|state| state.step(Event::Time(now)).next);
            assert!(state.as_ref().is_none_or(|state| state.due() > now));
        }
    }
}
