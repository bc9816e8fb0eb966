//! What was planned, done; what has fallen due, done.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::group::{Group, Statement};
use super::{Link, Router, Seat};
use crate::channel::Filter;
use crate::machine::LinkId;
use crate::mld::router::apply::PAUSE;
use crate::mld::router::heard::{Heard, Records, Word};
use crate::mld::router::querier::Event;
use crate::mld::router::sources::Until;
use crate::mld::router::{Action, Config, Entity, Plan, Refusal, Startup};
use crate::mld::{Family, Question};
use crate::time::Instant;

impl<A: Family> Router<A> {
    /// Carries out what was planned.
    pub(super) fn apply(&mut self, now: Instant, plan: Plan<'_, A>, out: &mut Vec<Action<A>>) {
        match plan {
            Plan::LinkUp { link, address, kind, startup, hold } => {
                let seat = Seat::new(address, kind, hold);
                self.links.insert(link, Link { seat, groups: Default::default() });
                if startup == Startup::Now {
                    self.turn(now, link, Event::Start, out);
                }
            }
            Plan::LinkDown { link } => self.link_down(link, out),
            Plan::Query { link } => self.turn(now, link, Event::Start, out),
            Plan::Heard { link, from, question } => self.heed(now, link, from, &question, out),
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
        for _ in 0..self.config.budget.max(1) {
            match self.timers.pop(now) {
                None => break,
                Some(Entity::Querier(link)) => self.turn(now, link, Event::Elapsed, out),
                Some(Entity::Group(link, group)) => {
                    if let Some(state) =
                        self.links.get_mut(&link).and_then(|link| link.groups.get_mut(&group))
                    {
                        state.elapse(now);
                        self.settle(now, link, group, true, out);
                    }
                }
            }
        }
        let more = self.timers.next().is_some_and(|due| due <= now);
        self.not_before = more.then(|| now + PAUSE);
    }

    /// What happened to the querier of a link.
    fn turn(&mut self, now: Instant, id: LinkId, event: Event<A>, out: &mut Vec<Action<A>>) {
        let Some(Link { seat, .. }) = self.links.get_mut(&id) else { return };
        let face = seat.face(id, &self.config);
        seat.turn(now, event, &face, out);
        self.timers.set_or_stop(Entity::Querier(id), seat.role.next());
    }

    /// Another router asked.
    fn heed(
        &mut self,
        now: Instant,
        id: LinkId,
        from: A,
        question: &Question<'_, A>,
        out: &mut Vec<Action<A>>,
    ) {
        let Some(Link { seat, groups }) = self.links.get_mut(&id) else { return };
        seat.heed(now, id, from, question, &self.config, out);
        self.timers.set_or_stop(Entity::Querier(id), seat.role.next());
        let Some(group) = question.group.filter(|_| !question.suppress) else { return };
        if let Some(state) = groups.get_mut(&group) {
            let sources = question.sources.iter().map(|&octets| A::from_octets(octets)).collect();
            state.asked(now, &sources, &seat.face(id, &self.config));
            self.settle(now, id, group, false, out);
        }
    }

    fn link_down(&mut self, id: LinkId, out: &mut Vec<Action<A>>) {
        let Some(link) = self.links.remove(&id) else { return };
        self.timers.stop(Entity::Querier(id));
        for (group, state) in link.groups {
            self.timers.stop(Entity::Group(id, group));
            if !state.published.is_nothing() {
                out.push(Action::Interest { link: id, group, filter: Filter::NOTHING });
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
        let Self { config, links, refused, .. } = self;
        let Some(link) = links.get_mut(&id) else { return };
        let until = Until { due: until, late: matches!(records, Records::Told(_)) };
        let mut touched = BTreeSet::new();
        records.each(link.seat.face(id, config).hold, |said| {
            let taken = said.judged(&link.seat.face(id, config), |heard| {
                let heard = heard?;
                touched.insert(heard.group);
                link.hear(now, id, &heard, until, config)
            });
            if let Some(Err(why)) = taken {
                *refused = refused.saturating_add(1);
                out.push(Action::Refused { link: id, listener, index: said.index, why });
            }
        });
        for group in touched {
            self.settle(now, id, group, false, out);
        }
    }

    /// Tells and asks of a group what there is, and sets its deadline; one of which nobody wants anything goes.
    fn settle(&mut self, now: Instant, id: LinkId, group: A, due: bool, out: &mut Vec<Action<A>>) {
        let Some(Link { seat, groups }) = self.links.get_mut(&id) else { return };
        let Some(state) = groups.get_mut(&group) else { return };
        state.settle(now, group, due, &seat.face(id, &self.config), out);
        let next = state.next().filter(|_| !state.state().is_nothing());
        if next.is_none() {
            groups.remove(&group);
        }
        self.timers.set_or_stop(Entity::Group(id, group), next);
    }
}

impl<A: Family> Link<A> {
    /// Takes a record that was judged.
    fn hear(
        &mut self,
        now: Instant,
        id: LinkId,
        heard: &Heard<'_, A>,
        until: Until,
        config: &Config<A>,
    ) -> Result<(), Refusal> {
        let Self { seat, groups } = self;
        let &Heard { group, word, sources, version } = heard;
        // Nothing is held here.
        let Word::Record(kind) = word else { return Ok(()) };
        let said = Statement { kind, sources, until, version };
        let face = seat.face(id, config);
        if let Some(state) = groups.get_mut(&group) {
            return state.hear(now, said, &face);
        }
        let mut state = Group::default();
        let taken = state.hear(now, said, &face);
        if state.state().is_nothing() {
            return taken;
        }
        if groups.len() >= config.limits.groups_per_link {
            return Err(Refusal::TableFull);
        }
        groups.insert(group, state);
        taken
    }
}
