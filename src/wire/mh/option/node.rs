//! Options that say who or what is meant.

use crate::wire::fields::{Identifier, body};

body! {
    /// MN Identifier (8, RFC 4283).
    MnIdentifier<'a> {
        /// Subtype; 1 is a network access identifier.
        subtype: u8,
        /// The identifier, at most 254 octets; empty in a PBA with status 160.
        id: &'a [u8] as Identifier,
    }
}
