//! A Proxy Binding Update as the LMA reads it (RFC 5213 6.9.1.5, asaeda 7.4).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::multicast::Subscription;
use crate::machine::RxMeta;
use crate::mip::{Lifetime, Sequence, Timestamp};
use crate::pmip::{NodeId, Prefix};
use crate::wire::Dialect;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::mh::{BindingUpdate, Meaning, MobilityOption};

/// A Proxy Binding Update. It owns its parts, because it may have to wait (RFC 5213 5.4.1.2, 4).
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// Who sent it, and gets the answer.
    pub(super) src: Ipv6Addr,
    /// Where it was sent to.
    pub(super) dst: Ipv6Addr,
    /// Proxy-CoA: the source, unless an Alternate Care-of Address option names another.
    pub(super) care_of: Ipv6Addr,
    /// How the sender is spoken to.
    pub(super) dialect: Dialect,
    pub(super) meaning: Meaning,
    pub(super) sequence: Sequence,
    pub(super) lifetime: Lifetime,
    pub(super) node: Option<NodeId>,
    /// As they stand in the request, ALL_ZERO included.
    pub(super) prefixes: Vec<Prefix>,
    pub(super) handoff: Option<HandoffIndicator>,
    pub(super) technology: Option<AccessTechnology>,
    pub(super) link_layer_id: Option<Box<[u8]>>,
    pub(super) link_local: Option<Ipv6Addr>,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) subscription: Subscription,
    /// Whether some of what it says of multicast is of IGMP, which this LMA has no state for.
    pub(super) names_igmp: bool,
}

impl Request {
    /// Reads an update from a peer that is spoken to in `dialect`.
    pub(super) fn read(meta: &RxMeta, update: &BindingUpdate<'_>, dialect: &Dialect) -> Self {
        let options = update.options;
        let meaning = update.meaning(dialect);
        let prefixes = options.home_network_prefixes();
        Self {
            src: meta.src,
            dst: meta.dst,
            care_of: alternate_care_of_address(update).unwrap_or(meta.src),
            dialect: *dialect,
            meaning,
            sequence: Sequence(update.sequence),
            lifetime: Lifetime(update.lifetime),
            node: options.mn_identifier().map(|(subtype, id)| NodeId { subtype, id: id.into() }),
            prefixes: prefixes.map(|(address, len)| Prefix::new(address.ip(), len)).collect(),
            handoff: options.handoff_indicator(),
            technology: options.access_technology(),
            link_layer_id: options.link_layer_id().map(Box::from),
            link_local: options.link_local_address().map(Ipv6Addr::from),
            timestamp: options.timestamp().map(Timestamp),
            subscription: Subscription::read(meaning, &options, dialect.hold),
            names_igmp: meaning == Meaning::ProxyMulticast && options.carries_igmp_state(),
        }
    }

    /// Whether it deregisters.
    pub(super) const fn is_deregistration(&self) -> bool {
        self.lifetime.is_zero()
    }

    /// The prefixes that it names, those that only ask for one left out.
    pub(super) fn named_prefixes(&self) -> impl Iterator<Item = Prefix> + Clone + '_ {
        self.prefixes.iter().copied().filter(|prefix| !prefix.address.is_unspecified())
    }

    /// Whether a prefix is the LMA's to choose (RFC 5213 5.3.2, 1).
    pub(super) fn asks_for_prefix(&self) -> bool {
        self.prefixes.iter().any(|prefix| prefix.address.is_unspecified())
    }

    /// The link-layer identifier that can tell interfaces apart. One of zeros alone says as little as none (RFC 5213
    /// 5.1, figure 8).
    pub(super) fn interface(&self) -> &[u8] {
        match &self.link_layer_id {
            Some(id) if id.iter().any(|&octet| octet != 0) => id,
            _ => &[],
        }
    }

    /// Whether it is for the same interface at the same MAG.
    pub(super) fn is_of_the_same_attachment(&self, other: &Self) -> bool {
        self.care_of == other.care_of && self.interface() == other.interface()
    }

    /// Whether it was sent after `earlier`, as far as that can be told.
    pub(super) fn is_newer_than(&self, earlier: &Self) -> bool {
        match (self.timestamp, earlier.timestamp) {
            (Some(ours), Some(theirs)) => ours > theirs,
            _ => self.src != earlier.src || self.sequence.follows(earlier.sequence),
        }
    }
}

fn alternate_care_of_address(update: &BindingUpdate<'_>) -> Option<Ipv6Addr> {
    update.options.iter().find_map(|option| match option {
        MobilityOption::AlternateCareOfAddress(care_of) => Some(care_of.address.ip()),
        _ => None,
    })
}
