//! [`Lma`] under the laws.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{install_route, route_id, tunnel_id};
use crate::channel::{Address as _, Channel, Filter, FilterMode};
use crate::laws::{Effect, Installed, Subject};
use crate::machine::{LinkId, Machine, Protection, Snapshot, Via};
use crate::mld::{GroupRecord, router};
use crate::pmip::Prefix;
use crate::pmip::lma::{Action, Config, Limits, Lma, MagPeer, OwnedInput, Reject};
use crate::pmip::mag::TunnelMode;
use crate::samples::domain::lma::Registration;
use crate::samples::domain::{DIALECT, LMA, mag_address, one_of};
use crate::samples::world::OWN;
use crate::time::Instant;
use crate::wire::mh::Message;
use crate::wire::mld::RecordType;
use crate::wire::packet::OwnedPayload;

/// [`Lma`] under the laws.
#[derive(Clone, Debug)]
pub struct Lmas {
    /// How each is set up.
    pub config: Config,
}

impl Default for Lmas {
    fn default() -> Self {
        let mags = (1..4).map(|n| MagPeer { address: mag_address(n), dialect: DIALECT }).collect();
        let pool = Some(Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 0), 48));
        Self { config: Config { mags, pool, ..Config::new(LMA, OWN, LinkId(0)) } }
    }
}

impl Lmas {
    /// Tables so small that they fill.
    #[must_use]
    pub fn cramped() -> Self {
        let roomy = Self::default().config;
        let limits = Limits { subscribers: 2, bindings: 1, lingering: 1, ..Limits::default() };
        let router = router::Config {
            limits: router::Limits { groups_per_link: 2, sources_per_group: 2, ..router::Limits::default() },
            budget: 2,
            ..roomy.router
        };
        Self { config: Config { limits, router, budget: 1, ..roomy } }
    }

    /// Tunnels that are there from the start (A20).
    #[must_use]
    pub fn with_static_tunnels() -> Self {
        Self { config: Config { tunnel_mode: TunnelMode::Static, ..Self::default().config } }
    }
}

impl Subject for Lmas {
    type Machine = Lma;
    type Input = OwnedInput;

    #[expect(clippy::expect_used, reason = "a subject is built by whoever tests")]
    fn fresh(&self) -> Lma {
        Lma::new(self.config.clone(), 7).expect("it can be set up")
    }

    fn feed(
        &self,
        lma: &mut Lma,
        now: Instant,
        input: &OwnedInput,
        out: &mut Vec<Action>,
    ) -> Result<(), Reject> {
        lma.handle_input(now, input.borrow(), out)
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
            Action::JoinUpstream(channel) => Effect::Begin { id: tree_id(channel) },
            Action::LeaveUpstream(channel) => Effect::Remove { id: tree_id(channel) },
            _ => Effect::None,
        }
    }

    fn declines(&self, actions: &[Action]) -> bool {
        let [Action::Send(sent)] = actions else { return false };
        let OwnedPayload::Mh(message) = &sent.body else { return false };
        matches!(message.view(), Message::BindingAck(ack) if !ack.status.is_accepted())
    }

    /// A registration that fits a binding: renewed, moved or ended.
    fn react(&self, lma: &Lma, _: &VecDeque<Action>, pick: u16) -> Option<OwnedInput> {
        let bindings: Vec<_> = lma.bindings().collect();
        let binding = bindings.get(usize::from(pick).checked_rem(bindings.len())?)?;
        let mag = if pick & 0x100 == 0 { binding.mag? } else { mag_address(one_of(3, pick)) };
        let source = Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, 1);
        let group = Ipv6Addr::new(0xff3e, 0, 0, 0, 0, 0, 0x8000, 1);
        let record = GroupRecord { kind: RecordType::ALLOW, group, sources: [source].into_iter().collect() };
        Some(
            Registration {
                mag,
                protection: Protection::Authenticated,
                sequence: pick,
                lifetime: if pick & 0x600 == 0 { 0 } else { 75 },
                node: Some(binding.node.clone()),
                prefixes: binding.prefixes.clone(),
                handoff: Some(if pick & 0x100 == 0 { 5 } else { 3 }),
                technology: Some(4),
                link_layer_id: None,
                timestamp: None,
                records: if pick & 0x800 == 0 { Vec::new() } else { alloc::vec![record] },
            }
            .input(),
        )
    }

    /// Every binding ends by itself: no lifetime is longer than an hour.
    fn tear_down(&self, _: &Lma) -> Vec<OwnedInput> {
        Vec::new()
    }

    fn at_rest(&self, lma: &Lma) -> Result<(), String> {
        let state = lma.snapshot();
        if state.bindings.is_empty() && state.groups.values().all(BTreeMap::is_empty) && state.held.is_empty()
        {
            return Ok(());
        }
        Err(format!("{:?} {:?}", state.bindings, state.groups))
    }

    fn stays(&self, (kind, _): Installed) -> bool {
        self.config.tunnel_mode == TunnelMode::Static && kind == "tunnel"
    }

    fn sizes(&self, lma: &Lma) -> Vec<(&'static str, usize, usize)> {
        let state = lma.snapshot();
        let groups = state.groups.values().map(BTreeMap::len).max().unwrap_or(0);
        alloc::vec![
            ("subscribers", lma.subscribers().count(), self.config.limits.subscribers),
            ("bindings", state.bindings.len(), self.config.limits.bindings),
            ("groups of a MAG", groups, self.config.router.limits.groups_per_link),
        ]
    }

    /// What the MAGs want is forwarded to them and, with what they hold, asked of the network, nothing else; a MAG has tunnels as long as it
    /// has bindings, and an M-Tunnel as long as something is forwarded to it.
    fn derived(&self, lma: &Lma) -> Result<(), String> {
        let mut state = lma.snapshot();
        let mut filters: BTreeMap<Ipv6Addr, Vec<Filter>> = BTreeMap::new();
        for groups in state.groups.values_mut().chain(state.held.values_mut()) {
            groups.retain(|group, _| !group.is_link_scope_group());
            for (group, filter) in groups {
                filters.entry(*group).or_default().push(filter.clone());
            }
        }
        if state.groups != state.routes {
            return Err(format!("wanted {:?}, forwarded {:?}", state.groups, state.routes));
        }
        let wanted: BTreeSet<Channel> =
            filters.iter().flat_map(|(&group, filters)| channels(group, filters)).collect();
        if wanted != state.upstream {
            return Err(format!("wanted {wanted:?}, asked of the network {:?}", state.upstream));
        }
        for (mag, tunnels) in &state.tunnels {
            let serves = state.bindings.iter().any(|binding| binding.mag == Some(*mag));
            let forwards = state.routes.get(mag).is_some_and(|routes| !routes.is_empty());
            let is_static = self.config.tunnel_mode == TunnelMode::Static;
            if (tunnels.unicast, tunnels.multicast) != (serves || is_static, forwards || is_static) {
                return Err(format!("{mag}: bindings {serves}, routes {forwards}, {tunnels:?}"));
            }
        }
        Ok(())
    }
}

/// What a router asks the network for when these filters of a group are wanted.
fn channels(group: Ipv6Addr, filters: &[Filter]) -> Vec<Channel> {
    if filters.iter().any(|filter| filter.mode == FilterMode::Exclude) {
        return alloc::vec![Channel::asm(group)];
    }
    filters
        .iter()
        .flat_map(|filter| filter.sources.iter())
        .map(|source| Channel::ssm(source, group))
        .collect()
}

/// A name for a delivery tree: FNV-1a of its addresses.
fn tree_id(channel: &Channel) -> Installed {
    let source = channel.source.unwrap_or(Ipv6Addr::UNSPECIFIED).octets();
    let octets = channel.group.octets().into_iter().chain(source);
    let hash = octets.fold(0xcbf2_9ce4_8422_2325, |hash: u64, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
    });
    ("delivery tree", hash)
}
