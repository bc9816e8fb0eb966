//! Bodies whose fields the library names (`multimob::wire::fields`) as JSON and back.

use core::net::{IpAddr, Ipv4Addr};

use multimob::wire::fields::{Letters, NameOf, Size, Source, Value as Shown};
use multimob::wire::mld::Record;
use multimob::wire::{Addr, Dialect, EncodeError, List};
use serde_json::json;

use super::membership::{self, RecordValue};
use super::read::{Fault, Object};
use super::{Fields, flags, hex, identifier, read_identifier};

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
        Shown::Bool(yes) => json!(yes),
        Shown::Addr(addr) => json!(addr.ip()),
        Shown::Ipv4(addr) => json!(addr),
        Shown::Addrs(addrs) => addrs.iter().map(|&addr| json!(Addr(addr).ip())).collect(),
        Shown::Ip(addr) => json!(addr),
        Shown::Octets(octets) => json!(hex::text(octets)),
        Shown::Identifier(octets) => {
            let (name, value) = identifier(name, octets);
            all.insert(name, value);
            return;
        }
        Shown::Records(records) => membership::records(records, dialect),
        other => json!(format!("{other:?}")),
    };
    // A prefix is written before its length, whatever the order of the octets.
    let length = if name == "prefix" { all.shift_remove_entry("length") } else { None };
    all.insert(name.into(), value);
    all.extend(length);
}

/// The field for the name of a code.
fn name_name(name: &str) -> String {
    format!("{name}_name")
}

/// An object as the source of the values of a body.
pub(crate) struct Given<'o, 'v> {
    pub(crate) object: &'o Object<'v>,
    pub(crate) dialect: &'o Dialect,
}

impl Source for Given<'_, '_> {
    type Error = Fault;

    fn has(&mut self, name: &'static str) -> bool {
        !self.object.get(name).is_absent()
    }

    fn int(&mut self, name: &'static str, max: u64) -> Result<u64, Fault> {
        self.object.get(name).int_to(max)
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
        let octets = read_identifier(self.object, name)?;
        if octets.len() < min {
            return Err(self.object.get(name).fault(format_args!("at least {min} octets are wanted")));
        }
        take(&octets);
        Ok(())
    }

    fn records(
        &mut self,
        name: &'static str,
        take: &mut dyn FnMut(List<'_, Record<'_>>),
    ) -> Result<(), Fault> {
        let values = membership::read_records(&self.object.get(name), self.dialect)?;
        let records: Vec<Record<'_>> = values.iter().map(RecordValue::record).collect();
        take(List::new(&records, self.dialect));
        Ok(())
    }

    fn refuse(&mut self, name: &'static str, why: EncodeError) -> Fault {
        self.object.get(name).fault(why)
    }
}
