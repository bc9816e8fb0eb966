//! Pad1 and PadN (RFC 6275 6.2.2, 6.2.3).

use crate::wire::Out;

pub(super) const PAD1: u8 = 0;
pub(super) const PADN: u8 = 1;

/// Pads until `unit * n + at` octets are written; `unit` is 1, 2, 4 or 8.
#[inline(always)]
pub(in crate::wire::mh) fn pad(out: &mut impl Out, unit: usize, at: usize) {
    // The unit is a power of two, so that wrapping keeps the remainder.
    match at.wrapping_sub(out.written()).checked_rem(unit).unwrap_or(0) {
        1 => out.put(&[PAD1]),
        2 => out.put(&[PADN, 0]),
        3 => out.put(&[PADN, 1, 0]),
        4 => out.put(&[PADN, 2, 0, 0]),
        5 => out.put(&[PADN, 3, 0, 0, 0]),
        6 => out.put(&[PADN, 4, 0, 0, 0, 0]),
        7 => out.put(&[PADN, 5, 0, 0, 0, 0, 0]),
        _ => {}
    }
}
