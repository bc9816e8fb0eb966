//! Options that say who or what is meant.

use crate::wire::code::code;
use crate::wire::fields::{Bit, Identifier, Name, body};

body! {
    /// MN Identifier (8, RFC 4283).
    MnIdentifier<'a> {
        /// What the identifier is: see [`IdentifierSubtype`].
        subtype: u8,
        /// The identifier, at most 254 octets; empty in a PBA with status 160.
        id: &'a [u8] as Identifier,
    }
}

code! {
    /// Subtypes of [`MnIdentifier`] (RFC 4283 3.1, RFC 8371 4).
    IdentifierSubtype(u8) {
        /// Network access identifier, `user@realm`.
        NAI = 1,
        /// IPv6 address.
        IPV6_ADDRESS = 2,
        /// International Mobile Subscriber Identity.
        IMSI = 3,
        /// Packet Temporary Mobile Subscriber Identity.
        P_TMSI = 4,
        /// 48-bit Extended Unique Identifier.
        EUI_48 = 5,
        /// 64-bit Extended Unique Identifier.
        EUI_64 = 6,
        /// Globally Unique Temporary Identity.
        GUTI = 7,
        /// DHCPv6 Unique Identifier.
        DUID = 8,
    }
}

code! {
    /// What became of a DNS update (RFC 5026 8.1).
    DnsUpdateStatus(u8) {
        /// DNS update performed.
        PERFORMED = 0,
        /// Reason unspecified.
        UNSPECIFIED = 128,
        /// Administratively prohibited.
        PROHIBITED = 129,
        /// DNS update failed.
        FAILED = 130,
    }
}

body! {
    /// DNS Update (17, RFC 5026 8.1).
    DnsUpdate<'a> {
        /// Status; 0 in a Binding Update.
        status: DnsUpdateStatus,
        /// R: the entry is to be removed, not made.
        remove: bool as Bit<1, 0x80>,
        /// Fully qualified domain name of the node, at most 253 octets. RFC 5026 leaves its form open; this crate takes
        /// text, and keeps what is none.
        fqdn: &'a [u8] as Identifier,
    }
}

body! {
    /// Experimental (18, RFC 5096 4).
    Experimental<'a> {
        /// Data of the experiment, at most 255 octets.
        data: &'a [u8],
    }
}

body! {
    /// Vendor Specific (19, RFC 5094 3).
    VendorSpecific<'a> {
        /// Private enterprise number.
        vendor: u32,
        /// Subtype, the vendor's own.
        subtype: u8,
        /// Data, at most 250 octets.
        data: &'a [u8],
    }
}

body! {
    /// Service Selection (20, RFC 5149 3).
    ServiceSelection<'a> {
        /// Name of the service, UTF-8, 1 to 255 octets.
        id: &'a [u8] as Name,
    }
}

code! {
    /// Kind of a group of mobile nodes (RFC 6602 4.3).
    GroupSubtype(u8) {
        /// Bulk binding update group.
        BULK_BINDING_UPDATE = 1,
    }
}

body! {
    /// Mobile Node Group Identifier (50, RFC 6602 4.3).
    GroupIdentifier {
        /// Kind of the group.
        subtype: GroupSubtype,
        /// The group; 1 is all sessions between the two peers, 0 is reserved.
        [1] id: u32,
    }
}
