//! Addresses of either family.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::wire::error::{Field, Layer};
use crate::wire::read::{Read, chunk};
use crate::wire::{Addr, Out};

/// An address in a message: the flag V of the message tells its family (RFC 4067 2.5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// IPv4: V is set.
    V4(Ipv4Addr),
    /// IPv6: V is clear.
    V6(Addr),
}

impl Address {
    /// `::`.
    pub const UNSPECIFIED: Self = Self::V6(Addr::UNSPECIFIED);

    /// The address as the standard library has it.
    #[must_use]
    pub const fn ip(self) -> IpAddr {
        match self {
            Self::V4(ip) => IpAddr::V4(ip),
            Self::V6(addr) => IpAddr::V6(addr.ip()),
        }
    }

    /// The address, where it is one of IPv6.
    #[must_use]
    pub const fn v6(self) -> Option<Ipv6Addr> {
        match self {
            Self::V4(_) => None,
            Self::V6(addr) => Some(addr.ip()),
        }
    }

    /// Whether it is an address of IPv4.
    #[must_use]
    pub const fn is_v4(&self) -> bool {
        matches!(self, Self::V4(_))
    }

    pub(in crate::wire) fn write(self, out: &mut impl Out) {
        match self {
            Self::V4(ip) => out.put(&ip.octets()),
            Self::V6(addr) => out.put(&addr.0),
        }
    }
}

/// Reads an address of the family that V tells.
pub(super) fn read(v4: bool, data: &[u8]) -> Read<'_, Address> {
    if v4 {
        let (rest, &octets) = chunk::<4>(Layer::Cxtp, Field::Address, data)?;
        Ok((rest, Address::V4(Ipv4Addr::from(octets))))
    } else {
        let (rest, &octets) = chunk(Layer::Cxtp, Field::Address, data)?;
        Ok((rest, Address::V6(Addr(octets))))
    }
}

impl From<Addr> for Address {
    fn from(addr: Addr) -> Self {
        Self::V6(addr)
    }
}

impl From<Ipv6Addr> for Address {
    fn from(ip: Ipv6Addr) -> Self {
        Self::V6(ip.into())
    }
}

impl From<Ipv4Addr> for Address {
    fn from(ip: Ipv4Addr) -> Self {
        Self::V4(ip)
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => ip.into(),
            IpAddr::V6(ip) => ip.into(),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.ip(), f)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.ip(), f)
    }
}
