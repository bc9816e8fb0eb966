//! Who of a link is tracked, and how many of them want a channel by a packed row.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::LinkKind;
use super::fsm::Questions;
use super::packed::Packed;
use crate::channel::Filter;
use crate::machine::LinkId;
use crate::mld::Family;

/// The listeners of a link that want something, by number.
#[derive(Clone, Debug)]
pub(super) enum Audience<A> {
    /// A point-to-point link: one, whatever its addresses. What it wants, the link wants.
    One {
        id: Option<u32>,
        /// The address that it used last.
        last_seen: A,
    },
    /// A shared link.
    Many {
        ids: Vec<u32>,
        /// How many of them want a channel, by the number of its group and its own; never zero.
        wants: BTreeMap<(u32, u32), u32>,
        /// How many groups these are of.
        groups: usize,
    },
}

impl<A: Family> Audience<A> {
    pub(super) const fn new(kind: LinkKind) -> Self {
        match kind {
            LinkKind::PointToPoint => Self::One { id: None, last_seen: A::UNSPECIFIED },
            LinkKind::Shared => Self::Many { ids: Vec::new(), wants: BTreeMap::new(), groups: 0 },
        }
    }

    pub(super) const fn kind(&self) -> LinkKind {
        match self {
            Self::One { .. } => LinkKind::PointToPoint,
            Self::Many { .. } => LinkKind::Shared,
        }
    }

    /// By what key `listener` is tracked. A point-to-point link has one.
    pub(super) const fn key(&self, listener: A) -> A {
        match self {
            Self::One { .. } => A::UNSPECIFIED,
            Self::Many { .. } => listener,
        }
    }

    /// Notes that `listener` said something.
    pub(super) const fn saw(&mut self, listener: A) {
        if let Self::One { last_seen, .. } = self {
            *last_seen = listener;
        }
    }

    pub(super) fn ids(&self) -> &[u32] {
        match self {
            Self::One { id, .. } => id.as_slice(),
            Self::Many { ids, .. } => ids,
        }
    }

    /// The number of the listener with a key.
    pub(super) fn find(&self, link: LinkId, key: A, packed: &Packed<A>) -> Option<u32> {
        match self {
            Self::One { id, .. } => *id,
            Self::Many { .. } => packed.listeners.find(link, key),
        }
    }

    /// The address that a listener is known by.
    pub(super) fn address(&self, id: u32, packed: &Packed<A>) -> Option<A> {
        match self {
            Self::One { last_seen, .. } => Some(*last_seen),
            Self::Many { .. } => packed.listeners.get(id).map(|listener| listener.key),
        }
    }

    /// The number of the listener with a key, which is taken in if it is new.
    pub(super) fn enroll(&mut self, link: LinkId, key: A, packed: &mut Packed<A>) -> u32 {
        if let Some(id) = self.find(link, key, packed) {
            return id;
        }
        match self {
            Self::One { id, .. } => *id.insert(packed.listeners.insert(link, key, 0, false)),
            Self::Many { ids, .. } => {
                let place = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                let id = packed.listeners.insert(link, key, place, true);
                ids.push(id);
                id
            }
        }
    }

    /// Forgets a listener if it wants nothing any more.
    pub(super) fn dismiss(&mut self, id: u32, packed: &mut Packed<A>) {
        let idle = |packed: &Packed<A>| {
            Some(packed.listeners.get(id)?.loose == 0 && packed.listeners.rows(id).is_empty())
        };
        if idle(packed) != Some(true) {
            return;
        }
        let Some(gone) = packed.listeners.remove(id) else { return };
        match self {
            Self::One { id, .. } => *id = None,
            Self::Many { ids, .. } => {
                let place = gone.place as usize;
                if ids.get(place) == Some(&id) {
                    ids.swap_remove(place);
                }
                let moved = ids.get(place).and_then(|&moved| packed.listeners.get_mut(moved));
                if let Some(moved) = moved {
                    moved.place = gone.place;
                }
            }
        }
    }

    /// A row more for a channel.
    pub(super) fn enter(&mut self, star: u32, channel: u32) {
        let Self::Many { wants, groups, .. } = self else { return };
        if !has_any(wants, star) {
            *groups = groups.saturating_add(1);
        }
        let count = wants.entry((star, channel)).or_default();
        *count = count.saturating_add(1);
    }

    /// A row less for a channel.
    pub(super) fn leave(&mut self, star: u32, channel: u32) {
        let Self::Many { wants, groups, .. } = self else { return };
        let Some(count) = wants.get_mut(&(star, channel)) else { return };
        *count = count.saturating_sub(1);
        if *count == 0 {
            wants.remove(&(star, channel));
            if !has_any(wants, star) {
                *groups = groups.saturating_sub(1);
            }
        }
    }

    /// The channels of a group that anybody wants.
    pub(super) fn channels(&self, star: u32, packed: &Packed<A>) -> Vec<u32> {
        match self {
            Self::One { id, .. } => id.map(|id| packed.channels_of(id, star).collect()).unwrap_or_default(),
            Self::Many { wants, .. } => {
                wants.range((star, 0)..=(star, u32::MAX)).map(|(&(_, channel), _)| channel).collect()
            }
        }
    }

    /// How many sources of a group anybody wants.
    pub(super) fn sources(&self, star: u32, packed: &Packed<A>) -> usize {
        match self {
            Self::One { id, .. } => {
                let channels = id.map(|id| packed.channels_of(id, star)).into_iter().flatten();
                channels.filter(|&channel| channel != star).count()
            }
            Self::Many { wants, .. } => {
                let channels = wants.range((star, 0)..=(star, u32::MAX));
                channels.filter(|&(&(_, channel), _)| channel != star).count()
            }
        }
    }

    /// How many rows all have of a group.
    pub(super) fn rows(&self, star: u32, packed: &Packed<A>) -> usize {
        match self {
            Self::One { id, .. } => id.map_or(0, |id| packed.channels_of(id, star).count()),
            Self::Many { wants, .. } => {
                wants.range((star, 0)..=(star, u32::MAX)).map(|(_, &count)| count as usize).sum()
            }
        }
    }

    /// Whether anybody wants something of a group.
    pub(super) fn wants(&self, star: u32, packed: &Packed<A>) -> bool {
        match self {
            Self::One { id, .. } => id.is_some_and(|id| packed.channels_of(id, star).next().is_some()),
            Self::Many { wants, .. } => has_any(wants, star),
        }
    }

    /// The groups of which anybody wants something.
    pub(super) fn groups(&self, packed: &Packed<A>) -> Vec<u32> {
        match self {
            Self::One { id, .. } => id.map(|id| packed.groups(id)).unwrap_or_default(),
            Self::Many { wants, .. } => {
                let mut groups: Vec<u32> = wants.keys().map(|&(star, _)| star).collect();
                groups.dedup();
                groups
            }
        }
    }

    /// Whether anybody wants something of as many groups.
    pub(super) fn wants_groups(&self, as_many: usize, packed: &Packed<A>) -> bool {
        match self {
            // There are no more groups than rows, which are counted at once.
            Self::One { id, .. } => {
                id.map_or(0, |id| packed.listeners.rows(id).len()) >= as_many
                    && self.groups(packed).len() >= as_many
            }
            Self::Many { groups, .. } => *groups >= as_many,
        }
    }

    /// What all want of a group together.
    pub(super) fn filter(&self, star: u32, packed: &Packed<A>) -> Filter<A> {
        let source = |number: u32| packed.channels.get(number).filter(|named| named.star == star)?.source;
        match self {
            Self::One { id, .. } => {
                let rows = id.map_or(&[][..], |id| packed.listeners.rows(id));
                if rows.iter().any(|row| row.channel == star) {
                    return Filter::EVERYTHING;
                }
                Filter::include(rows.iter().filter_map(|row| source(row.channel)))
            }
            Self::Many { wants, .. } if wants.contains_key(&(star, star)) => Filter::EVERYTHING,
            Self::Many { wants, .. } => {
                let wanted = wants.range((star, 0)..=(star, u32::MAX));
                Filter::include(wanted.filter_map(|(&(_, channel), _)| source(channel)))
            }
        }
    }

    /// Whether somebody but the listener `id` would miss any of what is left.
    pub(super) fn others_want(
        &self,
        id: Option<u32>,
        group: A,
        star: u32,
        left: &Questions<A>,
        packed: &Packed<A>,
    ) -> bool {
        let everything = self.is_wanted_by_others(id, star, star, packed);
        left.group && everything
            || left.sources.iter().any(|source| {
                let channel = packed.channels.find(group, Some(source));
                everything
                    || channel.is_some_and(|channel| self.is_wanted_by_others(id, star, channel, packed))
            })
    }

    /// Whether somebody but the listener `id` wants a channel.
    pub(super) fn is_wanted_by_others(
        &self,
        id: Option<u32>,
        star: u32,
        channel: u32,
        packed: &Packed<A>,
    ) -> bool {
        let Self::Many { wants, .. } = self else { return false };
        let count = wants.get(&(star, channel)).copied().unwrap_or(0);
        let rows = id.map_or(&[][..], |id| packed.listeners.rows(id));
        count > u32::from(rows.iter().any(|row| row.channel == channel))
    }
}

/// Whether anybody wants a channel of a group.
fn has_any(wants: &BTreeMap<(u32, u32), u32>, star: u32) -> bool {
    wants.range((star, 0)..=(star, u32::MAX)).next().is_some()
}
