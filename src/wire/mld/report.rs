//! Reports and Done.

use core::iter::FusedIterator;

use super::record::{Fault, Record, judge_group, record};
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::out::{Encode, Out};
use crate::wire::read::{self, Read, chunk, lift};
use crate::wire::{Addr, Dialect, List};

/// ICMPv6 types.
pub(super) const REPORT_V1: u8 = 131;
pub(super) const DONE: u8 = 132;
pub(super) const REPORT: u8 = 143;

/// Version 2 Report (RFC 3810 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report<'a> {
    /// The records, in order; at most 65,535 can be written.
    pub records: List<'a, Record<'a>>,
}

impl<'a> Report<'a> {
    /// Octets of a Report before its records.
    pub const HEAD_LEN: usize = 8;

    /// Reads a Report, from its ICMPv6 type on. Octets after the last record are ignored (RFC 3810 5.2.11).
    ///
    /// # Errors
    /// A record that does not fit makes the whole Report an error; another type.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        match read::of_type(Layer::Mld, octets, &[REPORT]).and_then(|_| report(octets, dialect)) {
            Ok((_, report)) => Ok(report),
            Err(error) => Err(lift(error, octets.len())),
        }
    }

    /// The records of a Report in one pass, each checked as it is reached: the error, if there is one, comes last.
    ///
    /// Faster than [`Report::parse`] and iterating, for those who may act on the records before a bad one. A machine
    /// may not: it drops the whole message.
    ///
    /// ```
    /// use multimob::wire::mld::Report;
    ///
    /// let mut octets = [0; 8 + 20 + 7];
    /// octets[0] = 143;
    /// octets[7] = 2;
    /// let mut records = Report::walk(&octets);
    /// assert!(records.next().unwrap().is_ok());
    /// assert_eq!(records.next().unwrap().unwrap_err().offset, 32);
    /// assert!(records.next().is_none());
    /// ```
    #[inline]
    #[must_use]
    pub fn walk(octets: &'a [u8]) -> Walk<'a> {
        let all = octets.len();
        match read::of_type(Layer::Mld, octets, &[REPORT]).and_then(|_| head(octets)) {
            Ok((rest, number)) => Walk { rest, left: number, all, error: None },
            Err(error) => Walk { rest: &[], left: 0, all, error: Some(lift(error, all)) },
        }
    }
}

/// The records of a Report, one by one: see [`Report::walk`].
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    rest: &'a [u8],
    left: u16,
    all: usize,
    /// What was wrong with the head of the Report.
    error: Option<DecodeError>,
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<Record<'a>, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Some(left) = self.left.checked_sub(1) else {
            return self.error.take().map(Err);
        };
        match record(self.rest) {
            Ok((rest, record)) => {
                (self.rest, self.left) = (rest, left);
                Some(Ok(record))
            }
            Err(error) => {
                self.left = 0;
                Some(Err(lift(error, self.all)))
            }
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let most = usize::from(self.left).saturating_add(usize::from(self.error.is_some()));
        (usize::from(most > 0), Some(most))
    }
}

impl FusedIterator for Walk<'_> {}

/// Version 1 Report (RFC 2710 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportV1 {
    /// The group.
    pub group: Addr,
}

/// Version 1 Done (RFC 2710 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The group.
    pub group: Addr,
}

macro_rules! version_1 {
    ($name:ident, $kind:ident) => {
        impl $name {
            /// Reads one, from its ICMPv6 type on. Octets after the group are ignored (RFC 2710 3.7).
            ///
            /// # Errors
            /// Shorter than 24 octets; another type.
            pub fn parse(octets: &[u8], _: &Dialect) -> Result<Self, DecodeError> {
                match read::of_type(Layer::Mld, octets, &[$kind]).and_then(|_| group(octets)) {
                    Ok((_, group)) => Ok(Self { group }),
                    Err(error) => Err(lift(error, octets.len())),
                }
            }

            /// Whether the group is a multicast address.
            ///
            /// # Errors
            /// What is wrong.
            pub fn judge(&self) -> Result<(), Fault> {
                judge_group(self.group)
            }
        }

        impl Encode for $name {
            const CHECKSUM_AT: Option<usize> = Some(2);

            #[inline]
            fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
                super::write_v1(out, $kind, checksum, 0, self.group);
                Ok(())
            }
        }
    };
}

version_1!(ReportV1, REPORT_V1);
version_1!(Done, DONE);

/// The fixed part of a Report; the number of its records.
#[inline]
fn head(input: &[u8]) -> Read<'_, u16> {
    let (rest, &[_, _, _, _, _, _, high, low]) = chunk(Layer::Mld, Field::Header, input)?;
    Ok((rest, u16::from_be_bytes([high, low])))
}

#[inline]
pub(super) fn report<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, Report<'a>> {
    let (body, number) = head(input)?;
    let mut rest = body;
    for _ in 0..number {
        (rest, _) = record(rest)?;
    }
    let records = body.get(..body.len().saturating_sub(rest.len())).unwrap_or(body);
    Ok((rest, Report { records: List::validated(records, usize::from(number), dialect) }))
}

/// The group of a version 1 message.
#[inline]
pub(super) fn group(input: &[u8]) -> Read<'_, Addr> {
    let (rest, [_, _, _, _, _, _, _, _, group @ ..]) = chunk::<24>(Layer::Mld, Field::Header, input)?;
    Ok((rest, Addr(*group)))
}

impl Encode for Report<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);

    #[inline]
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let Ok(number) = u16::try_from(self.records.len()) else {
            return Err(EncodeError::TooLong { field: Field::Record, max: usize::from(u16::MAX) });
        };
        let [sum_high, sum_low] = checksum.to_be_bytes();
        let [high, low] = number.to_be_bytes();
        out.put(&[REPORT, 0, sum_high, sum_low, 0, 0, high, low]);
        self.records.write(out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::RecordType;
    use super::*;

    fn sample() -> std::vec::Vec<u8> {
        let record =
            |kind| Record { kind, group: Addr([0xff; 16]), sources: &[[0x20; 16]; 2], aux: &[[1; 4]] };
        let records = [record(RecordType::ALLOW), record(RecordType(0x81))];
        let mut octets = std::vec::Vec::new();
        Report { records: List::new(&records, &Dialect::DEFAULT) }.put(&mut octets).unwrap();
        octets
    }

    #[test]
    fn walking_and_parsing_agree_at_every_length() {
        let octets = sample();
        for len in 0..=octets.len() {
            let octets = &octets[..len];
            let walked: Result<std::vec::Vec<_>, _> = Report::walk(octets).collect();
            let parsed =
                Report::parse(octets, &Dialect::DEFAULT).map(|report| report.records.iter().collect());
            assert_eq!(walked, parsed);
        }
    }

    #[test]
    fn a_walk_yields_what_is_good_then_the_error_then_nothing() {
        let octets = sample();
        let mut walk = Report::walk(&octets[..octets.len() - 1]);
        assert_eq!(walk.size_hint(), (1, Some(2)));
        assert!(walk.next().is_some_and(|first| first.is_ok()));
        let error = walk.next().unwrap().unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::AuxiliaryData, 4, 3));
        assert_eq!((walk.next(), walk.next()), (None, None));
    }

    #[test]
    fn octets_after_the_last_record_are_ignored() {
        let mut octets = sample();
        octets.extend([9; 5]);
        let report = Report::parse(&octets, &Dialect::DEFAULT).unwrap();
        assert_eq!(report.records.len(), 2);
        assert_eq!(report.encoded_len(), octets.len() - 5);
        assert_eq!(Report::walk(&octets).count(), 2);
    }

    #[test]
    fn more_records_than_fit_make_the_whole_report_an_error() {
        let mut octets = sample();
        octets[7] = 3;
        let error = Report::parse(&octets, &Dialect::DEFAULT).unwrap_err();
        assert_eq!((error.field, usize::from(error.offset)), (Field::RecordHeader, octets.len()));
        assert_eq!(Report::walk(&octets).filter(Result::is_ok).count(), 2);
    }

    #[test]
    fn a_group_in_a_version_1_message_is_judged() {
        assert_eq!(ReportV1 { group: Addr([0x20; 16]) }.judge(), Err(Fault::GroupNotMulticast));
        assert_eq!(Done { group: Addr([0xff; 16]) }.judge(), Ok(()));
    }

    #[test]
    fn each_type_reads_its_own_messages_only() {
        let octets = sample();
        let error = Done::parse(&octets, &Dialect::DEFAULT).unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::Type, 132, 143));
        assert_eq!(Done::parse(&[], &Dialect::DEFAULT).unwrap_err().field, Field::Header);
    }
}
