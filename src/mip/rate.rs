//! How often something is done for others: a token bucket on the machine's own time.

use crate::time::Instant;

/// Room for a second's worth of work; it comes back evenly over a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// When all of the room is back.
    whole: Instant,
}

/// Microseconds of a second.
const SECOND: u64 = 1_000_000;

impl Bucket {
    /// Whether there is room for one more at `now`, where `per_second` are the most: up to so many at once, and so many
    /// a second in the long run. With 0 there is never room; more than a million are as good as a million.
    pub(crate) fn has_room(&self, now: Instant, per_second: u32) -> bool {
        per_second > 0 && self.taken(now).saturating_add(share(per_second)) <= SECOND
    }

    /// Takes the room for one, if there was some or not.
    pub(crate) fn take(&mut self, now: Instant, per_second: u32) {
        let taken = self.taken(now).saturating_add(share(per_second));
        self.whole = Instant::from_micros(now.as_micros().saturating_add(taken));
    }

    /// Microseconds' worth that is taken at `now`. Never more than a second's: a clock that ran backwards costs no
    /// more.
    fn taken(&self, now: Instant) -> u64 {
        self.whole.as_micros().saturating_sub(now.as_micros()).min(SECOND)
    }
}

/// What one takes, in microseconds.
fn share(per_second: u32) -> u64 {
    SECOND.checked_div(u64::from(per_second)).unwrap_or(SECOND).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `tries` at this moment find room, each taking it.
    fn fit(bucket: &mut Bucket, micros: u64, per_second: u32, tries: u32) -> u32 {
        let now = Instant::from_micros(micros);
        let mut fit = 0;
        for _ in 0..tries {
            if bucket.has_room(now, per_second) {
                bucket.take(now, per_second);
                fit += 1;
            }
        }
        fit
    }

    #[test]
    fn a_second_s_worth_at_once_and_the_rest_evenly() {
        for rate in [1, 3, 7, 10, 1_000, 999_999, 1_000_000] {
            let mut bucket = Bucket::default();
            assert_eq!(fit(&mut bucket, 0, rate, rate.min(20_000) + 1), rate.min(20_001), "{rate}");
        }
        let mut bucket = Bucket::default();
        assert_eq!(fit(&mut bucket, 0, 10, 20), 10);
        assert_eq!(fit(&mut bucket, 99_999, 10, 20), 0);
        assert_eq!(fit(&mut bucket, 100_000, 10, 20), 1);
        assert_eq!(fit(&mut bucket, 1_100_000, 10, 20), 10);
    }

    #[test]
    fn in_the_long_run_no_more_than_the_rate() {
        let mut bucket = Bucket::default();
        let done: u32 = (0..60_000).map(|millis| fit(&mut bucket, millis * 1_000, 10, 3)).sum();
        assert_eq!(done, 10 + 599);
    }

    #[test]
    fn no_room_at_all_with_a_rate_of_nothing() {
        assert_eq!(fit(&mut Bucket::default(), 5, 0, 3), 0);
    }

    #[test]
    fn a_clock_that_ran_backwards_costs_a_second_at_most() {
        let mut bucket = Bucket::default();
        assert_eq!(fit(&mut bucket, 1 << 60, 1, 2), 1);
        assert_eq!(fit(&mut bucket, 0, 1, 1), 0);
        bucket.take(Instant::ZERO, 1);
        assert!(bucket.whole <= Instant::from_secs(2));
        assert_eq!(fit(&mut bucket, 2_000_000, 1, 2), 1);
    }
}
