//! How fields stand in octets.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Cursor, Part, Size, Source, Value, put};
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::{Addr, Addr4, Out};

macro_rules! integers {
    ($($int:ty, $len:literal;)*) => {$(
        impl Part<'_> for $int {
            type Value = Self;
            const LEN: usize = $len;

            #[inline(always)]
            fn read(from: &mut Cursor<'_, '_>) -> Result<Self, DecodeError> {
                from.take().map(|octets| Self::from_be_bytes(*octets))
            }

            #[inline(always)]
            fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
                out.put(&value.to_be_bytes());
                Ok(())
            }

            fn show(value: &Self) -> Option<Value<'_>> {
                Some(Value::Int((*value).into()))
            }

                    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
                let value = Self::try_from(from.int(name, Self::MAX.into())?).unwrap_or(Self::MAX);
                put::<Self, S>(name, &value, from, out)
            }
        }
    )*};
}

integers! {
    u8, 1;
    u16, 2;
    u32, 4;
    u64, 8;
}

impl Part<'_> for Addr {
    type Value = Self;
    const LEN: usize = 16;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.take().map(|octets| Self(*octets))
    }

    #[inline(always)]
    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&value.0);
        Ok(())
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        Some(Value::Addr(*value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let addr = from.addr(name)?;
        put::<Self, S>(name, &addr, from, out)
    }
}

impl Part<'_> for Addr4 {
    type Value = Self;
    const LEN: usize = 4;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.take().map(|octets| Self(*octets))
    }

    #[inline(always)]
    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&value.0);
        Ok(())
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        Some(Value::Ipv4(value.ip()))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let addr = from.ipv4(name)?.into();
        put::<Self, S>(name, &addr, from, out)
    }
}

impl Part<'_> for Ipv4Addr {
    type Value = Self;
    const LEN: usize = 4;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.take::<4>().map(|octets| Self::from(*octets))
    }

    #[inline(always)]
    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&value.octets());
        Ok(())
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        Some(Value::Ipv4(*value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let addr = from.ipv4(name)?;
        put::<Self, S>(name, &addr, from, out)
    }
}

/// All octets that are left.
impl<'a> Part<'a> for &'a [u8] {
    type Value = Self;
    const LEN: usize = 0;
    const OPEN: bool = true;

    #[inline(always)]
    fn read(from: &mut Cursor<'a, '_>) -> Result<Self, DecodeError> {
        Ok(from.take_rest())
    }

    #[inline(always)]
    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.bytes(value);
        Ok(())
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        Some(Value::Octets(value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.octets(name, Size::Times(1), &mut |octets| out.bytes(octets))
    }
}

/// All octets that are left, which are text most of the time.
pub(crate) enum Identifier {}

impl<'a> Part<'a> for Identifier {
    type Value = &'a [u8];
    const LEN: usize = 0;
    const OPEN: bool = true;

    #[inline(always)]
    fn read(from: &mut Cursor<'a, '_>) -> Result<&'a [u8], DecodeError> {
        Ok(from.take_rest())
    }

    #[inline(always)]
    fn write(value: &&'a [u8], out: &mut impl Out) -> Result<(), EncodeError> {
        out.bytes(value);
        Ok(())
    }

    fn show<'v>(value: &'v &'a [u8]) -> Option<Value<'v>> {
        Some(Value::Identifier(value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.identifier(name, 0, &mut |octets| out.bytes(octets))
    }
}

/// All octets that are left, one at least, which are text.
pub(crate) enum Name {}

impl<'a> Part<'a> for Name {
    type Value = &'a [u8];
    const LEN: usize = 1;
    const OPEN: bool = true;

    #[inline(always)]
    fn read(from: &mut Cursor<'a, '_>) -> Result<&'a [u8], DecodeError> {
        Ok(from.take_rest())
    }

    #[inline(always)]
    fn write(value: &&'a [u8], out: &mut impl Out) -> Result<(), EncodeError> {
        if value.is_empty() {
            return Err(EncodeError::TooShort { field: Field::Identifier, min: 1 });
        }
        out.bytes(value);
        Ok(())
    }

    fn show<'v>(value: &'v &'a [u8]) -> Option<Value<'v>> {
        Some(Value::Identifier(value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.identifier(name, 1, &mut |octets| out.bytes(octets))
    }
}

/// `N` octets that mean nothing here.
impl<const N: usize> Part<'_> for [u8; N] {
    type Value = Self;
    const LEN: usize = N;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.take().copied()
    }

    #[inline(always)]
    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(value);
        Ok(())
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        Some(Value::Octets(value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.octets(name, Size::Exactly(N), &mut |octets| out.bytes(octets))
    }
}

/// A field at the end that may be left out.
impl<'a, T: Part<'a, Value = T>> Part<'a> for Option<T> {
    type Value = Self;
    const LEN: usize = 0;
    const OPEN: bool = true;

    #[inline(always)]
    fn read(from: &mut Cursor<'a, '_>) -> Result<Self, DecodeError> {
        if from.rest.is_empty() { Ok(None) } else { T::read(from).map(Some) }
    }

    #[inline(always)]
    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        value.as_ref().map_or(Ok(()), |value| T::write(value, out))
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        value.as_ref().and_then(T::show)
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        if from.has(name) { T::build(name, from, out) } else { Ok(()) }
    }
}

/// An address that ends the body: of IPv6 or IPv4, as its length says.
impl Part<'_> for IpAddr {
    type Value = Self;
    const LEN: usize = 4;
    const OPEN: bool = true;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<Self, DecodeError> {
        match from.rest.len() {
            4 => from.take::<4>().map(|octets| Ipv4Addr::from(*octets).into()),
            _ => from.take::<16>().map(|octets| Ipv6Addr::from(*octets).into()),
        }
    }

    #[inline(always)]
    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        match value {
            Self::V4(addr) => out.put(&addr.octets()),
            Self::V6(addr) => out.put(&addr.octets()),
        }
        Ok(())
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        Some(Value::Ip(*value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let addr = from.ip(name)?;
        put::<Self, S>(name, &addr, from, out)
    }
}

/// An address that ends the body, behind 16 bits of which those in `MASK` say what it is: `V6` or `V4`. The others are
/// reserved.
pub(crate) enum Tagged<const MASK: u16, const V6: u16, const V4: u16> {}

impl<const MASK: u16, const V6: u16, const V4: u16> Part<'_> for Tagged<MASK, V6, V4> {
    type Value = IpAddr;
    const LEN: usize = 6;
    const OPEN: bool = true;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<IpAddr, DecodeError> {
        let here = *from;
        let tag = u16::from_be_bytes(*from.take()?) & MASK;
        let addr = IpAddr::read(from)?;
        let wanted = if addr.is_ipv6() { V6 } else { V4 };
        if tag == wanted { Ok(addr) } else { Err(here.fault(Field::Type, wanted.into(), tag.into())) }
    }

    #[inline(always)]
    fn write(value: &IpAddr, out: &mut impl Out) -> Result<(), EncodeError> {
        let tag = if value.is_ipv6() { V6 } else { V4 };
        out.put(&tag.to_be_bytes());
        IpAddr::write(value, out)
    }

    fn show(value: &IpAddr) -> Option<Value<'_>> {
        Some(Value::Ip(*value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let addr = from.ip(name)?;
        put::<Self, S>(name, &addr, from, out)
    }
}

/// One bit of `LEN` octets, one or two; the others are reserved.
pub(crate) enum Bit<const LEN: usize, const MASK: u16> {}

impl<const LEN: usize, const MASK: u16> Part<'_> for Bit<LEN, MASK> {
    type Value = bool;
    const LEN: usize = LEN;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<bool, DecodeError> {
        let octets = from.take::<LEN>()?;
        Ok(octets.iter().fold(0_u16, |bits, octet| bits << 8 | u16::from(*octet)) & MASK != 0)
    }

    #[inline(always)]
    fn write(value: &bool, out: &mut impl Out) -> Result<(), EncodeError> {
        let [high, low] = if *value { MASK } else { 0 }.to_be_bytes();
        if LEN == 2 {
            out.put(&[high]);
        }
        out.put(&[low]);
        Ok(())
    }

    fn show(value: &bool) -> Option<Value<'_>> {
        Some(Value::Bool(*value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let yes = from.bool(name)?;
        put::<Self, S>(name, &yes, from, out)
    }
}

/// A number of at most `MAX`, the length of an IPv4 prefix most of the time, in the upper 6 bits of an octet; the others
/// are reserved.
pub(crate) enum Upper6<const MAX: u8 = 32> {}

impl<const MAX: u8> Upper6<MAX> {
    pub(crate) const MAX: u8 = MAX;
}

impl<const MAX: u8> Part<'_> for Upper6<MAX> {
    type Value = u8;
    const LEN: usize = 1;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<u8, DecodeError> {
        let here = *from;
        let &[octet] = from.take()?;
        let len = octet >> 2;
        if len > Self::MAX {
            return Err(here.fault(Field::PrefixLength, Self::MAX.into(), len.into()));
        }
        Ok(len)
    }

    #[inline(always)]
    fn write(len: &u8, out: &mut impl Out) -> Result<(), EncodeError> {
        if *len > Self::MAX {
            return Err(EncodeError::TooLong { field: Field::PrefixLength, max: Self::MAX.into() });
        }
        out.put(&[*len << 2]);
        Ok(())
    }

    fn show(len: &u8) -> Option<Value<'_>> {
        Some(Value::Int((*len).into()))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let len = u8::try_from(from.int(name, Self::MAX.into())?).unwrap_or(Self::MAX);
        put::<Self, S>(name, &len, from, out)
    }
}

/// The length of an IPv6 prefix, 0 to 128.
pub(crate) enum PrefixLen {}

impl PrefixLen {
    const MAX: u8 = 128;
}

impl Part<'_> for PrefixLen {
    type Value = u8;
    const LEN: usize = 1;

    #[inline(always)]
    fn read(from: &mut Cursor<'_, '_>) -> Result<u8, DecodeError> {
        let here = *from;
        let &[len] = from.take()?;
        if len > Self::MAX {
            return Err(here.fault(Field::PrefixLength, Self::MAX.into(), len.into()));
        }
        Ok(len)
    }

    #[inline(always)]
    fn write(len: &u8, out: &mut impl Out) -> Result<(), EncodeError> {
        if *len > Self::MAX {
            return Err(EncodeError::TooLong { field: Field::PrefixLength, max: Self::MAX.into() });
        }
        out.put(&[*len]);
        Ok(())
    }

    fn show(len: &u8) -> Option<Value<'_>> {
        Some(Value::Int((*len).into()))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let len = u8::try_from(from.int(name, Self::MAX.into())?).unwrap_or(Self::MAX);
        put::<Self, S>(name, &len, from, out)
    }
}

/// All octets that are left, as numbers of 16 bits, one at least.
impl<'a> Part<'a> for &'a [[u8; 2]] {
    type Value = Self;
    const LEN: usize = 2;
    const OPEN: bool = true;

    fn read(from: &mut Cursor<'a, '_>) -> Result<Self, DecodeError> {
        match from.rest.as_chunks() {
            (numbers, []) => {
                from.take_rest();
                Ok(numbers)
            }
            (numbers, odd) => {
                let at = from.at.saturating_add(numbers.as_flattened().len());
                Err(Cursor { at, ..*from }.fault(Field::OptionBody, 2, odd.len()))
            }
        }
    }

    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        if value.is_empty() {
            return Err(EncodeError::TooShort { field: Field::OptionBody, min: 2 });
        }
        out.bytes(value.as_flattened());
        Ok(())
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        Some(Value::Numbers(value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.numbers(name, &mut |numbers| out.bytes(numbers.as_flattened()))
    }
}

/// All octets that are left, in whole words of 32 bits.
pub(crate) enum Words {}

impl<'a> Part<'a> for Words {
    type Value = &'a [u8];
    const LEN: usize = 0;
    const OPEN: bool = true;

    fn read(from: &mut Cursor<'a, '_>) -> Result<&'a [u8], DecodeError> {
        match from.rest.len() % 4 {
            0 => Ok(from.take_rest()),
            odd => Err(from.fault(Field::OptionBody, from.rest.len().saturating_sub(odd), from.rest.len())),
        }
    }

    fn write(value: &&'a [u8], out: &mut impl Out) -> Result<(), EncodeError> {
        if !value.len().is_multiple_of(4) {
            return Err(EncodeError::Unaligned { field: Field::OptionBody, unit: 4 });
        }
        out.bytes(value);
        Ok(())
    }

    fn show<'v>(value: &'v &'a [u8]) -> Option<Value<'v>> {
        Some(Value::Octets(value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.octets(name, Size::Times(4), &mut |octets| out.bytes(octets))
    }
}
