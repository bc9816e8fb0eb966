//! Link layers and capture files: frames are built by another crate, files in every byte order and resolution.

use core::time::Duration;
use std::borrow::Cow;

use etherparse::{ArpHardwareId, EtherType, PacketBuilder, VlanId};
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::simple_packet::SimplePacketBlock;
use pcap_file::{DataLink, Endianness, TsResolution};
use serde_json::{Value, json};

use crate::program::{lines, multimob, octets};

/// A datagram of a Report, from its IPv6 header on.
fn datagram() -> Vec<u8> {
    let line = r#"{"protocol":"mld","type":"Report","src":"fe80::5","dst":"ff02::16",
        "records":[{"name":"TO_EX","group":"ff1e::1234"}]}"#;
    octets(&multimob(&["encode"], line.replace('\n', "").as_bytes()).out)
}

fn pcap(
    link: DataLink,
    resolution: TsResolution,
    endianness: Endianness,
    frames: &[(&[u8], u32)],
) -> Vec<u8> {
    let header =
        PcapHeader { datalink: link, ts_resolution: resolution, endianness, ..PcapHeader::default() };
    let mut writer = PcapWriter::with_header(Vec::new(), header).unwrap();
    for (frame, len) in frames {
        let time = Duration::new(1_700_000_000, 123_456_789);
        writer.write_packet(&PcapPacket::new(time, *len, frame)).unwrap();
    }
    writer.into_writer()
}

fn whole(frame: &[u8]) -> (&[u8], u32) {
    (frame, frame.len() as u32)
}

fn decode(file: &[u8]) -> Vec<Value> {
    lines(&["decode", "-"], file)
}

fn first(link: DataLink, frame: &[u8]) -> Value {
    decode(&pcap(link, TsResolution::MicroSecond, Endianness::Little, &[whole(frame)])).remove(0)
}

/// The payload of a datagram, for a builder that writes the IPv6 header itself.
fn headers_again(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut frame = Vec::new();
    write(&mut frame);
    frame.extend(datagram());
    frame
}

#[test]
fn ethernet_with_and_without_tags() {
    let (from, to) = ([2, 0, 0, 0, 0, 0x11], [0x33, 0x33, 0, 0, 0, 0x16]);
    let plain = PacketBuilder::ethernet2(from, to).ipv6([1; 16], [2; 16], 64).udp(1, 2);
    let mut octets = Vec::new();
    plain.write(&mut octets, b"data").unwrap();
    let line = first(DataLink::ETHERNET, &octets);
    assert_eq!(
        (&line["protocol"], &line["next_header"], &line["length"]),
        (&json!("other"), &json!(17), &json!(12))
    );
    assert_eq!((&line["ok"], line.get("vlan")), (&json!(true), None));

    let (outer, inner) = (VlanId::try_new(100).unwrap(), VlanId::try_new(7).unwrap());
    let tagged =
        PacketBuilder::ethernet2(from, to).double_vlan(outer, inner).ipv6([1; 16], [2; 16], 64).udp(1, 2);
    let mut octets = Vec::new();
    tagged.write(&mut octets, b"data").unwrap();
    let line = first(DataLink::ETHERNET, &octets);
    assert_eq!((&line["vlan"], &line["next_header"]), (&json!([100, 7]), &json!(17)));

    let report = headers_again(|frame| {
        frame.extend([to, from].concat());
        // Three tags, the first with priority bits, the second of the kind that came before IEEE 802.1ad.
        frame.extend([0x88, 0xa8, 0xe0, 100, 0x91, 0x00, 0, 7, 0x81, 0x00, 0x0f, 0xff, 0x86, 0xdd]);
    });
    let line = first(DataLink::ETHERNET, &report);
    assert_eq!(
        (&line["vlan"], &line["type"], &line["ok"]),
        (&json!([100, 7, 4095]), &json!("Report"), &json!(true))
    );
}

#[test]
fn padding_of_the_link_is_no_part_of_the_message() {
    let mut frame = headers_again(|frame| frame.extend([&[0; 12][..], &[0x86, 0xdd]].concat()));
    frame.extend([0xee; 6]);
    let line = first(DataLink::ETHERNET, &frame);
    assert_eq!((&line["reencode"], line.get("trailing")), (&json!("identical"), None));
}

#[test]
fn other_protocols_are_named_by_their_ethertype() {
    let builder = PacketBuilder::ethernet2([1; 6], [2; 6]).ipv4([10, 0, 0, 1], [10, 0, 0, 2], 20).udp(1, 2);
    let mut frame = Vec::new();
    builder.write(&mut frame, b"data").unwrap();
    let line = first(DataLink::ETHERNET, &frame);
    assert_eq!(
        (&line["protocol"], &line["ethertype"], &line["length"]),
        (&json!("other"), &json!("0x0800"), &json!(32))
    );
    let line = first(DataLink::RAW, &frame[14..]);
    assert_eq!((&line["ethertype"], &line["length"]), (&json!("0x0800"), &json!(32)));
    // A length, as IEEE 802.3 has it there.
    let line = first(DataLink::ETHERNET, &[&[0; 12][..], &[0, 3, 0x42, 0x42, 3]].concat());
    assert_eq!(
        (&line["ethertype"], &line["length"], &line["ok"]),
        (&json!("0x0003"), &json!(3), &json!(true))
    );
    let line = first(DataLink::IEEE802_11, &[1, 2, 3]);
    assert_eq!((&line["link_type"], &line["length"]), (&json!(105), &json!(3)));
}

#[test]
fn linux_cooked_frames() {
    let sll = headers_again(|frame| {
        let header = etherparse::LinuxSllHeader {
            packet_type: etherparse::LinuxSllPacketType::MULTICAST,
            arp_hrd_type: ArpHardwareId::ETHERNET,
            sender_address_valid_length: 6,
            sender_address: [2, 0, 0, 0, 0, 0x11, 0, 0],
            protocol_type: etherparse::LinuxSllProtocolType::EtherType(EtherType::IPV6),
        };
        header.write(frame).unwrap();
    });
    let line = first(DataLink::LINUX_SLL, &sll);
    assert_eq!((&line["type"], &line["reencode"]), (&json!("Report"), &json!("identical")));
    // SLL2: protocol, two reserved octets, interface, hardware, packet type, length and eight octets of address.
    let sll2 = headers_again(|frame| {
        frame.extend([0x86, 0xdd, 0, 0, 0, 0, 0, 3, 0, 1, 2, 6, 2, 0, 0, 0, 0, 0x11, 0, 0]);
    });
    assert_eq!(first(DataLink::LINUX_SLL2, &sll2)["type"], "Report");
}

#[test]
fn a_frame_that_ends_in_its_head_says_so() {
    let error = |link, frame: &[u8]| {
        let line = first(link, frame);
        assert_eq!((&line["protocol"], &line["ok"]), (&json!("other"), &json!(false)));
        let error = &line["error"];
        (
            error["layer"].as_str().unwrap().to_string(),
            error["needed"].as_u64().unwrap(),
            error["have"].as_u64().unwrap(),
        )
    };
    assert_eq!(error(DataLink::ETHERNET, &[0; 13]), ("ethernet".to_string(), 14, 13));
    assert_eq!(
        error(DataLink::ETHERNET, &[&[0; 12][..], &[0x81, 0, 0, 1]].concat()),
        ("vlan".to_string(), 4, 2)
    );
    assert_eq!(error(DataLink::LINUX_SLL, &[0; 15]), ("linux-sll".to_string(), 16, 15));
    assert_eq!(error(DataLink::LINUX_SLL2, &[0; 19]), ("linux-sll2".to_string(), 20, 19));
}

#[test]
fn pcap_in_every_byte_order_and_resolution() {
    let datagram = datagram();
    for endianness in [Endianness::Big, Endianness::Little] {
        for (resolution, time) in [
            (TsResolution::MicroSecond, "1700000000.123456"),
            (TsResolution::NanoSecond, "1700000000.123456789"),
        ] {
            for link in [DataLink::RAW, DataLink::IPV6] {
                let frames = [whole(&datagram), whole(&datagram)];
                let lines = decode(&pcap(link, resolution, endianness, &frames));
                assert_eq!(lines.len(), 2);
                assert_eq!((&lines[1]["frame"], &lines[1]["time"]), (&json!(2), &json!(time)));
                assert_eq!(
                    (&lines[1]["type"], &lines[1]["reencode"]),
                    (&json!("Report"), &json!("identical"))
                );
            }
        }
    }
}

#[test]
fn a_frame_that_was_cut_says_so_and_shows_what_is_left() {
    let line = r#"{"protocol":"mld","type":"Report","src":"fe80::5","dst":"ff02::16","records":[
        {"name":"TO_EX","group":"ff1e::1"},{"name":"TO_EX","group":"ff1e::2"},{"name":"TO_EX","group":"ff1e::3"}]}"#;
    let datagram = octets(&multimob(&["encode"], line.replace('\n', "").as_bytes()).out);
    // 40 octets of IPv6, 8 of Router Alert, 8 of the Report, 20 a record: the third lacks one.
    let cut = &datagram[..datagram.len() - 1];
    // As a capture with a short snapshot length has it.
    let mut file =
        pcap(DataLink::IPV6, TsResolution::MicroSecond, Endianness::Little, &[(cut, datagram.len() as u32)]);
    file[16..20].copy_from_slice(&(cut.len() as u32).to_le_bytes());
    let line = decode(&file).remove(0);
    assert_eq!(line["truncated"], json!({ "captured": 115, "length": 116 }));
    assert_eq!(
        line["error"],
        json!({ "layer": "ipv6", "field": "payload", "offset": 40, "needed": 76, "have": 75 })
    );
    assert_eq!(
        line["also"],
        json!([{ "layer": "mld", "field": "multicast-address", "offset": 52, "needed": 16, "have": 15 }])
    );
    let groups: Vec<&Value> =
        line["records"].as_array().unwrap().iter().map(|record| &record["group"]).collect();
    assert_eq!((&line["ok"], json!(groups)), (&json!(false), json!(["ff1e::1", "ff1e::2"])));
}

#[test]
fn pcapng_with_interfaces_of_every_kind() {
    let datagram = datagram();
    let ethernet = headers_again(|frame| frame.extend([&[0; 12][..], &[0x86, 0xdd]].concat()));
    let mut writer = PcapNgWriter::new(Vec::new()).unwrap();
    let interface = |linktype, resolution: Option<u8>| InterfaceDescriptionBlock {
        linktype,
        snaplen: 0,
        options: resolution.map(InterfaceDescriptionOption::IfTsResol).into_iter().collect(),
    };
    let kinds = [
        (DataLink::ETHERNET, None),
        (DataLink::IPV6, Some(9)),
        (DataLink::RAW, Some(0x8a)),
        (DataLink::RAW, Some(3)),
    ];
    for (link, resolution) in kinds {
        writer.write_pcapng_block(interface(link, resolution)).unwrap();
    }
    // A count of units since 1970: the writer takes it for nanoseconds, whatever the interface says.
    let packet = |interface_id, count, data: &[u8]| EnhancedPacketBlock {
        interface_id,
        timestamp: Duration::from_nanos(count),
        original_len: data.len() as u32,
        data: Cow::Owned(data.to_vec()),
        options: vec![],
    };
    writer.write_pcapng_block(packet(0, 1_700_000_000_123_456, &ethernet)).unwrap();
    writer.write_pcapng_block(packet(1, 1_700_000_000_123_456_789, &datagram)).unwrap();
    writer.write_pcapng_block(packet(2, 1_700_000_000 * 1024 + 512, &datagram)).unwrap();
    writer.write_pcapng_block(packet(3, 1_700_000_000_042, &datagram)).unwrap();
    let simple = SimplePacketBlock { original_len: ethernet.len() as u32, data: Cow::Owned(ethernet) };
    writer.write_pcapng_block(simple).unwrap();
    let lines = decode(&writer.into_inner());
    let times: Vec<_> = lines.iter().map(|line| line.get("time").and_then(Value::as_str)).collect();
    assert_eq!(
        times,
        [
            Some("1700000000.123456"),
            Some("1700000000.123456789"),
            Some("1700000000.500000"),
            Some("1700000000.042000"),
            None,
        ]
    );
    assert!(lines.iter().all(|line| line["reencode"] == "identical" && line.get("trailing").is_none()));
}
