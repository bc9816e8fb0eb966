//! Codes that stand in options.

use crate::wire::code::code;

code! {
    /// Handoff Indicator (RFC 5213 8.4).
    HandoffIndicator(u8) {
        /// Attachment over a new interface.
        NEW_INTERFACE = 1,
        /// Handoff between two different interfaces of the node.
        OTHER_INTERFACE = 2,
        /// Handoff between mobile access gateways for the same interface.
        SAME_INTERFACE = 3,
        /// Handoff state unknown.
        UNKNOWN = 4,
        /// Handoff state not changed: re-registration.
        REREGISTRATION = 5,
        /// Attachment over a new interface sharing prefixes (RFC 7864 3.1).
        NEW_INTERFACE_SHARING_PREFIXES = 6,
    }
}

code! {
    /// Access Technology Type (RFC 5213 8.5 and its registry).
    AccessTechnology(u8) {
        /// Logical network interface.
        VIRTUAL = 1,
        /// Point-to-Point Protocol.
        PPP = 2,
        /// Ethernet.
        IEEE_802_3 = 3,
        /// Wireless LAN.
        IEEE_802_11 = 4,
        /// WiMAX.
        IEEE_802_16E = 5,
        /// 3GPP GERAN.
        GERAN = 6,
        /// 3GPP UTRAN.
        UTRAN = 7,
        /// 3GPP E-UTRAN.
        E_UTRAN = 8,
        /// 3GPP2 eHRPD.
        EHRPD = 9,
        /// 3GPP2 HRPD.
        HRPD = 10,
        /// 3GPP2 1xRTT.
        ONE_X_RTT = 11,
        /// 3GPP2 UMB.
        UMB = 12,
    }
}
