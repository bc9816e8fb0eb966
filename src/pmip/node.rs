//! Who a mobile node is.

use alloc::boxed::Box;
use core::fmt;
use core::net::Ipv6Addr;

/// MN-Identifier (RFC 4283): a subtype and the identifier.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NodeId {
    /// Subtype; 1 is a network access identifier.
    pub subtype: u8,
    /// The identifier.
    pub id: Box<[u8]>,
}

impl NodeId {
    /// A network access identifier (RFC 4282), `mn1@example.net`.
    #[must_use]
    pub fn nai(nai: &str) -> Self {
        Self { subtype: 1, id: nai.as_bytes().into() }
    }
}

/// The text of an identifier that is text, hexadecimal digits otherwise.
impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match core::str::from_utf8(&self.id) {
            Ok(text) if self.subtype == 1 => f.write_str(text),
            _ => self.id.iter().try_for_each(|octet| write!(f, "{octet:02x}")),
        }
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A prefix: a home network prefix (RFC 5213 2.2), say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Prefix {
    /// The address, bits beyond the length zero.
    pub address: Ipv6Addr,
    /// Its length, 0 to 128.
    pub len: u8,
}

impl Prefix {
    /// The prefix of `len` bits of `address`; a length over 128 counts as 128.
    #[must_use]
    pub const fn new(address: Ipv6Addr, len: u8) -> Self {
        let len = if len > 128 { 128 } else { len };
        let mask = match u128::MAX.checked_shr(len as u32) {
            Some(host) => !host,
            None => u128::MAX,
        };
        Self { address: Ipv6Addr::from_bits(address.to_bits() & mask), len }
    }

    /// Whether it is as [`Prefix::new`] makes it: no longer than an address, and no bit set beyond its length.
    #[must_use]
    pub fn is_canonical(&self) -> bool {
        Self::new(self.address, self.len) == *self
    }

    /// Whether `address` lies in it.
    #[must_use]
    pub fn contains(&self, address: Ipv6Addr) -> bool {
        Self::new(address, self.len).address == self.address
    }

    /// Whether the two have an address in common.
    #[must_use]
    pub fn overlaps(&self, other: Self) -> bool {
        self.contains(other.address) || other.contains(self.address)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.len)
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_holds_its_addresses() {
        let prefix = Prefix::new("2001:db8:1::5".parse().unwrap(), 64);
        assert_eq!(std::format!("{prefix}"), "2001:db8:1::/64");
        assert!(prefix.contains("2001:db8:1::ffff".parse().unwrap()));
        assert!(!prefix.contains("2001:db8:2::".parse().unwrap()));
        assert!(Prefix::new(Ipv6Addr::UNSPECIFIED, 0).contains(Ipv6Addr::LOCALHOST));
        assert!(!Prefix::new(Ipv6Addr::LOCALHOST, 128).contains(Ipv6Addr::UNSPECIFIED));
    }

    #[test]
    fn prefixes_overlap_when_one_holds_the_other() {
        let [wide, narrow, other] = [("2001:db8::", 32), ("2001:db8:1::", 64), ("2001:db8:2::", 64)]
            .map(|(address, len)| Prefix::new(address.parse().unwrap(), len));
        assert!(wide.overlaps(narrow) && narrow.overlaps(wide));
        assert!(!narrow.overlaps(other));
    }
}
