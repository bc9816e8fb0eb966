//! CXTP.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use arbitrary::{Error, Result, Unstructured};

use super::membership::draw_sources;
use super::{Sample, Visit};
use crate::samples::draw::{exactly, many, octets};
use crate::samples::world;
use crate::wire::cxtp::icmp::{self, CxtpIcmp};
use crate::wire::cxtp::{
    Activate, ActivateAck, Address, Algorithm, Block, Cancel, Cxtp, Data, FilterMode, Key, ListenerContext,
    Message, MldContext, PredictiveData, Reply, Request,
};
use crate::wire::{Addr, Dialect, List};

impl Sample for Cxtp {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        draw(u, dialect, visit)
    }
}

impl Sample for CxtpIcmp {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        draw(u, dialect, &mut |message| visit(icmp::Message(message)))
    }
}

fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut dyn FnMut(Message<'_>)) -> Result<()> {
    let kind = u.int_in_range(0..=9)?;
    if kind == 9 {
        let kind = *u.choose(&[0, 8, 9, 30, 31])?;
        let (flags, data) = (u.arbitrary()?, octets(u, 40)?);
        visit(Message::other(kind, flags, &data).ok_or(Error::IncorrectFormat)?);
        return Ok(());
    }
    let is_v4 = u.ratio(1, 4)?;
    let previous_address = address(u, is_v4)?;
    if matches!(kind, 6..=8) {
        let (success, statuses) = (u.arbitrary()?, many(u, 5, Unstructured::arbitrary)?);
        visit(match kind {
            6 => Message::Reply(Reply { success, previous_address, statuses: &statuses }),
            7 => Message::ActivateAck(ActivateAck { previous_address, statuses: &statuses }),
            _ => Message::Cancel(Cancel { previous_address }),
        });
        return Ok(());
    }
    let router = address(u, is_v4)?;
    let (acknowledge, sequence, token) = (u.arbitrary()?, u.arbitrary()?, u.arbitrary()?);
    let (algorithm, key) = (Algorithm(u.int_in_range(0..=2)?), octets(u, 24)?);
    let parts = many(u, 5, |u| Parts::draw(u, dialect))?;
    let blocks: Vec<Block<'_>> = parts.iter().map(|part| part.block(dialect)).collect();
    let (elapsed_ms, blocks) = (sequence, List::new(&blocks, dialect));
    let key = Key::of_any_length(&key);
    visit(match kind {
        0..=1 => Message::Request(Request { previous_address, sequence, token, blocks }),
        2..=3 => Message::Data(Data { acknowledge, elapsed_ms, previous_address, blocks }),
        4 => Message::PredictiveData(PredictiveData {
            acknowledge,
            elapsed_ms,
            previous_address,
            algorithm,
            key,
            blocks,
        }),
        _ => Message::Activate(Activate { acknowledge, previous_address, router, sequence, token, blocks }),
    });
    Ok(())
}

fn address(u: &mut Unstructured<'_>, is_v4: bool) -> Result<Address> {
    if is_v4 { Ok(Ipv4Addr::from_bits(u.arbitrary()?).into()) } else { Ok(world::source(u)?.into()) }
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
    Mld(MldContext),
    Profile(Vec<u8>),
    /// Any type with any body: wanted, known, malformed or unknown.
    Other(u16, u8, Vec<u8>),
}

impl Parts {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Self> {
        Ok(match u.int_in_range(0..=7)? {
            0 => Self::Wanted(feature(u, dialect)?),
            1..=2 => Self::Listener {
                receiver: world::source(u)?.into(),
                group: world::group(u)?.into(),
                sources: draw_sources::<Addr>(u)?,
            },
            3 => Self::MnIdentifier(u.int_in_range(0..=3)?, octets(u, 40)?),
            4 => Self::Profile(aligned(u)?),
            // A dialect may call something else by its number, and then it would read back so.
            5 if !claims(dialect, MldContext::FEATURE) => {
                Self::Mld(MldContext { prefix: u.arbitrary()?, group: world::group(u)?.into() })
            }
            6 => Self::Other(feature(u, dialect)?, u.arbitrary()?, aligned(u)?),
            _ => Self::Other(feature(u, dialect)?, u.arbitrary()?, Vec::new()),
        })
    }

    fn block(&self, dialect: &Dialect) -> Block<'_> {
        match self {
            &Self::Wanted(feature) => Block::Wanted(feature),
            &Self::Mld(context) => Block::Mld(context),
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

fn claims(dialect: &Dialect, feature: u16) -> bool {
    let features = &dialect.features;
    [features.listener_context, features.mn_identifier, features.policy_profile].contains(&feature)
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
