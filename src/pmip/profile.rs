//! What the policy store says of a mobile node (RFC 5213 6.2, asaeda 2 and 7.1).

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::Prefix;
use crate::channel::{Channel, Filter};

/// Policy profile as a MAG gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Profile {
    /// The node's LMA (LMAA).
    pub lma: Ipv6Addr,
    /// Home network prefixes, when the profile has them; empty: ask the LMA for one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub prefixes: Vec<Prefix>,
    /// What the node listens to, when the store keeps that (A10, A43).
    #[cfg_attr(feature = "serde", serde(default))]
    pub channels: Vec<(Ipv6Addr, Filter)>,
    /// What the node may listen to (Z26).
    #[cfg_attr(feature = "serde", serde(default))]
    pub policy: ChannelPolicy,
}

/// What the LMA knows of a mobile node of its domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Subscriber {
    /// Home network prefixes of the node; empty: one from the pool.
    pub prefixes: Vec<Prefix>,
    /// What the node may listen to (Z14).
    pub policy: ChannelPolicy,
    /// Whether network-based mobility is denied to the node (RFC 5213 5.3.1, 8): registrations get status 152.
    pub barred: bool,
}

/// Which channels a node may listen to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum ChannelPolicy {
    /// Any.
    #[default]
    Any,
    /// These only. (\*,G) allows every source of G.
    Only(Vec<Channel>),
}

impl ChannelPolicy {
    /// The part of `filter` that is allowed for `group`; nothing of it: `INCLUDE {}`.
    #[must_use]
    pub fn allowed(&self, group: Ipv6Addr, filter: &Filter) -> Filter {
        let Self::Only(channels) = self else { return filter.clone() };
        if channels.contains(&Channel::asm(group)) {
            return filter.clone();
        }
        let sources = channels.iter().filter(|c| c.group == group).filter_map(|c| c.source);
        Filter::include(sources.filter(|&source| filter.passes(source)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z26_only_what_the_policy_lists_is_allowed() {
        let [g, h, a, b] = [1, 2, 3, 4].map(|n| Ipv6Addr::new(0xff3e, 0, 0, 0, 0, 0, 0, n));
        let policy = ChannelPolicy::Only(alloc::vec![Channel::ssm(a, g), Channel::asm(h)]);
        assert_eq!(policy.allowed(g, &Filter::include([a, b])), Filter::include([a]));
        assert_eq!(policy.allowed(g, &Filter::exclude([b])), Filter::include([a]));
        assert_eq!(policy.allowed(h, &Filter::EVERYTHING), Filter::EVERYTHING);
        assert!(policy.allowed(a, &Filter::EVERYTHING).is_nothing());
    }
}
