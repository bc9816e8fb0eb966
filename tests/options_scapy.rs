//! scapy reads the same values out of the mobility options that it knows, and writes them as we do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test may panic, and its numbers are small"
)]

#[path = "program/judge.rs"]
mod judge;
mod samples;

use multimob::wire::fields::Value;
use multimob::wire::mh::{BindingUpdate, Message, MobilityOption, UpdateFlags};
use multimob::wire::{Dialect, Encode, List};
use samples::options;

const PYTHON: &str = "/usr/bin/python3";

/// Type, our name of a field, and scapy's. Left out of the types that scapy 2.5 knows: 7, which it wants to hold six octets,
/// and 10, which it shows as a date.
const FIELDS: &[(u8, &str, &str)] = &[
    (2, "interval", "rinter"),
    (3, "address", "acoa"),
    (4, "home", "hni"),
    (4, "care_of", "coni"),
    (5, "authenticator", "authenticator"),
    (6, "length", "plen"),
    (6, "prefix", "prefix"),
    (8, "subtype", "subtype"),
    (8, "id", "id"),
    (8, "id_octets", "id"),
    (9, "subtype", "subtype"),
    (9, "spi", "mspi"),
    (9, "data", "authdata"),
    (12, "parameters", "cgaparams"),
    (13, "signature", "sig"),
    (14, "token", "hkt"),
    (16, "token", "cokt"),
];

const KNOWN: [u8; 13] = [2, 3, 4, 5, 6, 8, 9, 11, 12, 13, 14, 15, 16];

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// What we read, as the script says it.
fn ours(option: &MobilityOption<'_>) -> String {
    let kind = option.kind(&Dialect::DEFAULT);
    let mut said = format!("same {kind}");
    option.show(&mut |name, value| {
        let field = FIELDS.iter().find(|(k, ours, _)| (*k, *ours) == (kind, name));
        let Some((.., theirs)) = field else { panic!("{name} of {kind}") };
        let value = match value {
            Value::Int(int) | Value::Code(int, _) => int.to_string(),
            Value::Addr(addr) => addr.to_string(),
            Value::Octets(octets) | Value::Identifier(octets) => hex(octets),
            other => panic!("{other:?}"),
        };
        said += &format!(" {theirs}={value}");
    });
    said
}

#[test]
fn every_option_that_scapy_knows_has_the_same_values_and_octets() {
    if !judge::is_there(PYTHON, &["-c", "import scapy"], "python3-scapy") {
        return;
    }
    let (mut input, mut expected) = (String::new(), Vec::new());
    for (kind, body) in options::GOOD {
        let body = options::octets(body);
        // An authenticator has 96 bits to it, whatever the length says.
        if !KNOWN.contains(kind) || *kind == 5 && body.len() != 12 {
            continue;
        }
        let option = [MobilityOption::other(*kind, &body, &Dialect::DEFAULT).unwrap()];
        let options = List::new(&option, &Dialect::DEFAULT);
        let flags = UpdateFlags::ACKNOWLEDGE;
        let update = BindingUpdate { sequence: 1, flags, lifetime: 1, options };
        input += &format!("{}\n", hex(&Message::BindingUpdate(update).to_vec().unwrap()));
        expected.push(ours(&option[0]));
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/judges/mobility_options.py");
    let said = judge::asked(PYTHON, &[script], input.as_bytes());
    for (theirs, ours) in said.lines().zip(&expected) {
        assert_eq!(theirs, ours);
    }
    assert_eq!(said.lines().count(), expected.len());
    assert!(expected.len() >= KNOWN.len());
}
