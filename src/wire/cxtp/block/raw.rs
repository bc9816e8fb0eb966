//! Blocks as they came.

use super::{FLAG_P, head};
use crate::wire::Out;
use crate::wire::error::{DecodeError, EncodeError};

/// A block that this crate does not know, as it came. Made by parsing and by [`Block::other`](super::Block::other).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawBlock<'a> {
    pub(super) feature: u16,
    pub(super) flags: u8,
    pub(super) body: &'a [u8],
}

impl<'a> RawBlock<'a> {
    /// Feature profile type.
    #[must_use]
    pub const fn feature(&self) -> u16 {
        self.feature
    }

    /// P (0x80) and seven reserved bits.
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }

    /// All that follows the head, a presence vector included.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Presence vector, where P says that there is one.
    #[must_use]
    pub fn presence(&self) -> Option<u32> {
        let has_presence = self.flags & FLAG_P != 0;
        self.body.first_chunk().filter(|_| has_presence).map(|vector| u32::from_be_bytes(*vector))
    }

    /// What follows the presence vector, or the head where there is none.
    #[must_use]
    pub fn data(&self) -> &'a [u8] {
        match self.presence() {
            Some(_) => self.body.get(4..).unwrap_or_default(),
            None => self.body,
        }
    }

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        head(self.feature, self.flags, self.body.len(), out)?;
        out.bytes(self.body);
        Ok(())
    }
}

/// A known block with data that cannot be, as it came, and what is wrong with it. Made by parsing and by
/// [`Block::other`](super::Block::other).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MalformedBlock<'a> {
    pub(super) raw: RawBlock<'a>,
    pub(super) error: DecodeError,
}

impl<'a> MalformedBlock<'a> {
    /// Feature profile type.
    #[must_use]
    pub const fn feature(&self) -> u16 {
        self.raw.feature
    }

    /// P (0x80) and seven reserved bits.
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.raw.flags
    }

    /// All that follows the head.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.raw.body
    }

    /// What is wrong; its offset counts from the first octet of the block.
    #[must_use]
    pub const fn error(&self) -> DecodeError {
        self.error
    }
}
