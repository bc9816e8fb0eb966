//! Multicast Listener Discovery: version 1 (RFC 2710) and version 2 (RFC 3810).

mod query;
mod record;
mod report;

pub use query::{MaxResponseCode, Qqic, Query, QueryV1};
pub use record::{Fault, Record, RecordType};
pub use report::{Done, Report, ReportV1};

use super::Dialect;
#[cfg(feature = "alloc")]
use super::Format;
use super::error::{DecodeError, EncodeError};
use super::out::{Encode, Out};

/// Any MLD message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Version 2 Query.
    Query(Query<'a>),
    /// Version 1 Query.
    QueryV1(QueryV1),
    /// Version 2 Report.
    Report(Report<'a>),
    /// Version 1 Report.
    ReportV1(ReportV1),
    /// Version 1 Done.
    Done(Done),
}

impl<'a> Message<'a> {
    /// Reads one message, from its ICMPv6 type on. The checksum is not looked at: ask [`super::Pseudo::verify`].
    ///
    /// # Errors
    /// What does not fit, and where.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        let _ = (octets, dialect);
        todo!()
    }
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);
    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let _ = (out, checksum);
        todo!()
    }
}

/// MLD as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mld {}

impl Format for Mld {
    type View<'a> = Message<'a>;
    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// An MLD message that owns its octets.
pub type Owned = super::Owned<Mld>;
