//! What can be asked of a router.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::Router;
use super::fsm::State;
use super::link::Link;
use super::packed::Packed;
use super::tracking::{Member, merged};
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
    /// When it began to want something of the group, to the second.
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

/// What was told of one group of a link.
#[derive(Clone, Debug)]
pub(super) struct Told<A> {
    pub(super) interest: Filter<A>,
    pub(super) held: Filter<A>,
}

impl<A: Family> Router<A> {
    /// The links that are up, ascending.
    pub fn links(&self) -> impl Iterator<Item = LinkId> + use<A> {
        let mut links: Vec<LinkId> = self.links.keys().copied().collect();
        links.sort_unstable();
        links.into_iter()
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
    pub fn interest(&self, link: LinkId, group: A) -> Filter<A> {
        let Some(link) = self.links.get(&link) else { return Filter::NOTHING };
        match link.groups.get(&group) {
            Some(state) => state.published.clone(),
            None => {
                let star = self.packed.channels.group(group);
                star.map_or(Filter::NOTHING, |star| link.audience.filter(star, &self.packed))
            }
        }
    }

    /// The state of `group` on `link`, timers and all; `None`: nobody wants anything of it. Looks at every listener of the
    /// link.
    #[must_use]
    pub fn group(&self, link: LinkId, group: A) -> Option<GroupState<A>> {
        let link = self.links.get(&link)?;
        let state = match link.groups.get(&group) {
            Some(state) => state.state().clone(),
            None => {
                let star = self.packed.channels.group(group)?;
                let ids = link.audience.ids();
                let members: Vec<_> = ids.filter_map(|id| self.packed.member(id, star)).collect();
                merged(members.iter().map(|member| &member.wish.state))
            }
        };
        let state = Some(state).filter(|state| link.groups.contains_key(&group) || !state.is_nothing())?;
        Some(GroupState {
            filter_timer: state.filter_due(),
            running: state.running().iter().collect(),
            excluded: match state {
                State::Include(_) => SourceList::EMPTY,
                State::Exclude { excluded, .. } => excluded,
            },
        })
    }

    /// The groups of which `link` wants something, ascending, and what.
    pub fn interests(&self, link: LinkId) -> impl Iterator<Item = (A, Filter<A>)> + use<A> {
        let told = self.told(link).into_iter().map(|(group, told)| (group, told.interest));
        told.filter(|(_, filter)| !filter.is_nothing())
    }

    /// What `link` holds of `group` without receiving it, as [`super::Action::Held`] told it last.
    #[must_use]
    pub fn held(&self, link: LinkId, group: A) -> Filter<A> {
        let group = self.links.get(&link).and_then(|link| link.groups.get(&group));
        group.map_or(Filter::NOTHING, |group| group.published_held.clone())
    }

    /// The groups of which `link` holds something, ascending, and what.
    pub fn holds(&self, link: LinkId) -> impl Iterator<Item = (A, Filter<A>)> + use<A> {
        let told = self.told(link).into_iter().map(|(group, told)| (group, told.held));
        told.filter(|(_, filter)| !filter.is_nothing())
    }

    /// The other router that is querier of `link`; `None`: this one is, or nobody has asked yet.
    #[must_use]
    pub fn querier(&self, link: LinkId) -> Option<A> {
        self.links.get(&link).and_then(|link| link.role.other())
    }

    /// The listeners of `link` that want something, ascending. On a point-to-point link it is the address last seen.
    pub fn listeners(&self, link: LinkId) -> impl Iterator<Item = A> + use<A> {
        let link = self.links.get(&link);
        link.map(|link| link.listeners(&self.packed)).unwrap_or_default().into_iter()
    }

    /// What `listener` wants on `link`, by group, ascending. On a point-to-point link any address names the one
    /// listener.
    pub fn memberships(&self, link: LinkId, listener: A) -> impl Iterator<Item = Membership<A>> + use<A> {
        let state = self.links.get(&link);
        let all = state.map(|state| state.memberships(listener, &self.packed));
        all.unwrap_or_default().into_values()
    }

    /// How many records were refused since the router was made.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    fn told(&self, link: LinkId) -> BTreeMap<A, Told<A>> {
        self.links.get(&link).map(|link| link.told(&self.packed)).unwrap_or_default()
    }
}

impl<A: Family> Link<A> {
    /// What was told of each group.
    pub(super) fn told(&self, packed: &Packed<A>) -> BTreeMap<A, Told<A>> {
        let rows = self.audience.groups(packed).into_iter().filter_map(|star| {
            let interest = self.audience.filter(star, packed);
            Some((packed.channels.get(star)?.group, Told { interest, held: Filter::NOTHING }))
        });
        let groups = self.groups.iter().map(|(&group, state)| {
            (group, Told { interest: state.published.clone(), held: state.published_held.clone() })
        });
        rows.chain(groups).collect()
    }

    fn listeners(&self, packed: &Packed<A>) -> Vec<A> {
        let ids = self.audience.ids();
        let mut listeners: Vec<A> = ids.filter_map(|id| self.audience.address(id, packed)).collect();
        listeners.sort_unstable();
        listeners
    }

    fn memberships(&self, listener: A, packed: &Packed<A>) -> BTreeMap<A, Membership<A>> {
        let key = self.audience.key(listener);
        let id = self.audience.find(key, packed);
        let groups = id.map(|id| packed.groups(id)).unwrap_or_default();
        let rows = groups
            .into_iter()
            .filter_map(|star| Some((packed.channels.get(star)?.group, packed.member(id?, star)?)));
        let loose =
            self.groups.iter().filter_map(|(&group, state)| Some((group, state.members.get(key)?.clone())));
        rows.chain(loose)
            .map(|(group, Member { wish, since })| {
                let (filter, held) = (wish.state.filter(), wish.held.filter());
                (group, Membership { group, filter, held, since })
            })
            .collect()
    }
}

impl<A: Family> Snapshot for Router<A> {
    type S = BTreeMap<LinkId, LinkState<A>>;

    fn snapshot(&self) -> Self::S {
        let state = |id: LinkId, link: &Link<A>| LinkState {
            querier: link.role.other(),
            groups: self.interests(id).collect(),
            held: self.holds(id).collect(),
            listeners: self
                .listeners(id)
                .map(|listener| {
                    (listener, self.memberships(id, listener).map(|one| (one.group, one.filter)).collect())
                })
                .collect(),
        };
        self.links.iter().map(|(&id, link)| (id, state(id, link))).collect()
    }
}
