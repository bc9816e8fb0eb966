//! What a fuzzer would take long to hit upon: how messages begin, and whole options, records and blocks.

use core::fmt::Write;
use std::collections::BTreeSet;

use multimob::wire::{Encode, cxtp::Cxtp, igmp::Igmp, ipv6, mh::Mh, mld::Mld, nd::Nd, pim::Pim};

use super::bodies::samples::Samples;

/// libFuzzer takes no longer words.
const LONGEST: usize = 64;

type Words = BTreeSet<Vec<u8>>;

/// The dictionaries by target.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let [mh, mld, cxtp, nd] = [words::<Mh>(12), words::<Mld>(8), words::<Cxtp>(28), words::<Nd>(8)];
    let pim = words::<Pim>(4);
    let mut datagram: Words = [&mh, &mld, &cxtp, &nd, &pim].into_iter().flatten().cloned().collect();
    datagram.extend([17, 41, 58, 103, 135].map(|upper| ipv6::router_alert(upper).to_vec()));
    datagram.extend([[0x60, 0, 0, 0], [0x13, 0xe3, 0x13, 0xe3]].map(Vec::from));
    let words = [
        ("decode_mh", mh),
        ("decode_mld", mld),
        ("decode_igmp", words::<Igmp>(8)),
        ("decode_cxtp", cxtp),
        ("decode_nd", nd),
        ("decode_pim", pim),
        ("demux", datagram),
    ];
    words.into_iter().map(|(target, words)| (target, text(&words))).collect()
}

/// The first four octets of each sample, and what follows the `head` of those that carry little else.
fn words<F: Samples>(head: usize) -> Words {
    let mut words = Words::new();
    F::each(&mut |view, _| {
        let octets = view.to_vec().unwrap();
        words.extend(octets.get(..4).map(Vec::from));
        words.extend(octets.get(head..).filter(|item| (2..=LONGEST).contains(&item.len())).map(Vec::from));
    });
    words
}

fn text(words: &Words) -> String {
    let mut text = String::new();
    for word in words {
        text.push('"');
        word.iter().for_each(|octet| write!(text, "\\x{octet:02x}").unwrap());
        text.push_str("\"\n");
    }
    text
}
