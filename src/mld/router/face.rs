//! The router as one link sees it.

use core::time::Duration;

use super::{Config, LinkKind};
use crate::machine::LinkId;
use crate::mld::{Family, Timing, Version};
use crate::time::Instant;
use crate::wire::HoldTypes;

/// The router as one link sees it: by what name it speaks there, and by what rules it listens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face<'a, A: Family> {
    pub(super) link: LinkId,
    pub(super) address: A,
    pub(super) kind: LinkKind,
    /// Record types of Hold, where they are understood.
    pub(super) hold: Option<HoldTypes>,
    /// The timers in force there: the router's own, or what the querier of the link made of them.
    pub(super) timing: Timing,
    /// Whether another router is the querier.
    pub(super) is_other_querier: bool,
    pub(super) config: &'a Config<A>,
}

impl<A: Family> Face<'_, A> {
    /// Whether the members that are known are all there are, so that the last of them to leave can be believed at
    /// once. Older hosts keep silent when they hear another report (RFC 2710 4), so not while there may be some.
    pub(super) fn knows_all(&self, mode: Version) -> bool {
        let silent = mode < Version::Current && matches!(self.kind, LinkKind::Shared);
        self.config.immediate_leave && !silent
    }

    /// Whether rows can say what current reports make.
    pub(super) fn is_plain(&self) -> bool {
        self.config.immediate_leave && self.config.version == Version::Current
    }

    /// The end of the Last Listener Query Time that begins at `now`.
    pub(super) fn last_call(&self, now: Instant) -> Instant {
        now + self.timing.last_listener_query_time()
    }

    /// How long a host of an older version counts as present (RFC 3810 9.13).
    pub(super) fn older_host_present(&self) -> Duration {
        self.timing.listening_interval()
    }
}
