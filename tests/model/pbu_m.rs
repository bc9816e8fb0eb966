//! What the multicast part of a PBU-M does (asaeda 7.4, digest 1.B.7), and a Report through the M-Tunnel.

use std::collections::{BTreeMap, BTreeSet};
use std::vec::Vec;

use super::{Anchor, Filter, LINK_SCOPE, LLQT, MALI, Multicast, NO_GROUP, Pbu, Record, SSM};

impl Anchor {
    /// D-8 and D-10: what is joined is joined for the gateway, and nothing of what it has is left. The records that were
    /// taken, by group (D-7); none for what is no PBU-M.
    pub(super) fn subscribe(&mut self, now: u64, pbu: &Pbu) -> Option<BTreeMap<u16, Filter>> {
        let mut taken: BTreeMap<u16, Filter> = BTreeMap::new();
        let records = match &pbu.multicast {
            Multicast::None => return None,
            Multicast::Malformed => return Some(taken),
            Multicast::Records(records) => records,
        };
        for Record { kind, group, sources } in records {
            // RFC 3810 5.2.12; BLOCK_OLD_SOURCES leaves.
            let exclude = match kind {
                1 | 3 | 5 => false,
                2 | 4 => true,
                _ => continue,
            };
            let is_bad = *group == NO_GROUP || sources.contains(&0);
            // Trap 32, and RFC 4604 2.2.1.
            if is_bad || *group == LINK_SCOPE || (exclude && *group == SSM) {
                continue;
            }
            let sources: BTreeSet<u16> = sources.iter().copied().collect();
            let policy = &self.subscribers[&pbu.node.unwrap_or_default()].policy;
            let Some(wish) = permitted(policy.as_deref(), *group, (exclude, sources)) else {
                continue;
            };
            // D-4: what one record cannot hold comes in several. They are one wish.
            let wish = match taken.remove(group) {
                None => wish,
                Some(before) => union(before, wish),
            };
            taken.insert(*group, wish);
        }
        let groups = self.links.entry(pbu.coa()).or_default();
        for (group, (exclude, sources)) in &taken {
            let state = groups.entry(*group).or_default();
            if *exclude {
                let more: Vec<u16> =
                    sources.iter().copied().filter(|source| !state.passes(*source)).collect();
                let asked = state.report("ToEx", &more, now + MALI);
                assert!(!asked.group && asked.sources.is_empty(), "{asked:?}");
            } else {
                state.report("Allow", &sources.iter().copied().collect::<Vec<u16>>(), now + MALI);
            }
        }
        Some(taken)
    }

    /// A Report through the M-Tunnel of a gateway (RFC 3810 7.4).
    pub fn report(&mut self, now: u64, gateway: u8, records: &[(&str, u16, Vec<u16>)]) {
        let Some(groups) = self.links.get_mut(&gateway) else { return };
        for (kind, group, sources) in records {
            if *group == SSM && matches!(*kind, "IsEx" | "ToEx") {
                continue;
            }
            let state = groups.entry(*group).or_default();
            let asked = state.report(kind, sources, now + MALI);
            state.lower(&asked, now + LLQT);
        }
    }
}

/// Z14: what a policy leaves of a wish.
fn permitted(
    policy: Option<&[(u16, Option<u16>)]>,
    group: u16,
    (exclude, sources): Filter,
) -> Option<Filter> {
    let whole = |channels: &[(u16, Option<u16>)]| channels.contains(&(group, None));
    let (exclude, sources) = match policy {
        Some(channels) if !whole(channels) => {
            let listed = channels.iter().filter(|(of, _)| *of == group).filter_map(|(_, source)| *source);
            (false, listed.filter(|source| sources.contains(source) != exclude).collect())
        }
        _ => (exclude, sources),
    };
    (exclude || !sources.is_empty()).then_some((exclude, sources))
}

fn union((exclude, one): Filter, (other_exclude, other): Filter) -> Filter {
    match (exclude, other_exclude) {
        (false, false) => (false, &one | &other),
        (true, true) => (true, &one & &other),
        (true, false) => (true, &one - &other),
        (false, true) => (true, &other - &one),
    }
}
