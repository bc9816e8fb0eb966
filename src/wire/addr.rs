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
        Ipv6Addr::from_bits(u128::from_be_bytes(self.0))
    }

    /// Whether it is a multicast address, ff00::/8.
    #[inline]
    #[must_use]
    pub const fn is_multicast(&self) -> bool {
        let [first, ..] = self.0;
        first == 0xff
    }

    /// Whether it is the address of one node: neither multicast nor `::`.
    #[inline]
    #[must_use]
    pub const fn is_unicast(&self) -> bool {
        !self.is_multicast() && u128::from_ne_bytes(self.0) != 0
    }
}

impl From<Ipv6Addr> for Addr {
    fn from(ip: Ipv6Addr) -> Self {
        Self(ip.octets())
    }
}

impl From<Addr> for Ipv6Addr {
    #[inline]
    fn from(addr: Addr) -> Self {
        addr.ip()
    }
}

impl From<Addr> for [u8; 16] {
    #[inline]
    fn from(addr: Addr) -> Self {
        addr.0
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_of_an_address() {
        let kinds = |text: &str| {
            let addr = Addr::from(text.parse::<Ipv6Addr>().unwrap());
            (addr.is_unicast(), addr.is_multicast())
        };
        assert_eq!(kinds("::"), (false, false));
        assert_eq!(kinds("::1"), (true, false));
        assert_eq!(kinds("2001:db8::5"), (true, false));
        assert_eq!(kinds("fe80::1"), (true, false));
        assert_eq!(kinds("ff02::16"), (false, true));
        assert_eq!(kinds("ff00::"), (false, true));
    }
}
