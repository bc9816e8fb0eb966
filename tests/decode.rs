//! `multimob decode` and `multimob encode`, as somebody at a terminal meets them.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test may panic, and its numbers are small"
)]

#[path = "decode/broken.rs"]
mod broken;
#[path = "decode/captures.rs"]
mod captures;
#[path = "decode/encode.rs"]
mod encode;
#[path = "decode/kernel.rs"]
mod kernel;
#[path = "decode/links.rs"]
mod links;
#[path = "decode/pim.rs"]
mod pim;
mod program;
#[path = "decode/vectors.rs"]
mod vectors;
