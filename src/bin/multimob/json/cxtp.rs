//! CXTP as JSON.

use multimob::wire::cxtp::{
    Activate, ActivateAck, Address, Algorithm, Block, BlockStatus, Cancel, Data, FilterMode, Key,
    ListenerContext, Message, MldContext, PredictiveData, Reply, Request, icmp,
};
use multimob::wire::{Addr, Dialect, List};
use serde_json::{Value, json};

use super::read::{At, Fault, Object};
use super::{
    Fields, UNKNOWN, error, fields, hex, identifier, membership, octets_of, read_identifier, unnamed,
};

const ACTIVATE: &str = "CTAR";
const ACTIVATE_ACK: &str = "CTAA";
const DATA: &str = "CTD";
const PREDICTIVE_DATA: &str = "PCTD";
const REPLY: &str = "CTDR";
const CANCEL: &str = "CTC";
const REQUEST: &str = "CT-Req";

/// The name of a message with this first octet, of which no more can be read.
pub(crate) const fn type_name(first: u8) -> &'static str {
    match first & 0x1f {
        1 => ACTIVATE,
        2 => ACTIVATE_ACK,
        3 => DATA,
        4 => PREDICTIVE_DATA,
        5 => REPLY,
        6 => CANCEL,
        7 => REQUEST,
        _ => UNKNOWN,
    }
}

/// The type of a message and its fields.
pub(crate) fn write(message: &Message<'_>, dialect: &Dialect) -> (&'static str, Fields) {
    match message {
        Message::Activate(activate) => (
            ACTIVATE,
            fields([
                ("acknowledge", json!(activate.acknowledge)),
                ("previous_address", json!(activate.previous_address.ip())),
                ("router", json!(activate.router.ip())),
                ("sequence", json!(activate.sequence)),
                ("token", json!(activate.token)),
                ("blocks", blocks(activate.blocks, dialect)),
            ]),
        ),
        Message::ActivateAck(ack) => (
            ACTIVATE_ACK,
            fields([
                ("previous_address", json!(ack.previous_address.ip())),
                ("statuses", statuses(ack.statuses().zip(ack.statuses))),
            ]),
        ),
        Message::Data(data) => (
            DATA,
            fields([
                ("acknowledge", json!(data.acknowledge)),
                ("elapsed_ms", json!(data.elapsed_ms)),
                ("previous_address", json!(data.previous_address.ip())),
                ("blocks", blocks(data.blocks, dialect)),
            ]),
        ),
        Message::PredictiveData(data) => {
            let mut all = fields([
                ("acknowledge", json!(data.acknowledge)),
                ("elapsed_ms", json!(data.elapsed_ms)),
                ("previous_address", json!(data.previous_address.ip())),
                ("algorithm", json!(data.algorithm.0)),
            ]);
            if let Some(name) = data.algorithm.name() {
                all.insert("algorithm_name".into(), json!(name));
            }
            all.insert("key".into(), json!(hex::text(data.key.octets())));
            all.insert("blocks".into(), blocks(data.blocks, dialect));
            (PREDICTIVE_DATA, all)
        }
        Message::Reply(reply) => (
            REPLY,
            fields([
                ("success", json!(reply.success)),
                ("previous_address", json!(reply.previous_address.ip())),
                ("statuses", statuses(reply.statuses().zip(reply.statuses))),
            ]),
        ),
        Message::Cancel(cancel) => {
            (CANCEL, fields([("previous_address", json!(cancel.previous_address.ip()))]))
        }
        Message::Request(request) => (
            REQUEST,
            fields([
                ("previous_address", json!(request.previous_address.ip())),
                ("sequence", json!(request.sequence)),
                ("token", json!(request.token)),
                ("blocks", blocks(request.blocks, dialect)),
            ]),
        ),
        Message::Unknown(raw) => (
            UNKNOWN,
            fields([
                ("kind", json!(raw.kind())),
                ("bits", json!(raw.flags())),
                ("data", json!(hex::text(raw.data()))),
            ]),
        ),
        other => unnamed(other),
    }
}

/// The octets of a message.
pub(crate) fn read(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    each(object, dialect, &|message| octets_of(message, object))
}

/// The octets of a message with its ICMPv6 header.
pub(crate) fn read_icmp(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    each(object, dialect, &|message| octets_of(&icmp::Message(*message), object))
}

fn each(
    object: &Object<'_>,
    dialect: &Dialect,
    octets: &dyn Fn(&Message<'_>) -> Result<Vec<u8>, Fault>,
) -> Result<Vec<u8>, Fault> {
    let kinds = [ACTIVATE, ACTIVATE_ACK, DATA, PREDICTIVE_DATA, REPLY, CANCEL, REQUEST, UNKNOWN];
    let kind = object.get("type").choice(&kinds.map(|kind| (kind, kind)))?;
    if kind == UNKNOWN {
        let (at, data) = (object.get("kind"), object.get("data").octets()?);
        return match Message::other(at.int_to(31)?, object.get("bits").int()?, &data) {
            Some(message) => octets(&message),
            None => Err(at.fault("1 to 7 have names of their own: CTAR, CTAA, CTD, PCTD, CTDR, CTC, CT-Req")),
        };
    }
    let address = |name| object.get(name).ip().map(Address::from);
    let previous_address = address("previous_address")?;
    match kind {
        CANCEL => return octets(&Message::Cancel(Cancel { previous_address })),
        REPLY | ACTIVATE_ACK => {
            let statuses = &object.get("statuses").each(status)?;
            return octets(&if kind == REPLY {
                let success = object.get("success").bool()?;
                Message::Reply(Reply { success, previous_address, statuses })
            } else {
                Message::ActivateAck(ActivateAck { previous_address, statuses })
            });
        }
        _ => {}
    }
    let values = object.get("blocks").each_if_any(|at| BlockValue::read(at, dialect))?;
    let blocks: Vec<Block<'_>> = values.iter().map(|value| value.block(dialect)).collect();
    let blocks = List::new(&blocks, dialect);
    let int = |name| object.get(name).int();
    let acknowledge = || object.get("acknowledge").bool();
    octets(&match kind {
        ACTIVATE => Message::Activate(Activate {
            acknowledge: acknowledge()?,
            previous_address,
            router: address("router")?,
            sequence: int("sequence")?,
            token: int("token")?,
            blocks,
        }),
        REQUEST => Message::Request(Request {
            previous_address,
            sequence: int("sequence")?,
            token: int("token")?,
            blocks,
        }),
        DATA => Message::Data(Data {
            acknowledge: acknowledge()?,
            elapsed_ms: int("elapsed_ms")?,
            previous_address,
            blocks,
        }),
        _ => {
            object.ignore(&["algorithm_name"]);
            let key = object.get("key").octets()?;
            return octets(&Message::PredictiveData(PredictiveData {
                acknowledge: acknowledge()?,
                elapsed_ms: int("elapsed_ms")?,
                previous_address,
                algorithm: Algorithm(object.get("algorithm").int()?),
                key: Key::of_any_length(&key),
                blocks,
            }));
        }
    })
}

fn statuses<'a>(entries: impl Iterator<Item = ((u16, BlockStatus), &'a [u8; 4])>) -> Value {
    let entry = |((feature, status), &[.., reserved]): ((u16, BlockStatus), &'a [u8; 4])| {
        let mut all = fields([("type", json!(feature)), ("status", json!(status.0))]);
        if let Some(name) = status.name() {
            all.insert("status_name".into(), json!(name));
        }
        if reserved != 0 {
            all.insert("reserved".into(), json!(reserved));
        }
        Value::Object(all)
    };
    entries.map(entry).collect()
}

fn status(at: &At<'_>) -> Result<[u8; 4], Fault> {
    let object = at.object()?;
    let feature = object.get("type").int()?;
    let status = object.code("status", "status_name", |code| BlockStatus(code).name())?;
    let reserved = object.get("reserved").or(0, At::int)?;
    object.finish()?;
    let [f0, f1, status, _] = BlockStatus(status).entry(feature);
    Ok([f0, f1, status, reserved])
}

const WANTED: &str = "Wanted";
const LISTENER: &str = "Listener";
const MN_IDENTIFIER: &str = "MnIdentifier";
const MLD: &str = "Mld";
const PROFILE: &str = "Profile";

const MODES: [(&str, FilterMode); 2] = [("INCLUDE", FilterMode::Include), ("EXCLUDE", FilterMode::Exclude)];

fn blocks(blocks: List<'_, Block<'_>>, dialect: &Dialect) -> Value {
    let raw = |flags: u8, body: &[u8]| fields([("bits", json!(flags)), ("body", json!(hex::text(body)))]);
    let block = |block: Block<'_>| {
        let feature = block.feature(dialect);
        let (name, own) = match block {
            Block::Wanted(_) => (WANTED, Fields::new()),
            Block::Listener(context) => {
                let mode = MODES.iter().find(|(_, mode)| *mode == context.mode).map(|(name, _)| *name);
                let own = fields([
                    ("receiver", json!(context.receiver.ip())),
                    ("mode", json!(mode)),
                    ("group", json!(context.group.ip())),
                    ("sources", membership::addresses::<Addr>(context.sources)),
                ]);
                (LISTENER, own)
            }
            Block::MnIdentifier { subtype, id } => {
                let (name, id) = identifier("id", id);
                (MN_IDENTIFIER, fields([("subtype", json!(subtype)), (&name, id)]))
            }
            Block::Mld(context) => {
                let own = fields([
                    ("prefix", json!(hex::text(&context.prefix))),
                    ("group", json!(context.group.ip())),
                ]);
                (MLD, own)
            }
            Block::Profile(data) => (PROFILE, fields([("octets", json!(hex::text(data)))])),
            Block::Unknown(block) => (UNKNOWN, raw(block.flags(), block.body())),
            Block::Malformed(bad) => {
                let mut all = raw(bad.flags(), bad.body());
                all.insert("malformed".into(), error(&bad.error()));
                (name_of(bad.feature(), dialect), all)
            }
            other => unnamed(&other),
        };
        let mut all = fields([("type", json!(feature)), ("name", json!(name))]);
        all.extend(own);
        Value::Object(all)
    };
    blocks.iter().map(block).collect()
}

/// What a block of this type would be, were it not malformed.
const fn name_of(feature: u16, dialect: &Dialect) -> &'static str {
    let features = &dialect.features;
    if feature == features.listener_context {
        LISTENER
    } else if feature == features.mn_identifier {
        MN_IDENTIFIER
    } else if feature == features.policy_profile {
        PROFILE
    } else if feature == MldContext::FEATURE {
        MLD
    } else {
        UNKNOWN
    }
}

/// A block that owns what it holds.
enum BlockValue {
    Wanted(u16),
    Listener { receiver: Addr, mode: FilterMode, group: Addr, sources: Vec<[u8; 16]> },
    MnIdentifier(u8, Vec<u8>),
    Mld(MldContext),
    Profile(Vec<u8>),
    Raw { feature: u16, flags: u8, body: Vec<u8> },
}

impl BlockValue {
    fn read(at: &At<'_>, dialect: &Dialect) -> Result<Self, Fault> {
        let object = at.object()?;
        let name = object.get("name").choice(&[
            (WANTED, WANTED),
            (LISTENER, LISTENER),
            (MN_IDENTIFIER, MN_IDENTIFIER),
            (MLD, MLD),
            (PROFILE, PROFILE),
            (UNKNOWN, UNKNOWN),
        ])?;
        let feature = object.get("type");
        let body = object.get("body");
        let value = match name {
            _ if name == UNKNOWN || !body.is_absent() => {
                object.ignore(&["malformed"]);
                let flags = object.get("bits").or(0, At::int)?;
                Self::Raw { feature: feature.int()?, flags, body: body.octets()? }
            }
            WANTED => Self::Wanted(feature.int()?),
            LISTENER => Self::Listener {
                receiver: object.get("receiver").addr()?,
                mode: object.get("mode").choice(&MODES)?,
                group: object.get("group").addr()?,
                sources: membership::read_addresses::<Addr>(&object.get("sources"))?,
            },
            MLD => {
                let prefix = object.get("prefix");
                let octets = prefix.octets()?.try_into();
                let prefix = octets.map_err(|_| prefix.fault("a prefix of 8 octets is wanted"))?;
                Self::Mld(MldContext { prefix, group: object.get("group").addr()? })
            }
            MN_IDENTIFIER => {
                Self::MnIdentifier(object.get("subtype").int()?, read_identifier(&object, "id")?)
            }
            _ => Self::Profile(object.get("octets").octets()?),
        };
        let own = value.block(dialect).feature(dialect);
        if !feature.is_absent() && feature.int::<u16>()? != own {
            return Err(feature.fault(format_args!("the type of {name} is {own}")));
        }
        object.finish()?;
        Ok(value)
    }

    fn block(&self, dialect: &Dialect) -> Block<'_> {
        match self {
            &Self::Wanted(feature) => Block::Wanted(feature),
            &Self::Listener { receiver, mode, group, ref sources } => {
                Block::Listener(ListenerContext { receiver, mode, group, sources })
            }
            Self::MnIdentifier(subtype, id) => Block::MnIdentifier { subtype: *subtype, id },
            &Self::Mld(context) => Block::Mld(context),
            Self::Profile(data) => Block::Profile(data),
            Self::Raw { feature, flags, body } => Block::other(*feature, *flags, body, dialect),
        }
    }
}
