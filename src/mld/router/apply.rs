//! What was planned, done.

use alloc::vec::Vec;

use super::{Action, Plan, Router};
use crate::time::Instant;

impl Router {
    /// Carries out what [`Router::check`] planned.
    pub(crate) fn apply(&mut self, now: Instant, plan: Plan<'_>, out: &mut Vec<Action>) {
        let _ = (now, plan, out);
        todo!()
    }

    /// Does what has fallen due, within the budget.
    pub(super) fn elapse(&mut self, now: Instant, out: &mut Vec<Action>) {
        let _ = (now, out);
        todo!()
    }
}
