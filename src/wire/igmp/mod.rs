//! Internet Group Management Protocol: versions 1 (RFC 1112), 2 (RFC 2236) and 3 (RFC 3376).
//!
//! ```
//! use multimob::wire::igmp::{Message, Record, RecordType, Report};
//! use multimob::wire::{Addr4, Dialect, Encode, List, Pseudo};
//!
//! let group = Addr4([232, 1, 2, 3]);
//! let sources = [[192, 0, 2, 5]];
//! let records = [Record { kind: RecordType::ALLOW, group, sources: &sources, aux: &[] }];
//! let report = Report::new(List::new(&records, &Dialect::DEFAULT));
//!
//! // The checksum of IGMP covers no pseudo-header.
//! let octets = report.to_vec_for(&Pseudo::igmp())?;
//!
//! assert_eq!(Message::parse(&octets, &Dialect::DEFAULT)?, Message::Report(report));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod code;
mod family;
mod older;
mod receive;

pub use super::membership::{Extension, ExtensionType, Extensions, Fault, Qqic, RecordType};
pub use code::MaxResponseCode;
pub use older::{Leave, QueryV1, QueryV2, ReportV1, ReportV2};
pub use receive::{judge, receive};

use nom::Parser;

use super::error::{DecodeError, EncodeError, Layer};
use super::membership;
use super::out::{Encode, Out};
use super::read::{self, Read, lift};
use super::{Addr4, Dialect, Format};

/// Version 3 Query (RFC 3376 4.1).
pub type Query<'a> = membership::Query<'a, Addr4>;

/// Version 3 Report (RFC 3376 4.2).
pub type Report<'a> = membership::Report<'a, Addr4>;

/// The records of a Report, one by one: see [`Report::walk`](membership::Report::walk).
pub type Walk<'a> = membership::Walk<'a, Addr4>;

/// Group record (RFC 3376 4.2.4).
pub type Record<'a> = membership::Record<'a, Addr4>;

/// Types.
const QUERY: u8 = 0x11;
const REPORT_V1: u8 = 0x12;
const REPORT_V2: u8 = 0x16;
const LEAVE: u8 = 0x17;
const REPORT: u8 = 0x22;

/// Any IGMP message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Version 3 Query.
    Query(Query<'a>),
    /// Version 2 Query.
    QueryV2(QueryV2),
    /// Version 1 Query.
    QueryV1(QueryV1),
    /// Version 3 Report.
    Report(Report<'a>),
    /// Version 2 Report.
    ReportV2(ReportV2),
    /// Version 1 Report.
    ReportV1(ReportV1),
    /// Version 2 Leave Group.
    Leave(Leave),
}

impl<'a> Message<'a> {
    /// Reads one message, from its type on. The checksum is not looked at: ask [`super::Pseudo::verify`].
    ///
    /// # Errors
    /// What does not fit, and where; a type that is not read here, which is to be ignored (RFC 3376 4).
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        match message(octets, dialect) {
            Ok((_, message)) => Ok(message),
            Err(error) => Err(lift(error, octets.len())),
        }
    }

    /// Whether messages of this type are read here. Others of the protocol are those of multicast routing.
    #[must_use]
    pub const fn is_type(kind: u8) -> bool {
        matches!(kind, QUERY | REPORT_V1 | REPORT_V2 | LEAVE | REPORT)
    }
}

fn message<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, Message<'a>> {
    match read::of_type(Layer::Igmp, input, &[QUERY, REPORT_V1, REPORT_V2, LEAVE, REPORT])? {
        // Length and code tell the version (RFC 3376 7.1).
        QUERY if input.len() == older::LEN => {
            let either = |query: Result<_, _>| query.map_or_else(Message::QueryV1, Message::QueryV2);
            older::query.map(either).parse(input)
        }
        QUERY => membership::query.map(Message::Query).parse(input),
        REPORT_V1 => older::group.map(|group| Message::ReportV1(ReportV1 { group })).parse(input),
        REPORT_V2 => older::group.map(|group| Message::ReportV2(ReportV2 { group })).parse(input),
        LEAVE => older::group.map(|group| Message::Leave(Leave { group })).parse(input),
        _ => {
            let (rest, report) = membership::report(input, dialect)?;
            Ok((rest, Message::Report(report)))
        }
    }
}

impl<'a> From<Report<'a>> for Message<'a> {
    fn from(report: Report<'a>) -> Self {
        Self::Report(report)
    }
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        match self {
            Self::Query(query) => query.write(out, checksum),
            Self::QueryV2(query) => query.write(out, checksum),
            Self::QueryV1(query) => query.write(out, checksum),
            Self::Report(report) => report.write(out, checksum),
            Self::ReportV2(report) => report.write(out, checksum),
            Self::ReportV1(report) => report.write(out, checksum),
            Self::Leave(leave) => leave.write(out, checksum),
        }
    }
}

/// IGMP as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Igmp {}

impl Format for Igmp {
    type View<'a> = Message<'a>;
    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// An IGMP message that owns its octets.
#[cfg(feature = "alloc")]
pub type Owned = super::Owned<Igmp>;
