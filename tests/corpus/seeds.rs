//! What the corpus grew from.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::fs::{self, File};
use std::path::Path;

use multimob::samples::DIALECTS;
use multimob::wire::packet::{Outgoing, Payload};
use multimob::wire::{
    Dialect, Encode, Format, cxtp::Cxtp, cxtp::icmp::CxtpIcmp, igmp::Igmp, mh::Mh, mld::Mld, nd::Nd, pim::Pim,
};
use pcap_file::pcap::PcapReader;

use super::bodies::samples::Samples;

/// Longer seeds only slow a fuzzer down.
const MOST: usize = 400;

/// The seeds of a target, the same each time.
pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    let seeds = match target {
        "decode_mh" => messages::<Mh>(),
        "decode_mld" => messages::<Mld>(),
        "decode_igmp" => messages::<Igmp>(),
        "decode_cxtp" => messages::<Cxtp>(),
        "decode_nd" => messages::<Nd>(),
        "decode_pim" => messages::<Pim>(),
        "demux" => {
            let mut all = captured();
            all.extend(datagrams::<Mh>());
            all.extend(datagrams::<Mld>());
            all.extend(datagrams::<Igmp>());
            all.extend(datagrams::<Cxtp>());
            all.extend(datagrams::<CxtpIcmp>());
            all.extend(datagrams::<Nd>());
            all.extend(datagrams::<Pim>());
            all
        }
        other => tapes(other),
    };
    seeds.into_iter().filter(|seed| seed.len() <= MOST).collect()
}

/// Each sample behind the number of its dialect.
fn messages<F: Samples>() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    F::each(&mut |view, dialect| all.push(behind(dialect, &view)));
    all
}

/// Each sample in a datagram, by turns in a tunnel.
fn datagrams<F: Samples>() -> Vec<Vec<u8>>
where
    for<'a> Payload<'a>: From<F::View<'a>>,
{
    let [src, dst, mag, lma] = [1, 2, 3, 4].map(|n| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n));
    let [src4, dst4] = [1, 2].map(|n| Ipv4Addr::new(192, 0, 2, n).to_ipv6_mapped());
    let mut all: Vec<Vec<u8>> = Vec::new();
    F::each(&mut |view: <F as Format>::View<'_>, dialect| {
        let payload = view.into();
        let plain = match payload {
            Payload::Igmp(_) => Outgoing::new(src4, dst4, payload),
            _ => Outgoing::new(src, dst, payload),
        };
        let tunnelled = plain.in_tunnel(mag, lma);
        all.push(behind(dialect, if all.len().is_multiple_of(2) { &plain } else { &tunnelled }));
    });
    all
}

fn behind(dialect: &Dialect, message: &impl Encode) -> Vec<u8> {
    let number = DIALECTS.iter().position(|other| other == dialect).unwrap_or(0);
    [vec![number as u8], message.to_vec().unwrap()].concat()
}

/// The IPv6 packets of every capture, which begin at octet 14 of a frame.
fn captured() -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    let mut captures: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    captures.retain(|path| path.extension().is_some_and(|extension| extension == "pcap"));
    captures.sort();
    let mut packets = Vec::new();
    for capture in captures {
        let mut reader = PcapReader::new(File::open(capture).unwrap()).unwrap();
        while let Some(frame) = reader.next_packet() {
            let frame = frame.unwrap().data;
            if let Some(packet) = frame.get(12..).and_then(|rest| rest.strip_prefix(&[0x86, 0xdd])) {
                packets.push([&[0], packet].concat());
            }
        }
    }
    packets
}

/// Octets to draw from: short ones, long ones, small values, any values.
fn tapes(target: &str) -> Vec<Vec<u8>> {
    // Another sequence for each target (SplitMix64).
    let mut state = target.bytes().fold(0u64, |all, octet| all.wrapping_mul(31).wrapping_add(octet.into()));
    let mut octet = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) as u8
    };
    let tape = |number: usize| {
        let (len, mask) = (12 << (number / 4 % 6), [0xff, 0x0f, 0x3f, 0xff][number % 4]);
        (0..len).map(|_| octet() & mask).collect()
    };
    (0..48).map(tape).collect()
}
