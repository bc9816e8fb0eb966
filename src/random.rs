//! A small generator for random delays. It is seeded by the embedder, so that equal seeds and equal inputs give equal
//! actions; it is no source of secrets.

use core::time::Duration;

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A delay chosen from the open range (0, `bound`), whole microseconds; one microsecond when nothing lies in it,
    /// because no deadline is `now` itself.
    pub(crate) fn delay(&mut self, bound: Duration) -> Duration {
        let choices = u64::try_from(bound.as_micros()).unwrap_or(u64::MAX).saturating_sub(1).max(1);
        let scaled = u128::from(self.next()).saturating_mul(u128::from(choices)) >> 64;
        let micros = u64::try_from(scaled).unwrap_or(0);
        Duration::from_micros(micros.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_published_sequence() {
        let mut random = SplitMix64::new(1_234_567);
        let first = [(); 3].map(|()| random.next());
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_delay_lies_inside_its_open_range_and_fills_it() {
        let mut random = SplitMix64::new(7);
        let bound = Duration::from_micros(5);
        let mut seen = [false; 6];
        for _ in 0..1_000 {
            let delay = random.delay(bound);
            assert!(!delay.is_zero() && delay < bound);
            seen[delay.as_micros() as usize] = true;
        }
        assert_eq!(seen, [false, true, true, true, true, false]);
    }

    #[test]
    fn an_empty_range_still_gives_a_later_deadline() {
        let mut random = SplitMix64::new(7);
        for micros in 0..=2 {
            assert_eq!(random.delay(Duration::from_micros(micros)), Duration::from_micros(1));
        }
        assert!(random.delay(Duration::MAX) > Duration::ZERO);
    }
}
