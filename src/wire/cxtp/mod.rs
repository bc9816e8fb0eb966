//! Context Transfer Protocol (RFC 4067): its seven messages, with the blocks that carry a listener's state. Between
//! routers they travel over SCTP, or here over UDP; between a node and a router in ICMPv6 ([`icmp`]).
//!
//! ```
//! use multimob::wire::cxtp::{Block, Message, Request};
//! use multimob::wire::{Dialect, Encode, List};
//!
//! let dialect = Dialect::default();
//! let blocks = [
//!     Block::Wanted(dialect.features.listener_context),
//!     Block::MnIdentifier { subtype: 1, id: b"mn1@example.net" },
//! ];
//! let previous_address = "2001:db8:1::5".parse::<std::net::IpAddr>()?.into();
//! let request = Request { previous_address, sequence: 1, token: 0, blocks: List::new(&blocks, &dialect) };
//! let mut buf = [0; 64];
//! let len = Message::Request(request).encode(&mut buf)?;
//!
//! let Message::Request(request) = Message::parse(&buf[..len], &dialect)? else { unreachable!() };
//! assert!(request.blocks.wants(0x8001));
//! assert_eq!(request.blocks.mn_identifier(), Some((1, &b"mn1@example.net"[..])));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activate;
mod address;
mod block;
mod data;
pub mod icmp;
mod request;
mod status;
#[cfg(test)]
mod tests;
#[cfg(feature = "auth")]
mod token;

pub use activate::{Activate, ActivateAck, Forwarded};
pub use address::Address;
pub use block::{Block, FilterMode, ListenerContext, MalformedBlock, MldContext, RawBlock};
pub use data::{Algorithm, Data, Key, PredictiveData};
pub use request::{Cancel, Reply, Request};
pub use status::BlockStatus;
#[cfg(feature = "auth")]
pub use token::token;

use super::error::{DecodeError, EncodeError, Field, Layer};
use super::out::{Count, Encode, Out};
use super::read::{Fail, Read, chunk, lift, octets, wrong};
use super::{Dialect, Format};

/// Any CXTP message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Context Transfer Activate Request, CTAR (1), from the node to either router.
    Activate(Activate<'a>),
    /// Context Transfer Activate Acknowledge, CTAA (2), from the router to the node.
    ActivateAck(ActivateAck<'a>),
    /// Context Transfer Data, CTD (3), p-MAG to n-MAG.
    Data(Data<'a>),
    /// Predictive Context Transfer Data, PCTD (4), p-MAG to n-MAG.
    PredictiveData(PredictiveData<'a>),
    /// Context Transfer Data Reply, CTDR (5), n-MAG to p-MAG.
    Reply(Reply<'a>),
    /// Context Transfer Cancel, CTC (6), n-MAG to p-MAG.
    Cancel(Cancel),
    /// Context Transfer Request, CT-Req (7), n-MAG to p-MAG.
    Request(Request<'a>),
    /// Any other type, as it came.
    Unknown(RawMessage<'a>),
}

/// A message of a type that the standard does not know, as it came. Made by parsing and by [`Message::other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawMessage<'a> {
    kind: u8,
    flags: u8,
    data: &'a [u8],
}

impl<'a> RawMessage<'a> {
    /// Type, 0 or 8 to 31.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }

    /// Flags: V is 0x80; 0x40 is A or S.
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }

    /// What follows the four octets of the head.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }
}

impl<'a> Message<'a> {
    /// The most octets that Length can tell.
    pub const MAX_LEN: usize = 65_535;

    /// Reads one message. Octets beyond Length are ignored.
    ///
    /// # Errors
    /// What does not fit, and where: a version that is not 1, fewer octets than Length tells, a block that overruns the
    /// message.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        let head = head(octets).map_err(|error| lift(error, octets.len()))?;
        let parsed = body(&head, dialect).map_err(|error| lift(error, head.len()));
        parsed.map(|(_, message)| message)
    }

    /// A message of a type that the standard does not know; `data` is what follows the head. `None` for a type above
    /// 31, and for the seven that have a variant of their own.
    #[must_use]
    pub const fn other(kind: u8, flags: u8, data: &'a [u8]) -> Option<Self> {
        if kind > MAX_KIND || is_known(kind) {
            return None;
        }
        Some(Self::Unknown(RawMessage { kind, flags, data }))
    }

    /// Type, 0 to 31.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Activate(_) => ACTIVATE,
            Self::ActivateAck(_) => ACTIVATE_ACK,
            Self::Data(_) => DATA,
            Self::PredictiveData(_) => PREDICTIVE_DATA,
            Self::Reply(_) => REPLY,
            Self::Cancel(_) => CANCEL,
            Self::Request(_) => REQUEST,
            Self::Unknown(raw) => raw.kind,
        }
    }

    /// The node that the message is about, by its previous address; `None` for a type that is not known.
    #[must_use]
    pub const fn previous_address(&self) -> Option<Address> {
        Some(match self {
            Self::Activate(activate) => activate.previous_address,
            Self::ActivateAck(ack) => ack.previous_address,
            Self::Data(data) => data.previous_address,
            Self::PredictiveData(data) => data.previous_address,
            Self::Reply(reply) => reply.previous_address,
            Self::Cancel(cancel) => cancel.previous_address,
            Self::Request(request) => request.previous_address,
            Self::Unknown(_) => return None,
        })
    }

    const fn flags(&self) -> u8 {
        let a_or_s = match self {
            Self::Activate(activate) => activate.acknowledge,
            Self::Data(data) => data.acknowledge,
            Self::PredictiveData(data) => data.acknowledge,
            Self::Reply(reply) => reply.success,
            Self::ActivateAck(_) | Self::Cancel(_) | Self::Request(_) => false,
            Self::Unknown(raw) => return raw.flags,
        };
        let v = match self.previous_address() {
            Some(address) => family(address),
            None => 0,
        };
        if a_or_s { v | FLAG_A_OR_S } else { v }
    }

    fn write_data(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        match self {
            Self::Activate(activate) => return activate.write(out),
            Self::Data(data) => return data.write(out),
            Self::PredictiveData(data) => return data.write(out),
            Self::Request(request) => return request.write(out),
            Self::ActivateAck(ack) => ack.write(out),
            Self::Reply(reply) => reply.write(out),
            Self::Cancel(cancel) => cancel.previous_address.write(out),
            Self::Unknown(raw) => out.bytes(raw.data),
        }
        Ok(())
    }
}

impl Encode for Message<'_> {
    fn write(&self, out: &mut impl Out, _: u16) -> Result<(), EncodeError> {
        let mut data = Count(0);
        self.write_data(&mut data)?;
        write_head(out, self.kind(), self.flags(), data.0)?;
        self.write_data(out)
    }
}

/// The head of a message with `data` octets after it.
fn write_head(out: &mut impl Out, kind: u8, flags: u8, data: usize) -> Result<(), EncodeError> {
    let len = u16::try_from(data.saturating_add(HEAD))
        .map_err(|_| EncodeError::TooLong { field: Field::Length, max: Message::MAX_LEN })?;
    out.put(&[VERSION << 5 | kind, flags]);
    out.put(&len.to_be_bytes());
    Ok(())
}

/// CXTP as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cxtp {}

impl Format for Cxtp {
    type View<'a> = Message<'a>;

    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// A CXTP message that owns its octets.
#[cfg(feature = "alloc")]
pub type Owned = super::Owned<Cxtp>;

const ACTIVATE: u8 = 1;
const ACTIVATE_ACK: u8 = 2;
const DATA: u8 = 3;
const PREDICTIVE_DATA: u8 = 4;
const REPLY: u8 = 5;
const CANCEL: u8 = 6;
const REQUEST: u8 = 7;
const MAX_KIND: u8 = 31;

/// RFC 4067 2.2 says in words that the version is in the low bits; every figure has it in the high ones (trap 48).
const VERSION: u8 = 1;

/// V: addresses are IPv4.
const FLAG_V: u8 = 0x80;
/// A of a CTAR, CTD and PCTD, S of a CTDR.
const FLAG_A_OR_S: u8 = 0x40;

/// Octets of version, type, flags and Length.
const HEAD: usize = 4;

/// Whether a message of this type has a variant of its own.
const fn is_known(kind: u8) -> bool {
    matches!(kind, ACTIVATE..=REQUEST)
}

/// V for messages about a node with this address.
const fn family(address: Address) -> u8 {
    if address.is_v4() { FLAG_V } else { 0 }
}

struct Head<'a> {
    kind: u8,
    flags: u8,
    data: &'a [u8],
}

impl Head<'_> {
    /// Octets of the whole message.
    const fn len(&self) -> usize {
        self.data.len().saturating_add(HEAD)
    }
}

fn head(datagram: &[u8]) -> Result<Head<'_>, nom::Err<Fail>> {
    let (rest, &[first, flags, l0, l1]) = chunk(Layer::Cxtp, Field::Header, datagram)?;
    let (version, kind) = (first >> 5, first & MAX_KIND);
    if version != VERSION {
        return Err(wrong(Layer::Cxtp, Field::Version, datagram, VERSION.into(), version.into()));
    }
    let len = usize::from(u16::from_be_bytes([l0, l1]));
    let Some(len) = len.checked_sub(HEAD) else {
        return Err(wrong(Layer::Cxtp, Field::Length, datagram, HEAD, len));
    };
    let (_, data) = octets(Layer::Cxtp, Field::Length, len, rest)?;
    Ok(Head { kind, flags, data })
}

fn body<'a>(head: &Head<'a>, dialect: &Dialect) -> Read<'a, Message<'a>> {
    fn map<'a, T>(read: Read<'a, T>, message: impl FnOnce(T) -> Message<'a>) -> Read<'a, Message<'a>> {
        read.map(|(rest, value)| (rest, message(value)))
    }
    let &Head { kind, flags, data } = head;
    match kind {
        ACTIVATE => map(activate::read(data, flags, dialect), Message::Activate),
        ACTIVATE_ACK => map(activate::read_ack(data, flags), Message::ActivateAck),
        DATA => map(data::read(data, flags, dialect), Message::Data),
        PREDICTIVE_DATA => map(data::read_predictive(data, flags, dialect), Message::PredictiveData),
        REPLY => map(request::read_reply(data, flags), Message::Reply),
        CANCEL => map(request::read_cancel(data, flags), Message::Cancel),
        REQUEST => map(request::read(data, flags, dialect), Message::Request),
        _ => Ok((&[], Message::Unknown(RawMessage { kind, flags, data }))),
    }
}
