//! Options of a proxy registration (RFC 5213 8), and what later standards add to it.

use core::net::IpAddr;

use super::coded;
use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::fields::{Bit, Body, Cursor, Part, PrefixLen, Source, Value, Visit, body, put};
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
    pub(super) const fn alignment(&self) -> (usize, usize) {
        link_layer_alignment(self.octets)
    }
}

/// RFC 5213 8.6 leaves the alignment to the size of the identifier: it falls on its natural boundary, as far as its
/// length has one.
pub(super) const fn link_layer_alignment(octets: &[u8]) -> (usize, usize) {
    match octets.len() % 8 {
        0 if !octets.is_empty() => (8, 4),
        4 => (4, 0),
        2 | 6 => (2, 0),
        _ => (1, 0),
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

body! {
    /// Restart Counter (28, RFC 5847 3.4), in a Heartbeat response.
    RestartCounter {
        /// How often the node has started.
        counter: u32,
    }
}

body! {
    /// GRE Key (33, RFC 5845 6.1).
    GreKey {
        /// The key of the direction that its sender receives; without one GRE alone is asked for.
        [2] key: Option<u32>,
    }
}

body! {
    /// Transient Binding (43, RFC 6058 5.1).
    TransientBinding {
        /// L: the LMA goes on sending to the previous MAG.
        late_switch: bool as Bit<1, 0x01>,
        /// How long the binding may be transient, in units of 100 ms.
        lifetime: u8,
    }
}

/// MAG IPv6 Address (51, RFC 6705 11.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MagAddress {
    /// The address.
    pub address: Addr,
}

/// Behind a reserved octet stands the length of the address in bits, always this one.
const ADDRESS_BITS: u8 = 128;

impl Body<'_> for MagAddress {
    fn read(mut from: Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.judge_len(18, false)?;
        from.take::<1>()?;
        let here = from;
        let &[bits] = from.take()?;
        if bits != ADDRESS_BITS {
            return Err(here.fault(Field::Length, ADDRESS_BITS.into(), bits.into()));
        }
        Ok(Self { address: Addr::read(&mut from)? })
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&[0, ADDRESS_BITS]);
        out.put(&self.address.0);
        Ok(())
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("address", Value::Addr(self.address));
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        out.put(&[0, ADDRESS_BITS]);
        <Addr as Part<'_>>::build("address", from, out)
    }
}

/// Delegated Mobile Network Prefix (55, RFC 7148 4.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DelegatedPrefix {
    /// Prefix length: at most 128, or 32 where the prefix is one of IPv4.
    pub length: u8,
    /// The prefix; V says which family it is of.
    pub prefix: IpAddr,
}

/// V: an IPv4 prefix.
const V: u8 = 0x80;

impl DelegatedPrefix {
    const fn longest(&self) -> u8 {
        if self.prefix.is_ipv4() { 32 } else { 128 }
    }
}

impl Body<'_> for DelegatedPrefix {
    fn read(mut from: Cursor<'_, '_>) -> Result<Self, DecodeError> {
        let start = from;
        from.judge_len(6, true)?;
        let &[flags, length] = from.take()?;
        let body = Self { length, prefix: IpAddr::read(&mut from)? };
        from.judge_end()?;
        let v = if body.prefix.is_ipv4() { V } else { 0 };
        if flags & V != v {
            return Err(start.fault(Field::Type, v.into(), (flags & V).into()));
        }
        if length > body.longest() {
            let at = start.at.saturating_add(1);
            return Err(Cursor { at, ..start }.fault(
                Field::PrefixLength,
                body.longest().into(),
                length.into(),
            ));
        }
        Ok(body)
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        if self.length > self.longest() {
            return Err(EncodeError::TooLong { field: Field::PrefixLength, max: self.longest().into() });
        }
        out.put(&[if self.prefix.is_ipv4() { V } else { 0 }, self.length]);
        IpAddr::write(&self.prefix, out)
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("prefix", Value::Ip(self.prefix));
        visit("length", Value::Int(self.length.into()));
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let prefix = Self { length: 0, prefix: from.ip("prefix")? };
        let longest = prefix.longest();
        let length = u8::try_from(from.int("length", longest.into())?).unwrap_or(longest);
        Self { length, ..prefix }.write(out).map_err(|why| from.refuse("length", why))
    }
}

body! {
    /// LMA User-Plane Address (59, RFC 7389 4).
    LmaUserPlaneAddress {
        /// The address for the traffic of nodes; none, or all zero, asks for one.
        [2] address: Option<IpAddr>,
    }
}
