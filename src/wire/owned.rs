//! The owned form of every message: canonical octets and the dialect they are to be read by.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use super::Format;
use super::dialect::Dialect;
use super::error::{DecodeError, EncodeError};
use super::out::Encode;

/// A message that owns its octets. Its checksum field is zero: the checksum belongs to the packet it travels in.
///
/// ```
/// use multimob::wire::{Dialect, mld};
///
/// let query = mld::Message::Query(mld::Query::general());
/// let owned = mld::Owned::new(&query, &Dialect::DEFAULT)?;
/// assert_eq!(owned.view(), query);
/// # Ok::<(), multimob::wire::EncodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Owned<F> {
    octets: Vec<u8>,
    dialect: Dialect,
    format: PhantomData<F>,
}

impl<F: Format> Owned<F> {
    /// The canonical octets of `message`, which `dialect` must be able to read.
    ///
    /// # Errors
    /// When the message cannot be written, or what was written is no message of this format.
    pub fn new(message: &F::View<'_>, dialect: &Dialect) -> Result<Self, EncodeError> {
        let mut octets = Vec::with_capacity(message.encoded_len());
        message.put(&mut octets)?;
        match F::parse(&octets, dialect) {
            Ok(_) => Ok(Self { octets, dialect: *dialect, format: PhantomData }),
            Err(error) => Err(EncodeError::Unreadable(error)),
        }
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
    #[expect(clippy::expect_used, reason = "the only constructor read the octets by the same dialect")]
    pub fn view(&self) -> F::View<'_> {
        F::parse(&self.octets, &self.dialect).expect("octets that were read once")
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
    use alloc::vec::Vec;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Dialect, Format, Owned};

    #[derive(Serialize, Deserialize)]
    struct Form<O> {
        #[serde(
            with = "crate::wire::hex",
            bound(serialize = "O: AsRef<[u8]>", deserialize = "O: From<Vec<u8>>")
        )]
        octets: O,
        #[serde(default)]
        dialect: Dialect,
    }

    impl<F: Format> Serialize for Owned<F> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Form { octets: &self.octets, dialect: self.dialect }.serialize(serializer)
        }
    }

    impl<'de, F: Format> Deserialize<'de> for Owned<F> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let Form::<Vec<u8>> { octets, dialect } = Form::deserialize(deserializer)?;
            Self::from_octets(&octets, &dialect).map_err(serde::de::Error::custom)
        }
    }
}
