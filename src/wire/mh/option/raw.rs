//! Options as they came.

use super::multicast_state::REPORT;
use super::padding::PAD1;
use crate::wire::Out;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::mh::OPTIONS_AT;

/// An option that this crate does not know, as it came. Made by parsing and by
/// [`MobilityOption::other`](super::MobilityOption::other).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a> {
    pub(super) kind: u8,
    pub(super) body: &'a [u8],
}

impl<'a> Raw<'a> {
    /// Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }

    /// What follows type and length.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        // A report drawn raw starts with this octet where options start (D-1): an octet of padding keeps the two apart.
        if self.kind == REPORT && out.written() == OPTIONS_AT {
            out.put(&[PAD1]);
        }
        head(out, self.kind, self.body.len())?;
        out.bytes(self.body);
        Ok(())
    }
}

/// A known option with a body that cannot be, as it came, and what is wrong with it. Made by parsing and by
/// [`MobilityOption::other`](super::MobilityOption::other).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Malformed<'a> {
    pub(super) raw: Raw<'a>,
    pub(super) error: DecodeError,
}

impl<'a> Malformed<'a> {
    /// Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.raw.kind
    }

    /// What follows type and length.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.raw.body
    }

    /// What is wrong; its offset counts from the type octet of the option.
    #[must_use]
    pub const fn error(&self) -> DecodeError {
        self.error
    }
}

/// Type and length of an option whose body has `len` octets.
#[inline(always)]
pub(super) fn head(out: &mut impl Out, kind: u8, len: usize) -> Result<(), EncodeError> {
    let len = match kind {
        MULTICAST_MOBILITY | MULTICAST_ACKNOWLEDGEMENT => words(len)?,
        FAST_BINDING_AUTHORIZATION_DATA => behind_spi(len)?,
        _ => len,
    };
    let max = u8::MAX;
    let len =
        u8::try_from(len).map_err(|_| EncodeError::TooLong { field: Field::OptionBody, max: max.into() })?;
    out.put(&[kind, len]);
    Ok(())
}

/// Octets of the body of an option whose length octet says `len`, where `left` octets are left.
#[inline(always)]
pub(super) fn body_len(kind: u8, len: u8, left: usize) -> usize {
    let len = usize::from(len);
    match kind {
        ..FAST_BINDING_AUTHORIZATION_DATA => len,
        MULTICAST_MOBILITY | MULTICAST_ACKNOWLEDGEMENT => len.saturating_mul(4).saturating_add(2),
        // RFC 5568 6.4.5 means the authenticator alone; who counts the SPI as well has no such octets left at the end.
        FAST_BINDING_AUTHORIZATION_DATA if len.saturating_add(SPI) <= left => len.saturating_add(SPI),
        _ => len,
    }
}

/// These two count words of 32 bits behind the first four octets (RFC 7411 5.1, 5.3). Who skips them by octets reads
/// garbage ever after.
const MULTICAST_MOBILITY: u8 = 60;
const MULTICAST_ACKNOWLEDGEMENT: u8 = 61;

/// This one counts what is behind its SPI.
const FAST_BINDING_AUTHORIZATION_DATA: u8 = 21;

/// Octets of an SPI.
const SPI: usize = 4;

/// Words in a body of `len` octets, behind the first two of them.
const fn words(len: usize) -> Result<usize, EncodeError> {
    match len.checked_sub(2) {
        Some(len) if len.is_multiple_of(4) => Ok(len / 4),
        _ => Err(EncodeError::Unaligned { field: Field::OptionBody, unit: 4 }),
    }
}

/// Octets in a body of `len` octets, behind its SPI.
const fn behind_spi(len: usize) -> Result<usize, EncodeError> {
    match len.checked_sub(SPI) {
        Some(len) => Ok(len),
        None => Err(EncodeError::TooShort { field: Field::OptionBody, min: SPI }),
    }
}
