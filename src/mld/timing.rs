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
    /// An interval is zero.
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
            if interval.is_zero() {
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
    pub fn listening_interval(&self) -> Duration {
        self.query_interval
            .saturating_mul(self.robustness.into())
            .saturating_add(self.query_response_interval)
    }

    /// Last Listener Query Time (9.10): interval x count; 2 s.
    #[must_use]
    pub fn last_listener_query_time(&self) -> Duration {
        self.last_listener_query_interval.saturating_mul(self.last_listener_query_count.into())
    }
}
