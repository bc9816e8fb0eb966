//! Queries.

/// The querier of a link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Querier;

impl Querier {
    pub(super) const IDLE: Self = Self;
}
