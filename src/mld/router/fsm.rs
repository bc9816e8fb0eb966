//! RFC 3810 7.4.

use crate::channel::Filter;

/// What a link, or one listener of it, wants of a group.
#[derive(Clone, Debug)]
pub(super) enum State {}

impl State {
    pub(super) fn filter(&self) -> Filter {
        match *self {}
    }
}
