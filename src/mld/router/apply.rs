//! What was planned, done; what has fallen due, done.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use super::heard::Records;
use super::link::Link;
use super::querier::Event;
use super::sources::Until;
use super::{Action, Entity, Plan, Router, Startup};
use crate::channel::Filter;
use crate::machine::LinkId;
use crate::mld::Family;
use crate::time::Instant;

/// How long what the budget left over has to wait.
const PAUSE: Duration = Duration::from_millis(1);

impl<A: Family> Router<A> {
    /// Carries out what [`Router::check`] planned.
    pub(crate) fn apply(&mut self, now: Instant, plan: Plan<'_, A>, out: &mut Vec<Action<A>>) {
        match plan {
            Plan::LinkUp { link, address, kind, startup, hold } => {
                self.links.insert(link, Link::new(address, kind, hold));
                if startup == Startup::Now {
                    self.turn(now, link, Event::Start, out);
                }
            }
            Plan::LinkDown { link } => self.link_down(link, out),
            Plan::Query { link } => self.turn(now, link, Event::Start, out),
            Plan::Heard { link, from, question } => {
                let Some(state) = self.links.get_mut(&link) else { return };
                state.heed(now, link, from, &question, &self.config, out);
                self.timers.set_or_stop(Entity::Querier(link), state.role.next());
                if let Some(group) = question.group {
                    self.settle(now, link, group, false, out);
                }
            }
            Plan::Records { link, listener, records, until } => {
                self.hear(now, link, listener, records, until, out);
            }
        }
    }

    /// Does what has fallen due, within the budget.
    pub(super) fn elapse(&mut self, now: Instant, out: &mut Vec<Action<A>>) {
        if self.not_before.is_some_and(|not_before| now < not_before) {
            return;
        }
        let mut left = self.config.budget.max(1);
        while left > 0 {
            let visited = match self.timers.pop(now) {
                Some(Entity::Querier(link)) => {
                    self.turn(now, link, Event::Elapsed, out);
                    1
                }
                Some(Entity::Group(link, group)) => self.elapse_group(now, link, group, out),
                None => break,
            };
            left = left.saturating_sub(visited);
        }
        let more = self.timers.next().is_some_and(|due| due <= now);
        self.not_before = more.then(|| now + PAUSE);
    }

    /// What happened to the querier of a link.
    fn turn(&mut self, now: Instant, id: LinkId, event: Event<A>, out: &mut Vec<Action<A>>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        link.turn(now, event, &face, out);
        self.timers.set_or_stop(Entity::Querier(id), link.role.next());
    }

    fn link_down(&mut self, id: LinkId, out: &mut Vec<Action<A>>) {
        let Some(link) = self.links.remove(&id) else { return };
        self.timers.stop(Entity::Querier(id));
        for (group, state) in link.groups {
            self.timers.stop(Entity::Group(id, group));
            if !state.published.is_nothing() {
                out.push(Action::Interest { link: id, group, filter: Filter::NOTHING });
            }
            if !state.published_held.is_nothing() {
                out.push(Action::Held { link: id, group, filter: Filter::NOTHING });
            }
        }
        out.push(Action::Gone { link: id });
    }

    fn hear(
        &mut self,
        now: Instant,
        id: LinkId,
        listener: A,
        records: Records<'_, A>,
        until: Instant,
        out: &mut Vec<Action<A>>,
    ) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        link.saw(listener);
        let until = Until { due: until, late: matches!(records, Records::Told(_)) };
        let mut touched = BTreeMap::new();
        let mut refused = 0_u64;
        records.each(&face, |index, heard| {
            let taken = heard.and_then(|heard| {
                let taken = link.hear(now, listener, heard, until, &face);
                let changed = touched.entry(heard.group).or_insert(false);
                *changed |= taken != Ok(false);
                taken.map(|_| ())
            });
            if let Err(why) = taken {
                refused = refused.saturating_add(1);
                out.push(Action::Refused { link: id, listener, index, why });
            }
        });
        self.refused = self.refused.saturating_add(refused);
        // One Interest for each group, however many records it had.
        for (group, changed) in touched {
            if changed {
                self.settle(now, id, group, false, out);
            } else {
                self.arm(id, group);
            }
        }
    }

    /// Ends what has ended of a group; how many listeners were visited for it, at least 1.
    fn elapse_group(&mut self, now: Instant, id: LinkId, group: A, out: &mut Vec<Action<A>>) -> usize {
        let Some(link) = self.links.get_mut(&id) else { return 1 };
        let face = link.face(id, &self.config);
        let visited = link.groups.get(&group).map_or(1, |group| group.members.len());
        link.elapse(now, group, &face);
        self.settle(now, id, group, true, out);
        visited.max(1)
    }

    fn settle(&mut self, now: Instant, id: LinkId, group: A, due: bool, out: &mut Vec<Action<A>>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        let Some(state) = link.groups.get_mut(&group) else { return };
        state.settle(now, group, due, &face, out);
        self.arm(id, group);
    }

    /// Sets the deadline of a group that said what it had to; one of which nobody wants anything goes.
    fn arm(&mut self, id: LinkId, group: A) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let Some(state) = link.groups.get(&group) else { return };
        let next = state.next();
        if state.is_nothing() {
            link.groups.remove(&group);
        }
        self.timers.set_or_stop(Entity::Group(id, group), next);
    }
}
