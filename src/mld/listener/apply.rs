//! What a listener does: changes, queries, timers. Nothing in here fails.

use alloc::vec::Vec;
use core::ops::Bound;
use core::time::Duration;

use super::fsm::{ChangeEvent, General, GeneralEvent, Now, ResponseEvent};
use super::plan::Plan;
use super::{Action, Group, Listener, Timer, Wish, hold, pack};
use crate::channel::Filter;
use crate::mld::{Family, GroupRecord, Question, Version};
use crate::time::Instant;

/// How long the rest of a call's work waits when the budget is used up.
const PAUSE: Duration = Duration::from_millis(1);

/// The records that have fallen due.
pub(super) struct Due<A> {
    /// Changes that are said again.
    pub(super) changes: Vec<GroupRecord<A>>,
    /// The state that queries asked for.
    pub(super) states: Vec<GroupRecord<A>>,
}

impl<A: Family> Listener<A> {
    pub(crate) fn apply(&mut self, now: Instant, plan: Plan<'_, A>, out: &mut Vec<Action<A>>) {
        match plan {
            Plan::Nothing => {}
            Plan::Want { group, filter } => {
                self.want(group, filter);
                self.flush(now, out);
            }
            Plan::Hold { group, filter } => {
                self.hold(group, filter);
                self.flush(now, out);
            }
            Plan::Told { group } => self.told(group),
            Plan::Address { address } => self.report_from(now, address, out),
            Plan::Answer { question } => {
                self.heed(now, &question);
                self.answer(now, &question);
            }
            Plan::Overheard { group } => self.overhear(group),
        }
    }

    /// Wants `filter` of `group` from now on. The report of the change waits for [`Self::flush`], so that what
    /// changes together is told together, and what was taken back is not told at all.
    pub(crate) fn want(&mut self, address: A, filter: Filter<A>) {
        self.wish(address, |wish| Wish { wanted: filter, ..wish });
    }

    /// Holds `filter` of `group` from now on, told as a change of what is wanted is.
    pub(crate) fn hold(&mut self, address: A, filter: Filter<A>) {
        self.wish(address, |wish| Wish { held: filter, ..wish });
    }

    fn wish(&mut self, address: A, change: impl FnOnce(Wish<A>) -> Wish<A>) {
        let old = self.groups.get(&address).map_or(Wish::NOTHING, |group| group.wish.clone());
        let wish = change(old.clone());
        if wish == old {
            return;
        }
        let before = self.changed.entry(address).or_insert(old);
        let is_said = before.wanted == wish.wanted && before.kept() == wish.kept();
        self.groups.entry(address).or_default().wish = wish;
        if is_said {
            self.changed.remove(&address);
            self.forget_if_spent(address);
        }
    }

    /// The querier knows what is wanted of the group now: neither the change that waits for [`Self::flush`] nor
    /// an earlier one is reported any more.
    pub(crate) fn told(&mut self, address: A) {
        self.changed.remove(&address);
        self.overhear_older(address);
        self.step_change(address, [ChangeEvent::Told; 2], Instant::ZERO, &mut Vec::new());
    }

    /// RFC 3810 5.2.13: from a new address everything is said again, as if it were wanted only now.
    fn report_from(&mut self, now: Instant, address: A, out: &mut Vec<Action<A>>) {
        if core::mem::replace(&mut self.config.address, address) == address || address == A::UNSPECIFIED {
            return;
        }
        let wished = self.groups.iter().filter(|(_, group)| !group.wish.is_nothing());
        self.changed.extend(wished.map(|(&address, _)| (address, Wish::NOTHING)));
        self.flush(now, out);
    }

    /// Sends the report of all that changed since the last one (RFC 3810 6.1).
    pub(crate) fn flush(&mut self, now: Instant, out: &mut Vec<Action<A>>) {
        if self.changed.is_empty() {
            return;
        }
        if self.version() < Version::Current {
            return self.flush_older(now, out);
        }
        let repeat_at = self.repeat_at(now);
        let mut records = Vec::new();
        for (address, before) in core::mem::take(&mut self.changed) {
            let kept = before.kept();
            let events = [&before.wanted, &kept].map(|before| ChangeEvent::Changed { before });
            self.step_change(address, events, repeat_at, &mut records);
        }
        self.say(&records, out);
    }

    /// Does what has fallen due (RFC 3810 6.3), for as many groups as the budget allows.
    pub(crate) fn expire(&mut self, now: Instant, out: &mut Vec<Action<A>>) {
        let Due { changes, states } = self.fall_due(now, out);
        self.say(&changes, out);
        self.say(&states, out);
    }

    /// Does what has fallen due, and leaves it to the caller to [`Self::say`] it. Messages of an older version go out.
    pub(super) fn fall_due(&mut self, now: Instant, out: &mut Vec<Action<A>>) -> Due<A> {
        let (mut changes, mut states) = (Vec::new(), Vec::new());
        if now < self.not_before || self.timers.next().is_none_or(|due| due > now) {
            return Due { changes, states };
        }
        let repeat_at = self.repeat_at(now);
        let mut budget = self.config.budget.max(1);
        while budget > 0
            && let Some(timer) = self.timers.pop(now)
        {
            let used = match timer {
                Timer::Querier => {
                    self.elapse_queriers(now);
                    1
                }
                Timer::Group(address) if self.version() < Version::Current => {
                    self.expire_older(now, address, out);
                    1
                }
                Timer::Retransmission(address) => {
                    self.step_change(address, [ChangeEvent::Expired; 2], repeat_at, &mut changes);
                    1
                }
                Timer::Group(address) => {
                    self.answer_for_group(address, &mut states);
                    1
                }
                Timer::Interface => self.answer_for_all(now, budget, &mut states),
            };
            budget = budget.saturating_sub(used);
        }
        if self.timers.next().is_some_and(|due| due <= now) {
            self.not_before = now + PAUSE;
        }
        Due { changes, states }
    }

    /// Sends `records` in as few reports as hold them.
    pub(super) fn say(&self, records: &[GroupRecord<A>], out: &mut Vec<Action<A>>) {
        pack::send(&self.config, records, out);
    }

    /// One draw for all records of a report, so that they travel together again.
    fn repeat_at(&mut self, now: Instant) -> Instant {
        now + self.random.delay(self.config.timing.unsolicited_report_interval)
    }

    fn terms(&self) -> hold::Terms {
        hold::Terms { types: self.config.hold, most: pack::most::<A>(self.config.mtu) }
    }

    /// What happened to what is wanted of a group, and to what is kept of it: both are said in one report.
    fn step_change(
        &mut self,
        address: A,
        [of_wanted, of_kept]: [ChangeEvent<'_, A>; 2],
        repeat_at: Instant,
        records: &mut Vec<GroupRecord<A>>,
    ) {
        let terms = self.terms();
        let Some(group) = self.groups.get_mut(&address) else { return };
        let robustness = self.config.timing.robustness;
        let now = |filter| Now { group: address, filter, robustness, repeat_at };
        let (wanted, kept) = (&group.wish.wanted, group.wish.kept());
        let (change, said) = core::mem::take(&mut group.change).on(of_wanted, now(wanted));
        let (holding, said) =
            core::mem::take(&mut group.holding).on(of_kept, wanted, now(&kept), terms, said);
        // Of what does not travel together the last that undoes may be heard without what follows it, which is therefore
        // said as often after it as any change.
        (group.change, group.holding) = match pack::parted(&self.config, &said) {
            Some(sources) => {
                let more = robustness.saturating_sub(1);
                (change.and_sources(&sources, more, repeat_at), holding.and_kept(&kept, more, repeat_at))
            }
            None => (change, holding),
        };
        self.timers.set_or_stop(Timer::Retransmission(address), group.repeat_due());
        records.extend(said);
        self.forget_if_spent(address);
    }

    /// RFC 3810 6.2. A query for what is not listened to schedules nothing.
    fn answer(&mut self, now: Instant, question: &Question<'_, A>) {
        if self.version() < Version::Current {
            return self.answer_older(now, question);
        }
        let bound = question.response;
        let Some(address) = question.group else {
            if self.groups.values().any(|group| !group.wish.is_nothing()) {
                let due = now + self.random.delay(bound);
                self.general = self.general.on(GeneralEvent::Asked { due });
                self.timers.set_or_stop(Timer::Interface, self.general.due());
            }
            return;
        };
        let Some(group) = self.groups.get_mut(&address) else { return };
        if group.wish.is_nothing() {
            return;
        }
        let due = now + self.random.delay(bound);
        if self.general.covers(due) {
            return;
        }
        let sources = question.sources.iter().map(|&octets| A::from_octets(octets)).collect();
        group.response = core::mem::take(&mut group.response).on(ResponseEvent::Asked { sources, due });
        self.timers.set_or_stop(Timer::Group(address), group.response.due());
    }

    fn answer_for_group(&mut self, address: A, records: &mut Vec<GroupRecord<A>>) {
        let terms = self.terms();
        let Some(group) = self.groups.get_mut(&address) else { return };
        let [wanted, kept] =
            [&group.wish.wanted, &group.wish.kept()].map(|filter| group.response.owed(filter));
        group.response = core::mem::take(&mut group.response).on(ResponseEvent::Expired);
        records.extend(hold::state(address, &wanted, &kept, terms));
        self.forget_if_spent(address);
    }

    /// The state of at most `budget` groups; how many were visited.
    fn answer_for_all(&mut self, now: Instant, budget: usize, records: &mut Vec<GroupRecord<A>>) -> usize {
        let start = match self.general {
            General::Halfway { after, .. } => Bound::Excluded(after),
            General::Idle | General::Pending { .. } => Bound::Unbounded,
        };
        let terms = self.terms();
        let mut rest = self.groups.range((start, Bound::Unbounded));
        let (mut visited, mut last) = (0_usize, None);
        for (&address, group) in rest.by_ref().take(budget) {
            visited = visited.saturating_add(1);
            last = Some(address);
            let Wish { wanted, .. } = &group.wish;
            records.extend(hold::state(address, wanted, &group.wish.kept(), terms));
        }
        let event = match last {
            Some(after) if rest.next().is_some() => GeneralEvent::ReportedTo { after, due: now + PAUSE },
            _ => GeneralEvent::Reported,
        };
        self.general = self.general.on(event);
        self.timers.set_or_stop(Timer::Interface, self.general.due());
        visited
    }

    /// A response that is pending for a group that is not wanted any more would say nothing: it goes with the group.
    pub(super) fn forget_if_spent(&mut self, address: A) {
        let spent = |group: &Group<A>| group.wish.is_nothing() && group.repeat_due().is_none();
        if !self.changed.contains_key(&address) && self.groups.get(&address).is_some_and(spent) {
            self.groups.remove(&address);
            self.timers.stop(Timer::Group(address));
        }
    }
}
