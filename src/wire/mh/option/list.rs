//! The options of a message as a whole.

use super::HEAD;
use super::raw::body_len;
use super::{
    AccessTechnology, CareOfAddress, HandoffIndicator, HomeNetworkPrefix, LinkLayerId, LinkLocalAddress,
    Malformed, MnIdentifier, MobilityOption, MulticastState, QueriedHomeAddress, Timestamp, padding,
};
use crate::wire::error::{DecodeError, Field, Layer};
use crate::wire::read::{Fail, Read, short};
use crate::wire::{Addr, Dialect, List, igmp, mld};

/// What a message says by its options. Of an option that may stand once only, the first that is good counts (RFC 5213
/// 8.1 says no more than that there is one); a malformed one counts as absent (digest 6.1).
impl<'a> List<'a, MobilityOption<'a>> {
    /// MN Identifier: subtype and identifier.
    #[must_use]
    pub fn mn_identifier(&self) -> Option<(u8, &'a [u8])> {
        self.iter().find_map(|option| match option {
            MobilityOption::MnIdentifier(MnIdentifier { subtype, id }) => Some((subtype, id)),
            _ => None,
        })
    }

    /// Home Network Prefixes: prefix and length of each, in their order.
    pub fn home_network_prefixes(&self) -> impl Iterator<Item = (Addr, u8)> + Clone + use<'a> {
        self.iter().filter_map(|option| match option {
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length, prefix }) => Some((prefix, length)),
            _ => None,
        })
    }

    /// Handoff Indicator.
    #[must_use]
    pub fn handoff_indicator(&self) -> Option<HandoffIndicator> {
        self.iter().find_map(|option| match option {
            MobilityOption::HandoffIndicator(indicator) => Some(indicator),
            _ => None,
        })
    }

    /// Access Technology Type.
    #[must_use]
    pub fn access_technology(&self) -> Option<AccessTechnology> {
        self.iter().find_map(|option| match option {
            MobilityOption::AccessTechnology(technology) => Some(technology),
            _ => None,
        })
    }

    /// Mobile Node Link-layer Identifier.
    #[must_use]
    pub fn link_layer_id(&self) -> Option<&'a [u8]> {
        self.iter().find_map(|option| match option {
            MobilityOption::LinkLayerId(LinkLayerId { octets }) => Some(octets),
            _ => None,
        })
    }

    /// Link-local Address.
    #[must_use]
    pub fn link_local_address(&self) -> Option<Addr> {
        self.iter().find_map(|option| match option {
            MobilityOption::LinkLocalAddress(LinkLocalAddress { address }) => Some(address),
            _ => None,
        })
    }

    /// Timestamp: 48 bits of seconds since 1970 UTC, 16 bits of 1/65536 s.
    #[must_use]
    pub fn timestamp(&self) -> Option<u64> {
        self.iter().find_map(|option| match option {
            MobilityOption::Timestamp(Timestamp(stamp)) => Some(stamp),
            _ => None,
        })
    }

    /// Care-of Address of a PBA-Q.
    #[must_use]
    pub fn care_of_address(&self) -> Option<Addr> {
        self.iter().find_map(|option| match option {
            MobilityOption::CareOfAddress(CareOfAddress { address }) => Some(address),
            _ => None,
        })
    }

    /// The home address that a PBU-Q asks about: the Queried Home Address, else a Home Network Prefix of 128 bits
    /// (D-20).
    #[must_use]
    pub fn queried_home_address(&self) -> Option<Addr> {
        let queried = self.iter().find_map(|option| match option {
            MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address }) => Some(address),
            _ => None,
        });
        queried.or_else(|| self.home_network_prefixes().find_map(|(addr, len)| (len == 128).then_some(addr)))
    }

    /// The MLD records of all Multicast State options, in their order (D-4). Ask [`Self::multicast_state_fault`] first
    /// whether any of it may be used.
    pub fn multicast_records(&self) -> impl Iterator<Item = mld::Record<'a>> + Clone + use<'a> {
        let lists = self.iter().filter_map(|option| match option {
            MobilityOption::MulticastState(MulticastState::Mld(records)) => Some(records),
            _ => None,
        });
        lists.flatten()
    }

    /// The IGMP records of all Multicast State options, in their order (S15): see [`Self::multicast_records`].
    pub fn igmp_records(&self) -> impl Iterator<Item = igmp::Record<'a>> + Clone + use<'a> {
        let rows = self.iter().filter_map(|option| match option {
            MobilityOption::MulticastState(MulticastState::Igmp(records)) => Some(records),
            _ => None,
        });
        rows.flatten()
    }

    /// What is wrong with the first Multicast State option that is malformed; the multicast part of the message is
    /// ignored as a whole then (D-6).
    #[must_use]
    pub fn multicast_state_fault(&self) -> Option<DecodeError> {
        let kind = self.dialect().options.multicast_state;
        self.malformed().find_map(|malformed| (malformed.kind() == kind).then_some(malformed.error()))
    }

    /// The options with a body that cannot be.
    pub fn malformed(&self) -> impl Iterator<Item = Malformed<'a>> + Clone + use<'a> {
        self.iter().filter_map(|option| match option {
            MobilityOption::Malformed(malformed) => Some(malformed),
            _ => None,
        })
    }

    /// Whether there is a Multicast State option, good or malformed.
    #[must_use]
    pub fn carries_multicast_state(&self) -> bool {
        self.carries(self.dialect().options.multicast_state)
    }

    /// Whether there is a good Multicast State option for MLD, with records or without.
    #[must_use]
    pub fn carries_mld_state(&self) -> bool {
        self.iter().any(|option| matches!(option, MobilityOption::MulticastState(MulticastState::Mld(_))))
    }

    /// Whether there is a good Multicast State option for IGMP, with records or without.
    #[must_use]
    pub fn carries_igmp_state(&self) -> bool {
        self.iter().any(|option| matches!(option, MobilityOption::MulticastState(MulticastState::Igmp(_))))
    }

    /// Whether there is a Queried Home Address option, good or malformed.
    #[must_use]
    pub fn carries_queried_home_address(&self) -> bool {
        self.carries(self.dialect().options.queried_home_address)
    }

    fn carries(&self, kind: u8) -> bool {
        self.iter().any(|option| option.kind(self.dialect()) == kind)
    }
}

/// The options in `area`, all of which it must hold in full.
pub(in crate::wire::mh) fn list<'a>(
    area: &'a [u8],
    dialect: &Dialect,
) -> Read<'a, List<'a, MobilityOption<'a>>> {
    let (mut rest, mut len) = (area, 0_usize);
    while next(&mut rest).is_some() {
        len = len.saturating_add(1);
    }
    if !rest.is_empty() {
        return Err(overrun(rest));
    }
    // Whether a report stands here raw was decided by now: it does not, so the items are never read as one.
    let dialect = Dialect { accept_raw_pbu_m: false, ..*dialect };
    Ok((&[], List::validated(area, len, &dialect)))
}

/// Takes the next option that is no padding off the front, as type and body. `None` where there is none: at the end, or
/// before an option that is not there in full.
#[inline(always)]
pub(super) fn next<'a>(area: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    while let &[kind, ref after @ ..] = *area {
        if kind == padding::PAD1 {
            *area = after;
            continue;
        }
        let (&len, after) = after.split_first()?;
        let (body, after) = after.split_at_checked(body_len(kind, len, after.len()))?;
        *area = after;
        if kind != padding::PADN {
            return Some((kind, body));
        }
    }
    None
}

/// Whether there is nothing but padding.
pub(super) fn is_padding(mut area: &[u8]) -> bool {
    next(&mut area).is_none() && area.is_empty()
}

/// What is wrong with an option that is not there in full.
#[cold]
fn overrun(option: &[u8]) -> nom::Err<Fail> {
    match option {
        [kind, len, body @ ..] => {
            short(Layer::MobilityHeader, Field::OptionBody, body, body_len(*kind, *len, body.len()))
        }
        _ => short(Layer::MobilityHeader, Field::OptionHeader, option, HEAD),
    }
}
