//! [`Mag`] under the laws.

use alloc::collections::{BTreeMap, VecDeque};
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
use crate::channel::{Channel, Filter};
use crate::laws::inputs::{filters, groups, links, mld_messages, mld_metas, neighbours, sources};
use crate::laws::mld::is_what_links_want;
use crate::laws::{Effect, Installed, Subject};
use crate::machine::{Envelope, LinkId, Machine, Outer, Protection, RxMeta, Snapshot, Via};
use crate::mld::router;
use crate::pmip::mag::{Action, Config, Kind, Limits, LmaPeer, Mag, OwnedInput, Reject, TunnelMode};
use crate::pmip::{ChannelPolicy, NodeId, Profile};
use crate::time::Instant;
use crate::wire::cxtp::{self, Block, BlockStatus, FilterMode, ListenerContext};
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::mh::{AckFlags, BindingAck, BindingUpdate, Message, MobilityOption, Status};
use crate::wire::packet::OwnedPayload;
use crate::wire::{Addr, List, nd};

const OTHER_LMA: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 2);

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
        Self { config: Config { lmas, mags, write_back: true, ..Config::new(mag_address(1), LINK_LOCAL) } }
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
        Self { config: Config { limits, access, budget: 1, ..roomy } }
    }

    /// Tunnels that are there from the start (A20), and profiles that decide alone (Z37).
    #[must_use]
    pub fn network_managed() -> Self {
        let config =
            Config { tunnel_mode: TunnelMode::Static, profile_driven: true, ..Self::default().config };
        Self { config }
    }

    /// What may happen to a gateway.
    pub fn inputs() -> impl Strategy<Value = OwnedInput> + Clone {
        prop_oneof![
            4 => attachments(),
            1 => links().prop_map(|link| OwnedInput::Detached { link }),
            2 => (links(), nodes(), option::weighted(0.9, profiles()))
                .prop_map(|(link, node, profile)| OwnedInput::Profile { link, node, profile }),
            6 => reports(),
            2 => queries(),
            1 => solicitations(),
            2 => strangers(),
            1 => (0..900_000_000u64).prop_map(|unix_micros| OwnedInput::Clock { unix_micros }),
        ]
    }
}

fn attachments() -> impl Strategy<Value = OwnedInput> + Clone {
    let id = prop_oneof![Just(&[][..]), Just(&[2, 0, 0, 0, 0, 0x11][..])];
    let previous = option::of((1u16..5).prop_map(mag_address));
    (links(), nodes(), id, 0u8..6, previous).prop_map(|(link, node, id, handoff, previous)| {
        OwnedInput::Attached {
            link,
            node,
            link_layer_id: id.into(),
            technology: AccessTechnology(4),
            handoff: HandoffIndicator(handoff),
            previous,
        }
    })
}

fn profiles() -> impl Strategy<Value = Profile> + Clone {
    let lma = prop_oneof![9 => Just(LMA), 3 => Just(OTHER_LMA), 1 => Just(mag_address(9))];
    let channel = (groups(), option::of(sources())).prop_map(|(group, source)| Channel { group, source });
    let policy = prop_oneof![
        3 => Just(ChannelPolicy::Any),
        1 => vec(channel, 0..4).prop_map(ChannelPolicy::Only),
    ];
    (lma, vec((1u16..4).prop_map(home_prefix), 0..2), vec((groups(), filters()), 0..3), policy)
        .prop_map(|(lma, prefixes, channels, policy)| Profile { lma, prefixes, channels, policy })
}

fn reports() -> impl Strategy<Value = OwnedInput> + Clone {
    let to = prop_oneof![Just(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16)), Just(LINK_LOCAL)];
    (mld_metas(to), mld_messages())
        .prop_map(|(meta, message)| OwnedInput::Packet { meta, payload: OwnedPayload::Mld(message) })
}

/// MLD of the LMA, out of its M-Tunnel, or of somebody who is none.
fn queries() -> impl Strategy<Value = OwnedInput> + Clone {
    let from = prop_oneof![9 => Just(LMA), 1 => Just(mag_address(9))];
    (from, mld_messages()).prop_map(|(src, message)| {
        let inner = meta(
            Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0xb),
            Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1),
            Protection::None,
        );
        let inner = RxMeta { hop_limit: 1, router_alert: true, ..inner };
        OwnedInput::Packet {
            meta: tunnelled(inner, Outer { src, dst: mag_address(1) }),
            payload: OwnedPayload::Mld(message),
        }
    })
}

#[expect(clippy::expect_used, reason = "a solicitation always has a canonical form")]
fn solicitations() -> impl Strategy<Value = OwnedInput> + Clone {
    (links(), neighbours()).prop_map(|(link, src)| {
        let message = nd::Message::Solicitation(nd::RouterSolicitation::default());
        let all_routers = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
        OwnedInput::Packet {
            meta: RxMeta { link, hop_limit: 255, ..meta(src, all_routers, Protection::None) },
            payload: OwnedPayload::Nd(nd::Owned::new(&message, &DIALECT).expect("it can be written")),
        }
    })
}

/// Messages that answer nothing: what a confused or a hostile neighbour sends.
fn strangers() -> impl Strategy<Value = OwnedInput> + Clone {
    let from = prop_oneof![3 => Just(LMA), 2 => Just(mag_address(2)), 1 => Just(mag_address(9))];
    (from, protections(), nodes(), any::<u16>(), 0u8..3).prop_map(|(from, protection, node, pick, kind)| {
        match kind {
            0 => acknowledgement(
                Envelope { via: Via::Routed, src: mag_address(1), dst: from, body: () },
                &BindingUpdate {
                    sequence: pick,
                    flags: BindingUpdate::flags_for(crate::wire::mh::Meaning::Proxy, &DIALECT),
                    lifetime: 75,
                    options: List::default(),
                },
                protection,
                pick,
            ),
            1 => request(from, protection, &node, u32::from(pick)),
            _ => context(from, protection, &node, pick),
        }
    })
}

/// The answer to a registration: accepted three times of four.
fn acknowledgement(
    sent: Envelope<()>,
    update: &BindingUpdate<'_>,
    protection: Protection,
    pick: u16,
) -> OwnedInput {
    let status = match pick % 16 {
        0..12 => Status::ACCEPTED,
        12 => Status(135),
        13 => Status(157),
        14 => Status(155),
        _ => Status(129),
    };
    let granted = home_prefix(one_of(5, pick));
    let differs = pick & 0x1000 != 0;
    let options: Vec<MobilityOption<'_>> = update
        .options
        .iter()
        .filter_map(|option| match option {
            MobilityOption::HomeNetworkPrefix { len: 0, .. } => Some(MobilityOption::HomeNetworkPrefix {
                len: granted.len,
                prefix: Addr::from(granted.address),
            }),
            MobilityOption::HandoffIndicator(_) if differs => {
                Some(MobilityOption::HandoffIndicator(HandoffIndicator(0)))
            }
            MobilityOption::MulticastState(_) => None,
            other => Some(other),
        })
        .collect();
    let ack = BindingAck {
        status,
        flags: AckFlags::PROXY,
        sequence: update.sequence,
        lifetime: if update.lifetime == 0 { 0 } else { update.lifetime.min(one_of(900, pick)) },
        options: List::new(&options, &DIALECT),
    };
    OwnedInput::Packet {
        meta: meta(sent.dst, sent.src, protection),
        payload: owned(&Message::BindingAck(ack)),
    }
}

fn transfer(from: Ipv6Addr, protection: Protection, message: &cxtp::Message<'_>) -> OwnedInput {
    #[expect(clippy::expect_used, reason = "messages of this size always have a canonical form")]
    let body = cxtp::Owned::new(message, &DIALECT).expect("a small message can be written");
    OwnedInput::Packet { meta: meta(from, mag_address(1), protection), payload: OwnedPayload::Cxtp(body) }
}

fn request(from: Ipv6Addr, protection: Protection, node: &NodeId, sequence: u32) -> OwnedInput {
    let wanted = Block::Wanted(DIALECT.features.listener_context);
    let blocks = [wanted, Block::MnIdentifier { subtype: node.subtype, id: &node.id }];
    let request = cxtp::Request {
        previous_address: Addr::UNSPECIFIED,
        sequence,
        token: 0,
        blocks: List::new(&blocks, &DIALECT),
    };
    transfer(from, protection, &cxtp::Message::Request(request))
}

fn context(from: Ipv6Addr, protection: Protection, node: &NodeId, pick: u16) -> OwnedInput {
    let source = [Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, one_of(5, pick)).octets()];
    let receiver = Addr::from(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0x10));
    let group =
        |ssm: bool| Addr::from(Ipv6Addr::new(if ssm { 0xff3e } else { 0xff1e }, 0, 0, 0, 0, 0, 0x8000, 1));
    let blocks = [
        Block::MnIdentifier { subtype: node.subtype, id: &node.id },
        Block::Listener(ListenerContext {
            receiver,
            mode: FilterMode::Include,
            group: group(true),
            sources: &source,
        }),
        Block::Listener(ListenerContext {
            receiver,
            mode: FilterMode::Exclude,
            group: group(false),
            sources: &[],
        }),
    ];
    let some = blocks.get(..1 + usize::from(pick % 3)).unwrap_or(&blocks);
    let data = cxtp::Data {
        acknowledge: true,
        elapsed_ms: u32::from(pick),
        previous_address: Addr::UNSPECIFIED,
        blocks: List::new(some, &DIALECT),
    };
    transfer(from, protection, &cxtp::Message::Data(data))
}

/// What the other end says to something that was sent.
fn answer(sent: &Envelope<OwnedPayload>, pick: u16) -> Option<OwnedInput> {
    let ends = Envelope { via: sent.via, src: sent.src, dst: sent.dst, body: () };
    match &sent.body {
        OwnedPayload::Mh(message) => match message.view() {
            Message::BindingUpdate(update) => {
                Some(acknowledgement(ends, &update, Protection::Authenticated, pick))
            }
            _ => None,
        },
        OwnedPayload::Cxtp(message) => match message.view() {
            cxtp::Message::Request(request) => {
                let (subtype, id) = request.blocks.mn_identifier()?;
                let node = NodeId { subtype, id: id.into() };
                Some(context(sent.dst, Protection::Authenticated, &node, pick))
            }
            cxtp::Message::Data(data) => {
                let statuses = [BlockStatus(0).entry(DIALECT.features.listener_context)];
                let previous_address = data.previous_address;
                let reply = cxtp::Reply { success: true, previous_address, statuses: &statuses };
                Some(transfer(sent.dst, Protection::Authenticated, &cxtp::Message::Reply(reply)))
            }
            _ => None,
        },
        _ => None,
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
