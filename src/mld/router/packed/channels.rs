//! The channels that anybody wants on any link, each under one number.

use core::hash::BuildHasher;

use foldhash::quality::FixedState;
use hashbrown::HashTable;

use super::rows::Row;
use crate::mld::Family;
use crate::slab::Slab;

/// The channels by number, and the numbers by channel. A channel is there as long as a row names it; with a source, it
/// keeps the channel of its group from any source there, whose number is the number of the group.
#[derive(Clone, Debug)]
pub(in super::super) struct Channels<A> {
    /// By number, but for [`FROM_SOURCE`].
    named: Slab<Named<A>>,
    numbers: HashTable<u32>,
    hasher: FixedState,
}

/// Set in the number of a channel that has a source: the number of a group is told from it at once.
const FROM_SOURCE: u32 = 1 << 31;

/// A channel.
#[derive(Clone, Debug)]
pub(in super::super) struct Named<A> {
    pub(in super::super) group: A,
    /// `None`: from any.
    pub(in super::super) source: Option<A>,
    /// The number of the group.
    pub(in super::super) star: u32,
    /// How many name it.
    uses: u32,
}

impl<A: Family> Channels<A> {
    pub(super) fn new(seed: u64) -> Self {
        Self { named: Slab::default(), numbers: HashTable::new(), hasher: FixedState::with_seed(seed) }
    }

    /// Whether there are numbers left for `more` channels of a group, and for the group.
    pub(super) const fn has_room_for(&self, more: usize) -> bool {
        self.named.has_room_for(more.saturating_add(1))
    }

    pub(in super::super) fn get(&self, number: u32) -> Option<&Named<A>> {
        self.named.get(number & !FROM_SOURCE)
    }

    /// The number of the group of a channel.
    pub(in super::super) fn star(&self, number: u32) -> u32 {
        if number & FROM_SOURCE == 0 { number } else { self.get(number).map_or(number, |named| named.star) }
    }

    /// Whether `number` is that of a channel.
    pub(super) fn is(&self, number: u32, group: A, source: Option<A>) -> bool {
        self.get(number).is_some_and(|named| named.group == group && named.source == source)
    }

    /// Which of `rows` is that of a channel, perhaps the one at `guess`.
    pub(super) fn place(&self, rows: &[Row], group: A, source: Option<A>, guess: usize) -> Option<usize> {
        if rows.get(guess).is_some_and(|row| self.is(row.channel, group, source)) {
            return Some(guess);
        }
        let number = self.find(group, source)?;
        rows.iter().position(|row| row.channel == number)
    }

    /// The number of a channel, if anybody wants it.
    pub(in super::super) fn find(&self, group: A, source: Option<A>) -> Option<u32> {
        let hash = self.hash(group, source);
        self.numbers.find(hash, |&number| self.is(number, group, source)).copied()
    }

    /// The number of a group of which anybody wants something.
    pub(in super::super) fn group(&self, group: A) -> Option<u32> {
        self.find(group, None)
    }

    /// The number of a channel for one more row.
    pub(in super::super) fn take(&mut self, group: A, source: Option<A>) -> u32 {
        if let Some(number) = self.find(group, source) {
            self.keep(number);
            return number;
        }
        let star = source.map(|_| self.take(group, None));
        // The channel of the group is its own: its number is known when it is in.
        let number = self.named.insert(Named { group, source, star: star.unwrap_or(0), uses: 1 });
        if let (None, Some(named)) = (star, self.named.get_mut(number)) {
            named.star = number;
        }
        let number = if source.is_some() { number | FROM_SOURCE } else { number };
        let hash = self.hash(group, source);
        let Self { named, numbers, hasher } = self;
        numbers.insert_unique(hash, number, |&number| {
            named.get(number & !FROM_SOURCE).map_or(0, |named| hash_of(hasher, named.group, named.source))
        });
        number
    }

    /// One row less names a channel.
    pub(in super::super) fn release(&mut self, number: u32) {
        let Some(named) = self.named.get_mut(number & !FROM_SOURCE) else { return };
        named.uses = named.uses.saturating_sub(1);
        if named.uses > 0 {
            return;
        }
        let Some(gone) = self.named.remove(number & !FROM_SOURCE) else { return };
        let hash = self.hash(gone.group, gone.source);
        if let Ok(entry) = self.numbers.find_entry(hash, |&other| other == number) {
            entry.remove();
        }
        if gone.source.is_some() {
            self.release(gone.star);
        }
    }

    /// One row more names a channel.
    pub(in super::super) fn keep(&mut self, number: u32) {
        if let Some(named) = self.named.get_mut(number & !FROM_SOURCE) {
            named.uses = named.uses.saturating_add(1);
        }
    }

    fn hash(&self, group: A, source: Option<A>) -> u64 {
        hash_of(&self.hasher, group, source)
    }

    /// How many there are.
    #[cfg(test)]
    pub(in super::super) fn len(&self) -> usize {
        assert_eq!(self.named.len(), self.numbers.len());
        self.named.len()
    }
}

/// No source is unspecified: it says that there is none.
fn hash_of<A: Family>(hasher: &FixedState, group: A, source: Option<A>) -> u64 {
    hasher.hash_one((group.leading(), source.map_or(0, A::leading)))
}

#[cfg(test)]
mod tests {
    use core::net::Ipv6Addr;

    use super::*;

    #[test]
    fn a_channel_has_one_number_as_long_as_it_is_used() {
        let [group, source]: [Ipv6Addr; 2] = ["ff1e::1", "2001:db8::1"].map(|text| text.parse().unwrap());
        let mut channels = Channels::new(7);
        let ssm = channels.take(group, Some(source));
        assert_eq!(channels.take(group, Some(source)), ssm);
        let star = channels.group(group).unwrap();
        assert_eq!(channels.get(ssm).unwrap().star, star);
        assert_eq!(channels.get(star).unwrap().star, star);
        channels.release(ssm);
        assert_eq!(channels.find(group, Some(source)), Some(ssm));
        assert_eq!(channels.take(group, None), star);
        channels.release(ssm);
        assert_eq!((channels.find(group, Some(source)), channels.group(group)), (None, Some(star)));
        channels.release(star);
        assert_eq!((channels.group(group), channels.len()), (None, 0));
    }
}
