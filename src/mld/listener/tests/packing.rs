//! RFC 3810 5.2.15: what becomes of records that do not fit.

use std::vec::Vec;

use super::host::{self, Host, group, include, source};
use crate::channel::{Filter, SourceList};
use crate::machine::{Envelope, Machine};
use crate::mld::GroupRecord;
use crate::mld::listener::{Action, Input};
use crate::time::Instant;
use crate::wire::mld::{Owned, RecordType};

/// 1,280 less IPv6 header, router alert and report header.
const ROOM: usize = 1_280 - 40 - 8 - 8;
/// Sources of a record that fills a report.
const MOST: usize = (ROOM - 20) / 16;

fn small() -> Host {
    Host::with(|config| config.mtu = 1_280)
}

fn many(n: u16) -> SourceList {
    (0..n).map(source).collect()
}

fn reports(actions: &[Action]) -> Vec<&Envelope<Owned>> {
    let reports: Vec<_> = actions.iter().map(|Action::Send(report)| report).collect();
    for report in &reports {
        let octets = report.body.octets().len();
        assert!(octets <= 8 + ROOM, "{octets}");
    }
    reports
}

#[test]
fn records_fill_as_few_reports_as_they_can() {
    let mut host = small();
    let mut out = Vec::new();
    // 20 octets each: 61 fit.
    for n in 0..150 {
        host.0.want(group(n), Filter::EVERYTHING);
    }
    host.0.flush(Instant::ZERO, &mut out);
    let counts: Vec<_> = reports(&out).into_iter().map(|report| host::records(report).len()).collect();
    assert_eq!(counts, [61, 61, 28]);
    assert!(host::all_records(&out).iter().map(|record| record.group).eq((0..150).map(group)));
}

#[test]
fn a_record_that_fills_a_report_is_not_split() {
    let mut host = small();
    let sent = host.want(Instant::ZERO, group(1), Filter { sources: many(MOST as u16), ..Filter::NOTHING });
    assert_eq!(reports(&sent).len(), 1);
}

#[test]
fn a_record_of_included_sources_is_split_each_part_in_its_own_report() {
    let mut host = small();
    let sources = many(200);
    let sent = host.want(Instant::ZERO, group(1), Filter { sources: sources.clone(), ..Filter::NOTHING });
    let parts: Vec<_> = reports(&sent).into_iter().map(host::records).collect();
    let sizes: Vec<_> = parts.iter().map(|records| (records.len(), records[0].sources.len())).collect();
    assert_eq!(sizes, [(1, MOST), (1, MOST), (1, 200 - 2 * MOST)]);
    let whole: SourceList = parts.iter().flat_map(|records| records[0].sources.iter()).collect();
    assert_eq!(whole, sources);
    assert!(parts.iter().all(|records| records[0].kind == RecordType::ALLOW));
}

/// RFC 3810 7.4.2: a router that hears TO_IN takes what it does not list for left.
#[test]
fn r3810_5_2_15_a_change_to_many_sources_begins_with_to_in_and_goes_on_with_allow() {
    let mut host = small();
    host.want(Instant::ZERO, group(1), Filter::EVERYTHING);
    host.rest();
    let sources = many(200);
    let sent = host.want(Instant::ZERO, group(1), Filter { sources: sources.clone(), ..Filter::NOTHING });
    let kinds = |records: &[GroupRecord]| -> Vec<_> {
        records.iter().map(|record| (record.kind, record.sources.len())).collect()
    };
    let (to_in, allow, rest) = (RecordType::TO_IN, RecordType::ALLOW, 200 - 2 * MOST);
    let whole = [(to_in, MOST), (allow, MOST), (allow, rest)];
    assert_eq!(kinds(&host::all_records(&sent)), whole);
    let listed: SourceList =
        host::all_records(&sent).iter().flat_map(|record| record.sources.iter()).collect();
    assert_eq!(listed, sources);
    // Who hears the second TO_IN and not what follows it hears that once more.
    let again = [&whole[..], &[(allow, MOST), (allow, rest)]].concat();
    assert_eq!(kinds(&host.rest()), again);
}

#[test]
fn records_of_a_group_that_fit_a_report_travel_in_one() {
    let mut host = small();
    for n in 0..=60 {
        host.want(Instant::ZERO, group(n), include(&[1]));
    }
    host.rest();
    let mut out = Vec::new();
    for n in 0..=60 {
        host.0.want(group(n), include(&[2, 3]));
    }
    host.0.flush(Instant::ZERO, &mut out);
    // ALLOW of 52 octets and BLOCK of 36: 13 pairs fit, and half of one more would.
    let counts: Vec<_> = reports(&out).into_iter().map(|report| host::records(report).len()).collect();
    assert_eq!(counts, [26, 26, 26, 26, 18]);
}

#[test]
fn a_record_of_excluded_sources_is_cut_always_to_the_same_sources() {
    let mut host = small();
    let kept: SourceList = many(MOST as u16);
    let sent = host.want(Instant::ZERO, group(1), Filter { sources: many(200), ..Filter::EVERYTHING });
    let repeated = host.rest();
    host.input(Instant::ZERO, Input::Packet(host::query(group(1), 1_000))).unwrap();
    let current = host.rest();
    assert_eq!(reports(&sent).len(), 1);
    for (records, kind) in [
        (host::all_records(&sent), RecordType::TO_EX),
        (repeated, RecordType::TO_EX),
        (current, RecordType::IS_EX),
    ] {
        let [record] = &records[..] else { panic!("one record: {records:?}") };
        assert_eq!((record.kind, &record.sources), (kind, &kept));
    }
}

#[test]
fn an_mtu_below_that_of_ipv6_counts_as_that_of_ipv6() {
    let mut host = Host::with(|config| config.mtu = 0);
    let sent = host.want(Instant::ZERO, group(1), Filter { sources: many(MOST as u16), ..Filter::NOTHING });
    assert_eq!(reports(&sent).len(), 1);
    assert!(host.0.poll_timeout().is_some());
}

#[test]
fn an_mtu_beyond_that_of_ipv6_counts_as_the_largest_payload() {
    let mut host = Host::with(|config| config.mtu = usize::MAX);
    let sent = host.want(Instant::ZERO, group(1), Filter { sources: many(5_000), ..Filter::NOTHING });
    let sizes: Vec<_> = sent.iter().map(|Action::Send(report)| report.body.octets().len() + 8).collect();
    assert_eq!(sizes.len(), 2);
    assert!(sizes.iter().all(|&size| size <= 65_535), "{sizes:?}");
}
