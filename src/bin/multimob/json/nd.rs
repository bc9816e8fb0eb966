//! Router Solicitation and Advertisement as JSON.

use multimob::wire::nd::{
    Message, NdOption, PrefixFlags, RouterAdvertisement, RouterFlags, RouterSolicitation,
};
use multimob::wire::{Dialect, List};
use serde_json::{Value, json};

use super::flags::{self, Letters};
use super::read::{At, Fault, Object};
use super::{Fields, error, fields, hex, octets_of, unnamed};

const SOLICITATION: &str = "RouterSolicitation";
const ADVERTISEMENT: &str = "RouterAdvertisement";

/// Types of options and their names.
const OPTIONS: &[(u8, &str)] = &[
    (SOURCE_LINK_LAYER, "SourceLinkLayerAddress"),
    (TARGET_LINK_LAYER, "TargetLinkLayerAddress"),
    (PREFIX_INFORMATION, "PrefixInformation"),
    (MTU, "Mtu"),
    (ADVERTISEMENT_INTERVAL, "AdvertisementInterval"),
    (HOME_AGENT_INFORMATION, "HomeAgentInformation"),
];
const SOURCE_LINK_LAYER: u8 = 1;
const TARGET_LINK_LAYER: u8 = 2;
const PREFIX_INFORMATION: u8 = 3;
const MTU: u8 = 5;
const ADVERTISEMENT_INTERVAL: u8 = 7;
const HOME_AGENT_INFORMATION: u8 = 8;

/// The name of a type of option.
fn option_name(kind: u8) -> Option<&'static str> {
    OPTIONS.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

/// RFC 4861 4.2 and RFC 6275 7.1.
const ROUTER_FLAGS: &Letters = &[("M", 0x80), ("O", 0x40), ("H", 0x20)];
/// RFC 4861 4.6.2 and RFC 6275 7.2.
const PREFIX_FLAGS: &Letters = &[("L", 0x80), ("A", 0x40), ("R", 0x20)];

/// The name of an ICMPv6 type, for a message of which no more can be read.
pub(crate) const fn type_name(kind: u8) -> Option<&'static str> {
    match kind {
        133 => Some(SOLICITATION),
        134 => Some(ADVERTISEMENT),
        _ => None,
    }
}

/// The type of a message and its fields.
pub(crate) fn write(message: &Message<'_>) -> (&'static str, Fields) {
    match message {
        Message::Solicitation(solicitation) => {
            (SOLICITATION, fields([("options", options(solicitation.options))]))
        }
        Message::Advertisement(advertisement) => (
            ADVERTISEMENT,
            fields([
                // The IPv6 header has a hop limit of its own.
                ("cur_hop_limit", json!(advertisement.hop_limit)),
                ("flags", flags::write(advertisement.flags.bits().into(), ROUTER_FLAGS)),
                ("lifetime_s", json!(advertisement.lifetime_s)),
                ("reachable_ms", json!(advertisement.reachable_ms)),
                ("retrans_ms", json!(advertisement.retrans_ms)),
                ("options", options(advertisement.options)),
            ]),
        ),
        other => unnamed(other),
    }
}

/// The octets of a message, its checksum zero.
pub(crate) fn read(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    let advertises = object.get("type").choice(&[(SOLICITATION, false), (ADVERTISEMENT, true)])?;
    let values = object.get("options").each_if_any(OptionValue::read)?;
    let options: Vec<NdOption<'_>> =
        values.iter().map(|value| value.option(object)).collect::<Result<_, Fault>>()?;
    let options = List::new(&options, dialect);
    let message = if advertises {
        Message::Advertisement(RouterAdvertisement {
            hop_limit: object.get("cur_hop_limit").int()?,
            flags: RouterFlags::from_bits_retain(read_flags(&object.get("flags"), ROUTER_FLAGS)?),
            lifetime_s: object.get("lifetime_s").int()?,
            reachable_ms: object.get("reachable_ms").int()?,
            retrans_ms: object.get("retrans_ms").int()?,
            options,
        })
    } else {
        Message::Solicitation(RouterSolicitation { options })
    };
    octets_of(&message, object)
}

fn options(options: List<'_, NdOption<'_>>) -> Value {
    let raw = |kind, body| fields([("type", json!(kind)), ("body", json!(hex::text(body)))]);
    let named = |kind, rest: Fields| -> Value {
        let mut all = fields([("type", json!(kind)), ("name", json!(option_name(kind)))]);
        all.extend(rest);
        all.into()
    };
    let option = |option| match option {
        NdOption::SourceLinkLayer { address } => {
            named(SOURCE_LINK_LAYER, fields([("address", json!(hex::text(address)))]))
        }
        NdOption::TargetLinkLayer { address } => {
            named(TARGET_LINK_LAYER, fields([("address", json!(hex::text(address)))]))
        }
        NdOption::PrefixInformation { len, flags, valid_s, preferred_s, prefix } => named(
            PREFIX_INFORMATION,
            fields([
                ("prefix", json!(prefix.ip())),
                ("length", json!(len)),
                ("flags", flags::write(flags.bits().into(), PREFIX_FLAGS)),
                ("valid_s", json!(valid_s)),
                ("preferred_s", json!(preferred_s)),
            ]),
        ),
        NdOption::Mtu { mtu } => named(MTU, fields([("mtu", json!(mtu))])),
        NdOption::AdvertisementInterval { interval_ms } => {
            named(ADVERTISEMENT_INTERVAL, fields([("interval_ms", json!(interval_ms))]))
        }
        NdOption::HomeAgentInformation { preference, lifetime_s } => named(
            HOME_AGENT_INFORMATION,
            fields([("preference", json!(preference)), ("lifetime_s", json!(lifetime_s))]),
        ),
        NdOption::Unknown(option) => raw(option.kind(), option.body()).into(),
        NdOption::Malformed(option, why) => {
            let mut all = raw(option.kind(), option.body());
            all.insert("malformed".into(), error(&why));
            all.into()
        }
        other => unnamed(&other).1.into(),
    };
    options.iter().map(option).collect()
}

/// An option that owns what it holds.
enum OptionValue {
    Fixed(NdOption<'static>),
    Raw { kind: u8, body: Vec<u8> },
}

impl OptionValue {
    fn read(at: &At<'_>) -> Result<Self, Fault> {
        let object = at.object()?;
        let kind = object.code("type", "name", option_name)?;
        let body = object.get("body");
        let value = match kind {
            _ if !body.is_absent() || option_name(kind).is_none() => {
                object.ignore(&["malformed"]);
                Self::Raw { kind, body: body.octets()? }
            }
            // The address is the whole body.
            SOURCE_LINK_LAYER | TARGET_LINK_LAYER => {
                Self::Raw { kind, body: object.get("address").octets()? }
            }
            MTU => Self::Fixed(NdOption::Mtu { mtu: object.get("mtu").int()? }),
            ADVERTISEMENT_INTERVAL => {
                Self::Fixed(NdOption::AdvertisementInterval { interval_ms: object.get("interval_ms").int()? })
            }
            HOME_AGENT_INFORMATION => Self::Fixed(NdOption::HomeAgentInformation {
                preference: object.get("preference").int()?,
                lifetime_s: object.get("lifetime_s").int()?,
            }),
            _ => Self::Fixed(NdOption::PrefixInformation {
                len: object.get("length").int_to(128)?,
                flags: PrefixFlags::from_bits_retain(read_flags(&object.get("flags"), PREFIX_FLAGS)?),
                valid_s: object.get("valid_s").int()?,
                preferred_s: object.get("preferred_s").int()?,
                prefix: object.get("prefix").addr()?,
            }),
        };
        object.finish()?;
        Ok(value)
    }

    fn option(&self, object: &Object<'_>) -> Result<NdOption<'_>, Fault> {
        match self {
            Self::Fixed(option) => Ok(*option),
            Self::Raw { kind, body } => NdOption::raw(*kind, body).map_err(|error| object.fault(error)),
        }
    }
}

fn read_flags(at: &At<'_>, letters: &Letters) -> Result<u8, Fault> {
    let bits = flags::read(at, letters, 0xff)?;
    u8::try_from(bits).map_err(|_| at.fault("more than 8 bits"))
}
