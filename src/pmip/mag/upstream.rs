//! One LMA, as a MAG holds on to it: the proxy towards it and the tunnels (RFC 6224 4.2).

use super::{Config, LmaPeer};
use crate::machine::{TunnelId, Via};
use crate::mld::TimingError;
use crate::mld::proxy::{self, Proxy};

/// One LMA.
#[derive(Clone, Debug)]
pub(super) struct Upstream {
    pub(super) peer: LmaPeer,
    /// What all nodes of this LMA want, told to it once (A28, Z42).
    pub(super) proxy: Proxy,
    /// Nodes with a binding there.
    pub(super) bindings: usize,
    /// The tunnel of RFC 5213 5.6.1.
    pub(super) unicast: Option<TunnelId>,
    /// The M-Tunnel (A14).
    pub(super) multicast: Option<TunnelId>,
}

impl Upstream {
    pub(super) fn new(config: &Config, peer: LmaPeer, seed: u64) -> Result<Self, TimingError> {
        // The M-Tunnel has another name each time it is set up: reports get theirs when they leave.
        let proxy = proxy::Config {
            timing: config.upstream,
            max_groups: config.upstream_groups(),
            mtu: config.mtu,
            ..proxy::Config::new(Via::Routed, config.link_local)
        };
        let proxy = Proxy::new(proxy, seed)?;
        Ok(Self { peer, proxy, bindings: 0, unicast: None, multicast: None })
    }

    /// Where MLD for this LMA leaves: through the M-Tunnel, or the unicast tunnel, which has the same ends (A22).
    pub(super) fn via(&self) -> Option<Via> {
        self.multicast.or(self.unicast).map(Via::Tunnel)
    }
}
