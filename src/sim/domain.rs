//! The domain: nodes, links, one queue, one generator.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use bytes::Bytes;

use super::event::{Event, MachineConfig, Medium, Node, Observer, Why};
use super::frame;
use super::link::{self, LinkProfile};
use super::node::{self, Anchor, Around, Arrived, Effect, Gateway, Mobile, MobileSnapshot, Network};
use super::scenario::{Act, Scenario};
use crate::channel::{Channel, Filter};
use crate::machine::{LinkId, Snapshot};
use crate::pmip::{NodeId, Profile, lma, mag};
use crate::random::SplitMix64;
use crate::time::Instant;
use crate::timers::Timers;
use crate::wire::mh::option::HandoffIndicator;

/// A scenario at work.
pub struct Domain<'s> {
    scenario: &'s Scenario,
    now: Instant,
    started: bool,
    serial: u64,
    queue: BTreeMap<(Instant, u64), Happening>,
    due: Timers<Node>,
    random: SplitMix64,
    seeds: Vec<u64>,
    mobiles: Vec<Mobile>,
    gateways: Vec<Gateway>,
    anchors: Vec<Anchor>,
    network: Network,
    /// Who has a core address.
    addresses: BTreeMap<Ipv6Addr, Node>,
    store: BTreeMap<NodeId, Profile>,
    access: BTreeMap<LinkId, Access>,
    next_link: u32,
    /// For each mobile node: its link now, and the gateway it was at last.
    attachments: Vec<(Option<LinkId>, Option<Node>)>,
    effects: Vec<Effect>,
}

/// The time of day when a run begins: 2026-01-01 UTC, so that timestamps look like timestamps.
pub const EPOCH_UNIX_MICROS: u64 = 1_767_225_600_000_000;

#[derive(Clone, Copy, Debug)]
struct Access {
    mobile: Node,
    gateway: Node,
    /// Whether the node fell silent: nothing passes.
    silent: bool,
}

#[derive(Debug)]
enum Happening {
    Step(usize),
    Arrival { from: Node, to: Node, medium: Medium, octets: Bytes, mangled: bool },
    Answer { gateway: Node, link: LinkId, node: NodeId },
    Kept { node: NodeId, channels: Vec<(Ipv6Addr, Filter)> },
    Upstream { anchor: Node, channel: Channel, joins: bool },
    Emit { stream: usize, sequence: u64 },
}

/// Why a scenario cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The configuration of a MAG cannot be.
    #[error("MAG {0}: {1}")]
    Mag(String, mag::ConfigError),
    /// The configuration of an LMA cannot be.
    #[error("LMA {0}: {1}")]
    Lma(String, lma::ConfigError),
    /// The timers of a mobile node cannot be.
    #[error("mobile node {0}: {1}")]
    Mobile(String, crate::mld::TimingError),
}

/// The protocol state of all machines, by the names of their nodes.
pub type DomainSnapshot = BTreeMap<String, NodeSnapshot>;

/// The protocol state of a machine of the domain.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NodeSnapshot {
    /// Of a mobile node.
    Mobile(MobileSnapshot),
    /// Of a MAG.
    Mag(<mag::Mag as Snapshot>::S),
    /// Of an LMA.
    Lma(<lma::Lma as Snapshot>::S),
}

impl<'s> Domain<'s> {
    /// Sets the scenario up; everything random will come from `seed`.
    ///
    /// # Errors
    /// A configuration that cannot be.
    pub fn new(scenario: &'s Scenario, seed: u64) -> Result<Self, BuildError> {
        let mut random = SplitMix64::new(seed);
        let seeds: Vec<u64> = (0..scenario.nodes()).map(|_| random.next()).collect();
        let mut seed = seeds.iter().copied();
        let mut next = || seed.next().unwrap_or_default();
        let dialect = scenario.dialect;
        let mut domain = Self {
            scenario,
            now: Instant::ZERO,
            started: false,
            serial: 0,
            queue: BTreeMap::new(),
            due: Timers::default(),
            mobiles: Vec::new(),
            gateways: Vec::new(),
            anchors: Vec::new(),
            network: Network::default(),
            addresses: BTreeMap::new(),
            store: scenario.mobiles.iter().map(|spec| (spec.id.clone(), spec.profile.clone())).collect(),
            access: BTreeMap::new(),
            next_link: node::FIRST_ACCESS,
            attachments: alloc::vec![(None, None); scenario.mobiles.len()],
            effects: Vec::new(),
            random,
            seeds: seeds.clone(),
        };
        for spec in &scenario.mobiles {
            let made = Mobile::new(spec, dialect, next());
            domain.mobiles.push(made.map_err(|error| BuildError::Mobile(spec.name.clone(), error))?);
        }
        for spec in &scenario.gateways {
            let made = Gateway::new(&spec.config, dialect, next());
            domain.addresses.insert(spec.config.proxy_coa, domain.mobiles.len() + domain.gateways.len());
            domain.gateways.push(made.map_err(|error| BuildError::Mag(spec.name.clone(), error))?);
        }
        for spec in &scenario.anchors {
            let made = Anchor::new(&spec.config, dialect, next());
            domain.addresses.insert(spec.config.address, domain.first_anchor() + domain.anchors.len());
            domain.anchors.push(made.map_err(|error| BuildError::Lma(spec.name.clone(), error))?);
        }
        Ok(domain)
    }

    /// Runs to the end of the scenario.
    pub fn run(&mut self, observer: &mut dyn Observer) {
        self.run_until(self.scenario.until, observer);
    }

    /// Runs until `end`, what happens at that very moment included.
    pub fn run_until(&mut self, end: Instant, observer: &mut dyn Observer) {
        self.start(observer);
        loop {
            let happening = self.queue.first_key_value().map(|(&(at, _), _)| at);
            let timer = self.due.next();
            let Some(at) = [happening, timer].into_iter().flatten().min().filter(|&at| at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            if timer.is_some_and(|due| due <= at) {
                if let Some(node) = self.due.pop(at) {
                    self.at_node(node, observer, |domain, around| domain.wake(around));
                }
            } else if let Some((_, happening)) = self.queue.pop_first() {
                self.happen(happening, observer);
            }
        }
        self.now = self.now.max(end);
    }

    /// The moment that the domain has reached.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// The protocol state of all machines.
    #[must_use]
    pub fn snapshot(&self) -> DomainSnapshot {
        let mobiles = self.mobiles.iter().map(|mobile| NodeSnapshot::Mobile(mobile.snapshot()));
        let gateways = self.gateways.iter().map(|gateway| NodeSnapshot::Mag(gateway.snapshot()));
        let anchors = self.anchors.iter().map(|anchor| NodeSnapshot::Lma(anchor.snapshot()));
        let all = mobiles.chain(gateways).chain(anchors);
        all.enumerate().map(|(node, state)| (self.scenario.names.of(node).to_string(), state)).collect()
    }

    fn start(&mut self, observer: &mut dyn Observer) {
        if core::mem::replace(&mut self.started, true) {
            return;
        }
        let scenario = self.scenario;
        for (node, &seed) in self.seeds.iter().enumerate() {
            let gateway = node.checked_sub(scenario.mobiles.len());
            let anchor = node.checked_sub(self.first_anchor());
            let listener = scenario.mobiles.get(node).map(node::listener_config);
            let config = match (&listener, gateway, anchor) {
                (Some(config), ..) => MachineConfig::Listener(config),
                (None, Some(at), None) => MachineConfig::Mag(&scenario.gateways[at].config),
                (None, _, Some(at)) if at < scenario.anchors.len() => {
                    MachineConfig::Lma(&scenario.anchors[at].config)
                }
                _ => continue,
            };
            observer.see(self.now, &Event::Made { node, seed, config });
        }
        for (index, step) in scenario.steps.iter().enumerate() {
            self.schedule(step.at, Happening::Step(index));
        }
        for (stream, spec) in scenario.streams.iter().enumerate().filter(|(_, spec)| spec.packets() > 0) {
            self.schedule(spec.from, Happening::Emit { stream, sequence: 0 });
        }
        for node in scenario.mobiles.len()..self.first_anchor() {
            self.at_node(node, observer, |domain, around| {
                domain.gateway(node).clock(EPOCH_UNIX_MICROS, around);
            });
        }
        for (at, anchor) in scenario.anchors.iter().enumerate() {
            self.at_node(self.first_anchor() + at, observer, |domain, around| {
                domain.anchors[at].clock(EPOCH_UNIX_MICROS, around);
                for mobile in scenario.mobiles.iter().filter(|m| m.profile.lma == anchor.config.address) {
                    domain.anchors[at].provision(&mobile.id, &mobile.subscriber, around);
                }
            });
        }
        for mobile in 0..self.mobiles.len() {
            self.due.set_or_stop(mobile, self.mobiles[mobile].due());
        }
    }

    fn first_anchor(&self) -> Node {
        self.scenario.mobiles.len() + self.scenario.gateways.len()
    }

    fn gateway(&mut self, node: Node) -> &mut Gateway {
        &mut self.gateways[node - self.scenario.mobiles.len()]
    }

    fn schedule(&mut self, at: Instant, happening: Happening) {
        self.queue.insert((at, self.serial), happening);
        self.serial += 1;
    }

    /// Lets a node do something, then does what it wants done and looks when it wants to be called next.
    fn at_node(
        &mut self,
        node: Node,
        observer: &mut dyn Observer,
        act: impl FnOnce(&mut Self, &mut Around<'_>),
    ) {
        let mut effects = core::mem::take(&mut self.effects);
        act(self, &mut Around { now: self.now, node, observer, effects: &mut effects });
        for effect in effects.drain(..) {
            self.carry_out(node, effect, observer);
        }
        self.effects = effects;
        let due = match node.checked_sub(self.scenario.mobiles.len()) {
            None => self.mobiles[node].due(),
            Some(at) if at < self.gateways.len() => self.gateways[at].due(),
            Some(at) => self.anchors[at - self.gateways.len()].due(),
        };
        self.due.set_or_stop(node, due);
    }

    fn wake(&mut self, around: &mut Around<'_>) {
        match around.node.checked_sub(self.scenario.mobiles.len()) {
            None => self.mobiles[around.node].wake(around),
            Some(at) if at < self.gateways.len() => self.gateways[at].wake(around),
            Some(at) => self.anchors[at - self.gateways.len()].wake(around),
        }
    }

    fn happen(&mut self, happening: Happening, observer: &mut dyn Observer) {
        let scenario = self.scenario;
        match happening {
            Happening::Step(index) => {
                let step = &scenario.steps[index];
                match &step.act {
                    Act::Attach { gateway, tell_previous } => {
                        self.attach(step.mobile, scenario.mobiles.len() + gateway, *tell_previous, observer);
                    }
                    Act::Detach => self.detach(step.mobile, observer),
                    Act::FallSilent => self.fall_silent(step.mobile, observer),
                    Act::Want { group, filter } => self.at_node(step.mobile, observer, |domain, around| {
                        domain.mobiles[step.mobile].want(*group, filter, around);
                    }),
                }
            }
            Happening::Arrival { from, to, medium, octets, mangled } => {
                self.arrive(from, to, &Arrived { medium, octets: &octets, mangled }, observer);
            }
            Happening::Answer { gateway, link, node } => {
                let profile = self.store.get(&node).cloned();
                self.at_node(gateway, observer, |domain, around| {
                    domain.gateway(gateway).profile(link, &node, profile.as_ref(), around);
                });
            }
            Happening::Kept { node, channels } => {
                if let Some(profile) = self.store.get_mut(&node) {
                    profile.channels = channels;
                }
            }
            Happening::Upstream { anchor, channel, joins } => self.network.upstream(anchor, channel, joins),
            Happening::Emit { stream, sequence } => self.emit(stream, sequence, observer),
        }
    }

    fn attach(&mut self, mobile: Node, gateway: Node, tell_previous: bool, observer: &mut dyn Observer) {
        self.detach(mobile, observer);
        let scenario = self.scenario;
        let link = LinkId(self.next_link);
        self.next_link += 1;
        self.access.insert(link, Access { mobile, gateway, silent: false });
        let last = self.attachments[mobile].1.replace(gateway);
        self.attachments[mobile].0 = Some(link);
        observer.see(self.now, &Event::Attached { node: mobile, gateway });
        let (handoff, previous) = match last {
            None => (HandoffIndicator::NEW_INTERFACE, None),
            Some(last) if tell_previous && last != gateway => {
                let from = scenario.gateways[last - scenario.mobiles.len()].config.proxy_coa;
                (HandoffIndicator::SAME_INTERFACE, Some(from))
            }
            Some(_) => (HandoffIndicator::UNKNOWN, None),
        };
        let spec = &scenario.mobiles[mobile];
        let [.., a, b, c, d, e, f, g, h] = spec.link_local.octets();
        self.at_node(gateway, observer, |domain, around| {
            let layer_2 = [a, b, c, d, e, f, g, h];
            domain.gateway(gateway).attached(link, &spec.id, &layer_2, handoff, previous, around);
        });
        self.at_node(mobile, observer, |domain, around| domain.mobiles[mobile].attached(around));
    }

    fn detach(&mut self, mobile: Node, observer: &mut dyn Observer) {
        let Some(link) = self.attachments[mobile].0.take() else { return };
        let Some(Access { gateway, .. }) = self.access.remove(&link) else { return };
        observer.see(self.now, &Event::Detached { node: mobile, gateway });
        self.at_node(mobile, observer, |domain, _| domain.mobiles[mobile].detached());
        self.at_node(gateway, observer, |domain, around| domain.gateway(gateway).detached(link, around));
    }

    fn fall_silent(&mut self, mobile: Node, observer: &mut dyn Observer) {
        let link = self.attachments[mobile].0;
        let Some(access) = link.and_then(|link| self.access.get_mut(&link)) else { return };
        access.silent = true;
        observer.see(self.now, &Event::FellSilent { node: mobile });
    }

    fn emit(&mut self, stream: usize, sequence: u64, observer: &mut dyn Observer) {
        let spec = &self.scenario.streams[stream];
        observer.see(self.now, &Event::Emitted { stream, sequence });
        let receivers = self.network.receivers(spec.source, spec.group);
        if !receivers.is_empty() {
            let octets = Bytes::from(frame::datagram(stream, spec, sequence));
            let network = self.scenario.nodes() - 1;
            for anchor in receivers {
                self.transmit(network, anchor, Medium::Network, &octets, observer);
            }
        }
        let next = sequence + 1;
        if next < spec.packets() {
            self.schedule(spec.at(next), Happening::Emit { stream, sequence: next });
        }
    }

    fn arrive(&mut self, from: Node, to: Node, arrived: &Arrived<'_>, observer: &mut dyn Observer) {
        let Arrived { medium, octets, mangled } = *arrived;
        if let Medium::Access(link) = medium
            && !self.access.contains_key(&link)
        {
            return observer.see(self.now, &Event::Dropped { node: to, octets, why: Why::Gone });
        }
        observer.see(self.now, &Event::Received { from, to, medium, octets, mangled });
        self.at_node(to, observer, |domain, around| match to.checked_sub(domain.scenario.mobiles.len()) {
            None => domain.mobiles[to].receive(arrived, around),
            Some(at) if at < domain.gateways.len() => domain.gateways[at].receive(arrived, around),
            Some(at) => domain.anchors[at - domain.gateways.len()].receive(arrived, around),
        });
    }

    fn carry_out(&mut self, node: Node, effect: Effect, observer: &mut dyn Observer) {
        let delay = self.scenario.store_delay;
        match effect {
            Effect::OnLink(link, octets) => {
                let link = if node < self.mobiles.len() { self.attachments[node].0 } else { Some(link) };
                match link.and_then(|link| Some((link, *self.access.get(&link)?))) {
                    Some((link, Access { mobile, gateway, .. })) => {
                        let to = if node == mobile { gateway } else { mobile };
                        self.transmit(node, to, Medium::Access(link), &octets, observer);
                    }
                    None => {
                        observer.see(self.now, &Event::Dropped { node, octets: &octets, why: Why::Gone });
                    }
                }
            }
            Effect::Route(address, octets) => match self.addresses.get(&address) {
                Some(&to) => self.transmit(node, to, Medium::Core, &octets, observer),
                None => {
                    observer.see(self.now, &Event::Dropped { node, octets: &octets, why: Why::Unreachable });
                }
            },
            Effect::Fetch { link, node: id } => {
                self.schedule(self.now + delay, Happening::Answer { gateway: node, link, node: id });
            }
            Effect::Store { node, channels } => {
                self.schedule(self.now + delay, Happening::Kept { node, channels });
            }
            Effect::Upstream { channel, joins } => {
                observer.see(self.now, &Event::Upstream { node, channel, joins });
                let at = self.now + self.scenario.links.network.delay;
                self.schedule(at, Happening::Upstream { anchor: node, channel, joins });
            }
        }
    }

    fn transmit(
        &mut self,
        from: Node,
        to: Node,
        medium: Medium,
        octets: &Bytes,
        observer: &mut dyn Observer,
    ) {
        observer.see(self.now, &Event::Sent { from, to, medium, octets });
        let lossy = self.scenario.loss_until.is_none_or(|end| self.now < end);
        let copies = match self.is_silent(medium) {
            true => Vec::new(),
            false => self.profile(from, to, medium).copies(lossy, &mut self.random),
        };
        if copies.is_empty() {
            observer.see(self.now, &Event::Dropped { node: to, octets, why: Why::Lost });
        }
        for copy in copies {
            let octets = if copy.mangled {
                Bytes::from(link::mangled(octets, &mut self.random))
            } else {
                octets.clone()
            };
            let arrival = Happening::Arrival { from, to, medium, octets, mangled: copy.mangled };
            self.schedule(self.now + copy.after, arrival);
        }
    }

    fn is_silent(&self, medium: Medium) -> bool {
        matches!(medium, Medium::Access(link) if self.access.get(&link).is_some_and(|access| access.silent))
    }

    fn profile(&self, from: Node, to: Node, medium: Medium) -> LinkProfile {
        let links = &self.scenario.links;
        let usual = match medium {
            Medium::Access(_) => &links.access,
            Medium::Core => &links.core,
            Medium::Network => &links.network,
        };
        *links.pairs.get(&(from.min(to), from.max(to))).unwrap_or(usual)
    }
}
