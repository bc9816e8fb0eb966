//! The laws that every machine of this crate obeys, as checks that run on any [`Machine`], yours included.
//!
//! 1. A refused input changes nothing, pushes nothing, and a twin that never saw it goes on alike. An input that is
//!    refused by a message changes nothing either.
//! 2. Nothing panics, whatever comes, time that runs backwards or leaps included.
//! 3. After `handle_timeout(now)` the next deadline is later than `now`, or there is none.
//! 4. A timeout that is early or repeated pushes nothing and changes nothing.
//! 5. What is installed is removed at most once, after what uses it; torn down and at rest, nothing is left.
//! 6. The same inputs give the same actions and the same state.
//! 7. Every table has a bound.
//! 9. Derived state is what it derives from, whenever the machine is at rest.
//!
//! (The eighth, that a domain converges when losses end, takes a whole domain: see the tests of `sim`.)
//!
//! Tell what your machine is by a [`Subject`], draw scripts, by `scripts` (feature `proptest`) or from the octets of a
//! fuzzer by [`script`], and [`check`] each:
//!
//! ```
//! use multimob::laws::{self, Effect, Subject};
//! use multimob::{Instant, Machine, Sink, Snapshot};
//! # #[cfg(feature = "proptest")]
//! use proptest::prelude::*;
//!
//! /// Counts to three, then refuses.
//! #[derive(Clone, Default)]
//! struct Counter(u8);
//!
//! impl Machine for Counter {
//!     type Input<'a> = u8;
//!     type Action = u8;
//!     type Reject = &'static str;
//!     fn handle_input(&mut self, _: Instant, n: u8, out: &mut impl Sink<u8>) -> Result<(), &'static str> {
//!         if self.0.saturating_add(n) > 3 {
//!             return Err("full");
//!         }
//!         self.0 += n;
//!         out.push(self.0);
//!         Ok(())
//!     }
//!     fn handle_timeout(&mut self, _: Instant, _: &mut impl Sink<u8>) {}
//!     fn poll_timeout(&self) -> Option<Instant> {
//!         None
//!     }
//! }
//!
//! impl Snapshot for Counter {
//!     type S = u8;
//!     fn snapshot(&self) -> u8 {
//!         self.0
//!     }
//! }
//!
//! struct Counting;
//! impl Subject for Counting {
//!     type Machine = Counter;
//!     type Input = u8;
//!     fn fresh(&self) -> Counter {
//!         Counter::default()
//!     }
//!     fn feed(&self, machine: &mut Counter, now: Instant, input: &u8, out: &mut Vec<u8>) -> Result<(), &'static str> {
//!         machine.handle_input(now, *input, out)
//!     }
//! }
//!
//! # #[cfg(feature = "proptest")]
//! proptest!(|(script in laws::scripts(any::<u8>(), 40))| {
//!     laws::check(&Counting, &script)?;
//! });
//! ```

pub mod lightweight;
pub mod mld;
pub mod pmip;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use arbitrary::{Arbitrary, Result as Drawn, Unstructured};
#[cfg(feature = "proptest")]
use proptest::strategy::Strategy;

use crate::channel::{Address, Filter, FilterMode, SourceList};
use crate::machine::{Machine, Snapshot};
use crate::samples::world;
use crate::time::Instant;

type Action<S> = <<S as Subject>::Machine as Machine>::Action;
type Reject<S> = <<S as Subject>::Machine as Machine>::Reject;

/// A machine under test and what the laws must know of it.
pub trait Subject {
    /// The machine.
    type Machine: Machine<Action: Clone + fmt::Debug + PartialEq> + Snapshot;
    /// An owned input.
    type Input: Clone + fmt::Debug;

    /// A machine as it comes from its constructor; every one the same.
    fn fresh(&self) -> Self::Machine;

    /// Gives one input to the machine.
    ///
    /// # Errors
    /// The machine's refusal.
    fn feed(
        &self,
        machine: &mut Self::Machine,
        now: Instant,
        input: &Self::Input,
        out: &mut Vec<Action<Self>>,
    ) -> Result<(), Reject<Self>>;

    /// What an action does to the world, for law 5.
    fn effect(&self, _action: &Action<Self>) -> Effect {
        Effect::None
    }

    /// Whether these actions, all that an input led to, say no more than that it was refused: a negative
    /// acknowledgement, for law 1.
    fn declines(&self, _actions: &[Action<Self>]) -> bool {
        false
    }

    /// An input that answers one of the machine's recent actions, newest last: an acknowledgement of a request, say.
    /// `pick` chooses among them.
    fn react(
        &self,
        _machine: &Self::Machine,
        _recent: &VecDeque<Action<Self>>,
        _pick: u16,
    ) -> Option<Self::Input> {
        None
    }

    /// Inputs that end everything that is going on, for law 5.
    fn tear_down(&self, _machine: &Self::Machine) -> Vec<Self::Input> {
        Vec::new()
    }

    /// Whether a thing that was installed stays for good, for law 5: a static tunnel.
    fn stays(&self, _id: Installed) -> bool {
        false
    }

    /// Whether nothing is left of what was torn down, for law 5.
    ///
    /// # Errors
    /// What is left.
    fn at_rest(&self, _machine: &Self::Machine) -> Result<(), String> {
        Ok(())
    }

    /// Tables and their bounds, for law 7: name, entries, bound.
    fn sizes(&self, _machine: &Self::Machine) -> Vec<(&'static str, usize, usize)> {
        Vec::new()
    }

    /// Whether derived state is what it derives from, for law 9.
    ///
    /// # Errors
    /// What differs.
    fn derived(&self, _machine: &Self::Machine) -> Result<(), String> {
        Ok(())
    }
}

/// A thing that a machine installs: what kind, and which.
pub type Installed = (&'static str, u64);

/// What an action does to the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing that lasts.
    None,
    /// It installs `id`, which uses the others.
    Install {
        /// The new thing.
        id: Installed,
        /// What must be there as long as it is.
        uses: Vec<Installed>,
    },
    /// It begins a thing that may come and go under the same name: a membership, say.
    Begin {
        /// Which; it was not there before.
        id: Installed,
    },
    /// It removes a thing, or ends one.
    Remove {
        /// Which.
        id: Installed,
    },
}

/// One step of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<I> {
    /// Time passes; the machine's deadlines are served as they fall due.
    Wait(Duration),
    /// The clock jumps to this moment, back or forth, and no deadline on the way is served in time.
    Leap(Instant),
    /// An input.
    Input(I),
    /// [`Subject::react`].
    React(u16),
}

impl<I> Step<I> {
    fn draw<'a>(
        u: &mut Unstructured<'a>,
        input: impl FnOnce(&mut Unstructured<'a>) -> Drawn<I>,
    ) -> Drawn<Self> {
        Ok(match u.int_in_range(0..=23)? {
            0..=11 => Self::Input(input(u)?),
            12..=17 => Self::React(u.arbitrary()?),
            18..=22 => Self::Wait(world::span(u)?),
            _ => Self::Leap(world::moment(u)?),
        })
    }
}

impl<'a, I: Arbitrary<'a>> Arbitrary<'a> for Step<I> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Drawn<Self> {
        Self::draw(u, I::arbitrary)
    }
}

/// The script of at most `most` steps that these octets stand for. Any octets do: this is the body of a fuzz target.
///
/// ```
/// use multimob::laws::{self, mld::Routers};
///
/// let octets = [0x5a; 300];
/// laws::check(&<Routers>::default(), &laws::script(&octets, 100))?;
/// # Ok::<(), laws::Violation>(())
/// ```
pub fn script<'a, I: Arbitrary<'a>>(octets: &'a [u8], most: usize) -> Vec<Step<I>> {
    let mut u = Unstructured::new(octets);
    let steps = core::iter::from_fn(|| if u.is_empty() { None } else { Step::arbitrary(&mut u).ok() });
    steps.take(most).collect()
}

/// Scripts of at most `most` steps with inputs drawn from `inputs`; [`samples::of`](crate::samples::of) is a strategy
/// for every input that is [`Arbitrary`]. They shrink by whole steps first.
#[cfg(feature = "proptest")]
pub fn scripts<I: fmt::Debug + Clone>(
    inputs: impl Strategy<Value = I>,
    most: usize,
) -> impl Strategy<Value = Vec<Step<I>>> {
    let step = (proptest::arbitrary::any::<[u8; STEP]>(), inputs)
        .prop_filter_map("no step", |(tape, input)| {
            Step::draw(&mut Unstructured::new(&tape), |_| Ok(input)).ok()
        });
    proptest::collection::vec(step, 0..=most)
}

/// Octets that a step takes beside its input.
#[cfg(feature = "proptest")]
const STEP: usize = 12;

/// A broken law.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("law {law} is broken at step {step}: {what}")]
pub struct Violation {
    /// Which law, as numbered at the top of this module.
    pub law: u8,
    /// Index of the script's step; the length of the script for what follows it.
    pub step: usize,
    /// What was seen.
    pub what: String,
}

/// Runs `script` and checks every law after every call.
///
/// # Errors
/// The first law that is broken.
pub fn check<S: Subject>(subject: &S, script: &[Step<S::Input>]) -> Result<(), Violation> {
    let mut run = Run::new(subject);
    for (index, step) in script.iter().enumerate() {
        run.step = index;
        match step {
            Step::Wait(time) => run.wait(*time)?,
            Step::Leap(moment) => {
                run.now = *moment;
                run.timeout()?;
            }
            Step::Input(input) => run.input(input)?,
            Step::React(pick) => {
                if let Some(input) = subject.react(&run.machine, &run.recent, *pick) {
                    run.input(&input)?;
                }
            }
        }
    }
    run.step = script.len();
    run.tear_down()
}

/// Actions that [`Subject::react`] can look back on.
const RECENT: usize = 32;
/// Deadlines that one wait serves: a machine that wakes more often than this is caught by the next step anyway.
const WAKES: usize = 500;
/// Waits by which a machine that was torn down must have come to rest.
const RESTS: usize = 64;

struct Run<'s, S: Subject> {
    subject: &'s S,
    machine: S::Machine,
    /// Sees only what was accepted.
    twin: S::Machine,
    now: Instant,
    /// The latest moment seen: what was promised then is kept by a while after it, whatever the clock says now.
    latest: Instant,
    step: usize,
    refused: bool,
    recent: VecDeque<Action<S>>,
    installed: BTreeMap<Installed, Vec<Installed>>,
    ever: BTreeSet<Installed>,
}

impl<'s, S: Subject> Run<'s, S> {
    fn new(subject: &'s S) -> Self {
        Self {
            subject,
            machine: subject.fresh(),
            twin: subject.fresh(),
            now: Instant::ZERO,
            latest: Instant::ZERO,
            step: 0,
            refused: false,
            recent: VecDeque::new(),
            installed: BTreeMap::new(),
            ever: BTreeSet::new(),
        }
    }

    fn broken(&self, law: u8, what: impl Into<String>) -> Violation {
        Violation { law, step: self.step, what: what.into() }
    }

    fn input(&mut self, input: &S::Input) -> Result<(), Violation> {
        if self.machine.poll_timeout().is_some_and(|due| due <= self.now) {
            self.timeout()?;
        }
        let before = self.machine.snapshot();
        let mut actions = Vec::new();
        if let Err(reject) = self.subject.feed(&mut self.machine, self.now, input, &mut actions) {
            self.refused = true;
            if !actions.is_empty() {
                return Err(self.broken(1, format!("refused ({reject:?}), yet pushed {actions:?}")));
            }
            return self.unchanged(1, &before, "a refused input");
        }
        if self.subject.declines(&actions) {
            self.refused = true;
            self.recent(actions);
            return self.unchanged(1, &before, "an input refused by a message");
        }
        let mut twins = Vec::new();
        if let Err(reject) = self.subject.feed(&mut self.twin, self.now, input, &mut twins) {
            return Err(self.broken(6, format!("accepted once, refused by the twin: {reject:?}")));
        }
        self.pushed(actions, &twins)
    }

    fn wait(&mut self, time: Duration) -> Result<(), Violation> {
        let end = self.now + time;
        for _ in 0..WAKES {
            match self.machine.poll_timeout() {
                Some(due) if due <= end => {
                    self.now = self.now.max(due);
                    self.timeout()?;
                }
                _ => break,
            }
        }
        self.now = end;
        self.timeout()
    }

    fn timeout(&mut self) -> Result<(), Violation> {
        self.latest = self.latest.max(self.now);
        let (before, due) = (self.machine.snapshot(), self.machine.poll_timeout());
        let (mut actions, mut twins) = (Vec::new(), Vec::new());
        self.machine.handle_timeout(self.now, &mut actions);
        self.twin.handle_timeout(self.now, &mut twins);
        if due.is_none_or(|due| due > self.now) {
            if !actions.is_empty() {
                return Err(self.broken(4, format!("an early timeout pushed {actions:?}")));
            }
            self.unchanged(4, &before, "an early timeout")?;
        }
        self.pushed(actions, &twins)?;
        if let Some(next) = self.machine.poll_timeout().filter(|&next| next <= self.now) {
            return Err(self.broken(3, format!("at {:?} the next deadline is {next:?}", self.now)));
        }
        let (after, mut again) = (self.machine.snapshot(), Vec::new());
        self.machine.handle_timeout(self.now, &mut again);
        if !again.is_empty() {
            return Err(self.broken(4, format!("a repeated timeout pushed {again:?}")));
        }
        self.unchanged(4, &after, "a repeated timeout")
    }

    fn unchanged(&self, law: u8, before: &<S::Machine as Snapshot>::S, what: &str) -> Result<(), Violation> {
        let after = self.machine.snapshot();
        if after == *before {
            return Ok(());
        }
        Err(self.broken(law, format!("{what} changed the state from {before:?} to {after:?}")))
    }

    fn pushed(&mut self, actions: Vec<Action<S>>, twins: &[Action<S>]) -> Result<(), Violation> {
        // The twin differs by the refused inputs that it never saw, or by nothing at all.
        let law = if self.refused { 1 } else { 6 };
        if actions != twins {
            return Err(self.broken(law, format!("the twin pushed {twins:?} instead of {actions:?}")));
        }
        let (state, twin) = (self.machine.snapshot(), self.twin.snapshot());
        if state != twin {
            return Err(self.broken(law, format!("the twin's state is {twin:?} instead of {state:?}")));
        }
        for action in &actions {
            self.effect(self.subject.effect(action))?;
        }
        self.recent(actions);
        for (name, entries, bound) in self.subject.sizes(&self.machine) {
            if entries > bound {
                return Err(self.broken(7, format!("{name}: {entries} entries where {bound} is the bound")));
            }
        }
        self.subject.derived(&self.machine).map_err(|what| self.broken(9, what))
    }

    fn recent(&mut self, actions: Vec<Action<S>>) {
        self.recent.extend(actions);
        while self.recent.len() > RECENT {
            self.recent.pop_front();
        }
    }

    fn effect(&mut self, effect: Effect) -> Result<(), Violation> {
        match effect {
            Effect::None => {}
            Effect::Install { id, uses } => {
                if !self.ever.insert(id) {
                    return Err(self.broken(5, format!("{id:?} is installed a second time")));
                }
                if let Some(missing) = uses.iter().find(|used| !self.installed.contains_key(*used)) {
                    return Err(self.broken(5, format!("{id:?} uses {missing:?}, which is not installed")));
                }
                self.installed.insert(id, uses);
            }
            Effect::Begin { id } => {
                if self.installed.insert(id, Vec::new()).is_some() {
                    return Err(self.broken(5, format!("{id:?} is begun a second time")));
                }
            }
            Effect::Remove { id } => {
                if self.installed.remove(&id).is_none() {
                    return Err(self.broken(5, format!("{id:?} is removed but not installed")));
                }
                if let Some((user, _)) = self.installed.iter().find(|(_, uses)| uses.contains(&id)) {
                    return Err(self.broken(5, format!("{id:?} is removed while {user:?} uses it")));
                }
            }
        }
        Ok(())
    }

    fn tear_down(&mut self) -> Result<(), Violation> {
        self.now = self.latest;
        self.timeout()?;
        for input in self.subject.tear_down(&self.machine) {
            self.input(&input)?;
        }
        for _ in 0..RESTS {
            if self.left().is_ok() {
                break;
            }
            self.wait(Duration::from_secs(3_600))?;
        }
        self.left().map_err(|left| self.broken(5, format!("torn down and at rest, {left} is left")))
    }

    fn left(&self) -> Result<(), String> {
        match self.installed.keys().find(|&&id| !self.subject.stays(id)) {
            Some(id) => Err(format!("{id:?}")),
            None => self.subject.at_rest(&self.machine),
        }
    }
}

/// Whether `merged` lets through exactly what one of `parts` does. It is judged source by source and not by
/// [`Filter::union`], which made the merge.
fn is_merge<'f, A: Address>(
    merged: &'f Filter<A>,
    parts: impl Iterator<Item = &'f Filter<A>> + Clone,
) -> bool {
    let lists = parts.clone().chain([merged]).flat_map(|filter| filter.sources.iter());
    let sources: SourceList<A> = lists.collect();
    // A source that nobody names passes in EXCLUDE mode.
    let is_exclude = |filter: &Filter<A>| filter.mode == FilterMode::Exclude;
    is_exclude(merged) == parts.clone().any(is_exclude)
        && sources.iter().all(|source| merged.passes(source) == parts.clone().any(|part| part.passes(source)))
}
