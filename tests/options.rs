//! Every mobility option of the table, by its samples.
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
use multimob::wire::mh::option::MobilityOption;
use multimob::wire::mh::{Message, Mh};
use samples::{Samples, options};

fn option<'a>(kind: u8, body: &'a [u8]) -> MobilityOption<'a> {
    MobilityOption::other(kind, body, &Dialect::DEFAULT).unwrap()
}

#[test]
fn every_type_has_a_sample_in_a_message() {
    let mut missing: BTreeSet<u8> = MobilityOption::known_types(&Dialect::DEFAULT).collect();
    assert!(missing.len() > 10);
    Mh::each(&mut |message: Message<'_>, dialect: &Dialect| {
        let Message::BindingUpdate(update) = message else { return };
        for option in update.options.iter().filter(|_| *dialect == Dialect::DEFAULT) {
            if option.show(&mut |_, _| ()) {
                missing.remove(&option.kind(dialect));
            }
        }
    });
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn good_bodies_are_read_and_bad_ones_are_malformed() {
    for (kind, body) in options::GOOD {
        let body = options::octets(body);
        let option = option(*kind, &body);
        assert!(option.show(&mut |_, _| ()), "{option:?}");
        assert_eq!(option.kind(&Dialect::DEFAULT), *kind);
    }
    for (kind, body) in options::BAD {
        let body = options::octets(body);
        let option = option(*kind, &body);
        assert!(matches!(option, MobilityOption::Malformed(_)), "{option:?}");
    }
}

#[test]
fn every_type_has_a_body_that_cannot_be() {
    let mut bad: BTreeSet<u8> = options::BAD.iter().map(|(kind, _)| *kind).collect();
    // Without an SPI its length cannot be written, so that it stands in no sample of a message.
    assert!(matches!(option(21, &[0; 3]), MobilityOption::Malformed(_)));
    bad.insert(21);
    for (kind, _) in options::GOOD {
        // A body of any length is good where all of it is one field.
        let any = MobilityOption::other(*kind, &[], &Dialect::DEFAULT).unwrap();
        assert!(bad.contains(kind) || !matches!(any, MobilityOption::Malformed(_)), "{kind}");
    }
}
