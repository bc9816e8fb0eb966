//! Distributed anchors (RFC 8885 4).

use super::pmip::link_layer_alignment;
use crate::wire::Addr;
use crate::wire::fields::{PrefixLen, body};

body! {
    /// Anchored Prefix (65, RFC 8885 4.3).
    AnchoredPrefix {
        /// Prefix length, 0 to 128.
        [1] length: u8 as PrefixLen,
        /// The prefix that the node has at the anchor. Bits beyond the length say nothing.
        prefix: Addr,
    }
}

body! {
    /// Local Prefix (66, RFC 8885 4.4).
    LocalPrefix {
        /// Prefix length, 0 to 128.
        [1] length: u8 as PrefixLen,
        /// The prefix of a network that is reached by way of the anchor alone. Bits beyond the length say nothing.
        prefix: Addr,
    }
}

body! {
    /// Previous MAAR (67, RFC 8885 4.5).
    PreviousMaar {
        /// Prefix length, 0 to 128.
        [1] length: u8 as PrefixLen,
        /// Address of the previous mobility anchor and access router.
        address: Addr,
        /// The home network prefix that is anchored there. Bits beyond the length say nothing.
        prefix: Addr,
    }
}

body! {
    /// Serving MAAR (68, RFC 8885 4.6).
    ServingMaar {
        /// Address of the serving mobility anchor and access router.
        address: Addr,
    }
}

body! {
    /// DLIF Link-local Address (69, RFC 8885 4.7): that of the distributed logical interface.
    DlifLinkLocalAddress {
        /// The address.
        address: Addr,
    }
}

body! {
    /// DLIF Link-layer Address (70, RFC 8885 4.8): that of the distributed logical interface.
    DlifLinkLayerAddress<'a> {
        /// The address, at most 253 octets.
        [2] octets: &'a [u8],
    }
}

impl DlifLinkLayerAddress<'_> {
    /// By the size of the address, as that of the node (RFC 8885 4.8).
    pub(super) const fn alignment(&self) -> (usize, usize) {
        link_layer_alignment(self.octets)
    }
}
