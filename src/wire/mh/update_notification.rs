//! Update Notification from a local mobility anchor to a mobile access gateway (RFC 7077 4).

use super::fixed::messages_of_fixed_fields;
use crate::wire::code::code;
use crate::wire::flags::flags;

flags! {
    /// Flags of an Update Notification (RFC 7077 4.1); every bit is kept.
    NotificationFlags(u16) {
        /// A: an acknowledgement is wanted.
        "A" ACKNOWLEDGE = 0x8000,
        /// D: sent once more, with the same Sequence Number.
        "D" RETRANSMIT = 0x4000,
    }
}

code! {
    /// Why a gateway is notified (RFC 7077 4.1 and its registry). 0 and 255 are never used.
    NotificationReason(u16) {
        /// The node shall be registered again.
        FORCE_REREGISTRATION = 1,
        /// The parameters in the message shall be applied.
        UPDATE_SESSION_PARAMETERS = 2,
        /// What the vendor's options say.
        VENDOR_SPECIFIC_REASON = 3,
        /// The parameters of the access network are asked for.
        ANI_PARAMS_REQUESTED = 4,
        /// Quality of service is asked for (RFC 7222 4.4).
        QOS_SERVICE_REQUEST = 5,
        /// Prefixes are added or refreshed (RFC 7864 3.2.1).
        FLOW_MOBILITY = 8,
    }
}

code! {
    /// Status of an Update Notification Acknowledgement (RFC 7077 4.2 and its registry).
    NotificationStatus(u8) {
        /// Success.
        SUCCESS = 0,
        /// The parameters could not be applied.
        FAILED_TO_UPDATE_SESSION_PARAMETERS = 128,
        /// The vendor's option is missing.
        MISSING_VENDOR_SPECIFIC_OPTION = 129,
        /// RFC 7222 4.5.
        CANNOT_MEET_QOS_SERVICE_REQUEST = 130,
        /// RFC 7864 3.2.1.
        REASON_UNSPECIFIED = 131,
        /// RFC 7864 3.2.1.
        MN_NOT_ATTACHED = 132,
    }
}

impl NotificationStatus {
    /// Whether the notification was processed: values below 128 (RFC 7077 4.2).
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.0 < 128
    }
}

messages_of_fixed_fields! {
    /// Update Notification (RFC 7077 4.1).
    UpdateNotification = 19 {
        /// Sequence Number.
        sequence: u16,
        /// Notification Reason.
        reason: NotificationReason,
        /// Flags.
        flags: NotificationFlags,
    }

    /// Update Notification Acknowledgement (RFC 7077 4.2).
    UpdateNotificationAck = 20 {
        /// Sequence Number of the notification.
        sequence: u16,
        /// Status Code.
        status: NotificationStatus,
    } [3]
}
