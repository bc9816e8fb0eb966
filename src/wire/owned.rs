//! The owned form of every message: canonical octets and the dialect they are to be read by.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use super::dialect::Dialect;
use super::error::{DecodeError, EncodeError};
use super::out::Encode;

/// A family of messages behind one next-header value or port: MLD, the Mobility Header, CXTP, ...
pub trait Format: Copy + fmt::Debug + 'static {
    /// The borrowed message.
    type View<'a>: Encode + Copy + fmt::Debug + PartialEq;

    /// Reads one message.
    ///
    /// # Errors
    /// What does not fit, and where.
    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Self::View<'a>, DecodeError>;
}

/// A message that owns its octets. Its checksum field is zero: the checksum belongs to the packet it travels in.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Owned<F> {
    octets: Vec<u8>,
    dialect: Dialect,
    format: PhantomData<F>,
}

impl<F: Format> Owned<F> {
    /// The canonical octets of `message`.
    ///
    /// # Errors
    /// When the message cannot be written.
    pub fn new(message: &F::View<'_>, dialect: &Dialect) -> Result<Self, EncodeError> {
        let mut octets = alloc::vec![0; message.encoded_len()];
        message.encode(&mut octets)?;
        Ok(Self { octets, dialect: *dialect, format: PhantomData })
    }

    /// Reads `octets` once, so that [`Owned::view`] can lend the message ever after.
    ///
    /// # Errors
    /// What does not fit, and where.
    pub fn from_octets(octets: &[u8], dialect: &Dialect) -> Result<Self, FromOctetsError> {
        Ok(Self::new(&F::parse(octets, dialect)?, dialect)?)
    }

    /// The message.
    #[must_use]
    #[expect(clippy::expect_used, reason = "canonical octets parse: a law checked over every message")]
    pub fn view(&self) -> F::View<'_> {
        F::parse(&self.octets, &self.dialect).expect("canonical octets parse")
    }

    /// The canonical octets, checksum zero.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The dialect by which they are read.
    #[must_use]
    pub const fn dialect(&self) -> &Dialect {
        &self.dialect
    }
}

impl<F: Format> fmt::Debug for Owned<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

/// Why octets did not become an owned message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FromOctetsError {
    /// They are no message.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The message has no canonical form: it is longer than its length fields allow.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

#[cfg(feature = "serde")]
mod serialised {
    use alloc::string::String;
    use core::fmt::Write;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Dialect, Format, Owned};

    #[derive(Serialize, Deserialize)]
    struct Form {
        octets: String,
        #[serde(default)]
        dialect: Dialect,
    }

    impl<F: Format> Serialize for Owned<F> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut octets = String::with_capacity(self.octets.len().saturating_mul(2));
            for octet in &self.octets {
                write!(octets, "{octet:02x}").map_err(serde::ser::Error::custom)?;
            }
            Form { octets, dialect: self.dialect }.serialize(serializer)
        }
    }

    impl<'de, F: Format> Deserialize<'de> for Owned<F> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            use serde::de::Error;
            let Form { octets, dialect } = Form::deserialize(deserializer)?;
            let (pairs, rest) = octets.as_bytes().as_chunks::<2>();
            let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
            let octets: Option<alloc::vec::Vec<u8>> =
                pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
            match octets {
                Some(octets) if rest.is_empty() => {
                    Self::from_octets(&octets, &dialect).map_err(D::Error::custom)
                }
                _ => Err(D::Error::custom("octets must be pairs of hexadecimal digits")),
            }
        }
    }
}
