//! Extension headers (RFC 8200 4, RFC 6275 6.3 and 6.4).

use core::net::Ipv6Addr;

use crate::wire::error::{DecodeError, Field, Layer};
use crate::wire::out::Out;
use crate::wire::read::{Fail, chunk, lift, octets, wrong};

/// A hop-by-hop options header that holds a Router Alert of value 0, "this is MLD", and padding.
#[must_use]
pub const fn router_alert(next_header: u8) -> [u8; 8] {
    [next_header, 0, ROUTER_ALERT, 2, 0, 0, PAD_N, 0]
}

/// Octets of either header that holds a home address.
pub(in crate::wire) const HOME_ADDRESS_LEN: usize = 24;

/// A destination options header with a Home Address option at its alignment, 8n+6 (RFC 6275 6.3).
pub(in crate::wire) fn home_address(next_header: u8, address: Ipv6Addr, out: &mut impl Out) {
    out.put(&[next_header, 2, PAD_N, 2, 0, 0, HOME_ADDRESS, 16]);
    out.put(&address.octets());
}

/// A type 2 routing header (RFC 6275 6.4.1).
pub(in crate::wire) fn routing_header(next_header: u8, address: Ipv6Addr, out: &mut impl Out) {
    out.put(&[next_header, 2, HOME_ROUTE, 1, 0, 0, 0, 0]);
    out.put(&address.octets());
}

/// Pad1 is zero and has no length; PadN is skipped like any other option.
const PAD_1: u8 = 0;
const PAD_N: u8 = 1;
const ROUTER_ALERT: u8 = 5;
/// 0xc9: who does not know the option must refuse the packet (RFC 6275 6.3).
const HOME_ADDRESS: u8 = 201;
/// Routing type of Mobile IPv6.
const HOME_ROUTE: u8 = 2;

/// What a header says comes next, what follows it, and what it holds.
type Behind<'a, T> = Result<(u8, &'a [u8], T), DecodeError>;

/// An extension header of the common form: what comes next, what follows it, and its own octets.
fn extension(layer: Layer, input: &[u8]) -> Behind<'_, &[u8]> {
    let parse = |input| {
        let (_, &[next, words]) = chunk(layer, Field::Header, input)?;
        let (rest, own) =
            octets(layer, Field::Header, usize::from(words).saturating_mul(8).saturating_add(8), input)?;
        Ok((rest, (next, own)))
    };
    match parse(input) {
        Ok((rest, (next, own))) => Ok((next, rest, own)),
        Err(error) => Err(lift(error, input.len())),
    }
}

/// The hop-by-hop header: what comes next, what follows, and the value of the first Router Alert.
pub(super) fn hop_by_hop(input: &[u8]) -> Behind<'_, Option<u16>> {
    let (next, rest, own) = extension(Layer::HopByHop, input)?;
    let alert = find(Layer::HopByHop, own, |kind, body, _| {
        Ok(match (kind, body) {
            (ROUTER_ALERT, &[high, low]) => Some(u16::from_be_bytes([high, low])),
            _ => None,
        })
    })?;
    Ok((next, rest, alert))
}

/// A destination options header: what comes next, what follows, and the first Home Address.
pub(super) fn destination_options(input: &[u8]) -> Behind<'_, Option<&[u8; 16]>> {
    let (next, rest, own) = extension(Layer::DestinationOptions, input)?;
    let home = find(Layer::DestinationOptions, own, |kind, body, at| {
        if kind != HOME_ADDRESS {
            return Ok(None);
        }
        let Ok(address) = body.try_into() else {
            return Err(wrong(Layer::DestinationOptions, Field::OptionBody, at, 16, body.len()));
        };
        Ok(Some(address))
    })?;
    Ok((next, rest, home))
}

/// The first option in which `look` sees something; it is told type, body, and where the body starts.
fn find<'a, T>(
    layer: Layer,
    header: &'a [u8],
    look: impl Fn(u8, &'a [u8], &'a [u8]) -> Result<Option<T>, nom::Err<Fail>>,
) -> Result<Option<T>, DecodeError> {
    let walk = |mut input: &'a [u8]| {
        let mut found = None;
        while let Some((&kind, rest)) = <[u8]>::split_first(input) {
            if kind == PAD_1 {
                input = rest;
                continue;
            }
            let (at, &[len]) = chunk(layer, Field::OptionHeader, rest)?;
            let (rest, body) = octets(layer, Field::OptionBody, len.into(), at)?;
            found = found.or(look(kind, body, at)?);
            input = rest;
        }
        Ok((input, found))
    };
    match walk(header.get(2..).unwrap_or_default()) {
        Ok((_, found)) => Ok(found),
        Err(error) => Err(lift(error, header.len())),
    }
}

/// What a routing header asks for.
pub(super) enum Routing<'a> {
    /// Nothing is left of it (RFC 8200 4.4).
    Done,
    /// The packet is for this home address (RFC 6275 6.4).
    Home(&'a [u8; 16]),
    /// Another type, with segments left.
    Unknown,
}

/// A routing header: what comes next, what follows, and what it asks for.
pub(super) fn routing(input: &[u8]) -> Behind<'_, Routing<'_>> {
    let (next, rest, own) = extension(Layer::RoutingHeader, input)?;
    let wrong = |field, at: usize, needed, have: u8| {
        Err(DecodeError::new(Layer::RoutingHeader, field, at, needed, have.into()))
    };
    match *own {
        [_, _, _, 0, ..] => Ok((next, rest, Routing::Done)),
        [_, words, HOME_ROUTE, _, ..] if words != 2 => wrong(Field::Length, 1, 2, words),
        [_, _, HOME_ROUTE, left, ..] if left != 1 => wrong(Field::SegmentsLeft, 3, 1, left),
        [_, _, HOME_ROUTE, _, _, _, _, _, ref address @ ..] => match address.try_into() {
            Ok(address) => Ok((next, rest, Routing::Home(address))),
            Err(_) => wrong(Field::Length, 1, 2, 0),
        },
        _ => Ok((next, rest, Routing::Unknown)),
    }
}

/// A fragment header that says "first and last": what comes next and what follows.
pub(super) fn whole_fragment<'a>(packet: &[u8], input: &'a [u8]) -> Result<(u8, &'a [u8]), DecodeError> {
    let at = packet.len().saturating_sub(input.len());
    let Some((&[next, _, high, low, ..], rest)) = input.split_first_chunk::<8>() else {
        return Err(DecodeError::new(Layer::Ipv6, Field::Fragment, at, 8, input.len()));
    };
    // Offset in 8-octet units and the M flag; two bits between them are reserved.
    match u16::from_be_bytes([high, low]) & 0xfff9 {
        0 => Ok((next, rest)),
        part => Err(DecodeError::new(Layer::Ipv6, Field::Fragment, at, 0, part.into())),
    }
}
