//! What a receiver refuses of messages that can be read (RFC 7761 4.9, RFC 5059 4).

use core::net::Ipv6Addr;

use super::address::{FULL_MASK, SourceFlags};
use super::{
    ALL_PIM_ROUTERS, Assert, Bootstrap, CandidateRp, Group, GroupSet, JoinPrune, Message, MessageType,
    RegisterStop, Source,
};
use crate::wire::{Addr, List};

/// Why a message, or a group set of it, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A type that a sparse-mode router does not recognise.
    #[error("type {0} is not recognised")]
    UnknownType(MessageType),
    /// A message for all routers went elsewhere.
    #[error("a message of type {0} goes to ff02::d, not to {1}")]
    NotToAllRouters(MessageType, Addr),
    /// A message for one node went to a group.
    #[error("a message of type {0} goes to one node, not to {1}")]
    NotToOneNode(MessageType, Addr),
    /// A group is no multicast address.
    #[error("the group {0} is no multicast address")]
    GroupNotMulticast(Addr),
    /// A range where one group is meant, or a mask beyond the address.
    #[error("the mask of a group has {0} bits")]
    GroupMask(u8),
    /// A source is no unicast address.
    #[error("the source {0} is no unicast address")]
    SourceNotUnicast(Addr),
    /// The mask of a source is not 128.
    #[error("the mask of a source has {0} bits")]
    SourceMask(u8),
    /// W is set and R is not.
    #[error("the entry of {0} is a wildcard and not of the shared tree")]
    WildcardWithoutRpt(Addr),
    /// The upstream neighbour is neither a unicast address nor `::`.
    #[error("the upstream neighbour {0} is no unicast address")]
    UpstreamNotUnicast(Addr),
    /// An RP or bootstrap router is no unicast address.
    #[error("the RP or bootstrap router {0} is no unicast address")]
    RouterNotUnicast(Addr),
    /// The mask of the hash function is longer than an address.
    #[error("the hash mask has {0} bits")]
    HashMask(u8),
    /// Some range is an administrative scope zone, but the first one is none of 16 bits or more.
    #[error("the first range is not the scope zone of those that follow")]
    ZoneNotFirst,
    /// A candidate RP that serves no range.
    #[error("a candidate RP without a range")]
    NoRange,
}

impl Message<'_> {
    /// Whether a sparse-mode router takes the message, which came to `dst`. If not, it is discarded, and that may be
    /// logged at a limited rate (RFC 7761 4.9). Another version or address family was an error of [`Message::parse`].
    ///
    /// A Bootstrap to one node passes here: whether it is wanted is configuration (RFC 5059 3.5.2). So does a Join/Prune
    /// with a group set that is to be passed over: see [`GroupSet::judge_group`].
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge(&self, dst: Ipv6Addr) -> Result<(), Fault> {
        let kind = self.kind();
        if let Self::Unknown(_) = self {
            return Err(Fault::UnknownType(kind));
        }
        if kind.is_unicast() {
            if dst.is_multicast() {
                return Err(Fault::NotToOneNode(kind, dst.into()));
            }
        } else if dst != ALL_PIM_ROUTERS && (dst.is_multicast() || kind != MessageType::BOOTSTRAP) {
            return Err(Fault::NotToAllRouters(kind, dst.into()));
        }
        match self {
            Self::RegisterStop(RegisterStop { group, source })
            | Self::Assert(Assert { group, source, .. }) => {
                judge_group(group)?;
                judge_source_or_none(*source)
            }
            Self::JoinPrune(join_prune) => join_prune.judge(),
            Self::Bootstrap(bootstrap) => bootstrap.judge(),
            Self::CandidateRp(candidate) => candidate.judge(),
            Self::Hello(_) | Self::Register(_) | Self::Unknown(_) => Ok(()),
        }
    }
}

impl JoinPrune<'_> {
    /// Whether upstream neighbour and sources can be. One bad source makes the whole message bad (RFC 7761 4.9.1).
    fn judge(&self) -> Result<(), Fault> {
        // On a point-to-point link `::` means the only neighbour there is.
        if self.upstream != Addr::UNSPECIFIED && !self.upstream.is_unicast() {
            return Err(Fault::UpstreamNotUnicast(self.upstream));
        }
        self.groups.iter().try_for_each(|set| judge_sources(set.joined).and(judge_sources(set.pruned)))
    }
}

impl GroupSet<'_> {
    /// Whether the set is for one multicast group (RFC 7761 4.9.5.1). If not, the set is passed over, and the rest of the
    /// message is good.
    ///
    /// # Errors
    /// What is wrong with the group.
    pub fn judge_group(&self) -> Result<(), Fault> {
        judge_group(&self.group)
    }
}

impl Bootstrap<'_> {
    fn judge(&self) -> Result<(), Fault> {
        if self.hash_mask_len > FULL_MASK {
            return Err(Fault::HashMask(self.hash_mask_len));
        }
        judge_router(self.bsr)?;
        let first_is_zone =
            self.ranges.iter().next().is_some_and(|first| first.group.zone && first.group.mask_len >= SCOPE);
        for range in self.ranges {
            judge_range(&range.group)?;
            range.rps.iter().try_for_each(|rp| judge_router(rp.address))?;
            if range.group.zone && !first_is_zone {
                return Err(Fault::ZoneNotFirst);
            }
        }
        Ok(())
    }
}

impl CandidateRp<'_> {
    fn judge(&self) -> Result<(), Fault> {
        judge_router(self.rp)?;
        if self.groups.is_empty() {
            return Err(Fault::NoRange);
        }
        self.groups.iter().try_for_each(|group| judge_range(&group))
    }
}

/// Bits of an IPv6 group that tell its scope.
const SCOPE: u8 = 16;

const fn judge_group(group: &Group) -> Result<(), Fault> {
    if !group.is_single() {
        Err(Fault::GroupMask(group.mask_len))
    } else if !group.address.is_multicast() {
        Err(Fault::GroupNotMulticast(group.address))
    } else {
        Ok(())
    }
}

const fn judge_range(group: &Group) -> Result<(), Fault> {
    if group.mask_len > FULL_MASK {
        Err(Fault::GroupMask(group.mask_len))
    } else if !group.address.is_multicast() {
        Err(Fault::GroupNotMulticast(group.address))
    } else {
        Ok(())
    }
}

fn judge_source_or_none(source: Addr) -> Result<(), Fault> {
    if source == Addr::UNSPECIFIED || source.is_unicast() {
        Ok(())
    } else {
        Err(Fault::SourceNotUnicast(source))
    }
}

const fn judge_router(address: Addr) -> Result<(), Fault> {
    if address.is_unicast() { Ok(()) } else { Err(Fault::RouterNotUnicast(address)) }
}

fn judge_sources(sources: List<'_, Source>) -> Result<(), Fault> {
    let judge = |Source { address, flags, mask_len }| {
        if mask_len != FULL_MASK {
            Err(Fault::SourceMask(mask_len))
        } else if flags.contains(SourceFlags::WILDCARD) && !flags.contains(SourceFlags::RPT) {
            Err(Fault::WildcardWithoutRpt(address))
        } else if !address.is_unicast() {
            Err(Fault::SourceNotUnicast(address))
        } else {
            Ok(())
        }
    };
    sources.iter().try_for_each(judge)
}
