//! Options of Mobile IPv6 itself (RFC 6275 6.2).

use crate::wire::Addr;
use crate::wire::fields::body;

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
