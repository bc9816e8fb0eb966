//! Any message: its type told apart, its header read and written.

#[cfg(feature = "alloc")]
use super::option;
use super::option::MobilityOption;
use super::{
    BindingAck, BindingError, BindingRefreshRequest, BindingRevocationAck, BindingRevocationIndication,
    BindingUpdate, CareOfTest, CareOfTestInit, Experimental, FastBindingAck, FastBindingUpdate,
    FastNeighborAdvertisement, FlowBindingAck, FlowBindingIndication, HEAD, HandoverAck, HandoverInitiate,
    Heartbeat, HomeAgentSwitch, HomeTest, HomeTestInit, LocalizedRoutingAck, LocalizedRoutingInitiation,
    OPTIONS_AT, SubscriptionQuery, SubscriptionResponse, UpdateNotification, UpdateNotificationAck,
};
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
#[cfg(feature = "alloc")]
use crate::wire::fields::Source;
use crate::wire::fields::Visit;
use crate::wire::ipv6::next_header;
#[cfg(feature = "alloc")]
use crate::wire::out::Buf;
use crate::wire::out::{Count, Encode, Out};
use crate::wire::read::{Fail, Read, chunk, lift, octets, wrong};
use crate::wire::{Dialect, List};

macro_rules! messages {
    (
        options: { $($(#[$doc:meta])* $name:ident,)* }
        octets: { $($(#[$opaque_doc:meta])* $opaque:ident,)* }
    ) => {
        /// Any Mobility Header message.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            $($(#[$doc])* $name($name<'a>),)*
            $($(#[$opaque_doc])* $opaque($opaque<'a>),)*
            /// Any other type, as it came; a Binding Revocation or Flow Binding message that is neither indication nor
            /// acknowledgement, too.
            Unknown(RawMessage<'a>),
        }

        impl<'a> Message<'a> {
            /// MH Type.
            #[must_use]
            pub const fn kind(&self) -> u8 {
                match self {
                    $(Self::$name(_) => $name::KIND,)*
                    $(Self::$opaque(_) => $opaque::KIND,)*
                    Self::Unknown(raw) => raw.kind,
                }
            }

            /// The name of the variant.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                    $(Self::$opaque(_) => stringify!($opaque),)*
                    Self::Unknown(_) => "Unknown",
                }
            }

            /// The options; `None` for the types that have none.
            #[must_use]
            pub const fn options(&self) -> Option<List<'a, MobilityOption<'a>>> {
                match self {
                    $(Self::$name(message) => Some(message.options),)*
                    $(Self::$opaque(_) => None,)*
                    Self::Unknown(_) => None,
                }
            }

            /// The same message with other options; unchanged where its type has none.
            #[must_use]
            pub const fn with_options(self, options: List<'a, MobilityOption<'a>>) -> Self {
                match self {
                    $(Self::$name(mut message) => {
                        message.options = options;
                        Self::$name(message)
                    })*
                    $(Self::$opaque(message) => Self::$opaque(message),)*
                    Self::Unknown(raw) => Self::Unknown(raw),
                }
            }

            /// The names of the types that this crate reads, as [`Self::name`] tells them.
            pub const NAMES: &'static [&'static str] =
                &[$(stringify!($name),)* $(stringify!($opaque),)*];

            /// The name of the type of these octets, whose end may be missing; `None` for an unknown type.
            #[must_use]
            pub fn name_of(octets: &[u8]) -> Option<&'static str> {
                let names = [$(($name::KIND, stringify!($name)),)* $(($opaque::KIND, stringify!($opaque)),)*];
                let (&[_, _, kind], rest) = octets.split_first_chunk()?;
                let data = rest.split_first_chunk::<3>().map_or(&[][..], |(_, data)| data);
                let second = match (kind, data) {
                    (BindingRevocationAck::KIND, [which, ..]) => *which == 2,
                    (FlowBindingAck::KIND, [_, which, ..]) => *which == 2,
                    _ => false,
                };
                let mut of_kind = names.into_iter().filter(|&(of, _)| of == kind).map(|(_, name)| name);
                of_kind.nth(usize::from(second))
            }

            /// Shows every field before the options, in the order of the octets; `false` for an unknown type.
            pub fn show(&self, visit: &mut Visit<'_>) -> bool {
                match self {
                    $(Self::$name(message) => message.show(visit),)*
                    $(Self::$opaque(message) => message.show(visit),)*
                    Self::Unknown(_) => return false,
                }
                true
            }

            /// The octets of a message of this name, one of [`Self::NAMES`], with the values of `from`, no options, and a
            /// checksum of zero; `None` where the name is not known. What [`Self::parse`] makes of them takes the
            /// options [`Self::with_options`].
            ///
            /// # Errors
            /// Those of `from`.
            #[cfg(feature = "alloc")]
            pub fn build<S: Source>(
                name: &str,
                from: &mut S,
            ) -> Result<Option<alloc::vec::Vec<u8>>, S::Error> {
                let mut octets = alloc::vec![NO_NEXT_HEADER, 0, 0, 0, 0, 0];
                let out = &mut Buf { buf: &mut octets, len: HEAD };
                let kind = match name {
                    $(stringify!($name) => {
                        $name::build(from, out)?;
                        option::pad(out, 8, 0);
                        $name::KIND
                    })*
                    $(stringify!($opaque) => {
                        $opaque::build(from, out)?;
                        $opaque::KIND
                    })*
                    _ => return Ok(None),
                };
                let words = header_len(octets.len()).map_err(|why| from.refuse("data", why))?;
                let encapsulates = kind == FastNeighborAdvertisement::KIND && from.bool("carries_packet")?;
                let proto = if encapsulates { next_header::IPV6 } else { NO_NEXT_HEADER };
                if let Some(head) = octets.first_chunk_mut() {
                    *head = [proto, words, kind];
                }
                Ok(Some(octets))
            }

            fn write_data(&self, out: &mut impl Out) -> Result<(), EncodeError> {
                match self {
                    $(Self::$name(message) => message.write(out),)*
                    $(Self::$opaque(message) => message.write(out),)*
                    Self::Unknown(raw) => {
                        out.bytes(raw.data);
                        Ok(())
                    }
                }
            }
        }

        $(impl<'a> From<$name<'a>> for Message<'a> {
            fn from(message: $name<'a>) -> Self {
                Self::$name(message)
            }
        })*

        $(impl<'a> From<$opaque<'a>> for Message<'a> {
            fn from(message: $opaque<'a>) -> Self {
                Self::$opaque(message)
            }
        })*
    };
}

messages! {
    options: {
        /// Binding Refresh Request (0).
        BindingRefreshRequest,
        /// Home Test Init (1).
        HomeTestInit,
        /// Care-of Test Init (2).
        CareOfTestInit,
        /// Home Test (3).
        HomeTest,
        /// Care-of Test (4).
        CareOfTest,
        /// Binding Update (5), proxy or not.
        BindingUpdate,
        /// Binding Acknowledgement (6), proxy or not.
        BindingAck,
        /// Binding Error (7).
        BindingError,
        /// Fast Binding Update (8).
        FastBindingUpdate,
        /// Fast Binding Acknowledgment (9).
        FastBindingAck,
        /// Fast Neighbor Advertisement (10).
        FastNeighborAdvertisement,
        /// Home Agent Switch (12).
        HomeAgentSwitch,
        /// Heartbeat (13).
        Heartbeat,
        /// Handover Initiate (14).
        HandoverInitiate,
        /// Handover Acknowledge (15).
        HandoverAck,
        /// Binding Revocation Indication (16, 1).
        BindingRevocationIndication,
        /// Binding Revocation Acknowledgement (16, 2).
        BindingRevocationAck,
        /// Localized Routing Initiation (17).
        LocalizedRoutingInitiation,
        /// Localized Routing Acknowledgment (18).
        LocalizedRoutingAck,
        /// Update Notification (19).
        UpdateNotification,
        /// Update Notification Acknowledgement (20).
        UpdateNotificationAck,
        /// Flow Binding Indication (21, 1).
        FlowBindingIndication,
        /// Flow Binding Acknowledgement (21, 2).
        FlowBindingAck,
        /// Subscription Query (22).
        SubscriptionQuery,
        /// Subscription Response (23).
        SubscriptionResponse,
    }
    octets: {
        /// Experimental (11).
        Experimental,
    }
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

    /// Reads one message, from Payload Proto on. The checksum is not looked at: ask [`Pseudo::verify`]. Octets
    /// beyond Header Len are ignored.
    ///
    /// # Errors
    /// What does not fit, and where, in the order of RFC 6275 9.2: Payload Proto that is not 59, a Header Len below the
    /// minimum of the type, fewer octets than Header Len tells, an option that overruns the message. What to do about
    /// it: [`DecodeError::reaction`].
    ///
    /// [`Pseudo::verify`]: crate::wire::Pseudo::verify
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        let message = whole(octets).map_err(|error| lift(error, octets.len()))?;
        let parsed = body(message, dialect).map_err(|error| lift(error, message.len()));
        parsed.map(|(_, message)| message)
    }

    /// A message of another type; `data` is what follows the checksum and fills the message up to a multiple of 8
    /// octets. `None` for what has a variant of its own.
    #[must_use]
    pub const fn other(kind: u8, data: &'a [u8]) -> Option<Self> {
        let is_unknown = match (kind, data) {
            (BindingRevocationIndication::KIND, [1 | 2, ..]) => false,
            (FlowBindingIndication::KIND, [0, 1 | 2, ..]) => false,
            (BindingRevocationIndication::KIND | FlowBindingIndication::KIND, data) => data.len() >= 10,
            (kind, _) => least_words(kind).is_none(),
        };
        if is_unknown { Some(Self::Unknown(RawMessage { kind, data })) } else { None }
    }

    /// Where the options start in these octets of a message, whose end may be missing; `None` where its type has no
    /// options, or is not known.
    #[must_use]
    pub const fn options_at(octets: &[u8]) -> Option<usize> {
        let &[_, _, kind, _, _, _, count, ..] = octets else { return None };
        Some(match kind {
            HomeTestInit::KIND | CareOfTestInit::KIND => HomeTestInit::OPTIONS_AT,
            HomeTest::KIND | CareOfTest::KIND => HomeTest::OPTIONS_AT,
            BindingError::KIND => BindingError::OPTIONS_AT,
            HandoverInitiate::KIND | HandoverAck::KIND => HandoverInitiate::OPTIONS_AT,
            HomeAgentSwitch::KIND => {
                HomeAgentSwitch::ADDRESSES_AT.saturating_add((count as usize).saturating_mul(16))
            }
            FastNeighborAdvertisement::KIND => FastNeighborAdvertisement::OPTIONS_AT,
            BindingRefreshRequest::KIND | SubscriptionQuery::KIND | SubscriptionResponse::KIND => {
                SubscriptionQuery::OPTIONS_AT
            }
            Experimental::KIND => return None,
            _ if least_words(kind).is_some() => OPTIONS_AT,
            _ => return None,
        })
    }
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(4);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let mut end = Count(HEAD);
        self.write_data(&mut end)?;
        let words = header_len(end.written())?;
        out.put(&[self.payload_proto(), words, self.kind(), 0]);
        out.put(&checksum.to_be_bytes());
        self.write_data(out)
    }
}

impl Message<'_> {
    const fn payload_proto(&self) -> u8 {
        match self {
            Self::FastNeighborAdvertisement(advertisement) if advertisement.carries_packet => {
                next_header::IPV6
            }
            _ => NO_NEXT_HEADER,
        }
    }
}

/// Payload Proto of every message but a Fast Neighbor Advertisement (RFC 6275 6.1.1).
const NO_NEXT_HEADER: u8 = 59;

/// The least Header Len of a type (digest 2.1): its fixed part, padding included. `None` for types that are not known.
pub(super) const fn least_words(kind: u8) -> Option<u8> {
    match kind {
        BindingRefreshRequest::KIND
        | FastNeighborAdvertisement::KIND
        | Experimental::KIND
        | HomeAgentSwitch::KIND
        | SubscriptionQuery::KIND
        | SubscriptionResponse::KIND => Some(0),
        HomeTestInit::KIND
        | CareOfTestInit::KIND
        | BindingUpdate::KIND
        | BindingAck::KIND
        | FastBindingUpdate::KIND
        | FastBindingAck::KIND
        | Heartbeat::KIND
        | HandoverInitiate::KIND
        | HandoverAck::KIND
        | BindingRevocationIndication::KIND
        | LocalizedRoutingInitiation::KIND
        | LocalizedRoutingAck::KIND
        | UpdateNotification::KIND
        | UpdateNotificationAck::KIND
        | FlowBindingIndication::KIND => Some(1),
        HomeTest::KIND | CareOfTest::KIND | BindingError::KIND => Some(2),
        _ => None,
    }
}

/// The octets that Header Len tells, checked in the order of RFC 6275 9.2.
fn whole(datagram: &[u8]) -> Result<&[u8], nom::Err<Fail>> {
    let (_, head) = chunk::<HEAD>(Layer::MobilityHeader, Field::Header, datagram)?;
    let &[proto, words, kind, ..] = head;
    if let Some(least) = least_words(kind) {
        let encapsulates = kind == FastNeighborAdvertisement::KIND && proto == next_header::IPV6;
        if proto != NO_NEXT_HEADER && !encapsulates {
            let (needed, have) = (NO_NEXT_HEADER.into(), proto.into());
            return Err(wrong(Layer::MobilityHeader, Field::PayloadProto, datagram, needed, have));
        }
        if words < least {
            let at = datagram.get(1..).unwrap_or_default();
            return Err(wrong(Layer::MobilityHeader, Field::HeaderLength, at, least.into(), words.into()));
        }
    }
    let len = usize::from(words).saturating_add(1).saturating_mul(8);
    let (_, message) = octets(Layer::MobilityHeader, Field::Length, len, datagram)?;
    Ok(message)
}

fn body<'a>(message: &'a [u8], dialect: &Dialect) -> Read<'a, Message<'a>> {
    let (data, &[proto, _, kind, ..]) = chunk::<HEAD>(Layer::MobilityHeader, Field::Header, message)?;
    macro_rules! read {
        ($name:ident) => {
            $name::read(data, dialect).map(|(rest, message)| (rest, Message::$name(message)))
        };
    }
    match (kind, data) {
        (BindingUpdate::KIND, _) => read!(BindingUpdate),
        (BindingAck::KIND, _) => read!(BindingAck),
        (BindingRefreshRequest::KIND, _) => read!(BindingRefreshRequest),
        (HomeTestInit::KIND, _) => read!(HomeTestInit),
        (CareOfTestInit::KIND, _) => read!(CareOfTestInit),
        (HomeTest::KIND, _) => read!(HomeTest),
        (CareOfTest::KIND, _) => read!(CareOfTest),
        (BindingError::KIND, _) => read!(BindingError),
        (FastBindingUpdate::KIND, _) => read!(FastBindingUpdate),
        (FastBindingAck::KIND, _) => read!(FastBindingAck),
        (FastNeighborAdvertisement::KIND, _) => {
            FastNeighborAdvertisement::read(proto == next_header::IPV6, data, dialect)
                .map(|(rest, message)| (rest, message.into()))
        }
        (Experimental::KIND, _) => Experimental::read(data).map(|(rest, message)| (rest, message.into())),
        (HomeAgentSwitch::KIND, _) => read!(HomeAgentSwitch),
        (Heartbeat::KIND, _) => read!(Heartbeat),
        (HandoverInitiate::KIND, _) => read!(HandoverInitiate),
        (HandoverAck::KIND, _) => read!(HandoverAck),
        (BindingRevocationIndication::KIND, [1, ..]) => read!(BindingRevocationIndication),
        (BindingRevocationAck::KIND, [2, ..]) => read!(BindingRevocationAck),
        (LocalizedRoutingInitiation::KIND, _) => read!(LocalizedRoutingInitiation),
        (LocalizedRoutingAck::KIND, _) => read!(LocalizedRoutingAck),
        (UpdateNotification::KIND, _) => read!(UpdateNotification),
        (UpdateNotificationAck::KIND, _) => read!(UpdateNotificationAck),
        (FlowBindingIndication::KIND, [0, 1, ..]) => read!(FlowBindingIndication),
        (FlowBindingAck::KIND, [0, 2, ..]) => read!(FlowBindingAck),
        (SubscriptionQuery::KIND, _) => read!(SubscriptionQuery),
        (SubscriptionResponse::KIND, _) => read!(SubscriptionResponse),
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
