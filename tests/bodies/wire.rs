//! Octets as messages, datagrams, and what random messages are made from.

use multimob::samples::{Arbitrary, DIALECTS, Damaged, Sample, Unstructured};
use multimob::wire::packet::{self, Outgoing, OwnedPayload, Payload};
use multimob::wire::{
    Dialect, Encode, EncodeError, Field, cxtp::Cxtp, cxtp::icmp::CxtpIcmp, igmp::Igmp, ipv4, ipv6, mh::Mh,
    mld::Mld, nd::Nd, pim::Pim, udp::Udp,
};

use super::samples::{Samples, laws};

/// The first octet is the dialect.
pub fn decode_mh(octets: &[u8]) {
    decode::<Mh>(octets);
}

/// The first octet is the dialect.
pub fn decode_mld(octets: &[u8]) {
    decode::<Mld>(octets);
}

/// The first octet is the dialect.
pub fn decode_igmp(octets: &[u8]) {
    decode::<Igmp>(octets);
}

/// The first octet is the dialect.
pub fn decode_cxtp(octets: &[u8]) {
    decode::<Cxtp>(octets);
}

/// The first octet is the dialect.
pub fn decode_nd(octets: &[u8]) {
    decode::<Nd>(octets);
}

/// The first octet is the dialect.
pub fn decode_pim(octets: &[u8]) {
    decode::<Pim>(octets);
}

fn decode<F: Samples>(octets: &[u8]) {
    let (dialect, octets) = by_dialect(octets);
    laws::reads_or_errs::<F>(octets, dialect);
}

fn by_dialect(octets: &[u8]) -> (&'static Dialect, &[u8]) {
    let (first, rest) = octets.split_first().unwrap_or((&0, &[]));
    (&DIALECTS[usize::from(*first) % DIALECTS.len()], rest)
}

/// A whole datagram behind an octet for the dialect. Its checksum is mended, so that the fuzzer gets past it.
pub fn demux(octets: &[u8]) {
    let (dialect, octets) = by_dialect(octets);
    let mut octets = octets.to_vec();
    // IPv4 has one for its header as well.
    for _ in 0..2 {
        match packet::demux(&octets, dialect) {
            Err(error) if error.field == Field::Checksum => {
                mend(&mut octets, error.offset.into(), error.needed);
            }
            _ => break,
        }
    }
    let Ok(read) = packet::demux(&octets, dialect) else { return };
    assert!(!format!("{read:?}").is_empty());
    if let Payload::Other { next_header: ipv6::next_header::HOP_BY_HOP, .. } = read.payload {
        // Where it stood nobody reads it (RFC 8200 4.1); right behind the fixed header everybody does.
        return;
    }
    let packet::Datagram { outer, src, dst, hop_limit, router_alert, payload, .. } = read;
    let packet::Datagram { home_address, routing_header, .. } = read;
    let again = Outgoing { outer, src, dst, home_address, routing_header, hop_limit, router_alert, payload };
    match again.to_vec() {
        Ok(written) => {
            let again = packet::demux(&written, dialect).unwrap();
            assert_eq!(packet::Datagram { inner: read.inner, ..again }, read);
            let owned = OwnedPayload::new(&payload, dialect).unwrap();
            assert_eq!(owned.borrow(), payload);
        }
        // Padding where there was none can make a message longer than its length field allows.
        Err(error) => assert!(!matches!(error, EncodeError::Short { .. }), "{error}"),
    }
}

/// Writes the checksum that was needed `at` octets into the innermost message.
fn mend(octets: &mut [u8], at: usize, needed: u16) {
    let mut start = 0;
    if let Ok(packet) = ipv6::Packet::parse(octets) {
        start = packet.octets.len() - packet.payload.len();
        if packet.upper == ipv6::next_header::IPV6 {
            let inner = ipv6::Packet::parse(packet.payload).unwrap();
            start += inner.octets.len() - inner.payload.len();
        }
    }
    // The checksum of an IPv4 header stands in front, that of IGMP behind one that is good.
    if let Ok(packet) = ipv4::Packet::parse(&octets[start..]) {
        start += packet.octets.len() - packet.payload.len();
    }
    start += at;
    if let Some(field) = octets.get_mut(start..start + 2) {
        field.copy_from_slice(&needed.to_be_bytes());
    }
}

/// A message drawn from the octets, whole under every law or damaged and then read.
pub fn roundtrip(octets: &[u8]) {
    let (first, rest) = octets.split_first().unwrap_or((&0, &[]));
    let u = &mut Unstructured::new(rest);
    match first % 8 {
        0 => one::<Mh>(u),
        1 => one::<Mld>(u),
        2 => one::<Cxtp>(u),
        3 => one::<Nd>(u),
        4 => one::<CxtpIcmp>(u),
        6 => one::<Igmp>(u),
        5 => one::<Pim>(u),
        _ => one::<Udp>(u),
    }
}

fn one<F: Samples + Sample>(u: &mut Unstructured<'_>) {
    if bool::arbitrary(u).unwrap() {
        let damaged = Damaged::<F>::arbitrary(u).unwrap();
        laws::reads_or_errs::<F>(&damaged.octets, &damaged.dialect);
        return;
    }
    let dialect = Dialect::arbitrary(u).unwrap();
    let mut drawn = 0;
    let mut every_law = |view: F::View<'_>| {
        laws::every_law::<F>(view, &dialect);
        drawn += 1;
    };
    F::draw(u, &dialect, &mut every_law).unwrap();
    assert_eq!(drawn, 1);
}
