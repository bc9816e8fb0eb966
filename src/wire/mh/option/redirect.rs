//! Assignment of an LMA at run time (RFC 6463 4).

use core::net::{IpAddr, Ipv4Addr};

use crate::wire::fields::{Tagged, body};

body! {
    /// Redirect-Capability (46, RFC 6463 4.1), in a PBU.
    RedirectCapability {
        ; [2]
    }
}

body! {
    /// Redirect (47, RFC 6463 4.2), in a PBA.
    Redirect {
        /// The LMA that serves the node from now on. K and N say which family it is of.
        address: IpAddr as Tagged<0xc000, 0x8000, 0x4000>,
    }
}

body! {
    /// Load Information (48, RFC 6463 4.3), in a PBA.
    LoadInformation {
        /// Priority of the LMA among those of one administration; the lower, the higher.
        priority: u16,
        /// Sessions in use.
        sessions: u32,
        /// Sessions that the LMA takes, at most.
        max_sessions: u32,
        /// Capacity in use, in kilobytes per second.
        capacity: u32,
        /// Capacity of the LMA, in kilobytes per second.
        max_capacity: u32,
    }
}

body! {
    /// Alternate IPv4 Care-of Address (49, RFC 6463 4.4).
    AlternateIpv4CareOfAddress {
        /// The address.
        address: Ipv4Addr,
    }
}
