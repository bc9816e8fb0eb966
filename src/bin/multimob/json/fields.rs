//! Bodies whose fields the library names (`multimob::wire::fields`) as JSON and back.

use core::net::{IpAddr, Ipv4Addr};
use core::ops::Deref;

use multimob::wire::fields::{Build, Letters, NameOf, Show, Size, Source, Value as Shown};
use multimob::wire::membership::Record;
use multimob::wire::{Addr, Dialect, EncodeError, List, igmp, mld};
use serde_json::{Value, json};

use super::membership::{self, RecordValue, Told};
use super::read::{At, Fault, Object};
use super::{Fields, fields, flags, hex, identifier, read_identifier};

/// Adds a field to `all`.
pub(crate) fn insert(all: &mut Fields, name: &'static str, value: Shown<'_>, dialect: &Dialect) {
    let value = match value {
        Shown::Int(int) => json!(int),
        Shown::Code(code, code_name) => {
            all.insert(name.into(), json!(code));
            if let Some(code_name) = code_name {
                all.insert(name_name(name), json!(code_name));
            }
            return;
        }
        Shown::Flags(bits, letters) => flags::write(bits, letters),
        Shown::Signed(int) => json!(int),
        Shown::Bool(yes) => json!(yes),
        Shown::Addr(addr) => json!(addr.ip()),
        Shown::Ipv4(addr) => json!(addr),
        Shown::Ip(addr) => json!(addr),
        Shown::Octets(octets) => json!(hex::text(octets)),
        Shown::Identifier(octets) => {
            let (name, value) = identifier(name, octets);
            all.insert(name, value);
            return;
        }
        Shown::Numbers(numbers) => numbers.iter().map(|octets| json!(u16::from_be_bytes(*octets))).collect(),
        Shown::Addrs(addrs) => membership::addresses::<Addr>(addrs),
        Shown::Options(options) => {
            let mut shown = Vec::new();
            options.each(&mut |kind, name, body| shown.push(option(kind, name, body, dialect)));
            Value::Array(shown)
        }
        Shown::IgmpRecords(records) => membership::records(records, dialect),
        Shown::Records(records) => membership::records(records, dialect),
        other => json!(format!("{other:?}")),
    };
    // A prefix is written before its length, whatever the order of the octets.
    let length = if name == "prefix" { all.shift_remove_entry("length") } else { None };
    all.insert(name.into(), value);
    all.extend(length);
}

/// An option inside an option.
fn option(kind: u8, name: Option<&'static str>, body: &dyn Show, dialect: &Dialect) -> Value {
    let mut all = fields([("type", json!(kind))]);
    all.extend(name.map(|name| ("name".to_string(), json!(name))));
    body.show(&mut |name, value| insert(&mut all, name, value, dialect));
    Value::Object(all)
}

/// The field for the name of a code.
fn name_name(name: &str) -> String {
    format!("{name}_name")
}

/// An object as the source of the values of a body.
pub(crate) struct Given<'o, 'v> {
    object: Held<'o, 'v>,
    dialect: &'o Dialect,
}

enum Held<'o, 'v> {
    Lent(&'o Object<'v>),
    Own(Object<'v>),
}

impl<'v> Deref for Held<'_, 'v> {
    type Target = Object<'v>;

    fn deref(&self) -> &Object<'v> {
        match self {
            Self::Lent(object) => object,
            Self::Own(object) => object,
        }
    }
}

impl<'o, 'v> Given<'o, 'v> {
    pub(crate) const fn new(object: &'o Object<'v>, dialect: &'o Dialect) -> Self {
        Self { object: Held::Lent(object), dialect }
    }
}

impl Source for Given<'_, '_> {
    type Error = Fault;

    fn has(&mut self, name: &'static str) -> bool {
        !self.object.get(name).is_absent()
    }

    fn int(&mut self, name: &'static str, max: u64) -> Result<u64, Fault> {
        self.object.get(name).int_to(max)
    }

    fn signed(&mut self, name: &'static str, min: i64, max: i64) -> Result<i64, Fault> {
        self.object.get(name).signed(min, max)
    }

    fn code(&mut self, name: &'static str, max: u64, name_of: NameOf) -> Result<u64, Fault> {
        self.object.code_to(name, name_name(name), max, name_of)
    }

    fn flags(&mut self, name: &'static str, letters: &'static Letters, all: u16) -> Result<u16, Fault> {
        flags::read(&self.object.get(name), letters, all)
    }

    fn bool(&mut self, name: &'static str) -> Result<bool, Fault> {
        self.object.get(name).bool()
    }

    fn addr(&mut self, name: &'static str) -> Result<Addr, Fault> {
        self.object.get(name).addr()
    }

    fn ipv4(&mut self, name: &'static str) -> Result<Ipv4Addr, Fault> {
        self.object.get(name).ipv4()
    }

    fn addrs(
        &mut self,
        name: &'static str,
        most: usize,
        take: &mut dyn FnMut(&[[u8; 16]]),
    ) -> Result<(), Fault> {
        let at = self.object.get(name);
        let addrs = at.each_if_any(|at| at.addr().map(|addr| addr.0))?;
        if addrs.len() > most {
            return Err(at.fault(format_args!("{} addresses; at most {most} are wanted", addrs.len())));
        }
        take(&addrs);
        Ok(())
    }

    fn ip(&mut self, name: &'static str) -> Result<IpAddr, Fault> {
        self.object.get(name).ip()
    }

    fn octets(&mut self, name: &'static str, size: Size, take: &mut dyn FnMut(&[u8])) -> Result<(), Fault> {
        take(&self.object.get(name).octets_of(size)?);
        Ok(())
    }

    fn identifier(
        &mut self,
        name: &'static str,
        min: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Fault> {
        let octets = read_identifier(&self.object, name)?;
        if octets.len() < min {
            return Err(self.object.get(name).fault(format_args!("at least {min} octets are wanted")));
        }
        take(&octets);
        Ok(())
    }

    fn numbers(&mut self, name: &'static str, take: &mut dyn FnMut(&[[u8; 2]])) -> Result<(), Fault> {
        let at = self.object.get(name);
        let numbers = at.each(At::int::<u16>)?;
        if numbers.is_empty() {
            return Err(at.fault("one at least is wanted"));
        }
        let octets: Vec<[u8; 2]> = numbers.into_iter().map(u16::to_be_bytes).collect();
        take(&octets);
        Ok(())
    }

    fn options(
        &mut self,
        name: &'static str,
        name_of: fn(u8) -> Option<&'static str>,
        build: &mut Build<'_, Self>,
    ) -> Result<(), Fault> {
        for at in self.object.get(name).list()? {
            let mut option = Self { object: Held::Own(at.object()?), dialect: self.dialect };
            let kind = option.object.code("type", "name", name_of)?;
            build(&mut option, kind)?;
            option.object.finish()?;
        }
        Ok(())
    }

    fn records(
        &mut self,
        name: &'static str,
        size: Size,
        take: &mut dyn FnMut(List<'_, mld::Record<'_>>),
    ) -> Result<(), Fault> {
        self.given_records(name, size, take)
    }

    fn igmp_records(
        &mut self,
        name: &'static str,
        size: Size,
        take: &mut dyn FnMut(List<'_, igmp::Record<'_>>),
    ) -> Result<(), Fault> {
        self.given_records(name, size, take)
    }

    fn refuse(&mut self, name: &'static str, why: EncodeError) -> Fault {
        self.object.get(name).fault(why)
    }
}

impl Given<'_, '_> {
    fn given_records<A: Told>(
        &self,
        name: &'static str,
        size: Size,
        take: &mut dyn FnMut(List<'_, Record<'_, A>>),
    ) -> Result<(), Fault> {
        let at = self.object.get(name);
        let values = membership::read_records(&at, self.dialect)?;
        if let Size::Exactly(len) = size
            && values.len() != len
        {
            return Err(at.fault(format_args!("{} records; {len} is wanted", values.len())));
        }
        let records: Vec<Record<'_, A>> = values.iter().map(RecordValue::record).collect();
        take(List::new(&records, self.dialect));
        Ok(())
    }
}
