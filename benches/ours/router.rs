//! A router hears a Report from one listener of a shared link.

use core::net::Ipv6Addr;

use multimob::machine::{LinkId, Protection, Received, RxMeta};
use multimob::mld::router::{Action, Config, Input, LinkKind, Router, Startup};
use multimob::wire::Dialect;
use multimob::wire::mld::{Message, RecordType};
use multimob::{Instant, Machine};

const LINK: LinkId = LinkId(1);
const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const LISTENER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 2);
const REPORTS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);

/// The router, and where its actions go.
pub struct Hearing {
    router: Router,
    out: Vec<Action>,
}

impl Hearing {
    pub fn new() -> Self {
        let mut router = Router::new(Config::default()).unwrap();
        let mut out = Vec::new();
        let (kind, startup) = (LinkKind::Shared, Startup::OnRequest);
        let up = Input::LinkUp { link: LINK, address: ROUTER, kind, startup, hold: None };
        router.handle_input(Instant::ZERO, up, &mut out).unwrap();
        Self { router, out }
    }

    /// How many actions came of it.
    pub fn hear(&mut self, report: &[u8]) -> usize {
        let message = Message::parse(report, &Dialect::DEFAULT).unwrap();
        let meta = RxMeta {
            link: LINK,
            src: LISTENER,
            dst: REPORTS,
            home_address: None,
            routing_header: None,
            outer: None,
            hop_limit: 1,
            router_alert: true,
            protection: Protection::None,
        };
        self.router
            .handle_input(Instant::ZERO, Input::Packet(Received { meta, message }), &mut self.out)
            .unwrap();
        let actions = self.out.len();
        self.out.clear();
        actions
    }
}

/// A Report of records without sources, of so many groups.
pub fn report(kind: RecordType, groups: u8) -> Vec<u8> {
    let mut octets = vec![143, 0, 0, 0, 0, 0, 0, groups];
    for n in 0..groups {
        octets.extend([kind.0, 0, 0, 0]);
        octets.extend(Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, u16::from(n)).octets());
    }
    octets
}
