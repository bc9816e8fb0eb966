//! Neighbor Discovery (RFC 4861), as far as an access link of this domain shows it: Router Solicitation and Router
//! Advertisement with Prefix Information.

use super::error::{DecodeError, EncodeError};
use super::out::{Encode, Out};
use super::{Addr, Dialect, Format, Item, List};

/// A Neighbor Discovery message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Router Solicitation (133).
    Solicitation(RouterSolicitation<'a>),
    /// Router Advertisement (134).
    Advertisement(RouterAdvertisement<'a>),
}

/// Router Solicitation (RFC 4861 4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RouterSolicitation<'a> {
    /// The options.
    pub options: List<'a, NdOption<'a>>,
}

/// Router Advertisement (RFC 4861 4.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RouterAdvertisement<'a> {
    /// Current Hop Limit; 0: unspecified.
    pub hop_limit: u8,
    /// Flags as they stand: M 0x80, O 0x40, H 0x20.
    pub flags: u8,
    /// Router Lifetime, seconds.
    pub lifetime_s: u16,
    /// Reachable Time, milliseconds; 0: unspecified.
    pub reachable_ms: u32,
    /// Retrans Timer, milliseconds; 0: unspecified.
    pub retrans_ms: u32,
    /// The options.
    pub options: List<'a, NdOption<'a>>,
}

/// An option of Neighbor Discovery.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum NdOption<'a> {
    /// Prefix Information (3, RFC 4861 4.6.2).
    PrefixInformation {
        /// Prefix Length.
        len: u8,
        /// Flags as they stand: L 0x80, A 0x40, R 0x20 (RFC 6275 7.2).
        flags: u8,
        /// Valid Lifetime, seconds.
        valid_s: u32,
        /// Preferred Lifetime, seconds.
        preferred_s: u32,
        /// The prefix.
        prefix: Addr,
    },
    /// Any other option, body as it came (type and length octets not included).
    Unknown(RawNdOption<'a>),
}

/// An option as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawNdOption<'a> {
    pub(crate) kind: u8,
    pub(crate) body: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads one message, from its ICMPv6 type on.
    ///
    /// # Errors
    /// What does not fit, and where.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        let _ = (octets, dialect);
        todo!()
    }
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let _ = (out, checksum);
        todo!()
    }
}

impl<'a> Item<'a> for NdOption<'a> {
    fn read(octets: &'a [u8], dialect: &Dialect) -> Option<(Self, &'a [u8])> {
        let _ = (octets, dialect);
        todo!()
    }
    fn write(&self, out: &mut impl Out, dialect: &Dialect) -> Result<(), EncodeError> {
        let _ = (out, dialect);
        todo!()
    }
}

/// Neighbor Discovery as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nd {}

impl Format for Nd {
    type View<'a> = Message<'a>;
    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// A Neighbor Discovery message that owns its octets.
pub type Owned = super::Owned<Nd>;
