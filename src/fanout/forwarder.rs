//! Routes by id, indexed by group, and the decision about one datagram.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{OifSet, Route};
use crate::channel::Address;
use crate::machine::{RouteId, Snapshot, Via};
use crate::wire::DecodeError;
use crate::wire::ipv6::Header;

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

    /// [`Forwarder::forward`] for an IPv6 packet as it arrived by `iif`, any tunnel header taken off, and before its hop
    /// limit is decremented: one that does not reach further (RFC 8200 3) is dropped.
    ///
    /// # Errors
    /// It is no IPv6 packet; nothing was counted, and `oifs` is empty.
    pub fn forward_packet(
        &mut self,
        iif: Via,
        packet: &[u8],
        oifs: &mut OifSet,
    ) -> Result<Verdict, DecodeError> {
        oifs.clear();
        let (header, _) = Header::parse(packet)?;
        if header.hop_limit <= 1 {
            let verdict = Verdict::Drop(Reason::HopLimit);
            self.counts.add(verdict, 0);
            return Ok(verdict);
        }
        Ok(self.forward(iif, header.src, header.dst, oifs))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Filter;
    use crate::machine::{LinkId, TunnelId};
    use proptest::prelude::*;
    use std::vec::Vec;

    const TUNNEL: Via = Via::Tunnel(TunnelId(1));
    const A: Via = Via::Link(LinkId(1));
    const B: Via = Via::Link(LinkId(2));

    fn group(n: u16) -> Ipv6Addr {
        Ipv6Addr::new(0xff0e, 0, 0, 0, 0, 0, 0, n)
    }

    fn source(n: u16) -> Ipv6Addr {
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
    }

    fn route(n: u16, filter: Filter, iif: Via, oif: Via) -> Route {
        Route { group: group(n), filter, iif, oif }
    }

    fn forwarder(routes: impl IntoIterator<Item = Route>) -> Forwarder {
        let mut forwarder = Forwarder::default();
        for (id, route) in (1..).map(RouteId).zip(routes) {
            assert_eq!(forwarder.install(id, route), None);
        }
        forwarder
    }

    fn send(forwarder: &mut Forwarder, iif: Via, src: Ipv6Addr, group: Ipv6Addr) -> Result<Vec<Via>, Reason> {
        // A set that was used before.
        let mut oifs = [Via::Routed, A].into_iter().collect();
        match forwarder.forward(iif, src, group, &mut oifs) {
            Verdict::Forward => Ok(oifs.iter().collect()),
            Verdict::Drop(reason) => {
                assert!(oifs.is_empty());
                Err(reason)
            }
        }
    }

    #[test]
    fn a33_each_link_gets_what_it_wants() {
        let mut forwarder = forwarder([
            route(1, Filter::include([source(1)]), TUNNEL, A),
            route(1, Filter::exclude([source(1)]), TUNNEL, B),
            route(2, Filter::EVERYTHING, TUNNEL, B),
        ]);
        assert_eq!(send(&mut forwarder, TUNNEL, source(1), group(1)), Ok(std::vec![A]));
        assert_eq!(send(&mut forwarder, TUNNEL, source(2), group(1)), Ok(std::vec![B]));
        assert_eq!(send(&mut forwarder, TUNNEL, source(2), group(2)), Ok(std::vec![B]));
    }

    #[test]
    fn two_routes_to_one_interface_give_one_copy() {
        let mut forwarder = forwarder([
            route(1, Filter::include([source(1)]), TUNNEL, A),
            route(1, Filter::EVERYTHING, TUNNEL, A),
        ]);
        assert_eq!(send(&mut forwarder, TUNNEL, source(1), group(1)), Ok(std::vec![A]));
        forwarder.remove(RouteId(1)).unwrap();
        assert_eq!(send(&mut forwarder, TUNNEL, source(1), group(1)), Ok(std::vec![A]), "make before break");
        assert_eq!(forwarder.counts().copies, 2);
    }

    #[test]
    fn data_from_the_wrong_interface_is_dropped() {
        let mut forwarder = forwarder([route(1, Filter::EVERYTHING, TUNNEL, A)]);
        assert_eq!(send(&mut forwarder, B, source(1), group(1)), Err(Reason::WrongInterface));
    }

    #[test]
    fn data_never_leaves_by_where_it_came() {
        let mut forwarder = forwarder([
            route(1, Filter::EVERYTHING, A, A),
            route(1, Filter::EVERYTHING, A, B),
            route(2, Filter::EVERYTHING, A, A),
        ]);
        assert_eq!(send(&mut forwarder, A, source(1), group(1)), Ok(std::vec![B]));
        assert_eq!(send(&mut forwarder, A, source(1), group(2)), Err(Reason::NoRoute));
    }

    #[test]
    fn what_nobody_wants_is_dropped_and_says_why() {
        let mut forwarder = forwarder([
            route(1, Filter::include([source(1)]), TUNNEL, A),
            route(1, Filter::include([source(2)]), B, A),
        ]);
        assert_eq!(send(&mut forwarder, TUNNEL, source(2), group(1)), Err(Reason::Filtered));
        assert_eq!(send(&mut forwarder, TUNNEL, source(2), group(2)), Err(Reason::NoRoute));
    }

    #[test]
    fn t32_what_belongs_to_its_link_stays_there() {
        let mut forwarder = Forwarder::default();
        for (n, text) in ["ff02::1:2", "ff01::1", "ff12::9", "ff00::1"].into_iter().enumerate() {
            let group = text.parse().unwrap();
            let route = Route { group, filter: Filter::EVERYTHING, iif: TUNNEL, oif: A };
            forwarder.install(RouteId(n as u64), route);
            assert_eq!(send(&mut forwarder, TUNNEL, source(1), group), Err(Reason::NotRoutable), "{text}");
        }
        assert_eq!(send(&mut forwarder, TUNNEL, source(1), source(2)), Err(Reason::NotRoutable));
    }

    #[test]
    fn data_of_an_impossible_source_is_dropped() {
        let mut forwarder = forwarder([route(1, Filter::EVERYTHING, TUNNEL, A)]);
        for text in ["fe80::1", "::", "::1", "ff0e::1"] {
            let src = text.parse().unwrap();
            assert_eq!(send(&mut forwarder, TUNNEL, src, group(1)), Err(Reason::BadSource), "{text}");
        }
    }

    /// A fragment: of a packet that is only forwarded nothing but the fixed header matters.
    fn packet(hop_limit: u8, src: Ipv6Addr, dst: Ipv6Addr) -> Vec<u8> {
        let mut packet = std::vec![0x60, 0, 0, 0, 0, 10, 44, hop_limit];
        packet.extend(src.octets());
        packet.extend(dst.octets());
        packet.extend([17, 0, 0, 9, 0, 0, 0, 1, 0xaa, 0xbb]);
        packet
    }

    #[test]
    fn a_packet_is_forwarded_by_its_header() {
        let mut forwarder = forwarder([route(1, Filter::include([source(1)]), TUNNEL, A)]);
        let mut oifs = OifSet::new();
        let mut verdict = |packet: &[u8]| {
            let verdict = forwarder.forward_packet(TUNNEL, packet, &mut oifs);
            (verdict, oifs.iter().collect::<Vec<_>>())
        };
        let good = packet(2, source(1), group(1));
        assert_eq!(verdict(&good), (Ok(Verdict::Forward), std::vec![A]));
        let other = packet(2, source(2), group(1));
        assert_eq!(verdict(&other), (Ok(Verdict::Drop(Reason::Filtered)), std::vec![]));
        assert_eq!(verdict(&good), (Ok(Verdict::Forward), std::vec![A]));
        for hop_limit in [0, 1] {
            let last = packet(hop_limit, source(1), group(1));
            assert_eq!(verdict(&last), (Ok(Verdict::Drop(Reason::HopLimit)), std::vec![]));
        }
        for len in 0..good.len() {
            let (result, oifs) = verdict(&good[..len]);
            assert!(result.is_err() && oifs.is_empty(), "{len}");
        }
        let counts = Counts { forwarded: 2, copies: 2, filtered: 1, hop_limit: 2, ..Counts::default() };
        assert_eq!(forwarder.counts(), &counts);
    }

    #[test]
    fn every_end_is_counted() {
        let mut forwarder = forwarder([
            route(1, Filter::include([source(1)]), TUNNEL, A),
            route(1, Filter::include([source(1)]), TUNNEL, B),
        ]);
        let packets = [
            (TUNNEL, source(1), group(1)),
            (TUNNEL, source(2), group(1)),
            (A, source(1), group(1)),
            (TUNNEL, source(1), group(2)),
            (TUNNEL, source(1), source(1)),
            (TUNNEL, group(1), group(1)),
        ];
        for (iif, src, group) in packets {
            let _ = send(&mut forwarder, iif, src, group);
        }
        let expected = Counts {
            forwarded: 1,
            copies: 2,
            filtered: 1,
            wrong_interface: 1,
            no_route: 1,
            not_routable: 1,
            bad_source: 1,
            hop_limit: 0,
        };
        assert_eq!(forwarder.counts(), &expected);
    }

    #[test]
    fn an_unknown_route_is_reported_and_an_id_used_again_replaces() {
        let (first, second) =
            (route(1, Filter::EVERYTHING, TUNNEL, A), route(2, Filter::EVERYTHING, TUNNEL, B));
        let mut forwarder = Forwarder::default();
        assert_eq!(forwarder.remove(RouteId(1)), None);
        assert_eq!(forwarder.install(RouteId(1), first.clone()), None);
        assert_eq!(forwarder.install(RouteId(1), second.clone()), Some(first));
        assert!(forwarder.routes().eq([(RouteId(1), &second)]));
        assert_eq!(send(&mut forwarder, TUNNEL, source(1), group(1)), Err(Reason::NoRoute));
        assert_eq!(forwarder.remove(RouteId(1)), Some(second));
        assert_eq!(forwarder.remove(RouteId(1)), None);
        assert!(forwarder.snapshot().is_empty());
    }

    fn any_route() -> impl Strategy<Value = Route> {
        let via = || prop_oneof![Just(TUNNEL), Just(A), Just(B)];
        let filter =
            (any::<bool>(), proptest::collection::vec(0_u16..3, 0..3)).prop_map(|(include, list)| {
                let list = list.into_iter().map(source);
                if include { Filter::include(list) } else { Filter::exclude(list) }
            });
        (0_u16..3, filter, via(), via()).prop_map(|(n, filter, iif, oif)| route(n, filter, iif, oif))
    }

    proptest! {
        /// The model: every installed route is asked by itself. Routes come and go in any order.
        #[test]
        fn copies_are_what_the_installed_routes_say(
            steps in proptest::collection::vec((0_u64..6, proptest::option::of(any_route())), 0..20),
        ) {
            let (mut forwarder, mut model) = (Forwarder::default(), BTreeMap::new());
            for (id, route) in steps {
                match route {
                    Some(route) => {
                        prop_assert_eq!(forwarder.install(RouteId(id), route.clone()), model.insert(id, route));
                    }
                    None => prop_assert_eq!(forwarder.remove(RouteId(id)), model.remove(&id)),
                }
            }
            for ((iif, n), s) in [TUNNEL, A, B].into_iter().zip(0..3).zip(0..3) {
                let copies: BTreeSet<Via> = model
                    .values()
                    .filter(|route| route.group == group(n) && route.iif == iif && route.oif != iif)
                    .filter(|route| route.filter.passes(source(s)))
                    .map(|route| route.oif)
                    .collect();
                let sent = send(&mut forwarder, iif, source(s), group(n)).unwrap_or_default();
                prop_assert!(sent.into_iter().eq(copies));
            }
            prop_assert_eq!(forwarder.snapshot(), model.into_values().collect());
        }
    }
}
