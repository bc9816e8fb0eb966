//! Flags of the wire: `bitflags` that keep every bit, with a letter for each that has a name.

/// Flags of one octet or two, the letters by which documents call them, and how they stand in octets.
macro_rules! flags {
    (
        $(#$doc:tt)*
        $name:ident($int:tt) { $($(#$flag_doc:tt)* $letter:literal $flag:ident = $bit:literal,)* }
    ) => {
        bitflags::bitflags! {
            $(#$doc)*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub struct $name: $int {
                $($(#$flag_doc)* const $flag = $bit;)*
                const _ = !0;
            }
        }

        impl $crate::wire::fields::Part<'_> for $name {
            type Value = Self;
            const LEN: usize = size_of::<$int>();

            #[inline(always)]
            fn read(
                from: &mut $crate::wire::fields::Cursor<'_, '_>,
            ) -> Result<Self, $crate::wire::DecodeError> {
                from.take().map(|octets| Self::from_bits_retain(<$int>::from_be_bytes(*octets)))
            }

            #[inline(always)]
            fn write(value: &Self, out: &mut impl $crate::wire::Out) -> Result<(), $crate::wire::EncodeError> {
                out.put(&value.bits().to_be_bytes());
                Ok(())
            }

            fn show(value: &Self) -> Option<$crate::wire::fields::Value<'_>> {
                const LETTERS: &$crate::wire::fields::Letters = &[$(($letter, $bit)),*];
                Some($crate::wire::fields::Value::Flags(value.bits().into(), LETTERS))
            }

            fn build<S: $crate::wire::fields::Source>(
                name: &'static str,
                from: &mut S,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), S::Error> {
                const LETTERS: &$crate::wire::fields::Letters = &[$(($letter, $bit)),*];
                let bits = from.flags(name, LETTERS, <$int>::MAX.into())?;
                let flags = Self::from_bits_retain(<$int>::try_from(bits).unwrap_or(<$int>::MAX));
                $crate::wire::fields::put::<Self, S>(name, &flags, from, out)
            }
        }
    };
}

pub(crate) use flags;
