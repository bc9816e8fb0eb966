//! The lightweight router (RFC 5790 5): the querier of a router of the full version, with tables of its own.
//!
//! Of a group it keeps what RFC 5790 3.2 says, a group timer and source records, and nothing of who asked for it.

mod apply;
mod fsm;
mod group;
mod view;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::link::Link as Seat;
use super::plan::Gate;
use super::{Action, Config, ConfigError, Entity, Input, Reject};
use crate::machine::{LinkId, Machine, Sink};
use crate::mld::Family;
use crate::time::Instant;
use crate::timers::Timers;
use group::Group;

pub use view::{LinkState, Wanted};

/// The LW-MLDv2 router of a node, for all its links; over IPv4 addresses, its LW-IGMPv3 router (RFC 5790 5).
///
/// It is set up as a [`super::Router`], asks as one, and takes and tells the same. What is different:
///
/// * Sources of EXCLUDE mode are read as none: what it tells of a group is INCLUDE of some sources or EXCLUDE of none
///   (RFC 5790 6.1.2).
/// * It keeps the listed sources while everything is wanted, and falls back to them (RFC 5790 5.1).
/// * Nobody is tracked: of [`Config::limits`], `listeners_per_link` and `groups_per_listener` bound nothing, and of
///   [`Config::immediate_leave`] point-to-point links alone have use: who is alone on a link is believed at once.
///   [`Config::seed`] spreads nothing.
/// * It holds nothing: records of MLD Hold are skipped where the link has any ([`Input::LinkUp`]), and there is no
///   [`Action::Held`].
#[derive(Clone, Debug)]
pub struct Router<A: Family = Ipv6Addr> {
    config: Config<A>,
    links: BTreeMap<LinkId, Link<A>>,
    timers: Timers<Entity<A>>,
    /// Set while more is due than the budget of one call allowed.
    not_before: Option<Instant>,
    refused: u64,
    /// Where the actions of a call are gathered for a sink that is no `Vec`; empty between calls.
    scratch: Vec<Action<A>>,
}

/// One link of the router.
#[derive(Clone, Debug)]
struct Link<A: Family> {
    /// Who asks there, and how; its tables stay empty.
    seat: Seat<A>,
    groups: BTreeMap<A, Group<A>>,
}

impl<A: Family> Router<A> {
    /// A router without links.
    ///
    /// # Errors
    /// When it cannot be set up so.
    pub fn new(config: Config<A>) -> Result<Self, ConfigError> {
        config.validate()?;
        Ok(Self {
            config,
            links: BTreeMap::new(),
            timers: Timers::default(),
            not_before: None,
            refused: 0,
            scratch: Vec::new(),
        })
    }

    fn through(&mut self, out: &mut impl Sink<Action<A>>, step: impl FnOnce(&mut Self, &mut Vec<Action<A>>)) {
        let mut actions = core::mem::take(&mut self.scratch);
        step(self, &mut actions);
        actions.drain(..).for_each(|action| out.push(action));
        self.scratch = actions;
    }
}

impl<A: Family> Gate<A> for Router<A> {
    fn config(&self) -> &Config<A> {
        &self.config
    }

    fn link_count(&self) -> usize {
        self.links.len()
    }

    fn link(&self, link: LinkId) -> Option<&Seat<A>> {
        self.links.get(&link).map(|link| &link.seat)
    }

    /// Nothing is kept of it.
    fn has_room(&self, _: &Seat<A>, _: A) -> bool {
        true
    }
}

impl<A: Family> Machine for Router<A> {
    type Input<'a> = Input<'a, A>;
    type Action = Action<A>;
    type Reject = Reject<A>;

    fn handle_input(
        &mut self,
        now: Instant,
        input: Input<'_, A>,
        out: &mut impl Sink<Action<A>>,
    ) -> Result<(), Reject<A>> {
        let plan = self.judge(now, input)?;
        self.through(out, |router, actions| router.apply(now, plan, actions));
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action<A>>) {
        self.through(out, |router, actions| router.elapse(now, actions));
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let due = self.timers.next()?;
        Some(self.not_before.map_or(due, |not_before| due.max(not_before)))
    }
}
