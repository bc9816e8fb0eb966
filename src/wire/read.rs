//! Reading: nom combinators over readers of our own, which know which field they read.
//!
//! nom's types stay inside `wire`; [`lift`] turns its errors into ours at the edge.

use nom::Err;
use nom::error::{ErrorKind, ParseError};

use super::error::{DecodeError, Field, Layer};

/// Why a reader stopped: the field, what it needed, and how much was left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fail {
    layer: Layer,
    field: Field,
    left: usize,
    needed: usize,
    have: usize,
}

impl ParseError<&[u8]> for Fail {
    fn from_error_kind(input: &[u8], _: ErrorKind) -> Self {
        Self { layer: Layer::Ipv6, field: Field::Header, left: input.len(), needed: 0, have: input.len() }
    }

    fn append(_: &[u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

pub(crate) type Read<'a, T> = nom::IResult<&'a [u8], T, Fail>;

/// A field that is too short: `needed` octets where `input` is what is left.
#[cold]
#[inline(never)]
pub(crate) fn short(layer: Layer, field: Field, input: &[u8], needed: usize) -> Err<Fail> {
    Err::Failure(Fail { layer, field, left: input.len(), needed, have: input.len() })
}

/// A field with a value that cannot be: `needed` where `have` was found.
#[cold]
#[inline(never)]
pub(crate) fn wrong(layer: Layer, field: Field, input: &[u8], needed: usize, have: usize) -> Err<Fail> {
    Err::Failure(Fail { layer, field, left: input.len(), needed, have })
}

/// The error at the public edge; `all` is the length of what the layer was given.
#[cold]
#[inline(never)]
pub(crate) fn lift(error: Err<Fail>, all: usize) -> DecodeError {
    match error {
        Err::Error(f) | Err::Failure(f) => {
            DecodeError::new(f.layer, f.field, all.saturating_sub(f.left), f.needed, f.have)
        }
        // Only streaming parsers ask for more, and there are none here.
        Err::Incomplete(_) => DecodeError::new(Layer::Ipv6, Field::Header, 0, 0, all),
    }
}

/// `N` octets.
#[inline]
pub(crate) fn chunk<const N: usize>(layer: Layer, field: Field, input: &[u8]) -> Read<'_, &[u8; N]> {
    match input.split_first_chunk() {
        Some((head, rest)) => Ok((rest, head)),
        None => Err(short(layer, field, input, N)),
    }
}

/// `len` octets.
#[inline]
pub(crate) fn octets(layer: Layer, field: Field, len: usize, input: &[u8]) -> Read<'_, &[u8]> {
    match input.split_at_checked(len) {
        Some((head, rest)) => Ok((rest, head)),
        None => Err(short(layer, field, input, len)),
    }
}
