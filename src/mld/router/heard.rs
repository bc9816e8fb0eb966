//! Records as they come in, each read and judged.

use core::net::Ipv6Addr;

use super::Refusal;
use super::fsm::Kind;
use crate::channel::{Address, SourceList};
use crate::mld::GroupRecord;
use crate::wire::List;
use crate::wire::mld::{Record, RecordType};

/// Records, whatever brought them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Records<'a> {
    /// A version 2 Report.
    Report(List<'a, Record<'a>>),
    /// Told by a parent.
    Told(&'a [GroupRecord]),
    /// A version 1 Report of this group.
    ReportV1(Ipv6Addr),
    /// A version 1 Done with this group.
    Done(Ipv6Addr),
}

/// A record that can take effect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'a> {
    pub(super) group: Ipv6Addr,
    pub(super) kind: Kind,
    pub(super) sources: &'a SourceList,
    /// Whether it was a version 1 Report.
    pub(super) older: bool,
}

impl Records<'_> {
    /// Hands every record to `take`, with its index, but for those that are skipped in silence.
    pub(super) fn each(self, mut take: impl FnMut(u16, Result<Heard<'_>, Refusal>)) {
        let mut hand = |index: usize, record: Result<&GroupRecord, Refusal>, kind, version| {
            let verdict = record.map_or_else(|why| Some(Err(why)), |record| judged(kind, record, version));
            if let Some(verdict) = verdict {
                take(u16::try_from(index).unwrap_or(u16::MAX), verdict);
            }
        };
        let mut hand_v1 = |group, kind| {
            let record = GroupRecord { kind, group, sources: SourceList::EMPTY };
            if let Some(kind) = Kind::of(kind) {
                hand(0, Ok(&record), kind, Version::One);
            }
        };
        match self {
            // RFC 3810 8.3.2 gives what the messages of version 1 stand for.
            Self::ReportV1(group) => hand_v1(group, RecordType::IS_EX),
            Self::Done(group) => hand_v1(group, RecordType::TO_IN),
            Self::Report(records) => {
                for (index, record) in records.iter().enumerate() {
                    // An unknown type is skipped before anything of the record is believed (RFC 3810 5.2.12).
                    let Some(kind) = Kind::of(record.kind) else { continue };
                    let record = GroupRecord::try_from(record).map_err(|_| Refusal::BadAddress);
                    hand(index, record.as_ref().map_err(|&why| why), kind, Version::Two);
                }
            }
            Self::Told(records) => {
                for (index, record) in records.iter().enumerate() {
                    let Some(kind) = Kind::of(record.kind) else { continue };
                    hand(index, Ok(record), kind, Version::Two);
                }
            }
        }
    }
}

/// What is to be done with a record; `None`: nothing, and in silence.
fn judged(kind: Kind, record: &GroupRecord, version: Version) -> Option<Result<Heard<'_>, Refusal>> {
    let GroupRecord { group, ref sources, .. } = *record;
    if !group.is_group() || !sources.iter().all(Address::is_source) {
        return Some(Err(Refusal::BadAddress));
    }
    if is_never_reported(group) {
        return None;
    }
    if group.is_ssm_group() {
        match (kind, version) {
            (Kind::IsEx | Kind::ToEx, _) => return Some(Err(Refusal::SsmExclude)),
            (_, Version::One) => return None,
            (_, Version::Two) => {}
        }
    }
    let older = version == Version::One && kind == Kind::IsEx;
    Some(Ok(Heard { group, kind, sources, older }))
}

/// ff02::1 and the scopes reserved and interface-local (RFC 3810 6).
fn is_never_reported(group: Ipv6Addr) -> bool {
    let [_, flags_and_scope, ..] = group.octets();
    flags_and_scope & 0x0f <= 1 || group == Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}
