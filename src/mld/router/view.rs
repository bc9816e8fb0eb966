//! What can be asked of a router.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::Router;
use super::fsm::State;
use super::group::Group;
use super::link::Link;
use crate::channel::{Filter, SourceList};
use crate::machine::{LinkId, Snapshot};
use crate::mld::Family;
use crate::time::Instant;

/// What one listener wants of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership<A = Ipv6Addr> {
    /// The group.
    pub group: A,
    /// What it receives, as far as its reports told.
    pub filter: Filter<A>,
    /// What it holds without receiving it (MLD Hold).
    pub held: Filter<A>,
    /// When it began to want something of the group.
    pub since: Instant,
}

/// The state of one group of a link (RFC 3810 7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupState<A = Ipv6Addr> {
    /// The end of the filter timer in EXCLUDE mode; `None` in INCLUDE mode.
    pub filter_timer: Option<Instant>,
    /// The sources with running timers, ascending, and when each ends: all that is let through in INCLUDE mode, the
    /// requested list in EXCLUDE mode.
    pub running: Vec<(A, Instant)>,
    /// The exclude list.
    pub excluded: SourceList<A>,
}

/// What the listeners of a link want, together and each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkState<A = Ipv6Addr> {
    /// The other router that is querier, if one is.
    pub querier: Option<A>,
    /// By group, as [`super::Action::Interest`] told it.
    pub groups: BTreeMap<A, Filter<A>>,
    /// By group, as [`super::Action::Held`] told it.
    pub held: BTreeMap<A, Filter<A>>,
    /// By listener, then by group, what it receives.
    pub listeners: BTreeMap<A, BTreeMap<A, Filter<A>>>,
}

impl<A> Default for LinkState<A> {
    fn default() -> Self {
        Self { querier: None, groups: BTreeMap::new(), held: BTreeMap::new(), listeners: BTreeMap::new() }
    }
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
        self.links.get(&link).map(|link| link.address)
    }

    /// What `link` wants of `group`, as [`super::Action::Interest`] told it last.
    #[must_use]
    pub fn interest(&self, link: LinkId, group: A) -> &Filter<A> {
        let group = self.links.get(&link).and_then(|link| link.groups.get(&group));
        group.map_or(const { &Filter::<A>::NOTHING }, |group| &group.published)
    }

    /// The state of `group` on `link`, timers and all; `None`: nobody wants anything of it.
    #[must_use]
    pub fn group(&self, link: LinkId, group: A) -> Option<GroupState<A>> {
        let state = self.links.get(&link)?.groups.get(&group)?.state();
        Some(GroupState {
            filter_timer: state.filter_due(),
            running: state.running().iter().collect(),
            excluded: match state {
                State::Include(_) => SourceList::EMPTY,
                State::Exclude { excluded, .. } => excluded.clone(),
            },
        })
    }

    /// The groups of which `link` wants something, ascending, and what.
    pub fn interests(&self, link: LinkId) -> impl Iterator<Item = (A, &Filter<A>)> {
        let groups = self.links.get(&link).into_iter().flat_map(|link| &link.groups);
        let wanted = groups.map(|(&group, state)| (group, &state.published));
        wanted.filter(|(_, filter)| !filter.is_nothing())
    }

    /// What `link` holds of `group` without receiving it, as [`super::Action::Held`] told it last.
    #[must_use]
    pub fn held(&self, link: LinkId, group: A) -> &Filter<A> {
        let group = self.links.get(&link).and_then(|link| link.groups.get(&group));
        group.map_or(const { &Filter::<A>::NOTHING }, |group| &group.published_held)
    }

    /// The groups of which `link` holds something, ascending, and what.
    pub fn holds(&self, link: LinkId) -> impl Iterator<Item = (A, &Filter<A>)> {
        let groups = self.links.get(&link).into_iter().flat_map(|link| &link.groups);
        let held = groups.map(|(&group, state)| (group, &state.published_held));
        held.filter(|(_, filter)| !filter.is_nothing())
    }

    /// The other router that is querier of `link`; `None`: this one is, or nobody has asked yet.
    #[must_use]
    pub fn querier(&self, link: LinkId) -> Option<A> {
        self.links.get(&link).and_then(|link| link.role.other())
    }

    /// The listeners of `link` that want something, ascending. On a point-to-point link it is the address last seen.
    pub fn listeners(&self, link: LinkId) -> impl Iterator<Item = A> + '_ {
        self.links.get(&link).into_iter().flat_map(Link::listeners)
    }

    /// What `listener` wants on `link`, by group, ascending. On a point-to-point link any address names the one
    /// listener.
    pub fn memberships(&self, link: LinkId, listener: A) -> impl Iterator<Item = Membership<A>> + '_ {
        self.links.get(&link).into_iter().flat_map(move |link| link.memberships(listener))
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
        let state = |link: &Link<A>| LinkState {
            querier: link.role.other(),
            groups: told(link, |group| &group.published),
            held: told(link, |group| &group.published_held),
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

/// The groups of which something was told, and what.
fn told<A: Family>(link: &Link<A>, of: fn(&Group<A>) -> &Filter<A>) -> BTreeMap<A, Filter<A>> {
    let all = link.groups.iter().map(|(&group, state)| (group, of(state)));
    all.filter(|(_, filter)| !filter.is_nothing()).map(|(group, filter)| (group, filter.clone())).collect()
}
