//! What an LMA and its MAG agree on about the MAG itself (RFC 8127, RFC 8278).

use super::AccessTechnology;
use super::sub::sub_options;
use crate::wire::fields::{Identifier, Row, body, letters};

body! {
    /// LMA-Controlled MAG Parameters (62, RFC 8127 3), in a PBA.
    MagParameters<'a> {
        /// The parameters, each once.
        options: Row<'a, MagParameter<'a>>,
    }
}

sub_options! {
    /// A parameter of a MAG (RFC 8127 3.1).
    MagParameter plain
    1 => ReregistrationControl at (1, 0),
    2 => HeartbeatControl at (1, 0),
}

body! {
    /// Binding Re-registration Control (LCMP type 1, RFC 8127 3.1.1).
    ReregistrationControl {
        /// How long before the binding ends it is to be refreshed, in units of 4 seconds.
        start: u16,
        /// Delay before the first retransmission, at least, in seconds.
        initial_retransmission: u16,
        /// Delay before the last retransmission, at most, in seconds.
        max_retransmission: u16,
    }
}

body! {
    /// Heartbeat Control (LCMP type 2, RFC 8127 3.1.2).
    HeartbeatControl {
        /// Time between heartbeats, in seconds.
        interval: u16,
        /// Delay before a retransmission, at least, in seconds.
        retransmission_delay: u16,
        /// Retransmissions, at most.
        max_retransmissions: u16,
    }
}

bitflags::bitflags! {
    /// Flags of a [`MultipathBinding`] (RFC 8278 4.1), not both of them set.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct MultipathFlags: u8 {
        /// B: bulk re-registration of all bindings of the node.
        const BULK = 0x80;
        /// O: this binding replaces all others.
        const OVERWRITE = 0x40;
        const _ = !0;
    }
}

letters! { MultipathFlags(u8) { "B" = 0x80, "O" = 0x40 } }

body! {
    /// MAG Multipath Binding (63, RFC 8278 4.1).
    MultipathBinding {
        /// Technology of the interface.
        technology: AccessTechnology,
        /// Label of the interface.
        label: u8,
        /// Binding identifier, 1 to 254.
        id: u8,
        /// Flags.
        flags: MultipathFlags,
        ; [2]
    }
}

body! {
    /// MAG Identifier (64, RFC 8278 4.2).
    MagIdentifier<'a> {
        /// What the identifier is: see [`IdentifierSubtype`](super::IdentifierSubtype).
        subtype: u8,
        /// The identifier, at most 253 octets.
        [1] id: &'a [u8] as Identifier,
    }
}
