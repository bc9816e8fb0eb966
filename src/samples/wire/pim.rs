//! PIM.

use alloc::vec::Vec;

use arbitrary::{Error, Result, Unstructured};

use super::{Sample, Visit};
use crate::samples::draw::{many, octets, rarely};
use crate::samples::world;
use crate::wire::pim::{
    Assert, Bootstrap, CandidateRp, DummyPacket, EntryKind, Group, GroupRange, GroupSet, Hello, HelloOption,
    JoinPrune, LanPruneDelay, Message, MessageType, OptionType, Pim, Register, RegisterStop, Rp, Source,
    SourceFlags, Unicast,
};
use crate::wire::{Addr, Dialect, List};

impl Sample for Pim {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        match u.int_in_range(0..=19)? {
            0..=4 => draw_hello(u, dialect, visit),
            5..=11 => draw_join_prune(u, dialect, visit),
            12..=13 => draw_register(u, visit),
            14 => {
                let (group, source) = (draw_group(u)?, world::source(u)?.into());
                visit(Message::RegisterStop(RegisterStop { group, source }));
                Ok(())
            }
            15..=16 => draw_assert(u, visit),
            17 => draw_bootstrap(u, dialect, visit),
            18 => draw_candidate(u, dialect, visit),
            _ => {
                let kind = MessageType(*u.choose(&[6, 7, 9, 10, 11, 12, 13, 14, 15])?);
                let (flags, data) = (u.arbitrary()?, octets(u, 40)?);
                visit(Message::other(kind, flags, &data).ok_or(Error::IncorrectFormat)?);
                Ok(())
            }
        }
    }
}

/// What an option is built from.
enum Parts {
    Holdtime(u16),
    LanPruneDelay(LanPruneDelay),
    DrPriority(u32),
    GenerationId(u32),
    AddressList(Vec<Unicast>),
    /// Any type with any body: known, malformed or unknown.
    Other(u16, Vec<u8>),
}

impl Parts {
    fn draw(u: &mut Unstructured<'_>) -> Result<Self> {
        Ok(match u.int_in_range(0..=7)? {
            0..=1 => Self::Holdtime(*u.choose(&[105, 0, 10, u16::MAX])?),
            2 => Self::LanPruneDelay(LanPruneDelay {
                tracking: u.arbitrary()?,
                propagation_ms: u.int_in_range(0..=0x7fff)?,
                override_ms: u.arbitrary()?,
            }),
            3 => Self::DrPriority(if rarely(u, 64)? { u.arbitrary()? } else { u.int_in_range(0..=3)? }),
            4 => Self::GenerationId(if rarely(u, 64)? { u.arbitrary()? } else { u.int_in_range(0..=3)? }),
            5 => Self::AddressList(many(u, 3, |u| world::source(u).map(|address| Unicast(address.into())))?),
            6 => Self::Other(*u.choose(&[1, 2, 19, 20, 24])?, octets(u, 40)?),
            _ => Self::Other(u.arbitrary()?, octets(u, 40)?),
        })
    }

    fn option(&self, dialect: &Dialect) -> HelloOption<'_> {
        match self {
            &Self::Holdtime(seconds) => HelloOption::Holdtime(seconds),
            &Self::LanPruneDelay(delay) => HelloOption::LanPruneDelay(delay),
            &Self::DrPriority(priority) => HelloOption::DrPriority(priority),
            &Self::GenerationId(id) => HelloOption::GenerationId(id),
            Self::AddressList(addresses) => HelloOption::AddressList(List::new(addresses, dialect)),
            Self::Other(kind, body) => HelloOption::other(OptionType(*kind), body, dialect),
        }
    }
}

fn draw_hello(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Pim>) -> Result<()> {
    let parts = many(u, 5, Parts::draw)?;
    let options: Vec<HelloOption<'_>> = parts.iter().map(|part| part.option(dialect)).collect();
    visit(Message::Hello(Hello { options: List::new(&options, dialect) }));
    Ok(())
}

fn draw_register(u: &mut Unstructured<'_>, visit: &mut Visit<'_, Pim>) -> Result<()> {
    let (null, border) = (u.arbitrary()?, rarely(u, 12)?);
    let (source, group) = (world::source(u)?.into(), world::group(u)?.into());
    let mut packet = DummyPacket { source, group }.octets().to_vec();
    if rarely(u, 64)? {
        packet = octets(u, 80)?;
    }
    visit(Message::Register(Register { border, null, packet: &packet }));
    Ok(())
}

fn draw_join_prune(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Pim>) -> Result<()> {
    let (upstream, holdtime) = (world::neighbour(u)?.into(), *u.choose(&[210, 0, 5, u16::MAX])?);
    let sets = many(u, 3, |u| Ok((draw_group(u)?, many(u, 3, draw_source)?, many(u, 3, draw_source)?)))?;
    let sets: Vec<GroupSet<'_>> = sets
        .iter()
        .map(|(group, joined, pruned)| GroupSet {
            group: *group,
            joined: List::new(joined, dialect),
            pruned: List::new(pruned, dialect),
        })
        .collect();
    visit(Message::JoinPrune(JoinPrune { upstream, holdtime, groups: List::new(&sets, dialect) }));
    Ok(())
}

fn draw_assert(u: &mut Unstructured<'_>, visit: &mut Visit<'_, Pim>) -> Result<()> {
    let (group, source): (Addr, Addr) = (world::group(u)?.into(), world::source(u)?.into());
    let source = if u.arbitrary()? { Addr::UNSPECIFIED } else { source };
    let cancel = Assert::cancel(group, source);
    visit(Message::Assert(match u.int_in_range(0..=3)? {
        0 => cancel,
        _ => Assert {
            rpt: u.arbitrary()?,
            preference: u.int_in_range(0..=3)?,
            metric: u.int_in_range(0..=3)?,
            ..cancel
        },
    }));
    Ok(())
}

fn draw_bootstrap(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Pim>) -> Result<()> {
    let (no_forward, fragment_tag, priority) = (u.arbitrary()?, u.arbitrary()?, u.arbitrary()?);
    let (hash_mask_len, bsr) = (*u.choose(&[126, 128, 0, 129])?, world::source(u)?.into());
    let ranges = many(u, 3, |u| Ok((draw_range(u)?, u.int_in_range(0..=3)?, many(u, 3, draw_rp)?)))?;
    let ranges: Vec<GroupRange<'_>> = ranges
        .iter()
        .map(|(group, rp_count, rps)| GroupRange {
            group: *group,
            rp_count: *rp_count,
            rps: List::new(rps, dialect),
        })
        .collect();
    let ranges = List::new(&ranges, dialect);
    visit(Message::Bootstrap(Bootstrap { no_forward, fragment_tag, hash_mask_len, priority, bsr, ranges }));
    Ok(())
}

fn draw_candidate(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Pim>) -> Result<()> {
    let (priority, holdtime, rp) = (u.arbitrary()?, u.arbitrary()?, world::source(u)?.into());
    let groups = many(u, 3, draw_range)?;
    visit(Message::CandidateRp(CandidateRp { priority, holdtime, rp, groups: List::new(&groups, dialect) }));
    Ok(())
}

/// One group, rarely a range.
fn draw_group(u: &mut Unstructured<'_>) -> Result<Group> {
    let group = Group::single(world::group(u)?.into());
    if rarely(u, 12)? { draw_range(u) } else { Ok(group) }
}

fn draw_range(u: &mut Unstructured<'_>) -> Result<Group> {
    let (address, mask_len) = (world::group(u)?.into(), *u.choose(&[8, 16, 96, 128, 129])?);
    let [bidirectional, zone] = [rarely(u, 12)?, rarely(u, 64)?];
    Ok(Group { address, mask_len, bidirectional, zone })
}

/// An entry of each kind, rarely one that is to be refused.
fn draw_source(u: &mut Unstructured<'_>) -> Result<Source> {
    let kind = *u.choose(&[EntryKind::Sg, EntryKind::SgRpt, EntryKind::StarG])?;
    let source = Source::new(kind, world::source(u)?.into());
    if rarely(u, 12)? {
        let flags = SourceFlags::from_bits_retain(u.arbitrary()?);
        return Ok(Source { flags, mask_len: u.arbitrary()?, ..source });
    }
    Ok(source)
}

fn draw_rp(u: &mut Unstructured<'_>) -> Result<Rp> {
    Ok(Rp { address: world::source(u)?.into(), holdtime: u.arbitrary()?, priority: u.arbitrary()? })
}
