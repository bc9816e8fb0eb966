//! [`Lma`] under the laws.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{
    DIALECT, LINK_LOCAL, LMA, home_prefix, install_route, mag_address, meta, nodes, one_of, owned,
    protections, route_id, tunnel_id, tunnelled,
};
use crate::channel::{Address as _, Channel, Filter, FilterMode};
use crate::laws::inputs::{groups, mld_messages, record_types, sources};
use crate::laws::{Effect, Installed, Subject};
use crate::machine::{LinkId, Machine, Outer, Protection, RxMeta, Snapshot, Via};
use crate::mld::router;
use crate::pmip::lma::{Action, Config, Limits, Lma, MagPeer, OwnedInput, Reject};
use crate::pmip::mag::TunnelMode;
use crate::pmip::{ChannelPolicy, NodeId, Prefix, Subscriber};
use crate::time::Instant;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::mh::{BindingUpdate, Meaning, Message, MobilityOption};
use crate::wire::mld::Record;
use crate::wire::packet::OwnedPayload;
use crate::wire::{Addr, List};

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
        Self { config: Config { mags, pool, ..Config::new(LMA, LINK_LOCAL, LinkId(0)) } }
    }
}

impl Lmas {
    /// Tables so small that they fill.
    #[must_use]
    pub fn cramped() -> Self {
        let roomy = Self::default().config;
        let limits = Limits { subscribers: 2, bindings: 1, ..Limits::default() };
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

    /// What may happen to an anchor.
    pub fn inputs() -> impl Strategy<Value = OwnedInput> + Clone {
        prop_oneof![
            3 => (nodes(), subscribers())
                .prop_map(|(node, subscriber)| OwnedInput::Provision { node, subscriber }),
            1 => nodes().prop_map(|node| OwnedInput::Withdraw { node }),
            12 => registrations(),
            5 => reports(),
            1 => (0..900_000_000u64).prop_map(|unix_micros| OwnedInput::Clock { unix_micros }),
        ]
    }
}

fn subscribers() -> impl Strategy<Value = Subscriber> + Clone {
    let channel = (groups(), option::of(sources())).prop_map(|(group, source)| Channel { group, source });
    let policy = prop_oneof![
        3 => Just(ChannelPolicy::Any),
        1 => vec(channel, 0..4).prop_map(ChannelPolicy::Only),
    ];
    (vec((1u16..6).prop_map(home_prefix), 0..3), policy).prop_map(|(prefixes, policy)| Subscriber {
        prefixes,
        policy,
        ..Subscriber::default()
    })
}

/// The parts of a registration, right or wrong.
#[derive(Clone, Debug)]
struct Registration {
    mag: Ipv6Addr,
    protection: Protection,
    sequence: u16,
    lifetime: u16,
    node: Option<NodeId>,
    prefixes: Vec<Prefix>,
    handoff: Option<u8>,
    technology: Option<u8>,
    link_layer_id: Option<Vec<u8>>,
    timestamp: Option<u64>,
    records: Vec<(u8, Ipv6Addr, Vec<Ipv6Addr>)>,
}

fn registrations() -> impl Strategy<Value = OwnedInput> + Clone {
    let who = ((1u16..5).prop_map(mag_address), protections(), option::weighted(0.95, nodes()));
    let prefix = prop_oneof![
        4 => Just(Prefix::new(Ipv6Addr::UNSPECIFIED, 0)),
        3 => (1u16..6).prop_map(home_prefix),
        1 => (0u16..3).prop_map(|n| Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 2, n, 0, 0, 0, 0), 64)),
    ];
    let what = (any::<u16>(), prop_oneof![3 => 1u16..900, 1 => Just(0u16)], vec(prefix, 0..3));
    let how = (
        option::weighted(0.95, 1u8..6),
        option::weighted(0.95, 4u8..6),
        option::of(vec(1u8..3, 1..2)),
        option::weighted(0.3, any::<u64>()),
    );
    let record = (record_types(), groups(), vec(sources(), 0..3))
        .prop_map(|(kind, group, list)| (kind.0, group, list));
    (who, what, how, vec(record, 0..3)).prop_map(|(who, what, how, records)| {
        let (mag, protection, node) = who;
        let (sequence, lifetime, prefixes) = what;
        let (handoff, technology, link_layer_id, timestamp) = how;
        Registration {
            mag,
            protection,
            sequence,
            lifetime,
            node,
            prefixes,
            handoff,
            technology,
            link_layer_id,
            timestamp,
            records,
        }
        .input()
    })
}

impl Registration {
    fn input(&self) -> OwnedInput {
        let sources: Vec<Vec<[u8; 16]>> =
            self.records.iter().map(|(_, _, list)| list.iter().map(Ipv6Addr::octets).collect()).collect();
        let records: Vec<Record<'_>> = self
            .records
            .iter()
            .zip(&sources)
            .map(|(&(kind, group, _), sources)| Record {
                kind: crate::wire::mld::RecordType(kind),
                group: group.into(),
                sources,
                aux: &[],
            })
            .collect();
        let mut options = Vec::new();
        if let Some(node) = &self.node {
            options.push(MobilityOption::MnIdentifier { subtype: node.subtype, id: &node.id });
        }
        options.extend(self.prefixes.iter().map(|prefix| MobilityOption::HomeNetworkPrefix {
            len: prefix.len,
            prefix: Addr::from(prefix.address),
        }));
        options.extend(self.handoff.map(|hi| MobilityOption::HandoffIndicator(HandoffIndicator(hi))));
        options.extend(self.technology.map(|att| MobilityOption::AccessTechnology(AccessTechnology(att))));
        options.extend(self.link_layer_id.as_deref().map(MobilityOption::LinkLayerId));
        options.extend(self.timestamp.map(MobilityOption::Timestamp));
        let meaning = if records.is_empty() { Meaning::Proxy } else { Meaning::ProxyMulticast };
        if !records.is_empty() {
            options.push(MobilityOption::MulticastState(List::new(&records, &DIALECT)));
        }
        let update = BindingUpdate {
            sequence: self.sequence,
            flags: BindingUpdate::flags_for(meaning, &DIALECT),
            lifetime: self.lifetime,
            options: List::new(&options, &DIALECT),
        };
        OwnedInput::Packet {
            meta: meta(self.mag, LMA, self.protection),
            payload: owned(&Message::BindingUpdate(update)),
        }
    }
}

/// MLD of a MAG, out of its M-Tunnel.
fn reports() -> impl Strategy<Value = OwnedInput> + Clone {
    let mag = (1u16..5).prop_map(mag_address);
    let hop_limit = prop_oneof![20 => Just(1u8), 1 => Just(64u8)];
    (mag, hop_limit, mld_messages()).prop_map(|(mag, hop_limit, message)| {
        let inner = meta(
            Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0xa),
            Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16),
            Protection::None,
        );
        let inner = RxMeta { hop_limit, router_alert: true, ..inner };
        OwnedInput::Packet {
            meta: tunnelled(inner, Outer { src: mag, dst: LMA }),
            payload: OwnedPayload::Mld(message),
        }
    })
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
        let record = (
            5,
            Ipv6Addr::new(0xff3e, 0, 0, 0, 0, 0, 0x8000, 1),
            alloc::vec![Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, 1)],
        );
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
        if state.bindings.is_empty() && state.groups.values().all(BTreeMap::is_empty) {
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

    /// What the MAGs want is forwarded to them and asked of the network, nothing else; a MAG has tunnels as long as it
    /// has bindings, and an M-Tunnel as long as something is forwarded to it.
    fn derived(&self, lma: &Lma) -> Result<(), String> {
        let mut state = lma.snapshot();
        let mut filters: BTreeMap<Ipv6Addr, Vec<Filter>> = BTreeMap::new();
        for groups in state.groups.values_mut() {
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
