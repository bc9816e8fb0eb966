//! CXTP.

use alloc::vec::Vec;

use arbitrary::{Error, Result, Unstructured};

use super::membership::draw_sources;
use super::{Sample, Visit};
use crate::samples::draw::{exactly, many, octets};
use crate::samples::world;
use crate::wire::cxtp::{Block, Cxtp, Data, FilterMode, ListenerContext, Message, Reply, Request};
use crate::wire::{Addr, Dialect, List};

impl Sample for Cxtp {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        match u.int_in_range(0..=7)? {
            kind @ 0..=5 => {
                let (previous_address, acknowledge) = (world::source(u)?.into(), u.arbitrary()?);
                let (sequence, token) = (u.arbitrary()?, u.arbitrary()?);
                let parts = many(u, 5, |u| Parts::draw(u, dialect))?;
                let blocks: Vec<Block<'_>> = parts.iter().map(|part| part.block(dialect)).collect();
                let blocks = List::new(&blocks, dialect);
                visit(if kind < 3 {
                    Message::Request(Request { previous_address, sequence, token, blocks })
                } else {
                    Message::Data(Data { acknowledge, elapsed_ms: sequence, previous_address, blocks })
                });
            }
            6 => {
                let (success, previous_address) = (u.arbitrary()?, world::source(u)?.into());
                let statuses = many(u, 5, Unstructured::arbitrary)?;
                visit(Message::Reply(Reply { success, previous_address, statuses: &statuses }));
            }
            _ => {
                let kind = u.int_in_range(0..=31)?;
                // With V, so that it is none of the types above.
                let flags = u8::from(matches!(kind, 3 | 5 | 7)) << 7 | u.arbitrary::<u8>()?;
                let data = octets(u, 40)?;
                visit(Message::other(kind, flags, &data).ok_or(Error::IncorrectFormat)?);
            }
        }
        Ok(())
    }
}

/// What a block is built from.
enum Parts {
    Wanted(u16),
    Listener {
        receiver: Addr,
        group: Addr,
        sources: Vec<[u8; 16]>,
    },
    MnIdentifier(u8, Vec<u8>),
    Profile(Vec<u8>),
    /// Any type with any body: wanted, known, malformed or unknown.
    Other(u16, u8, Vec<u8>),
}

impl Parts {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Self> {
        Ok(match u.int_in_range(0..=6)? {
            0 => Self::Wanted(feature(u, dialect)?),
            1..=2 => Self::Listener {
                receiver: world::source(u)?.into(),
                group: world::group(u)?.into(),
                sources: draw_sources::<Addr>(u)?,
            },
            3 => Self::MnIdentifier(u.int_in_range(0..=3)?, octets(u, 40)?),
            4 => Self::Profile(aligned(u)?),
            5 => Self::Other(feature(u, dialect)?, u.arbitrary()?, aligned(u)?),
            _ => Self::Other(feature(u, dialect)?, u.arbitrary()?, Vec::new()),
        })
    }

    fn block(&self, dialect: &Dialect) -> Block<'_> {
        match self {
            &Self::Wanted(feature) => Block::Wanted(feature),
            &Self::Listener { receiver, group, ref sources } => {
                let mode = if sources.is_empty() { FilterMode::Exclude } else { FilterMode::Include };
                Block::Listener(ListenerContext { receiver, mode, group, sources })
            }
            Self::MnIdentifier(subtype, id) => Block::MnIdentifier { subtype: *subtype, id },
            Self::Profile(data) => Block::Profile(data),
            Self::Other(feature, flags, body) => Block::other(*feature, *flags, body, dialect),
        }
    }
}

fn feature(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<u16> {
    let features = &dialect.features;
    Ok(match u.int_in_range(0..=4)? {
        0 => features.listener_context,
        1 => features.mn_identifier,
        2 => features.policy_profile,
        3 => u.int_in_range(0..=2)?,
        _ => u.arbitrary()?,
    })
}

/// A body that ends at a word of 64 bits after the four octets before it.
fn aligned(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let words = u.int_in_range(0..=7usize)?;
    exactly(u, words.saturating_mul(8).saturating_add(4))
}
