//! What a Router Advertisement says of its sender as a home agent (RFC 6275 7.1, 7.4, 10.5.1; T60).

use core::net::Ipv6Addr;

use super::{NdOption, PrefixFlags, RouterAdvertisement, RouterFlags};
use crate::wire::List;

/// A home agent as its Router Advertisement describes it. Its link-local address is the source of the packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HomeAgent<'a> {
    /// Home Agent Preference; more is better.
    pub preference: u16,
    /// For how long it serves as a home agent, seconds; 0: no longer.
    pub lifetime_s: u16,
    options: List<'a, NdOption<'a>>,
}

impl<'a> RouterAdvertisement<'a> {
    /// The home agent that sends this; `None` without H, whatever the options are (RFC 6275 7.4).
    ///
    /// Without a good Home Agent Information option the preference is 0 and the lifetime the Router Lifetime; of several
    /// such options the first counts.
    ///
    /// ```
    /// use multimob::wire::nd::{NdOption, PrefixFlags, RouterAdvertisement, RouterFlags};
    /// use multimob::wire::{Dialect, List};
    ///
    /// let address = "2001:db8:1::1".parse::<std::net::Ipv6Addr>()?;
    /// let options = [
    ///     NdOption::HomeAgentInformation { preference: 10, lifetime_s: 600 },
    ///     NdOption::PrefixInformation {
    ///         len: 64,
    ///         flags: PrefixFlags::ON_LINK | PrefixFlags::ROUTER_ADDRESS,
    ///         valid_s: 3600,
    ///         preferred_s: 3600,
    ///         prefix: address.into(),
    ///     },
    /// ];
    /// let advertisement = RouterAdvertisement {
    ///     hop_limit: 64,
    ///     flags: RouterFlags::HOME_AGENT,
    ///     lifetime_s: 1800,
    ///     reachable_ms: 0,
    ///     retrans_ms: 0,
    ///     options: List::new(&options, &Dialect::DEFAULT),
    /// };
    /// let agent = advertisement.home_agent().ok_or("no home agent")?;
    /// assert_eq!((agent.preference, agent.lifetime_s), (10, 600));
    /// assert!(agent.addresses().eq([address]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn home_agent(&self) -> Option<HomeAgent<'a>> {
        if !self.flags.contains(RouterFlags::HOME_AGENT) {
            return None;
        }
        let information = |option| match option {
            NdOption::HomeAgentInformation { preference, lifetime_s } => Some((preference, lifetime_s)),
            _ => None,
        };
        let said = self.options.iter().find_map(information);
        let (preference, lifetime_s) = said.unwrap_or((0, self.lifetime_s));
        Some(HomeAgent { preference, lifetime_s, options: self.options })
    }
}

impl<'a> HomeAgent<'a> {
    /// Its global addresses: those in Prefix Information with R (RFC 6275 7.2). The Home Agent Information option has
    /// none.
    pub fn addresses(&self) -> impl Iterator<Item = Ipv6Addr> + use<'a> {
        self.options.iter().filter_map(|option| match option {
            NdOption::PrefixInformation { flags, prefix, .. }
                if flags.contains(PrefixFlags::ROUTER_ADDRESS)
                    && prefix.is_unicast()
                    && !prefix.ip().is_unicast_link_local() =>
            {
                Some(prefix.ip())
            }
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dialect;

    const INFORMATION: NdOption<'_> = NdOption::HomeAgentInformation { preference: 7, lifetime_s: 60 };

    fn advertisement<'a>(flags: RouterFlags, options: &'a [NdOption<'a>]) -> RouterAdvertisement<'a> {
        RouterAdvertisement {
            hop_limit: 64,
            flags,
            lifetime_s: 1800,
            reachable_ms: 0,
            retrans_ms: 0,
            options: List::new(options, &Dialect::DEFAULT),
        }
    }

    fn prefix(flags: PrefixFlags, prefix: &str) -> NdOption<'static> {
        let prefix = prefix.parse::<Ipv6Addr>().unwrap().into();
        NdOption::PrefixInformation { len: 64, flags, valid_s: 1, preferred_s: 1, prefix }
    }

    /// Preference and lifetime.
    fn heard(flags: RouterFlags, options: &[NdOption<'_>]) -> Option<(u16, u16)> {
        advertisement(flags, options).home_agent().map(|agent| (agent.preference, agent.lifetime_s))
    }

    #[test]
    fn t60_the_addresses_come_from_prefix_information_with_r() {
        let all = PrefixFlags::ON_LINK | PrefixFlags::AUTONOMOUS;
        let options = [
            INFORMATION,
            prefix(all | PrefixFlags::ROUTER_ADDRESS, "2001:db8:1::1"),
            prefix(all, "2001:db8:2::"),
            prefix(PrefixFlags::ROUTER_ADDRESS, "2001:db8:3::1"),
            prefix(PrefixFlags::ROUTER_ADDRESS, "fe80::1"),
            prefix(PrefixFlags::ROUTER_ADDRESS, "ff0e::1"),
        ];
        let addresses = |options: &[NdOption<'_>]| -> std::vec::Vec<std::string::String> {
            let advertisement = advertisement(RouterFlags::HOME_AGENT, options);
            let agent = advertisement.home_agent().unwrap();
            agent.addresses().map(|address| std::string::ToString::to_string(&address)).collect()
        };
        assert_eq!(addresses(&options), ["2001:db8:1::1", "2001:db8:3::1"]);
        assert!(addresses(&options[..1]).is_empty());
    }

    #[test]
    fn t60_the_option_counts_only_beside_h() {
        assert_eq!(heard(RouterFlags::HOME_AGENT, &[INFORMATION]), Some((7, 60)));
        assert_eq!(heard(!RouterFlags::HOME_AGENT, &[INFORMATION]), None);
    }

    #[test]
    fn t60_without_the_option_the_preference_is_0_and_the_lifetime_that_of_the_router() {
        assert_eq!(heard(RouterFlags::HOME_AGENT, &[]), Some((0, 1800)));
        // A lifetime of zero makes the option none.
        let zero = NdOption::raw(8, &[0, 0, 0, 7, 0, 0]).unwrap();
        assert_eq!(heard(RouterFlags::HOME_AGENT, &[zero]), Some((0, 1800)));
        assert_eq!(heard(RouterFlags::HOME_AGENT, &[zero, INFORMATION]), Some((7, 60)));
    }
}
