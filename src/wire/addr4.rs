//! An IPv4 address as messages hold it.

use core::fmt;
use core::net::Ipv4Addr;

/// The four octets of an IPv4 address, aligned so that it moves as one word.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(align(4))]
pub struct Addr4(pub [u8; 4]);

impl Addr4 {
    /// 0.0.0.0.
    pub const UNSPECIFIED: Self = Self([0; 4]);

    /// The address as the standard library has it.
    #[must_use]
    pub const fn ip(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(u32::from_be_bytes(self.0))
    }

    /// Whether it is a multicast address, 224/4.
    #[inline]
    #[must_use]
    pub const fn is_multicast(&self) -> bool {
        let [first, ..] = self.0;
        first >> 4 == 0xe
    }

    /// Whether it is the address of one node: neither multicast, nor of "this network" (0/8), nor reserved (240/4, the
    /// broadcast address among them).
    #[inline]
    #[must_use]
    pub const fn is_unicast(&self) -> bool {
        let [first, ..] = self.0;
        first != 0 && first < 224
    }
}

impl From<Ipv4Addr> for Addr4 {
    fn from(ip: Ipv4Addr) -> Self {
        Self(ip.octets())
    }
}

impl From<Addr4> for Ipv4Addr {
    #[inline]
    fn from(addr: Addr4) -> Self {
        addr.ip()
    }
}

impl From<Addr4> for [u8; 4] {
    #[inline]
    fn from(addr: Addr4) -> Self {
        addr.0
    }
}

impl fmt::Debug for Addr4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.ip(), f)
    }
}

impl fmt::Display for Addr4 {
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
            let addr = Addr4::from(text.parse::<Ipv4Addr>().unwrap());
            assert_eq!(std::format!("{addr:?}"), text);
            (addr.is_unicast(), addr.is_multicast())
        };
        for unicast in ["192.0.2.1", "127.0.0.1", "1.0.0.0", "223.255.255.255"] {
            assert_eq!(kinds(unicast), (true, false));
        }
        for multicast in ["224.0.0.1", "232.1.2.3", "239.255.255.255"] {
            assert_eq!(kinds(multicast), (false, true));
        }
        for neither in ["0.0.0.0", "0.1.2.3", "240.0.0.1", "255.255.255.255"] {
            assert_eq!(kinds(neither), (false, false));
        }
    }
}
