//! What can be asked of a lightweight router.

use alloc::collections::BTreeMap;
use core::net::Ipv6Addr;

use super::{Link, Router};
use crate::channel::{Filter, SourceList};
use crate::machine::{LinkId, Snapshot};
use crate::mld::Family;
use crate::mld::router::GroupState;

/// What is wanted of a group (RFC 5790 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<A = Ipv6Addr> {
    /// Everything: the group timer runs.
    pub everything: bool,
    /// The sources with running timers: all that is wanted when the group timer does not run.
    pub sources: SourceList<A>,
}

/// What is wanted on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkState<A = Ipv6Addr> {
    /// The other router that is querier, if one is.
    pub querier: Option<A>,
    /// By group.
    pub groups: BTreeMap<A, Wanted<A>>,
}

impl<A: Family> Router<A> {
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
    pub fn address(&self, link: LinkId) -> Option<A> {
        self.links.get(&link).map(|link| link.seat.address)
    }

    /// What `link` wants of `group`, as [`crate::mld::router::Action::Interest`] told it last.
    #[must_use]
    pub fn interest(&self, link: LinkId, group: A) -> Filter<A> {
        let group = self.links.get(&link).and_then(|link| link.groups.get(&group));
        group.map_or(Filter::NOTHING, |group| group.published.clone())
    }

    /// The groups of which `link` wants something, ascending, and what.
    pub fn interests(&self, link: LinkId) -> impl Iterator<Item = (A, &Filter<A>)> {
        let groups = self.links.get(&link).into_iter().flat_map(|link| &link.groups);
        groups.map(|(&group, state)| (group, &state.published))
    }

    /// The state of `group` on `link`, timers and all: no source is excluded, and those that are listed count also while
    /// the group timer, here `filter_timer`, runs. `None`: nobody wants anything of it.
    #[must_use]
    pub fn group(&self, link: LinkId, group: A) -> Option<GroupState<A>> {
        let state = self.links.get(&link)?.groups.get(&group)?.state();
        let running = state.sources.iter().collect();
        Some(GroupState { filter_timer: state.group_timer, running, excluded: SourceList::EMPTY })
    }

    /// The other router that is querier of `link`; `None`: this one is, or nobody has asked yet.
    #[must_use]
    pub fn querier(&self, link: LinkId) -> Option<A> {
        self.links.get(&link).and_then(|link| link.seat.role.other())
    }

    /// How many records were refused since the router was made.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }
}

impl<A: Family> Snapshot for Router<A> {
    type S = BTreeMap<LinkId, LinkState<A>>;

    fn snapshot(&self) -> Self::S {
        let wanted = |(&group, state): (&A, &super::Group<A>)| {
            let state = state.state();
            (group, Wanted { everything: state.group_timer.is_some(), sources: state.sources.list() })
        };
        let state = |link: &Link<A>| LinkState {
            querier: link.seat.role.other(),
            groups: link.groups.iter().map(wanted).collect(),
        };
        self.links.iter().map(|(&id, link)| (id, state(link))).collect()
    }
}
