//! Multicast state in options of later standards (RFC 7028, RFC 7161, RFC 7411). That of the drafts is
//! [`multicast_state`](super::multicast_state).

use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::fields::{Body, Cursor, Part, Row, Size, Source, Value, Visit, Words, body};
use crate::wire::{Addr, Addr4, Dialect, Item, List, Out, igmp, mld};

/// Types of the reports whose records these options carry: of MLDv2 and MLDv1.
const MLDV2: u8 = 143;
const MLDV1: u8 = 131;

/// What is left, as this many records of at least so many octets.
fn records<'a, T: Item<'a>>(
    from: &mut Cursor<'a, '_>,
    count: u16,
    least: usize,
) -> Result<Row<'a, T>, DecodeError> {
    let octets = from.rest;
    for _ in 0..count {
        let mut rest = from.rest;
        let Some(_) = T::read(&mut rest, from.dialect) else {
            return Err(from.fault(Field::Record, least, from.rest.len()));
        };
        from.at = from.at.saturating_add(from.rest.len().saturating_sub(rest.len()));
        from.rest = rest;
    }
    from.judge_end()?;
    Ok(Row::validated(octets))
}

/// Octets of the shortest record of MLDv2 and IGMPv3.
const RECORD: usize = 20;
const IGMP_RECORD: usize = 8;

/// How many there are, and all of them.
fn write_counted<'a, T: Item<'a>>(items: Row<'a, T>, out: &mut impl Out) -> Result<(), EncodeError> {
    put_count(items.iter().count(), out)?;
    items.write(out)
}

fn put_count(count: usize, out: &mut impl Out) -> Result<(), EncodeError> {
    let max = u16::MAX.into();
    let count = u16::try_from(count).map_err(|_| EncodeError::TooLong { field: Field::Record, max })?;
    out.put(&count.to_be_bytes());
    Ok(())
}

/// Writes records that are given, with their number before them.
fn build_records<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
    let mut written = Ok(());
    from.records("records", Size::Times(1), &mut |records| {
        written = put_count(records.len(), out).and_then(|()| records.write(out));
    })?;
    written.map_err(|why| from.refuse("records", why))
}

fn build_igmp_records<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
    let mut written = Ok(());
    from.igmp_records("igmp_records", Size::Times(1), &mut |records| {
        written = put_count(records.len(), out).and_then(|()| records.write(out));
    })?;
    written.map_err(|why| from.refuse("igmp_records", why))
}

/// Dynamic IP Multicast Selector (54, RFC 7028 5.1), in a PBA.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MulticastSelector<'a> {
    /// M: the groups are routed locally; not set: by way of the multicast tree mobility anchor.
    pub direct: bool,
    /// The groups.
    pub groups: SelectedGroups<'a>,
}

/// Groups of a [`MulticastSelector`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SelectedGroups<'a> {
    /// Records of MLDv2.
    Mldv2(Row<'a, mld::Record<'a>>),
    /// Addresses, as MLDv1 has them.
    Mldv1(&'a [[u8; 16]]),
}

/// Groups of MLDv1 in one option, at most.
const MOST_GROUPS: usize = 15;

/// M. The figure draws the protocol 9 bits wide; it has 8, then this bit, then 7 reserved ones.
const M: u8 = 0x80;

impl<'a> Body<'a> for MulticastSelector<'a> {
    fn read(mut from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        from.judge_len(4, true)?;
        let start = from;
        let &[protocol, flags, high, low] = from.take()?;
        let count = u16::from_be_bytes([high, low]);
        let groups = match protocol {
            MLDV2 => SelectedGroups::Mldv2(records(&mut from, count, RECORD)?),
            MLDV1 => {
                let len = usize::from(count).saturating_mul(16);
                from.judge_len(len, false)?;
                SelectedGroups::Mldv1(from.rest.as_chunks().0)
            }
            _ => return Err(start.fault(Field::Type, MLDV2.into(), protocol.into())),
        };
        Ok(Self { direct: flags & M != 0, groups })
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let flags = if self.direct { M } else { 0 };
        match self.groups {
            SelectedGroups::Mldv2(records) => {
                out.put(&[MLDV2, flags]);
                write_counted(records, out)
            }
            SelectedGroups::Mldv1(groups) => {
                out.put(&[MLDV1, flags]);
                put_count(groups.len(), out)?;
                out.bytes(groups.as_flattened());
                Ok(())
            }
        }
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("direct", Value::Bool(self.direct));
        match self.groups {
            SelectedGroups::Mldv2(records) => {
                visit("records", Value::Records(records.list(&Dialect::DEFAULT)))
            }
            SelectedGroups::Mldv1(groups) => visit("groups", Value::Addrs(groups)),
        }
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let flags = if from.bool("direct")? { M } else { 0 };
        if !from.has("groups") {
            out.put(&[MLDV2, flags]);
            return build_records(from, out);
        }
        out.put(&[MLDV1, flags]);
        let mut written = Ok(());
        from.addrs("groups", MOST_GROUPS, &mut |groups| {
            written = put_count(groups.len(), out);
            out.bytes(groups.as_flattened());
        })?;
        written.map_err(|why| from.refuse("groups", why))
    }
}

/// Active Multicast Subscription IPv6 (57, RFC 7161 4.1): what a node listens to of one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ActiveSubscriptionIpv6<'a> {
    /// A record of MLDv2.
    Mldv2(mld::Record<'a>),
    /// The group alone, of a node that speaks MLDv1.
    Mldv1(Addr),
}

impl<'a> Body<'a> for ActiveSubscriptionIpv6<'a> {
    fn read(mut from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        let start = from;
        let &[protocol] = from.take()?;
        match protocol {
            MLDV2 => {
                let at = from;
                let mut record = records(&mut from, 1, RECORD)?.iter();
                record.next().map(Self::Mldv2).ok_or_else(|| at.fault(Field::Record, RECORD, 0))
            }
            MLDV1 => {
                from.judge_len(20, false)?;
                from.take::<4>()?;
                Addr::read(&mut from).map(Self::Mldv1)
            }
            _ => Err(start.fault(Field::Type, MLDV2.into(), protocol.into())),
        }
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        match self {
            Self::Mldv2(record) => {
                out.put(&[MLDV2]);
                record.write(out, &Dialect::DEFAULT)
            }
            Self::Mldv1(group) => {
                out.put(&[MLDV1, 0, 0, 0, 0]);
                out.put(&group.0);
                Ok(())
            }
        }
    }

    fn show(&self, visit: &mut Visit<'_>) {
        match self {
            Self::Mldv2(record) => {
                let record = core::slice::from_ref(record);
                visit("records", Value::Records(List::new(record, &Dialect::DEFAULT)));
            }
            Self::Mldv1(group) => visit("group", Value::Addr(*group)),
        }
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        if from.has("group") {
            out.put(&[MLDV1, 0, 0, 0, 0]);
            return <Addr as Part<'_>>::build("group", from, out);
        }
        out.put(&[MLDV2]);
        let mut written = Ok(());
        from.records("records", Size::Exactly(1), &mut |records| written = records.write(out))?;
        written.map_err(|why| from.refuse("records", why))
    }
}

/// Types of IGMP reports, by version.
const IGMPV3: u8 = 0x22;
const IGMPV2: u8 = 0x16;
const IGMPV1: u8 = 0x12;

/// Active Multicast Subscription IPv4 (56, RFC 7161 6.1): what a node listens to of one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ActiveSubscriptionIpv4<'a> {
    /// A record of IGMPv3.
    Igmpv3(igmp::Record<'a>),
    /// The group alone, of a node that speaks IGMPv2.
    Igmpv2(Addr4),
    /// The group alone, of a node that speaks IGMPv1.
    Igmpv1(Addr4),
}

impl<'a> Body<'a> for ActiveSubscriptionIpv4<'a> {
    fn read(mut from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        let start = from;
        let &[protocol] = from.take()?;
        let group = |from: &mut Cursor<'a, '_>| {
            from.judge_len(4, false)?;
            Addr4::read(from)
        };
        match protocol {
            IGMPV3 => {
                let at = from;
                let mut record = records(&mut from, 1, IGMP_RECORD)?.iter();
                record.next().map(Self::Igmpv3).ok_or_else(|| at.fault(Field::Record, IGMP_RECORD, 0))
            }
            IGMPV2 => group(&mut from).map(Self::Igmpv2),
            IGMPV1 => group(&mut from).map(Self::Igmpv1),
            _ => Err(start.fault(Field::Type, IGMPV3.into(), protocol.into())),
        }
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        match self {
            Self::Igmpv3(record) => {
                out.put(&[IGMPV3]);
                return record.write(out, &Dialect::DEFAULT);
            }
            Self::Igmpv2(group) => {
                out.put(&[IGMPV2]);
                out.put(&group.0);
            }
            Self::Igmpv1(group) => {
                out.put(&[IGMPV1]);
                out.put(&group.0);
            }
        }
        Ok(())
    }

    fn show(&self, visit: &mut Visit<'_>) {
        match self {
            Self::Igmpv3(record) => {
                let record = core::slice::from_ref(record);
                visit("igmp_records", Value::IgmpRecords(List::new(record, &Dialect::DEFAULT)));
            }
            Self::Igmpv2(group) => visit("igmpv2_group", Value::Ipv4(group.ip())),
            Self::Igmpv1(group) => visit("igmpv1_group", Value::Ipv4(group.ip())),
        }
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        for (name, protocol) in [("igmpv2_group", IGMPV2), ("igmpv1_group", IGMPV1)] {
            if from.has(name) {
                out.put(&[protocol]);
                return <Addr4 as Part<'_>>::build(name, from, out);
            }
        }
        out.put(&[IGMPV3]);
        let mut written = Ok(());
        from.igmp_records("igmp_records", Size::Exactly(1), &mut |records| written = records.write(out))?;
        written.map_err(|why| from.refuse("igmp_records", why))
    }
}

/// The records of a report, and of which family they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReportPayload<'a> {
    /// Of an MLDv2 Report.
    Mld(Row<'a, mld::Record<'a>>),
    /// Of an IGMPv3 Report.
    Igmp(Row<'a, igmp::Record<'a>>),
}

/// Multicast Mobility (60, RFC 7411 5.3): what a node listens to. It has room for 1,020 octets of payload, four of them
/// before the records: 50 records without sources, or one of 62 sources.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MulticastMobility<'a> {
    /// The node speaks an older version: MLDv1, or IGMPv2.
    pub older: bool,
    /// The records.
    pub payload: ReportPayload<'a>,
}

/// Option-Code by family, and what is added to it for an older version.
const CODE_IGMP: u8 = 1;
const CODE_MLD: u8 = 2;
const OLDER: u8 = 2;

impl<'a> Body<'a> for MulticastMobility<'a> {
    fn read(mut from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        from.judge_len(6, true)?;
        let start = from;
        let &[code, _, _, _, high, low] = from.take()?;
        let count = u16::from_be_bytes([high, low]);
        let older = code > OLDER;
        let payload = match if older { code.wrapping_sub(OLDER) } else { code } {
            CODE_IGMP => ReportPayload::Igmp(records(&mut from, count, IGMP_RECORD)?),
            CODE_MLD => ReportPayload::Mld(records(&mut from, count, RECORD)?),
            _ => return Err(start.fault(Field::Type, CODE_MLD.into(), code.into())),
        };
        Ok(Self { older, payload })
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let older = if self.older { OLDER } else { 0 };
        match self.payload {
            ReportPayload::Mld(records) => {
                out.put(&[CODE_MLD.saturating_add(older), 0, 0, 0]);
                write_counted(records, out)
            }
            ReportPayload::Igmp(records) => {
                out.put(&[CODE_IGMP.saturating_add(older), 0, 0, 0]);
                write_counted(records, out)
            }
        }
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("older", Value::Bool(self.older));
        match self.payload {
            ReportPayload::Mld(records) => visit("records", Value::Records(records.list(&Dialect::DEFAULT))),
            ReportPayload::Igmp(records) => {
                visit("igmp_records", Value::IgmpRecords(records.list(&Dialect::DEFAULT)));
            }
        }
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let older = if from.bool("older")? { OLDER } else { 0 };
        if from.has("igmp_records") {
            out.put(&[CODE_IGMP.saturating_add(older), 0, 0, 0]);
            return build_igmp_records(from, out);
        }
        out.put(&[CODE_MLD.saturating_add(older), 0, 0, 0]);
        build_records(from, out)
    }
}

code! {
    /// Why multicast state was refused (RFC 7411 5.4).
    MulticastAckStatus(u8) {
        /// Report payload type unsupported.
        PAYLOAD_UNSUPPORTED = 1,
        /// Requested group service unsupported.
        SERVICE_UNSUPPORTED = 2,
        /// Requested group service administratively prohibited.
        SERVICE_PROHIBITED = 3,
    }
}

body! {
    /// Multicast Acknowledgement (61, RFC 7411 5.4): state that could not be transferred.
    ///
    /// It does not say of which family its records are: that of the [`MulticastMobility`] that it answers.
    MulticastAcknowledgement<'a> {
        /// Status.
        [1] status: MulticastAckStatus,
        /// How many records.
        [2] count: u16,
        /// The records, in whole 32-bit words; none with status 1.
        records: &'a [u8] as Words,
    }
}
