//! Protocol Independent Multicast, sparse mode, over IPv6 (RFC 7761 4.9), with the messages of the bootstrap router (RFC
//! 5059 4).
//!
//! ```
//! use multimob::wire::pim::{ALL_PIM_ROUTERS, EntryKind, Group, GroupSet, JoinPrune, Message, Source};
//! use multimob::wire::{Addr, Dialect, Encode, List, Pseudo};
//!
//! let addr = |text: &str| text.parse::<core::net::Ipv6Addr>().map(Addr::from);
//! let joined = [Source::new(EntryKind::Sg, addr("2001:db8:5::5")?)];
//! let groups = [GroupSet {
//!     group: Group::single(addr("ff3e::8000:1")?),
//!     joined: List::new(&joined, &Dialect::DEFAULT),
//!     pruned: List::default(),
//! }];
//! let groups = List::new(&groups, &Dialect::DEFAULT);
//! let join = Message::JoinPrune(JoinPrune { upstream: addr("fe80::2")?, holdtime: 210, groups });
//!
//! let octets = join.to_vec_for(&Pseudo::pim("fe80::1".parse()?, ALL_PIM_ROUTERS))?;
//!
//! let received = Message::parse(&octets, &Dialect::DEFAULT)?;
//! assert_eq!(received, join);
//! assert_eq!(received.judge(ALL_PIM_ROUTERS), Ok(()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod assert;
mod bootstrap;
mod code;
mod hello;
mod join_prune;
mod judge;
mod option;
mod register;
#[cfg(test)]
mod tests;

pub use address::{EntryKind, Group, Source, SourceFlags, Unicast};
pub use assert::Assert;
pub use bootstrap::{Bootstrap, CandidateRp, GroupRange, Rp};
pub use code::{MessageType, OptionType};
pub use hello::Hello;
pub use join_prune::{Entry, GroupSet, JoinPrune, JoinPruneAction};
pub use judge::Fault;
pub use option::{HelloOption, LanPruneDelay, MalformedOption, RawOption};
pub use register::{DummyPacket, Register, RegisterStop};

use core::net::Ipv6Addr;

use super::error::{DecodeError, EncodeError, Field, Layer};
use super::out::{Encode, Out};
use super::read::{Read, chunk, lift, wrong};
use super::{Dialect, Format, Pseudo};

/// All PIM routers of a link, `ff02::d`.
pub const ALL_PIM_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xd);

/// Any PIM message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Hello (0).
    Hello(Hello<'a>),
    /// Register or Null-Register (1).
    Register(Register<'a>),
    /// Register-Stop (2).
    RegisterStop(RegisterStop),
    /// Join/Prune (3).
    JoinPrune(JoinPrune<'a>),
    /// Bootstrap (4).
    Bootstrap(Bootstrap<'a>),
    /// Assert (5).
    Assert(Assert),
    /// Candidate-RP-Advertisement (8).
    CandidateRp(CandidateRp<'a>),
    /// Any other type, as it came.
    Unknown(RawMessage<'a>),
}

/// A message of a type that this crate does not read, as it came. Made by parsing and by [`Message::other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawMessage<'a> {
    kind: MessageType,
    flags: u8,
    data: &'a [u8],
}

impl<'a> RawMessage<'a> {
    /// Type, 0 to 15.
    #[must_use]
    pub const fn kind(&self) -> MessageType {
        self.kind
    }

    /// The octet between type and checksum.
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }

    /// What follows the checksum.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }
}

impl<'a> Message<'a> {
    /// Reads one message, from its version on. The checksum is not looked at: ask [`Message::check`]. Octets behind a
    /// message that tells its end are ignored.
    ///
    /// # Errors
    /// What does not fit, and where; a version that is not 2; an address that is not IPv6 in its native encoding, save
    /// those of IPv4 in the group sets of a Join/Prune (RFC 7761 4.9.5). Such a message is discarded (RFC 7761 4.9).
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        match message(octets, dialect) {
            Ok((_, message)) => Ok(message),
            Err(error) => Err(lift(error, octets.len())),
        }
    }

    /// Whether the checksum in `octets` is right. That of a Register covers its first 8 octets; one over the whole message
    /// is as good (RFC 7761 4.9.3).
    ///
    /// # Errors
    /// In [`Field::Checksum`], with the right one and the one found.
    pub fn check(octets: &[u8], pseudo: &Pseudo) -> Result<(), DecodeError> {
        let head = octets.get(..Register::CHECKSUM_COVERS).filter(|_| is_register(octets));
        match pseudo.check(Layer::Pim, CHECKSUM_AT, head.unwrap_or(octets)) {
            Err(_) if head.is_some() && pseudo.verify(octets) => Ok(()),
            checked => checked,
        }
    }

    /// A message of another type; `flags` is the octet between type and checksum, `data` what follows the checksum. `None`
    /// for a type above 15, and for the types that have a variant of their own.
    #[must_use]
    pub const fn other(kind: MessageType, flags: u8, data: &'a [u8]) -> Option<Self> {
        match kind {
            MessageType::HELLO
            | MessageType::REGISTER
            | MessageType::REGISTER_STOP
            | MessageType::JOIN_PRUNE
            | MessageType::BOOTSTRAP
            | MessageType::ASSERT
            | MessageType::CANDIDATE_RP_ADVERTISEMENT
            | MessageType(16..) => None,
            _ => Some(Self::Unknown(RawMessage { kind, flags, data })),
        }
    }

    /// Type.
    #[must_use]
    pub const fn kind(&self) -> MessageType {
        match self {
            Self::Hello(_) => MessageType::HELLO,
            Self::Register(_) => MessageType::REGISTER,
            Self::RegisterStop(_) => MessageType::REGISTER_STOP,
            Self::JoinPrune(_) => MessageType::JOIN_PRUNE,
            Self::Bootstrap(_) => MessageType::BOOTSTRAP,
            Self::Assert(_) => MessageType::ASSERT,
            Self::CandidateRp(_) => MessageType::CANDIDATE_RP_ADVERTISEMENT,
            Self::Unknown(raw) => raw.kind,
        }
    }

    const fn flags(&self) -> u8 {
        match self {
            Self::Bootstrap(Bootstrap { no_forward: true, .. }) => NO_FORWARD,
            Self::Unknown(raw) => raw.flags,
            _ => 0,
        }
    }
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(CHECKSUM_AT);

    fn checksum_covers(&self) -> usize {
        if let Self::Register(_) = self { Register::CHECKSUM_COVERS } else { usize::MAX }
    }

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let [sum_high, sum_low] = checksum.to_be_bytes();
        out.put(&[VERSION << 4 | self.kind().0, self.flags(), sum_high, sum_low]);
        match self {
            Self::Hello(hello) => hello.write(out),
            Self::Register(register) => {
                register.write(out);
                Ok(())
            }
            Self::RegisterStop(stop) => {
                stop.write(out);
                Ok(())
            }
            Self::JoinPrune(join_prune) => join_prune.write(out),
            Self::Bootstrap(bootstrap) => bootstrap.write(out),
            Self::Assert(assert) => assert.write(out),
            Self::CandidateRp(candidate) => candidate.write(out),
            Self::Unknown(raw) => {
                out.bytes(raw.data);
                Ok(())
            }
        }
    }
}

/// PIM as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pim {}

impl Format for Pim {
    type View<'a> = Message<'a>;

    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// A PIM message that owns its octets.
#[cfg(feature = "alloc")]
pub type Owned = super::Owned<Pim>;

const VERSION: u8 = 2;

/// Where the checksum stands.
const CHECKSUM_AT: usize = 2;

/// N of a Bootstrap, in the octet between type and checksum.
const NO_FORWARD: u8 = 0x80;

fn is_register(octets: &[u8]) -> bool {
    octets.first() == Some(&(VERSION << 4 | MessageType::REGISTER.0))
}

fn message<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, Message<'a>> {
    let (data, &[first, flags, _, _]) = chunk(Layer::Pim, Field::Header, input)?;
    let (version, kind) = (first >> 4, MessageType(first & 0x0f));
    if version != VERSION {
        return Err(wrong(Layer::Pim, Field::Version, input, VERSION.into(), version.into()));
    }
    match kind {
        MessageType::HELLO => {
            let (rest, hello) = Hello::read(data, dialect)?;
            Ok((rest, Message::Hello(hello)))
        }
        MessageType::REGISTER => {
            let (rest, register) = Register::read(data)?;
            Ok((rest, Message::Register(register)))
        }
        MessageType::REGISTER_STOP => {
            let (rest, stop) = RegisterStop::read(data)?;
            Ok((rest, Message::RegisterStop(stop)))
        }
        MessageType::JOIN_PRUNE => {
            let (rest, join_prune) = JoinPrune::read(data, dialect)?;
            Ok((rest, Message::JoinPrune(join_prune)))
        }
        MessageType::BOOTSTRAP => {
            let (rest, bootstrap) = Bootstrap::read(flags & NO_FORWARD != 0, data, dialect)?;
            Ok((rest, Message::Bootstrap(bootstrap)))
        }
        MessageType::ASSERT => {
            let (rest, assert) = Assert::read(data)?;
            Ok((rest, Message::Assert(assert)))
        }
        MessageType::CANDIDATE_RP_ADVERTISEMENT => {
            let (rest, candidate) = CandidateRp::read(data, dialect)?;
            Ok((rest, Message::CandidateRp(candidate)))
        }
        _ => Ok((&[], Message::Unknown(RawMessage { kind, flags, data }))),
    }
}
