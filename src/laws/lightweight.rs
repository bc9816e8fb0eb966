//! The lightweight membership machines under the laws.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{Subject, mld};
use crate::channel::{Filter, FilterMode};
use crate::machine::{Machine, Snapshot};
use crate::mld::lightweight::{LinkState, Listener, Router};
use crate::mld::{Family, listener, router};
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
        machine.links().map(|link| router::OwnedInput::LinkDown { link }).collect()
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
        match machine.poll_timeout() {
            None => Ok(()),
            Some(due) => Err(format!("a deadline at {due:?}")),
        }
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
#[derive(Clone, Copy, Debug, Default)]
pub struct Listeners(
    /// How each is set up.
    pub mld::Listeners,
);

impl Listeners {
    /// Tables so small that they fill.
    #[must_use]
    pub fn cramped() -> Self {
        Self(mld::Listeners::cramped())
    }
}

impl Subject for Listeners {
    type Machine = Listener;
    type Input = listener::OwnedInput;

    #[expect(clippy::expect_used, reason = "a subject is built by whoever tests")]
    fn fresh(&self) -> Listener {
        Listener::new(self.0.config, 7).expect("the timers can be")
    }

    fn feed(
        &self,
        machine: &mut Listener,
        now: Instant,
        input: &listener::OwnedInput,
        out: &mut Vec<listener::Action>,
    ) -> Result<(), listener::Reject> {
        machine.handle_input(now, input.borrow(), out)
    }

    fn sizes(&self, machine: &Listener) -> Vec<(&'static str, usize, usize)> {
        alloc::vec![("groups", machine.entries(), self.0.config.max_groups)]
    }

    fn tear_down(&self, machine: &Listener) -> Vec<listener::OwnedInput> {
        let leave = |(group, _)| listener::OwnedInput::Want { group, filter: Filter::NOTHING };
        machine.groups().map(leave).collect()
    }

    fn at_rest(&self, machine: &Listener) -> Result<(), String> {
        match machine.entries() {
            0 if machine.poll_timeout().is_none() => Ok(()),
            0 => Err("a deadline".into()),
            left => Err(format!("{left} groups")),
        }
    }

    /// Nobody asks for all but some.
    fn derived(&self, machine: &Listener) -> Result<(), String> {
        let blocking = |(_, filter): &(Ipv6Addr, &Filter)| {
            filter.mode == FilterMode::Exclude && !filter.sources.is_empty()
        };
        match machine.groups().find(blocking) {
            None => Ok(()),
            Some((group, filter)) => Err(format!("{filter:?} of {group}")),
        }
    }
}
