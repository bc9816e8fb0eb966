//! Messages that are a row of fields of fixed size and the options behind it: said once; read, written, shown and built from
//! that.

/// What stands between the checksum and the options of a message, in the order of the figure that defines it. `[n]` before a
/// field, and after the last one, are `n` reserved octets: ignored, and written as zero (RFC 6275 6.1).
///
/// The first field of a message that shares its MH Type with another one is the number that tells them apart: `is 2_u8`.
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

        #[allow(unused_variables, unused_mut, reason = "a message may have no field")]
        impl<'a> $name<'a> {
            /// MH Type.
            pub const KIND: u8 = $kind;

            /// Octets before the options, from Payload Proto on.
            pub(super) const OPTIONS_AT: usize = $crate::wire::mh::HEAD
                $(+ size_of_val(&$which))?
                $($(+ $before)? + <$type as $crate::wire::fields::Part<'static>>::LEN)*
                $(+ $after)?;

            /// Reads what follows the checksum.
            pub(super) fn read(
                data: &'a [u8],
                dialect: &$crate::wire::Dialect,
            ) -> $crate::wire::read::Read<'a, Self> {
                use $crate::wire::{Field, Layer, fields::Cursor, mh::HEAD, read};
                const LEN: usize = $name::OPTIONS_AT - HEAD;
                let (area, fixed) = read::chunk::<LEN>(Layer::MobilityHeader, Field::Header, data)?;
                let (rest, options) = $crate::wire::mh::option::list(area, dialect)?;
                let from = Cursor { rest: fixed, at: HEAD, layer: Layer::MobilityHeader, dialect };
                match Self::of_fixed(from, options) {
                    Ok(message) => Ok((rest, message)),
                    // Never: the fields take no more than LEN octets.
                    Err(_) => Err(read::short(Layer::MobilityHeader, Field::Header, data, LEN)),
                }
            }

            #[inline(always)]
            fn of_fixed(
                mut from: $crate::wire::fields::Cursor<'_, '_>,
                options: $crate::wire::List<'a, $crate::wire::mh::MobilityOption<'a>>,
            ) -> Result<Self, $crate::wire::DecodeError> {
                $(from.take::<{ size_of_val(&$which) }>()?;)?
                Ok(Self {
                    $($field: {
                        $(from.take::<$before>()?;)?
                        <$type as $crate::wire::fields::Part<'_>>::read(&mut from)?
                    },)*
                    options,
                })
            }

            /// Writes what follows the checksum, padding at the end included.
            pub(super) fn write(
                &self,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), $crate::wire::EncodeError> {
                $(out.put(&$which.to_be_bytes());)?
                $(
                    $(out.put(&[0; $before]);)?
                    <$type as $crate::wire::fields::Part<'_>>::write(&self.$field, out)?;
                )*
                $(out.put(&[0; $after]);)?
                self.options.write(out)?;
                $crate::wire::mh::option::pad(out, 8, 0);
                Ok(())
            }

            /// Shows every field before the options.
            pub(super) fn show(&self, visit: &mut $crate::wire::fields::Visit<'_>) {
                $(
                    if let Some(value) = <$type as $crate::wire::fields::Part<'_>>::show(&self.$field) {
                        visit(stringify!($field), value);
                    }
                )*
            }

            /// Writes what follows the checksum, up to the options, with the values of `from`.
            #[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a message keeps it"))]
            pub(super) fn build<S: $crate::wire::fields::Source>(
                from: &mut S,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), S::Error> {
                $(out.put(&$which.to_be_bytes());)?
                $(
                    $(out.put(&[0; $before]);)?
                    <$type as $crate::wire::fields::Part<'_>>::build(stringify!($field), from, out)?;
                )*
                $(out.put(&[0; $after]);)?
                Ok(())
            }
        }
    )*};
}

pub(super) use messages_of_fixed_fields;
