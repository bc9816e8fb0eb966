//! The machine laws.
