//! When listeners are to be looked at: a wheel of lists, and a heap of those whose time has nearly come.
//!
//! ```text
//!   slots of 0.26 s:   . . [a-b] . . . [c] . .          whoever ends in one stands in its list, in no order
//!   soon:              d, e, f                          whoever ends in the slot that the wheel has reached, in order
//! ```
//!
//! To set a deadline, or to drop it, takes the same time however many there are. A listener that has been refreshed stays
//! where it is: when its slot comes it is looked at, and goes to another. What ends later than the wheel reaches stands in
//! the last slot and is looked at in between.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::listeners::Listeners;
use crate::mld::Family;
use crate::time::Instant;

/// How many slots the wheel has: with their width, 537 s. Multicast Address Listening Intervals are shorter, those of
/// RFC 6636 4.1 as well.
const SLOTS: u64 = 2_048;

/// How long a slot is: 2 to the power of so many microseconds.
const WIDTH: u32 = 18;

/// How many words of 64 bits tell which slots have somebody.
const WORDS: usize = 32;

/// Nobody.
const NOBODY: u32 = u32::MAX;

/// The wheel and the heap.
#[derive(Clone, Debug)]
pub(super) struct Deadlines {
    /// None, until the first is needed.
    slots: Vec<Slot>,
    /// Which slots have somebody, a bit each.
    taken: [u64; WORDS],
    /// The slot that the wheel has reached: whoever stands in it ends later, whoever ends by then is in `soon`.
    reached: u64,
    /// How many stand in the wheel.
    waiting: usize,
    /// By when they end. One that is not to be looked at any more is found out when it comes.
    soon: BinaryHeap<Reverse<(Instant, u32)>>,
}

#[derive(Clone, Debug)]
struct Slot {
    /// When the first of them ends, or earlier: microseconds from the beginning of the slot.
    first: u32,
    /// The first of the list.
    head: u32,
}

/// Where a listener stands in the wheel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stand {
    before: u32,
    after: u32,
}

/// What is ahead of a listener in its list. In a [`Stand`], the number of a listener has no upper bit set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ahead {
    /// Nothing: it does not stand in the wheel.
    Nowhere,
    /// It is the first of a slot.
    Slot(u32),
    Listener(u32),
}

impl Stand {
    pub(super) const NOWHERE: Self = Self { before: NOBODY, after: NOBODY };
    const FIRST: u32 = 1 << 31;

    const fn new(ahead: Ahead, after: u32) -> Self {
        let before = match ahead {
            Ahead::Nowhere => NOBODY,
            Ahead::Slot(slot) => Self::FIRST | slot,
            Ahead::Listener(id) => id,
        };
        Self { before, after }
    }

    const fn ahead(self) -> Ahead {
        match self.before {
            NOBODY => Ahead::Nowhere,
            slot if slot & Self::FIRST != 0 => Ahead::Slot(slot & !Self::FIRST),
            id => Ahead::Listener(id),
        }
    }
}

/// The slots, counted from the beginning of time.
const fn tick(at: Instant) -> u64 {
    at.as_micros() >> WIDTH
}

/// A moment of a slot.
const fn moment(tick: u64, micros: u32) -> Instant {
    Instant::from_micros((tick << WIDTH) | micros as u64)
}

/// How long after the beginning of its slot a moment is, in microseconds.
const fn micros(at: Instant) -> u32 {
    (at.as_micros() % (1 << WIDTH)) as u32
}

const fn slot(tick: u64) -> u32 {
    (tick % SLOTS) as u32
}

impl Deadlines {
    pub(super) const fn new() -> Self {
        Self { slots: Vec::new(), taken: [0; WORDS], reached: 0, waiting: 0, soon: BinaryHeap::new() }
    }

    /// When the next is to be looked at; it may be found to end later.
    fn next(&self) -> Option<Instant> {
        let soon = self.soon.peek().map(|Reverse((due, _))| *due);
        let first = self.first().map(|(tick, slot)| moment(tick, slot.first));
        soon.into_iter().chain(first).min()
    }

    /// The first slot that has somebody, and its tick.
    fn first(&self) -> Option<(u64, &Slot)> {
        if self.waiting == 0 {
            return None;
        }
        let from = self.reached.saturating_add(1);
        let begin = slot(from);
        // The word that the wheel is in comes twice: what is ahead in it, and at last what is behind.
        let ahead = u64::MAX << (begin % 64);
        (begin / 64..).take(WORDS.saturating_add(1)).find_map(|word| {
            let taken = self.taken.get(word as usize % WORDS)?;
            let taken = taken & if word == begin / 64 { ahead } else { u64::MAX };
            let at = u64::from(word).wrapping_mul(64).wrapping_add(taken.trailing_zeros().into());
            let tick = from.saturating_add(at.wrapping_sub(begin.into()));
            if taken == 0 { None } else { Some((tick, self.slots.get(slot(tick) as usize)?)) }
        })
    }

    /// Where a deadline belongs: into which slot, and when in it is to be looked at; `None`: among those that end soon.
    fn place(&mut self, now: Instant, due: Instant) -> Option<(u32, u32)> {
        if self.waiting == 0 || tick(due) > self.last() {
            // Where nobody stands there is nothing to be reached.
            let before = self.first().map_or(u64::MAX, |(first, _)| first.saturating_sub(1));
            self.reached = self.reached.max(tick(now).min(before));
        }
        let last = self.last();
        match tick(due) {
            soon if soon <= self.reached => None,
            far if far > last => Some((slot(last), 0)),
            near => Some((slot(near), micros(due))),
        }
    }

    /// The last slot that there is.
    const fn last(&self) -> u64 {
        self.reached.saturating_add(SLOTS - 1)
    }

    fn mark(&mut self, slot: u32, is_taken: bool) {
        let Some(word) = self.taken.get_mut(slot as usize / 64) else { return };
        let bit = 1 << (slot % 64);
        *word = if is_taken { *word | bit } else { *word & !bit };
    }
}

/// What a look at the deadlines has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Look {
    /// Something of a listener ends now, or has been said again.
    At(u32),
    /// Somebody stands elsewhere now.
    Moved,
}

impl<A: Family> Listeners<A> {
    /// When the first listener is to be looked at: no later than the first row ends.
    pub(in super::super) fn next(&self) -> Option<Instant> {
        self.deadlines.next()
    }

    /// Looks at the next listener whose time has come.
    pub(in super::super) fn look(&mut self, now: Instant) -> Option<Look> {
        let soon = self.deadlines.soon.peek().map(|&Reverse(soon)| soon);
        if let Some((_, id)) = soon.filter(|&(due, _)| due <= now) {
            self.deadlines.soon.pop();
            // One that stands in the wheel ends later.
            let is_past = self.stand(id).is_none_or(|stand| stand.ahead() != Ahead::Nowhere);
            return Some(if is_past { Look::Moved } else { Look::At(id) });
        }
        let (tick, &Slot { first, head }) = self.deadlines.first()?;
        if moment(tick, first) > now {
            return None;
        }
        self.leave_wheel(head);
        if self.deadlines.first().is_none_or(|(next, _)| next > tick) {
            self.deadlines.reached = tick;
        }
        let Some(due) = self.first_end(head) else { return Some(Look::Moved) };
        if due <= now {
            return Some(Look::At(head));
        }
        if self::tick(due) <= tick {
            self.deadlines.soon.push(Reverse((due, head)));
        } else {
            self.enter_wheel(now, head, due);
        }
        Some(Look::Moved)
    }

    /// Has a listener that is not waited for looked at when its first row ends.
    pub(in super::super) fn arm(&mut self, now: Instant, id: u32) {
        self.leave_wheel(id);
        if let Some(due) = self.first_end(id) {
            self.enter_wheel(now, id, due);
        }
    }

    /// Has a listener looked at by `due`.
    pub(super) fn enter_wheel(&mut self, now: Instant, id: u32, due: Instant) {
        let Some((slot, first)) = self.deadlines.place(now, due) else {
            self.deadlines.soon.push(Reverse((due, id)));
            return;
        };
        if self.deadlines.slots.is_empty() {
            self.deadlines.slots = alloc::vec![Slot { first: 0, head: NOBODY }; WORDS * 64];
        }
        let Some(list) = self.deadlines.slots.get_mut(slot as usize) else { return };
        let after = core::mem::replace(&mut list.head, id);
        if after == NOBODY || first < list.first {
            list.first = first;
        }
        self.deadlines.mark(slot, true);
        self.deadlines.waiting = self.deadlines.waiting.saturating_add(1);
        self.set_stand(id, Stand::new(Ahead::Slot(slot), after));
        if let Some(behind) = self.stand(after) {
            self.set_stand(after, Stand::new(Ahead::Listener(id), behind.after));
        }
    }

    /// Takes a listener out of the wheel, if it stands there.
    pub(super) fn leave_wheel(&mut self, id: u32) {
        let Some(stand) = self.stand(id) else { return };
        match stand.ahead() {
            Ahead::Nowhere => return,
            Ahead::Slot(slot) => {
                if let Some(list) = self.deadlines.slots.get_mut(slot as usize) {
                    list.head = stand.after;
                }
                if stand.after == NOBODY {
                    self.deadlines.mark(slot, false);
                }
            }
            Ahead::Listener(ahead) => {
                if let Some(before) = self.stand(ahead) {
                    self.set_stand(ahead, Stand { after: stand.after, ..before });
                }
            }
        }
        if let Some(behind) = self.stand(stand.after) {
            self.set_stand(stand.after, Stand { before: stand.before, ..behind });
        }
        self.set_stand(id, Stand::NOWHERE);
        self.deadlines.waiting = self.deadlines.waiting.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use core::net::Ipv6Addr;
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::Row;
    use super::*;
    use crate::machine::LinkId;

    type Model = BTreeMap<u32, Instant>;

    fn listener(listeners: &mut Listeners<Ipv6Addr>, now: Instant, due: Instant) -> u32 {
        let id = listeners.insert(LinkId(1), Ipv6Addr::UNSPECIFIED);
        listeners.push(now, id, Row::new(0, now, due));
        id
    }

    fn set(listeners: &mut Listeners<Ipv6Addr>, id: u32, due: Instant) {
        listeners.rows_mut(id).unwrap()[0].due = due;
    }

    /// Looks at whoever is to be looked at by `now`; who has ended.
    fn ended(listeners: &mut Listeners<Ipv6Addr>, now: Instant) -> Vec<u32> {
        let mut ended = Vec::new();
        while let Some(look) = listeners.look(now) {
            let Look::At(id) = look else { continue };
            if listeners.first_end(id).is_some_and(|due| due <= now) {
                listeners.remove(id);
                ended.push(id);
            } else {
                listeners.arm(now, id);
            }
        }
        ended
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Join(u64),
        Later(usize, u64),
        Earlier(usize, u64),
        Leave(usize),
        Wait(u64),
        /// To the next deadline.
        Next,
    }

    /// Microseconds: within a slot, of a few slots, of the wheel, and beyond it.
    fn span() -> impl Strategy<Value = u64> {
        prop_oneof![0..1u64 << WIDTH, 0..1u64 << (WIDTH + 4), 0..SLOTS << WIDTH, 0..SLOTS << (WIDTH + 3)]
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => span().prop_map(Step::Join),
            2 => (any::<usize>(), span()).prop_map(|(of, more)| Step::Later(of, more)),
            1 => (any::<usize>(), span()).prop_map(|(of, left)| Step::Earlier(of, left)),
            1 => any::<usize>().prop_map(Step::Leave),
            2 => span().prop_map(Step::Wait),
            2 => Just(Step::Next),
        ]
    }

    fn one(model: &Model, of: usize) -> Option<u32> {
        model.keys().copied().nth(of.checked_rem(model.len())?)
    }

    proptest! {
        /// The model: a map from listeners to deadlines. What ends is found in time, and none twice.
        #[test]
        fn whoever_ends_is_found_in_time(
            begin in prop_oneof![Just(0), 0..1u64 << 45],
            steps in proptest::collection::vec(step(), 0..80),
        ) {
            let (mut listeners, mut model) = (Listeners::new(), Model::new());
            let mut now = Instant::from_micros(begin);
            let after = |now: Instant, micros: u64| Instant::from_micros(now.as_micros() + micros + 1);
            for step in steps {
                match step {
                    Step::Join(left) => {
                        let due = after(now, left);
                        model.insert(listener(&mut listeners, now, due), due);
                    }
                    Step::Later(of, more) => if let Some(id) = one(&model, of) {
                        let due = after(model[&id], more);
                        set(&mut listeners, id, due);
                        model.insert(id, due);
                    },
                    Step::Earlier(of, left) => if let Some(id) = one(&model, of) {
                        let due = after(now, left).min(model[&id]);
                        set(&mut listeners, id, due);
                        listeners.arm(now, id);
                        model.insert(id, due);
                    },
                    Step::Leave(of) => if let Some(id) = one(&model, of) {
                        listeners.remove(id);
                        model.remove(&id);
                    },
                    Step::Wait(micros) => now = after(now, micros),
                    Step::Next => now = listeners.next().unwrap_or(now).max(now),
                }
                let mut gone = ended(&mut listeners, now);
                gone.sort_unstable();
                let expected: Vec<u32> = model.iter().filter(|&(_, &due)| due <= now).map(|(&id, _)| id).collect();
                prop_assert_eq!(gone, expected);
                model.retain(|_, due| *due > now);
                let next = listeners.next();
                prop_assert!(next.is_none_or(|next| next > now));
                prop_assert!(model.values().all(|&due| next.is_some_and(|next| next <= due)));
                prop_assert!(listeners.deadlines.waiting + listeners.deadlines.soon.len() >= model.len());
            }
            // To whoever is left a few looks lead, however far away they end.
            while let Some(next) = listeners.next() {
                now = next.max(now);
                let gone = ended(&mut listeners, now);
                model.retain(|id, _| !gone.contains(id));
            }
            prop_assert!(model.is_empty());
            prop_assert_eq!(listeners.len(), 0);
        }
    }

    /// Nobody refreshed in between: the deadline is told as it is, and one look is enough.
    #[test]
    fn a_deadline_within_the_wheel_is_told_exactly() {
        let mut listeners = Listeners::new();
        let due = Instant::from_secs(260);
        let ids: Vec<u32> = (0..3).map(|_| listener(&mut listeners, Instant::ZERO, due)).collect();
        assert_eq!(listeners.next(), Some(due));
        assert_eq!(listeners.look(Instant::from_secs(259)), None);
        let looks: Vec<_> = core::iter::from_fn(|| listeners.look(due)).collect();
        assert_eq!(looks, ids.into_iter().rev().map(Look::At).collect::<Vec<_>>());
    }

    /// A wheel that nobody has looked at for a day goes on from where the time is.
    #[test]
    fn an_idle_wheel_does_not_look_at_what_is_past() {
        let mut listeners = Listeners::new();
        let far = Instant::from_secs(100_000);
        let id = listener(&mut listeners, Instant::ZERO, Instant::from_secs(200));
        listeners.remove(id);
        let due = Instant::from_secs(100_260);
        listener(&mut listeners, far, due);
        assert_eq!(listeners.next(), Some(due));
    }
}
