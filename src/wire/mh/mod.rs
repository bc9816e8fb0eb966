//! The Mobility Header (RFC 6275 6.1): Binding Update and Acknowledgement, read as proxy registrations (RFC 5213 8),
//! PBU-M (draft asaeda 7.4) and PBU-Q (draft liu 8).
//!
//! ```
//! use multimob::wire::mh::option::{HandoffIndicator, MnIdentifier};
//! use multimob::wire::mh::{BindingUpdate, Meaning, Message};
//! use multimob::wire::{Dialect, Encode, List, Pseudo};
//!
//! let dialect = Dialect::default();
//! let options = [
//!     MnIdentifier { subtype: 1, id: b"mn1@example.net" }.into(),
//!     HandoffIndicator::NEW_INTERFACE.into(),
//! ];
//! let message = Message::BindingUpdate(BindingUpdate {
//!     sequence: 7,
//!     flags: BindingUpdate::flags_for(Meaning::Proxy, &dialect),
//!     lifetime: 300,
//!     options: List::new(&options, &dialect),
//! });
//! let pseudo = Pseudo::mobility("2001:db8:a::1".parse()?, "2001:db8:b::1".parse()?);
//! let mut buf = [0; 64];
//! let len = message.encode_for(&pseudo, &mut buf)?;
//!
//! let octets = &buf[..len];
//! assert!(pseudo.verify(octets));
//! let Message::BindingUpdate(update) = Message::parse(octets, &dialect)? else { unreachable!() };
//! assert_eq!(update.lifetime_secs(), 1_200);
//! assert_eq!(update.options.mn_identifier(), Some((1, &b"mn1@example.net"[..])));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod binding_ack;
mod binding_update;
pub mod option;
mod status;

pub use binding_ack::{AckFlags, BindingAck};
pub use binding_update::{BindingUpdate, Meaning, UpdateFlags};
pub use option::MobilityOption;
pub use status::Status;

use core::time::Duration;

use super::error::{DecodeError, EncodeError, Field, Layer, Reaction};
use super::out::{Count, Encode, Out};
use super::read::{Fail, Read, chunk, lift, octets, wrong};
use super::{Dialect, Format};

/// Any Mobility Header message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Binding Update (5), proxy or not.
    BindingUpdate(BindingUpdate<'a>),
    /// Binding Acknowledgement (6), proxy or not.
    BindingAck(BindingAck<'a>),
    /// Any other type, as it came.
    Unknown(RawMessage<'a>),
}

/// A message of a type that this crate does not read, as it came. Made by parsing and by [`Message::other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawMessage<'a> {
    kind: u8,
    data: &'a [u8],
}

impl<'a> RawMessage<'a> {
    /// MH Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }

    /// What follows the checksum.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }
}

impl<'a> Message<'a> {
    /// The most octets that Header Len can tell.
    pub const MAX_LEN: usize = 2_048;

    /// Reads one message, from Payload Proto on. The checksum is not looked at: ask [`super::Pseudo::verify`]. Octets
    /// beyond Header Len are ignored.
    ///
    /// # Errors
    /// What does not fit, and where, in the order of RFC 6275 9.2: Payload Proto that is not 59, a Header Len below the
    /// minimum of the type, fewer octets than Header Len tells, an option that overruns the message. What to do about
    /// it: [`DecodeError::reaction`].
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        let (message, kind) = whole(octets).map_err(|error| lift(error, octets.len()))?;
        let parsed = body(kind, message, dialect).map_err(|error| lift(error, message.len()));
        parsed.map(|(_, message)| message)
    }

    /// A message of another type; `data` is what follows the checksum and fills the message up to a multiple of 8
    /// octets. `None` for the types that have a variant of their own.
    #[must_use]
    pub const fn other(kind: u8, data: &'a [u8]) -> Option<Self> {
        match kind {
            BindingUpdate::KIND | BindingAck::KIND => None,
            _ => Some(Self::Unknown(RawMessage { kind, data })),
        }
    }

    /// MH Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Self::BindingUpdate(_) => BindingUpdate::KIND,
            Self::BindingAck(_) => BindingAck::KIND,
            Self::Unknown(raw) => raw.kind,
        }
    }

    /// What a node that serves Binding Updates and Acknowledgements alone does about the message: nothing special, or
    /// silence for the other types of RFC 6275 itself (0 to 4 and 7), or a Binding Error for a type that it does not
    /// recognise (RFC 6275 9.2).
    #[must_use]
    pub const fn reaction(&self) -> Option<Reaction> {
        match self.kind() {
            BindingUpdate::KIND | BindingAck::KIND => None,
            0..=4 | 7 => Some(Reaction::Drop),
            _ => Some(Reaction::BindingError { status: 2 }),
        }
    }

    fn write_data(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        match self {
            Self::BindingUpdate(update) => update.write(out),
            Self::BindingAck(ack) => ack.write(out),
            Self::Unknown(raw) => {
                out.bytes(raw.data);
                Ok(())
            }
        }
    }
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(4);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let mut end = Count(HEAD);
        self.write_data(&mut end)?;
        let words = header_len(end.written())?;
        out.put(&[NO_NEXT_HEADER, words, self.kind(), 0]);
        out.put(&checksum.to_be_bytes());
        self.write_data(out)
    }
}

/// The lifetime field for `lifetime`: whole units of 4 seconds, rounded down, but at least one where something is left,
/// because 0 deregisters; 65,535 units (72 hours) at most.
///
/// ```
/// use core::time::Duration;
/// use multimob::wire::mh::lifetime_units;
///
/// assert_eq!([0, 1, 3_600, 1_000_000].map(|s| lifetime_units(Duration::from_secs(s))), [0, 1, 900, 65_535]);
/// ```
#[must_use]
pub fn lifetime_units(lifetime: Duration) -> u16 {
    let units = lifetime.as_secs() / 4;
    let least = u16::from(!lifetime.is_zero());
    u16::try_from(units).unwrap_or(u16::MAX).max(least)
}

/// The Mobility Header as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mh {}

impl Format for Mh {
    type View<'a> = Message<'a>;

    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// A Mobility Header message that owns its octets.
#[cfg(feature = "alloc")]
pub type Owned = super::Owned<Mh>;

/// Seconds in a lifetime field, [`lifetime_units`] the other way round.
const fn lifetime_secs(units: u16) -> u32 {
    (units as u32).saturating_mul(4)
}

/// Octets up to the end of the checksum.
const HEAD: usize = 6;

/// Where the options of a Binding Update or Acknowledgement start.
const OPTIONS_AT: usize = 12;

/// Payload Proto of every message but a Fast Neighbor Advertisement (RFC 6275 6.1.1).
const NO_NEXT_HEADER: u8 = 59;

/// The octets that Header Len tells, and MH Type, checked in the order of RFC 6275 9.2.
fn whole(datagram: &[u8]) -> Result<(&[u8], u8), nom::Err<Fail>> {
    let (_, head) = chunk::<HEAD>(Layer::MobilityHeader, Field::Header, datagram)?;
    let &[proto, words, kind, ..] = head;
    if let BindingUpdate::KIND | BindingAck::KIND = kind {
        if proto != NO_NEXT_HEADER {
            let (needed, have) = (NO_NEXT_HEADER.into(), proto.into());
            return Err(wrong(Layer::MobilityHeader, Field::PayloadProto, datagram, needed, have));
        }
        if words == 0 {
            let at = datagram.get(1..).unwrap_or_default();
            return Err(wrong(Layer::MobilityHeader, Field::HeaderLength, at, 1, 0));
        }
    }
    let len = usize::from(words).saturating_add(1).saturating_mul(8);
    let (_, message) = octets(Layer::MobilityHeader, Field::Length, len, datagram)?;
    Ok((message, kind))
}

fn body<'a>(kind: u8, message: &'a [u8], dialect: &Dialect) -> Read<'a, Message<'a>> {
    let (data, _) = chunk::<HEAD>(Layer::MobilityHeader, Field::Header, message)?;
    match kind {
        BindingUpdate::KIND => {
            BindingUpdate::read(data, dialect).map(|(rest, update)| (rest, Message::BindingUpdate(update)))
        }
        BindingAck::KIND => {
            BindingAck::read(data, dialect).map(|(rest, ack)| (rest, Message::BindingAck(ack)))
        }
        _ => Ok((&[], Message::Unknown(RawMessage { kind, data }))),
    }
}

/// Header Len of a message of `len` octets.
fn header_len(len: usize) -> Result<u8, EncodeError> {
    if !len.is_multiple_of(8) {
        return Err(EncodeError::Unaligned { field: Field::Length, unit: 8 });
    }
    let words = (len / 8).checked_sub(1).and_then(|words| u8::try_from(words).ok());
    words.ok_or(EncodeError::TooLong { field: Field::Length, max: Message::MAX_LEN })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::List;

    /// A Binding Update of 16 octets: nothing but padding behind the fixed part.
    const UPDATE: [u8; 16] = [59, 1, 5, 0, 0, 0, 0, 7, 0x82, 0, 1, 44, 1, 2, 0, 0];

    fn parse(octets: &[u8]) -> Result<Message<'_>, DecodeError> {
        Message::parse(octets, &Dialect::DEFAULT)
    }

    fn with(at: usize, octet: u8) -> [u8; 16] {
        let mut octets = UPDATE;
        octets[at] = octet;
        octets
    }

    #[test]
    fn a_message_without_options_ends_in_four_octets_of_padding() {
        let update = BindingUpdate {
            sequence: 7,
            flags: UpdateFlags::ACKNOWLEDGE | UpdateFlags::PROXY,
            lifetime: 300,
            options: List::default(),
        };
        let message = Message::BindingUpdate(update);
        let mut octets = [0xff; 16];
        assert_eq!(message.encode(&mut octets), Ok(16));
        assert_eq!(octets, UPDATE);
        assert_eq!(parse(&octets), Ok(message));
        assert_eq!(update.lifetime_secs(), 1_200);
    }

    #[test]
    fn payload_proto_is_checked_before_header_len() {
        let mut octets = with(0, 6);
        octets[1] = 0;
        let error = parse(&octets).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::PayloadProto, 0, 59, 6));
        assert_eq!(error.reaction(), Reaction::ParameterProblem { pointer: 0 });
    }

    #[test]
    fn header_len_below_the_minimum_is_a_parameter_problem_at_that_octet() {
        for kind in [BindingUpdate::KIND, BindingAck::KIND] {
            let error = parse(&[59, 0, kind, 0, 0, 0, 0, 0]).unwrap_err();
            assert_eq!((error.field, error.offset, error.needed, error.have), (Field::HeaderLength, 1, 1, 0));
            assert_eq!(error.reaction(), Reaction::ParameterProblem { pointer: 1 });
        }
    }

    #[test]
    fn fewer_octets_than_header_len_tells_are_dropped() {
        for octets in [&UPDATE[..15], &UPDATE[..6], &with(1, 2)] {
            let error = parse(octets).unwrap_err();
            assert_eq!((error.field, usize::from(error.have)), (Field::Length, octets.len()));
            assert_eq!(error.reaction(), Reaction::Drop);
        }
        assert_eq!(parse(&UPDATE[..5]).unwrap_err().field, Field::Header);
        assert_eq!(parse(&[]).unwrap_err().reaction(), Reaction::Drop);
    }

    #[test]
    fn octets_beyond_header_len_are_ignored() {
        let mut octets = [0xff; 20];
        octets[..16].copy_from_slice(&UPDATE);
        assert_eq!(parse(&octets), parse(&UPDATE));
    }

    #[test]
    fn reserved_bits_are_ignored() {
        assert_eq!(parse(&with(3, 0xff)), parse(&UPDATE));
    }

    #[test]
    fn an_option_that_overruns_the_message_drops_it() {
        for tail in [[8, 3, 1, b'm'], [1, 3, 0, 0], [0, 0, 0, 200]] {
            let mut octets = UPDATE;
            octets[12..].copy_from_slice(&tail);
            let error = parse(&octets).unwrap_err();
            assert_eq!(error.layer, Layer::MobilityHeader);
            assert_eq!(error.reaction(), Reaction::Drop);
            assert_eq!(error.offset, if tail[0] == 0 { 15 } else { 14 });
        }
    }

    #[test]
    fn an_unknown_type_is_kept_whatever_its_payload_proto() {
        let octets = [41, 0, 10, 0, 0, 0, 0xaa, 0xbb];
        let message = parse(&octets).unwrap();
        assert_eq!(message, Message::other(10, &[0xaa, 0xbb]).unwrap());
        assert_eq!(message.kind(), 10);
    }

    #[test]
    fn an_unrecognised_type_is_answered_and_the_rest_of_rfc_6275_is_not() {
        let reaction = |kind| Message::other(kind, &[0, 0]).unwrap().reaction();
        for kind in [0, 1, 2, 3, 4, 7] {
            assert_eq!(reaction(kind), Some(Reaction::Drop));
        }
        for kind in [8, 13, 22, 255] {
            assert_eq!(reaction(kind), Some(Reaction::BindingError { status: 2 }));
        }
        assert_eq!(parse(&UPDATE).unwrap().reaction(), None);
    }

    #[test]
    fn a_known_type_cannot_pose_as_unknown() {
        assert_eq!(Message::other(BindingUpdate::KIND, &[0; 10]), None);
        assert_eq!(Message::other(BindingAck::KIND, &[0; 10]), None);
    }

    #[test]
    fn what_header_len_cannot_say_is_refused() {
        let encode = |data: &[u8]| Message::other(9, data).unwrap().put(&mut std::vec::Vec::new());
        assert_eq!(encode(&[0; 2_042]), Ok(2_048));
        let too_long = EncodeError::TooLong { field: Field::Length, max: 2_048 };
        assert_eq!(encode(&[0; 2_050]), Err(too_long));
        for ragged in [0, 1, 3] {
            let unaligned = EncodeError::Unaligned { field: Field::Length, unit: 8 };
            assert_eq!(encode(&[0; 8][..ragged]), Err(unaligned));
        }
    }

    #[test]
    fn a_lifetime_that_is_left_is_never_a_deregistration() {
        for (millis, units) in [(0, 0), (1, 1), (4_000, 1), (7_999, 1), (8_000, 2), (u64::MAX, 65_535)] {
            assert_eq!(lifetime_units(Duration::from_millis(millis)), units);
        }
        assert_eq!(lifetime_secs(65_535), 262_140);
    }
}
