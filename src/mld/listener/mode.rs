//! Which version a listener speaks on its link: that of the oldest querier that is still there (RFC 3810 8.2.1,
//! RFC 3376 7.2.1).

use crate::mld::Version;
use crate::time::Instant;

/// The Older Version Querier Present timers; `None`: not running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Queriers {
    /// When the querier of [`Version::Oldest`] counts as gone.
    pub(super) oldest: Option<Instant>,
    /// When the querier of [`Version::Older`] counts as gone.
    pub(super) older: Option<Instant>,
}

/// What may happen to them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    /// A querier of this version asked, and counts as there until then.
    Heard { version: Version, until: Instant },
    /// Timers are looked at.
    Elapsed { now: Instant },
}

impl Queriers {
    /// The next state.
    pub(super) fn on(self, event: Event) -> Self {
        match event {
            Event::Heard { version: Version::Oldest, until } => Self { oldest: Some(until), ..self },
            Event::Heard { version: Version::Older, until } => Self { older: Some(until), ..self },
            Event::Heard { version: Version::Current, .. } => self,
            Event::Elapsed { now } => {
                let running = |until: &Instant| *until > now;
                Self { oldest: self.oldest.filter(running), older: self.older.filter(running) }
            }
        }
    }

    /// Host Compatibility Mode.
    pub(super) const fn version(self) -> Version {
        match self {
            Self { oldest: Some(_), .. } => Version::Oldest,
            Self { older: Some(_), .. } => Version::Older,
            _ => Version::Current,
        }
    }

    /// When the next timer ends.
    pub(super) fn due(self) -> Option<Instant> {
        [self.oldest, self.older].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;

    use super::*;

    #[test]
    fn the_matrix_is_the_one_on_file() {
        let [before, now, after] = [1, 2, 3].map(Instant::from_secs);
        let mut rows = String::from("# state | event | next | version\n");
        for oldest in [None, Some(now), Some(after)] {
            for older in [None, Some(now), Some(after)] {
                let state = Queriers { oldest, older };
                let heard = |version| Event::Heard { version, until: after };
                let events = [
                    heard(Version::Oldest),
                    heard(Version::Older),
                    heard(Version::Current),
                    Event::Elapsed { now: before },
                    Event::Elapsed { now },
                ];
                for event in events {
                    let next = state.on(event);
                    rows += &format!("{state:?} | {event:?} | {next:?} | {:?}\n", next.version());
                }
            }
        }
        crate::matrix::is_on_file("mld-listener-mode", &rows);
    }
}
