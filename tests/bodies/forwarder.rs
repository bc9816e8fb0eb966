//! The forwarder against a list of routes that is read from end to end for each datagram.

use core::net::Ipv6Addr;
use std::collections::BTreeSet;

use multimob::Snapshot;
use multimob::channel::Filter;
use multimob::fanout::{Forwarder, OifSet, Reason, Route, Verdict};
use multimob::machine::{LinkId, RouteId, TunnelId, Via};
use multimob::samples::{Unstructured, world};

const VIAS: [Via; 4] =
    [Via::Tunnel(TunnelId(1)), Via::Link(LinkId(1)), Via::Link(LinkId(2)), Via::Tunnel(TunnelId(2))];

/// Routes come and go, and datagrams come between.
pub fn forwarder(octets: &[u8]) {
    let u = &mut Unstructured::new(octets);
    let (mut forwarder, mut model) = (Forwarder::default(), Model::default());
    // What was in it before must not matter.
    let mut oifs: OifSet = VIAS.into_iter().collect();
    while !u.is_empty() {
        match u.int_in_range(0..=4).unwrap() {
            0..=1 => {
                let (id, route) = (id(u), route(u));
                assert_eq!(forwarder.install(id, route.clone()), model.install(id, route));
            }
            2 => {
                let id = id(u);
                assert_eq!(forwarder.remove(id), model.remove(id));
            }
            3 => {
                let (iif, src, group) = (via(u), world::source(u).unwrap(), world::group(u).unwrap());
                let verdict = forwarder.forward(iif, src, group, &mut oifs);
                model.agrees(verdict, &oifs, iif, src, group);
            }
            _ => {
                let (iif, src, group) = (via(u), world::source(u).unwrap(), world::group(u).unwrap());
                let hop_limit = u.int_in_range(0..=3).unwrap();
                let mut packet = vec![0x60, 0, 0, 0, 0, 0, 59, hop_limit];
                packet.extend([src, group].iter().flat_map(Ipv6Addr::octets));
                match forwarder.forward_packet(iif, &packet, &mut oifs).unwrap() {
                    Verdict::Drop(Reason::HopLimit) => {
                        assert!(hop_limit <= 1 && oifs.is_empty());
                        model.ends.2 += 1;
                    }
                    verdict => {
                        assert!(hop_limit > 1);
                        model.agrees(verdict, &oifs, iif, src, group);
                    }
                }
            }
        }
    }
    assert!(forwarder.routes().all(|(id, route)| model.routes.contains(&(id, route.clone()))));
    assert_eq!(forwarder.routes().count(), model.routes.len());
    assert_eq!(forwarder.snapshot(), model.routes.into_iter().map(|(_, route)| route).collect());
    let counts = forwarder.counts();
    assert_eq!((counts.forwarded, counts.copies, counts.hop_limit), model.ends);
}

fn id(u: &mut Unstructured<'_>) -> RouteId {
    RouteId(u.int_in_range(0..=7).unwrap())
}

fn via(u: &mut Unstructured<'_>) -> Via {
    *u.choose(&VIAS).unwrap()
}

fn route(u: &mut Unstructured<'_>) -> Route {
    let filter: Filter = u.arbitrary().unwrap();
    Route { group: world::group(u).unwrap(), filter, iif: via(u), oif: via(u) }
}

#[derive(Default)]
struct Model {
    routes: Vec<(RouteId, Route)>,
    /// Forwarded, copies, hop limits used up.
    ends: (u64, u64, u64),
}

impl Model {
    fn install(&mut self, id: RouteId, route: Route) -> Option<Route> {
        let old = self.remove(id);
        self.routes.push((id, route));
        old
    }

    fn remove(&mut self, id: RouteId) -> Option<Route> {
        let at = self.routes.iter().position(|(other, _)| *other == id)?;
        Some(self.routes.remove(at).1)
    }

    fn agrees(&mut self, verdict: Verdict, oifs: &OifSet, iif: Via, src: Ipv6Addr, group: Ipv6Addr) {
        let copies = self.copies(iif, src, group);
        assert!(oifs.iter().eq(copies.iter().flatten().copied()), "{oifs:?}, not {copies:?}");
        match copies {
            Ok(copies) => {
                assert_eq!(verdict, Verdict::Forward);
                self.ends.0 += 1;
                self.ends.1 += copies.len() as u64;
            }
            Err(reason) => assert_eq!(verdict, Verdict::Drop(reason)),
        }
    }

    fn copies(&self, iif: Via, src: Ipv6Addr, group: Ipv6Addr) -> Result<BTreeSet<Via>, Reason> {
        let scope = group.octets()[1] & 0x0f;
        if !group.is_multicast() || scope <= 2 {
            return Err(Reason::NotRoutable);
        }
        if src.is_multicast() || src.is_unspecified() || src.is_loopback() || src.is_unicast_link_local() {
            return Err(Reason::BadSource);
        }
        let elsewhere = self.routes.iter().map(|(_, route)| route);
        let elsewhere: Vec<&Route> =
            elsewhere.filter(|route| route.group == group && route.oif != iif).collect();
        let here: Vec<&&Route> = elsewhere.iter().filter(|route| route.iif == iif).collect();
        let wanted: BTreeSet<Via> =
            here.iter().filter(|route| route.filter.passes(src)).map(|route| route.oif).collect();
        match (elsewhere.is_empty(), here.is_empty(), wanted.is_empty()) {
            (true, ..) => Err(Reason::NoRoute),
            (_, true, _) => Err(Reason::WrongInterface),
            (_, _, true) => Err(Reason::Filtered),
            _ => Ok(wanted),
        }
    }
}
