//! The machine laws, over random scripts of registrations, reports and silence.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use multimob::Instant;
use multimob::channel::{Channel, Filter};
use multimob::laws::{self, Effect, Subject};
use multimob::machine::{Machine, Snapshot, Via};
use multimob::mld::{Database, GroupRecord};
use multimob::pmip::lma::{Action, Config, Input, Limits, Lma, Reject};
use multimob::pmip::mag::TunnelMode;
use multimob::pmip::{ChannelPolicy, NodeId, Subscriber};
use multimob::wire::mh::option::{AccessTechnology, HandoffIndicator};
use multimob::wire::mld::RecordType;
use proptest::prelude::*;
use proptest::sample::select;

use crate::domain::*;

#[derive(Clone, Debug)]
enum Event {
    Provision(&'static str, Subscriber),
    Withdraw(&'static str),
    Update(Box<Pbu<'static>>),
    Report(&'static str, Vec<GroupRecord>),
    Clock(u64),
}

struct Anchors(Config);

impl Subject for Anchors {
    type Machine = Lma;
    type Input = Event;

    fn fresh(&self) -> Lma {
        let mut lma = Lma::new(self.0.clone(), 5).unwrap();
        for node in [MN1, MN2] {
            let subscriber = Subscriber::default();
            let provision = Input::Provision { node: &NodeId::nai(node), subscriber: &subscriber };
            lma.handle_input(Instant::ZERO, provision, &mut Vec::new()).unwrap();
        }
        lma
    }

    fn feed(&self, lma: &mut Lma, now: Instant, event: &Event, out: &mut Vec<Action>) -> Result<(), Reject> {
        let dialect = self.0.mags[0].dialect;
        let mut domain = Sender { lma, now, dialect, out };
        match event {
            Event::Provision(node, subscriber) => {
                domain.input(Input::Provision { node: &NodeId::nai(node), subscriber })
            }
            Event::Withdraw(node) => domain.input(Input::Withdraw { node: &NodeId::nai(node) }),
            Event::Update(pbu) => domain.update(pbu),
            Event::Report(mag, records) => domain.report(mag, records),
            &Event::Clock(unix_micros) => domain.input(Input::Clock { unix_micros }),
        }
    }

    fn effect(&self, action: &Action) -> Effect {
        let tunnel = |via| match via {
            Via::Tunnel(id) => vec![("tunnel", id.0)],
            _ => vec![],
        };
        match action {
            Action::InstallTunnel { id, .. } => Effect::Install { id: ("tunnel", id.0), uses: vec![] },
            Action::RemoveTunnel { id } => Effect::Remove { id: ("tunnel", id.0) },
            Action::InstallRoute { id, route } => {
                Effect::Install { id: ("route", id.0), uses: tunnel(route.oif) }
            }
            Action::InstallPrefix { id, tunnel: used, .. } => {
                Effect::Install { id: ("route", id.0), uses: tunnel(Via::Tunnel(*used)) }
            }
            Action::RemoveRoute { id } => Effect::Remove { id: ("route", id.0) },
            _ => Effect::None,
        }
    }

    /// The MAG takes the prefixes that it was given and registers again, or deregisters.
    fn react(&self, _: &Lma, recent: &VecDeque<Action>, pick: u16) -> Option<Event> {
        let mut sent: Vec<Action> = recent.iter().cloned().collect();
        let mut answers: Vec<Pba> = core::iter::from_fn(|| take_answer(&mut sent)).collect();
        if answers.is_empty() {
            return None;
        }
        let answer = answers.swap_remove(usize::from(pick / 4) % answers.len());
        let mag = [MAG1, MAG2].into_iter().find(|mag| ip(mag) == answer.to)?;
        let node = [MN1, MN2].into_iter().find(|node| answer.node.as_deref() == Some(node))?;
        Some(Event::Update(Box::new(Pbu {
            mag,
            node: Some(node),
            sequence: answer.sequence.wrapping_add(1),
            lifetime: pick % 4 * 5,
            prefixes: answer.prefixes,
            handoff: Some(HandoffIndicator::REREGISTRATION),
            technology: answer.technology,
            ..Pbu::default()
        })))
    }

    /// Nobody may register again; then every session is deregistered, by numbers of which at least one is fresh.
    fn tear_down(&self, lma: &Lma) -> Vec<Event> {
        let served =
            lma.bindings().filter_map(|binding| Some((binding.mag?, binding.node, binding.prefixes)));
        let gone = |(serving, who, prefixes): (_, _, Vec<_>)| {
            let mag = [MAG1, MAG2].into_iter().find(|mag| ip(mag) == serving)?;
            let node = [MN1, MN2].into_iter().find(|node| NodeId::nai(node) == who)?;
            let handoff = Some(HandoffIndicator::OTHER_INTERFACE);
            Some([0, 20_000, 40_000, 60_000].map(|sequence| {
                let gone = Pbu::deregistration(mag, sequence, &prefixes);
                Event::Update(Box::new(Pbu { node: Some(node), handoff, ..gone }))
            }))
        };
        let withdrawn = [MN1, MN2].map(Event::Withdraw);
        withdrawn.into_iter().chain(served.filter_map(gone).flatten()).collect()
    }

    fn sizes(&self, lma: &Lma) -> Vec<(&'static str, usize, usize)> {
        let state = lma.snapshot();
        let groups = state.groups.values().map(BTreeMap::len).max().unwrap_or(0);
        vec![
            ("bindings", state.bindings.len(), self.0.limits.bindings),
            ("groups of a MAG", groups, self.0.router.limits.groups_per_link),
        ]
    }

    fn derived(&self, lma: &Lma) -> Result<(), String> {
        let state = lma.snapshot();
        let mut union = Database::default();
        for (mag, groups) in &state.groups {
            let routed: BTreeMap<_, _> = groups
                .iter()
                .filter(|(group, _)| **group != ip("ff02::5"))
                .map(|(&g, f)| (g, f.clone()))
                .collect();
            if state.routes[mag] != routed {
                return Err(format!("{mag}: routes {:?} for {routed:?}", state.routes[mag]));
            }
            for (&group, filter) in &routed {
                union.set(*mag, group, filter.clone());
            }
            let serves = state.bindings.iter().any(|binding| binding.mag == Some(*mag));
            let tunnels = state.tunnels[mag];
            let is_static = self.0.tunnel_mode == TunnelMode::Static;
            if !is_static && (tunnels.unicast != serves || tunnels.multicast == routed.is_empty()) {
                return Err(format!("{mag} serves {serves}, is routed {routed:?}, has {tunnels:?}"));
            }
            if !serves && !groups.is_empty() {
                return Err(format!("{mag} serves nobody and wants {groups:?}"));
            }
        }
        let channels: BTreeSet<Channel> =
            union.groups().flat_map(|(group, merged)| merged.channels(group)).collect();
        if channels != state.upstream {
            return Err(format!("upstream {:?} for {channels:?}", state.upstream));
        }
        Ok(())
    }
}

fn filter() -> impl Strategy<Value = Filter> {
    (any::<bool>(), proptest::collection::vec(1u16..5, 0..3)).prop_map(|(include, sources)| {
        let sources = sources.into_iter().map(|n| ip(&format!("2001:db8:5::{n}")));
        if include { Filter::include(sources) } else { Filter::exclude(sources) }
    })
}

fn records() -> impl Strategy<Value = Vec<GroupRecord>> {
    let kind = prop_oneof![8 => 1u8..=6, 1 => Just(0x81)].prop_map(RecordType);
    let group = select(vec!["ff1e::1", "ff1e::2", "ff1e::3", SSM, "ff02::5", "2001:db8::1"]);
    let record = (kind, group, filter()).prop_map(|(kind, group, filter)| GroupRecord {
        kind,
        group: ip(group),
        sources: filter.sources,
    });
    proptest::collection::vec(record, 0..4)
}

fn updates() -> impl Strategy<Value = Event> {
    let what = (select(vec![MAG1, MAG2]), select(vec![MN1, MN2]), 0u16..40, select(vec![0u16, 1, 20, 100]));
    let prefixes = select(vec![
        vec![ALL_ZERO],
        vec![prefix("2001:db8:f000::")],
        vec![prefix("2001:db8:f000:1::")],
        vec![prefix("2001:db8:1::")],
        vec![],
    ]);
    let how = (1u8..6, select(vec![4u8, 8]), select(vec![None, Some(&[1u8; 6][..]), Some(&[2u8; 6][..])]));
    (what, prefixes, how, proptest::option::of(records()), any::<bool>()).prop_map(
        |((mag, node, sequence, lifetime), prefixes, (handoff, technology, card), records, link_local)| {
            let pbu = Pbu {
                mag,
                node: Some(node),
                sequence,
                lifetime,
                prefixes,
                handoff: Some(HandoffIndicator(handoff)),
                technology: Some(AccessTechnology(technology)),
                link_layer_id: card,
                link_local: link_local.then(|| ip("::")),
                ..Pbu::default()
            };
            Event::Update(Box::new(match records {
                Some(records) => pbu.subscribing(records),
                None => pbu,
            }))
        },
    )
}

fn events() -> impl Strategy<Value = Event> {
    let subscribers = select(vec![
        Subscriber::default(),
        Subscriber { prefixes: vec![prefix("2001:db8:1::")], ..Subscriber::default() },
        Subscriber { policy: ChannelPolicy::Only(vec![Channel::asm(ip(ASM))]), ..Subscriber::default() },
        Subscriber { barred: true, ..Subscriber::default() },
    ]);
    prop_oneof![
        2 => (select(vec![MN1, MN2]), subscribers).prop_map(|(node, it)| Event::Provision(node, it)),
        1 => select(vec![MN1, MN2]).prop_map(Event::Withdraw),
        12 => updates(),
        6 => (select(vec![MAG1, MAG2]), records()).prop_map(|(mag, records)| Event::Report(mag, records)),
        1 => any::<u64>().prop_map(Event::Clock),
    ]
}

/// Small tables, small budget.
fn cramped() -> Config {
    let mut config = Config { budget: 1, limits: Limits { bindings: 2, ..config().limits }, ..config() };
    config.router.budget = 1;
    config.router.limits.groups_per_link = 2;
    config.router.limits.sources_per_group = 2;
    config
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn an_lma_obeys_the_laws(script in laws::scripts(events(), 60)) {
        laws::check(&Anchors(config()), &script)?;
    }

    #[test]
    fn an_lma_with_full_tables_obeys_the_laws(script in laws::scripts(events(), 60)) {
        laws::check(&Anchors(cramped()), &script)?;
    }
}
