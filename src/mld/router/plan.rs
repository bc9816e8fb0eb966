//! What an input will do, decided before anything is touched.

use core::net::Ipv6Addr;

use super::heard::Records;
use super::link::Link;
use super::{Config, Input, LinkKind, Reject, Router, Startup};
use crate::machine::{LinkId, Received};
use crate::mld::{Family, Question, Said};
use crate::time::Instant;
use crate::wire::HoldTypes;
use crate::wire::membership::{Receiver, Refused};

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
        self.judge(now, input)
    }
}

impl<A: Family> Gate<A> for Router<A> {
    fn config(&self) -> &Config<A> {
        &self.config
    }

    fn link_count(&self) -> usize {
        self.links.len()
    }

    fn link(&self, link: LinkId) -> Option<&Link<A>> {
        self.links.get(&link).map(|link| &**link)
    }

    fn has_room(&self, state: &Link<A>, listener: A) -> bool {
        let audience = &state.audience;
        let has_room =
            audience.len() < self.config.limits.listeners_per_link && self.packed.listeners.has_room();
        has_room || audience.find(audience.key(listener), &self.packed).is_some()
    }
}

/// What a router lets in, whatever tables it keeps.
pub(super) trait Gate<A: Family> {
    fn config(&self) -> &Config<A>;

    /// How many links are up.
    fn link_count(&self) -> usize;

    fn link(&self, link: LinkId) -> Option<&Link<A>>;

    /// Whether `listener` may be one of the link.
    fn has_room(&self, state: &Link<A>, listener: A) -> bool;

    /// Judges an input; the machine stays as it is.
    fn judge<'a>(&self, now: Instant, input: Input<'a, A>) -> Result<Plan<'a, A>, Reject<A>> {
        match input {
            Input::LinkUp { link, address, kind, startup, hold } => {
                if self.link(link).is_some() {
                    return Err(Reject::LinkExists(link));
                }
                let most = self.config().limits.links;
                if self.link_count() >= most {
                    return Err(Reject::TooManyLinks(most));
                }
                Ok(Plan::LinkUp { link, address, kind, startup, hold })
            }
            Input::LinkDown { link } => self.up(link).map(|_| Plan::LinkDown { link }),
            Input::Query { link } => self.up(link).map(|_| Plan::Query { link }),
            Input::Packet(packet) => self.packet(now, &packet),
            Input::Told { link, listener, records, elapsed } => {
                let state = self.up(link)?;
                self.room(state, link, listener)?;
                let timing = state.timing(self.config());
                let left = timing.listening_interval().saturating_sub(elapsed);
                let until = now + left.max(timing.last_listener_query_time());
                Ok(Plan::Records { link, listener, records: Records::Told(records), until })
            }
        }
    }

    fn up(&self, link: LinkId) -> Result<&Link<A>, Reject<A>> {
        self.link(link).ok_or(Reject::NoSuchLink(link))
    }

    fn room(&self, state: &Link<A>, link: LinkId, listener: A) -> Result<(), Reject<A>> {
        if self.has_room(state, listener) { Ok(()) } else { Err(Reject::TooManyListeners(link)) }
    }

    /// The rules of the wire, and then what the link says of it.
    fn packet<'a>(
        &self,
        now: Instant,
        packet: &Received<A::Message<'a>, A>,
    ) -> Result<Plan<'a, A>, Reject<A>> {
        let (id, from) = (packet.meta.link, packet.meta.src);
        let link = self.up(id)?;
        let records = match A::receive(packet, link.address, Receiver::Router)? {
            Said::Report(records) => Records::Report(records),
            Said::Join { group, version } => Records::Join { group, version },
            Said::Leave { group } => Records::Leave { group },
            Said::Query(question) if link.elects(self.config()) => {
                return Ok(Plan::Heard { link: id, from, question });
            }
            Said::Query(_) => return Err(Refused::NotFor(Receiver::Router).into()),
        };
        self.room(link, id, from)?;
        let until = now + link.timing(self.config()).listening_interval();
        Ok(Plan::Records { link: id, listener: from, records, until })
    }
}
