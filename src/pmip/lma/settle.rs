//! Where what the bindings and the router want meets the data plane.

use alloc::vec::Vec;
use core::mem;
use core::net::Ipv6Addr;

use super::cache::BindingId;
use super::multicast::Sifted;
use super::{Action, Lma, Notice};
use crate::channel::{Address as _, Filter};
use crate::fanout::Route;
use crate::machine::{Envelope, LinkId, RouteId, TunnelId, Via};
use crate::mld::router;
use crate::pmip::mag::TunnelMode;
use crate::pmip::{NodeId, Tunnel, TunnelKind};
use crate::time::Instant;
use crate::wire::packet::OwnedPayload;

impl Lma {
    /// Routes the node's prefixes to a MAG, then no longer to the one before.
    pub(super) fn serve(&mut self, now: Instant, id: BindingId, mag: LinkId, out: &mut Vec<Action>) {
        let Some(tunnel) = self.retain(now, mag, out) else { return };
        let Some(binding) = self.cache.get_mut(id) else { return };
        let mut routes = Vec::with_capacity(binding.prefixes.len());
        for &prefix in &binding.prefixes {
            let id = self.ids.route();
            routes.push(id);
            out.push(Action::InstallPrefix { id, prefix, tunnel });
        }
        let before = mem::replace(&mut binding.routes, routes);
        let from = mem::replace(&mut binding.mag, mag);
        let node = binding.node.clone();
        self.unroute(before, from, out);
        let mag = self.peers.get(mag).map_or(Ipv6Addr::UNSPECIFIED, |peer| peer.address);
        out.push(Action::Notify(Notice::Bound { node, mag }));
    }

    /// Routes the node's prefixes nowhere.
    pub(super) fn stop(&mut self, id: BindingId, out: &mut Vec<Action>) {
        let Some(binding) = self.cache.get_mut(id) else { return };
        let (routes, from) = (mem::take(&mut binding.routes), binding.mag);
        self.unroute(routes, from, out);
    }

    /// Removes the prefix routes of a binding that a MAG served, if it did.
    fn unroute(&mut self, routes: Vec<RouteId>, from: LinkId, out: &mut Vec<Action>) {
        if routes.is_empty() {
            return;
        }
        out.extend(routes.into_iter().map(|id| Action::RemoveRoute { id }));
        let Some(peer) = self.peers.get_mut(from) else { return };
        peer.bindings = peer.bindings.saturating_sub(1);
        self.released.push(from);
    }

    /// Counts one more binding of a MAG. With the first, its M-Tunnel becomes a link of the router, which queries it, so
    /// that a lost Report or PBU-M is made good by the answer.
    fn retain(&mut self, now: Instant, mag: LinkId, out: &mut Vec<Action>) -> Option<TunnelId> {
        let tunnel = self.install_tunnel(mag, TunnelKind::Unicast, out)?;
        let peer = self.peers.get_mut(mag)?;
        peer.bindings = peer.bindings.saturating_add(1);
        let up = router::Input::LinkUp {
            link: mag,
            address: self.config.link_local,
            kind: router::LinkKind::PointToPoint,
            startup: router::Startup::Now,
            hold: Some(peer.dialect.hold),
        };
        if !self.router.is_up(mag)
            && let Ok(plan) = self.router.check(now, up)
        {
            self.router.apply(now, plan, &mut self.from_router);
        }
        Some(tunnel)
    }

    /// Feeds on what the router pushed: the only place where that is done. Links of MAGs that serve nobody any more go
    /// first, so that what they gave up is among it.
    pub(super) fn settle(&mut self, now: Instant, out: &mut Vec<Action>) {
        for link in mem::take(&mut self.released) {
            let is_idle = self.peers.get(link).is_some_and(|peer| peer.bindings == 0);
            if is_idle && let Ok(plan) = self.router.check(now, router::Input::LinkDown { link }) {
                self.router.apply(now, plan, &mut self.from_router);
            }
        }
        self.tell_refused(|_| None, out);
        let mut actions = mem::take(&mut self.from_router);
        for action in actions.drain(..) {
            match action {
                router::Action::Send(query) => {
                    let Via::Link(link) = query.via else { continue };
                    let Some(id) = self.peers.get(link).and_then(|peer| peer.tunnel()) else { continue };
                    let query = query.map(OwnedPayload::Mld);
                    out.push(Action::Send(Envelope { via: Via::Tunnel(id), ..query }));
                }
                router::Action::Interest { link, group, filter } => {
                    // What stays on its link is not forwarded (trap 32), whoever reported it.
                    if !group.is_link_scope_group() {
                        self.route(link, group, &filter, out);
                        self.want(now, link, group, out);
                    }
                }
                router::Action::Held { link, group, .. } => {
                    if !group.is_link_scope_group() {
                        self.want(now, link, group, out);
                    }
                }
                router::Action::Gone { link } => self.remove_tunnel(link, TunnelKind::Unicast, out),
                // An M-Tunnel has no election (trap 20).
                router::Action::Refused { .. }
                | router::Action::Querier { .. }
                | router::Action::OtherVersion { .. } => {}
            }
        }
        self.from_router = actions;
    }

    /// Asks the network for what a MAG receives of a group and for what it holds (A30).
    fn want(&mut self, now: Instant, link: LinkId, group: Ipv6Addr, out: &mut Vec<Action>) {
        let wanted = self.router.interest(link, group).union(&self.router.held(link, group));
        self.upstream.want(now, link, group, wanted, out);
    }

    /// Forwards a group into an M-Tunnel as its link wants it now: the new route before the old one goes, the M-Tunnel
    /// before the first and after the last (A19).
    fn route(&mut self, link: LinkId, group: Ipv6Addr, filter: &Filter, out: &mut Vec<Action>) {
        let new = if filter.is_nothing() {
            None
        } else {
            let Some(tunnel) = self.install_tunnel(link, TunnelKind::Multicast, out) else { return };
            let id = self.ids.route();
            let (iif, oif) = (Via::Link(self.config.upstream), Via::Tunnel(tunnel));
            out.push(Action::InstallRoute { id, route: Route { group, filter: filter.clone(), iif, oif } });
            Some((id, filter.clone()))
        };
        let Some(peer) = self.peers.get_mut(link) else { return };
        let old = match new {
            Some(route) => peer.routes.insert(group, route),
            None => peer.routes.remove(&group),
        };
        let is_last = peer.routes.is_empty();
        out.extend(old.map(|(id, _)| Action::RemoveRoute { id }));
        if is_last {
            self.remove_tunnel(link, TunnelKind::Multicast, out);
        }
    }

    /// The tunnel to a MAG, set up if need be.
    pub(super) fn install_tunnel(
        &mut self,
        link: LinkId,
        kind: TunnelKind,
        out: &mut Vec<Action>,
    ) -> Option<TunnelId> {
        let peer = self.peers.get_mut(link)?;
        let tunnel = Tunnel { local: self.config.address, remote: peer.address, kind };
        let slot = peer.slot(kind);
        if slot.is_none() {
            let id = self.ids.tunnel();
            *slot = Some(id);
            out.push(Action::InstallTunnel { id, tunnel });
        }
        *slot
    }

    /// Takes a tunnel to a MAG down, unless tunnels are there for good (A20).
    fn remove_tunnel(&mut self, link: LinkId, kind: TunnelKind, out: &mut Vec<Action>) {
        if self.config.tunnel_mode == TunnelMode::Static {
            return;
        }
        let id = self.peers.get_mut(link).and_then(|peer| peer.slot(kind).take());
        out.extend(id.map(|id| Action::RemoveTunnel { id }));
    }

    /// Tells the operator of records that the router did not take; `group_of` knows the group of each.
    pub(super) fn tell_refused(&mut self, group_of: impl Fn(u16) -> Option<Ipv6Addr>, out: &mut Vec<Action>) {
        let peers = &self.peers;
        self.from_router.retain(|action| {
            let &router::Action::Refused { link, index, why, .. } = action else { return true };
            if let Some(peer) = peers.get(link) {
                let notice = Notice::Refused { mag: peer.address, group: group_of(index), why };
                out.push(Action::Notify(notice));
            }
            false
        });
    }

    /// Tells the operator what of a subscription was not taken to the router.
    pub(super) fn tell_sifted(&self, sifted: &Sifted, node: &NodeId, link: LinkId, out: &mut Vec<Action>) {
        let forbidden = sifted.forbidden.iter().map(|&group| Notice::Forbidden { node: node.clone(), group });
        out.extend(forbidden.map(Action::Notify));
        let Some(mag) = self.peers.get(link).map(|peer| peer.address) else { return };
        let impossible = sifted.impossible.iter();
        let refused = impossible.map(|&(group, why)| Notice::Refused { mag, group: Some(group), why });
        out.extend(refused.map(Action::Notify));
    }
}
