//! Contexts between MAGs.

use super::*;
use crate::wire::cxtp::{Block, BlockStatus, ListenerContext};

const ONE: fn() -> Filter = || Filter::include([source(1)]);

/// A CXTP message from the previous MAG.
fn cxtp_input(message: &cxtp::Message<'_>) -> OwnedInput {
    let body = cxtp::Owned::new(message, &Dialect::DEFAULT).unwrap();
    OwnedInput::Packet { meta: meta(ip(PREVIOUS), ip(MAG)), payload: OwnedPayload::Cxtp(body) }
}

fn from(input: OwnedInput, src: &str, protection: Protection) -> OwnedInput {
    let OwnedInput::Packet { meta, payload } = input else { unreachable!() };
    OwnedInput::Packet { meta: RxMeta { src: ip(src), protection, ..meta }, payload }
}

fn request(n: u32) -> OwnedInput {
    request_from(n, Ipv6Addr::UNSPECIFIED)
}

/// The request for a node that had an address.
fn request_from(n: u32, previous: Ipv6Addr) -> OwnedInput {
    let node = node(n);
    let blocks = [
        Block::MnIdentifier { subtype: node.subtype, id: &node.id },
        Block::Wanted(Dialect::DEFAULT.features.listener_context),
    ];
    let blocks = List::new(&blocks, &Dialect::DEFAULT);
    let previous_address = previous.into();
    cxtp_input(&cxtp::Message::Request(cxtp::Request { previous_address, sequence: 1, token: 0, blocks }))
}

/// A context of node `n`: groups, each with its sources (none: EXCLUDE).
fn context(n: u32, elapsed_ms: u32, groups: &[(&str, &[u16])], more: &[Block<'_>]) -> OwnedInput {
    let node = node(n);
    let sources: Vec<Vec<[u8; 16]>> =
        groups.iter().map(|(_, sources)| sources.iter().map(|&n| source(n).octets()).collect()).collect();
    let mut blocks = vec![Block::MnIdentifier { subtype: node.subtype, id: &node.id }];
    blocks.extend(groups.iter().zip(&sources).map(|((group, _), sources)| {
        let mode = if sources.is_empty() { cxtp::FilterMode::Exclude } else { cxtp::FilterMode::Include };
        Block::Listener(ListenerContext { receiver: ip(NODE).into(), mode, group: ip(group).into(), sources })
    }));
    blocks.extend(more);
    let blocks = List::new(&blocks, &Dialect::DEFAULT);
    let previous_address = cxtp::Address::UNSPECIFIED;
    cxtp_input(&cxtp::Message::Data(cxtp::Data { acknowledge: true, elapsed_ms, previous_address, blocks }))
}

/// What was sent to other MAGs.
fn sent(actions: &[Action]) -> Vec<(Ipv6Addr, cxtp::Owned)> {
    let one = |action: &Action| match action {
        Action::Send(Envelope { via: Via::Routed, src, dst, body: OwnedPayload::Cxtp(body) }) => {
            assert_eq!(*src, ip(MAG));
            Some((*dst, body.clone()))
        }
        _ => None,
    };
    actions.iter().filter_map(one).collect()
}

/// Receiver, mode, group and number of sources.
type Context = (Ipv6Addr, cxtp::FilterMode, Ipv6Addr, usize);

/// The one CTD among `actions`: elapsed time, node, and its contexts.
fn given(actions: &[Action]) -> (u32, NodeId, Vec<Context>) {
    let all = sent(actions);
    let [(to, message)] = &all[..] else { panic!("{actions:?}") };
    assert_eq!(*to, ip(PREVIOUS));
    let cxtp::Message::Data(data) = message.view() else { panic!("{message:?}") };
    assert!(data.acknowledge);
    let (subtype, id) = data.blocks.mn_identifier().unwrap();
    let contexts = data.blocks.listeners();
    let contexts = contexts.map(|one| (one.receiver.ip(), one.mode, one.group.ip(), one.sources.len()));
    (data.elapsed_ms, NodeId { subtype, id: id.into() }, contexts.collect())
}

/// The statuses of the one CTDR among `actions`.
fn replied(actions: &[Action]) -> (bool, Vec<BlockStatus>) {
    let all = sent(actions);
    let [(_, message)] = &all[..] else { panic!("{actions:?}") };
    let cxtp::Message::Reply(reply) = message.view() else { panic!("{message:?}") };
    (reply.success, reply.statuses().map(|(_, status)| status).collect())
}

/// A node that came from the previous MAG, its context asked for.
fn arrived() -> (Bench, Vec<Action>) {
    let mut bench = Bench::new();
    bench.attach(1, 1, 4, Some(PREVIOUS));
    let actions = bench.profile(1, 1, &profile());
    (bench, actions)
}

#[test]
fn a41_the_context_is_asked_for_before_the_registration() {
    let mut bench = Bench::new();
    let actions = bench.attach(1, 1, 4, Some(PREVIOUS));
    assert!(sent(&actions).is_empty(), "not before the profile");
    let known = Profile { prefixes: vec![prefix(3)], ..profile() };
    let actions = bench.profile(1, 1, &known);
    let all = sent(&actions);
    let [(to, message)] = &all[..] else { panic!("{actions:?}") };
    let cxtp::Message::Request(request) = message.view() else { panic!("{message:?}") };
    assert_eq!(*to, ip(PREVIOUS));
    assert_eq!(request.token, 0);
    assert_eq!(request.previous_address, prefix(3).address.into(), "t49");
    assert_eq!(request.blocks.mn_identifier(), Some((1, &b"mn1@example.net"[..])));
    assert!(request.blocks.wants(0x8001));
    assert_eq!(actions.len(), 1, "the registration waits");
    assert_eq!(bench.kind(1), Some(Kind::AwaitingContext));
}

#[test]
fn a41_the_context_travels_in_the_registration() {
    let (mut bench, _) = arrived();
    bench.wait(Duration::from_millis(20));
    let actions = bench.input(&context(1, 0, &[(GROUP, &[1]), (ANY_SOURCE, &[])], &[]));
    let received = Notice::ContextReceived { node: node(1), groups: 2 };
    assert_eq!(notices(&actions), [received]);
    assert_eq!(replied(&actions), (true, vec![BlockStatus::SUCCESS; 3]));
    let pbu = bench.pbu(&actions);
    assert!(pbu.says_c());
    assert_eq!(pbu.handoff, HandoffIndicator::SAME_INTERFACE);
    assert_eq!(pbu.records, [join(ANY_SOURCE, &Filter::EVERYTHING), join(GROUP, &ONE())]);
    let actions = bench.input(&Pba::to(&pbu).input());
    assert_eq!((routes(&actions).len(), reports(&actions).len()), (2, 0));
    assert_eq!(
        bench
            .wait(secs(16))
            .iter()
            .filter(|(_, action)| !sent(core::slice::from_ref(action)).is_empty())
            .count(),
        0
    );
}

#[test]
fn a41_step_4_channels_that_are_here_already_need_no_pbu_m() {
    let mut bench = Bench::new();
    bench.register(2, 2);
    bench.input(&report(2, &[join(GROUP, &ONE())]));
    bench.attach(1, 1, 4, Some(PREVIOUS));
    bench.profile(1, 1, &profile());
    let actions = bench.input(&context(1, 0, &[(GROUP, &[1])], &[]));
    let pbu = bench.pbu(&actions);
    assert!(!pbu.says_c() && pbu.records.is_empty());
    assert_eq!(routes(&bench.input(&Pba::to(&pbu).input())).len(), 1);
}

#[test]
fn a41_without_a_context_the_plain_registration_goes_out_after_context_wait() {
    let (mut bench, _) = arrived();
    let log = bench.wait(Duration::from_millis(250));
    assert!(log.iter().all(|(at, _)| *at == Instant::from_millis(1_000_200)));
    let actions = just(&log);
    assert_eq!(notices(&actions), [Notice::ContextLate { node: node(1) }]);
    let pbu = bench.pbu(&actions);
    assert!(!pbu.says_c());
    let actions = bench.input(&Pba::to(&pbu).input());
    assert_eq!(queries(&actions), [LinkId(1)], "the node is asked instead");
    let again: Vec<u64> = bench
        .wait(secs(60))
        .iter()
        .filter(|(_, action)| !sent(core::slice::from_ref(action)).is_empty())
        .map(|(at, _)| at.as_micros() / 1_000 - 1_000_000)
        .collect();
    assert_eq!(again, [2_000, 6_000, 14_000], "CT_REQUEST_RETRY doubling until CT_RETRY_MAX");
    assert!(matches!(bench.refused(&context(1, 0, &[], &[])), Reject::Unmatched(_)), "given up");
}

#[test]
fn a41_a_context_that_comes_later_goes_out_as_pbu_m_with_hi_5() {
    let (mut bench, _) = arrived();
    let log = bench.wait(Duration::from_millis(200));
    let pbu = bench.pbu(&just(&log));
    bench.input(&Pba::to(&pbu).input());
    let actions = bench.input(&context(1, 0, &[(GROUP, &[1])], &[]));
    let late = bench.pbu(&actions);
    assert_eq!(late.handoff, HandoffIndicator::REREGISTRATION);
    assert_eq!(late.prefixes, [prefix(1)]);
    assert_eq!(late.records, [join(GROUP, &ONE())]);
    assert_eq!((reports(&actions).len(), routes(&actions).len()), (0, 1), "not said twice");
    let log = bench.wait(secs(1));
    assert_eq!(bench.pbu(&just(&log)).records, late.records, "the repetition says the same");
    assert_eq!(reports(&just(&log)), []);
    bench.input(&Pba::to(&late).input());
    let log = bench.wait(secs(2_700));
    let renewals = bench.pbus(&just(&log));
    assert!(renewals.iter().all(|pbu| pbu.records.is_empty()), "an ordinary renewal says nothing of it");
}

#[test]
fn a41_a_context_during_the_registration_follows_it() {
    let (mut bench, _) = arrived();
    let log = bench.wait(Duration::from_millis(200));
    let pbu = bench.pbu(&just(&log));
    let actions = bench.input(&context(1, 0, &[(GROUP, &[1])], &[]));
    assert!(bench.pbus(&actions).is_empty());
    let actions = bench.input(&Pba::to(&pbu).input());
    let follow = bench.pbu(&actions);
    assert_eq!((follow.handoff, follow.groups()), (HandoffIndicator::REREGISTRATION, vec![ip(GROUP)]));
    assert_eq!((reports(&actions).len(), routes(&actions).len()), (0, 1));
    assert_eq!(bench.kind(1), Some(Kind::Registered));
}

#[test]
fn a41_an_answer_to_what_went_before_does_not_confirm_the_context() {
    let mut bench = Bench::new();
    bench.attach(1, 1, 4, Some(PREVIOUS));
    bench.profile(1, 1, &profile());
    let log = bench.wait(Duration::from_millis(200));
    let pbu = bench.pbu(&just(&log));
    bench.input(&Pba { lifetime: 2, ..Pba::to(&pbu) }.input());
    let log = bench.wait(Duration::from_millis(6_000));
    let renewal = log.iter().rev().find_map(|(at, action)| super::pbu(*at, action)).unwrap();
    let actions = bench.input(&context(1, 0, &[(GROUP, &[1])], &[]));
    assert_eq!(bench.pbu(&actions).groups(), [ip(GROUP)]);
    assert!(matches!(bench.refused(&Pba::to(&renewal).input()), Reject::Unmatched(_)));
}

#[test]
fn a41_a_repetition_drops_what_the_node_left_meanwhile() {
    let (mut bench, _) = arrived();
    let log = bench.wait(Duration::from_millis(200));
    let pbu = bench.pbu(&just(&log));
    bench.input(&Pba::to(&pbu).input());
    bench.input(&context(1, 0, &[(GROUP, &[1])], &[]));
    bench.input(&report(1, &[leave(GROUP)]));
    let log = bench.wait(secs(1));
    assert!(bench.pbu(&just(&log)).records.is_empty());
}

#[test]
fn profile_and_context_are_merged() {
    let mut bench = Bench::new();
    bench.attach(1, 1, 4, Some(PREVIOUS));
    bench.profile(1, 1, &Profile { channels: vec![(ip(GROUP), ONE())], ..profile() });
    let actions = bench.input(&context(1, 0, &[(GROUP, &[2])], &[]));
    assert_eq!(bench.pbu(&actions).records, [join(GROUP, &Filter::include([source(1), source(2)]))]);
}

#[test]
fn a_context_is_taken_only_from_the_mag_that_was_asked() {
    let mut config = config();
    config.mags.push(ip("2001:db8::c"));
    let mut bench = Bench::with(config);
    bench.attach(1, 1, 4, Some(PREVIOUS));
    bench.profile(1, 1, &profile());
    let good = || context(1, 0, &[(GROUP, &[1])], &[]);
    let open = from(good(), PREVIOUS, Protection::None);
    assert_eq!(bench.refused(&open), Reject::NotAuthenticated(ip(PREVIOUS)));
    let stranger = from(good(), "2001:db8::99", Protection::Authenticated);
    assert_eq!(bench.refused(&stranger), Reject::UnknownPeer(ip("2001:db8::99")));
    let other = from(good(), "2001:db8::c", Protection::Authenticated);
    assert!(matches!(bench.refused(&other), Reject::Unmatched(_)));
    assert!(matches!(bench.refused(&context(2, 0, &[], &[])), Reject::Unmatched(_)));
    bench.input(&good());
    assert!(matches!(bench.refused(&good()), Reject::Unmatched(_)), "once");
}

#[test]
fn a51_a_malformed_block_is_rejected_alone() {
    let (mut bench, _) = arrived();
    let features = Dialect::DEFAULT.features;
    let mut exclude_with_source = vec![0; 36];
    exclude_with_source[16] = 2;
    exclude_with_source[19] = 1;
    exclude_with_source[20..36].copy_from_slice(&ip(ANY_SOURCE).octets());
    exclude_with_source.extend(source(1).octets());
    let more = [
        Block::other(features.listener_context, 0, &exclude_with_source, &Dialect::DEFAULT),
        Block::other(0x7777, 0, &[0; 4], &Dialect::DEFAULT),
    ];
    assert!(matches!(more[0], Block::Malformed(_)));
    let ssm_exclude = ("ff3e::8000:2", &[][..]);
    let link_scope = ("ff02::5", &[][..]);
    let actions = bench.input(&context(1, 0, &[(GROUP, &[1]), ssm_exclude, link_scope], &more));
    let (good, bad) = (BlockStatus::SUCCESS, BlockStatus::MALFORMED);
    assert_eq!(replied(&actions), (false, vec![good, good, bad, bad, bad, BlockStatus::UNSUPPORTED]));
    assert_eq!(bench.pbu(&actions).groups(), [ip(GROUP)]);
}

#[test]
fn a_context_beyond_the_bound_is_taken_as_far_as_there_is_room() {
    let limits = Limits { groups_per_node: 1, ..Limits::default() };
    let mut bench = Bench::with(Config { limits, ..config() });
    bench.attach(1, 1, 4, Some(PREVIOUS));
    bench.profile(1, 1, &profile());
    let actions = bench.input(&context(1, 0, &[(GROUP, &[1]), (ANY_SOURCE, &[]), (GROUP, &[2])], &[]));
    let (good, full) = (BlockStatus::SUCCESS, BlockStatus::NO_ROOM);
    assert_eq!(replied(&actions), (false, vec![good, good, full, good]));
    assert_eq!(bench.pbu(&actions).records, [join(GROUP, &Filter::include([source(1), source(2)]))]);
}

#[test]
fn t34_elapsed_time_shortens_what_the_context_lives_without_a_report() {
    let (mut bench, _) = arrived();
    let actions = bench.input(&context(1, 60_000, &[(GROUP, &[1])], &[]));
    let pbu = bench.pbu(&actions);
    bench.input(&Pba::to(&pbu).input());
    bench.wait(secs(199));
    assert_eq!(bench.mag.snapshot().routes.len(), 1);
    bench.wait(secs(1));
    assert!(bench.mag.snapshot().routes.is_empty(), "260 s less 60 s");
}

#[test]
fn digest_5_3_a_context_of_appendix_b_is_a_group_from_any_source() {
    let (mut bench, _) = arrived();
    let mut body = [0; 28];
    body[8..24].copy_from_slice(&ip(ANY_SOURCE).octets());
    let legacy = Block::other(1, 0, &body, &Dialect::DEFAULT);
    let actions = bench.input(&context(1, 0, &[], &[legacy]));
    assert_eq!(bench.pbu(&actions).records, [join(ANY_SOURCE, &Filter::EVERYTHING)]);
}

#[test]
fn a49_a_node_that_is_here_is_given_with_receiver_mode_group_and_sources() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let all_but_two = Filter::exclude([source(2)]);
    let records = [join(GROUP, &ONE()), join(ANY_SOURCE, &all_but_two), join("ff02::5", &Filter::EVERYTHING)];
    bench.input(&report(1, &records));
    let (elapsed, who, contexts) = given(&bench.input(&request(1)));
    assert_eq!((elapsed, who), (0, node(1)));
    assert_eq!(
        contexts,
        [
            (ip(NODE), cxtp::FilterMode::Exclude, ip(ANY_SOURCE), 0),
            (ip(NODE), cxtp::FilterMode::Include, ip(GROUP), 1)
        ],
        "a51: an EXCLUDE has no sources"
    );
    bench.wait(Duration::from_millis(700));
    assert_eq!(given(&bench.input(&request(1))).0, 700, "since the first");
}

/// The node stayed, or is back; what was given then says nothing of how old this is.
#[test]
fn t34_elapsed_time_begins_anew_with_another_transfer() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.input(&request(1));
    bench.wait(secs(200));
    assert_eq!(given(&bench.input(&request(1))).0, 0);
}

#[test]
fn a50_each_node_is_tracked_by_itself() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.register(2, 2);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    bench.input(&report(2, &[join(ANY_SOURCE, &Filter::EVERYTHING)]));
    let groups = |actions: &[Action]| given(actions).2.iter().map(|context| context.2).collect::<Vec<_>>();
    assert_eq!(groups(&bench.input(&request(1))), [ip(GROUP)]);
    assert_eq!(groups(&bench.input(&request(2))), [ip(ANY_SOURCE)]);
}

#[test]
fn a49_the_context_of_a_node_that_left_is_held_for_its_next_mag() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    let actions = bench.detach(1);
    let dereg = bench.pbu(&actions);
    bench.input(&Pba::to(&dereg).input());
    bench.wait(Duration::from_millis(9_900));
    assert_eq!(given(&bench.input(&request(1))).2.len(), 1);
    bench.wait(Duration::from_millis(200));
    assert!(given(&bench.input(&request(1))).2.is_empty(), "context_hold is over");
    assert_eq!(bench.mag.sessions.len(), 0);
}

#[test]
fn a_node_that_nobody_knows_is_answered_with_nothing() {
    let mut bench = Bench::new();
    let (elapsed, who, contexts) = given(&bench.input(&request(7)));
    assert_eq!((elapsed, who, contexts), (0, node(7), vec![]));
}

#[test]
fn a_context_is_given_only_to_mags_of_the_domain() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    let open = from(request(1), PREVIOUS, Protection::None);
    assert_eq!(bench.refused(&open), Reject::NotAuthenticated(ip(PREVIOUS)));
    let stranger = from(request(1), "2001:db8::99", Protection::Authenticated);
    assert_eq!(bench.refused(&stranger), Reject::UnknownPeer(ip("2001:db8::99")));
}

#[test]
fn a_reply_that_says_no_is_told() {
    let mut bench = Bench::new();
    let reply = |success| {
        let statuses = [BlockStatus::MALFORMED.entry(0x8001)];
        let previous_address = cxtp::Address::UNSPECIFIED;
        cxtp_input(&cxtp::Message::Reply(cxtp::Reply { success, previous_address, statuses: &statuses }))
    };
    assert_eq!(bench.input(&reply(true)), []);
    let refused = Notice::ContextRefused { mag: ip(PREVIOUS) };
    assert_eq!(bench.input(&reply(false)), [Action::Notify(refused)]);
}

#[test]
fn a_previous_mag_that_is_no_peer_is_not_asked() {
    let mut bench = Bench::new();
    bench.attach(1, 1, 4, Some("2001:db8::99"));
    let actions = bench.profile(1, 1, &profile());
    assert!(sent(&actions).is_empty());
    assert_eq!(bench.pbu(&actions).handoff, HandoffIndicator::SAME_INTERFACE);
}

#[test]
fn a_node_that_leaves_is_no_longer_asked_for() {
    let (mut bench, _) = arrived();
    assert_eq!(bench.detach(1), []);
    assert_eq!(bench.wait(secs(20)), []);
    assert!(matches!(bench.refused(&context(1, 0, &[], &[])), Reject::Unmatched(_)));
}

#[test]
fn a_registered_node_that_leaves_is_no_longer_asked_for() {
    let (mut bench, _) = arrived();
    let log = bench.wait(Duration::from_millis(200));
    let pbu = bench.pbu(&just(&log));
    bench.input(&Pba::to(&pbu).input());
    bench.detach(1);
    assert!(sent(&just(&bench.wait(secs(20)))).is_empty());
    bench.refused(&context(1, 0, &[(GROUP, &[1])], &[]));
}

#[test]
fn z26_a_context_says_no_more_than_the_policy_allows() {
    let mut bench = Bench::new();
    let policy = ChannelPolicy::Only(vec![crate::channel::Channel::ssm(source(1), ip(GROUP))]);
    bench.register_with(1, 1, &Profile { policy, ..profile() });
    let both = Filter::include([source(1), source(2)]);
    bench.input(&report(1, &[join(GROUP, &both), join(ANY_SOURCE, &Filter::EVERYTHING)]));
    let contexts = given(&bench.input(&request(1))).2;
    assert_eq!(contexts, [(ip(NODE), cxtp::FilterMode::Include, ip(GROUP), 1)]);
}

#[test]
fn t49_the_previous_address_tells_the_attachments_of_a_node_apart() {
    let mut bench = Bench::new();
    bench.register(1, 1);
    bench.input(&report(1, &[join(GROUP, &ONE())]));
    let other = attached_as(2, 1, 1, &[9; 6]);
    bench.input(&other);
    let actions = bench.profile(2, 1, &profile());
    let pbu = bench.pbu(&actions);
    bench.input(&Pba { prefixes: vec![prefix(2)], ..Pba::to(&pbu) }.input());
    bench.input(&report(2, &[join(ANY_SOURCE, &Filter::EVERYTHING)]));
    let asked = |bench: &mut Bench, previous: Ipv6Addr| {
        let contexts = given(&bench.input(&request_from(1, previous))).2;
        contexts.into_iter().map(|context| context.2).collect::<Vec<_>>()
    };
    let [first, second] = [1, 2].map(|n| prefix(n).address);
    assert_eq!(asked(&mut bench, first), [ip(GROUP)]);
    assert_eq!(asked(&mut bench, second), [ip(ANY_SOURCE)]);
    bench.detach(1);
    assert_eq!(asked(&mut bench, Ipv6Addr::UNSPECIFIED), [ip(GROUP)], "the one that ended");
}

#[test]
fn without_a_wait_the_registration_does_not_wait() {
    let mut bench = Bench::with(Config { context_wait: Duration::ZERO, ..config() });
    bench.attach(1, 1, 4, Some(PREVIOUS));
    let actions = bench.profile(1, 1, &profile());
    assert_eq!((sent(&actions).len(), bench.pbus(&actions).len()), (1, 1));
}

#[test]
fn cxtp_5_5_no_mag_is_answered_more_than_ten_times_at_once_and_ten_times_a_second() {
    let other = "2001:db8::c";
    let mut config = config();
    config.mags.push(ip(other));
    let mut bench = Bench::with(config);
    bench.register(1, 1);
    for _ in 0..10 {
        assert_eq!(given(&bench.input(&request(1))).1, node(1));
    }
    let too_many = Reject::TooManyRequests(ip(PREVIOUS));
    assert_eq!(bench.refused(&request(1)), too_many);
    assert_eq!(bench.refused(&request(7)), too_many, "whoever it is about");
    let theirs = from(request(1), other, Protection::Authenticated);
    assert_eq!(sent(&bench.input(&theirs)).len(), 1, "another MAG is not held to it");
    bench.wait(Duration::from_millis(99));
    assert_eq!(bench.refused(&request(1)), too_many, "a refusal took nothing, and nothing is back");
    bench.wait(Duration::from_millis(1));
    assert_eq!(given(&bench.input(&request(1))).1, node(1));
    assert_eq!(bench.refused(&request(1)), too_many);
    bench.wait(secs(1));
    (0..10).for_each(|_| drop(given(&bench.input(&request(1)))));
    assert_eq!(bench.refused(&request(1)), too_many);
}

#[test]
fn cxtp_5_5_all_mags_together_are_held_to_a_rate_as_well() {
    let other = "2001:db8::c";
    let mut config = Config { request_rate: RequestRate { per_mag: 2, all: 3 }, ..config() };
    config.mags.push(ip(other));
    let mut bench = Bench::with(config);
    let theirs = || from(request(1), other, Protection::Authenticated);
    (0..2).for_each(|_| drop(given(&bench.input(&request(1)))));
    assert_eq!(sent(&bench.input(&theirs())).len(), 1);
    assert_eq!(bench.refused(&theirs()), Reject::TooManyRequests(ip(other)));
    let open = from(request(1), other, Protection::None);
    assert_eq!(bench.refused(&open), Reject::NotAuthenticated(ip(other)), "a stranger has no say in it");
    bench.wait(Duration::from_millis(334));
    assert_eq!(sent(&bench.input(&theirs())).len(), 1);
}

#[test]
fn cxtp_5_5_with_a_rate_of_nothing_no_request_is_answered() {
    let request_rate = RequestRate { per_mag: 10, all: 0 };
    let mut bench = Bench::with(Config { request_rate, ..config() });
    assert_eq!(bench.refused(&request(1)), Reject::TooManyRequests(ip(PREVIOUS)));
}
