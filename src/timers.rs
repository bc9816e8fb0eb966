//! Deadlines by key, at most one for each.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::time::Instant;

/// A set of deadlines. Setting a key again replaces its deadline; nothing is ever left behind.
#[derive(Clone, Debug)]
pub struct Timers<K> {
    by_time: BTreeSet<(Instant, K)>,
    by_key: BTreeMap<K, Instant>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self { by_time: BTreeSet::new(), by_key: BTreeMap::new() }
    }
}

impl<K: Ord + Copy> Timers<K> {
    /// Sets the deadline of `key`.
    pub fn set(&mut self, key: K, due: Instant) {
        if let Some(old) = self.by_key.insert(key, due) {
            self.by_time.remove(&(old, key));
        }
        self.by_time.insert((due, key));
    }

    /// Sets the deadline of `key`, or drops it.
    pub fn set_or_stop(&mut self, key: K, due: Option<Instant>) {
        match due {
            Some(due) => self.set(key, due),
            None => self.stop(key),
        }
    }

    /// Drops the deadline of `key`, if there is one.
    pub fn stop(&mut self, key: K) {
        if let Some(old) = self.by_key.remove(&key) {
            self.by_time.remove(&(old, key));
        }
    }

    /// The deadline of `key`.
    pub fn due(&self, key: K) -> Option<Instant> {
        self.by_key.get(&key).copied()
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|&(due, _)| due)
    }

    /// Takes out the earliest key that is due at `now`.
    pub fn pop(&mut self, now: Instant) -> Option<K> {
        let &(due, key) = self.by_time.first()?;
        if due > now {
            return None;
        }
        self.stop(key);
        Some(key)
    }

    /// How many deadlines are set.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether none is set.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_has_one_deadline() {
        let mut timers = Timers::default();
        timers.set("a", Instant::from_secs(5));
        timers.set("a", Instant::from_secs(2));
        timers.set("b", Instant::from_secs(3));
        assert_eq!(timers.next(), Some(Instant::from_secs(2)));
        assert_eq!(timers.pop(Instant::from_secs(1)), None);
        assert_eq!(timers.pop(Instant::from_secs(9)), Some("a"));
        assert_eq!(timers.pop(Instant::from_secs(9)), Some("b"));
        assert_eq!(timers.pop(Instant::from_secs(9)), None);
        assert!(timers.is_empty());
    }

    proptest! {
        /// The model: a map from keys to deadlines, of which the earliest is looked for.
        #[test]
        fn are_a_map_from_keys_to_deadlines(
            steps in proptest::collection::vec((0u8..4, proptest::option::of(0u64..20), 0u64..20), 0..60),
        ) {
            let mut timers = Timers::default();
            let mut model = BTreeMap::new();
            for (key, due, now) in steps {
                let due = due.map(Instant::from_micros);
                timers.set_or_stop(key, due);
                match due {
                    Some(due) => model.insert(key, due),
                    None => model.remove(&key),
                };
                prop_assert_eq!(timers.due(key), due);
                let now = Instant::from_micros(now);
                let first = model.iter().map(|(&key, &due)| (due, key)).min();
                prop_assert_eq!(timers.next(), first.map(|(due, _)| due));
                let popped = timers.pop(now);
                prop_assert_eq!(popped, first.filter(|&(due, _)| due <= now).map(|(_, key)| key));
                if let Some(key) = popped {
                    model.remove(&key);
                }
                prop_assert_eq!((timers.len(), timers.is_empty()), (model.len(), model.is_empty()));
            }
        }
    }
}
