//! Binding Update.
use super::option::MobilityOption;
use crate::wire::{Dialect, List};

bitflags::bitflags! {
    /// Flags of a Binding Update; every bit is kept.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct UpdateFlags: u16 {
        /// A: an acknowledgement is wanted.
        const ACKNOWLEDGE = 0x8000;
        /// H.
        const HOME_REGISTRATION = 0x4000;
        /// L.
        const LINK_LOCAL = 0x2000;
        /// K.
        const KEY_MANAGEMENT = 0x1000;
        /// M.
        const MAP = 0x0800;
        /// R.
        const MOBILE_ROUTER = 0x0400;
        /// P.
        const PROXY = 0x0200;
        /// F, C or Q: see [`crate::wire::FlagDialect`].
        const DISPUTED = 0x0100;
        const _ = !0;
    }
}

/// Binding Update (RFC 6275 6.1.7).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BindingUpdate<'a> {
    /// Sequence Number.
    pub sequence: u16,
    /// Flags.
    pub flags: UpdateFlags,
    /// Lifetime, in units of 4 seconds; 0 deregisters.
    pub lifetime: u16,
    /// The options; padding is not among them.
    pub options: List<'a, MobilityOption<'a>>,
}

/// What a Binding Update asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Mobile IPv6 (P = 0).
    Binding,
    /// Proxy registration (RFC 5213).
    Proxy,
    /// Proxy registration with multicast state: PBU-M (asaeda 7.4).
    ProxyMulticast,
    /// Query for a care-of address: PBU-Q (liu 8.1).
    ProxyQuery,
}

impl BindingUpdate<'_> {
    /// What it asks for, by the dialect of the peer (digest 2.3.1).
    #[must_use]
    pub fn meaning(&self, dialect: &Dialect) -> Meaning {
        let _ = dialect;
        todo!()
    }
    /// The flags that a message of this meaning carries towards a peer of this dialect.
    #[must_use]
    pub fn flags_for(meaning: Meaning, dialect: &Dialect) -> UpdateFlags {
        let _ = (meaning, dialect);
        todo!()
    }
}
