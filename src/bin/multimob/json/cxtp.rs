//! CXTP as JSON.

use multimob::wire::cxtp::{Block, BlockStatus, Data, FilterMode, ListenerContext, Message, Reply, Request};
use multimob::wire::{Addr, Dialect, List};
use serde_json::{Value, json};

use super::read::{At, Fault, Object};
use super::{
    Fields, UNKNOWN, error, fields, hex, identifier, membership, octets_of, read_identifier, unnamed,
};

const REQUEST: &str = "CT-Req";
const DATA: &str = "CTD";
const REPLY: &str = "CTDR";

/// The name of a message with this first octet, of which no more can be read.
pub(crate) const fn type_name(first: u8) -> &'static str {
    match first & 0x1f {
        7 => REQUEST,
        3 => DATA,
        5 => REPLY,
        _ => UNKNOWN,
    }
}

/// The type of a message and its fields.
pub(crate) fn write(message: &Message<'_>, dialect: &Dialect) -> (&'static str, Fields) {
    match message {
        Message::Request(request) => (
            REQUEST,
            fields([
                ("previous_address", json!(request.previous_address.ip())),
                ("sequence", json!(request.sequence)),
                ("token", json!(request.token)),
                ("blocks", blocks(request.blocks, dialect)),
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
        Message::Reply(reply) => (
            REPLY,
            fields([
                ("success", json!(reply.success)),
                ("previous_address", json!(reply.previous_address.ip())),
                ("statuses", statuses(reply)),
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
    let kind = object.get("type").choice(&[(REQUEST, 7), (DATA, 3), (REPLY, 5), (UNKNOWN, 0)])?;
    let previous_address = || object.get("previous_address").addr();
    match kind {
        5 => {
            let statuses = object.get("statuses").each(status)?;
            let success = object.get("success").bool()?;
            let reply = Reply { success, previous_address: previous_address()?, statuses: &statuses };
            octets_of(&Message::Reply(reply), object)
        }
        0 => {
            let (at, data) = (object.get("kind"), object.get("data").octets()?);
            match Message::other(at.int_to(31)?, object.get("bits").int()?, &data) {
                Some(message) => octets_of(&message, object),
                None => Err(at.fault("7 is a CT-Req, 3 a CTD, 5 a CTDR, unless the bit 128 says IPv4")),
            }
        }
        _ => {
            let values = object.get("blocks").each_if_any(|at| BlockValue::read(at, dialect))?;
            let blocks: Vec<Block<'_>> = values.iter().map(|value| value.block(dialect)).collect();
            let blocks = List::new(&blocks, dialect);
            let message = if kind == 7 {
                let (sequence, token) = (object.get("sequence").int()?, object.get("token").int()?);
                Message::Request(Request { previous_address: previous_address()?, sequence, token, blocks })
            } else {
                let acknowledge = object.get("acknowledge").bool()?;
                let elapsed_ms = object.get("elapsed_ms").int()?;
                Message::Data(Data { acknowledge, elapsed_ms, previous_address: previous_address()?, blocks })
            };
            octets_of(&message, object)
        }
    }
}

fn statuses(reply: &Reply<'_>) -> Value {
    let entry = |(&[.., reserved], (feature, status)): (&[u8; 4], (u16, BlockStatus))| {
        let mut all = fields([("type", json!(feature)), ("status", json!(status.0))]);
        if let Some(name) = status.name() {
            all.insert("status_name".into(), json!(name));
        }
        if reserved != 0 {
            all.insert("reserved".into(), json!(reserved));
        }
        Value::Object(all)
    };
    reply.statuses.iter().zip(reply.statuses()).map(entry).collect()
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
    } else {
        UNKNOWN
    }
}

/// A block that owns what it holds.
enum BlockValue {
    Wanted(u16),
    Listener { receiver: Addr, mode: FilterMode, group: Addr, sources: Vec<[u8; 16]> },
    MnIdentifier(u8, Vec<u8>),
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
            Self::Profile(data) => Block::Profile(data),
            Self::Raw { feature, flags, body } => Block::other(*feature, *flags, body, dialect),
        }
    }
}
