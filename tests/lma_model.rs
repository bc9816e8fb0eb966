//! The anchor against RFC 5213 as printed, with random runs.
#![cfg(feature = "proptest")]

mod bodies;

use core::cell::RefCell;
use std::collections::BTreeSet;

use multimob::samples::tapes;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

fn runs(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig { cases, ..ProptestConfig::default() })
}

/// And all that can be answered is.
#[test]
fn the_anchor_is_that_of_rfc_5213() {
    let seen = RefCell::new(BTreeSet::new());
    let run = |tape: Vec<u8>| {
        seen.borrow_mut().extend(bodies::lma_model::statuses(&tape));
        Ok(())
    };
    runs(2_000).run(&tapes(800), run).unwrap();
    let all = [0, 130, 135, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162];
    assert_eq!(seen.into_inner(), all.into());
}
