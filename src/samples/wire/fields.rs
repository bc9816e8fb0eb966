//! Bodies whose fields the library names ([`crate::wire::fields`]), each field drawn by its kind.

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};

use arbitrary::{Error, Result, Unstructured};

use super::membership::{self, Parts};
use crate::samples::draw::{exactly, many, rarely};
use crate::samples::world;
use crate::wire::fields::{Build, Letters, NameOf, Size, Source};
use crate::wire::membership::Record;
use crate::wire::{Addr, Dialect, EncodeError, List, igmp, mld};

/// Octets as the source of the values of a body.
pub(super) struct Drawn<'u, 'o> {
    u: &'u mut Unstructured<'o>,
    dialect: &'u Dialect,
    /// The most octets of one field.
    most: u8,
}

impl<'u, 'o> Drawn<'u, 'o> {
    pub(super) const fn new(u: &'u mut Unstructured<'o>, dialect: &'u Dialect) -> Self {
        Self { u, dialect, most: 254 }
    }

    /// Any number of times `unit` octets, often few.
    fn some(&mut self, unit: usize) -> Result<Vec<u8>> {
        let most = if rarely(self.u, 64)? { self.most } else { self.most.min(20) };
        let len = usize::from(self.u.int_in_range(0..=most)?);
        exactly(self.u, len.checked_div(unit).unwrap_or(0).saturating_mul(unit))
    }
}

impl Drawn<'_, '_> {
    fn some_records<A: membership::Drawn>(
        &mut self,
        size: Size,
        take: &mut dyn FnMut(List<'_, Record<'_, A>>),
    ) -> Result<()> {
        let parts: Vec<Parts<A>> = match size {
            Size::Exactly(len) => (0..len).map(|_| Parts::draw(self.u)).collect::<Result<_>>()?,
            Size::Times(_) => many(self.u, 3, Parts::draw)?,
        };
        let records: Vec<Record<'_, A>> = parts.iter().map(Parts::record).collect();
        take(List::new(&records, self.dialect));
        Ok(())
    }
}

impl Source for Drawn<'_, '_> {
    type Error = Error;

    /// Octets in the place of fields that are known are rare.
    fn has(&mut self, name: &'static str) -> bool {
        let has = if name == "body" { rarely(self.u, 16) } else { self.u.arbitrary() };
        has.unwrap_or_default()
    }

    fn int(&mut self, _: &'static str, max: u64) -> Result<u64> {
        self.u.int_in_range(0..=max)
    }

    fn signed(&mut self, _: &'static str, min: i64, max: i64) -> Result<i64> {
        self.u.int_in_range(min..=max)
    }

    /// One that has a name, most of the time.
    fn code(&mut self, _: &'static str, max: u64, name_of: NameOf) -> Result<u64> {
        let code = self.u.int_in_range(0..=max.min(7))?;
        if name_of(code).is_some() { Ok(code) } else { self.u.int_in_range(0..=max) }
    }

    fn flags(&mut self, _: &'static str, _: &'static Letters, all: u16) -> Result<u16> {
        self.u.arbitrary::<u16>().map(|bits| bits & all)
    }

    fn bool(&mut self, _: &'static str) -> Result<bool> {
        self.u.arbitrary()
    }

    fn addr(&mut self, _: &'static str) -> Result<Addr> {
        world::source(self.u).map(Addr::from)
    }

    fn ipv4(&mut self, _: &'static str) -> Result<Ipv4Addr> {
        self.u.arbitrary::<[u8; 4]>().map(Ipv4Addr::from)
    }

    fn addrs(&mut self, _: &'static str, most: usize, take: &mut dyn FnMut(&[[u8; 16]])) -> Result<()> {
        let most = u8::try_from(most.min(4)).unwrap_or_default();
        take(&many(self.u, most, |u| world::source(u).map(|addr| addr.octets()))?);
        Ok(())
    }

    fn ip(&mut self, name: &'static str) -> Result<IpAddr> {
        if self.u.arbitrary()? {
            self.ipv4(name).map(IpAddr::from)
        } else {
            world::source(self.u).map(IpAddr::from)
        }
    }

    fn octets(&mut self, _: &'static str, size: Size, take: &mut dyn FnMut(&[u8])) -> Result<()> {
        let octets = match size {
            Size::Exactly(len) => exactly(self.u, len),
            Size::Times(unit) => self.some(unit),
        };
        octets.map(|octets| take(&octets))
    }

    fn identifier(&mut self, _: &'static str, min: usize, take: &mut dyn FnMut(&[u8])) -> Result<()> {
        let mut octets = self.some(1)?;
        octets.resize(octets.len().max(min), 0);
        take(&octets);
        Ok(())
    }

    fn numbers(&mut self, _: &'static str, take: &mut dyn FnMut(&[[u8; 2]])) -> Result<()> {
        let numbers: u8 = self.u.int_in_range(1..=4)?;
        let octets = exactly(self.u, usize::from(numbers).saturating_mul(2))?;
        take(octets.as_chunks().0);
        Ok(())
    }

    /// Types that have a name, most of the time.
    fn options(
        &mut self,
        _: &'static str,
        name_of: fn(u8) -> Option<&'static str>,
        build: &mut Build<'_, Self>,
    ) -> Result<()> {
        let known: Vec<u8> = (0..=u8::MAX).filter(|kind| name_of(*kind).is_some()).collect();
        // Two such fields are no more than one option inside an option takes.
        self.most = 40;
        let len: u8 = self.u.int_in_range(0..=3)?;
        for _ in 0..len {
            let kind = if known.is_empty() || rarely(self.u, 16)? {
                self.u.int_in_range(2..=u8::MAX)?
            } else {
                *self.u.choose(&known)?
            };
            build(self, kind)?;
        }
        Ok(())
    }

    fn records(
        &mut self,
        _: &'static str,
        size: Size,
        take: &mut dyn FnMut(List<'_, mld::Record<'_>>),
    ) -> Result<()> {
        self.some_records(size, take)
    }

    fn igmp_records(
        &mut self,
        _: &'static str,
        size: Size,
        take: &mut dyn FnMut(List<'_, igmp::Record<'_>>),
    ) -> Result<()> {
        self.some_records(size, take)
    }

    fn refuse(&mut self, _: &'static str, _: EncodeError) -> Error {
        Error::IncorrectFormat
    }
}
