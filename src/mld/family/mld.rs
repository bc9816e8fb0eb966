//! MLD: the family of [`Ipv6Addr`].

use core::net::Ipv6Addr;
use core::time::Duration;

use super::{Family, Question, Said, Version};
use crate::wire::membership::{Arrival, Refused};
use crate::wire::{Addr, Dialect, EncodeError, List, mld};

impl Family for Ipv6Addr {
    type Wire = Addr;
    type Octets = [u8; 16];
    type Message<'a> = mld::Message<'a>;
    type Owned = mld::Owned;
    type Records<'a> = List<'a, mld::Record<'a>>;

    const UNSPECIFIED: Self = Self::UNSPECIFIED;
    const ALL_NODES: Self = Self::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
    /// (1,280 - 48 - 28) / 16.
    const SOURCES_PER_QUERY: usize = 75;
    const OLDEST: Version = Version::Older;
    const SPECIFIC_TELLS_VERSION: bool = true;
    /// RFC 8200 5.
    const LEAST_MTU: usize = 1_280;
    const LARGEST: usize = 40 + 65_535;
    const BEFORE_RECORDS: usize = 40 + 8 + 8;

    #[inline]
    fn to_octets(self) -> [u8; 16] {
        self.octets()
    }

    #[inline]
    fn from_octets(octets: [u8; 16]) -> Self {
        Self::from(octets)
    }

    fn view(owned: &mld::Owned) -> mld::Message<'_> {
        owned.view()
    }

    fn own(message: mld::Message<'_>) -> Result<mld::Owned, EncodeError> {
        mld::Owned::new(&message, &Dialect::DEFAULT)
    }

    fn join(group: Self, _: Version) -> Option<mld::Owned> {
        <Self as Family>::own(mld::Message::ReportV1(mld::ReportV1 { group: group.into() })).ok()
    }

    fn leave(group: Self, _: Version) -> Option<mld::Owned> {
        <Self as Family>::own(mld::Message::Done(mld::Done { group: group.into() })).ok()
    }

    #[inline]
    fn judge(message: &mld::Message<'_>, arrival: &Arrival<Addr>) -> Result<(), Refused<Addr>> {
        mld::judge(message, arrival)
    }

    #[inline]
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
        <Self as Family>::own(message).ok()
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
