//! Routes by id, indexed by group, and the decision about one datagram.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{OifSet, Route};
use crate::channel::Address;
use crate::machine::{RouteId, Snapshot, Via};

/// The multicast routes of a node and what was forwarded by them.
///
/// ```
/// use multimob::channel::Filter;
/// use multimob::fanout::{Forwarder, OifSet, Route, Verdict};
/// use multimob::machine::{LinkId, RouteId, TunnelId, Via};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (tunnel, node) = (Via::Tunnel(TunnelId(1)), Via::Link(LinkId(7)));
/// let (group, source) = ("ff3e::8000:1".parse()?, "2001:db8:5::5".parse()?);
/// let mut forwarder = Forwarder::default();
/// forwarder.install(RouteId(1), Route { group, filter: Filter::include([source]), iif: tunnel, oif: node });
///
/// let mut copies = OifSet::new();
/// assert_eq!(forwarder.forward(tunnel, source, group, &mut copies), Verdict::Forward);
/// assert!(copies.iter().eq([node]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Forwarder {
    /// The group of each route.
    ids: BTreeMap<RouteId, Ipv6Addr>,
    groups: BTreeMap<Ipv6Addr, Vec<(RouteId, Route)>>,
    counts: Counts,
}

/// What becomes of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Verdict {
    /// One copy leaves by each interface of the [`OifSet`].
    Forward,
    /// No copy leaves.
    Drop(Reason),
}

/// Why no copy of a datagram leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Reason {
    /// The destination is no multicast address, or one that stays on its link (RFC 4291 2.7).
    NotRoutable,
    /// The source cannot be one of data that leaves its link (RFC 4291 2.5.6, 2.7).
    BadSource,
    /// The hop limit is used up.
    HopLimit,
    /// No route leads the group to another interface.
    NoRoute,
    /// The group has routes, but not for data that arrives there: the RPF check failed.
    WrongInterface,
    /// Nobody wants data of this source.
    Filtered,
}

/// How many datagrams met which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Counts {
    /// Forwarded, by one copy or more.
    pub forwarded: u64,
    /// Copies of these.
    pub copies: u64,
    /// [`Reason::NotRoutable`].
    pub not_routable: u64,
    /// [`Reason::BadSource`].
    pub bad_source: u64,
    /// [`Reason::HopLimit`].
    pub hop_limit: u64,
    /// [`Reason::NoRoute`].
    pub no_route: u64,
    /// [`Reason::WrongInterface`].
    pub wrong_interface: u64,
    /// [`Reason::Filtered`].
    pub filtered: u64,
}

impl Forwarder {
    /// Installs `route` under `id`; the route that had this id until now, if there was one.
    pub fn install(&mut self, id: RouteId, route: Route) -> Option<Route> {
        let old = self.remove(id);
        self.ids.insert(id, route.group);
        self.groups.entry(route.group).or_default().push((id, route));
        old
    }

    /// Removes the route of this id and returns it; `None`: there is none.
    pub fn remove(&mut self, id: RouteId) -> Option<Route> {
        let group = self.ids.remove(&id)?;
        let routes = self.groups.get_mut(&group)?;
        let at = routes.iter().position(|(other, _)| *other == id)?;
        let (_, route) = routes.swap_remove(at);
        if routes.is_empty() {
            self.groups.remove(&group);
        }
        Some(route)
    }

    /// The routes, by id.
    pub fn routes(&self) -> impl Iterator<Item = (RouteId, &Route)> {
        self.ids.iter().filter_map(|(&id, group)| {
            let (_, route) = self.groups.get(group)?.iter().find(|(other, _)| *other == id)?;
            Some((id, route))
        })
    }

    /// Decides about a datagram of `src` to `group` that arrived by `iif`, and fills `oifs` with the interfaces by
    /// which it leaves: never the one by which it came, and each once, however many routes lead there.
    pub fn forward(&mut self, iif: Via, src: Ipv6Addr, group: Ipv6Addr, oifs: &mut OifSet) -> Verdict {
        oifs.clear();
        let verdict = match self.select(iif, src, group, oifs) {
            Ok(()) => Verdict::Forward,
            Err(reason) => Verdict::Drop(reason),
        };
        self.counts.add(verdict, oifs.len());
        verdict
    }

    fn select(&self, iif: Via, src: Ipv6Addr, group: Ipv6Addr, oifs: &mut OifSet) -> Result<(), Reason> {
        if !group.is_group() || group.is_link_scope_group() {
            return Err(Reason::NotRoutable);
        }
        if !src.is_source() || src.is_unicast_link_local() {
            return Err(Reason::BadSource);
        }
        let mut reason = Reason::NoRoute;
        for (_, route) in self.groups.get(&group).into_iter().flatten() {
            if route.oif == iif {
                continue;
            }
            if route.iif != iif {
                reason = reason.max(Reason::WrongInterface);
            } else if !route.filter.passes(src) {
                reason = Reason::Filtered;
            } else {
                oifs.insert(route.oif);
            }
        }
        if oifs.is_empty() { Err(reason) } else { Ok(()) }
    }

    /// What happened so far.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl Counts {
    fn add(&mut self, verdict: Verdict, copies: usize) {
        let count = match verdict {
            Verdict::Forward => {
                self.copies = self.copies.saturating_add(u64::try_from(copies).unwrap_or(u64::MAX));
                &mut self.forwarded
            }
            Verdict::Drop(Reason::NotRoutable) => &mut self.not_routable,
            Verdict::Drop(Reason::BadSource) => &mut self.bad_source,
            Verdict::Drop(Reason::HopLimit) => &mut self.hop_limit,
            Verdict::Drop(Reason::NoRoute) => &mut self.no_route,
            Verdict::Drop(Reason::WrongInterface) => &mut self.wrong_interface,
            Verdict::Drop(Reason::Filtered) => &mut self.filtered,
        };
        *count = count.saturating_add(1);
    }
}

impl Snapshot for Forwarder {
    type S = BTreeSet<Route>;

    /// What is forwarded where; not under which ids.
    fn snapshot(&self) -> Self::S {
        self.groups.values().flatten().map(|(_, route)| route.clone()).collect()
    }
}
