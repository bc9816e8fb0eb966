//! Context data blocks (RFC 4067 2.4, digest 1.B.5 and 5.2).

mod list;
mod listener_context;
mod raw;

pub use listener_context::{FilterMode, ListenerContext};
pub use raw::{MalformedBlock, RawBlock};

pub(super) use list::list;

use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::read::{Read, chunk, lift, octets};
use crate::wire::{Dialect, Item, Out};

/// A context data block.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Block<'a> {
    /// Asks for the context of this feature profile type: four octets, no data.
    Wanted(u16),
    /// M-CTD (A49): what one receiver wants of one group.
    Listener(ListenerContext<'a>),
    /// MN-Identifier, because CXTP itself knows a node by an address only.
    MnIdentifier {
        /// Subtype as in RFC 4283.
        subtype: u8,
        /// The identifier, at most 2,033 octets.
        id: &'a [u8],
    },
    /// Policy profile, opaque: all data of the block, 4 octets more than a multiple of 8, at most 2,036. Whoever made it
    /// knows where it ends.
    Profile(&'a [u8]),
    /// A block that this crate does not know.
    Unknown(RawBlock<'a>),
    /// A known block with data that cannot be: rejected alone, the others count.
    Malformed(MalformedBlock<'a>),
}

impl<'a> Block<'a> {
    /// The block of this feature profile type with these flags (P is 0x80) and this body, which is all that follows the
    /// four octets of its head, a presence vector included. Whatever that makes it in this dialect: [`Self::Wanted`]
    /// where there is no body, a value of its own where the type is known, [`Self::Malformed`] where the data cannot be
    /// one, [`Self::Unknown`] for any other type.
    #[must_use]
    pub fn other(feature: u16, flags: u8, body: &'a [u8], dialect: &Dialect) -> Self {
        let raw = RawBlock { feature, flags, body };
        match known(&raw, dialect) {
            Ok(Some(block)) => block,
            Ok(None) => Self::Unknown(raw),
            Err(error) => Self::Malformed(MalformedBlock { raw, error }),
        }
    }

    /// The feature profile type by which the block is written in this dialect.
    #[must_use]
    pub const fn feature(&self, dialect: &Dialect) -> u16 {
        match self {
            Self::Wanted(feature) => *feature,
            Self::Listener(_) => dialect.features.listener_context,
            Self::MnIdentifier { .. } => dialect.features.mn_identifier,
            Self::Profile(_) => dialect.features.policy_profile,
            Self::Unknown(raw) => raw.feature,
            Self::Malformed(malformed) => malformed.raw.feature,
        }
    }
}

impl<'a> Item<'a> for Block<'a> {
    fn read(octets: &'a [u8], dialect: &Dialect) -> Option<(Self, &'a [u8])> {
        if octets.is_empty() {
            return None;
        }
        let (rest, RawBlock { feature, flags, body }) = raw(octets).ok()?;
        Some((Self::other(feature, flags, body, dialect), rest))
    }

    fn write(&self, out: &mut impl Out, dialect: &Dialect) -> Result<(), EncodeError> {
        let feature = self.feature(dialect);
        match self {
            Self::Wanted(_) => {
                let [f0, f1] = feature.to_be_bytes();
                out.put(&[f0, f1, 0, 0]);
                Ok(())
            }
            Self::Listener(context) => context.write(feature, out),
            Self::MnIdentifier { subtype, id } => write_mn_identifier(feature, *subtype, id, out),
            Self::Profile(data) => {
                if data.is_empty() {
                    // Four octets alone would ask for a profile.
                    return Err(EncodeError::TooShort { field: Field::BlockData, min: 4 });
                }
                RawBlock { feature, flags: 0, body: data }.write(out)
            }
            Self::Unknown(raw) | Self::Malformed(MalformedBlock { raw, .. }) => raw.write(out),
        }
    }
}

/// The octets of a block are `Length` words of 8, head included; none at all of them means the head alone (digest 5.2).
fn raw(input: &[u8]) -> Read<'_, RawBlock<'_>> {
    let (rest, &[f0, f1, words, flags]) = chunk(Layer::Cxtp, Field::BlockLength, input)?;
    let len = usize::from(words).saturating_mul(8).saturating_sub(HEAD);
    let (rest, body) = octets(Layer::Cxtp, Field::BlockData, len, rest)?;
    Ok((rest, RawBlock { feature: u16::from_be_bytes([f0, f1]), flags, body }))
}

/// The block of a type that this crate knows; `None` for any other type.
fn known<'a>(raw: &RawBlock<'a>, dialect: &Dialect) -> Result<Option<Block<'a>>, DecodeError> {
    let &RawBlock { feature, flags, body } = raw;
    let has_presence = flags & FLAG_P != 0;
    if has_presence && body.len() < 4 {
        return Err(wrong(Field::PresenceVector, HEAD, 4, body.len()));
    }
    if body.is_empty() {
        return Ok(Some(Block::Wanted(feature)));
    }
    let features = &dialect.features;
    let read = if feature == features.listener_context {
        listener_context::read(body).map(|(_, context)| Block::Listener(context))
    } else if feature == features.mn_identifier {
        mn_identifier(body).map(|(_, (subtype, id))| Block::MnIdentifier { subtype, id })
    } else if feature == features.policy_profile {
        Ok(Block::Profile(body))
    } else {
        return Ok(None);
    };
    if has_presence {
        // None of the blocks above has fields that may be left out.
        return Err(wrong(Field::PresenceVector, 3, 0, 1));
    }
    read.map(Some).map_err(|error| lift(error, body.len().saturating_add(HEAD)))
}

/// Length of what follows (16 bits), subtype, identifier.
fn mn_identifier(body: &[u8]) -> Read<'_, (u8, &[u8])> {
    let (rest, &[l0, l1]) = chunk(Layer::ContextData, Field::Length, body)?;
    let len = usize::from(u16::from_be_bytes([l0, l1]));
    let (_, identity) = octets(Layer::ContextData, Field::Identifier, len, rest)?;
    let (id, &[subtype]) = chunk(Layer::ContextData, Field::Identifier, identity)?;
    Ok((&[], (subtype, id)))
}

fn write_mn_identifier(feature: u16, subtype: u8, id: &[u8], out: &mut impl Out) -> Result<(), EncodeError> {
    // Length and subtype.
    const FIXED: usize = 3;
    let too_long = EncodeError::TooLong { field: Field::Identifier, max: MAX_BODY.saturating_sub(FIXED) };
    let len = u16::try_from(id.len().saturating_add(1)).map_err(|_| too_long)?;
    let body = id.len().saturating_add(FIXED);
    // Blocks end on a multiple of 8.
    let padding = HEAD.saturating_add(body).wrapping_neg() % 8;
    head(feature, 0, body.saturating_add(padding), out).map_err(|_| too_long)?;
    out.put(&len.to_be_bytes());
    out.put(&[subtype]);
    out.bytes(id);
    out.bytes([0; 7].get(..padding).unwrap_or_default());
    Ok(())
}

/// The head of a block with a body of `len` octets.
fn head(feature: u16, flags: u8, len: usize, out: &mut impl Out) -> Result<(), EncodeError> {
    let whole = if len == 0 { 0 } else { len.saturating_add(HEAD) };
    if !whole.is_multiple_of(8) {
        return Err(EncodeError::Unaligned { field: Field::BlockData, unit: 8 });
    }
    let words = u8::try_from(whole / 8)
        .map_err(|_| EncodeError::TooLong { field: Field::BlockData, max: MAX_BODY })?;
    let [f0, f1] = feature.to_be_bytes();
    out.put(&[f0, f1, words, flags]);
    Ok(())
}

/// A block that cannot be; `offset` counts from its start.
fn wrong(field: Field, offset: usize, needed: usize, have: usize) -> DecodeError {
    DecodeError::new(Layer::ContextData, field, offset, needed, have)
}

/// P: a presence vector follows the head.
const FLAG_P: u8 = 0x80;

/// Octets of feature profile type, Length and flags.
const HEAD: usize = 4;

/// Octets that can follow the head.
const MAX_BODY: usize = 2_036;
