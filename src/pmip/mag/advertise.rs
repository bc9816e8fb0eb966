//! Router Advertisements with the home network prefixes of a node (RFC 5213 6.7, 6.9.2, 6.12).

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::session::Session;
use super::{Action, Mag};
use crate::machine::{Envelope, Via};
use crate::pmip::Prefix;
use crate::wire::packet::OwnedPayload;
use crate::wire::{Dialect, List, nd};

/// The hop limit that IANA recommends to hosts (RFC 4861 6.2.1, AdvCurHopLimit).
const HOP_LIMIT: u8 = 64;
/// The longest Router Lifetime (RFC 4861 6.2.1).
const MAX_ROUTER_LIFETIME: u64 = 9_000;

impl Mag {
    /// What a node is told of its prefixes and of its default router: both last as long as the binding was granted for
    /// (RFC 5213 6.7 lets a MAG tie them), and it is told again with each renewal. Without service there is neither;
    /// `withdrawn` are prefixes that it had (6.12).
    pub(super) fn advertisement(
        &self,
        session: &Session,
        to: Ipv6Addr,
        withdrawn: &[Prefix],
    ) -> Option<Action> {
        let serves = session.state.serves();
        let seconds = if serves { session.lifetime.duration().as_secs() } else { 0 };
        let information = |prefix: &Prefix, seconds: u64| {
            let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
            nd::NdOption::PrefixInformation {
                len: prefix.len,
                // The prefix is hosted on the link, addresses are formed from it.
                flags: nd::PrefixFlags::ON_LINK | nd::PrefixFlags::AUTONOMOUS,
                valid_s: seconds,
                preferred_s: seconds,
                prefix: prefix.address.into(),
            }
        };
        let hosted = session.prefixes.iter().filter(|_| serves).map(|prefix| information(prefix, seconds));
        let gone = withdrawn.iter().map(|prefix| information(prefix, 0));
        // What fits the tunnel to the LMA (RFC 5213 6.9.2 (3)).
        let mtu = u32::try_from(self.config.mtu).unwrap_or(u32::MAX);
        let mtu = serves.then_some(nd::NdOption::Mtu { mtu });
        let options: Vec<nd::NdOption<'_>> = hosted.chain(gone).chain(mtu).collect();
        let advertisement = nd::RouterAdvertisement {
            hop_limit: HOP_LIMIT,
            flags: nd::RouterFlags::empty(),
            lifetime_s: u16::try_from(seconds.min(MAX_ROUTER_LIFETIME)).unwrap_or(u16::MAX),
            reachable_ms: 0,
            retrans_ms: 0,
            options: List::new(&options, &Dialect::DEFAULT),
        };
        let body = nd::Owned::new(&nd::Message::Advertisement(advertisement), &Dialect::DEFAULT).ok()?;
        Some(Action::Send(Envelope {
            via: Via::Link(session.link),
            src: self.config.link_local,
            dst: to,
            body: OwnedPayload::Nd(body),
        }))
    }
}
