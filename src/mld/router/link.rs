//! One link: its querier, and what it knows of groups and listeners.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::audience::Audience;
use super::face::Face;
use super::group::Group;
use super::packed::Packed;
use super::querier::{Event, Role, Setting};
use super::{Action, Config, LinkKind};
use crate::machine::LinkId;
use crate::mld::{Family, Question, Timing};
use crate::time::Instant;
use crate::wire::HoldTypes;

/// One link of the router.
#[derive(Clone, Debug)]
pub(super) struct Link<A: Family> {
    /// The router's own address there.
    pub(super) address: A,
    hold: Option<HoldTypes>,
    pub(super) role: Role<A>,
    /// The timers that the querier of the link says, while it is another.
    adopted: Option<Box<Timing>>,
    /// Until when no other warning is given.
    quiet_until: Option<Instant>,
    /// Groups of which more is known than rows can say.
    pub(super) groups: BTreeMap<A, Box<Group<A>>>,
    /// Who wants something.
    pub(super) audience: Audience<A>,
}

impl<A: Family> Link<A> {
    pub(super) fn new(address: A, kind: LinkKind, hold: Option<HoldTypes>) -> Self {
        Self {
            address,
            hold,
            role: Role::Silent,
            adopted: None,
            quiet_until: None,
            groups: BTreeMap::new(),
            audience: Audience::new(kind),
        }
    }

    /// The router as the link sees it.
    pub(super) fn face<'a>(&self, link: LinkId, config: &'a Config<A>) -> Face<'a, A> {
        Face {
            link,
            address: self.address,
            kind: self.audience.kind(),
            hold: self.hold,
            timing: *self.timing(config),
            is_other_querier: self.role.other().is_some(),
            config,
        }
    }

    /// Whether `id` is the number of the listener that `from` is on this `link`.
    pub(super) fn is_listener(&self, link: LinkId, from: A, id: u32, packed: &Packed<A>) -> bool {
        let key = self.audience.key(from);
        packed.listeners.get(id).is_some_and(|known| known.link == link && known.key == key)
    }

    /// The timers in force.
    pub(super) fn timing<'a>(&'a self, config: &'a Config<A>) -> &'a Timing {
        self.adopted.as_deref().unwrap_or(&config.timing)
    }

    /// Record types of Hold, where they are understood.
    pub(super) const fn hold(&self) -> Option<HoldTypes> {
        self.hold
    }

    /// Whether Queries of others count here.
    pub(super) const fn elects(&self, config: &Config<A>) -> bool {
        config.election && matches!(self.audience.kind(), LinkKind::Shared)
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
            self.adopted = Some(Box::new(config.timing.adopting(question.robustness, question.interval)));
        }
        let face = self.face(id, config);
        self.turn(now, Event::Heard(from), &face, out);
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
}
