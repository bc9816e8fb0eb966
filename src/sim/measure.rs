//! What a run was like for those who listen, and what it cost.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::event::{Event, Medium, Node, Observer, Why};
use super::frame::{Data, multicast_data};
use super::scenario::{Scenario, Stream};
use crate::pmip::NodeId;
use crate::time::Instant;
use crate::wire::mh::option::MnIdentifier;
use crate::wire::mh::{self, MobilityOption};
use crate::wire::packet::{self, Payload};
use crate::wire::{Dialect, mld};

/// Collects the measures of a run.
#[derive(Clone, Debug)]
pub struct Measures {
    streams: Vec<Stream>,
    ids: Vec<NodeId>,
    dialect: Dialect,
    gateway_addresses: Vec<Ipv6Addr>,
    /// The most time that data takes from the network to a mobile node.
    path: Duration,
    end: Instant,
    ears: BTreeMap<(Node, usize), Ear>,
    reached: Vec<BTreeMap<u64, Instant>>,
    handovers: Vec<Pending>,
    last_gateway: BTreeMap<Node, Node>,
    signalling: BTreeMap<&'static str, Signalling>,
    copies: BTreeMap<(Node, Node), u64>,
    joined: BTreeMap<(Node, crate::channel::Channel), bool>,
    counts: Counts,
}

/// How one node heard one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listening {
    /// The mobile node.
    pub node: Node,
    /// Which stream.
    pub stream: usize,
    /// Datagrams that it could have had, from the first one it got on, while it wanted the stream.
    pub sent: u64,
    /// Those that it got.
    pub received: u64,
    /// Those that it did not get.
    pub lost: u64,
    /// Copies beyond the first.
    pub duplicated: u64,
    /// Datagrams that came while it did not want the stream.
    pub unwanted: u64,
}

/// A move from one MAG to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The mobile node.
    pub node: Node,
    /// From this MAG.
    pub from: Node,
    /// To this one.
    pub to: Node,
    /// When it attached there.
    pub at: Instant,
    /// From the last datagram at the old MAG to the first at the new one, of the stream that it took longest; none: no
    /// stream flowed on.
    pub interruption: Option<Duration>,
    /// Datagrams that reached the LMA after it had acknowledged the new registration and while the node was there to
    /// hear them.
    pub reached_after_ack: u64,
    /// Those of them that the node never got.
    pub lost_after_ack: u64,
}

/// Messages of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signalling {
    /// How many were sent.
    pub messages: u64,
    /// Their octets, IPv6 headers included.
    pub octets: u64,
}

/// Things that went wrong, or might have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Inputs that machines refused.
    pub refused: u64,
    /// Packets that could not be read.
    pub unreadable: u64,
    /// Packets that links lost, data included.
    pub lost: u64,
    /// Machines that were still due after their timers had run: always a fault of the machine.
    pub stuck: u64,
}

#[derive(Clone, Debug, Default)]
struct Ear {
    /// How often each datagram came.
    heard: BTreeMap<u64, u32>,
    windows: Vec<Window>,
    last_heard: Option<Instant>,
    /// The last datagram before the node left its MAG, until one comes by the next.
    before_move: Option<Instant>,
    unwanted: u64,
}

/// A time in which the stream was wanted.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: Instant,
    until: Option<Instant>,
    /// The first and the greatest datagram that came in it.
    heard: Option<(u64, u64)>,
}

#[derive(Clone, Debug)]
struct Pending {
    handover: Handover,
    acknowledged: Option<Instant>,
    left: Option<Instant>,
}

impl Measures {
    /// For a run of `scenario`.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let links = &scenario.links;
        let longest = |usual: Duration| links.pairs.values().map(|p| p.longest()).fold(usual, Duration::max);
        let path = [links.network, links.core, links.access].iter().map(|link| longest(link.longest())).sum();
        Self {
            streams: scenario.streams.clone(),
            ids: scenario.mobiles.iter().map(|mobile| mobile.id.clone()).collect(),
            dialect: scenario.dialect,
            gateway_addresses: scenario.gateways.iter().map(|gateway| gateway.config.proxy_coa).collect(),
            path,
            end: scenario.until,
            ears: BTreeMap::new(),
            reached: alloc::vec![BTreeMap::new(); scenario.streams.len()],
            handovers: Vec::new(),
            last_gateway: BTreeMap::new(),
            signalling: BTreeMap::new(),
            copies: BTreeMap::new(),
            joined: BTreeMap::new(),
            counts: Counts::default(),
        }
    }

    /// How each node heard each stream that it wanted, or got unasked.
    #[must_use]
    pub fn listening(&self) -> Vec<Listening> {
        let one = |(&(node, stream), ear): (&(Node, usize), &Ear)| {
            let stream_spec = self.streams.get(stream)?;
            let (mut sent, mut received) = (0, 0);
            for window in &ear.windows {
                let Some((low, high)) = self.span(window, stream_spec) else { continue };
                sent += high - low + 1;
                received += u64::try_from(ear.heard.range(low..=high).count()).unwrap_or(u64::MAX);
            }
            let duplicated = ear.heard.values().map(|&times| u64::from(times.saturating_sub(1))).sum();
            let unwanted = ear.unwanted;
            Some(Listening { node, stream, sent, received, lost: sent - received, duplicated, unwanted })
        };
        self.ears.iter().filter_map(one).collect()
    }

    /// The moves, in their order.
    #[must_use]
    pub fn handovers(&self) -> Vec<Handover> {
        self.handovers.iter().map(|pending| self.settle(pending)).collect()
    }

    /// Messages sent, by kind.
    #[must_use]
    pub const fn signalling(&self) -> &BTreeMap<&'static str, Signalling> {
        &self.signalling
    }

    /// Datagrams that each LMA sent through the M-Tunnel to each MAG.
    #[must_use]
    pub const fn copies(&self) -> &BTreeMap<(Node, Node), u64> {
        &self.copies
    }

    /// The channels that each LMA ever asked the network for, and whether it still has them.
    #[must_use]
    pub const fn upstream(&self) -> &BTreeMap<(Node, crate::channel::Channel), bool> {
        &self.joined
    }

    /// Things that went wrong, or might have.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The first and the last datagram that counts in a window: from the first that came; to the last that came when
    /// the stream was given up, else to the last that could have come before the run ended.
    fn span(&self, window: &Window, stream: &Stream) -> Option<(u64, u64)> {
        if let (Some(_), heard) = (window.until, window.heard) {
            return heard;
        }
        let could = |until: Instant| {
            let span = until.saturating_since(stream.from).saturating_sub(self.path).as_micros();
            let every = stream.every.as_micros().max(1);
            (u64::try_from(span / every).ok()).map(|last| last.min(stream.packets().saturating_sub(1)))
        };
        let last = could(self.end).filter(|_| stream.packets() > 0 && stream.from + self.path <= self.end)?;
        let first = match window.heard {
            Some((first, _)) => first,
            None if window.from <= stream.from => 0,
            None => could(window.from + self.path)?.saturating_add(1),
        };
        let last = last.max(window.heard.map_or(0, |(_, greatest)| greatest));
        (first <= last).then_some((first, last))
    }

    fn settle(&self, pending: &Pending) -> Handover {
        let mut handover = pending.handover;
        let Some(acknowledged) = pending.acknowledged else { return handover };
        // What reached the LMA too late to be heard before the node, or the run, was gone does not count.
        let end = pending.left.unwrap_or(self.end);
        for (stream, arrivals) in self.reached.iter().enumerate() {
            let Some(ear) = self.ears.get(&(handover.node, stream)) else { continue };
            for (sequence, &at) in arrivals {
                let wanted = |w: &Window| w.from <= at && w.until.is_none_or(|until| at + self.path <= until);
                if at >= acknowledged && at + self.path <= end && ear.windows.iter().any(wanted) {
                    handover.reached_after_ack += 1;
                    handover.lost_after_ack += u64::from(!ear.heard.contains_key(sequence));
                }
            }
        }
        handover
    }

    fn heard(&mut self, now: Instant, node: Node, data: Data) {
        let ear = self.ears.entry((node, data.stream)).or_default();
        *ear.heard.entry(data.sequence).or_insert(0) += 1;
        match ear.windows.last_mut().filter(|window| window.until.is_none()) {
            Some(window) => {
                let (first, greatest) = window.heard.unwrap_or((data.sequence, data.sequence));
                window.heard = Some((first.min(data.sequence), greatest.max(data.sequence)));
            }
            None => ear.unwanted += 1,
        }
        ear.last_heard = Some(now);
        if let Some(before) = ear.before_move.take()
            && let Some(pending) = self.handovers.iter_mut().rev().find(|p| p.handover.node == node)
        {
            let took = now.saturating_since(before);
            pending.handover.interruption = pending.handover.interruption.max(Some(took));
        }
    }

    fn wants(&mut self, now: Instant, node: Node, group: Ipv6Addr, filter: &crate::channel::Filter) {
        for (stream, spec) in self.streams.iter().enumerate().filter(|(_, spec)| spec.group == group) {
            let open = |ear: &Ear| ear.windows.last().is_some_and(|window| window.until.is_none());
            let ear = self.ears.entry((node, stream)).or_default();
            match (filter.passes(spec.source), open(ear)) {
                (true, false) => ear.windows.push(Window { from: now, until: None, heard: None }),
                (false, true) => {
                    if let Some(window) = ear.windows.last_mut() {
                        window.until = Some(now);
                    }
                }
                _ => {}
            }
        }
    }

    fn sent(&mut self, now: Instant, from: Node, to: Node, medium: Medium, octets: &[u8]) {
        if let Some(data) = multicast_data(octets) {
            if data.tunnelled && medium == Medium::Core {
                *self.copies.entry((from, to)).or_insert(0) += 1;
            }
            return;
        }
        let Ok(datagram) = packet::demux(octets, &self.dialect) else { return };
        let kind = match datagram.payload {
            Payload::Mh(message) => {
                self.acknowledged(now, datagram.dst, &message);
                "PMIPv6"
            }
            Payload::Mld(mld::Message::Query(_) | mld::Message::QueryV1(_)) => "MLD queries",
            Payload::Mld(_) => "MLD reports",
            Payload::Igmp(_) => "IGMP",
            Payload::Cxtp(_) | Payload::CxtpIcmp(_) => "CXTP",
            Payload::Nd(_) => "neighbor discovery",
            Payload::Pim(_) => "PIM",
            Payload::Other { .. } => "other",
        };
        let sum = self.signalling.entry(kind).or_default();
        sum.messages += 1;
        sum.octets += u64::try_from(octets.len()).unwrap_or(u64::MAX);
    }

    /// Notes the first acknowledgement of a registration at the MAG that the node moved to.
    fn acknowledged(&mut self, now: Instant, gateway: Ipv6Addr, message: &mh::Message<'_>) {
        let mh::Message::BindingAck(ack) = message else { return };
        if ack.status.0 >= 128 || ack.lifetime == 0 {
            return;
        }
        for option in ack.options {
            let MobilityOption::MnIdentifier(MnIdentifier { subtype, id }) = option else { continue };
            let id = NodeId { subtype, id: id.into() };
            let (ids, addresses) = (&self.ids, &self.gateway_addresses);
            let fits = |pending: &&mut Pending| {
                let to = pending.handover.to.checked_sub(ids.len()).and_then(|at| addresses.get(at));
                ids.get(pending.handover.node) == Some(&id) && to == Some(&gateway)
            };
            if let Some(pending) = self.handovers.iter_mut().rev().find(fits) {
                pending.acknowledged.get_or_insert(now);
            }
        }
    }

    fn attached(&mut self, now: Instant, node: Node, to: Node) {
        let from = self.last_gateway.insert(node, to);
        let Some(from) = from.filter(|&from| from != to) else { return };
        let handover =
            Handover { node, from, to, at: now, interruption: None, reached_after_ack: 0, lost_after_ack: 0 };
        self.handovers.push(Pending { handover, acknowledged: None, left: None });
    }

    fn detached(&mut self, now: Instant, node: Node) {
        if let Some(pending) = self.handovers.iter_mut().rev().find(|p| p.handover.node == node) {
            pending.left.get_or_insert(now);
        }
        for (_, ear) in self.ears.range_mut((node, 0)..=(node, usize::MAX)) {
            let wanted = ear.windows.last().is_some_and(|window| window.until.is_none());
            ear.before_move = ear.before_move.or(ear.last_heard.filter(|_| wanted));
        }
    }
}

impl Observer for Measures {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        match *event {
            Event::Attached { node, gateway } => self.attached(now, node, gateway),
            Event::Detached { node, .. } => self.detached(now, node),
            Event::Wants { node, group, filter } => self.wants(now, node, group, filter),
            Event::Sent { from, to, medium, octets } => self.sent(now, from, to, medium, octets),
            Event::Received { to, medium, octets, mangled: false, .. } => {
                let Some(data) = multicast_data(octets) else { return };
                match medium {
                    Medium::Access(_) if to < self.ids.len() => self.heard(now, to, data),
                    Medium::Network => {
                        if let Some(reached) = self.reached.get_mut(data.stream) {
                            reached.entry(data.sequence).or_insert(now);
                        }
                    }
                    _ => {}
                }
            }
            Event::Upstream { node, channel, joins } => {
                self.joined.insert((node, channel), joins);
            }
            Event::Dropped { why: Why::Lost, .. } => self.counts.lost += 1,
            Event::Dropped { why: Why::Unreadable(_), .. } => self.counts.unreadable += 1,
            Event::Refused { .. } => self.counts.refused += 1,
            Event::Stuck { .. } => self.counts.stuck += 1,
            _ => {}
        }
    }
}
