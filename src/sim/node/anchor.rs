//! A local mobility anchor: the machine, its tunnels and its forwarder.

use super::engine::Engine;
use super::{Around, Arrived, CORE, Effect, Tunnels, UPSTREAM};
use crate::fanout::{Forwarder, OifSet, Verdict};
use crate::machine::{Snapshot, Via};
use crate::pmip::lma::{Action, Config, ConfigError, Input, Lma};
use crate::pmip::{NodeId, Subscriber};
use crate::sim::event::{Medium, Why};
use crate::sim::frame;
use crate::time::Instant;
use crate::wire::Dialect;
use crate::wire::packet::{Datagram, Payload};

pub(in crate::sim) struct Anchor {
    engine: Engine<Lma>,
    dialect: Dialect,
    tunnels: Tunnels,
    forwarder: Forwarder,
}

impl Anchor {
    pub(in crate::sim) fn new(config: &Config, dialect: Dialect, seed: u64) -> Result<Self, ConfigError> {
        let engine = Engine::new(Lma::new(config.clone(), seed)?);
        Ok(Self { engine, dialect, tunnels: Tunnels::default(), forwarder: Forwarder::default() })
    }

    pub(in crate::sim) fn due(&self) -> Option<Instant> {
        self.engine.due()
    }

    pub(in crate::sim) fn snapshot(&self) -> <Lma as Snapshot>::S {
        self.engine.machine.snapshot()
    }

    pub(in crate::sim) fn wake(&mut self, around: &mut Around<'_>) {
        let actions = self.engine.wake(around);
        self.carry_out(actions, around);
    }

    pub(in crate::sim) fn clock(&mut self, unix_micros: u64, around: &mut Around<'_>) {
        self.take(Input::Clock { unix_micros }, around);
    }

    pub(in crate::sim) fn provision(
        &mut self,
        node: &NodeId,
        subscriber: &Subscriber,
        around: &mut Around<'_>,
    ) {
        self.take(Input::Provision { node, subscriber }, around);
    }

    pub(in crate::sim) fn receive(&mut self, arrived: &Arrived<'_>, around: &mut Around<'_>) {
        let Some(datagram) = arrived.read(&self.dialect, around) else { return };
        match datagram.payload {
            Payload::Other { .. } if datagram.dst.is_multicast() => self.forward(arrived, &datagram, around),
            Payload::Other { .. } => around.drop(arrived.octets, Why::NotForMe),
            payload => {
                let meta = arrived.meta(&datagram, CORE);
                self.take(Input::Packet { meta, payload }, around);
            }
        }
    }

    /// Multicast data comes from the network; what mobile nodes send is not simulated.
    fn forward(&mut self, arrived: &Arrived<'_>, datagram: &Datagram<'_>, around: &mut Around<'_>) {
        if arrived.medium != Medium::Network || datagram.outer.is_some() {
            return around.drop(arrived.octets, Why::NotForMe);
        }
        let mut copies = OifSet::new();
        match self.forwarder.forward(Via::Link(UPSTREAM), datagram.src, datagram.dst, &mut copies) {
            Verdict::Forward => {
                let Some(inner) = frame::forwarded(datagram.inner) else { return };
                for via in copies.iter() {
                    self.tunnels.send(via, datagram.dst, inner.clone(), around);
                }
            }
            Verdict::Drop(reason) => around.drop(arrived.octets, Why::NotForwarded(reason)),
        }
    }

    fn take(&mut self, input: Input<'_>, around: &mut Around<'_>) {
        let actions = self.engine.take(input, around);
        self.carry_out(actions, around);
    }

    fn carry_out(&mut self, actions: impl IntoIterator<Item = Action>, around: &mut Around<'_>) {
        for action in actions {
            match action {
                Action::Send(envelope) => self.tunnels.send_envelope(&envelope, around),
                Action::JoinUpstream(channel) => {
                    around.effects.push(Effect::Upstream { channel, joins: true });
                }
                Action::LeaveUpstream(channel) => {
                    around.effects.push(Effect::Upstream { channel, joins: false });
                }
                Action::InstallTunnel { id, tunnel } => self.tunnels.install(id, tunnel),
                Action::RemoveTunnel { id } => self.tunnels.remove(id),
                Action::InstallRoute { id, route } => {
                    self.forwarder.install(id, route);
                }
                Action::RemoveRoute { id } => {
                    self.forwarder.remove(id);
                }
                // Unicast of mobile nodes is not simulated; notices are for the observers.
                Action::InstallPrefix { .. } | Action::Notify(_) => {}
            }
        }
    }
}
