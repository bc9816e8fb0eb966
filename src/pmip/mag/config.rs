//! How a MAG is set up.

use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use crate::channel::Address;
use crate::mld::{Timing, TimingError, router};
use crate::wire::Dialect;

/// How a MAG is set up. [`Config::new`] has the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Config {
    /// Proxy-CoA: the global address at which the LMA finds it.
    pub proxy_coa: Ipv6Addr,
    /// Link-local address, on access links and in M-Tunnels alike (RFC 6543 lets every MAG have the same).
    pub link_local: Ipv6Addr,
    /// The LMAs of the domain and how each is spoken to.
    pub lmas: Vec<LmaPeer>,
    /// Other MAGs, with which contexts may be exchanged.
    pub mags: Vec<Ipv6Addr>,
    /// Code points in messages to other MAGs: the feature profile types of a context (digest 1.B.5).
    pub mag_dialect: Dialect,
    /// Lifetime asked for in a registration: 3,600 s; 4 s to 9,000 s. A node's default route is advertised for as long
    /// as its binding lasts, and no longer than RFC 4861 6.2.1 lets a router promise.
    pub lifetime: Duration,
    /// How long a registration waits for a transferred context: 200 ms (digest 1.B.5).
    pub context_wait: Duration,
    /// How long the context of a node that left is kept for its next MAG: 10 s (digest 5.5).
    pub context_hold: Duration,
    /// How many requests for contexts are answered: 10 a second of each MAG, 100 of all.
    #[cfg_attr(feature = "serde", serde(default))]
    pub request_rate: RequestRate,
    /// Whether registrations carry a timestamp, the clock permitting (RFC 5213 5.5): yes.
    pub timestamps: bool,
    /// Whether what a node listens to is written back to its policy profile (A31): no.
    pub write_back: bool,
    /// Whether the channels of a profile stay subscribed as long as the node is here, whether or not it answers queries
    /// and whatever it reports (Z8, Z37): no. Otherwise they are what the node listened to last, and end as a report of
    /// its own would (A43).
    pub profile_driven: bool,
    /// Dynamic or static M-Tunnel (A19-A21).
    pub tunnel_mode: TunnelMode,
    /// The MLD router towards the nodes.
    pub access: router::Config,
    /// Timers of the proxy towards the LMA.
    pub upstream: Timing,
    /// Octets of the largest datagram inside an M-Tunnel: 1,460, an Ethernet packet less the tunnel header (RFC 2473
    /// 7.1); at least 1,280.
    pub mtu: usize,
    /// Bounds.
    pub limits: Limits,
    /// Sessions whose deadlines one call may serve: 1,000. The rest falls due a millisecond later.
    pub budget: usize,
}

/// An LMA as its MAGs see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LmaPeer {
    /// LMAA.
    pub address: Ipv6Addr,
    /// Code points.
    #[cfg_attr(feature = "serde", serde(default))]
    pub dialect: Dialect,
}

/// How many requests for contexts are answered a second; as many may come at once. RFC 4067 6.3 wants it to fit the
/// hand-overs that the access network expects. With 0 none is answered; more than a million are as good as a million.
///
/// The standard lets a router drop requests at random when there are too many. This one refuses those that find no
/// room: no MAG can then crowd out another, and equal inputs give equal actions. A MAG asks again after 2 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct RequestRate {
    /// Of one MAG: 10 (CT_REQUEST_RATE, RFC 4067 4).
    pub per_mag: u32,
    /// Of all MAGs together: 100.
    pub all: u32,
}

impl Default for RequestRate {
    fn default() -> Self {
        Self { per_mag: 10, all: 100 }
    }
}

/// When an M-Tunnel exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum TunnelMode {
    /// From the first subscription to the last (A19).
    #[default]
    Dynamic,
    /// From the start, always (A20).
    Static,
}

/// Bounds of a MAG's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Limits {
    /// Attached nodes, those that just left included: 10,000. When there is no room, the one that left first is
    /// forgotten.
    pub nodes: usize,
    /// Groups taken from one node's profile or context: 256.
    pub groups_per_node: usize,
    /// Home network prefixes of one node: 16, and never more, so that a registration always fits.
    pub prefixes_per_node: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 10_000, groups_per_node: 256, prefixes_per_node: MAX_PREFIXES }
    }
}

/// Sixteen prefixes take 384 of the 2,048 octets of a Mobility Header.
const MAX_PREFIXES: usize = 16;

/// Why a MAG cannot be set up so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The Proxy-CoA or the address of an LMA is not a global unicast address.
    #[error("{0} is no global unicast address")]
    NotGlobal(Ipv6Addr),
    /// The link-local address is none.
    #[error("{0} is no link-local address")]
    NotLinkLocal(Ipv6Addr),
    /// An LMA is listed twice.
    #[error("LMA {0} is listed twice")]
    DuplicateLma(Ipv6Addr),
    /// The lifetime is out of range.
    #[error("a lifetime of {0:?}; it must be 4 s to 9,000 s")]
    Lifetime(Duration),
    /// The MTU is too small.
    #[error("an MTU of {0} octets; IPv6 needs 1,280")]
    Mtu(usize),
    /// More prefixes than a registration can hold.
    #[error("{0} prefixes for a node; a registration holds 16")]
    Prefixes(usize),
    /// A call may do nothing.
    #[error("the budget must not be zero")]
    NoBudget,
    /// Timers towards the LMA cannot be.
    #[error(transparent)]
    Timing(#[from] TimingError),
    /// The router of the access side cannot be set up so.
    #[error(transparent)]
    Access(#[from] router::ConfigError),
}

impl Config {
    /// A MAG at `proxy_coa` with the defaults and, as yet, no peer.
    #[must_use]
    pub fn new(proxy_coa: Ipv6Addr, link_local: Ipv6Addr) -> Self {
        Self {
            proxy_coa,
            link_local,
            lmas: Vec::new(),
            mags: Vec::new(),
            mag_dialect: Dialect::DEFAULT,
            lifetime: Duration::from_secs(3_600),
            context_wait: Duration::from_millis(200),
            context_hold: Duration::from_secs(10),
            request_rate: RequestRate::default(),
            timestamps: true,
            write_back: false,
            profile_driven: false,
            tunnel_mode: TunnelMode::Dynamic,
            access: router::Config::default(),
            upstream: Timing::default(),
            mtu: 1_460,
            limits: Limits::default(),
            budget: 1_000,
        }
    }

    /// Whether a MAG can be set up so.
    ///
    /// # Errors
    /// The first thing that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for address in core::iter::once(self.proxy_coa).chain(self.lmas.iter().map(|lma| lma.address)) {
            if !address.is_source() || address.is_unicast_link_local() {
                return Err(ConfigError::NotGlobal(address));
            }
        }
        if !self.link_local.is_unicast_link_local() {
            return Err(ConfigError::NotLinkLocal(self.link_local));
        }
        for (index, lma) in self.lmas.iter().enumerate() {
            if self.lmas.iter().take(index).any(|other| other.address == lma.address) {
                return Err(ConfigError::DuplicateLma(lma.address));
            }
        }
        if !(Duration::from_secs(4)..=Duration::from_secs(9_000)).contains(&self.lifetime) {
            return Err(ConfigError::Lifetime(self.lifetime));
        }
        if self.mtu < 1_280 {
            return Err(ConfigError::Mtu(self.mtu));
        }
        if self.limits.prefixes_per_node > MAX_PREFIXES {
            return Err(ConfigError::Prefixes(self.limits.prefixes_per_node));
        }
        if self.budget == 0 {
            return Err(ConfigError::NoBudget);
        }
        self.upstream.validate()?;
        Ok(self.access.validate()?)
    }

    /// The access side's router: as configured, with room for the link of every node.
    pub(super) fn router(&self) -> router::Config {
        let mut config = self.access.clone();
        config.limits.links = config.limits.links.max(self.limits.nodes);
        config
    }

    /// Groups that the proxies may be fed: what every link may want.
    pub(super) fn upstream_groups(&self) -> usize {
        let per_node = self.access.limits.groups_per_link.saturating_add(self.limits.groups_per_node);
        self.limits.nodes.saturating_mul(per_node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        let mut config = Config::new("2001:db8::a".parse().unwrap(), "fe80::1".parse().unwrap());
        config.lmas.push(LmaPeer { address: "2001:db8::1".parse().unwrap(), dialect: Dialect::DEFAULT });
        config
    }

    #[test]
    fn the_defaults_are_good_and_each_fault_is_told() {
        assert_eq!(config().validate(), Ok(()));
        type Fault = fn(&mut Config);
        let faults: [(Fault, ConfigError); 9] = [
            (
                |c| c.proxy_coa = "ff02::1".parse().unwrap(),
                ConfigError::NotGlobal("ff02::1".parse().unwrap()),
            ),
            (|c| c.lmas[0].address = c.link_local, ConfigError::NotGlobal("fe80::1".parse().unwrap())),
            (|c| c.link_local = c.proxy_coa, ConfigError::NotLinkLocal("2001:db8::a".parse().unwrap())),
            (|c| c.lmas.push(c.lmas[0]), ConfigError::DuplicateLma("2001:db8::1".parse().unwrap())),
            (|c| c.lifetime = Duration::from_secs(9_001), ConfigError::Lifetime(Duration::from_secs(9_001))),
            (|c| c.mtu = 1_279, ConfigError::Mtu(1_279)),
            (|c| c.limits.prefixes_per_node = 17, ConfigError::Prefixes(17)),
            (|c| c.budget = 0, ConfigError::NoBudget),
            (|c| c.upstream.robustness = 0, ConfigError::Timing(TimingError::NoRobustness)),
        ];
        for (fault, error) in faults {
            let mut config = config();
            fault(&mut config);
            assert_eq!(config.validate(), Err(error));
        }
    }
}
