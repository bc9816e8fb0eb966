//! The membership machines under the laws.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{Subject, is_merge};
use crate::channel::{Filter, SourceList};
use crate::machine::{LinkId, Machine, Snapshot, Via};
use crate::mld::{Family, Listener, Proxy, Router, listener, proxy, router};
use crate::samples::world::OWN;
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
        let limits = router::Limits {
            links: 2,
            listeners_per_link: 1,
            groups_per_listener: 2,
            groups_per_link: 2,
            sources_per_group: 2,
        };
        Self { config: router::Config { limits, budget: 2, ..router::Config::default() } }
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
        let most = |count: fn(&router::LinkState<A>) -> usize| state.values().map(count).max().unwrap_or(0);
        let groups = |link: &router::LinkState<A>| {
            link.groups.keys().chain(link.held.keys()).collect::<BTreeSet<_>>().len()
        };
        let of_listener =
            |link: &router::LinkState<A>| link.listeners.values().map(BTreeMap::len).max().unwrap_or(0);
        let sources = |link: &router::LinkState<A>| {
            let all = |group| {
                let listeners = link.listeners.values().filter_map(move |wanted| wanted.get(group));
                let link = link.groups.get(group).into_iter().chain(link.held.get(group));
                listeners.chain(link).flat_map(|filter| filter.sources.iter())
            };
            link.groups.keys().map(|group| all(group).collect::<SourceList<A>>().len()).max().unwrap_or(0)
        };
        alloc::vec![
            ("links", state.len(), limits.links),
            ("groups of a link", most(groups), limits.groups_per_link),
            ("groups of a listener", most(of_listener), limits.groups_per_listener),
            ("listeners of a link", most(|link| link.listeners.len()), limits.listeners_per_link),
            ("sources of a group", most(sources), limits.sources_per_group),
        ]
    }

    fn at_rest(&self, machine: &Router<A>) -> Result<(), String> {
        match machine.poll_timeout() {
            None => Ok(()),
            Some(due) => Err(format!("a deadline at {due:?}")),
        }
    }

    /// Nobody is tracked as wanting what the link does not, and nobody who wants nothing.
    fn derived(&self, machine: &Router<A>) -> Result<(), String> {
        for (link, state) in machine.snapshot() {
            for (listener, wanted) in state.listeners {
                if wanted.is_empty() {
                    return Err(format!("{link:?}: {listener} wants nothing and is tracked"));
                }
                for (group, filter) in wanted {
                    let interest = machine.interest(link, group);
                    if !is_merge(&interest, [&filter, &interest].into_iter()) {
                        return Err(format!("{link:?}: {interest:?} of {group}, {listener} {filter:?}"));
                    }
                }
            }
        }
        Ok(())
    }
}

/// [`Listener`] under the laws.
#[derive(Clone, Copy, Debug)]
pub struct Listeners {
    /// How each is set up.
    pub config: listener::Config,
}

impl Default for Listeners {
    fn default() -> Self {
        Self { config: listener::Config::new(Via::Link(LinkId(1)), OWN) }
    }
}

impl Listeners {
    /// Tables so small that they fill.
    #[must_use]
    pub fn cramped() -> Self {
        let roomy = Self::default().config;
        Self { config: listener::Config { max_groups: 2, budget: 1, suppression: true, ..roomy } }
    }
}

impl Subject for Listeners {
    type Machine = Listener;
    type Input = listener::OwnedInput;

    #[expect(clippy::expect_used, reason = "a subject is built by whoever tests")]
    fn fresh(&self) -> Listener {
        Listener::new(self.config, 7).expect("the timers can be")
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
        alloc::vec![("groups", machine.entries(), self.config.max_groups)]
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
}

/// [`Proxy`] under the laws.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proxies {
    /// How each talks upstream.
    pub upstream: Listeners,
}

impl Subject for Proxies {
    type Machine = Proxy;
    type Input = proxy::OwnedInput;

    #[expect(clippy::expect_used, reason = "a subject is built by whoever tests")]
    fn fresh(&self) -> Proxy {
        Proxy::new(self.upstream.config, 7).expect("the timers can be")
    }

    fn feed(
        &self,
        machine: &mut Proxy,
        now: Instant,
        input: &proxy::OwnedInput,
        out: &mut Vec<proxy::Action>,
    ) -> Result<(), proxy::Reject> {
        machine.handle_input(now, input.borrow(), out)
    }

    fn react(&self, machine: &Proxy, _: &VecDeque<proxy::Action>, pick: u16) -> Option<proxy::OwnedInput> {
        let wanted: Vec<(LinkId, Ipv6Addr)> = machine.snapshot().links.into_keys().collect();
        let (link, group) = *wanted.get(usize::from(pick).checked_rem(wanted.len())?)?;
        Some(proxy::OwnedInput::Interest { link, group, filter: Filter::NOTHING })
    }

    fn derived(&self, machine: &Proxy) -> Result<(), String> {
        let state = machine.snapshot();
        is_what_links_want(&state)
    }
}

/// A proxy wants of each group what one of its links wants, and tells the upstream just that.
pub(super) fn is_what_links_want(state: &proxy::State) -> Result<(), String> {
    if state.upstream != state.merged {
        return Err(format!("{:?} is wanted, the upstream is told {:?}", state.merged, state.upstream));
    }
    let groups: BTreeSet<Ipv6Addr> =
        state.links.keys().map(|(_, group)| group).chain(state.merged.keys()).copied().collect();
    for group in groups {
        let merged = state.merged.get(&group).unwrap_or(const { &Filter::NOTHING });
        let links = state.links.iter().filter(|((_, of), _)| *of == group).map(|(_, filter)| filter);
        if merged.is_nothing() || !is_merge(merged, links) {
            return Err(format!("of {group} the links want {:?}, the proxy {merged:?}", state.links));
        }
    }
    Ok(())
}
