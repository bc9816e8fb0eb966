//! The IPv6 fixed header, the hop-by-hop Router Alert, IPv6-in-IPv6.
