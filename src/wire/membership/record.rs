//! Multicast address records (RFC 3810 5.2.4), group records (RFC 3376 4.2.4).

use super::Family;
use crate::wire::code::code;
use crate::wire::error::{EncodeError, Field};
use crate::wire::out::Out;
use crate::wire::read::{Read, chunk, octets, short};
use crate::wire::{Dialect, Item};

/// One record of a Report: what somebody wants of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a, A: Family> {
    /// Record type.
    pub kind: RecordType,
    /// The group.
    pub group: A,
    /// Sources; at most 65,535 can be written.
    pub sources: &'a [A::Octets],
    /// Auxiliary data, whole 32-bit words, at most 255. Never sent (RFC 3810 5.2.10, RFC 3376 4.2.10).
    pub aux: &'a [[u8; 4]],
}

impl<A: Family> Record<'_, A> {
    /// Octets of a record before its sources.
    pub const HEAD_LEN: usize = TYPE_LEN.saturating_add(A::LEN);

    /// Whether the addresses can be: a multicast group and unicast sources.
    ///
    /// # Errors
    /// What is wrong.
    #[inline]
    pub fn judge(&self) -> Result<(), Fault> {
        judge_group(self.group).and_then(|()| judge_sources::<A>(self.sources))
    }

    /// Octets that the record takes in a message.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        Self::HEAD_LEN
            .saturating_add(A::flat(self.sources).len())
            .saturating_add(self.aux.as_flattened().len())
    }
}

code! {
    /// Record type (RFC 3810 5.2.12, RFC 3376 4.2.12). The types of MLD Hold are local: see [`crate::wire::HoldTypes`].
    RecordType(u8) {
        /// MODE_IS_INCLUDE.
        IS_IN = 1,
        /// MODE_IS_EXCLUDE.
        IS_EX = 2,
        /// CHANGE_TO_INCLUDE_MODE.
        TO_IN = 3,
        /// CHANGE_TO_EXCLUDE_MODE.
        TO_EX = 4,
        /// ALLOW_NEW_SOURCES.
        ALLOW = 5,
        /// BLOCK_OLD_SOURCES.
        BLOCK = 6,
    }
}

/// What is wrong with the addresses of a message or record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The group is no multicast address.
    #[error("the group is no multicast address")]
    GroupNotMulticast,
    /// A source is no unicast address.
    #[error("source {index} is no unicast address")]
    SourceNotUnicast {
        /// Which one, from 0.
        index: u16,
    },
}

#[inline]
pub(in crate::wire) fn judge_group<A: Family>(group: A) -> Result<(), Fault> {
    if group.is_multicast() { Ok(()) } else { Err(Fault::GroupNotMulticast) }
}

#[inline]
pub(super) fn judge_sources<A: Family>(sources: &[A::Octets]) -> Result<(), Fault> {
    // Where one looks odd it is found out which, and whether it is.
    if sources.iter().all(A::is_plainly_unicast) { Ok(()) } else { judge_each::<A>(sources) }
}

#[cold]
fn judge_each<A: Family>(sources: &[A::Octets]) -> Result<(), Fault> {
    match sources.iter().position(|&source| !A::from_octets(source).is_unicast()) {
        None => Ok(()),
        Some(index) => Err(Fault::SourceNotUnicast { index: u16::try_from(index).unwrap_or(u16::MAX) }),
    }
}

/// Octets of a record before its group.
const TYPE_LEN: usize = 4;

/// From so many octets on, a call for the run of them takes less time than they do.
const MANY: usize = 256;

#[inline(always)]
fn write_sources(out: &mut impl Out, octets: &[u8]) {
    if octets.len() >= MANY {
        out.bytes(octets);
        return;
    }
    let (runs, rest) = octets.as_chunks::<64>();
    for run in runs {
        out.put(run);
    }
    let (runs, rest) = rest.as_chunks::<16>();
    for run in runs {
        out.put(run);
    }
    for run in rest.as_chunks::<4>().0 {
        out.put(run);
    }
}

/// Reads one record. Always inlined: behind a call its parts would travel through memory.
#[inline(always)]
pub(super) fn record<A: Family>(input: &[u8]) -> Read<'_, Record<'_, A>> {
    let (rest, &[kind, aux, high, low]) = chunk::<TYPE_LEN>(A::LAYER, Field::RecordHeader, input)?;
    let Some((group, rest)) = A::split(rest) else {
        return Err(short(A::LAYER, Field::MulticastAddress, rest, A::LEN));
    };
    let number = usize::from(u16::from_be_bytes([high, low]));
    let (rest, sources) = octets(A::LAYER, Field::Sources, number.saturating_mul(A::LEN), rest)?;
    let (rest, aux) = octets(A::LAYER, Field::AuxiliaryData, usize::from(aux).saturating_mul(4), rest)?;
    let record = Record { kind: RecordType(kind), group, sources: A::rows(sources), aux: aux.as_chunks().0 };
    Ok((rest, record))
}

impl<'a, A: Family> Item<'a> for Record<'a, A> {
    #[inline]
    fn read(octets: &mut &'a [u8], _: &Dialect) -> Option<Self> {
        let (rest, record) = record(octets).ok()?;
        *octets = rest;
        Some(record)
    }

    #[inline(always)]
    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        let Ok(number) = u16::try_from(self.sources.len()) else {
            return Err(EncodeError::TooLong { field: Field::NumberOfSources, max: usize::from(u16::MAX) });
        };
        let Ok(aux) = u8::try_from(self.aux.len()) else {
            return Err(EncodeError::TooLong { field: Field::AuxiliaryData, max: usize::from(u8::MAX) });
        };
        let [high, low] = number.to_be_bytes();
        out.put(&[self.kind.0, aux, high, low]);
        self.group.put(out);
        write_sources(out, A::flat(self.sources));
        out.bytes(self.aux.as_flattened());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::out::Count;
    use crate::wire::{Addr, Addr4};

    const RECORD: Record<'_, Addr> = Record {
        kind: RecordType::ALLOW,
        group: Addr([0xff; 16]),
        sources: &[[0x20; 16]; 3],
        aux: &[[1; 4]; 2],
    };

    #[test]
    fn the_addresses_of_a_record_are_judged() {
        assert_eq!(RECORD.judge(), Ok(()));
        assert_eq!(Record { group: Addr([0x20; 16]), ..RECORD }.judge(), Err(Fault::GroupNotMulticast));
        for bad in [[0xff; 16], [0; 16]] {
            let sources = [[0x20; 16], bad, [0x20; 16]];
            let record = Record { sources: &sources, ..RECORD };
            assert_eq!(record.judge(), Err(Fault::SourceNotUnicast { index: 1 }));
        }
    }

    #[test]
    fn what_no_length_field_can_say_is_refused() {
        let write = |record: Record<'_, Addr>| record.write(&mut Count(0), &Dialect::DEFAULT);
        let (sources, aux) = (vec![[0x20; 16]; 65_536], [[0; 4]; 256]);
        assert_eq!(
            write(Record { sources: &sources, ..RECORD }),
            Err(EncodeError::TooLong { field: Field::NumberOfSources, max: 65_535 })
        );
        assert_eq!(
            write(Record { aux: &aux, ..RECORD }),
            Err(EncodeError::TooLong { field: Field::AuxiliaryData, max: 255 })
        );
        assert_eq!(write(Record { sources: &sources[1..], aux: &aux[1..], ..RECORD }), Ok(()));
    }

    #[test]
    fn the_length_of_a_record_is_what_it_writes() {
        let mut count = Count(0);
        RECORD.write(&mut count, &Dialect::DEFAULT).unwrap();
        assert_eq!(RECORD.encoded_len(), count.0);
        let record =
            Record { kind: RecordType::ALLOW, group: Addr4([232; 4]), sources: &[[10; 4]; 3], aux: &[] };
        let mut count = Count(0);
        record.write(&mut count, &Dialect::DEFAULT).unwrap();
        assert_eq!((record.encoded_len(), count.0), (20, 20));
    }

    #[test]
    fn the_addresses_of_a_group_record_are_judged() {
        let record =
            Record { kind: RecordType::ALLOW, group: Addr4([232; 4]), sources: &[[10; 4]; 2], aux: &[] };
        assert_eq!(record.judge(), Ok(()));
        assert_eq!(Record { group: Addr4([10; 4]), ..record }.judge(), Err(Fault::GroupNotMulticast));
        for bad in [[255; 4], [0; 4], [232; 4]] {
            let sources = [[10; 4], bad];
            let record = Record { sources: &sources, ..record };
            assert_eq!(record.judge(), Err(Fault::SourceNotUnicast { index: 1 }));
        }
    }

    #[test]
    fn record_types_show_their_names() {
        assert_eq!(format!("{:?} {:?}", RecordType::TO_EX, RecordType(0x81)), "TO_EX 129");
    }
}
