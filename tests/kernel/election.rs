//! A bridge of the kernel is another querier on the link (RFC 3810 7.6.2, RFC 3376 6.6.2).

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use multimob::Machine;
use multimob::machine::LinkId;
use multimob::mld::Version;
use multimob::mld::router::{Config, Input};

use crate::kin::Kin;
use crate::lab::Lab;
use crate::listener::{BRIDGE, current};
use crate::router::Querier;
use crate::{BRISK, both};

/// Our router, whose address ends in `ours`, comes to a link where the bridge asks from an address of its own. (It does
/// not see for a startup interval or so that another querier is lower than it will be.)
fn beside<A: Kin>(ours: u8) -> Lab<A, Querier<A>> {
    let router = Querier::new(Config { timing: BRISK, ..Config::default() });
    let options = format!("{} mcast_query_use_ifaddr 1", current::<A>());
    let mut lab = Lab::new(router).with_bridge(1, BRIDGE, &options);
    lab.until("the bridge asked", |lab| lab.asked(0, A::station(1, BRIDGE)) >= 2);
    lab.tell(|router, now, out| router.link_up(now, 1, A::station(1, ours), out));
    lab
}

impl<A: Kin> Lab<A, Querier<A>> {
    /// How many General Queries `by` has sent since `mark`.
    fn asked(&self, mark: usize, by: A) -> usize {
        let by = self.heard[mark..].iter().filter(|heard| heard.src == by);
        by.filter(|heard| heard.word.is_general(Version::Current)).count()
    }
}

#[test]
fn our_router_falls_silent_before_a_bridge_of_lower_address() {
    both(falls_silent::<Ipv6Addr>, falls_silent::<Ipv4Addr>);
}

fn falls_silent<A: Kin>() {
    let [ours, bridge] = [BRIDGE + 1, BRIDGE].map(|station| A::station(1, station));
    let mut lab = beside::<A>(BRIDGE + 1);
    // Which asks first: it did not know of the other.
    lab.until("the bridge is querier", |lab| lab.ours.other.get(&LinkId(1)) == Some(&Some(bridge)));
    let before = lab.heard.len();
    lab.pass(Duration::from_millis(3_500));
    assert!(lab.asked(before, bridge) >= 2, "{}", lab.log());
    assert_eq!(lab.asked(before, ours), 0, "{}", lab.log());

    // It is there no more when its Queries have stayed out for its robustness x its interval + half the time to respond:
    // 2 x 1 s + 0.1 s (RFC 3810 9.5, RFC 3376 8.5).
    lab.set_bridge(BRIDGE, "mcast_querier 0");
    lab.until("our router is querier", |lab| lab.ours.other.get(&LinkId(1)) == Some(&None));
    let last = lab.heard.iter().rev().find(|heard| heard.src == bridge && heard.word.is_query()).unwrap().at;
    assert!(lab.now().saturating_since(last) >= Duration::from_millis(2_100), "{}", lab.log());
    lab.until("it asks", |lab| lab.asked(before, ours) >= 2);
}

#[test]
fn a_bridge_of_higher_address_falls_silent_before_our_router() {
    both(silences::<Ipv6Addr>, silences::<Ipv4Addr>);
}

fn silences<A: Kin>() {
    let [ours, bridge] = [BRIDGE - 1, BRIDGE].map(|station| A::station(1, station));
    let mut lab = beside::<A>(BRIDGE - 1);
    lab.until("we asked", |lab| lab.asked(0, ours) >= 1);
    let before = lab.heard.len();
    lab.pass(Duration::from_millis(3_500));
    assert!(lab.asked(before, ours) >= 2, "{}", lab.log());
    assert_eq!(lab.asked(before, bridge), 0, "{}", lab.log());
    assert_eq!(lab.ours.other.get(&LinkId(1)), None);

    lab.tell(|ours, now, _| {
        ours.router.handle_input(now, Input::LinkDown { link: LinkId(1) }, &mut Vec::new()).unwrap();
    });
    lab.until("the bridge asks again", |lab| lab.asked(before, bridge) >= 1);
}
