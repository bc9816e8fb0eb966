//! The `multimob` program.
fn main() {}
