//! Writing: one function per format, generic over where it writes, so that a length, a checksum and the octets can
//! never disagree.

use core::mem;

use bytes::BufMut;

use super::checksum::{Pseudo, Sum};
use super::error::EncodeError;

/// Where a format writes itself.
pub trait Out {
    /// Writes `N` octets.
    fn put<const N: usize>(&mut self, octets: &[u8; N]);

    /// Writes a run of octets.
    fn bytes(&mut self, octets: &[u8]);

    /// Octets written so far, those beyond the end of a short buffer included.
    fn written(&self) -> usize;
}

/// A value that can be written as octets. One method is required; the rest follows from it.
pub trait Encode {
    /// Where the checksum stands, for formats that have one.
    const CHECKSUM_AT: Option<usize> = None;

    /// Up to so many octets [`Encode::encode_for`] adds up while it writes them. It changes nothing but the time that
    /// takes, and is worth it for a format that writes long runs: octets that were written a moment ago are slow to read.
    const SUMMED_ON_THE_WAY: usize = 0;

    /// How many octets of the value, from its start, the checksum covers, where it does not cover all.
    fn checksum_covers(&self) -> usize {
        usize::MAX
    }

    /// Writes the value with `checksum` in the place of the checksum.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`], when a part does not fit its length field. What was written by then is no message.
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError>;

    /// Octets that [`Encode::encode`] writes; 0 when it cannot write.
    fn encoded_len(&self) -> usize {
        let mut count = Count(0);
        match self.write(&mut count, 0) {
            Ok(()) => count.0,
            Err(_) => 0,
        }
    }

    /// Writes the value to the start of `buf`, with a checksum of zero, and returns its length.
    ///
    /// # Errors
    /// [`EncodeError::Short`] with the length that is needed; [`EncodeError::TooLong`].
    fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let mut slice = Slice::new(buf);
        self.write(&mut slice, 0)?;
        slice.finish()
    }

    /// Writes the value to the start of `buf` with the checksum that `pseudo` makes, and returns its length.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    fn encode_for(&self, pseudo: &Pseudo, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let Some(at) = Self::CHECKSUM_AT else { return self.encode(buf) };
        let covers = self.checksum_covers();
        if Self::SUMMED_ON_THE_WAY == 0 || covers != usize::MAX {
            let len = self.encode(buf)?;
            let covered = len.min(covers);
            let checksum = pseudo.checksum(buf.get(..covered).unwrap_or_default());
            set_checksum(buf, at, checksum);
            return Ok(len);
        }
        let mut out = SummingSlice {
            slice: Slice::new(buf),
            few: Self::SUMMED_ON_THE_WAY,
            sum: Sum::default(),
            summed: 0,
        };
        self.write(&mut out, 0)?;
        let SummingSlice { slice, mut sum, summed, .. } = out;
        let len = slice.finish()?;
        if summed < len
            && let Some(late) = buf.get(summed..len)
        {
            sum = sum.and(late);
        }
        set_checksum(buf, at, pseudo.finish(sum, len));
        Ok(len)
    }

    /// Appends the value to `buf`, with a checksum of zero, and returns its length. Two passes: the first one counts.
    ///
    /// # Errors
    /// As [`Encode::encode`]; nothing was appended then.
    fn put(&self, buf: &mut impl BufMut) -> Result<usize, EncodeError> {
        let mut count = Count(0);
        self.write(&mut count, 0)?;
        append(self, buf, count.0, 0)
    }

    /// Appends the value to `buf` with the checksum that `pseudo` makes. Two passes: the first one counts and sums.
    ///
    /// # Errors
    /// As [`Encode::put`].
    fn put_for(&self, pseudo: &Pseudo, buf: &mut impl BufMut) -> Result<usize, EncodeError> {
        let mut sum = Summing::new(self.checksum_covers());
        self.write(&mut sum, 0)?;
        let (len, checksum) = sum.finish(pseudo);
        append(self, buf, len, checksum)
    }

    /// The octets of the value, with a checksum of zero.
    ///
    /// # Errors
    /// As [`Encode::put`].
    #[cfg(feature = "alloc")]
    fn to_vec(&self) -> Result<alloc::vec::Vec<u8>, EncodeError> {
        let mut octets = alloc::vec::Vec::with_capacity(self.encoded_len());
        self.put(&mut octets)?;
        Ok(octets)
    }

    /// The octets of the value, with the checksum that `pseudo` makes.
    ///
    /// # Errors
    /// As [`Encode::put`].
    #[cfg(feature = "alloc")]
    fn to_vec_for(&self, pseudo: &Pseudo) -> Result<alloc::vec::Vec<u8>, EncodeError> {
        let mut octets = alloc::vec::Vec::with_capacity(self.encoded_len());
        self.put_for(pseudo, &mut octets)?;
        Ok(octets)
    }
}

#[inline]
fn set_checksum(message: &mut [u8], at: usize, checksum: u16) {
    if let Some(place) = message.get_mut(at..).and_then(|tail| tail.first_chunk_mut()) {
        *place = checksum.to_be_bytes();
    }
}

fn append<E: Encode + ?Sized>(
    value: &E,
    buf: &mut impl BufMut,
    needed: usize,
    checksum: u16,
) -> Result<usize, EncodeError> {
    if buf.remaining_mut() < needed {
        return Err(EncodeError::Short { needed });
    }
    value.write(&mut Buf { buf, len: 0 }, checksum)?;
    Ok(needed)
}

/// Counts octets.
pub(crate) struct Count(pub(crate) usize);

impl Out for Count {
    #[inline]
    fn put<const N: usize>(&mut self, _: &[u8; N]) {
        self.0 = self.0.saturating_add(N);
    }

    #[inline]
    fn bytes(&mut self, octets: &[u8]) {
        self.0 = self.0.saturating_add(octets.len());
    }

    #[inline]
    fn written(&self) -> usize {
        self.0
    }
}

/// Counts octets and adds them up, as far as the checksum covers them.
pub(crate) struct Summing {
    covers: usize,
    sum: Sum,
    len: usize,
}

impl Summing {
    pub(crate) fn new(covers: usize) -> Self {
        Self { covers, sum: Sum::default(), len: 0 }
    }

    /// Length and checksum of what was written.
    pub(crate) fn finish(self, pseudo: &Pseudo) -> (usize, u16) {
        (self.len, pseudo.finish(self.sum, self.len.min(self.covers)))
    }
}

impl Out for Summing {
    #[inline]
    fn put<const N: usize>(&mut self, octets: &[u8; N]) {
        self.bytes(octets);
    }

    #[inline]
    fn bytes(&mut self, octets: &[u8]) {
        let covered = octets.get(..self.covers.saturating_sub(self.len)).unwrap_or(octets);
        self.sum = self.sum.and(covered);
        self.len = self.len.saturating_add(octets.len());
    }

    #[inline]
    fn written(&self) -> usize {
        self.len
    }
}

/// Writes to a slice; beyond its end it counts.
pub(crate) struct Slice<'a> {
    rest: &'a mut [u8],
    all: usize,
    beyond: usize,
}

impl<'a> Slice<'a> {
    pub(crate) const fn new(buf: &'a mut [u8]) -> Self {
        Self { all: buf.len(), rest: buf, beyond: 0 }
    }

    #[inline]
    fn finish(&self) -> Result<usize, EncodeError> {
        if self.beyond == 0 { Ok(self.written()) } else { Err(EncodeError::Short { needed: self.written() }) }
    }

    /// From here on it only counts: what is left of the buffer is too short for `len`.
    #[cold]
    const fn skip(&mut self, left: usize, len: usize) {
        self.all = self.all.saturating_sub(left);
        self.beyond = self.beyond.saturating_add(len);
    }
}

impl Out for Slice<'_> {
    #[inline]
    fn put<const N: usize>(&mut self, octets: &[u8; N]) {
        let rest = mem::take(&mut self.rest);
        let left = rest.len();
        match rest.split_first_chunk_mut() {
            Some((place, rest)) => {
                *place = *octets;
                self.rest = rest;
            }
            None => self.skip(left, N),
        }
    }

    #[inline]
    fn bytes(&mut self, octets: &[u8]) {
        if octets.is_empty() {
            return;
        }
        let rest = mem::take(&mut self.rest);
        let left = rest.len();
        match rest.split_at_mut_checked(octets.len()) {
            Some((place, rest)) => {
                place.copy_from_slice(octets);
                self.rest = rest;
            }
            None => self.skip(left, octets.len()),
        }
    }

    #[inline]
    fn written(&self) -> usize {
        // The rest is a part of all.
        self.all.wrapping_sub(self.rest.len()).saturating_add(self.beyond)
    }
}

/// Writes to a slice and adds up what it writes, as long as it is not much.
struct SummingSlice<'a> {
    slice: Slice<'a>,
    /// Behind so many octets no more runs are added up.
    few: usize,
    sum: Sum,
    /// So many octets were added up, from the first on.
    summed: usize,
}

impl Out for SummingSlice<'_> {
    #[inline]
    fn put<const N: usize>(&mut self, octets: &[u8; N]) {
        if self.summed < self.few {
            self.sum = self.sum.and_few(octets);
            self.summed = self.summed.saturating_add(N);
        }
        self.slice.put(octets);
    }

    #[inline]
    fn bytes(&mut self, octets: &[u8]) {
        if octets.is_empty() {
            return;
        }
        if self.summed < self.few {
            self.sum = self.sum.and(octets);
            self.summed = self.summed.saturating_add(octets.len());
        }
        self.slice.bytes(octets);
    }

    #[inline]
    fn written(&self) -> usize {
        self.slice.written()
    }
}

pub(crate) struct Buf<'a, B> {
    pub(crate) buf: &'a mut B,
    pub(crate) len: usize,
}

impl<B: BufMut> Out for Buf<'_, B> {
    #[inline]
    fn put<const N: usize>(&mut self, octets: &[u8; N]) {
        self.bytes(octets);
    }

    #[inline]
    fn bytes(&mut self, octets: &[u8]) {
        self.buf.put_slice(octets);
        self.len = self.len.saturating_add(octets.len());
    }

    #[inline]
    fn written(&self) -> usize {
        self.len
    }
}

/// A message inside another one: counts from its own start, so that alignment does not depend on what is before it.
pub(crate) struct Inner<'a, O> {
    out: &'a mut O,
    start: usize,
}

impl<'a, O: Out> Inner<'a, O> {
    pub(crate) fn new(out: &'a mut O) -> Self {
        Self { start: out.written(), out }
    }
}

impl<O: Out> Out for Inner<'_, O> {
    #[inline]
    fn put<const N: usize>(&mut self, octets: &[u8; N]) {
        self.out.put(octets);
    }

    #[inline]
    fn bytes(&mut self, octets: &[u8]) {
        self.out.bytes(octets);
    }

    #[inline]
    fn written(&self) -> usize {
        self.out.written().saturating_sub(self.start)
    }
}
