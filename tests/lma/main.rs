//! The local mobility anchor, spoken to in octets: every message is built and taken apart by the codec.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]

mod budget;
mod deregistration;
mod domain;
mod handover;
#[cfg(feature = "proptest")]
mod lookup;
mod multicast;
mod registration;
mod trace;
mod tunnels;
