//! A listener beside queriers of older versions (RFC 3810 8.2.1, RFC 3376 7.2.1).

use alloc::vec::Vec;
use core::time::Duration;

use super::fsm::{Change, General, Response};
use super::hold::Holding;
use super::member::{Member, MemberEvent};
use super::mode::Event;
use super::{Action, Listener, Timer, pack};
use crate::mld::{Family, Question, Version};
use crate::time::Instant;

/// Time to answer a Query of version 1 of IGMP, which says none (RFC 3376 7.2.1).
const OLDEST_RESPONSE: Duration = Duration::from_secs(10);
/// Unsolicited Report Interval of the older versions (RFC 2710 7.10, RFC 2236 8.10).
const UNSOLICITED: Duration = Duration::from_secs(10);

impl<A: Family> Listener<A> {
    /// What a Query says of its querier. In another version than before nothing that is pending is said any more.
    pub(super) fn heed(&mut self, now: Instant, question: &Question<'_, A>) {
        if !question.interval.is_zero() {
            self.query_interval = question.interval;
        }
        if question.group.is_some() && !A::SPECIFIC_TELLS_VERSION {
            return;
        }
        self.turn(Event::Heard { version: question.version, until: now + self.querier_present() });
    }

    /// Older Version Querier Present Timeout (RFC 3810 9.12, RFC 3376 8.12).
    fn querier_present(&self) -> Duration {
        let timing = &self.config.timing;
        let queries = self.query_interval.saturating_mul(timing.robustness.into());
        queries.saturating_add(timing.query_response_interval)
    }

    pub(super) fn elapse_queriers(&mut self, now: Instant) {
        self.turn(Event::Elapsed { now });
    }

    fn turn(&mut self, event: Event) {
        let before = self.version();
        self.queriers = self.queriers.on(event);
        if self.version() != before {
            self.cancel();
        }
        self.timers.set_or_stop(Timer::Querier, self.queriers.due());
    }

    /// Cancels every response and every repetition.
    fn cancel(&mut self) {
        self.general = General::Idle;
        self.timers.stop(Timer::Interface);
        for (&address, group) in &mut self.groups {
            (group.change, group.holding) = (Change::Settled, Holding::Settled);
            (group.response, group.member) = (Response::Idle, Member::Idle);
            self.timers.stop(Timer::Retransmission(address));
            self.timers.stop(Timer::Group(address));
        }
        let changed = &self.changed;
        self.groups.retain(|address, group| !group.wish.is_nothing() || changed.contains_key(address));
    }

    /// Tells of the groups that were joined or left since the last report. What else changed has no word, and to hold
    /// has none.
    pub(super) fn flush_older(&mut self, now: Instant, out: &mut Vec<Action<A>>) {
        let again = self.config.timing.robustness.saturating_sub(1);
        for (address, before) in core::mem::take(&mut self.changed) {
            let wanted = !self.wanted(address).is_nothing();
            if wanted == before.wanted.is_nothing() {
                let event = if wanted {
                    MemberEvent::Joined { again, repeat_at: now + self.random.delay(UNSOLICITED) }
                } else {
                    MemberEvent::Left
                };
                self.step_member(address, event, out);
            }
            self.forget_if_spent(address);
        }
    }

    pub(super) fn expire_older(&mut self, now: Instant, address: A, out: &mut Vec<Action<A>>) {
        let repeat_at = now + self.random.delay(UNSOLICITED);
        self.step_member(address, MemberEvent::Expired { repeat_at }, out);
    }

    /// RFC 2710 4: every group has a delay of its own. Sources say nothing to who speaks an older version.
    pub(super) fn answer_older(&mut self, now: Instant, question: &Question<'_, A>) {
        let bound = match question.version {
            Version::Oldest => OLDEST_RESPONSE,
            _ => question.response,
        };
        let all = || self.groups().map(|(address, _)| address).collect::<Vec<A>>();
        for address in question.group.map_or_else(all, |group| Vec::from([group])) {
            if self.wanted(address).is_nothing() {
                continue;
            }
            let due = now + self.random.delay(bound);
            self.step_member(address, MemberEvent::Asked { due, last: now + bound }, &mut Vec::new());
        }
    }

    /// Another host reported the group in an older version.
    pub(super) fn overhear(&mut self, address: A) {
        // RFC 4604 2.2.1: or anybody could keep the sources of a host from being heard of.
        if address.is_ssm_group() {
            return;
        }
        if self.version() < Version::Current {
            self.overhear_older(address);
        } else if self.config.suppression
            && let Some(group) = self.groups.get_mut(&address)
        {
            group.response = Response::Idle;
            self.timers.stop(Timer::Group(address));
        }
    }

    /// The querier knows of the group.
    pub(super) fn overhear_older(&mut self, address: A) {
        if self.version() < Version::Current {
            self.step_member(address, MemberEvent::Overheard, &mut Vec::new());
        }
    }

    fn step_member(&mut self, address: A, event: MemberEvent, out: &mut Vec<Action<A>>) {
        let version = self.version();
        let Some(group) = self.groups.get_mut(&address) else { return };
        let (next, word) = group.member.on(event);
        group.member = next;
        self.timers.set_or_stop(Timer::Group(address), next.due());
        out.extend(word.and_then(|word| pack::say(&self.config, version, address, word)));
    }
}
