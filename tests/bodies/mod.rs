//! What each fuzz target does with its octets. `fuzz/` gives it those of libFuzzer, `corpus.rs` those of the corpus.
#![allow(dead_code, unreachable_pub, reason = "each crate that includes this uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod forwarder;
pub mod lma_model;
mod machines;
#[path = "../model/rfc5213.rs"]
mod rfc5213;
mod router_model;
#[path = "../samples/mod.rs"]
pub mod samples;
mod wire;

pub use forwarder::forwarder;
pub use lma_model::lma_model;
pub use machines::{lightweight, listener, lma, mag, proxy, router};
pub use router_model::{lightweight_model, router_model};
pub use wire::{decode_cxtp, decode_igmp, decode_mh, decode_mld, decode_nd, decode_pim, demux, roundtrip};

/// The body of a target.
pub type Body = fn(&[u8]);

/// Every target.
pub const TARGETS: [(&str, Body); 18] = [
    ("decode_mh", decode_mh),
    ("decode_mld", decode_mld),
    ("decode_igmp", decode_igmp),
    ("decode_cxtp", decode_cxtp),
    ("decode_nd", decode_nd),
    ("decode_pim", decode_pim),
    ("demux", demux),
    ("roundtrip", roundtrip),
    ("router", router),
    ("router_model", router_model),
    ("listener", listener),
    ("lightweight", lightweight),
    ("lightweight_model", lightweight_model),
    ("proxy", proxy),
    ("forwarder", forwarder),
    ("mag", mag),
    ("lma", lma),
    ("lma_model", lma_model),
];
