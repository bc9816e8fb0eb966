//! The membership machines under the laws.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{Subject, is_merge};
use crate::channel::{Filter, SourceList};
use crate::machine::{LinkId, Machine, Snapshot, Via};
use crate::mld::listener::Wish;
use crate::mld::{Family, Listener, Proxy, Router, listener, proxy, router};
use crate::samples::Kin;
use crate::time::Instant;
use crate::wire::HoldTypes;

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
        links_down(machine.links())
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
        is_quiet(machine.poll_timeout())
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
pub struct Listeners<A: Family = Ipv6Addr> {
    /// How each is set up.
    pub config: listener::Config<A>,
}

impl<A: Kin> Default for Listeners<A> {
    fn default() -> Self {
        Self { config: listener::Config::new(Via::Link(LinkId(1)), A::OWN) }
    }
}

impl<A: Kin> Listeners<A> {
    /// Tables so small that they fill, and the Hold types of the draft.
    #[must_use]
    pub fn cramped() -> Self {
        let roomy = Self::default().config;
        let hold = HoldTypes::LITERAL;
        Self { config: listener::Config { max_groups: 2, budget: 1, suppression: true, hold, ..roomy } }
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
        leave(machine.snapshot().into_keys())
    }

    fn at_rest(&self, machine: &Listener<A>) -> Result<(), String> {
        is_left(machine.entries(), machine.poll_timeout())
    }

    /// Of each group the routers are told to hold just what is held and not wanted.
    fn derived(&self, machine: &Listener<A>) -> Result<(), String> {
        for (group, Wish { wanted, held }) in machine.snapshot() {
            let kept = machine.held(group);
            let both = [&wanted, &held];
            if !is_merge(&wanted.union(&kept), both.into_iter()) || !kept.difference(&wanted).eq(&kept) {
                return Err(format!("of {group} {wanted:?} is wanted and {held:?} held; kept is {kept:?}"));
            }
        }
        Ok(())
    }
}

/// Inputs by which all links of a router go down.
pub(super) fn links_down<A: Family>(links: impl Iterator<Item = LinkId>) -> Vec<router::OwnedInput<A>> {
    links.map(|link| router::OwnedInput::LinkDown { link }).collect()
}

/// Whether a machine with this deadline waits for nothing.
pub(super) fn is_quiet(due: Option<Instant>) -> Result<(), String> {
    match due {
        None => Ok(()),
        Some(due) => Err(format!("a deadline at {due:?}")),
    }
}

/// Inputs by which a listener wants and holds nothing of `groups` any more.
pub(super) fn leave<A: Family>(groups: impl Iterator<Item = A>) -> Vec<listener::OwnedInput<A>> {
    let nothing = |group| {
        let filter = Filter::NOTHING;
        [
            listener::OwnedInput::Want { group, filter: filter.clone() },
            listener::OwnedInput::Hold { group, filter },
        ]
    };
    groups.flat_map(nothing).collect()
}

/// Whether a listener with so many groups and this deadline has said all it had to, and forgotten all.
pub(super) fn is_left(entries: usize, due: Option<Instant>) -> Result<(), String> {
    match entries {
        0 => is_quiet(due),
        left => Err(format!("{left} groups")),
    }
}

/// [`Proxy`] under the laws.
#[derive(Clone, Copy, Debug)]
pub struct Proxies<A: Family = Ipv6Addr> {
    /// How each talks upstream.
    pub upstream: Listeners<A>,
}

impl<A: Kin> Default for Proxies<A> {
    fn default() -> Self {
        Self { upstream: Listeners::default() }
    }
}

impl<A: Family> Subject for Proxies<A> {
    type Machine = Proxy<A>;
    type Input = proxy::OwnedInput<A>;

    #[expect(clippy::expect_used, reason = "a subject is built by whoever tests")]
    fn fresh(&self) -> Proxy<A> {
        Proxy::new(self.upstream.config, 7).expect("the timers can be")
    }

    fn feed(
        &self,
        machine: &mut Proxy<A>,
        now: Instant,
        input: &proxy::OwnedInput<A>,
        out: &mut Vec<proxy::Action<A>>,
    ) -> Result<(), proxy::Reject<A>> {
        machine.handle_input(now, input.borrow(), out)
    }

    fn react(
        &self,
        machine: &Proxy<A>,
        _: &VecDeque<proxy::Action<A>>,
        pick: u16,
    ) -> Option<proxy::OwnedInput<A>> {
        let (state, filter) = (machine.snapshot(), Filter::NOTHING);
        let wanted = state.links.into_keys().map(|(link, group)| proxy::OwnedInput::Interest {
            link,
            group,
            filter: filter.clone(),
        });
        let held = state.holds.into_keys().map(|(link, group)| proxy::OwnedInput::Held {
            link,
            group,
            filter: filter.clone(),
        });
        let mut asked: Vec<_> = wanted.chain(held).collect();
        let picked = usize::from(pick).checked_rem(asked.len())?;
        Some(asked.swap_remove(picked))
    }

    fn derived(&self, machine: &Proxy<A>) -> Result<(), String> {
        let state = machine.snapshot();
        is_what_links_want(&state)
    }
}

/// A proxy wants and holds of each group what one of its links does, and tells the upstream just that.
pub(super) fn is_what_links_want<A: Family>(state: &proxy::State<A>) -> Result<(), String> {
    if let Some(group) = state.merged.keys().find(|group| !state.upstream.contains_key(group)) {
        return Err(format!("{group} is wanted, the upstream is not told"));
    }
    let asked = state.links.keys().chain(state.holds.keys()).map(|(_, group)| group);
    let groups: BTreeSet<A> = asked.chain(state.upstream.keys()).copied().collect();
    for group in groups {
        let Some(Wish { wanted, held }) = state.upstream.get(&group) else {
            return Err(format!("of {group} the upstream is told nothing"));
        };
        let merged = state.merged.get(&group).unwrap_or(const { &Filter::NOTHING });
        if wanted != merged {
            return Err(format!("of {group} {merged:?} is wanted, the upstream is told {wanted:?}"));
        }
        for (upstream, links) in [(wanted, &state.links), (held, &state.holds)] {
            let of_group = links.iter().filter(|((_, of), _)| *of == group).map(|(_, filter)| filter);
            if !is_merge(upstream, of_group) {
                return Err(format!("of {group} the links ask for {links:?}, the proxy for {upstream:?}"));
            }
        }
    }
    Ok(())
}
