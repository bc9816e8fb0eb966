//! Retransmission of a request until it is answered (RFC 6275 11.8, RFC 5213 6.9.4).

use core::time::Duration;

/// INITIAL_BINDACK_TIMEOUT (RFC 6275 12).
const INITIAL: Duration = Duration::from_secs(1);
/// MAX_BINDACK_TIMEOUT (RFC 6275 12).
const MAX: Duration = Duration::from_secs(32);

/// How long to wait for an answer before the next transmission: 1 s, doubled each time, 32 s at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    wait: Duration,
}

impl Backoff {
    /// Before the first transmission.
    pub(crate) const START: Self = Self { wait: INITIAL };

    /// How long the transmission that is made now waits for its answer. The next one waits twice as long.
    pub(crate) fn transmit(&mut self) -> Duration {
        let wait = self.wait;
        self.wait = wait.saturating_mul(2).min(MAX);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6275_11_8_waits_double_up_to_32_seconds() {
        let mut backoff = Backoff::START;
        let waits: Vec<u64> = (0..8).map(|_| backoff.transmit().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 32, 32]);
    }
}
