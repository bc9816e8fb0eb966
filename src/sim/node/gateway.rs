//! A mobile access gateway: the machine, its tunnels and its forwarder.

use core::net::Ipv6Addr;

use super::engine::Engine;
use super::{Around, Arrived, CORE, Effect, Tunnels};
use crate::fanout::{Forwarder, OifSet, Verdict};
use crate::machine::{LinkId, Snapshot, Via};
use crate::pmip::mag::{Action, Config, ConfigError, Input, Mag};
use crate::pmip::{NodeId, Profile};
use crate::sim::event::{Medium, Why};
use crate::sim::frame;
use crate::time::Instant;
use crate::wire::Dialect;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::packet::{Datagram, Payload};

pub(in crate::sim) struct Gateway {
    engine: Engine<Mag>,
    address: Ipv6Addr,
    dialect: Dialect,
    tunnels: Tunnels,
    forwarder: Forwarder,
}

impl Gateway {
    pub(in crate::sim) fn new(config: &Config, dialect: Dialect, seed: u64) -> Result<Self, ConfigError> {
        Ok(Self {
            engine: Engine::new(Mag::new(config.clone(), seed)?),
            address: config.proxy_coa,
            dialect,
            tunnels: Tunnels::default(),
            forwarder: Forwarder::default(),
        })
    }

    pub(in crate::sim) fn due(&self) -> Option<Instant> {
        self.engine.due()
    }

    pub(in crate::sim) fn snapshot(&self) -> <Mag as Snapshot>::S {
        self.engine.machine.snapshot()
    }

    pub(in crate::sim) fn wake(&mut self, around: &mut Around<'_>) {
        let actions = self.engine.wake(around);
        self.carry_out(actions, around);
    }

    pub(in crate::sim) fn clock(&mut self, unix_micros: u64, around: &mut Around<'_>) {
        self.take(Input::Clock { unix_micros }, around);
    }

    pub(in crate::sim) fn attached(
        &mut self,
        link: LinkId,
        node: &NodeId,
        link_layer_id: &[u8],
        handoff: HandoffIndicator,
        previous: Option<Ipv6Addr>,
        around: &mut Around<'_>,
    ) {
        self.take(
            Input::Attached {
                link,
                node,
                link_layer_id,
                technology: AccessTechnology::IEEE_802_11,
                handoff,
                previous,
            },
            around,
        );
    }

    pub(in crate::sim) fn detached(&mut self, link: LinkId, around: &mut Around<'_>) {
        self.take(Input::Detached { link }, around);
    }

    pub(in crate::sim) fn profile(
        &mut self,
        link: LinkId,
        node: &NodeId,
        profile: Option<&Profile>,
        around: &mut Around<'_>,
    ) {
        self.take(Input::Profile { link, node, profile }, around);
    }

    pub(in crate::sim) fn receive(&mut self, arrived: &Arrived<'_>, around: &mut Around<'_>) {
        let Some(datagram) = arrived.read(&self.dialect, around) else { return };
        let link = match arrived.medium {
            Medium::Access(link) => link,
            Medium::Core | Medium::Network => CORE,
        };
        match datagram.payload {
            Payload::Other { .. } if datagram.dst.is_multicast() => self.forward(arrived, &datagram, around),
            Payload::Other { .. } => around.drop(arrived.octets, Why::NotForMe),
            payload => {
                let meta = arrived.meta(&datagram, link);
                self.take(Input::Packet { meta, payload }, around);
            }
        }
    }

    fn forward(&mut self, arrived: &Arrived<'_>, datagram: &Datagram<'_>, around: &mut Around<'_>) {
        let iif = match (datagram.outer, arrived.medium) {
            (Some(outer), Medium::Core) if outer.1 == self.address => {
                self.tunnels.multicast_from(outer).map(Via::Tunnel)
            }
            (None, Medium::Access(link)) => Some(Via::Link(link)),
            _ => None,
        };
        let Some(iif) = iif else { return around.drop(arrived.octets, Why::NotForMe) };
        let mut copies = OifSet::new();
        match self.forwarder.forward(iif, datagram.src, datagram.dst, &mut copies) {
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
                Action::FetchProfile { link, node } => around.effects.push(Effect::Fetch { link, node }),
                Action::StoreChannels { node, channels } => {
                    around.effects.push(Effect::Store { node, channels });
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
