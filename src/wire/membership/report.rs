//! Reports with records.

use core::iter::FusedIterator;
use core::marker::PhantomData;

use super::record::{Record, record};
use super::{Extensions, Family};
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::out::{Encode, Out};
use crate::wire::read::{self, Read, chunk, lift};
use crate::wire::{Dialect, List};

/// Version 2 Report of MLD (RFC 3810 5.2), version 3 Report of IGMP (RFC 3376 4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report<'a, A: Family> {
    /// The records, in order; at most 65,535 can be written.
    pub records: List<'a, Record<'a, A>>,
    /// What follows the records.
    pub extensions: Extensions<'a>,
}

impl<'a, A: Family> Report<'a, A> {
    /// Octets of a Report before its records.
    pub const HEAD_LEN: usize = 8;

    /// A Report without extensions.
    #[must_use]
    pub const fn new(records: List<'a, Record<'a, A>>) -> Self {
        Self { records, extensions: Extensions::NONE }
    }

    /// Reads a Report, from its type on. Octets after the last record are ignored (RFC 3810 5.2.11, RFC 3376 4.2.11),
    /// unless they are extensions.
    ///
    /// # Errors
    /// A record that does not fit makes the whole Report an error; another type.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        match read::of_type(A::LAYER, octets, &[A::REPORT]).and_then(|_| report(octets, dialect)) {
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
    pub fn walk(octets: &'a [u8]) -> Walk<'a, A> {
        let all = octets.len();
        match read::of_type(A::LAYER, octets, &[A::REPORT]).and_then(|_| head::<A>(octets)) {
            Ok((rest, (_, number))) => Walk { rest, left: number, all, error: None, family: PhantomData },
            Err(error) => {
                Walk { rest: &[], left: 0, all, error: Some(lift(error, all)), family: PhantomData }
            }
        }
    }
}

/// The records of a Report, one by one: see [`Report::walk`].
#[derive(Clone, Debug)]
pub struct Walk<'a, A> {
    rest: &'a [u8],
    left: u16,
    all: usize,
    /// What was wrong with the head of the Report.
    error: Option<DecodeError>,
    family: PhantomData<A>,
}

impl<'a, A: Family> Iterator for Walk<'a, A> {
    type Item = Result<Record<'a, A>, DecodeError>;

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

impl<A: Family> FusedIterator for Walk<'_, A> {}

/// E flag: extensions follow (RFC 9279 3.2, 3.4).
const EXTENDED: u8 = 0x80;

/// The fixed part of a Report: its flags, the number of its records.
#[inline]
fn head<A: Family>(input: &[u8]) -> Read<'_, (u8, u16)> {
    let (rest, &[_, _, _, _, flags, _, high, low]) = chunk(A::LAYER, Field::Header, input)?;
    Ok((rest, (flags, u16::from_be_bytes([high, low]))))
}

#[inline]
pub(in crate::wire) fn report<'a, A: Family>(input: &'a [u8], dialect: &Dialect) -> Read<'a, Report<'a, A>> {
    let (body, (flags, number)) = head::<A>(input)?;
    let mut rest = body;
    for _ in 0..number {
        (rest, _) = record::<A>(rest)?;
    }
    let records = body.get(..body.len().saturating_sub(rest.len())).unwrap_or(body);
    let extensions = if flags & EXTENDED == 0 { Extensions::NONE } else { Extensions::received(rest) };
    Ok((rest, Report { records: List::validated(records, usize::from(number), dialect), extensions }))
}

impl<A: Family> Encode for Report<'_, A> {
    const CHECKSUM_AT: Option<usize> = Some(2);
    const SUMMED_ON_THE_WAY: usize = 256;

    #[inline]
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let Ok(number) = u16::try_from(self.records.len()) else {
            return Err(EncodeError::TooLong { field: Field::Record, max: usize::from(u16::MAX) });
        };
        let [sum_high, sum_low] = checksum.to_be_bytes();
        let [high, low] = number.to_be_bytes();
        let flags = if self.extensions.is_empty() { 0 } else { EXTENDED };
        out.put(&[A::REPORT, 0, sum_high, sum_low, flags, 0, high, low]);
        self.records.write(out)?;
        out.bytes(self.extensions.octets());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::RecordType;
    use super::*;
    use crate::wire::Addr;
    use crate::wire::mld::Report;

    const DIALECT: Dialect = Dialect::DEFAULT;

    fn sample() -> std::vec::Vec<u8> {
        let record =
            |kind| Record { kind, group: Addr([0xff; 16]), sources: &[[0x20; 16]; 2], aux: &[[1; 4]] };
        let records = [record(RecordType::ALLOW), record(RecordType(0x81))];
        let mut octets = std::vec::Vec::new();
        Report::new(List::new(&records, &DIALECT)).put(&mut octets).unwrap();
        octets
    }

    #[test]
    fn walking_and_parsing_agree_at_every_length() {
        let octets = sample();
        for len in 0..=octets.len() {
            let octets = &octets[..len];
            let walked: Result<std::vec::Vec<_>, _> = Report::walk(octets).collect();
            let parsed = Report::parse(octets, &DIALECT).map(|report| report.records.iter().collect());
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
        let report = Report::parse(&octets, &DIALECT).unwrap();
        assert_eq!(report.records.len(), 2);
        assert_eq!(report.encoded_len(), octets.len() - 5);
        assert_eq!(Report::walk(&octets).count(), 2);
    }

    #[test]
    fn more_records_than_fit_make_the_whole_report_an_error() {
        let mut octets = sample();
        octets[7] = 3;
        let error = Report::parse(&octets, &DIALECT).unwrap_err();
        assert_eq!((error.field, usize::from(error.offset)), (Field::RecordHeader, octets.len()));
        assert_eq!(Report::walk(&octets).filter(Result::is_ok).count(), 2);
    }

    #[test]
    fn rfc9279_5_what_is_no_row_of_extensions_is_ignored() {
        let mut octets = sample();
        octets[4] = 0x80;
        let parse =
            |octets: &[u8]| Report::parse(octets, &DIALECT).map(|report| report.extensions.octets().len());
        assert_eq!(parse(&octets), Ok(0), "none at all");
        octets.extend([0, 0, 0, 2, 7, 7]);
        assert_eq!(parse(&octets), Ok(6));
        let report = Report::parse(&octets, &DIALECT).unwrap();
        assert_eq!(report.to_vec().unwrap(), octets);
        assert_eq!(Report::walk(&octets).count(), 2);
        for extra in [&[0][..], &[0, 0, 0, 1]] {
            assert_eq!(parse(&[&octets, extra].concat()), Ok(0));
        }
        octets[4] = 0x7f;
        assert_eq!(parse(&octets), Ok(0), "without E flag");
    }
}
