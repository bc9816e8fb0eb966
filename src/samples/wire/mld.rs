//! MLD.

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use arbitrary::{Result, Unstructured};

use super::{Sample, Visit, owned};
use crate::samples::draw::{many, rarely};
use crate::samples::world;
use crate::wire::mld::{
    Done, MaxResponseCode, Message, Mld, Owned, Qqic, Query, QueryV1, Record, RecordType, Report, ReportV1,
};
use crate::wire::{Addr, Dialect, List};

impl Sample for Mld {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        match u.int_in_range(0..=11)? {
            0..=7 => draw_report(u, dialect, visit),
            8..=10 => draw_query(u, visit),
            _ => draw_v1(u, visit),
        }
    }
}

/// Any message.
pub(in crate::samples) fn message(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Owned> {
    owned::<Mld>(dialect, |visit| Mld::draw(u, dialect, visit))
}

/// A version 2 Query of any kind, S flag and odd codes included.
pub(in crate::samples) fn query(u: &mut Unstructured<'_>, dialect: &Dialect) -> Result<Owned> {
    owned::<Mld>(dialect, |visit| draw_query(u, visit))
}

/// What a record is built from.
pub(super) struct Parts {
    kind: RecordType,
    group: Addr,
    sources: Vec<[u8; 16]>,
    aux: Vec<[u8; 4]>,
}

impl Parts {
    pub(super) fn draw(u: &mut Unstructured<'_>) -> Result<Self> {
        let (kind, group, sources) = (world::record_type(u)?, world::group(u)?.into(), draw_sources(u)?);
        // Nobody sends auxiliary data (RFC 3810 5.2.11).
        let aux = if rarely(u, 12)? { many(u, 2, Unstructured::arbitrary)? } else { Vec::new() };
        Ok(Self { kind, group, sources, aux })
    }

    pub(super) fn record(&self) -> Record<'_> {
        let Self { kind, group, sources, aux } = self;
        Record { kind: *kind, group: *group, sources, aux }
    }
}

/// Sources as they stand in messages: up to four, rarely up to twelve.
pub(super) fn draw_sources(u: &mut Unstructured<'_>) -> Result<Vec<[u8; 16]>> {
    let most = if rarely(u, 12)? { 12 } else { 4 };
    many(u, most, |u| world::source(u).map(|source| source.octets()))
}

fn draw_report(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Mld>) -> Result<()> {
    let most = if rarely(u, 12)? { 12 } else { 3 };
    let parts = many(u, most, Parts::draw)?;
    let records: Vec<Record<'_>> = parts.iter().map(Parts::record).collect();
    visit(Message::Report(Report { records: List::new(&records, dialect) }));
    Ok(())
}

fn draw_query(u: &mut Unstructured<'_>, visit: &mut Visit<'_, Mld>) -> Result<()> {
    let group = if u.arbitrary()? { world::group(u)? } else { Ipv6Addr::UNSPECIFIED };
    let max_response = if rarely(u, 64)? { u.arbitrary()? } else { u.int_in_range(0..=20_000)? };
    let (suppress, robustness, interval) = (u.arbitrary()?, u.int_in_range(0..=7)?, u.arbitrary()?);
    let sources = draw_sources(u)?;
    visit(Message::Query(Query {
        max_response: MaxResponseCode(max_response),
        group: group.into(),
        suppress,
        robustness,
        interval: Qqic(interval),
        sources: &sources,
    }));
    Ok(())
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
