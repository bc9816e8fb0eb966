//! What a router or a listener does with a membership message that it receives: the rules that MLD and IGMP share
//! (digest 3.2; RFC 3810 5, 5.1.14, 5.2.13; RFC 3376 9).
//!
//! A whole message is judged by [`mld::receive`](crate::wire::mld::receive) or
//! [`igmp::receive`](crate::wire::igmp::receive); its records are judged one by one, each for itself: [`Record::judge`].
//!
//! [`Record::judge`]: super::Record::judge

use super::{Family, Fault, judge_group};
use crate::wire::error::{DecodeError, Reaction};

/// How a message arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival<A: Family> {
    /// Source of the innermost IP header.
    pub src: A,
    /// Destination of the innermost IP header.
    pub dst: A,
    /// Hop limit (IPv4: TTL).
    pub hop_limit: u8,
    /// Whether the header carries a Router Alert of value 0.
    pub router_alert: bool,
    /// The address of the interface on which it came.
    pub own: A,
    /// As what it is received.
    pub receiver: Receiver,
}

/// As what a node receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// As a router: Reports and leaves of listeners, Queries of other routers.
    Router,
    /// As a listener: Queries, and what other listeners of an older version say.
    Listener,
}

/// A message that is refused, by the rule that it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused<A: Family> {
    /// Its checksum is wrong, its type unknown, or it does not fit (RFC 3810 5, 5.2, 8.1).
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
    /// The hop limit is not 1 (RFC 3810 5, RFC 3376 4).
    #[error("a membership message with hop limit {0}; it must be 1")]
    HopLimit(u8),
    /// There is no Router Alert (RFC 3810 5, RFC 3376 9.1).
    #[error("a membership message without Router Alert")]
    NoRouterAlert,
    /// A Query from where none may come (RFC 3810 5.1.14).
    #[error("a Query from {0}, from where none may come")]
    QuerySource(A),
    /// A Report or a leave from where none may come (RFC 3810 5.2.13).
    #[error("a Report from {0}, from where none may come")]
    ReportSource(A),
    /// It went where its kind does not go (A26, RFC 3376 9.1).
    #[error("a membership message to {0}, where its kind does not go")]
    Destination(A),
    /// Its group or its sources cannot be (digest 3.2, 12 and 13). Of a Report each record is judged for itself.
    #[error(transparent)]
    Addresses(#[from] Fault),
    /// It says nothing to this receiver.
    #[error("a membership message that says nothing to a {}", match .0 { Receiver::Router => "router", Receiver::Listener => "listener" })]
    NotFor(Receiver),
}

impl<A: Family> Refused<A> {
    /// What the receiver does about it; nothing is ever sent. A Query from a wrong source is logged (RFC 3810 5.1.14).
    #[must_use]
    pub const fn reaction(&self) -> Reaction {
        match self {
            Self::QuerySource(_) => Reaction::DropAndLog,
            _ => Reaction::Drop,
        }
    }
}

/// What kind of message it is, as far as the rules ask.
#[derive(Clone, Copy)]
pub(in crate::wire) enum Kind<A> {
    /// A Query; `None`: a general one.
    Query(Option<A>),
    /// A Report with records.
    Report,
    /// A Report of an older version.
    Join(A),
    /// A leave of an older version.
    Leave(A),
}

impl<A: Family> Kind<A> {
    /// The kind of a Query about this group.
    #[inline]
    pub(in crate::wire) fn query(group: A) -> Self {
        Self::Query((group != A::UNSPECIFIED).then_some(group))
    }
}

impl<A: Family> Arrival<A> {
    /// The rules that do not look into the message, in the order of digest 3.2 (2, 3, 4, 11), and 12 for the older
    /// versions. `alerts`: whether a message of this version and kind carries a Router Alert.
    #[inline]
    pub(in crate::wire) fn judge(&self, kind: Kind<A>, alerts: bool) -> Result<(), Refused<A>> {
        if self.hop_limit != 1 {
            return Err(Refused::HopLimit(self.hop_limit));
        }
        if alerts && !self.router_alert {
            return Err(Refused::NoRouterAlert);
        }
        let is_router = self.receiver == Receiver::Router;
        let goes_to = |there: &[A]| match there.contains(&self.dst) || self.dst == self.own {
            true => Ok(()),
            false => Err(Refused::Destination(self.dst)),
        };
        match kind {
            Kind::Query(group) => {
                if !A::may_query(self.src, self.receiver) {
                    return Err(Refused::QuerySource(self.src));
                }
                if group.is_none() && !is_router && !A::may_be_asked(self.dst) {
                    return Err(Refused::Destination(self.dst));
                }
                Ok(())
            }
            _ if !A::may_report(self.src, self.receiver) => Err(Refused::ReportSource(self.src)),
            Kind::Report if is_router => goes_to(&[A::REPORTS]),
            Kind::Join(group) => {
                judge_group(group)?;
                if is_router { goes_to(&[group]) } else { Ok(()) }
            }
            Kind::Leave(group) if is_router => {
                judge_group(group)?;
                goes_to(&[A::ALL_ROUTERS, if A::LEAVES_TO_GROUP { group } else { A::ALL_ROUTERS }])
            }
            Kind::Report | Kind::Leave(_) => Err(Refused::NotFor(self.receiver)),
        }
    }
}
