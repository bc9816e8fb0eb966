//! The Mobility Header as JSON.

mod option;

use multimob::wire::mh::{AckFlags, BindingAck, BindingUpdate, Meaning, Message, Status, UpdateFlags};
use multimob::wire::{Dialect, FlagDialect, List};
use serde_json::json;

use self::option::OptionValue;
use super::flags;
use super::read::{At, Fault, Object};
use super::{Fields, UNKNOWN, fields, hex, octets_of, unnamed};

const UPDATE: &str = "BindingUpdate";
const ACK: &str = "BindingAck";

/// The name of an MH Type, for a message of which no more can be read.
pub(crate) const fn type_name(kind: u8) -> &'static str {
    match kind {
        BindingUpdate::KIND => UPDATE,
        BindingAck::KIND => ACK,
        _ => UNKNOWN,
    }
}

/// The type of a message and its fields.
pub(crate) fn write(message: &Message<'_>, dialect: &Dialect) -> (&'static str, Fields) {
    match message {
        Message::BindingUpdate(update) => (
            UPDATE,
            fields([
                ("meaning", json!(meaning(update.meaning(dialect), ["BU", "PBU", "PBU-M", "PBU-Q"]))),
                ("sequence", json!(update.sequence)),
                ("lifetime_s", json!(update.lifetime_secs())),
                ("flags", flags::write(update.flags.bits(), &update_letters(update, dialect))),
                ("options", option::write(update.options, dialect)),
            ]),
        ),
        Message::BindingAck(ack) => {
            let mut all = fields([
                ("meaning", json!(meaning(ack.meaning(dialect), ["BA", "PBA", "PBA-M", "PBA-Q"]))),
                ("status", json!(ack.status.0)),
            ]);
            if let Some(name) = ack.status.name() {
                all.insert("status_name".into(), json!(name));
            }
            all.extend(fields([
                ("sequence", json!(ack.sequence)),
                ("lifetime_s", json!(ack.lifetime_secs())),
                ("flags", flags::write(ack.flags.bits().into(), &ack_letters(ack, dialect))),
                ("options", option::write(ack.options, dialect)),
            ]));
            (ACK, all)
        }
        Message::Unknown(raw) => {
            (UNKNOWN, fields([("kind", json!(raw.kind())), ("data", json!(hex::text(raw.data())))]))
        }
        other => unnamed(other),
    }
}

/// The octets of a message, its checksum zero.
pub(crate) fn read(object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
    let kind = object.get("type");
    let kind = kind.choice(&[(UPDATE, BindingUpdate::KIND), (ACK, BindingAck::KIND), (UNKNOWN, 0)])?;
    if kind == 0 {
        return unknown(object);
    }
    object.ignore(&["meaning"]);
    let values = object.get("options").each_if_any(|at| OptionValue::read(at, dialect))?;
    let options: Vec<_> = values.iter().filter_map(|value| value.option(dialect)).collect();
    let options = List::new(&options, dialect);
    let (sequence, lifetime) = (object.get("sequence").int()?, lifetime(&object.get("lifetime_s"))?);
    let flags = object.get("flags");
    let message = if kind == BindingUpdate::KIND {
        let flags =
            UpdateFlags::from_bits_retain(flags::read(&flags, &all_update_letters(dialect), u16::MAX)?);
        Message::BindingUpdate(BindingUpdate { sequence, flags, lifetime, options })
    } else {
        let bits = flags::read(&flags, &all_ack_letters(dialect), 0xff)?;
        let bits = u8::try_from(bits).map_err(|_| flags.fault("more than 8 bits"))?;
        let status = Status(object.code("status", "status_name", |code| Status(code).name())?);
        let flags = AckFlags::from_bits_retain(bits);
        Message::BindingAck(BindingAck { status, flags, sequence, lifetime, options })
    };
    octets_of(&message, object)
}

fn unknown(object: &Object<'_>) -> Result<Vec<u8>, Fault> {
    let (at, data) = (object.get("kind"), object.get("data").octets()?);
    match Message::other(at.int()?, &data) {
        Some(message) => octets_of(&message, object),
        None => Err(at.fault(format_args!("5 is a {UPDATE}, 6 a {ACK}"))),
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
    // TLV header (RFC 5845), multicast signalling (RFC 7161), DMM (RFC 8885).
    ("T", 0x0080),
    ("S", 0x0020),
    ("D", 0x0010),
];
/// Bulk registration (RFC 6602) of a proxy registration, else overwrite (RFC 5648).
const UPDATE_B_OR_O: u16 = 0x0040;
const ACK_LETTERS: [Letter; 6] = [
    ("K", AckFlags::KEY_MANAGEMENT.bits() as u16),
    ("R", AckFlags::MOBILE_ROUTER.bits() as u16),
    ("P", AckFlags::PROXY.bits() as u16),
    // RFC 6602, RFC 7161, RFC 8885.
    ("B", 0x08),
    ("S", 0x04),
    ("D", 0x02),
];

/// The letters by which the flags of this message are shown.
fn update_letters(update: &BindingUpdate<'_>, dialect: &Dialect) -> Vec<Letter> {
    let disputed = match update.meaning(dialect) {
        _ if update.forces_udp(dialect) => "F",
        Meaning::ProxyQuery => "Q",
        _ => "C",
    };
    let b_or_o = if update.flags.contains(UpdateFlags::PROXY) { "B" } else { "O" };
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
