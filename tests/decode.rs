//! `multimob decode` and `multimob encode`, as somebody at a terminal meets them.
#![cfg(feature = "cli")]

#[path = "decode/broken.rs"]
mod broken;
#[path = "decode/captures.rs"]
mod captures;
#[path = "decode/encode.rs"]
mod encode;
#[path = "decode/links.rs"]
mod links;
mod program;
#[path = "decode/vectors.rs"]
mod vectors;
