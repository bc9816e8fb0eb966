//! The run loop of every embedder, once for all machines: timers first, then the input, and everything shown.

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use super::Around;
use crate::machine::Machine;
use crate::mld::listener::{self, Listener};
use crate::pmip::{lma, mag};
use crate::sim::event::{Event, MachineAction, MachineInput};
use crate::time::Instant;

/// A machine whose inputs and actions observers can be shown.
pub(super) trait Shown: Machine + 'static {
    fn input<'r, 'i: 'r>(input: &'r Self::Input<'i>) -> MachineInput<'r>;
    fn action(action: &Self::Action) -> MachineAction<'_>;
}

impl Shown for mag::Mag {
    fn input<'r, 'i: 'r>(input: &'r mag::Input<'i>) -> MachineInput<'r> {
        MachineInput::Mag(input)
    }

    fn action(action: &mag::Action) -> MachineAction<'_> {
        MachineAction::Mag(action)
    }
}

impl Shown for lma::Lma {
    fn input<'r, 'i: 'r>(input: &'r lma::Input<'i>) -> MachineInput<'r> {
        MachineInput::Lma(input)
    }

    fn action(action: &lma::Action) -> MachineAction<'_> {
        MachineAction::Lma(action)
    }
}

impl Shown for Listener {
    fn input<'r, 'i: 'r>(input: &'r listener::Input<'i>) -> MachineInput<'r> {
        MachineInput::Listener(input)
    }

    fn action(action: &listener::Action) -> MachineAction<'_> {
        MachineAction::Listener(action)
    }
}

/// A machine and its deadline as last shown.
#[derive(Debug)]
pub(super) struct Engine<M> {
    pub(super) machine: M,
    shown: Option<Instant>,
    /// After a broken law: when to try again.
    again: Option<Instant>,
}

impl<M: Shown> Engine<M> {
    pub(super) const fn new(machine: M) -> Self {
        Self { machine, shown: None, again: None }
    }

    /// When it wants to be called.
    pub(super) fn due(&self) -> Option<Instant> {
        match (self.machine.poll_timeout(), self.again) {
            (Some(due), Some(again)) => Some(due.max(again)),
            (due, _) => due,
        }
    }

    /// Lets it do what has fallen due; the actions, in order.
    pub(super) fn wake(&mut self, around: &mut Around<'_>) -> Vec<M::Action> {
        let mut out = Vec::new();
        let (now, node) = (around.now, around.node);
        if self.machine.poll_timeout().is_some_and(|due| due <= now) {
            around.show(&Event::Timeout { node });
            self.machine.handle_timeout(now, &mut out);
            self.again = None;
            if self.machine.poll_timeout().is_some_and(|due| due <= now) {
                around.show(&Event::Stuck { node });
                self.again = Some(now + Duration::from_millis(1));
            }
        }
        self.show(&out, around);
        out
    }

    /// Timers, then the input; the actions of both, in order.
    pub(super) fn take(&mut self, input: M::Input<'_>, around: &mut Around<'_>) -> Vec<M::Action> {
        let mut out = self.wake(around);
        let before = out.len();
        let (now, node) = (around.now, around.node);
        around.show(&Event::Input { node, input: M::input(&input) });
        if let Err(reject) = self.machine.handle_input(now, input, &mut out) {
            around.show(&Event::Refused { node, why: format!("{reject:?}") });
        }
        if let Some(new) = out.get(before..) {
            self.show(new, around);
        }
        out
    }

    fn show(&mut self, actions: &[M::Action], around: &mut Around<'_>) {
        let node = around.node;
        for action in actions {
            around.show(&Event::Action { node, action: M::action(action) });
        }
        let due = self.machine.poll_timeout();
        if due != self.shown {
            self.shown = due;
            around.show(&Event::Deadline { node, due });
        }
    }
}
