//! The tables of RFC 5790 4, row by row.

use core::net::Ipv6Addr;
use std::collections::BTreeSet;
use std::format;
use std::string::String;
use std::vec::Vec;

use super::*;
use crate::channel::SourceList;
use crate::machine::{LinkId, Received, Via};
use crate::mld::GroupRecord;
use crate::mld::lightweight::rfc;
use crate::mld::listener::fsm::{Change, ChangeEvent, Now};
use crate::mld::listener::tests::host::{
    self, ALLOW, BLOCK, HOLD_IN, Host, TO_EX, TO_IN, all_records, exclude, group, include, query, source,
    sources_query,
};
use crate::wire::mld::{Message, QueryV1};

/// A lightweight host on link 1.
#[derive(Clone)]
struct Light(Listener);

impl Light {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(Via::Link(LinkId(1)), host::ADDRESS);
        change(&mut config);
        Self(Listener::new(config, 1).unwrap())
    }

    fn input(&mut self, now: Instant, input: Input<'_>) -> Result<Vec<Action>, Reject> {
        let mut out = Vec::new();
        self.0.handle_input(now, input, &mut out).map(|()| out)
    }

    fn want(&mut self, now: Instant, group: Ipv6Addr, filter: Filter) -> Vec<GroupRecord> {
        all_records(&self.input(now, Input::Want { group, filter }).unwrap())
    }

    /// Runs all timers; the reports that were sent, and when.
    fn reports(&mut self) -> Vec<(Instant, Vec<GroupRecord>)> {
        let mut sent = Vec::new();
        while let Some(due) = self.0.poll_timeout() {
            let mut out = Vec::new();
            self.0.handle_timeout(due, &mut out);
            assert!(self.0.poll_timeout().is_none_or(|next| next > due));
            sent.push((due, all_records(&out)));
        }
        sent
    }

    fn rest(&mut self) -> Vec<GroupRecord> {
        self.reports().into_iter().flat_map(|(_, records)| records).collect()
    }
}

fn numbers(sources: &SourceList) -> Vec<u16> {
    sources.iter().map(|source| source.segments()[7]).collect()
}

/// A record in the words of RFC 5790.
fn printed(record: &GroupRecord) -> (String, BTreeSet<u16>) {
    (format!("{:?}", record.kind), numbers(&record.sources).into_iter().collect())
}

fn as_printed(filter: &Filter) -> (&'static str, Vec<u16>) {
    let mode = if filter.mode == FilterMode::Include { "INCLUDE" } else { "EXCLUDE" };
    (mode, numbers(&filter.sources))
}

/// Every filter over three sources.
fn filters() -> Vec<Filter> {
    let lists = (0u8..8).map(|bits| (1..=3).filter(|n| bits >> (n - 1) & 1 == 1).collect::<Vec<u16>>());
    lists.flat_map(|list| [include(&list), exclude(&list)]).collect()
}

#[test]
fn mld_3_7_lw_every_change_of_4_2_is_as_printed_and_is_said_robustness_times() {
    for old in filters() {
        for new in filters() {
            let mut host = Light::new();
            host.want(Instant::ZERO, group(1), old.clone());
            host.rest();
            let said = host.want(Instant::from_secs(9), group(1), new.clone());
            let (old, new) = (lightened(old.clone()), lightened(new.clone()));
            let [(old_mode, a), (new_mode, b)] = [as_printed(&old), as_printed(&new)];
            let expected = rfc::change((old_mode, &a), (new_mode, &b));
            assert_eq!(said.iter().map(printed).collect::<Vec<_>>(), expected, "{old:?} to {new:?}");
            assert_eq!(host.rest(), said, "{old:?} to {new:?}");
        }
    }
}

/// RFC 5790 4.4, and the third case of RFC 3810 6.3: of what was asked, what is wanted.
#[test]
fn mld_3_7_lw_every_answer_of_4_4_is_as_printed() {
    let asked = [source(2), source(3)].map(|source| source.octets());
    let none = Ipv6Addr::UNSPECIFIED;
    let queries = [query(none, 1_000), query(group(1), 1_000), sources_query(group(1), 1_000, &asked)];
    let mut seen = BTreeSet::new();
    for filter in filters() {
        for query in queries {
            let mut full = Host::new();
            full.want(Instant::ZERO, group(1), lightened(filter.clone()));
            full.rest();
            let mut host = Light::new();
            host.want(Instant::ZERO, group(1), filter.clone());
            host.rest();
            let now = Instant::from_secs(9);
            full.input(now, Input::Packet(query)).unwrap();
            assert_eq!(host.input(now, Input::Packet(query)), Ok(Vec::new()), "never at once");
            let in_stead = |record: GroupRecord| {
                let (kind, sources) = printed(&record);
                let list = if sources.is_empty() { "({})" } else { "(x)" };
                let word = format!("{kind}{list}");
                let &(full, light) = rfc::ANSWERS.iter().find(|row| row.0 == word).unwrap();
                seen.insert(full);
                (String::from(light.strip_suffix(list).unwrap()), sources)
            };
            let expected: Vec<_> = full.rest().into_iter().map(in_stead).collect();
            assert_eq!(host.rest().iter().map(printed).collect::<Vec<_>>(), expected, "{filter:?}");
        }
    }
    assert_eq!(seen, rfc::ANSWERS.iter().map(|row| row.0).collect(), "each row was met");
}

/// RFC 5790 4.3 inherits the rules for delays: the same host of the full version answers at the same moment.
#[test]
fn mld_3_7_lw_answers_come_when_the_full_host_gives_them() {
    let mut host = Light::new();
    let mut full = Host::new();
    for n in 1..=3 {
        host.want(Instant::ZERO, group(n), include(&[n]));
        full.want(Instant::ZERO, group(n), include(&[n]));
    }
    host.rest();
    full.rest();
    let octets = [source(2).octets()];
    for query in [
        query(Ipv6Addr::UNSPECIFIED, 10_000),
        query(group(1), 2_000),
        sources_query(group(2), 3_000, &octets),
        sources_query(group(2), 1_000, &octets),
    ] {
        let now = Instant::from_secs(20);
        full.input(now, Input::Packet(query)).unwrap();
        host.input(now, Input::Packet(query)).unwrap();
        assert_eq!(host.0.poll_timeout(), full.0.poll_timeout());
    }
    let due: Vec<Instant> = host.reports().into_iter().map(|(due, _)| due).collect();
    assert!(due.len() > 1 && due.iter().all(|due| *due > Instant::from_secs(20)), "{due:?}");
}

#[test]
fn mld_3_7_lw_exclude_mode_has_no_sources_and_blocking_others_says_nothing() {
    let mut host = Light::new();
    assert_eq!(host.want(Instant::ZERO, group(1), exclude(&[1, 2])), [TO_EX(group(1), &[])]);
    assert_eq!(host.0.wanted(group(1)), &Filter::EVERYTHING);
    host.rest();
    assert_eq!(host.want(Instant::from_secs(9), group(1), exclude(&[3])), []);
    assert_eq!(host.want(Instant::from_secs(9), group(1), exclude(&[])), []);
    assert_eq!(host.0.poll_timeout(), None);
}

/// The example of RFC 5790 4.4: one application wants a channel, another joins and leaves the group.
#[test]
fn mld_3_7_lw_when_the_last_star_g_join_ends_the_channels_are_said_again() {
    let mut host = Light::new();
    let mut second = 0;
    let mut want = |filter| {
        host.rest();
        second += 10;
        host.want(Instant::from_secs(second), group(1), filter)
    };
    assert_eq!(want(include(&[1])), [ALLOW(group(1), &[1])]);
    assert_eq!(want(include(&[1]).union(&exclude(&[]))), [TO_EX(group(1), &[])]);
    assert_eq!(want(include(&[1])), [TO_IN(group(1), &[1])]);
    assert_eq!(want(Filter::NOTHING), [BLOCK(group(1), &[1])]);
    host.rest();
    assert!(host.0.is_idle() && host.0.entries() == 0 && host.0.snapshot().is_empty());
}

/// What is dropped of a filter must be right all the same; RFC 5790 7.1.
#[test]
fn mld_3_7_lw_what_the_full_host_refuses_is_refused() {
    let ssm: Ipv6Addr = "ff3e::8000:1".parse().unwrap();
    let bad_source = Filter::exclude([group(2)]);
    for (group, filter, reject) in [
        (ssm, exclude(&[]), Reject::SsmExclude(ssm)),
        (source(1), exclude(&[]), Reject::NotAGroup(source(1))),
        (group(1), bad_source, Reject::NotASource(group(2))),
    ] {
        let mut host = Light::new();
        assert_eq!(host.input(Instant::ZERO, Input::Want { group, filter }), Err(reject));
        assert!(host.0.groups().next().is_none() && host.0.poll_timeout().is_none());
    }
}

/// Hold is no matter of RFC 5790: the records that say it keep their types, those of current state among them.
#[test]
fn what_is_held_is_said_as_by_the_full_host() {
    for hold in [HoldTypes::PRIVATE, HoldTypes::LITERAL] {
        let mut host = Light::with(|config| config.hold = hold);
        host.want(Instant::ZERO, group(1), include(&[1]));
        let kept = GroupRecord { kind: RecordType(hold.include), ..HOLD_IN(group(1), &[2]) };
        let input = Input::Hold { group: group(1), filter: include(&[1, 2]) };
        host.rest();
        let said = all_records(&host.input(Instant::ZERO, input).unwrap());
        assert_eq!(said.last(), Some(&kept));
        host.rest();
        host.input(Instant::from_secs(9), Input::Packet(query(Ipv6Addr::UNSPECIFIED, 1_000))).unwrap();
        assert_eq!(host.rest(), [ALLOW(group(1), &[1]), kept]);
        let input = Input::Hold { group: group(1), filter: exclude(&[3]) };
        host.input(Instant::from_secs(20), input).unwrap();
        assert_eq!(host.0.held(group(1)), exclude(&[1]), "all but what is received");
    }
}

/// RFC 5790 6.2.1, 6.3.
#[test]
fn mld_3_7_lw_beside_an_older_querier_it_speaks_the_older_version() {
    let mut host = Light::new();
    host.want(Instant::ZERO, group(1), exclude(&[1]));
    host.rest();
    let message = Message::QueryV1(QueryV1 { max_response_ms: 1_000, group: Ipv6Addr::UNSPECIFIED.into() });
    host.input(Instant::from_secs(9), Input::Packet(Received { meta: host::META, message })).unwrap();
    assert_eq!(host.0.version(), Version::Older);
    let due = host.0.poll_timeout().unwrap();
    let mut out = Vec::new();
    host.0.handle_timeout(due, &mut out);
    let [Action::Send(sent)] = &out[..] else { panic!("{out:?}") };
    assert_eq!(sent.dst, group(1));
    assert!(matches!(sent.body.view(), Message::ReportV1(_)));
}

#[test]
fn the_matrix_is_the_one_on_file() {
    let mut rows = String::from("# old | new | report sent\n# changes, Robustness Variable 1\n");
    let shown = |filter: &Filter| format!("{} {:?}", as_printed(filter).0, numbers(&filter.sources));
    let ends = [include(&[]), include(&[1, 2]), include(&[2, 3]), exclude(&[]), exclude(&[1, 2])];
    for old in &ends {
        for new in &ends {
            let [before, filter] = [old, new].map(|filter| lightened(filter.clone()));
            let repeat_at = Instant::ZERO;
            let now = Now { group: group(1), filter: &filter, robustness: 1, repeat_at };
            let said = if before == filter {
                Vec::new()
            } else {
                Change::Settled.on(ChangeEvent::Changed { before: &before }, now).1
            };
            let said: Vec<String> = said
                .iter()
                .map(|record| format!("{:?} {:?}", record.kind, numbers(&record.sources)))
                .collect();
            let said = if said.is_empty() { "-".into() } else { said.join(", ") };
            rows += &format!("{} | {} | {said}\n", shown(old), shown(new));
        }
    }
    rows.push_str("# answers: full version | lightweight\n");
    for kind in (1..=6).map(RecordType) {
        rows += &format!("{kind:?} | {:?}\n", answering(kind, HoldTypes::PRIVATE));
    }
    crate::matrix::is_on_file("mld-lightweight-listener", &rows);
}
