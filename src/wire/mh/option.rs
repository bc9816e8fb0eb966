//! Mobility options.
use crate::wire::mld::Record;
use crate::wire::{Addr, DecodeError, Dialect, EncodeError, Item, List, Out};

/// Handoff Indicator (RFC 5213 8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct HandoffIndicator(pub u8);

/// Access Technology Type (RFC 5213 8.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct AccessTechnology(pub u8);

/// A mobility option. `Unknown` and `Malformed` come from parsing or from their constructors only.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum MobilityOption<'a> {
    /// MN Identifier (8, RFC 4283).
    MnIdentifier {
        /// Subtype; 1 is a network access identifier.
        subtype: u8,
        /// The identifier; empty in a PBA with status 160.
        id: &'a [u8],
    },
    /// Home Network Prefix (22).
    HomeNetworkPrefix {
        /// Prefix length, 0 to 128.
        len: u8,
        /// The prefix; all zero asks for one.
        prefix: Addr,
    },
    /// Handoff Indicator (23).
    HandoffIndicator(HandoffIndicator),
    /// Access Technology Type (24).
    AccessTechnology(AccessTechnology),
    /// Mobile Node Link-layer Identifier (25).
    LinkLayerId(&'a [u8]),
    /// Link-local Address (26).
    LinkLocalAddress(Addr),
    /// Timestamp (27): 48 bits of seconds since 1970 UTC, 16 bits of 1/65536 s.
    Timestamp(u64),
    /// Multicast State (local type, digest 1.B.7).
    MulticastState(List<'a, Record<'a>>),
    /// Care-of Address (local type, liu 8.3).
    CareOfAddress(Addr),
    /// Queried Home Address (local type, D-20).
    QueriedHomeAddress(Addr),
    /// An option that this crate does not know.
    Unknown(Raw<'a>),
    /// A known option with a body that cannot be: treated as absent, kept as it came.
    Malformed(Raw<'a>, DecodeError),
}

/// An option as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a> {
    kind: u8,
    body: &'a [u8],
}

impl<'a> Raw<'a> {
    /// Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }
    /// Body.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }
}

impl<'a> Item<'a> for MobilityOption<'a> {
    fn read(octets: &'a [u8], dialect: &Dialect) -> Option<(Self, &'a [u8])> {
        let _ = (octets, dialect);
        todo!()
    }
    fn write(&self, out: &mut impl Out, dialect: &Dialect) -> Result<(), EncodeError> {
        let _ = (out, dialect);
        todo!()
    }
}
