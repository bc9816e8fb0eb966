//! MLD Hold (draft asaeda 3.3, digest 1.B.6): what is told of a group to whose tree the interface wants to be kept, but
//! of which it wants no data. IGMP says it by the same record types.
//!
//! A router takes the last word about a source, and a statement of a filter mode undoes what was held: so a Hold record
//! is the last of its group's records in a report, and stands in each report about the group.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::fsm::{ChangeEvent, Now};
use crate::channel::{Address, Filter, FilterMode, SourceList};
use crate::mld::GroupRecord;
use crate::time::Instant;
use crate::wire::HoldTypes;
use crate::wire::mld::RecordType;

/// What an interface wants of a group, sockets or parents merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish<A = Ipv6Addr> {
    /// What is to be received.
    pub wanted: Filter<A>,
    /// What the tree is to be kept of. What is wanted too is received.
    pub held: Filter<A>,
}

impl<A> Wish<A> {
    pub(super) const NOTHING: Self = Self { wanted: Filter::NOTHING, held: Filter::NOTHING };
}

impl<A> Default for Wish<A> {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl<A: Address> Wish<A> {
    /// What is held and not received.
    #[must_use]
    pub fn kept(&self) -> Filter<A> {
        self.held.difference(&self.wanted)
    }

    /// Whether neither is anything.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.wanted.is_nothing() && self.held.is_nothing()
    }
}

/// What has still to be said of what is kept, and no longer kept, of a group: its Hold record as often as the records of
/// any other change (RFC 3810 6.1), and what is left by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Holding<A = Ipv6Addr> {
    /// Nothing.
    #[default]
    Settled,
    /// All of it is said again.
    Repeated {
        /// When next.
        due: Instant,
        /// How often; never zero.
        left: u8,
        /// How often it is still to be said that all is left but what is wanted and kept.
        all: u8,
        /// The sources that are left otherwise, and how often that is still to be said; never zero.
        gone: BTreeMap<A, u8>,
    },
}

/// How a hold is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// In which record types.
    pub(super) types: HoldTypes,
    /// Of how many sources in one record; never zero.
    pub(super) most: usize,
}

impl<A: Address> Holding<A> {
    /// When it is said again.
    pub(super) const fn due(&self) -> Option<Instant> {
        match self {
            Self::Settled => None,
            Self::Repeated { due, .. } => Some(*due),
        }
    }

    /// The next state, and the records of the group's report. Event and filter of `now` are of what is kept; `said` are
    /// the records of what is wanted.
    pub(super) fn on(
        self,
        event: ChangeEvent<'_, A>,
        wanted: &Filter<A>,
        now: Now<'_, A>,
        terms: Terms,
        said: Vec<GroupRecord<A>>,
    ) -> (Self, Vec<GroupRecord<A>>) {
        let kept = now.filter;
        let (mut left, mut all, mut gone) = match self {
            Self::Settled => (0, 0, BTreeMap::new()),
            Self::Repeated { left, all, gone, .. } => (left, all, gone),
        };
        match event {
            ChangeEvent::Told => return (Self::Settled, said),
            ChangeEvent::Changed { before } if before != kept => {
                left = now.robustness;
                let Filter { mode, sources } = before.difference(kept);
                match mode {
                    FilterMode::Include => gone.extend(sources.iter().map(|source| (source, left))),
                    FilterMode::Exclude => all = left,
                }
            }
            ChangeEvent::Changed { .. } | ChangeEvent::Expired => {}
        }
        if left == 0 && said.is_empty() {
            return (Self::Settled, said);
        }
        let mut records = said;
        let is_left = |source: &A| !wanted.passes(*source) && !kept.passes(*source);
        match wanted.mode {
            // What is wanted now says of all else that it is left.
            FilterMode::Include if all > 0 => {
                let sources = wanted.sources.clone();
                records = Vec::from([GroupRecord { kind: RecordType::TO_IN, group: now.group, sources }]);
            }
            FilterMode::Exclude if all > 0 => {
                block(now.group, wanted.sources.iter().filter(is_left).collect(), &mut records);
            }
            _ => block(now.group, gone.keys().copied().filter(is_left).collect(), &mut records),
        }
        records.extend(record(now.group, wanted, kept, terms));
        gone.retain(|_, left| {
            *left = left.saturating_sub(1);
            *left > 0
        });
        let next = match left.saturating_sub(1) {
            0 => Self::Settled,
            left => Self::Repeated { due: now.repeat_at, left, all: all.saturating_sub(1), gone },
        };
        (next, records)
    }

    /// Says what is `kept` `more` times at least.
    pub(super) fn and_kept(self, kept: &Filter<A>, more: u8, due: Instant) -> Self {
        if kept.is_nothing() || more == 0 {
            return self;
        }
        match self {
            Self::Settled => Self::Repeated { due, left: more, all: 0, gone: BTreeMap::new() },
            Self::Repeated { due, left, all, gone } => {
                Self::Repeated { due, left: left.max(more), all, gone }
            }
        }
    }
}

/// Leaves `sources`.
fn block<A: Address>(group: A, sources: SourceList<A>, records: &mut Vec<GroupRecord<A>>) {
    match records.iter_mut().find(|record| record.kind == RecordType::BLOCK) {
        Some(record) => record.sources = record.sources.union(&sources),
        None if sources.is_empty() => {}
        None => records.push(GroupRecord { kind: RecordType::BLOCK, group, sources }),
    }
}

/// The current-state records of a group of which `wanted` is received and `kept` held. Where the types of Hold are those
/// of current-state records, what is wanted is said by ALLOW and TO_EX, which say it as well.
pub(super) fn state<A: Address>(
    group: A,
    wanted: &Filter<A>,
    kept: &Filter<A>,
    terms: Terms,
) -> impl Iterator<Item = GroupRecord<A>> {
    let said = (!wanted.is_nothing()).then(|| match terms.types.are_of_current_state() {
        true => GroupRecord::join(group, wanted),
        false => GroupRecord::current_state(group, wanted),
    });
    said.into_iter().chain(record(group, wanted, kept, terms))
}

/// The record that holds `kept`; HOLD_INCLUDE is never empty, and split if it is long (RFC 3810 5.2.15).
///
/// HOLD_EXCLUDE loses sources then, and more is held than was meant. But what is wanted it has to list, or its data would
/// end: it is not said where there is no room for that.
fn record<A: Address>(
    group: A,
    wanted: &Filter<A>,
    kept: &Filter<A>,
    Terms { types, most }: Terms,
) -> Option<GroupRecord<A>> {
    if kept.is_nothing() {
        return None;
    }
    let mut record = GroupRecord::hold(group, kept, types);
    if kept.mode == FilterMode::Exclude && kept.sources.len() > most {
        let others = kept.sources.difference(&wanted.sources);
        let room = most.checked_sub(wanted.sources.len())?;
        record.sources = others.iter().take(room).chain(wanted.sources.iter()).collect();
    }
    Some(record)
}
