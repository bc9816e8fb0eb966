//! MLD.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::membership::{draw_query, draw_report};
use super::{Sample, Visit, owned};
use crate::samples::world;
use crate::wire::mld::{Done, MaxResponseCode, Message, Mld, Owned, QueryV1, ReportV1};
use crate::wire::{Addr, Dialect};

impl Sample for Mld {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        match u.int_in_range(0..=11)? {
            0..=7 => draw_report(u, dialect, &mut |report| visit(Message::Report(report))),
            8..=10 => draw_query(u, &mut |query| visit(Message::Query(query))),
            _ => draw_v1(u, visit),
        }
    }
}

impl<'a> Arbitrary<'a> for MaxResponseCode {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.arbitrary().map(Self)
    }
}

/// Any message.
pub(in crate::samples) fn message(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Owned> {
    owned::<Mld>(dialect, |visit| Mld::draw(u, dialect, visit))
}

/// A version 2 Query of any kind, S flag and odd codes included.
pub(in crate::samples) fn query(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Owned> {
    owned::<Mld>(dialect, |visit| draw_query(u, &mut |query| visit(Message::Query(query))))
}

/// A message of version 1.
pub(in crate::samples) fn older(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Owned> {
    owned::<Mld>(dialect, |visit| draw_v1(u, visit))
}

fn draw_v1(u: &mut Unstructured<'_>, visit: &mut Visit<'_, Mld>) -> Result<()> {
    let group = Addr::from(world::group(u)?);
    visit(match u.int_in_range(0..=3)? {
        0 => Message::ReportV1(ReportV1 { group }),
        1 => Message::Done(Done { group }),
        2 => Message::QueryV1(QueryV1 { max_response_ms: u.arbitrary()?, group }),
        _ => Message::QueryV1(QueryV1 { max_response_ms: u.arbitrary()?, group: Addr::UNSPECIFIED }),
    });
    Ok(())
}
