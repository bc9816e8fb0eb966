//! The multicast part of a PBU-M (asaeda 7.4, digest 1.B.7).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::channel::{Address as _, Filter, FilterMode};
use crate::machine::LinkId;
use crate::mld::GroupRecord;
use crate::mld::router::{self, Refusal, Router};
use crate::pmip::ChannelPolicy;
use crate::wire::mh::{Meaning, MobilityOption, Status};
use crate::wire::mld::{Record, RecordType};
use crate::wire::{HoldTypes, List};

/// What a registration says of multicast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subscription {
    /// Nothing.
    None,
    /// It should have said something, but that is missing or cannot be read (D-6), or is of IGMP alone.
    Malformed,
    /// The groups that the node listens to.
    Wanted(Vec<Want>),
}

/// One record, read as a join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Data of the group.
    Group(Ipv6Addr, Filter),
    /// The tree to the group, and no data (A47).
    Held(Ipv6Addr, Filter),
    /// Something that cannot be had; the records beside it count (RFC 4604 2.2.2).
    Impossible(Ipv6Addr, Refusal),
}

impl Subscription {
    /// `hold`: the record types by which the peer says Hold.
    pub(super) fn read(meaning: Meaning, options: &List<'_, MobilityOption<'_>>, hold: HoldTypes) -> Self {
        if meaning != Meaning::ProxyMulticast {
            return Self::None;
        }
        if options.multicast_state_fault().is_some() || !options.carries_mld_state() {
            return Self::Malformed;
        }
        Self::Wanted(options.multicast_records().filter_map(|record| want(record, hold)).collect())
    }
}

/// A record as what it joins or holds; `None` when it does neither. The types of Hold come first: those of the draft are
/// those of current-state records too.
///
/// What a record would leave is not taken from a PBU-M: the LMA keeps one state for all nodes of a MAG, and the leave of
/// one of them says nothing of the others (D-10). The MAG reports that by MLD, when it is true of all. Groups that stay
/// on their link have no business here (trap 32), and record types that are not known are skipped (RFC 3810 5.2.12).
fn want(record: Record<'_>, hold: HoldTypes) -> Option<Want> {
    let Ok(GroupRecord { kind, group, sources }) = GroupRecord::try_from(record) else {
        return Some(Want::Impossible(record.group.ip(), Refusal::BadAddress));
    };
    let (want, mode): (fn(_, _) -> _, _) = match kind {
        RecordType(kind) if kind == hold.include => (Want::Held, FilterMode::Include),
        RecordType(kind) if kind == hold.exclude => (Want::Held, FilterMode::Exclude),
        RecordType::ALLOW | RecordType::IS_IN | RecordType::TO_IN => (Want::Group, FilterMode::Include),
        RecordType::TO_EX | RecordType::IS_EX => (Want::Group, FilterMode::Exclude),
        _ => return None,
    };
    if mode == FilterMode::Exclude && group.is_ssm_group() {
        return Some(Want::Impossible(group, Refusal::SsmExclude));
    }
    let filter = Filter { mode, sources };
    (!filter.is_nothing() && !group.is_link_scope_group()).then_some(want(group, filter))
}

/// What of a subscription is taken to the router, and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sifted {
    /// Groups, each once, and what of them is allowed.
    pub(super) allowed: Vec<(Ipv6Addr, Filter)>,
    /// Groups, each once, and what of them is allowed and held: nothing that is joined.
    pub(super) held: Vec<(Ipv6Addr, Filter)>,
    /// Groups of which the policy forbids something (Z14).
    pub(super) forbidden: Vec<Ipv6Addr>,
    /// Groups of which something cannot be had.
    pub(super) impossible: Vec<(Ipv6Addr, Refusal)>,
}

impl Sifted {
    pub(super) fn new(subscription: &Subscription, policy: &ChannelPolicy) -> Self {
        let mut sifted = Self::default();
        let wants = match subscription {
            Subscription::Wanted(wants) => wants.as_slice(),
            Subscription::None | Subscription::Malformed => &[],
        };
        for want in wants {
            let (group, filter, into) = match want {
                Want::Impossible(group, why) => {
                    sifted.impossible.push((*group, *why));
                    continue;
                }
                Want::Group(group, filter) => (group, filter, &mut sifted.allowed),
                Want::Held(group, filter) => (group, filter, &mut sifted.held),
            };
            let allowed = policy.allowed(*group, filter);
            if allowed != *filter {
                sifted.forbidden.push(*group);
            }
            // What one record cannot hold comes in several (D-4).
            match into.iter_mut().find(|(known, _)| known == group) {
                _ if allowed.is_nothing() => {}
                Some((_, known)) => *known = known.union(&allowed),
                None => into.push((*group, allowed)),
            }
        }
        for (group, joined) in &sifted.allowed {
            if let Some((_, held)) = sifted.held.iter_mut().find(|(held, _)| held == group) {
                *held = held.difference(joined);
            }
        }
        sifted.held.retain(|(_, filter)| !filter.is_nothing());
        sifted
    }

    /// The records that bring a link from what it wants now to that and this together. A CHANGE_TO_EXCLUDE_MODE of the
    /// node's own list would block sources that others under the same MAG listen to (D-10). What is held comes last; a
    /// MAG that holds has the data by another way for all of its nodes (A44).
    pub(super) fn records(&self, router: &Router, link: LinkId, hold: HoldTypes) -> Vec<GroupRecord> {
        let join = |(group, filter): &(Ipv6Addr, Filter)| match filter.mode {
            FilterMode::Include => GroupRecord::join(*group, filter),
            FilterMode::Exclude => GroupRecord::join(*group, &router.interest(link, *group).union(filter)),
        };
        let held = self.held.iter().map(|(group, filter)| GroupRecord::hold(*group, filter, hold));
        self.allowed.iter().map(join).chain(held).collect()
    }

    /// What of it is in force on the link: the accepted subset of D-7.
    pub(super) fn accepted(&self, router: &Router, link: LinkId, hold: HoldTypes) -> Vec<GroupRecord> {
        let joined = self.allowed.iter().filter_map(|(group, filter)| {
            let taken = taken(filter, &router.interest(link, *group));
            (!taken.is_nothing()).then(|| GroupRecord::join(*group, &taken))
        });
        let held = self.held.iter().filter_map(|(group, filter)| {
            let taken = taken(filter, &router.held(link, *group));
            (!taken.is_nothing()).then(|| GroupRecord::hold(*group, &taken, hold))
        });
        joined.chain(held).collect()
    }

    /// With what status the registration fails when its multicast part must be taken whole (D-7): 129 for what the
    /// policy forbids, 130 for what finds no room, 128 for what cannot be.
    pub(super) fn failure(&self, router: &Router, link: LinkId, limits: &router::Limits) -> Option<Status> {
        if !self.forbidden.is_empty() {
            return Some(Status::ADMINISTRATIVELY_PROHIBITED);
        }
        if !self.impossible.is_empty() {
            return Some(Status::UNSPECIFIED);
        }
        let known = router.interests(link).chain(router.holds(link)).map(|(group, _)| group);
        let mut groups: BTreeSet<Ipv6Addr> = known.collect();
        for (group, filter) in self.allowed.iter().chain(&self.held) {
            groups.insert(*group);
            let known = router.interest(link, *group).union(&router.held(link, *group));
            let sources = known.union(filter).sources.len();
            if groups.len() > limits.groups_per_link || sources > limits.sources_per_group {
                return Some(Status::INSUFFICIENT_RESOURCES);
            }
        }
        None
    }
}

/// What of `filter` is in force where `state` is.
fn taken(filter: &Filter, state: &Filter) -> Filter {
    match filter.mode {
        FilterMode::Include => Filter::include(filter.sources.iter().filter(|&source| state.passes(source))),
        FilterMode::Exclude if state.mode == FilterMode::Exclude => filter.clone(),
        FilterMode::Exclude => Filter::NOTHING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Addr;

    fn address(text: &str) -> Ipv6Addr {
        text.parse().unwrap()
    }

    fn record(kind: RecordType, group: &str, sources: &[[u8; 16]]) -> Option<Want> {
        said(kind, group, sources, HoldTypes::PRIVATE)
    }

    fn said(kind: RecordType, group: &str, sources: &[[u8; 16]], hold: HoldTypes) -> Option<Want> {
        want(Record { kind, group: Addr::from(address(group)), sources, aux: &[] }, hold)
    }

    #[test]
    fn a47_hold_is_read_by_the_types_of_the_peer() {
        let source = [address("2001:db8:5::5").octets()];
        let [group, ssm] = ["ff1e::1", "ff3e::1"].map(address);
        let included = Some(Want::Held(ssm, Filter::include([address("2001:db8:5::5")])));
        for hold in [HoldTypes::PRIVATE, HoldTypes::LITERAL] {
            let [include, exclude] = [hold.include, hold.exclude].map(RecordType);
            assert_eq!(said(include, "ff3e::1", &source, hold), included);
            assert_eq!(said(exclude, "ff1e::1", &[], hold), Some(Want::Held(group, Filter::EVERYTHING)));
            assert_eq!(said(include, "ff3e::1", &[], hold), None, "never empty");
            let impossible = Some(Want::Impossible(ssm, Refusal::SsmExclude));
            assert_eq!(said(exclude, "ff3e::1", &[], hold), impossible);
        }
    }

    /// Forwarding outweighs Hold where both are said.
    #[test]
    fn a47_what_is_joined_is_not_held() {
        let [g, a, b] = ["ff3e::1", "2001:db8:5::5", "2001:db8:5::6"].map(address);
        let wants = [Want::Held(g, Filter::include([a, b])), Want::Group(g, Filter::include([b]))];
        let sifted = Sifted::new(&Subscription::Wanted(wants.to_vec()), &ChannelPolicy::Any);
        assert_eq!(sifted.allowed, [(g, Filter::include([b]))]);
        assert_eq!(sifted.held, [(g, Filter::include([a]))]);
    }

    #[test]
    fn d8_joins_are_read_by_their_filter_whatever_their_type() {
        let source = [address("2001:db8:5::5").octets()];
        let [group, filter] = [address("ff3e::1"), address("2001:db8:5::5")];
        let include = Some(Want::Group(group, Filter::include([filter])));
        for kind in [RecordType::ALLOW, RecordType::IS_IN, RecordType::TO_IN] {
            assert_eq!(record(kind, "ff3e::1", &source), include);
        }
        let exclude = Some(Want::Group(address("ff1e::1"), Filter::exclude([filter])));
        for kind in [RecordType::TO_EX, RecordType::IS_EX] {
            assert_eq!(record(kind, "ff1e::1", &source), exclude);
        }
    }

    #[test]
    fn d10_leaves_are_not_taken_from_a_pbu_m() {
        let source = [address("2001:db8:5::5").octets()];
        assert_eq!(record(RecordType::TO_IN, "ff1e::1", &[]), None);
        assert_eq!(record(RecordType::BLOCK, "ff1e::1", &source), None);
    }

    #[test]
    fn t32_link_scope_groups_are_not_taken_from_a_pbu_m() {
        for group in ["ff02::1:ff00:11", "ff01::1", "ff12::5"] {
            assert_eq!(record(RecordType::TO_EX, group, &[]), None);
        }
    }

    #[test]
    fn an_unknown_record_type_is_skipped_and_a_bad_address_is_told() {
        assert_eq!(record(RecordType(0x83), "ff1e::1", &[]), None);
        let bad = address("2001:db8::1");
        assert_eq!(
            record(RecordType::TO_EX, "2001:db8::1", &[]),
            Some(Want::Impossible(bad, Refusal::BadAddress))
        );
    }

    #[test]
    fn z14_the_policy_sifts_source_by_source() {
        let [g, a, b] = ["ff3e::1", "2001:db8:5::5", "2001:db8:5::6"].map(address);
        let policy = ChannelPolicy::Only(vec![crate::channel::Channel::ssm(a, g)]);
        let wants = vec![Want::Group(g, Filter::include([a, b])), Want::Impossible(a, Refusal::BadAddress)];
        let sifted = Sifted::new(&Subscription::Wanted(wants), &policy);
        let impossible = vec![(a, Refusal::BadAddress)];
        let allowed = vec![(g, Filter::include([a]))];
        let expected = Sifted { allowed, held: vec![], forbidden: vec![g], impossible };
        assert_eq!(sifted, expected);
    }
}
