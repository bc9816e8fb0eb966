//! What can be asked of a router.

use alloc::collections::BTreeMap;
use core::net::Ipv6Addr;

use super::Router;
use super::link::Link;
use crate::channel::Filter;
use crate::machine::{LinkId, Snapshot};
use crate::time::Instant;

/// What one listener wants of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: Ipv6Addr,
    /// What it wants, as far as its reports told.
    pub filter: Filter,
    /// When it began to want something of the group.
    pub since: Instant,
}

/// What the listeners of a link want, together and each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkState {
    /// By group, as [`super::Action::Interest`] told it.
    pub groups: BTreeMap<Ipv6Addr, Filter>,
    /// By listener, then by group.
    pub listeners: BTreeMap<Ipv6Addr, BTreeMap<Ipv6Addr, Filter>>,
}

impl Router {
    /// The links that are up, ascending.
    pub fn links(&self) -> impl Iterator<Item = LinkId> + '_ {
        self.links.keys().copied()
    }

    /// Whether `link` is up.
    #[must_use]
    pub fn is_up(&self, link: LinkId) -> bool {
        self.links.contains_key(&link)
    }

    /// The router's own address on `link`.
    #[must_use]
    pub fn address(&self, link: LinkId) -> Option<Ipv6Addr> {
        self.links.get(&link).map(|link| link.address)
    }

    /// What `link` wants of `group`, as [`super::Action::Interest`] told it last.
    #[must_use]
    pub fn interest(&self, link: LinkId, group: Ipv6Addr) -> &Filter {
        let group = self.links.get(&link).and_then(|link| link.groups.get(&group));
        group.map_or(const { &Filter::NOTHING }, |group| &group.published)
    }

    /// The groups of which `link` wants something, ascending, and what.
    pub fn interests(&self, link: LinkId) -> impl Iterator<Item = (Ipv6Addr, &Filter)> {
        let groups = self.links.get(&link).into_iter().flat_map(|link| &link.groups);
        groups.map(|(&group, state)| (group, &state.published))
    }

    /// The listeners of `link` that want something, ascending. On a point-to-point link it is the address last seen.
    pub fn listeners(&self, link: LinkId) -> impl Iterator<Item = Ipv6Addr> + '_ {
        self.links.get(&link).into_iter().flat_map(Link::listeners)
    }

    /// What `listener` wants on `link`, by group, ascending. On a point-to-point link any address names the one
    /// listener.
    pub fn memberships(&self, link: LinkId, listener: Ipv6Addr) -> impl Iterator<Item = Membership> + '_ {
        self.links.get(&link).into_iter().flat_map(move |link| link.memberships(listener))
    }

    /// How many records were refused since the router was made.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }
}

impl Snapshot for Router {
    type S = BTreeMap<LinkId, LinkState>;

    fn snapshot(&self) -> Self::S {
        let state = |link: &Link| LinkState {
            groups: link.groups.iter().map(|(&group, state)| (group, state.published.clone())).collect(),
            listeners: link
                .listeners()
                .map(|listener| {
                    let wanted = link.memberships(listener).map(|one| (one.group, one.filter)).collect();
                    (listener, wanted)
                })
                .collect(),
        };
        self.links.iter().map(|(&id, link)| (id, state(link))).collect()
    }
}
