//! Explicit tracking.
use super::fsm::State;
use crate::time::Instant;

/// One listener of a group.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) state: State,
    pub(super) since: Instant,
}
