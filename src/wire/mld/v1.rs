//! Version 1 (RFC 2710): 24 octets for everything.

use super::{DONE, MaxResponseCode, QUERY, REPORT_V1};
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::membership::{Family, Fault, judge_group};
use crate::wire::out::{Encode, Out};
use crate::wire::read::{self, Read, lift, short, wrong};
use crate::wire::{Addr, Dialect};

/// Length of a version 1 Query, and the least of the others.
pub(super) const LEN: usize = Addr::HEAD_LEN;

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
            .and_then(|_| query(octets))
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

macro_rules! of_one_group {
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
                self.group.put_head(out, $kind, checksum, MaxResponseCode(0));
                Ok(())
            }
        }
    };
}

of_one_group!(ReportV1, REPORT_V1);
of_one_group!(Done, DONE);

impl Encode for QueryV1 {
    const CHECKSUM_AT: Option<usize> = Some(2);

    #[inline]
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        self.group.put_head(out, QUERY, checksum, MaxResponseCode(self.max_response_ms));
        Ok(())
    }
}

#[inline]
pub(super) fn query(input: &[u8]) -> Read<'_, QueryV1> {
    let (rest, (max_response, group)) = head(input)?;
    if !rest.is_empty() {
        return Err(wrong(Layer::Mld, Field::Length, input, LEN, input.len()));
    }
    Ok((rest, QueryV1 { max_response_ms: max_response.0, group }))
}

/// The group of a Report or Done.
#[inline]
pub(super) fn group(input: &[u8]) -> Read<'_, Addr> {
    let (rest, (_, group)) = head(input)?;
    Ok((rest, group))
}

#[inline]
fn head(input: &[u8]) -> Read<'_, (MaxResponseCode, Addr)> {
    match Addr::split_head(input) {
        Some((max_response, group, rest)) => Ok((rest, (max_response, group))),
        None => Err(short(Layer::Mld, Field::Header, input, LEN)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::mld::{Query, Report};

    const DIALECT: Dialect = Dialect::DEFAULT;

    #[test]
    fn the_group_is_judged() {
        assert_eq!(ReportV1 { group: Addr([0x20; 16]) }.judge(), Err(Fault::GroupNotMulticast));
        assert_eq!(Done { group: Addr([0xff; 16]) }.judge(), Ok(()));
        let query = |group| QueryV1 { max_response_ms: 0, group }.judge();
        assert_eq!(query(Addr([0x20; 16])), Err(Fault::GroupNotMulticast));
        assert_eq!(query(Addr::UNSPECIFIED), Ok(()));
    }

    #[test]
    fn each_type_reads_its_own_messages_only() {
        let octets = Report::default().to_vec().unwrap();
        let error = Done::parse(&octets, &DIALECT).unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::Type, 132, 143));
        assert_eq!(Done::parse(&[], &DIALECT).unwrap_err().field, Field::Header);
    }

    #[test]
    fn a_query_of_another_length_is_none_of_version_1() {
        let octets = Query::general().to_vec().unwrap();
        assert!(QueryV1::parse(&octets[..24], &DIALECT).is_ok());
        for len in [25, 28] {
            let error = QueryV1::parse(&octets[..len], &DIALECT).unwrap_err();
            assert_eq!((error.field, error.needed, usize::from(error.have)), (Field::Length, 24, len));
        }
    }
}
