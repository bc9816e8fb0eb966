//! Versions 1 (RFC 1112 Appendix I) and 2 (RFC 2236): eight octets for everything.

use super::{LEAVE, MaxResponseCode, QUERY, REPORT_V1, REPORT_V2};
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::membership::{Family, Fault, judge_group};
use crate::wire::out::{Encode, Out};
use crate::wire::read::{self, Read, lift, short, wrong};
use crate::wire::{Addr4, Dialect};

/// Length of an older Query, and the least of the others.
pub(super) const LEN: usize = Addr4::HEAD_LEN;

/// Version 2 Query (RFC 2236 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryV2 {
    /// Max Response Time, tenths of a second; not a code (RFC 2236 2.2). Never 0: that is a version 1 Query.
    pub max_response_tenths: u8,
    /// The group; 0.0.0.0 in a General Query.
    pub group: Addr4,
}

/// Version 1 Query (RFC 1112 Appendix I). It names no group: what stands there is ignored, and written as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryV1;

/// Version 2 Report (RFC 2236 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportV2 {
    /// The group.
    pub group: Addr4,
}

/// Version 1 Report (RFC 1112 Appendix I).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportV1 {
    /// The group.
    pub group: Addr4,
}

/// Version 2 Leave Group (RFC 2236 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leave {
    /// The group.
    pub group: Addr4,
}

impl QueryV2 {
    /// Reads a version 2 Query, from its type on. Its length and Max Resp Code tell the version (RFC 3376 7.1).
    ///
    /// # Errors
    /// Not 8 octets; Max Resp Code 0; another type.
    pub fn parse(octets: &[u8], _: &Dialect) -> Result<Self, DecodeError> {
        match query(octets) {
            Ok((_, Ok(query))) => Ok(query),
            Ok((_, Err(QueryV1))) => Err(DecodeError::new(Layer::Igmp, Field::MaxResponse, 1, 1, 0)),
            Err(error) => Err(lift(error, octets.len())),
        }
    }

    /// Whether the group can be: 0.0.0.0 or a multicast address.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge(&self) -> Result<(), Fault> {
        if self.group == Addr4::UNSPECIFIED { Ok(()) } else { judge_group(self.group) }
    }
}

impl QueryV1 {
    /// Reads a version 1 Query, from its type on. Its length and Max Resp Code tell the version (RFC 3376 7.1).
    ///
    /// # Errors
    /// Not 8 octets; a Max Resp Code that is not 0; another type.
    pub fn parse(octets: &[u8], _: &Dialect) -> Result<Self, DecodeError> {
        match query(octets) {
            Ok((_, Err(query))) => Ok(query),
            Ok((_, Ok(QueryV2 { max_response_tenths, .. }))) => {
                Err(DecodeError::new(Layer::Igmp, Field::MaxResponse, 1, 0, max_response_tenths.into()))
            }
            Err(error) => Err(lift(error, octets.len())),
        }
    }
}

impl Encode for QueryV2 {
    const CHECKSUM_AT: Option<usize> = Some(2);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        if self.max_response_tenths == 0 {
            return Err(EncodeError::TooShort { field: Field::MaxResponse, min: 1 });
        }
        self.group.put_head(out, QUERY, checksum, MaxResponseCode(self.max_response_tenths));
        Ok(())
    }
}

impl Encode for QueryV1 {
    const CHECKSUM_AT: Option<usize> = Some(2);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        Addr4::UNSPECIFIED.put_head(out, QUERY, checksum, MaxResponseCode(0));
        Ok(())
    }
}

macro_rules! of_one_group {
    ($name:ident, $kind:ident) => {
        impl $name {
            /// Reads one, from its type on. Octets after the group are ignored (RFC 2236 2.5).
            ///
            /// # Errors
            /// Shorter than 8 octets; another type.
            pub fn parse(octets: &[u8], _: &Dialect) -> Result<Self, DecodeError> {
                match read::of_type(Layer::Igmp, octets, &[$kind]).and_then(|_| group(octets)) {
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

            fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
                self.group.put_head(out, $kind, checksum, MaxResponseCode(0));
                Ok(())
            }
        }
    };
}

of_one_group!(ReportV2, REPORT_V2);
of_one_group!(ReportV1, REPORT_V1);
of_one_group!(Leave, LEAVE);

/// A Query of eight octets: of version 2, or (`Err`) of version 1.
pub(super) fn query(input: &[u8]) -> Read<'_, Result<QueryV2, QueryV1>> {
    read::of_type(Layer::Igmp, input, &[QUERY])?;
    let (rest, (max_response, group)) = head(input)?;
    if !rest.is_empty() {
        return Err(wrong(Layer::Igmp, Field::Length, input, LEN, input.len()));
    }
    let query = match max_response.0 {
        0 => Err(QueryV1),
        max_response_tenths => Ok(QueryV2 { max_response_tenths, group }),
    };
    Ok((rest, query))
}

/// The group of a Report or Leave.
pub(super) fn group(input: &[u8]) -> Read<'_, Addr4> {
    let (rest, (_, group)) = head(input)?;
    Ok((rest, group))
}

fn head(input: &[u8]) -> Read<'_, (MaxResponseCode, Addr4)> {
    match Addr4::split_head(input) {
        Some((max_response, group, rest)) => Ok((rest, (max_response, group))),
        None => Err(short(Layer::Igmp, Field::Header, input, LEN)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Message, Query};
    use super::*;

    const DIALECT: Dialect = Dialect::DEFAULT;

    #[test]
    fn rfc3376_7_1_length_and_code_tell_the_version_of_a_query() {
        let octets = [0x11, 100, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0, 9];
        let parse = |len: usize| Message::parse(&octets[..len], &DIALECT);
        let v2 = QueryV2 { max_response_tenths: 100, group: Addr4::UNSPECIFIED };
        assert_eq!(parse(8), Ok(Message::QueryV2(v2)));
        assert_eq!(Message::parse(&[0x11, 0, 0, 0, 224, 0, 0, 1], &DIALECT), Ok(Message::QueryV1(QueryV1)));
        for len in [9, 10, 11] {
            let error = parse(len).unwrap_err();
            assert_eq!((error.field, error.needed, usize::from(error.have)), (Field::Length, 12, len));
        }
        for len in [12, 13] {
            assert_eq!(parse(len), Ok(Message::Query(Query::general())));
        }
        assert_eq!(parse(7).unwrap_err().field, Field::Header);
        // A code of zero alone makes no version 1 Query.
        let zero = [0x11, 0, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0];
        assert!(matches!(Message::parse(&zero, &DIALECT), Ok(Message::Query(_))));
    }

    #[test]
    fn each_version_reads_its_own_queries_only() {
        let (v1, v2) = ([0x11, 0, 0, 0, 0, 0, 0, 0], [0x11, 7, 0, 0, 0, 0, 0, 0]);
        assert_eq!(QueryV1::parse(&v1, &DIALECT), Ok(QueryV1));
        let error = QueryV1::parse(&v2, &DIALECT).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::MaxResponse, 1, 0, 7));
        let error = QueryV2::parse(&v1, &DIALECT).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::MaxResponse, 1, 1, 0));
        let error = QueryV2::parse(&[0x11; 9], &DIALECT).unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::Length, 8, 9));
        let error = Leave::parse(&v1, &DIALECT).unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::Type, 0x17, 0x11));
    }

    #[test]
    fn a_version_2_query_without_time_cannot_be_written() {
        let query = QueryV2 { max_response_tenths: 0, group: Addr4::UNSPECIFIED };
        assert_eq!(query.to_vec(), Err(EncodeError::TooShort { field: Field::MaxResponse, min: 1 }));
    }

    #[test]
    fn the_group_is_judged() {
        let (group, host) = (Addr4([232, 1, 2, 3]), Addr4([10; 4]));
        assert_eq!(ReportV1 { group: host }.judge(), Err(Fault::GroupNotMulticast));
        assert_eq!(ReportV2 { group: host }.judge(), Err(Fault::GroupNotMulticast));
        assert_eq!(Leave { group }.judge(), Ok(()));
        let query = |group| QueryV2 { max_response_tenths: 1, group }.judge();
        assert_eq!(query(host), Err(Fault::GroupNotMulticast));
        assert_eq!((query(group), query(Addr4::UNSPECIFIED)), (Ok(()), Ok(())));
    }

    #[test]
    fn rfc2236_2_5_octets_after_the_group_are_ignored() {
        let octets = [0x16, 9, 0, 0, 232, 1, 2, 3, 7, 7];
        assert_eq!(ReportV2::parse(&octets, &DIALECT), Ok(ReportV2 { group: Addr4([232, 1, 2, 3]) }));
        assert_eq!(ReportV2::parse(&octets[..7], &DIALECT).unwrap_err().needed, 8);
    }
}
