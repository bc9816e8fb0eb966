//! Max Resp Code.

use crate::wire::membership::{ResponseCode, from_code, to_code};

/// Max Resp Code of a version 3 Query (RFC 3376 4.1.1): tenths of a second, from 0x80 on as a floating point number.
///
/// ```
/// use multimob::wire::igmp::MaxResponseCode;
///
/// assert_eq!(MaxResponseCode::from_millis(10_000), MaxResponseCode(100));
/// // 13.3 s have no code: the next lower one is taken.
/// assert_eq!(MaxResponseCode::from_millis(13_300).millis(), 12_800);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxResponseCode(pub u8);

impl MaxResponseCode {
    /// The code of so many tenths of a second, exact or the next lower; the highest is 31,744.
    #[must_use]
    pub const fn from_tenths(tenths: u32) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a code of 8 bits is what it makes")]
        Self(to_code(tenths, 4) as u8)
    }

    /// Tenths of a second.
    #[must_use]
    pub const fn tenths(self) -> u32 {
        from_code(self.0 as u32, 4)
    }

    /// The code of `ms` milliseconds, exact or the next lower; the highest is 3,174,400 ms.
    #[must_use]
    pub const fn from_millis(ms: u32) -> Self {
        Self::from_tenths(ms / 100)
    }

    /// Milliseconds.
    #[must_use]
    pub const fn millis(self) -> u32 {
        self.tenths().saturating_mul(100)
    }
}

impl ResponseCode for MaxResponseCode {
    const DEFAULT: Self = Self(100);

    fn from_millis(ms: u32) -> Self {
        Self::from_millis(ms)
    }

    fn millis(self) -> u32 {
        self.millis()
    }
}
