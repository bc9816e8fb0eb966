//! Fast Handovers between a mobile node and its routers (RFC 5568 6.2.2, 6.2.3; RFC 4068 6.3.3).
//!
//! [`FastBindingUpdate`] and [`FastBindingAck`] look like a Binding Update and its acknowledgement, but their lifetimes count
//! single seconds (T7), and no flag of another standard stands in them.

use super::MobilityOption;
use super::fixed::messages_of_fixed_fields;
use super::option;
use crate::wire::code::code;
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::fields::{Source, Value, Visit};
use crate::wire::flags::flags;
use crate::wire::read::{Read, chunk};
use crate::wire::{Dialect, List, Out};

flags! {
    /// Flags of a Fast Binding Update (RFC 5568 6.2.2); every bit is kept.
    FastUpdateFlags(u16) {
        /// A: an acknowledgement is wanted; always set.
        "A" ACKNOWLEDGE = 0x8000,
        /// H: home registration; always set.
        "H" HOME_REGISTRATION = 0x4000,
        /// L: link-local address compatibility (RFC 6275).
        "L" LINK_LOCAL = 0x2000,
        /// K: key management mobility capability (RFC 6275).
        "K" KEY_MANAGEMENT = 0x1000,
    }
}

flags! {
    /// Flags of a Fast Binding Acknowledgment (RFC 5568 6.2.3); every bit is kept.
    FastAckFlags(u8) {
        /// K: key management mobility capability (RFC 6275).
        "K" KEY_MANAGEMENT = 0x80,
    }
}

code! {
    /// Status of a Fast Binding Acknowledgment (RFC 5568 6.2.3), which is not that of a Binding Acknowledgement.
    FastStatus(u8) {
        /// Accepted.
        ACCEPTED = 0,
        /// Accepted; the new care-of address is invalid, and the one in an alternate care-of address option is to be used.
        ACCEPTED_USE_SUPPLIED_NCOA = 1,
        /// Reason unspecified.
        UNSPECIFIED = 128,
        /// Administratively prohibited.
        ADMINISTRATIVELY_PROHIBITED = 129,
        /// Insufficient resources.
        INSUFFICIENT_RESOURCES = 130,
        /// The interface identifier has a wrong length.
        INCORRECT_INTERFACE_IDENTIFIER_LENGTH = 131,
    }
}

impl FastStatus {
    /// Whether the update was accepted: values below 128 (RFC 5568 6.2.3).
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.0 < 128
    }
}

messages_of_fixed_fields! {
    /// Fast Binding Update (RFC 5568 6.2.2): a mobile node asks its previous access router to send its packets on.
    FastBindingUpdate = 8 {
        /// Sequence Number.
        sequence: u16,
        /// Flags.
        flags: FastUpdateFlags,
        /// Lifetime asked for, in seconds (T7).
        lifetime_s: u16,
    }

    /// Fast Binding Acknowledgment (RFC 5568 6.2.3).
    FastBindingAck = 9 {
        /// Status.
        status: FastStatus,
        /// Flags.
        flags: FastAckFlags,
        /// Sequence Number of the update.
        sequence: u16,
        /// Lifetime granted, in seconds (T7).
        lifetime_s: u16,
    }
}

/// Fast Neighbor Advertisement (RFC 4068 6.3.3; RFC 5568 did away with it): a mobile node tells its new access router that it
/// has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FastNeighborAdvertisement<'a> {
    /// Whether Payload Proto is 41: an IPv6 packet follows, the node's Fast Binding Update. It lies behind Header Len
    /// and the checksum, so that it is no part of the message.
    pub carries_packet: bool,
    /// The options; padding is not among them.
    pub options: List<'a, MobilityOption<'a>>,
}

impl<'a> FastNeighborAdvertisement<'a> {
    /// MH Type.
    pub const KIND: u8 = 10;

    /// Octets before the options, from Payload Proto on.
    pub(super) const OPTIONS_AT: usize = 8;

    /// Reads what follows the checksum.
    pub(super) fn read(carries_packet: bool, data: &'a [u8], dialect: &Dialect) -> Read<'a, Self> {
        let (area, _reserved) = chunk::<2>(Layer::MobilityHeader, Field::Header, data)?;
        let (rest, options) = option::list(area, dialect)?;
        Ok((rest, Self { carries_packet, options }))
    }

    /// Writes what follows the checksum, padding at the end included.
    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&[0; 2]);
        self.options.write(out)?;
        option::pad(out, 8, 0);
        Ok(())
    }

    /// Shows what Payload Proto says.
    pub(super) fn show(&self, visit: &mut Visit<'_>) {
        visit("carries_packet", Value::Bool(self.carries_packet));
    }

    /// Writes what follows the checksum, up to the options. What Payload Proto says is the header's.
    #[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a message keeps it"))]
    pub(super) fn build<S: Source>(_: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        out.put(&[0; 2]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::mh::Message;

    #[test]
    fn t7_fast_lifetimes_count_seconds() {
        let octets = [59, 1, 8, 0, 0, 0, 0, 7, 0xc0, 0, 0, 90, 1, 2, 0, 0];
        let Ok(Message::FastBindingUpdate(update)) = Message::parse(&octets, &Dialect::DEFAULT) else {
            panic!()
        };
        assert_eq!(update.lifetime_s, 90, "not 360, as in a Binding Update");
        assert_eq!(update.flags, FastUpdateFlags::ACKNOWLEDGE | FastUpdateFlags::HOME_REGISTRATION);

        let octets = [59, 1, 9, 0, 0, 0, 131, 0x80, 0, 7, 0, 90, 1, 2, 0, 0];
        let Ok(Message::FastBindingAck(ack)) = Message::parse(&octets, &Dialect::DEFAULT) else { panic!() };
        assert_eq!((ack.sequence, ack.lifetime_s, ack.flags), (7, 90, FastAckFlags::KEY_MANAGEMENT));
        // 131 is HOME_REGISTRATION_NOT_SUPPORTED in a Binding Acknowledgement.
        assert_eq!(ack.status, FastStatus::INCORRECT_INTERFACE_IDENTIFIER_LENGTH);
        assert!(!ack.status.is_accepted() && FastStatus(127).is_accepted());
    }
}
