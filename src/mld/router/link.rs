//! One link: its querier, its groups, its listeners.

use alloc::collections::BTreeMap;
use core::net::Ipv6Addr;

use super::group::Group;
use super::query::Querier;
use super::{LinkKind, Membership};

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
    pub(super) const fn new(address: Ipv6Addr, kind: LinkKind) -> Self {
        Self {
            address,
            kind,
            querier: Querier::IDLE,
            groups: BTreeMap::new(),
            tracked: BTreeMap::new(),
            last_seen: Ipv6Addr::UNSPECIFIED,
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
