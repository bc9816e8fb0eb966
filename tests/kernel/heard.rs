//! What was on the wire, one word after the other.

use core::fmt;

use multimob::Instant;
use multimob::channel::SourceList;
use multimob::machine::LinkId;
use multimob::mld::family::{RawRecord, Said};
use multimob::mld::{Family, Version};
use multimob::wire::mld::RecordType;

/// One thing that somebody said on a link.
pub struct Heard<A> {
    pub at: Instant,
    pub link: LinkId,
    pub src: A,
    pub dst: A,
    pub word: Word<A>,
}

/// A record of a Report, or a message without such.
#[derive(Clone, Debug, PartialEq)]
pub enum Word<A> {
    Record { kind: RecordType, group: A, sources: SourceList<A> },
    Join { group: A, version: Version },
    Leave { group: A },
    Query { version: Version, group: Option<A>, sources: SourceList<A> },
}

impl<A: Family> Word<A> {
    pub fn record(kind: RecordType, group: A, sources: impl IntoIterator<Item = A>) -> Self {
        Self::Record { kind, group, sources: sources.into_iter().collect() }
    }

    /// A Query of the current version about a group, or about these sources of it.
    pub fn question(group: A, sources: &[A]) -> Self {
        let sources = sources.iter().copied().collect();
        Self::Query { version: Version::Current, group: Some(group), sources }
    }

    /// The words of a message.
    pub fn all(message: A::Message<'_>) -> Vec<Self> {
        let list = |octets: &[A::Octets]| octets.iter().map(|&octets| A::from_octets(octets)).collect();
        let record = |said: RawRecord<'_, A>| Self::Record {
            kind: said.kind,
            group: said.group,
            sources: list(said.sources),
        };
        match A::read(message) {
            Said::Report(records) => A::records(records).map(record).collect(),
            Said::Join { group, version } => vec![Self::Join { group, version }],
            Said::Leave { group } => vec![Self::Leave { group }],
            Said::Query(asked) => {
                vec![Self::Query { version: asked.version, group: asked.group, sources: list(asked.sources) }]
            }
        }
    }

    /// The group that it speaks of; a General Query speaks of none.
    pub fn group(&self) -> Option<A> {
        match *self {
            Self::Record { group, .. } | Self::Join { group, .. } | Self::Leave { group } => Some(group),
            Self::Query { group, .. } => group,
        }
    }

    pub fn is_query(&self) -> bool {
        matches!(self, Self::Query { .. })
    }

    /// Whether it asks for all groups, in this version.
    pub fn is_general(&self, of: Version) -> bool {
        matches!(self, Self::Query { version, group: None, .. } if *version == of)
    }

    /// Whether it asks about this group, and about these sources of it alone if there are any.
    pub fn asks(&self, about: A, of: &[A]) -> bool {
        matches!(self, Self::Query { group: Some(group), sources, .. } if *group == about && sources.iter().eq(of.iter().copied()))
    }
}

impl<A: Family + fmt::Display> fmt::Display for Heard<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, link, src, dst, word } = self;
        write!(f, "{:>9} {link:?}: {src} to {dst}: {word:?}", at.as_micros())
    }
}
