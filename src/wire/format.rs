//! What the families of messages have in common.

use core::fmt;
use core::hash::Hash;

use super::dialect::Dialect;
use super::error::DecodeError;
use super::out::Encode;

/// A family of messages behind one next-header value or port: MLD, the Mobility Header, CXTP, ...
pub trait Format: Copy + Eq + Hash + fmt::Debug + 'static {
    /// The borrowed message.
    type View<'a>: Encode + Copy + fmt::Debug + PartialEq;

    /// Reads one message.
    ///
    /// # Errors
    /// What does not fit, and where.
    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Self::View<'a>, DecodeError>;
}
