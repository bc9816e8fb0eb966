//! Messages of any format, owned.

use alloc::vec::Vec;

use super::Payload;
use crate::wire::cxtp::icmp as cxtp_icmp;
use crate::wire::{Dialect, EncodeError, cxtp, igmp, mh, mld, nd, pim};

/// A message of any format, owned: what a machine sends, and what a recorded trace holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum OwnedPayload {
    /// Mobility Header.
    Mh(mh::Owned),
    /// MLD.
    Mld(mld::Owned),
    /// IGMP, in IPv4.
    Igmp(igmp::Owned),
    /// CXTP over UDP.
    Cxtp(cxtp::Owned),
    /// CXTP in ICMPv6.
    CxtpIcmp(cxtp_icmp::Owned),
    /// Neighbor Discovery.
    Nd(nd::Owned),
    /// PIM.
    Pim(pim::Owned),
    /// Anything else: user data.
    #[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
    Other {
        /// Next header.
        next_header: u8,
        /// What follows the IPv6 header and its extensions.
        #[cfg_attr(feature = "serde", serde(with = "crate::wire::hex"))]
        data: Vec<u8>,
    },
}

impl OwnedPayload {
    /// The owned form of `payload`, to be read by `dialect` again.
    ///
    /// # Errors
    /// When the message cannot be written, or not be read by this dialect.
    pub fn new(payload: &Payload<'_>, dialect: &Dialect) -> Result<Self, EncodeError> {
        match payload {
            Payload::Mh(message) => mh::Owned::new(message, dialect).map(Self::Mh),
            Payload::Mld(message) => mld::Owned::new(message, dialect).map(Self::Mld),
            Payload::Igmp(message) => igmp::Owned::new(message, dialect).map(Self::Igmp),
            Payload::Cxtp(message) => cxtp::Owned::new(message, dialect).map(Self::Cxtp),
            Payload::CxtpIcmp(message) => cxtp_icmp::Owned::new(message, dialect).map(Self::CxtpIcmp),
            Payload::Nd(message) => nd::Owned::new(message, dialect).map(Self::Nd),
            Payload::Pim(message) => pim::Owned::new(message, dialect).map(Self::Pim),
            &Payload::Other { next_header, data } => Ok(Self::Other { next_header, data: data.to_vec() }),
        }
    }

    /// The message.
    #[must_use]
    pub fn borrow(&self) -> Payload<'_> {
        match self {
            Self::Mh(message) => Payload::Mh(message.view()),
            Self::Mld(message) => Payload::Mld(message.view()),
            Self::Igmp(message) => Payload::Igmp(message.view()),
            Self::Cxtp(message) => Payload::Cxtp(message.view()),
            Self::CxtpIcmp(message) => Payload::CxtpIcmp(message.view()),
            Self::Nd(message) => Payload::Nd(message.view()),
            Self::Pim(message) => Payload::Pim(message.view()),
            Self::Other { next_header, data } => Payload::Other { next_header: *next_header, data },
        }
    }
}

macro_rules! from_message {
    ($($format:ident => $variant:ident,)*) => {$(
        impl<'a> From<$format::Message<'a>> for Payload<'a> {
            fn from(message: $format::Message<'a>) -> Self {
                Self::$variant(message)
            }
        }

        impl From<$format::Owned> for OwnedPayload {
            fn from(message: $format::Owned) -> Self {
                Self::$variant(message)
            }
        }
    )*};
}

from_message! {
    mh => Mh,
    mld => Mld,
    igmp => Igmp,
    cxtp => Cxtp,
    cxtp_icmp => CxtpIcmp,
    nd => Nd,
    pim => Pim,
}
