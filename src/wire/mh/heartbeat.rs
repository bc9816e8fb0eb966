//! Heartbeat between a mobile access gateway and its local mobility anchor (RFC 5847).

use super::fixed::messages_of_fixed_fields;
use crate::wire::flags::flags;

flags! {
    /// Flags of a Heartbeat (RFC 5847 3.3); every bit is kept.
    HeartbeatFlags(u16) {
        /// U: nobody asked for this response.
        "U" UNSOLICITED = 0x0002,
        /// R: a response; clear in a request.
        "R" RESPONSE = 0x0001,
    }
}

messages_of_fixed_fields! {
    /// Heartbeat (RFC 5847 3.3): a request or its response. A response may carry a Restart Counter option.
    Heartbeat = 13 {
        /// Flags.
        flags: HeartbeatFlags,
        /// Sequence Number, the same in request and response; without meaning in an unsolicited response.
        sequence: u32,
    }
}
