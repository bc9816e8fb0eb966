//! The lightweight membership machines under the laws.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{Subject, mld};
use crate::channel::{Filter, FilterMode};
use crate::machine::{Machine, Snapshot};
use crate::mld::lightweight::{LinkState, Listener, Router};
use crate::mld::listener::{self, Wish};
use crate::mld::{Family, router};
use crate::samples::Kin;
use crate::time::Instant;

/// [`Router`] under the laws.
#[derive(Clone, Debug)]
pub struct Routers<A: Family = Ipv6Addr> {
    /// How each is set up.
    pub config: router::Config<A>,
}

impl<A: Family> Default for Routers<A> {
    fn default() -> Self {
        Self { config: router::Config::default() }
    }
}

impl<A: Family> Routers<A> {
    /// Tables so small that they fill.
    #[must_use]
    pub fn cramped() -> Self {
        Self { config: mld::Routers::cramped().config }
    }
}

impl<A: Family> Subject for Routers<A> {
    type Machine = Router<A>;
    type Input = router::OwnedInput<A>;

    #[expect(clippy::expect_used, reason = "a subject is built by whoever tests")]
    fn fresh(&self) -> Router<A> {
        Router::new(self.config.clone()).expect("it can be set up")
    }

    fn feed(
        &self,
        machine: &mut Router<A>,
        now: Instant,
        input: &router::OwnedInput<A>,
        out: &mut Vec<router::Action<A>>,
    ) -> Result<(), router::Reject<A>> {
        machine.handle_input(now, input.borrow(), out)
    }

    fn tear_down(&self, machine: &Router<A>) -> Vec<router::OwnedInput<A>> {
        mld::links_down(machine.links())
    }

    fn sizes(&self, machine: &Router<A>) -> Vec<(&'static str, usize, usize)> {
        let limits = self.config.limits;
        let state = machine.snapshot();
        let most = |count: fn(&LinkState<A>) -> usize| state.values().map(count).max().unwrap_or(0);
        let sources =
            |link: &LinkState<A>| link.groups.values().map(|group| group.sources.len()).max().unwrap_or(0);
        alloc::vec![
            ("links", state.len(), limits.links),
            ("groups of a link", most(|link| link.groups.len()), limits.groups_per_link),
            ("sources of a group", most(sources), limits.sources_per_group),
        ]
    }

    fn at_rest(&self, machine: &Router<A>) -> Result<(), String> {
        mld::is_quiet(machine.poll_timeout())
    }

    /// What was told of a group is what its timers say (RFC 5790 5.2).
    fn derived(&self, machine: &Router<A>) -> Result<(), String> {
        for (link, state) in machine.snapshot() {
            for (group, wanted) in state.groups {
                let filter = if wanted.everything {
                    Filter::EVERYTHING
                } else {
                    Filter { mode: FilterMode::Include, sources: wanted.sources.clone() }
                };
                let told = machine.interest(link, group);
                if told != filter || filter.is_nothing() {
                    return Err(format!("{link:?}: {told:?} of {group}, {wanted:?}"));
                }
            }
        }
        Ok(())
    }
}

/// [`Listener`] under the laws.
#[derive(Clone, Copy, Debug)]
pub struct Listeners<A: Family = Ipv6Addr> {
    /// How each is set up.
    pub config: listener::Config<A>,
}

impl<A: Kin> Default for Listeners<A> {
    fn default() -> Self {
        Self { config: mld::Listeners::default().config }
    }
}

impl<A: Kin> Listeners<A> {
    /// Tables so small that they fill, and the Hold types of the draft.
    #[must_use]
    pub fn cramped() -> Self {
        Self { config: mld::Listeners::cramped().config }
    }
}

impl<A: Family> Subject for Listeners<A> {
    type Machine = Listener<A>;
    type Input = listener::OwnedInput<A>;

    #[expect(clippy::expect_used, reason = "a subject is built by whoever tests")]
    fn fresh(&self) -> Listener<A> {
        Listener::new(self.config, 7).expect("the timers can be")
    }

    fn feed(
        &self,
        machine: &mut Listener<A>,
        now: Instant,
        input: &listener::OwnedInput<A>,
        out: &mut Vec<listener::Action<A>>,
    ) -> Result<(), listener::Reject<A>> {
        machine.handle_input(now, input.borrow(), out)
    }

    fn sizes(&self, machine: &Listener<A>) -> Vec<(&'static str, usize, usize)> {
        alloc::vec![("groups", machine.entries(), self.config.max_groups)]
    }

    fn tear_down(&self, machine: &Listener<A>) -> Vec<listener::OwnedInput<A>> {
        mld::leave(machine.snapshot().into_keys())
    }

    fn at_rest(&self, machine: &Listener<A>) -> Result<(), String> {
        mld::is_left(machine.entries(), machine.poll_timeout())
    }

    /// Nobody asks for all but some.
    fn derived(&self, machine: &Listener<A>) -> Result<(), String> {
        let blocks = |filter: &Filter<A>| filter.mode == FilterMode::Exclude && !filter.sources.is_empty();
        for (group, Wish { wanted, held }) in machine.snapshot() {
            if blocks(&wanted) || blocks(&held) {
                return Err(format!("of {group} {wanted:?} is wanted and {held:?} held"));
            }
        }
        Ok(())
    }
}
