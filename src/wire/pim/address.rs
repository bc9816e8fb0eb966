//! Addresses as PIM encodes them (RFC 7761 4.9.1).
//!
//! Each names its family and its encoding. Those of IPv6 in its native encoding are read; any other is an error, save
//! in a Join/Prune, where those of IPv4 are passed over (RFC 7761 4.9.5).

use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::out::Out;
use crate::wire::read::{Fail, Read, chunk, octets, wrong};
use crate::wire::{Addr, Dialect, Item, List};

/// Encoded-Group: a group, or a range of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// The group, or the first of a range.
    pub address: Addr,
    /// Bits that all groups of the range share: 128 for a single group.
    pub mask_len: u8,
    /// B: the range is served by bidirectional PIM. Zero in PIM-SM.
    pub bidirectional: bool,
    /// Z: the range is an administrative scope zone. For Bootstrap messages alone.
    pub zone: bool,
}

impl Group {
    /// One group.
    #[must_use]
    pub const fn single(address: Addr) -> Self {
        Self::range(address, FULL_MASK)
    }

    /// The groups that begin with the first `mask_len` bits of `address`.
    #[must_use]
    pub const fn range(address: Addr, mask_len: u8) -> Self {
        Self { address, mask_len, bidirectional: false, zone: false }
    }

    /// Whether it is one group and no range.
    #[must_use]
    pub const fn is_single(&self) -> bool {
        self.mask_len == FULL_MASK
    }

    pub(super) fn write(&self, out: &mut impl Out) {
        let flags = u8::from(self.bidirectional) << 7 | u8::from(self.zone);
        out.put(&[IPV6, NATIVE, flags, self.mask_len]);
        out.put(&self.address.0);
    }
}

bitflags::bitflags! {
    /// Flags of an Encoded-Source; all bits are kept.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct SourceFlags: u8 {
        /// S: sparse mode. Set in PIM-SM, and of no meaning since version 2.
        const SPARSE = 0x04;
        /// W: a wildcard; the address is that of the RP.
        const WILDCARD = 0x02;
        /// R: towards the RP, on the shared tree.
        const RPT = 0x01;
    }
}

/// Encoded-Source: an entry of a source list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// The source; in a (\*,G) entry the RP.
    pub address: Addr,
    /// S, W and R.
    pub flags: SourceFlags,
    /// Mask length: 128, any other is to be refused.
    pub mask_len: u8,
}

/// What an entry is about (RFC 7761 4.9.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// (S,G): one source, on its shortest-path tree.
    Sg,
    /// (S,G,rpt): one source, on the shared tree.
    SgRpt,
    /// (\*,G): all sources, on the shared tree; the address is that of the RP.
    StarG,
}

impl Source {
    /// The entry of this kind; `address` is a source, or the RP of a (\*,G).
    #[must_use]
    pub const fn new(kind: EntryKind, address: Addr) -> Self {
        let flags = match kind {
            EntryKind::Sg => SourceFlags::SPARSE,
            EntryKind::SgRpt => SourceFlags::SPARSE.union(SourceFlags::RPT),
            EntryKind::StarG => SourceFlags::SPARSE.union(SourceFlags::RPT).union(SourceFlags::WILDCARD),
        };
        Self { address, flags, mask_len: FULL_MASK }
    }

    /// What the entry is about. W without R, which [`Message::judge`](super::Message::judge) refuses, is a (\*,G) too.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        if self.flags.contains(SourceFlags::WILDCARD) {
            EntryKind::StarG
        } else if self.flags.contains(SourceFlags::RPT) {
            EntryKind::SgRpt
        } else {
            EntryKind::Sg
        }
    }
}

impl<'a> Item<'a> for Source {
    #[inline]
    fn read(octets: &mut &'a [u8], _: &Dialect) -> Option<Self> {
        let (source, rest) = match octets.split_first_chunk::<SOURCE_LEN>() {
            Some(([IPV6, NATIVE, entry @ ..], rest)) => (entry_of(entry), rest),
            _ => behind_others(octets)?,
        };
        *octets = rest;
        Some(source)
    }

    #[inline]
    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        out.put(&[IPV6, NATIVE, self.flags.bits(), self.mask_len]);
        out.put(&self.address.0);
        Ok(())
    }
}

impl<'a> Item<'a> for Group {
    #[inline]
    fn read(octets: &mut &'a [u8], _: &Dialect) -> Option<Self> {
        let (rest, group) = group(octets).ok()?;
        *octets = rest;
        Some(group)
    }

    #[inline]
    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        self.write(out);
        Ok(())
    }
}

/// Encoded-Unicast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unicast(pub Addr);

impl<'a> Item<'a> for Unicast {
    #[inline]
    fn read(octets: &mut &'a [u8], _: &Dialect) -> Option<Self> {
        let (rest, address) = unicast(Layer::Pim, octets).ok()?;
        *octets = rest;
        Some(Self(address))
    }

    #[inline]
    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        write_unicast(out, self.0);
        Ok(())
    }
}

/// Mask length of one address.
pub(super) const FULL_MASK: u8 = 128;

/// Octets of an Encoded-Source of IPv6.
pub(super) const SOURCE_LEN: usize = 20;

/// Address family numbers.
const IPV4: u8 = 1;
const IPV6: u8 = 2;
/// The native encoding of a family.
const NATIVE: u8 = 0;

/// Octets of an Encoded-Group and an Encoded-Source of IPv4.
const IPV4_LEN: usize = 8;

pub(super) fn write_unicast(out: &mut impl Out, address: Addr) {
    out.put(&[IPV6, NATIVE]);
    out.put(&address.0);
}

#[inline]
pub(super) fn unicast(layer: Layer, input: &[u8]) -> Read<'_, Addr> {
    let rest = native(layer, input)?;
    let (rest, address) = chunk(layer, Field::Address, rest)?;
    Ok((rest, Addr(*address)))
}

#[inline]
pub(super) fn group(input: &[u8]) -> Read<'_, Group> {
    let rest = native(Layer::Pim, input)?;
    let (rest, [flags, mask_len, address @ ..]) = chunk::<18>(Layer::Pim, Field::MulticastAddress, rest)?;
    let (bidirectional, zone) = (flags & 0x80 != 0, flags & 0x01 != 0);
    Ok((rest, Group { address: Addr(*address), mask_len: *mask_len, bidirectional, zone }))
}

/// A group, or `None` for one of IPv4.
#[inline]
pub(super) fn group_of_any_family(input: &[u8]) -> Read<'_, Option<Group>> {
    if is_ipv4(input) {
        let (rest, _) = octets(Layer::Pim, Field::MulticastAddress, IPV4_LEN, input)?;
        return Ok((rest, None));
    }
    let (rest, group) = group(input)?;
    Ok((rest, Some(group)))
}

/// `number` entries of a source list, checked.
#[inline]
pub(super) fn sources<'a>(number: u16, input: &'a [u8], dialect: &Dialect) -> Read<'a, List<'a, Source>> {
    let (rest, len) = pass_sources(number, input)?;
    let entries = input.get(..input.len().saturating_sub(rest.len())).unwrap_or(input);
    Ok((rest, List::validated(entries, len, dialect)))
}

/// Checks `number` entries of a source list; how many of them are of IPv6.
#[inline]
pub(super) fn pass_sources(number: u16, input: &[u8]) -> Read<'_, usize> {
    let number = usize::from(number);
    if let Some((entries, rest)) = input.split_at_checked(number.saturating_mul(SOURCE_LEN)) {
        let (each, _) = entries.as_chunks::<SOURCE_LEN>();
        if each.iter().all(|[family, encoding, ..]| [*family, *encoding] == [IPV6, NATIVE]) {
            return Ok((rest, number));
        }
    }
    pass_any_sources(number, input)
}

/// What is not a row of IPv6 sources alone: with some of IPv4 among them, or an error.
#[cold]
#[inline(never)]
fn pass_any_sources(number: usize, input: &[u8]) -> Read<'_, usize> {
    let (mut rest, mut len) = (input, 0_usize);
    for _ in 0..number {
        let (after, source) = source(rest)?;
        rest = after;
        len = len.saturating_add(usize::from(source.is_some()));
    }
    Ok((rest, len))
}

/// The first source of IPv6 behind others.
#[cold]
#[inline(never)]
fn behind_others(mut octets: &[u8]) -> Option<(Source, &[u8])> {
    loop {
        match source(octets).ok()? {
            (rest, Some(source)) => return Some((source, rest)),
            (rest, None) => octets = rest,
        }
    }
}

/// A source, or `None` for one of IPv4.
fn source(input: &[u8]) -> Read<'_, Option<Source>> {
    if is_ipv4(input) {
        let (rest, _) = octets(Layer::Pim, Field::Sources, IPV4_LEN, input)?;
        return Ok((rest, None));
    }
    let after = native(Layer::Pim, input)?;
    let (rest, entry) = chunk(Layer::Pim, Field::Sources, after)?;
    Ok((rest, Some(entry_of(entry))))
}

/// What follows family and encoding.
#[inline]
fn entry_of([flags, mask_len, address @ ..]: &[u8; 18]) -> Source {
    let flags = SourceFlags::from_bits_retain(*flags);
    Source { address: Addr(*address), flags, mask_len: *mask_len }
}

/// Whether an address of IPv4 in its native encoding stands there.
#[inline]
pub(super) const fn is_ipv4(input: &[u8]) -> bool {
    matches!(input, [IPV4, NATIVE, ..])
}

/// Family and encoding, which must be those of native IPv6.
#[inline]
fn native(layer: Layer, input: &[u8]) -> Result<&[u8], nom::Err<Fail>> {
    let (rest, &[family, encoding]) = chunk(layer, Field::AddressFamily, input)?;
    if family != IPV6 {
        return Err(wrong(layer, Field::AddressFamily, input, IPV6.into(), family.into()));
    }
    if encoding != NATIVE {
        let at = input.get(1..).unwrap_or_default();
        return Err(wrong(layer, Field::AddressEncoding, at, NATIVE.into(), encoding.into()));
    }
    Ok(rest)
}
