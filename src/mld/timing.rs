//! The protocol variables of RFC 3810 9.

use core::time::Duration;

/// Timers and counts of RFC 3810 9; [`Timing::default`] has the standard's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Timing {
    /// Robustness Variable: 2.
    pub robustness: u8,
    /// Query Interval: 125 s.
    pub query_interval: Duration,
    /// Query Response Interval: 10 s.
    pub query_response_interval: Duration,
    /// Startup Query Interval: a quarter of the Query Interval.
    pub startup_query_interval: Duration,
    /// Startup Query Count: the Robustness Variable.
    pub startup_query_count: u8,
    /// Last Listener Query Interval: 1 s.
    pub last_listener_query_interval: Duration,
    /// Last Listener Query Count: the Robustness Variable.
    pub last_listener_query_count: u8,
    /// Unsolicited Report Interval: 1 s.
    pub unsolicited_report_interval: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            robustness: 2,
            query_interval: Duration::from_secs(125),
            query_response_interval: Duration::from_secs(10),
            startup_query_interval: Duration::from_micros(31_250_000),
            startup_query_count: 2,
            last_listener_query_interval: Duration::from_secs(1),
            last_listener_query_count: 2,
            unsolicited_report_interval: Duration::from_secs(1),
        }
    }
}

impl Timing {
    /// The values that RFC 6636 4 gives for links with many moving listeners, where each is tracked: a General Query
    /// every 150 s, 10 s to answer it (the links lose little), a startup that takes a second; the others as in
    /// RFC 3810 9.
    #[must_use]
    pub fn mobile() -> Self {
        Self {
            query_interval: Duration::from_secs(150),
            startup_query_interval: Duration::from_secs(1),
            ..Self::default()
        }
    }
}

/// Why a set of timers cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimingError {
    /// The Robustness Variable is zero.
    #[error("the robustness variable must not be zero (RFC 3810 9.1)")]
    NoRobustness,
    /// The response interval is not below the query interval.
    #[error("the query response interval must be below the query interval (RFC 3810 9.3)")]
    ResponseNotBelowInterval,
    /// An interval is zero, or less than the microsecond in which [`crate::Instant`] counts; or a count is zero.
    #[error("{0} must not be zero")]
    Zero(&'static str),
}

impl Timing {
    /// Whether the values can be.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn validate(&self) -> Result<(), TimingError> {
        if self.robustness == 0 {
            return Err(TimingError::NoRobustness);
        }
        for (interval, name) in [
            (self.query_interval, "the query interval"),
            (self.query_response_interval, "the query response interval"),
            (self.startup_query_interval, "the startup query interval"),
            (self.last_listener_query_interval, "the last listener query interval"),
            (self.unsolicited_report_interval, "the unsolicited report interval"),
        ] {
            if interval < Duration::from_micros(1) {
                return Err(TimingError::Zero(name));
            }
        }
        for (count, name) in [
            (self.startup_query_count, "the startup query count"),
            (self.last_listener_query_count, "the last listener query count"),
        ] {
            if count == 0 {
                return Err(TimingError::Zero(name));
            }
        }
        if self.query_response_interval >= self.query_interval {
            return Err(TimingError::ResponseNotBelowInterval);
        }
        Ok(())
    }

    /// Multicast Address Listening Interval (9.4): robustness x query interval + response interval; 260 s.
    #[must_use]
    #[inline]
    pub fn listening_interval(&self) -> Duration {
        self.query_interval
            .saturating_mul(self.robustness.into())
            .saturating_add(self.query_response_interval)
    }

    /// Other Querier Present Timeout (9.5): robustness x query interval + half the response interval; 255 s.
    #[must_use]
    pub fn other_querier_present(&self) -> Duration {
        let half = self.query_response_interval.checked_div(2).unwrap_or_default();
        self.query_interval.saturating_mul(self.robustness.into()).saturating_add(half)
    }

    /// The values with what the querier of the link says: its robustness and its query interval, where it says any
    /// (5.1.8, 5.1.9). The Last Listener Query Count follows where it is the robustness (9.9).
    #[must_use]
    pub fn adopting(&self, robustness: u8, query_interval: Duration) -> Self {
        let mut timing = *self;
        if robustness > 0 {
            timing.robustness = robustness;
            if self.last_listener_query_count == self.robustness {
                timing.last_listener_query_count = robustness;
            }
        }
        if !query_interval.is_zero() {
            timing.query_interval = query_interval;
        }
        timing
    }

    /// Last Listener Query Time (9.10): interval x count; 2 s.
    #[must_use]
    pub fn last_listener_query_time(&self) -> Duration {
        self.last_listener_query_interval.saturating_mul(self.last_listener_query_count.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_rfc_3810_9() {
        let timing = Timing::default();
        assert_eq!(timing.validate(), Ok(()));
        assert_eq!(timing.listening_interval(), Duration::from_secs(260));
        assert_eq!(timing.last_listener_query_time(), Duration::from_secs(2));
        assert_eq!(timing.other_querier_present(), Duration::from_secs(255));
        assert_eq!(timing.startup_query_interval, timing.query_interval / 4);
        assert_eq!(timing.startup_query_count, timing.robustness);
        assert_eq!(timing.last_listener_query_count, timing.robustness);
    }

    #[test]
    fn mobile_timers_are_those_of_rfc_6636_4() {
        let timing = Timing::mobile();
        assert_eq!(timing.validate(), Ok(()));
        assert_eq!(timing.query_interval, Duration::from_secs(150));
        assert_eq!(timing.startup_query_interval, Duration::from_secs(1));
        assert_eq!(timing.query_response_interval, Duration::from_secs(10));
        assert_eq!(timing.listening_interval(), Duration::from_secs(310));
    }

    #[test]
    fn what_the_querier_says_is_adopted_and_what_it_leaves_unsaid_is_not() {
        let own = Timing::default();
        let adopted = own.adopting(3, Duration::from_secs(60));
        assert_eq!(adopted.listening_interval(), Duration::from_secs(190));
        assert_eq!(adopted.last_listener_query_time(), Duration::from_secs(3));
        assert_eq!(own.adopting(0, Duration::ZERO), own);
        let set = Timing { last_listener_query_count: 1, ..own };
        assert_eq!(set.adopting(3, Duration::ZERO).last_listener_query_count, 1);
    }

    #[test]
    fn what_derives_follows_what_it_derives_from() {
        let timing = Timing {
            robustness: 3,
            query_interval: Duration::from_secs(60),
            query_response_interval: Duration::from_secs(5),
            last_listener_query_interval: Duration::from_millis(500),
            last_listener_query_count: 5,
            ..Timing::default()
        };
        assert_eq!(timing.listening_interval(), Duration::from_secs(185));
        assert_eq!(timing.last_listener_query_time(), Duration::from_millis(2_500));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let refused = |change: &dyn Fn(&mut Timing)| {
            let mut timing = Timing::default();
            change(&mut timing);
            timing.validate().unwrap_err()
        };
        let under = Duration::from_nanos(999);
        assert_eq!(refused(&|timing| timing.robustness = 0), TimingError::NoRobustness);
        let not_below = refused(&|timing| timing.query_response_interval = timing.query_interval);
        assert_eq!(not_below, TimingError::ResponseNotBelowInterval);
        let zeros: [&dyn Fn(&mut Timing); 7] = [
            &|timing| timing.query_interval = under,
            &|timing| timing.query_response_interval = Duration::ZERO,
            &|timing| timing.startup_query_interval = under,
            &|timing| timing.last_listener_query_interval = under,
            &|timing| timing.unsolicited_report_interval = under,
            &|timing| timing.startup_query_count = 0,
            &|timing| timing.last_listener_query_count = 0,
        ];
        for change in zeros {
            assert!(matches!(refused(change), TimingError::Zero(_)));
        }
    }
}
