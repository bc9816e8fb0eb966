//! Queries with sources.

use super::record::{Fault, judge_group, judge_sources};
use super::{Extensions, Family, Qqic, ResponseCode};
use crate::wire::Dialect;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::out::{Encode, Out};
use crate::wire::read::{self, Read, lift, octets, short, wrong};

/// Version 2 Query of MLD (RFC 3810 5.1), version 3 Query of IGMP (RFC 3376 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<'a, A: Family> {
    /// Maximum Response Code.
    pub max_response: A::MaxResponseCode,
    /// The group; unspecified in a General Query.
    pub group: A,
    /// S flag: suppress router-side processing.
    pub suppress: bool,
    /// Querier's Robustness Variable, 0 to 7. A larger one is written as 0, "not said" (RFC 3810 5.1.8, RFC 3376 4.1.6).
    pub robustness: u8,
    /// Querier's Query Interval Code.
    pub interval: Qqic,
    /// Sources; empty unless group-and-source-specific.
    pub sources: &'a [A::Octets],
    /// What follows the sources.
    pub extensions: Extensions<'a>,
}

impl<'a, A: Family> Query<'a, A> {
    /// A General Query with the defaults of RFC 3810 9 and RFC 3376 8: 10 s to respond, robustness 2, every 125 s.
    #[must_use]
    pub const fn general() -> Self {
        Self {
            max_response: A::MaxResponseCode::DEFAULT,
            group: A::UNSPECIFIED,
            suppress: false,
            robustness: 2,
            interval: Qqic(125),
            sources: &[],
            extensions: Extensions::NONE,
        }
    }

    /// Reads a Query with sources, from its type on. Octets after the last source are ignored (RFC 3810 5.1.12, RFC 3376
    /// 4.1.10), unless they are extensions.
    ///
    /// # Errors
    /// Shorter than 28 octets (IGMP: 12), or than its number of sources says; another type.
    pub fn parse(octets: &'a [u8], _: &Dialect) -> Result<Self, DecodeError> {
        read::of_type(A::LAYER, octets, &[A::QUERY])
            .and_then(|_| query(octets))
            .map_err(|error| lift(error, octets.len()))
            .map(|(_, query)| query)
    }

    /// Whether the addresses can be: no group and no sources, or a multicast group and unicast sources.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge(&self) -> Result<(), Fault> {
        if self.group == A::UNSPECIFIED && self.sources.is_empty() {
            return Ok(());
        }
        judge_group(self.group).and_then(|()| judge_sources::<A>(self.sources))
    }
}

/// E flag: extensions follow (RFC 9279 3.1, 3.3).
const EXTENDED: u8 = 0x80;
/// S flag.
const SUPPRESS: u8 = 0x08;
/// Octets of the fields between group and sources.
const OWN_LEN: usize = 4;

#[inline]
pub(in crate::wire) fn query<A: Family>(input: &[u8]) -> Read<'_, Query<'_, A>> {
    let Some((max_response, group, rest)) = A::split_head(input) else {
        return Err(short(A::LAYER, Field::Header, input, A::HEAD_LEN));
    };
    // What ends between the versions is a Query of none (RFC 3810 8.1, RFC 3376 7.1).
    let Some((&[flags, interval, high, low], rest)) = rest.split_first_chunk() else {
        let needed = A::HEAD_LEN.saturating_add(OWN_LEN);
        return Err(wrong(A::LAYER, Field::Length, input, needed, input.len()));
    };
    let number = usize::from(u16::from_be_bytes([high, low]));
    let (rest, sources) = octets(A::LAYER, Field::Sources, number.saturating_mul(A::LEN), rest)?;
    let extensions = if flags & EXTENDED == 0 { Extensions::NONE } else { Extensions::received(rest) };
    let query = Query {
        max_response,
        group,
        suppress: flags & SUPPRESS != 0,
        robustness: flags & 0x07,
        interval: Qqic(interval),
        sources: A::rows(sources),
        extensions,
    };
    Ok((rest, query))
}

impl<A: Family> Encode for Query<'_, A> {
    const CHECKSUM_AT: Option<usize> = Some(2);

    #[inline]
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let Ok(number) = u16::try_from(self.sources.len()) else {
            return Err(EncodeError::TooLong { field: Field::NumberOfSources, max: usize::from(u16::MAX) });
        };
        let [high, low] = number.to_be_bytes();
        let robustness = if self.robustness > 7 { 0 } else { self.robustness };
        let suppress = if self.suppress { SUPPRESS } else { 0 };
        let extended = if self.extensions.is_empty() { 0 } else { EXTENDED };
        self.group.put_head(out, A::QUERY, checksum, self.max_response);
        out.put(&[extended | suppress | robustness, self.interval.0, high, low]);
        out.bytes(A::flat(self.sources));
        out.bytes(self.extensions.octets());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::mld::{Message, Query};
    use crate::wire::{Addr, igmp};

    const DIALECT: Dialect = Dialect::DEFAULT;

    #[test]
    fn t23_a_robustness_beyond_seven_is_written_as_zero() {
        let mut octets = [0; 28];
        Query { robustness: 8, ..Query::general() }.encode(&mut octets).unwrap();
        assert_eq!(Query::parse(&octets, &DIALECT).unwrap().robustness, 0);
    }

    #[test]
    fn a_length_between_the_versions_is_an_error() {
        let mut octets = [0; 64];
        Query::general().encode(&mut octets).unwrap();
        let parse = |len: usize| Message::parse(&octets[..len], &DIALECT);
        assert!(matches!(parse(24), Ok(Message::QueryV1(_))));
        for len in [25, 26, 27] {
            let error = parse(len).unwrap_err();
            assert_eq!((error.field, error.needed, usize::from(error.have)), (Field::Length, 28, len));
        }
        assert_eq!(parse(28), Ok(Message::Query(Query::general())));
        assert_eq!(parse(64), Ok(Message::Query(Query::general())), "octets after the sources");
        assert_eq!(parse(23).unwrap_err().field, Field::Header);
    }

    #[test]
    fn sources_want_a_group() {
        let sources = [[0x20; 16]];
        let query = Query { sources: &sources, ..Query::general() };
        assert_eq!(query.judge(), Err(Fault::GroupNotMulticast));
        assert_eq!(Query { group: Addr([0xff; 16]), ..query }.judge(), Ok(()));
        assert_eq!(Query::general().judge(), Ok(()));
    }

    #[test]
    fn rfc3376_4_1_6_a_robustness_beyond_seven_is_written_as_zero() {
        let mut octets = [0; 12];
        igmp::Query { robustness: 8, ..igmp::Query::general() }.encode(&mut octets).unwrap();
        assert_eq!(igmp::Query::parse(&octets, &DIALECT).unwrap().robustness, 0);
    }

    #[test]
    fn rfc9279_5_what_is_no_row_of_extensions_is_ignored() {
        let sources = [[0x20; 16]];
        let query = Query { group: Addr([0xff; 16]), sources: &sources, suppress: true, ..Query::general() };
        let mut octets = query.to_vec().unwrap();
        octets[24] |= 0x80;
        assert_eq!(Query::parse(&octets, &DIALECT), Ok(query), "none at all");
        octets.extend([0, 0, 0, 2, 7, 7]);
        let extended = Query::parse(&octets, &DIALECT).unwrap();
        assert_eq!(extended, Query { extensions: Extensions::new(&[0, 0, 0, 2, 7, 7]).unwrap(), ..query });
        assert_eq!(extended.to_vec().unwrap(), octets);
        for extra in [&[0][..], &[0, 0, 0, 1]] {
            assert_eq!(Query::parse(&[&octets, extra].concat(), &DIALECT), Ok(query));
        }
        octets[24] &= 0x7f;
        assert_eq!(Query::parse(&octets, &DIALECT), Ok(query), "without E flag");
    }
}
