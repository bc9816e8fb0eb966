//! The delivery trees that the LMA is on: the union of what its M-Tunnels want (asaeda 4.1, A13, A33, Z16).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::Action;
use crate::channel::{Channel, Filter};
use crate::machine::LinkId;
use crate::mld::Database;
use crate::time::Instant;
use crate::timers::Timers;

/// What the LMA asked of the multicast network.
#[derive(Clone, Debug)]
pub(super) struct Upstream {
    /// How long a tree is kept that nobody wants.
    linger: Duration,
    /// How many of them.
    most: usize,
    wanted: Database<LinkId>,
    joined: BTreeSet<Channel>,
    /// Joined but no longer wanted: when each is left.
    lingering: Timers<Channel>,
}

impl Upstream {
    pub(super) fn new(linger: Duration, most: usize) -> Self {
        Self {
            linger,
            most,
            wanted: Database::default(),
            joined: BTreeSet::new(),
            lingering: Timers::default(),
        }
    }

    /// What an M-Tunnel wants of a group has changed. Joins come before leaves.
    pub(super) fn want(
        &mut self,
        now: Instant,
        link: LinkId,
        group: Ipv6Addr,
        filter: Filter,
        out: &mut Vec<Action>,
    ) {
        let before: Vec<Channel> = self.wanted.merged(group).channels(group).collect();
        let Some(merged) = self.wanted.set(link, group, filter) else { return };
        let after: Vec<Channel> = merged.channels(group).collect();
        for &channel in after.iter().filter(|channel| !before.contains(channel)) {
            self.lingering.stop(channel);
            if self.joined.insert(channel) {
                out.push(Action::JoinUpstream(channel));
            }
        }
        for &channel in before.iter().filter(|channel| !after.contains(channel)) {
            if self.linger < Duration::from_micros(1) {
                self.leave(channel, out);
            } else {
                self.lingering.set(channel, now + self.linger);
            }
        }
        while self.lingering.len() > self.most
            && let Some(first) = self.lingering.next().and_then(|due| self.lingering.pop(due))
        {
            self.leave(first, out);
        }
    }

    /// Leaves one channel whose time has come; whether there was one.
    pub(super) fn elapse(&mut self, now: Instant, out: &mut Vec<Action>) -> bool {
        let Some(channel) = self.lingering.pop(now) else { return false };
        self.leave(channel, out);
        true
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.lingering.next()
    }

    /// The channels that are joined and not about to be left.
    pub(super) fn channels(&self) -> impl Iterator<Item = Channel> + '_ {
        self.joined.iter().copied().filter(|&channel| self.lingering.due(channel).is_none())
    }

    fn leave(&mut self, channel: Channel, out: &mut Vec<Action>) {
        self.joined.remove(&channel);
        out.push(Action::LeaveUpstream(channel));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAG1: LinkId = LinkId(0);
    const MAG2: LinkId = LinkId(1);

    fn address(text: &str) -> Ipv6Addr {
        text.parse().unwrap()
    }

    #[test]
    fn z16_a_channel_is_joined_once_for_all_mags() {
        let (mut upstream, mut out) = (Upstream::new(Duration::from_secs(3), 10), Vec::new());
        let (group, source) = (address("ff3e::1"), address("2001:db8:5::5"));
        let channel = Channel::ssm(source, group);
        upstream.want(Instant::ZERO, MAG1, group, Filter::include([source]), &mut out);
        upstream.want(Instant::ZERO, MAG2, group, Filter::include([source]), &mut out);
        assert_eq!(out, [Action::JoinUpstream(channel)]);
        assert!(upstream.channels().eq([channel]));

        upstream.want(Instant::from_secs(5), MAG1, group, Filter::NOTHING, &mut out);
        assert_eq!(upstream.due(), None);
        upstream.want(Instant::from_secs(5), MAG2, group, Filter::NOTHING, &mut out);
        assert_eq!(upstream.due(), Some(Instant::from_secs(8)));
        assert!(!upstream.elapse(Instant::from_secs(7), &mut out));
        assert!(upstream.elapse(Instant::from_secs(8), &mut out));
        assert_eq!(out[1..], [Action::LeaveUpstream(channel)]);
    }

    #[test]
    fn interest_that_returns_in_time_keeps_the_tree() {
        let (mut upstream, mut out) = (Upstream::new(Duration::from_secs(3), 10), Vec::new());
        let group = address("ff1e::1");
        upstream.want(Instant::ZERO, MAG1, group, Filter::EVERYTHING, &mut out);
        upstream.want(Instant::from_secs(1), MAG1, group, Filter::NOTHING, &mut out);
        upstream.want(Instant::from_secs(2), MAG2, group, Filter::EVERYTHING, &mut out);
        assert_eq!(upstream.due(), None);
        assert_eq!(out, [Action::JoinUpstream(Channel::asm(group))]);
    }

    #[test]
    fn trees_that_nobody_wants_are_bounded() {
        let (mut upstream, mut out) = (Upstream::new(Duration::from_secs(3), 1), Vec::new());
        let groups = ["ff1e::1", "ff1e::2"].map(address);
        for group in groups {
            upstream.want(Instant::ZERO, MAG1, group, Filter::EVERYTHING, &mut out);
        }
        out.clear();
        for (group, at) in groups.into_iter().zip(1..) {
            upstream.want(Instant::from_secs(at), MAG1, group, Filter::NOTHING, &mut out);
        }
        assert_eq!(out, [Action::LeaveUpstream(Channel::asm(groups[0]))], "the one that was to be left next");
        assert_eq!(upstream.due(), Some(Instant::from_secs(5)));
    }

    #[test]
    fn a_wider_filter_is_joined_before_the_narrower_is_left() {
        let (mut upstream, mut out) = (Upstream::new(Duration::ZERO, 10), Vec::new());
        let (group, source) = (address("ff1e::1"), address("2001:db8:5::5"));
        upstream.want(Instant::ZERO, MAG1, group, Filter::include([source]), &mut out);
        upstream.want(Instant::ZERO, MAG2, group, Filter::EVERYTHING, &mut out);
        let (narrow, wide) = (Channel::ssm(source, group), Channel::asm(group));
        let expected =
            [Action::JoinUpstream(narrow), Action::JoinUpstream(wide), Action::LeaveUpstream(narrow)];
        assert_eq!(out, expected);
    }
}
