//! How a router is set up.

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::channel::GroupRange;
use crate::mld::{Family, Timing, TimingError, Version};

/// How a router is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, bound = ""))]
pub struct Config<A: Family = Ipv6Addr> {
    /// Timers and counts.
    pub timing: Timing,
    /// Whether a leave takes effect at once when nobody else on the link is tracked as wanting it (Z35): right on
    /// point-to-point links.
    pub immediate_leave: bool,
    /// Whether the querier of a shared link is elected (RFC 3810 7.6.2). Without, the router is the querier of all its
    /// links and Queries of others are refused, as they always are on point-to-point links: for the only router that
    /// forwards to a link (RFC 4605 3).
    pub election: bool,
    /// The version in which the router asks: an older one where routers of that version are on the link
    /// (RFC 3810 8.3.1, RFC 3376 7.3.1). It then treats every group as if older hosts listened.
    pub version: Version,
    /// Ranges of source-specific groups beside that of IANA, ff3x::/32 or 232/8 (RFC 4607 1).
    pub ssm: Vec<GroupRange<A>>,
    /// Bounds of the tables.
    pub limits: Limits,
    /// Links and listeners of groups that one call to `handle_timeout` may visit, at least 1: 250. The group at hand is
    /// finished, so it may be up to `listeners_per_link` more. What is left falls due a millisecond later.
    pub budget: usize,
    /// By what the addresses of listeners and channels are spread over tables. Drawn at random, it keeps neighbours from
    /// choosing addresses that fall together.
    pub seed: u64,
}

impl<A: Family> Default for Config<A> {
    fn default() -> Self {
        Self {
            timing: Timing::default(),
            immediate_leave: true,
            election: true,
            version: Version::Current,
            ssm: Vec::new(),
            limits: Limits::default(),
            budget: 250,
            seed: 0,
        }
    }
}

/// Bounds of a router's tables; beyond them: refused with `TableFull`, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Limits {
    /// Links: 10,000.
    pub links: usize,
    /// Listeners on one link: 1,000.
    pub listeners_per_link: usize,
    /// Groups of one listener: 1,000.
    pub groups_per_listener: usize,
    /// Groups of one link: 1,000.
    pub groups_per_link: usize,
    /// Sources of one group on one link: 64.
    pub sources_per_group: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            links: 10_000,
            listeners_per_link: 1_000,
            groups_per_listener: 1_000,
            groups_per_link: 1_000,
            sources_per_group: 64,
        }
    }
}

/// Why a router cannot be set up so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The timers cannot be.
    #[error(transparent)]
    Timing(#[from] TimingError),
    /// The protocol has no version so old.
    #[error("there is no version so old as {0:?}")]
    NoSuchVersion(Version),
    /// An older version has no code for so long a time to respond.
    #[error("the query response interval is longer than version {0:?} can say")]
    ResponseTooLong(Version),
    /// A range of source-specific groups has other addresses than groups, or more bits than an address.
    #[error("range {index} of source-specific groups is none")]
    BadRange {
        /// Which one, from 0.
        index: usize,
    },
}

impl<A: Family> Config<A> {
    /// Whether the values can be.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.timing.validate()?;
        if self.version < A::OLDEST {
            return Err(ConfigError::NoSuchVersion(self.version));
        }
        let longest = A::longest_response(self.version);
        if longest.is_some_and(|longest| self.timing.query_response_interval > longest) {
            return Err(ConfigError::ResponseTooLong(self.version));
        }
        match self.ssm.iter().position(|range| !range.is_valid()) {
            Some(index) => Err(ConfigError::BadRange { index }),
            None => Ok(()),
        }
    }

    /// Whether `group` is source-specific: in the range of IANA or in one that was configured.
    pub fn is_ssm(&self, group: A) -> bool {
        group.is_ssm_group() || self.ssm.iter().any(|range| range.contains(group))
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    #[test]
    fn what_cannot_be_is_refused_and_named() {
        type Change = fn(&mut Config);
        let faults: [(Change, ConfigError); 5] = [
            (|c| c.timing.robustness = 0, ConfigError::Timing(TimingError::NoRobustness)),
            (
                |c| c.timing.query_response_interval = c.timing.query_interval,
                ConfigError::Timing(TimingError::ResponseNotBelowInterval),
            ),
            (|c| c.version = Version::Oldest, ConfigError::NoSuchVersion(Version::Oldest)),
            (
                |c| {
                    c.version = Version::Older;
                    c.timing.query_response_interval = Duration::from_millis(65_536);
                },
                ConfigError::ResponseTooLong(Version::Older),
            ),
            (
                |c| c.ssm.push(GroupRange { first: "2001:db8::".parse().unwrap(), len: 32 }),
                ConfigError::BadRange { index: 0 },
            ),
        ];
        for (change, fault) in faults {
            let mut config = Config::default();
            assert_eq!(config.validate(), Ok(()));
            change(&mut config);
            assert_eq!(config.validate(), Err(fault));
        }
        let long = Timing { query_response_interval: Duration::from_secs(66), ..Timing::default() };
        assert_eq!(Config::<Ipv6Addr> { timing: long, ..Config::default() }.validate(), Ok(()));
    }
}
