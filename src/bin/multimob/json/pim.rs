//! PIM as JSON.

use multimob::wire::pim::{
    Assert, Bootstrap, CandidateRp, EntryKind, Group, GroupRange, GroupSet, Hello, JoinPrune, Message,
    MessageType, Register, RegisterStop, Rp, Source, SourceFlags,
};
use multimob::wire::{Dialect, List};
use serde_json::{Value, json};

use super::flags::{self, Letters};
use super::read::{At, Fault, Object};
use super::{Fields, UNKNOWN, error, fields, hex, octets_of, unnamed};

mod hello;

const HELLO: &str = "Hello";
const REGISTER: &str = "Register";
const REGISTER_STOP: &str = "RegisterStop";
const JOIN_PRUNE: &str = "JoinPrune";
const BOOTSTRAP: &str = "Bootstrap";
const ASSERT: &str = "Assert";
const CANDIDATE_RP: &str = "CandidateRp";

const TYPES: [(&str, MessageType); 8] = [
    (HELLO, MessageType::HELLO),
    (REGISTER, MessageType::REGISTER),
    (REGISTER_STOP, MessageType::REGISTER_STOP),
    (JOIN_PRUNE, MessageType::JOIN_PRUNE),
    (BOOTSTRAP, MessageType::BOOTSTRAP),
    (ASSERT, MessageType::ASSERT),
    (CANDIDATE_RP, MessageType::CANDIDATE_RP_ADVERTISEMENT),
    (UNKNOWN, MessageType(u8::MAX)),
];

/// RFC 7761 4.9.1; bits 2 and 1 are W and R.
const SOURCE_FLAGS: &Letters = &[("S", 0x04), ("W", 0x02), ("R", 0x01)];

/// The name of a message with this first octet, of which no more can be read.
pub(crate) fn type_name(first: u8) -> &'static str {
    let kind = MessageType(first & 0x0f);
    TYPES.iter().find(|(_, known)| *known == kind).map_or(UNKNOWN, |(name, _)| *name)
}

/// Whether a message that begins like this is for one node.
pub(crate) fn is_unicast(octets: &[u8]) -> bool {
    octets.first().is_some_and(|first| MessageType(first & 0x0f).is_unicast())
}

/// The type of a message and its fields.
pub(crate) fn write(message: &Message<'_>) -> (&'static str, Fields) {
    match message {
        Message::Hello(hello) => (HELLO, fields([("options", hello::write(hello.options))])),
        Message::Register(register) => (REGISTER, write_register(register)),
        Message::RegisterStop(stop) => {
            let mut all = group("group", &stop.group);
            all.insert("source".into(), json!(stop.source.ip()));
            (REGISTER_STOP, all)
        }
        Message::JoinPrune(message) => (
            JOIN_PRUNE,
            fields([
                ("upstream", json!(message.upstream.ip())),
                ("holdtime_s", json!(message.holdtime)),
                ("groups", message.groups.iter().map(set).collect()),
            ]),
        ),
        Message::Bootstrap(bootstrap) => (
            BOOTSTRAP,
            fields([
                ("no_forward", json!(bootstrap.no_forward)),
                ("fragment_tag", json!(bootstrap.fragment_tag)),
                ("hash_mask_length", json!(bootstrap.hash_mask_len)),
                ("priority", json!(bootstrap.priority)),
                ("bsr", json!(bootstrap.bsr.ip())),
                ("ranges", bootstrap.ranges.iter().map(range).collect()),
            ]),
        ),
        Message::Assert(assert) => {
            let mut all = group("group", &assert.group);
            all.extend(fields([
                ("source", json!(assert.source.ip())),
                ("rpt", json!(assert.rpt)),
                ("preference", json!(assert.preference)),
                ("metric", json!(assert.metric)),
            ]));
            if assert.is_cancel() {
                all.insert("meaning".into(), json!("AssertCancel"));
            }
            (ASSERT, all)
        }
        Message::CandidateRp(candidate) => (
            CANDIDATE_RP,
            fields([
                ("priority", json!(candidate.priority)),
                ("holdtime_s", json!(candidate.holdtime)),
                ("rp", json!(candidate.rp.ip())),
                ("groups", candidate.groups.iter().map(|one| Value::Object(group("group", &one))).collect()),
            ]),
        ),
        Message::Unknown(raw) => {
            let mut all = fields([("kind", json!(raw.kind().0))]);
            if let Some(name) = raw.kind().name() {
                all.insert("kind_name".into(), json!(name));
            }
            all.extend(fields([("bits", json!(raw.flags())), ("data", json!(hex::text(raw.data())))]));
            (UNKNOWN, all)
        }
        other => unnamed(other),
    }
}

/// The octets of a message, its checksum zero.
pub(crate) fn read(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    match object.get("type").choice(&TYPES)? {
        MessageType::HELLO => {
            let values = object.get("options").each_if_any(hello::OptionValue::read)?;
            let options: Vec<_> = values.iter().map(|value| value.option(dialect)).collect();
            octets_of(&Message::Hello(Hello { options: List::new(&options, dialect) }), object)
        }
        MessageType::REGISTER => {
            object.ignore(&["source", "group", "malformed"]);
            let packet = object.get("packet").octets()?;
            let border = object.get("border").or(false, At::bool)?;
            let register = Register { border, null: object.get("null").bool()?, packet: &packet };
            octets_of(&Message::Register(register), object)
        }
        MessageType::REGISTER_STOP => {
            let stop = RegisterStop { group: read_group(object)?, source: object.get("source").addr()? };
            octets_of(&Message::RegisterStop(stop), object)
        }
        MessageType::JOIN_PRUNE => read_join_prune(object, dialect),
        MessageType::BOOTSTRAP => read_bootstrap(object, dialect),
        MessageType::ASSERT => {
            object.ignore(&["meaning"]);
            let assert = Assert {
                group: read_group(object)?,
                source: object.get("source").addr()?,
                rpt: object.get("rpt").bool()?,
                preference: object.get("preference").int_to(Assert::INFINITE_PREFERENCE.into())?,
                metric: object.get("metric").int()?,
            };
            octets_of(&Message::Assert(assert), object)
        }
        MessageType::CANDIDATE_RP_ADVERTISEMENT => {
            let groups = object.get("groups").each_if_any(|at| {
                let object = at.object()?;
                let group = read_group(&object)?;
                object.finish()?;
                Ok(group)
            })?;
            let candidate = CandidateRp {
                priority: object.get("priority").int()?,
                holdtime: object.get("holdtime_s").int()?,
                rp: object.get("rp").addr()?,
                groups: List::new(&groups, dialect),
            };
            octets_of(&Message::CandidateRp(candidate), object)
        }
        _ => {
            let kind = object.code("kind", "kind_name", |kind| MessageType(kind).name())?;
            let (flags, data) = (object.get("bits").or(0, At::int)?, object.get("data").octets()?);
            match Message::other(MessageType(kind), flags, &data) {
                Some(message) => octets_of(&message, object),
                None => {
                    Err(object.get("kind").fault("0 to 5 and 8 have a type of their own; 15 is the last"))
                }
            }
        }
    }
}

fn write_register(register: &Register<'_>) -> Fields {
    let mut all = fields([("null", json!(register.null))]);
    if register.border {
        all.insert("border".into(), json!(true));
    }
    // What the packet says, or why it says nothing.
    match register.channel() {
        Ok(channel) => {
            all.extend(fields([("source", json!(channel.source.ip())), ("group", json!(channel.group.ip()))]))
        }
        Err(found) => drop(all.insert("malformed".into(), error(&found))),
    }
    all.insert("packet".into(), json!(hex::text(register.packet)));
    all
}

/// A group by the name `name`, and whatever else than one group it may be.
fn group(name: &str, group: &Group) -> Fields {
    let mut all = fields([(name, json!(group.address.ip()))]);
    if !group.is_single() {
        all.insert("mask_length".into(), json!(group.mask_len));
    }
    for (name, set) in [("bidirectional", group.bidirectional), ("zone", group.zone)] {
        if set {
            all.insert(name.into(), json!(true));
        }
    }
    all
}

fn read_group(object: &Object<'_>) -> Result<Group, Fault> {
    let single = Group::single(object.get("group").addr()?);
    Ok(Group {
        mask_len: object.get("mask_length").or(single.mask_len, At::int)?,
        bidirectional: object.get("bidirectional").or(false, At::bool)?,
        zone: object.get("zone").or(false, At::bool)?,
        ..single
    })
}

fn set(set: GroupSet<'_>) -> Value {
    let mut all = group("group", &set.group);
    let sources = |sources: List<'_, Source>| sources.iter().map(source).collect();
    all.extend(fields([("joined", sources(set.joined)), ("pruned", sources(set.pruned))]));
    Value::Object(all)
}

/// What each entry is about, by name.
const KINDS: [(&str, EntryKind); 3] =
    [("(S,G)", EntryKind::Sg), ("(S,G,rpt)", EntryKind::SgRpt), ("(*,G)", EntryKind::StarG)];

/// An entry by its kind; flags and mask length are told where they are not those of that kind.
fn source(source: Source) -> Value {
    let kind = source.kind();
    let name = KINDS.iter().find(|(_, known)| *known == kind).map(|(name, _)| *name);
    let mut all = fields([("kind", json!(name)), ("address", json!(source.address.ip()))]);
    let usual = Source::new(kind, source.address);
    if source.flags != usual.flags {
        all.insert("flags".into(), flags::write(source.flags.bits().into(), SOURCE_FLAGS));
    }
    if source.mask_len != usual.mask_len {
        all.insert("mask_length".into(), json!(source.mask_len));
    }
    Value::Object(all)
}

fn read_source(at: &At<'_>) -> Result<Source, Fault> {
    let object = at.object()?;
    let kind = object.get("kind");
    let usual = Source::new(kind.choice(&KINDS)?, object.get("address").addr()?);
    let flags = object.get("flags").or(usual.flags, |at| {
        let bits = flags::read(at, SOURCE_FLAGS, 0xff)?;
        let bits = u8::try_from(bits).map_err(|_| at.fault("more than 8 bits"))?;
        Ok(SourceFlags::from_bits_retain(bits))
    })?;
    let source = Source { flags, mask_len: object.get("mask_length").or(usual.mask_len, At::int)?, ..usual };
    if source.kind() != usual.kind() {
        return Err(kind.fault("the flags make it another one"));
    }
    object.finish()?;
    Ok(source)
}

fn read_join_prune(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    let values = object.get("groups").each_if_any(|at| {
        let object = at.object()?;
        let group = read_group(&object)?;
        let sources = |name| object.get(name).each_if_any(read_source);
        let value = (group, sources("joined")?, sources("pruned")?);
        object.finish()?;
        Ok(value)
    })?;
    let groups: Vec<GroupSet<'_>> = values
        .iter()
        .map(|(group, joined, pruned)| GroupSet {
            group: *group,
            joined: List::new(joined, dialect),
            pruned: List::new(pruned, dialect),
        })
        .collect();
    let message = JoinPrune {
        upstream: object.get("upstream").addr()?,
        holdtime: object.get("holdtime_s").int()?,
        groups: List::new(&groups, dialect),
    };
    octets_of(&Message::JoinPrune(message), object)
}

fn range(range: GroupRange<'_>) -> Value {
    let mut all = group("group", &range.group);
    let rp = |rp: Rp| json!({ "rp": rp.address.ip(), "holdtime_s": rp.holdtime, "priority": rp.priority });
    all.extend(fields([("rp_count", json!(range.rp_count)), ("rps", range.rps.iter().map(rp).collect())]));
    Value::Object(all)
}

fn read_bootstrap(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    let rp = |at: &At<'_>| {
        let object = at.object()?;
        let rp = Rp {
            address: object.get("rp").addr()?,
            holdtime: object.get("holdtime_s").int()?,
            priority: object.get("priority").int()?,
        };
        object.finish()?;
        Ok(rp)
    };
    let values = object.get("ranges").each_if_any(|at| {
        let object = at.object()?;
        let value = (read_group(&object)?, object.get("rp_count").int()?, object.get("rps").each_if_any(rp)?);
        object.finish()?;
        Ok(value)
    })?;
    let ranges: Vec<GroupRange<'_>> = values
        .iter()
        .map(|(group, rp_count, rps)| GroupRange {
            group: *group,
            rp_count: *rp_count,
            rps: List::new(rps, dialect),
        })
        .collect();
    let bootstrap = Bootstrap {
        no_forward: object.get("no_forward").bool()?,
        fragment_tag: object.get("fragment_tag").int()?,
        hash_mask_len: object.get("hash_mask_length").int()?,
        priority: object.get("priority").int()?,
        bsr: object.get("bsr").addr()?,
        ranges: List::new(&ranges, dialect),
    };
    octets_of(&Message::Bootstrap(bootstrap), object)
}
