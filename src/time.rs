//! Time as a value: microseconds since an epoch that the embedder chooses. There is no clock in this crate.

use core::fmt;
use core::ops::Add;
use core::time::Duration;

/// A moment, in microseconds since an epoch of the embedder's choice (its start, say).
///
/// [`Instant::from_micros`] caps a moment at 2^63 - 1 microseconds (292,000 years), and a [`Duration`] counts for
/// at most as much when it is added, so a deadline never saturates: `now + d` is later than `now` for every `d` of
/// a microsecond or more.
///
/// ```
/// use core::time::Duration;
/// use multimob::Instant;
///
/// let now = Instant::from_micros(5_000_000);
/// assert_eq!(now + Duration::from_millis(1), Instant::from_micros(5_001_000));
/// assert_eq!(now.saturating_since(Instant::ZERO), Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Instant(u64);

const CAP: u64 = i64::MAX as u64;

impl Instant {
    /// The epoch.
    pub const ZERO: Self = Self(0);

    /// The moment `micros` microseconds after the epoch; above 2^63 - 1 it is capped.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(if micros > CAP { CAP } else { micros })
    }

    /// The moment `millis` milliseconds after the epoch, capped likewise.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self::from_micros(millis.saturating_mul(1_000))
    }

    /// The moment `secs` seconds after the epoch, capped likewise.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self::from_micros(secs.saturating_mul(1_000_000))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Time since `earlier`; zero when `earlier` is the later one.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    #[inline]
    fn add(self, d: Duration) -> Self {
        let micros = u64::try_from(d.as_micros()).unwrap_or(CAP).min(CAP);
        Self(self.0.saturating_add(micros))
    }
}

/// Seconds with six decimals, as a capture shows them.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_later_than_now_even_at_the_cap() {
        let last = Instant::from_micros(u64::MAX);
        assert_eq!(last.as_micros(), CAP);
        assert!(last + Duration::from_micros(1) > last);
        assert!(last + Duration::MAX > last);
        assert_eq!((Instant::ZERO + Duration::MAX).as_micros(), CAP);
    }

    #[test]
    fn time_that_runs_backwards_counts_as_no_time() {
        assert_eq!(Instant::ZERO.saturating_since(Instant::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn prints_as_seconds() {
        assert_eq!(std::format!("{}", Instant::from_micros(1_000_042)), "1.000042");
    }
}
