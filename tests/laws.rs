//! The laws catch machines that break them, one small machine for each law.
#![cfg(feature = "proptest")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use core::cell::Cell;
use core::time::Duration;

use multimob::laws::{self, Effect, Installed, Step, Subject};
use multimob::{Instant, Machine, Sink, Snapshot};

/// How the machine below is broken.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    RefusalCounts,
    RefusalTalks,
    RefusalIsRemembered,
    DeadlineStays,
    EarlyTimeoutWorks,
    RemovesTwice,
    RemovesBeforeItsUser,
    ReusesIds,
    LeavesOneBehind,
    DependsOnTheProcess,
    GrowsWithoutBound,
    DerivedStateDrifts,
}

/// Holds at most three leases of one second; each installs a door and a key to it.
#[derive(Clone, Debug)]
struct Lease {
    fault: Fault,
    ends: Vec<(u64, Instant)>,
    next: u64,
    refusals: u64,
    hidden: u64,
    total: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Action {
    Install(Installed, Vec<Installed>),
    Remove(Installed),
    Said(u64),
}

const BOUND: usize = 3;

thread_local! {
    static PROCESS: Cell<u64> = const { Cell::new(0) };
}

impl Machine for Lease {
    type Input<'a> = ();
    type Action = Action;
    type Reject = &'static str;

    fn handle_input(
        &mut self,
        now: Instant,
        (): (),
        out: &mut impl Sink<Action>,
    ) -> Result<(), &'static str> {
        if self.ends.len() >= BOUND && self.fault != Fault::GrowsWithoutBound {
            match self.fault {
                Fault::RefusalCounts => self.refusals += 1,
                Fault::RefusalTalks => out.push(Action::Said(0)),
                Fault::RefusalIsRemembered => self.hidden += 1,
                _ => {}
            }
            return Err("full");
        }
        let id = if self.fault == Fault::ReusesIds { self.ends.len() as u64 } else { self.next };
        self.next += 1;
        self.ends.push((id, now + Duration::from_secs(1)));
        if self.fault != Fault::DerivedStateDrifts || self.next < 3 {
            self.total = self.ends.len();
        }
        out.push(Action::Install(("door", id), vec![]));
        out.push(Action::Install(("key", id), vec![("door", id)]));
        if self.fault == Fault::DependsOnTheProcess {
            out.push(Action::Said(PROCESS.replace(PROCESS.get() + 1)));
        }
        if self.hidden > 0 {
            out.push(Action::Said(self.hidden));
        }
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action>) {
        if self.fault == Fault::EarlyTimeoutWorks
            && let Some((_, end)) = self.ends.first_mut()
        {
            *end = now + Duration::from_secs(9);
            out.push(Action::Said(1));
        }
        let due: Vec<u64> = self.ends.iter().filter(|(_, end)| *end <= now).map(|(id, _)| *id).collect();
        for id in due {
            if self.fault == Fault::DeadlineStays {
                continue;
            }
            self.ends.retain(|(other, _)| *other != id);
            self.total = self.total.min(self.ends.len().max(if self.fault == Fault::DerivedStateDrifts {
                9
            } else {
                0
            }));
            let (door, key) = (Action::Remove(("door", id)), Action::Remove(("key", id)));
            match self.fault {
                Fault::RemovesBeforeItsUser => [door, key].into_iter().for_each(|a| out.push(a)),
                Fault::RemovesTwice => [key.clone(), key, door].into_iter().for_each(|a| out.push(a)),
                Fault::LeavesOneBehind => out.push(key),
                _ => [key, door].into_iter().for_each(|a| out.push(a)),
            }
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.ends.iter().map(|(_, end)| *end).min()
    }
}

impl Snapshot for Lease {
    type S = (usize, u64);

    fn snapshot(&self) -> Self::S {
        (self.ends.len(), self.refusals)
    }
}

struct Leasing(Fault);

impl Subject for Leasing {
    type Machine = Lease;
    type Input = ();

    fn fresh(&self) -> Lease {
        Lease { fault: self.0, ends: vec![], next: 0, refusals: 0, hidden: 0, total: 0 }
    }

    fn feed(
        &self,
        lease: &mut Lease,
        now: Instant,
        (): &(),
        out: &mut Vec<Action>,
    ) -> Result<(), &'static str> {
        lease.handle_input(now, (), out)
    }

    fn effect(&self, action: &Action) -> Effect {
        match action.clone() {
            Action::Install(id, uses) => Effect::Install { id, uses },
            Action::Remove(id) => Effect::Remove { id },
            Action::Said(_) => Effect::None,
        }
    }

    fn sizes(&self, lease: &Lease) -> Vec<(&'static str, usize, usize)> {
        vec![("leases", lease.ends.len(), BOUND)]
    }

    fn derived(&self, lease: &Lease) -> Result<(), String> {
        if lease.total == lease.ends.len() {
            Ok(())
        } else {
            Err("the total is not the number of leases".into())
        }
    }
}

/// Four leases in a row, of which the fourth is refused; then all end; then one more.
fn script() -> Vec<Step<()>> {
    let (lease, pause) = (Step::Input(()), Step::Wait(Duration::from_millis(10)));
    let end = Step::Wait(Duration::from_secs(3));
    vec![pause, lease.clone(), lease.clone(), lease.clone(), lease.clone(), end.clone(), lease, end]
}

#[test]
fn a_sound_machine_passes() {
    assert_eq!(laws::check(&Leasing(Fault::None), &script()), Ok(()));
}

#[test]
fn each_fault_is_caught_by_its_law() {
    for (fault, law) in [
        (Fault::RefusalCounts, 1),
        (Fault::RefusalTalks, 1),
        (Fault::RefusalIsRemembered, 1),
        (Fault::DeadlineStays, 3),
        (Fault::EarlyTimeoutWorks, 4),
        (Fault::RemovesTwice, 5),
        (Fault::RemovesBeforeItsUser, 5),
        (Fault::ReusesIds, 5),
        (Fault::LeavesOneBehind, 5),
        (Fault::DependsOnTheProcess, 6),
        (Fault::GrowsWithoutBound, 7),
        (Fault::DerivedStateDrifts, 9),
    ] {
        let caught = laws::check(&Leasing(fault), &script()).expect_err(&format!("{fault:?} went unseen"));
        assert_eq!(caught.law, law, "{fault:?}: {caught}");
    }
}
