//! Random reports, Queries and waits through the router and through the tables as RFC 3810 prints them.
//!
//! `ROUTER_MODEL_SEQUENCES=100000` runs more of them, `ROUTER_MODEL_SEED=7` others.
#![cfg(feature = "arbitrary")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

#[path = "bodies/router_model.rs"]
#[allow(unreachable_pub, reason = "other crates include it too")]
mod body;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn the_router_is_what_the_tables_say_after_any_sequence() {
    holds(body::router_model);
}

#[test]
fn mld_3_7_lw_the_lightweight_router_is_what_its_tables_say_after_any_sequence() {
    holds(body::lightweight_model);
}

fn holds(body: fn(&[u8])) {
    let seed = number("ROUTER_MODEL_SEED", 1);
    for sequence in 0..number("ROUTER_MODEL_SEQUENCES", 5_000) {
        let mut random = Random(seed << 32 | sequence);
        let octets: Vec<u8> = (0..600).map(|_| random.octet()).collect();
        if std::panic::catch_unwind(|| body(&octets)).is_err() {
            panic!("sequence {sequence} of seed {seed}");
        }
    }
}

/// Steele, Lea, Flood: SplitMix64.
struct Random(u64);

impl Random {
    fn octet(&mut self) -> u8 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 56) as u8
    }
}
