//! Context data blocks (RFC 4067 2.4, digest 1.B.5 and 5.2).

mod list;
mod listener_context;
mod mld_context;
mod raw;

pub use listener_context::{FilterMode, ListenerContext};
pub use mld_context::MldContext;
pub use raw::{MalformedBlock, RawBlock};

pub(super) use list::list;

use super::BlockStatus;
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::read::{self, Read, chunk, lift, octets};
use crate::wire::{Dialect, Item, Out};

/// A context data block.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Block<'a> {
    /// Asks for the context of this feature profile type: four octets, no data.
    Wanted(u16),
    /// M-CTD (A49): what one receiver wants of one group.
    Listener(ListenerContext<'a>),
    /// What RFC 4067 Appendix B carries of MLDv1: one group on one link, from any source.
    Mld(MldContext),
    /// MN-Identifier, because CXTP itself knows a node by an address only.
    MnIdentifier {
        /// Subtype as in RFC 4283.
        subtype: u8,
        /// The identifier, at most 2,033 octets.
        id: &'a [u8],
    },
    /// Policy profile, opaque: all data of the block, 4 octets more than a multiple of 8, at most 2,036. Whoever made
    /// it knows where it ends.
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
            Self::Mld(_) => MldContext::FEATURE,
            Self::MnIdentifier { .. } => dialect.features.mn_identifier,
            Self::Profile(_) => dialect.features.policy_profile,
            Self::Unknown(raw) => raw.feature,
            Self::Malformed(malformed) => malformed.raw.feature,
        }
    }

    /// Whether a receiver can take the block, by what stands in it. Each block is judged alone: a bad one costs none of
    /// the others (A51).
    ///
    /// | block | status |
    /// |---|---|
    /// | M-CTD, MLD context: the group is a multicast address, every source a unicast one | taken |
    /// | M-CTD, MLD context with other addresses; an MN-Identifier without an identifier | `MALFORMED` |
    /// | other MN-Identifiers, profiles, blocks that ask | taken |
    /// | data that cannot be: EXCLUDE with sources, lengths that contradict each other, a presence vector where none can be | `MALFORMED` |
    /// | a feature profile type that is not known | `UNSUPPORTED` |
    ///
    /// # Errors
    /// The status that a CTDR or a CTAA gives to the block.
    pub fn judge(&self) -> Result<(), BlockStatus> {
        let fits = match self {
            Self::Listener(context) => context.judge().is_ok(),
            Self::Mld(context) => context.group.is_multicast(),
            Self::MnIdentifier { id, .. } => !id.is_empty(),
            Self::Wanted(_) | Self::Profile(_) => true,
            Self::Unknown(_) => return Err(BlockStatus::UNSUPPORTED),
            Self::Malformed(_) => false,
        };
        if fits { Ok(()) } else { Err(BlockStatus::MALFORMED) }
    }
}

impl<'a> Item<'a> for Block<'a> {
    fn read(octets: &mut &'a [u8], dialect: &Dialect) -> Option<Self> {
        if octets.is_empty() {
            return None;
        }
        let (rest, RawBlock { feature, flags, body }) = raw(octets).ok()?;
        *octets = rest;
        Some(Self::other(feature, flags, body, dialect))
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
            Self::Mld(context) => context.write(out),
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
    } else if feature == MldContext::FEATURE {
        mld_context::read(body).map(|(_, context)| Block::Mld(context))
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
    let Some(len) = u16::from_be_bytes([l0, l1]).checked_sub(1) else {
        return Err(read::wrong(Layer::ContextData, Field::Length, body, 1, 0));
    };
    let (rest, &[subtype]) = chunk(Layer::ContextData, Field::Identifier, rest)?;
    let (_, id) = octets(Layer::ContextData, Field::Identifier, len.into(), rest)?;
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

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::wire::cxtp::{Message, Request};
    use crate::wire::{Addr, Encode, List};

    const DIALECT: Dialect = Dialect::DEFAULT;

    fn other(feature: u16, flags: u8, body: &[u8]) -> Block<'_> {
        Block::other(feature, flags, body, &DIALECT)
    }

    fn encode(blocks: &[Block<'_>]) -> Result<Vec<u8>, EncodeError> {
        let blocks = List::new(blocks, &DIALECT);
        let request = Request {
            previous_address: crate::wire::cxtp::Address::UNSPECIFIED,
            sequence: 0,
            token: 0,
            blocks,
        };
        let mut octets = Vec::new();
        Message::Request(request).put(&mut octets)?;
        octets.drain(..28);
        Ok(octets)
    }

    fn fault(block: Block<'_>) -> (Field, u16, u16, u16) {
        let Block::Malformed(malformed) = block else { panic!("{block:?} is no fault") };
        let error = malformed.error();
        assert_eq!(error.layer, Layer::ContextData);
        (error.field, error.offset, error.needed, error.have)
    }

    #[test]
    fn a_block_without_body_asks_for_one() {
        assert_eq!(other(0x8001, 0, &[]), Block::Wanted(0x8001));
        assert_eq!(other(77, 0, &[]), Block::Wanted(77));
        assert_eq!(encode(&[Block::Wanted(77)]).unwrap(), [0, 77, 0, 0]);
    }

    #[test]
    fn length_counts_words_of_8_octets_with_the_head() {
        let octets = [0, 9, 1, 0, 1, 2, 3, 4, 0, 10, 0, 0];
        let rest = &mut &octets[..];
        let block = Block::read(rest, &DIALECT).unwrap();
        assert_eq!(block, other(9, 0, &[1, 2, 3, 4]));
        assert_eq!(Block::read(rest, &DIALECT), Some(Block::Wanted(10)));
        assert_eq!(Block::read(rest, &DIALECT), None);
        assert_eq!(encode(&[block, Block::Wanted(10)]).unwrap(), octets);
    }

    #[test]
    fn an_unknown_block_tells_its_presence_vector_from_its_data() {
        let Block::Unknown(raw) = other(9, 0x81, &[0, 0, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13]) else { panic!() };
        assert_eq!((raw.presence(), raw.data()), (Some(5), &[6, 7, 8, 9, 10, 11, 12, 13][..]));
        let Block::Unknown(raw) = other(9, 1, &[1, 2, 3, 4]) else { panic!() };
        assert_eq!((raw.presence(), raw.data()), (None, &[1, 2, 3, 4][..]));
        assert_eq!((raw.feature(), raw.flags()), (9, 1));
    }

    #[test]
    fn a_presence_vector_needs_room_and_a_block_that_has_one() {
        assert_eq!(fault(other(9, 0x80, &[])), (Field::PresenceVector, 4, 4, 0));
        let features = DIALECT.features;
        for feature in [features.listener_context, features.mn_identifier, features.policy_profile] {
            assert_eq!(fault(other(feature, 0x80, &[0; 4])), (Field::PresenceVector, 3, 0, 1));
        }
    }

    #[test]
    fn an_identifier_has_its_own_length_and_zero_padding() {
        let long = std::vec![7; 2_034];
        for len in [0, 1, 2, 9, 10, 254, 2_033] {
            let block = Block::MnIdentifier { subtype: 3, id: &long[..len] };
            let octets = encode(&[block]).unwrap();
            assert!(octets.len().is_multiple_of(8) && octets.len() < 4 + 3 + len + 8);
            assert!(octets[7 + len..].iter().all(|&octet| octet == 0));
            let rest = &mut &octets[..];
            assert_eq!((Block::read(rest, &DIALECT), &rest[..]), (Some(block), &[][..]));
        }
        let too_long = EncodeError::TooLong { field: Field::Identifier, max: 2_033 };
        assert_eq!(encode(&[Block::MnIdentifier { subtype: 3, id: &long }]), Err(too_long));
        let huge = std::vec![7; 70_000];
        assert_eq!(encode(&[Block::MnIdentifier { subtype: 3, id: &huge }]), Err(too_long));
    }

    #[test]
    fn an_identifier_that_cannot_be_is_malformed() {
        assert_eq!(fault(other(0x8002, 0, &[0, 0, 1, b'x'])), (Field::Length, 4, 1, 0));
        assert_eq!(fault(other(0x8002, 0, &[0, 3, 1, b'x'])), (Field::Identifier, 7, 2, 1));
        assert_eq!(other(0x8002, 0, &[0, 2, 1, b'x']), Block::MnIdentifier { subtype: 1, id: b"x" });
    }

    #[test]
    fn a_profile_is_all_data_of_its_block() {
        assert_eq!(other(0x8003, 0, &[1, 2, 3, 0]), Block::Profile(&[1, 2, 3, 0]));
        assert_eq!(encode(&[Block::Profile(&[1, 2, 3, 0])]).unwrap(), [0x80, 3, 1, 0, 1, 2, 3, 0]);
        let unaligned = EncodeError::Unaligned { field: Field::BlockData, unit: 8 };
        assert_eq!(encode(&[Block::Profile(&[1, 2, 3])]), Err(unaligned));
        let too_short = EncodeError::TooShort { field: Field::BlockData, min: 4 };
        assert_eq!(encode(&[Block::Profile(&[])]), Err(too_short));
        let too_long = EncodeError::TooLong { field: Field::BlockData, max: 2_036 };
        assert_eq!(encode(&[Block::Profile(&[0; 2_044])]), Err(too_long));
    }

    #[test]
    fn a51_what_a_receiver_cannot_take_has_a_status_that_says_so() {
        let listener = |group, source: &'static [[u8; 16]]| {
            Block::Listener(ListenerContext {
                receiver: Addr([0x20; 16]),
                mode: FilterMode::Include,
                group: Addr([group; 16]),
                sources: source,
            })
        };
        let mut exclude_with_source = [0xff; 52];
        exclude_with_source[16..20].copy_from_slice(&[2, 0, 0, 1]);
        let (malformed, unsupported) = (Err(BlockStatus::MALFORMED), Err(BlockStatus::UNSUPPORTED));
        for (block, verdict) in [
            (listener(0xff, &[[0x20; 16]]), Ok(())),
            (listener(0x20, &[[0x20; 16]]), malformed),
            (listener(0xff, &[[0xff; 16]]), malformed),
            (other(0x8001, 0, &exclude_with_source), malformed),
            (Block::MnIdentifier { subtype: 1, id: b"x" }, Ok(())),
            (Block::MnIdentifier { subtype: 1, id: b"" }, malformed),
            (Block::Wanted(9), Ok(())),
            (Block::Profile(&[1; 4]), Ok(())),
            (other(9, 0x80, &[]), malformed),
            (other(9, 0, &[0; 4]), unsupported),
        ] {
            assert_eq!(block.judge(), verdict, "{block:?}");
        }
    }

    #[test]
    fn a_malformed_block_is_rejected_alone() {
        let good = Block::MnIdentifier { subtype: 1, id: b"mn1" };
        let blocks = [other(0x8001, 0, &[0; 36]), good];
        let octets = encode(&blocks).unwrap();
        let rest = &mut &octets[..];
        assert_eq!(Block::read(rest, &DIALECT), Some(blocks[0]));
        assert_eq!((Block::read(rest, &DIALECT), &rest[..]), (Some(good), &[][..]));
        let list = List::new(&blocks, &DIALECT);
        assert_eq!(list.malformed().map(|block| block.feature()).collect::<Vec<_>>(), [0x8001]);
        assert_eq!(list.listeners().count(), 0);
        assert_eq!(list.mn_identifier(), Some((1, &b"mn1"[..])));
    }

    #[test]
    fn the_dialect_decides_which_feature_is_what() {
        let features = crate::wire::FeatureTypes { policy_profile: 9, ..DIALECT.features };
        let dialect = Dialect { features, ..DIALECT };
        assert_eq!(Block::other(9, 0, &[0; 4], &dialect), Block::Profile(&[0; 4]));
        assert_eq!(Block::Profile(&[0; 4]).feature(&dialect), 9);
        assert!(matches!(Block::other(0x8003, 0, &[0; 4], &dialect), Block::Unknown(_)));
    }
}
