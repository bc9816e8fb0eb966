//! A record as machines keep it: judged, owned, its sources a set.

use core::net::Ipv6Addr;

use crate::channel::{Filter, FilterMode, SourceList};
use crate::wire::mld::{Fault, Record, RecordType};

/// What a report says of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GroupRecord {
    /// Record type (RFC 3810 5.2.12).
    pub kind: RecordType,
    /// The group.
    pub group: Ipv6Addr,
    /// The sources.
    pub sources: SourceList,
}

impl GroupRecord {
    /// The record that states `filter` as current state: MODE_IS_INCLUDE or MODE_IS_EXCLUDE.
    #[must_use]
    pub fn current_state(group: Ipv6Addr, filter: &Filter) -> Self {
        let kind = match filter.mode {
            FilterMode::Include => RecordType::IS_IN,
            FilterMode::Exclude => RecordType::IS_EX,
        };
        Self { kind, group, sources: filter.sources.clone() }
    }

    /// The record by which a PBU-M asks for `filter`: ALLOW_NEW_SOURCES or CHANGE_TO_EXCLUDE_MODE (D-8).
    #[must_use]
    pub fn join(group: Ipv6Addr, filter: &Filter) -> Self {
        let kind = match filter.mode {
            FilterMode::Include => RecordType::ALLOW,
            FilterMode::Exclude => RecordType::TO_EX,
        };
        Self { kind, group, sources: filter.sources.clone() }
    }
}

impl TryFrom<Record<'_>> for GroupRecord {
    type Error = Fault;

    fn try_from(record: Record<'_>) -> Result<Self, Fault> {
        record.judge()?;
        let sources = record.sources.iter().map(|&octets| Ipv6Addr::from(octets)).collect();
        Ok(Self { kind: record.kind, group: record.group.ip(), sources })
    }
}
