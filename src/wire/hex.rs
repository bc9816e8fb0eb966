//! Octets as pairs of hexadecimal digits, for `#[serde(with)]`.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(octets: &impl AsRef<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    let octets = octets.as_ref();
    let mut digits = String::with_capacity(octets.len().saturating_mul(2));
    for octet in octets {
        write!(digits, "{octet:02x}").map_err(S::Error::custom)?;
    }
    serializer.serialize_str(&digits)
}

pub(crate) fn deserialize<'de, O: From<Vec<u8>>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<O, D::Error> {
    let digits = String::deserialize(deserializer)?;
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let octets: Option<Vec<u8>> =
        pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    match octets {
        Some(octets) if rest.is_empty() => Ok(octets.into()),
        _ => Err(D::Error::custom("octets must be pairs of hexadecimal digits")),
    }
}
