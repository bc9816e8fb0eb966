//! One machine of a trace: made as it was made, and the inputs that it got.

use std::collections::VecDeque;

use multimob::mld::TimingError;
use multimob::mld::listener::{self, Listener};
use multimob::pmip::lma::{self, Lma};
use multimob::pmip::mag::{self, Mag};
use multimob::{Instant, Machine};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use super::line::{Kind, Line, Made, Said, Text};
use crate::failure::Failure;

/// A machine and whose it is.
pub(super) struct Track {
    pub(super) node: String,
    pub(super) player: Box<dyn Play>,
    /// The line of an input that could not be recorded: nothing is known of the machine from there on.
    pub(super) lost: Option<usize>,
}

/// What came of a step.
pub(super) struct Came {
    pub(super) refused: Option<String>,
    pub(super) actions: Vec<Value>,
    /// In microseconds.
    pub(super) deadline: Option<u64>,
}

/// Some machine, played.
pub(super) trait Play {
    /// Keeps the input of a line until it is to be fed.
    fn keep(&mut self, text: Text<'_>) -> Result<(), Failure>;
    /// Keeps the place of an input that was not recorded.
    fn keep_nothing(&mut self);
    /// Feeds the next input that was kept; none: it was not recorded.
    fn input(&mut self, now: Instant) -> Option<Came>;
    /// Wakes the machine.
    fn timeout(&mut self, now: Instant) -> Came;
    /// What comes of doing nothing.
    fn rest(&self) -> Came;
}

impl Track {
    /// The machine that a line makes.
    pub(super) fn new(text: Text<'_>, node: String, kind: Kind) -> Result<Self, Failure> {
        let player = match kind {
            Kind::Mag => Player::<Mag>::make(text),
            Kind::Lma => Player::<Lma>::make(text),
            Kind::Listener => Player::<Listener>::make(text),
        }?;
        Ok(Self { node, player, lost: None })
    }
}

/// A machine whose configuration and inputs can be read from a trace.
trait Traced: Machine<Action: Serialize> + Sized + 'static {
    type Config: DeserializeOwned;
    type ConfigError: core::fmt::Display;
    type OwnedInput: DeserializeOwned;

    fn make(config: Self::Config, seed: u64) -> Result<Self, Self::ConfigError>;
    fn borrow(input: &Self::OwnedInput) -> Self::Input<'_>;
}

macro_rules! traced {
    ($machine:ty, $module:ident, $error:ty) => {
        impl Traced for $machine {
            type Config = $module::Config;
            type ConfigError = $error;
            type OwnedInput = $module::OwnedInput;

            fn make(config: Self::Config, seed: u64) -> Result<Self, Self::ConfigError> {
                Self::new(config, seed)
            }

            fn borrow(input: &Self::OwnedInput) -> Self::Input<'_> {
                input.borrow()
            }
        }
    };
}

traced!(Mag, mag, mag::ConfigError);
traced!(Lma, lma, lma::ConfigError);
traced!(Listener, listener, TimingError);

struct Player<M: Traced> {
    machine: M,
    inputs: VecDeque<Option<M::OwnedInput>>,
}

impl<M: Traced> Player<M> {
    fn make(text: Text<'_>) -> Result<Box<dyn Play>, Failure> {
        let line: Line<Made<M::Config>, IgnoredAny> = text.read()?;
        let Said::Made(made) = line.said else { return Err(text.fault(1, "no machine")) };
        let machine = M::make(made.config, made.seed).map_err(|error| text.fault_of("config", error))?;
        Ok(Box::new(Self { machine, inputs: VecDeque::new() }))
    }

    fn came(&self, refused: Option<M::Reject>, actions: &[M::Action]) -> Came {
        Came {
            refused: refused.map(|reject| format!("{reject:?}")),
            actions: actions.iter().map(|action| json!(action)).collect(),
            deadline: self.machine.poll_timeout().map(Instant::as_micros),
        }
    }
}

impl<M: Traced> Play for Player<M> {
    fn keep(&mut self, text: Text<'_>) -> Result<(), Failure> {
        let line: Line<IgnoredAny, M::OwnedInput> = text.read()?;
        let Said::Input(input) = line.said else { return Err(text.fault(1, "no input")) };
        self.inputs.push_back(Some(input));
        Ok(())
    }

    fn keep_nothing(&mut self) {
        self.inputs.push_back(None);
    }

    fn input(&mut self, now: Instant) -> Option<Came> {
        let input = self.inputs.pop_front().flatten()?;
        let mut actions = Vec::new();
        let refused = self.machine.handle_input(now, M::borrow(&input), &mut actions).err();
        Some(self.came(refused, &actions))
    }

    fn timeout(&mut self, now: Instant) -> Came {
        let mut actions = Vec::new();
        self.machine.handle_timeout(now, &mut actions);
        self.came(None, &actions)
    }

    fn rest(&self) -> Came {
        self.came(None, &[])
    }
}
