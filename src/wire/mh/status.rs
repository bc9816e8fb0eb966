//! Status codes.

use crate::wire::code::code;

code! {
    /// Status of a Binding Acknowledgement (RFC 6275 6.1.8, RFC 5213 8.9 and the registry that both fill).
    ///
    /// ```
    /// use multimob::wire::mh::Status;
    ///
    /// assert!(!Status::NOT_LMA_FOR_THIS_MOBILE_NODE.is_accepted());
    /// assert_eq!(format!("{:?} {:?}", Status(153), Status(254)), "NOT_LMA_FOR_THIS_MOBILE_NODE 254");
    /// ```
    Status(u8) {
        /// Binding Update accepted (RFC 6275).
        ACCEPTED = 0,
        /// Accepted, prefix discovery necessary (RFC 6275).
        ACCEPTED_PREFIX_DISCOVERY_NECESSARY = 1,
        /// RFC 5845.
        GRE_KEY_OPTION_NOT_REQUIRED = 2,
        /// RFC 5845.
        GRE_TUNNELING_BUT_TLV_HEADER_NOT_SUPPORTED = 3,
        /// Some bindings of a multiple registration were not accepted (RFC 5648).
        MCOA_NOTCOMPLETE = 4,
        /// RFC 5648.
        MCOA_RETURNHOME_WO_NDP = 5,
        /// RFC 6058.
        PBU_ACCEPTED_TB_IGNORED_SETTINGSMISMATCH = 6,
        /// Reason unspecified (RFC 6275).
        UNSPECIFIED = 128,
        /// RFC 6275.
        ADMINISTRATIVELY_PROHIBITED = 129,
        /// RFC 6275.
        INSUFFICIENT_RESOURCES = 130,
        /// RFC 6275.
        HOME_REGISTRATION_NOT_SUPPORTED = 131,
        /// RFC 6275.
        NOT_HOME_SUBNET = 132,
        /// RFC 6275.
        NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE = 133,
        /// RFC 6275.
        DUPLICATE_ADDRESS_DETECTION_FAILED = 134,
        /// The acknowledgement carries the last accepted number (RFC 6275 9.5.1).
        SEQUENCE_NUMBER_OUT_OF_WINDOW = 135,
        /// RFC 6275.
        EXPIRED_HOME_NONCE_INDEX = 136,
        /// RFC 6275.
        EXPIRED_CARE_OF_NONCE_INDEX = 137,
        /// RFC 6275.
        EXPIRED_NONCES = 138,
        /// RFC 6275.
        REGISTRATION_TYPE_CHANGE_DISALLOWED = 139,
        /// RFC 3963.
        MOBILE_ROUTER_OPERATION_NOT_PERMITTED = 140,
        /// RFC 3963.
        INVALID_PREFIX = 141,
        /// RFC 3963.
        NOT_AUTHORIZED_FOR_PREFIX = 142,
        /// RFC 3963.
        FORWARDING_SETUP_FAILED = 143,
        /// RFC 4285.
        MIPV6_ID_MISMATCH = 144,
        /// RFC 4285.
        MIPV6_MESG_ID_REQD = 145,
        /// RFC 4285.
        MIPV6_AUTH_FAIL = 146,
        /// RFC 4866.
        PERMANENT_HOME_KEYGEN_TOKEN_UNAVAILABLE = 147,
        /// RFC 4866.
        CGA_AND_SIGNATURE_VERIFICATION_FAILED = 148,
        /// RFC 4866.
        PERMANENT_HOME_KEYGEN_TOKEN_EXISTS = 149,
        /// RFC 4866.
        NON_NULL_HOME_NONCE_INDEX_EXPECTED = 150,
        /// RFC 5149.
        SERVICE_AUTHORIZATION_FAILED = 151,
        /// Proxy registration is not enabled for the node (RFC 5213).
        PROXY_REG_NOT_ENABLED = 152,
        /// Not the LMA of the node (RFC 5213); to a PBU-Q: no binding has the queried address (D-24).
        NOT_LMA_FOR_THIS_MOBILE_NODE = 153,
        /// The sender may not register nodes (RFC 5213).
        MAG_NOT_AUTHORIZED_FOR_PROXY_REG = 154,
        /// RFC 5213.
        NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX = 155,
        /// The timestamp lies outside the validity window (RFC 5213 5.5).
        TIMESTAMP_MISMATCH = 156,
        /// The timestamp is not later than the one accepted before (RFC 5213 5.5).
        TIMESTAMP_LOWER_THAN_PREV_ACCEPTED = 157,
        /// RFC 5213.
        MISSING_HOME_NETWORK_PREFIX_OPTION = 158,
        /// The prefixes of the request are not those of the binding (RFC 5213 5.4.1).
        BCE_PBU_PREFIX_SET_DO_NOT_MATCH = 159,
        /// RFC 5213.
        MISSING_MN_IDENTIFIER_OPTION = 160,
        /// RFC 5213.
        MISSING_HANDOFF_INDICATOR_OPTION = 161,
        /// RFC 5213.
        MISSING_ACCESS_TECH_TYPE_OPTION = 162,
        /// RFC 5845.
        GRE_KEY_OPTION_REQUIRED = 163,
        /// RFC 5648.
        MCOA_MALFORMED = 164,
        /// RFC 5648.
        MCOA_NON_MCOA_BINDING_EXISTS = 165,
        /// RFC 5648.
        MCOA_PROHIBITED = 166,
        /// RFC 5648.
        MCOA_UNKNOWN_COA = 167,
        /// RFC 5648.
        MCOA_BULK_REGISTRATION_PROHIBITED = 168,
        /// RFC 5648.
        MCOA_SIMULTANEOUS_HOME_AND_FOREIGN_PROHIBITED = 169,
        /// RFC 5844.
        NOT_AUTHORIZED_FOR_IPV4_MOBILITY_SERVICE = 170,
        /// RFC 5844.
        NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS = 171,
        /// RFC 5844.
        NOT_AUTHORIZED_FOR_IPV6_MOBILITY_SERVICE = 172,
        /// RFC 5844.
        MULTIPLE_IPV4_HOME_ADDRESS_ASSIGNMENT_NOT_SUPPORTED = 173,
        /// RFC 6275.
        INVALID_CARE_OF_ADDRESS = 174,
        /// RFC 6602.
        INVALID_MN_GROUP_ID = 175,
        /// RFC 6618.
        REINIT_SA_WITH_HAC = 176,
        /// RFC 7148.
        NOT_AUTHORIZED_FOR_DELEGATED_MNP = 177,
        /// RFC 7148.
        REQUESTED_DMNP_IN_USE = 178,
        /// RFC 7222.
        CANNOT_MEET_QOS_SERVICE_REQUEST = 179,
        /// RFC 8278.
        CANNOT_SUPPORT_MULTIPATH_BINDING = 180,
    }
}

impl Status {
    /// Whether the request was accepted: values below 128 (RFC 6275 6.1.8).
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.0 < 128
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn success_ends_at_127() {
        assert!(Status::ACCEPTED.is_accepted() && Status(127).is_accepted());
        assert!(!Status::UNSPECIFIED.is_accepted() && !Status(255).is_accepted());
    }

    #[test]
    fn values_show_their_name_or_their_number() {
        assert_eq!(std::format!("{:?}", Status::TIMESTAMP_MISMATCH), "TIMESTAMP_MISMATCH");
        assert_eq!(std::format!("{:?}|{:>5}", Status(99), Status(99)), "99|   99");
        assert_eq!(Status(160).name(), Some("MISSING_MN_IDENTIFIER_OPTION"));
        assert_eq!(Status(181).name(), None);
    }
}
