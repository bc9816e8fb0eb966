//! Handover Initiate and Acknowledge between access routers (RFC 5568 6.2.1) and mobile access gateways (RFC 5949 6.1).
//!
//! The same flags stand at different bits in the two messages (T6), so that each has a type of its own.

use super::fixed::messages_of_fixed_fields;
use crate::wire::code::code;
use crate::wire::flags::flags;

flags! {
    /// Flags of a Handover Initiate (RFC 5949 8); every bit is kept.
    HandoverInitiateFlags(u8) {
        /// S: a new care-of address is asked for (RFC 5568); never beside P.
        "S" ASSIGN_ADDRESS = 0x80,
        /// U: packets should be buffered (RFC 5568).
        "U" BUFFER = 0x40,
        /// P: between gateways of Proxy Mobile IPv6 (RFC 5949).
        "P" PROXY = 0x20,
        /// F: packets shall be forwarded (RFC 5949).
        "F" FORWARD = 0x10,
    }
}

flags! {
    /// Flags of a Handover Acknowledge (RFC 5949 8), one bit above those of the initiate (T6); every bit is kept.
    HandoverAckFlags(u8) {
        /// U: packets should be buffered.
        "U" BUFFER = 0x80,
        /// P: between gateways of Proxy Mobile IPv6.
        "P" PROXY = 0x40,
        /// F: packets shall be forwarded.
        "F" FORWARD = 0x20,
    }
}

code! {
    /// Code of a Handover Initiate (RFC 5568 6.2.1.1, RFC 5949 6.1.1).
    HandoverInitiateCode(u8) {
        /// The Fast Binding Update came from the previous care-of address; beside P nothing special.
        FROM_PCOA = 0,
        /// The Fast Binding Update came from another address.
        NOT_FROM_PCOA = 1,
        /// Forwarding is complete (P).
        FORWARDING_COMPLETED = 2,
        /// All context there is was transferred (P).
        ALL_CONTEXT_TRANSFERRED = 3,
    }
}

code! {
    /// Code of a Handover Acknowledge (RFC 5568 6.2.1.2, RFC 5949 6.1.2).
    HandoverAckCode(u8) {
        /// Accepted; without P: the new care-of address is valid.
        ACCEPTED = 0,
        /// Accepted, but the new care-of address is not valid, or in use.
        ACCEPTED_NCOA_NOT_VALID = 1,
        /// Accepted, the new care-of address was assigned.
        ACCEPTED_NCOA_ASSIGNED = 2,
        /// Accepted, the previous care-of address is to be used.
        ACCEPTED_USE_PCOA = 3,
        /// Nobody asked: a Handover Initiate is wanted.
        UNSOLICITED = 4,
        /// Context transfer accepted (P).
        CONTEXT_ACCEPTED = 5,
        /// All context there is was transferred (P).
        ALL_CONTEXT_TRANSFERRED = 6,
        /// Not accepted, reason unspecified.
        UNSPECIFIED = 128,
        /// Administratively prohibited.
        ADMINISTRATIVELY_PROHIBITED = 129,
        /// Insufficient resources.
        INSUFFICIENT_RESOURCES = 130,
        /// The context that was asked for is not there (P).
        CONTEXT_NOT_AVAILABLE = 131,
        /// Forwarding is not to be had (P).
        FORWARDING_NOT_AVAILABLE = 132,
    }
}

impl HandoverAckCode {
    /// Whether the handover was accepted: values below 128.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.0 < 128
    }
}

messages_of_fixed_fields! {
    /// Handover Initiate (RFC 5568 6.2.1.1, RFC 5949 6.1.1).
    HandoverInitiate = 14 {
        /// Sequence #.
        sequence: u16,
        /// Flags.
        flags: HandoverInitiateFlags,
        /// Code.
        code: HandoverInitiateCode,
    }

    /// Handover Acknowledge (RFC 5568 6.2.1.2, RFC 5949 6.1.2).
    HandoverAck = 15 {
        /// Sequence # of the initiate.
        sequence: u16,
        /// Flags.
        flags: HandoverAckFlags,
        /// Code.
        code: HandoverAckCode,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::mh::Message;
    use crate::wire::{Dialect, Encode, List};

    /// T6: the same flag, one bit apart.
    #[test]
    fn t6_the_flags_of_initiate_and_acknowledge_stand_at_different_bits() {
        let initiate = [59, 1, 14, 0, 0, 0, 0, 7, 0x70, 3, 1, 4, 0, 0, 0, 0];
        let Ok(Message::HandoverInitiate(read)) = Message::parse(&initiate, &Dialect::DEFAULT) else {
            panic!()
        };
        use HandoverInitiateFlags as Initiate;
        assert_eq!(read.flags, Initiate::BUFFER | Initiate::PROXY | Initiate::FORWARD);
        assert_eq!((read.sequence, read.code), (7, HandoverInitiateCode::ALL_CONTEXT_TRANSFERRED));

        use HandoverAckFlags as Ack;
        let flags = Ack::BUFFER | Ack::PROXY | Ack::FORWARD;
        let code = HandoverAckCode::CONTEXT_NOT_AVAILABLE;
        let ack = Message::from(HandoverAck { sequence: 7, flags, code, options: List::default() });
        let mut octets = [0xff; 16];
        assert_eq!(ack.encode(&mut octets), Ok(16));
        assert_eq!(octets, [59, 1, 15, 0, 0, 0, 0, 7, 0xe0, 131, 1, 4, 0, 0, 0, 0]);
        assert!(!code.is_accepted() && HandoverAckCode::ALL_CONTEXT_TRANSFERRED.is_accepted());
    }
}
