//! Records as they come in, each read and judged.

use super::Refusal;
use super::face::Face;
use super::fsm::Kind;
use crate::channel::{Address, FilterMode, SourceList};
use crate::mld::{Family, GroupRecord, Version};
use crate::wire::HoldTypes;
use crate::wire::mld::RecordType;

/// Records, whatever brought them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Records<'a, A: Family> {
    /// A Report of the current version.
    Report(A::Records<'a>),
    /// Told by a parent.
    Told(&'a [GroupRecord<A>]),
    /// A Report of an older version.
    Join { group: A, version: Version },
    /// A leave of an older version.
    Leave { group: A },
}

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// One of the six that RFC 3810 5.2.12 knows.
    Record(Kind),
    /// MLD Hold (digest 1.B.6): keep these, but send nothing of them.
    Hold(FilterMode),
}

impl Word {
    /// What a record type means; the Hold types of the link come first, because those of the draft are also those of
    /// current-state records. `None` is skipped (RFC 3810 5.2.12).
    pub(super) fn of(kind: RecordType, hold: Option<HoldTypes>) -> Option<Self> {
        match hold {
            Some(types) if kind.0 == types.include => Some(Self::Hold(FilterMode::Include)),
            Some(types) if kind.0 == types.exclude => Some(Self::Hold(FilterMode::Exclude)),
            _ => Kind::of(kind).map(Self::Record),
        }
    }

    /// Whether it asks for EXCLUDE mode.
    const fn is_exclude(self) -> bool {
        matches!(self, Self::Record(Kind::IsEx | Kind::ToEx) | Self::Hold(FilterMode::Exclude))
    }
}

/// A record that can take effect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'a, A> {
    pub(super) group: A,
    pub(super) word: Word,
    pub(super) sources: &'a SourceList<A>,
    /// The version of the Report that brought it.
    pub(super) version: Version,
}

/// A record as it came, its type understood.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a, A: Family> {
    pub(super) index: u16,
    pub(super) group: A,
    pub(super) word: Word,
    pub(super) sources: Sources<'a, A>,
    pub(super) version: Version,
}

/// Sources as they came.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sources<'a, A: Family> {
    Octets(&'a [A::Octets]),
    List(&'a SourceList<A>),
}

impl<A: Family> Records<'_, A> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match *self {
            Self::Report(records) => A::records(records).size_hint().0,
            Self::Told(records) => records.len(),
            Self::Join { .. } | Self::Leave { .. } => 1,
        }
    }

    /// Hands every record to `take`, but for those of unknown types: they are skipped before anything of them is believed
    /// (RFC 3810 5.2.12).
    pub(super) fn each(self, hold: Option<HoldTypes>, mut take: impl FnMut(Said<'_, A>)) {
        let number = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
        let nobody = Sources::Octets(&[]);
        match self {
            // RFC 3810 8.3.2 gives what the messages of version 1 stand for, RFC 3376 7.3.2 those of IGMP.
            Self::Join { group, version } => {
                take(Said { index: 0, group, word: Word::Record(Kind::IsEx), sources: nobody, version });
            }
            Self::Leave { group } => {
                let (word, version) = (Word::Record(Kind::ToIn), Version::Older);
                take(Said { index: 0, group, word, sources: nobody, version });
            }
            Self::Report(records) => {
                for (index, record) in A::records(records).enumerate() {
                    let Some(word) = Word::of(record.kind, hold) else { continue };
                    let (index, group, sources) =
                        (number(index), record.group, Sources::Octets(record.sources));
                    take(Said { index, group, word, sources, version: Version::Current });
                }
            }
            Self::Told(records) => {
                for (index, record) in records.iter().enumerate() {
                    let Some(word) = Word::of(record.kind, hold) else { continue };
                    let (index, group, sources) =
                        (number(index), record.group, Sources::List(&record.sources));
                    take(Said { index, group, word, sources, version: Version::Current });
                }
            }
        }
    }
}

impl<A: Family> Said<'_, A> {
    /// The sources that it asks for again if it changes nothing: `None` for what changes something, or may.
    pub(super) fn repeats(&self) -> Option<&[A::Octets]> {
        let Sources::Octets(sources) = self.sources else { return None };
        (self.version == Version::Current && repeats(self.word, sources.is_empty())).then_some(sources)
    }

    /// Has the record judged, and hands it to `take` unless it is skipped in silence.
    pub(super) fn judged<T>(
        self,
        face: &Face<'_, A>,
        take: impl FnOnce(Result<Heard<'_, A>, Refusal>) -> T,
    ) -> Option<T> {
        let Self { group, word, version, .. } = self;
        let owned;
        let sources = match self.sources {
            Sources::Octets(sources) => {
                owned = sources.iter().map(|&octets| A::from_octets(octets)).collect();
                &owned
            }
            Sources::List(sources) => sources,
        };
        judged(Heard { group, word, sources, version }, face).map(take)
    }
}

/// Whether a record asks only again for what it names if that is known: for its sources, or if `names_none` for everybody.
pub(super) const fn repeats(word: Word, names_none: bool) -> bool {
    match word {
        Word::Record(Kind::IsIn | Kind::Allow) => !names_none,
        Word::Record(Kind::IsEx | Kind::ToEx) => names_none,
        Word::Record(Kind::ToIn | Kind::Block) | Word::Hold(_) => false,
    }
}

/// What is to be done with a record; `None`: nothing, and in silence.
fn judged<'a, A: Family>(heard: Heard<'a, A>, face: &Face<'_, A>) -> Option<Result<Heard<'a, A>, Refusal>> {
    if !heard.group.is_group() || !heard.sources.iter().all(Address::is_source) {
        return Some(Err(Refusal::BadAddress));
    }
    if heard.group.is_never_reported() {
        return None;
    }
    if face.config.is_ssm(heard.group) {
        if heard.word.is_exclude() {
            return Some(Err(Refusal::SsmExclude));
        }
        if heard.version < Version::Current {
            return None;
        }
    }
    Some(Ok(heard))
}
