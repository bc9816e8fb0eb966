//! Context data blocks.
use crate::wire::{Addr, DecodeError, Dialect, EncodeError, Item, Out};

/// Filter mode of an M-CTD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterMode {
    /// From the listed sources.
    Include,
    /// From any source: the list is empty (A51).
    Exclude,
}

/// M-CTD (A49, digest 1.B.5): what one receiver wants of one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ListenerContext<'a> {
    /// The address of the node that sent the Report.
    pub receiver: Addr,
    /// Filter mode.
    pub mode: FilterMode,
    /// The group.
    pub group: Addr,
    /// Sources; at most 125.
    pub sources: &'a [[u8; 16]],
}

/// A context data block.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Block<'a> {
    /// Asks for the context of this feature profile type: four octets, no data.
    Wanted(u16),
    /// M-CTD.
    Listener(ListenerContext<'a>),
    /// MN-Identifier.
    MnIdentifier {
        /// Subtype as in RFC 4283.
        subtype: u8,
        /// The identifier.
        id: &'a [u8],
    },
    /// Policy profile, opaque.
    Profile(&'a [u8]),
    /// A block that this crate does not know.
    Unknown(RawBlock<'a>),
    /// A known block with data that cannot be: rejected alone, the others count.
    Malformed(RawBlock<'a>, DecodeError),
}

/// A block as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawBlock<'a> {
    pub(crate) feature: u16,
    pub(crate) presence: Option<u32>,
    pub(crate) data: &'a [u8],
}

impl<'a> Item<'a> for Block<'a> {
    fn read(octets: &'a [u8], dialect: &Dialect) -> Option<(Self, &'a [u8])> {
        let _ = (octets, dialect);
        todo!()
    }
    fn write(&self, out: &mut impl Out, dialect: &Dialect) -> Result<(), EncodeError> {
        let _ = (out, dialect);
        todo!()
    }
}
