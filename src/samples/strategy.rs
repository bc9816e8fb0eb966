//! All that can be drawn from octets, as strategies of proptest.

use alloc::vec::Vec;
use core::fmt;

use arbitrary::{Arbitrary, Unstructured};
use proptest::collection::vec;
use proptest::prelude::*;

/// What nearly every value here is content with; beyond it octets read as zero.
const TAPE: usize = 256;

/// Samples of `T`, which shrink by the octets of which they are made.
///
/// ```
/// use multimob::{mld::router, samples};
/// use proptest::prelude::*;
///
/// proptest!(|(input in samples::of::<router::OwnedInput>())| {
///     let _ = input.borrow();
/// });
/// ```
pub fn of<T: for<'a> Arbitrary<'a> + fmt::Debug>() -> impl Strategy<Value = T> + Clone {
    tapes(TAPE).prop_filter_map("no value", |tape| T::arbitrary(&mut Unstructured::new(&tape)).ok())
}

/// At most `most` octets to draw from, for what borrows and so cannot be [`of`] a type.
pub fn tapes(most: usize) -> impl Strategy<Value = Vec<u8>> + Clone {
    vec(any::<u8>(), 0..=most)
}
