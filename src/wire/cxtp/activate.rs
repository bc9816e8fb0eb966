//! What a node and an access router say to each other: CTAR and CTAA (RFC 4067 2.5.1, 2.5.2).

use super::{Address, Block, BlockStatus, address, block, status};
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::out::Count;
use crate::wire::read::{Read, chunk};
use crate::wire::{Dialect, Encode, List, Out};

/// CTAR (RFC 4067 2.5.1): a node asks for its contexts. The first such message goes out with a random sequence number
/// that was not used for 7 s; the one to the other router bears the same (RFC 4067 3.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activate<'a> {
    /// A: an answer is wanted.
    pub acknowledge: bool,
    /// Previous address of the node.
    pub previous_address: Address,
    /// To the new router: the address of the previous one. To the previous router: that of the new one. Of the family
    /// of
    /// `previous_address`.
    pub router: Address,
    /// Sequence number.
    pub sequence: u32,
    /// Authorization token: see [`Activate::authorized`].
    pub token: u32,
    /// What is asked for; nothing: everything.
    pub blocks: List<'a, Block<'a>>,
}

/// CTAA (RFC 4067 2.5.2): what became of a CTAR.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActivateAck<'a> {
    /// Previous address of the node.
    pub previous_address: Address,
    /// Feature profile type, status and a reserved octet, for each block that was not transferred: see
    /// [`BlockStatus::entry`].
    pub statuses: &'a [[u8; 4]],
}

impl<'a> ActivateAck<'a> {
    /// The statuses: feature profile type and why its context was not transferred.
    pub fn statuses(&self) -> impl ExactSizeIterator<Item = (u16, BlockStatus)> + Clone + use<'a> {
        status::entries(self.statuses)
    }

    pub(super) fn write(&self, out: &mut impl Out) {
        self.previous_address.write(out);
        out.bytes(self.statuses.as_flattened());
    }
}

impl<'a> Activate<'a> {
    /// The CT-Req by which the new router passes a received CTAR on to the previous one (RFC 4067 2.5.6): all that
    /// follows the addresses is copied octet by octet, because the token covers it so (trap 50). A
    /// [`Request`](super::Request) of the same blocks would be written in canonical form.
    #[must_use]
    pub const fn forwarded(&self) -> Forwarded<'a> {
        Forwarded(*self)
    }

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        if self.router.is_v4() != self.previous_address.is_v4() {
            return Err(EncodeError::TwoFamilies { field: Field::Address });
        }
        self.previous_address.write(out);
        self.router.write(out);
        out.put(&self.sequence.to_be_bytes());
        out.put(&self.token.to_be_bytes());
        self.blocks.write(out)
    }
}

/// A CTAR on its way to the previous router, as a CT-Req: see [`Activate::forwarded`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forwarded<'a>(Activate<'a>);

impl Forwarded<'_> {
    fn write_data(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let Activate { previous_address, sequence, token, blocks, .. } = &self.0;
        previous_address.write(out);
        out.put(&sequence.to_be_bytes());
        out.put(&token.to_be_bytes());
        blocks.write_verbatim(out)
    }
}

impl Encode for Forwarded<'_> {
    fn write(&self, out: &mut impl Out, _: u16) -> Result<(), EncodeError> {
        let mut data = Count(0);
        self.write_data(&mut data)?;
        super::write_head(out, super::REQUEST, super::family(self.0.previous_address), data.0)?;
        self.write_data(out)
    }
}

pub(super) fn read<'a>(data: &'a [u8], flags: u8, dialect: &Dialect) -> Read<'a, Activate<'a>> {
    let v4 = flags & super::FLAG_V != 0;
    let (rest, previous_address) = address::read(v4, data)?;
    let (rest, router) = address::read(v4, rest)?;
    let (rest, (sequence, token)) = sequence_and_token(rest)?;
    let (rest, blocks) = block::list(rest, dialect)?;
    let acknowledge = flags & super::FLAG_A_OR_S != 0;
    Ok((rest, Activate { acknowledge, previous_address, router, sequence, token, blocks }))
}

pub(super) fn sequence_and_token(data: &[u8]) -> Read<'_, (u32, u32)> {
    let (rest, sequence) = chunk(Layer::Cxtp, Field::Header, data)?;
    let (rest, token) = chunk(Layer::Cxtp, Field::Key, rest)?;
    Ok((rest, (u32::from_be_bytes(*sequence), u32::from_be_bytes(*token))))
}

pub(super) fn read_ack(data: &[u8], flags: u8) -> Read<'_, ActivateAck<'_>> {
    let (rest, previous_address) = address::read(flags & super::FLAG_V != 0, data)?;
    let (rest, statuses) = status::read(rest)?;
    Ok((rest, ActivateAck { previous_address, statuses }))
}
