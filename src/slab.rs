//! Values under dense numbers, in segments: growing moves nothing that is there already, and never holds more than one
//! segment that is not used yet.

use alloc::vec::Vec;

/// How many values a segment has.
const SEGMENT: usize = 256;

/// Values under dense numbers. A number that is free is given out again, the last one freed first.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    segments: Vec<Vec<Option<T>>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { segments: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Whether no number is left.
    pub(crate) fn is_full(&self) -> bool {
        self.free.is_empty() && self.reach() >= u32::MAX as usize
    }

    /// How many values there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.reach().saturating_sub(self.free.len())
    }

    /// Puts a value in; its number. The caller has seen that there is one.
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        if let Some(id) = self.free.pop() {
            if let Some(slot) = self.slot(id) {
                *slot = Some(value);
            }
            return id;
        }
        let id = u32::try_from(self.reach()).unwrap_or(u32::MAX);
        match self.segments.last_mut() {
            Some(segment) if segment.len() < SEGMENT => segment.push(Some(value)),
            _ => self.segments.push([Some(value)].into()),
        }
        id
    }

    /// Takes a value out.
    pub(crate) fn remove(&mut self, id: u32) -> Option<T> {
        let value = self.slot(id)?.take()?;
        self.free.push(id);
        Some(value)
    }

    /// The value under `id`.
    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        let id = id as usize;
        self.segments.get(id / SEGMENT)?.get(id % SEGMENT)?.as_ref()
    }

    /// The value under `id`, to be changed.
    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        self.slot(id)?.as_mut()
    }

    fn slot(&mut self, id: u32) -> Option<&mut Option<T>> {
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
