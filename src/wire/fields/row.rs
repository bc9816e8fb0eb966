//! Rows of items inside a body.

use core::fmt;

use super::{Cursor, Items, Part, Source, Value, Visit};
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::{Dialect, Item, List, Out};

/// A row of items inside a body: octets that were validated once, or a slice of values. Equal when the items are equal.
///
/// A [`List`] for what no dialect changes: it is small, since options hold it by value.
///
/// ```
/// use multimob::wire::fields::Row;
/// use multimob::wire::mh::option::{BindingReference, FlowOption};
///
/// let options = [FlowOption::from(BindingReference { ids: &[[0, 1], [0, 2]] })];
/// assert_eq!(Row::new(&options).iter().count(), 1);
/// ```
#[derive(Clone, Copy)]
pub struct Row<'a, T>(Kept<'a, T>);

#[derive(Clone, Copy)]
enum Kept<'a, T> {
    Octets(&'a [u8]),
    Values(&'a [T]),
}

impl<T> Default for Row<'_, T> {
    fn default() -> Self {
        Self(Kept::Octets(&[]))
    }
}

impl<'a, T: Item<'a>> Row<'a, T> {
    /// A row of values.
    #[must_use]
    pub const fn new(values: &'a [T]) -> Self {
        Self(Kept::Values(values))
    }

    /// Octets that were checked to hold items and nothing else.
    pub(crate) const fn validated(octets: &'a [u8]) -> Self {
        Self(Kept::Octets(octets))
    }

    /// The items in their order.
    #[inline]
    pub fn iter(&self) -> RowIter<'a, T> {
        RowIter(self.0)
    }

    /// The row as a list.
    pub(crate) fn list(&self, dialect: &Dialect) -> List<'a, T> {
        match self.0 {
            Kept::Octets(octets) => List::validated(octets, self.iter().count(), dialect),
            Kept::Values(values) => List::new(values, dialect),
        }
    }

    pub(crate) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        self.iter().try_for_each(|item| item.write(out, &Dialect::DEFAULT))
    }
}

/// The same items.
impl<'a, T: Item<'a>> From<List<'a, T>> for Row<'a, T> {
    fn from(list: List<'a, T>) -> Self {
        match list.values() {
            [] => Self::validated(list.octets()),
            values => Self::new(values),
        }
    }
}

/// The items of a [`Row`].
#[derive(Clone)]
pub struct RowIter<'a, T>(Kept<'a, T>);

impl<'a, T: Item<'a>> Iterator for RowIter<'a, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            Kept::Octets(octets) => T::read(octets, &Dialect::DEFAULT),
            Kept::Values(values) => {
                let (first, rest) = values.split_first()?;
                *values = rest;
                Some(*first)
            }
        }
    }
}

impl<'a, T: Item<'a>> core::iter::FusedIterator for RowIter<'a, T> {}

impl<'a, T: Item<'a>> IntoIterator for Row<'a, T> {
    type Item = T;
    type IntoIter = RowIter<'a, T>;

    fn into_iter(self) -> RowIter<'a, T> {
        self.iter()
    }
}

impl<'a, T: Item<'a> + PartialEq> PartialEq for Row<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Item<'a> + fmt::Debug> fmt::Debug for Row<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// An option inside a body: a type, a length, and a body of its own.
pub(crate) trait SubOption<'a>: Item<'a> + fmt::Debug {
    /// Whether type 0 is one octet of padding and type 1 any number of them.
    const PADDED: bool;

    /// The name of a type that is known.
    fn name(kind: u8) -> Option<&'static str>;

    /// Type.
    fn kind(&self) -> u8;

    /// The option of this type with this body.
    fn of(kind: u8, body: &'a [u8]) -> Self;

    /// Shows every field of the body; that of one that cannot be read as octets.
    fn show(&self, visit: &mut Visit<'_>);

    /// Writes the body of an option of this type with the values of `from`; `false` where the type is not known.
    fn build<S: Source>(kind: u8, from: &mut S, out: &mut impl Out) -> Result<bool, S::Error>;
}

/// Type and body of the next option, behind padding, and what follows; `None` at the end.
type Next<'a> = Option<((u8, &'a [u8]), &'a [u8])>;

/// The next option in `octets`.
///
/// # Errors
/// How many octets are missing, of a part of how many.
pub(crate) fn next<const PADDED: bool>(mut octets: &[u8]) -> Result<Next<'_>, (usize, usize)> {
    loop {
        let (kind, rest) = match octets {
            [] => return Ok(None),
            [0, rest @ ..] if PADDED => {
                octets = rest;
                continue;
            }
            [kind, rest @ ..] => (*kind, rest),
        };
        let Some((&len, rest)) = rest.split_first() else { return Err((2, 1)) };
        let Some((body, rest)) = rest.split_at_checked(len.into()) else {
            return Err((len.into(), rest.len()));
        };
        if !PADDED || kind != 1 {
            return Ok(Some(((kind, body), rest)));
        }
        octets = rest;
    }
}

/// All that is left, as options.
impl<'a, T: SubOption<'a>> Part<'a> for Row<'a, T> {
    type Value = Self;
    const LEN: usize = 0;
    const OPEN: bool = true;
    const PLACED: bool = T::PADDED;

    fn read(from: &mut Cursor<'a, '_>) -> Result<Self, DecodeError> {
        let octets = from.rest;
        loop {
            let next = if T::PADDED { next::<true>(from.rest) } else { next::<false>(from.rest) };
            match next {
                Ok(Some((_, rest))) => {
                    let read = from.rest.len().saturating_sub(rest.len());
                    from.at = from.at.saturating_add(read);
                    from.rest = rest;
                }
                Ok(None) => {
                    from.take_rest();
                    return Ok(Self::validated(octets));
                }
                Err((needed, have)) => return Err(from.fault(Field::OptionBody, needed, have)),
            }
        }
    }

    fn write(value: &Self, out: &mut impl Out) -> Result<(), EncodeError> {
        value.write(out)
    }

    fn show(value: &Self) -> Option<Value<'_>> {
        Some(Value::Options(value))
    }

    fn build<S: Source>(name: &'static str, from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.options(name, T::name, &mut |from, kind| {
            let mut body = [0; u8::MAX as usize];
            let mut inner = crate::wire::out::Slice::new(&mut body);
            let known = !from.has("body") && T::build(kind, from, &mut inner)?;
            if !known {
                from.octets("body", super::Size::Times(1), &mut |octets| inner.bytes(octets))?;
            }
            let len = inner.written();
            let too_long = EncodeError::TooLong { field: Field::OptionBody, max: body.len() };
            match (u8::try_from(len), body.get(..len)) {
                (Ok(octet), Some(body)) => {
                    out.put(&[kind, octet]);
                    out.bytes(body);
                    Ok(())
                }
                _ => Err(from.refuse(name, too_long)),
            }
        })
    }
}

impl<'a, T: SubOption<'a>> Items for Row<'a, T> {
    fn each(&self, show: &mut super::Each<'_>) {
        for item in self.iter() {
            let kind = item.kind();
            show(kind, T::name(kind), &Shown(item));
        }
    }
}

struct Shown<T>(T);

impl<'a, T: SubOption<'a>> super::Show for Shown<T> {
    fn show(&self, visit: &mut Visit<'_>) {
        self.0.show(visit);
    }
}
