//! IGMP.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::membership::{draw_query, draw_report};
use super::{Sample, Visit, owned};
use crate::samples::world;
use crate::wire::igmp::{Igmp, Leave, MaxResponseCode, Message, Owned, QueryV1, QueryV2, ReportV1, ReportV2};
use crate::wire::{Addr4, Dialect};

impl Sample for Igmp {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        match u.int_in_range(0..=11)? {
            0..=6 => draw_report(u, dialect, &mut |report| visit(Message::Report(report))),
            7..=9 => draw_query(u, &mut |query| visit(Message::Query(query))),
            _ => draw_older(u, visit),
        }
    }
}

/// Any message.
pub(in crate::samples) fn message(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Owned> {
    owned::<Igmp>(dialect, |visit| Igmp::draw(u, dialect, visit))
}

/// A version 3 Query of any kind, S flag and odd codes included.
pub(in crate::samples) fn query(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Owned> {
    owned::<Igmp>(dialect, |visit| draw_query(u, &mut |query| visit(Message::Query(query))))
}

/// A message of version 1 or 2.
pub(in crate::samples) fn older(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Owned> {
    owned::<Igmp>(dialect, |visit| draw_older(u, visit))
}

impl<'a> Arbitrary<'a> for MaxResponseCode {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.arbitrary().map(Self)
    }
}

fn draw_older(u: &mut Unstructured<'_>, visit: &mut Visit<'_, Igmp>) -> Result<()> {
    let group = Addr4::from(world::group4(u)?);
    visit(match u.int_in_range(0..=5)? {
        0 => Message::ReportV2(ReportV2 { group }),
        1 => Message::Leave(Leave { group }),
        2 => Message::ReportV1(ReportV1 { group }),
        3 => Message::QueryV1(QueryV1),
        4 => Message::QueryV2(QueryV2 { max_response_tenths: u.int_in_range(1..=u8::MAX)?, group }),
        _ => {
            let max_response_tenths = u.int_in_range(1..=u8::MAX)?;
            Message::QueryV2(QueryV2 { max_response_tenths, group: Addr4::UNSPECIFIED })
        }
    });
    Ok(())
}
