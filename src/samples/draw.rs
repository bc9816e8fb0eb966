//! The ways to draw that shrink well: one octet for a choice, and nothing from the back.

use alloc::vec;
use alloc::vec::Vec;

use arbitrary::{Arbitrary, Result, Unstructured};

/// True for `of` of 256 octets; false when they are used up.
pub(super) fn rarely(u: &mut Unstructured<'_>, of: u8) -> Result<bool> {
    Ok(u8::arbitrary(u)? > u8::MAX.saturating_sub(of))
}

/// At most `most` values.
pub(super) fn many<'a, T>(
    u: &mut Unstructured<'a>,
    most: u8,
    mut one: impl FnMut(&mut Unstructured<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let len = u.int_in_range(0..=most)?;
    (0..len).map(|_| one(u)).collect()
}

/// At most `most` octets, often few.
pub(super) fn octets(u: &mut Unstructured<'_>, most: u8) -> Result<Vec<u8>> {
    let most = if rarely(u, 64)? { most } else { most.min(20) };
    let len = u.int_in_range(0..=most)?;
    exactly(u, len.into())
}

/// `len` octets, of which those that are used up are zero.
pub(super) fn exactly(u: &mut Unstructured<'_>, len: usize) -> Result<Vec<u8>> {
    let mut octets = vec![0; len];
    u.fill_buffer(&mut octets)?;
    Ok(octets)
}

/// A number of one to `most`, small ones more often.
pub(super) fn scaled(u: &mut Unstructured<'_>, scales: &[u64]) -> Result<u64> {
    let most = *u.choose(scales)?;
    u.int_in_range(0..=most)
}
