//! Queries.

use nom::Parser;

use super::record::{Fault, judge_group, judge_sources};
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::out::{Encode, Out};
use crate::wire::read::{self, Read, chunk, lift, octets, wrong};
use crate::wire::{Addr, Dialect};

/// ICMPv6 type of a Query of either version.
pub(super) const QUERY: u8 = 130;

/// Length of a version 1 Query, and what a version 2 Query has before its own fields.
const V1_LEN: usize = 24;
/// Length of a version 2 Query without sources.
const V2_LEN: usize = 28;

/// Version 2 Query (RFC 3810 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<'a> {
    /// Maximum Response Code.
    pub max_response: MaxResponseCode,
    /// The group; `::` in a General Query.
    pub group: Addr,
    /// S flag: suppress router-side processing.
    pub suppress: bool,
    /// Querier's Robustness Variable, 0 to 7. A larger one is written as 0, "not said" (RFC 3810 5.1.8).
    pub robustness: u8,
    /// Querier's Query Interval Code.
    pub interval: Qqic,
    /// Sources; empty unless group-and-source-specific.
    pub sources: &'a [[u8; 16]],
}

impl<'a> Query<'a> {
    /// A General Query with the defaults of RFC 3810 9: 10 s to respond, robustness 2, every 125 s.
    #[must_use]
    pub const fn general() -> Self {
        Self {
            max_response: MaxResponseCode(10_000),
            group: Addr::UNSPECIFIED,
            suppress: false,
            robustness: 2,
            interval: Qqic(125),
            sources: &[],
        }
    }

    /// Reads a version 2 Query, from its ICMPv6 type on. Octets after the last source are ignored (RFC 3810 5.1.12).
    ///
    /// # Errors
    /// Shorter than 28 octets, or than its number of sources says; another type.
    pub fn parse(octets: &'a [u8], _: &Dialect) -> Result<Self, DecodeError> {
        read::of_type(Layer::Mld, octets, &[QUERY])
            .and_then(|_| query(octets))
            .map_err(|error| lift(error, octets.len()))
            .map(|(_, query)| query)
    }

    /// Whether the addresses can be: `::` and no sources, or a multicast group and unicast sources.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge(&self) -> Result<(), Fault> {
        match self.group {
            Addr::UNSPECIFIED if self.sources.is_empty() => Ok(()),
            group => judge_group(group).and_then(|()| judge_sources(self.sources)),
        }
    }
}

/// Version 1 Query (RFC 2710 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryV1 {
    /// Maximum Response Delay, milliseconds; not a code (RFC 2710 3.4).
    pub max_response_ms: u16,
    /// The group; `::` in a General Query.
    pub group: Addr,
}

impl QueryV1 {
    /// Reads a version 1 Query, from its ICMPv6 type on. Its length is what tells the version (RFC 3810 8.1).
    ///
    /// # Errors
    /// Not 24 octets; another type.
    pub fn parse(octets: &[u8], _: &Dialect) -> Result<Self, DecodeError> {
        read::of_type(Layer::Mld, octets, &[QUERY])
            .and_then(|_| query_v1(octets))
            .map_err(|error| lift(error, octets.len()))
            .map(|(_, query)| query)
    }

    /// Whether the group can be: `::` or a multicast address.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge(&self) -> Result<(), Fault> {
        if self.group == Addr::UNSPECIFIED { Ok(()) } else { judge_group(self.group) }
    }
}

/// Maximum Response Code of a version 2 Query (RFC 3810 5.1.3): milliseconds, from 0x8000 on as a floating point number.
///
/// ```
/// use multimob::wire::mld::MaxResponseCode;
///
/// assert_eq!(MaxResponseCode::from_millis(10_000), MaxResponseCode(10_000));
/// // 32,775 ms has no code: the next lower one is taken.
/// assert_eq!(MaxResponseCode::from_millis(32_775).millis(), 32_768);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxResponseCode(pub u16);

impl MaxResponseCode {
    /// The code of `ms` milliseconds, exact or the next lower; the highest is 8,387,584 ms.
    #[must_use]
    pub const fn from_millis(ms: u32) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a code of 16 bits is what it makes")]
        Self(to_code(ms, 12) as u16)
    }

    /// Milliseconds.
    #[must_use]
    pub const fn millis(self) -> u32 {
        from_code(self.0 as u32, 12)
    }
}

/// Querier's Query Interval Code (RFC 3810 5.1.9): seconds, from 0x80 on as a floating point number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Qqic(pub u8);

impl Qqic {
    /// The code of `s` seconds, exact or the next lower; the highest is 31,744 s.
    #[must_use]
    pub const fn from_secs(s: u32) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a code of 8 bits is what it makes")]
        Self(to_code(s, 4) as u8)
    }

    /// Seconds.
    #[must_use]
    pub const fn secs(self) -> u32 {
        from_code(self.0 as u32, 4)
    }
}

/// The value of a code with `bits` of mantissa below three bits of exponent and the bit that says "floating point".
#[expect(clippy::arithmetic_side_effects, reason = "bits is 4 or 12, the exponent at most 7: 23 bits in all")]
const fn from_code(code: u32, bits: u32) -> u32 {
    if code >> (bits + 3) == 0 {
        return code;
    }
    let mantissa = code & ((1 << bits) - 1);
    let exponent = (code >> bits) & 7;
    (mantissa | 1 << bits) << (exponent + 3)
}

/// The code of `value`, exact or the next lower.
#[expect(clippy::arithmetic_side_effects, reason = "a value that is not linear has at least bits + 4 bits")]
const fn to_code(value: u32, bits: u32) -> u32 {
    if value >> (bits + 3) == 0 {
        return value;
    }
    let exponent = value.ilog2() - bits - 3;
    if exponent > 7 {
        return (1 << (bits + 4)) - 1;
    }
    let mantissa = value >> (exponent + 3) & ((1 << bits) - 1);
    1 << (bits + 3) | exponent << bits | mantissa
}

/// Reads a Query of the version that its length tells (RFC 3810 8.1).
#[inline]
pub(super) fn either(input: &[u8]) -> Read<'_, super::Message<'_>> {
    if input.len() == V1_LEN {
        query_v1.map(super::Message::QueryV1).parse(input)
    } else {
        query.map(super::Message::Query).parse(input)
    }
}

#[inline]
fn query(input: &[u8]) -> Read<'_, Query<'_>> {
    let (rest, head) = chunk::<V1_LEN>(Layer::Mld, Field::Header, input)?;
    let [_, _, _, _, code_high, code_low, _, _, group @ ..] = head;
    // 25, 26 or 27 octets are a Query of no version.
    let Some((&[flags, interval, high, low], rest)) = rest.split_first_chunk() else {
        return Err(wrong(Layer::Mld, Field::Length, input, V2_LEN, input.len()));
    };
    let number = usize::from(u16::from_be_bytes([high, low]));
    let (rest, sources) = octets(Layer::Mld, Field::Sources, number.saturating_mul(16), rest)?;
    let query = Query {
        max_response: MaxResponseCode(u16::from_be_bytes([*code_high, *code_low])),
        group: Addr(*group),
        suppress: flags & 0x08 != 0,
        robustness: flags & 0x07,
        interval: Qqic(interval),
        sources: sources.as_chunks().0,
    };
    Ok((rest, query))
}

#[inline]
fn query_v1(input: &[u8]) -> Read<'_, QueryV1> {
    let (rest, head) = chunk::<V1_LEN>(Layer::Mld, Field::Header, input)?;
    if !rest.is_empty() {
        return Err(wrong(Layer::Mld, Field::Length, input, V1_LEN, input.len()));
    }
    let [_, _, _, _, high, low, _, _, group @ ..] = head;
    Ok((rest, QueryV1 { max_response_ms: u16::from_be_bytes([*high, *low]), group: Addr(*group) }))
}

impl Encode for Query<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);

    #[inline]
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let Ok(number) = u16::try_from(self.sources.len()) else {
            return Err(EncodeError::TooLong { field: Field::NumberOfSources, max: usize::from(u16::MAX) });
        };
        let [sum_high, sum_low] = checksum.to_be_bytes();
        let [code_high, code_low] = self.max_response.0.to_be_bytes();
        let [high, low] = number.to_be_bytes();
        let robustness = if self.robustness > 7 { 0 } else { self.robustness };
        let flags = u8::from(self.suppress) << 3 | robustness;
        out.put(&[QUERY, 0, sum_high, sum_low, code_high, code_low, 0, 0]);
        out.put(&self.group.0);
        out.put(&[flags, self.interval.0, high, low]);
        out.bytes(self.sources.as_flattened());
        Ok(())
    }
}

impl Encode for QueryV1 {
    const CHECKSUM_AT: Option<usize> = Some(2);

    #[inline]
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        super::write_v1(out, QUERY, checksum, self.max_response_ms, self.group);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3810 5.1.3 and 5.1.9 as they stand.
    fn mrc(code: u32) -> u32 {
        if code < 0x8000 { code } else { ((code & 0xfff) | 0x1000) << (((code >> 12) & 7) + 3) }
    }

    fn qqi(code: u32) -> u32 {
        if code < 0x80 { code } else { ((code & 0xf) | 0x10) << (((code >> 4) & 7) + 3) }
    }

    #[test]
    fn t23_every_code_has_its_value_and_every_value_its_code() {
        for code in 0..=u16::MAX {
            assert_eq!(MaxResponseCode(code).millis(), mrc(code.into()));
            assert_eq!(MaxResponseCode::from_millis(mrc(code.into())), MaxResponseCode(code));
        }
        for code in 0..=u8::MAX {
            assert_eq!(Qqic(code).secs(), qqi(code.into()));
            assert_eq!(Qqic::from_secs(qqi(code.into())), Qqic(code));
        }
    }

    #[test]
    fn t23_a_value_without_a_code_takes_the_next_lower() {
        for code in 0..u16::MAX {
            let next = MaxResponseCode(code + 1);
            assert_eq!(MaxResponseCode::from_millis(next.millis() - 1), MaxResponseCode(code));
        }
        for code in 0..u8::MAX {
            assert_eq!(Qqic::from_secs(Qqic(code + 1).secs() - 1), Qqic(code));
        }
        for beyond in [8_387_585, u32::MAX] {
            assert_eq!(MaxResponseCode::from_millis(beyond).millis(), 8_387_584);
            assert_eq!(Qqic::from_secs(beyond).secs(), 31_744);
        }
    }

    #[test]
    fn t23_the_vectors_of_the_exponential_codes() {
        let values =
            [0x7fff, 0x8000, 0x8001, 0x8fff, 0x9000, 0xffff].map(|code| MaxResponseCode(code).millis());
        assert_eq!(values, [32_767, 32_768, 32_776, 65_528, 65_536, 8_387_584]);
        let values = [0x7f, 0x80, 0x81, 0x8f, 0x90, 0xff].map(|code| Qqic(code).secs());
        assert_eq!(values, [127, 128, 136, 248, 256, 31_744]);
    }

    #[test]
    fn t23_a_robustness_beyond_seven_is_written_as_zero() {
        let mut octets = [0; 28];
        Query { robustness: 8, ..Query::general() }.encode(&mut octets).unwrap();
        assert_eq!(Query::parse(&octets, &Dialect::DEFAULT).unwrap().robustness, 0);
    }

    #[test]
    fn a_length_between_the_versions_is_an_error() {
        let mut octets = [0; 64];
        Query::general().encode(&mut octets).unwrap();
        let parse = |len: usize| super::super::Message::parse(&octets[..len], &Dialect::DEFAULT);
        assert!(matches!(parse(24), Ok(super::super::Message::QueryV1(_))));
        for len in [25, 26, 27] {
            let error = parse(len).unwrap_err();
            assert_eq!((error.field, error.needed, usize::from(error.have)), (Field::Length, 28, len));
        }
        assert_eq!(parse(28), Ok(super::super::Message::Query(Query::general())));
        assert_eq!(parse(64), Ok(super::super::Message::Query(Query::general())), "octets after the sources");
        assert_eq!(parse(23).unwrap_err().field, Field::Header);
    }

    #[test]
    fn sources_want_a_group() {
        let sources = [[0x20; 16]];
        let query = Query { sources: &sources, ..Query::general() };
        assert_eq!(query.judge(), Err(Fault::GroupNotMulticast));
        assert_eq!(Query { group: Addr([0xff; 16]), ..query }.judge(), Ok(()));
        assert_eq!(Query::general().judge(), Ok(()));
        assert_eq!(
            QueryV1 { max_response_ms: 0, group: Addr([0x20; 16]) }.judge(),
            Err(Fault::GroupNotMulticast)
        );
        assert_eq!(QueryV1 { max_response_ms: 0, group: Addr::UNSPECIFIED }.judge(), Ok(()));
    }
}
