//! The bodies of the fuzz targets, which `cargo test` runs as well.

#[path = "../../tests/bodies/mod.rs"]
pub mod bodies;
