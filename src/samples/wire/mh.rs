//! The Mobility Header.

use alloc::vec::Vec;

use arbitrary::{Error, Result, Unstructured};

use super::fields::Drawn;
use super::{Sample, Visit};
use crate::samples::draw::{exactly, many, octets, rarely};
use crate::wire::mh::{
    AckFlags, BindingAck, BindingUpdate, Experimental, Meaning, Message, Mh, MobilityOption, Status,
    UpdateFlags,
};
use crate::wire::{Dialect, List};

impl Sample for Mh {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        match u.int_in_range(0..=11)? {
            kind @ 0..=5 => {
                let (sequence, lifetime, status) = (u.arbitrary()?, u.arbitrary()?, status(u)?);
                let flags = flags(u, dialect)?;
                let options = List::default();
                let message = if kind < 3 {
                    let flags = flags.0;
                    Message::BindingUpdate(BindingUpdate { sequence, flags, lifetime, options })
                } else {
                    let flags = flags.1;
                    Message::BindingAck(BindingAck { status, flags, sequence, lifetime, options })
                };
                with_options(message, u, dialect, visit)
            }
            6..=9 => match *u.choose(Message::NAMES)? {
                "Experimental" => {
                    visit(Experimental { data: &data(u)? }.into());
                    Ok(())
                }
                name => {
                    let octets = Message::build(name, &mut Drawn::new(u, dialect))?.unwrap_or_default();
                    let message = Message::parse(&octets, dialect).map_err(|_| Error::IncorrectFormat)?;
                    with_options(message, u, dialect, visit)
                }
            },
            _ => {
                let (kind, data) = (u.arbitrary()?, data(u)?);
                // Those that have names of their own became another one.
                let other = Message::other(kind, &data).or_else(|| Message::other(200, &data));
                visit(other.ok_or(Error::IncorrectFormat)?);
                Ok(())
            }
        }
    }
}

fn with_options(
    message: Message<'_>,
    u: &mut Unstructured<'_>,
    dialect: &Dialect,
    visit: &mut Visit<'_, Mh>,
) -> Result<()> {
    let parts = options(u, dialect)?;
    let options: Vec<MobilityOption<'_>> =
        parts.iter().filter_map(|(kind, body)| MobilityOption::other(*kind, body, dialect)).collect();
    visit(message.with_options(List::new(&options, dialect)));
    Ok(())
}

/// What fills a message of which no more is known.
fn data(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let words = u.int_in_range(0..=7usize)?;
    exactly(u, words.saturating_mul(8).saturating_add(2))
}

fn status(u: &mut Unstructured<'_>) -> Result<Status> {
    Ok(if u.arbitrary()? { Status(u.arbitrary()?) } else { Status::ACCEPTED })
}

/// Flags of an update and an acknowledgement that mean the same, or any.
fn flags(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<(UpdateFlags, AckFlags)> {
    let meaning = match u.int_in_range(0..=5)? {
        0 => Meaning::Proxy,
        1 => Meaning::ProxyMulticast,
        2 => Meaning::ProxyQuery,
        3 => Meaning::Binding,
        _ => {
            let (update, ack) = u.arbitrary()?;
            return Ok((UpdateFlags::from_bits_retain(update), AckFlags::from_bits_retain(ack)));
        }
    };
    Ok((BindingUpdate::flags_for(meaning, dialect), BindingAck::flags_for(meaning, dialect)))
}

/// Type and body of an option.
type Parts = (u8, Vec<u8>);

/// Up to seven options, at times with one behind them that must be the last.
fn options(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Vec<Parts>> {
    let mut parts = many(u, 7, |u| option(u, dialect))?;
    if rarely(u, 32)? {
        let kind = *u.choose(&LAST)?;
        // Room for an SPI and an authenticator.
        let body = exactly(u, 16)?;
        parts.push((kind, body));
    }
    Ok(parts)
}

/// A known type with a body of drawn fields, most of the time.
fn option(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Parts> {
    Ok(match u.int_in_range(0..=13)? {
        0..=10 => {
            let types: Vec<u8> =
                MobilityOption::known_types(dialect).filter(|kind| !LAST.contains(kind)).collect();
            let kind = *u.choose(&types)?;
            let body = MobilityOption::build(kind, dialect, &mut Drawn::new(u, dialect))?.unwrap_or_default();
            let longest = if counts_words(kind) { 1_022 } else { 255 };
            // What came out too long is left to one that is short.
            if body.len() > longest { (HANDOFF_INDICATOR, alloc::vec![0, 0]) } else { (kind, body) }
        }
        11 => (143, octets(u, 30)?),
        _ => other(u)?,
    })
}

/// A type that is always known.
const HANDOFF_INDICATOR: u8 = 23;

/// Types behind which nothing may stand (RFC 6275 6.2.7, RFC 5568 6.4.5).
const LAST: [u8; 2] = [5, 21];

/// Whether the length counts words of 32 bits behind two octets (RFC 7411 5).
const fn counts_words(kind: u8) -> bool {
    matches!(kind, 60 | 61)
}

/// Any type with any body: known, malformed or unknown.
fn other(u: &mut Unstructured<'_>) -> Result<Parts> {
    // 0 and 1 are padding.
    let (kind, mut body) = (u.int_in_range(2..=255)?, octets(u, 40)?);
    let kind = if LAST.contains(&kind) { HANDOFF_INDICATOR } else { kind };
    if counts_words(kind) {
        let rest = body.len().saturating_sub(2).next_multiple_of(4);
        body.resize(rest.saturating_add(2), 0);
    }
    Ok((kind, body))
}
