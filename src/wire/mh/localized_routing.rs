//! Localized Routing (RFC 6705 10): traffic between nodes of two gateways that does not pass their anchor.

use super::fixed::messages_of_fixed_fields;
use crate::wire::code::code;
use crate::wire::flags::flags;

flags! {
    /// Flags of a Localized Routing Acknowledgment (RFC 6705 10.2); every bit is kept.
    LocalizedRoutingFlags(u8) {
        /// U: nobody asked; the lifetime is a new wish.
        "U" UNSOLICITED = 0x80,
    }
}

code! {
    /// Status of a Localized Routing Acknowledgment (RFC 6705 10.2).
    LocalizedRoutingStatus(u8) {
        /// Success.
        SUCCESS = 0,
        /// Localized routing is not allowed.
        NOT_ALLOWED = 128,
        /// A node is not attached.
        MN_NOT_ATTACHED = 129,
    }
}

impl LocalizedRoutingStatus {
    /// Whether the request was accepted: values below 128 (RFC 6705 10.2).
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.0 < 128
    }
}

messages_of_fixed_fields! {
    /// Localized Routing Initiation (RFC 6705 10.1). Its options are the identifier and the prefixes of one node, then those of
    /// the other.
    LocalizedRoutingInitiation = 17 {
        /// Sequence Number.
        sequence: u16,
        [2]
        /// Lifetime asked for, in seconds; 0 stops it, 65,535 is for ever.
        lifetime_s: u16,
    }

    /// Localized Routing Acknowledgment (RFC 6705 10.2).
    LocalizedRoutingAck = 18 {
        /// Sequence Number of the initiation.
        sequence: u16,
        /// Flags.
        flags: LocalizedRoutingFlags,
        /// Status.
        status: LocalizedRoutingStatus,
        /// Lifetime granted, in seconds; 65,535 is for ever.
        lifetime_s: u16,
    }
}
