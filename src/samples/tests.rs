//! What is promised of samples: none fails, plain octets give plain values, and they shrink to what matters.
#![cfg(feature = "proptest")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use core::net::Ipv4Addr;
use std::vec::Vec;

use proptest::proptest;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use super::*;
use crate::channel::{Filter, FilterMode};
use crate::laws::{Step, scripts};
use crate::machine::LinkId;
use crate::mld::{GroupRecord, listener, proxy, router};
use crate::pmip::{lma, mag};
use crate::wire::cxtp::icmp::CxtpIcmp;
use crate::wire::mld::{Message, Mld};
use crate::wire::packet::OwnedPayload;
use crate::wire::udp::Udp;
use crate::wire::{Dialect, Format, Owned, cxtp::Cxtp, mh::Mh, nd::Nd, pim::Pim};

fn drawn<'a, T: Arbitrary<'a>>(octets: &'a [u8]) -> T {
    T::arbitrary(&mut Unstructured::new(octets)).unwrap()
}

fn reads_or_not<F: Sample>(octets: &[u8]) -> bool {
    let damaged: Damaged<F> = drawn(octets);
    F::parse(&damaged.octets, &damaged.dialect).is_ok()
}

fn message<F: Sample>(octets: &[u8]) {
    let owned: Owned<F> = drawn(octets);
    assert_eq!(Owned::from_octets(owned.octets(), owned.dialect()).unwrap(), owned);
    reads_or_not::<F>(octets);
}

proptest! {
    #[test]
    fn nothing_that_is_drawn_fails(octets in tapes(400)) {
        message::<Mh>(&octets);
        message::<Mld>(&octets);
        message::<Cxtp>(&octets);
        message::<CxtpIcmp>(&octets);
        message::<Nd>(&octets);
        message::<Pim>(&octets);
        message::<Udp>(&octets);
        drawn::<OwnedPayload>(&octets);
        drawn::<Dialect>(&octets);
        drawn::<Filter>(&octets);
        drawn::<GroupRecord>(&octets);
        drawn::<Step<router::OwnedInput>>(&octets);
        drawn::<Step<listener::OwnedInput>>(&octets);
        drawn::<Step<proxy::OwnedInput>>(&octets);
        drawn::<Step<router::OwnedInput<Ipv4Addr>>>(&octets);
        drawn::<Step<listener::OwnedInput<Ipv4Addr>>>(&octets);
        drawn::<Step<proxy::OwnedInput<Ipv4Addr>>>(&octets);
        drawn::<Step<mag::OwnedInput>>(&octets);
        drawn::<Step<lma::OwnedInput>>(&octets);
    }
}

#[test]
fn octets_that_are_used_up_give_the_plainest_value() {
    assert_eq!(drawn::<Filter>(&[]), Filter::NOTHING);
    assert_eq!(drawn::<Dialect>(&[]), Dialect::DEFAULT);
    let report: Owned<Mld> = drawn(&[]);
    assert!(matches!(report.view(), Message::Report(report) if report.records.is_empty()));
    let whole: Damaged<Mld> = drawn(&[]);
    assert_eq!(Mld::parse(&whole.octets, &whole.dialect), Ok(report.view()));
    assert!(matches!(drawn::<Step<mag::OwnedInput>>(&[]), Step::Input(mag::OwnedInput::Attached { .. })));
}

#[test]
fn damaged_messages_are_near_the_border_on_both_sides() {
    let mut runner = TestRunner::deterministic();
    let mut read = 0;
    for _ in 0..1_000 {
        let octets = tapes(400).new_tree(&mut runner).unwrap().current();
        read += usize::from(reads_or_not::<Mh>(&octets));
    }
    assert!((200..800).contains(&read), "{read} of 1,000 read");
}

/// The smallest value at which `wrong` holds, as proptest finds it.
fn smallest<T: core::fmt::Debug>(values: impl Strategy<Value = T>, wrong: impl Fn(&T) -> bool) -> T {
    let config = Config { failure_persistence: None, cases: 1_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRunner::deterministic().rng().clone());
    let found = runner.run(&values, |value| match wrong(&value) {
        true => Err(TestCaseError::fail("found")),
        false => Ok(()),
    });
    match found {
        Err(TestError::Fail(_, value)) => value,
        other => panic!("nothing was found: {other:?}"),
    }
}

#[test]
fn a_filter_shrinks_to_the_sources_that_matter() {
    let filter = smallest(of::<Filter>(), |filter| filter.sources.len() >= 2);
    assert_eq!(filter.sources.len(), 2);
    assert_eq!(filter.mode, FilterMode::Include);
}

#[test]
fn a_message_shrinks_to_the_record_that_matters() {
    let sources = |message: &Owned<Mld>| match message.view() {
        Message::Report(report) => report.records.iter().map(|record| record.sources.len()).sum(),
        _ => 0,
    };
    let message = smallest(of::<Owned<Mld>>(), |message| sources(message) > 0);
    let Message::Report(report) = message.view() else { panic!("{message:?}") };
    assert_eq!((report.records.len(), sources(&message)), (1, 1), "{message:?}");
}

#[test]
fn a_script_shrinks_to_the_steps_that_matter() {
    let downs = |script: &Vec<Step<router::OwnedInput>>| {
        script.iter().filter(|step| matches!(step, Step::Input(router::OwnedInput::LinkDown { .. }))).count()
    };
    let script = smallest(scripts(of(), 60), |script| downs(script) > 0);
    assert_eq!(script, [Step::Input(router::OwnedInput::LinkDown { link: LinkId(1) })]);
}
