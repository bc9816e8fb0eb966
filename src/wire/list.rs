//! Items of varying length in a row: validated octets, or a borrowed slice of values.

use core::fmt;

use super::dialect::Dialect;
use super::error::{EncodeError, Field};
use super::out::Out;

/// Something that stands in a row of its kind: an option, a record, a context data block.
pub trait Item<'a>: Copy {
    /// Takes one item off the front of octets that were validated when the list was parsed; `None` at the end.
    /// Padding between items is skipped here.
    fn read(octets: &mut &'a [u8], dialect: &Dialect) -> Option<Self>;

    /// Writes the item as it would stand at `out.written()` octets from the start of its message, padding before it
    /// included.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`].
    fn write(&self, out: &mut impl Out, dialect: &Dialect) -> Result<(), EncodeError>;

    /// Whether nothing may stand behind it: a row in which something does is not written.
    fn is_last(&self) -> bool {
        false
    }
}

/// A row of items: octets that were validated once, or a slice of values. Equal when the items are equal.
#[derive(Clone, Copy)]
pub struct List<'a, T> {
    octets: &'a [u8],
    values: &'a [T],
    len: usize,
    dialect: Dialect,
}

impl<T> Default for List<'_, T> {
    fn default() -> Self {
        Self { octets: &[], values: &[], len: 0, dialect: Dialect::default() }
    }
}

impl<'a, T: Item<'a>> List<'a, T> {
    /// A row of values, to be written with the code points of `dialect`.
    #[must_use]
    pub const fn new(values: &'a [T], dialect: &Dialect) -> Self {
        Self { octets: &[], values, len: values.len(), dialect: *dialect }
    }

    /// Octets whose `len` items were checked to be readable.
    pub(crate) const fn validated(octets: &'a [u8], len: usize, dialect: &Dialect) -> Self {
        Self { octets, values: &[], len, dialect: *dialect }
    }

    /// The octets, where it is they that hold the items.
    pub(crate) const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The values, where it is they that are the items.
    pub(crate) const fn values(&self) -> &'a [T] {
        self.values
    }

    /// How many items.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The code points by which the items are read and written.
    #[must_use]
    pub const fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// The items in their order.
    #[inline]
    pub fn iter(&self) -> Iter<'a, T> {
        Iter { octets: self.octets, values: self.values.iter(), left: self.len, dialect: self.dialect }
    }

    #[inline]
    pub(crate) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let mut left = self.len;
        for value in self.values {
            left = left.saturating_sub(1);
            self.write_item(value, left, out)?;
        }
        let mut octets = self.octets;
        while left > 0 {
            let Some(item) = T::read(&mut octets, &self.dialect) else { break };
            left = left.saturating_sub(1);
            self.write_item(&item, left, out)?;
        }
        Ok(())
    }

    /// The octets as they came, whatever their canonical form is; values as they are always written.
    pub(crate) fn write_verbatim(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        for value in self.values {
            value.write(out, &self.dialect)?;
        }
        out.bytes(self.octets);
        Ok(())
    }

    /// Writes an item that has `left` others behind it.
    #[inline]
    fn write_item(&self, item: &T, left: usize, out: &mut impl Out) -> Result<(), EncodeError> {
        if left > 0 && item.is_last() {
            return Err(EncodeError::NotLast { field: Field::Authenticator });
        }
        item.write(out, &self.dialect)
    }
}

/// The items of a [`List`].
#[derive(Clone)]
pub struct Iter<'a, T> {
    octets: &'a [u8],
    values: core::slice::Iter<'a, T>,
    left: usize,
    dialect: Dialect,
}

impl<'a, T: Item<'a>> Iterator for Iter<'a, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        if let Some(value) = self.values.next() {
            self.left = self.left.saturating_sub(1);
            return Some(*value);
        }
        self.left = self.left.checked_sub(1)?;
        T::read(&mut self.octets, &self.dialect)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'a, T: Item<'a>> ExactSizeIterator for Iter<'a, T> {}
impl<'a, T: Item<'a>> core::iter::FusedIterator for Iter<'a, T> {}

impl<'a, T: Item<'a>> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<'a, T: Item<'a> + PartialEq> PartialEq for List<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Item<'a> + fmt::Debug> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
