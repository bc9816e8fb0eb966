//! The Mobility Header as JSON.

mod option;

use multimob::wire::mh::{AckFlags, BindingAck, BindingUpdate, Meaning, Message, Status, UpdateFlags};
use multimob::wire::{Dialect, FlagDialect, List};
use serde_json::json;

use self::option::OptionValue;
use super::fields::{Given, insert};
use super::flags;
use super::read::{At, Fault, Object};
use super::{Fields, UNKNOWN, fields, hex, octets_of};

/// The name of the type of a message of which no more can be read.
pub(crate) fn type_name(octets: &[u8]) -> Option<&'static str> {
    octets.get(2).map(|_| Message::name_of(octets).unwrap_or(UNKNOWN))
}

/// The type of a message and its fields.
pub(crate) fn write(message: &Message<'_>, dialect: &Dialect) -> (&'static str, Fields) {
    let mut all = Fields::new();
    match message {
        Message::BindingUpdate(update) => all.extend(fields([
            ("meaning", json!(meaning(update.meaning(dialect), ["BU", "PBU", "PBU-M", "PBU-Q"]))),
            ("sequence", json!(update.sequence)),
            ("lifetime_s", json!(update.lifetime_secs())),
            ("flags", flags::write(update.flags.bits(), &update_letters(update, dialect))),
        ])),
        Message::BindingAck(ack) => {
            let said = meaning(ack.meaning(dialect), ["BA", "PBA", "PBA-M", "PBA-Q"]);
            all.extend(fields([("meaning", json!(said)), ("status", json!(ack.status.0))]));
            if let Some(name) = ack.status.name() {
                all.insert("status_name".into(), json!(name));
            }
            all.extend(fields([
                ("sequence", json!(ack.sequence)),
                ("lifetime_s", json!(ack.lifetime_secs())),
                ("flags", flags::write(ack.flags.bits().into(), &ack_letters(ack, dialect))),
            ]));
        }
        Message::Unknown(raw) => {
            all.extend(fields([("kind", json!(raw.kind())), ("data", json!(hex::text(raw.data())))]));
        }
        other => {
            other.show(&mut |name, value| insert(&mut all, name, value, dialect));
        }
    }
    if let Some(options) = message.options() {
        all.insert("options".into(), option::write(options, dialect));
    }
    (message.name(), all)
}

/// The octets of a message, its checksum zero.
pub(crate) fn read(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    let names: Vec<(&str, &str)> =
        Message::NAMES.iter().chain(&[UNKNOWN]).map(|&name| (name, name)).collect();
    let name = object.get("type").choice(&names)?;
    match name {
        UNKNOWN => unknown(object),
        "BindingUpdate" => with_options(&update(object, dialect)?.into(), object, dialect),
        "BindingAck" => with_options(&ack(object, dialect)?.into(), object, dialect),
        _ => {
            let octets = Message::build(name, &mut Given::new(object, dialect))?.unwrap_or_default();
            let message = Message::parse(&octets, dialect).map_err(|error| object.fault(error))?;
            with_options(&message, object, dialect)
        }
    }
}

/// The octets of a message with the options that stand beside its fields.
fn with_options(message: &Message<'_>, object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    if message.options().is_none() {
        return octets_of(message, object);
    }
    let values = object.get("options").each_if_any(|at| OptionValue::read(at, dialect))?;
    let options: Vec<_> = values.iter().filter_map(|value| value.option(dialect)).collect();
    octets_of(&message.with_options(List::new(&options, dialect)), object)
}

fn update(object: &Object<'_>, dialect: &Dialect) -> Result<BindingUpdate<'static>, Fault> {
    object.ignore(&["meaning"]);
    let flags = flags::read(&object.get("flags"), &all_update_letters(dialect), u16::MAX)?;
    Ok(BindingUpdate {
        sequence: object.get("sequence").int()?,
        flags: UpdateFlags::from_bits_retain(flags),
        lifetime: lifetime(&object.get("lifetime_s"))?,
        options: List::default(),
    })
}

fn ack(object: &Object<'_>, dialect: &Dialect) -> Result<BindingAck<'static>, Fault> {
    object.ignore(&["meaning"]);
    let flags = object.get("flags");
    let bits = flags::read(&flags, &all_ack_letters(dialect), 0xff)?;
    let bits = u8::try_from(bits).map_err(|_| flags.fault("more than 8 bits"))?;
    Ok(BindingAck {
        status: Status(object.code("status", "status_name", |code| Status(code).name())?),
        flags: AckFlags::from_bits_retain(bits),
        sequence: object.get("sequence").int()?,
        lifetime: lifetime(&object.get("lifetime_s"))?,
        options: List::default(),
    })
}

fn unknown(object: &Object<'_>) -> Result<Vec<u8>, Fault> {
    let (at, data) = (object.get("kind"), object.get("data").octets()?);
    match Message::other(at.int()?, &data) {
        Some(message) => octets_of(&message, object),
        None => Err(at.fault("a type that has a name of its own, or is shorter than its type may be")),
    }
}

const fn meaning(meaning: Meaning, [binding, proxy, multicast, query]: [&'static str; 4]) -> &'static str {
    match meaning {
        Meaning::Binding => binding,
        Meaning::Proxy => proxy,
        Meaning::ProxyMulticast => multicast,
        Meaning::ProxyQuery => query,
    }
}

/// Seconds in units of 4.
fn lifetime(at: &At<'_>) -> Result<u16, Fault> {
    let secs: u32 = at.int_to(u64::from(u16::MAX).saturating_mul(4))?;
    if !secs.is_multiple_of(4) {
        return Err(
            at.fault(format_args!("{secs}; a multiple of 4 is wanted: lifetimes travel in units of 4 s"))
        );
    }
    u16::try_from(secs / 4).map_err(|_| at.fault("beyond 262140"))
}

type Letter = (&'static str, u16);

/// The letters of both messages and of every dialect (digest 2.3).
const UPDATE_LETTERS: [Letter; 10] = [
    ("A", UpdateFlags::ACKNOWLEDGE.bits()),
    ("H", UpdateFlags::HOME_REGISTRATION.bits()),
    ("L", UpdateFlags::LINK_LOCAL.bits()),
    ("K", UpdateFlags::KEY_MANAGEMENT.bits()),
    ("M", UpdateFlags::MAP.bits()),
    ("R", UpdateFlags::MOBILE_ROUTER.bits()),
    ("P", UpdateFlags::PROXY.bits()),
    ("T", UpdateFlags::TLV_HEADER.bits()),
    ("S", UpdateFlags::MULTICAST_SIGNALING.bits()),
    ("D", UpdateFlags::DMM.bits()),
];
/// Bulk registration (RFC 6602) of a proxy registration, else overwrite (RFC 5648).
const UPDATE_B_OR_O: u16 = UpdateFlags::BULK_OR_OVERWRITE.bits();
const ACK_LETTERS: [Letter; 6] = [
    ("K", AckFlags::KEY_MANAGEMENT.bits() as u16),
    ("R", AckFlags::MOBILE_ROUTER.bits() as u16),
    ("P", AckFlags::PROXY.bits() as u16),
    ("B", AckFlags::BULK.bits() as u16),
    ("S", AckFlags::MULTICAST_SIGNALING.bits() as u16),
    ("D", AckFlags::DMM.bits() as u16),
];

/// The letters by which the flags of this message are shown.
fn update_letters(update: &BindingUpdate<'_>, dialect: &Dialect) -> Vec<Letter> {
    let disputed = match update.meaning(dialect) {
        _ if update.forces_udp(dialect) => "F",
        Meaning::ProxyQuery => "Q",
        _ => "C",
    };
    let b_or_o = if update.overwrites() { "O" } else { "B" };
    let chosen = [(disputed, UpdateFlags::DISPUTED.bits()), (b_or_o, UPDATE_B_OR_O)];
    in_order(UPDATE_LETTERS.into_iter().chain(chosen).chain(relocated_update(dialect)))
}

fn ack_letters(ack: &BindingAck<'_>, dialect: &Dialect) -> Vec<Letter> {
    let disputed = if ack.uses_tlv_header(dialect) { "T" } else { "Q" };
    let chosen = [(disputed, AckFlags::DISPUTED.bits().into())];
    in_order(ACK_LETTERS.into_iter().chain(chosen).chain(relocated_ack(dialect)))
}

/// The letters that a message to a peer of this dialect may have.
fn all_update_letters(dialect: &Dialect) -> Vec<Letter> {
    let disputed = UpdateFlags::DISPUTED.bits();
    let drafts: &[Letter] = match dialect.flags {
        FlagDialect::AsaedaC => &[("C", disputed)],
        FlagDialect::LiuQ => &[("Q", disputed)],
        FlagDialect::Discriminated => &[("C", disputed), ("Q", disputed)],
        _ => &[],
    };
    let chosen = [("F", disputed), ("B", UPDATE_B_OR_O), ("O", UPDATE_B_OR_O)];
    in_order(
        UPDATE_LETTERS
            .into_iter()
            .chain(chosen)
            .chain(drafts.iter().copied())
            .chain(relocated_update(dialect)),
    )
}

fn all_ack_letters(dialect: &Dialect) -> Vec<Letter> {
    let disputed = AckFlags::DISPUTED.bits().into();
    let drafts: &[Letter] = match dialect.flags {
        FlagDialect::LiuQ | FlagDialect::Discriminated => &[("Q", disputed)],
        _ => &[],
    };
    let chosen = [("T", disputed)];
    in_order(
        ACK_LETTERS.into_iter().chain(chosen).chain(drafts.iter().copied()).chain(relocated_ack(dialect)),
    )
}

fn relocated_update(dialect: &Dialect) -> impl Iterator<Item = Letter> + use<> {
    let letters = match dialect.flags {
        FlagDialect::Relocated { c, q, .. } => vec![("C", c), ("Q", q)],
        _ => Vec::new(),
    };
    letters.into_iter()
}

fn relocated_ack(dialect: &Dialect) -> impl Iterator<Item = Letter> + use<> {
    let letters = match dialect.flags {
        FlagDialect::Relocated { ba_q, .. } => vec![("Q", ba_q.into())],
        _ => Vec::new(),
    };
    letters.into_iter()
}

/// The highest bit first.
fn in_order(letters: impl Iterator<Item = Letter>) -> Vec<Letter> {
    let mut letters: Vec<Letter> = letters.collect();
    letters.sort_by_key(|&(_, bit)| core::cmp::Reverse(bit));
    letters
}
