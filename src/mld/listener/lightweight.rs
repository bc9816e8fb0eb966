//! The lightweight host (RFC 5790 4): it says less than a host of the full version, and nothing else.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::apply::Due;
use super::{Action, Config, Input, Plan, Reject, Wish};
use crate::channel::{Filter, FilterMode};
use crate::machine::{Machine, Sink, Snapshot};
use crate::mld::{Family, TimingError, Version};
use crate::time::Instant;
use crate::wire::HoldTypes;
use crate::wire::mld::RecordType;

/// The host side of LW-MLDv2 on one interface; over IPv4 addresses, of LW-IGMPv3 (RFC 5790 4).
///
/// It is a [`super::Listener`] that wants and holds no source list in EXCLUDE mode: whoever asks for all but some sources
/// gets all (the blocked ones have to be dropped above). And it answers queries with the records of a change: a router
/// takes TO_EX({}) as it takes IS_EX({}), and ALLOW as IS_IN (RFC 5790 4.4). Bounds, delays, retransmissions, MLD Hold and
/// older versions are those of the full listener.
#[derive(Clone, Debug)]
pub struct Listener<A: Family = Ipv6Addr>(super::Listener<A>);

/// What is wanted in stead of `filter` (RFC 5790 3.1): EXCLUDE mode has no sources.
pub(super) fn lightened<A>(filter: Filter<A>) -> Filter<A> {
    match filter.mode {
        FilterMode::Include => filter,
        FilterMode::Exclude => Filter::EVERYTHING,
    }
}

/// The record type in which current state is told (RFC 5790 4.4). Where the types of Hold are those of current state, the
/// full listener answers so too, and what is left of these types says Hold.
pub(super) const fn answering(kind: RecordType, hold: HoldTypes) -> RecordType {
    match kind {
        hold_or_other if hold.are_of_current_state() => hold_or_other,
        RecordType::IS_EX => RecordType::TO_EX,
        RecordType::IS_IN => RecordType::ALLOW,
        other => other,
    }
}

impl<A: Family> Listener<A> {
    /// A listener that wants nothing yet. Equal seeds give equal delays.
    ///
    /// # Errors
    /// The timers cannot be.
    pub fn new(config: Config<A>, seed: u64) -> Result<Self, TimingError> {
        super::Listener::new(config, seed).map(Self)
    }

    /// How it was set up.
    #[must_use]
    pub const fn config(&self) -> &Config<A> {
        self.0.config()
    }

    /// The version that it speaks: that of the oldest querier that is there (RFC 5790 6.2.1, 6.3).
    #[must_use]
    pub const fn version(&self) -> Version {
        self.0.version()
    }

    /// What the interface wants of `group`: INCLUDE of some sources, or EXCLUDE of none.
    #[must_use]
    pub fn wanted(&self, group: A) -> &Filter<A> {
        self.0.wanted(group)
    }

    /// What the interface holds of `group` and does not receive: what the routers are told to hold.
    #[must_use]
    pub fn held(&self, group: A) -> Filter<A> {
        self.0.held(group)
    }

    /// The groups of which the interface holds what it does not receive, ascending, and what.
    pub fn holds(&self) -> impl Iterator<Item = (A, Filter<A>)> {
        self.0.holds()
    }

    /// The groups that the interface wants something of, ascending.
    pub fn groups(&self) -> impl Iterator<Item = (A, &Filter<A>)> {
        self.0.groups()
    }

    /// How many groups the listener keeps ([`super::Listener::entries`]).
    #[must_use]
    pub fn entries(&self) -> usize {
        self.0.entries()
    }

    /// Whether nothing is wanted or held and no report of a change has to be sent or repeated.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0.is_idle()
    }
}

impl<A: Family> Machine for Listener<A> {
    type Input<'a> = Input<'a, A>;
    type Action = Action<A>;
    type Reject = Reject<A>;

    fn handle_input(
        &mut self,
        now: Instant,
        input: Input<'_, A>,
        out: &mut impl Sink<Action<A>>,
    ) -> Result<(), Reject<A>> {
        let plan = match self.0.check(now, input)? {
            Plan::Want { group, filter } => Plan::Want { group, filter: lightened(filter) },
            Plan::Hold { group, filter } => Plan::Hold { group, filter: lightened(filter) },
            plan => plan,
        };
        let mut actions = Vec::new();
        self.0.apply(now, plan, &mut actions);
        actions.into_iter().for_each(|action| out.push(action));
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action<A>>) {
        let mut actions = Vec::new();
        let Due { changes, mut states } = self.0.fall_due(now, &mut actions);
        let hold = self.config().hold;
        states.iter_mut().for_each(|record| record.kind = answering(record.kind, hold));
        self.0.say(&changes, &mut actions);
        self.0.say(&states, &mut actions);
        actions.into_iter().for_each(|action| out.push(action));
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.0.poll_timeout()
    }
}

impl<A: Family> Snapshot for Listener<A> {
    type S = BTreeMap<A, Wish<A>>;

    /// What the interface wants and holds of each group.
    fn snapshot(&self) -> Self::S {
        self.0.snapshot()
    }
}

#[cfg(test)]
mod tests;
