//! IGMP: the family of [`Ipv4Addr`].

use core::net::Ipv4Addr;
use core::time::Duration;

use super::{Family, Question, Said, Version};
use crate::wire::membership::{Arrival, Refused};
use crate::wire::{Addr4, Dialect, EncodeError, List, igmp};

impl Family for Ipv4Addr {
    type Wire = Addr4;
    type Octets = [u8; 4];
    type Message<'a> = igmp::Message<'a>;
    type Owned = igmp::Owned;
    type Records<'a> = List<'a, igmp::Record<'a>>;

    const UNSPECIFIED: Self = Self::UNSPECIFIED;
    const ALL_NODES: Self = Self::new(224, 0, 0, 1);
    /// What every host takes is 576 octets: (576 - 24 - 12) / 4.
    const SOURCES_PER_QUERY: usize = 135;
    const OLDEST: Version = Version::Oldest;
    /// RFC 3376 7.2.1: only General Queries do.
    const SPECIFIC_TELLS_VERSION: bool = false;
    /// RFC 791 3.1.
    const LEAST_MTU: usize = 576;
    const LARGEST: usize = 65_535;
    const BEFORE_RECORDS: usize = 20 + 4 + 8;

    #[inline]
    fn to_octets(self) -> [u8; 4] {
        self.octets()
    }

    #[inline]
    fn from_octets(octets: [u8; 4]) -> Self {
        Self::from(octets)
    }

    fn view(owned: &igmp::Owned) -> igmp::Message<'_> {
        owned.view()
    }

    fn own(message: igmp::Message<'_>) -> Result<igmp::Owned, EncodeError> {
        igmp::Owned::new(&message, &Dialect::DEFAULT)
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

    #[inline]
    fn judge(message: &igmp::Message<'_>, arrival: &Arrival<Addr4>) -> Result<(), Refused<Addr4>> {
        igmp::judge(message, arrival)
    }

    #[inline]
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
        <Self as Family>::own(message).ok()
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
