//! What was planned, done; what has fallen due, done.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::heard::Records;
use super::link::Link;
use super::{Action, Entity, Plan, Router, Startup};
use crate::channel::Filter;
use crate::machine::LinkId;
use crate::time::Instant;

/// How long what the budget left over has to wait.
const PAUSE: Duration = Duration::from_millis(1);

impl Router {
    /// Carries out what [`Router::check`] planned.
    pub(crate) fn apply(&mut self, now: Instant, plan: Plan<'_>, out: &mut Vec<Action>) {
        match plan {
            Plan::LinkUp { link, address, kind, startup } => {
                self.links.insert(link, Link::new(address, kind));
                if startup == Startup::Now {
                    self.start_querier(now, link, out);
                }
            }
            Plan::LinkDown { link } => self.link_down(link, out),
            Plan::Query { link } => self.start_querier(now, link, out),
            Plan::Records { link, listener, records, until } => {
                self.hear(now, link, listener, records, until, out);
            }
        }
    }

    /// Does what has fallen due, within the budget.
    pub(super) fn elapse(&mut self, now: Instant, out: &mut Vec<Action>) {
        if self.not_before.is_some_and(|not_before| now < not_before) {
            return;
        }
        for _ in 0..self.config.budget.max(1) {
            match self.timers.pop(now) {
                Some(Entity::Querier(link)) => self.ask(now, link, out),
                Some(Entity::Group(link, group)) => self.elapse_group(now, link, group, out),
                None => break,
            }
        }
        let more = self.timers.next().is_some_and(|due| due <= now);
        self.not_before = more.then(|| now + PAUSE);
    }

    fn start_querier(&mut self, now: Instant, id: LinkId, out: &mut Vec<Action>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        link.querier.start(self.config.timing.startup_query_count);
        self.ask(now, id, out);
    }

    fn ask(&mut self, now: Instant, id: LinkId, out: &mut Vec<Action>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        let next = link.querier.ask(now, &face, out);
        self.timers.set(Entity::Querier(id), next);
    }

    fn link_down(&mut self, id: LinkId, out: &mut Vec<Action>) {
        let Some(link) = self.links.remove(&id) else { return };
        self.timers.stop(Entity::Querier(id));
        for group in link.groups.into_keys() {
            self.timers.stop(Entity::Group(id, group));
            out.push(Action::Interest { link: id, group, filter: Filter::NOTHING });
        }
        out.push(Action::Gone { link: id });
    }

    fn hear(
        &mut self,
        now: Instant,
        id: LinkId,
        listener: Ipv6Addr,
        records: Records<'_>,
        until: Instant,
        out: &mut Vec<Action>,
    ) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        link.saw(listener);
        let mut touched = BTreeSet::new();
        let mut refused = 0_u64;
        records.each(|index, heard| {
            let taken = heard.and_then(|heard| {
                touched.insert(heard.group);
                link.hear(now, listener, heard, until, &face)
            });
            if let Err(why) = taken {
                refused = refused.saturating_add(1);
                out.push(Action::Refused { link: id, listener, index, why });
            }
        });
        self.refused = self.refused.saturating_add(refused);
        // One Interest for each group, however many records it had.
        for group in touched {
            self.settle(now, id, group, false, out);
        }
    }

    fn elapse_group(&mut self, now: Instant, id: LinkId, group: Ipv6Addr, out: &mut Vec<Action>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        link.elapse(now, group, &face);
        self.settle(now, id, group, true, out);
    }

    fn settle(&mut self, now: Instant, id: LinkId, group: Ipv6Addr, due: bool, out: &mut Vec<Action>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        let Some(state) = link.groups.get_mut(&group) else { return };
        state.settle(now, group, due, &face, out);
        let next = state.next();
        if state.is_nothing() {
            link.groups.remove(&group);
        }
        self.timers.set_or_stop(Entity::Group(id, group), next);
    }
}
