//! [`Mag`] under the laws.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{install_route, route_id, tunnel_id};
use crate::channel::Filter;
use crate::laws::mld::is_what_links_want;
use crate::laws::{Effect, Installed, Subject};
use crate::machine::{LinkId, Machine, Protection, Snapshot, Via};
use crate::mld::router;
use crate::pmip::mag::{
    Action, Config, Kind, Limits, LmaPeer, Mag, OwnedInput, Reject, RequestRate, TunnelMode,
};
use crate::pmip::{ChannelPolicy, Profile};
use crate::samples::domain::mag::{answer, request};
use crate::samples::domain::{DIALECT, LMA, OTHER_LMA, home_prefix, mag_address};
use crate::samples::world::OWN;
use crate::time::Instant;

/// [`Mag`] under the laws.
#[derive(Clone, Debug)]
pub struct Mags {
    /// How each is set up.
    pub config: Config,
}

impl Default for Mags {
    fn default() -> Self {
        let lmas = [LMA, OTHER_LMA].map(|address| LmaPeer { address, dialect: DIALECT }).to_vec();
        let mags = alloc::vec![mag_address(2), mag_address(3)];
        Self { config: Config { lmas, mags, write_back: true, ..Config::new(mag_address(1), OWN) } }
    }
}

impl Mags {
    /// Tables so small that they fill.
    #[must_use]
    pub fn cramped() -> Self {
        let roomy = Self::default().config;
        let limits = Limits { nodes: 2, groups_per_node: 2, ..Limits::default() };
        let access = router::Config {
            limits: router::Limits { groups_per_link: 2, sources_per_group: 2, ..router::Limits::default() },
            budget: 2,
            ..roomy.access
        };
        let request_rate = RequestRate { per_mag: 1, all: 1 };
        Self { config: Config { limits, access, request_rate, budget: 1, ..roomy } }
    }

    /// Tunnels that are there from the start (A20), and profiles that decide alone (Z37).
    #[must_use]
    pub fn network_managed() -> Self {
        let config =
            Config { tunnel_mode: TunnelMode::Static, profile_driven: true, ..Self::default().config };
        Self { config }
    }
}

impl Subject for Mags {
    type Machine = Mag;
    type Input = OwnedInput;

    #[expect(clippy::expect_used, reason = "a subject is built by whoever tests")]
    fn fresh(&self) -> Mag {
        Mag::new(self.config.clone(), 7).expect("it can be set up")
    }

    fn feed(
        &self,
        mag: &mut Mag,
        now: Instant,
        input: &OwnedInput,
        out: &mut Vec<Action>,
    ) -> Result<(), Reject> {
        mag.handle_input(now, input.borrow(), out)
    }

    fn effect(&self, action: &Action) -> Effect {
        match action {
            Action::InstallTunnel { id, .. } => Effect::Install { id: tunnel_id(*id), uses: Vec::new() },
            Action::RemoveTunnel { id } => Effect::Remove { id: tunnel_id(*id) },
            Action::InstallRoute { id, route } => install_route(*id, [route.iif, route.oif]),
            Action::InstallPrefix { id, tunnel, .. } => {
                install_route(*id, [Via::Tunnel(*tunnel), Via::Routed])
            }
            Action::RemoveRoute { id } => Effect::Remove { id: route_id(*id) },
            _ => Effect::None,
        }
    }

    /// The policy store, the LMA or the other MAG answers; or the other MAG asks for the context of a node.
    fn react(&self, mag: &Mag, recent: &VecDeque<Action>, pick: u16) -> Option<OwnedInput> {
        if pick % 8 == 7 {
            let sessions = mag.snapshot().sessions;
            let session = sessions.get(usize::from(pick >> 3).checked_rem(sessions.len())?)?;
            return Some(request(mag_address(2), Protection::Authenticated, &session.node, u32::from(pick)));
        }
        let back = usize::from(pick >> 13);
        let asked = recent
            .iter()
            .rev()
            .filter(|action| matches!(action, Action::FetchProfile { .. } | Action::Send(_)));
        asked.skip(back).find_map(|action| match action {
            Action::FetchProfile { link, node } => {
                let include = Filter::include([Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, 1)]);
                let channel = (Ipv6Addr::new(0xff3e, 0, 0, 0, 0, 0, 0x8000, 2), include);
                let channels = if pick & 1 == 0 { Vec::new() } else { alloc::vec![channel] };
                let prefixes = if pick & 2 == 0 { Vec::new() } else { alloc::vec![home_prefix(1)] };
                let profile = Some(Profile {
                    lma: if pick & 4 == 0 { LMA } else { OTHER_LMA },
                    prefixes,
                    channels,
                    policy: ChannelPolicy::Any,
                });
                Some(OwnedInput::Profile { link: *link, node: node.clone(), profile })
            }
            Action::Send(sent) => answer(sent, pick),
            _ => None,
        })
    }

    fn tear_down(&self, mag: &Mag) -> Vec<OwnedInput> {
        let mut links: Vec<LinkId> =
            mag.snapshot().sessions.into_iter().map(|session| session.link).collect();
        links.extend(mag.snapshot().router.into_keys());
        links.sort_unstable();
        links.dedup();
        links.into_iter().map(|link| OwnedInput::Detached { link }).collect()
    }

    fn at_rest(&self, mag: &Mag) -> Result<(), String> {
        let state = mag.snapshot();
        if state.sessions.is_empty() && state.router.is_empty() {
            return Ok(());
        }
        Err(format!("{:?} {:?}", state.sessions, state.router))
    }

    fn stays(&self, (kind, _): Installed) -> bool {
        self.config.tunnel_mode == TunnelMode::Static && kind == "tunnel"
    }

    fn sizes(&self, mag: &Mag) -> Vec<(&'static str, usize, usize)> {
        let state = mag.snapshot();
        let groups = state.router.values().map(|link| link.groups.len()).max().unwrap_or(0);
        alloc::vec![
            ("nodes", state.sessions.len(), self.config.limits.nodes),
            ("groups of a link", groups, self.config.access.limits.groups_per_link),
        ]
    }

    /// A proxy wants, for each link, what the routes let through to nodes of its LMA, and only nodes with service have
    /// routes.
    fn derived(&self, mag: &Mag) -> Result<(), String> {
        let state = mag.snapshot();
        let served: BTreeMap<LinkId, Ipv6Addr> = state
            .sessions
            .iter()
            .filter(|session| session.kind == Kind::Registered)
            .filter_map(|session| Some((session.link, session.lma?)))
            .collect();
        let mut wanted: BTreeMap<Ipv6Addr, BTreeMap<(LinkId, Ipv6Addr), Filter>> = BTreeMap::new();
        for ((link, group), filter) in &state.routes {
            let Some(lma) = served.get(link) else {
                return Err(format!("a route to {link:?}, which has no service"));
            };
            wanted.entry(*lma).or_default().insert((*link, *group), filter.clone());
        }
        for (lma, proxy) in &state.proxies {
            let wanted = wanted.remove(lma).unwrap_or_default();
            is_what_links_want(proxy)?;
            if proxy.links != wanted {
                return Err(format!("routes of {lma}: {wanted:?}; its proxy: {:?}", proxy.links));
            }
        }
        Ok(())
    }
}
