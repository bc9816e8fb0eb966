//! Options of Neighbor Discovery (RFC 4861 4.6).

use super::LAYER;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::out::Out;
use crate::wire::read::{Read, chunk, octets, wrong};
use crate::wire::{Addr, Dialect, Item, List};

/// An option of Neighbor Discovery.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum NdOption<'a> {
    /// Prefix Information (3, RFC 4861 4.6.2).
    PrefixInformation {
        /// Prefix Length, 0 to 128.
        len: u8,
        /// Flags as they stand: L 0x80, A 0x40, R 0x20 (RFC 6275 7.2).
        flags: u8,
        /// Valid Lifetime, seconds; all ones: for ever.
        valid_s: u32,
        /// Preferred Lifetime, seconds; all ones: for ever.
        preferred_s: u32,
        /// The prefix.
        prefix: Addr,
    },
    /// Any other option. Made by [`NdOption::raw`].
    Unknown(RawNdOption<'a>),
    /// A known option whose body cannot be: treated as absent, kept as it came. Made by [`NdOption::raw`].
    Malformed(RawNdOption<'a>, DecodeError),
}

/// An option as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawNdOption<'a> {
    kind: u8,
    body: &'a [u8],
}

impl<'a> RawNdOption<'a> {
    /// Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }

    /// Body: what follows type and length.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }
}

impl<'a> NdOption<'a> {
    /// The option of this type and body (what follows type and length), as a receiver reads it: a known one when the
    /// body is good.
    ///
    /// # Errors
    /// The body with its two octets of head is no multiple of 8 octets, or is longer than 2,040.
    pub fn raw(kind: u8, body: &'a [u8]) -> Result<Self, EncodeError> {
        words(body)?;
        Ok(judge(kind, body))
    }
}

const PREFIX_INFORMATION: u8 = 3;
const MAX_BODY: usize = 255 * 8 - 2;
/// The body of a Prefix Information option.
const PREFIX_BODY: usize = 30;

/// The length of an option in units of 8 octets.
fn words(body: &[u8]) -> Result<u8, EncodeError> {
    let all = body.len().saturating_add(2);
    if !all.is_multiple_of(8) {
        return Err(EncodeError::Unaligned { field: Field::OptionBody, unit: 8 });
    }
    u8::try_from(all / 8).map_err(|_| EncodeError::TooLong { field: Field::OptionBody, max: MAX_BODY })
}

/// Options to the end of the message; their lengths are checked, their bodies are not.
pub(super) fn list<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, List<'a, NdOption<'a>>> {
    let (mut rest, mut number) = (input, 0_usize);
    while !rest.is_empty() {
        (rest, _) = raw(rest)?;
        number = number.saturating_add(1);
    }
    Ok((rest, List::validated(input, number, dialect)))
}

#[inline]
fn raw(input: &[u8]) -> Read<'_, RawNdOption<'_>> {
    let (rest, &[kind, words]) = chunk(LAYER, Field::OptionHeader, input)?;
    // RFC 4861 4.6: a length of zero discards the packet.
    let Some(len) = usize::from(words).saturating_mul(8).checked_sub(2) else {
        return Err(wrong(LAYER, Field::OptionHeader, input, 1, 0));
    };
    let (rest, body) = octets(LAYER, Field::OptionBody, len, rest)?;
    Ok((rest, RawNdOption { kind, body }))
}

#[inline]
fn judge(kind: u8, body: &[u8]) -> NdOption<'_> {
    let raw = RawNdOption { kind, body };
    match kind {
        PREFIX_INFORMATION => {
            prefix_information(body).unwrap_or_else(|error| NdOption::Malformed(raw, error))
        }
        _ => NdOption::Unknown(raw),
    }
}

fn prefix_information(body: &[u8]) -> Result<NdOption<'_>, DecodeError> {
    let malformed = |field, offset, needed, have| DecodeError::new(LAYER, field, offset, needed, have);
    let Ok(body) = <&[u8; PREFIX_BODY]>::try_from(body) else {
        return Err(malformed(Field::OptionBody, 2, PREFIX_BODY, body.len()));
    };
    let &[len, flags, v0, v1, v2, v3, p0, p1, p2, p3, _, _, _, _, ref prefix @ ..] = body;
    if len > 128 {
        return Err(malformed(Field::PrefixLength, 2, 128, len.into()));
    }
    Ok(NdOption::PrefixInformation {
        len,
        flags,
        valid_s: u32::from_be_bytes([v0, v1, v2, v3]),
        preferred_s: u32::from_be_bytes([p0, p1, p2, p3]),
        prefix: Addr(*prefix),
    })
}

impl<'a> Item<'a> for NdOption<'a> {
    #[inline]
    fn read(octets: &mut &'a [u8], _: &Dialect) -> Option<Self> {
        let (rest, RawNdOption { kind, body }) = raw(octets).ok()?;
        *octets = rest;
        Some(judge(kind, body))
    }

    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        match self {
            &Self::PrefixInformation { len, flags, valid_s, preferred_s, prefix } => {
                if len > 128 {
                    return Err(EncodeError::TooLong { field: Field::PrefixLength, max: 128 });
                }
                out.put(&[PREFIX_INFORMATION, 4, len, flags]);
                out.put(&valid_s.to_be_bytes());
                out.put(&preferred_s.to_be_bytes());
                out.put(&[0; 4]);
                out.put(&prefix.0);
            }
            Self::Unknown(raw) | Self::Malformed(raw, _) => {
                out.put(&[raw.kind, words(raw.body)?]);
                out.bytes(raw.body);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Message, RouterSolicitation};
    use super::*;

    fn parse(options: &[u8]) -> Result<std::vec::Vec<NdOption<'_>>, DecodeError> {
        let octets: &'static [u8] = std::vec![&[133, 0, 0, 0, 0, 0, 0, 0], options].concat().leak();
        match Message::parse(octets, &Dialect::DEFAULT)? {
            Message::Solicitation(RouterSolicitation { options }) => Ok(options.iter().collect()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_option_of_length_zero_discards_the_message() {
        let error = parse(&[1, 0, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::OptionHeader, 8, 1, 0));
    }

    #[test]
    fn an_option_that_overruns_the_message_is_an_error() {
        let error = parse(&[1, 2, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::OptionBody, 10, 14, 6));
        assert_eq!(parse(&[1]).unwrap_err().field, Field::OptionHeader);
    }

    #[test]
    fn a_bad_body_spoils_its_option_alone() {
        let short = [3, 1, 64, 0xc0, 0, 0, 0, 0];
        let unknown = [1, 1, 2, 0, 0x5e, 0x10, 0, 1];
        let options = [short, unknown].concat();
        let options = parse(&options).unwrap();
        assert!(
            matches!(options[0], NdOption::Malformed(raw, _) if raw.kind() == 3 && raw.body().len() == 6)
        );
        assert!(matches!(options[1], NdOption::Unknown(raw) if raw.kind() == 1));

        let mut long = [0; 30];
        long[0] = 129;
        let option = NdOption::raw(3, &long).unwrap();
        assert!(matches!(option, NdOption::Malformed(_, error) if error.field == Field::PrefixLength));
        long[0] = 128;
        assert!(matches!(NdOption::raw(3, &long), Ok(NdOption::PrefixInformation { len: 128, .. })));
    }

    #[test]
    fn what_is_no_option_is_refused() {
        let raw = |len| NdOption::raw(9, &[0; 2046][..len]);
        for len in [0, 5, 7, 2039] {
            assert_eq!(raw(len), Err(EncodeError::Unaligned { field: Field::OptionBody, unit: 8 }), "{len}");
        }
        assert_eq!(raw(2046), Err(EncodeError::TooLong { field: Field::OptionBody, max: 2038 }));
        assert!(NdOption::raw(9, &[0; 2038]).is_ok());
    }

    #[test]
    fn a_code_that_is_not_zero_discards_the_message() {
        let error = Message::parse(&[133, 1, 0, 0, 0, 0, 0, 0], &Dialect::DEFAULT).unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::Code, 0, 1));
    }
}
