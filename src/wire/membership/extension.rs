//! Extensions behind the last source or record (RFC 9279).

use core::fmt;

use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::out::{Encode, Out};
use crate::wire::read::{Read, chunk, lift, octets};

/// The extensions of a version 2 Query or Report of MLD, or of a version 3 one of IGMP: octets that were validated once.
///
/// A message that has some sets its E flag. One whose E flag is set while what follows is no row of extensions has
/// none, and is as good as any other (RFC 9279 5).
///
/// ```
/// use multimob::wire::Encode;
/// use multimob::wire::membership::{Extension, ExtensionType, Extensions};
///
/// let octets = Extension { kind: ExtensionType::NO_OP, value: b"any" }.to_vec()?;
/// let extensions = Extensions::new(&octets)?;
/// assert_eq!(extensions.iter().map(|extension| extension.value).collect::<Vec<_>>(), [b"any"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Extensions<'a>(&'a [u8]);

impl<'a> Extensions<'a> {
    /// No extension.
    pub const NONE: Self = Self(&[]);

    /// Extensions in a row, each as [`Extension`] writes it; no octets are no extension.
    ///
    /// # Errors
    /// A length beyond the last octet, or octets behind the last extension.
    pub fn new(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let mut rest = octets;
        while !rest.is_empty() {
            match extension(rest) {
                Ok((after, _)) => rest = after,
                Err(error) => return Err(lift(error, octets.len())),
            }
        }
        Ok(Self(octets))
    }

    /// What a receiver makes of the octets behind the last source or record of a message with an E flag.
    #[cold]
    pub(super) fn received(octets: &'a [u8]) -> Self {
        Self::new(octets).unwrap_or(Self::NONE)
    }

    /// The octets of all of them.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The extensions in their order.
    pub fn iter(&self) -> impl Iterator<Item = Extension<'a>> + Clone + use<'a> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (after, extension) = extension(rest).ok()?;
            rest = after;
            Some(extension)
        })
    }
}

impl fmt::Debug for Extensions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One extension (RFC 9279 3). A receiver ignores those that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extension<'a> {
    /// Extension Type.
    pub kind: ExtensionType,
    /// Extension Value; at most 65,535 octets can be written.
    pub value: &'a [u8],
}

code! {
    /// Extension Type (RFC 9279 4 and 8).
    ExtensionType(u16) {
        /// No-op: ignored, whatever its value.
        NO_OP = 0,
    }
}

impl Encode for Extension<'_> {
    fn write(&self, out: &mut impl Out, _checksum: u16) -> Result<(), EncodeError> {
        let Ok(len) = u16::try_from(self.value.len()) else {
            return Err(EncodeError::TooLong { field: Field::OptionBody, max: usize::from(u16::MAX) });
        };
        out.put(&self.kind.0.to_be_bytes());
        out.put(&len.to_be_bytes());
        out.bytes(self.value);
        Ok(())
    }
}

fn extension(input: &[u8]) -> Read<'_, Extension<'_>> {
    let (rest, &[k0, k1, high, low]) = chunk(Layer::Extension, Field::OptionHeader, input)?;
    let len = usize::from(u16::from_be_bytes([high, low]));
    let (rest, value) = octets(Layer::Extension, Field::OptionBody, len, rest)?;
    Ok((rest, Extension { kind: ExtensionType(u16::from_be_bytes([k0, k1])), value }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9279_5_lengths_end_where_the_octets_end() {
        let two = [0, 0, 0, 1, 7, 0xff, 0xfe, 0, 0];
        let extensions = Extensions::new(&two).unwrap();
        let read: std::vec::Vec<_> = extensions.iter().collect();
        let first = Extension { kind: ExtensionType::NO_OP, value: &[7] };
        let second = Extension { kind: ExtensionType(0xfffe), value: &[] };
        assert_eq!(read, [first, second]);
        assert_eq!(std::format!("{extensions:?}"), std::format!("{read:?}"));

        for (octets, field, offset, needed, have) in [
            (&two[..4], Field::OptionBody, 4, 1, 0),
            (&two[..7], Field::OptionHeader, 5, 4, 2),
            (&[0, 0, 0, 0, 9], Field::OptionHeader, 4, 4, 1),
        ] {
            let error = Extensions::new(octets).unwrap_err();
            assert_eq!((error.layer, error.field), (Layer::Extension, field));
            assert_eq!((error.offset, error.needed, error.have), (offset, needed, have));
        }
        assert_eq!(Extensions::new(&[]), Ok(Extensions::NONE));
    }

    #[test]
    fn a_value_that_no_length_field_can_say_is_refused() {
        let value = std::vec![0; 65_536];
        let write =
            |value| Extension { kind: ExtensionType::NO_OP, value }.to_vec().map(|octets| octets.len());
        assert_eq!(write(&value[1..]), Ok(65_539));
        assert_eq!(write(&value), Err(EncodeError::TooLong { field: Field::OptionBody, max: 65_535 }));
    }
}
