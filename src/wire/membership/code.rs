//! Times as codes: linear up to a half, then a floating point number (RFC 3810 5.1.3 and 5.1.9, RFC 3376 4.1.1 and
//! 4.1.7).

use core::fmt::Debug;
use core::hash::Hash;

/// Maximum Response Code of either family.
pub trait ResponseCode: Copy + Ord + Hash + Debug + 'static {
    /// The code of ten seconds, the default of both families (RFC 3810 9.3, RFC 3376 8.3).
    const DEFAULT: Self;

    /// The code of `ms` milliseconds, exact or the next lower that there is.
    fn from_millis(ms: u32) -> Self;

    /// Milliseconds.
    fn millis(self) -> u32;
}

/// Querier's Query Interval Code (RFC 3810 5.1.9, RFC 3376 4.1.7): seconds, from 0x80 on as a floating point number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Qqic(pub u8);

impl Qqic {
    /// The code of `s` seconds, exact or the next lower; the highest is 31,744 s.
    #[must_use]
    pub const fn from_secs(s: u32) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a code of 8 bits is what it makes")]
        Self(to_code(s, 4) as u8)
    }

    /// Seconds.
    #[must_use]
    pub const fn secs(self) -> u32 {
        from_code(self.0 as u32, 4)
    }
}

/// The value of a code with `bits` of mantissa below three bits of exponent and the bit that says "floating point".
#[expect(clippy::arithmetic_side_effects, reason = "bits is 4 or 12, the exponent at most 7: 23 bits in all")]
pub(in crate::wire) const fn from_code(code: u32, bits: u32) -> u32 {
    if code >> (bits + 3) == 0 {
        return code;
    }
    let mantissa = code & ((1 << bits) - 1);
    let exponent = (code >> bits) & 7;
    (mantissa | 1 << bits) << (exponent + 3)
}

/// The code of `value`, exact or the next lower.
#[expect(clippy::arithmetic_side_effects, reason = "a value that is not linear has at least bits + 4 bits")]
pub(in crate::wire) const fn to_code(value: u32, bits: u32) -> u32 {
    if value >> (bits + 3) == 0 {
        return value;
    }
    let exponent = value.ilog2() - bits - 3;
    if exponent > 7 {
        return (1 << (bits + 4)) - 1;
    }
    let mantissa = value >> (exponent + 3) & ((1 << bits) - 1);
    1 << (bits + 3) | exponent << bits | mantissa
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{igmp, mld};

    /// RFC 3810 5.1.3 and 5.1.9 as they stand.
    fn mrc(code: u32) -> u32 {
        if code < 0x8000 { code } else { ((code & 0xfff) | 0x1000) << (((code >> 12) & 7) + 3) }
    }

    fn qqi(code: u32) -> u32 {
        if code < 0x80 { code } else { ((code & 0xf) | 0x10) << (((code >> 4) & 7) + 3) }
    }

    #[test]
    fn t23_every_code_has_its_value_and_every_value_its_code() {
        for code in 0..=u16::MAX {
            assert_eq!(mld::MaxResponseCode(code).millis(), mrc(code.into()));
            assert_eq!(mld::MaxResponseCode::from_millis(mrc(code.into())), mld::MaxResponseCode(code));
        }
        for code in 0..=u8::MAX {
            assert_eq!(Qqic(code).secs(), qqi(code.into()));
            assert_eq!(Qqic::from_secs(qqi(code.into())), Qqic(code));
            assert_eq!(igmp::MaxResponseCode(code).tenths(), qqi(code.into()));
            assert_eq!(igmp::MaxResponseCode(code).millis(), qqi(code.into()) * 100);
            assert_eq!(igmp::MaxResponseCode::from_tenths(qqi(code.into())), igmp::MaxResponseCode(code));
        }
    }

    #[test]
    fn t23_a_value_without_a_code_takes_the_next_lower() {
        for code in 0..u16::MAX {
            let next = mld::MaxResponseCode(code + 1);
            assert_eq!(mld::MaxResponseCode::from_millis(next.millis() - 1), mld::MaxResponseCode(code));
        }
        for code in 0..u8::MAX {
            assert_eq!(Qqic::from_secs(Qqic(code + 1).secs() - 1), Qqic(code));
            let next = igmp::MaxResponseCode(code + 1);
            assert_eq!(igmp::MaxResponseCode::from_millis(next.millis() - 1), igmp::MaxResponseCode(code));
        }
        for beyond in [8_387_585, u32::MAX] {
            assert_eq!(mld::MaxResponseCode::from_millis(beyond).millis(), 8_387_584);
            assert_eq!(Qqic::from_secs(beyond).secs(), 31_744);
            assert_eq!(igmp::MaxResponseCode::from_tenths(beyond).tenths(), 31_744);
        }
    }

    #[test]
    fn t23_the_vectors_of_the_exponential_codes() {
        let values =
            [0x7fff, 0x8000, 0x8001, 0x8fff, 0x9000, 0xffff].map(|code| mld::MaxResponseCode(code).millis());
        assert_eq!(values, [32_767, 32_768, 32_776, 65_528, 65_536, 8_387_584]);
        let values = [0x7f, 0x80, 0x81, 0x8f, 0x90, 0xff].map(|code| Qqic(code).secs());
        assert_eq!(values, [127, 128, 136, 248, 256, 31_744]);
    }

    #[test]
    fn the_default_of_both_families_is_ten_seconds() {
        assert_eq!(<mld::MaxResponseCode as ResponseCode>::DEFAULT.millis(), 10_000);
        assert_eq!(<igmp::MaxResponseCode as ResponseCode>::DEFAULT.millis(), 10_000);
    }
}
