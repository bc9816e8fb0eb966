//! Whole datagrams: what `build` makes of every sample is what `demux` reads, and what another crate reads.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod samples;

use core::net::{Ipv4Addr, Ipv6Addr};

use multimob::wire::packet::{Outgoing, OwnedPayload, Payload, build, demux, encapsulate};
use multimob::wire::{Dialect, Encode, EncodeError, Field, Format, Layer, Pseudo, igmp, mld, pim, udp};
use proptest::prelude::*;
use samples::Samples;

const SRC: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 5);
const DST: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 1);
const GROUP: Ipv6Addr = Ipv6Addr::new(0xff3e, 0, 0, 0, 0, 0, 0x8000, 1);
const HOME: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 2);
const MAG: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, 1);
const LMA: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 1);

/// Source and destination of a message: of IPv4 before IGMP.
fn ends(payload: &Payload<'_>) -> (Ipv6Addr, Ipv6Addr) {
    let mapped = |octets: [u8; 4]| Ipv4Addr::from(octets).to_ipv6_mapped();
    match payload {
        Payload::Igmp(_) => (mapped([192, 0, 2, 5]), mapped([224, 0, 0, 22])),
        _ => (SRC, DST),
    }
}

fn plain(payload: Payload<'_>) -> Outgoing<'_> {
    let (src, dst) = ends(&payload);
    Outgoing::new(src, dst, payload)
}

fn what_is_built_is_what_is_read(payload: Payload<'_>, dialect: &Dialect) {
    let mut buf = vec![0; 65_600];
    let (src, dst) = ends(&payload);
    let len = build(src, dst, &payload, &mut buf).unwrap();
    let octets = &buf[..len];
    let read = demux(octets, dialect).unwrap();
    assert_eq!(read.payload, payload);
    assert_eq!((read.outer, read.src, read.dst, read.inner), (None, src, dst, octets));
    let (hop_limit, router_alert) = match payload {
        Payload::Mld(_) | Payload::Igmp(_) => (1, true),
        Payload::Nd(_) | Payload::CxtpIcmp(_) => (255, false),
        Payload::Pim(message) if matches!(message.kind().0, 0 | 3..=5 | 9..) => (1, false),
        _ => (64, false),
    };
    assert_eq!((read.hop_limit, read.router_alert), (hop_limit, router_alert));
}

fn t19_hop_limit_and_router_alert_are_those_of_the_inner_packet(payload: Payload<'_>, dialect: &Dialect) {
    let plain = plain(payload);
    let inner = plain.to_vec().unwrap();
    let octets = plain.in_tunnel(MAG, LMA).to_vec().unwrap();
    assert_eq!(octets[6..8], [if matches!(payload, Payload::Igmp(_)) { 4 } else { 41 }, 64]);
    let read = demux(&octets, dialect).unwrap();
    assert_eq!((read.outer, read.inner), (Some((MAG, LMA)), &inner[..]));
    let direct = demux(&inner, dialect).unwrap();
    assert_eq!((read.hop_limit, read.router_alert), (direct.hop_limit, direct.router_alert));
    assert_eq!(read.payload, payload);

    let mut copied = vec![0; octets.len()];
    assert_eq!(encapsulate(MAG, LMA, &inner, &mut copied), Ok(octets.len()));
    assert_eq!(copied, octets);
}

fn a_truncated_datagram_is_an_error(payload: Payload<'_>, dialect: &Dialect) {
    let octets = plain(payload).in_tunnel(MAG, LMA).to_vec().unwrap();
    for len in 0..octets.len() {
        assert!(demux(&octets[..len], dialect).is_err(), "{len} octets of {payload:?}");
    }
    let padded = [&octets[..], &[0; 9]].concat();
    assert_eq!(demux(&padded, dialect).unwrap().payload, payload);
}

fn a_changed_bit_never_reads_as_a_message(payload: Payload<'_>, dialect: &Dialect) {
    let mut octets = plain(payload).to_vec().unwrap();
    // The packet in a Register is not under its checksum (RFC 7761 4.9.3).
    let covered = match payload {
        Payload::Pim(pim::Message::Register(_)) => 40 + pim::Register::HEAD_LEN,
        _ => octets.len(),
    };
    for at in 0..covered {
        for bit in 0..8 {
            octets[at] ^= 1 << bit;
            match demux(&octets, dialect) {
                // Class, flow label, hop limit and the hop-by-hop header have no checksum.
                Ok(read) if at < 8 || (40..48).contains(&at) => assert!(!format!("{read:?}").is_empty()),
                Ok(read) => {
                    assert!(matches!(read.payload, Payload::Other { .. }), "bit {bit} of {at}: {read:?}")
                }
                Err(error) => assert!(error.needed != error.have),
            }
            octets[at] ^= 1 << bit;
        }
    }
}

fn length_and_octets_agree(payload: Payload<'_>, _: &Dialect) {
    let datagram = plain(payload).in_tunnel(MAG, LMA);
    let octets = datagram.to_vec().unwrap();
    assert_eq!(datagram.encoded_len(), octets.len());
    let (mut zeros, mut ones) = (vec![0x00; octets.len()], vec![0xff; octets.len()]);
    assert_eq!(datagram.encode(&mut zeros), Ok(octets.len()));
    assert_eq!(datagram.encode(&mut ones), Ok(octets.len()));
    assert_eq!((&zeros, &ones), (&octets, &octets));
    for have in 0..octets.len() {
        assert_eq!(datagram.encode(&mut ones[..have]), Err(EncodeError::Short { needed: octets.len() }));
    }
}

fn the_owned_form_lends_the_same_payload(payload: Payload<'_>, dialect: &Dialect) {
    let owned = OwnedPayload::new(&payload, dialect).unwrap();
    assert_eq!(owned.borrow(), payload);
    assert_eq!(OwnedPayload::new(&owned.borrow(), dialect).unwrap(), owned);
    #[cfg(feature = "serde")]
    {
        let json = serde_json::to_string(&owned).unwrap();
        assert_eq!(serde_json::from_str::<OwnedPayload>(&json).unwrap(), owned);
    }
}

fn home_addresses_come_back_and_are_under_the_checksum(payload: Payload<'_>, dialect: &Dialect) {
    if let Payload::Igmp(_) = payload {
        let homed = plain(payload).from_home(MAG).to_vec();
        assert_eq!(homed, Err(EncodeError::NotIpv4(MAG)), "IPv4 has no such header");
        return;
    }
    let plain = Outgoing::new(SRC, DST, payload);
    for (datagram, home, routed) in [
        (plain.from_home(MAG), Some(MAG), None),
        (plain.to_home(HOME), None, Some(HOME)),
        (plain.from_home(MAG).to_home(HOME), Some(MAG), Some(HOME)),
    ] {
        let octets = datagram.to_vec().unwrap();
        assert_eq!(octets.len(), datagram.encoded_len());
        let read = demux(&octets, dialect).unwrap();
        assert_eq!((read.src, read.dst, read.home_address, read.routing_header), (SRC, DST, home, routed));
        assert_eq!((read.payload, read.router_alert), (payload, plain.router_alert));
        // Another home address is another checksum. Each stands at the end of its header, the option's behind the other.
        let message = plain.encoded_len() - 40 - if plain.router_alert { 8 } else { 0 };
        let homes = usize::from(home.is_some()) + usize::from(routed.is_some());
        for header in 0..homes {
            let mut other = octets.clone();
            other[octets.len() - message - 1 - 24 * header] ^= 1;
            assert_eq!(demux(&other, dialect).unwrap_err().field, Field::Checksum);
        }
    }
}

/// etherparse reads the same headers and finds the same checksums.
fn another_crate_reads_the_same(payload: Payload<'_>, _: &Dialect) {
    use etherparse::{Ipv4Header, Ipv6Extensions, Ipv6Header, UdpHeader};

    let octets = plain(payload).to_vec().unwrap();
    if let Payload::Igmp(_) = payload {
        // It knows the header, and sums over IGMP as over any octets.
        let (header, rest) = Ipv4Header::from_slice(&octets).unwrap();
        assert_eq!((header.source, header.destination), ([192, 0, 2, 5], [224, 0, 0, 22]));
        assert_eq!(
            (header.time_to_live, header.protocol.0, &header.options[..]),
            (1, 2, &[0x94, 4, 0, 0][..])
        );
        assert_eq!(header.header_checksum, header.calc_header_checksum());
        assert_eq!(usize::from(header.payload_len().unwrap()), rest.len());
        let sum = etherparse::checksum::Sum16BitWords::new().add_slice(rest);
        assert_eq!(sum.ones_complement(), 0);
        return;
    }
    let (header, rest) = Ipv6Header::from_slice(&octets).unwrap();
    assert_eq!(usize::from(header.payload_length), rest.len());
    assert_eq!((header.source, header.destination), (SRC.octets(), DST.octets()));
    let (extensions, upper, rest) = Ipv6Extensions::from_slice(header.next_header, rest).unwrap();
    assert_eq!(extensions.hop_by_hop_options.is_some(), matches!(payload, Payload::Mld(_)));
    match (upper.0, payload) {
        (58, Payload::Mld(_) | Payload::Nd(_) | Payload::CxtpIcmp(_)) => {
            let icmpv6 = etherparse::Icmpv6Slice::from_slice(rest).unwrap();
            assert!(icmpv6.is_checksum_valid(SRC.octets(), DST.octets()));
        }
        (17, Payload::Cxtp(_)) => {
            let (udp, data) = UdpHeader::from_slice(rest).unwrap();
            assert_eq!((udp.source_port, udp.destination_port), (5091, 5091));
            assert_eq!(usize::from(udp.length), rest.len());
            assert_eq!(udp.checksum, udp.calc_checksum_ipv6(&header, data).unwrap());
        }
        // It knows neither the Mobility Header nor PIM.
        (135, Payload::Mh(_)) | (103, Payload::Pim(_)) => {}
        (upper, payload) => panic!("next header {upper} before {payload:?}"),
    }
}

macro_rules! laws {
    ($($name:ident: $format:ty, laws: [$($law:ident,)*];)*) => {$(
        mod $name {
            use super::*;

            $(
                #[test]
                fn $law() {
                    let mut visited = 0;
                    <$format as Samples>::each(&mut |message: <$format as Format>::View<'_>, dialect| {
                        super::$law(Payload::from(message), dialect);
                        visited += 1;
                    });
                    assert!(visited > 0);
                }
            )*
        }
    )*};
    ($($name:ident: $format:ty;)*) => {
        laws! {$(
            $name: $format, laws: [
                what_is_built_is_what_is_read,
                t19_hop_limit_and_router_alert_are_those_of_the_inner_packet,
                a_truncated_datagram_is_an_error,
                a_changed_bit_never_reads_as_a_message,
                length_and_octets_agree,
                home_addresses_come_back_and_are_under_the_checksum,
                the_owned_form_lends_the_same_payload,
                another_crate_reads_the_same,
            ];
        )*}
    };
}

laws! {
    mld_in_ipv6: multimob::wire::mld::Mld;
    igmp_in_ipv4: multimob::wire::igmp::Igmp;
    nd_in_ipv6: multimob::wire::nd::Nd;
    pim_in_ipv6: multimob::wire::pim::Pim;
    mh_in_ipv6: multimob::wire::mh::Mh;
    cxtp_in_ipv6: multimob::wire::cxtp::Cxtp;
    cxtp_in_icmpv6: multimob::wire::cxtp::icmp::CxtpIcmp;
}

proptest! {
    #[test]
    fn random_octets_never_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = demux(&octets, &Dialect::DEFAULT);
    }

    /// A good fixed header, so that the extension headers and messages behind it are reached.
    #[test]
    fn random_payloads_never_panic(
        next_header in prop::sample::select(vec![0_u8, 17, 41, 43, 44, 58, 60, 103, 135]),
        data in prop::collection::vec(any::<u8>(), 0..120),
        tunnel: bool,
    ) {
        let plain = Outgoing::new(SRC, DST, Payload::Other { next_header, data: &data });
        let datagram = if tunnel { plain.in_tunnel(MAG, LMA) } else { plain };
        if let Ok(read) = demux(&datagram.to_vec().unwrap(), &Dialect::DEFAULT) {
            let shown = format!("{read:?}");
            prop_assert!(!shown.is_empty());
        }
    }

    /// What only passes comes out as it went in.
    #[test]
    fn user_data_of_any_kind_passes(next_header in 144..=254_u8, data in prop::collection::vec(any::<u8>(), 0..120)) {
        let payload = Payload::Other { next_header, data: &data };
        let octets = Outgoing::new(SRC, GROUP, payload).to_vec().unwrap();
        prop_assert_eq!(demux(&octets, &Dialect::DEFAULT).unwrap().payload, payload);
    }
}

fn user_data(dst: Ipv6Addr, dst_port: u16) -> Vec<u8> {
    udp::Datagram { src_port: 5004, dst_port, data: b"frame" }.to_vec_for(&Pseudo::udp(SRC, dst)).unwrap()
}

#[test]
fn user_data_passes_as_it_is() {
    // Even to the port of CXTP: to a group it cannot be signalling.
    for port in [5004, 5091] {
        let mut data = user_data(GROUP, port);
        data[6] ^= 0xff;
        let payload = Payload::Other { next_header: 17, data: &data };
        let octets = Outgoing { hop_limit: 17, ..Outgoing::new(SRC, GROUP, payload) }.to_vec().unwrap();
        let read = demux(&octets, &Dialect::DEFAULT).unwrap();
        assert_eq!((read.payload, read.inner, read.hop_limit), (payload, &octets[..], 17));
        let owned = OwnedPayload::new(&payload, &Dialect::DEFAULT).unwrap();
        assert_eq!(owned.borrow(), payload);
    }
}

#[test]
fn a_second_tunnel_header_is_user_data() {
    let data = user_data(GROUP, 5004);
    let innermost =
        Outgoing::new(SRC, GROUP, Payload::Other { next_header: 17, data: &data }).to_vec().unwrap();
    let twice = Outgoing::new(SRC, DST, Payload::Other { next_header: 41, data: &innermost });
    let octets = twice.in_tunnel(MAG, LMA).to_vec().unwrap();
    let read = demux(&octets, &Dialect::DEFAULT).unwrap();
    assert_eq!((read.outer, read.src, read.dst), (Some((MAG, LMA)), SRC, DST));
    assert_eq!(read.payload, twice.payload);
    assert_eq!(read.inner, &octets[40..]);
}

#[test]
fn icmpv6_of_other_types_is_not_looked_at() {
    for data in [&[128, 0, 0xde, 0xad, 0, 1, 0, 1][..], &[135], &[]] {
        let payload = Payload::Other { next_header: 58, data };
        let octets = Outgoing::new(SRC, DST, payload).to_vec().unwrap();
        assert_eq!(demux(&octets, &Dialect::DEFAULT).unwrap().payload, payload);
    }
}

#[test]
fn a_wrong_checksum_is_told_with_the_right_one() {
    let query = Payload::Mld(mld::Message::Query(mld::Query::general()));
    let mut octets = Outgoing::new(SRC, GROUP, query).to_vec().unwrap();
    let right = u16::from_be_bytes([octets[50], octets[51]]);
    octets[50..52].copy_from_slice(&0x1234_u16.to_be_bytes());
    let error = demux(&octets, &Dialect::DEFAULT).unwrap_err();
    assert_eq!((error.layer, error.field, error.offset), (Layer::Icmpv6, Field::Checksum, 2));
    assert_eq!((error.needed, error.have), (right, 0x1234));
}

#[test]
fn the_checksum_comes_before_every_other_fault() {
    // A Report that promises a record it does not have, its checksum wrong, then right.
    let mut report = [143, 0, 0, 0, 0, 0, 0, 1];
    let fault = |data: &[u8]| {
        let octets = Outgoing::new(SRC, DST, Payload::Other { next_header: 58, data }).to_vec().unwrap();
        demux(&octets, &Dialect::DEFAULT).unwrap_err().field
    };
    assert_eq!(fault(&report), Field::Checksum);
    let checksum = Pseudo::mld(SRC, DST).checksum(&report);
    report[2..4].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(fault(&report), Field::RecordHeader);
    assert_eq!(fault(&[143, 0, 1]), Field::Checksum, "no room for a checksum");
}

#[test]
fn octets_after_the_records_are_in_the_checksum() {
    let mut report = mld::Message::Report(mld::Report::default()).to_vec().unwrap();
    report.extend([1, 2, 3]);
    let checksum = Pseudo::mld(SRC, DST).checksum(&report);
    report[2..4].copy_from_slice(&checksum.to_be_bytes());
    let read = |data: &[u8]| {
        let octets = Outgoing::new(SRC, DST, Payload::Other { next_header: 58, data }).to_vec().unwrap();
        demux(&octets, &Dialect::DEFAULT).map(|read| matches!(read.payload, Payload::Mld(_)))
    };
    assert_eq!(read(&report), Ok(true));
    report[10] = 4;
    assert_eq!(read(&report).unwrap_err().field, Field::Checksum);
}

#[test]
fn udp_without_a_checksum_is_refused_where_it_is_read() {
    let mut data = user_data(DST, 5091);
    data[6..8].fill(0);
    let octets = Outgoing::new(SRC, DST, Payload::Other { next_header: 17, data: &data }).to_vec().unwrap();
    let error = demux(&octets, &Dialect::DEFAULT).unwrap_err();
    assert_eq!((error.layer, error.field, error.have), (Layer::Udp, Field::Checksum, 0));
}

#[test]
fn a_packet_too_long_for_ipv6_is_refused() {
    let data = vec![0; 65_536];
    let refused = Err(EncodeError::TooLong { field: Field::Length, max: 65_535 });
    assert_eq!(Outgoing::new(SRC, DST, Payload::Other { next_header: 17, data: &data }).to_vec(), refused);
    let plain = Outgoing::new(SRC, DST, Payload::Other { next_header: 17, data: &data[1..] });
    assert_eq!(plain.encoded_len(), 40 + 65_535);
    assert_eq!(plain.in_tunnel(MAG, LMA).to_vec(), refused);
}

#[test]
fn an_envelope_is_written_as_its_datagram_and_read_as_its_meta() {
    use multimob::machine::{Envelope, LinkId, Outer, Protection, RxMeta, Via};

    let query = mld::Message::Query(mld::Query::general());
    let body = OwnedPayload::from(mld::Owned::new(&query, &Dialect::DEFAULT).unwrap());
    let envelope = Envelope { via: Via::Routed, src: SRC, dst: GROUP, body };
    let mut octets = [0; 128];
    let len = envelope.encode(&mut octets).unwrap();
    assert_eq!((len, envelope.encoded_len()), (40 + 8 + 28, 40 + 8 + 28));
    assert_eq!(demux(&octets[..len], &Dialect::DEFAULT).unwrap().payload, Payload::Mld(query));

    let octets = envelope.datagram().in_tunnel(LMA, MAG).to_vec().unwrap();
    let read = demux(&octets, &Dialect::DEFAULT).unwrap();
    let meta = RxMeta::new(LinkId(7), &read, Protection::Authenticated);
    let outer = Some(Outer { src: LMA, dst: MAG });
    let protection = Protection::Authenticated;
    assert_eq!(
        meta,
        RxMeta {
            link: LinkId(7),
            src: SRC,
            dst: GROUP,
            home_address: None,
            routing_header: None,
            outer,
            hop_limit: 1,
            router_alert: true,
            protection
        }
    );
}

#[test]
fn s42_igmp_goes_through_a_tunnel_of_ipv6_as_ipv4() {
    let query = Payload::Igmp(igmp::Message::Query(igmp::Query::general()));
    let (src, dst) = ends(&query);
    let octets = Outgoing::new(src, dst, query).in_tunnel(MAG, LMA).to_vec().unwrap();
    // RFC 2473 with next header 4; IPv4 with precedence, TTL 1, protocol 2 and Router Alert; a Query.
    assert_eq!(octets[..8], [0x60, 0, 0, 0, 0, 36, 4, 64]);
    assert_eq!(octets[40..50], [0x46, 0xc0, 0, 36, 0, 0, 0x40, 0, 1, 2]);
    assert_eq!(octets[60..], [0x94, 4, 0, 0, 0x11, 100, 0xec, 0x1e, 0, 0, 0, 0, 2, 125, 0, 0]);
    let read = demux(&octets, &Dialect::DEFAULT).unwrap();
    assert_eq!((read.outer, read.src, read.dst), (Some((MAG, LMA)), src, dst));
    assert_eq!((read.hop_limit, read.router_alert, read.payload), (1, true, query));
}

#[test]
fn igmp_goes_nowhere_but_in_ipv4() {
    let query = Payload::Igmp(igmp::Message::Query(igmp::Query::general()));
    let (src, dst) = ends(&query);
    assert_eq!(Outgoing::new(SRC, dst, query).to_vec(), Err(EncodeError::NotIpv4(SRC)));
    assert_eq!(Outgoing::new(src, DST, query).to_vec(), Err(EncodeError::NotIpv4(DST)));
    // In IPv6 it is user data, even when it is whole.
    let data = igmp::Query::general().to_vec_for(&Pseudo::igmp()).unwrap();
    let other = Payload::Other { next_header: 2, data: &data };
    let octets = Outgoing::new(SRC, DST, other).to_vec().unwrap();
    assert_eq!(demux(&octets, &Dialect::DEFAULT).unwrap().payload, other);
}

#[test]
fn an_ipv4_mapped_address_in_an_ipv6_header_is_refused() {
    let (mapped, _) = ends(&Payload::Igmp(igmp::Message::QueryV1(igmp::QueryV1)));
    let query = Payload::Mld(mld::Message::Query(mld::Query::general()));
    for (src, dst, at) in [(mapped, DST, 8), (SRC, mapped, 24), (mapped, mapped, 8)] {
        let octets = Outgoing::new(src, dst, query).to_vec().unwrap();
        let error = demux(&octets, &Dialect::DEFAULT).unwrap_err();
        assert_eq!((error.layer, error.field, error.offset), (Layer::Ipv6, Field::Address, at));
    }
}

#[test]
fn user_data_of_ipv4_keeps_its_addresses() {
    let (src, dst) = ends(&Payload::Igmp(igmp::Message::QueryV1(igmp::QueryV1)));
    let data = Payload::Other { next_header: 17, data: &[1; 20] };
    let octets = Outgoing::new(src, dst, data).in_tunnel(MAG, LMA).to_vec().unwrap();
    assert_eq!(octets[40..50], [0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 17]);
    let read = demux(&octets, &Dialect::DEFAULT).unwrap();
    assert_eq!((read.outer, read.src, read.dst, read.payload), (Some((MAG, LMA)), src, dst, data));
    // An IGMP type that is not read: multicast routing of old.
    let dvmrp = Payload::Other { next_header: 2, data: &[0x13, 1, 0, 0, 0, 0, 0, 0] };
    let octets = Outgoing::new(src, dst, dvmrp).to_vec().unwrap();
    assert_eq!(octets[1], 0xc0);
    assert_eq!(demux(&octets, &Dialect::DEFAULT).unwrap().payload, dvmrp);
}
