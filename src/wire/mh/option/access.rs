//! The access network of a node (RFC 6757).

use super::sub::sub_options;
use crate::wire::Out;
use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::fields::{Body, Cursor, Identifier, Part, Row, Source, Value, Visit, body, put};

body! {
    /// Access Network Identifier (52, RFC 6757 3).
    AccessNetworkIdentifier<'a> {
        /// What is known of the network, each once.
        options: Row<'a, AccessNetworkOption<'a>>,
    }
}

sub_options! {
    /// A sub-option of an [`AccessNetworkIdentifier`] (RFC 6757 3.1).
    AccessNetworkOption plain
    1 => NetworkIdentifier<'a> at (1, 0),
    2 => GeoLocation at (1, 0),
    3 => OperatorIdentifier<'a> at (1, 0),
}

/// Network-Identifier (ANI type 1, RFC 6757 3.1.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkIdentifier<'a> {
    /// E: the network name is UTF-8; else its encoding is agreed on elsewhere.
    pub utf8: bool,
    /// Name of the network: SSID, PLMN identifier or ANI. Not empty.
    pub network: &'a [u8],
    /// Name of the access point, UTF-8; empty where it is not told.
    pub access_point: &'a [u8],
}

/// E.
const E: u8 = 0x80;

/// A length octet and as many octets.
fn counted<'a>(from: &mut Cursor<'a, '_>) -> Result<&'a [u8], DecodeError> {
    let &[len] = from.take()?;
    let Some((octets, rest)) = from.rest.split_at_checked(len.into()) else {
        return Err(from.fault(Field::Identifier, len.into(), from.rest.len()));
    };
    from.at = from.at.saturating_add(octets.len());
    from.rest = rest;
    Ok(octets)
}

fn write_counted(octets: &[u8], out: &mut impl Out) -> Result<(), EncodeError> {
    let max = u8::MAX.into();
    let len =
        u8::try_from(octets.len()).map_err(|_| EncodeError::TooLong { field: Field::Identifier, max })?;
    out.put(&[len]);
    out.bytes(octets);
    Ok(())
}

impl<'a> Body<'a> for NetworkIdentifier<'a> {
    fn read(mut from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        let &[flags] = from.take()?;
        let start = from;
        let body =
            Self { utf8: flags & E != 0, network: counted(&mut from)?, access_point: counted(&mut from)? };
        from.judge_end()?;
        if body.network.is_empty() {
            return Err(start.fault(Field::Identifier, 1, 0));
        }
        Ok(body)
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        if self.network.is_empty() {
            return Err(EncodeError::TooShort { field: Field::Identifier, min: 1 });
        }
        out.put(&[if self.utf8 { E } else { 0 }]);
        write_counted(self.network, out)?;
        write_counted(self.access_point, out)
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("utf8", Value::Bool(self.utf8));
        visit("network", Value::Identifier(self.network));
        visit("access_point", Value::Identifier(self.access_point));
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        out.put(&[if from.bool("utf8")? { E } else { 0 }]);
        for (name, min) in [("network", 1), ("access_point", 0)] {
            let mut written = Ok(());
            from.identifier(name, min, &mut |octets| written = write_counted(octets, out))?;
            written.map_err(|why| from.refuse(name, why))?;
        }
        Ok(())
    }
}

body! {
    /// Geo-Location (ANI type 2, RFC 6757 3.1.2), by WGS 84.
    GeoLocation {
        /// Degrees north, in units of 2^-15; south is negative.
        latitude: i32 as Degrees,
        /// Degrees east, in units of 2^-15; west is negative.
        longitude: i32 as Degrees,
    }
}

/// Degrees as 24 bits, two's complement, 9 of them whole.
enum Degrees {}

impl Degrees {
    const MAX: i32 = 0x7f_ffff;
    const MIN: i32 = -0x80_0000;
}

impl Part<'_> for Degrees {
    type Value = i32;
    const LEN: usize = 3;

    fn read(from: &mut Cursor<'_, '_>) -> Result<i32, DecodeError> {
        from.take().map(|&[high, middle, low]| i32::from_be_bytes([high, middle, low, 0]) >> 8)
    }

    fn write(value: &i32, out: &mut impl Out) -> Result<(), EncodeError> {
        if !(Self::MIN..=Self::MAX).contains(value) {
            return Err(EncodeError::TooLong { field: Field::OptionBody, max: 3 });
        }
        let [_, high, middle, low] = value.to_be_bytes();
        out.put(&[high, middle, low]);
        Ok(())
    }

    fn show(value: &i32) -> Option<Value<'_>> {
        Some(Value::Signed((*value).into()))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let value = from.signed(name, Self::MIN.into(), Self::MAX.into())?;
        put::<Self, S>(name, &i32::try_from(value).unwrap_or_default(), from, out)
    }
}

code! {
    /// What an [`OperatorIdentifier`] is (RFC 6757 3.1.3).
    OperatorType(u8) {
        /// Private enterprise number, in as many octets as there are.
        ENTERPRISE_NUMBER = 1,
        /// Realm of the operator, ASCII.
        REALM = 2,
    }
}

body! {
    /// Operator-Identifier (ANI type 3, RFC 6757 3.1.3).
    OperatorIdentifier<'a> {
        /// What the identifier is.
        kind: OperatorType,
        /// The identifier, at most 253 octets.
        id: &'a [u8] as Identifier,
    }
}
