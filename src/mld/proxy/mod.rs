//! MLD and IGMP proxy (RFC 4605; one instance for each LMA, RFC 6224 4): what the downstream links want, merged, told to one
//! upstream as a listener would.
//!
//! What the links hold (MLD Hold) is merged as well and held upstream, of all that none of them receives (digest 1.B.6).
//!
//! The links are those of the router that feeds it, and so is their bound. Groups of link scope stay on their link
//! (digest trap 32).

mod forward;
mod owned;
#[cfg(test)]
mod tests;

pub use forward::Face;
pub use owned::OwnedInput;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::listener::{self, Listener};
use super::{Database, Family, TimingError, Version};
use crate::channel::{Filter, FilterMode};
use crate::machine::{LinkId, Machine, Received, Sink, Snapshot};
use crate::time::Instant;

pub use listener::{Action, Config, Reject, Wish};

/// What may happen to a proxy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input<'a, A: Family = Ipv6Addr> {
    /// What a downstream link wants of a group has changed: [`super::router::Action::Interest`].
    Interest {
        /// The downstream link.
        link: LinkId,
        /// The group.
        group: A,
        /// What it wants now.
        filter: Filter<A>,
    },
    /// What a downstream link holds of a group has changed: [`super::router::Action::Held`].
    Held {
        /// The downstream link.
        link: LinkId,
        /// The group.
        group: A,
        /// What it holds now.
        filter: Filter<A>,
    },
    /// Another router is querier of a downstream link, or this node is again: [`super::router::Action::Querier`]. Only
    /// the querier forwards to a link (RFC 4605 3); where this node is the only one that could, leave it unsaid.
    Querier {
        /// The downstream link.
        link: LinkId,
        /// Whether another router is.
        other: bool,
    },
    /// A downstream link is gone, and with it what it wanted and held: [`super::router::Action::Gone`].
    Gone {
        /// The downstream link.
        link: LinkId,
    },
    /// The upstream was told of the present state of a group by a PBU-M.
    UpstreamTold {
        /// The group.
        group: A,
    },
    /// An MLD or IGMP message arrived from upstream.
    Packet(Received<A::Message<'a>, A>),
}

/// An MLD proxy: many downstream links, one upstream; over IPv4 addresses, an IGMP proxy.
///
/// The router that listens to the downstream links stands beside it and feeds it; the queries of the upstream are
/// answered from here and never passed on (RFC 6224 4.2).
#[derive(Clone, Debug)]
pub struct Proxy<A: Family = Ipv6Addr> {
    downstream: Database<LinkId, A>,
    /// What the downstream links hold.
    holds: Database<LinkId, A>,
    upstream: Listener<A>,
    /// Downstream links that another router serves.
    others: BTreeSet<LinkId>,
}

/// An input that was found good.
#[derive(Debug)]
pub(crate) enum Plan<'a, A: Family = Ipv6Addr> {
    Interest { link: LinkId, group: A, filter: Filter<A> },
    Held { link: LinkId, group: A, filter: Filter<A> },
    Querier { link: LinkId, other: bool },
    Gone { link: LinkId },
    UpstreamTold { group: A },
    Upstream(listener::Plan<'a, A>),
}

/// What a proxy knows: the protocol state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State<A = Ipv6Addr> {
    /// What all downstream links together want of each group.
    pub merged: BTreeMap<A, Filter<A>>,
    /// What each of them wants.
    pub links: BTreeMap<(LinkId, A), Filter<A>>,
    /// What each of them holds.
    pub holds: BTreeMap<(LinkId, A), Filter<A>>,
    /// Those of which another router is querier.
    pub others: BTreeSet<LinkId>,
    /// What the upstream is told that is wanted and held of each group.
    pub upstream: BTreeMap<A, Wish<A>>,
}

impl<A> Default for State<A> {
    fn default() -> Self {
        Self {
            merged: BTreeMap::new(),
            links: BTreeMap::new(),
            holds: BTreeMap::new(),
            others: BTreeSet::new(),
            upstream: BTreeMap::new(),
        }
    }
}

impl<A: Family> Proxy<A> {
    /// A proxy that nobody has asked for anything. Equal seeds give equal delays.
    ///
    /// # Errors
    /// The timers cannot be.
    pub fn new(config: Config<A>, seed: u64) -> Result<Self, TimingError> {
        Ok(Self {
            downstream: Database::default(),
            holds: Database::default(),
            upstream: Listener::new(config, seed)?,
            others: BTreeSet::new(),
        })
    }

    /// How it was set up.
    #[must_use]
    pub const fn config(&self) -> &Config<A> {
        self.upstream.config()
    }

    /// The version that is spoken upstream: that of the oldest querier there (RFC 4605 4.1).
    #[must_use]
    pub const fn version(&self) -> Version {
        self.upstream.version()
    }

    /// What all downstream links together want of `group`.
    #[must_use]
    pub fn wanted(&self, group: A) -> &Filter<A> {
        self.downstream.merged(group)
    }

    /// The groups that some downstream link wants something of, ascending.
    pub fn groups(&self) -> impl Iterator<Item = (A, &Filter<A>)> {
        self.downstream.groups()
    }

    /// What the upstream is told to hold of `group`: what some downstream link holds and none receives.
    #[must_use]
    pub fn held(&self, group: A) -> Filter<A> {
        self.upstream.held(group)
    }

    /// Whether nothing is wanted or held and no report of a change has to be sent or repeated: the way upstream is no
    /// longer needed.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.downstream.is_empty() && self.holds.is_empty() && self.upstream.is_idle()
    }

    /// Decides about `input` without changing anything.
    pub(crate) fn check<'a>(&self, now: Instant, input: Input<'a, A>) -> Result<Plan<'a, A>, Reject<A>> {
        Ok(match input {
            Input::Interest { link, group, filter } => {
                self.check_filter(group, &filter)?;
                Plan::Interest { link, group, filter }
            }
            Input::Held { link, group, filter } => {
                self.check_filter(group, &filter)?;
                Plan::Held { link, group, filter }
            }
            Input::Querier { link, other } => Plan::Querier { link, other },
            Input::Gone { link } => Plan::Gone { link },
            Input::UpstreamTold { group } => Plan::UpstreamTold { group },
            Input::Packet(packet) => {
                Plan::Upstream(self.upstream.check(now, listener::Input::Packet(packet))?)
            }
        })
    }

    /// What stays on its link is good, and goes no further.
    fn check_filter(&self, group: A, filter: &Filter<A>) -> Result<(), Reject<A>> {
        if group.is_link_scope_group() { Ok(()) } else { self.upstream.check_filter(group, filter) }
    }

    /// Does what [`Self::check`] found good.
    pub(crate) fn apply(&mut self, now: Instant, plan: Plan<'_, A>, out: &mut Vec<Action<A>>) {
        match plan {
            Plan::Interest { link, group, filter } => {
                self.feed(link, group, filter);
                self.flush(now, out);
            }
            Plan::Held { link, group, filter } => {
                self.feed_held(link, group, filter);
                self.flush(now, out);
            }
            Plan::Querier { link, other } => {
                if other {
                    self.others.insert(link);
                } else {
                    self.others.remove(&link);
                }
            }
            Plan::Gone { link } => {
                self.gone(link);
                self.flush(now, out);
            }
            Plan::UpstreamTold { group } => self.told(group),
            Plan::Upstream(plan) => self.upstream.apply(now, plan, out),
        }
    }

    /// What `link` wants of `group` from now on. The upstream hears of it by [`Self::flush`], or not at all when it is
    /// [`Self::told`] before. Cannot fail: whoever feeds it has judged the addresses and is bounded itself.
    pub(crate) fn feed(&mut self, link: LinkId, group: A, filter: Filter<A>) {
        if goes_upstream(group, &filter)
            && let Some(merged) = self.downstream.set(link, group, filter)
        {
            self.upstream.want(group, merged);
        }
    }

    /// What `link` holds of `group` from now on, as [`Self::feed`] has what it wants.
    pub(crate) fn feed_held(&mut self, link: LinkId, group: A, filter: Filter<A>) {
        if goes_upstream(group, &filter)
            && let Some(merged) = self.holds.set(link, group, filter)
        {
            self.upstream.hold(group, merged);
        }
    }

    /// `link` is gone: it wants and holds nothing.
    fn gone(&mut self, link: LinkId) {
        self.others.remove(&link);
        for group in self.downstream.asked_by(link) {
            self.feed(link, group, Filter::NOTHING);
        }
        for group in self.holds.asked_by(link) {
            self.feed_held(link, group, Filter::NOTHING);
        }
    }

    /// The upstream knows what is wanted of `group` now, by a PBU-M: no pending change of it is reported any more.
    pub(crate) fn told(&mut self, group: A) {
        self.upstream.told(group);
    }

    /// Reports upstream what was fed since the last call, in one state-change report (more only if it exceeds the MTU).
    pub(crate) fn flush(&mut self, now: Instant, out: &mut Vec<Action<A>>) {
        self.upstream.flush(now, out);
    }
}

/// Whether a proxy asks its upstream for this.
fn goes_upstream<A: Family>(group: A, filter: &Filter<A>) -> bool {
    let ssm_exclude = group.is_ssm_group() && filter.mode == FilterMode::Exclude;
    group.is_group() && !group.is_link_scope_group() && !ssm_exclude
}

impl<A: Family> Machine for Proxy<A> {
    type Input<'a> = Input<'a, A>;
    type Action = Action<A>;
    type Reject = Reject<A>;

    fn handle_input(
        &mut self,
        now: Instant,
        input: Input<'_, A>,
        out: &mut impl Sink<Action<A>>,
    ) -> Result<(), Reject<A>> {
        let plan = self.check(now, input)?;
        let mut actions = Vec::new();
        self.apply(now, plan, &mut actions);
        actions.into_iter().for_each(|action| out.push(action));
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action<A>>) {
        self.upstream.handle_timeout(now, out);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.upstream.poll_timeout()
    }
}

impl<A: Family> Snapshot for Proxy<A> {
    type S = State<A>;

    fn snapshot(&self) -> State<A> {
        let asked = |database: &Database<LinkId, A>| {
            database.asked().map(|(link, group, filter)| ((link, group), filter.clone())).collect()
        };
        State {
            merged: self.groups().map(|(group, filter)| (group, filter.clone())).collect(),
            links: asked(&self.downstream),
            holds: asked(&self.holds),
            others: self.others.clone(),
            upstream: self.upstream.snapshot(),
        }
    }
}
