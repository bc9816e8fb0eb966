//! Mobility options as JSON.

use multimob::wire::mh::MobilityOption;
use multimob::wire::{Dialect, List};
use serde_json::{Value, json};

use crate::json::fields::{Given, insert};
use crate::json::read::{At, Fault};
use crate::json::{error, fields, hex, unnamed};

pub(super) fn write(options: List<'_, MobilityOption<'_>>, dialect: &Dialect) -> Value {
    let option = |option: MobilityOption<'_>| {
        let kind = option.kind(dialect);
        let mut all = fields([("type", json!(kind))]);
        if let Some(name) = MobilityOption::name(kind, dialect) {
            all.insert("name".into(), json!(name));
        }
        if !option.show(&mut |name, value| insert(&mut all, name, value, dialect)) {
            all.extend(match option {
                MobilityOption::Unknown(raw) => fields([("body", json!(hex::text(raw.body())))]),
                MobilityOption::Malformed(bad) => {
                    fields([("body", json!(hex::text(bad.body()))), ("malformed", error(&bad.error()))])
                }
                other => unnamed(&other).1,
            });
        }
        Value::Object(all)
    };
    options.iter().map(option).collect()
}

/// Type and body of an option.
pub(super) struct OptionValue(u8, Vec<u8>);

impl OptionValue {
    pub(super) fn read(at: &At<'_>, dialect: &Dialect) -> Result<Self, Fault> {
        let object = at.object()?;
        let kind = object.code("type", "name", |kind| MobilityOption::name(kind, dialect))?;
        let body = object.get("body");
        if kind < 2 {
            return Err(object.fault("types 0 and 1 are padding, which comes by itself"));
        }
        let built = if body.is_absent() {
            MobilityOption::build(kind, dialect, &mut Given::new(&object, dialect))?
        } else {
            object.ignore(&["malformed"]);
            None
        };
        let octets = built.map_or_else(|| body.octets(), Ok)?;
        object.finish()?;
        Ok(Self(kind, octets))
    }

    /// The option. `None` for padding, which is no option.
    pub(super) fn option(&self, dialect: &Dialect) -> Option<MobilityOption<'_>> {
        MobilityOption::other(self.0, &self.1, dialect)
    }
}
