//! Options that show who made a message, and when (RFC 6275 6.2.7, RFC 4285, RFC 5568 6.4.5). This crate computes no
//! authenticator.

use crate::wire::code::code;
use crate::wire::fields::body;

body! {
    /// Binding Authorization Data (5, RFC 6275 6.2.7), the last option of its message.
    BindingAuthorizationData<'a> {
        /// Authenticator, at most 255 octets; 12 of them with return routability.
        authenticator: &'a [u8],
    }
}

impl BindingAuthorizationData<'_> {
    /// It ends where the message ends, so that no padding follows.
    pub(super) fn alignment(&self) -> (usize, usize) {
        to_the_end(self.authenticator.len())
    }
}

code! {
    /// Who shares the key of a [`MobilityAuthentication`] (RFC 4285 5).
    AuthenticationSubtype(u8) {
        /// Mobile node and home agent.
        MN_HA = 1,
        /// Mobile node and AAA server.
        MN_AAA = 2,
    }
}

body! {
    /// Mobility Message Authentication (9, RFC 4285 5).
    MobilityAuthentication<'a> {
        /// Subtype.
        subtype: AuthenticationSubtype,
        /// Mobility Security Parameter Index.
        spi: u32,
        /// Authentication data, at most 250 octets.
        data: &'a [u8],
    }
}

body! {
    /// Mobility Message Replay Protection (10, RFC 4285 6).
    ReplayProtection {
        /// Timestamp as NTP has it: 32 bits of seconds since 1900, 32 bits of their fraction.
        timestamp: u64,
    }
}

body! {
    /// Binding Authorization Data for FMIPv6 (21, RFC 5568 6.4.5), the last option of its message.
    ///
    /// Its length octet counts the authenticator alone, not the SPI. Where a message is too short for that the length is
    /// taken to count both.
    FastBindingAuthorizationData<'a> {
        /// Security Parameter Index; 0 with handover keys of SEND.
        spi: u32,
        /// Authenticator, at most 255 octets.
        authenticator: &'a [u8],
    }
}

impl FastBindingAuthorizationData<'_> {
    /// It ends where the message ends.
    pub(super) fn alignment(&self) -> (usize, usize) {
        to_the_end(self.authenticator.len().saturating_add(4))
    }
}

/// The alignment at which an option with a body of `len` octets ends on a multiple of 8.
fn to_the_end(len: usize) -> (usize, usize) {
    (8, len.wrapping_add(super::HEAD).wrapping_neg() % 8)
}
