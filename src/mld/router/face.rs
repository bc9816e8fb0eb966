//! The router as one link sees it.

use core::net::Ipv6Addr;

use super::{Config, LinkKind};
use crate::machine::LinkId;
use crate::time::Instant;

/// The router as one link sees it: by what name it speaks there, and by what rules it listens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face<'a> {
    pub(super) link: LinkId,
    pub(super) address: Ipv6Addr,
    pub(super) kind: LinkKind,
    pub(super) config: &'a Config,
}

impl Face<'_> {
    /// Whether the members that are known are all there are, so that the last of them to leave can be believed at
    /// once. Version 1 hosts keep silent when they hear another report (RFC 2710 4), so not while there may be some.
    pub(super) const fn knows_all(&self, older_host: bool) -> bool {
        let silent = older_host && matches!(self.kind, LinkKind::Shared);
        self.config.immediate_leave && !silent
    }

    /// The end of the Last Listener Query Time that begins at `now`.
    pub(super) fn last_call(&self, now: Instant) -> Instant {
        now + self.config.timing.last_listener_query_time()
    }
}
