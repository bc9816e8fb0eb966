//! A recorded trace plays again.

use multimob::machine::{Machine, Protection, RxMeta};
use multimob::mld::GroupRecord;
use multimob::pmip::lma::{Action, Input, Lma, OwnedInput};
use multimob::pmip::{NodeId, Subscriber};
use multimob::wire::mh::option::MnIdentifier;
use multimob::wire::mh::{BindingUpdate, Meaning, Message, MobilityOption};
use multimob::wire::packet::Payload;
use multimob::wire::{Dialect, List};
use multimob::{Instant, Snapshot};

use crate::domain::*;

#[test]
fn an_input_is_the_same_after_it_was_owned() {
    let node = NodeId::nai(MN1);
    let subscriber = Subscriber::default();
    let dialect = Dialect::DEFAULT;
    let options = [MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: &node.id })];
    let update = Message::BindingUpdate(BindingUpdate {
        sequence: 1,
        flags: BindingUpdate::flags_for(Meaning::Proxy, &dialect),
        lifetime: 9,
        options: List::new(&options, &dialect),
    });
    let meta = RxMeta {
        link: UPSTREAM,
        src: ip(MAG1),
        dst: ip(LMA),
        home_address: None,
        routing_header: None,
        outer: None,
        hop_limit: 64,
        router_alert: false,
        protection: Protection::Authenticated,
    };
    for input in [
        Input::Provision { node: &node, subscriber: &subscriber },
        Input::Withdraw { node: &node },
        Input::Packet { meta, payload: Payload::Mh(update) },
        Input::Clock { unix_micros: 5 },
    ] {
        let owned = OwnedInput::new(&input, &dialect).unwrap();
        assert_eq!(format!("{:?}", owned.borrow()), format!("{input:?}"));
        #[cfg(feature = "serde")]
        {
            let text = serde_json::to_string(&owned).unwrap();
            assert_eq!(serde_json::from_str::<OwnedInput>(&text).unwrap(), owned, "{text}");
        }
    }
}

#[test]
fn equal_seeds_and_inputs_give_equal_actions() {
    let run = || {
        let mut domain = Domain::new(config());
        let asks = Pbu { link_local: Some(ip("::")), ..Pbu::default() };
        let mut actions =
            domain.send(&asks.subscribing([GroupRecord::join(ip(ASM), &Default::default())])).unwrap();
        actions.extend(domain.wait(secs(200)));
        (actions, domain.state())
    };
    assert_eq!(run(), run());
}

#[cfg(feature = "serde")]
#[test]
fn actions_are_written_and_read() {
    let mut domain = Domain::new(config());
    let channel = GroupRecord::join(ip(SSM), &include(&[SOURCE]));
    let mut actions = domain.send(&Pbu::default().subscribing([channel])).unwrap();
    actions.extend(domain.register(&Pbu::deregistration(MAG1, 2, &[prefix("2001:db8:f000::")])).1);
    actions.extend(domain.wait(secs(20)));
    let text = serde_json::to_string(&actions).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Action>>(&text).unwrap(), actions);
}

#[test]
fn a_fresh_lma_has_nothing_to_do() {
    let lma = Lma::new(config(), 1).unwrap();
    assert_eq!(lma.poll_timeout(), None);
    assert_eq!(lma.snapshot().bindings, []);
    assert_eq!(lma.clone().snapshot(), lma.snapshot());
    assert_eq!(Instant::ZERO, Instant::default());
}
