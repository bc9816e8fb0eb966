//! Maximum Response Code.

use crate::wire::membership::{ResponseCode, from_code, to_code};

/// Maximum Response Code of a version 2 Query (RFC 3810 5.1.3): milliseconds, from 0x8000 on as a floating point number.
///
/// ```
/// use multimob::wire::mld::MaxResponseCode;
///
/// assert_eq!(MaxResponseCode::from_millis(10_000), MaxResponseCode(10_000));
/// // 32,775 ms has no code: the next lower one is taken.
/// assert_eq!(MaxResponseCode::from_millis(32_775).millis(), 32_768);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxResponseCode(pub u16);

impl MaxResponseCode {
    /// The code of `ms` milliseconds, exact or the next lower; the highest is 8,387,584 ms.
    #[must_use]
    pub const fn from_millis(ms: u32) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a code of 16 bits is what it makes")]
        Self(to_code(ms, 12) as u16)
    }

    /// Milliseconds.
    #[must_use]
    pub const fn millis(self) -> u32 {
        from_code(self.0 as u32, 12)
    }
}

impl ResponseCode for MaxResponseCode {
    const DEFAULT: Self = Self(10_000);

    fn from_millis(ms: u32) -> Self {
        Self::from_millis(ms)
    }

    fn millis(self) -> u32 {
        self.millis()
    }
}
