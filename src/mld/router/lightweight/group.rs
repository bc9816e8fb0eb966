//! One group of a link: its state, and what is being asked about it.

use alloc::vec::Vec;

use super::fsm::State;
use crate::channel::{Filter, SourceList};
use crate::mld::router::face::Face;
use crate::mld::router::fsm::{Event, Kind, Questions};
use crate::mld::router::group::OlderHosts;
use crate::mld::router::query::Pending;
use crate::mld::router::sources::Until;
use crate::mld::router::{Action, LinkKind, Refusal};
use crate::mld::{Family, Version};
use crate::time::Instant;

/// One group of a link.
#[derive(Clone, Debug)]
pub(super) struct Group<A> {
    state: State<A>,
    pending: Pending<A>,
    older: OlderHosts,
    /// The filter that the last [`Action::Interest`] told.
    pub(super) published: Filter<A>,
}

impl<A> Default for Group<A> {
    fn default() -> Self {
        Self {
            state: State::default(),
            pending: Pending::default(),
            older: OlderHosts::default(),
            published: Filter::NOTHING,
        }
    }
}

/// What somebody said of the group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement<'a, A> {
    pub(super) kind: Kind,
    pub(super) sources: &'a SourceList<A>,
    /// The end of the Group Membership Interval that it begins.
    pub(super) until: Until,
    /// The version in which it was said.
    pub(super) version: Version,
}

impl<A: Family> Group<A> {
    /// Takes what somebody said.
    ///
    /// # Errors
    /// Not all sources found room; those that are known were taken.
    pub(super) fn hear(
        &mut self,
        now: Instant,
        said: Statement<'_, A>,
        face: &Face<'_, A>,
    ) -> Result<(), Refusal> {
        if said.version < Version::Current && said.kind == Kind::IsEx {
            self.older.saw(said.version, now + face.older_host_present());
        }
        let mode = self.older.mode(now).min(face.config.version);
        // RFC 5790 6.2.2, RFC 3376 7.3.2: an older host cannot say what it would not miss, nor the oldest that it leaves.
        if said.kind == Kind::Block && mode < Version::Current
            || said.kind == Kind::ToIn && mode == Version::Oldest
        {
            return Ok(());
        }
        let event = |sources| Event::Record { kind: said.kind, sources, due: said.until };
        if self.has_room(said.kind, said.sources, face) {
            self.step(now, event(said.sources), face);
            return Ok(());
        }
        self.step(now, event(&self.known(said.sources)), face);
        Err(Refusal::TableFull)
    }

    /// Takes what another router asked: timers are lowered as it lowered its own (RFC 3810 7.6.1).
    pub(super) fn asked(&mut self, now: Instant, sources: &SourceList<A>, face: &Face<'_, A>) {
        let questions = Questions { group: sources.is_empty(), sources: sources.clone() };
        self.state.ask(&questions, face.last_call(now));
    }

    /// Ends what has ended.
    pub(super) fn elapse(&mut self, now: Instant) {
        self.state = core::mem::take(&mut self.state).on(Event::Elapsed(now)).0;
    }

    fn step(&mut self, now: Instant, event: Event<'_, A>, face: &Face<'_, A>) {
        let (mut next, mut questions) = core::mem::take(&mut self.state).on(event);
        if face.kind == LinkKind::PointToPoint && face.config.immediate_leave {
            // Nobody else is there to be asked.
            self.state = next.without(&questions);
            return;
        }
        if face.is_other_querier {
            // The timer of the group is lowered by every router; those of sources when the querier asks (RFC 3810
            // 7.6.3).
            questions.sources = SourceList::EMPTY;
        }
        let lowered = next.ask(&questions, face.last_call(now));
        self.state = next;
        if !face.is_other_querier {
            self.pending.add(&questions, &lowered, face.timing.last_listener_query_count);
        }
    }

    /// Whether `sources` of a record find room: a leave and a refresh never want for it.
    fn has_room(&self, kind: Kind, sources: &SourceList<A>, face: &Face<'_, A>) -> bool {
        match kind {
            Kind::IsEx | Kind::ToEx | Kind::Block => true,
            Kind::IsIn | Kind::Allow | Kind::ToIn => {
                let new = sources.iter().filter(|&source| !self.state.sources.contains(source)).count();
                let known = self.state.sources.iter().count();
                new == 0 || known.saturating_add(new) <= face.config.limits.sources_per_group
            }
        }
    }

    fn known(&self, sources: &SourceList<A>) -> SourceList<A> {
        sources.iter().filter(|&source| self.state.sources.contains(source)).collect()
    }

    /// Tells what has changed, and asks what is to be asked: with an input what it raised, else what is due.
    pub(super) fn settle(
        &mut self,
        now: Instant,
        group: A,
        due: bool,
        face: &Face<'_, A>,
        out: &mut Vec<Action<A>>,
    ) {
        let filter = self.state.filter();
        if filter != self.published {
            self.published = filter.clone();
            out.push(Action::Interest { link: face.link, group, filter });
        }
        if self.pending.is_fresh() || due && self.pending.next().is_some_and(|next| next <= now) {
            self.pending.transmit(now, group, &self.state, face, out);
        }
    }

    pub(super) const fn state(&self) -> &State<A> {
        &self.state
    }

    /// When something is to be done about it.
    pub(super) fn next(&self) -> Option<Instant> {
        self.state.next().into_iter().chain(self.pending.next()).min()
    }
}
