//! Reading: nom combinators over readers of our own, which know which field they read.
//!
//! nom's types stay inside `wire`; [`lift`] turns its errors into ours at the edge.

use nom::Err;
use nom::error::{ErrorKind, ParseError};

use super::error::{DecodeError, Field, Layer};

/// Why a reader stopped: the field, what it needed, and how much was left. Small, since every reader returns it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fail {
    layer: Layer,
    field: Field,
    left: u32,
    needed: u32,
    have: u32,
}

impl Fail {
    fn new(layer: Layer, field: Field, left: usize, needed: usize, have: usize) -> Self {
        let cap = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { layer, field, left: cap(left), needed: cap(needed), have: cap(have) }
    }
}

impl ParseError<&[u8]> for Fail {
    fn from_error_kind(input: &[u8], _: ErrorKind) -> Self {
        Self::new(Layer::Ipv6, Field::Header, input.len(), 0, input.len())
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
    Err::Failure(Fail::new(layer, field, input.len(), needed, input.len()))
}

/// A field with a value that cannot be: `needed` where `have` was found.
#[cold]
#[inline(never)]
pub(crate) fn wrong(layer: Layer, field: Field, input: &[u8], needed: usize, have: usize) -> Err<Fail> {
    Err::Failure(Fail::new(layer, field, input.len(), needed, have))
}

/// The error at the public edge; `all` is the length of what the layer was given.
#[cold]
#[inline(never)]
pub(crate) fn lift(error: Err<Fail>, all: usize) -> DecodeError {
    match error {
        Err::Error(f) | Err::Failure(f) => {
            let [left, needed, have] =
                [f.left, f.needed, f.have].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
            DecodeError::new(f.layer, f.field, all.saturating_sub(left), needed, have)
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

/// The first octet, which must be one of `types`; nothing is consumed.
#[inline]
pub(crate) fn of_type(layer: Layer, input: &[u8], types: &[u8]) -> Result<u8, Err<Fail>> {
    match input.first() {
        Some(kind) if types.contains(kind) => Ok(*kind),
        Some(&kind) => Err(unknown_type(layer, input, types, kind)),
        None => Err(short(layer, Field::Header, input, 1)),
    }
}

#[cold]
#[inline(never)]
fn unknown_type(layer: Layer, input: &[u8], types: &[u8], kind: u8) -> Err<Fail> {
    let needed = types.first().copied().unwrap_or_default();
    wrong(layer, Field::Type, input, needed.into(), kind.into())
}
