//! A record as machines keep it: judged, owned, its sources a set.

use core::net::Ipv6Addr;

use crate::channel::{Address, Filter, FilterMode, SourceList};
use crate::wire::HoldTypes;
use crate::wire::mld::{Fault, Record, RecordType};

/// What a report says of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GroupRecord<A = Ipv6Addr> {
    /// Record type (RFC 3810 5.2.12, RFC 3376 4.2.12), or one of Hold ([`crate::wire::HoldTypes`]).
    pub kind: RecordType,
    /// The group.
    pub group: A,
    /// The sources.
    pub sources: SourceList<A>,
}

impl<A: Address> GroupRecord<A> {
    /// The record that states `filter` as current state: MODE_IS_INCLUDE or MODE_IS_EXCLUDE.
    #[must_use]
    pub fn current_state(group: A, filter: &Filter<A>) -> Self {
        let kind = match filter.mode {
            FilterMode::Include => RecordType::IS_IN,
            FilterMode::Exclude => RecordType::IS_EX,
        };
        Self { kind, group, sources: filter.sources.clone() }
    }

    /// The record that says by `types` that `filter` is held (MLD Hold, digest 1.B.6).
    #[must_use]
    pub fn hold(group: A, filter: &Filter<A>, types: HoldTypes) -> Self {
        let kind = match filter.mode {
            FilterMode::Include => types.include,
            FilterMode::Exclude => types.exclude,
        };
        Self { kind: RecordType(kind), group, sources: filter.sources.clone() }
    }

    /// The record by which a PBU-M asks for `filter`: ALLOW_NEW_SOURCES or CHANGE_TO_EXCLUDE_MODE (D-8).
    #[must_use]
    pub fn join(group: A, filter: &Filter<A>) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Addr;

    const GROUP: Ipv6Addr = Ipv6Addr::new(0xff1e, 0, 0, 0, 0, 0, 0, 1);
    const SOURCES: [Ipv6Addr; 2] =
        [Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2)];

    #[test]
    fn a_filter_is_stated_or_asked_for_by_the_record_of_its_mode() {
        let include = Filter::include(SOURCES);
        let exclude = Filter::exclude(SOURCES);
        for (record, kind) in [
            (GroupRecord::current_state(GROUP, &include), RecordType::IS_IN),
            (GroupRecord::current_state(GROUP, &exclude), RecordType::IS_EX),
            (GroupRecord::join(GROUP, &include), RecordType::ALLOW),
            (GroupRecord::join(GROUP, &exclude), RecordType::TO_EX),
        ] {
            assert_eq!(record, GroupRecord { kind, group: GROUP, sources: include.sources.clone() });
        }
    }

    #[test]
    fn a_record_of_the_wire_is_judged_and_its_duplicate_sources_collapse() {
        let [one, two] = SOURCES.map(|source| source.octets());
        let sources = [two, one, two];
        let record =
            Record { kind: RecordType::BLOCK, group: Addr::from(GROUP), sources: &sources, aux: &[] };
        let expected =
            GroupRecord { kind: RecordType::BLOCK, group: GROUP, sources: SOURCES.into_iter().collect() };
        assert_eq!(GroupRecord::try_from(record), Ok(expected));
        let record = Record { group: Addr::from(SOURCES[0]), ..record };
        assert_eq!(GroupRecord::try_from(record), Err(Fault::GroupNotMulticast));
    }
}
