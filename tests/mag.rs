//! The mobile access gateway from outside: two gateways that hand a node over, a visit from its first to its last state,
//! a trace that is recorded and replayed.
#![cfg(feature = "proptest")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::net::Ipv6Addr;
use core::time::Duration;

use multimob::channel::Filter;
use multimob::laws::pmip::Mags;
use multimob::laws::{check, scripts};
use multimob::machine::{Envelope, LinkId, Protection, RxMeta, Via};
use multimob::pmip::mag::{Action, Config, Kind, LmaPeer, Mag, Notice, OwnedInput};
use multimob::pmip::{ChannelPolicy, NodeId, Profile};
use multimob::samples::of;
use multimob::wire::mh::option::{AccessTechnology, HandoffIndicator, HomeNetworkPrefix, MobilityOption};
use multimob::wire::mh::{AckFlags, BindingAck, Status};
use multimob::wire::mld::{Record, RecordType, Report};
use multimob::wire::packet::OwnedPayload;
use multimob::wire::{Addr, Dialect, FlagDialect, List, cxtp, mh, mld};
use multimob::{Instant, Machine, Snapshot};
use proptest::prelude::*;

const MAGS: [&str; 2] = ["2001:db8::a", "2001:db8::b"];
const LMA: &str = "2001:db8::1";
const GROUP: &str = "ff3e::8000:1";
const ANY_SOURCE: &str = "ff1e::1234";

fn ip(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

fn source(n: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, n)
}

fn gateway(n: usize) -> Mag {
    let mut config = Config::new(ip(MAGS[n]), ip("fe80::1"));
    config.lmas.push(LmaPeer { address: ip(LMA), dialect: Dialect::with_flags(FlagDialect::AsaedaC) });
    config.mags = MAGS.map(ip).to_vec();
    Mag::new(config, 1).unwrap()
}

fn meta(src: Ipv6Addr, dst: Ipv6Addr) -> RxMeta {
    let protection = Protection::Authenticated;
    RxMeta {
        link: LinkId(0),
        src,
        dst,
        home_address: None,
        routing_header: None,
        outer: None,
        hop_limit: 64,
        router_alert: false,
        protection,
    }
}

fn attached(link: u32, previous: Option<&str>) -> OwnedInput {
    OwnedInput::Attached {
        link: LinkId(link),
        node: NodeId::nai("mn1@example.net"),
        link_layer_id: [2, 0, 0, 0, 0, 1].into(),
        technology: AccessTechnology::IEEE_802_11,
        handoff: HandoffIndicator::UNKNOWN,
        previous: previous.map(ip),
    }
}

/// A Report with one record.
fn report(link: u32, kind: RecordType, group: &str, sources: &[u16]) -> OwnedInput {
    let sources: Vec<[u8; 16]> = sources.iter().map(|&n| source(n).octets()).collect();
    let records = [Record { kind, group: ip(group).into(), sources: &sources, aux: &[] }];
    let message = mld::Message::Report(Report::new(List::new(&records, &Dialect::DEFAULT)));
    let body = mld::Owned::new(&message, &Dialect::DEFAULT).unwrap();
    let meta = meta(ip("fe80::2"), ip("ff02::16"));
    let meta = RxMeta { link: LinkId(link), hop_limit: 1, router_alert: true, ..meta };
    OwnedInput::Packet { meta, payload: OwnedPayload::Mld(body) }
}

/// The good answer of an LMA to an update of the gateway at `mag`.
fn acknowledgement(update: &mh::BindingUpdate<'_>, mag: Ipv6Addr) -> OwnedInput {
    let assigned = Ipv6Addr::new(0x2001, 0xdb8, 0xf001, 0, 0, 0, 0, 0).into();
    let assign = |option| match option {
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { prefix: Addr::UNSPECIFIED, .. }) => {
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: 64, prefix: assigned })
        }
        other => other,
    };
    let options: Vec<MobilityOption<'_>> = update.options.iter().map(assign).collect();
    let dialect = *update.options.dialect();
    let ack = BindingAck {
        status: Status::ACCEPTED,
        flags: AckFlags::PROXY,
        sequence: update.sequence,
        lifetime: update.lifetime,
        options: List::new(&options, &dialect),
    };
    let body = mh::Owned::new(&mh::Message::BindingAck(ack), &dialect).unwrap();
    OwnedInput::Packet { meta: meta(ip(LMA), mag), payload: OwnedPayload::Mh(body) }
}

/// What the policy store or the LMA answers to an action.
fn reaction(action: &Action) -> Option<OwnedInput> {
    match action {
        Action::FetchProfile { link, node } => {
            let (lma, policy) = (ip(LMA), ChannelPolicy::Any);
            let profile = Some(Profile { lma, prefixes: vec![], channels: vec![], policy });
            Some(OwnedInput::Profile { link: *link, node: node.clone(), profile })
        }
        Action::Send(Envelope { src, body: OwnedPayload::Mh(body), .. }) => match body.view() {
            mh::Message::BindingUpdate(update) => Some(acknowledgement(&update, *src)),
            _ => None,
        },
        _ => None,
    }
}

/// Two gateways, with an LMA that says yes: what is sent arrives at once.
struct Pair {
    mags: [Mag; 2],
    log: Vec<(usize, Action)>,
}

impl Pair {
    fn new() -> Self {
        Self { mags: [gateway(0), gateway(1)], log: Vec::new() }
    }

    fn input(&mut self, mag: usize, input: &OwnedInput) {
        let mut out = Vec::new();
        self.mags[mag].handle_input(Instant::from_secs(1), input.borrow(), &mut out).unwrap();
        for action in out {
            self.log.push((mag, action.clone()));
            if let Some(input) = reaction(&action) {
                self.input(mag, &input);
            }
            if let Action::Send(Envelope { src, dst, body: OwnedPayload::Cxtp(body), .. }) = action {
                let other = MAGS.iter().position(|&address| ip(address) == dst).unwrap();
                let (meta, payload) = (meta(src, dst), OwnedPayload::Cxtp(body));
                self.input(other, &OwnedInput::Packet { meta, payload });
            }
        }
    }

    /// What was said since the last time, in the words of the figures of draft asaeda.
    fn words(&mut self) -> Vec<(usize, &'static str)> {
        self.log.drain(..).filter_map(|(mag, action)| Some((mag, word(&action)?))).collect()
    }
}

fn word(action: &Action) -> Option<&'static str> {
    let Action::Send(Envelope { via, body, .. }) = action else {
        return matches!(action, Action::InstallRoute { .. }).then_some("route");
    };
    Some(match body {
        OwnedPayload::Cxtp(body) => match body.view() {
            cxtp::Message::Request(_) => "CT-Req",
            cxtp::Message::Data(_) => "M-CTD",
            cxtp::Message::Reply(_) => "CTDR",
            _ => return None,
        },
        OwnedPayload::Mh(body) => match body.view() {
            mh::Message::BindingUpdate(update) if update.options.carries_multicast_state() => "PBU-M",
            mh::Message::BindingUpdate(_) => "PBU",
            _ => return None,
        },
        OwnedPayload::Nd(_) => "RA",
        OwnedPayload::Mld(_) if matches!(via, Via::Tunnel(_)) => "MLD Report",
        OwnedPayload::Mld(_) => "MLD Query",
        _ => return None,
    })
}

#[test]
fn a41_two_gateways_hand_a_node_over_as_figure_6_has_it() {
    let mut pair = Pair::new();
    pair.input(0, &attached(1, None));
    pair.input(0, &report(1, RecordType::ALLOW, GROUP, &[1, 2]));
    assert_eq!(pair.words(), [(0, "PBU"), (0, "RA"), (0, "MLD Query"), (0, "route"), (0, "MLD Report")]);
    pair.input(0, &OwnedInput::Detached { link: LinkId(1) });
    assert_eq!(pair.words(), [(0, "PBU"), (0, "MLD Report")], "the figure leaves the end at p-MAG out");

    pair.input(1, &attached(2, Some(MAGS[0])));
    // Beside the figure: the CTDR that A = 1 asks for, and what is installed.
    let told = ["CT-Req", "M-CTD", "CTDR", "PBU-M", "route", "RA", "MLD Query"];
    assert_eq!(pair.words(), told.map(|word| (usize::from(word != "M-CTD"), word)));
    let routes = [0, 1].map(|mag: usize| pair.mags[mag].snapshot().routes);
    assert!(routes[0].is_empty());
    assert_eq!(routes[1][&(LinkId(2), ip(GROUP))], Filter::include([source(1), source(2)]));
}

#[test]
fn a41_a_node_that_has_not_left_yet_is_handed_over_all_the_same() {
    let mut pair = Pair::new();
    pair.input(0, &attached(1, None));
    pair.input(0, &report(1, RecordType::TO_EX, ANY_SOURCE, &[]));
    pair.input(1, &attached(2, Some(MAGS[0])));
    let node = NodeId::nai("mn1@example.net");
    assert!(pair.log.contains(&(1, Action::Notify(Notice::ContextReceived { node, groups: 1 }))));
    let routes = [0, 1].map(|mag: usize| pair.mags[mag].snapshot().routes.into_values().next());
    assert_eq!(routes, [Some(Filter::EVERYTHING), Some(Filter::EVERYTHING)]);
}

#[test]
fn a_visit_goes_through_every_kind_of_state() {
    let (mut mag, mut now, mut last) = (gateway(0), Instant::ZERO, Vec::new());
    let mut kinds = Vec::new();
    let answer = |last: &[Action]| last.iter().find_map(reaction).unwrap();
    for step in 0..8 {
        let input = match step {
            0 => attached(1, Some(MAGS[1])),
            1 | 3 | 6 => answer(&last),
            4 => report(1, RecordType::TO_EX, ANY_SOURCE, &[]),
            5 => OwnedInput::Detached { link: LinkId(1) },
            wait => {
                now = now + Duration::from_millis(if wait == 2 { 200 } else { 10_000 });
                OwnedInput::Clock { unix_micros: 1_000_000 }
            }
        };
        last.clear();
        mag.handle_timeout(now, &mut last);
        mag.handle_input(now, input.borrow(), &mut last).unwrap();
        kinds.push(mag.snapshot().sessions.first().map(|session| session.kind));
    }
    let visit = [
        Some(Kind::Authorising),
        Some(Kind::AwaitingContext),
        Some(Kind::Registering),
        Some(Kind::Registered),
        Some(Kind::Registered),
        None, // a deregistration that nobody has answered yet
        Some(Kind::Departed),
        None,
    ];
    assert_eq!(kinds, visit);
}

proptest! {
    #[test]
    fn the_laws_hold_when_the_profile_drives(script in scripts(of::<OwnedInput>(), 60), budget in 1..4usize) {
        let mut mags = Mags::default();
        mags.config.profile_driven = true;
        mags.config.write_back = true;
        mags.config.budget = budget;
        check(&mags, &script)?;
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_recorded_trace_is_replayed_to_the_same_state() {
    let trace = [attached(1, None), report(1, RecordType::ALLOW, GROUP, &[1])];
    let (mut live, mut recorded) = (Pair::new(), Pair::new());
    for input in trace {
        let text = serde_json::to_string(&input).unwrap();
        let read: OwnedInput = serde_json::from_str(&text).unwrap();
        assert_eq!(read, input);
        live.input(0, &input);
        recorded.input(0, &read);
    }
    assert_eq!(live.log, recorded.log);
    assert_eq!(live.mags[0].snapshot(), recorded.mags[0].snapshot());

    let actions: Vec<Action> = live.log.into_iter().map(|(_, action)| action).collect();
    let text = serde_json::to_string(&actions).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Action>>(&text).unwrap(), actions);
    let config = live.mags[0].config();
    assert_eq!(serde_json::from_str::<Config>(&serde_json::to_string(config).unwrap()).unwrap(), *config);
}
