//! What differs between MLD and IGMP: the addresses, the messages and the oldest version. All else is one code.

use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use crate::channel::Address;
use crate::wire::mld::{self, Qqic, RecordType};
use crate::wire::{Addr, Addr4, Dialect, EncodeError, List, igmp};

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

/// The addresses of a family and the messages that speak of them: [`Ipv6Addr`] with MLD, [`Ipv4Addr`] with IGMP.
pub trait Family: Address + Portable {
    /// An address as it is written.
    type Octets: Copy + fmt::Debug + 'static;
    /// A message of the protocol.
    type Message<'a>: Copy + fmt::Debug + PartialEq;
    /// A message that owns its octets.
    type Owned: Clone + fmt::Debug + PartialEq + Eq + Portable;
    /// The records of a Report.
    type Records<'a>: Copy + fmt::Debug;

    /// No address.
    const UNSPECIFIED: Self;
    /// Where General Queries go.
    const ALL_NODES: Self;
    /// Where leaves of the older version go.
    const ALL_ROUTERS: Self;
    /// Whether such a leave may go to its group as well.
    const LEAVES_TO_GROUP: bool;
    /// Where Reports of the current version go.
    const REPORTS: Self;
    /// Sources that one Query may name so that it fits the smallest MTU of the family.
    const SOURCES_PER_QUERY: usize;
    /// The oldest version that there is.
    const OLDEST: Version;
    /// Whether a message without Router Alert is dropped.
    const ROUTER_ALERT: bool;
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
    /// What a message says to a router.
    fn read<'a>(message: Self::Message<'a>) -> Said<'a, Self>;
    /// The records one by one, as they came.
    fn records<'a>(records: Self::Records<'a>) -> impl Iterator<Item = RawRecord<'a, Self>>;
    /// A Query as a message; `None` for what cannot be written, which a router does not ask.
    fn query(question: &Question<'_, Self>) -> Option<Self::Owned>;
    /// The message, owned.
    ///
    /// # Errors
    /// It cannot be written.
    fn own(message: Self::Message<'_>) -> Result<Self::Owned, EncodeError>;
    /// A Report of the current version; `None` when there are more records than it can count.
    fn report(records: &[RawRecord<'_, Self>]) -> Option<Self::Owned>;
    /// A Report of an older version.
    fn join(group: Self, version: Version) -> Option<Self::Owned>;
    /// A leave of an older version; `None` where it has none.
    fn leave(group: Self, version: Version) -> Option<Self::Owned>;

    /// Whether a Report may come from here.
    fn may_report(self) -> bool;
    /// Whether a Query may come from here.
    fn may_query(self) -> bool;
    /// Whether a host answers a Query that comes from here.
    fn may_ask(self) -> bool;
    /// Whether a host answers a General Query that was sent here.
    fn may_be_asked(self) -> bool;
    /// Whether what comes from here stays on its link.
    fn is_link_local(self) -> bool;
    /// Whether, of two routers, this one is to be the querier.
    fn precedes(self, other: Self) -> bool;
    /// Whether nobody ever reports this group: that of all nodes, and what does not leave its node.
    fn is_never_reported(self) -> bool;
    /// The longest time to respond that a version can say; `None`: a code says any.
    fn longest_response(version: Version) -> Option<Duration>;
}

/// What a message says to a router.
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
    /// Another router asks.
    Query(Question<'a, A>),
    /// Nothing.
    Nothing,
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
    /// Whether the addresses can be: no group and no sources, or a group and unicast sources.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.group.map_or(self.sources.is_empty(), Address::is_group)
            && self.sources.iter().all(|&octets| A::from_octets(octets).is_source())
    }

    /// Milliseconds to respond, and the code of the interval.
    fn codes(&self) -> (u32, Qqic) {
        let millis = u32::try_from(self.response.as_millis()).unwrap_or(u32::MAX);
        (millis, Qqic::from_secs(u32::try_from(self.interval.as_secs()).unwrap_or(u32::MAX)))
    }
}

impl Family for Ipv6Addr {
    type Octets = [u8; 16];
    type Message<'a> = mld::Message<'a>;
    type Owned = mld::Owned;
    type Records<'a> = List<'a, mld::Record<'a>>;

    const UNSPECIFIED: Self = Self::UNSPECIFIED;
    const ALL_NODES: Self = Self::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
    const ALL_ROUTERS: Self = Self::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
    const LEAVES_TO_GROUP: bool = false;
    const REPORTS: Self = Self::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);
    /// (1,280 - 48 - 28) / 16.
    const SOURCES_PER_QUERY: usize = 75;
    const OLDEST: Version = Version::Older;
    const ROUTER_ALERT: bool = true;
    const SPECIFIC_TELLS_VERSION: bool = true;
    /// RFC 8200 5.
    const LEAST_MTU: usize = 1_280;
    const LARGEST: usize = 40 + 65_535;
    const BEFORE_RECORDS: usize = 40 + 8 + 8;

    fn to_octets(self) -> [u8; 16] {
        self.octets()
    }

    fn from_octets(octets: [u8; 16]) -> Self {
        Self::from(octets)
    }

    fn view(owned: &mld::Owned) -> mld::Message<'_> {
        owned.view()
    }

    fn own(message: mld::Message<'_>) -> Result<mld::Owned, EncodeError> {
        mld::Owned::new(&message, &Dialect::DEFAULT)
    }

    fn report(records: &[RawRecord<'_, Self>]) -> Option<mld::Owned> {
        let records: Vec<mld::Record<'_>> = records
            .iter()
            .map(|raw| mld::Record {
                kind: raw.kind,
                group: raw.group.into(),
                sources: raw.sources,
                aux: &[],
            })
            .collect();
        let report = mld::Report::new(List::new(&records, &Dialect::DEFAULT));
        <Self as Family>::own(mld::Message::Report(report)).ok()
    }

    fn join(group: Self, _: Version) -> Option<mld::Owned> {
        <Self as Family>::own(mld::Message::ReportV1(mld::ReportV1 { group: group.into() })).ok()
    }

    fn leave(group: Self, _: Version) -> Option<mld::Owned> {
        <Self as Family>::own(mld::Message::Done(mld::Done { group: group.into() })).ok()
    }

    fn read<'a>(message: Self::Message<'a>) -> Said<'a, Self> {
        let group = |group: Addr| (group != Addr::UNSPECIFIED).then(|| group.ip());
        match message {
            mld::Message::Report(report) => Said::Report(report.records),
            mld::Message::ReportV1(report) => {
                Said::Join { group: report.group.ip(), version: Version::Older }
            }
            mld::Message::Done(done) => Said::Leave { group: done.group.ip() },
            mld::Message::Query(query) => Said::Query(Question {
                version: Version::Current,
                group: group(query.group),
                sources: query.sources,
                suppress: query.suppress,
                response: Duration::from_millis(query.max_response.millis().into()),
                robustness: query.robustness,
                interval: Duration::from_secs(query.interval.secs().into()),
            }),
            mld::Message::QueryV1(query) => Said::Query(Question {
                version: Version::Older,
                group: group(query.group),
                sources: &[],
                suppress: false,
                response: Duration::from_millis(query.max_response_ms.into()),
                robustness: 0,
                interval: Duration::ZERO,
            }),
        }
    }

    fn records<'a>(records: Self::Records<'a>) -> impl Iterator<Item = RawRecord<'a, Self>> {
        records.iter().map(|record| RawRecord {
            kind: record.kind,
            group: record.group.ip(),
            sources: record.sources,
        })
    }

    fn query(question: &Question<'_, Self>) -> Option<mld::Owned> {
        let group = question.group.map_or(Addr::UNSPECIFIED, Addr::from);
        let (millis, interval) = question.codes();
        let message = match question.version {
            Version::Current => mld::Message::Query(mld::Query {
                max_response: mld::MaxResponseCode::from_millis(millis),
                group,
                suppress: question.suppress,
                robustness: question.robustness,
                interval,
                sources: question.sources,
                ..mld::Query::general()
            }),
            Version::Older | Version::Oldest => mld::Message::QueryV1(mld::QueryV1 {
                max_response_ms: u16::try_from(millis).unwrap_or(u16::MAX),
                group,
            }),
        };
        mld::Owned::new(&message, &Dialect::DEFAULT).ok()
    }

    /// RFC 3810 5.2.13, A25: a link-local address.
    fn may_report(self) -> bool {
        self.is_unicast_link_local()
    }

    /// RFC 3810 5.1.14.
    fn may_query(self) -> bool {
        self.is_unicast_link_local()
    }

    fn may_ask(self) -> bool {
        self.is_unicast_link_local()
    }

    /// RFC 3810 5.1.15: any address of the interface.
    fn may_be_asked(self) -> bool {
        true
    }

    fn is_link_local(self) -> bool {
        self.is_unicast_link_local()
    }

    /// RFC 3810 7.6.2: the lower interface identifier.
    fn precedes(self, other: Self) -> bool {
        let [a, b] = [self, other].map(|address| {
            let [.., a, b, c, d] = address.segments();
            [a, b, c, d]
        });
        a < b
    }

    /// ff02::1 and the scopes reserved and interface-local (RFC 3810 6).
    fn is_never_reported(self) -> bool {
        let [_, flags_and_scope, ..] = self.octets();
        flags_and_scope & 0x0f <= 1 || self == Self::ALL_NODES
    }

    /// RFC 2710 3.4: 16 bits of milliseconds.
    fn longest_response(version: Version) -> Option<Duration> {
        (version < Version::Current).then(|| Duration::from_millis(u16::MAX.into()))
    }
}

impl Family for Ipv4Addr {
    type Octets = [u8; 4];
    type Message<'a> = igmp::Message<'a>;
    type Owned = igmp::Owned;
    type Records<'a> = List<'a, igmp::Record<'a>>;

    const UNSPECIFIED: Self = Self::UNSPECIFIED;
    const ALL_NODES: Self = Self::new(224, 0, 0, 1);
    const ALL_ROUTERS: Self = Self::new(224, 0, 0, 2);
    /// RFC 2236 3.
    const LEAVES_TO_GROUP: bool = true;
    const REPORTS: Self = Self::new(224, 0, 0, 22);
    /// What every host takes is 576 octets: (576 - 24 - 12) / 4.
    const SOURCES_PER_QUERY: usize = 135;
    const OLDEST: Version = Version::Oldest;
    /// Version 1 has none.
    const ROUTER_ALERT: bool = false;
    /// RFC 3376 7.2.1: only General Queries do.
    const SPECIFIC_TELLS_VERSION: bool = false;
    /// RFC 791 3.1.
    const LEAST_MTU: usize = 576;
    const LARGEST: usize = 65_535;
    const BEFORE_RECORDS: usize = 20 + 4 + 8;

    fn to_octets(self) -> [u8; 4] {
        self.octets()
    }

    fn from_octets(octets: [u8; 4]) -> Self {
        Self::from(octets)
    }

    fn view(owned: &igmp::Owned) -> igmp::Message<'_> {
        owned.view()
    }

    fn own(message: igmp::Message<'_>) -> Result<igmp::Owned, EncodeError> {
        igmp::Owned::new(&message, &Dialect::DEFAULT)
    }

    fn report(records: &[RawRecord<'_, Self>]) -> Option<igmp::Owned> {
        let records: Vec<igmp::Record<'_>> = records
            .iter()
            .map(|raw| igmp::Record {
                kind: raw.kind,
                group: raw.group.into(),
                sources: raw.sources,
                aux: &[],
            })
            .collect();
        let report = igmp::Report::new(List::new(&records, &Dialect::DEFAULT));
        <Self as Family>::own(igmp::Message::Report(report)).ok()
    }

    fn join(group: Self, version: Version) -> Option<igmp::Owned> {
        let group = group.into();
        let message = match version {
            Version::Oldest => igmp::Message::ReportV1(igmp::ReportV1 { group }),
            Version::Older | Version::Current => igmp::Message::ReportV2(igmp::ReportV2 { group }),
        };
        <Self as Family>::own(message).ok()
    }

    /// RFC 1112 has none.
    fn leave(group: Self, version: Version) -> Option<igmp::Owned> {
        if version == Version::Oldest {
            return None;
        }
        <Self as Family>::own(igmp::Message::Leave(igmp::Leave { group: group.into() })).ok()
    }

    fn read<'a>(message: Self::Message<'a>) -> Said<'a, Self> {
        let group = |group: Addr4| (group != Addr4::UNSPECIFIED).then(|| group.ip());
        // What an older Query says: no interval, no robustness, no S flag.
        let older = |version, group, tenths: u8| {
            Said::Query(Question {
                version,
                group,
                sources: &[],
                suppress: false,
                response: Duration::from_millis(u64::from(tenths).saturating_mul(100)),
                robustness: 0,
                interval: Duration::ZERO,
            })
        };
        match message {
            igmp::Message::Report(report) => Said::Report(report.records),
            igmp::Message::ReportV2(report) => {
                Said::Join { group: report.group.ip(), version: Version::Older }
            }
            igmp::Message::ReportV1(report) => {
                Said::Join { group: report.group.ip(), version: Version::Oldest }
            }
            igmp::Message::Leave(leave) => Said::Leave { group: leave.group.ip() },
            igmp::Message::Query(query) => Said::Query(Question {
                version: Version::Current,
                group: group(query.group),
                sources: query.sources,
                suppress: query.suppress,
                response: Duration::from_millis(query.max_response.millis().into()),
                robustness: query.robustness,
                interval: Duration::from_secs(query.interval.secs().into()),
            }),
            igmp::Message::QueryV2(query) => {
                older(Version::Older, group(query.group), query.max_response_tenths)
            }
            igmp::Message::QueryV1(_) => older(Version::Oldest, None, 0),
        }
    }

    fn records<'a>(records: Self::Records<'a>) -> impl Iterator<Item = RawRecord<'a, Self>> {
        records.iter().map(|record| RawRecord {
            kind: record.kind,
            group: record.group.ip(),
            sources: record.sources,
        })
    }

    fn query(question: &Question<'_, Self>) -> Option<igmp::Owned> {
        let group = question.group.map_or(Addr4::UNSPECIFIED, Addr4::from);
        let (millis, interval) = question.codes();
        let tenths = millis.checked_div(100).unwrap_or(0);
        let message = match (question.version, question.group) {
            (Version::Current, _) => igmp::Message::Query(igmp::Query {
                max_response: igmp::MaxResponseCode::from_millis(millis),
                group,
                suppress: question.suppress,
                robustness: question.robustness,
                interval,
                sources: question.sources,
                ..igmp::Query::general()
            }),
            (Version::Older, _) => igmp::Message::QueryV2(igmp::QueryV2 {
                max_response_tenths: u8::try_from(tenths).unwrap_or(u8::MAX).max(1),
                group,
            }),
            (Version::Oldest, None) => igmp::Message::QueryV1(igmp::QueryV1),
            // Version 1 asks about no group: nobody says in it that he leaves.
            (Version::Oldest, Some(_)) => return None,
        };
        igmp::Owned::new(&message, &Dialect::DEFAULT).ok()
    }

    /// RFC 3376 4.2.13: also a host that has no address yet.
    fn may_report(self) -> bool {
        self.is_unspecified() || self.is_source()
    }

    /// A querier has an address; the one of nobody would win every election.
    fn may_query(self) -> bool {
        self.is_source()
    }

    /// Also a switch that has no address asks (RFC 4541 2.1.1).
    fn may_ask(self) -> bool {
        self.is_unspecified() || self.is_source()
    }

    /// RFC 3376 9.1: not another group than all systems.
    fn may_be_asked(self) -> bool {
        !self.is_multicast() || self == Self::ALL_NODES
    }

    fn is_link_local(self) -> bool {
        Self::is_link_local(&self)
    }

    /// RFC 3376 6.6.2: the lower address.
    fn precedes(self, other: Self) -> bool {
        self < other
    }

    /// RFC 3376 5: all systems.
    fn is_never_reported(self) -> bool {
        self == Self::ALL_NODES
    }

    /// RFC 2236 2.2: 8 bits of tenths of a second. Version 1 says nothing of it.
    fn longest_response(version: Version) -> Option<Duration> {
        (version == Version::Older).then(|| Duration::from_millis(25_500))
    }
}
