//! Octets that are nearly a message.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::Sample;
use super::draw::rarely;
use crate::wire::{Dialect, Owned};

/// The octets of a message of `F` after up to four injuries: see [`damage`].
#[derive(Clone, PartialEq, Eq)]
pub struct Damaged<F> {
    /// The octets.
    pub octets: Vec<u8>,
    /// By what the whole message was to be read.
    pub dialect: Dialect,
    format: PhantomData<F>,
}

impl<F> fmt::Debug for Damaged<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x?} by {:?}", self.octets, self.dialect)
    }
}

impl<'a, F: Sample> Arbitrary<'a> for Damaged<F> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let whole = Owned::<F>::arbitrary(u)?;
        let (mut octets, dialect) = (whole.octets().to_vec(), *whole.dialect());
        for _ in 0..u.int_in_range(0..=4)? {
            // What another message would have there.
            let donor = if rarely(u, 64)? { Owned::<F>::arbitrary(u)?.octets().to_vec() } else { Vec::new() };
            damage(u, &mut octets, &donor)?;
        }
        Ok(Self { octets, dialect, format: PhantomData })
    }
}

/// Does one injury to `octets`: a flipped bit, another octet, a length one off or at its ends, a tail cut off or put on,
/// a piece cut out, doubled, or overwritten from `donor`.
///
/// # Errors
/// None of its own: those of `u`.
pub fn damage(u: &mut Unstructured<'_>, octets: &mut Vec<u8>, donor: &[u8]) -> Result<()> {
    let at = place(u, octets.len())?;
    let injury = u.int_in_range(0..=8u8)?;
    let operand = u8::arbitrary(u)?;
    let end = at.saturating_add(usize::from(operand)).min(octets.len());
    match (injury, octets.get_mut(at)) {
        (0, Some(octet)) => *octet ^= 1u8.wrapping_shl(operand.into()),
        (1, Some(octet)) => *octet = operand,
        (2, Some(octet)) => *octet = octet.wrapping_add(if operand & 1 == 0 { 1 } else { u8::MAX }),
        (3, Some(octet)) => *octet = if operand & 1 == 0 { 0 } else { u8::MAX },
        (4, _) => octets.truncate(at),
        (5, _) => drop(octets.drain(at..end)),
        (6, _) => octets.extend_from_within(at..end),
        (7, _) => octets.extend(core::iter::repeat_n(operand, usize::from(operand & 31))),
        _ => {
            let from = place(u, donor.len())?;
            octets.truncate(at);
            octets.extend_from_slice(donor.get(from..).unwrap_or_default());
        }
    }
    Ok(())
}

/// A place in something of this length; its end, too.
fn place(u: &mut Unstructured<'_>, len: usize) -> Result<usize> {
    u.int_in_range(0..=len)
}
