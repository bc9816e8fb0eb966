//! Options of Mobile IPv6 itself (RFC 6275 6.2) and of mobile routers (RFC 3963).

use crate::wire::Addr;
use crate::wire::fields::{PrefixLen, body};

body! {
    /// Binding Refresh Advice (2, RFC 6275 6.2.4), in the Binding Acknowledgement of a home agent.
    BindingRefreshAdvice {
        /// When to register again, in units of 4 seconds.
        interval: u16,
    }
}

body! {
    /// Alternate Care-of Address (3, RFC 6275 6.2.5), in a Binding Update.
    AlternateCareOfAddress {
        /// The care-of address, in place of the source address of the packet.
        address: Addr,
    }
}

body! {
    /// Nonce Indices (4, RFC 6275 6.2.6), in a Binding Update to a correspondent node.
    NonceIndices {
        /// Home Nonce Index.
        home: u16,
        /// Care-of Nonce Index.
        care_of: u16,
    }
}

body! {
    /// Mobile Network Prefix (6, RFC 3963 4.3), in the Binding Update of a mobile router.
    MobileNetworkPrefix {
        /// Prefix length, 0 to 128.
        [1] length: u8 as PrefixLen,
        /// The prefix.
        prefix: Addr,
    }
}
