//! Options of a proxy registration (RFC 5213 8).

use super::coded;
use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError};
use crate::wire::fields::{Body, Cursor, PrefixLen, Source, Value, Visit, body, put};
use crate::wire::{Addr, Out};

body! {
    /// Home Network Prefix (22, RFC 5213 8.3).
    HomeNetworkPrefix {
        /// Prefix length, 0 to 128.
        [1] length: u8 as PrefixLen,
        /// The prefix; all zero asks for one.
        prefix: Addr,
    }
}

code! {
    /// Handoff Indicator (23, RFC 5213 8.4).
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

coded!(HandoffIndicator);

code! {
    /// Access Technology Type (24, RFC 5213 8.5 and its registry).
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

coded!(AccessTechnology);

body! {
    /// Mobile Node Link-layer Identifier (25, RFC 5213 8.6).
    LinkLayerId<'a> {
        /// The identifier, at most 253 octets.
        [2] octets: &'a [u8],
    }
}

impl LinkLayerId<'_> {
    /// RFC 5213 8.6 leaves the alignment to the size of the identifier: it falls on its natural boundary, as far as its
    /// length has one.
    pub(super) const fn alignment(&self) -> (usize, usize) {
        match self.octets.len() % 8 {
            0 if !self.octets.is_empty() => (8, 4),
            4 => (4, 0),
            2 | 6 => (2, 0),
            _ => (1, 0),
        }
    }
}

body! {
    /// Link-local Address (26, RFC 5213 8.7).
    LinkLocalAddress {
        /// The address of the MAG; all zero asks for one.
        address: Addr,
    }
}

/// Timestamp (27, RFC 5213 8.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(
    /// 48 bits of seconds since 1970 UTC, 16 bits of 1/65536 s.
    pub u64,
);

impl Body<'_> for Timestamp {
    #[inline(always)]
    fn read(mut from: Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.judge_len(8, false)?;
        from.take().map(|octets| Self(u64::from_be_bytes(*octets)))
    }

    #[inline(always)]
    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&self.0.to_be_bytes());
        Ok(())
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("seconds", Value::Int(self.0 >> 16));
        visit("fraction", Value::Int(self.0 & 0xffff));
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let seconds = from.int("seconds", u64::MAX >> 16)?;
        let fraction = if from.has("fraction") { from.int("fraction", 0xffff)? } else { 0 };
        put::<u64, S>("seconds", &(seconds << 16 | fraction), from, out)
    }
}
