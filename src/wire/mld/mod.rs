//! Multicast Listener Discovery: version 1 (RFC 2710) and version 2 (RFC 3810).
//!
//! ```
//! use multimob::wire::mld::{Message, Record, RecordType, Report};
//! use multimob::wire::{Addr, Dialect, Encode, List, Pseudo};
//!
//! let sources = ["2001:db8:5::5".parse::<core::net::Ipv6Addr>()?.octets()];
//! let group = Addr::from("ff3e::8000:1".parse::<core::net::Ipv6Addr>()?);
//! let records = [Record { kind: RecordType::ALLOW, group, sources: &sources, aux: &[] }];
//! let report = Report::new(List::new(&records, &Dialect::DEFAULT));
//!
//! let mut octets = Vec::new();
//! report.put_for(&Pseudo::mld("fe80::1".parse()?, "ff02::16".parse()?), &mut octets)?;
//!
//! assert_eq!(Message::parse(&octets, &Dialect::DEFAULT)?, Message::Report(report));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod code;
mod family;
mod receive;
mod v1;

pub use super::membership::{Extension, ExtensionType, Extensions, Fault, Qqic, RecordType};
pub use code::MaxResponseCode;
pub use receive::{judge, receive};
pub use v1::{Done, QueryV1, ReportV1};

use nom::Parser;

use super::error::{DecodeError, EncodeError, Layer};
use super::membership;
use super::out::{Encode, Out};
use super::read::{self, Read, lift};
use super::{Addr, Dialect, Format};

/// Version 2 Query (RFC 3810 5.1).
pub type Query<'a> = membership::Query<'a, Addr>;

/// Version 2 Report (RFC 3810 5.2).
pub type Report<'a> = membership::Report<'a, Addr>;

/// The records of a Report, one by one: see [`Report::walk`](membership::Report::walk).
pub type Walk<'a> = membership::Walk<'a, Addr>;

/// Multicast address record (RFC 3810 5.2.4).
pub type Record<'a> = membership::Record<'a, Addr>;

/// ICMPv6 types.
const QUERY: u8 = 130;
const REPORT_V1: u8 = 131;
const DONE: u8 = 132;
const REPORT: u8 = 143;

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
    /// What does not fit, and where; a type that is not MLD's.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        match message(octets, dialect) {
            Ok((_, message)) => Ok(message),
            Err(error) => Err(lift(error, octets.len())),
        }
    }

    /// Whether ICMPv6 messages of this type are MLD's.
    #[must_use]
    pub const fn is_type(icmpv6: u8) -> bool {
        matches!(icmpv6, QUERY | REPORT_V1 | DONE | REPORT)
    }
}

#[inline]
fn message<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, Message<'a>> {
    match read::of_type(Layer::Mld, input, &[QUERY, REPORT_V1, DONE, REPORT])? {
        // The length tells the version (RFC 3810 8.1).
        QUERY if input.len() == v1::LEN => v1::query.map(Message::QueryV1).parse(input),
        QUERY => membership::query.map(Message::Query).parse(input),
        REPORT_V1 => v1::group.map(|group| Message::ReportV1(ReportV1 { group })).parse(input),
        DONE => v1::group.map(|group| Message::Done(Done { group })).parse(input),
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
            Self::QueryV1(query) => query.write(out, checksum),
            Self::Report(report) => report.write(out, checksum),
            Self::ReportV1(report) => report.write(out, checksum),
            Self::Done(done) => done.write(out, checksum),
        }
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
#[cfg(feature = "alloc")]
pub type Owned = super::Owned<Mld>;
