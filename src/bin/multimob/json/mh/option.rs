//! Mobility options as JSON.

use multimob::wire::mh::MobilityOption;
use multimob::wire::mh::option::{AccessTechnology, HandoffIndicator};
use multimob::wire::mld::Record;
use multimob::wire::{Addr, Dialect, List};
use serde_json::{Value, json};

use crate::json::membership::{self, RecordValue};
use crate::json::read::{At, Fault};
use crate::json::{error, fields, hex, identifier, read_identifier, unnamed};

pub(super) fn write(options: List<'_, MobilityOption<'_>>, dialect: &Dialect) -> Value {
    let option = |option: MobilityOption<'_>| {
        let kind = option.kind(dialect);
        let mut all = fields([("type", json!(kind))]);
        if let Some(name) = name(kind, dialect) {
            all.insert("name".into(), json!(name));
        }
        all.extend(match option {
            MobilityOption::MnIdentifier { subtype, id } => {
                let (name, id) = identifier(id);
                fields([("subtype", json!(subtype)), (name, id)])
            }
            MobilityOption::HomeNetworkPrefix { len, prefix } => {
                fields([("prefix", json!(prefix.ip())), ("length", json!(len))])
            }
            MobilityOption::HandoffIndicator(code) => coded(code.0, code.name()),
            MobilityOption::AccessTechnology(code) => coded(code.0, code.name()),
            MobilityOption::LinkLayerId(id) => fields([("octets", json!(hex::text(id)))]),
            MobilityOption::LinkLocalAddress(addr)
            | MobilityOption::CareOfAddress(addr)
            | MobilityOption::QueriedHomeAddress(addr) => fields([("address", json!(addr.ip()))]),
            MobilityOption::Timestamp(stamp) => {
                fields([("seconds", json!(stamp >> 16)), ("fraction", json!(stamp & 0xffff))])
            }
            MobilityOption::MulticastState(records) => {
                fields([("records", membership::records(records, dialect))])
            }
            MobilityOption::Unknown(raw) => fields([("body", json!(hex::text(raw.body())))]),
            MobilityOption::Malformed(bad) => {
                fields([("body", json!(hex::text(bad.body()))), ("malformed", error(&bad.error()))])
            }
            other => unnamed(&other).1,
        });
        Value::Object(all)
    };
    options.iter().map(option).collect()
}

fn coded(code: u8, name: Option<&'static str>) -> crate::json::Fields {
    let mut all = fields([("code", json!(code))]);
    if let Some(name) = name {
        all.insert("code_name".into(), json!(name));
    }
    all
}

/// An option that owns what it holds.
pub(super) enum OptionValue {
    /// All that borrow nothing.
    Plain(MobilityOption<'static>),
    MnIdentifier(u8, Vec<u8>),
    LinkLayerId(Vec<u8>),
    MulticastState(Vec<RecordValue<Addr>>),
    Raw(u8, Vec<u8>),
}

impl OptionValue {
    pub(super) fn read(at: &At<'_>, dialect: &Dialect) -> Result<Self, Fault> {
        let object = at.object()?;
        let kind = object.code("type", "name", |kind| name(kind, dialect))?;
        let body = object.get("body");
        let address = || object.get("address").addr();
        let plain = |option| Ok(Self::Plain(option));
        let value = match name(kind, dialect) {
            Some(name) if body.is_absent() => match name {
                MN_IDENTIFIER => {
                    let subtype = object.get("subtype").int()?;
                    read_identifier(&object).map(|id| Self::MnIdentifier(subtype, id))
                }
                HOME_NETWORK_PREFIX => plain(MobilityOption::HomeNetworkPrefix {
                    len: object.get("length").int_to(128)?,
                    prefix: object.get("prefix").addr()?,
                }),
                HANDOFF_INDICATOR => {
                    let code = object.code("code", "code_name", |code| HandoffIndicator(code).name())?;
                    plain(MobilityOption::HandoffIndicator(HandoffIndicator(code)))
                }
                ACCESS_TECHNOLOGY => {
                    let code = object.code("code", "code_name", |code| AccessTechnology(code).name())?;
                    plain(MobilityOption::AccessTechnology(AccessTechnology(code)))
                }
                LINK_LAYER_ID => object.get("octets").octets().map(Self::LinkLayerId),
                LINK_LOCAL_ADDRESS => plain(MobilityOption::LinkLocalAddress(address()?)),
                TIMESTAMP => {
                    let seconds: u64 = object.get("seconds").int_to(u64::MAX >> 16)?;
                    let fraction: u64 = object.get("fraction").or(0, |at| at.int_to(0xffff))?;
                    plain(MobilityOption::Timestamp(seconds << 16 | fraction))
                }
                MULTICAST_STATE => {
                    membership::read_records(&object.get("records"), dialect).map(Self::MulticastState)
                }
                CARE_OF_ADDRESS => plain(MobilityOption::CareOfAddress(address()?)),
                _ => plain(MobilityOption::QueriedHomeAddress(address()?)),
            },
            _ if kind < 2 => Err(object.fault("types 0 and 1 are padding, which comes by itself")),
            _ => {
                object.ignore(&["malformed"]);
                body.octets().map(|body| Self::Raw(kind, body))
            }
        }?;
        object.finish()?;
        Ok(value)
    }

    pub(super) fn records(&self) -> &[RecordValue<Addr>] {
        match self {
            Self::MulticastState(records) => records,
            _ => &[],
        }
    }

    /// The option; `records` are its own. `None` for padding, which is no option.
    pub(super) fn option<'a>(
        &'a self,
        records: &'a [Record<'a>],
        dialect: &Dialect,
    ) -> Option<MobilityOption<'a>> {
        Some(match self {
            Self::Plain(option) => *option,
            Self::MnIdentifier(subtype, id) => MobilityOption::MnIdentifier { subtype: *subtype, id },
            Self::LinkLayerId(id) => MobilityOption::LinkLayerId(id),
            Self::MulticastState(_) => MobilityOption::MulticastState(List::new(records, dialect)),
            Self::Raw(kind, body) => return MobilityOption::other(*kind, body, dialect),
        })
    }
}

const MN_IDENTIFIER: &str = "MnIdentifier";
const HOME_NETWORK_PREFIX: &str = "HomeNetworkPrefix";
const HANDOFF_INDICATOR: &str = "HandoffIndicator";
const ACCESS_TECHNOLOGY: &str = "AccessTechnology";
const LINK_LAYER_ID: &str = "LinkLayerId";
const LINK_LOCAL_ADDRESS: &str = "LinkLocalAddress";
const TIMESTAMP: &str = "Timestamp";
const MULTICAST_STATE: &str = "MulticastState";
const CARE_OF_ADDRESS: &str = "CareOfAddress";
const QUERIED_HOME_ADDRESS: &str = "QueriedHomeAddress";

/// The name of an option type that this program reads.
fn name(kind: u8, dialect: &Dialect) -> Option<&'static str> {
    let types = &dialect.options;
    Some(match kind {
        8 => MN_IDENTIFIER,
        22 => HOME_NETWORK_PREFIX,
        23 => HANDOFF_INDICATOR,
        24 => ACCESS_TECHNOLOGY,
        25 => LINK_LAYER_ID,
        26 => LINK_LOCAL_ADDRESS,
        27 => TIMESTAMP,
        _ if kind == types.multicast_state => MULTICAST_STATE,
        _ if kind == types.care_of_address => CARE_OF_ADDRESS,
        _ if kind == types.queried_home_address => QUERIED_HOME_ADDRESS,
        _ => return None,
    })
}
