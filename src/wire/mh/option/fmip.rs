//! Fast handovers (RFC 5568 6.4, RFC 5949 6.2).

use core::net::IpAddr;

use super::sub::sub_options;
use crate::wire::Addr;
use crate::wire::code::code;
use crate::wire::fields::{PrefixLen, Row, Tagged, body};

code! {
    /// Whose link-layer address it is (RFC 5568 6.4.3, 6.4.4).
    LinkLayerAddressCode(u8) {
        /// The new access point.
        NEW_ACCESS_POINT = 1,
        /// The mobile node: the only one that RFC 5568 has in a Mobility Header.
        MOBILE_NODE = 2,
        /// The new access router.
        NEW_ACCESS_ROUTER = 3,
        /// The source of a router solicitation or advertisement for proxies.
        SOURCE = 4,
    }
}

body! {
    /// Mobility Header Link-Layer Address (7, RFC 5568 6.4.4).
    MhLinkLayerAddress<'a> {
        /// Whose it is.
        code: LinkLayerAddressCode,
        /// The address, at most 254 octets.
        address: &'a [u8],
    }
}

code! {
    /// What an address or prefix is (RFC 5568 6.4.2).
    AddressCode(u8) {
        /// Old care-of address.
        OLD_CARE_OF_ADDRESS = 1,
        /// New care-of address.
        NEW_CARE_OF_ADDRESS = 2,
        /// Address of the new access router.
        NEW_ACCESS_ROUTER = 3,
        /// Prefix of the new access router.
        NEW_ACCESS_ROUTER_PREFIX = 4,
    }
}

body! {
    /// Mobility Header IPv6 Address/Prefix (34, RFC 5568 6.4.2, whose text prints 17: T4).
    MhAddressPrefix {
        /// What it is.
        code: AddressCode,
        /// Prefix length, 0 to 128.
        length: u8 as PrefixLen,
        /// The address or prefix.
        prefix: Addr,
    }
}

body! {
    /// Context Request (40, RFC 5949 6.2.1), in a Handover Initiate.
    ContextRequest<'a> {
        /// The options that are asked for.
        [2] options: Row<'a, RequestedContext<'a>>,
    }
}

sub_options! {
    /// An option that a [`ContextRequest`] asks for: its type, and what it takes beside that to tell which: nothing at
    /// all, or vendor and subtype of a Vendor Specific option. None of them is known by more than that.
    RequestedContext plain
}

body! {
    /// LMA Address (41, RFC 5949 6.2.2).
    LmaAddress {
        /// The address. Its code says which family it is of.
        address: IpAddr as Tagged<0xff00, 0x0100, 0x0200>,
    }
}

body! {
    /// Mobile Node Link-local Address Interface Identifier (42, RFC 5949 6.2.3).
    InterfaceIdentifier {
        /// The interface identifier.
        [2] id: [u8; 8],
    }
}
