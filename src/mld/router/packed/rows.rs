//! What one listener wants: a row for each channel.

use alloc::vec::Vec;
use core::slice;

use crate::time::Instant;

/// One channel that a listener wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Row {
    /// When it ends unless it is said again.
    pub(in super::super) due: Instant,
    /// Which channel.
    pub(in super::super) channel: u32,
    /// Since when, in seconds.
    since: u32,
}

impl Row {
    pub(in super::super) fn new(channel: u32, since: Instant, due: Instant) -> Self {
        let since = u32::try_from(since.as_micros() / 1_000_000).unwrap_or(u32::MAX);
        Self { due, channel, since }
    }

    /// Since when, to the second.
    pub(in super::super) const fn since(&self) -> Instant {
        Instant::from_secs(self.since as u64)
    }
}

/// The rows of one listener, in the order in which they came. One needs no memory of its own.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    One(Row),
    Many(Vec<Row>),
}

impl Rows {
    pub(super) const NONE: Self = Self::Many(Vec::new());

    pub(super) fn as_slice(&self) -> &[Row] {
        match self {
            Self::One(row) => slice::from_ref(row),
            Self::Many(rows) => rows,
        }
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [Row] {
        match self {
            Self::One(row) => slice::from_mut(row),
            Self::Many(rows) => rows,
        }
    }

    pub(super) fn push(&mut self, row: Row) {
        match self {
            Self::One(first) => *self = Self::Many([*first, row].into()),
            Self::Many(rows) if rows.capacity() == 0 => *self = Self::One(row),
            Self::Many(rows) => {
                // An eighth more: a listener has few, and there are many listeners.
                if rows.len() == rows.capacity() {
                    rows.reserve_exact((rows.len() / 8).saturating_add(1));
                }
                rows.push(row);
            }
        }
    }

    /// Makes room for `more`, exactly.
    pub(super) fn reserve(&mut self, more: usize) {
        match self {
            Self::Many(rows) if rows.len().saturating_add(more) > 1 => rows.reserve_exact(more),
            Self::Many(_) => {}
            Self::One(first) if more > 0 => {
                let mut rows = Vec::with_capacity(more.saturating_add(1));
                rows.push(*first);
                *self = Self::Many(rows);
            }
            Self::One(_) => {}
        }
    }

    /// Keeps the rows of which `keep` says so.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Row) -> bool) {
        match self {
            Self::One(row) => {
                if !keep(row) {
                    *self = Self::NONE;
                }
            }
            Self::Many(rows) => {
                rows.retain(keep);
                match rows.as_slice() {
                    [] => *self = Self::NONE,
                    &[last] => *self = Self::One(last),
                    few if few.len() < rows.capacity() / 2 => rows.shrink_to_fit(),
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_row_takes_sixteen_octets_and_one_is_kept_in_place() {
        assert_eq!((size_of::<Row>(), size_of::<Rows>()), (16, 24));
    }

    proptest! {
        /// The model: a list. There is never room for more than half as many again.
        #[test]
        fn are_a_list(steps in proptest::collection::vec((0u32..12, any::<bool>()), 0..60), room in 0usize..12) {
            let (mut rows, mut model) = (Rows::NONE, Vec::new());
            rows.reserve(room);
            for (channel, comes) in steps {
                let row = Row::new(channel, Instant::ZERO, Instant::from_secs(1));
                if comes && !model.contains(&row) {
                    rows.push(row);
                    model.push(row);
                } else {
                    rows.retain(|row| row.channel != channel);
                    model.retain(|row: &Row| row.channel != channel);
                }
                prop_assert_eq!(rows.as_slice(), model.as_slice());
            }
        }
    }
}
