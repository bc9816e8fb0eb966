//! Context Transfer Protocol (RFC 4067): CT-Req, CTD and CTDR with the blocks that carry a listener's state.

mod block;

pub use block::{Block, FilterMode, ListenerContext};

use super::error::{DecodeError, EncodeError};
use super::out::{Encode, Out};
use super::{Addr, Dialect, Format, List};

/// Any CXTP message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Context Transfer Request (7), n-MAG to p-MAG.
    Request(Request<'a>),
    /// Context Transfer Data (3), p-MAG to n-MAG.
    Data(Data<'a>),
    /// Context Transfer Data Reply (5), n-MAG to p-MAG.
    Reply(Reply<'a>),
    /// Any other type, as it came.
    Unknown {
        /// Type, 0 to 31.
        kind: u8,
        /// Flags.
        flags: u8,
        /// What follows the head.
        data: &'a [u8],
    },
}

/// CT-Req (RFC 4067 2.5.7).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request<'a> {
    /// Previous address of the node.
    pub previous_address: Addr,
    /// Sequence number.
    pub sequence: u32,
    /// Authorization token; 0 between MAGs that share a security association.
    pub token: u32,
    /// What is asked for.
    pub blocks: List<'a, Block<'a>>,
}

/// CTD (RFC 4067 2.5.3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Data<'a> {
    /// A: a reply is wanted.
    pub acknowledge: bool,
    /// Milliseconds since the first CTD for this node was sent.
    pub elapsed_ms: u32,
    /// Previous address of the node.
    pub previous_address: Addr,
    /// The context.
    pub blocks: List<'a, Block<'a>>,
}

/// CTDR (RFC 4067 2.5.5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reply<'a> {
    /// S: every block was taken.
    pub success: bool,
    /// Previous address of the node.
    pub previous_address: Addr,
    /// Feature profile type, status and a reserved octet, for each block.
    pub statuses: &'a [[u8; 4]],
}

impl<'a> Message<'a> {
    /// Reads one message.
    ///
    /// # Errors
    /// What does not fit, and where.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        let _ = (octets, dialect);
        todo!()
    }
}

impl Encode for Message<'_> {
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let _ = (out, checksum);
        todo!()
    }
}

/// CXTP as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cxtp {}

impl Format for Cxtp {
    type View<'a> = Message<'a>;
    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// A CXTP message that owns its octets.
pub type Owned = super::Owned<Cxtp>;
