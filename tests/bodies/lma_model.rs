//! The anchor against RFC 5213 as printed.

use core::net::Ipv6Addr;
use std::collections::{BTreeMap, BTreeSet};

use multimob::channel::Channel;
use multimob::machine::{LinkId, Outer, Protection, RouteId, RxMeta, TunnelId};
use multimob::mld::router;
use multimob::pmip::lma::{Action, Config, Input, Lma, MagPeer};
use multimob::pmip::{ChannelPolicy, NodeId, Prefix, Subscriber, TunnelKind};
use multimob::samples::Unstructured;
use multimob::wire::mh::option::{
    AccessTechnology, HandoffIndicator, HomeNetworkPrefix, LinkLayerId, LinkLocalAddress, MnIdentifier,
    MulticastState, Timestamp, multicast_state,
};
use multimob::wire::mh::{AckFlags, BindingUpdate, Meaning, Message, MobilityOption};
use multimob::wire::mld::{self, RecordType, Report};
use multimob::wire::packet::{OwnedPayload, Payload, build, demux};
use multimob::wire::{Addr, Dialect, List};
use multimob::{Instant, Machine, Snapshot};

use super::rfc5213::{self as rfc, ALL_ZERO, Anchor, Choice, Multicast, POOL, Pba, Pbu, Record};

const LMA: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 1);
const DIALECT: Dialect = Dialect::DEFAULT;
/// Steps of the longest run.
const MOST: usize = 40;
/// Gateways of the domain; one more is not in it.
const GATEWAYS: [u8; 3] = [1, 2, 3];
const STRANGER: u8 = 9;
/// Nodes; the last is not known.
const NODES: [u8; 4] = [1, 2, 3, 4];
/// Prefixes that the nodes own; the last is nobody's.
const OWN: [&[u8]; 3] = [&[], &[11, 12], &[13]];
const NOBODYS: u8 = 19;
/// Milliseconds of the day at the start, where the anchor is told.
const EPOCH: u64 = 1_300_000_000_000;
const KINDS: [&str; 6] = ["IsIn", "IsEx", "ToIn", "ToEx", "Allow", "Block"];

/// Whatever gateways register, the anchor answers what RFC 5213 says or is silent, and serves who is bound; a PBU-M joins
/// what it lists for its gateway, and only when it was accepted. The first octet: whether timestamps can be judged.
pub fn lma_model(octets: &[u8]) {
    statuses(octets);
}

/// The same, and the statuses that were answered.
pub fn statuses(octets: &[u8]) -> BTreeSet<u8> {
    let mut u = Unstructured::new(octets);
    let mut run = Run::new(u.arbitrary().unwrap());
    for _ in 0..MOST {
        if u.is_empty() {
            break;
        }
        // Waits of tenths of a second, and one millisecond: whatever two steps began ends at different moments.
        let wait = u64::from(u.arbitrary::<u8>().unwrap());
        run.until(run.now + 1 + 100 * if wait > 200 { (wait - 200) * 20 } else { wait / 8 });
        match u.int_in_range(0..=15).unwrap() {
            0..=11 => {
                let pbu = run.draw(&mut u);
                run.update(&pbu);
            }
            12..=13 => {
                let gateway = *u.choose(&GATEWAYS).unwrap();
                let records: Vec<(u8, u16, Vec<u16>)> = (0..u.int_in_range(1..=2).unwrap())
                    .map(|_| (kind(&mut u), u.int_in_range(rfc::SSM..=rfc::ASM).unwrap(), sources(&mut u)))
                    .collect();
                run.report(gateway, &records);
            }
            _ => run.provision(&mut u),
        }
    }
    run.until(run.now + 2 * rfc::MALI);
    assert!(run.model.entries.is_empty());
    run.statuses
}

struct Run {
    lma: Lma,
    model: Anchor,
    /// Milliseconds.
    now: u64,
    sequence: u16,
    tunnels: BTreeMap<TunnelId, (Ipv6Addr, TunnelKind)>,
    prefixes: BTreeMap<RouteId, (Prefix, TunnelId)>,
    statuses: BTreeSet<u8>,
}

impl Run {
    fn new(tells_time: bool) -> Self {
        let mags = GATEWAYS.map(|n| MagPeer { address: address(n), dialect: DIALECT });
        let config = Config {
            mags: mags.into(),
            pool: Some(Prefix::new(prefix(POOL).address, 63)),
            max_lifetime: core::time::Duration::from_millis(u64::from(rfc::MOST) * rfc::UNIT),
            router: router::Config { immediate_leave: false, ..router::Config::default() },
            ..Config::new(LMA, link_local(1), LinkId(7))
        };
        let mut run = Self {
            lma: Lma::new(config, 1).unwrap(),
            model: Anchor::of(GATEWAYS.into()),
            now: 0,
            sequence: 0,
            tunnels: BTreeMap::new(),
            prefixes: BTreeMap::new(),
            statuses: BTreeSet::new(),
        };
        for node in [1, 2, 3] {
            run.tell(node, Some(rfc::Subscriber::default()));
        }
        if tells_time {
            run.model.epoch = Some(EPOCH);
            let unix_micros = EPOCH * 1_000;
            run.lma.handle_input(Instant::ZERO, Input::Clock { unix_micros }, &mut Vec::new()).unwrap();
        }
        run
    }

    fn until(&mut self, end: u64) {
        while let Some(due) = self.model.next().filter(|&due| due <= end) {
            // Until the moment before, nothing ends; at the moment, it does.
            self.serve(Instant::from_micros(due * 1_000 - 1), None);
            self.serve(at(due), Some(due));
        }
        self.serve(at(end), None);
        self.now = end;
    }

    /// Lets the anchor do what is due; `ends`: something ends by the model as well.
    fn serve(&mut self, then: Instant, ends: Option<u64>) {
        let mut actions = Vec::new();
        while let Some(due) = self.lma.poll_timeout().filter(|&due| due <= then) {
            self.lma.handle_timeout(due, &mut actions);
        }
        let choice = self.carry_out(&actions);
        let expected = ends.map_or_else(Vec::new, |now| self.model.elapse(now, choice));
        assert_eq!(answers(&actions), expected);
        self.agree();
    }

    fn update(&mut self, pbu: &Pbu) {
        let octets = octets(pbu);
        let packet = demux(&octets, &DIALECT).unwrap();
        let protection = if pbu.authenticated { Protection::Authenticated } else { Protection::None };
        let meta = RxMeta::new(LinkId(7), &packet, protection);
        let mut actions = Vec::new();
        let input = Input::Packet { meta, payload: packet.payload };
        let taken = self.lma.handle_input(at(self.now), input, &mut actions);
        let choice = self.carry_out(&actions);
        let expected = self.model.receive(self.now, pbu, choice);
        self.statuses.extend(expected.iter().map(|pba| pba.status));
        assert_eq!(answers(&actions), expected, "{pbu:?} {taken:?}");
        assert!(taken.is_ok() || actions.is_empty(), "{actions:?}");
        self.agree();
    }

    fn report(&mut self, gateway: u8, records: &[(u8, u16, Vec<u16>)]) {
        let sources: Vec<Vec<[u8; 16]>> = records.iter().map(|record| octets_of(&record.2)).collect();
        let wire: Vec<mld::Record<'_>> =
            records.iter().zip(&sources).map(|(record, sources)| wire(record.0, record.1, sources)).collect();
        let meta = RxMeta {
            link: LinkId(7),
            src: link_local(2),
            dst: Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16),
            home_address: None,
            routing_header: None,
            outer: Some(Outer { src: address(gateway), dst: LMA }),
            hop_limit: 1,
            router_alert: true,
            protection: Protection::None,
        };
        let report = Report { records: List::new(&wire, &DIALECT), ..Report::default() };
        let input = Input::Packet { meta, payload: Payload::Mld(mld::Message::Report(report)) };
        let mut actions = Vec::new();
        let taken = self.lma.handle_input(at(self.now), input, &mut actions);
        assert_eq!(taken.is_ok(), self.model.links.contains_key(&gateway), "{taken:?}");
        self.carry_out(&actions);
        // RFC 3810 takes no record with an address that cannot be a source.
        let named: Vec<(&str, u16, Vec<u16>)> = records
            .iter()
            .filter(|(.., sources)| !sources.contains(&0))
            .map(|(kind, group, sources)| (KINDS[usize::from(*kind) - 1], *group, sources.clone()))
            .collect();
        self.model.report(self.now, gateway, &named);
        self.agree();
    }

    /// The operator changes his mind about a node.
    fn provision(&mut self, u: &mut Unstructured<'_>) {
        let node = *u.choose(&NODES[..3]).unwrap();
        let subscriber = match u.int_in_range(0..=4).unwrap() {
            0..=1 => Some(rfc::Subscriber::default()),
            2 => Some(rfc::Subscriber {
                policy: Some([(rfc::SSM, Some(1)), (rfc::SSM, Some(2)), (rfc::ASM, Some(3))].into()),
                ..rfc::Subscriber::default()
            }),
            3 => Some(rfc::Subscriber { barred: true, ..rfc::Subscriber::default() }),
            _ => None,
        };
        self.tell(node, subscriber);
    }

    fn tell(&mut self, node: u8, subscriber: Option<rfc::Subscriber>) {
        let Some(subscriber) = subscriber else {
            let known = self.model.subscribers.remove(&node).is_some();
            let input = Input::Withdraw { node: &name(node) };
            assert_eq!(self.lma.handle_input(at(self.now), input, &mut Vec::new()).is_ok(), known);
            return;
        };
        let subscriber = rfc::Subscriber { prefixes: OWN[usize::from(node) - 1].into(), ..subscriber };
        let channel = |&(n, s): &(u16, Option<u16>)| Channel { group: group(n), source: s.map(source) };
        let policy = subscriber.policy.as_ref().map_or(ChannelPolicy::Any, |channels| {
            ChannelPolicy::Only(channels.iter().map(channel).collect())
        });
        let prefixes = subscriber.prefixes.iter().map(|&n| prefix(n)).collect();
        let told = Subscriber { prefixes, policy, barred: subscriber.barred };
        let input = Input::Provision { node: &name(node), subscriber: &told };
        self.lma.handle_input(at(self.now), input, &mut Vec::new()).unwrap();
        self.model.subscribers.insert(node, subscriber);
    }

    /// Carries out what was done to the data plane, and says what the anchor chose.
    fn carry_out(&mut self, actions: &[Action]) -> Choice {
        let mut choice = Choice::default();
        for action in actions {
            match action {
                Action::InstallTunnel { id, tunnel } => {
                    assert!(self.tunnels.insert(*id, (tunnel.remote, tunnel.kind)).is_none());
                }
                Action::RemoveTunnel { id } => assert!(self.tunnels.remove(id).is_some()),
                Action::InstallPrefix { id, prefix, tunnel } => {
                    self.prefixes.insert(*id, (*prefix, *tunnel));
                    choice.prefix = choice.prefix.or(Some(number_of(*prefix)).filter(|n| *n >= POOL));
                }
                Action::RemoveRoute { id } => drop(self.prefixes.remove(id)),
                _ => {}
            }
        }
        choice.link_local =
            answers(actions).iter().rev().find_map(|pba| pba.link_local.filter(|_| pba.status == 0));
        choice
    }

    fn agree(&self) {
        let state = self.lma.snapshot();
        let bindings: Vec<(NodeId, Vec<Prefix>, Option<Ipv6Addr>)> =
            self.lma.bindings().map(|binding| (binding.node, binding.prefixes, binding.mag)).collect();
        let expected: Vec<(NodeId, Vec<Prefix>, Option<Ipv6Addr>)> = self
            .model
            .entries
            .iter()
            .map(|entry| {
                let prefixes = entry.prefixes.iter().map(|&n| prefix(n)).collect();
                (name(entry.node), prefixes, (!entry.waits).then(|| address(entry.coa)))
            })
            .collect();
        assert_eq!(bindings, expected);

        // Traffic goes to who serves, and is dropped for who waits for his deletion (5.3.5, 2).
        let served = self.model.entries.iter().filter(|entry| !entry.waits);
        let served: BTreeSet<(Prefix, Ipv6Addr)> = served
            .flat_map(|entry| entry.prefixes.iter().map(|&n| (prefix(n), address(entry.coa))))
            .collect();
        let routed = self.prefixes.values().map(|(prefix, tunnel)| (*prefix, self.tunnels[tunnel].0));
        assert_eq!(routed.collect::<BTreeSet<_>>(), served);
        assert_eq!(self.prefixes.len(), served.len());

        for gateway in GATEWAYS {
            let groups = self.model.links.get(&gateway);
            assert_eq!(state.tunnels[&address(gateway)].unicast, groups.is_some());
            for n in [rfc::SSM, rfc::ASM, rfc::LINK_SCOPE] {
                let record = groups.and_then(|groups| groups.get(&n));
                for table in [&state.groups, &state.routes] {
                    let filter = table[&address(gateway)].get(&group(n));
                    for s in 1..=5 {
                        let passes = record.is_some_and(|record| record.passes(s));
                        let here = filter.is_some_and(|filter| filter.passes(source(s)));
                        assert_eq!(here, passes, "source {s} of group {n} at gateway {gateway}");
                    }
                }
            }
        }
    }

    /// An update, mostly one that a gateway could send.
    fn draw(&mut self, u: &mut Unstructured<'_>) -> Pbu {
        let rarely = |u: &mut Unstructured<'_>| u.arbitrary::<u8>().unwrap() > 240;
        let known = if rarely(u) { 4 } else { 3 };
        let node = *u.choose(&NODES[..known]).unwrap();
        let src = if rarely(u) { STRANGER } else { *u.choose(&GATEWAYS).unwrap() };
        let alternate = if rarely(u) { Some(*u.choose(&[1, 2, 3, STRANGER]).unwrap()) } else { None };
        let sequence = match u.int_in_range(0..=15).unwrap() {
            0..=12 => self.sequence.wrapping_add(1),
            13..=14 => self.sequence.wrapping_sub(u.int_in_range(0..=3).unwrap()),
            _ => u.arbitrary().unwrap(),
        };
        self.sequence = sequence;
        let missing = rarely(u);
        let [no_node, no_handoff, no_technology] =
            core::array::from_fn(|_| missing && u.arbitrary().unwrap());
        let clock = EPOCH + self.now;
        Pbu {
            authenticated: !rarely(u),
            src,
            alternate,
            node: (!no_node).then_some(node),
            sequence,
            lifetime: *u.choose(&[5, 0, 1, 30, 5, 0]).unwrap(),
            prefixes: self.draw_prefixes(u, node),
            handoff: (!no_handoff).then(|| *u.choose(&[1, 4, 3, 2, 5, 0]).unwrap()),
            technology: (!no_technology).then(|| *u.choose(&[4, 4, 4, 5]).unwrap()),
            interface: u
                .choose(&[None, Some(&[2, 0, 0, 0, 0, 9]), Some(&[2, 0, 0, 0, 0, 10]), Some(&[0; 6])])
                .unwrap()
                .map(|id| id.to_vec()),
            link_local: *u
                .choose(&[None, None, Some(Ipv6Addr::UNSPECIFIED), Some(link_local(3)), Some(link_local(4))])
                .unwrap(),
            timestamp: match u.int_in_range(0..=11).unwrap() {
                0..=5 => None,
                6..=8 => Some(clock),
                9 => Some(clock - 250),
                10 => Some(clock + 250),
                _ => Some(clock - 350),
            },
            multicast: match u.int_in_range(0..=7).unwrap() {
                0..=2 => Multicast::None,
                3 => Multicast::Malformed,
                _ => {
                    Multicast::Records((0..u.int_in_range(0..=3).unwrap()).map(|_| draw_record(u)).collect())
                }
            },
        }
    }

    fn draw_prefixes(&self, u: &mut Unstructured<'_>, node: u8) -> Vec<u8> {
        let mut entries = self.model.entries.iter().filter(|entry| entry.node == node);
        let entry =
            entries.nth(u.int_in_range(0..=2).unwrap()).map_or(&[ALL_ZERO][..], |entry| &entry.prefixes);
        match u.int_in_range(0..=15).unwrap() {
            0..=6 => [ALL_ZERO].into(),
            7..=10 => entry.into(),
            11 => entry.iter().copied().rev().chain([ALL_ZERO]).collect(),
            12 => [entry, entry].concat(),
            13 => Vec::new(),
            _ => {
                let any = [11, 12, 13, POOL, POOL + 1, NOBODYS];
                (0..u.int_in_range(1..=2).unwrap()).map(|_| *u.choose(&any).unwrap()).collect()
            }
        }
    }
}

fn draw_record(u: &mut Unstructured<'_>) -> Record {
    let groups = [rfc::SSM, rfc::ASM, rfc::SSM, rfc::ASM, rfc::LINK_SCOPE, rfc::NO_GROUP];
    Record { kind: kind(u), group: *u.choose(&groups).unwrap(), sources: sources(u) }
}

fn kind(u: &mut Unstructured<'_>) -> u8 {
    u.int_in_range(1..=6).unwrap()
}

/// Up to five; 0, which is none, only with all.
fn sources(u: &mut Unstructured<'_>) -> Vec<u16> {
    let bits: u8 = u.arbitrary().unwrap();
    (if bits == u8::MAX { 0 } else { 1 }..=4).filter(|n| bits >> n & 1 == 1).collect()
}

/// The update as it comes from the network.
fn octets(pbu: &Pbu) -> Vec<u8> {
    let id = pbu.node.map(name);
    let care_of = pbu.alternate.map(|n| address(n).octets());
    let mut options: Vec<MobilityOption<'_>> = Vec::new();
    options.extend(
        id.as_ref().map(|id| MobilityOption::MnIdentifier(MnIdentifier { subtype: id.subtype, id: &id.id })),
    );
    options.extend(pbu.prefixes.iter().map(|&n| {
        let prefix = prefix(n);
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
            length: prefix.len,
            prefix: prefix.address.into(),
        })
    }));
    options.extend(pbu.handoff.map(|code| MobilityOption::HandoffIndicator(HandoffIndicator(code))));
    options.extend(pbu.technology.map(|code| MobilityOption::AccessTechnology(AccessTechnology(code))));
    options
        .extend(pbu.interface.as_deref().map(|octets| MobilityOption::LinkLayerId(LinkLayerId { octets })));
    options.extend(
        pbu.link_local
            .map(|address| MobilityOption::LinkLocalAddress(LinkLocalAddress { address: address.into() })),
    );
    options.extend(pbu.timestamp.map(|millis| MobilityOption::Timestamp(Timestamp(timestamp(millis)))));
    options.extend(care_of.as_ref().and_then(|octets| MobilityOption::other(3, octets, &DIALECT)));
    let records: &[Record] = match &pbu.multicast {
        Multicast::Records(records) => records,
        Multicast::None | Multicast::Malformed => &[],
    };
    let sources: Vec<Vec<[u8; 16]>> = records.iter().map(|record| octets_of(&record.sources)).collect();
    let records: Vec<mld::Record<'_>> = records
        .iter()
        .zip(&sources)
        .map(|(record, sources)| wire(record.kind, record.group, sources))
        .collect();
    match &pbu.multicast {
        Multicast::None => {}
        Multicast::Malformed => {
            let kind = DIALECT.options.multicast_state;
            options.extend(MobilityOption::other(kind, &[143, 0, 0], &DIALECT));
        }
        Multicast::Records(none) if none.is_empty() => {
            options.push(MobilityOption::MulticastState(MulticastState::Mld(List::default())));
        }
        Multicast::Records(_) => options.extend(multicast_state::pack(&records, &DIALECT)),
    }
    let meaning = if pbu.multicast == Multicast::None { Meaning::Proxy } else { Meaning::ProxyMulticast };
    let update = Message::BindingUpdate(BindingUpdate {
        sequence: pbu.sequence,
        flags: BindingUpdate::flags_for(meaning, &DIALECT),
        lifetime: pbu.lifetime,
        options: List::new(&options, &DIALECT),
    });
    let mut octets = vec![0; 2048];
    let len = build(address(pbu.src), LMA, &Payload::Mh(update), &mut octets).unwrap();
    octets.truncate(len);
    octets
}

/// The acknowledgements among `actions`, in their order.
fn answers(actions: &[Action]) -> Vec<Pba> {
    actions.iter().filter_map(answer).collect()
}

fn answer(action: &Action) -> Option<Pba> {
    let Action::Send(envelope) = action else { return None };
    let OwnedPayload::Mh(message) = &envelope.body else { return None };
    let Message::BindingAck(ack) = message.view() else { panic!("{message:?}") };
    assert_eq!((envelope.src, ack.flags), (LMA, AckFlags::PROXY));
    let options = ack.options;
    let mut taken: BTreeMap<u16, (bool, BTreeSet<u16>)> = BTreeMap::new();
    for record in options.multicast_records() {
        let sources = record.sources.iter().map(|octets| u16::from(octets[15]));
        let entry = taken.entry(record.group.ip().segments()[7] & 0xf).or_default();
        entry.0 = record.kind == RecordType::TO_EX;
        entry.1.extend(sources);
    }
    let (_, id) = options.mn_identifier().unwrap();
    Some(Pba {
        to: envelope.dst.octets()[15],
        status: ack.status.0,
        sequence: ack.sequence,
        lifetime: ack.lifetime,
        node: NODES.into_iter().find(|&node| *id == *name(node).id),
        prefixes: options
            .home_network_prefixes()
            .map(|(ip, len)| number_of(Prefix::new(ip.ip(), len)))
            .collect(),
        handoff: options.handoff_indicator().unwrap().0,
        technology: options.access_technology().unwrap().0,
        timestamp: options.timestamp().map(millis),
        interface: options.link_layer_id().map(Vec::from),
        link_local: options.link_local_address().map(Addr::ip),
        taken: options.carries_multicast_state().then_some(taken),
    })
}

fn wire(kind: u8, n: u16, sources: &[[u8; 16]]) -> mld::Record<'_> {
    mld::Record { kind: RecordType(kind), group: Addr::from(group(n)), sources, aux: &[] }
}

fn octets_of(sources: &[u16]) -> Vec<[u8; 16]> {
    sources.iter().map(|&n| source(n).octets()).collect()
}

const fn at(millis: u64) -> Instant {
    Instant::from_micros(millis * 1_000)
}

/// RFC 5213 8.8: seconds and 1/65536 of one.
const fn timestamp(millis: u64) -> u64 {
    ((millis / 1_000) << 16) | (((millis % 1_000) << 16) / 1_000)
}

const fn millis(timestamp: u64) -> u64 {
    (timestamp >> 16) * 1_000 + ((timestamp & 0xffff) * 1_000).div_ceil(0x1_0000)
}

fn name(node: u8) -> NodeId {
    NodeId::nai(&format!("mn{node}@example.net"))
}

fn address(gateway: u8) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, gateway.into())
}

fn link_local(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, n)
}

fn prefix(n: u8) -> Prefix {
    match n {
        ALL_ZERO => Prefix::new(Ipv6Addr::UNSPECIFIED, 0),
        n if n >= POOL => {
            Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 0xf000, u16::from(n - POOL), 0, 0, 0, 0), 64)
        }
        n => Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 1, n.into(), 0, 0, 0, 0), 64),
    }
}

fn number_of(wanted: Prefix) -> u8 {
    (0..=u8::MAX).find(|&n| prefix(n) == wanted).unwrap()
}

fn group(n: u16) -> Ipv6Addr {
    match n {
        rfc::SSM => Ipv6Addr::new(0xff3e, 0, 0, 0, 0, 0, 0x8000, n),
        rfc::ASM => Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0x8000, n),
        rfc::LINK_SCOPE => Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, n),
        _ => Ipv6Addr::new(0x2001, 0xdb8, 9, 0, 0, 0, 0, n),
    }
}

/// Source 0 is none.
fn source(n: u16) -> Ipv6Addr {
    if n == 0 { Ipv6Addr::UNSPECIFIED } else { Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, n) }
}
