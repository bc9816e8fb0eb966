//! One link: its querier, its groups, its listeners.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::face::Face;
use super::group::{Group, Statement};
use super::heard::Heard;
use super::querier::{Event, Role, Setting};
use super::sources::Until;
use super::{Action, Config, LinkKind, Membership, Refusal};
use crate::channel::SourceList;
use crate::machine::LinkId;
use crate::mld::{Family, Question, Timing};
use crate::time::Instant;
use crate::wire::HoldTypes;

/// One link of the router.
#[derive(Clone, Debug)]
pub(super) struct Link<A: Family> {
    /// The router's own address there.
    pub(super) address: A,
    pub(super) kind: LinkKind,
    hold: Option<HoldTypes>,
    pub(super) role: Role<A>,
    /// The timers that the querier of the link says, while it is another.
    adopted: Option<Timing>,
    /// Until when no other warning is given.
    quiet_until: Option<Instant>,
    /// Groups of which somebody wants something. Boxed: a map has room for more of them than most links have.
    pub(super) groups: BTreeMap<A, Box<Group<A>>>,
    /// How many groups each listener, by its key, wants something of; never zero.
    tracked: BTreeMap<A, usize>,
    /// The address that the listener of a point-to-point link used last.
    last_seen: A,
}

impl<A: Family> Link<A> {
    pub(super) const fn new(address: A, kind: LinkKind, hold: Option<HoldTypes>) -> Self {
        Self {
            address,
            kind,
            hold,
            role: Role::Silent,
            adopted: None,
            quiet_until: None,
            groups: BTreeMap::new(),
            tracked: BTreeMap::new(),
            last_seen: A::UNSPECIFIED,
        }
    }

    /// The router as the link sees it.
    pub(super) fn face<'a>(&self, link: LinkId, config: &'a Config<A>) -> Face<'a, A> {
        Face {
            link,
            address: self.address,
            kind: self.kind,
            hold: self.hold,
            timing: self.timing(config),
            is_other_querier: self.role.other().is_some(),
            config,
        }
    }

    /// The timers in force.
    pub(super) fn timing(&self, config: &Config<A>) -> Timing {
        self.adopted.unwrap_or(config.timing)
    }

    /// Whether Queries of others count here.
    pub(super) const fn elects(&self, config: &Config<A>) -> bool {
        config.election && matches!(self.kind, LinkKind::Shared)
    }

    /// What happened to the querier of the link. Tells who it is when that has changed, and asks if it is to.
    pub(super) fn turn(
        &mut self,
        now: Instant,
        event: Event<A>,
        face: &Face<'_, A>,
        out: &mut Vec<Action<A>>,
    ) {
        // What another querier says ends with its time.
        let timing = if matches!(event, Event::Heard(_)) { &face.timing } else { &face.config.timing };
        let before = self.role.other();
        let (role, asks) = self.role.on(event, &Setting { now, own: self.address, timing });
        self.role = role;
        let querier = role.other();
        if querier.is_none() {
            self.adopted = None;
        }
        if querier != before {
            out.push(Action::Querier { link: face.link, querier });
        }
        if asks {
            Face { timing: face.config.timing, ..*face }.general(out);
        }
    }

    /// Takes the Query of another router: who is querier, which timers are in force (RFC 3810 5.1.8, 5.1.9, 7.6).
    pub(super) fn heed(
        &mut self,
        now: Instant,
        id: LinkId,
        from: A,
        question: &Question<'_, A>,
        config: &Config<A>,
        out: &mut Vec<Action<A>>,
    ) {
        self.warn(now, id, from, question, config, out);
        if from.precedes(self.address) {
            self.adopted = Some(config.timing.adopting(question.robustness, question.interval));
        }
        let face = self.face(id, config);
        self.turn(now, Event::Heard(from), &face, out);
        let (Some(group), false) = (question.group, question.suppress) else { return };
        let sources: SourceList<A> = question.sources.iter().map(|&octets| A::from_octets(octets)).collect();
        if let Some(group) = self.groups.get_mut(&group) {
            group.asked(now, &sources, &face);
        }
    }

    /// Another version than the router is set to is told, at most once in a Query Interval (RFC 3810 8.3.1).
    fn warn(
        &mut self,
        now: Instant,
        link: LinkId,
        from: A,
        question: &Question<'_, A>,
        config: &Config<A>,
        out: &mut Vec<Action<A>>,
    ) {
        let version = question.version;
        if version != config.version && self.quiet_until.is_none_or(|until| until <= now) {
            self.quiet_until = Some(now + config.timing.query_interval);
            out.push(Action::OtherVersion { link, from, version });
        }
    }

    /// Notes that `listener` said something.
    pub(super) const fn saw(&mut self, listener: A) {
        self.last_seen = listener;
    }

    /// Takes a record of `listener`; whether more than timers that run longer came of it.
    ///
    /// # Errors
    /// It wants for room, as [`Refusal::TableFull`] says.
    pub(super) fn hear(
        &mut self,
        now: Instant,
        listener: A,
        heard: Heard<'_, A>,
        until: Until,
        face: &Face<'_, A>,
    ) -> Result<bool, Refusal> {
        let Heard { group, word, sources, version } = heard;
        let from = self.key(listener);
        let said = Statement { from, word, sources, until, version };
        let limits = &face.config.limits;
        let known = self.groups.get(&group);
        let was = known.is_some_and(|group| group.members.contains(from));
        if !was && said.is_join() {
            let groups = self.tracked.get(&from).copied().unwrap_or(0);
            let full = known.is_none() && self.groups.len() >= limits.groups_per_link;
            if full || groups >= limits.groups_per_listener {
                return Err(Refusal::TableFull);
            }
        } else if known.is_none() {
            return Ok(false);
        }
        let group = self.groups.entry(group).or_default();
        let heard = group.hear(now, said, face);
        match (was, group.members.contains(from)) {
            (false, true) => {
                let groups = self.tracked.entry(from).or_default();
                *groups = groups.saturating_add(1);
            }
            (true, false) => self.forget(from),
            _ => {}
        }
        heard
    }

    /// Ends what has ended in `group` at `now`.
    pub(super) fn elapse(&mut self, now: Instant, group: A, face: &Face<'_, A>) {
        let Some(group) = self.groups.get_mut(&group) else { return };
        for key in group.elapse(now, face) {
            self.forget(key);
        }
    }

    /// Counts one group less for a listener.
    fn forget(&mut self, key: A) {
        if let Some(groups) = self.tracked.get_mut(&key) {
            *groups = groups.saturating_sub(1);
            if *groups == 0 {
                self.tracked.remove(&key);
            }
        }
    }

    /// By what key `listener` is tracked. A point-to-point link has one.
    pub(super) const fn key(&self, listener: A) -> A {
        match self.kind {
            LinkKind::PointToPoint => A::UNSPECIFIED,
            LinkKind::Shared => listener,
        }
    }

    /// Whether `listener` is tracked or could be.
    pub(super) fn has_room_for(&self, listener: A, limit: usize) -> bool {
        self.tracked.len() < limit || self.tracked.contains_key(&self.key(listener))
    }

    pub(super) fn listeners(&self) -> impl Iterator<Item = A> + '_ {
        self.tracked.keys().map(|&key| match self.kind {
            LinkKind::PointToPoint => self.last_seen,
            LinkKind::Shared => key,
        })
    }

    pub(super) fn memberships(&self, listener: A) -> impl Iterator<Item = Membership<A>> + '_ {
        let key = self.key(listener);
        self.groups.iter().filter_map(move |(&group, state)| {
            let member = state.members.get(key)?;
            let (filter, held) = (member.wish.state.filter(), member.wish.held.filter());
            Some(Membership { group, filter, held, since: member.since })
        })
    }
}
