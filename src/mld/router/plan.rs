//! What an input will do, decided before anything is touched.

use core::net::Ipv6Addr;

use super::heard::Records;
use super::link::Link;
use super::{Input, LinkKind, Reject, Router, Startup};
use crate::machine::{LinkId, Received};
use crate::mld::{Family, Question, Said};
use crate::time::Instant;
use crate::wire::HoldTypes;

/// An input that was accepted. [`Router::apply`] cannot fail on it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan<'a, A: Family = Ipv6Addr> {
    /// A link comes up.
    LinkUp { link: LinkId, address: A, kind: LinkKind, startup: Startup, hold: Option<HoldTypes> },
    /// A link goes.
    LinkDown { link: LinkId },
    /// A General Query goes out.
    Query { link: LinkId },
    /// Another router asks.
    Heard { link: LinkId, from: A, question: Question<'a, A> },
    /// Records take effect, with timers that end at `until`.
    Records { link: LinkId, listener: A, records: Records<'a, A>, until: Instant },
}

impl<A: Family> Router<A> {
    /// Judges an input; the machine stays as it is.
    ///
    /// # Errors
    /// Why the input is refused as a whole.
    pub(crate) fn check<'a>(&self, now: Instant, input: Input<'a, A>) -> Result<Plan<'a, A>, Reject<A>> {
        match input {
            Input::LinkUp { link, address, kind, startup, hold } => {
                if self.links.contains_key(&link) {
                    return Err(Reject::LinkExists(link));
                }
                if self.links.len() >= self.config.limits.links {
                    return Err(Reject::TooManyLinks(self.config.limits.links));
                }
                Ok(Plan::LinkUp { link, address, kind, startup, hold })
            }
            Input::LinkDown { link } => self.up(link).map(|_| Plan::LinkDown { link }),
            Input::Query { link } => self.up(link).map(|_| Plan::Query { link }),
            Input::Packet(packet) => self.packet(now, &packet),
            Input::Told { link, listener, records, elapsed } => {
                let state = self.up(link)?;
                self.room(state, link, listener)?;
                let timing = state.timing(&self.config);
                let left = timing.listening_interval().saturating_sub(elapsed);
                let until = now + left.max(timing.last_listener_query_time());
                Ok(Plan::Records { link, listener, records: Records::Told(records), until })
            }
        }
    }

    fn up(&self, link: LinkId) -> Result<&Link<A>, Reject<A>> {
        self.links.get(&link).map(|link| &**link).ok_or(Reject::NoSuchLink(link))
    }

    fn room(&self, state: &Link<A>, link: LinkId, listener: A) -> Result<(), Reject<A>> {
        let audience = &state.audience;
        let has_room =
            audience.ids().len() < self.config.limits.listeners_per_link && self.packed.listeners.has_room();
        if has_room || audience.find(link, audience.key(listener), &self.packed).is_some() {
            return Ok(());
        }
        Err(Reject::TooManyListeners(link))
    }

    /// The checks of RFC 3810 7.4, 7.6 and 5.2.13, with A25 and A26.
    fn packet<'a>(
        &self,
        now: Instant,
        packet: &Received<A::Message<'a>, A>,
    ) -> Result<Plan<'a, A>, Reject<A>> {
        let meta = &packet.meta;
        let (id, from) = (meta.link, meta.src);
        let link = self.up(id)?;
        let said = A::read(packet.message);
        let may_speak = if matches!(said, Said::Query(_)) { from.may_query() } else { from.may_report() };
        if !may_speak {
            return Err(Reject::BadSource(from));
        }
        if meta.hop_limit != 1 {
            return Err(Reject::BadHopLimit(meta.hop_limit));
        }
        if A::ROUTER_ALERT && !meta.router_alert {
            return Err(Reject::NoRouterAlert);
        }
        let (records, to) = match said {
            Said::Report(records) => (Records::Report(records), [A::REPORTS; 2]),
            Said::Join { group, version } => (Records::Join { group, version }, [group; 2]),
            Said::Leave { group } => {
                let to = [A::ALL_ROUTERS, if A::LEAVES_TO_GROUP { group } else { A::ALL_ROUTERS }];
                (Records::Leave { group }, to)
            }
            Said::Query(question) if link.elects(&self.config) => {
                if !question.is_valid() {
                    return Err(Reject::BadQuery);
                }
                return Ok(Plan::Heard { link: id, from, question });
            }
            Said::Query(_) | Said::Nothing => return Err(Reject::NotForRouters),
        };
        if !to.contains(&meta.dst) && meta.dst != link.address {
            return Err(Reject::BadDestination(meta.dst));
        }
        self.room(link, id, from)?;
        let until = now + link.timing(&self.config).listening_interval();
        Ok(Plan::Records { link: id, listener: from, records, until })
    }
}
