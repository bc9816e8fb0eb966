//! Who asks on a link (RFC 3810 7.1, 7.6.2): a small machine of its own.

use core::time::Duration;

use crate::mld::{Family, Timing};
use crate::time::Instant;

/// What the router is on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role<A> {
    /// Nobody has asked for a querier yet ([`super::Startup::OnRequest`]).
    Silent,
    /// The querier.
    Querier {
        /// General Queries of the startup sequence that are still to come (RFC 3810 9.6, 9.7).
        startup: u8,
        /// When the next is due.
        next: Instant,
    },
    /// Another is.
    Other {
        /// Which, as its latest Query told.
        querier: A,
        /// The end of the Other Querier Present Timeout.
        until: Instant,
    },
}

/// What may happen to the role.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<A> {
    /// The startup sequence begins, again if need be.
    Start,
    /// Timers are looked at.
    Elapsed,
    /// Another router asked.
    Heard(A),
}

/// What the link is and when it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a, A> {
    pub(super) now: Instant,
    /// The router's own address.
    pub(super) own: A,
    /// The timers in force.
    pub(super) timing: &'a Timing,
}

impl<A: Family> Role<A> {
    /// The next role, and whether a General Query goes out.
    pub(super) fn on(self, event: Event<A>, setting: &Setting<'_, A>) -> (Self, bool) {
        let &Setting { now, own, timing } = setting;
        match (self, event) {
            (Self::Silent | Self::Querier { .. }, Event::Start) => {
                (Self::asking(timing.startup_query_count, setting), true)
            }
            (Self::Querier { startup, next }, Event::Elapsed) if next <= now => {
                (Self::asking(startup, setting), true)
            }
            // It does not start anew: all others were there all the time.
            (Self::Other { until, .. }, Event::Elapsed) if until <= now => (Self::asking(1, setting), true),
            (_, Event::Heard(querier)) if querier.precedes(own) => {
                (Self::Other { querier, until: now + timing.other_querier_present() }, false)
            }
            (role, _) => (role, false),
        }
    }

    /// The querier that asks now, with `startup` Queries of the startup sequence to come, this one among them.
    fn asking(startup: u8, setting: &Setting<'_, A>) -> Self {
        let startup = startup.saturating_sub(1);
        let wait: Duration = match startup {
            0 => setting.timing.query_interval,
            _ => setting.timing.startup_query_interval,
        };
        Self::Querier { startup, next: setting.now + wait }
    }

    /// When something is due.
    pub(super) const fn next(&self) -> Option<Instant> {
        match *self {
            Self::Silent => None,
            Self::Querier { next, .. } => Some(next),
            Self::Other { until, .. } => Some(until),
        }
    }

    /// The other router that is querier.
    pub(super) const fn other(&self) -> Option<A> {
        match *self {
            Self::Other { querier, .. } => Some(querier),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use core::net::Ipv6Addr;
    use std::format;
    use std::string::String;

    use super::*;

    const OWN: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 5);
    const LOWER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    const HIGHER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 9);
    const NOW: Instant = Instant::from_secs(1_000);

    fn shown(role: Role<Ipv6Addr>) -> String {
        let wait = |due: Instant| match due.saturating_since(NOW).as_millis() {
            0 => "now".into(),
            millis => format!("{millis} ms"),
        };
        match role {
            Role::Silent => "silent".into(),
            Role::Querier { startup, next } => {
                format!("querier, {startup} of startup, next in {}", wait(next))
            }
            Role::Other { querier, until } => format!("{querier} is querier for {}", wait(until)),
        }
    }

    /// Every form of the role with its timer ended and running, and every event.
    #[test]
    fn the_matrix_is_the_one_on_file() {
        let timing = Timing::default();
        let setting = Setting { now: NOW, own: OWN, timing: &timing };
        let later = NOW + Duration::from_secs(7);
        let mut rows = String::from("# state | event | next | actions\n# Own address fe80::5.\n");
        for role in [
            Role::Silent,
            Role::Querier { startup: 2, next: NOW },
            Role::Querier { startup: 0, next: NOW },
            Role::Querier { startup: 1, next: later },
            Role::Other { querier: LOWER, until: NOW },
            Role::Other { querier: LOWER, until: later },
        ] {
            let events =
                [Event::Start, Event::Elapsed, Event::Heard(LOWER), Event::Heard(OWN), Event::Heard(HIGHER)];
            for event in events {
                let (next, asks) = role.on(event, &setting);
                let asks = if asks { "General Query" } else { "-" };
                rows += &format!("{} | {event:?} | {} | {asks}\n", shown(role), shown(next));
            }
        }
        crate::matrix::is_on_file("mld-querier", &rows);
    }

    /// RFC 3810 7.6.2 compares the last 64 bits alone.
    #[test]
    fn the_interface_identifier_decides_and_nothing_before_it() {
        let odd = Ipv6Addr::new(0xfe80, 1, 0, 0, 0, 0, 0, 4);
        assert!(odd.precedes(OWN) && !OWN.precedes(odd));
        let same = Ipv6Addr::new(0xfe80, 1, 0, 0, 0, 0, 0, 5);
        assert!(!same.precedes(OWN) && !OWN.precedes(same));
        let high = Ipv6Addr::new(0xfe80, 0, 0, 0, 1, 0, 0, 0);
        assert!(OWN.precedes(high));
    }
}
