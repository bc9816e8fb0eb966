//! Our listener and that of a Linux kernel, which want the same, are asked the same.

use core::net::Ipv6Addr;
use std::fs::File;

use multimob::channel::Filter;
use multimob::machine::{LinkId, Protection, Received, RxMeta, Via};
use multimob::mld::GroupRecord;
use multimob::mld::listener::{Action, Config, Input, Listener};
use multimob::wire::Dialect;
use multimob::wire::mld::{Message, RecordType};
use multimob::wire::packet::{Payload, demux};
use multimob::{Instant, Machine};
use pcap_file::pcap::PcapReader;

use crate::program::testdata;

fn records(message: &Message<'_>) -> Vec<GroupRecord> {
    let Message::Report(report) = message else { panic!("{message:?}") };
    let mut records: Vec<_> =
        report.records.iter().map(|record| GroupRecord::try_from(record).unwrap()).collect();
    records.sort_by_key(|record| record.group);
    records
}

/// What the kernel answered to each Query of `linux-specific.pcap`, beside what our listener answers. In EXCLUDE mode a
/// Query of sources asks which of them are wanted (RFC 3810 6.3, digest 3.5): the kernel tells all it has instead.
#[test]
fn a_specific_query_is_answered_as_the_kernel_does() {
    let ip = |text: &str| -> Ipv6Addr { text.parse().unwrap() };
    let [ssm, asm] = ["ff3e::8000:1", "ff1e::1234"].map(ip);
    let sources = |of: &[&str]| Filter::include(of.iter().map(|source| ip(source)));
    let wanted =
        [(ssm, sources(&["2001:db8:5::5", "2001:db8:5::6"])), (asm, Filter::exclude([ip("2001:db8:5::7")]))];
    let own = ip("fe80::ff:fe00:11");
    let config = Config::new(Via::Link(LinkId(1)), own);
    let mut ours = Listener::new(config, 1).unwrap();
    let rest = |ours: &mut Listener| {
        let mut out = Vec::new();
        while let Some(due) = ours.poll_timeout() {
            ours.handle_timeout(due, &mut out);
        }
        out
    };
    for (group, filter) in wanted {
        ours.handle_input(Instant::ZERO, Input::Want { group, filter }, &mut Vec::new()).unwrap();
    }
    rest(&mut ours);

    let mut reader = PcapReader::new(File::open(testdata("captures/linux-specific.pcap")).unwrap()).unwrap();
    let (mut answers, mut asked, mut deviates) = (Vec::new(), 0, 0);
    while let Some(packet) = reader.next_packet() {
        let frame = packet.unwrap().data.into_owned();
        let packet = demux(&frame[14..], &Dialect::DEFAULT).unwrap();
        let meta = RxMeta::new(LinkId(1), &packet, Protection::None);
        let Payload::Mld(message) = packet.payload else { panic!("{packet:?}") };
        if packet.src == own {
            let answer: Vec<GroupRecord> = answers.pop().expect("we would have been silent");
            let kernel = records(&message);
            if answer == kernel {
                continue;
            }
            let wants =
                |kind, list: &[&str]| GroupRecord { kind, group: asm, sources: sources(list).sources };
            assert_eq!(answer, [wants(RecordType::IS_IN, &["2001:db8:5::5"])]);
            assert_eq!(kernel, [wants(RecordType::IS_EX, &["2001:db8:5::7"])]);
            deviates += 1;
            continue;
        }
        assert_eq!(answers.len(), 0, "the kernel was silent");
        let now = Instant::from_secs(100 + asked * 100);
        ours.handle_input(now, Input::Packet(Received { meta, message }), &mut Vec::new()).unwrap();
        answers.extend(rest(&mut ours).iter().map(|action| match action {
            Action::Send(sent) => records(&sent.body.view()),
            other => panic!("{other:?}"),
        }));
        asked += 1;
    }
    assert_eq!((asked, deviates, answers.len()), (12, 2, 0));
}
