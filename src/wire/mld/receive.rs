//! What a node does with MLD that it receives: the fourteen rules of digest 3.2.

use super::Message;
use crate::wire::membership::{Arrival, Kind, Refused};
use crate::wire::{Addr, Dialect, Layer, Pseudo};

/// Reads an ICMPv6 message as a router or a listener of MLD does: the checksum first, then what can be read, then
/// [`judge`].
///
/// ```
/// use multimob::wire::membership::{Arrival, Receiver, Refused};
/// use multimob::wire::mld::{self, Message, Query};
/// use multimob::wire::{Addr, Dialect, Encode, Pseudo};
///
/// let (router, all) = ("fe80::1".parse::<std::net::Ipv6Addr>()?, "ff02::1".parse()?);
/// let octets = Message::Query(Query::general()).to_vec_for(&Pseudo::mld(router, all))?;
/// let receiver = Receiver::Listener;
/// let own = Addr::from("fe80::5".parse::<std::net::Ipv6Addr>()?);
/// let (src, dst) = (router.into(), all.into());
/// let arrival = Arrival { src, dst, hop_limit: 1, router_alert: true, own, receiver };
/// assert!(mld::receive(&octets, &arrival, &Dialect::DEFAULT).is_ok());
///
/// let routed = Arrival { hop_limit: 64, ..arrival };
/// assert_eq!(mld::receive(&octets, &routed, &Dialect::DEFAULT), Err(Refused::HopLimit(64)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The rule that it breaks; [`Refused::reaction`] tells what is done about it.
pub fn receive<'a>(
    octets: &'a [u8],
    arrival: &Arrival<Addr>,
    dialect: &Dialect,
) -> Result<Message<'a>, Refused<Addr>> {
    Pseudo::mld(arrival.src.ip(), arrival.dst.ip()).check(Layer::Mld, 2, octets)?;
    let message = Message::parse(octets, dialect)?;
    judge(&message, arrival)?;
    Ok(message)
}

/// What is left of the rules of [`receive`] once a message was read.
///
/// # Errors
/// The rule that it breaks.
#[inline]
pub fn judge(message: &Message<'_>, arrival: &Arrival<Addr>) -> Result<(), Refused<Addr>> {
    let kind = match message {
        Message::Query(query) => Kind::query(query.group),
        Message::QueryV1(query) => Kind::query(query.group),
        Message::Report(_) => Kind::Report,
        Message::ReportV1(report) => Kind::Join(report.group),
        Message::Done(done) => Kind::Leave(done.group),
    };
    arrival.judge(kind, true)?;
    match message {
        Message::Query(query) => Ok(query.judge()?),
        Message::QueryV1(query) => Ok(query.judge()?),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
