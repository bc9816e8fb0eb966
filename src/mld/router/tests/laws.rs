//! The machine laws.
#![cfg(feature = "proptest")]

use std::collections::{BTreeSet, VecDeque};
use std::string::String;

use proptest::prelude::*;

use super::*;
use crate::laws::{self, Effect, Subject};

/// A small router: two links, tables that fill up, a budget that runs out.
struct Small {
    immediate_leave: bool,
}

const LIMITS: Limits = Limits { links: 2, listeners_per_link: 2, groups_per_link: 3, sources_per_group: 3 };

impl Subject for Small {
    type Machine = Router;
    type Input = OwnedInput;

    fn fresh(&self) -> Router {
        let immediate_leave = self.immediate_leave;
        Router::new(Config { immediate_leave, limits: LIMITS, budget: 2, ..Config::default() }).unwrap()
    }

    fn feed(
        &self,
        router: &mut Router,
        now: Instant,
        input: &OwnedInput,
        out: &mut Vec<Action>,
    ) -> Result<(), Reject> {
        router.handle_input(now, input.borrow(), out)
    }

    fn effect(&self, _: &Action) -> Effect {
        Effect::None
    }

    /// Somebody answers a query.
    fn react(&self, _: &Router, recent: &VecDeque<Action>, pick: u16) -> Option<OwnedInput> {
        let Action::Send(query) = recent.get(usize::from(pick) % recent.len().max(1))? else { return None };
        let crate::machine::Via::Link(link) = query.via else { return None };
        let message = report(&[record(RecordType::IS_EX, group(pick % 4), &[pick % 5])]);
        Some(OwnedInput::Packet { meta: RxMeta { link, ..meta(host(pick % 3), ALL_MLDV2_ROUTERS) }, message })
    }

    fn tear_down(&self, router: &Router) -> Vec<OwnedInput> {
        router.links().map(|link| OwnedInput::LinkDown { link }).collect()
    }

    fn sizes(&self, router: &Router) -> Vec<(&'static str, usize, usize)> {
        let mut sizes = vec![("links", router.links.len(), LIMITS.links)];
        for link in router.links.values() {
            sizes.push(("listeners", link.listeners().count(), LIMITS.listeners_per_link));
            sizes.push(("groups", link.groups.len(), LIMITS.groups_per_link));
            sizes.extend(
                link.groups.values().map(|group| ("sources", group.breadth(), LIMITS.sources_per_group)),
            );
        }
        sizes
    }

    fn derived(&self, router: &Router) -> Result<(), String> {
        for link in router.links() {
            let members: BTreeSet<_> = router
                .listeners(link)
                .flat_map(|one| router.memberships(link, one))
                .map(|one| one.group)
                .collect();
            let groups: BTreeSet<_> = router.interests(link).map(|(group, _)| group).collect();
            if !members.is_subset(&groups) || self.immediate_leave && members != groups {
                return Err(std::format!("{link:?} wants {groups:?}, its listeners {members:?}"));
            }
        }
        Ok(())
    }
}

fn records() -> impl Strategy<Value = Vec<GroupRecord>> {
    let groups = prop_oneof![4 => (0u16..5).prop_map(group), 1 => Just(SSM), 1 => Just(source(1))];
    let sources = proptest::sample::subsequence(vec![0, 1, 2, 3, 4], 0..=5);
    let record = (0u8..8, groups, sources)
        .prop_map(|(kind, group, sources)| record(RecordType(kind), group, &sources));
    proptest::collection::vec(record, 0..5)
}

fn inputs() -> impl Strategy<Value = OwnedInput> {
    let link = || (0u32..4).prop_map(LinkId);
    let kind = prop_oneof![Just(LinkKind::PointToPoint), Just(LinkKind::Shared)];
    let startup = prop_oneof![Just(Startup::Now), Just(Startup::OnRequest)];
    let src = prop_oneof![9 => (0u16..4).prop_map(host), 1 => Just(Ipv6Addr::UNSPECIFIED)];
    let dst = prop_oneof![6 => Just(ALL_MLDV2_ROUTERS), 1 => Just(ROUTER), 2 => (0u16..3).prop_map(group)];
    let message = prop_oneof![
        6 => records().prop_map(|records| report(&records)),
        1 => (0u16..3).prop_map(|n| {
            let older = crate::wire::mld::ReportV1 { group: Addr::from(group(n)) };
            Owned::new(&Message::ReportV1(older), &Dialect::DEFAULT).unwrap()
        }),
        1 => (0u16..3).prop_map(|n| {
            let done = crate::wire::mld::Done { group: Addr::from(group(n)) };
            Owned::new(&Message::Done(done), &Dialect::DEFAULT).unwrap()
        }),
    ];
    prop_oneof![
        3 => (link(), kind, startup).prop_map(|(link, kind, startup)| OwnedInput::LinkUp { link, address: ROUTER, kind, startup }),
        1 => link().prop_map(|link| OwnedInput::LinkDown { link }),
        1 => link().prop_map(|link| OwnedInput::Query { link }),
        12 => (link(), src, dst, message)
            .prop_map(|(link, src, dst, message)| OwnedInput::Packet { meta: RxMeta { link, ..meta(src, dst) }, message }),
        3 => (link(), (0u16..4).prop_map(host), records(), 0u64..400).prop_map(|(link, listener, records, elapsed)| {
            OwnedInput::Told { link, listener, records, elapsed: Duration::from_secs(elapsed) }
        }),
    ]
}

proptest! {
    #[test]
    fn hold_for_every_script(immediate_leave in any::<bool>(), script in laws::scripts(inputs(), 60)) {
        laws::check(&Small { immediate_leave }, &script)?;
    }
}
