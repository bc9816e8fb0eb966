//! An IPv6 address as messages hold it.

use core::fmt;
use core::net::Ipv6Addr;

/// The sixteen octets of an IPv6 address, aligned so that a message holding one moves as two words.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(align(8))]
pub struct Addr(pub [u8; 16]);

impl Addr {
    /// `::`.
    pub const UNSPECIFIED: Self = Self([0; 16]);

    /// The address as the standard library has it.
    #[must_use]
    pub const fn ip(self) -> Ipv6Addr {
        Ipv6Addr::from_octets(self.0)
    }
}

impl From<Ipv6Addr> for Addr {
    fn from(ip: Ipv6Addr) -> Self {
        Self(ip.octets())
    }
}

impl From<Addr> for Ipv6Addr {
    fn from(addr: Addr) -> Self {
        addr.ip()
    }
}

impl fmt::Debug for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.ip(), f)
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.ip(), f)
    }
}
