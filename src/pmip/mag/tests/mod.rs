//! A MAG on a bench: inputs by hand, actions taken apart.

mod context;
mod detach;
mod multicast;
mod registration;

use core::net::Ipv6Addr;
use core::time::Duration;

use super::*;
use crate::channel::SourceList;
use crate::machine::{Outer, Protection, Snapshot, Via};
use crate::mip::Lifetime;
use crate::mld::GroupRecord;
use crate::pmip::{ChannelPolicy, TunnelKind};
use crate::wire::fields::Row;
use crate::wire::mh::option::{
    HomeNetworkPrefix, LinkLayerId, MnIdentifier, MobilityOption, MulticastState, multicast_state,
};
use crate::wire::mh::{AckFlags, BindingAck, BindingUpdate, Meaning, UpdateFlags};
use crate::wire::mld::{Record, RecordType, Report};
use crate::wire::{Addr, Dialect, FlagDialect, List, cxtp, mh, mld, nd};

/// Compares `rows` with the matrix on file.
pub(super) fn matrix(name: &str, rows: &[String]) {
    crate::matrix::is_on_file(name, &format!("state | event | next | actions\n{}\n", rows.join("\n")));
}

const LMA: &str = "2001:db8::1";
const OTHER_LMA: &str = "2001:db8::2";
const MAG: &str = "2001:db8::a";
const PREVIOUS: &str = "2001:db8::b";
const ROUTER: &str = "fe80::1";
const NODE: &str = "fe80::2";
const GROUP: &str = "ff3e::8000:1";
const ANY_SOURCE: &str = "ff1e::1234";

fn ip(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

fn source(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0x5, 0, 0, 0, 0, n)
}

fn prefix(n: u16) -> Prefix {
    Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 0xf000 + n, 0, 0, 0, 0, 0), 64)
}

fn node(n: u32) -> NodeId {
    NodeId::nai(&format!("mn{n}@example.net"))
}

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn dialect() -> Dialect {
    Dialect::with_flags(FlagDialect::AsaedaC)
}

fn config() -> Config {
    let mut config = Config::new(ip(MAG), ip(ROUTER));
    config.lmas.push(LmaPeer { address: ip(LMA), dialect: dialect() });
    config.lmas.push(LmaPeer { address: ip(OTHER_LMA), dialect: dialect() });
    config.mags.push(ip(PREVIOUS));
    config
}

fn profile() -> Profile {
    Profile { lma: ip(LMA), prefixes: vec![], channels: vec![], policy: ChannelPolicy::Any }
}

/// A registration as it left.
#[derive(Clone, Debug)]
struct Pbu {
    at: Instant,
    dst: Ipv6Addr,
    node: NodeId,
    sequence: u16,
    flags: UpdateFlags,
    lifetime: u16,
    handoff: HandoffIndicator,
    technology: AccessTechnology,
    prefixes: Vec<Prefix>,
    link_layer_id: Option<Vec<u8>>,
    timestamp: Option<u64>,
    records: Vec<GroupRecord>,
    options: usize,
}

impl Pbu {
    fn says_c(&self) -> bool {
        self.flags.contains(UpdateFlags::DISPUTED)
    }

    fn groups(&self) -> Vec<Ipv6Addr> {
        self.records.iter().map(|record| record.group).collect()
    }
}

/// An answer to be given; [`Pba::to`] is what an LMA says to a good registration.
#[derive(Clone, Debug)]
struct Pba {
    from: Ipv6Addr,
    node: Option<NodeId>,
    status: Status,
    flags: AckFlags,
    sequence: u16,
    lifetime: u16,
    handoff: HandoffIndicator,
    technology: AccessTechnology,
    prefixes: Vec<Prefix>,
    link_layer_id: Option<Vec<u8>>,
    /// The records that were taken, when the LMA says.
    echo: Option<Vec<GroupRecord>>,
    /// Whether there is an option of IGMP as well.
    igmp: bool,
    protection: Protection,
}

impl Pba {
    fn to(pbu: &Pbu) -> Self {
        let asked: Vec<Prefix> =
            pbu.prefixes.iter().copied().filter(|prefix| !prefix.address.is_unspecified()).collect();
        Self {
            from: pbu.dst,
            node: Some(pbu.node.clone()),
            status: Status::ACCEPTED,
            flags: AckFlags::PROXY,
            sequence: pbu.sequence,
            lifetime: pbu.lifetime,
            handoff: pbu.handoff,
            technology: pbu.technology,
            prefixes: if asked.is_empty() { vec![prefix(1)] } else { asked },
            link_layer_id: pbu.link_layer_id.clone(),
            echo: None,
            igmp: false,
            protection: Protection::Authenticated,
        }
    }

    fn refused(pbu: &Pbu, status: Status) -> Self {
        Self { status, ..Self::to(pbu) }
    }

    fn input(&self) -> OwnedInput {
        let mut options = Vec::new();
        if let Some(node) = &self.node {
            options.push(MobilityOption::MnIdentifier(MnIdentifier { subtype: node.subtype, id: &node.id }));
        }
        for prefix in &self.prefixes {
            options.push(MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
                length: prefix.len,
                prefix: prefix.address.into(),
            }));
        }
        options.push(MobilityOption::HandoffIndicator(self.handoff));
        options.push(MobilityOption::AccessTechnology(self.technology));
        options.extend(
            self.link_layer_id.as_deref().map(|octets| MobilityOption::LinkLayerId(LinkLayerId { octets })),
        );
        let echo = self.echo.as_deref().unwrap_or_default();
        let sources: Vec<Vec<[u8; 16]>> = echo.iter().map(|record| octets(&record.sources)).collect();
        let records: Vec<Record<'_>> = echo.iter().zip(&sources).map(wire_record).collect();
        options.extend(multicast_state::pack(&records, &dialect()));
        if self.echo.as_ref().is_some_and(Vec::is_empty) {
            options.push(MobilityOption::MulticastState(MulticastState::Mld(List::new(&[], &dialect()))));
        }
        if self.igmp {
            options.push(MulticastState::Igmp(Row::default()).into());
        }
        let ack = BindingAck {
            status: self.status,
            flags: self.flags,
            sequence: self.sequence,
            lifetime: self.lifetime,
            options: List::new(&options, &dialect()),
        };
        let body = mh::Owned::new(&mh::Message::BindingAck(ack), &dialect()).unwrap();
        let meta = RxMeta { protection: self.protection, ..meta(self.from, ip(MAG)) };
        OwnedInput::Packet { meta, payload: OwnedPayload::Mh(body) }
    }
}

fn octets(sources: &SourceList) -> Vec<[u8; 16]> {
    sources.iter().map(|source| source.octets()).collect()
}

fn wire_record<'a>((record, sources): (&GroupRecord, &'a Vec<[u8; 16]>)) -> Record<'a> {
    Record { kind: record.kind, group: record.group.into(), sources, aux: &[] }
}

/// What comes over the backbone.
fn meta(src: Ipv6Addr, dst: Ipv6Addr) -> RxMeta {
    RxMeta {
        link: LinkId(0),
        src,
        dst,
        home_address: None,
        routing_header: None,
        outer: None,
        hop_limit: 64,
        router_alert: false,
        protection: Protection::Authenticated,
    }
}

/// What comes from a node.
fn access(link: u32, dst: &str) -> RxMeta {
    RxMeta {
        link: LinkId(link),
        hop_limit: 1,
        router_alert: true,
        protection: Protection::None,
        ..meta(ip(NODE), ip(dst))
    }
}

/// A Report of a node.
fn report(link: u32, records: &[GroupRecord]) -> OwnedInput {
    report_as(access(link, "ff02::16"), records)
}

fn report_as(meta: RxMeta, records: &[GroupRecord]) -> OwnedInput {
    let sources: Vec<Vec<[u8; 16]>> = records.iter().map(|record| octets(&record.sources)).collect();
    let records: Vec<Record<'_>> = records.iter().zip(&sources).map(wire_record).collect();
    let message = mld::Message::Report(Report::new(List::new(&records, &Dialect::DEFAULT)));
    let body = mld::Owned::new(&message, &Dialect::DEFAULT).unwrap();
    OwnedInput::Packet { meta, payload: OwnedPayload::Mld(body) }
}

fn join(group: &str, filter: &Filter) -> GroupRecord {
    GroupRecord::join(ip(group), filter)
}

fn leave(group: &str) -> GroupRecord {
    GroupRecord { kind: RecordType::TO_IN, group: ip(group), sources: SourceList::EMPTY }
}

/// A General Query from an LMA through the tunnel.
fn lma_query(lma: &str) -> OwnedInput {
    let query = mld::Message::Query(mld::Query::general());
    let body = mld::Owned::new(&query, &Dialect::DEFAULT).unwrap();
    let outer = Some(Outer { src: ip(lma), dst: ip(MAG) });
    let meta = RxMeta { outer, hop_limit: 1, router_alert: true, ..meta(ip("fe80::9"), ip("ff02::1")) };
    OwnedInput::Packet { meta, payload: OwnedPayload::Mld(body) }
}

fn solicitation(link: u32, src: &str, hop_limit: u8) -> OwnedInput {
    let message = nd::Message::Solicitation(nd::RouterSolicitation::default());
    let body = nd::Owned::new(&message, &Dialect::DEFAULT).unwrap();
    let meta = RxMeta { src: ip(src), hop_limit, ..access(link, "ff02::2") };
    OwnedInput::Packet { meta, payload: OwnedPayload::Nd(body) }
}

/// A MAG and its clock.
struct Bench {
    mag: Mag,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        Self::with(config())
    }

    fn with(config: Config) -> Self {
        Self { mag: Mag::new(config, 7).unwrap(), now: Instant::from_secs(1_000) }
    }

    /// One input, timers first, as every run loop does it.
    fn try_input(&mut self, input: &OwnedInput) -> Result<Vec<Action>, Reject> {
        let mut out = Vec::new();
        if self.mag.poll_timeout().is_some_and(|due| due <= self.now) {
            self.mag.handle_timeout(self.now, &mut out);
        }
        self.mag.handle_input(self.now, input.borrow(), &mut out)?;
        Ok(out)
    }

    #[track_caller]
    fn input(&mut self, input: &OwnedInput) -> Vec<Action> {
        self.try_input(input).unwrap()
    }

    #[track_caller]
    fn refused(&mut self, input: &OwnedInput) -> Reject {
        let before = self.mag.snapshot();
        let reject = self.try_input(input).expect_err("refused");
        assert_eq!(self.mag.snapshot(), before);
        reject
    }

    /// Time passes; each action with the moment it was pushed.
    fn wait(&mut self, time: Duration) -> Vec<(Instant, Action)> {
        let (end, mut log) = (self.now + time, Vec::new());
        while let Some(due) = self.mag.poll_timeout().filter(|&due| due <= end) {
            self.now = self.now.max(due);
            let mut out = Vec::new();
            self.mag.handle_timeout(self.now, &mut out);
            log.extend(out.into_iter().map(|action| (self.now, action)));
        }
        self.now = end;
        log
    }

    #[track_caller]
    fn attach(&mut self, link: u32, n: u32, handoff: u8, previous: Option<&str>) -> Vec<Action> {
        self.input(&attached(link, n, handoff, previous))
    }

    #[track_caller]
    fn profile(&mut self, link: u32, n: u32, profile: &Profile) -> Vec<Action> {
        self.input(&OwnedInput::Profile { link: LinkId(link), node: node(n), profile: Some(profile.clone()) })
    }

    #[track_caller]
    fn detach(&mut self, link: u32) -> Vec<Action> {
        self.input(&OwnedInput::Detached { link: LinkId(link) })
    }

    /// Attached and admitted; the registration that went out.
    #[track_caller]
    fn begin(&mut self, link: u32, n: u32, profile: &Profile) -> Pbu {
        self.attach(link, n, 4, None);
        let actions = self.profile(link, n, profile);
        self.pbu(&actions)
    }

    /// Attached, admitted and registered with the prefix of its number; what the answer caused.
    #[track_caller]
    fn register_with(&mut self, link: u32, n: u32, profile: &Profile) -> Vec<Action> {
        let pbu = self.begin(link, n, profile);
        let prefixes = vec![prefix(u16::try_from(n).unwrap())];
        self.input(&Pba { prefixes, ..Pba::to(&pbu) }.input())
    }

    #[track_caller]
    fn register(&mut self, link: u32, n: u32) -> Vec<Action> {
        self.register_with(link, n, &profile())
    }

    /// The registrations among `actions`, at this moment.
    fn pbus<'a>(&self, actions: impl IntoIterator<Item = &'a Action>) -> Vec<Pbu> {
        actions.into_iter().filter_map(|action| pbu(self.now, action)).collect()
    }

    #[track_caller]
    fn pbu<'a>(&self, actions: impl IntoIterator<Item = &'a Action>) -> Pbu {
        let mut all = self.pbus(actions);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    fn kind(&self, link: u32) -> Option<Kind> {
        self.session(link).map(|session| session.kind)
    }

    fn session(&self, link: u32) -> Option<SessionState> {
        let sessions = self.mag.snapshot().sessions;
        sessions.into_iter().rev().find(|session| session.link == LinkId(link))
    }
}

fn attached(link: u32, n: u32, handoff: u8, previous: Option<&str>) -> OwnedInput {
    let mut input = attached_as(link, n, handoff, &[2, 0, 0, 0, 0, u8::try_from(n).unwrap()]);
    if let OwnedInput::Attached { previous: from, .. } = &mut input {
        *from = previous.map(ip);
    }
    input
}

/// A node that attaches with an interface of this identifier.
fn attached_as(link: u32, n: u32, handoff: u8, link_layer_id: &[u8]) -> OwnedInput {
    OwnedInput::Attached {
        link: LinkId(link),
        node: node(n),
        link_layer_id: link_layer_id.into(),
        technology: AccessTechnology::IEEE_802_11,
        handoff: HandoffIndicator(handoff),
        previous: None,
    }
}

/// The same attachment by another interface.
fn by_card(attachment: OwnedInput, card: [u8; 6]) -> OwnedInput {
    match attachment {
        OwnedInput::Attached { link, node, technology, handoff, previous, .. } => {
            OwnedInput::Attached { link, node, link_layer_id: card.into(), technology, handoff, previous }
        }
        other => other,
    }
}

fn pbu(at: Instant, action: &Action) -> Option<Pbu> {
    let Action::Send(Envelope { via: Via::Routed, src, dst, body: OwnedPayload::Mh(body) }) = action else {
        return None;
    };
    assert_eq!(*src, ip(MAG), "a registration leaves from the Proxy-CoA (RFC 5213 6.9.1.5)");
    let mh::Message::BindingUpdate(update) = body.view() else { return None };
    let options = update.options;
    let (subtype, id) = options.mn_identifier().expect("MN-ID");
    Some(Pbu {
        at,
        dst: *dst,
        node: NodeId { subtype, id: id.into() },
        sequence: update.sequence,
        flags: update.flags,
        lifetime: update.lifetime,
        handoff: options.handoff_indicator().expect("HI"),
        technology: options.access_technology().expect("ATT"),
        prefixes: options.home_network_prefixes().map(|(addr, len)| Prefix::new(addr.ip(), len)).collect(),
        link_layer_id: options.link_layer_id().map(<[u8]>::to_vec),
        timestamp: options.timestamp(),
        records: options.multicast_records().map(|record| record.try_into().unwrap()).collect(),
        options: options.len(),
    })
}

/// The reports among `actions`: through which tunnel, and what they say.
fn reports<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Vec<(TunnelId, Vec<GroupRecord>)> {
    let report = |action: &Action| {
        let Action::Send(Envelope { via: Via::Tunnel(id), src, dst, body: OwnedPayload::Mld(body) }) = action
        else {
            return None;
        };
        let mld::Message::Report(report) = body.view() else { return None };
        assert_eq!((*src, *dst), (ip(ROUTER), ip("ff02::16")), "A18");
        Some((*id, report.records.iter().map(|record| record.try_into().unwrap()).collect()))
    };
    actions.into_iter().filter_map(report).collect()
}

/// The multicast routes that `actions` install: group, filter, tunnel, link.
fn routes<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Vec<(Ipv6Addr, Filter, Via, Via)> {
    let route = |action: &Action| match action {
        Action::InstallRoute { route, .. } => Some((route.group, route.filter.clone(), route.iif, route.oif)),
        _ => None,
    };
    actions.into_iter().filter_map(route).collect()
}

fn tunnels<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Vec<(TunnelId, TunnelKind, Ipv6Addr)> {
    let tunnel = |action: &Action| match action {
        Action::InstallTunnel { id, tunnel } => {
            assert_eq!(tunnel.local, ip(MAG));
            Some((*id, tunnel.kind, tunnel.remote))
        }
        _ => None,
    };
    actions.into_iter().filter_map(tunnel).collect()
}

/// Link, destination, router lifetime, and prefixes with their lifetime.
type Advert = (LinkId, Ipv6Addr, u16, Vec<(Prefix, u32)>);

/// The Router Advertisements among `actions`.
fn adverts<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Vec<Advert> {
    let advert = |action: &Action| {
        let Action::Send(Envelope { via: Via::Link(link), dst, body: OwnedPayload::Nd(body), .. }) = action
        else {
            return None;
        };
        let nd::Message::Advertisement(advert) = body.view() else { return None };
        let prefix = |option| match option {
            nd::NdOption::PrefixInformation { len, valid_s, prefix, .. } => {
                Some((Prefix::new(prefix.ip(), len), valid_s))
            }
            _ => None,
        };
        Some((*link, *dst, advert.lifetime_s, advert.options.iter().filter_map(prefix).collect()))
    };
    actions.into_iter().filter_map(advert).collect()
}

/// The links that a General Query goes out on.
fn queries<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Vec<LinkId> {
    let query = |action: &Action| match action {
        Action::Send(Envelope { via: Via::Link(link), body: OwnedPayload::Mld(body), .. }) => {
            matches!(body.view(), mld::Message::Query(query) if query.group == Addr::UNSPECIFIED)
                .then_some(*link)
        }
        _ => None,
    };
    actions.into_iter().filter_map(query).collect()
}

fn notices<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Vec<Notice> {
    let notice = |action: &Action| match action {
        Action::Notify(notice) => Some(notice.clone()),
        _ => None,
    };
    actions.into_iter().filter_map(notice).collect()
}

fn just(log: &[(Instant, Action)]) -> Vec<Action> {
    log.iter().map(|(_, action)| action.clone()).collect()
}

#[test]
fn owned_inputs_are_what_they_were_made_of() {
    let pbu = Bench::new().begin(1, 1, &profile());
    let clock = OwnedInput::Clock { unix_micros: 5 };
    for input in [attached(1, 1, 4, Some(PREVIOUS)), Pba::to(&pbu).input(), report(1, &[leave(GROUP)]), clock]
    {
        let dialect = dialect();
        assert_eq!(OwnedInput::new(&input.borrow(), &dialect).unwrap().borrow_debug(), input.borrow_debug());
    }
}

impl OwnedInput {
    fn borrow_debug(&self) -> String {
        format!("{:?}", self.borrow())
    }
}
