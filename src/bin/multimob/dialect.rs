//! The dialect of the peer, as an option of the command line.

use clap::{Args, ValueEnum};
use multimob::wire::{Dialect, FlagDialect};

/// Whose messages these are.
#[derive(Args)]
pub(crate) struct Peer {
    /// What the bits mean that two documents claim
    #[arg(long, value_enum, default_value = "discriminated", value_name = "DIALECT")]
    dialect: Flags,
}

impl Peer {
    pub(crate) const fn dialect(&self) -> Dialect {
        Dialect::with_flags(match self.dialect {
            Flags::Registered => FlagDialect::Registered,
            Flags::Asaeda => FlagDialect::AsaedaC,
            Flags::Liu => FlagDialect::LiuQ,
            Flags::Discriminated => FlagDialect::Discriminated,
            Flags::Relocated => FlagDialect::RELOCATED,
        })
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Flags {
    /// As registered: 0x0100 of a Binding Update is F, 0x10 of an acknowledgement is T
    Registered,
    /// Draft asaeda: 0x0100 is C on every proxy registration
    Asaeda,
    /// Draft liu: 0x0100 and 0x10 are Q
    Liu,
    /// The options decide: Q beside a Queried Home Address, else C beside a Multicast State option, else F
    Discriminated,
    /// C is 0x0008, Q is 0x0004 and 0x01: for a laboratory
    Relocated,
}
