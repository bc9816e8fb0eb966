//! What tshark makes of a capture that the program wrote: nothing malformed, and in every message the values that this
//! crate reads there. Where tshark is wrong, it is not asked: it does not verify the checksum of a Mobility Header, shows
//! the C of a PBU-M as F, and has no name for the Multicast State option.
#![cfg(feature = "cli")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use multimob::sim::Scenario;
use multimob::wire::mh::option::{HomeNetworkPrefix, MnIdentifier};
use multimob::wire::mh::{AckFlags, MobilityOption, UpdateFlags};
use multimob::wire::packet::{self, Payload};
use multimob::wire::{Dialect, mh, mld};
use pcap_file::pcapng::{Block, PcapNgReader};

/// What is compared, in tshark's names.
const FIELDS: &[&str] = &[
    "_ws.malformed",
    "frame.interface_name",
    "frame.time_epoch",
    "mip6.mhtype",
    "mip6.bu.seqnr",
    "mip6.bu.lifetime",
    "mip6.bu.a_flag",
    "mip6.bu.h_flag",
    "mip6.bu.p_flag",
    "mip6.bu.f_flag",
    "mip6.ba.seqnr",
    "mip6.ba.lifetime",
    "mip6.ba.status",
    "mip6.ba.k_flag",
    "mip6.ba.p_flag",
    "mip6.mnid.identifier",
    "mip6.nemo.mnp.mnp",
    "mip6.nemo.mnp.pfl",
    "mip6.hi",
    "mip6.att",
    "icmpv6.type",
    "icmpv6.checksum.status",
    "icmpv6.mld.maximum_response_code",
    "icmpv6.mld.multicast_address",
    "icmpv6.mld.flag.qrv",
    "icmpv6.mld.qqi",
    "icmpv6.mldr.mar.record_type",
    "icmpv6.mldr.mar.multicast_address",
    "icmpv6.mldr.mar.source_address",
];

/// Field and values, as text; fields without a value are left out.
type Fields = BTreeMap<&'static str, Vec<String>>;

#[test]
fn tshark_reads_in_a_run_what_this_crate_reads() {
    let Some(version) = tshark() else { return };
    println!("judged by {version}");
    let file = std::env::temp_dir().join(format!("multimob-tshark-{}.pcapng", std::process::id()));
    let run = Command::new(env!("CARGO_BIN_EXE_multimob"))
        .args(["run", "asaeda-fig6", "--pcapng"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let (theirs, ours) = (theirs(&file), ours(&file));
    std::fs::remove_file(&file).unwrap();

    assert_eq!(theirs.len(), ours.len(), "packets");
    let (mut updates, mut acks, mut reports, mut queries) = (0, 0, 0, 0);
    for (number, (theirs, ours)) in theirs.iter().zip(&ours).enumerate() {
        assert_eq!(theirs, ours, "packet {}", number + 1);
        updates += usize::from(ours.contains_key("mip6.bu.seqnr"));
        acks += usize::from(ours.contains_key("mip6.ba.seqnr"));
        reports += usize::from(ours.contains_key("icmpv6.mldr.mar.record_type"));
        queries += usize::from(ours.contains_key("icmpv6.mld.qqi"));
    }
    // Each is captured where it leaves and where it arrives: a registration, a deregistration, a hand-over, at least.
    assert!(updates >= 6 && acks >= 6, "{updates} updates, {acks} acknowledgements");
    assert!(reports >= 12 && queries >= 8, "{reports} reports, {queries} queries");
}

/// Its version; `None`, said aloud, when it is not there, which is a fault in CI.
fn tshark() -> Option<String> {
    let found = Command::new("tshark").arg("--version").output();
    match found {
        Ok(output) if output.status.success() => {
            Some(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_string())
        }
        _ if std::env::var_os("CI").is_some_and(|ci| ci == "true") => panic!("CI needs tshark (apt: tshark)"),
        _ => {
            println!("SKIPPED: tshark is not installed (apt: tshark)");
            None
        }
    }
}

fn theirs(file: &Path) -> Vec<Fields> {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(file);
    command.args(["-T", "fields", "-E", "separator=|", "-E", "occurrence=a", "-E", "aggregator=,"]);
    command.args(FIELDS.iter().flat_map(|field| ["-e", field]));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let values = line.split('|').map(|all| all.split(',').map(str::to_string).collect::<Vec<_>>());
            FIELDS.iter().copied().zip(values).filter(|(_, values)| *values != [""]).collect()
        })
        .collect()
}

fn ours(file: &Path) -> Vec<Fields> {
    let scenario = Scenario::builtin("asaeda-fig6").unwrap();
    let mut reader = PcapNgReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let (mut interfaces, mut packets) = (Vec::new(), Vec::new());
    while let Some(block) = reader.next_block() {
        match block.unwrap().into_owned() {
            Block::InterfaceDescription(interface) => interfaces.push(interface_name(&interface)),
            Block::EnhancedPacket(packet) => {
                let mut fields = fields(&packet.data, &scenario.dialect);
                fields.insert("frame.interface_name", vec![interfaces[packet.interface_id as usize].clone()]);
                let nanos = packet.timestamp.as_nanos();
                let time = format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
                fields.insert("frame.time_epoch", vec![time]);
                packets.push(fields);
            }
            _ => {}
        }
    }
    packets
}

fn interface_name(
    block: &pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionBlock<'_>,
) -> String {
    use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionOption::IfName;
    let name = block.options.iter().find_map(|option| match option {
        IfName(name) => Some(Cow::into_owned(name.clone())),
        _ => None,
    });
    name.expect("each interface has a name")
}

fn fields(octets: &[u8], dialect: &Dialect) -> Fields {
    let mut fields = Fields::new();
    let mut put = |field: &'static str, value: String| fields.entry(field).or_default().push(value);
    match packet::demux(octets, dialect).unwrap().payload {
        Payload::Mh(mh::Message::BindingUpdate(update)) => {
            let flag = |flag: UpdateFlags| u8::from(update.flags.contains(flag)).to_string();
            put("mip6.mhtype", "5".into());
            put("mip6.bu.seqnr", update.sequence.to_string());
            put("mip6.bu.lifetime", update.lifetime.to_string());
            put("mip6.bu.a_flag", flag(UpdateFlags::ACKNOWLEDGE));
            put("mip6.bu.h_flag", flag(UpdateFlags::HOME_REGISTRATION));
            put("mip6.bu.p_flag", flag(UpdateFlags::PROXY));
            put("mip6.bu.f_flag", flag(UpdateFlags::DISPUTED));
            update.options.iter().for_each(|option| options(&option, &mut put));
        }
        Payload::Mh(mh::Message::BindingAck(ack)) => {
            let flag = |flag: AckFlags| u8::from(ack.flags.contains(flag)).to_string();
            put("mip6.mhtype", "6".into());
            put("mip6.ba.seqnr", ack.sequence.to_string());
            put("mip6.ba.lifetime", ack.lifetime.to_string());
            put("mip6.ba.status", ack.status.0.to_string());
            put("mip6.ba.k_flag", flag(AckFlags::KEY_MANAGEMENT));
            put("mip6.ba.p_flag", flag(AckFlags::PROXY));
            ack.options.iter().for_each(|option| options(&option, &mut put));
        }
        Payload::Mld(mld::Message::Query(query)) => {
            put("icmpv6.type", "130".into());
            put("icmpv6.checksum.status", "1".into());
            put("icmpv6.mld.maximum_response_code", query.max_response.0.to_string());
            put("icmpv6.mld.multicast_address", query.group.to_string());
            put("icmpv6.mld.flag.qrv", query.robustness.to_string());
            put("icmpv6.mld.qqi", query.interval.0.to_string());
        }
        Payload::Mld(mld::Message::Report(report)) => {
            put("icmpv6.type", "143".into());
            put("icmpv6.checksum.status", "1".into());
            for record in report.records {
                put("icmpv6.mldr.mar.record_type", record.kind.0.to_string());
                put("icmpv6.mldr.mar.multicast_address", record.group.to_string());
                for &source in record.sources {
                    put("icmpv6.mldr.mar.source_address", core::net::Ipv6Addr::from(source).to_string());
                }
            }
        }
        Payload::Nd(message) => {
            let kind =
                if matches!(message, multimob::wire::nd::Message::Solicitation(_)) { 133 } else { 134 };
            put("icmpv6.type", kind.to_string());
            put("icmpv6.checksum.status", "1".into());
        }
        _ => {}
    }
    fields
}

fn options(option: &MobilityOption<'_>, put: &mut impl FnMut(&'static str, String)) {
    match option {
        MobilityOption::MnIdentifier(MnIdentifier { id, .. }) => {
            put("mip6.mnid.identifier", String::from_utf8(id.to_vec()).unwrap());
        }
        MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: len, prefix }) => {
            put("mip6.nemo.mnp.pfl", len.to_string());
            put("mip6.nemo.mnp.mnp", prefix.to_string());
        }
        MobilityOption::HandoffIndicator(indicator) => put("mip6.hi", indicator.0.to_string()),
        MobilityOption::AccessTechnology(technology) => put("mip6.att", technology.0.to_string()),
        _ => {}
    }
}
