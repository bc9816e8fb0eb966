//! The mobile access gateway from outside: the laws of every machine, two gateways that hand a node over, a trace that
//! is recorded and replayed.
#![cfg(feature = "proptest")]

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv6Addr;
use std::time::Duration;

use multimob::channel::{Channel, Filter};
use multimob::fanout::Route;
use multimob::laws::{self, Effect, Step, Subject};
use multimob::machine::{Envelope, LinkId, Outer, Protection, RxMeta, Via};
use multimob::mld::GroupRecord;
use multimob::pmip::mag::{Action, Config, Kind, Limits, LmaPeer, Mag, Notice, OwnedInput, Reject};
use multimob::pmip::{ChannelPolicy, NodeId, Prefix, Profile};
use multimob::wire::cxtp::{self, Block, ListenerContext};
use multimob::wire::mh::option::{AccessTechnology, HandoffIndicator, MobilityOption};
use multimob::wire::mh::{AckFlags, BindingAck, Status};
use multimob::wire::mld::{Query, Record, RecordType, Report};
use multimob::wire::packet::OwnedPayload;
use multimob::wire::{Addr, Dialect, FlagDialect, List, mh, mld, nd};
use multimob::{Instant, Machine, Snapshot};
use proptest::prelude::*;

const MAGS: [&str; 2] = ["2001:db8::a", "2001:db8::b"];
const LMAS: [&str; 2] = ["2001:db8::1", "2001:db8::2"];
const GROUPS: [&str; 4] = ["ff3e::8000:1", "ff1e::1234", "ff02::1:ff00:2", "ff3e::8000:2"];
const LINKS: u32 = 3;

fn ip(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

fn source(n: u8) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, n.into())
}

fn node(n: u8) -> NodeId {
    NodeId::nai(&format!("mn{n}@example.net"))
}

fn config(mag: usize) -> Config {
    let mut config = Config::new(ip(MAGS[mag]), ip("fe80::1"));
    let dialect = Dialect::with_flags(FlagDialect::AsaedaC);
    config.lmas = LMAS.map(|address| LmaPeer { address: ip(address), dialect }).to_vec();
    config.mags = MAGS.map(ip).to_vec();
    config.write_back = true;
    config.limits = Limits { nodes: 4, groups_per_node: 3, ..Limits::default() };
    config
}

fn meta(src: &str, dst: &str) -> RxMeta {
    RxMeta {
        link: LinkId(0),
        src: ip(src),
        dst: ip(dst),
        outer: None,
        hop_limit: 64,
        router_alert: false,
        protection: Protection::Authenticated,
    }
}

fn mld_input(meta: RxMeta, message: &mld::Message<'_>) -> OwnedInput {
    let body = mld::Owned::new(message, &Dialect::DEFAULT).unwrap();
    OwnedInput::Packet { meta, payload: OwnedPayload::Mld(body) }
}

fn report(link: u32, kind: u8, group: usize, sources: &[u8]) -> OwnedInput {
    let sources: Vec<[u8; 16]> = sources.iter().map(|&n| source(n).octets()).collect();
    let records =
        [Record { kind: RecordType(kind), group: ip(GROUPS[group]).into(), sources: &sources, aux: &[] }];
    let message = mld::Message::Report(Report { records: List::new(&records, &Dialect::DEFAULT) });
    let meta = RxMeta {
        link: LinkId(link),
        hop_limit: 1,
        router_alert: true,
        protection: Protection::None,
        ..meta("fe80::2", "ff02::16")
    };
    mld_input(meta, &message)
}

fn lma_query(lma: usize) -> OwnedInput {
    let outer = Some(Outer { src: ip(LMAS[lma]), dst: ip(MAGS[0]) });
    let meta = RxMeta { outer, hop_limit: 1, router_alert: true, ..meta("fe80::9", "ff02::1") };
    mld_input(meta, &mld::Message::Query(Query::general()))
}

fn solicitation(link: u32) -> OwnedInput {
    let message = nd::Message::Solicitation(nd::RouterSolicitation::default());
    let body = nd::Owned::new(&message, &Dialect::DEFAULT).unwrap();
    let meta = RxMeta { link: LinkId(link), hop_limit: 255, ..meta("fe80::2", "ff02::2") };
    OwnedInput::Packet { meta, payload: OwnedPayload::Nd(body) }
}

fn attached(link: u32, n: u8, handoff: u8, previous: Option<&str>) -> OwnedInput {
    OwnedInput::Attached {
        link: LinkId(link),
        node: node(n),
        link_layer_id: [2, n].into(),
        technology: AccessTechnology::IEEE_802_11,
        handoff: HandoffIndicator(handoff),
        previous: previous.map(ip),
    }
}

/// One of four profiles, and one refusal.
fn profile(pick: u16) -> Option<Profile> {
    let [group, any] = [ip(GROUPS[0]), ip(GROUPS[1])];
    let plain = Profile { lma: ip(LMAS[0]), prefixes: vec![], channels: vec![], policy: ChannelPolicy::Any };
    match pick % 8 {
        0 => None,
        1 => Some(Profile { channels: vec![(group, Filter::include([source(1)]))], ..plain }),
        2 => Some(Profile { lma: ip(LMAS[1]), prefixes: vec![Prefix::new(source(9), 64)], ..plain }),
        3 => Some(Profile { policy: ChannelPolicy::Only(vec![Channel::ssm(source(1), group)]), ..plain }),
        4 => Some(Profile { channels: vec![(any, Filter::EVERYTHING)], ..plain }),
        _ => Some(plain),
    }
}

/// What an LMA may say to an update.
fn answer(update: &mh::BindingUpdate<'_>, lma: Ipv6Addr, pick: u16) -> OwnedInput {
    let (status, lifetime) = match pick % 16 {
        0 => (Status::TIMESTAMP_MISMATCH, 0),
        1 => (Status::SEQUENCE_NUMBER_OUT_OF_WINDOW, 0),
        2 => (Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX, 0),
        3 => (Status::INSUFFICIENT_RESOURCES, 0),
        4 => (Status::TIMESTAMP_LOWER_THAN_PREV_ACCEPTED, 0),
        5 => (Status::ACCEPTED, update.lifetime.min(3)),
        _ => (Status::ACCEPTED, update.lifetime),
    };
    let assigned = Addr::from(Ipv6Addr::new(0x2001, 0xdb8, 0xf000 + pick / 16 % 3, 0, 0, 0, 0, 0));
    let options: Vec<MobilityOption<'_>> = update
        .options
        .iter()
        .filter_map(|option| match option {
            MobilityOption::HomeNetworkPrefix { prefix: Addr::UNSPECIFIED, .. } => {
                Some(MobilityOption::HomeNetworkPrefix { len: 64, prefix: assigned })
            }
            MobilityOption::HandoffIndicator(_) if pick % 16 == 6 => {
                Some(MobilityOption::HandoffIndicator(HandoffIndicator(0)))
            }
            MobilityOption::MulticastState(_) if pick % 2 == 1 => None,
            other => Some(other),
        })
        .collect();
    let dialect = *update.options.dialect();
    let options = List::new(&options, &dialect);
    let sequence = update.sequence;
    let ack = BindingAck { status, flags: AckFlags::PROXY, sequence, lifetime, options };
    let body = mh::Owned::new(&mh::Message::BindingAck(ack), &dialect).unwrap();
    let meta = RxMeta { src: lma, ..meta(LMAS[0], MAGS[0]) };
    OwnedInput::Packet { meta, payload: OwnedPayload::Mh(body) }
}

fn cxtp_input(src: Ipv6Addr, message: &cxtp::Message<'_>) -> OwnedInput {
    let body = cxtp::Owned::new(message, &Dialect::DEFAULT).unwrap();
    OwnedInput::Packet { meta: RxMeta { src, ..meta(MAGS[1], MAGS[0]) }, payload: OwnedPayload::Cxtp(body) }
}

fn request(n: u8) -> OwnedInput {
    let node = node(n);
    let blocks = [Block::MnIdentifier { subtype: 1, id: &node.id }, Block::Wanted(0x8001)];
    let blocks = List::new(&blocks, &Dialect::DEFAULT);
    let previous_address = Addr::UNSPECIFIED;
    let message = cxtp::Message::Request(cxtp::Request { previous_address, sequence: 1, token: 0, blocks });
    cxtp_input(ip(MAGS[1]), &message)
}

/// What a previous MAG may say to a request.
fn context(request: &cxtp::Request<'_>, mag: Ipv6Addr, pick: u16) -> OwnedInput {
    let (subtype, id) = request.blocks.mn_identifier().unwrap();
    let sources = [source(1).octets(), source(2).octets()];
    let mut blocks = vec![Block::MnIdentifier { subtype, id }];
    for (bit, group) in GROUPS.iter().enumerate().filter(|(bit, _)| pick >> bit & 1 == 1) {
        let (mode, sources) = match bit % 2 {
            0 => (cxtp::FilterMode::Include, &sources[..]),
            _ => (cxtp::FilterMode::Exclude, &[][..]),
        };
        let group = ip(group).into();
        blocks.push(Block::Listener(ListenerContext {
            receiver: ip("fe80::2").into(),
            mode,
            group,
            sources,
        }));
    }
    let blocks = List::new(&blocks, &Dialect::DEFAULT);
    let (elapsed_ms, previous_address) = (u32::from(pick), request.previous_address);
    let data = cxtp::Data { acknowledge: pick % 2 == 0, elapsed_ms, previous_address, blocks };
    cxtp_input(mag, &cxtp::Message::Data(data))
}

/// A MAG as the laws see it.
struct Gateway(Config);

impl Subject for Gateway {
    type Machine = Mag;
    type Input = OwnedInput;

    fn fresh(&self) -> Mag {
        Mag::new(self.0.clone(), 1).unwrap()
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
        let via = |via: &Via| match via {
            Via::Tunnel(id) => Some(("tunnel", id.0)),
            _ => None,
        };
        match action {
            Action::InstallTunnel { id, .. } => Effect::Install { id: ("tunnel", id.0), uses: vec![] },
            Action::RemoveTunnel { id } => Effect::Remove { id: ("tunnel", id.0) },
            Action::InstallRoute { id, route: Route { iif, oif, .. } } => {
                Effect::Install { id: ("route", id.0), uses: via(iif).into_iter().chain(via(oif)).collect() }
            }
            Action::InstallPrefix { id, tunnel, .. } => {
                Effect::Install { id: ("route", id.0), uses: vec![("tunnel", tunnel.0)] }
            }
            Action::RemoveRoute { id } => Effect::Remove { id: ("route", id.0) },
            _ => Effect::None,
        }
    }

    fn react(&self, _: &Mag, recent: &VecDeque<Action>, pick: u16) -> Option<OwnedInput> {
        let answers: Vec<OwnedInput> = recent.iter().filter_map(|action| reaction(action, pick)).collect();
        let from_the_end = usize::from(pick / 256 % 4) % answers.len().max(1);
        answers.into_iter().rev().nth(from_the_end)
    }

    fn tear_down(&self, _: &Mag) -> Vec<OwnedInput> {
        (0..LINKS).map(|link| OwnedInput::Detached { link: LinkId(link) }).collect()
    }

    fn sizes(&self, mag: &Mag) -> Vec<(&'static str, usize, usize)> {
        let state = mag.snapshot();
        vec![
            ("sessions", state.sessions.len(), self.0.limits.nodes),
            ("routes", state.routes.len(), self.0.limits.nodes * self.0.access.limits.groups_per_link),
        ]
    }

    /// Each proxy wants what its routes let through, and routes lead to nodes that have service.
    fn derived(&self, mag: &Mag) -> Result<(), String> {
        let state = mag.snapshot();
        let served = |link| {
            let on_link = |session: &&_| session_on(session, link);
            state.sessions.iter().find(on_link).and_then(|session| session.lma)
        };
        let mut wanted: BTreeMap<Ipv6Addr, BTreeMap<(LinkId, Ipv6Addr), Filter>> = BTreeMap::new();
        for ((link, group), filter) in &state.routes {
            let lma = served(*link).ok_or_else(|| format!("a route to {link:?}, which has no service"))?;
            wanted.entry(lma).or_default().insert((*link, *group), filter.clone());
        }
        for (lma, proxy) in &state.proxies {
            let wanted = wanted.remove(lma).unwrap_or_default();
            if proxy.links != wanted {
                return Err(format!("routes of {lma}: {wanted:?}; its proxy: {:?}", proxy.links));
            }
        }
        Ok(())
    }
}

fn session_on(session: &multimob::pmip::mag::SessionState, link: LinkId) -> bool {
    session.link == link && session.kind == Kind::Registered
}

/// What the world may answer to an action.
fn reaction(action: &Action, pick: u16) -> Option<OwnedInput> {
    match action {
        Action::FetchProfile { link, node } => {
            Some(OwnedInput::Profile { link: *link, node: node.clone(), profile: profile(pick) })
        }
        Action::Send(Envelope { dst, body: OwnedPayload::Mh(body), .. }) => match body.view() {
            mh::Message::BindingUpdate(update) => Some(answer(&update, *dst, pick)),
            _ => None,
        },
        Action::Send(Envelope { dst, body: OwnedPayload::Cxtp(body), .. }) => match body.view() {
            cxtp::Message::Request(request) => Some(context(&request, *dst, pick)),
            _ => None,
        },
        _ => None,
    }
}

fn inputs() -> impl Strategy<Value = OwnedInput> {
    let link = 0..LINKS;
    let previous = prop_oneof![Just(None), Just(Some(MAGS[1])), Just(Some(MAGS[0])), Just(Some(LMAS[0]))];
    prop_oneof![
        4 => (link.clone(), 0..3u8, 0..6u8, previous).prop_map(|(l, n, h, p)| attached(l, n, h, p)),
        2 => (link.clone(), 0..3u8, any::<u16>()).prop_map(|(l, n, pick)| OwnedInput::Profile {
            link: LinkId(l),
            node: node(n),
            profile: profile(pick),
        }),
        2 => link.clone().prop_map(|link| OwnedInput::Detached { link: LinkId(link) }),
        6 => (link.clone(), 1..7u8, 0..GROUPS.len(), proptest::collection::vec(1..4u8, 0..3))
            .prop_map(|(l, k, g, s)| report(l, k, g, &s)),
        1 => (0..LMAS.len()).prop_map(lma_query),
        1 => link.prop_map(solicitation),
        1 => (0..3u8).prop_map(request),
        1 => (0..1u64 << 50).prop_map(|unix_micros| OwnedInput::Clock { unix_micros }),
    ]
}

proptest! {
    #[test]
    fn a_mag_obeys_the_laws(script in laws::scripts(inputs(), 60), driven: bool, budget in 1..4usize) {
        let config = Config { profile_driven: driven, budget, ..config(0) };
        if let Err(violation) = laws::check(&Gateway(config), &script) {
            prop_assert!(false, "{violation}");
        }
    }
}

#[test]
fn a_script_reaches_every_kind_of_state() {
    let accept = 0x000f;
    let script = |steps: &[Step<OwnedInput>]| {
        let mut mag = Gateway(config(0)).fresh();
        let (mut now, mut recent, mut seen) = (Instant::ZERO, VecDeque::new(), Vec::new());
        for step in steps {
            let mut out = Vec::new();
            match step {
                Step::Input(input) => mag.handle_input(now, input.borrow(), &mut out).unwrap(),
                Step::React(pick) => {
                    let input = Gateway(config(0)).react(&mag, &recent, *pick).unwrap();
                    mag.handle_input(now, input.borrow(), &mut out).unwrap();
                }
                Step::Wait(time) => {
                    now = now + *time;
                    mag.handle_timeout(now, &mut out);
                }
                Step::Leap(_) => {}
            }
            recent.extend(out);
            seen.push(mag.snapshot().sessions.first().map(|session| session.kind));
        }
        seen
    };
    let input = Step::Input;
    let kinds = script(&[
        input(attached(1, 1, 4, Some(MAGS[1]))),
        Step::React(7),
        Step::Wait(Duration::from_millis(200)),
        Step::React(accept),
        input(report(1, 4, 1, &[])),
        input(OwnedInput::Detached { link: LinkId(1) }),
        Step::React(accept),
        Step::Wait(Duration::from_secs(10)),
    ]);
    let wanted = [
        Kind::Authorising,
        Kind::AwaitingContext,
        Kind::Registering,
        Kind::Registered,
        Kind::Registered,
        Kind::Deregistering,
        Kind::Departed,
    ];
    assert_eq!(kinds, wanted.map(Some).into_iter().chain([None]).collect::<Vec<_>>());
}

/// Two gateways and an LMA that says yes: what one sends reaches the other at once.
struct Pair {
    mags: [Mag; 2],
    now: Instant,
    log: Vec<(usize, Action)>,
}

impl Pair {
    fn new() -> Self {
        let mags = [0, 1].map(|mag| Mag::new(config(mag), 1).unwrap());
        Self { mags, now: Instant::from_secs(1), log: Vec::new() }
    }

    fn input(&mut self, mag: usize, input: &OwnedInput) {
        let mut out = Vec::new();
        self.mags[mag].handle_input(self.now, input.borrow(), &mut out).unwrap();
        self.deliver(mag, out);
    }

    fn deliver(&mut self, mag: usize, actions: Vec<Action>) {
        for action in actions {
            self.log.push((mag, action.clone()));
            match &action {
                Action::FetchProfile { link, node } => {
                    let profile = profile(7);
                    self.input(mag, &OwnedInput::Profile { link: *link, node: node.clone(), profile });
                }
                Action::Send(Envelope { src, dst, body: OwnedPayload::Cxtp(body), .. }) => {
                    let other = MAGS.iter().position(|&address| ip(address) == *dst).unwrap();
                    let meta = RxMeta { src: *src, dst: *dst, ..meta(MAGS[0], MAGS[1]) };
                    let payload = OwnedPayload::Cxtp(body.clone());
                    self.input(other, &OwnedInput::Packet { meta, payload });
                }
                Action::Send(Envelope { dst, body: OwnedPayload::Mh(body), .. }) => {
                    if let mh::Message::BindingUpdate(update) = body.view() {
                        self.input(mag, &answer(&update, *dst, 0x0f));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The words of figure 6 of draft asaeda, as far as MAGs speak them.
fn word(action: &Action) -> Option<&'static str> {
    Some(match action {
        Action::Send(Envelope { body: OwnedPayload::Cxtp(body), .. }) => match body.view() {
            cxtp::Message::Request(_) => "CT-Req",
            cxtp::Message::Data(_) => "M-CTD",
            cxtp::Message::Reply(_) => "CTDR",
            _ => return None,
        },
        Action::Send(Envelope { body: OwnedPayload::Mh(body), .. }) => match body.view() {
            mh::Message::BindingUpdate(update) if update.lifetime == 0 => "deregistration",
            mh::Message::BindingUpdate(update) if update.options.carries_multicast_state() => "PBU-M",
            mh::Message::BindingUpdate(_) => "PBU",
            _ => return None,
        },
        Action::Send(Envelope { body: OwnedPayload::Nd(_), .. }) => "RA",
        Action::Send(Envelope { via: Via::Link(_), body: OwnedPayload::Mld(_), .. }) => "MLD Query",
        Action::Send(Envelope { via: Via::Tunnel(_), body: OwnedPayload::Mld(_), .. }) => "MLD Report",
        Action::InstallRoute { .. } => "route",
        Action::RemoveRoute { .. } => "route removed",
        _ => return None,
    })
}

#[test]
fn a41_two_gateways_hand_a_node_over_as_figure_6_has_it() {
    let mut pair = Pair::new();
    pair.input(0, &attached(1, 1, 4, None));
    pair.input(0, &report(1, 5, 0, &[1, 2]));
    pair.input(0, &OwnedInput::Detached { link: LinkId(1) });
    pair.log.clear();

    pair.input(1, &attached(2, 1, 4, Some(MAGS[0])));
    let words: Vec<(usize, &str)> =
        pair.log.iter().filter_map(|(mag, action)| Some((*mag, word(action)?))).collect();
    // The route to the prefix is none of the figure's; the CTDR is what A = 1 asked for.
    assert_eq!(
        words,
        [(1, "CT-Req"), (0, "M-CTD"), (1, "CTDR"), (1, "PBU-M"), (1, "route"), (1, "RA"), (1, "MLD Query")]
    );
    let routes = pair.mags[1].snapshot().routes;
    assert_eq!(routes[&(LinkId(2), ip(GROUPS[0]))], Filter::include([source(1), source(2)]));
    assert!(pair.mags[0].snapshot().routes.is_empty());
    let received = Notice::ContextReceived { node: node(1), groups: 1 };
    assert!(pair.log.contains(&(1, Action::Notify(received))));
}

#[test]
fn records_of_a_context_are_those_of_the_report() {
    let mut pair = Pair::new();
    pair.input(0, &attached(1, 1, 4, None));
    pair.input(0, &report(1, 4, 1, &[]));
    pair.input(1, &attached(2, 1, 4, Some(MAGS[0])));
    let announced = pair.log.iter().find_map(|(mag, action)| match action {
        Action::Send(Envelope { body: OwnedPayload::Mh(body), .. }) if *mag == 1 => match body.view() {
            mh::Message::BindingUpdate(update) => {
                update.options.multicast_records().next().map(|one| GroupRecord::try_from(one).unwrap())
            }
            _ => None,
        },
        _ => None,
    });
    assert_eq!(
        announced,
        Some(GroupRecord::join(ip(GROUPS[1]), &Filter::EVERYTHING)),
        "though it had not left yet"
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_recorded_trace_is_replayed_to_the_same_state() {
    let trace = [
        attached(1, 1, 4, None),
        OwnedInput::Profile { link: LinkId(1), node: node(1), profile: profile(1) },
    ];
    let text: Vec<String> = trace.iter().map(|input| serde_json::to_string(input).unwrap()).collect();
    let mut mags = [0, 1].map(|_| Mag::new(config(0), 1).unwrap());
    let mut actions = [Vec::new(), Vec::new()];
    for (input, line) in trace.iter().zip(&text) {
        let read: OwnedInput = serde_json::from_str(line).unwrap();
        assert_eq!(read, *input);
        mags[0].handle_input(Instant::ZERO, input.borrow(), &mut actions[0]).unwrap();
        mags[1].handle_input(Instant::ZERO, read.borrow(), &mut actions[1]).unwrap();
    }
    assert_eq!(actions[0], actions[1]);
    assert_eq!(mags[0].snapshot(), mags[1].snapshot());
    let text = serde_json::to_string(&actions[0]).unwrap();
    let back: Vec<Action> = serde_json::from_str(&text).unwrap();
    assert_eq!(back, actions[0]);
    let config: Config = serde_json::from_str(&serde_json::to_string(mags[0].config()).unwrap()).unwrap();
    assert_eq!(config, *mags[0].config());
}
