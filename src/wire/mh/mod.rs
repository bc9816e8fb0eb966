//! The Mobility Header (RFC 6275 6.1): every message of types 0 to 23, Binding Update and Acknowledgement read as proxy
//! registrations (RFC 5213 8), PBU-M (draft asaeda 7.4) and PBU-Q (draft liu 8) as well.
//!
//! Each message is a struct and a variant of [`Message`]. [`receive()`] takes one off a packet by the rules for whoever
//! receives it.
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
mod binding_error;
mod binding_refresh;
mod binding_update;
mod experimental;
mod fast;
mod fixed;
mod flow_binding;
mod ha_switch;
mod handover;
mod heartbeat;
mod localized_routing;
mod message;
pub mod option;
mod receive;
mod return_routability;
mod revocation;
mod status;
mod subscription;
mod update_notification;

pub use binding_ack::{AckFlags, BindingAck};
pub use binding_error::{BindingError, ErrorStatus};
pub use binding_refresh::BindingRefreshRequest;
pub use binding_update::{BindingUpdate, Meaning, UpdateFlags};
pub use experimental::Experimental;
pub use fast::{
    FastAckFlags, FastBindingAck, FastBindingUpdate, FastNeighborAdvertisement, FastStatus, FastUpdateFlags,
};
pub use flow_binding::{
    FlowBindingAck, FlowBindingFlags, FlowBindingIndication, FlowBindingStatus, FlowBindingTrigger,
};
pub use ha_switch::HomeAgentSwitch;
pub use handover::{
    HandoverAck, HandoverAckCode, HandoverAckFlags, HandoverInitiate, HandoverInitiateCode,
    HandoverInitiateFlags,
};
pub use heartbeat::{Heartbeat, HeartbeatFlags};
pub use localized_routing::{
    LocalizedRoutingAck, LocalizedRoutingFlags, LocalizedRoutingInitiation, LocalizedRoutingStatus,
};
pub use message::{Message, RawMessage};
pub use option::MobilityOption;
pub(super) use receive::read;
pub use receive::{Origin, Refused, Why, judge, receive};
pub use return_routability::{CareOfTest, CareOfTestInit, HomeTest, HomeTestInit};
pub use revocation::{
    BindingRevocationAck, BindingRevocationIndication, RevocationFlags, RevocationStatus, RevocationTrigger,
};
pub use status::Status;
pub use subscription::{SubscriptionFlags, SubscriptionQuery, SubscriptionResponse};
pub use update_notification::{
    NotificationFlags, NotificationReason, NotificationStatus, UpdateNotification, UpdateNotificationAck,
};

use core::time::Duration;

use super::error::DecodeError;
use super::{Dialect, Format};

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

#[cfg(test)]
mod tests;
