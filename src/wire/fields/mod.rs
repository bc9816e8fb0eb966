//! Bodies declared by their fields: one declaration reads, writes, shows and builds them.
//!
//! `body!` makes the struct of a regular body. Each field is a `Part`: a type that knows how it stands in octets
//! (`u16`, an [`Addr`], a code), or a marker that says so for another type (`len: u8 as PrefixLen`). What is irregular
//! implements `Body` by hand. Readers of values ([`Value`]) and givers of values ([`Source`]) know no format: JSON,
//! random samples and the laws are written once for all of them.

mod part;
mod row;

pub(crate) use part::{Bit, Identifier, Name, PrefixLen, Tagged, Upper6, Words};
pub use row::{Row, RowIter};
pub(crate) use row::{SubOption, next};

use core::net::{IpAddr, Ipv4Addr};

use super::error::{DecodeError, EncodeError, Field, Layer};
use super::{Addr, Dialect, List, Out, igmp, mld};

/// The letter of each bit that has one.
pub type Letters = [(&'static str, u16)];

/// The name of a code; `None` for a value without one.
pub type NameOf = fn(u64) -> Option<&'static str>;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Value<'v> {
    /// A number.
    Int(u64),
    /// A code and its name.
    Code(u64, Option<&'static str>),
    /// Flags, and their letters.
    Flags(u16, &'static Letters),
    /// A number that may be negative.
    Signed(i64),
    /// Yes or no.
    Bool(bool),
    /// An IPv6 address.
    Addr(Addr),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// IPv6 addresses.
    Addrs(&'v [[u8; 16]]),
    /// An IPv6 or an IPv4 address.
    Ip(IpAddr),
    /// Octets that mean nothing here.
    Octets(&'v [u8]),
    /// An identifier, which is text most of the time.
    Identifier(&'v [u8]),
    /// Numbers of 16 bits.
    Numbers(&'v [[u8; 2]]),
    /// Multicast address records.
    Records(List<'v, mld::Record<'v>>),
    /// Group records of IGMPv3.
    IgmpRecords(List<'v, igmp::Record<'v>>),
    /// Options inside the option.
    Options(&'v dyn Items),
}

/// A row of options inside an option.
pub trait Items: core::fmt::Debug {
    /// Calls `show` with the type of each, the name of a type that is known, and the body. The body of one that is not
    /// known, or that cannot be, is one field `body`.
    fn each(&self, show: &mut Each<'_>);
}

/// What is called with type, name and body of each option inside an option.
pub type Each<'v> = dyn FnMut(u8, Option<&'static str>, &dyn Show) + 'v;

/// Something that has fields.
pub trait Show {
    /// Shows every field.
    fn show(&self, visit: &mut Visit<'_>);
}

/// Writes the body of an option inside an option: of this type, with the values of a source.
pub type Build<'b, S> = dyn FnMut(&mut S, u8) -> Result<(), <S as Source>::Error> + 'b;

/// How many octets or items a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// That many.
    Exactly(usize),
    /// Any number of times that many.
    Times(usize),
}

/// What values are shown to, field by field, in the order of the octets.
pub type Visit<'v> = dyn FnMut(&'static str, Value<'_>) + 'v;

/// Where the values of a body come from: a JSON object, random octets, what was read out of another body. It is asked for
/// each field in the order of the octets, by its name.
pub trait Source {
    /// Why there is no such value.
    type Error;

    /// Whether a field that may be left out is there. It is asked for only where the answer is yes.
    fn has(&mut self, name: &'static str) -> bool;

    /// A number of at most `max`.
    ///
    /// # Errors
    /// There is no such value; so for all of these.
    fn int(&mut self, name: &'static str, max: u64) -> Result<u64, Self::Error>;

    /// A number from `min` to `max`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn signed(&mut self, name: &'static str, min: i64, max: i64) -> Result<i64, Self::Error>;

    /// A code of at most `max`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn code(&mut self, name: &'static str, max: u64, name_of: NameOf) -> Result<u64, Self::Error>;

    /// Flags, none of them outside `all`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn flags(&mut self, name: &'static str, letters: &'static Letters, all: u16) -> Result<u16, Self::Error>;

    /// Yes or no.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn bool(&mut self, name: &'static str) -> Result<bool, Self::Error>;

    /// An IPv6 address.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn addr(&mut self, name: &'static str) -> Result<Addr, Self::Error>;

    /// An IPv4 address.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn ipv4(&mut self, name: &'static str) -> Result<Ipv4Addr, Self::Error>;

    /// At most `most` IPv6 addresses, shown to `take`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn addrs(
        &mut self,
        name: &'static str,
        most: usize,
        take: &mut dyn FnMut(&[[u8; 16]]),
    ) -> Result<(), Self::Error>;

    /// An IPv6 or an IPv4 address.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn ip(&mut self, name: &'static str) -> Result<IpAddr, Self::Error>;

    /// Octets, shown to `take`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn octets(
        &mut self,
        name: &'static str,
        size: Size,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Self::Error>;

    /// An identifier of at least `min` octets, shown to `take`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn identifier(
        &mut self,
        name: &'static str,
        min: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Self::Error>;

    /// Numbers of 16 bits, one at least, shown to `take`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn numbers(&mut self, name: &'static str, take: &mut dyn FnMut(&[[u8; 2]])) -> Result<(), Self::Error>;

    /// Options inside the option: each is built by `build`, which asks for a field `body` where it is there, or where the
    /// type has no name.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn options(
        &mut self,
        name: &'static str,
        name_of: fn(u8) -> Option<&'static str>,
        build: &mut Build<'_, Self>,
    ) -> Result<(), Self::Error>
    where
        Self: Sized;

    /// Multicast address records, `size` of them, shown to `take`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn records(
        &mut self,
        name: &'static str,
        size: Size,
        take: &mut dyn FnMut(List<'_, mld::Record<'_>>),
    ) -> Result<(), Self::Error>;

    /// Group records of IGMPv3, `size` of them, shown to `take`.
    ///
    /// # Errors
    /// As [`Source::int`].
    fn igmp_records(
        &mut self,
        name: &'static str,
        size: Size,
        take: &mut dyn FnMut(List<'_, igmp::Record<'_>>),
    ) -> Result<(), Self::Error>;

    /// The error for values that were given but cannot be written.
    fn refuse(&mut self, name: &'static str, why: EncodeError) -> Self::Error;
}

/// What stands behind the head of an option, or of a message.
#[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a body keeps it"))]
pub(crate) trait Body<'a>: Sized {
    /// Whether its length depends on where it stands: there is padding in it.
    const PLACED: bool = false;

    /// Reads all of `from`.
    fn read(from: Cursor<'a, '_>) -> Result<Self, DecodeError>;

    /// Writes what [`Body::read`] reads.
    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError>;

    /// Shows every field.
    fn show(&self, visit: &mut Visit<'_>);

    /// Writes a body with the values of `from`.
    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error>;
}

/// How a field stands in octets.
#[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a body keeps it"))]
pub(crate) trait Part<'a> {
    /// The type of the field.
    type Value;

    /// Octets, at least.
    const LEN: usize;

    /// Whether it takes all octets that are left.
    const OPEN: bool = false;

    /// Whether its length depends on where it stands: there is padding in it.
    const PLACED: bool = false;

    fn read(from: &mut Cursor<'a, '_>) -> Result<Self::Value, DecodeError>;

    fn write(value: &Self::Value, out: &mut impl Out) -> Result<(), EncodeError>;

    /// The value, unless it is left out.
    fn show(value: &Self::Value) -> Option<Value<'_>>;

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error>;
}

/// Octets that are being read, and where they stand.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a, 'd> {
    pub(crate) rest: &'a [u8],
    /// Octets from the start of the layer to `rest`.
    pub(crate) at: usize,
    pub(crate) layer: Layer,
    pub(crate) dialect: &'d Dialect,
}

impl<'a, 'd> Cursor<'a, 'd> {
    /// The body of an option of either level.
    #[inline(always)]
    pub(crate) const fn of_option(body: &'a [u8], dialect: &'d Dialect) -> Self {
        // Behind type and length.
        Self { rest: body, at: 2, layer: Layer::MobilityOption, dialect }
    }

    /// `N` octets.
    #[inline(always)]
    pub(crate) fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], DecodeError> {
        let Some((octets, rest)) = self.rest.split_first_chunk() else {
            return Err(self.fault(Field::OptionBody, N, self.rest.len()));
        };
        self.rest = rest;
        self.at = self.at.saturating_add(N);
        Ok(octets)
    }

    /// All octets that are left.
    #[inline(always)]
    pub(crate) fn take_rest(&mut self) -> &'a [u8] {
        let octets = self.rest;
        self.at = self.at.saturating_add(octets.len());
        self.rest = &[];
        octets
    }

    /// What is wrong here.
    #[inline]
    pub(crate) fn fault(&self, field: Field, needed: usize, have: usize) -> DecodeError {
        DecodeError::new(self.layer, field, self.at, needed, have)
    }

    /// Whether all was read.
    #[inline(always)]
    pub(crate) fn judge_end(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault(Field::OptionBody, 0, self.rest.len())) }
    }

    /// Whether the octets are `len`, or more of them where that is `open`.
    #[inline(always)]
    pub(crate) fn judge_len(&self, len: usize, open: bool) -> Result<(), DecodeError> {
        let have = self.rest.len();
        if have == len || open && have > len { Ok(()) } else { Err(self.fault(Field::OptionBody, len, have)) }
    }
}

/// Declares a struct of fields, and how it stands in octets. `[2]` before a field stands for two reserved octets, which
/// are ignored, and written as zero (`; [2]` for those at the end); `as` names the marker of a field that does not stand as its type does.
macro_rules! body {
    (
        $(#[$doc:meta])*
        $name:ident $(<$life:lifetime>)? {
            $($(#[$field_doc:meta])* $([$reserved:literal])? $field:ident: $type:ty $(as $part:ty)?,)*
            $(; [$last:literal])?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name $(<$life>)? {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        #[allow(unused_variables, unused_mut, reason = "a body may have no field")]
        impl<'a> $crate::wire::fields::Body<'a> for $name $(<$life>)? {
            const PLACED: bool = false
                $(|| <$crate::wire::fields::part_of!($type $(as $part)?) as $crate::wire::fields::Part<'a>>::PLACED)*;

            #[inline(always)]
            fn read(
                mut from: $crate::wire::fields::Cursor<'a, '_>,
            ) -> Result<Self, $crate::wire::DecodeError> {
                let len = 0_usize
                    $($(.saturating_add($reserved))? .saturating_add(<$crate::wire::fields::part_of!($type $(as $part)?) as $crate::wire::fields::Part<'a>>::LEN))*
                    $(.saturating_add($last))?;
                let open = false $(|| <$crate::wire::fields::part_of!($type $(as $part)?) as $crate::wire::fields::Part<'a>>::OPEN)*;
                from.judge_len(len, open)?;
                let body = Self {
                    $($field: {
                        $(from.take::<$reserved>()?;)?
                        <$crate::wire::fields::part_of!($type $(as $part)?) as $crate::wire::fields::Part<'a>>::read(&mut from)?
                    },)*
                };
                if open {
                    from.judge_end()?;
                }
                Ok(body)
            }

            #[inline(always)]
            fn write(&self, out: &mut impl $crate::wire::Out) -> Result<(), $crate::wire::EncodeError> {
                $(
                    $(out.put(&[0; $reserved]);)?
                    <$crate::wire::fields::part_of!($type $(as $part)?) as $crate::wire::fields::Part<'a>>::write(&self.$field, out)?;
                )*
                $(out.put(&[0; $last]);)?
                Ok(())
            }

            fn show(&self, visit: &mut $crate::wire::fields::Visit<'_>) {
                $(
                    if let Some(value) = <$crate::wire::fields::part_of!($type $(as $part)?) as $crate::wire::fields::Part<'a>>::show(&self.$field) {
                        visit(stringify!($field), value);
                    }
                )*
            }

                    fn build<S: $crate::wire::fields::Source>(
                from: &mut S,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), S::Error> {
                $(
                    $(out.put(&[0; $reserved]);)?
                    <$crate::wire::fields::part_of!($type $(as $part)?) as $crate::wire::fields::Part<'a>>::build(stringify!($field), from, out)?;
                )*
                $(out.put(&[0; $last]);)?
                Ok(())
            }
        }
    };
}

/// The marker of a field: its type, where there is no other.
macro_rules! part_of {
    ($type:ty) => {
        $type
    };
    ($type:ty as $part:ty) => {
        $part
    };
}

/// Makes a type of flags a field. Their letters are those by which values are shown; bits without one are kept.
macro_rules! letters {
    ($flags:ident($int:ty) { $($letter:literal = $bit:literal),* }) => {
        impl $crate::wire::fields::Part<'_> for $flags {
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
                Some($crate::wire::fields::Value::Flags(value.bits().into(), &[$(($letter, $bit)),*]))
            }

            fn build<S: $crate::wire::fields::Source>(
                name: &'static str,
                from: &mut S,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), S::Error> {
                let bits = from.flags(name, &[$(($letter, $bit)),*], <$int>::MAX.into())?;
                let flags = Self::from_bits_retain(<$int>::try_from(bits).unwrap_or_default());
                $crate::wire::fields::put::<Self, S>(name, &flags, from, out)
            }
        }
    };
}

pub(crate) use {body, letters, part_of};

/// Writes a field with `value`, which came from `from`.
#[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a body keeps it"))]
pub(crate) fn put<'a, P: Part<'a>, S: Source>(
    name: &'static str,
    value: &P::Value,
    from: &mut S,
    out: &mut impl Out,
) -> Result<(), S::Error> {
    P::write(value, out).map_err(|why| from.refuse(name, why))
}
