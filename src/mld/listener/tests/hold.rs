//! MLD Hold (A29, digest 1.B.6) from the side of who holds.

use core::fmt::Write;
use std::string::String;
use std::vec::Vec;

use super::host::{
    ALLOW, BLOCK, HOLD_EX, HOLD_IN, Host, IS_EX, IS_IN, TO_EX, TO_IN, all_records, exclude, group, include,
    query, source, sources_query,
};
use crate::channel::Filter;
use crate::machine::Snapshot;
use crate::mld::listener::{Input, Reject, Wish};
use crate::mld::{GroupRecord, Version};
use crate::time::Instant;
use crate::wire::HoldTypes;
use crate::wire::mld::{Message, QueryV1, RecordType};
use core::net::Ipv6Addr;

const START: Instant = Instant::ZERO;
const G: fn() -> Ipv6Addr = || group(1);

impl Host {
    fn hold(&mut self, filter: Filter) -> Vec<GroupRecord> {
        all_records(&self.input(START, Input::Hold { group: G(), filter }).unwrap())
    }

    fn wish(&mut self, filter: Filter) -> Vec<GroupRecord> {
        all_records(&self.want(START, G(), filter))
    }

    /// The answer to a query about the group, or about sources of it.
    fn asked(&mut self, sources: &[u16]) -> Vec<GroupRecord> {
        let sources: Vec<_> = sources.iter().map(|&n| source(n).octets()).collect();
        self.input(START, Input::Packet(sources_query(G(), 1_000, &sources))).unwrap();
        self.rest()
    }
}

/// One that holds `held`, wants `wanted` and has said so often enough.
fn settled(wanted: Filter, held: Filter) -> Host {
    let mut host = Host::new();
    host.wish(wanted);
    host.hold(held);
    host.rest();
    host
}

#[test]
fn a29_a_hold_is_said_at_once_and_repeated_as_any_change() {
    for (held, record) in [(include(&[1, 2]), HOLD_IN(G(), &[1, 2])), (exclude(&[3]), HOLD_EX(G(), &[3]))] {
        let mut host = Host::new();
        assert_eq!(host.hold(held.clone()), core::slice::from_ref(&record));
        assert_eq!(host.hold(held.clone()), [], "no news");
        assert_eq!(host.rest(), [record], "robustness 2: said once more");
        assert_eq!((host.0.held(G()), host.0.holds().count()), (held, 1));
        assert!(host.0.wanted(G()).is_nothing() && host.0.groups().next().is_none());
        assert!(!host.0.is_idle());
    }
}

#[test]
fn hold_what_is_wanted_too_is_received() {
    let mut host = settled(include(&[1]), include(&[1, 2]));
    assert_eq!(host.0.held(G()), include(&[2]));
    assert_eq!(host.hold(include(&[2])), [], "nothing else is held than before");
    assert_eq!(host.wish(include(&[1, 2])), [ALLOW(G(), &[2])]);
    assert_eq!(host.0.held(G()), Filter::NOTHING);
    assert_eq!(host.wish(exclude(&[2])), [TO_EX(G(), &[2]), HOLD_IN(G(), &[2])]);
}

/// The MAG of Figure 8: what came by the LMA is held when the native path is there.
#[test]
fn a44_what_is_received_is_left_and_held_in_one_report() {
    let mut host = settled(include(&[1, 2]), include(&[1]));
    assert_eq!(host.wish(include(&[2])), [BLOCK(G(), &[1]), HOLD_IN(G(), &[1])]);
    assert_eq!(host.rest(), [BLOCK(G(), &[1]), HOLD_IN(G(), &[1])]);
    assert_eq!(host.wish(include(&[1, 2])), [ALLOW(G(), &[1])], "and back to the LMA");
}

#[test]
fn hold_a_hold_is_left_by_block_or_to_in() {
    let mut host = settled(Filter::NOTHING, include(&[1, 2]));
    assert_eq!(host.hold(include(&[2])), [BLOCK(G(), &[1]), HOLD_IN(G(), &[2])]);
    assert_eq!(host.hold(Filter::NOTHING), [BLOCK(G(), &[1, 2])]);
    assert!(host.0.snapshot().is_empty() && !host.0.is_idle(), "the leave has to be repeated");
    assert_eq!(host.rest(), [BLOCK(G(), &[2])]);
    assert!(host.0.is_idle());
    assert_eq!(host.0.entries(), 0);

    let mut host = settled(include(&[5]), exclude(&[5]));
    assert_eq!(host.hold(include(&[6])), [TO_IN(G(), &[5]), HOLD_IN(G(), &[6])]);
    let mut host = settled(Filter::NOTHING, exclude(&[]));
    assert_eq!(host.hold(Filter::NOTHING), [TO_IN(G(), &[])]);
    assert_eq!(host.rest(), [TO_IN(G(), &[])]);
}

#[test]
fn hold_the_record_stands_last_in_each_report_of_its_group() {
    let mut host = settled(include(&[1]), include(&[9]));
    assert_eq!(host.wish(include(&[2])), [ALLOW(G(), &[2]), BLOCK(G(), &[1]), HOLD_IN(G(), &[9])]);
    assert_eq!(host.rest(), [ALLOW(G(), &[2]), BLOCK(G(), &[1]), HOLD_IN(G(), &[9])]);
    // A change of another group is told without.
    let other = host.want(START, group(2), include(&[1]));
    assert_eq!(all_records(&other), [ALLOW(group(2), &[1])]);
}

#[test]
fn hold_answers_to_queries_refresh_what_is_held() {
    let mut host = settled(include(&[1]), exclude(&[1, 3]));
    host.input(START, Input::Packet(query(Ipv6Addr::UNSPECIFIED, 1_000))).unwrap();
    assert_eq!(host.rest(), [IS_IN(G(), &[1]), HOLD_EX(G(), &[1, 3])]);
    assert_eq!(host.asked(&[]), [IS_IN(G(), &[1]), HOLD_EX(G(), &[1, 3])]);
    assert_eq!(host.asked(&[1, 2, 3]), [IS_IN(G(), &[1]), HOLD_IN(G(), &[2])]);
    assert_eq!(host.asked(&[3]), []);
    let mut host = settled(Filter::NOTHING, include(&[1, 2]));
    assert_eq!(host.asked(&[2, 3]), [HOLD_IN(G(), &[2])]);
    assert_eq!(host.asked(&[]), [HOLD_IN(G(), &[1, 2])]);
    let mut host = settled(exclude(&[1]), include(&[1]));
    assert_eq!(host.asked(&[]), [IS_EX(G(), &[1]), HOLD_IN(G(), &[1])]);
}

/// Digest 1.B.6: where 1 and 2 are Hold they never are current state, and so nothing else says them.
#[test]
fn hold_beside_the_types_of_the_draft_what_is_wanted_is_stated_by_allow_and_to_ex() {
    let literal = || {
        let mut host = Host::with(|config| config.hold = HoldTypes::LITERAL);
        assert_eq!(host.hold(include(&[1])), [IS_IN(G(), &[1])], "HOLD_INCLUDE");
        host
    };
    let mut host = literal();
    assert_eq!(host.wish(include(&[2])), [ALLOW(G(), &[2]), IS_IN(G(), &[1])]);
    host.rest();
    assert_eq!(host.asked(&[]), [ALLOW(G(), &[2]), IS_IN(G(), &[1])]);
    assert_eq!(host.asked(&[2]), [ALLOW(G(), &[2])]);
    host.wish(exclude(&[1]));
    host.rest();
    assert_eq!(host.asked(&[]), [TO_EX(G(), &[1]), IS_IN(G(), &[1])]);
    let mut host = literal();
    assert_eq!(host.hold(exclude(&[3])), [IS_EX(G(), &[3])], "HOLD_EXCLUDE");
}

#[test]
fn t28_all_sources_of_a_source_specific_group_are_not_held() {
    let mut host = Host::new();
    let ssm: Ipv6Addr = "ff3e::8000:1".parse().unwrap();
    let hold = |group, filter| Input::Hold { group, filter };
    assert_eq!(host.input(START, hold(ssm, exclude(&[]))), Err(Reject::SsmExclude(ssm)));
    assert_eq!(host.input(START, hold(source(1), exclude(&[]))), Err(Reject::NotAGroup(source(1))));
    let no_source = Filter::include([group(2)]);
    assert_eq!(host.input(START, hold(G(), no_source)), Err(Reject::NotASource(group(2))));
    assert_eq!(host.input(START, hold("ff02::1".parse().unwrap(), exclude(&[]))), Ok(Vec::new()));
    assert!(host.0.snapshot().is_empty());
}

#[test]
fn a_full_table_refuses_new_holds_and_takes_those_of_known_groups() {
    let mut host = Host::with(|config| config.max_groups = 1);
    host.wish(include(&[1]));
    let second = Input::Hold { group: group(2), filter: include(&[1]) };
    assert_eq!(host.input(START, second.clone()), Err(Reject::TooManyGroups(1)));
    assert_eq!(host.hold(include(&[2])).len(), 2, "what is pending goes along");
    host.wish(Filter::NOTHING);
    host.rest();
    assert_eq!(host.input(START, second), Err(Reject::TooManyGroups(1)), "a held group is one");
}

/// An older version has no word for it; a join would have the data sent.
#[test]
fn hold_in_an_older_version_is_not_said() {
    let mut host = Host::new();
    let older = Message::QueryV1(QueryV1 { max_response_ms: 1_000, group: Ipv6Addr::UNSPECIFIED.into() });
    let mut packet = query(Ipv6Addr::UNSPECIFIED, 1_000);
    packet.message = older;
    host.input(START, Input::Packet(packet)).unwrap();
    assert_eq!(host.0.version(), Version::Older);
    assert_eq!(host.hold(include(&[1])), []);
    host.input(START, Input::Packet(packet)).unwrap();
    assert_eq!(host.timeout(Instant::from_secs(2)), []);
    host.rest();
    assert_eq!(host.0.version(), Version::Current);
    assert_eq!(host.asked(&[]), [HOLD_IN(G(), &[1])]);
}

#[test]
fn a47_what_a_pbu_m_told_of_holds_is_not_said_again() {
    let mut host = Host::new();
    host.hold(include(&[1]));
    host.input(START, Input::Told { group: G() }).unwrap();
    assert_eq!(host.rest(), []);
    assert_eq!(host.0.held(G()), include(&[1]));
}

#[test]
fn from_a_new_address_what_is_held_is_said_again() {
    let mut host = settled(include(&[1]), include(&[2]));
    let address = "fe80::9".parse().unwrap();
    let sent = host.input(START, Input::Address { address }).unwrap();
    assert_eq!(all_records(&sent), [ALLOW(G(), &[1]), HOLD_IN(G(), &[2])]);
    assert_eq!(host.rest(), all_records(&sent));
}

/// RFC 3810 5.2.15, as of the other records.
#[test]
fn a_hold_of_all_but_many_loses_sources_and_one_of_many_is_split() {
    let many: Vec<u16> = (1..=100).collect();
    let mut host = Host::with(|config| config.mtu = 1_280);
    let sizes = |records: &[GroupRecord]| records.iter().map(|one| one.sources.len()).collect::<Vec<_>>();
    assert_eq!(sizes(&host.hold(include(&many))), [75, 25]);
    let mut host = Host::with(|config| config.mtu = 1_280);
    assert_eq!(sizes(&host.hold(exclude(&many))), [75]);
}

/// A router that hears HOLD_EXCLUDE stops the data of every source that it does not list.
#[test]
fn a_hold_of_all_but_many_always_lists_what_is_wanted() {
    let [few, most]: [Vec<u16>; 2] = [(101..=110).collect(), (101..=176).collect()];
    let others: Vec<u16> = (1..=100).collect();
    let mut host = Host::with(|config| config.mtu = 1_280);
    host.wish(include(&few));
    let said = host.hold(exclude(&others));
    let [allow, record] = &said[..] else { panic!("{said:?}") };
    assert_eq!(allow, &ALLOW(G(), &few));
    assert_eq!(record, &HOLD_EX(G(), &[&others[..65], &few[..]].concat()));
    assert_eq!(host.wish(include(&most)).len(), 1, "no room to list 76: it is not said");
}

/// The change of each wish into each other, as the router is told it.
#[test]
fn the_matrix_is_the_one_on_file() {
    let filters = || [Filter::NOTHING, include(&[1]), exclude(&[1]), exclude(&[])];
    let wishes = || {
        filters().into_iter().flat_map(|wanted| filters().map(|held| Wish { wanted: wanted.clone(), held }))
    };
    let text = |filter: &Filter| std::format!("{filter:?}").replace("2001:db8::", "");
    let mut rows = String::from("# wanted, held | wanted then, held then | kept then | records\n");
    for before in wishes() {
        for after in wishes() {
            let mut host = settled(before.wanted.clone(), before.held.clone());
            host.0.want(G(), after.wanted.clone());
            host.0.hold(G(), after.held.clone());
            let mut out = Vec::new();
            host.0.flush(START, &mut out);
            let record = |record: &GroupRecord| {
                let kind = match record.kind.0 {
                    0x81 => "HOLD_INCLUDE".into(),
                    0x82 => "HOLD_EXCLUDE".into(),
                    kind => std::format!("{:?}", RecordType(kind)),
                };
                let sources = std::format!("{:?}", record.sources).replace("2001:db8::", "");
                std::format!("{kind}{sources}")
            };
            let records: Vec<String> = all_records(&out).iter().map(record).collect();
            let records = if records.is_empty() { "-".into() } else { records.join(", ") };
            let [a, b, c, d] = [&before.wanted, &before.held, &after.wanted, &after.held].map(text);
            writeln!(rows, "{a}, {b} | {c}, {d} | {} | {records}", text(&after.kept())).unwrap();
        }
    }
    crate::matrix::is_on_file("mld-listener-hold", &rows);
}
