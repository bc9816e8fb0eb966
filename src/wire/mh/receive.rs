//! What a node does with a Mobility Header that it receives: the rules of RFC 6275 9.2, in their order (digest 6.1, 6.8).

use core::net::Ipv6Addr;

use super::{AckFlags, BindingError, ErrorStatus, HEAD, Message, UpdateFlags};
use crate::wire::error::{DecodeError, Layer, Reaction};
use crate::wire::ipv6::Packet;
use crate::wire::out::Encode;
use crate::wire::{Addr, Dialect};

/// Reads the Mobility Header of a packet as a node does that serves the types `serves`.
///
/// The rules are taken in the order of RFC 6275 9.2: the checksum, over home addresses where there are any; the type; Payload
/// Proto; Header Len; then what does not fit; then those of the kind of node, see [`judge`].
///
/// ```
/// use multimob::wire::ipv6::Packet;
/// use multimob::wire::mh::{self, BindingUpdate, Heartbeat, HeartbeatFlags};
/// use multimob::wire::packet::Outgoing;
/// use multimob::wire::{Dialect, Encode, List, Reaction};
///
/// let (mag, lma) = ("2001:db8:a::1".parse()?, "2001:db8:b::1".parse()?);
/// let heartbeat = Heartbeat { flags: HeartbeatFlags::empty(), sequence: 1, options: List::default() };
/// let octets = Outgoing::new(mag, lma, mh::Message::from(heartbeat).into()).to_vec()?;
///
/// let packet = Packet::parse(&octets)?;
/// assert!(mh::receive(&packet, &Dialect::DEFAULT, &[BindingUpdate::KIND, Heartbeat::KIND]).is_ok());
/// // Who knows no heartbeats says so.
/// let refused = mh::receive(&packet, &Dialect::DEFAULT, &[BindingUpdate::KIND]).unwrap_err();
/// assert!(matches!(refused.reaction, Reaction::BindingError { status: mh::ErrorStatus(2), .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What is wrong with it, and what the node does about that.
pub fn receive<'a>(packet: &Packet<'a>, dialect: &Dialect, serves: &[u8]) -> Result<Message<'a>, Refused> {
    let origin = Origin::of(packet);
    let octets = summed(packet)?;
    if let Some(&[_, _, kind, ..]) = octets.first_chunk::<HEAD>() {
        origin.recognise(kind, serves)?;
    }
    let message = Message::parse(octets, dialect)?;
    judge(&message, &origin, serves)?;
    Ok(message)
}

/// What is left of the rules of [`receive`] once a message was read: whether a node that serves the types `serves` takes it.
///
/// * A type that it does not serve and that is none of RFC 6275 itself: a Binding Error of status 2 to the source, unless
///   that is no unicast address.
/// * The other types of RFC 6275 that it does not serve: silence. So the tests of return routability (1 to 4) end
///   at a node without route optimization (S21), and no Binding Error answers another.
/// * A proxy registration or its answer with a Home Address option or a type 2 routing header: silence. RFC 5213 6.9.1.5 and
///   5.3.6 forbid to send them; their source would not be the one that was authenticated.
///
/// # Errors
/// What is wrong with it, and what the node does about that. How often it answers is for the caller to limit (RFC 6275
/// 9.3.3).
pub fn judge(message: &Message<'_>, origin: &Origin, serves: &[u8]) -> Result<(), Refused> {
    let kind = message.kind();
    origin.recognise(kind, serves)?;
    if !serves.contains(&kind) {
        return Err(Why::NotServed { kind }.in_silence());
    }
    let is_proxy = match message {
        Message::BindingUpdate(update) => update.flags.contains(UpdateFlags::PROXY),
        Message::BindingAck(ack) => ack.flags.contains(AckFlags::PROXY),
        _ => false,
    };
    match origin {
        _ if !is_proxy => Ok(()),
        Origin { home_address: Some(_), .. } => Err(Why::HomeAddressOption.in_silence()),
        Origin { routing_header: Some(_), .. } => Err(Why::RoutingHeader.in_silence()),
        _ => Ok(()),
    }
}

/// Reads the Mobility Header of a packet, whoever it is for: the checksum, then the message.
pub(in crate::wire) fn read<'a>(packet: &Packet<'a>, dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
    Message::parse(summed(packet)?, dialect)
}

/// Where a message came from, as it stood on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Source of the IPv6 header.
    pub src: Ipv6Addr,
    /// The address in a Home Address option (RFC 6275 6.3).
    pub home_address: Option<Ipv6Addr>,
    /// The home address in a type 2 routing header (RFC 6275 6.4).
    pub routing_header: Option<Ipv6Addr>,
}

impl Origin {
    fn of(packet: &Packet<'_>) -> Self {
        let &Packet { header, home_address, routing_header, .. } = packet;
        let ip = |address: Option<&[u8; 16]>| address.map(|&address| address.into());
        Self { src: header.src, home_address: ip(home_address), routing_header: ip(routing_header) }
    }

    /// Whether a node that serves these types knows this one.
    fn recognise(&self, kind: u8, serves: &[u8]) -> Result<(), Refused> {
        if serves.contains(&kind) || kind <= BindingError::KIND {
            return Ok(());
        }
        let why = Why::UnknownType { kind };
        if !Addr::from(self.src).is_unicast() {
            return Err(why.in_silence());
        }
        let home_address = self.home_address.map_or(Addr::UNSPECIFIED, Addr::from);
        let status = ErrorStatus::UNRECOGNIZED_MH_TYPE;
        Err(Refused { why, reaction: Reaction::BindingError { status, home_address } })
    }
}

/// A message that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Refused {
    /// What is wrong with it.
    pub why: Why,
    /// What the node does about that.
    pub reaction: Reaction,
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
    /// The node does not know its type.
    #[error("a Mobility Header of type {kind}, which is not known here")]
    UnknownType {
        /// MH Type.
        kind: u8,
    },
    /// The node knows its type, and has nothing to do with it.
    #[error("a Mobility Header of type {kind}, which is not served here")]
    NotServed {
        /// MH Type.
        kind: u8,
    },
    /// A proxy registration with a Home Address option (RFC 5213 6.9.1.5).
    #[error("a proxy registration with a Home Address option")]
    HomeAddressOption,
    /// A proxy registration with a type 2 routing header (RFC 5213 5.3.6).
    #[error("a proxy registration with a type 2 routing header")]
    RoutingHeader,
}

impl Why {
    const fn in_silence(self) -> Refused {
        Refused { why: self, reaction: Reaction::Drop }
    }
}

impl From<DecodeError> for Refused {
    fn from(error: DecodeError) -> Self {
        Self { why: Why::Unreadable(error), reaction: error.reaction() }
    }
}

/// The octets of the message, whose checksum was found right.
fn summed<'a>(packet: &Packet<'a>) -> Result<&'a [u8], DecodeError> {
    let octets = covered(packet.payload);
    if let Some(at) = Message::CHECKSUM_AT {
        packet.pseudo().check(Layer::MobilityHeader, at, octets)?;
    }
    Ok(octets)
}

/// What the checksum of a Mobility Header covers: its own length (RFC 6275 6.1.1), not what may follow.
fn covered(data: &[u8]) -> &[u8] {
    let len = |&[_, words]: &[u8; 2]| usize::from(words).saturating_mul(8).saturating_add(8);
    data.first_chunk().and_then(|head| data.get(..len(head))).unwrap_or(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::List;
    use crate::wire::mh::{BindingAck, BindingUpdate, Heartbeat, HeartbeatFlags, HomeTestInit, Status};
    use crate::wire::packet::Outgoing;
    use std::vec::Vec;

    const MAG: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, 1);
    const LMA: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 1);
    const HOME: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xc, 0, 0, 0, 0, 1);
    const GROUP: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

    /// What an LMA serves.
    const SERVES: &[u8] = &[BindingUpdate::KIND, BindingAck::KIND];

    fn update(flags: UpdateFlags) -> Message<'static> {
        BindingUpdate { sequence: 7, flags, lifetime: 1, options: List::default() }.into()
    }

    fn heartbeat() -> Message<'static> {
        Heartbeat { flags: HeartbeatFlags::empty(), sequence: 1, options: List::default() }.into()
    }

    fn outgoing(message: Message<'_>) -> Outgoing<'_> {
        Outgoing::new(MAG, LMA, message.into())
    }

    fn refused(octets: &[u8]) -> Refused {
        receive(&Packet::parse(octets).unwrap(), &Dialect::DEFAULT, SERVES).unwrap_err()
    }

    /// Octets of a packet whose Mobility Header, at 40, was changed under a right checksum.
    fn changed(message: Message<'_>, at: usize, octet: u8) -> Vec<u8> {
        let mut octets = outgoing(message).to_vec().unwrap();
        octets[40 + at] = octet;
        octets[44..46].fill(0);
        let sum = Packet::parse(&octets).unwrap().pseudo().checksum(covered(&octets[40..]));
        octets[44..46].copy_from_slice(&sum.to_be_bytes());
        octets
    }

    #[test]
    fn rfc6275_9_2_the_rules_are_taken_in_their_order() {
        // All is wrong with it: the checksum comes first and ends in silence.
        let mut octets = outgoing(heartbeat()).to_vec().unwrap();
        octets[40] = 6;
        octets[41] = 0;
        let Refused { why: Why::Unreadable(error), reaction } = refused(&octets) else { panic!() };
        assert_eq!((error.field, reaction), (crate::wire::Field::Checksum, Reaction::Drop));

        // Then the type, before Payload Proto and Header Len.
        for (at, octet) in [(0, 6), (1, 0)] {
            let Refused { why, reaction } = refused(&changed(heartbeat(), at, octet));
            assert_eq!(why, Why::UnknownType { kind: 13 });
            assert!(matches!(reaction, Reaction::BindingError { .. }));
        }

        // Then those two.
        let proxy = update(UpdateFlags::PROXY);
        for (at, octet) in [(0, 6), (1, 0)] {
            let pointer = u32::try_from(at).unwrap();
            let refused = refused(&changed(proxy, at, octet));
            assert_eq!(refused.reaction, Reaction::ParameterProblem { pointer });
        }
    }

    #[test]
    fn rfc6275_9_3_3_an_unknown_type_is_answered_to_a_unicast_source_alone() {
        let octets = outgoing(heartbeat()).from_home(HOME).to_vec().unwrap();
        let status = ErrorStatus::UNRECOGNIZED_MH_TYPE;
        let reaction = Reaction::BindingError { status, home_address: HOME.into() };
        assert_eq!(refused(&octets), Refused { why: Why::UnknownType { kind: 13 }, reaction });
        for src in [GROUP, Ipv6Addr::UNSPECIFIED] {
            let octets = Outgoing::new(src, LMA, heartbeat().into()).to_vec().unwrap();
            assert_eq!(refused(&octets), Why::UnknownType { kind: 13 }.in_silence());
        }
        let Reaction::BindingError { home_address, .. } =
            refused(&outgoing(heartbeat()).to_vec().unwrap()).reaction
        else {
            panic!()
        };
        assert_eq!(home_address, Addr::UNSPECIFIED);
    }

    #[test]
    fn s21_tests_of_return_routability_are_dropped_where_they_are_not_served() {
        let message = HomeTestInit { cookie: [1; 8], options: List::default() }.into();
        let octets = outgoing(message).to_vec().unwrap();
        assert_eq!(refused(&octets), Why::NotServed { kind: 1 }.in_silence());
        let packet = Packet::parse(&octets).unwrap();
        assert_eq!(receive(&packet, &Dialect::DEFAULT, &[1]), Ok(message));
        let origin = Origin::of(&packet);
        for kind in [0, 1, 2, 3, 4, 7] {
            assert_eq!(origin.recognise(kind, SERVES), Ok(()), "known, and no answer to it");
        }
        for kind in [8, 13, 24, 255] {
            assert!(origin.recognise(kind, SERVES).is_err());
        }
    }

    #[test]
    fn mh_6_1_11_a_proxy_registration_with_home_address_or_routing_header_is_dropped() {
        let ack = |flags| {
            BindingAck { status: Status(0), flags, sequence: 1, lifetime: 1, options: List::default() }.into()
        };
        let take = |outgoing: Outgoing<'_>| {
            let octets = outgoing.to_vec().unwrap();
            receive(&Packet::parse(&octets).unwrap(), &Dialect::DEFAULT, SERVES).map(|_| ())
        };
        for proxy in [update(UpdateFlags::PROXY), ack(AckFlags::PROXY)] {
            assert_eq!(take(outgoing(proxy)), Ok(()));
            assert_eq!(take(outgoing(proxy).from_home(HOME)), Err(Why::HomeAddressOption.in_silence()));
            assert_eq!(take(outgoing(proxy).to_home(HOME)), Err(Why::RoutingHeader.in_silence()));
        }
        for binding in [update(UpdateFlags::HOME_REGISTRATION), ack(AckFlags::empty())] {
            assert_eq!(take(outgoing(binding).from_home(HOME).to_home(HOME)), Ok(()));
        }
    }
}
