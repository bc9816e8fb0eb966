//! What of this crate is measured, for the instruction counts and for the comparison with others.

pub mod mh;
pub mod mld;
pub mod router;
