//! Hosts of the kernel downstream, a bridge of the kernel upstream, our proxy between.

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use multimob::channel::Filter;
use multimob::machine::{LinkId, Received, Via};
use multimob::mld::proxy::{Config, Input};
use multimob::mld::{Proxy, Version, router};
use multimob::wire::mld::RecordType;
use multimob::{Instant, Machine};

use crate::heard::Word;
use crate::kin::Kin;
use crate::lab::{Lab, Sent, Station};
use crate::listener::{current, sent};
use crate::router::Querier;
use crate::{TIMING, both};

const UPSTREAM: u8 = 9;

/// A proxy and the router of its downstream links.
struct Gateway<A: Kin> {
    querier: Querier<A>,
    proxy: Proxy<A>,
    /// How much of what the router said the proxy was told.
    told: usize,
}

impl<A: Kin> Gateway<A> {
    fn new() -> Self {
        let upstream = A::station(UPSTREAM, OURS);
        let config = Config { timing: TIMING, ..Config::new(Via::Link(LinkId(UPSTREAM.into())), upstream) };
        let querier = Querier::new(router::Config { timing: TIMING, ..router::Config::default() });
        Self { querier, proxy: Proxy::new(config, 1).unwrap(), told: 0 }
    }

    fn hand_over(&mut self, now: Instant, out: &mut Vec<Sent<A>>) {
        for (_, link, group, filter) in self.querier.interest[self.told..].iter().cloned() {
            let mut actions = Vec::new();
            self.proxy.handle_input(now, Input::Interest { link, group, filter }, &mut actions).unwrap();
            out.extend(sent(actions));
        }
        self.told = self.querier.interest.len();
    }
}

impl<A: Kin> Station<A> for Gateway<A> {
    fn due(&self) -> Option<Instant> {
        [self.querier.due(), self.proxy.poll_timeout()].into_iter().flatten().min()
    }

    fn elapse(&mut self, now: Instant, out: &mut Vec<Sent<A>>) {
        self.querier.elapse(now, out);
        self.hand_over(now, out);
        let mut actions = Vec::new();
        self.proxy.handle_timeout(now, &mut actions);
        out.extend(sent(actions));
    }

    fn receive(&mut self, now: Instant, packet: Received<A::Message<'_>, A>, out: &mut Vec<Sent<A>>) {
        if packet.meta.link != LinkId(UPSTREAM.into()) {
            self.querier.receive(now, packet, out);
            self.hand_over(now, out);
            return;
        }
        let mut actions = Vec::new();
        if self.proxy.handle_input(now, Input::Packet(packet), &mut actions).is_ok() {
            out.extend(sent(actions));
        }
    }
}

const OURS: u8 = 1;
const BRIDGE: u8 = 0xbb;
/// A host on link 1 and one on link 2.
const HOST: u8 = 0x11;
const OTHER: u8 = 0x12;

fn between<A: Kin>(options: &str) -> Lab<A, Gateway<A>> {
    let lab = Lab::new(Gateway::new()).with_bridge(UPSTREAM, BRIDGE, options);
    let mut lab = lab.with_hosts(1, &[HOST]).with_hosts(2, &[OTHER]);
    for link in [1, 2] {
        lab.tell(|ours, now, out| ours.querier.link_up(now, link, A::station(link, OURS), out));
    }
    lab
}

impl<A: Kin> Lab<A, Gateway<A>> {
    fn until_upstream(&mut self, group: A, filter: &Filter<A>) {
        let knows = |entry: Option<crate::lab::Entry<A>>| match entry {
            Some(entry) => entry.filter.as_ref() == Some(filter),
            None => filter.is_nothing(),
        };
        let what = format!("the bridge knows {filter:?}");
        self.until_asked(&what, |lab| knows(lab.entry(UPSTREAM, group)));
        assert_eq!(*self.ours.proxy.wanted(group), *filter);
    }

    /// What was said upstream of `group` since `mark`.
    fn said(&self, mark: usize, group: A) -> Vec<Word<A>> {
        let ours = self.heard[mark..].iter().filter(|heard| heard.link == LinkId(UPSTREAM.into()));
        let ours = ours.filter(|heard| heard.src == A::station(UPSTREAM, OURS));
        ours.filter(|heard| heard.word.group() == Some(group)).map(|heard| heard.word.clone()).collect()
    }

    /// Each side hears of its own matters alone.
    fn nothing_passed_through(&self) {
        for heard in &self.heard {
            let upstream = heard.link == LinkId(UPSTREAM.into());
            if heard.src == A::station(UPSTREAM, OURS) && upstream {
                assert!(!heard.word.is_query(), "{heard}");
                assert!(heard.word.group().is_some_and(|group| !group.is_link_scope_group()), "{heard}");
            } else if heard.word.is_query() && !upstream {
                assert_eq!(heard.src, A::station(heard.link.0 as u8, OURS), "{heard}");
            }
        }
    }
}

#[test]
fn a_bridge_knows_of_our_proxy_what_any_kernel_host_joins() {
    both(any_source::<Ipv6Addr>, any_source::<Ipv4Addr>);
}

fn any_source<A: Kin>() {
    let group = A::GROUP;
    let mut lab = between::<A>(current::<A>());
    lab.host(HOST, "join", group, &[]);
    lab.until_upstream(group, &Filter::EVERYTHING);
    assert_eq!(lab.said(0, group)[0], Word::record(RecordType::TO_EX, group, []));

    // Another link changes nothing for the upstream, which hears it in answers alone.
    lab.pass(Duration::from_millis(500));
    let before = lab.heard.len();
    lab.host(OTHER, "join", group, &[]);
    lab.pass(Duration::from_millis(500));
    lab.host(HOST, "leave", group, &[]);
    lab.pass(Duration::from_millis(2_000));
    lab.until_upstream(group, &Filter::EVERYTHING);
    let said = lab.said(before, group);
    let answer = Word::record(RecordType::IS_EX, group, []);
    assert!(!said.is_empty() && said.iter().all(|word| *word == answer), "{}", lab.log());

    let before = lab.heard.len();
    lab.host(OTHER, "leave", group, &[]);
    lab.until_upstream(group, &Filter::NOTHING);
    assert!(lab.said(before, group).contains(&Word::record(RecordType::TO_IN, group, [])), "{}", lab.log());
    lab.nothing_passed_through();
}

#[test]
fn a_bridge_knows_of_our_proxy_the_channels_of_all_kernel_hosts() {
    both(channels::<Ipv6Addr>, channels::<Ipv4Addr>);
}

fn channels<A: Kin>() {
    let group = A::CHANNELS;
    let [one, two, three] = [1, 2, 3].map(A::source);
    let mut lab = between::<A>(current::<A>());
    lab.host(HOST, "join-source", group, &[one]);
    lab.until_upstream(group, &Filter::include([one]));
    lab.host(OTHER, "join-source", group, &[two]);
    lab.until_upstream(group, &Filter::include([one, two]));
    lab.host(HOST, "join-source", group, &[three]);
    lab.until_upstream(group, &Filter::include([one, two, three]));
    lab.host(HOST, "leave-source", group, &[one]);
    lab.until_upstream(group, &Filter::include([two, three]));
    lab.host(HOST, "leave-source", group, &[three]);
    lab.until_upstream(group, &Filter::include([two]));
    let before = lab.heard.len();
    lab.host(OTHER, "leave-source", group, &[two]);
    lab.until_upstream(group, &Filter::NOTHING);
    assert!(
        lab.said(before, group).contains(&Word::record(RecordType::BLOCK, group, [two])),
        "{}",
        lab.log()
    );
    lab.nothing_passed_through();
}

#[test]
fn a_bridge_knows_of_our_proxy_the_filters_of_kernel_hosts_merged() {
    both(merged::<Ipv6Addr>, merged::<Ipv4Addr>);
}

/// RFC 4605 4.1, RFC 3810 4.2.
fn merged<A: Kin>() {
    let group = A::GROUP;
    let [one, two, three] = [1, 2, 3].map(A::source);
    let mut lab = between::<A>(current::<A>());
    lab.host(HOST, "join", group, &[]);
    lab.host_filter(HOST, group, &Filter::exclude([one, two]));
    lab.until_upstream(group, &Filter::exclude([one, two]));
    lab.host(OTHER, "join-source", group, &[one]);
    lab.until_upstream(group, &Filter::exclude([two]));
    lab.host(OTHER, "join-source", group, &[three]);
    lab.host(HOST, "leave", group, &[]);
    lab.until_upstream(group, &Filter::include([one, three]));
    lab.host(OTHER, "leave-source", group, &[one]);
    lab.until_upstream(group, &Filter::include([three]));
    lab.host(OTHER, "leave-source", group, &[three]);
    lab.until_upstream(group, &Filter::NOTHING);
    lab.nothing_passed_through();
}

#[test]
fn our_proxy_speaks_the_version_in_which_a_bridge_asks() {
    both(speaks_older::<Ipv6Addr>, speaks_older::<Ipv4Addr>);
}

/// RFC 4605 4.1: the version of the upstream is one matter, that of the hosts another.
fn speaks_older<A: Kin>() {
    let group = A::GROUP;
    let mut lab = between::<A>(&format!("{} {}", A::BRIDGED, A::NUMBER - 1));
    lab.until("an older Query", |lab| lab.ours.proxy.version() == Version::Older);
    lab.host(HOST, "join", group, &[]);
    lab.until_said(0, A::station(1, HOST), &Word::record(RecordType::TO_EX, group, []));
    lab.until_asked("the bridge knows the group", |lab| lab.entry(UPSTREAM, group).is_some());
    lab.host(HOST, "leave", group, &[]);
    lab.until_asked("the bridge knows the leave", |lab| lab.entry(UPSTREAM, group).is_none());
    let said = lab.said(0, group);
    let join = Word::Join { group, version: Version::Older };
    assert_eq!((said.first(), said.last()), (Some(&join), Some(&Word::Leave { group })), "{}", lab.log());
    lab.nothing_passed_through();
}
