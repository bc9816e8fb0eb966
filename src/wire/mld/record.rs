//! Multicast address records (RFC 3810 5.2.4).

use crate::wire::code::code;
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::out::Out;
use crate::wire::read::{Read, chunk, octets};
use crate::wire::{Addr, Dialect, Item};

/// One multicast address record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Record type.
    pub kind: RecordType,
    /// The group.
    pub group: Addr,
    /// Sources; at most 65,535 can be written.
    pub sources: &'a [[u8; 16]],
    /// Auxiliary data, whole 32-bit words, at most 255. Never sent by MLDv2 (RFC 3810 5.2.11).
    pub aux: &'a [[u8; 4]],
}

impl Record<'_> {
    /// Whether the addresses can be: a multicast group and unicast sources.
    ///
    /// # Errors
    /// What is wrong.
    #[inline]
    pub fn judge(&self) -> Result<(), Fault> {
        judge_group(self.group).and_then(|()| judge_sources(self.sources))
    }

    /// Octets that the record takes in a message.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        HEAD_LEN
            .saturating_add(self.sources.as_flattened().len())
            .saturating_add(self.aux.as_flattened().len())
    }
}

code! {
    /// Record type (RFC 3810 5.2.12). The types of MLD Hold are local: see [`crate::wire::HoldTypes`].
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
pub(super) const fn judge_group(group: Addr) -> Result<(), Fault> {
    if group.is_multicast() { Ok(()) } else { Err(Fault::GroupNotMulticast) }
}

#[inline]
pub(super) fn judge_sources(sources: &[[u8; 16]]) -> Result<(), Fault> {
    // Where one looks odd it is found out which, and whether it is.
    if sources.iter().all(is_plainly_unicast) { Ok(()) } else { judge_each(sources) }
}

/// Neither multicast nor with eight zeros in front: true of nearly every address of a node, and cheap to ask.
#[inline]
fn is_plainly_unicast(source: &[u8; 16]) -> bool {
    let ([head, _], _) = source.as_chunks::<8>() else { return false };
    // The first octet in front, one less: zero wraps to the most, and a multicast address is more than any other.
    let word = u64::from_le_bytes(*head).rotate_right(8).wrapping_sub(1);
    word < (0xff << 56) - 1
}

#[cold]
fn judge_each(sources: &[[u8; 16]]) -> Result<(), Fault> {
    match sources.iter().position(|&source| !Addr(source).is_unicast()) {
        None => Ok(()),
        Some(index) => Err(Fault::SourceNotUnicast { index: u16::try_from(index).unwrap_or(u16::MAX) }),
    }
}

/// Octets of a record before its sources.
const HEAD_LEN: usize = 20;

/// Up to so many sources, a call for the run of them takes longer than the octets do.
const FEW: usize = 15;

#[inline(always)]
fn write_sources(out: &mut impl Out, sources: &[[u8; 16]]) {
    let octets = sources.as_flattened();
    if sources.len() > FEW {
        out.bytes(octets);
        return;
    }
    let (fours, rest) = octets.as_chunks::<64>();
    for four in fours {
        out.put(four);
    }
    for one in rest.as_chunks::<16>().0 {
        out.put(one);
    }
}

/// Reads one record. Always inlined: behind a call its parts would travel through memory.
#[inline(always)]
pub(super) fn record(input: &[u8]) -> Read<'_, Record<'_>> {
    let (rest, &[kind, aux, high, low]) = chunk(Layer::Mld, Field::RecordHeader, input)?;
    let (rest, group) = chunk(Layer::Mld, Field::MulticastAddress, rest)?;
    let number = usize::from(u16::from_be_bytes([high, low]));
    let (rest, sources) = octets(Layer::Mld, Field::Sources, number.saturating_mul(16), rest)?;
    let (rest, aux) = octets(Layer::Mld, Field::AuxiliaryData, usize::from(aux).saturating_mul(4), rest)?;
    let record = Record {
        kind: RecordType(kind),
        group: Addr(*group),
        sources: sources.as_chunks().0,
        aux: aux.as_chunks().0,
    };
    Ok((rest, record))
}

impl<'a> Item<'a> for Record<'a> {
    #[inline]
    fn read(octets: &'a [u8], _: &Dialect) -> Option<(Self, &'a [u8])> {
        let (rest, record) = record(octets).ok()?;
        Some((record, rest))
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
        out.put(&self.group.0);
        write_sources(out, self.sources);
        out.bytes(self.aux.as_flattened());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::out::Count;

    const RECORD: Record<'_> = Record {
        kind: RecordType::ALLOW,
        group: Addr([0xff; 16]),
        sources: &[[0x20; 16]; 3],
        aux: &[[1; 4]; 2],
    };

    #[test]
    fn the_addresses_of_a_record_are_judged() {
        assert_eq!(RECORD.judge(), Ok(()));
        assert_eq!(Record { group: Addr([0x20; 16]), ..RECORD }.judge(), Err(Fault::GroupNotMulticast));
        let mut loopback = [0; 16];
        loopback[15] = 1;
        for at in 0..11 {
            for bad in [[0xff; 16], [0; 16]] {
                let mut sources = [[0x20; 16]; 11];
                sources[10 - at] = loopback;
                sources[at] = bad;
                let record = Record { sources: &sources, ..RECORD };
                assert_eq!(record.judge(), Err(Fault::SourceNotUnicast { index: at.try_into().unwrap() }));
                sources[at] = loopback;
                assert_eq!(Record { sources: &sources, ..RECORD }.judge(), Ok(()));
            }
        }
    }

    #[test]
    fn what_no_length_field_can_say_is_refused() {
        let write = |record: Record<'_>| record.write(&mut Count(0), &Dialect::DEFAULT);
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
    }

    #[test]
    fn record_types_show_their_names() {
        assert_eq!(format!("{:?} {:?}", RecordType::TO_EX, RecordType(0x81)), "TO_EX 129");
    }
}
