//! What was planned, done; what has fallen due, done.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use super::heard::Records;
use super::link::Link;
use super::packed::Look;
use super::querier::Event;
use super::sources::Until;
use super::tables::Tables;
use super::touched::{Touch, Touched};
use super::{Action, Entity, Plan, Router, Startup};
use crate::channel::Filter;
use crate::machine::LinkId;
use crate::mld::{Family, Question};
use crate::time::Instant;

/// How long what the budget left over has to wait.
pub(super) const PAUSE: Duration = Duration::from_millis(1);

impl<A: Family> Router<A> {
    /// Carries out what [`Router::check`] planned.
    pub(crate) fn apply(&mut self, now: Instant, plan: Plan<'_, A>, out: &mut Vec<Action<A>>) {
        match plan {
            Plan::LinkUp { link, address, kind, startup, hold } => {
                self.links.insert(link, Box::new(Link::new(address, kind, hold)));
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
                if let (Some(group), false) = (question.group, question.suppress) {
                    self.asked(now, link, group, &question, out);
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
            let (timer, rows) = (self.timers.next(), self.packed.listeners.next());
            let rows_are_first = rows.is_some_and(|rows| timer.is_none_or(|timer| rows < timer));
            let visited = if rows_are_first {
                match self.packed.listeners.look(now) {
                    Some(Look::At(listener)) => self.elapse_rows(now, listener, left),
                    Some(Look::Moved) => 1,
                    None => break,
                }
            } else {
                match self.timers.pop(now) {
                    Some(Entity::Querier(link)) => {
                        self.turn(now, link, Event::Elapsed, out);
                        1
                    }
                    Some(Entity::Group(link, group)) => self.elapse_group(now, link, group, out),
                    None => break,
                }
            };
            left = left.saturating_sub(visited);
        }
        self.settle_touched(now, out);
        let more = self.next().is_some_and(|due| due <= now);
        self.not_before = more.then(|| now + PAUSE);
    }

    /// Another router asked about a group.
    fn asked(
        &mut self,
        now: Instant,
        id: LinkId,
        group: A,
        question: &Question<'_, A>,
        out: &mut Vec<Action<A>>,
    ) {
        let Self { config, links, packed, touched, .. } = self;
        let Some(link) = links.get_mut(&id) else { return };
        let sources = question.sources.iter().map(|&octets| A::from_octets(octets)).collect();
        let face = link.face(id, config);
        Tables { now, face, link, packed, touched }.asked(group, &sources);
        self.settle_touched(now, out);
    }

    /// What happened to the querier of a link.
    fn turn(&mut self, now: Instant, id: LinkId, event: Event<A>, out: &mut Vec<Action<A>>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        link.turn(now, event, &face, out);
        self.timers.set_or_stop(Entity::Querier(id), link.role.next());
    }

    fn link_down(&mut self, id: LinkId, out: &mut Vec<Action<A>>) {
        let Some(link) = self.links.get(&id) else { return };
        self.timers.stop(Entity::Querier(id));
        for (group, told) in link.told(&self.packed) {
            self.timers.stop(Entity::Group(id, group));
            if !told.interest.is_nothing() {
                out.push(Action::Interest { link: id, group, filter: Filter::NOTHING });
            }
            if !told.held.is_nothing() {
                out.push(Action::Held { link: id, group, filter: Filter::NOTHING });
            }
        }
        out.push(Action::Gone { link: id });
        if let Some(link) = self.links.remove(&id) {
            link.audience.ids().for_each(|listener| self.packed.forget(listener));
        }
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
        let Self { config, links, packed, touched, refused, .. } = self;
        let Some(link) = links.get_mut(&id) else { return };
        let face = link.face(id, config);
        link.audience.saw(listener);
        let until = Until { due: until, late: matches!(records, Records::Told(_)) };
        let mut tables = Tables { now, face, link, packed, touched };
        let mut known = tables.listener(listener);
        let left = records.len().saturating_sub(1);
        let mut admitted = None;
        records.each(face.hold, |said| {
            if let (Some(known), Some(sources)) = (known, said.repeats())
                && let Some(mut rows) = tables.packed.refreshing(known, until.due)
                && rows.take(said.group, sources)
            {
                return;
            }
            let taken = said
                .judged(&face, |heard| heard.and_then(|heard| tables.hear(listener, known, heard, until)));
            if let Some(Err(why)) = taken {
                *refused = refused.saturating_add(1);
                out.push(Action::Refused { link: id, listener, index: said.index, why });
            }
            let was_known = known.is_some();
            known = known.filter(|&known| tables.is_listener(listener, known));
            known = known.or_else(|| tables.listener(listener));
            if let (false, Some(known)) = (was_known, known) {
                // Room for the others of its first Report, all at once.
                tables.packed.listeners.reserve(known, left.saturating_sub(said.index.into()));
                admitted = Some(known);
            }
        });
        if let Some(admitted) = admitted {
            packed.listeners.trim(admitted);
        }
        if !touched.is_empty() {
            self.settle_touched(now, out);
        }
    }

    /// Ends what has ended of a group that is not packed; how many listeners were visited for it, at least 1.
    fn elapse_group(&mut self, now: Instant, id: LinkId, group: A, out: &mut Vec<Action<A>>) -> usize {
        let Self { config, links, packed, touched, .. } = self;
        let Some(link) = links.get_mut(&id) else { return 1 };
        let face = link.face(id, config);
        let visited = Tables { now, face, link, packed, touched }.elapse_group(group);
        self.settle(now, id, group, true, out);
        visited.max(1)
    }

    /// Ends the rows of a listener that have ended, `most` of them; how many were visited, at least 1.
    fn elapse_rows(&mut self, now: Instant, listener: u32, most: usize) -> usize {
        let Self { config, links, packed, touched, .. } = self;
        let Some(id) = packed.listeners.get(listener).map(|listener| listener.link) else { return 1 };
        let Some(link) = links.get_mut(&id) else { return 1 };
        let face = link.face(id, config);
        Tables { now, face, link, packed, touched }.elapse_rows(listener, most).max(1)
    }

    /// One Interest for each group that was touched, however often.
    fn settle_touched(&mut self, now: Instant, out: &mut Vec<Action<A>>) {
        let mut touched = core::mem::take(&mut self.touched);
        touched.drain(|id, group, touch| match touch {
            Touch::Group { changed: true } => self.settle(now, id, group, false, out),
            Touch::Group { changed: false } => self.arm(now, id, group),
            Touch::Rows(told) => {
                let filter = self.interest(id, group);
                if filter != told {
                    out.push(Action::Interest { link: id, group, filter });
                }
            }
        });
        self.touched = touched;
    }

    fn settle(&mut self, now: Instant, id: LinkId, group: A, due: bool, out: &mut Vec<Action<A>>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let face = link.face(id, &self.config);
        let Some(state) = link.groups.get_mut(&group) else { return };
        state.settle(now, group, due, &face, out);
        self.arm(now, id, group);
    }

    /// Sets the deadline of a group that said what it had to; one of which nobody wants anything goes, and one that rows
    /// can say is packed.
    fn arm(&mut self, now: Instant, id: LinkId, group: A) {
        let Self { config, links, packed, timers, .. } = self;
        let Some(link) = links.get_mut(&id) else { return };
        let Some(state) = link.groups.get(&group) else { return };
        let face = link.face(id, config);
        let next = state.next();
        let is_gone = if state.is_nothing() {
            link.groups.remove(&group).is_some()
        } else {
            // What was told of it stays as it is.
            Tables { now, face, link, packed, touched: &mut Touched::default() }.pack(group)
        };
        if link.groups.is_empty() {
            link.audience.forget_who();
        }
        timers.set_or_stop(Entity::Group(id, group), next.filter(|_| !is_gone));
    }
}
