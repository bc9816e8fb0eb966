//! Where the mobility session of one node stands, seen from its access link (RFC 5213 6.9.1).
//!
//! ```text
//! Authorising ─> AwaitingContext ─> Registering ─> Registered <─> Renewing
//!                                        │              │            │
//!                                        └──────> Deregistering <────┘ ─> Departed
//! ```

use crate::mip::Backoff;
use crate::time::Instant;

/// A request on its way: when it is repeated, and how much longer that takes each time (RFC 5213 6.9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exchange {
    due: Instant,
    backoff: Backoff,
    obeyed: bool,
}

impl Exchange {
    /// The first transmission is made now.
    pub(super) fn begin(now: Instant) -> Self {
        let mut backoff = Backoff::START;
        let due = now + backoff.transmit();
        Self { due, backoff, obeyed: false }
    }

    /// Another transmission is made now.
    fn again(mut self, now: Instant) -> Self {
        self.due = now + self.backoff.transmit();
        self.obeyed = false;
        self
    }

    /// Another transmission because an answer asked for it: at once, but only once in an interval, so that an LMA
    /// and a MAG that disagree do not do so at the speed of the network.
    fn obey(self, now: Instant) -> Option<Self> {
        (!self.obeyed).then(|| Self { obeyed: true, ..self.again(now) })
    }
}

/// The state of a session; its deadline is inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The policy store was asked for the profile.
    Authorising,
    /// The previous MAG was asked for the context; registration starts when it comes, or then.
    AwaitingContext {
        /// The end of `context_wait`.
        until: Instant,
    },
    /// The registration was sent and not accepted yet.
    Registering(Exchange),
    /// The LMA accepted.
    Registered {
        /// When the binding is renewed.
        refresh: Instant,
        /// When it ends unless renewed.
        ends: Instant,
    },
    /// The binding is being renewed and holds meanwhile.
    Renewing {
        /// The renewal.
        exchange: Exchange,
        /// When the binding ends.
        ends: Instant,
    },
    /// Nothing is sent until somebody else acts.
    Stalled {
        /// Who.
        waits_for: Help,
        /// When the binding ends, if there is one.
        ends: Option<Instant>,
    },
    /// No service on this link.
    Denied,
    /// The node left; the LMA was told and has not answered.
    Deregistering {
        /// The deregistration.
        exchange: Exchange,
        /// When the binding ends by itself.
        ends: Instant,
        /// Whether the unicast state of the node is still there: until the first repetition, INITIAL_BINDACK_TIMEOUT
        /// (RFC 5213 6.9.1.4).
        local: bool,
    },
    /// The node left and the LMA knows, or need not know.
    Departed,
}

/// Whose help a stalled session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Help {
    /// The clock must be set from the domain's time source (RFC 5213 6.9.1.2 (9)).
    Clock,
    /// An administrator must act (RFC 5213 6.9.1.2 (6)).
    Operator,
}

/// What may happen to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The profile came. A context was asked for when there is something to wait for.
    Admitted {
        /// Until when the context is awaited.
        wait: Option<Instant>,
    },
    /// The policy store or the LMA said no.
    Refused,
    /// The context came.
    Context,
    /// The deadline inside the state has come.
    Due,
    /// The LMA accepted.
    Accepted {
        /// When to renew.
        refresh: Instant,
        /// When the binding ends.
        ends: Instant,
    },
    /// The answer wants the same once more: a sequence number or a timestamp was too low (135, 157).
    Again,
    /// The prefixes that were asked for are not the node's (155).
    Reassign,
    /// The clock is wrong (156).
    NeedClock,
    /// The time of day was told.
    ClockTold,
    /// The answer echoes something else than was asked.
    Mismatch,
    /// Something has come up that a registered node's LMA is told by a PBU-M.
    Changed,
    /// The node left the link.
    Detached {
        /// Until when the LMA may hold a binding of what was sent.
        until: Instant,
    },
    /// A new session registers what this one was for: what it still had to say would hurt.
    Superseded,
}

/// A Proxy Binding Update to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Update {
    /// The registration of an attachment.
    Register,
    /// A re-registration: HI = 5.
    Renew,
    /// Lifetime 0.
    Deregister,
}

/// What becomes of the service of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Nothing changes.
    Keep,
    /// It begins: tunnel, routes, advertisement, query.
    Begin,
    /// It goes on, with what the answer says of prefixes and lifetime.
    Extend,
    /// It ends.
    End,
}

/// What a transition wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effects {
    /// The message to send.
    pub(super) send: Option<Update>,
    /// The service.
    pub(super) service: Service,
}

impl Effects {
    const NONE: Self = Self { send: None, service: Service::Keep };

    const fn send(update: Update) -> Self {
        Self { send: Some(update), service: Service::Keep }
    }

    const fn service(service: Service) -> Self {
        Self { send: None, service }
    }

    const fn and_send(self, update: Update) -> Self {
        Self { send: Some(update), service: self.service }
    }
}

impl State {
    /// Takes an event at `now`.
    pub(super) fn on(self, now: Instant, event: Event) -> (Self, Effects) {
        if event == Event::Superseded {
            return (Self::Departed, self.rest());
        }
        match self {
            Self::Authorising => self.authorising(now, event),
            Self::AwaitingContext { until } => self.awaiting_context(now, event, until),
            Self::Registering(exchange) => self.registering(now, event, exchange),
            Self::Registered { refresh, ends } => self.registered(now, event, refresh, ends),
            Self::Renewing { exchange, ends } => self.renewing(now, event, exchange, ends),
            Self::Stalled { waits_for, ends } => self.stalled(now, event, waits_for, ends),
            Self::Denied => match event {
                Event::Detached { .. } => (Self::Departed, Effects::NONE),
                _ => self.stay(),
            },
            Self::Deregistering { exchange, ends, local } => {
                self.deregistering(now, event, exchange, ends, local)
            }
            Self::Departed => self.stay(),
        }
    }

    /// When [`Event::Due`] is to come.
    pub(super) fn due(self) -> Option<Instant> {
        match self {
            Self::AwaitingContext { until } => Some(until),
            Self::Registering(exchange) => Some(exchange.due),
            Self::Registered { refresh, ends } => Some(refresh.min(ends)),
            Self::Renewing { exchange, ends } | Self::Deregistering { exchange, ends, .. } => {
                Some(exchange.due.min(ends))
            }
            Self::Stalled { ends, .. } => ends,
            Self::Authorising | Self::Denied | Self::Departed => None,
        }
    }

    /// Whether the node has service: its LMA holds a binding for it here.
    pub(super) const fn serves(self) -> bool {
        matches!(self, Self::Registered { .. } | Self::Renewing { .. } | Self::Stalled { ends: Some(_), .. })
    }

    /// Whether the node has left.
    pub(super) const fn has_left(self) -> bool {
        matches!(self, Self::Deregistering { .. } | Self::Departed)
    }

    /// Whether an answer of the LMA is awaited.
    pub(super) const fn awaits_answer(self) -> bool {
        matches!(self, Self::Registering(_) | Self::Renewing { .. } | Self::Deregistering { .. })
    }

    /// What is left to do when a session ends for good.
    const fn rest(self) -> Effects {
        match self {
            Self::Deregistering { local: true, .. } => Effects::service(Service::End),
            _ if self.serves() => Effects::service(Service::End),
            _ => Effects::NONE,
        }
    }

    const fn stay(self) -> (Self, Effects) {
        (self, Effects::NONE)
    }

    fn register(now: Instant) -> (Self, Effects) {
        (Self::Registering(Exchange::begin(now)), Effects::send(Update::Register))
    }

    fn renew(now: Instant, ends: Instant) -> (Self, Effects) {
        (Self::Renewing { exchange: Exchange::begin(now), ends }, Effects::send(Update::Renew))
    }

    /// The binding is lost while the node is still here: its service ends and it is registered anew.
    fn start_over(now: Instant) -> (Self, Effects) {
        let effects = Effects::service(Service::End).and_send(Update::Register);
        (Self::Registering(Exchange::begin(now)), effects)
    }

    fn deregister(now: Instant, ends: Instant, local: bool) -> (Self, Effects) {
        let exchange = Exchange::begin(now);
        (Self::Deregistering { exchange, ends, local }, Effects::send(Update::Deregister))
    }

    fn authorising(self, now: Instant, event: Event) -> (Self, Effects) {
        match event {
            Event::Admitted { wait: Some(until) } => (Self::AwaitingContext { until }, Effects::NONE),
            Event::Admitted { wait: None } => Self::register(now),
            Event::Refused => (Self::Denied, Effects::NONE),
            Event::Detached { .. } => (Self::Departed, Effects::NONE),
            _ => self.stay(),
        }
    }

    fn awaiting_context(self, now: Instant, event: Event, until: Instant) -> (Self, Effects) {
        match event {
            Event::Context => Self::register(now),
            Event::Due if now >= until => Self::register(now),
            Event::Detached { .. } => (Self::Departed, Effects::NONE),
            _ => self.stay(),
        }
    }

    fn registering(self, now: Instant, event: Event, exchange: Exchange) -> (Self, Effects) {
        match event {
            Event::Due if now >= exchange.due => {
                (Self::Registering(exchange.again(now)), Effects::send(Update::Register))
            }
            Event::Accepted { refresh, ends } => {
                (Self::Registered { refresh, ends }, Effects::service(Service::Begin))
            }
            Event::Again | Event::Reassign => match exchange.obey(now) {
                Some(exchange) => (Self::Registering(exchange), Effects::send(Update::Register)),
                None => self.stay(),
            },
            Event::Refused => (Self::Denied, Effects::NONE),
            Event::NeedClock => (Self::Stalled { waits_for: Help::Clock, ends: None }, Effects::NONE),
            Event::Mismatch => (Self::Stalled { waits_for: Help::Operator, ends: None }, Effects::NONE),
            Event::Detached { until } => Self::deregister(now, until, false),
            _ => self.stay(),
        }
    }

    fn registered(self, now: Instant, event: Event, refresh: Instant, ends: Instant) -> (Self, Effects) {
        match event {
            Event::Due if now >= ends => Self::start_over(now),
            Event::Due if now >= refresh => Self::renew(now, ends),
            Event::Changed => Self::renew(now, ends),
            Event::Detached { until } => Self::deregister(now, until, true),
            _ => self.stay(),
        }
    }

    fn renewing(self, now: Instant, event: Event, exchange: Exchange, ends: Instant) -> (Self, Effects) {
        match event {
            Event::Due if now >= ends => Self::start_over(now),
            Event::Due if now >= exchange.due => {
                (Self::Renewing { exchange: exchange.again(now), ends }, Effects::send(Update::Renew))
            }
            Event::Accepted { refresh, ends } => {
                (Self::Registered { refresh, ends }, Effects::service(Service::Extend))
            }
            Event::Again => match exchange.obey(now) {
                Some(exchange) => (Self::Renewing { exchange, ends }, Effects::send(Update::Renew)),
                None => self.stay(),
            },
            Event::Reassign => Self::start_over(now),
            Event::Refused => (Self::Denied, Effects::service(Service::End)),
            Event::NeedClock => (Self::Stalled { waits_for: Help::Clock, ends: Some(ends) }, Effects::NONE),
            Event::Mismatch => (Self::Stalled { waits_for: Help::Operator, ends: Some(ends) }, Effects::NONE),
            Event::Changed => Self::renew(now, ends),
            Event::Detached { until } => Self::deregister(now, until, true),
            _ => self.stay(),
        }
    }

    fn stalled(self, now: Instant, event: Event, waits_for: Help, ends: Option<Instant>) -> (Self, Effects) {
        match event {
            Event::ClockTold if waits_for == Help::Clock => match ends {
                Some(ends) => Self::renew(now, ends),
                None => Self::register(now),
            },
            Event::Due if ends.is_some_and(|ends| now >= ends) => {
                (Self::Stalled { waits_for, ends: None }, Effects::service(Service::End))
            }
            Event::Detached { until } => Self::deregister(now, until, ends.is_some()),
            _ => self.stay(),
        }
    }

    fn deregistering(
        self,
        now: Instant,
        event: Event,
        exchange: Exchange,
        ends: Instant,
        local: bool,
    ) -> (Self, Effects) {
        let rest = self.rest();
        match event {
            Event::Due if now >= ends => (Self::Departed, rest),
            Event::Due if now >= exchange.due => {
                let exchange = exchange.again(now);
                (Self::Deregistering { exchange, ends, local: false }, rest.and_send(Update::Deregister))
            }
            Event::Again => match exchange.obey(now) {
                Some(exchange) => {
                    (Self::Deregistering { exchange, ends, local }, Effects::send(Update::Deregister))
                }
                None => self.stay(),
            },
            Event::Accepted { .. } | Event::Refused | Event::Reassign | Event::Mismatch => {
                (Self::Departed, rest)
            }
            _ => self.stay(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmip::mag::tests::matrix;

    const NOW: Instant = Instant::from_secs(100);
    const LATER: Instant = Instant::from_secs(200);
    const END: Instant = Instant::from_secs(300);

    fn exchange(obeyed: bool) -> Exchange {
        Exchange { obeyed, ..Exchange::begin(NOW) }
    }

    fn states() -> Vec<(&'static str, State)> {
        use State::*;
        vec![
            ("Authorising", Authorising),
            ("AwaitingContext", AwaitingContext { until: LATER }),
            ("Registering", Registering(exchange(false))),
            ("Registering, obeyed", Registering(exchange(true))),
            ("Registered", Registered { refresh: LATER, ends: END }),
            ("Renewing", Renewing { exchange: exchange(false), ends: END }),
            ("Renewing, obeyed", Renewing { exchange: exchange(true), ends: END }),
            ("Stalled, clock", Stalled { waits_for: Help::Clock, ends: None }),
            ("Stalled, clock, bound", Stalled { waits_for: Help::Clock, ends: Some(END) }),
            ("Stalled, operator", Stalled { waits_for: Help::Operator, ends: None }),
            ("Stalled, operator, bound", Stalled { waits_for: Help::Operator, ends: Some(END) }),
            ("Denied", Denied),
            ("Deregistering, local", Deregistering { exchange: exchange(false), ends: END, local: true }),
            ("Deregistering", Deregistering { exchange: exchange(true), ends: END, local: false }),
            ("Departed", Departed),
        ]
    }

    /// The events, each at a moment: `Due` too early, at the first deadline of every state, and after the last.
    fn events() -> Vec<(&'static str, Instant, Event)> {
        use Event::*;
        vec![
            ("Admitted, wait", NOW, Admitted { wait: Some(LATER) }),
            ("Admitted", NOW, Admitted { wait: None }),
            ("Refused", NOW, Refused),
            ("Context", NOW, Context),
            ("Due, early", NOW, Due),
            ("Due", LATER, Due),
            ("Due, end", END, Due),
            ("Accepted", NOW, Accepted { refresh: LATER, ends: END }),
            ("Again", NOW, Again),
            ("Reassign", NOW, Reassign),
            ("NeedClock", NOW, NeedClock),
            ("ClockTold", NOW, ClockTold),
            ("Mismatch", NOW, Mismatch),
            ("Changed", NOW, Changed),
            ("Detached", NOW, Detached { until: END }),
            ("Superseded", NOW, Superseded),
        ]
    }

    fn name(state: State) -> String {
        use State::*;
        match state {
            Authorising => "Authorising".into(),
            AwaitingContext { .. } => "AwaitingContext".into(),
            Registering(_) => "Registering".into(),
            Registered { .. } => "Registered".into(),
            Renewing { .. } => "Renewing".into(),
            Stalled { waits_for, ends } => {
                format!("Stalled, {waits_for:?}{}", if ends.is_some() { ", bound" } else { "" })
                    .to_lowercase()
                    .replacen('s', "S", 1)
            }
            Denied => "Denied".into(),
            Deregistering { local, .. } => {
                if local {
                    "Deregistering, local".into()
                } else {
                    "Deregistering".into()
                }
            }
            Departed => "Departed".into(),
        }
    }

    #[test]
    fn the_matrix_is_the_one_in_testdata() {
        let mut rows = Vec::new();
        for (from, state) in states() {
            for (label, at, event) in events() {
                let (next, effects) = state.on(at, event);
                let next = if next == state { "=".into() } else { name(next) };
                let mut actions = Vec::new();
                actions.extend(effects.send.map(|update| format!("send {update:?}")));
                if effects.service != Service::Keep {
                    actions.push(format!("service {:?}", effects.service));
                }
                let actions = if actions.is_empty() { "-".into() } else { actions.join(", ") };
                rows.push(format!("{from} | {label} | {next} | {actions}"));
            }
        }
        matrix("mag-session", &rows);
    }

    #[test]
    fn a_deadline_that_was_served_is_never_left_in_the_past() {
        for (name, state) in states() {
            for now in [NOW, LATER, END] {
                if state.due().is_some_and(|due| due <= now) {
                    let (next, _) = state.on(now, Event::Due);
                    assert!(next.due().is_none_or(|due| due > now), "{name} at {now}");
                }
            }
        }
    }
}
