//! A node moves from MAG1 to MAG2: RFC 5213 5.3.4, asaeda 7.

use multimob::channel::Filter;
use multimob::mld::GroupRecord;
use multimob::pmip::NodeId;
use multimob::pmip::lma::Notice;
use multimob::wire::mh::Status;
use multimob::wire::mld::RecordType;

use crate::domain::*;

const NONE: Vec<String> = Vec::new();

fn channel() -> GroupRecord {
    GroupRecord::join(ip(SSM), &include(&[SOURCE]))
}

/// MN1 is at MAG1 and listens to one channel.
fn listening() -> Domain {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default().subscribing([channel()]));
    domain
}

#[test]
fn r5213_5_3_4_the_prefix_follows_the_node_make_before_break() {
    let mut domain = Domain::new(config());
    domain.register(&Pbu::default());
    let (answer, actions) = domain.register(&Pbu::handover(MAG2, 2));
    assert_eq!((answer.status, answer.prefixes), (Status::ACCEPTED, vec![prefix("2001:db8:f000::")]));
    let expected = [
        "Unicast tunnel to 2001:db8:a::2 is tunnel2",
        "2001:db8:f000::/64 into tunnel2 is route2",
        "no route1",
        "no tunnel1",
    ];
    assert_eq!(data_plane(&actions), expected);
    assert_eq!(notices(&actions), [Notice::Bound { node: NodeId::nai(MN1), mag: ip(MAG2) }]);
}

/// Asaeda figure 6, steps 4 to 6, as the LMA sees them.
#[test]
fn a41_a_pbu_m_of_the_new_mag_brings_the_data_before_the_old_mag_lets_go() {
    let mut domain = listening();
    let (answer, actions) = domain.register(&Pbu::handover(MAG2, 2).subscribing([channel()]));
    assert_eq!(answer.records, Some(vec![channel()]));
    let expected = [
        "Unicast tunnel to 2001:db8:a::2 is tunnel3".to_owned(),
        "2001:db8:f000::/64 into tunnel3 is route3".into(),
        "no route1".into(),
        "Multicast tunnel to 2001:db8:a::2 is tunnel4".into(),
        format!("{SSM} INCLUDE{{{SOURCE}}} into tunnel4 is route4"),
        "no route2".into(),
        "no tunnel2".into(),
        "no tunnel1".into(),
    ];
    assert_eq!(data_plane(&actions), expected);
    assert_eq!(upstream(&domain.wait(secs(10))), NONE);
}

/// The old MAG deregisters first, and the new one registers a second later: the tree is not left.
#[test]
fn a_handover_that_breaks_before_it_makes_keeps_the_tree() {
    let mut domain = listening();
    let (_, actions) = domain.register(&Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000::")]));
    assert_eq!(upstream(&actions), NONE);
    assert_eq!(upstream(&domain.wait(secs(1))), NONE);
    let (_, actions) = domain.register(&Pbu::handover(MAG2, 3).subscribing([channel()]));
    assert_eq!(upstream(&actions), NONE);
    assert_eq!(upstream(&domain.wait(secs(60))), NONE);
}

/// Trap 53: the leave of the old MAG over its own M-Tunnel takes nothing from the new one.
#[test]
fn t53_the_leave_of_the_old_mag_is_its_own() {
    let mut domain = listening();
    domain.register(&Pbu { node: Some(MN2), ..Pbu::default() });
    domain.register(&Pbu::handover(MAG2, 2).subscribing([channel()]));
    let leave = GroupRecord { kind: RecordType::TO_IN, group: ip(SSM), sources: Filter::NOTHING.sources };
    let actions = domain.report(MAG1, &[leave]).unwrap();
    assert_eq!(data_plane(&actions), ["no route2", "no tunnel2"]);
    assert_eq!(domain.state().routes[&ip(MAG2)].len(), 1);
}

/// A41, step 4: a node without channels registers plainly, and the MAG's Report tells later what it wants.
#[test]
fn a42_after_a_plain_registration_the_report_of_the_mag_subscribes() {
    let mut domain = listening();
    let (answer, _) = domain.register(&Pbu::handover(MAG2, 2));
    assert_eq!(answer.records, None);
    let actions = domain.report(MAG2, &[channel()]).unwrap();
    assert_eq!(upstream(&actions), NONE, "the tree lingered");
    assert_eq!(domain.state().routes[&ip(MAG2)].len(), 1);
}

/// A46, A47: a context that comes late goes out as a re-registration with HI=5.
#[test]
fn a47_a_late_context_comes_as_a_re_registration() {
    let mut domain = listening();
    domain.register(&Pbu::handover(MAG2, 2));
    let late = Pbu {
        mag: MAG2,
        sequence: 3,
        handoff: Some(multimob::wire::mh::option::HandoffIndicator::REREGISTRATION),
        prefixes: vec![prefix("2001:db8:f000::")],
        ..Pbu::default()
    };
    let (answer, actions) = domain.register(&late.subscribing([channel()]));
    assert_eq!(answer.records, Some(vec![channel()]));
    assert!(data_plane(&actions)[0].starts_with("Multicast tunnel to 2001:db8:a::2"));
}
