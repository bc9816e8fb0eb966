//! Registered numbers.

use crate::wire::code::code;

code! {
    /// Type of a message, 0 to 15 (RFC 7761 4.9 and the registry of PIM message types).
    MessageType(u8) {
        /// Hello.
        HELLO = 0,
        /// Register.
        REGISTER = 1,
        /// Register-Stop.
        REGISTER_STOP = 2,
        /// Join/Prune.
        JOIN_PRUNE = 3,
        /// Bootstrap (RFC 5059).
        BOOTSTRAP = 4,
        /// Assert.
        ASSERT = 5,
        /// Graft, of dense mode (RFC 3973).
        GRAFT = 6,
        /// Graft-Ack, of dense mode (RFC 3973).
        GRAFT_ACK = 7,
        /// Candidate-RP-Advertisement (RFC 5059).
        CANDIDATE_RP_ADVERTISEMENT = 8,
        /// State Refresh, of dense mode (RFC 3973).
        STATE_REFRESH = 9,
        /// Election of a designated forwarder (RFC 5015).
        DF_ELECTION = 10,
        /// ECMP Redirect (RFC 6754).
        ECMP_REDIRECT = 11,
        /// PIM Flooding Mechanism (RFC 8364).
        FLOODING_MECHANISM = 12,
    }
}

impl MessageType {
    /// Whether such a message is for one node; all others go to [`ALL_PIM_ROUTERS`](super::ALL_PIM_ROUTERS) (RFC 7761
    /// 4.9). A Bootstrap goes there as a rule, but may be for one node as well (RFC 5059 3.5.2).
    #[must_use]
    pub const fn is_unicast(self) -> bool {
        matches!(
            self,
            Self::REGISTER
                | Self::REGISTER_STOP
                | Self::GRAFT
                | Self::GRAFT_ACK
                | Self::CANDIDATE_RP_ADVERTISEMENT
        )
    }
}

code! {
    /// Type of an option of a Hello (RFC 7761 4.9.2 and the registry of PIM Hello options).
    OptionType(u16) {
        /// Holdtime.
        HOLDTIME = 1,
        /// LAN Prune Delay.
        LAN_PRUNE_DELAY = 2,
        /// DR Priority.
        DR_PRIORITY = 19,
        /// Generation ID.
        GENERATION_ID = 20,
        /// State Refresh Capable (RFC 3973).
        STATE_REFRESH_CAPABLE = 21,
        /// Bidirectional Capable (RFC 5015).
        BIDIRECTIONAL_CAPABLE = 22,
        /// Address List.
        ADDRESS_LIST = 24,
        /// Join Attribute (RFC 5384).
        JOIN_ATTRIBUTE = 26,
        /// Multi-Topology (RFC 6420).
        MULTI_TOPOLOGY = 30,
        /// Interface ID (RFC 6395).
        INTERFACE_ID = 31,
        /// ECMP Redirect (RFC 6754).
        ECMP_REDIRECT = 32,
        /// DR Load-Balancing Capability (RFC 8775).
        DR_LOAD_BALANCING_CAPABILITY = 34,
        /// DR Load-Balancing List (RFC 8775).
        DR_LOAD_BALANCING_LIST = 35,
        /// Hierarchical Join Attribute (RFC 7887).
        HIERARCHICAL_JOIN_ATTRIBUTE = 36,
        /// BFD Discriminator (RFC 9186).
        BFD_DISCRIMINATOR = 39,
        /// Packed Assert Capability (RFC 9466).
        PACKED_ASSERT_CAPABILITY = 40,
    }
}
