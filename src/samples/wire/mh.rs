//! The Mobility Header.

use alloc::vec::Vec;

use arbitrary::{Error, Result, Unstructured};

use super::membership;
use super::{Sample, Visit};
use crate::samples::draw::{exactly, many, octets};
use crate::samples::world;
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::mh::{
    AckFlags, BindingAck, BindingUpdate, Meaning, Message, Mh, MobilityOption, Status, UpdateFlags,
};
use crate::wire::mld::Record;
use crate::wire::{Addr, Dialect, List};

type RecordParts = membership::Parts<Addr>;

impl Sample for Mh {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        match u.int_in_range(0..=6)? {
            kind @ 0..=5 => {
                let (sequence, lifetime, status) = (u.arbitrary()?, u.arbitrary()?, status(u)?);
                let flags = flags(u, dialect)?;
                let parts = many(u, 7, Parts::draw)?;
                let records: Vec<Vec<Record<'_>>> = parts.iter().map(Parts::records).collect();
                let options: Vec<MobilityOption<'_>> = parts
                    .iter()
                    .zip(&records)
                    .map(|(part, records)| part.option(records, dialect))
                    .collect::<Result<_>>()?;
                let options = List::new(&options, dialect);
                visit(if kind < 3 {
                    let flags = flags.0;
                    Message::BindingUpdate(BindingUpdate { sequence, flags, lifetime, options })
                } else {
                    let flags = flags.1;
                    Message::BindingAck(BindingAck { status, flags, sequence, lifetime, options })
                });
            }
            _ => {
                let kind = match u.arbitrary()? {
                    // Those have types of their own.
                    5 | 6 => 7,
                    kind => kind,
                };
                let words = u.int_in_range(0..=7usize)?;
                let data = exactly(u, words.saturating_mul(8).saturating_add(2))?;
                visit(Message::other(kind, &data).ok_or(Error::IncorrectFormat)?);
            }
        }
        Ok(())
    }
}

fn status(u: &mut Unstructured<'_>) -> Result<Status> {
    Ok(if u.arbitrary()? { Status(u.arbitrary()?) } else { Status::ACCEPTED })
}

/// Flags of an update and an acknowledgement that mean the same, or any.
fn flags(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<(UpdateFlags, AckFlags)> {
    let meaning = match u.int_in_range(0..=5)? {
        0 => Meaning::Proxy,
        1 => Meaning::ProxyMulticast,
        2 => Meaning::ProxyQuery,
        3 => Meaning::Binding,
        _ => {
            let (update, ack) = u.arbitrary()?;
            return Ok((UpdateFlags::from_bits_retain(update), AckFlags::from_bits_retain(ack)));
        }
    };
    Ok((BindingUpdate::flags_for(meaning, dialect), BindingAck::flags_for(meaning, dialect)))
}

/// What an option is built from.
enum Parts {
    MnIdentifier(u8, Vec<u8>),
    HomeNetworkPrefix(u8, Addr),
    HandoffIndicator(u8),
    AccessTechnology(u8),
    LinkLayerId(Vec<u8>),
    LinkLocalAddress(Addr),
    Timestamp(u64),
    MulticastState(Vec<RecordParts>),
    CareOfAddress(Addr),
    QueriedHomeAddress(Addr),
    /// Any type with any body: known, malformed or unknown.
    Other(u8, Vec<u8>),
}

/// Octets of the records in one Multicast State option.
const RECORDS: usize = 247;

impl Parts {
    fn draw(u: &mut Unstructured<'_>) -> Result<Self> {
        Ok(match u.int_in_range(0..=13)? {
            0 => Self::MnIdentifier(u.int_in_range(0..=3)?, octets(u, 254)?),
            1 => Self::HomeNetworkPrefix(u.int_in_range(0..=128)?, world::source(u)?.into()),
            2 => Self::HandoffIndicator(u.arbitrary()?),
            3 => Self::AccessTechnology(u.arbitrary()?),
            4 => Self::LinkLayerId(octets(u, 20)?),
            5 => Self::LinkLocalAddress(world::neighbour(u)?.into()),
            6 => Self::Timestamp(u.arbitrary()?),
            7..=8 => Self::MulticastState(records(u)?),
            9 => Self::CareOfAddress(world::source(u)?.into()),
            10 => Self::QueriedHomeAddress(world::source(u)?.into()),
            11 => Self::Other(143, octets(u, 30)?),
            _ => other(u)?,
        })
    }

    fn records(&self) -> Vec<Record<'_>> {
        match self {
            Self::MulticastState(parts) => parts.iter().map(RecordParts::record).collect(),
            _ => Vec::new(),
        }
    }

    fn option<'a>(&'a self, records: &'a [Record<'a>], dialect: &Dialect) -> Result<MobilityOption<'a>> {
        Ok(match self {
            Self::MnIdentifier(subtype, id) => MobilityOption::MnIdentifier { subtype: *subtype, id },
            &Self::HomeNetworkPrefix(len, prefix) => MobilityOption::HomeNetworkPrefix { len, prefix },
            &Self::HandoffIndicator(code) => MobilityOption::HandoffIndicator(HandoffIndicator(code)),
            &Self::AccessTechnology(code) => MobilityOption::AccessTechnology(AccessTechnology(code)),
            Self::LinkLayerId(id) => MobilityOption::LinkLayerId(id),
            &Self::LinkLocalAddress(address) => MobilityOption::LinkLocalAddress(address),
            &Self::Timestamp(stamp) => MobilityOption::Timestamp(stamp),
            Self::MulticastState(_) => MobilityOption::MulticastState(List::new(records, dialect)),
            &Self::CareOfAddress(address) => MobilityOption::CareOfAddress(address),
            &Self::QueriedHomeAddress(address) => MobilityOption::QueriedHomeAddress(address),
            Self::Other(kind, body) => {
                MobilityOption::other(*kind, body, dialect).ok_or(Error::IncorrectFormat)?
            }
        })
    }
}

/// Up to three records that fit in one option.
fn records(u: &mut Unstructured<'_>) -> Result<Vec<RecordParts>> {
    let mut records = many(u, 3, RecordParts::draw)?;
    let len =
        |records: &[RecordParts]| records.iter().map(|parts| parts.record().encoded_len()).sum::<usize>();
    while len(&records) > RECORDS {
        records.pop();
    }
    Ok(records)
}

fn other(u: &mut Unstructured<'_>) -> Result<Parts> {
    // 0 and 1 are padding.
    let (kind, mut body) = (u.int_in_range(2..=255)?, octets(u, 40)?);
    if matches!(kind, 60 | 61) {
        // Their length counts words of 32 bits behind two octets (RFC 7411 5).
        let rest = body.len().saturating_sub(2).next_multiple_of(4);
        body.resize(rest.saturating_add(2), 0);
    }
    Ok(Parts::Other(kind, body))
}
