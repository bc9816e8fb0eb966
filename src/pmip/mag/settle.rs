//! Where the parts of a MAG meet: router to policy, to routes and proxies, to tunnels. Downstream only, once a call.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::plan::ALL_NODES;
use super::session::{Channels, Session, SessionId};
use super::{Action, Forwarding, Mag, Notice, TunnelMode};
use crate::channel::{Address, Filter};
use crate::fanout::Route;
use crate::machine::{Envelope, LinkId, RouteId, TunnelId, Via};
use crate::mld::{proxy, router};
use crate::pmip::{Prefix, Tunnel, TunnelKind};
use crate::time::Instant;
use crate::wire::mld;
use crate::wire::packet::OwnedPayload;

/// What one call has to do. Empty between calls; the room is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    /// What the router pushed.
    pub(super) router: Vec<router::Action>,
    /// What a proxy pushed, until it is gathered.
    pub(super) proxy: Vec<proxy::Action>,
    /// Whether the tunnels of the static mode are set up.
    pub(super) starts: bool,
    /// Signalling and notices, in their order.
    pub(super) first: Vec<Action>,
    /// Sessions whose service begins or goes on with new values.
    pub(super) served: Vec<SessionId>,
    /// What may have changed: groups on links.
    pub(super) touched: BTreeSet<(LinkId, Ipv6Addr)>,
    /// Advertisements.
    pub(super) adverts: Vec<Action>,
    /// Unicast routes that go.
    pub(super) stale: Vec<RouteId>,
    /// The result.
    pub(super) actions: Vec<Action>,
    reports: Vec<(usize, Envelope<mld::Owned>)>,
    queries: Vec<Action>,
    changes: Vec<Change>,
}

/// A group on a link is to be forwarded otherwise.
#[derive(Clone, Debug)]
struct Change {
    at: (LinkId, Ipv6Addr),
    lma: usize,
    filter: Filter,
}

impl Work {
    /// Something that the operator may want to know.
    pub(super) fn notify(&mut self, notice: Notice) {
        self.first.push(Action::Notify(notice));
    }

    /// Takes what the proxy of an LMA pushed.
    pub(super) fn gather(&mut self, lma: usize) {
        for action in self.proxy.drain(..) {
            match action {
                proxy::Action::Send(report) => self.reports.push((lma, report)),
            }
        }
    }
}

impl Work {
    /// Takes what the router pushed.
    fn hear(&mut self) {
        for action in self.router.drain(..) {
            match action {
                router::Action::Send(query) => {
                    self.queries.push(Action::Send(query.map(OwnedPayload::Mld)));
                }
                router::Action::Interest { link, group, .. } => {
                    self.touched.insert((link, group));
                }
                router::Action::Refused { link, listener, why, .. } => {
                    self.first.push(Action::Notify(Notice::Refused { link, listener, why }));
                }
                // The access link of a node has one neighbour, and nobody there holds.
                router::Action::Gone { .. }
                | router::Action::Held { .. }
                | router::Action::Querier { .. }
                | router::Action::OtherVersion { .. } => {}
            }
        }
    }
}

impl Mag {
    /// Turns what the children said into actions. Tunnels come before the routes that use them, routes before the
    /// advertisement, the advertisement before the query that it makes answerable, removals last.
    pub(super) fn settle(&mut self, now: Instant, work: &mut Work) {
        work.hear();
        self.judge(work);
        self.report(now, work);
        work.actions.append(&mut work.first);
        self.set_up_tunnels(work);
        self.change_routes(work);
        self.host_prefixes(work);
        self.send_reports(work);
        work.actions.append(&mut work.adverts);
        work.actions.append(&mut work.queries);
        self.write_back(work);
        work.actions.extend(work.stale.drain(..).map(|id| Action::RemoveRoute { id }));
        self.take_down_tunnels(work);
        work.touched.clear();
        work.starts = false;
    }

    /// What the node of a session wants of `group` and may have: the union of what it reported and what its profile
    /// provides (Z20), within the policy (Z26). What stays on its link goes nowhere (digest trap 32).
    pub(super) fn wish(&self, session: &Session, group: Ipv6Addr) -> Filter {
        let Some(grant) = session.grant.as_ref().filter(|_| !group.is_link_scope_group()) else {
            return Filter::NOTHING;
        };
        let reported = self.router.interest(session.link, group);
        let provided = grant.provisioned.iter().find(|(provided, _)| *provided == group);
        match provided {
            Some((_, provided)) => grant.policy.allowed(group, &reported.union(provided)),
            None => grant.policy.allowed(group, &reported),
        }
    }

    /// All that [`Self::wish`] has of a session, by group.
    pub(super) fn wishes(&self, session: &Session) -> Channels {
        let reported = self.router.interests(session.link).map(|(group, _)| group);
        let provided = session.grant.iter().flat_map(|grant| &grant.provisioned).map(|&(group, _)| group);
        let groups: BTreeSet<Ipv6Addr> = reported.chain(provided).collect();
        let wishes = groups.into_iter().map(|group| (group, self.wish(session, group)));
        wishes.filter(|(_, filter)| !filter.is_nothing()).collect()
    }

    /// The groups that are forwarded to `link`, ascending.
    pub(super) fn forwarded(&self, link: LinkId) -> impl Iterator<Item = (Ipv6Addr, &Filter)> {
        let all = (link, Ipv6Addr::UNSPECIFIED)..=(link, Ipv6Addr::from_bits(u128::MAX));
        self.forwarding.range(all).map(|(&(_, group), forwarding)| (group, &forwarding.filter))
    }

    /// What takes effect of what may have changed: the wish of a node that has service.
    fn judge(&mut self, work: &mut Work) {
        for &at in &work.touched {
            let (link, group) = at;
            let known = self.forwarding.get(&at);
            let session = self.sessions.on_link(link).map(|(_, session)| session);
            let serving = session.filter(|session| session.state.serves());
            let filter = serving.map_or(Filter::NOTHING, |session| self.wish(session, group));
            let lma = serving.and_then(|session| session.grant.as_ref()).map(|grant| grant.lma);
            let Some(lma) = lma.or(known.map(|known| known.lma)) else { continue };
            if known.map_or(const { &Filter::NOTHING }, |known| &known.filter) == &filter {
                continue;
            }
            if let Some(upstream) = self.upstreams.get_mut(lma) {
                upstream.proxy.feed(link, group, filter.clone());
            }
            work.changes.push(Change { at, lma, filter });
        }
    }

    /// Each proxy tells its LMA once what has changed (A28, Z27).
    fn report(&mut self, now: Instant, work: &mut Work) {
        for (lma, upstream) in self.upstreams.iter_mut().enumerate() {
            upstream.proxy.flush(now, &mut work.proxy);
            work.gather(lma);
        }
    }

    fn set_up_tunnels(&mut self, work: &mut Work) {
        let is_static = self.config.tunnel_mode == TunnelMode::Static;
        for upstream in &mut self.upstreams {
            let mut install = |kind| {
                let id = TunnelId(self.next_tunnel);
                self.next_tunnel = self.next_tunnel.saturating_add(1);
                let tunnel = Tunnel { local: self.config.proxy_coa, remote: upstream.peer.address, kind };
                work.actions.push(Action::InstallTunnel { id, tunnel });
                id
            };
            if upstream.unicast.is_none() && upstream.bindings > 0 {
                upstream.unicast = Some(install(TunnelKind::Unicast));
            }
            let wanted = !upstream.proxy.is_idle() || (is_static && work.starts);
            if upstream.multicast.is_none() && wanted {
                upstream.multicast = Some(install(TunnelKind::Multicast));
            }
        }
    }

    /// The new route comes before the old one goes.
    fn change_routes(&mut self, work: &mut Work) {
        for Change { at, lma, filter } in work.changes.drain(..) {
            let (link, group) = at;
            let old = self.forwarding.remove(&at);
            let tunnel = self.upstreams.get(lma).and_then(|upstream| upstream.multicast);
            if let Some(tunnel) = tunnel.filter(|_| !filter.is_nothing()) {
                let route = RouteId(self.next_route);
                self.next_route = self.next_route.saturating_add(1);
                self.forwarding.insert(at, Forwarding { lma, filter: filter.clone(), route });
                let (iif, oif) = (Via::Tunnel(tunnel), Via::Link(link));
                let id = route;
                work.actions.push(Action::InstallRoute { id, route: Route { group, filter, iif, oif } });
            }
            work.actions.extend(old.map(|old| Action::RemoveRoute { id: old.route }));
        }
    }

    /// Routes to the nodes whose service begins or goes on, and what they are told of it.
    fn host_prefixes(&mut self, work: &mut Work) {
        for id in work.served.drain(..) {
            let Some(session) = self.sessions.get_mut(id).filter(|session| session.state.serves()) else {
                continue;
            };
            let lma = session.grant.as_ref().and_then(|grant| self.upstreams.get(grant.lma));
            let Some(tunnel) = lma.and_then(|upstream| upstream.unicast) else { continue };
            for &prefix in &session.prefixes {
                if session.routes.iter().all(|&(hosted, _)| hosted != prefix) {
                    let route = RouteId(self.next_route);
                    self.next_route = self.next_route.saturating_add(1);
                    session.routes.push((prefix, route));
                    work.actions.push(Action::InstallPrefix {
                        id: route,
                        prefix,
                        link: session.link,
                        tunnel,
                    });
                }
            }
            let (kept, gone): (Vec<_>, Vec<_>) =
                session.routes.iter().partition(|(hosted, _)| session.prefixes.contains(hosted));
            session.routes = kept;
            work.stale.extend(gone.iter().map(|&(_, route)| route));
            let withdrawn: Vec<Prefix> = gone.iter().map(|&(prefix, _)| prefix).collect();
            let Some(session) = self.sessions.get(id) else { continue };
            work.adverts.extend(self.advertisement(session, ALL_NODES, &withdrawn));
        }
    }

    fn send_reports(&self, work: &mut Work) {
        for (lma, report) in work.reports.drain(..) {
            if let Some(via) = self.upstreams.get(lma).and_then(super::Upstream::via) {
                let report = report.map(OwnedPayload::Mld);
                work.actions.push(Action::Send(Envelope { via, ..report }));
            }
        }
    }

    /// A31. What a node that has left was listening to stays written: its next MAG needs it.
    fn write_back(&mut self, work: &mut Work) {
        if !self.config.write_back {
            return;
        }
        let links: BTreeSet<LinkId> = work.touched.iter().map(|&(link, _)| link).collect();
        for link in links {
            let channels: Channels =
                self.forwarded(link).map(|(group, filter)| (group, filter.clone())).collect();
            let Some((id, _)) = self.sessions.on_link(link) else { continue };
            let Some(session) = self.sessions.get_mut(id).filter(|session| session.state.serves()) else {
                continue;
            };
            if session.stored != channels {
                session.stored.clone_from(&channels);
                work.actions.push(Action::StoreChannels { node: session.node.clone(), channels });
            }
        }
    }

    /// The M-Tunnel goes with the last subscription, once its end was reported as often as it must be (A19); the unicast
    /// tunnel after the last binding.
    fn take_down_tunnels(&mut self, work: &mut Work) {
        let is_static = self.config.tunnel_mode == TunnelMode::Static;
        for upstream in &mut self.upstreams {
            if !is_static && upstream.proxy.is_idle() {
                work.actions.extend(upstream.multicast.take().map(|id| Action::RemoveTunnel { id }));
            }
            let needed = upstream.bindings > 0 || (!is_static && upstream.multicast.is_some());
            if !needed {
                work.actions.extend(upstream.unicast.take().map(|id| Action::RemoveTunnel { id }));
            }
        }
    }
}
