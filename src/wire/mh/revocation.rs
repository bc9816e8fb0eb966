//! Binding Revocation (RFC 5846 5): one MH Type, and two messages that the octet after the checksum tells apart.

use super::fixed::messages_of_fixed_fields;
use crate::wire::code::code;
use crate::wire::flags::flags;

flags! {
    /// Flags of an indication and its acknowledgement (RFC 5846 5.1, 5.2); every bit is kept.
    RevocationFlags(u16) {
        /// P: bindings of Proxy Mobile IPv6.
        "P" PROXY = 0x8000,
        /// V: the binding of the IPv4 home address alone.
        "V" IPV4_HOME_ADDRESS_ONLY = 0x4000,
        /// G: all bindings of the peer, or all that share an identifier.
        "G" GLOBAL = 0x2000,
    }
}

code! {
    /// Why bindings are revoked (RFC 5846 5.1): below 128 those of one node, from 128 on many. 250 to 255 are for tests.
    RevocationTrigger(u8) {
        /// Unspecified.
        UNSPECIFIED = 0,
        /// Administrative reason.
        ADMINISTRATIVE_REASON = 1,
        /// Handover between gateways, same access type.
        INTER_MAG_HANDOVER_SAME_ACCESS_TYPE = 2,
        /// Handover between gateways, another access type.
        INTER_MAG_HANDOVER_DIFFERENT_ACCESS_TYPE = 3,
        /// Handover between gateways, unknown.
        INTER_MAG_HANDOVER_UNKNOWN = 4,
        /// The user ended the sessions.
        USER_INITIATED_SESSION_TERMINATION = 5,
        /// The access network ended the sessions.
        ACCESS_NETWORK_SESSION_TERMINATION = 6,
        /// The bindings of the two sides may differ.
        POSSIBLE_OUT_OF_SYNC_BCE_STATE = 7,
        /// A policy about the peer.
        PER_PEER_POLICY = 128,
        /// A local policy of the node that revokes.
        REVOKING_MOBILITY_NODE_LOCAL_POLICY = 129,
    }
}

code! {
    /// Status of an acknowledgement (RFC 5846 5.2).
    RevocationStatus(u8) {
        /// All was revoked.
        SUCCESS = 0,
        /// Some was revoked.
        PARTIAL_SUCCESS = 1,
        /// There is no such binding.
        BINDING_DOES_NOT_EXIST = 128,
        /// An IPv4 Home Address option is missing.
        IPV4_HOME_ADDRESS_OPTION_REQUIRED = 129,
        /// The sender may not revoke globally.
        GLOBAL_REVOCATION_NOT_AUTHORIZED = 130,
        /// The identity of the nodes is missing.
        REVOKED_MOBILE_NODES_IDENTITY_REQUIRED = 131,
        /// The node is attached.
        MN_IS_ATTACHED = 132,
        /// The trigger is not supported.
        REVOCATION_TRIGGER_NOT_SUPPORTED = 133,
        /// The function is not supported.
        REVOCATION_FUNCTION_NOT_SUPPORTED = 134,
        /// Revocation of proxy bindings is not supported.
        PROXY_BINDING_REVOCATION_NOT_SUPPORTED = 135,
    }
}

impl RevocationStatus {
    /// Whether the indication was processed: values below 128 (RFC 5846 5.2).
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.0 < 128
    }
}

messages_of_fixed_fields! {
    /// Binding Revocation Indication (RFC 5846 5.1).
    BindingRevocationIndication = 16 is 1_u8 {
        /// Revocation Trigger.
        trigger: RevocationTrigger,
        /// Sequence Number.
        sequence: u16,
        /// Flags.
        flags: RevocationFlags,
    }

    /// Binding Revocation Acknowledgement (RFC 5846 5.2).
    BindingRevocationAck = 16 is 2_u8 {
        /// Status.
        status: RevocationStatus,
        /// Sequence Number of the indication.
        sequence: u16,
        /// Flags of the indication.
        flags: RevocationFlags,
    }
}
