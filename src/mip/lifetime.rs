//! The Lifetime field of a Binding Update and its Acknowledgement (RFC 6275 6.1.7, 6.1.8).

use core::time::Duration;

const UNIT: u64 = 4;

/// A lifetime in units of 4 seconds; zero deregisters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lifetime(pub(crate) u16);

impl Lifetime {
    /// The end of a binding.
    pub(crate) const ZERO: Self = Self(0);

    /// The longest lifetime that is not above `duration`. A duration below one unit gives one unit unless it is zero,
    /// because a lifetime of zero means something else than a short one.
    pub(crate) fn within(duration: Duration) -> Self {
        let units = (duration.as_secs() / UNIT).max(u64::from(!duration.is_zero()));
        Self(u16::try_from(units).unwrap_or(u16::MAX))
    }

    /// Whether this deregisters.
    pub(crate) const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The same as a span of time.
    pub(crate) fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0).saturating_mul(UNIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6275_6_1_7_a_unit_is_four_seconds() {
        assert_eq!(Lifetime::within(Duration::from_secs(3_600)), Lifetime(900));
        assert_eq!(Lifetime(900).duration(), Duration::from_secs(3_600));
        assert_eq!(Lifetime(u16::MAX).duration(), Duration::from_secs(262_140));
    }

    #[test]
    fn a_lifetime_is_never_rounded_to_a_deregistration_or_past_what_was_meant() {
        assert_eq!(Lifetime::within(Duration::from_secs(7)), Lifetime(1));
        assert_eq!(Lifetime::within(Duration::from_millis(1)), Lifetime(1));
        assert_eq!(Lifetime::within(Duration::ZERO), Lifetime::ZERO);
        assert_eq!(Lifetime::within(Duration::MAX), Lifetime(u16::MAX));
    }
}
