//! Router Solicitation and Advertisement as JSON.

use multimob::wire::nd::{Message, NdOption, RouterAdvertisement, RouterSolicitation};
use multimob::wire::{Dialect, List};
use serde_json::{Value, json};

use super::flags::{self, Letters};
use super::read::{At, Fault, Object};
use super::{Fields, error, fields, hex, octets_of, unnamed};

const SOLICITATION: &str = "RouterSolicitation";
const ADVERTISEMENT: &str = "RouterAdvertisement";
const PREFIX_INFORMATION: &str = "PrefixInformation";

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
                ("flags", flags::write(advertisement.flags.into(), ROUTER_FLAGS)),
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
            flags: read_flags(&object.get("flags"), ROUTER_FLAGS)?,
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
    let option = |option| match option {
        NdOption::PrefixInformation { len, flags, valid_s, preferred_s, prefix } => json!({
            "type": PREFIX_INFORMATION_TYPE,
            "name": PREFIX_INFORMATION,
            "prefix": prefix.ip(),
            "length": len,
            "flags": flags::write(flags.into(), PREFIX_FLAGS),
            "valid_s": valid_s,
            "preferred_s": preferred_s,
        }),
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

const PREFIX_INFORMATION_TYPE: u8 = 3;

/// An option that owns what it holds.
enum OptionValue {
    Prefix(NdOption<'static>),
    Raw { kind: u8, body: Vec<u8> },
}

impl OptionValue {
    fn read(at: &At<'_>) -> Result<Self, Fault> {
        let object = at.object()?;
        let kind = object
            .code("type", "name", |kind| (kind == PREFIX_INFORMATION_TYPE).then_some(PREFIX_INFORMATION))?;
        let body = object.get("body");
        let value = if kind != PREFIX_INFORMATION_TYPE || !body.is_absent() {
            object.ignore(&["malformed"]);
            Self::Raw { kind, body: body.octets()? }
        } else {
            Self::Prefix(NdOption::PrefixInformation {
                len: object.get("length").int_to(128)?,
                flags: read_flags(&object.get("flags"), PREFIX_FLAGS)?,
                valid_s: object.get("valid_s").int()?,
                preferred_s: object.get("preferred_s").int()?,
                prefix: object.get("prefix").addr()?,
            })
        };
        object.finish()?;
        Ok(value)
    }

    fn option(&self, object: &Object<'_>) -> Result<NdOption<'_>, Fault> {
        match self {
            Self::Prefix(option) => Ok(*option),
            Self::Raw { kind, body } => NdOption::raw(*kind, body).map_err(|error| object.fault(error)),
        }
    }
}

fn read_flags(at: &At<'_>, letters: &Letters) -> Result<u8, Fault> {
    let bits = flags::read(at, letters, 0xff)?;
    u8::try_from(bits).map_err(|_| at.fault("more than 8 bits"))
}
