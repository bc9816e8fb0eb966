//! A deterministic domain.
