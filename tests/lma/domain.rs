//! One LMA, two MAGs, and the messages between them.

use core::net::Ipv6Addr;
use core::time::Duration;

use multimob::channel::Filter;
use multimob::machine::{LinkId, Machine, Outer, Protection, RxMeta, Snapshot, TunnelId, Via};
use multimob::mld::GroupRecord;
use multimob::pmip::lma::{Action, Config, Input, Lma, LmaState, MagPeer, Notice, Reject};
use multimob::pmip::{NodeId, Prefix, Subscriber};
use multimob::wire::fields::Row;
use multimob::wire::mh::option::{
    AccessTechnology, HandoffIndicator, HomeNetworkPrefix, LinkLayerId, LinkLocalAddress, MnIdentifier,
    MulticastState, Timestamp, multicast_state,
};
use multimob::wire::mh::{self, BindingUpdate, Meaning, MobilityOption, Status};
use multimob::wire::mld::{self, Record, Report};
use multimob::wire::packet::{OwnedPayload, Payload, build, demux};
use multimob::wire::{Addr, Addr4, Dialect, List, igmp};
use multimob::{Instant, Sink};

pub(crate) const UPSTREAM: LinkId = LinkId(7);
pub(crate) const MN1: &str = "mn1@example.net";
pub(crate) const MN2: &str = "mn2@example.net";
pub(crate) const LMA: &str = "2001:db8:b::1";
pub(crate) const MAG1: &str = "2001:db8:a::1";
pub(crate) const MAG2: &str = "2001:db8:a::2";
/// The one link-local address of all MAGs (RFC 6543).
pub(crate) const MAG_LINK_LOCAL: &str = "fe80::200:5eff:fe00:5213";
pub(crate) const SSM: &str = "ff3e::8000:1";
pub(crate) const ASM: &str = "ff1e::1";
pub(crate) const SOURCE: &str = "2001:db8:5::5";

pub(crate) fn ip(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

pub(crate) fn prefix(text: &str) -> Prefix {
    Prefix::new(ip(text), 64)
}

pub(crate) fn include(sources: &[&str]) -> Filter {
    Filter::include(sources.iter().map(|source| ip(source)))
}

pub(crate) fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// An LMA for two MAGs, with a pool of two prefixes.
pub(crate) fn config() -> Config {
    let mags = [MAG1, MAG2].map(|mag| MagPeer { address: ip(mag), dialect: Dialect::DEFAULT });
    Config {
        mags: mags.into(),
        pool: Some(Prefix::new(ip("2001:db8:f000::"), 63)),
        ..Config::new(ip(LMA), ip("fe80::1"), UPSTREAM)
    }
}

/// The LMA and the time.
pub(crate) struct Domain {
    pub(crate) lma: Lma,
    pub(crate) now: Instant,
    pub(crate) dialect: Dialect,
}

impl Domain {
    /// With two subscribers that have no prefix of their own, at 100 s.
    pub(crate) fn new(config: Config) -> Self {
        let dialect = config.mags[0].dialect;
        let mut domain = Self { lma: Lma::new(config, 1).unwrap(), now: Instant::from_secs(100), dialect };
        domain.lma.handle_timeout(domain.now, &mut Vec::new());
        for node in [MN1, MN2] {
            domain.provision(node, &Subscriber::default()).unwrap();
        }
        domain
    }

    pub(crate) fn input(&mut self, input: Input<'_>) -> Result<Vec<Action>, Reject> {
        self.through(|sender| sender.input(input))
    }

    pub(crate) fn provision(&mut self, node: &str, subscriber: &Subscriber) -> Result<Vec<Action>, Reject> {
        self.input(Input::Provision { node: &NodeId::nai(node), subscriber })
    }

    pub(crate) fn clock(&mut self, unix_micros: u64) {
        assert_eq!(self.input(Input::Clock { unix_micros }), Ok(vec![]));
    }

    /// Lets time pass; what the timers did.
    pub(crate) fn wait(&mut self, time: Duration) -> Vec<Action> {
        let end = self.now + time;
        let mut out = Vec::new();
        while let Some(due) = self.lma.poll_timeout().filter(|&due| due <= end) {
            self.now = self.now.max(due);
            self.lma.handle_timeout(self.now, &mut out);
        }
        self.now = end;
        out
    }

    /// Sends an update.
    pub(crate) fn send(&mut self, pbu: &Pbu<'_>) -> Result<Vec<Action>, Reject> {
        self.through(|sender| sender.update(pbu))
    }

    /// Sends an update that must be answered; the answer and the other actions.
    pub(crate) fn register(&mut self, pbu: &Pbu<'_>) -> (Pba, Vec<Action>) {
        let mut actions = self.send(pbu).unwrap();
        (take_answer(&mut actions).expect("an answer"), actions)
    }

    /// Sends an update that must be answered; the status of the answer.
    pub(crate) fn status(&mut self, pbu: &Pbu<'_>) -> Status {
        self.register(pbu).0.status
    }

    /// Sends a Report through the tunnel from a MAG.
    pub(crate) fn report(&mut self, mag: &str, records: &[GroupRecord]) -> Result<Vec<Action>, Reject> {
        self.through(|sender| sender.report(mag, records))
    }

    /// Sends a Report through any tunnel.
    pub(crate) fn report_in(&mut self, outer: Outer, records: &[GroupRecord]) -> Result<Vec<Action>, Reject> {
        self.through(|sender| sender.report_in(outer, records))
    }

    /// Sends MLD through the tunnel from a MAG.
    pub(crate) fn mld(
        &mut self,
        mag: &str,
        src: &str,
        dst: &str,
        message: mld::Message<'_>,
    ) -> Result<Vec<Action>, Reject> {
        self.through(|sender| sender.mld(from(mag), src, dst, message))
    }

    fn through(
        &mut self,
        send: impl FnOnce(&mut Sender<'_>) -> Result<(), Reject>,
    ) -> Result<Vec<Action>, Reject> {
        let mut out = Vec::new();
        if self.lma.poll_timeout().is_some_and(|due| due <= self.now) {
            self.lma.handle_timeout(self.now, &mut out);
        }
        assert!(out.is_empty(), "left to do before the input: {out:?}");
        let (now, dialect) = (self.now, self.dialect);
        send(&mut Sender { lma: &mut self.lma, now, dialect, out: &mut out })?;
        Ok(out)
    }

    pub(crate) fn state(&self) -> LmaState {
        self.lma.snapshot()
    }

    /// The MAGs that serve a node, by session, oldest first.
    pub(crate) fn serving(&self, node: &str) -> Vec<Option<Ipv6Addr>> {
        let node = NodeId::nai(node);
        self.lma.bindings().filter(|binding| binding.node == node).map(|binding| binding.mag).collect()
    }
}

/// Builds a message, takes it apart and gives it to an LMA.
pub(crate) struct Sender<'a> {
    pub(crate) lma: &'a mut Lma,
    pub(crate) now: Instant,
    pub(crate) dialect: Dialect,
    pub(crate) out: &'a mut Vec<Action>,
}

impl Sender<'_> {
    pub(crate) fn input(&mut self, input: Input<'_>) -> Result<(), Reject> {
        self.lma.handle_input(self.now, input, self.out)
    }

    pub(crate) fn update(&mut self, pbu: &Pbu<'_>) -> Result<(), Reject> {
        let octets = pbu.octets(&self.dialect);
        let packet = demux(&octets, &self.dialect).unwrap();
        let &Pbu { protection, outer, home_address, routing_header, .. } = pbu;
        let meta = RxMeta { protection, outer, home_address, routing_header, ..meta(&packet) };
        self.input(Input::Packet { meta, payload: packet.payload })
    }

    pub(crate) fn report(&mut self, mag: &str, records: &[GroupRecord]) -> Result<(), Reject> {
        self.report_in(from(mag), records)
    }

    fn report_in(&mut self, outer: Outer, records: &[GroupRecord]) -> Result<(), Reject> {
        let sources: Vec<Vec<[u8; 16]>> = records.iter().map(octets_of).collect();
        let records: Vec<Record<'_>> = records.iter().zip(&sources).map(as_wire).collect();
        let report = mld::Message::Report(Report::new(List::new(&records, &self.dialect)));
        self.mld(outer, MAG_LINK_LOCAL, "ff02::16", report)
    }

    fn mld(&mut self, outer: Outer, src: &str, dst: &str, message: mld::Message<'_>) -> Result<(), Reject> {
        let mut inner = [0; 1500];
        let len = build(ip(src), ip(dst), &Payload::Mld(message), &mut inner).unwrap();
        let packet = demux(&inner[..len], &self.dialect).unwrap();
        let meta = RxMeta { outer: Some(outer), ..meta(&packet) };
        self.input(Input::Packet { meta, payload: packet.payload })
    }
}

/// The header of the tunnel from a MAG.
fn from(mag: &str) -> Outer {
    Outer { src: ip(mag), dst: ip(LMA) }
}

fn meta(packet: &multimob::wire::packet::Datagram<'_>) -> RxMeta {
    RxMeta {
        link: UPSTREAM,
        src: packet.src,
        dst: packet.dst,
        home_address: packet.home_address,
        routing_header: packet.routing_header,
        outer: None,
        hop_limit: packet.hop_limit,
        router_alert: packet.router_alert,
        protection: Protection::None,
    }
}

fn octets_of(record: &GroupRecord) -> Vec<[u8; 16]> {
    record.sources.iter().map(|source| source.octets()).collect()
}

fn as_wire<'a>((record, sources): (&GroupRecord, &'a Vec<[u8; 16]>)) -> Record<'a> {
    Record { kind: record.kind, group: Addr::from(record.group), sources, aux: &[] }
}

/// A Proxy Binding Update. The default is the first registration of MN1 at MAG1.
#[derive(Clone, Debug)]
pub(crate) struct Pbu<'a> {
    pub(crate) mag: &'a str,
    pub(crate) to: &'a str,
    pub(crate) node: Option<&'a str>,
    pub(crate) sequence: u16,
    pub(crate) lifetime: u16,
    pub(crate) meaning: Meaning,
    pub(crate) prefixes: Vec<Prefix>,
    pub(crate) handoff: Option<HandoffIndicator>,
    pub(crate) technology: Option<AccessTechnology>,
    pub(crate) link_layer_id: Option<&'a [u8]>,
    pub(crate) link_local: Option<Ipv6Addr>,
    pub(crate) timestamp: Option<u64>,
    pub(crate) care_of: Option<Ipv6Addr>,
    pub(crate) records: Option<Vec<GroupRecord>>,
    /// A Multicast State option with a body that is none.
    pub(crate) malformed: bool,
    /// Whether there is a Multicast State option with a record of IGMP.
    pub(crate) igmp: bool,
    pub(crate) protection: Protection,
    pub(crate) outer: Option<Outer>,
    pub(crate) home_address: Option<Ipv6Addr>,
    pub(crate) routing_header: Option<Ipv6Addr>,
}

impl Default for Pbu<'_> {
    fn default() -> Self {
        Self {
            mag: MAG1,
            to: LMA,
            node: Some(MN1),
            sequence: 1,
            lifetime: 100,
            meaning: Meaning::Proxy,
            prefixes: vec![ALL_ZERO],
            handoff: Some(HandoffIndicator::NEW_INTERFACE),
            technology: Some(AccessTechnology::IEEE_802_11),
            link_layer_id: None,
            link_local: None,
            timestamp: None,
            care_of: None,
            records: None,
            malformed: false,
            igmp: false,
            protection: Protection::Authenticated,
            outer: None,
            home_address: None,
            routing_header: None,
        }
    }
}

/// What a [`Pbu`] with IGMP asks for.
const IGMP: [igmp::Record<'_>; 1] =
    [igmp::Record { kind: igmp::RecordType::TO_EX, group: Addr4([239, 1, 2, 3]), sources: &[], aux: &[] }];

pub(crate) const ALL_ZERO: Prefix = Prefix { address: Ipv6Addr::UNSPECIFIED, len: 0 };

impl<'a> Pbu<'a> {
    /// MN1 at `mag`, handed over without a change of interface.
    pub(crate) fn handover(mag: &'a str, sequence: u16) -> Self {
        Self { mag, sequence, handoff: Some(HandoffIndicator::SAME_INTERFACE), ..Self::default() }
    }

    /// A deregistration as RFC 5213 6.9.1.4 has it.
    pub(crate) fn deregistration(mag: &'a str, sequence: u16, prefixes: &[Prefix]) -> Self {
        let handoff = Some(HandoffIndicator::UNKNOWN);
        Self { mag, sequence, lifetime: 0, handoff, prefixes: prefixes.into(), ..Self::default() }
    }

    /// The same as a PBU-M.
    pub(crate) fn subscribing(self, records: impl IntoIterator<Item = GroupRecord>) -> Self {
        let records = Some(records.into_iter().collect());
        Self { meaning: Meaning::ProxyMulticast, records, ..self }
    }

    fn octets(&self, dialect: &Dialect) -> Vec<u8> {
        let mut options = Vec::new();
        options.extend(
            self.node.map(|id| MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: id.as_bytes() })),
        );
        options.extend(self.prefixes.iter().map(|prefix| {
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
                length: prefix.len,
                prefix: prefix.address.into(),
            })
        }));
        options.extend(self.handoff.map(MobilityOption::HandoffIndicator));
        options.extend(self.technology.map(MobilityOption::AccessTechnology));
        options.extend(self.link_layer_id.map(|octets| MobilityOption::LinkLayerId(LinkLayerId { octets })));
        options.extend(
            self.link_local.map(|address| {
                MobilityOption::LinkLocalAddress(LinkLocalAddress { address: address.into() })
            }),
        );
        options.extend(self.timestamp.map(|stamp| MobilityOption::Timestamp(Timestamp(stamp))));
        let care_of = self.care_of.map(|address| address.octets());
        options.extend(care_of.as_ref().and_then(|octets| MobilityOption::other(3, octets, dialect)));
        let records = self.records.as_deref().unwrap_or_default();
        let sources: Vec<Vec<[u8; 16]>> = records.iter().map(octets_of).collect();
        let records: Vec<Record<'_>> = records
            .iter()
            .zip(&sources)
            .map(as_wire)
            .flat_map(|record| multicast_state::cut(record, dialect))
            .collect();
        match &self.records {
            Some(records) if records.is_empty() => {
                options.push(MobilityOption::MulticastState(MulticastState::Mld(List::default())));
            }
            Some(_) => options.extend(multicast_state::pack(&records, dialect)),
            None => {}
        }
        if self.igmp {
            options.push(MulticastState::Igmp(Row::new(&IGMP)).into());
        }
        if self.malformed {
            let kind = dialect.options.multicast_state;
            options.extend(MobilityOption::other(kind, &[143, 0, 0], dialect));
        }
        let update = mh::Message::BindingUpdate(BindingUpdate {
            sequence: self.sequence,
            flags: BindingUpdate::flags_for(self.meaning, dialect),
            lifetime: self.lifetime,
            options: List::new(&options, dialect),
        });
        let mut octets = vec![0; 4096];
        let len = build(ip(self.mag), ip(self.to), &Payload::Mh(update), &mut octets).unwrap();
        octets.truncate(len);
        octets
    }
}

/// A Proxy Binding Acknowledgement, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pba {
    pub(crate) to: Ipv6Addr,
    pub(crate) status: Status,
    pub(crate) sequence: u16,
    pub(crate) lifetime: u16,
    pub(crate) proxy: bool,
    pub(crate) node: Option<String>,
    pub(crate) prefixes: Vec<Prefix>,
    pub(crate) handoff: Option<HandoffIndicator>,
    pub(crate) technology: Option<AccessTechnology>,
    pub(crate) link_layer_id: Option<Vec<u8>>,
    pub(crate) link_local: Option<Ipv6Addr>,
    pub(crate) timestamp: Option<u64>,
    /// The records in it, when it has a Multicast State option at all.
    pub(crate) records: Option<Vec<GroupRecord>>,
}

/// Takes the first acknowledgement out of `actions`.
pub(crate) fn take_answer(actions: &mut Vec<Action>) -> Option<Pba> {
    let at = actions.iter().position(|action| answer(action).is_some())?;
    answer(&actions.remove(at))
}

fn answer(action: &Action) -> Option<Pba> {
    let Action::Send(envelope) = action else { return None };
    let OwnedPayload::Mh(message) = &envelope.body else { return None };
    assert_eq!((envelope.via, envelope.src), (Via::Routed, ip(LMA)));

    // Through the octets, as the MAG gets it.
    let mut octets = [0; 4096];
    let len = build(envelope.src, envelope.dst, &envelope.body.borrow(), &mut octets).unwrap();
    let packet = demux(&octets[..len], message.dialect()).unwrap();
    let Payload::Mh(mh::Message::BindingAck(ack)) = packet.payload else { return None };
    let options = ack.options;
    let records = || options.multicast_records().map(|record| GroupRecord::try_from(record).unwrap());
    Some(Pba {
        to: packet.dst,
        status: ack.status,
        sequence: ack.sequence,
        lifetime: ack.lifetime,
        proxy: ack.flags.contains(mh::AckFlags::PROXY),
        node: options.mn_identifier().map(|(_, id)| String::from_utf8(id.into()).unwrap()),
        prefixes: options
            .home_network_prefixes()
            .map(|(address, len)| Prefix::new(address.ip(), len))
            .collect(),
        handoff: options.handoff_indicator(),
        technology: options.access_technology(),
        link_layer_id: options.link_layer_id().map(Vec::from),
        link_local: options.link_local_address().map(Addr::ip),
        timestamp: options.timestamp(),
        records: options.carries_multicast_state().then(|| records().collect()),
    })
}

/// What a list of actions does to the data plane, one line each; packets and notices left out.
pub(crate) fn data_plane(actions: &[Action]) -> Vec<String> {
    let line = |action: &Action| match action {
        Action::InstallTunnel { id, tunnel } => {
            Some(format!("{:?} tunnel to {} is {id:?}", tunnel.kind, tunnel.remote))
        }
        Action::RemoveTunnel { id } => Some(format!("no {id:?}")),
        Action::InstallRoute { id, route } => {
            assert_eq!(route.iif, Via::Link(UPSTREAM));
            let Via::Tunnel(tunnel) = route.oif else { panic!("{route:?}") };
            Some(format!("{} {:?} into {tunnel:?} is {id:?}", route.group, route.filter))
        }
        Action::RemoveRoute { id } => Some(format!("no {id:?}")),
        Action::InstallPrefix { id, prefix, tunnel } => Some(format!("{prefix} into {tunnel:?} is {id:?}")),
        Action::JoinUpstream(channel) => Some(format!("join {channel}")),
        Action::LeaveUpstream(channel) => Some(format!("leave {channel}")),
        _ => None,
    };
    actions.iter().filter_map(line).collect()
}

/// The joins and leaves of the multicast network among `actions`.
pub(crate) fn upstream(actions: &[Action]) -> Vec<String> {
    data_plane(actions)
        .into_iter()
        .filter(|line| line.starts_with("join") || line.starts_with("leave"))
        .collect()
}

pub(crate) fn notices(actions: &[Action]) -> Vec<Notice> {
    let notice = |action: &Action| match action {
        Action::Notify(notice) => Some(notice.clone()),
        _ => None,
    };
    actions.iter().filter_map(notice).collect()
}

/// The tunnels through which queries leave.
pub(crate) fn queried(actions: &[Action]) -> Vec<TunnelId> {
    let tunnel = |action: &Action| match action {
        Action::Send(envelope) => match (&envelope.body, envelope.via) {
            (OwnedPayload::Mld(message), Via::Tunnel(tunnel)) => {
                assert!(matches!(message.view(), mld::Message::Query(_)));
                assert_eq!(envelope.src, ip("fe80::1"));
                Some(tunnel)
            }
            _ => None,
        },
        _ => None,
    };
    actions.iter().filter_map(tunnel).collect()
}

/// A sink that is no `Vec`.
#[derive(Default)]
pub(crate) struct Other(pub(crate) Vec<Action>);

impl Sink<Action> for Other {
    fn push(&mut self, action: Action) {
        self.0.push(action);
    }
}
