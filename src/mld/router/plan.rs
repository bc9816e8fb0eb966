//! What an input will do, decided before anything is touched.

use core::net::Ipv6Addr;

use super::heard::Records;
use super::link::Link;
use super::{Input, LinkKind, Reject, Router, Startup};
use crate::machine::{LinkId, Received};
use crate::time::Instant;
use crate::wire::mld::Message;

/// ff02::16, where version 2 Reports go (RFC 3810 5.2.14).
const ALL_MLDV2_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);
/// ff02::2, where a Done goes (RFC 2710 4).
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);

/// An input that was accepted. [`Router::apply`] cannot fail on it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan<'a> {
    /// A link comes up.
    LinkUp { link: LinkId, address: Ipv6Addr, kind: LinkKind, startup: Startup },
    /// A link goes.
    LinkDown { link: LinkId },
    /// A General Query goes out.
    Query { link: LinkId },
    /// Records take effect, with timers that end at `until`.
    Records { link: LinkId, listener: Ipv6Addr, records: Records<'a>, until: Instant },
}

impl Router {
    /// Judges an input; the machine stays as it is.
    ///
    /// # Errors
    /// Why the input is refused as a whole.
    pub(crate) fn check<'a>(&self, now: Instant, input: Input<'a>) -> Result<Plan<'a>, Reject> {
        match input {
            Input::LinkUp { link, address, kind, startup } => {
                if self.links.contains_key(&link) {
                    return Err(Reject::LinkExists(link));
                }
                if self.links.len() >= self.config.limits.links {
                    return Err(Reject::TooManyLinks(self.config.limits.links));
                }
                Ok(Plan::LinkUp { link, address, kind, startup })
            }
            Input::LinkDown { link } => self.up(link).map(|_| Plan::LinkDown { link }),
            Input::Query { link } => self.up(link).map(|_| Plan::Query { link }),
            Input::Packet(packet) => {
                let records = self.records(&packet)?;
                let until = now + self.config.timing.listening_interval();
                Ok(Plan::Records { link: packet.meta.link, listener: packet.meta.src, records, until })
            }
            Input::Told { link, listener, records, elapsed } => {
                self.room(self.up(link)?, link, listener)?;
                let timing = &self.config.timing;
                let left = timing.listening_interval().saturating_sub(elapsed);
                let until = now + left.max(timing.last_listener_query_time());
                Ok(Plan::Records { link, listener, records: Records::Told(records), until })
            }
        }
    }

    fn up(&self, link: LinkId) -> Result<&Link, Reject> {
        self.links.get(&link).ok_or(Reject::NoSuchLink(link))
    }

    fn room(&self, state: &Link, link: LinkId, listener: Ipv6Addr) -> Result<(), Reject> {
        match state.has_room_for(listener, self.config.limits.listeners_per_link) {
            true => Ok(()),
            false => Err(Reject::TooManyListeners(link)),
        }
    }

    /// The checks of RFC 3810 7.4 and 5.2.13, with A25 and A26.
    fn records<'a>(&self, packet: &Received<Message<'a>>) -> Result<Records<'a>, Reject> {
        let meta = &packet.meta;
        let link = self.up(meta.link)?;
        if !meta.src.is_unicast_link_local() {
            return Err(Reject::BadSource(meta.src));
        }
        if meta.hop_limit != 1 {
            return Err(Reject::BadHopLimit(meta.hop_limit));
        }
        if !meta.router_alert {
            return Err(Reject::NoRouterAlert);
        }
        let (records, dst) = match packet.message {
            Message::Report(report) => (Records::Report(report.records), ALL_MLDV2_ROUTERS),
            Message::ReportV1(report) => (Records::ReportV1(report.group.ip()), report.group.ip()),
            Message::Done(done) => (Records::Done(done.group.ip()), ALL_ROUTERS),
            _ => return Err(Reject::NotForRouters),
        };
        if meta.dst != dst && meta.dst != link.address {
            return Err(Reject::BadDestination(meta.dst));
        }
        self.room(link, meta.link, meta.src)?;
        Ok(records)
    }
}
