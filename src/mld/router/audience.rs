//! Who of a link is tracked, and what they want together by packed rows.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::LinkKind;
use super::crowd::Crowd;
use super::fsm::Questions;
use super::packed::{Packed, Row};
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
    Many(Box<Crowd>),
}

impl<A: Family> Audience<A> {
    pub(super) fn new(kind: LinkKind) -> Self {
        match kind {
            LinkKind::PointToPoint => Self::One { id: None, last_seen: A::UNSPECIFIED },
            LinkKind::Shared => Self::Many(Box::new(Crowd::new())),
        }
    }

    pub(super) const fn kind(&self) -> LinkKind {
        match self {
            Self::One { .. } => LinkKind::PointToPoint,
            Self::Many(_) => LinkKind::Shared,
        }
    }

    /// By what key `listener` is tracked. A point-to-point link has one.
    pub(super) const fn key(&self, listener: A) -> A {
        match self {
            Self::One { .. } => A::UNSPECIFIED,
            Self::Many(_) => listener,
        }
    }

    /// Notes that `listener` said something.
    pub(super) const fn saw(&mut self, listener: A) {
        if let Self::One { last_seen, .. } = self {
            *last_seen = listener;
        }
    }

    /// How many listeners there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::One { id, .. } => usize::from(id.is_some()),
            Self::Many(crowd) => crowd.len(),
        }
    }

    /// The listeners, in no order.
    pub(super) fn ids(&self) -> impl Iterator<Item = u32> + '_ {
        let (one, many) = match self {
            Self::One { id, .. } => (*id, None),
            Self::Many(crowd) => (None, Some(crowd.ids())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    /// The number of the listener with a key.
    pub(super) fn find(&self, key: A, packed: &Packed<A>) -> Option<u32> {
        match self {
            Self::One { id, .. } => *id,
            Self::Many(crowd) => crowd.find(key, packed),
        }
    }

    /// The number that the listener with an address has, if it has one: another perhaps, but found without a look at it.
    pub(super) fn guess(&self, listener: A, packed: &Packed<A>) -> Option<u32> {
        match self {
            Self::One { id, .. } => *id,
            Self::Many(crowd) => crowd.guess(listener, packed),
        }
    }

    /// The address that a listener is known by.
    pub(super) fn address(&self, id: u32, packed: &Packed<A>) -> Option<A> {
        match self {
            Self::One { last_seen, .. } => Some(*last_seen),
            Self::Many(_) => packed.listeners.get(id).map(|listener| listener.key),
        }
    }

    /// Takes a new listener in; its number.
    pub(super) fn admit(&mut self, link: LinkId, key: A, packed: &mut Packed<A>) -> u32 {
        let new = packed.listeners.insert(link, key);
        match self {
            Self::One { id, .. } => *id = Some(new),
            Self::Many(crowd) => crowd.admit(new, key, packed),
        }
        new
    }

    /// Forgets a listener if it wants nothing any more.
    pub(super) fn dismiss(&mut self, id: u32, packed: &mut Packed<A>) {
        let Some(key) = packed.listeners.get(id).filter(|known| known.is_idle()).map(|known| known.key)
        else {
            return;
        };
        match self {
            Self::One { id, .. } => *id = None,
            Self::Many(crowd) => crowd.expel(id, key, packed),
        }
        packed.listeners.remove(id);
    }

    /// A row more for a channel, of the listener `id`; whether it is the first of the link.
    pub(super) fn enter(&mut self, id: u32, star: u32, channel: u32) -> bool {
        match self {
            Self::One { .. } => true,
            Self::Many(crowd) => crowd.enter(id, star, channel),
        }
    }

    /// A row less for a channel, of the listener `id`.
    pub(super) fn leave(&mut self, id: u32, star: u32, channel: u32) {
        if let Self::Many(crowd) = self {
            crowd.leave(id, star, channel);
        }
    }

    /// Whether a row of a channel is the only one of the link.
    pub(super) fn is_last(&self, star: u32, channel: u32) -> bool {
        match self {
            Self::One { .. } => true,
            Self::Many(crowd) => crowd.count(star, channel) <= 1,
        }
    }

    /// Who has rows of a group.
    pub(super) fn who(&mut self, star: u32, packed: &Packed<A>) -> Vec<u32> {
        match self {
            Self::One { id, .. } => id.filter(|&id| packed.own(id, star).is_some()).into_iter().collect(),
            Self::Many(crowd) => crowd.who(star, packed),
        }
    }

    /// All groups of the link are packed.
    pub(super) fn forget_who(&mut self) {
        if let Self::Many(crowd) = self {
            crowd.forget_who();
        }
    }

    /// The channels of a group that anybody wants.
    pub(super) fn channels(&self, star: u32, packed: &Packed<A>) -> Vec<u32> {
        match self {
            Self::One { id, .. } => id.map(|id| packed.channels_of(id, star).collect()).unwrap_or_default(),
            Self::Many(crowd) => {
                let everything = Some(star).filter(|&star| crowd.count(star, star) > 0);
                everything.into_iter().chain(crowd.sources(star)).collect()
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
            Self::Many(crowd) => crowd.sources(star).count(),
        }
    }

    /// Whether anybody wants something of a group.
    pub(super) fn wants(&self, star: u32, packed: &Packed<A>) -> bool {
        match self {
            Self::One { id, .. } => id.is_some_and(|id| packed.own(id, star).is_some()),
            Self::Many(crowd) => crowd.wants(star),
        }
    }

    /// The groups of which anybody wants something.
    pub(super) fn groups(&self, packed: &Packed<A>) -> Vec<u32> {
        match self {
            Self::One { id, .. } => id.map(|id| packed.groups(id)).unwrap_or_default(),
            Self::Many(crowd) => crowd.groups(),
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
            Self::Many(crowd) => crowd.group_count() >= as_many,
        }
    }

    /// What all want of a group together.
    pub(super) fn filter(&self, star: u32, packed: &Packed<A>) -> Filter<A> {
        self.filter_without(None, star, packed)
    }

    /// What all want of a group together, but for one channel.
    pub(super) fn filter_without(&self, one: Option<u32>, star: u32, packed: &Packed<A>) -> Filter<A> {
        let is_of = |number: &u32| packed.channels.star(*number) == star;
        let source = |number: u32| packed.channels.get(Some(number).filter(is_of)?)?.source;
        let is_other = |&channel: &u32| one != Some(channel);
        match self {
            Self::One { id, .. } => {
                let rows = id.map_or(&[][..], |id| packed.listeners.rows(id));
                if one != Some(star) && has(rows, star) {
                    return Filter::EVERYTHING;
                }
                Filter::include(rows.iter().map(|row| row.channel).filter(is_other).filter_map(source))
            }
            Self::Many(crowd) if one != Some(star) && crowd.count(star, star) > 0 => Filter::EVERYTHING,
            Self::Many(crowd) => Filter::include(crowd.sources(star).filter(is_other).filter_map(source)),
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
        let Self::Many(crowd) = self else { return false };
        let count = crowd.count(star, channel);
        count > 0 && count > u32::from(id.is_some_and(|id| has(packed.listeners.rows(id), channel)))
    }
}

fn has(rows: &[Row], channel: u32) -> bool {
    rows.iter().any(|row| row.channel == channel)
}
