//! What a node of the domain installs in its data plane.

use core::net::Ipv6Addr;

/// A tunnel between a MAG and an LMA: IPv6-in-IPv6 (RFC 2473).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tunnel {
    /// Our end: source of what we encapsulate.
    pub local: Ipv6Addr,
    /// The other end.
    pub remote: Ipv6Addr,
    /// What it is for.
    pub kind: TunnelKind,
}

/// What a tunnel carries. Both kinds share the outer addresses; the inner packet tells them apart (A22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum TunnelKind {
    /// The bi-directional tunnel of RFC 5213 5.6.1: unicast of the mobile nodes.
    Unicast,
    /// The M-Tunnel (A14): MLD and multicast data.
    Multicast,
}
