//! Every Mobility Header message of the table: its samples, and octets that were not made here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod samples;

use std::collections::BTreeSet;

use multimob::wire::Dialect;
use multimob::wire::mh::{Message, Mh};
use samples::Samples;

#[test]
fn every_type_has_samples_with_options_and_without() {
    let mut missing: BTreeSet<(&str, bool)> =
        Message::NAMES.iter().flat_map(|name| [(*name, false), (*name, true)]).collect();
    assert_eq!(missing.len(), 2 * 26);
    missing.remove(&("Experimental", true));
    Mh::each(&mut |message: Message<'_>, _: &Dialect| {
        missing.remove(&(message.name(), message.options().is_some_and(|options| !options.is_empty())));
    });
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn every_type_has_one_name() {
    let names: BTreeSet<&str> = Message::NAMES.iter().copied().collect();
    assert_eq!(names.len(), Message::NAMES.len());
    let mut kinds = BTreeSet::new();
    Mh::each(&mut |message: Message<'_>, _: &Dialect| {
        let mut octets = vec![0; 2_048];
        let len = multimob::wire::Encode::encode(&message, &mut octets).unwrap();
        let name = Message::name_of(&octets[..len]);
        if let Message::Unknown(_) = message {
            return;
        }
        assert_eq!(name, Some(message.name()));
        kinds.insert(message.kind());
    });
    assert!(kinds.into_iter().eq(0..=23), "digest 2.1 has all types from 0 to 23");
    assert_eq!(Message::name_of(&[59, 0, 24, 0, 0, 0, 0, 0]), None);
}
