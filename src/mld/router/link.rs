//! One link: its querier, its groups, its listeners.

use alloc::collections::BTreeMap;
use core::net::Ipv6Addr;

use super::face::Face;
use super::group::{Group, Statement};
use super::heard::Heard;
use super::query::Querier;
use super::{Config, LinkKind, Membership, Refusal};
use crate::machine::LinkId;
use crate::time::Instant;

/// One link of the router.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// The router's own link-local address there.
    pub(super) address: Ipv6Addr,
    pub(super) kind: LinkKind,
    pub(super) querier: Querier,
    /// Groups of which somebody wants something.
    pub(super) groups: BTreeMap<Ipv6Addr, Group>,
    /// How many groups each listener, by its key, wants something of; never zero.
    tracked: BTreeMap<Ipv6Addr, usize>,
    /// The address that the listener of a point-to-point link used last.
    last_seen: Ipv6Addr,
}

/// The key of the one listener of a point-to-point link.
const THE_NEIGHBOUR: Ipv6Addr = Ipv6Addr::UNSPECIFIED;

impl Link {
    pub(super) fn new(address: Ipv6Addr, kind: LinkKind) -> Self {
        Self {
            address,
            kind,
            querier: Querier::default(),
            groups: BTreeMap::new(),
            tracked: BTreeMap::new(),
            last_seen: Ipv6Addr::UNSPECIFIED,
        }
    }

    /// The router as the link sees it.
    pub(super) const fn face<'a>(&self, link: LinkId, config: &'a Config) -> Face<'a> {
        Face { link, address: self.address, kind: self.kind, config }
    }

    /// Notes that `listener` said something.
    pub(super) const fn saw(&mut self, listener: Ipv6Addr) {
        self.last_seen = listener;
    }

    /// Takes a record of `listener`.
    ///
    /// # Errors
    /// It wants for room, as [`Refusal::TableFull`] says.
    pub(super) fn hear(
        &mut self,
        now: Instant,
        listener: Ipv6Addr,
        heard: Heard<'_>,
        until: Instant,
        face: &Face<'_>,
    ) -> Result<(), Refusal> {
        let Heard { group, kind, sources, older } = heard;
        let from = self.key(listener);
        let said = Statement { from, kind, sources, until, older };
        if !self.groups.contains_key(&group) {
            if !said.is_join() {
                return Ok(());
            }
            if self.groups.len() >= face.config.limits.groups_per_link {
                return Err(Refusal::TableFull);
            }
        }
        let group = self.groups.entry(group).or_default();
        let was = group.members.contains_key(&from);
        let heard = group.hear(now, said, face);
        match (was, group.members.contains_key(&from)) {
            (false, true) => {
                let groups = self.tracked.entry(from).or_default();
                *groups = groups.saturating_add(1);
            }
            (true, false) => self.forget(from),
            _ => {}
        }
        heard
    }

    /// Ends what has ended in `group` at `now`.
    pub(super) fn elapse(&mut self, now: Instant, group: Ipv6Addr, face: &Face<'_>) {
        let Some(group) = self.groups.get_mut(&group) else { return };
        for key in group.elapse(now, face) {
            self.forget(key);
        }
    }

    /// Counts one group less for a listener.
    fn forget(&mut self, key: Ipv6Addr) {
        if let Some(groups) = self.tracked.get_mut(&key) {
            *groups = groups.saturating_sub(1);
            if *groups == 0 {
                self.tracked.remove(&key);
            }
        }
    }

    /// By what key `listener` is tracked.
    pub(super) const fn key(&self, listener: Ipv6Addr) -> Ipv6Addr {
        match self.kind {
            LinkKind::PointToPoint => THE_NEIGHBOUR,
            LinkKind::Shared => listener,
        }
    }

    /// Whether `listener` is tracked or could be.
    pub(super) fn has_room_for(&self, listener: Ipv6Addr, limit: usize) -> bool {
        self.tracked.len() < limit || self.tracked.contains_key(&self.key(listener))
    }

    pub(super) fn listeners(&self) -> impl Iterator<Item = Ipv6Addr> + '_ {
        self.tracked.keys().map(|&key| match self.kind {
            LinkKind::PointToPoint => self.last_seen,
            LinkKind::Shared => key,
        })
    }

    pub(super) fn memberships(&self, listener: Ipv6Addr) -> impl Iterator<Item = Membership> + '_ {
        let key = self.key(listener);
        self.groups.iter().filter_map(move |(&group, state)| {
            let member = state.members.get(&key)?;
            Some(Membership { group, filter: member.state.filter(), since: member.since })
        })
    }
}
