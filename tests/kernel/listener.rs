//! A bridge of the kernel asks, our listener answers; what the bridge then knows.

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use multimob::channel::Filter;
use multimob::machine::{LinkId, Received, Via};
use multimob::mld::Listener;
use multimob::mld::listener::{Action, Config, Input};
use multimob::wire::mld::RecordType;
use multimob::{Instant, Machine};

use crate::heard::Word;
use crate::kin::Kin;
use crate::lab::{Entry, Lab, Sent, Station};
use crate::{BRISK, both};

/// A host.
pub struct Host<A: Kin>(pub Listener<A>);

impl<A: Kin> Host<A> {
    pub fn new(link: u8, address: A) -> Self {
        let config = Config { timing: BRISK, ..Config::new(Via::Link(LinkId(link.into())), address) };
        Self(Listener::new(config, 1).unwrap())
    }

    pub fn want(&mut self, now: Instant, group: A, filter: Filter<A>, out: &mut Vec<Sent<A>>) {
        let mut actions = Vec::new();
        self.0.handle_input(now, Input::Want { group, filter }, &mut actions).unwrap();
        out.extend(sent(actions));
    }
}

impl<A: Kin> Station<A> for Host<A> {
    fn due(&self) -> Option<Instant> {
        self.0.poll_timeout()
    }

    fn elapse(&mut self, now: Instant, out: &mut Vec<Sent<A>>) {
        let mut actions = Vec::new();
        self.0.handle_timeout(now, &mut actions);
        out.extend(sent(actions));
    }

    fn receive(&mut self, now: Instant, packet: Received<A::Message<'_>, A>, out: &mut Vec<Sent<A>>) {
        let mut actions = Vec::new();
        if self.0.handle_input(now, Input::Packet(packet), &mut actions).is_ok() {
            out.extend(sent(actions));
        }
    }
}

pub fn sent<A: Kin>(actions: Vec<Action<A>>) -> impl Iterator<Item = Sent<A>> {
    actions.into_iter().map(|action| match action {
        Action::Send(sent) => sent,
        action => panic!("{action:?}"),
    })
}

const OURS: u8 = 1;
pub const BRIDGE: u8 = 0xbb;

/// A host on the port of a bridge that has begun to ask.
pub fn bridged<A: Kin>(options: &str) -> Lab<A, Host<A>> {
    let ours = Host::new(1, A::station(1, OURS));
    let mut lab = Lab::new(ours).with_bridge(1, BRIDGE, options);
    lab.until("a General Query", |lab| {
        lab.heard.iter().any(|heard| heard.word.is_query() && heard.word.group().is_none())
    });
    lab
}

impl<A: Kin> Lab<A, Host<A>> {
    /// Wants this of `group` until the bridge knows it; how long that took at most.
    pub fn want(&mut self, group: A, filter: &Filter<A>) -> Duration {
        self.tell(|ours, now, out| ours.want(now, group, filter.clone(), out));
        self.until_bridged(group, filter)
    }

    fn until_bridged(&mut self, group: A, filter: &Filter<A>) -> Duration {
        let knows = |entry: Option<Entry<A>>| match entry {
            Some(entry) => entry.filter.as_ref() == Some(filter),
            None => filter.is_nothing(),
        };
        self.until_asked(&format!("the bridge knows {filter:?}"), |lab| knows(lab.entry(1, group)))
    }
}

#[test]
fn a_bridge_knows_the_group_that_our_listener_joins() {
    both(joins_and_leaves::<Ipv6Addr>, joins_and_leaves::<Ipv4Addr>);
}

fn joins_and_leaves<A: Kin>() {
    let [ours, group] = [A::station(1, OURS), A::GROUP];
    let mut lab = bridged::<A>(current::<A>());
    lab.want(group, &Filter::EVERYTHING);
    assert_eq!(lab.words(0, ours, group)[0], Word::record(RecordType::TO_EX, group, []));

    let before = lab.heard.len();
    let took = lab.want(group, &Filter::NOTHING);
    // It is asked about before, twice within 0.4 s.
    assert!(took > Duration::from_millis(300), "{took:?}");
    lab.until_said(before, ours, &Word::record(RecordType::TO_IN, group, []));
    let asked = lab.heard[before..].iter().filter(|heard| heard.word.asks(group, &[])).count();
    assert!(asked >= 2, "{}", lab.log());
}

/// The option of a bridge that asks in the current version.
pub fn current<A: Kin>() -> &'static str {
    if A::NUMBER == 2 { "mcast_mld_version 2" } else { "mcast_igmp_version 3" }
}

#[test]
fn a_bridge_keeps_what_our_listener_answers_for() {
    both(stays::<Ipv6Addr>, stays::<Ipv4Addr>);
}

fn stays<A: Kin>() {
    let ours = A::station(1, OURS);
    let [group, channels, one, two] = [A::GROUP, A::CHANNELS, A::source(1), A::source(2)];
    let mut lab = bridged::<A>(current::<A>());
    // What is not said again is gone after 3 s.
    lab.set_bridge(BRIDGE, "mcast_membership_interval 300");
    let wanted = [(group, Filter::EVERYTHING), (channels, Filter::include([one, two]))];
    for (group, filter) in &wanted {
        lab.want(*group, filter);
    }
    let joined = lab.heard.len();
    lab.pass(Duration::from_millis(4_500));
    for (group, filter) in wanted {
        let entry = lab.entry(1, group).unwrap_or_else(|| panic!("{}", lab.log()));
        assert_eq!(entry.filter, Some(filter));
    }
    for answer in
        [Word::record(RecordType::IS_EX, group, []), Word::record(RecordType::IS_IN, channels, [one, two])]
    {
        let answers = lab.words(joined, ours, answer.group().unwrap());
        assert!(answers.iter().filter(|&word| *word == answer).count() >= 3, "{}", lab.log());
    }
}

#[test]
fn a_bridge_knows_the_sources_that_our_listener_wants() {
    both(sources::<Ipv6Addr>, sources::<Ipv4Addr>);
}

fn sources<A: Kin>() {
    let [ours, group] = [A::station(1, OURS), A::CHANNELS];
    let [one, two, three] = [1, 2, 3].map(A::source);
    let mut lab = bridged::<A>(current::<A>());
    lab.want(group, &Filter::include([one]));
    assert_eq!(lab.words(0, ours, group)[0], Word::record(RecordType::ALLOW, group, [one]));
    lab.want(group, &Filter::include([one, two]));

    let before = lab.heard.len();
    lab.want(group, &Filter::include([two, three]));
    let said = lab.words(before, ours, group);
    assert!(said.contains(&Word::record(RecordType::ALLOW, group, [three])), "{}", lab.log());
    assert!(said.contains(&Word::record(RecordType::BLOCK, group, [one])), "{}", lab.log());
    assert!(lab.heard[before..].iter().any(|heard| heard.word.asks(group, &[one])), "{}", lab.log());

    let before = lab.heard.len();
    lab.want(group, &Filter::NOTHING);
    lab.until_said(before, ours, &Word::record(RecordType::BLOCK, group, [two, three]));
}

#[test]
fn a_bridge_knows_the_filter_mode_of_our_listener() {
    both(changes_mode::<Ipv6Addr>, changes_mode::<Ipv4Addr>);
}

fn changes_mode<A: Kin>() {
    let group = A::GROUP;
    let [one, two, three] = [1, 2, 3].map(A::source);
    let mut lab = bridged::<A>(current::<A>());
    for filter in [
        Filter::include([one, two]),
        Filter::exclude([two, three]),
        Filter::exclude([three]),
        Filter::EVERYTHING,
        Filter::exclude([one]),
        Filter::include([three]),
        Filter::NOTHING,
    ] {
        lab.want(group, &filter);
    }
}
