//! What differs between MLD and IGMP: the addresses, the messages and the oldest version. All else is one code.

mod igmp;
mod mld;

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::channel::Address;
use crate::machine::Received;
use crate::wire::membership::{self, Arrival, Qqic, Receiver, Record, RecordType, Refused, Report};
use crate::wire::{Dialect, EncodeError, List};

/// How old a version of the protocol is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Version {
    /// IGMPv1 (RFC 1112). MLD has none so old.
    Oldest,
    /// MLDv1 (RFC 2710), IGMPv2 (RFC 2236).
    Older,
    /// MLDv2 (RFC 3810), IGMPv3 (RFC 3376).
    #[default]
    Current,
}

/// What an address must be so that it can stand in a recorded trace.
#[cfg(feature = "serde")]
pub trait Portable: serde::Serialize + serde::de::DeserializeOwned {}
#[cfg(feature = "serde")]
impl<T: serde::Serialize + serde::de::DeserializeOwned> Portable for T {}
/// What an address must be so that it can stand in a recorded trace: nothing without the feature `serde`.
#[cfg(not(feature = "serde"))]
pub trait Portable {}
#[cfg(not(feature = "serde"))]
impl<T> Portable for T {}

/// The addresses of a family and the messages that speak of them: [`Ipv6Addr`](core::net::Ipv6Addr) with MLD,
/// [`Ipv4Addr`](core::net::Ipv4Addr) with IGMP.
pub trait Family: Address + Portable + From<<Self as Family>::Wire> {
    /// The family on the wire.
    type Wire: membership::Family<Ip = Self, Octets = Self::Octets>;
    /// An address as it is written.
    type Octets: Copy + fmt::Debug + 'static;
    /// A message of the protocol.
    type Message<'a>: Copy + fmt::Debug + PartialEq + From<Report<'a, Self::Wire>>;
    /// A message that owns its octets.
    type Owned: Clone + fmt::Debug + PartialEq + Eq + Portable;
    /// The records of a Report.
    type Records<'a>: Copy + fmt::Debug + IntoIterator<Item = Record<'a, Self::Wire>>;

    /// No address.
    const UNSPECIFIED: Self;
    /// Where General Queries go.
    const ALL_NODES: Self;
    /// Sources that one Query may name so that it fits the smallest MTU of the family.
    const SOURCES_PER_QUERY: usize;
    /// The oldest version that there is.
    const OLDEST: Version;
    /// Whether an older Query about one group tells that its querier is older, as one about all does.
    const SPECIFIC_TELLS_VERSION: bool;
    /// Octets of the smallest datagram that every link carries, or every host takes.
    const LEAST_MTU: usize;
    /// Octets of the largest datagram.
    const LARGEST: usize;
    /// Octets of a datagram ahead of the records of its Report: IP header, Router Alert, head of the Report.
    const BEFORE_RECORDS: usize;

    /// The address as it is written.
    fn to_octets(self) -> Self::Octets;
    /// The address that is written so.
    fn from_octets(octets: Self::Octets) -> Self;
    /// The message that is owned.
    fn view(owned: &Self::Owned) -> Self::Message<'_>;
    /// Whether a message is received at all: the rules of [`mld::judge`](crate::wire::mld::judge) or
    /// [`igmp::judge`](crate::wire::igmp::judge).
    ///
    /// # Errors
    /// The rule that it breaks.
    fn judge(message: &Self::Message<'_>, arrival: &Arrival<Self::Wire>) -> Result<(), Refused<Self::Wire>>;
    /// What a message says.
    fn read<'a>(message: Self::Message<'a>) -> Said<'a, Self>;
    /// The records one by one, as they came.
    #[inline]
    fn records<'a>(records: Self::Records<'a>) -> impl Iterator<Item = RawRecord<'a, Self>> {
        records.into_iter().map(|Record { kind, group, sources, .. }| RawRecord {
            kind,
            group: group.into(),
            sources,
        })
    }
    /// A Query as a message; `None` for what cannot be written, which a router does not ask.
    fn query(question: &Question<'_, Self>) -> Option<Self::Owned>;
    /// The message, owned.
    ///
    /// # Errors
    /// It cannot be written.
    fn own(message: Self::Message<'_>) -> Result<Self::Owned, EncodeError>;
    /// A Report of the current version; `None` when there are more records than it can count.
    fn report(records: &[RawRecord<'_, Self>]) -> Option<Self::Owned> {
        let records: Vec<_> = records
            .iter()
            .map(|raw| Record { kind: raw.kind, group: raw.group.into(), sources: raw.sources, aux: &[] })
            .collect();
        Self::own(Report::new(List::new(&records, &Dialect::DEFAULT)).into()).ok()
    }
    /// A Report of an older version.
    fn join(group: Self, version: Version) -> Option<Self::Owned>;
    /// A leave of an older version; `None` where it has none.
    fn leave(group: Self, version: Version) -> Option<Self::Owned>;

    /// Whether what comes from here stays on its link.
    fn is_link_local(self) -> bool;
    /// Whether, of two routers, this one is to be the querier.
    fn precedes(self, other: Self) -> bool;
    /// Whether nobody ever reports this group: that of all nodes, and what does not leave its node.
    fn is_never_reported(self) -> bool;
    /// The longest time to respond that a version can say; `None`: a code says any.
    fn longest_response(version: Version) -> Option<Duration>;

    /// What a packet says to a `receiver` whose address is `own`.
    ///
    /// # Errors
    /// The rule that it breaks.
    #[inline]
    fn receive<'a>(
        packet: &Received<Self::Message<'a>, Self>,
        own: Self,
        receiver: Receiver,
    ) -> Result<Said<'a, Self>, Refused<Self::Wire>> {
        let Received { meta, message } = packet;
        let [src, dst, own] = [meta.src, meta.dst, own].map(Self::Wire::from);
        let (hop_limit, router_alert) = (meta.hop_limit, meta.router_alert);
        Self::judge(message, &Arrival { src, dst, hop_limit, router_alert, own, receiver })?;
        Ok(Self::read(*message))
    }
}

/// What a message says.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a, A: Family> {
    /// Records of the current version.
    Report(A::Records<'a>),
    /// A join of an older version.
    Join {
        /// The group.
        group: A,
        /// Which version.
        version: Version,
    },
    /// A leave of the older version.
    Leave {
        /// The group.
        group: A,
    },
    /// A router asks.
    Query(Question<'a, A>),
}

/// A record as it came, not judged.
#[derive(Clone, Copy, Debug)]
pub struct RawRecord<'a, A: Family> {
    /// Record type.
    pub kind: RecordType,
    /// The group.
    pub group: A,
    /// The sources.
    pub sources: &'a [A::Octets],
}

/// A Query, sent or heard.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a, A: Family> {
    /// Its version.
    pub version: Version,
    /// The group; `None` in a General Query.
    pub group: Option<A>,
    /// The sources; none unless the group has some.
    pub sources: &'a [A::Octets],
    /// S flag: suppress router-side processing.
    pub suppress: bool,
    /// Time to respond.
    pub response: Duration,
    /// The querier's robustness; 0: not said.
    pub robustness: u8,
    /// The querier's interval; zero: not said.
    pub interval: Duration,
}

impl<A: Family> Question<'_, A> {
    /// Milliseconds to respond, and the code of the interval.
    fn codes(&self) -> (u32, Qqic) {
        let millis = u32::try_from(self.response.as_millis()).unwrap_or(u32::MAX);
        (millis, Qqic::from_secs(u32::try_from(self.interval.as_secs()).unwrap_or(u32::MAX)))
    }
}
