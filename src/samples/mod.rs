//! Samples of everything that can be received: messages, whole and damaged, and inputs of every machine, made from octets.
//!
//! There is one source. Whatever is drawn here is drawn from an [`Unstructured`] by one function, so that a fuzzer gives
//! the octets as they are ([`Arbitrary`]), and proptest draws them at random, shrinks *them*, and has a strategy for
//! every type (`samples::of`, feature `proptest`). Three habits make that shrink well: octets that are zero or
//! used up give the plainest value, a choice takes one octet, and nothing is drawn from the back. Nothing that is drawn
//! here fails.
//!
//! Messages borrow what they hold: [`Sample::draw`] shows them to a visitor, and [`Owned`](crate::wire::Owned) is the
//! value to keep. Addresses come from a small world ([`world`]), so that what one message joins another one leaves; now
//! and then one is any address at all.
//!
//! ```
//! use multimob::samples::{Arbitrary, Damaged, Unstructured, arbitrary};
//! use multimob::wire::{Format, mld};
//!
//! let octets: Vec<u8> = (0..200).collect();
//! let report = mld::Owned::arbitrary(&mut Unstructured::new(&octets))?;
//! assert_eq!(mld::Mld::parse(report.octets(), report.dialect()), Ok(report.view()));
//!
//! // As it may come out of a broken sender: read or refused, never a panic.
//! let damaged = Damaged::<mld::Mld>::arbitrary(&mut Unstructured::new(&octets))?;
//! let _ = mld::Mld::parse(&damaged.octets, &damaged.dialect);
//! # Ok::<(), arbitrary::Error>(())
//! ```

mod damage;
pub(crate) mod domain;
mod draw;
mod kin;
mod mld;
#[cfg(feature = "proptest")]
mod strategy;
#[cfg(test)]
mod tests;
mod wire;
pub mod world;

pub use arbitrary::{self, Arbitrary, Unstructured};
pub use damage::{Damaged, damage};
pub use kin::Kin;
#[cfg(feature = "proptest")]
pub use strategy::{of, tapes};
pub use wire::{DIALECTS, Sample, Visit};
