//! Timestamps of registrations, and the time of day that they are made of (RFC 5213 5.5, 8.8).

use core::time::Duration;

use crate::time::Instant;

/// A moment of the day as the Timestamp option has it: 48 bits of seconds since 1970 UTC, 16 bits of 1/65536 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp(pub(crate) u64);

const MICROS: u64 = 1_000_000;

impl Timestamp {
    /// The moment `micros` microseconds after 1970 began, the fraction rounded down.
    pub(crate) const fn from_unix_micros(micros: u64) -> Self {
        // 2^64 microseconds are 2^44.07 seconds: the 48 bits hold every u64, and the fraction is below 2^36 before
        // it is divided.
        let seconds = micros / MICROS;
        let fraction = (micros % MICROS).wrapping_shl(16) / MICROS;
        Self(seconds.wrapping_shl(16) | fraction)
    }

    /// The first moment that is later than `last`, and this one at the earliest: what the next registration of a
    /// series carries when the clock is coarse or was set back.
    pub(crate) fn after(self, last: Self) -> Self {
        self.max(Self(last.0.saturating_add(1)))
    }

    /// Whether the two lie at most `window` apart.
    pub(crate) fn is_within(self, window: Duration, other: Self) -> bool {
        let apart = self.0.abs_diff(other.0);
        let window = u64::from(window.subsec_micros())
            .wrapping_shl(16)
            .checked_div(MICROS)
            .and_then(|fraction| window.as_secs().checked_mul(1 << 16)?.checked_add(fraction));
        window.is_none_or(|window| apart <= window)
    }
}

/// The time of day, once it was told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    told: Option<(Instant, u64)>,
}

impl Clock {
    /// It is `unix_micros` microseconds since 1970 UTC now.
    pub(crate) const fn set(&mut self, now: Instant, unix_micros: u64) {
        self.told = Some((now, unix_micros));
    }

    /// The time of day at `now`; none when it was never told.
    pub(crate) fn read(&self, now: Instant) -> Option<Timestamp> {
        let (at, unix_micros) = self.told?;
        let since = now.as_micros().saturating_sub(at.as_micros());
        Some(Timestamp::from_unix_micros(unix_micros.saturating_add(since)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_millis(300);

    #[test]
    fn r5213_8_8_seconds_in_48_bits_and_fractions_in_16() {
        assert_eq!(Timestamp::from_unix_micros(1_300_000_000_000_000), Timestamp(0x4d7c_6d00_0000));
        assert_eq!(Timestamp::from_unix_micros(1_500_000), Timestamp(0x1_8000));
        assert_eq!(Timestamp::from_unix_micros(999_999), Timestamp(0xffff));
        assert_eq!(Timestamp::from_unix_micros(u64::MAX).0 >> 16, u64::MAX / 1_000_000);
    }

    #[test]
    fn the_window_is_inclusive_and_goes_both_ways() {
        let [now, near, far] = [10_000_000, 10_300_000, 10_300_032].map(Timestamp::from_unix_micros);
        assert!(near.is_within(WINDOW, now) && now.is_within(WINDOW, near));
        assert!(!far.is_within(WINDOW, now) && !now.is_within(WINDOW, far));
        assert!(Timestamp(u64::MAX).is_within(Duration::MAX, Timestamp(0)));
        assert!(!Timestamp(u64::MAX).is_within(Duration::from_secs(1), Timestamp(0)));
    }

    #[test]
    fn a_series_rises_whatever_the_clock_does() {
        let last = Timestamp(70);
        assert_eq!(Timestamp(70).after(last), Timestamp(71));
        assert_eq!(Timestamp(5).after(last), Timestamp(71));
        assert_eq!(Timestamp(90).after(last), Timestamp(90));
    }

    #[test]
    fn a_clock_runs_from_when_it_was_told() {
        let mut clock = Clock::default();
        assert_eq!(clock.read(Instant::from_secs(5)), None);
        clock.set(Instant::from_secs(5), 1_000_000_000);
        assert_eq!(clock.read(Instant::from_secs(7)), Some(Timestamp::from_unix_micros(1_002_000_000)));
        assert_eq!(clock.read(Instant::from_secs(4)), Some(Timestamp::from_unix_micros(1_000_000_000)));
    }
}
