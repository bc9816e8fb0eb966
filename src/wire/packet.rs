//! Whole datagrams: built in one call, demultiplexed in one call.

use core::net::Ipv6Addr;

use super::error::{DecodeError, EncodeError};
use super::{Dialect, cxtp, mh, mld, nd};

/// The UDP port that carries CXTP (RFC 4067 gives SCTP 5091; digest 5.5).
pub const CXTP_PORT: u16 = 5091;

/// A received datagram, taken apart down to its innermost message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Datagram<'a> {
    /// Source and destination of the tunnel header, when there was one.
    pub outer: Option<(Ipv6Addr, Ipv6Addr)>,
    /// Source of the innermost header.
    pub src: Ipv6Addr,
    /// Destination of the innermost header.
    pub dst: Ipv6Addr,
    /// Hop limit of the innermost header.
    pub hop_limit: u8,
    /// Whether the innermost header carries a Router Alert of value 0.
    pub router_alert: bool,
    /// The innermost IPv6 packet, from its header on.
    pub inner: &'a [u8],
    /// The message.
    pub payload: Payload<'a>,
}

/// What a datagram carries.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// Mobility Header.
    Mh(mh::Message<'a>),
    /// MLD.
    Mld(mld::Message<'a>),
    /// CXTP over UDP.
    Cxtp(cxtp::Message<'a>),
    /// Router Solicitation or Advertisement.
    Nd(nd::Message<'a>),
    /// Anything else: user data.
    Other {
        /// Next header.
        next_header: u8,
        /// What follows the IPv6 header and its extensions.
        data: &'a [u8],
    },
}

/// A message of any format, owned: what a machine sends.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum OwnedPayload {
    /// Mobility Header.
    Mh(mh::Owned),
    /// MLD.
    Mld(mld::Owned),
    /// CXTP over UDP.
    Cxtp(cxtp::Owned),
    /// Neighbor Discovery.
    Nd(nd::Owned),
}

/// Takes a datagram apart: one tunnel header at most, checksums verified, hop-by-hop options read.
///
/// # Errors
/// What does not fit, and where.
pub fn demux<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Datagram<'a>, DecodeError> {
    let _ = (octets, dialect);
    todo!()
}

/// Builds the IPv6 datagram of `payload` from `src` to `dst` at the start of `buf`: hop limit, Router Alert, UDP header
/// and checksum as its protocol wants them. Returns the length.
///
/// # Errors
/// When the buffer is too short or the message cannot be written.
pub fn build(
    src: Ipv6Addr,
    dst: Ipv6Addr,
    payload: &Payload<'_>,
    buf: &mut [u8],
) -> Result<usize, EncodeError> {
    let _ = (src, dst, payload, buf);
    todo!()
}
