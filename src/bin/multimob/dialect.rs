//! The dialect of the peer, as an option of the command line.

use clap::{Args, ValueEnum};
use multimob::wire::{Dialect, FlagDialect, HoldTypes};

/// Whose messages these are.
#[derive(Args)]
pub(crate) struct Peer {
    /// What the bits mean that two documents claim
    #[arg(long, value_enum, default_value = "discriminated", value_name = "DIALECT")]
    dialect: Flags,
    /// By which record types a membership report says Hold
    #[arg(long, value_enum, default_value = "private", value_name = "TYPES")]
    hold: Hold,
}

impl Peer {
    pub(crate) const fn dialect(&self) -> Dialect {
        let flags = match self.dialect {
            Flags::Registered => FlagDialect::Registered,
            Flags::Asaeda => FlagDialect::AsaedaC,
            Flags::Liu => FlagDialect::LiuQ,
            Flags::Discriminated => FlagDialect::Discriminated,
            Flags::Relocated => FlagDialect::RELOCATED,
        };
        let hold = match self.hold {
            Hold::Private => HoldTypes::PRIVATE,
            Hold::Literal => HoldTypes::LITERAL,
        };
        Dialect { hold, ..Dialect::with_flags(flags) }
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

#[derive(Clone, Copy, ValueEnum)]
enum Hold {
    /// 0x81 and 0x82, which are skipped by who does not know them
    Private,
    /// 1 and 2, as draft asaeda has them: then no record states what is received
    Literal,
}
