//! Experimental Mobility Header (RFC 5096 3).

use crate::wire::Out;
use crate::wire::error::EncodeError;
use crate::wire::fields::{Size, Source, Value, Visit};
use crate::wire::read::Read;

/// A message of an experiment (RFC 5096 3): octets that its parties alone understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Experimental<'a> {
    /// What follows the checksum, up to the end of the message: 2 octets more than a multiple of 8, at most 2,042.
    pub data: &'a [u8],
}

impl<'a> Experimental<'a> {
    /// MH Type.
    pub const KIND: u8 = 11;

    /// Reads what follows the checksum.
    pub(super) const fn read(data: &'a [u8]) -> Read<'a, Self> {
        Ok((&[], Self { data }))
    }

    /// Writes what follows the checksum.
    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.bytes(self.data);
        Ok(())
    }

    /// Shows the data.
    pub(super) fn show(&self, visit: &mut Visit<'_>) {
        visit("data", Value::Octets(self.data));
    }

    /// Writes what follows the checksum with the values of `from`.
    #[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a message keeps it"))]
    pub(super) fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.octets("data", Size::Times(1), &mut |data| out.bytes(data))
    }
}
