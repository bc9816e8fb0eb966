//! Multicast address records (RFC 3810 5.2.4).
use crate::wire::Addr;

/// Record type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct RecordType(pub u8);

impl RecordType {
    /// MODE_IS_INCLUDE.
    pub const IS_IN: Self = Self(1);
    /// MODE_IS_EXCLUDE.
    pub const IS_EX: Self = Self(2);
    /// CHANGE_TO_INCLUDE_MODE.
    pub const TO_IN: Self = Self(3);
    /// CHANGE_TO_EXCLUDE_MODE.
    pub const TO_EX: Self = Self(4);
    /// ALLOW_NEW_SOURCES.
    pub const ALLOW: Self = Self(5);
    /// BLOCK_OLD_SOURCES.
    pub const BLOCK: Self = Self(6);
}

/// One multicast address record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Record type.
    pub kind: RecordType,
    /// The group.
    pub group: Addr,
    /// Sources.
    pub sources: &'a [[u8; 16]],
    /// Auxiliary data, whole 32-bit words. Never sent by MLDv2 (RFC 3810 5.2.11).
    pub aux: &'a [[u8; 4]],
}

/// What is wrong with the addresses of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The group is no multicast address.
    #[error("the group is no multicast address")]
    GroupNotMulticast,
    /// A source is no unicast address.
    #[error("source {index} is no unicast address")]
    SourceNotUnicast {
        /// Which one, from 0.
        index: u16,
    },
}

impl Record<'_> {
    /// Whether the addresses can be: a multicast group and unicast sources.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge(&self) -> Result<(), Fault> {
        todo!()
    }
}
