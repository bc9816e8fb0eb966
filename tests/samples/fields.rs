//! The values that were read out of a body, as the source of another one.

use core::net::{IpAddr, Ipv4Addr};
use std::collections::BTreeMap;

use multimob::wire::fields::{Build, Letters, NameOf, Size, Source, Value};
use multimob::wire::membership::{Family, Record, RecordType};
use multimob::wire::{Addr, Addr4, Dialect, EncodeError, List, igmp, mld};

/// A record that owns what it holds.
#[derive(Debug)]
struct Owned<A: Family> {
    kind: RecordType,
    group: A,
    sources: Vec<A::Octets>,
    aux: Vec<[u8; 4]>,
}

impl<A: Family> From<Record<'_, A>> for Owned<A> {
    fn from(record: Record<'_, A>) -> Self {
        let Record { kind, group, sources, aux } = record;
        Self { kind, group, sources: sources.to_vec(), aux: aux.to_vec() }
    }
}

impl<A: Family> Owned<A> {
    fn record(&self) -> Record<'_, A> {
        let Self { kind, group, sources, aux } = self;
        Record { kind: *kind, group: *group, sources, aux }
    }
}

#[derive(Debug)]
enum Kept {
    Int(u64),
    Signed(i64),
    Bool(bool),
    Addr(Addr),
    Ipv4(Ipv4Addr),
    Ip(IpAddr),
    Octets(Vec<u8>),
    Numbers(Vec<[u8; 2]>),
    Addrs(Vec<[u8; 16]>),
    Options(Vec<(u8, ReadOut)>),
    Records(Vec<Owned<Addr>>),
    IgmpRecords(Vec<Owned<Addr4>>),
}

/// Values by the names of their fields. Each is asked for once.
#[derive(Debug)]
pub struct ReadOut {
    values: BTreeMap<&'static str, Kept>,
    dialect: Dialect,
}

impl ReadOut {
    pub fn new(dialect: &Dialect) -> Self {
        Self { values: BTreeMap::new(), dialect: *dialect }
    }

    pub fn keep(&mut self, name: &'static str, value: Value<'_>) {
        let kept = match value {
            Value::Int(int) => Kept::Int(int),
            Value::Code(code, _) => Kept::Int(code),
            Value::Flags(bits, _) => Kept::Int(bits.into()),
            Value::Signed(int) => Kept::Signed(int),
            Value::Bool(yes) => Kept::Bool(yes),
            Value::Addr(addr) => Kept::Addr(addr),
            Value::Ipv4(addr) => Kept::Ipv4(addr),
            Value::Ip(addr) => Kept::Ip(addr),
            Value::Octets(octets) | Value::Identifier(octets) => Kept::Octets(octets.to_vec()),
            Value::Numbers(numbers) => Kept::Numbers(numbers.to_vec()),
            Value::Addrs(addrs) => Kept::Addrs(addrs.to_vec()),
            Value::Options(options) => {
                let mut all = Vec::new();
                options.each(&mut |kind, _, body| {
                    let mut values = Self::new(&self.dialect);
                    body.show(&mut |name, value| values.keep(name, value));
                    all.push((kind, values));
                });
                Kept::Options(all)
            }
            Value::Records(records) => {
                Kept::Records(super::items(records).into_iter().map(Owned::from).collect())
            }
            Value::IgmpRecords(records) => {
                Kept::IgmpRecords(super::items(records).into_iter().map(Owned::from).collect())
            }
            other => unreachable!("no value like {other:?}"),
        };
        assert!(self.values.insert(name, kept).is_none(), "two fields are named {name}");
    }

    /// Whether every value was asked for.
    pub fn is_used_up(&self) -> bool {
        self.values.is_empty()
    }
}

macro_rules! give {
    ($from:ident, $name:ident, $kind:ident) => {
        match $from.values.remove($name) {
            Some(Kept::$kind(value)) => value,
            other => panic!("{} is {other:?}", $name),
        }
    };
}

impl Source for ReadOut {
    type Error = core::convert::Infallible;

    fn has(&mut self, name: &'static str) -> bool {
        self.values.contains_key(name)
    }

    fn int(&mut self, name: &'static str, max: u64) -> Result<u64, Self::Error> {
        let int = give!(self, name, Int);
        assert!(int <= max, "{name}");
        Ok(int)
    }

    fn signed(&mut self, name: &'static str, min: i64, max: i64) -> Result<i64, Self::Error> {
        let int = give!(self, name, Signed);
        assert!((min..=max).contains(&int), "{name}");
        Ok(int)
    }

    fn code(&mut self, name: &'static str, max: u64, _: NameOf) -> Result<u64, Self::Error> {
        self.int(name, max)
    }

    fn flags(&mut self, name: &'static str, _: &'static Letters, all: u16) -> Result<u16, Self::Error> {
        let bits = u16::try_from(give!(self, name, Int)).unwrap();
        assert_eq!(bits & !all, 0, "{name}");
        Ok(bits)
    }

    fn bool(&mut self, name: &'static str) -> Result<bool, Self::Error> {
        Ok(give!(self, name, Bool))
    }

    fn addr(&mut self, name: &'static str) -> Result<Addr, Self::Error> {
        Ok(give!(self, name, Addr))
    }

    fn ipv4(&mut self, name: &'static str) -> Result<Ipv4Addr, Self::Error> {
        Ok(give!(self, name, Ipv4))
    }

    fn addrs(
        &mut self,
        name: &'static str,
        most: usize,
        take: &mut dyn FnMut(&[[u8; 16]]),
    ) -> Result<(), Self::Error> {
        let addrs = give!(self, name, Addrs);
        assert!(addrs.len() <= most, "{name}");
        take(&addrs);
        Ok(())
    }

    fn ip(&mut self, name: &'static str) -> Result<IpAddr, Self::Error> {
        Ok(give!(self, name, Ip))
    }

    fn octets(
        &mut self,
        name: &'static str,
        size: Size,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Self::Error> {
        let octets = give!(self, name, Octets);
        let fits = match size {
            Size::Exactly(len) => octets.len() == len,
            Size::Times(unit) => octets.len().is_multiple_of(unit),
        };
        assert!(fits, "{name}");
        take(&octets);
        Ok(())
    }

    fn identifier(
        &mut self,
        name: &'static str,
        min: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Self::Error> {
        let octets = give!(self, name, Octets);
        assert!(octets.len() >= min, "{name}");
        take(&octets);
        Ok(())
    }

    fn numbers(&mut self, name: &'static str, take: &mut dyn FnMut(&[[u8; 2]])) -> Result<(), Self::Error> {
        take(&give!(self, name, Numbers));
        Ok(())
    }

    fn options(
        &mut self,
        name: &'static str,
        _: fn(u8) -> Option<&'static str>,
        build: &mut Build<'_, Self>,
    ) -> Result<(), Self::Error> {
        for (kind, mut values) in give!(self, name, Options) {
            build(&mut values, kind)?;
            assert!(values.is_used_up(), "{name}: {values:?}");
        }
        Ok(())
    }

    fn records(
        &mut self,
        name: &'static str,
        _: Size,
        take: &mut dyn FnMut(List<'_, mld::Record<'_>>),
    ) -> Result<(), Self::Error> {
        let kept = give!(self, name, Records);
        let records: Vec<_> = kept.iter().map(Owned::record).collect();
        take(List::new(&records, &self.dialect));
        Ok(())
    }

    fn igmp_records(
        &mut self,
        name: &'static str,
        _: Size,
        take: &mut dyn FnMut(List<'_, igmp::Record<'_>>),
    ) -> Result<(), Self::Error> {
        let kept = give!(self, name, IgmpRecords);
        let records: Vec<_> = kept.iter().map(Owned::record).collect();
        take(List::new(&records, &self.dialect));
        Ok(())
    }

    fn refuse(&mut self, name: &'static str, why: EncodeError) -> Self::Error {
        unreachable!("{name}: {why}")
    }
}
