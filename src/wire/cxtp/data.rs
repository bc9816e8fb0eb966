//! What the previous router gives: CTD and PCTD (RFC 4067 2.5.3).

use core::fmt;

use super::{Address, Block, address, block};
use crate::wire::code::code;
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::read::{Read, chunk, octets};
use crate::wire::{Dialect, List, Out};

/// CTD (RFC 4067 2.5.3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Data<'a> {
    /// A: a reply is wanted.
    pub acknowledge: bool,
    /// Milliseconds since the first CTD for this node was sent.
    pub elapsed_ms: u32,
    /// Previous address of the node.
    pub previous_address: Address,
    /// The context.
    pub blocks: List<'a, Block<'a>>,
}

/// PCTD (RFC 4067 2.5.3): a context with the key by which the new router verifies the token of the node's CTAR. Sent
/// before anybody asks, and in answer to a CT-Req whose token is 0 (digest 5.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PredictiveData<'a> {
    /// A: a reply is wanted.
    pub acknowledge: bool,
    /// Milliseconds since the first CTD for this node was sent.
    pub elapsed_ms: u32,
    /// Previous address of the node.
    pub previous_address: Address,
    /// How the token is made.
    pub algorithm: Algorithm,
    /// The key that the node shares with the previous router. To be forgotten as soon as the token was verified (RFC
    /// 4067 6.3).
    pub key: Key<'a>,
    /// The context.
    pub blocks: List<'a, Block<'a>>,
}

code! {
    /// How an authorization token is made (RFC 4065 7).
    Algorithm(u16) {
        /// HMAC-SHA1, cut to 32 bits.
        HMAC_SHA1 = 1,
    }
}

/// A key in a message. It does not show itself in `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key<'a>(&'a [u8]);

impl<'a> Key<'a> {
    /// A key to be sent: a multiple of four octets, so that what follows it is aligned (digest 5.1). `None` for another
    /// length.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Option<Self> {
        if octets.len().is_multiple_of(4) { Some(Self(octets)) } else { None }
    }

    /// A key as somebody else sends it: of any length.
    #[must_use]
    pub const fn of_any_length(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The octets of the key.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} octets)", self.0.len())
    }
}

impl Data<'_> {
    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&self.elapsed_ms.to_be_bytes());
        self.previous_address.write(out);
        self.blocks.write(out)
    }
}

impl PredictiveData<'_> {
    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let key = self.key.octets();
        let len = u16::try_from(key.len())
            .map_err(|_| EncodeError::TooLong { field: Field::Key, max: u16::MAX.into() })?;
        out.put(&self.elapsed_ms.to_be_bytes());
        self.previous_address.write(out);
        out.put(&self.algorithm.0.to_be_bytes());
        out.put(&len.to_be_bytes());
        out.bytes(key);
        self.blocks.write(out)
    }
}

pub(super) fn read<'a>(data: &'a [u8], flags: u8, dialect: &Dialect) -> Read<'a, Data<'a>> {
    let (rest, (elapsed_ms, previous_address)) = elapsed_and_address(data, flags)?;
    let (rest, blocks) = block::list(rest, dialect)?;
    Ok((rest, Data { acknowledge: acknowledge(flags), elapsed_ms, previous_address, blocks }))
}

pub(super) fn read_predictive<'a>(
    data: &'a [u8],
    flags: u8,
    dialect: &Dialect,
) -> Read<'a, PredictiveData<'a>> {
    let (rest, (elapsed_ms, previous_address)) = elapsed_and_address(data, flags)?;
    let (rest, &[a0, a1, l0, l1]) = chunk(Layer::Cxtp, Field::Header, rest)?;
    let len = usize::from(u16::from_be_bytes([l0, l1]));
    // As long as it says, whatever that does to the alignment of what follows.
    let (rest, key) = octets(Layer::Cxtp, Field::Key, len, rest)?;
    let (rest, blocks) = block::list(rest, dialect)?;
    let data = PredictiveData {
        acknowledge: acknowledge(flags),
        elapsed_ms,
        previous_address,
        algorithm: Algorithm(u16::from_be_bytes([a0, a1])),
        key: Key(key),
        blocks,
    };
    Ok((rest, data))
}

fn elapsed_and_address(data: &[u8], flags: u8) -> Read<'_, (u32, Address)> {
    let (rest, elapsed) = chunk(Layer::Cxtp, Field::Header, data)?;
    let (rest, previous_address) = address::read(flags & super::FLAG_V != 0, rest)?;
    Ok((rest, (u32::from_be_bytes(*elapsed), previous_address)))
}

const fn acknowledge(flags: u8) -> bool {
    flags & super::FLAG_A_OR_S != 0
}
