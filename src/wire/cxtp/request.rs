//! What the new router says: CT-Req, CTDR and CTC (RFC 4067 2.5.4 to 2.5.6).

use super::activate::sequence_and_token;
use super::{Address, Block, BlockStatus, address, block, status};
use crate::wire::error::EncodeError;
use crate::wire::read::Read;
use crate::wire::{Dialect, List, Out};

/// CT-Req (RFC 4067 2.5.6).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request<'a> {
    /// Previous address of the node. A link-local one is ambiguous among nodes: its home address (trap 49).
    pub previous_address: Address,
    /// Sequence number.
    pub sequence: u32,
    /// Authorization token; 0 where no CTAR came as yet, and between MAGs that share a security association.
    pub token: u32,
    /// What is asked for; nothing: everything.
    pub blocks: List<'a, Block<'a>>,
}

/// CTDR (RFC 4067 2.5.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reply<'a> {
    /// S: every block was taken.
    pub success: bool,
    /// Previous address of the node.
    pub previous_address: Address,
    /// Feature profile type, status and a reserved octet, for each block: see [`BlockStatus::entry`].
    pub statuses: &'a [[u8; 4]],
}

/// CTC (RFC 4067 2.5.5): the transfer of this node's context is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// Previous address of the node.
    pub previous_address: Address,
}

impl<'a> Reply<'a> {
    /// The statuses: feature profile type and what became of its block.
    pub fn statuses(&self) -> impl ExactSizeIterator<Item = (u16, BlockStatus)> + Clone + use<'a> {
        status::entries(self.statuses)
    }

    pub(super) fn write(&self, out: &mut impl Out) {
        self.previous_address.write(out);
        out.bytes(self.statuses.as_flattened());
    }
}

impl Request<'_> {
    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        self.previous_address.write(out);
        out.put(&self.sequence.to_be_bytes());
        out.put(&self.token.to_be_bytes());
        self.blocks.write(out)
    }
}

pub(super) fn read<'a>(data: &'a [u8], flags: u8, dialect: &Dialect) -> Read<'a, Request<'a>> {
    let (rest, previous_address) = address::read(flags & super::FLAG_V != 0, data)?;
    let (rest, (sequence, token)) = sequence_and_token(rest)?;
    let (rest, blocks) = block::list(rest, dialect)?;
    Ok((rest, Request { previous_address, sequence, token, blocks }))
}

pub(super) fn read_reply(data: &[u8], flags: u8) -> Read<'_, Reply<'_>> {
    let (rest, previous_address) = address::read(flags & super::FLAG_V != 0, data)?;
    let (rest, statuses) = status::read(rest)?;
    Ok((rest, Reply { success: flags & super::FLAG_A_OR_S != 0, previous_address, statuses }))
}

/// What may follow the address is not looked at: the standard has nothing there.
pub(super) fn read_cancel(data: &[u8], flags: u8) -> Read<'_, Cancel> {
    let (rest, previous_address) = address::read(flags & super::FLAG_V != 0, data)?;
    Ok((rest, Cancel { previous_address }))
}
