//! Options of a Hello.

use multimob::wire::pim::{HelloOption, LanPruneDelay, OptionType, Unicast};
use multimob::wire::{Dialect, List};
use serde_json::{Value, json};

use super::super::read::{At, Fault, Object};
use super::super::{Fields, error, fields, hex, unnamed};

pub(super) fn write(options: List<'_, HelloOption<'_>>) -> Value {
    let option = |option: HelloOption<'_>| {
        let kind = option.kind();
        let mut all = fields([("type", json!(kind.0))]);
        if let Some(name) = kind.name() {
            all.insert("name".into(), json!(name));
        }
        all.extend(body(&option));
        Value::Object(all)
    };
    options.iter().map(option).collect()
}

fn body(option: &HelloOption<'_>) -> Fields {
    match option {
        HelloOption::Holdtime(seconds) => fields([("seconds", json!(seconds))]),
        HelloOption::LanPruneDelay(delay) => fields([
            ("t", json!(delay.tracking)),
            ("propagation_ms", json!(delay.propagation_ms)),
            ("override_ms", json!(delay.override_ms)),
        ]),
        HelloOption::DrPriority(priority) => fields([("priority", json!(priority))]),
        HelloOption::GenerationId(id) => fields([("id", json!(id))]),
        HelloOption::AddressList(addresses) => {
            let address = |Unicast(address): Unicast| json!(address.ip());
            fields([("addresses", addresses.iter().map(address).collect())])
        }
        HelloOption::Unknown(raw) => fields([("body", json!(hex::text(raw.body())))]),
        HelloOption::Malformed(bad) => {
            fields([("body", json!(hex::text(bad.body()))), ("malformed", error(&bad.error()))])
        }
        other => unnamed(other).1,
    }
}

/// An option that owns what it holds.
pub(super) enum OptionValue {
    Fixed(HelloOption<'static>),
    AddressList(Vec<Unicast>),
    Raw { kind: OptionType, body: Vec<u8> },
}

impl OptionValue {
    pub(super) fn read(at: &At<'_>) -> Result<Self, Fault> {
        let object = at.object()?;
        let kind = kind(&object)?;
        let body = object.get("body");
        let value = if !body.is_absent() {
            object.ignore(&["malformed"]);
            Self::Raw { kind, body: body.octets()? }
        } else {
            match kind {
                OptionType::HOLDTIME => Self::Fixed(HelloOption::Holdtime(object.get("seconds").int()?)),
                OptionType::LAN_PRUNE_DELAY => Self::Fixed(HelloOption::LanPruneDelay(LanPruneDelay {
                    tracking: object.get("t").bool()?,
                    propagation_ms: object.get("propagation_ms").int_to(0x7fff)?,
                    override_ms: object.get("override_ms").int()?,
                })),
                OptionType::DR_PRIORITY => {
                    Self::Fixed(HelloOption::DrPriority(object.get("priority").int()?))
                }
                OptionType::GENERATION_ID => Self::Fixed(HelloOption::GenerationId(object.get("id").int()?)),
                OptionType::ADDRESS_LIST => {
                    Self::AddressList(object.get("addresses").each(|at| at.addr().map(Unicast))?)
                }
                _ => Self::Raw { kind, body: body.octets()? },
            }
        };
        object.finish()?;
        Ok(value)
    }

    pub(super) fn option(&self, dialect: &Dialect) -> HelloOption<'_> {
        match self {
            Self::Fixed(option) => *option,
            Self::AddressList(addresses) => HelloOption::AddressList(List::new(addresses, dialect)),
            Self::Raw { kind, body } => HelloOption::other(*kind, body, dialect),
        }
    }
}

/// The type, by its number or its name.
fn kind(object: &Object<'_>) -> Result<OptionType, Fault> {
    let name_of = |kind| u16::try_from(kind).ok().and_then(|kind| OptionType(kind).name());
    let kind = object.code_to("type", "name", u16::MAX.into(), name_of)?;
    u16::try_from(kind).map(OptionType).map_err(|_| object.fault("more than 16 bits"))
}
