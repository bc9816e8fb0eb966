//! One group of a link: its state, who made it so, and what is being asked about it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::face::Face;
use super::fsm::{Event, Kind, Questions, State};
use super::query::Pending;
use super::tracking::{Member, clipped, merged, tracked};
use super::{Action, Refusal};
use crate::channel::{Filter, SourceList};
use crate::time::Instant;

/// One group of a link.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// The state of RFC 3810 7.2. With immediate leave it is what the members' states make together.
    state: State,
    /// Those who want something of the group, by key.
    pub(super) members: BTreeMap<Ipv6Addr, Member>,
    pending: Pending,
    /// Until when a version 1 host counts as present (RFC 3810 8.3.2).
    older_host_until: Option<Instant>,
    /// The filter that the last [`Action::Interest`] told.
    pub(super) published: Filter,
}

/// What a listener said of the group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement<'a> {
    /// Who, by key.
    pub(super) from: Ipv6Addr,
    pub(super) kind: Kind,
    pub(super) sources: &'a SourceList,
    /// The end of the Multicast Address Listening Interval that it begins.
    pub(super) until: Instant,
    /// Whether it was a version 1 Report.
    pub(super) older: bool,
}

impl<'a> Statement<'a> {
    /// Whether it makes something of a group of which nobody wants anything.
    pub(super) fn is_join(&self) -> bool {
        !State::NOTHING.on(self.event()).0.is_nothing()
    }

    const fn event(&self) -> Event<'a> {
        Event::Record { kind: self.kind, sources: self.sources, due: self.until }
    }
}

impl Group {
    /// Takes what a listener said.
    ///
    /// # Errors
    /// Not all sources found room. For a new group, nothing was taken; otherwise all that was known.
    pub(super) fn hear(&mut self, now: Instant, said: Statement<'_>, face: &Face<'_>) -> Result<(), Refusal> {
        if said.older {
            self.older_host_until = Some(said.until);
        }
        let older_host = self.older_host_until.is_some_and(|until| until > now);
        let exact = face.knows_all(older_host);
        let sources = match said.kind {
            // RFC 3810 8.3.2: a version 1 host cannot say what it would not miss.
            Kind::Block if older_host => return Ok(()),
            Kind::ToEx if older_host => &SourceList::EMPTY,
            _ => said.sources,
        };
        let next = self.after(&Statement { sources, ..said }, exact);
        // A refresh adds nothing: the bound that held, holds.
        if sources.iter().all(|source| self.names(source))
            || self.breadth_with(&next, said.from) <= face.config.limits.sources_per_group
        {
            self.adopt(now, next, &said, exact, face);
            return Ok(());
        }
        if !self.is_nothing() {
            let known = sources.iter().filter(|&source| self.names(source)).collect();
            let next = self.after(&Statement { sources: &known, ..said }, exact);
            self.adopt(now, next, &said, exact, face);
        }
        Err(Refusal::TableFull)
    }

    fn after(&self, said: &Statement<'_>, exact: bool) -> Next {
        let event = said.event();
        let member = self.members.get(&said.from).map_or(State::NOTHING, |member| member.state.clone());
        let (member, left) = tracked(member, event);
        if !exact {
            let (link, questions) = self.state.clone().on(event);
            return Next { link, member, questions };
        }
        let link = merged(self.others(said.from).chain([&member]));
        // Of what it has left, nobody is there to be asked about what no other is known to want.
        let questions = Questions {
            group: left.group && link.filter_due().is_some(),
            sources: left.sources.iter().filter(|&source| link.passes(source)).collect(),
        };
        Next { link, member, questions }
    }

    fn adopt(&mut self, now: Instant, next: Next, said: &Statement<'_>, exact: bool, face: &Face<'_>) {
        let Next { mut link, member, questions } = next;
        let soon = face.last_call(now);
        let lowered = if exact && !questions.is_empty() {
            let mut lowered = Questions::default();
            for (_, other) in self.members.iter_mut().filter(|&(&key, _)| key != said.from) {
                lowered.join(&other.state.ask(&questions, soon));
            }
            link = merged(self.others(said.from).chain([&member]));
            lowered
        } else {
            link.ask(&questions, soon)
        };
        self.state = link;
        self.pending.add(&questions, &lowered, face.config.timing.last_listener_query_count);
        if member.is_nothing() {
            self.members.remove(&said.from);
        } else {
            let since = self.members.get(&said.from).map_or(now, |member| member.since);
            self.members.insert(said.from, Member { state: member, since });
        }
    }

    /// Ends what has ended at `now`; the members that want nothing any more are taken out and returned.
    pub(super) fn elapse(&mut self, now: Instant, face: &Face<'_>) -> Vec<Ipv6Addr> {
        let older_host = self.older_host_until.is_some_and(|until| until > now);
        self.each_member(|state| state.on(Event::Elapsed(now)).0);
        if face.knows_all(older_host) {
            self.state = merged(self.members.values().map(|member| &member.state));
        } else {
            let link = core::mem::take(&mut self.state).on(Event::Elapsed(now)).0;
            self.each_member(|state| clipped(state, &link));
            self.state = link;
        }
        let mut gone = Vec::new();
        self.members.retain(|&key, member| {
            let wants = !member.state.is_nothing();
            if !wants {
                gone.push(key);
            }
            wants
        });
        gone
    }

    /// Tells what has changed, and asks what is to be asked: with an input what it raised, else what is due.
    pub(super) fn settle(
        &mut self,
        now: Instant,
        group: Ipv6Addr,
        due: bool,
        face: &Face<'_>,
        out: &mut Vec<Action>,
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

    /// Whether nobody wants anything of it.
    pub(super) fn is_nothing(&self) -> bool {
        self.state.is_nothing() && self.members.is_empty()
    }

    /// When something is to be done about it.
    pub(super) fn next(&self) -> Option<Instant> {
        let members = self.members.values().filter_map(|member| member.state.next());
        members.chain(self.state.next()).chain(self.pending.next()).min()
    }

    fn others(&self, key: Ipv6Addr) -> impl Iterator<Item = &State> {
        self.members.iter().filter(move |&(&other, _)| other != key).map(|(_, member)| &member.state)
    }

    fn each_member(&mut self, change: impl Fn(State) -> State) {
        for member in self.members.values_mut() {
            member.state = change(core::mem::take(&mut member.state));
        }
    }

    /// Whether `source` has a record, of the link or of a member.
    fn names(&self, source: Ipv6Addr) -> bool {
        let mut states = [&self.state].into_iter().chain(self.members.values().map(|member| &member.state));
        states.any(|state| state.names(source))
    }

    /// How many sources have a record, of the link or of a member.
    #[cfg(test)]
    pub(super) fn breadth(&self) -> usize {
        let states = self.members.values().map(|member| &member.state).chain([&self.state]);
        states.fold(SourceList::EMPTY, |all, state| all.union(&state.sources())).len()
    }

    /// How many sources would have a record.
    fn breadth_with(&self, next: &Next, from: Ipv6Addr) -> usize {
        let states = self.others(from).chain([&next.member, &next.link]);
        let asked = next.questions.sources.clone();
        states.fold(asked, |all, state| all.union(&state.sources())).len()
    }
}

/// What a statement makes of a group.
struct Next {
    link: State,
    member: State,
    questions: Questions,
}
