//! The Mobility Header (RFC 6275 6.1): Binding Update and Acknowledgement, read as proxy registrations (RFC 5213 8),
//! PBU-M (draft asaeda 7.4) and PBU-Q (draft liu 8).

mod binding_ack;
mod binding_update;
pub mod option;
mod status;

pub use binding_ack::{AckFlags, BindingAck};
pub use binding_update::{BindingUpdate, Meaning, UpdateFlags};
pub use option::MobilityOption;
pub use status::Status;

use super::Dialect;
#[cfg(feature = "alloc")]
use super::Format;
use super::error::{DecodeError, EncodeError};
use super::out::{Encode, Out};

/// Any Mobility Header message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Binding Update (5), proxy or not.
    BindingUpdate(BindingUpdate<'a>),
    /// Binding Acknowledgement (6), proxy or not.
    BindingAck(BindingAck<'a>),
    /// Any other type, as it came.
    Unknown {
        /// MH Type.
        kind: u8,
        /// What follows the checksum.
        data: &'a [u8],
    },
}

impl<'a> Message<'a> {
    /// Reads one message, from Payload Proto on. The checksum is not looked at: ask [`super::Pseudo::verify`].
    ///
    /// # Errors
    /// What does not fit, and where.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        let _ = (octets, dialect);
        todo!()
    }
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(4);
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let _ = (out, checksum);
        todo!()
    }
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
pub type Owned = super::Owned<Mh>;
