//! Values under dense numbers, in segments: growing moves nothing that is there already, and never holds more than one
//! segment that is not used yet.

use alloc::vec::Vec;

/// How many values a segment has.
const SEGMENT: usize = 256;

/// No number.
const NONE: u32 = u32::MAX;

/// How many numbers there are: those that use them have a bit to spare.
const NUMBERS: usize = 1 << 31;

/// Values under dense numbers. A number that is free is given out again, the last one freed first.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    segments: Vec<Vec<Slot<T>>>,
    /// The number that was freed last.
    free: u32,
    len: usize,
}

#[derive(Clone, Debug)]
enum Slot<T> {
    Taken(T),
    /// The number that was freed before this one.
    Free(u32),
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { segments: Vec::new(), free: NONE, len: 0 }
    }
}

impl<T> Slab<T> {
    /// Whether numbers are left for `more` values.
    pub(crate) const fn has_room_for(&self, more: usize) -> bool {
        self.len.saturating_add(more) <= NUMBERS
    }

    /// How many values there are.
    #[cfg(test)]
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Puts a value in; its number. The caller has seen that there is one.
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        self.len = self.len.saturating_add(1);
        let id = self.free;
        if let Some(slot) = self.slot(id) {
            let Slot::Free(next) = core::mem::replace(slot, Slot::Taken(value)) else { return id };
            self.free = next;
            return id;
        }
        let id = u32::try_from(self.reach()).unwrap_or(NONE);
        match self.segments.last_mut() {
            Some(segment) if segment.len() < SEGMENT => segment.push(Slot::Taken(value)),
            last => {
                // The first grows with what is in it: most slabs are small.
                let mut segment = Vec::with_capacity(if last.is_some() { SEGMENT } else { 1 });
                segment.push(Slot::Taken(value));
                self.segments.push(segment);
            }
        }
        id
    }

    /// Takes a value out.
    pub(crate) fn remove(&mut self, id: u32) -> Option<T> {
        let free = self.free;
        let slot = self.slot(id)?;
        if matches!(slot, Slot::Free(_)) {
            return None;
        }
        let Slot::Taken(value) = core::mem::replace(slot, Slot::Free(free)) else { return None };
        self.free = id;
        self.len = self.len.saturating_sub(1);
        Some(value)
    }

    /// The value under `id`.
    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        let id = id as usize;
        match self.segments.get(id / SEGMENT)?.get(id % SEGMENT)? {
            Slot::Taken(value) => Some(value),
            Slot::Free(_) => None,
        }
    }

    /// The value under `id`, to be changed.
    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        match self.slot(id)? {
            Slot::Taken(value) => Some(value),
            Slot::Free(_) => None,
        }
    }

    fn slot(&mut self, id: u32) -> Option<&mut Slot<T>> {
        let id = id as usize;
        self.segments.get_mut(id / SEGMENT)?.get_mut(id % SEGMENT)
    }

    /// How many numbers were ever given out.
    fn reach(&self) -> usize {
        let last = self.segments.last().map_or(0, Vec::len);
        self.segments.len().saturating_sub(1).saturating_mul(SEGMENT).saturating_add(last)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_that_is_free_is_given_out_again() {
        let mut slab = Slab::default();
        let numbers: Vec<u32> = (0..600).map(|n| slab.insert(n)).collect();
        assert_eq!(numbers, (0..600).collect::<Vec<_>>());
        assert_eq!((slab.remove(300), slab.remove(300), slab.remove(1_000)), (Some(300), None, None));
        assert_eq!(slab.insert(7), 300);
        assert_eq!((slab.get(300), slab.len()), (Some(&7), 600));
    }

    proptest! {
        /// The model: a map from numbers to values.
        #[test]
        fn is_a_map_from_numbers_to_values(steps in proptest::collection::vec((any::<bool>(), 0u32..400), 0..900)) {
            let (mut slab, mut model) = (Slab::default(), BTreeMap::new());
            for (n, (puts, id)) in steps.into_iter().enumerate() {
                if puts {
                    let id = slab.insert(n);
                    prop_assert_eq!(model.insert(id, n), None);
                } else {
                    prop_assert_eq!(slab.remove(id), model.remove(&id));
                }
                prop_assert_eq!(slab.get(id), model.get(&id));
                prop_assert_eq!(slab.len(), model.len());
            }
        }
    }
}
