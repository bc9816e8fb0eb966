//! The checksum of an ICMPv6 message, pseudo-header included.

use std::hint::black_box;

use multimob::wire::Pseudo;
use pnet_packet::ip::IpNextHeaderProtocols;

use crate::measure::Bench;
use crate::workload::{addresses, octets};

const LENGTHS: &[(&str, usize)] = &[
    ("checksum, 40 B", 40),
    ("checksum, 64 B", 64),
    ("checksum, 128 B", 128),
    ("checksum, 1,500 B", 1_500),
    ("checksum, 9,000 B", 9_000),
];

pub fn section(bench: &mut Bench<'_>) {
    for &(workload, len) in LENGTHS {
        if !bench.wants(workload) {
            continue;
        }
        let octets = octets(len);
        let octets = octets.as_slice();
        let right = ours(octets);
        for theirs in [smoltcp, etherparse, internet_checksum, pnet] {
            assert_eq!(theirs(octets), right);
        }
        bench
            .group(workload, 1)
            .ours("checksum", || ours(black_box(octets)))
            .peer("smoltcp", || smoltcp(black_box(octets)))
            .peer("etherparse", || etherparse(black_box(octets)))
            .peer("internet-checksum", || internet_checksum(black_box(octets)))
            .peer("pnet_packet", || pnet(black_box(octets)))
            .run();
    }
}

#[inline(always)]
fn ours(message: &[u8]) -> u16 {
    let &(src, dst) = addresses();
    Pseudo::icmpv6(src, dst).checksum(message)
}

#[inline(always)]
fn smoltcp(message: &[u8]) -> u16 {
    use smoltcp::wire::{IpProtocol, checksum};
    let (src, dst) = addresses();
    let len = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let pseudo = checksum::pseudo_header_v6(src, dst, IpProtocol::Icmpv6, len);
    !checksum::combine(&[pseudo, checksum::data(message)])
}

#[inline(always)]
fn etherparse(message: &[u8]) -> u16 {
    let (src, dst) = addresses();
    let len = u32::try_from(message.len()).unwrap_or(u32::MAX);
    // It sums as octets lie in memory.
    let sum = etherparse::checksum::Sum16BitWords::new()
        .add_16bytes(src.octets())
        .add_16bytes(dst.octets())
        .add_4bytes(len.to_be_bytes())
        .add_2bytes([0, 58])
        .add_slice(message);
    sum.ones_complement().to_be()
}

#[inline(always)]
fn internet_checksum(message: &[u8]) -> u16 {
    let (src, dst) = addresses();
    let len = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let mut sum = internet_checksum::Checksum::new();
    sum.add_bytes(&src.octets());
    sum.add_bytes(&dst.octets());
    sum.add_bytes(&len.to_be_bytes());
    sum.add_bytes(&[0, 0, 0, 58]);
    sum.add_bytes(message);
    u16::from_be_bytes(sum.checksum())
}

#[inline(always)]
fn pnet(message: &[u8]) -> u16 {
    // No word is left out: it counts from the front in words of 16 bits.
    let none = usize::MAX;
    let (src, dst) = addresses();
    pnet_packet::util::ipv6_checksum(message, none, &[], src, dst, IpNextHeaderProtocols::Icmpv6)
}
