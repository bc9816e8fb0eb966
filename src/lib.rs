//! IP multicast to moving receivers: wire formats and sans-IO state machines for Proxy Mobile IPv6 and distributed
//! mobility domains.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod time;

#[cfg(feature = "alloc")]
pub mod channel;
#[cfg(feature = "alloc")]
pub mod fanout;
#[cfg(feature = "arbitrary")]
pub mod laws;
#[cfg(feature = "alloc")]
pub mod machine;
#[cfg(test)]
mod matrix;
#[cfg(feature = "alloc")]
mod mip;
#[cfg(feature = "alloc")]
pub mod mld;
#[cfg(feature = "alloc")]
pub mod pmip;
#[cfg(feature = "alloc")]
mod random;
#[cfg(feature = "arbitrary")]
pub mod samples;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "alloc")]
pub mod timers;
pub mod wire;

#[cfg(feature = "alloc")]
pub use machine::{Machine, Polled, Sink, Snapshot};
pub use time::Instant;
