//! Context Transfer Protocol (RFC 4067): CT-Req, CTD and CTDR with the blocks that carry a listener's state.
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
//! let previous_address = "2001:db8:1::5".parse::<std::net::Ipv6Addr>()?.into();
//! let request = Request { previous_address, sequence: 1, token: 0, blocks: List::new(&blocks, &dialect) };
//! let mut buf = [0; 64];
//! let len = Message::Request(request).encode(&mut buf)?;
//!
//! let Message::Request(request) = Message::parse(&buf[..len], &dialect)? else { unreachable!() };
//! assert!(request.blocks.wants(0x8001));
//! assert_eq!(request.blocks.mn_identifier(), Some((1, &b"mn1@example.net"[..])));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block;
mod status;

pub use block::{Block, FilterMode, ListenerContext, MalformedBlock, RawBlock};
pub use status::BlockStatus;

use super::error::{DecodeError, EncodeError, Field, Layer};
use super::out::{Count, Encode, Out};
use super::read::{Fail, Read, chunk, lift, octets, short, wrong};
use super::{Addr, Dialect, Format, List};

/// Any CXTP message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Context Transfer Request (7), n-MAG to p-MAG.
    Request(Request<'a>),
    /// Context Transfer Data (3), p-MAG to n-MAG.
    Data(Data<'a>),
    /// Context Transfer Data Reply (5), n-MAG to p-MAG.
    Reply(Reply<'a>),
    /// Any other type, and any with IPv4 addresses, as it came.
    Unknown(RawMessage<'a>),
}

/// CT-Req (RFC 4067 2.5.6).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request<'a> {
    /// Previous address of the node. A link-local one is ambiguous among nodes: its home address (trap 49).
    pub previous_address: Addr,
    /// Sequence number.
    pub sequence: u32,
    /// Authorization token; 0 between MAGs that share a security association.
    pub token: u32,
    /// What is asked for.
    pub blocks: List<'a, Block<'a>>,
}

/// CTD (RFC 4067 2.5.3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Data<'a> {
    /// A: a reply is wanted.
    pub acknowledge: bool,
    /// Milliseconds since the first CTD for this node was sent.
    pub elapsed_ms: u32,
    /// Previous address of the node.
    pub previous_address: Addr,
    /// The context.
    pub blocks: List<'a, Block<'a>>,
}

/// CTDR (RFC 4067 2.5.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reply<'a> {
    /// S: every block was taken.
    pub success: bool,
    /// Previous address of the node.
    pub previous_address: Addr,
    /// Feature profile type, status and a reserved octet, for each block: see [`BlockStatus::entry`].
    pub statuses: &'a [[u8; 4]],
}

impl<'a> Reply<'a> {
    /// The statuses: feature profile type and what became of its block.
    pub fn statuses(&self) -> impl ExactSizeIterator<Item = (u16, BlockStatus)> + Clone + use<'a> {
        self.statuses.iter().map(|&[f0, f1, status, _]| (u16::from_be_bytes([f0, f1]), BlockStatus(status)))
    }
}

/// A message that this crate does not read, as it came. Made by parsing and by [`Message::other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawMessage<'a> {
    kind: u8,
    flags: u8,
    data: &'a [u8],
}

impl<'a> RawMessage<'a> {
    /// Type, 0 to 31.
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

    /// A message of another type; `data` is what follows the head. `None` for a type above 31, and for the types that
    /// have a variant of their own, unless the flag V (0x80) says that they hold IPv4 addresses.
    #[must_use]
    pub const fn other(kind: u8, flags: u8, data: &'a [u8]) -> Option<Self> {
        if kind > MAX_KIND || is_read(kind, flags) {
            return None;
        }
        Some(Self::Unknown(RawMessage { kind, flags, data }))
    }

    /// Type, 0 to 31.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Request(_) => REQUEST,
            Self::Data(_) => DATA,
            Self::Reply(_) => REPLY,
            Self::Unknown(raw) => raw.kind,
        }
    }

    const fn flags(&self) -> u8 {
        match self {
            Self::Data(Data { acknowledge: true, .. }) | Self::Reply(Reply { success: true, .. }) => {
                FLAG_A_OR_S
            }
            Self::Request(_) | Self::Data(_) | Self::Reply(_) => 0,
            Self::Unknown(raw) => raw.flags,
        }
    }

    fn write_data(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        match self {
            Self::Request(request) => {
                out.put(&request.previous_address.0);
                out.put(&request.sequence.to_be_bytes());
                out.put(&request.token.to_be_bytes());
                request.blocks.write(out)
            }
            Self::Data(data) => {
                out.put(&data.elapsed_ms.to_be_bytes());
                out.put(&data.previous_address.0);
                data.blocks.write(out)
            }
            Self::Reply(reply) => {
                out.put(&reply.previous_address.0);
                out.bytes(reply.statuses.as_flattened());
                Ok(())
            }
            Self::Unknown(raw) => {
                out.bytes(raw.data);
                Ok(())
            }
        }
    }
}

impl Encode for Message<'_> {
    fn write(&self, out: &mut impl Out, _: u16) -> Result<(), EncodeError> {
        let mut end = Count(HEAD);
        self.write_data(&mut end)?;
        let len = u16::try_from(end.written())
            .map_err(|_| EncodeError::TooLong { field: Field::Length, max: Self::MAX_LEN })?;
        out.put(&[VERSION << 5 | self.kind(), self.flags()]);
        out.put(&len.to_be_bytes());
        self.write_data(out)
    }
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

const DATA: u8 = 3;
const REPLY: u8 = 5;
const REQUEST: u8 = 7;
const MAX_KIND: u8 = 31;

/// RFC 4067 2.2 says in words that the version is in the low bits; every figure has it in the high ones (trap 48).
const VERSION: u8 = 1;

/// V: addresses are IPv4.
const FLAG_V: u8 = 0x80;
/// A of a CTD, S of a CTDR.
const FLAG_A_OR_S: u8 = 0x40;

/// Octets of version, type, flags and Length.
const HEAD: usize = 4;

/// Whether a message of this type and these flags has a variant of its own.
const fn is_read(kind: u8, flags: u8) -> bool {
    matches!(kind, DATA | REPLY | REQUEST) && flags & FLAG_V == 0
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
    let &Head { kind, flags, data } = head;
    let a_or_s = flags & FLAG_A_OR_S != 0;
    match kind {
        REQUEST if is_read(kind, flags) => request(data, dialect),
        DATA if is_read(kind, flags) => context(data, a_or_s, dialect),
        REPLY if is_read(kind, flags) => reply(data, a_or_s),
        _ => Ok((&[], Message::Unknown(RawMessage { kind, flags, data }))),
    }
}

fn request<'a>(data: &'a [u8], dialect: &Dialect) -> Read<'a, Message<'a>> {
    let (rest, previous_address) = address(data)?;
    let (rest, sequence) = chunk(Layer::Cxtp, Field::Header, rest)?;
    let (rest, token) = chunk(Layer::Cxtp, Field::Key, rest)?;
    let (rest, blocks) = block::list(rest, dialect)?;
    let request = Request {
        previous_address,
        sequence: u32::from_be_bytes(*sequence),
        token: u32::from_be_bytes(*token),
        blocks,
    };
    Ok((rest, Message::Request(request)))
}

fn context<'a>(data: &'a [u8], acknowledge: bool, dialect: &Dialect) -> Read<'a, Message<'a>> {
    let (rest, elapsed) = chunk(Layer::Cxtp, Field::Header, data)?;
    let (rest, previous_address) = address(rest)?;
    let (rest, blocks) = block::list(rest, dialect)?;
    let elapsed_ms = u32::from_be_bytes(*elapsed);
    Ok((rest, Message::Data(Data { acknowledge, elapsed_ms, previous_address, blocks })))
}

fn reply(data: &[u8], success: bool) -> Read<'_, Message<'_>> {
    let (rest, previous_address) = address(data)?;
    let (statuses, ragged) = rest.as_chunks();
    if !ragged.is_empty() {
        return Err(short(Layer::Cxtp, Field::Statuses, ragged, 4));
    }
    Ok((&[], Message::Reply(Reply { success, previous_address, statuses })))
}

fn address(data: &[u8]) -> Read<'_, Addr> {
    let (rest, address) = chunk(Layer::Cxtp, Field::Address, data)?;
    Ok((rest, Addr(*address)))
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    const DIALECT: Dialect = Dialect::DEFAULT;

    fn parse(octets: &[u8]) -> Result<Message<'_>, DecodeError> {
        Message::parse(octets, &DIALECT)
    }

    fn reply(len: u16, tail: &[u8]) -> Vec<u8> {
        [&[0x25, 0x40], &len.to_be_bytes()[..], &[9; 16], tail].concat()
    }

    #[test]
    fn t48_the_version_stands_in_the_high_bits() {
        let mut octets = reply(20, &[]);
        assert!(matches!(parse(&octets), Ok(Message::Reply(Reply { success: true, .. }))));
        for (first, version) in [(0x45, 2), (DATA << 3 | VERSION, 0)] {
            octets[0] = first;
            let error = parse(&octets).unwrap_err();
            assert_eq!((error.field, error.offset), (Field::Version, 0));
            assert_eq!((error.needed, error.have), (1, version));
        }
    }

    #[test]
    fn t48_v_means_ipv4_and_such_a_message_is_kept_unread() {
        let octets = [0x25, 0xc0, 0, 8, 192, 0, 2, 1];
        let message = parse(&octets).unwrap();
        assert_eq!(Message::other(5, 0xc0, &[192, 0, 2, 1]), Some(message));
        let mut written = [0; 8];
        assert_eq!(message.encode(&mut written), Ok(8));
        assert_eq!(written, octets);
    }

    #[test]
    fn a_message_is_as_long_as_it_says() {
        let octets = reply(24, &[0x80, 1, 0, 0, 0xff]);
        let Ok(Message::Reply(reply)) = parse(&octets) else { panic!() };
        assert!(reply.statuses().eq([(0x8001, BlockStatus::SUCCESS)]));
        for have in 0..24 {
            let error = parse(&octets[..have]).unwrap_err();
            let (field, offset) = if have < 4 { (Field::Header, 0) } else { (Field::Length, 4) };
            assert_eq!((error.field, error.offset), (field, offset));
        }
        for len in 0..4 {
            let error = parse(&[0x26, 0, 0, len]).unwrap_err();
            assert_eq!((error.field, error.offset, error.have), (Field::Length, 0, len.into()));
        }
    }

    #[test]
    fn fixed_parts_that_do_not_fit_say_where() {
        for (kind, fields) in [
            (REQUEST, &[(4, Field::Address), (20, Field::Header), (24, Field::Key)][..]),
            (DATA, &[(4, Field::Header), (8, Field::Address)]),
            (REPLY, &[(4, Field::Address)]),
        ] {
            for &(offset, field) in fields {
                let mut octets = std::vec![0; usize::from(offset) + 3];
                octets[0] = 0x20 | kind;
                octets[3] = u8::try_from(octets.len()).unwrap();
                let error = parse(&octets).unwrap_err();
                assert_eq!((error.layer, error.field, error.offset), (Layer::Cxtp, field, offset));
                assert_eq!(error.have, 3);
            }
        }
    }

    #[test]
    fn half_a_status_is_an_error() {
        let error = parse(&reply(26, &[0x80, 1, 0, 0, 0x80, 2])).unwrap_err();
        assert_eq!((error.field, error.offset, error.have), (Field::Statuses, 24, 2));
    }

    #[test]
    fn a_block_that_overruns_the_message_is_an_error() {
        let octets = |tail: &[u8]| {
            let mut octets = std::vec![0x27, 0, 0, 0];
            octets.extend([0; 24]);
            octets.extend(tail);
            octets[3] = u8::try_from(octets.len()).unwrap();
            octets
        };
        let error = parse(&octets(&[0x80, 1, 0, 0, 0x80, 2, 2, 0])).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::BlockData, 36, 12, 0));
        let error = parse(&octets(&[0x80, 1])).unwrap_err();
        assert_eq!((error.field, error.offset), (Field::BlockLength, 28));
        assert!(parse(&octets(&[0x80, 1, 0, 0])).is_ok());
    }

    #[test]
    fn flags_that_are_not_known_are_dropped_from_known_messages() {
        let mut octets = reply(20, &[]);
        octets[1] = 0x7f;
        assert_eq!(parse(&octets), parse(&reply(20, &[])));
    }

    #[test]
    fn a_known_type_cannot_pose_as_unknown() {
        for kind in [DATA, REPLY, REQUEST] {
            assert_eq!(Message::other(kind, 0x40, &[]), None);
        }
        assert_eq!(Message::other(32, 0, &[]), None);
        let other = Message::other(31, 0xff, &[1]).unwrap();
        assert_eq!(other.kind(), 31);
    }

    #[test]
    fn what_length_cannot_say_is_refused() {
        let data = std::vec![0; 65_532];
        let encode = |data| Message::other(6, 0, data).unwrap().put(&mut Vec::new());
        assert_eq!(encode(&data[1..]), Ok(65_535));
        let too_long = EncodeError::TooLong { field: Field::Length, max: 65_535 };
        assert_eq!(encode(&data), Err(too_long));
    }

    #[test]
    fn a_status_shows_its_name_or_its_number() {
        let shown = std::format!("{:?} {:?}", BlockStatus::NO_STATE, BlockStatus(0x42));
        assert_eq!(shown, "NO_STATE 66");
    }
}
