//! The table of the options inside an option as an enum.

use super::padding::pad;
use super::raw::Raw;
use crate::wire::Out;
use crate::wire::error::{EncodeError, Field};
use crate::wire::fields::Body;
use crate::wire::out::Count;

/// Makes the enum of the options inside an option. A row is as in [`options!`](super::table::options); alignment counts
/// only where there is padding: types 0 and 1 of a table that is `padded`.
macro_rules! sub_options {
    (
        $(#[$doc:meta])*
        $option:ident $padding:ident
        $($kind:literal => $name:ident $(<$life:lifetime>)? at $align:tt,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $option<'a> {
            $(#[doc = concat!("Type ", $kind, ".")] $name($name $(<$life>)?),)*
            /// One that this crate does not know, kept as it came.
            Unknown($crate::wire::mh::option::Raw<'a>),
            /// A known one with a body that cannot be: treated as absent, kept as it came.
            Malformed($crate::wire::mh::option::Malformed<'a>),
        }

        impl<'a> $option<'a> {
            /// The one of this type with this body, whatever that makes it. `None` for a type of padding, where there is
            /// padding.
            #[must_use]
            pub fn other(kind: u8, body: &'a [u8]) -> Option<Self> {
                use $crate::wire::fields::SubOption;
                if Self::PADDED && kind < 2 { None } else { Some(Self::of(kind, body)) }
            }
        }

        impl<'a> $crate::wire::Item<'a> for $option<'a> {
            fn read(octets: &mut &'a [u8], _: &$crate::wire::Dialect) -> Option<Self> {
                use $crate::wire::fields::SubOption;
                let ((kind, body), rest) =
                    $crate::wire::fields::next::<{ sub_options!(@$padding) }>(octets).ok()??;
                *octets = rest;
                Some(Self::of(kind, body))
            }

            fn write(
                &self,
                out: &mut impl $crate::wire::Out,
                _: &$crate::wire::Dialect,
            ) -> Result<(), $crate::wire::EncodeError> {
                match self {
                    $(Self::$name(body) => $crate::wire::mh::option::sub::stand(
                        body,
                        if sub_options!(@$padding) {
                            $crate::wire::mh::option::table::align!(body, $align)
                        } else {
                            (1, 0)
                        },
                        $kind,
                        out,
                    ),)*
                    Self::Unknown(raw) => $crate::wire::mh::option::sub::raw(raw, out),
                    Self::Malformed(malformed) => {
                        $crate::wire::mh::option::sub::raw(&malformed.raw, out)
                    }
                }
            }
        }

        impl<'a> $crate::wire::fields::SubOption<'a> for $option<'a> {
            const PADDED: bool = sub_options!(@$padding);

            fn name(kind: u8) -> Option<&'static str> {
                match kind {
                    $($kind => Some(stringify!($name)),)*
                    _ => None,
                }
            }

            fn kind(&self) -> u8 {
                match self {
                    $(Self::$name(_) => $kind,)*
                    Self::Unknown(raw) => raw.kind(),
                    Self::Malformed(malformed) => malformed.kind(),
                }
            }

            fn of(kind: u8, body: &'a [u8]) -> Self {
                let raw = $crate::wire::mh::option::Raw { kind, body };
                #[allow(unused_variables, reason = "a table may have no row")]
                let from = $crate::wire::fields::Cursor::of_option(body, &$crate::wire::Dialect::DEFAULT);
                match kind {
                    $($kind => match $crate::wire::fields::Body::read(from) {
                        Ok(body) => Self::$name(body),
                        Err(error) => Self::Malformed($crate::wire::mh::option::Malformed { raw, error }),
                    },)*
                    _ => Self::Unknown(raw),
                }
            }

            fn show(&self, visit: &mut $crate::wire::fields::Visit<'_>) {
                match self {
                    $(Self::$name(body) => $crate::wire::fields::Body::show(body, visit),)*
                    Self::Unknown(raw) => visit("body", $crate::wire::fields::Value::Octets(raw.body())),
                    Self::Malformed(malformed) => {
                        visit("body", $crate::wire::fields::Value::Octets(malformed.body()));
                    }
                }
            }

            #[allow(unused_variables, reason = "a table may have no row")]
            fn build<S: $crate::wire::fields::Source>(
                kind: u8,
                from: &mut S,
                out: &mut impl $crate::wire::Out,
            ) -> Result<bool, S::Error> {
                match kind {
                    $($kind => <$name $(<$life>)? as $crate::wire::fields::Body<'_>>::build(from, out).map(|()| true),)*
                    _ => Ok(false),
                }
            }
        }

        $(
            impl<'a> From<$name $(<$life>)?> for $option<'a> {
                fn from(body: $name $(<$life>)?) -> Self {
                    Self::$name(body)
                }
            }
        )*
    };
    (@padded) => { true };
    (@plain) => { false };
}

pub(super) use sub_options;

/// Writes an option inside an option at its alignment.
pub(super) fn stand<'a>(
    body: &impl Body<'a>,
    (unit, at): (usize, usize),
    kind: u8,
    out: &mut impl Out,
) -> Result<(), EncodeError> {
    let mut len = Count(0);
    body.write(&mut len)?;
    pad(out, unit, at);
    head(kind, len.0, out)?;
    body.write(out)
}

/// Writes an option as it came.
pub(super) fn raw(raw: &Raw<'_>, out: &mut impl Out) -> Result<(), EncodeError> {
    head(raw.kind, raw.body.len(), out)?;
    out.bytes(raw.body);
    Ok(())
}

fn head(kind: u8, len: usize, out: &mut impl Out) -> Result<(), EncodeError> {
    let max = u8::MAX.into();
    let len = u8::try_from(len).map_err(|_| EncodeError::TooLong { field: Field::OptionBody, max })?;
    out.put(&[kind, len]);
    Ok(())
}
