//! Subscription Query and Response (RFC 7161 4.3): what a node listens to, asked for after a reactive hand-over.

use super::fixed::messages_of_fixed_fields;
use crate::wire::flags::flags;

flags! {
    /// Flags of a Subscription Response (RFC 7161 4.3.2); every bit is kept.
    SubscriptionFlags(u8) {
        /// I: the node has subscriptions, and Active Multicast Subscription options tell them.
        "I" INFORMATION = 0x80,
    }
}

messages_of_fixed_fields! {
    /// Subscription Query (RFC 7161 4.3.1), from an LMA to the previous MAG of a node, or from its new MAG to the LMA.
    SubscriptionQuery = 22 {
        /// Sequence Number, of 8 bits here.
        sequence: u8,
    } [1]

    /// Subscription Response (RFC 7161 4.3.2).
    SubscriptionResponse = 23 {
        /// Sequence Number of the query.
        sequence: u8,
        /// Flags.
        flags: SubscriptionFlags,
    }
}

impl SubscriptionQuery<'_> {
    /// Whether its number is new to who took `last` before: modulo 256, `last` and the 128 numbers before it are old
    /// (RFC 7161 4.3.1.2).
    #[must_use]
    pub const fn follows(&self, last: u8) -> bool {
        last.wrapping_sub(self.sequence) > 128
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::List;

    /// The example of RFC 7161 4.3.1.2: after 15, the numbers 0 to 15 and 143 to 255 are old.
    #[test]
    fn seq_6_2_8bit_the_window_is_128_inclusive() {
        let follows = |sequence, last| SubscriptionQuery { sequence, options: List::default() }.follows(last);
        for old in (0..=15).chain(143..=255) {
            assert!(!follows(old, 15), "{old}");
        }
        for new in 16..=142 {
            assert!(follows(new, 15), "{new}");
        }
        assert!(follows(0, 255) && !follows(255, 0));
    }
}
