//! Wire codes: newtypes with named constants. A value that has no name is as good as any other.

/// A code of one octet or more, its registered values, and their names.
macro_rules! code {
    (
        $(#[$doc:meta])*
        $name:ident($int:ty) { $($(#[$value_doc:meta])* $constant:ident = $value:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name(pub $int);

        impl $name {
            $($(#[$value_doc])* pub const $constant: Self = Self($value);)*

            /// The name of the value; `None` for a value that this crate does not know.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some(stringify!($constant)),)*
                    _ => None,
                }
            }
        }

        impl $crate::wire::fields::Part<'_> for $name {
            type Value = Self;
            const LEN: usize = size_of::<$int>();

            #[inline(always)]
            fn read(
                from: &mut $crate::wire::fields::Cursor<'_, '_>,
            ) -> Result<Self, $crate::wire::DecodeError> {
                from.take().map(|octets| Self(<$int>::from_be_bytes(*octets)))
            }

            #[inline(always)]
            fn write(value: &Self, out: &mut impl $crate::wire::Out) -> Result<(), $crate::wire::EncodeError> {
                out.put(&value.0.to_be_bytes());
                Ok(())
            }

            fn show(value: &Self) -> Option<$crate::wire::fields::Value<'_>> {
                Some($crate::wire::fields::Value::Code(value.0.into(), value.name()))
            }

            fn build<S: $crate::wire::fields::Source>(
                name: &'static str,
                from: &mut S,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), S::Error> {
                let name_of = |code| <$int>::try_from(code).ok().and_then(|code| Self(code).name());
                let code = from.code(name, <$int>::MAX.into(), name_of)?;
                let code = Self(<$int>::try_from(code).unwrap_or(<$int>::MAX));
                $crate::wire::fields::put::<Self, S>(name, &code, from, out)
            }
        }

        /// The name, or the number of a value without one.
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => core::fmt::Display::fmt(&self.0, f),
                }
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(self, f)
            }
        }
    };
}

pub(crate) use code;
