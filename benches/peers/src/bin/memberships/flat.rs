//! What one writes first: a flat map from listener and channel to a deadline, and timers beside it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use hashbrown::HashMap;

type Key = (u128, u128);

/// The timers of a [`Flat`].
pub trait Timers: Default {
    fn join(&mut self, key: Key, due: u64);
    fn refresh(&mut self, key: Key, old: u64, due: u64);
    fn leave(&mut self, key: Key, old: u64);
    /// The next that may have ended; it is gone.
    fn pop(&mut self, now: u64) -> Option<Key>;
    /// It had not ended.
    fn again(&mut self, key: Key, due: u64);
}

/// One entry for each, which is looked at when it comes: a refresh does not touch it.
#[derive(Default)]
pub struct Lazy(BinaryHeap<Reverse<(u64, Key)>>);

/// Every entry where it belongs, always.
#[derive(Default)]
pub struct Eager(BTreeSet<(u64, Key)>);

impl Timers for Lazy {
    fn join(&mut self, key: Key, due: u64) {
        self.0.push(Reverse((due, key)));
    }

    fn refresh(&mut self, _: Key, _: u64, _: u64) {}

    fn leave(&mut self, _: Key, _: u64) {}

    fn pop(&mut self, now: u64) -> Option<Key> {
        let &Reverse((due, key)) = self.0.peek()?;
        (due <= now).then(|| self.0.pop())?;
        Some(key)
    }

    fn again(&mut self, key: Key, due: u64) {
        self.join(key, due);
    }
}

impl Timers for Eager {
    fn join(&mut self, key: Key, due: u64) {
        self.0.insert((due, key));
    }

    fn refresh(&mut self, key: Key, old: u64, due: u64) {
        self.0.remove(&(old, key));
        self.0.insert((due, key));
    }

    fn leave(&mut self, key: Key, old: u64) {
        self.0.remove(&(old, key));
    }

    fn pop(&mut self, now: u64) -> Option<Key> {
        let &(due, key) = self.0.first()?;
        (due <= now).then(|| self.0.pop_first())?;
        Some(key)
    }

    fn again(&mut self, key: Key, due: u64) {
        self.join(key, due);
    }
}

/// A flat map: no filter modes, no source lists, no queries, nothing per link.
#[derive(Default)]
pub struct Flat<T> {
    due: HashMap<Key, u64>,
    timers: T,
}

impl<T: Timers> Flat<T> {
    pub fn report(&mut self, listener: u128, channels: &[u128], due: u64) {
        for &channel in channels {
            let key = (listener, channel);
            match self.due.insert(key, due) {
                Some(old) => self.timers.refresh(key, old, due),
                None => self.timers.join(key, due),
            }
        }
    }

    pub fn leave(&mut self, listener: u128, channels: &[u128]) {
        for &channel in channels {
            let key = (listener, channel);
            if let Some(old) = self.due.remove(&key) {
                self.timers.leave(key, old);
            }
        }
    }

    /// How many have ended.
    pub fn elapse(&mut self, now: u64) -> usize {
        let mut ended = 0;
        while let Some(key) = self.timers.pop(now) {
            match self.due.get(&key) {
                Some(&due) if due > now => self.timers.again(key, due),
                Some(_) => {
                    self.due.remove(&key);
                    ended += 1;
                }
                None => {}
            }
        }
        ended
    }

    pub fn len(&self) -> usize {
        self.due.len()
    }
}
