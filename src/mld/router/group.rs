//! One group of a link: its state, who made it so, and what is being asked about it.

use alloc::vec::Vec;

use super::face::Face;
use super::fsm::{Event, Kind, Questions, State};
use super::heard::Word;
use super::members::Members;
use super::query::Pending;
use super::sources::Until;
use super::tracking::{Member, Wish, clipped, merged};
use super::{Action, Refusal};
use crate::channel::{Filter, FilterMode, SourceList};
use crate::mld::{Family, Version};
use crate::time::Instant;

/// One group of a link.
#[derive(Clone, Debug)]
pub(super) struct Group<A> {
    /// The state of RFC 3810 7.2. With immediate leave it is what the members' states make together.
    state: State<A>,
    /// Those who want something of the group, by key.
    pub(super) members: Members<A>,
    pending: Pending<A>,
    older: OlderHosts,
    /// The filter that the last [`Action::Interest`] told.
    pub(super) published: Filter<A>,
    /// The filter that the last [`Action::Held`] told.
    pub(super) published_held: Filter<A>,
}

impl<A> Default for Group<A> {
    fn default() -> Self {
        Self {
            state: State::NOTHING,
            members: Members::default(),
            pending: Pending::default(),
            older: OlderHosts::default(),
            published: Filter::NOTHING,
            published_held: Filter::NOTHING,
        }
    }
}

/// Until when hosts of older versions count as present (RFC 3810 8.3.2, RFC 3376 7.3.2).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OlderHosts {
    older: Option<Instant>,
    oldest: Option<Instant>,
}

impl OlderHosts {
    pub(super) const fn saw(&mut self, version: Version, until: Instant) {
        match version {
            Version::Oldest => self.oldest = Some(until),
            Version::Older => self.older = Some(until),
            Version::Current => {}
        }
    }

    /// The compatibility mode that they make.
    pub(super) fn mode(&self, now: Instant) -> Version {
        let runs = |timer: Option<Instant>| timer.is_some_and(|until| until > now);
        match (runs(self.oldest), runs(self.older)) {
            (true, _) => Version::Oldest,
            (_, true) => Version::Older,
            _ => Version::Current,
        }
    }
}

/// What a listener said of the group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement<'a, A> {
    /// Who, by key.
    pub(super) from: A,
    pub(super) word: Word,
    pub(super) sources: &'a SourceList<A>,
    /// The end of the Multicast Address Listening Interval that it begins.
    pub(super) until: Until,
    /// The version in which it was said.
    pub(super) version: Version,
}

impl<A: Family> Statement<'_, A> {
    /// Whether it makes something of a group of which nobody wants anything.
    pub(super) fn is_join(&self) -> bool {
        match self.word {
            Word::Record(Kind::IsEx | Kind::ToEx) | Word::Hold(FilterMode::Exclude) => true,
            Word::Record(Kind::IsIn | Kind::Allow | Kind::ToIn) | Word::Hold(FilterMode::Include) => {
                !self.sources.is_empty()
            }
            Word::Record(Kind::Block) => false,
        }
    }

    /// What it is to the state of the link: a Hold ends what it holds as a leave does, but nobody is asked at once.
    const fn event(&self) -> Event<'_, A> {
        let kind = match self.word {
            Word::Record(kind) => kind,
            Word::Hold(FilterMode::Include) => Kind::Block,
            Word::Hold(FilterMode::Exclude) => Kind::ToIn,
        };
        Event::Record { kind, sources: self.sources, due: self.until }
    }

    /// Whether it is a join of an older version.
    fn is_older_join(&self) -> bool {
        self.version < Version::Current && self.word == Word::Record(Kind::IsEx)
    }
}

impl<A: Family> Group<A> {
    /// The group that `members` want, of whom all are known, and of which `published` was told.
    pub(super) fn of(members: Members<A>, published: Filter<A>) -> Self {
        let state = merged(members.iter().map(|(_, member)| &member.wish.state));
        Self { state, members, published, ..Self::default() }
    }

    /// Whether its members are all there is to it: nothing is being asked, no older hosts listen, nothing is held, and its
    /// state is theirs (which it becomes again some time after older hosts have gone).
    pub(super) fn is_settled(&self, now: Instant) -> bool {
        self.pending.next().is_none()
            && !self.pending.is_fresh()
            && self.older.mode(now) == Version::Current
            && self.published_held.is_nothing()
            && self.state == merged(self.members.iter().map(|(_, member)| &member.wish.state))
    }

    /// Takes what a listener said; whether more than timers that run longer came of it.
    ///
    /// # Errors
    /// Not all sources found room. For a new group, nothing was taken; otherwise all that was known.
    pub(super) fn hear(
        &mut self,
        now: Instant,
        said: Statement<'_, A>,
        face: &Face<'_, A>,
    ) -> Result<bool, Refusal> {
        if said.is_older_join() {
            self.older.saw(said.version, now + face.older_host_present());
        }
        let mode = self.mode(now, face);
        let exact = face.knows_all(mode);
        let sources = match said.word {
            // RFC 3810 8.3.2: an older host cannot say what it would not miss.
            Word::Record(Kind::Block) if mode < Version::Current => return Ok(false),
            Word::Record(Kind::ToEx) if mode < Version::Current => &SourceList::EMPTY,
            // RFC 3376 7.3.2: nor does the oldest say that it leaves.
            Word::Record(Kind::ToIn) if mode == Version::Oldest => return Ok(false),
            _ => said.sources,
        };
        if exact && self.refresh(&Statement { sources, ..said }) {
            return Ok(false);
        }
        let next = self.after(&Statement { sources, ..said }, exact);
        // A refresh adds nothing: the bound that held, holds.
        if sources.iter().all(|source| self.names(source))
            || self.breadth_with(&next, said.from) <= face.config.limits.sources_per_group
        {
            self.adopt(now, next, &said, exact, face);
            return Ok(true);
        }
        if !self.is_nothing() {
            let known = sources.iter().filter(|&source| self.names(source)).collect();
            let next = self.after(&Statement { sources: &known, ..said }, exact);
            self.adopt(now, next, &said, exact, face);
        }
        Err(Refusal::TableFull)
    }

    /// Takes what says again what is known already, as nearly all that is heard does: only timers are prolonged. Whether
    /// it was that.
    fn refresh(&mut self, said: &Statement<'_, A>) -> bool {
        let Some(member) = self.members.get_mut(said.from) else { return false };
        if !member.wish.held.is_nothing() || !member.wish.state.refresh(said.event()) {
            return false;
        }
        match &mut self.state {
            State::Include(running) => {
                said.sources.iter().for_each(|source| running.prolong(source, said.until.due))
            }
            State::Exclude { requested, due, .. } => match &member.wish.state {
                State::Include(_) => {
                    said.sources.iter().for_each(|source| requested.prolong(source, said.until.due));
                }
                State::Exclude { .. } => *due = said.until.due.max(*due),
            },
        }
        true
    }

    /// Takes what another router asked: timers are lowered as it lowered its own (RFC 3810 7.6.1).
    pub(super) fn asked(&mut self, now: Instant, sources: &SourceList<A>, face: &Face<'_, A>) {
        let group = sources.is_empty();
        let named = |names: &dyn Fn(A) -> bool| sources.iter().filter(|&source| names(source)).collect();
        let soon = face.last_call(now);
        if !face.knows_all(self.mode(now, face)) {
            let sources = named(&|source| self.state.names(source));
            self.state.ask(&Questions { group, sources }, soon);
            return;
        }
        // A member in EXCLUDE mode that never named the source is asked about it too, if there is room for its answer.
        let fits = self.breadth_with_sources(sources) <= face.config.limits.sources_per_group;
        let sources = if fits { sources.clone() } else { named(&|source| self.names(source)) };
        let questions = Questions { group, sources };
        for (_, member) in self.members.iter_mut() {
            member.wish.state.ask(&questions, soon);
        }
        self.state = merged(self.members.iter().map(|(_, member)| &member.wish.state));
    }

    fn after(&self, said: &Statement<'_, A>, exact: bool) -> Next<A> {
        let member = self.members.get(said.from).map_or(Wish::NOTHING, |member| member.wish.clone());
        let (member, left) = member.on(said.word, said.sources, said.until);
        if !exact {
            // Of what a Hold leaves out, it goes on to want what it wanted, and no more.
            let kept = member.state.running().list();
            let sources = if said.word == Word::Hold(FilterMode::Exclude) { &kept } else { said.sources };
            let (link, questions) = self.state.clone().on(Statement { sources, ..*said }.event());
            return Next { link, member, questions };
        }
        let link = merged(self.others(said.from).chain([&member.state]));
        // Of what it has left, nobody is there to be asked about what no other is known to want.
        let questions = Questions {
            group: left.group && link.filter_due().is_some(),
            sources: left.sources.iter().filter(|&source| link.passes(source)).collect(),
        };
        Next { link, member, questions }
    }

    fn adopt(
        &mut self,
        now: Instant,
        next: Next<A>,
        said: &Statement<'_, A>,
        exact: bool,
        face: &Face<'_, A>,
    ) {
        let Next { mut link, member, mut questions } = next;
        let soon = face.last_call(now);
        if face.is_other_querier {
            // The timer of the group is lowered by every router; those of sources when the querier asks (RFC 3810
            // 7.6.3).
            questions.sources = SourceList::EMPTY;
        }
        let lowered = if exact && !questions.is_empty() {
            let mut lowered = Questions::NONE;
            for (_, other) in self.members.iter_mut().filter(|&(key, _)| key != said.from) {
                lowered.join(&other.wish.state.ask(&questions, soon));
            }
            link = merged(self.others(said.from).chain([&member.state]));
            lowered
        } else {
            link.ask(&questions, soon)
        };
        self.state = link;
        if !face.is_other_querier {
            self.pending.add(&questions, &lowered, face.timing.last_listener_query_count);
        }
        if member.is_nothing() {
            self.members.remove(said.from);
        } else {
            let since = self.members.get(said.from).map_or(now, |member| member.since);
            self.members.insert(said.from, Member { wish: member, since });
        }
    }

    /// Ends what has ended at `now`; the members that want nothing any more are taken out and returned.
    pub(super) fn elapse(&mut self, now: Instant, face: &Face<'_, A>) -> Vec<A> {
        for (_, member) in self.members.iter_mut() {
            member.wish.elapse(now);
        }
        if face.knows_all(self.mode(now, face)) {
            self.state = merged(self.members.iter().map(|(_, member)| &member.wish.state));
        } else {
            let link = core::mem::take(&mut self.state).on(Event::Elapsed(now)).0;
            for (_, member) in self.members.iter_mut() {
                member.wish.state = clipped(core::mem::take(&mut member.wish.state), &link);
            }
            self.state = link;
        }
        self.members.take_out(|member| !member.wish.is_nothing())
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
        let held = merged(self.members.iter().map(|(_, member)| &member.wish.held)).filter();
        // What anybody wants is forwarded, whoever else holds it.
        let held = held.difference(&filter);
        if filter != self.published {
            self.published = filter.clone();
            out.push(Action::Interest { link: face.link, group, filter });
        }
        if held != self.published_held {
            self.published_held = held.clone();
            out.push(Action::Held { link: face.link, group, filter: held });
        }
        if self.pending.is_fresh() || due && self.pending.next().is_some_and(|next| next <= now) {
            self.pending.transmit(now, group, &self.state, face, out);
        }
    }

    /// The state of RFC 3810 7.2.
    pub(super) const fn state(&self) -> &State<A> {
        &self.state
    }

    /// Whether nobody wants anything of it.
    pub(super) fn is_nothing(&self) -> bool {
        self.state.is_nothing() && self.members.is_empty()
    }

    /// When something is to be done about it.
    pub(super) fn next(&self) -> Option<Instant> {
        let members = self.members.iter().filter_map(|(_, member)| member.wish.next());
        members.chain(self.state.next()).chain(self.pending.next()).min()
    }

    /// The compatibility mode: what hosts make of it, or what the router was set to.
    fn mode(&self, now: Instant, face: &Face<'_, A>) -> Version {
        self.older.mode(now).min(face.config.version)
    }

    fn others(&self, key: A) -> impl Iterator<Item = &State<A>> {
        self.members.iter().filter(move |&(other, _)| other != key).map(|(_, member)| &member.wish.state)
    }

    /// Whether `source` has a record, of the link or of a member.
    fn names(&self, source: A) -> bool {
        self.state.names(source) || self.members.iter().any(|(_, member)| member.wish.names(source))
    }

    /// How many sources have a record, of the link or of a member.
    #[cfg(test)]
    pub(super) fn breadth(&self) -> usize {
        self.breadth_with_sources(&SourceList::EMPTY)
    }

    /// How many sources would have a record if these had.
    fn breadth_with_sources(&self, sources: &SourceList<A>) -> usize {
        let known = self.state.sources().union(sources);
        self.members.iter().fold(known, |all, (_, member)| all.union(&member.wish.sources())).len()
    }

    /// How many sources would have a record.
    fn breadth_with(&self, next: &Next<A>, from: A) -> usize {
        let known = next.link.sources().union(&next.member.sources()).union(&next.questions.sources);
        let others = self.members.iter().filter(|&(other, _)| other != from);
        others.fold(known, |all, (_, other)| all.union(&other.wish.sources())).len()
    }
}

/// What a statement makes of a group.
struct Next<A> {
    link: State<A>,
    member: Wish<A>,
    questions: Questions<A>,
}
