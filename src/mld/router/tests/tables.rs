//! Whole runs against the tables as printed: what the link wants, and when each timer ends.

use proptest::prelude::*;

use super::*;
use crate::mld::router::fsm::tests::rfc::{self, LLQT, MALI};
use crate::wire::mld::RecordType as R;

const KINDS: [(R, &str); 6] = [
    (R::IS_IN, "IsIn"),
    (R::IS_EX, "IsEx"),
    (R::TO_IN, "ToIn"),
    (R::TO_EX, "ToEx"),
    (R::ALLOW, "Allow"),
    (R::BLOCK, "Block"),
];

fn agree(bench: &Bench, model: &rfc::Record) -> Result<(), TestCaseError> {
    for n in 1..=6 {
        prop_assert_eq!(
            bench.interest().passes(source(n)),
            model.passes(n),
            "source {} at {:?}",
            n,
            bench.now
        );
    }
    Ok(())
}

proptest! {
    /// Without immediate leave a link is what RFC 3810 says, whoever its listeners are; and what is tracked of them is
    /// never more than what the link wants.
    #[test]
    fn a_link_is_what_the_tables_say(
        shared in any::<bool>(),
        steps in proptest::collection::vec((0u64..200, 0usize..6, 1u16..4, proptest::sample::subsequence(vec![1, 2, 3, 4, 5], 0..=5)), 1..40),
    ) {
        let kind = if shared { LinkKind::Shared } else { LinkKind::PointToPoint };
        let mut bench = Bench::new(kind, |config| config.immediate_leave = false);
        let mut model = rfc::Record::default();
        let mut now = 0;
        for (wait, kind, from, sources) in steps {
            // Mostly short waits, some beyond the listening interval.
            let end = now + if wait > 150 { wait * 3 } else { wait / 8 };
            while let Some(due) = model.next().filter(|&due| due <= end) {
                // Until the moment before, nothing ends; at the moment, it does.
                bench.until(Instant::from_micros(due * 1_000_000 - 1));
                agree(&bench, &model)?;
                bench.until(seconds(due));
                model.elapse(due);
                agree(&bench, &model)?;
            }
            bench.until(seconds(end));
            now = end;
            let (record, name) = KINDS[kind];
            bench.hear(from, record, &sources);
            let asked = model.report(name, &sources, now + MALI);
            model.lower(&asked, now + LLQT);
            agree(&bench, &model)?;
            for n in 1..=6 {
                let tracked = (1..4).any(|from| bench.membership(from).passes(source(n)));
                prop_assert!(!tracked || bench.interest().passes(source(n)), "source {}", n);
            }
        }
    }

    /// With immediate leave the link wants what its tracked listeners want together, no more and no less.
    #[test]
    fn with_immediate_leave_a_link_is_the_union_of_its_listeners(
        steps in proptest::collection::vec((0u64..300, 0usize..6, 1u16..4, proptest::sample::subsequence(vec![1, 2, 3, 4, 5], 0..=5)), 1..40),
    ) {
        let mut bench = Bench::shared();
        let union = |bench: &Bench| (1..4).fold(Filter::NOTHING, |all, from| all.union(&bench.membership(from)));
        let mut now = 0;
        for (wait, kind, from, sources) in steps {
            now += wait / 8;
            while let Some(due) = bench.router.poll_timeout().filter(|&due| due <= seconds(now)) {
                bench.until(due);
                prop_assert_eq!(bench.interest(), union(&bench));
            }
            bench.until(seconds(now));
            bench.hear(from, KINDS[kind].0, &sources);
            prop_assert_eq!(bench.interest(), union(&bench));
        }
        bench.until(seconds(now + 1_000));
        prop_assert_eq!(bench.router.snapshot()[&LINK].clone(), LinkState::default());
    }
}
