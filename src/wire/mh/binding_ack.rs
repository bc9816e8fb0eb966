//! Binding Acknowledgement.
use super::{Status, option::MobilityOption};
use crate::wire::List;

bitflags::bitflags! {
    /// Flags of a Binding Acknowledgement; every bit is kept.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct AckFlags: u8 {
        /// K.
        const KEY_MANAGEMENT = 0x80;
        /// R.
        const MOBILE_ROUTER = 0x40;
        /// P.
        const PROXY = 0x20;
        /// T or Q: see [`crate::wire::FlagDialect`].
        const DISPUTED = 0x10;
        const _ = !0;
    }
}

/// Binding Acknowledgement (RFC 6275 6.1.8).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BindingAck<'a> {
    /// Status.
    pub status: Status,
    /// Flags.
    pub flags: AckFlags,
    /// Sequence Number of the update that this answers; in a 135 the last accepted one.
    pub sequence: u16,
    /// Lifetime granted, in units of 4 seconds.
    pub lifetime: u16,
    /// The options; padding is not among them.
    pub options: List<'a, MobilityOption<'a>>,
}
