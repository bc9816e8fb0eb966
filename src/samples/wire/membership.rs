//! What MLD and IGMP say alike.

use alloc::vec::Vec;

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::samples::draw::{many, octets, rarely};
use crate::samples::{Kin, world};
use crate::wire::membership::{
    Extension, ExtensionType, Extensions, Family, Qqic, Query, Record, RecordType, Report, ResponseCode,
};
use crate::wire::{Dialect, Encode, List};

/// A family whose part of the small world can be drawn.
pub(in crate::samples) trait Drawn: Family<Ip: Kin> {
    fn group(u: &mut Unstructured<'_>) -> Result<Self> {
        Self::Ip::group(u).map(Self::from)
    }

    fn source(u: &mut Unstructured<'_>) -> Result<Self> {
        Self::Ip::source(u).map(Self::from)
    }
}

impl<A: Family<Ip: Kin>> Drawn for A {}

/// What a record is built from.
pub(in crate::samples::wire) struct Parts<A: Family> {
    kind: RecordType,
    group: A,
    sources: Vec<A::Octets>,
    aux: Vec<[u8; 4]>,
}

impl<A: Drawn> Parts<A> {
    pub(in crate::samples::wire) fn draw(u: &mut Unstructured<'_>) -> Result<Self> {
        let (kind, group, sources) = (world::record_type(u)?, A::group(u)?, draw_sources::<A>(u)?);
        // Nobody sends auxiliary data (RFC 3810 5.2.11).
        let aux = if rarely(u, 12)? { many(u, 2, Unstructured::arbitrary)? } else { Vec::new() };
        Ok(Self { kind, group, sources, aux })
    }

    pub(in crate::samples::wire) fn record(&self) -> Record<'_, A> {
        let Self { kind, group, sources, aux } = self;
        Record { kind: *kind, group: *group, sources, aux }
    }
}

/// Sources as they stand in messages: up to four, rarely up to twelve.
pub(in crate::samples::wire) fn draw_sources<A: Drawn>(u: &mut Unstructured<'_>) -> Result<Vec<A::Octets>> {
    let most = if rarely(u, 12)? { 12 } else { 4 };
    many(u, most, |u| A::source(u).map(A::Octets::from))
}

pub(super) fn draw_report<A: Drawn>(
    u: &mut Unstructured<'_>,
    dialect: &Dialect,
    visit: &mut dyn FnMut(Report<'_, A>),
) -> Result<()> {
    let most = if rarely(u, 12)? { 12 } else { 3 };
    let parts = many(u, most, Parts::<A>::draw)?;
    let records: Vec<Record<'_, A>> = parts.iter().map(Parts::record).collect();
    let extensions = draw_extensions(u)?;
    let extensions = Extensions::new(&extensions).unwrap_or_default();
    visit(Report { records: List::new(&records, dialect), extensions });
    Ok(())
}

pub(super) fn draw_query<A: Drawn>(
    u: &mut Unstructured<'_>,
    visit: &mut dyn FnMut(Query<'_, A>),
) -> Result<()>
where
    A::MaxResponseCode: for<'a> Arbitrary<'a>,
{
    let group = if u.arbitrary()? { A::group(u)? } else { A::UNSPECIFIED };
    let max_response = if rarely(u, 64)? {
        u.arbitrary()?
    } else {
        A::MaxResponseCode::from_millis(u.int_in_range(0..=20_000)?)
    };
    let (suppress, robustness, interval) = (u.arbitrary()?, u.int_in_range(0..=7)?, u.arbitrary()?);
    let sources = draw_sources::<A>(u)?;
    let extensions = draw_extensions(u)?;
    visit(Query {
        max_response,
        group,
        suppress,
        robustness,
        interval: Qqic(interval),
        sources: &sources,
        extensions: Extensions::new(&extensions).unwrap_or_default(),
    });
    Ok(())
}

/// Extensions are rare, and none is known (RFC 9279).
fn draw_extensions(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    if rarely(u, 16)? {
        for _ in 0..u.int_in_range(1..=2)? {
            let (kind, value) = (ExtensionType(u.arbitrary()?), octets(u, 20)?);
            let written = Extension { kind, value: &value }.put(&mut all);
            written.map_err(|_| arbitrary::Error::IncorrectFormat)?;
        }
    }
    Ok(all)
}
