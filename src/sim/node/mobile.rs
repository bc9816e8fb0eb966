//! A mobile node: an ordinary host (A38a) that solicits a router, takes an address, listens to groups, and knows
//! nothing of mobility.

use alloc::collections::BTreeMap;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::engine::Engine;
use super::{Around, Arrived, Effect, RADIO};
use crate::channel::Filter;
use crate::machine::{Received, Snapshot, Via};
use crate::mld::TimingError;
use crate::mld::listener::{Action, Config, Input, Listener};
use crate::sim::event::{Event, Why};
use crate::sim::frame;
use crate::sim::replay::{Playback, Replay};
use crate::sim::scenario::MobileSpec;
use crate::time::Instant;
use crate::wire::packet::{Datagram, Payload};
use crate::wire::{Dialect, List, mld, nd};

const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
/// IRT and MRT of RFC 7559 2: a solicitation is repeated after 4 s, then after twice as long, to an hour.
const FIRST_REPEAT: Duration = Duration::from_secs(4);
const LAST_REPEAT: Duration = Duration::from_secs(3_600);

pub(in crate::sim) struct Mobile {
    engine: Engine<Listener>,
    link_local: Ipv6Addr,
    dialect: Dialect,
    wants: BTreeMap<Ipv6Addr, Filter>,
    attached: bool,
    address: Option<Ipv6Addr>,
    solicit: Option<Solicit>,
    playback: Option<Playback>,
}

/// A Router Solicitation that waits for its answer.
#[derive(Clone, Copy)]
struct Solicit {
    next: Instant,
    repeat: Duration,
}

/// What a mobile node has, as a function of what is present.
#[derive(Clone, Debug, PartialEq)]
pub struct MobileSnapshot {
    /// Its address from the home network prefix, while it is attached.
    pub address: Option<Ipv6Addr>,
    /// What it listens to.
    pub listener: <Listener as Snapshot>::S,
}

/// The configuration of a node's listener.
pub(in crate::sim) fn listener_config(spec: &MobileSpec) -> Config {
    Config { timing: spec.timing, ..Config::new(Via::Link(RADIO), spec.link_local) }
}

impl Mobile {
    pub(in crate::sim) fn new(spec: &MobileSpec, dialect: Dialect, seed: u64) -> Result<Self, TimingError> {
        Ok(Self {
            engine: Engine::new(Listener::new(listener_config(spec), seed)?),
            link_local: spec.link_local,
            dialect,
            wants: BTreeMap::new(),
            attached: false,
            address: None,
            solicit: None,
            playback: spec.replay.as_ref().map(Replay::start),
        })
    }

    pub(in crate::sim) fn due(&self) -> Option<Instant> {
        let solicit = self.solicit.map(|solicit| solicit.next);
        let playback = self.playback.as_ref().and_then(Playback::due);
        [self.engine.due(), solicit, playback].into_iter().flatten().min()
    }

    pub(in crate::sim) fn snapshot(&self) -> MobileSnapshot {
        MobileSnapshot {
            address: self.address.filter(|_| self.attached),
            listener: self.engine.machine.snapshot(),
        }
    }

    pub(in crate::sim) fn wake(&mut self, around: &mut Around<'_>) {
        let actions = self.engine.wake(around);
        self.carry_out(actions, around);
        self.play(around);
        if let Some(solicit) = self.solicit.filter(|solicit| solicit.next <= around.now) {
            self.solicit_after(solicit.repeat, around);
        }
    }

    /// The radio found a MAG.
    pub(in crate::sim) fn attached(&mut self, around: &mut Around<'_>) {
        self.attached = true;
        self.solicit_after(FIRST_REPEAT, around);
    }

    /// The radio lost its MAG. The interface stays: a host in this domain does not notice a hand-over (A11).
    pub(in crate::sim) fn detached(&mut self) {
        self.attached = false;
        self.solicit = None;
    }

    /// An application wants this of a group from now on.
    pub(in crate::sim) fn want(&mut self, group: Ipv6Addr, filter: &Filter, around: &mut Around<'_>) {
        self.note(group, filter, around);
        let actions = self.engine.take(Input::Want { group, filter: filter.clone() }, around);
        self.carry_out(actions, around);
    }

    pub(in crate::sim) fn receive(&mut self, arrived: &Arrived<'_>, around: &mut Around<'_>) {
        let Some(datagram) = arrived.read(&self.dialect, around) else { return };
        match datagram.payload {
            Payload::Nd(nd::Message::Advertisement(ra)) => self.advertised(&datagram, &ra),
            Payload::Mld(message) => {
                let query =
                    matches!(message, mld::Message::Query(query) if query.group.ip().is_unspecified());
                match &mut self.playback {
                    Some(playback) if query => playback.queried(around.now),
                    Some(_) => {}
                    None => {
                        let meta = arrived.meta(&datagram, RADIO);
                        let actions = self.engine.take(Input::Packet(Received { meta, message }), around);
                        self.carry_out(actions, around);
                    }
                }
            }
            // The application has it; whether it was wanted, and how often it came, observers count.
            Payload::Other { .. } if datagram.dst.is_multicast() => {}
            _ => around.drop(arrived.octets, Why::NotForMe),
        }
    }

    /// RFC 4861 6.1.2 and RFC 4862 5.5.3, as far as an address comes of it.
    fn advertised(&mut self, datagram: &Datagram<'_>, ra: &nd::RouterAdvertisement<'_>) {
        if !datagram.src.is_unicast_link_local() || datagram.hop_limit != 255 {
            return;
        }
        self.solicit = None;
        for option in ra.options {
            if let nd::NdOption::PrefixInformation { len: 64, flags, prefix, valid_s: 1.., .. } = option
                && flags.contains(nd::PrefixFlags::AUTONOMOUS)
            {
                let host = self.link_local.to_bits() & u128::from(u64::MAX);
                let network = prefix.ip().to_bits() & !u128::from(u64::MAX);
                self.address = Some(Ipv6Addr::from_bits(network | host));
            }
        }
    }

    fn solicit_after(&mut self, repeat: Duration, around: &mut Around<'_>) {
        self.solicit = Some(Solicit { next: around.now + repeat, repeat: (repeat * 2).min(LAST_REPEAT) });
        let message = nd::Message::Solicitation(nd::RouterSolicitation { options: List::default() });
        if let Some(octets) = frame::build(self.link_local, ALL_ROUTERS, &Payload::Nd(message)) {
            around.effects.push(Effect::OnLink(RADIO, octets.into()));
        }
    }

    /// Sends what the capture has for now. After its last report the listener knows what the real host knew, and its
    /// querier knows it too.
    fn play(&mut self, around: &mut Around<'_>) {
        let Some(playback) = &mut self.playback else { return };
        while let Some((octets, told)) = playback.next(around.now) {
            around.effects.push(Effect::OnLink(RADIO, octets));
            for (group, filter) in told {
                if self.wants.get(&group) != Some(&filter) {
                    around.show(&Event::Wants { node: around.node, group, filter: &filter });
                    self.wants.insert(group, filter);
                }
            }
        }
        if playback.is_over() {
            self.playback = None;
            for (group, filter) in self.wants.clone() {
                // What this says was said by the capture: it is not sent again.
                let _ = self.engine.take(Input::Want { group, filter }, around);
                let _ = self.engine.take(Input::Told { group }, around);
            }
        }
    }

    fn note(&mut self, group: Ipv6Addr, filter: &Filter, around: &mut Around<'_>) {
        around.show(&Event::Wants { node: around.node, group, filter });
        self.wants.insert(group, filter.clone());
    }

    fn carry_out(&self, actions: impl IntoIterator<Item = Action>, around: &mut Around<'_>) {
        for Action::Send(envelope) in actions {
            if let Some(octets) =
                frame::build(envelope.src, envelope.dst, &Payload::Mld(envelope.body.view()))
            {
                around.effects.push(Effect::OnLink(RADIO, octets.into()));
            }
        }
    }
}
