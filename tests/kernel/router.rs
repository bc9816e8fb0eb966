//! Our router asks, hosts of the kernel join and leave.

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;
use std::collections::BTreeMap;

use multimob::channel::Filter;
use multimob::machine::{LinkId, Received};
use multimob::mld::router::{Action, Config, Input, LinkKind, Startup};
use multimob::mld::{Router, Version};
use multimob::wire::mld::RecordType;
use multimob::{Instant, Machine};

use crate::heard::Word;
use crate::kin::Kin;
use crate::lab::{Lab, Sent, Station};
use crate::{BRISK, TIMING, both};

/// A router, and what it said of its links.
pub struct Querier<A: Kin> {
    pub router: Router<A>,
    /// Every [`Action::Interest`], and when.
    pub interest: Vec<(Instant, LinkId, A, Filter<A>)>,
    /// The last [`Action::Querier`] of each link.
    pub other: BTreeMap<LinkId, Option<A>>,
}

impl<A: Kin> Querier<A> {
    pub fn new(config: Config<A>) -> Self {
        let router = Router::new(config).unwrap();
        Self { router, interest: Vec::new(), other: BTreeMap::new() }
    }

    pub fn link_up(&mut self, now: Instant, link: u8, address: A, out: &mut Vec<Sent<A>>) {
        let (link, kind) = (LinkId(link.into()), LinkKind::Shared);
        let up = Input::LinkUp { link, address, kind, startup: Startup::Now, hold: None };
        let mut actions = Vec::new();
        self.router.handle_input(now, up, &mut actions).unwrap();
        self.carry_out(now, actions, out);
    }

    /// Asks all on a link.
    pub fn ask(&mut self, now: Instant, link: u8, out: &mut Vec<Sent<A>>) {
        let mut actions = Vec::new();
        self.router.handle_input(now, Input::Query { link: LinkId(link.into()) }, &mut actions).unwrap();
        self.carry_out(now, actions, out);
    }

    /// What the link wants of a group, as it was told.
    pub fn wants(&self, link: u8, group: A) -> Filter<A> {
        self.told(link, group).map_or(Filter::NOTHING, |(_, filter)| filter)
    }

    /// The same, and when it was told.
    pub fn told(&self, link: u8, group: A) -> Option<(Instant, Filter<A>)> {
        let link = LinkId(link.into());
        let told = self.interest.iter().rev().find(|told| (told.1, told.2) == (link, group));
        told.map(|(at, _, _, filter)| (*at, filter.clone()))
    }

    fn carry_out(&mut self, now: Instant, actions: Vec<Action<A>>, out: &mut Vec<Sent<A>>) {
        for action in actions {
            match action {
                Action::Send(sent) => out.push(sent),
                Action::Interest { link, group, filter } => self.interest.push((now, link, group, filter)),
                Action::Querier { link, querier } => drop(self.other.insert(link, querier)),
                Action::OtherVersion { .. } => {}
                action => panic!("{action:?}"),
            }
        }
    }
}

impl<A: Kin> Station<A> for Querier<A> {
    fn due(&self) -> Option<Instant> {
        self.router.poll_timeout()
    }

    fn elapse(&mut self, now: Instant, out: &mut Vec<Sent<A>>) {
        let mut actions = Vec::new();
        self.router.handle_timeout(now, &mut actions);
        self.carry_out(now, actions, out);
    }

    fn receive(&mut self, now: Instant, packet: Received<A::Message<'_>, A>, out: &mut Vec<Sent<A>>) {
        let mut actions = Vec::new();
        if self.router.handle_input(now, Input::Packet(packet), &mut actions).is_ok() {
            self.carry_out(now, actions, out);
        }
    }
}

pub const OURS: u8 = 1;
pub const HOST: u8 = 0x11;
pub const OTHER: u8 = 0x12;

/// A router that asks before it believes a leave, unless told otherwise, on link 1 with two hosts.
pub fn shared<A: Kin>(config: Config<A>) -> Lab<A, Querier<A>> {
    let mut lab = Lab::new(Querier::new(config)).with_hosts(1, &[HOST, OTHER]);
    lab.tell(|ours, now, out| ours.link_up(now, 1, A::station(1, OURS), out));
    lab
}

pub fn asking<A: Kin>() -> Config<A> {
    Config { timing: TIMING, immediate_leave: false, ..Config::default() }
}

impl<A: Kin> Lab<A, Querier<A>> {
    /// Waits until the router tells that link 1 wants this of `group`, because of a word that `by` has said since `mark`.
    /// Before it believed that word, it asked for as long as it has to: the Last Listener Query Time.
    pub fn until_believed(&mut self, mark: usize, by: A, word: &Word<A>, wanted: &Filter<A>) {
        let group = word.group().unwrap();
        self.until(&format!("{wanted:?} was told"), |lab| lab.ours.wants(1, group) == *wanted);
        let (told, _) = self.ours.told(1, group).unwrap();
        let asked = told.saturating_since(self.said_at(mark, by, word));
        assert!(asked >= TIMING.last_listener_query_time(), "{asked:?}\n{}", self.log());
    }
}

/// Until all is said that was to be said, repetitions and answers too.
fn settle<A: Kin>(lab: &mut Lab<A, Querier<A>>) {
    lab.pass(Duration::from_secs(1));
}

#[test]
fn a_kernel_host_joins_and_leaves_a_group() {
    both(joins_and_leaves::<Ipv6Addr>, joins_and_leaves::<Ipv4Addr>);
}

fn joins_and_leaves<A: Kin>() {
    let [ours, host, group] = [A::station(1, OURS), A::station(1, HOST), A::GROUP];
    let mut lab = shared(asking());
    lab.host(HOST, "join", group, &[]);
    lab.until("the join was told", |lab| lab.ours.wants(1, group) == Filter::EVERYTHING);
    settle(&mut lab);
    lab.until_said(0, host, &Word::record(RecordType::TO_EX, group, []));

    let before = lab.heard.len();
    lab.host(HOST, "leave", group, &[]);
    lab.until_believed(before, host, &Word::record(RecordType::TO_IN, group, []), &Filter::NOTHING);
    let asked = lab.words(before, ours, group);
    assert!(asked.len() >= 2 && asked.iter().all(|word| word.asks(group, &[])), "{}", lab.log());
}

#[test]
fn a_kernel_host_stays_that_answers() {
    both(stays::<Ipv6Addr>, stays::<Ipv4Addr>);
}

fn stays<A: Kin>() {
    let [ours, host] = [A::station(1, OURS), A::station(1, HOST)];
    let [group, channels, one, two] = [A::GROUP, A::CHANNELS, A::source(1), A::source(2)];
    let mut lab = shared(Config { timing: BRISK, ..asking() });
    lab.host(HOST, "join", group, &[]);
    lab.host(HOST, "join-source", channels, &[one]);
    lab.host(HOST, "join-source", channels, &[two]);
    let wanted = [(group, Filter::EVERYTHING), (channels, Filter::include([one, two]))];
    for (group, wanted) in &wanted {
        lab.until("the join was told", |lab| lab.ours.wants(1, *group) == *wanted);
    }
    let joined = lab.heard.len();
    lab.pass(BRISK.listening_interval() + Duration::from_secs(1));
    for (group, wanted) in wanted {
        assert_eq!(lab.ours.wants(1, group), wanted, "{}", lab.log());
    }
    let general = lab.heard[joined..].iter().filter(|heard| heard.src == ours);
    assert!(general.filter(|heard| heard.word.is_general(Version::Current)).count() >= 2, "{}", lab.log());
    lab.until_said(joined, host, &Word::record(RecordType::IS_EX, group, []));
    lab.until_said(joined, host, &Word::record(RecordType::IS_IN, channels, [one, two]));
}

#[test]
fn a_kernel_host_blocks_and_unblocks_a_source() {
    both(blocks_and_unblocks::<Ipv6Addr>, blocks_and_unblocks::<Ipv4Addr>);
}

fn blocks_and_unblocks<A: Kin>() {
    let [ours, host, group, source] = [A::station(1, OURS), A::station(1, HOST), A::GROUP, A::source(1)];
    let mut lab = shared(asking());
    lab.host(HOST, "join", group, &[]);
    lab.until("the join was told", |lab| lab.ours.wants(1, group) == Filter::EVERYTHING);
    settle(&mut lab);

    let before = lab.heard.len();
    lab.host(HOST, "block", group, &[source]);
    let block = Word::record(RecordType::BLOCK, group, [source]);
    lab.until_believed(before, host, &block, &Filter::exclude([source]));
    let asked = lab.words(before, ours, group);
    assert!(asked.len() >= 2 && asked.iter().all(|word| word.asks(group, &[source])), "{}", lab.log());

    settle(&mut lab);
    let before = lab.heard.len();
    lab.host(HOST, "unblock", group, &[source]);
    lab.until("the source is wanted again", |lab| lab.ours.wants(1, group) == Filter::EVERYTHING);
    lab.until_said(before, host, &Word::record(RecordType::ALLOW, group, [source]));
    assert_eq!(lab.words(before, ours, group), []);
}

#[test]
fn a_kernel_host_joins_and_leaves_channels() {
    both(channels::<Ipv6Addr>, channels::<Ipv4Addr>);
}

fn channels<A: Kin>() {
    let [ours, host, other, group] =
        [A::station(1, OURS), A::station(1, HOST), A::station(1, OTHER), A::CHANNELS];
    let [one, two] = [1, 2].map(A::source);
    let mut lab = shared(asking());
    for (source, wanted) in [(one, Filter::include([one])), (two, Filter::include([one, two]))] {
        settle(&mut lab);
        let before = lab.heard.len();
        lab.host(HOST, "join-source", group, &[source]);
        lab.until("the channel was told", |lab| lab.ours.wants(1, group) == wanted);
        lab.until_said(before, host, &Word::record(RecordType::ALLOW, group, [source]));
    }
    lab.host(OTHER, "join-source", group, &[two]);
    lab.until_said(0, other, &Word::record(RecordType::ALLOW, group, [two]));
    settle(&mut lab);

    let before = lab.heard.len();
    lab.host(HOST, "leave-source", group, &[one]);
    let block = Word::record(RecordType::BLOCK, group, [one]);
    lab.until_believed(before, host, &block, &Filter::include([two]));
    let asked = lab.words(before, ours, group);
    assert!(asked.len() >= 2 && asked.iter().all(|word| word.asks(group, &[one])), "{}", lab.log());

    // The other host answers for the source that it still wants.
    let before = lab.heard.len();
    lab.host(HOST, "leave-source", group, &[two]);
    lab.pass(TIMING.last_listener_query_time() + Duration::from_millis(500));
    lab.until_said(before, ours, &Word::question(group, &[two]));
    lab.until_said(before, other, &Word::record(RecordType::IS_IN, group, [two]));
    assert_eq!(lab.ours.wants(1, group), Filter::include([two]));

    let before = lab.heard.len();
    lab.host(OTHER, "leave-source", group, &[two]);
    lab.until_believed(before, other, &Word::record(RecordType::BLOCK, group, [two]), &Filter::NOTHING);
}

#[test]
fn a_kernel_host_changes_its_filter_mode() {
    both(changes_mode::<Ipv6Addr>, changes_mode::<Ipv4Addr>);
}

fn changes_mode<A: Kin>() {
    let [ours, host, group] = [A::station(1, OURS), A::station(1, HOST), A::GROUP];
    let [one, two, three] = [1, 2, 3].map(A::source);
    let mut lab = shared(asking());
    lab.host(HOST, "join", group, &[]);
    lab.until("the join was told", |lab| lab.ours.wants(1, group) == Filter::EVERYTHING);
    settle(&mut lab);

    let before = lab.heard.len();
    lab.host_filter(HOST, group, &Filter::include([one, two]));
    let to_in = Word::record(RecordType::TO_IN, group, [one, two]);
    lab.until_believed(before, host, &to_in, &Filter::include([one, two]));
    lab.until_said(before, ours, &Word::question(group, &[]));

    let before = lab.heard.len();
    lab.host_filter(HOST, group, &Filter::exclude([two, three]));
    // All but the third at once: the second until it was asked for.
    lab.until("the third is excluded", |lab| lab.ours.wants(1, group) == Filter::exclude([three]));
    let to_ex = Word::record(RecordType::TO_EX, group, [two, three]);
    lab.until_believed(before, host, &to_ex, &Filter::exclude([two, three]));
    lab.until_said(before, ours, &Word::question(group, &[two]));
}

#[test]
fn a_second_kernel_host_keeps_the_group_that_the_first_leaves() {
    both(keeps::<Ipv6Addr>, keeps::<Ipv4Addr>);
}

fn keeps<A: Kin>() {
    let [ours, other, group] = [A::station(1, OURS), A::station(1, OTHER), A::GROUP];
    let mut lab = shared(asking());
    for host in [HOST, OTHER] {
        lab.host(host, "join", group, &[]);
    }
    lab.until("both have joined", |lab| {
        [HOST, OTHER].iter().all(|&host| !lab.words(0, A::station(1, host), group).is_empty())
    });
    settle(&mut lab);
    let before = lab.heard.len();
    lab.host(HOST, "leave", group, &[]);
    lab.pass(TIMING.last_listener_query_time() + Duration::from_millis(500));
    lab.until_said(before, ours, &Word::question(group, &[]));
    lab.until_said(before, other, &Word::record(RecordType::IS_EX, group, []));
    assert_eq!(lab.ours.wants(1, group), Filter::EVERYTHING);
}

#[test]
fn a_tracked_kernel_host_that_leaves_last_is_not_asked() {
    both(tracked::<Ipv6Addr>, tracked::<Ipv4Addr>);
}

fn tracked<A: Kin>() {
    let [ours, other, group] = [A::station(1, OURS), A::station(1, OTHER), A::GROUP];
    let mut lab = shared(Config { timing: TIMING, ..Config::default() });
    for host in [HOST, OTHER] {
        lab.host(host, "join", group, &[]);
    }
    lab.until("both have joined", |lab| {
        [HOST, OTHER].iter().all(|&host| !lab.words(0, A::station(1, host), group).is_empty())
    });
    settle(&mut lab);
    lab.host(HOST, "leave", group, &[]);
    lab.pass(TIMING.last_listener_query_time() + Duration::from_millis(500));
    assert_eq!(lab.ours.wants(1, group), Filter::EVERYTHING);
    let before = lab.heard.len();
    lab.host(OTHER, "leave", group, &[]);
    lab.until("the leave was told", |lab| lab.ours.wants(1, group) == Filter::NOTHING);
    let left = lab.said_at(before, other, &Word::record(RecordType::TO_IN, group, []));
    assert_eq!(lab.ours.told(1, group), Some((left, Filter::NOTHING)));
    assert_eq!(lab.words(before, ours, group), [], "{}", lab.log());
}
