//! Heartbeat between a mobile access gateway and its local mobility anchor (RFC 5847).

use super::fixed::{as_numbers, messages_of_fixed_fields};

bitflags::bitflags! {
    /// Flags of a Heartbeat (RFC 5847 3.3); every bit is kept.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct HeartbeatFlags: u16 {
        /// U: nobody asked for this response.
        const UNSOLICITED = 0x0002;
        /// R: a response; clear in a request.
        const RESPONSE = 0x0001;
        const _ = !0;
    }
}

as_numbers! { flags: HeartbeatFlags }

messages_of_fixed_fields! {
    /// Heartbeat (RFC 5847 3.3): a request or its response. A response may carry a Restart Counter option.
    Heartbeat = 13 {
        /// Flags.
        flags: HeartbeatFlags,
        /// Sequence Number, the same in request and response; without meaning in an unsolicited response.
        sequence: u32,
    }
}
