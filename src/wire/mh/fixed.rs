//! Messages that are a row of fields of fixed size and the options behind it: said once, read and written from that.

use crate::wire::{Addr, Out};

/// A field of fixed size.
pub(super) trait Fixed: Copy {
    /// Octets of the field.
    const LEN: usize;

    /// Reads the field off the front; `None` when it is not there in full.
    fn read(octets: &[u8]) -> Option<(Self, &[u8])>;

    fn write(self, out: &mut impl Out);
}

macro_rules! numbers {
    ($($int:ty)*) => {$(
        impl Fixed for $int {
            const LEN: usize = size_of::<Self>();

            #[inline]
            fn read(octets: &[u8]) -> Option<(Self, &[u8])> {
                let (head, rest) = octets.split_first_chunk()?;
                Some((Self::from_be_bytes(*head), rest))
            }

            #[inline]
            fn write(self, out: &mut impl Out) {
                out.put(&self.to_be_bytes());
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 }

impl Fixed for Addr {
    const LEN: usize = 16;

    #[inline]
    fn read(octets: &[u8]) -> Option<(Self, &[u8])> {
        let (head, rest) = octets.split_first_chunk()?;
        Some((Self(*head), rest))
    }

    #[inline]
    fn write(self, out: &mut impl Out) {
        out.put(&self.0);
    }
}

/// Codes and flags, which are numbers to the wire.
macro_rules! as_numbers {
    (codes: $($code:ident)*) => {$(
        impl $crate::wire::mh::fixed::Fixed for $code {
            const LEN: usize = size_of::<Self>();

            #[inline]
            fn read(octets: &[u8]) -> Option<(Self, &[u8])> {
                $crate::wire::mh::fixed::Fixed::read(octets).map(|(code, rest)| (Self(code), rest))
            }

            #[inline]
            fn write(self, out: &mut impl $crate::wire::Out) {
                $crate::wire::mh::fixed::Fixed::write(self.0, out);
            }
        }
    )*};
    (flags: $($flags:ident)*) => {$(
        impl $crate::wire::mh::fixed::Fixed for $flags {
            const LEN: usize = size_of::<Self>();

            #[inline]
            fn read(octets: &[u8]) -> Option<(Self, &[u8])> {
                $crate::wire::mh::fixed::Fixed::read(octets)
                    .map(|(bits, rest)| (Self::from_bits_retain(bits), rest))
            }

            #[inline]
            fn write(self, out: &mut impl $crate::wire::Out) {
                $crate::wire::mh::fixed::Fixed::write(self.bits(), out);
            }
        }
    )*};
}

/// What stands between the checksum and the options of a message, in the order of the figure that defines it. `[n]` before a
/// field, and after the last one, are `n` reserved octets: ignored, and written as zero (RFC 6275 6.1).
///
/// The first field of a message that shares its MH Type with another one is the number that tells them apart: `is 2u8`.
macro_rules! messages_of_fixed_fields {
    ($(
        $(#[$doc:meta])*
        $name:ident = $kind:literal $(is $which:literal)? {
            $($([$before:literal])? $(#[$field_doc:meta])* $field:ident: $type:ty,)*
        } $([$after:literal])?
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name<'a> {
            $($(#[$field_doc])* pub $field: $type,)*
            /// The options; padding is not among them.
            pub options: $crate::wire::List<'a, $crate::wire::mh::MobilityOption<'a>>,
        }

        impl<'a> $name<'a> {
            /// MH Type.
            pub const KIND: u8 = $kind;

            /// Octets before the options, from Payload Proto on.
            pub(super) const OPTIONS_AT: usize = $crate::wire::mh::HEAD
                $(+ size_of_val(&$which))?
                $($(+ $before)? + <$type as $crate::wire::mh::fixed::Fixed>::LEN)*
                $(+ $after)?;

            /// Reads what follows the checksum.
            pub(super) fn read(
                data: &'a [u8],
                dialect: &$crate::wire::Dialect,
            ) -> $crate::wire::read::Read<'a, Self> {
                const LEN: usize = $name::OPTIONS_AT - $crate::wire::mh::HEAD;
                let (area, fixed) = $crate::wire::read::chunk::<LEN>(
                    $crate::wire::Layer::MobilityHeader,
                    $crate::wire::Field::Header,
                    data,
                )?;
                let (rest, options) = $crate::wire::mh::option::list(area, dialect)?;
                let message = Self::of_fixed(fixed, options)
                    .ok_or_else(|| $crate::wire::read::short(
                        $crate::wire::Layer::MobilityHeader,
                        $crate::wire::Field::Header,
                        data,
                        LEN,
                    ))?;
                Ok((rest, message))
            }

            #[inline]
            #[allow(unused_variables, reason = "the last field leaves nothing behind it that counts")]
            fn of_fixed(
                fixed: &[u8],
                options: $crate::wire::List<'a, $crate::wire::mh::MobilityOption<'a>>,
            ) -> Option<Self> {
                $(let fixed = fixed.get(size_of_val(&$which)..)?;)?
                $(
                    $(let fixed = fixed.get($before..)?;)?
                    let ($field, fixed) = <$type as $crate::wire::mh::fixed::Fixed>::read(fixed)?;
                )*
                Some(Self { $($field,)* options })
            }

            /// Writes what follows the checksum, padding at the end included.
            pub(super) fn write(
                &self,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), $crate::wire::EncodeError> {
                $($crate::wire::mh::fixed::Fixed::write($which, out);)?
                $(
                    $(out.put(&[0; $before]);)?
                    $crate::wire::mh::fixed::Fixed::write(self.$field, out);
                )*
                $(out.put(&[0; $after]);)?
                self.options.write(out)?;
                $crate::wire::mh::option::pad(out, 8, 0);
                Ok(())
            }
        }
    )*};
}

pub(super) use {as_numbers, messages_of_fixed_fields};
