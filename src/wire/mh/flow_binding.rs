//! Flow Binding, begun by the home agent (RFC 7109 6.1): one MH Type, and two messages that the Flow Binding Type tells apart.

use super::fixed::messages_of_fixed_fields;
use crate::wire::code::code;
use crate::wire::flags::flags;

flags! {
    /// Flags of a Flow Binding Indication (RFC 7109 6.1.1); every bit is kept.
    FlowBindingFlags(u8) {
        /// A: an acknowledgement is wanted.
        "A" ACKNOWLEDGE = 0x80,
    }
}

code! {
    /// Why flow bindings change (RFC 7109 6.1.1). 0 is reserved, 250 to 255 are for tests.
    FlowBindingTrigger(u8) {
        /// Unspecified.
        UNSPECIFIED = 1,
        /// Administrative reason.
        ADMINISTRATIVE_REASON = 2,
        /// The bindings of the two sides may differ.
        POSSIBLE_OUT_OF_SYNC_BCE_STATE = 3,
    }
}

code! {
    /// Status of a Flow Binding Acknowledgement (RFC 7109 6.1.2).
    FlowBindingStatus(u8) {
        /// Success.
        SUCCESS = 0,
        /// There is no binding with the target care-of address.
        BINDING_DOES_NOT_EXIST = 128,
        /// The home agent may not do that.
        ACTION_NOT_AUTHORIZED = 129,
    }
}

impl FlowBindingStatus {
    /// Whether the indication was processed: values below 128 (RFC 7109 6.1.2).
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.0 < 128
    }
}

messages_of_fixed_fields! {
    /// Flow Binding Indication (RFC 7109 6.1.1).
    FlowBindingIndication = 21 is 1_u16 {
        /// Sequence #.
        sequence: u16,
        /// Trigger.
        trigger: FlowBindingTrigger,
        /// Flags.
        flags: FlowBindingFlags,
    }

    /// Flow Binding Acknowledgement (RFC 7109 6.1.2).
    FlowBindingAck = 21 is 2_u16 {
        /// Sequence # of the indication.
        sequence: u16,
        /// Status.
        status: FlowBindingStatus,
    } [1]
}
