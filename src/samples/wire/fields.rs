//! Bodies whose fields the library names ([`crate::wire::fields`]), each field drawn by its kind.

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};

use arbitrary::{Error, Result, Unstructured};

use super::membership::Parts;
use crate::samples::draw::{exactly, many, rarely};
use crate::samples::world;
use crate::wire::fields::{Letters, NameOf, Size, Source};
use crate::wire::mld::Record;
use crate::wire::{Addr, Dialect, EncodeError, List};

/// Octets as the source of the values of a body.
pub(super) struct Drawn<'u, 'o> {
    pub(super) u: &'u mut Unstructured<'o>,
    pub(super) dialect: &'u Dialect,
}

impl Drawn<'_, '_> {
    /// At most `most` times `unit` octets, often few.
    fn some(&mut self, unit: usize, most: u8) -> Result<Vec<u8>> {
        let most = if rarely(self.u, 64)? { most } else { most.min(20) };
        let len = usize::from(self.u.int_in_range(0..=most)?);
        exactly(self.u, len.checked_div(unit).unwrap_or(0).saturating_mul(unit))
    }
}

impl Source for Drawn<'_, '_> {
    type Error = Error;

    fn has(&mut self, _: &'static str) -> bool {
        self.u.arbitrary().unwrap_or_default()
    }

    fn int(&mut self, _: &'static str, max: u64) -> Result<u64> {
        self.u.int_in_range(0..=max)
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
            Size::Times(unit) => self.some(unit, 253),
        };
        octets.map(|octets| take(&octets))
    }

    fn identifier(&mut self, _: &'static str, min: usize, take: &mut dyn FnMut(&[u8])) -> Result<()> {
        let mut octets = self.some(1, 254)?;
        octets.resize(octets.len().max(min), 0);
        take(&octets);
        Ok(())
    }

    fn records(&mut self, _: &'static str, take: &mut dyn FnMut(List<'_, Record<'_>>)) -> Result<()> {
        let parts = many(self.u, 3, Parts::<Addr>::draw)?;
        let records: Vec<Record<'_>> = parts.iter().map(Parts::record).collect();
        take(List::new(&records, self.dialect));
        Ok(())
    }

    fn refuse(&mut self, _: &'static str, _: EncodeError) -> Error {
        Error::IncorrectFormat
    }
}
