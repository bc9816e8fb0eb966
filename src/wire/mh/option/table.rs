//! The table of options as an enum.

/// Makes [`MobilityOption`](super::MobilityOption) and all that follows from the types of its variants. A row is the type
/// (or, behind `local`, its name in [`OptionTypes`](crate::wire::OptionTypes)), the struct of the body, and the
/// alignment `xn + y` as `(x, y)`, or `own` where the body itself has to say.
macro_rules! options {
    (
        $(#[$doc:meta])*
        $option:ident
        $($kind:literal => $name:ident $(<$life:lifetime>)? at $align:tt,)*
        $(local $local:ident => $local_name:ident $(<$local_life:lifetime>)? at $local_align:tt,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $option<'a> {
            $(#[doc = concat!("Type ", $kind, ".")] $name($name $(<$life>)?),)*
            $(#[doc = concat!("Local type `", stringify!($local), "`.")] $local_name($local_name $(<$local_life>)?),)*
            /// An option that this crate does not know, kept as it came.
            Unknown(Raw<'a>),
            /// A known option with a body that cannot be: treated as absent, kept as it came.
            Malformed(Malformed<'a>),
        }

        impl $option<'_> {
            /// The type by which the option is written in this dialect.
            #[must_use]
            pub const fn kind(&self, dialect: &Dialect) -> u8 {
                match self {
                    $(Self::$name(_) => $kind,)*
                    $(Self::$local_name(_) => dialect.options.$local,)*
                    Self::Unknown(raw) => raw.kind,
                    Self::Malformed(malformed) => malformed.raw.kind,
                }
            }

            /// The name of an option type that this crate knows.
            ///
            /// ```
            /// use multimob::wire::{Dialect, mh::MobilityOption};
            ///
            /// assert_eq!(MobilityOption::name(22, &Dialect::DEFAULT), Some("HomeNetworkPrefix"));
            /// ```
            #[must_use]
            pub const fn name(kind: u8, dialect: &Dialect) -> Option<&'static str> {
                Some(match kind {
                    $($kind => stringify!($name),)*
                    $(_ if kind == dialect.options.$local => stringify!($local_name),)*
                    _ => return None,
                })
            }

            /// The option types that this crate knows in this dialect, local ones last.
            pub fn known_types(dialect: &Dialect) -> impl Iterator<Item = u8> + use<> {
                let local = [$(dialect.options.$local),*];
                [$($kind),*].into_iter().chain(local)
            }

            /// Shows every field of the option in the order of its octets; `false` for one that has none to show,
            /// because it is unknown or malformed.
            pub fn show(&self, visit: &mut Visit<'_>) -> bool {
                match self {
                    $(Self::$name(body) => body.show(visit),)*
                    $(Self::$local_name(body) => body.show(visit),)*
                    Self::Unknown(_) | Self::Malformed(_) => return false,
                }
                true
            }

            /// The body of an option of this type with the values of `from`; `None` where the type is not known.
            /// [`Self::other`] makes an option of it.
            ///
            /// # Errors
            /// Those of `from`.
            #[cfg(feature = "alloc")]
            pub fn build<S: Source>(
                kind: u8,
                dialect: &Dialect,
                from: &mut S,
            ) -> Result<Option<alloc::vec::Vec<u8>>, S::Error> {
                let mut octets = alloc::vec::Vec::new();
                let out = &mut Buf { buf: &mut octets, len: 0 };
                match kind {
                    $($kind => $name::build(from, out),)*
                    $(_ if kind == dialect.options.$local => $local_name::build(from, out),)*
                    _ => return Ok(None),
                }?;
                Ok(Some(octets))
            }

            fn write_in(&self, dialect: &Dialect, out: &mut impl Out) -> Result<(), EncodeError> {
                match self {
                    $(Self::$name(body) => stand(body, align!(body, $align), $kind, out),)*
                    $(Self::$local_name(body) => {
                        stand(body, align!(body, $local_align), dialect.options.$local, out)
                    })*
                    Self::Unknown(raw) | Self::Malformed(Malformed { raw, .. }) => raw.write(out),
                }
            }
        }

        /// The option of any type; `None` for padding.
        #[inline(never)]
        fn any<'a>(kind: u8, body: &'a [u8], dialect: &Dialect) -> Option<$option<'a>> {
            match kind {
                padding::PAD1 | padding::PADN => None,
                $($kind => of::<$name $(<$life>)?>(kind, body, dialect),)*
                $(_ if kind == dialect.options.$local => of::<$local_name $(<$local_life>)?>(kind, body, dialect),)*
                _ => Some($option::Unknown(Raw { kind, body })),
            }
        }

        /// The option of a type that is known. A function of its own for each, so that it is made where it is wanted:
        /// in one body, the compiler makes the octets of all of them one by one.
        #[inline(never)]
        fn of<'a, B: Body<'a> + Into<$option<'a>>>(
            kind: u8,
            body: &'a [u8],
            dialect: &Dialect,
        ) -> Option<$option<'a>> {
            Some(match B::read(Cursor::of_option(body, dialect)) {
                Ok(body) => body.into(),
                Err(error) => $option::Malformed(Malformed { raw: Raw { kind, body }, error }),
            })
        }

        $(
            impl<'a> From<$name $(<$life>)?> for $option<'a> {
                fn from(body: $name $(<$life>)?) -> Self {
                    Self::$name(body)
                }
            }
        )*
        $(
            impl<'a> From<$local_name $(<$local_life>)?> for $option<'a> {
                fn from(body: $local_name $(<$local_life>)?) -> Self {
                    Self::$local_name(body)
                }
            }
        )*
    };
}

/// The alignment of a row.
macro_rules! align {
    ($body:ident, own) => {
        $body.alignment()
    };
    ($body:ident, $align:tt) => {
        $align
    };
}

pub(super) use {align, options};
