//! Bootstrap and Candidate-RP-Advertisement (RFC 5059 4).

use super::address::{Group, group, unicast, write_unicast};
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::out::Out;
use crate::wire::read::{Read, chunk};
use crate::wire::{Addr, Dialect, Item, List};

/// Bootstrap, whole or one of its fragments: which RPs serve which groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap<'a> {
    /// N: not to be forwarded.
    pub no_forward: bool,
    /// The same in all fragments of one message.
    pub fragment_tag: u16,
    /// Bits of a group that the hash function takes in, 0 to 128; 126 is recommended.
    pub hash_mask_len: u8,
    /// Priority of the bootstrap router; a higher one is better.
    pub priority: u8,
    /// The bootstrap router.
    pub bsr: Addr,
    /// Ranges of groups with their RPs, up to the end of the message.
    pub ranges: List<'a, GroupRange<'a>>,
}

impl<'a> Bootstrap<'a> {
    pub(super) fn read(no_forward: bool, data: &'a [u8], dialect: &Dialect) -> Read<'a, Self> {
        let (rest, &[t0, t1, hash_mask_len, priority]) = chunk(Layer::Pim, Field::Header, data)?;
        let (area, bsr) = unicast(Layer::Pim, rest)?;
        let (mut rest, mut len) = (area, 0_usize);
        while !rest.is_empty() {
            (rest, _) = range(rest, dialect)?;
            len = len.saturating_add(1);
        }
        let ranges = List::validated(area, len, dialect);
        let fragment_tag = u16::from_be_bytes([t0, t1]);
        Ok((rest, Self { no_forward, fragment_tag, hash_mask_len, priority, bsr, ranges }))
    }

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let [t0, t1] = self.fragment_tag.to_be_bytes();
        out.put(&[t0, t1, self.hash_mask_len, self.priority]);
        write_unicast(out, self.bsr);
        self.ranges.write(out)
    }
}

/// A range of groups with the RPs that stand in this fragment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupRange<'a> {
    /// The range.
    pub group: Group,
    /// RPs of the range in all fragments together; 0 takes the range away.
    pub rp_count: u8,
    /// RPs in this fragment, at most 255.
    pub rps: List<'a, Rp>,
}

impl<'a> Item<'a> for GroupRange<'a> {
    fn read(octets: &mut &'a [u8], dialect: &Dialect) -> Option<Self> {
        let (rest, range) = range(octets, dialect).ok()?;
        *octets = rest;
        Some(range)
    }

    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        let Ok(here) = u8::try_from(self.rps.len()) else {
            return Err(EncodeError::TooLong { field: Field::NumberOfRps, max: usize::from(u8::MAX) });
        };
        self.group.write(out);
        out.put(&[self.rp_count, here, 0, 0]);
        self.rps.write(out)
    }
}

/// An RP of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rp {
    /// Its address.
    pub address: Addr,
    /// How long it is kept, seconds; 0 takes it away.
    pub holdtime: u16,
    /// Its priority for the range; a lower one is better.
    pub priority: u8,
}

impl<'a> Item<'a> for Rp {
    #[inline]
    fn read(octets: &mut &'a [u8], _: &Dialect) -> Option<Self> {
        let (rest, rp) = rp(octets).ok()?;
        *octets = rest;
        Some(rp)
    }

    #[inline]
    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        let [high, low] = self.holdtime.to_be_bytes();
        write_unicast(out, self.address);
        out.put(&[high, low, self.priority, 0]);
        Ok(())
    }
}

/// Candidate-RP-Advertisement: a router offers itself to the bootstrap router.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CandidateRp<'a> {
    /// Priority; a lower one is better.
    pub priority: u8,
    /// How long the offer holds, seconds.
    pub holdtime: u16,
    /// The address that is offered.
    pub rp: Addr,
    /// The ranges that it would serve: one at least, 255 at most.
    pub groups: List<'a, Group>,
}

impl<'a> CandidateRp<'a> {
    pub(super) fn read(data: &'a [u8], dialect: &Dialect) -> Read<'a, Self> {
        let (rest, &[number, priority, high, low]) = chunk(Layer::Pim, Field::Header, data)?;
        let (area, rp) = unicast(Layer::Pim, rest)?;
        let mut rest = area;
        for _ in 0..number {
            (rest, _) = group(rest)?;
        }
        let groups = area.get(..area.len().saturating_sub(rest.len())).unwrap_or(area);
        let groups = List::validated(groups, number.into(), dialect);
        Ok((rest, Self { priority, holdtime: u16::from_be_bytes([high, low]), rp, groups }))
    }

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let Ok(number) = u8::try_from(self.groups.len()) else {
            return Err(EncodeError::TooLong { field: Field::NumberOfGroups, max: usize::from(u8::MAX) });
        };
        let [high, low] = self.holdtime.to_be_bytes();
        out.put(&[number, self.priority, high, low]);
        write_unicast(out, self.rp);
        self.groups.write(out)
    }
}

fn range<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, GroupRange<'a>> {
    let (rest, group) = group(input)?;
    let (area, &[rp_count, here, _, _]) = chunk(Layer::Pim, Field::NumberOfRps, rest)?;
    let mut rest = area;
    for _ in 0..here {
        (rest, _) = rp(rest)?;
    }
    let rps = area.get(..area.len().saturating_sub(rest.len())).unwrap_or(area);
    Ok((rest, GroupRange { group, rp_count, rps: List::validated(rps, here.into(), dialect) }))
}

#[inline]
fn rp(input: &[u8]) -> Read<'_, Rp> {
    let (rest, address) = unicast(Layer::Pim, input)?;
    let (rest, &[high, low, priority, _]) = chunk(Layer::Pim, Field::Rp, rest)?;
    Ok((rest, Rp { address, holdtime: u16::from_be_bytes([high, low]), priority }))
}
