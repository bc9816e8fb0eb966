//! How an LMA is set up.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use crate::channel::Address as _;
use crate::machine::LinkId;
use crate::mld::router;
use crate::pmip::Prefix;
use crate::pmip::mag::TunnelMode;
use crate::wire::Dialect;

/// How an LMA is set up; [`Config::new`] has the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Config {
    /// LMAA.
    pub address: Ipv6Addr,
    /// Link-local address inside its M-Tunnels.
    pub link_local: Ipv6Addr,
    /// The link on which multicast data arrives from the network.
    pub upstream: LinkId,
    /// The MAGs of the domain and how each is spoken to.
    pub mags: Vec<MagPeer>,
    /// Home network prefixes to give to subscribers that have none: /64s of this prefix.
    pub pool: Option<Prefix>,
    /// Lifetime granted at most: 3,600 s.
    pub max_lifetime: Duration,
    /// MinDelayBeforeBCEDelete: 10 s.
    pub min_delay_before_bce_delete: Duration,
    /// MaxDelayBeforeNewBCEAssign: 1.5 s. Zero: a new session is assigned at once (RFC 5213 5.4.1.2, 4).
    pub max_delay_before_new_bce_assign: Duration,
    /// TimestampValidityWindow: 300 ms.
    pub timestamp_validity_window: Duration,
    /// Dynamic or static M-Tunnel (A19-A21).
    pub tunnel_mode: TunnelMode,
    /// How long a delivery tree is kept after the last MAG lost interest, so that a hand-over which breaks before it
    /// makes does not prune it: 3 s.
    pub upstream_linger: Duration,
    /// Whether an accepted PBU-M is answered with the records that were taken (D-7): yes.
    pub echo_accepted: bool,
    /// Whether a PBU-M whose multicast part was refused fails as a whole with 129 or 130 (D-7): no.
    pub multicast_mandatory: bool,
    /// Whether a PBU-M with a malformed multicast part fails with 128 (D-6): no.
    pub strict_multicast: bool,
    /// The MLD router towards the MAGs.
    pub router: router::Config,
    /// Bounds.
    pub limits: Limits,
    /// Bindings, tunnels and channels that one call may visit for timers' sake: 1,000. The rest falls due 1 ms later.
    pub budget: usize,
}

/// A MAG as its LMA sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MagPeer {
    /// Proxy-CoA.
    pub address: Ipv6Addr,
    /// Code points.
    pub dialect: Dialect,
}

/// Bounds of an LMA's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Limits {
    /// Subscribers: 1,000,000.
    pub subscribers: usize,
    /// Binding Cache entries: 1,000,000.
    pub bindings: usize,
    /// Home network prefixes of one subscriber: 16. All of them must fit an acknowledgement.
    pub prefixes_per_subscriber: usize,
    /// Mobility sessions of one subscriber, one for each interface: 16. Another is refused with 130.
    pub sessions_per_subscriber: usize,
    /// Delivery trees that are kept for [`Config::upstream_linger`]: 10,000. With one more, the one that is to be left
    /// next is left.
    pub lingering: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            subscribers: 1_000_000,
            bindings: 1_000_000,
            prefixes_per_subscriber: 16,
            sessions_per_subscriber: 16,
            lingering: 10_000,
        }
    }
}

/// Why a [`Config`] cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The LMA or a MAG has an address that cannot be routed.
    #[error("{0} is no routable unicast address")]
    NotRoutable(Ipv6Addr),
    /// The inner address of the M-Tunnels is not link-local.
    #[error("{0} is no link-local address")]
    NotLinkLocal(Ipv6Addr),
    /// Two nodes share an address.
    #[error("{0} is configured twice")]
    Duplicate(Ipv6Addr),
    /// The MLD router has fewer links than there are MAGs.
    #[error("{mags} MAGs need as many links of the MLD router: the limit is {links}")]
    TooFewLinks {
        /// MAGs.
        mags: usize,
        /// Links.
        links: usize,
    },
    /// No /64 of unicast addresses can be taken from the pool.
    #[error("{0} has no /64 to give")]
    BadPool(Prefix),
    /// The field is too short to be a lifetime (4 s) or a budget (1).
    #[error("{0} is too small")]
    TooSmall(&'static str),
    /// The MLD router cannot be set up so.
    #[error(transparent)]
    Router(#[from] router::ConfigError),
}

impl Config {
    /// An LMA without MAGs and without a pool: `address` is its LMAA, `link_local` its address inside M-Tunnels,
    /// `upstream` the link towards the multicast network.
    #[must_use]
    pub fn new(address: Ipv6Addr, link_local: Ipv6Addr, upstream: LinkId) -> Self {
        Self {
            address,
            link_local,
            upstream,
            mags: Vec::new(),
            pool: None,
            max_lifetime: Duration::from_secs(3_600),
            min_delay_before_bce_delete: Duration::from_secs(10),
            max_delay_before_new_bce_assign: Duration::from_millis(1_500),
            timestamp_validity_window: Duration::from_millis(300),
            tunnel_mode: TunnelMode::Dynamic,
            upstream_linger: Duration::from_secs(3),
            echo_accepted: true,
            multicast_mandatory: false,
            strict_multicast: false,
            router: router::Config::default(),
            limits: Limits::default(),
            budget: 1_000,
        }
    }

    /// Whether the values can be.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.router.validate()?;
        if !self.link_local.is_unicast_link_local() {
            return Err(ConfigError::NotLinkLocal(self.link_local));
        }
        let mut addresses = BTreeSet::new();
        for address in self.mags.iter().map(|mag| mag.address).chain([self.address]) {
            if !is_routable(address) {
                return Err(ConfigError::NotRoutable(address));
            }
            if !addresses.insert(address) {
                return Err(ConfigError::Duplicate(address));
            }
        }
        let (mags, links) = (self.mags.len(), self.router.limits.links);
        if mags > links {
            return Err(ConfigError::TooFewLinks { mags, links });
        }
        match self.pool {
            Some(pool) if pool.len > 64 || !pool.is_canonical() || !is_routable(pool.address) => {
                return Err(ConfigError::BadPool(pool));
            }
            _ => {}
        }
        for (fits, name) in [
            (self.max_lifetime >= Duration::from_secs(4), "max_lifetime"),
            (!self.min_delay_before_bce_delete.is_zero(), "min_delay_before_bce_delete"),
            (self.budget > 0, "budget"),
        ] {
            if !fits {
                return Err(ConfigError::TooSmall(name));
            }
        }
        Ok(())
    }
}

/// Whether `address` can be a care-of address (RFC 6275 9.5.1, 6.1.7): unicast, neither unspecified nor loopback nor
/// link-local.
pub(super) fn is_routable(address: Ipv6Addr) -> bool {
    address.is_source() && !address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mld::TimingError;

    fn config() -> Config {
        let [lma, mag, link_local] =
            ["2001:db8:b::1", "2001:db8:a::1", "fe80::1"].map(|a| a.parse().unwrap());
        let peer = MagPeer { address: mag, dialect: Dialect::DEFAULT };
        Config { mags: vec![peer], ..Config::new(lma, link_local, LinkId(0)) }
    }

    #[test]
    fn the_defaults_of_rfc_5213_9_1_are_valid() {
        let config = config();
        assert_eq!(config.validate(), Ok(()));
        assert_eq!(config.min_delay_before_bce_delete, Duration::from_millis(10_000));
        assert_eq!(config.max_delay_before_new_bce_assign, Duration::from_millis(1_500));
        assert_eq!(config.timestamp_validity_window, Duration::from_millis(300));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let bad = |change: fn(&mut Config)| {
            let mut config = config();
            change(&mut config);
            config.validate().unwrap_err()
        };
        let lma: Ipv6Addr = "2001:db8:b::1".parse().unwrap();
        assert_eq!(bad(|c| c.mags[0].address = c.address), ConfigError::Duplicate(lma));
        assert_eq!(bad(|c| c.link_local = c.address), ConfigError::NotLinkLocal(lma));
        assert_eq!(bad(|c| c.address = c.link_local), ConfigError::NotRoutable("fe80::1".parse().unwrap()));
        assert_eq!(bad(|c| c.router.limits.links = 0), ConfigError::TooFewLinks { mags: 1, links: 0 });
        assert_eq!(
            bad(|c| c.router.timing.robustness = 0),
            ConfigError::Router(TimingError::NoRobustness.into())
        );
        let pool = Prefix::new("2001:db8::".parse().unwrap(), 65);
        assert_eq!(
            bad(|c| c.pool = Some(Prefix::new("2001:db8::".parse().unwrap(), 65))),
            ConfigError::BadPool(pool)
        );
        let pool = Prefix { address: "2001:db8::5".parse().unwrap(), len: 48 };
        assert_eq!(
            bad(|c| c.pool = Some(Prefix { address: "2001:db8::5".parse().unwrap(), len: 48 })),
            ConfigError::BadPool(pool)
        );
        assert_eq!(bad(|c| c.max_lifetime = Duration::from_secs(3)), ConfigError::TooSmall("max_lifetime"));
        assert_eq!(bad(|c| c.budget = 0), ConfigError::TooSmall("budget"));
    }
}
