//! Samples of what MLD and IGMP say alike.

use multimob::wire::membership::{
    Extension, ExtensionType, Extensions, Family, Qqic, Query, Record, RecordType, Report,
};
use multimob::wire::{Dialect, Encode, List};

/// Two extensions, one of them empty and of a type that has no meaning (RFC 9279).
pub fn extensions() -> Vec<u8> {
    let mut octets = Vec::new();
    Extension { kind: ExtensionType::NO_OP, value: b"any" }.put(&mut octets).unwrap();
    Extension { kind: ExtensionType(0xfffe), value: &[] }.put(&mut octets).unwrap();
    octets
}

/// Queries with sources, for a group with three of them.
pub fn queries<A: Family>(
    group: A,
    sources: [A::Octets; 3],
    max_response: A::MaxResponseCode,
    visit: &mut dyn FnMut(Query<'_, A>),
) {
    visit(Query::general());
    let interval = Qqic(0x81);
    let octets = extensions();
    for (len, suppress) in [(0, false), (1, true), (3, false)] {
        let sources = &sources[..len];
        for extensions in [Extensions::NONE, Extensions::new(&octets).unwrap()] {
            visit(Query { max_response, group, suppress, robustness: 7, interval, sources, extensions });
        }
    }
}

/// Reports: every record type, every length of a record, with and without what follows.
pub fn reports<A: Family>(
    group: A,
    sources: [A::Octets; 3],
    dialect: &Dialect,
    visit: &mut dyn FnMut(Report<'_, A>),
) {
    visit(Report::new(List::new(&[], dialect)));
    let aux = [[1, 2, 3, 4], [5, 6, 7, 8]];
    let kinds = [
        RecordType::IS_IN,
        RecordType::IS_EX,
        RecordType::TO_IN,
        RecordType::TO_EX,
        RecordType::ALLOW,
        RecordType::BLOCK,
        RecordType(dialect.hold.include),
        RecordType(dialect.hold.exclude),
        RecordType(0xff),
    ];
    for len in [0, 1, 3] {
        let records = kinds.map(|kind| Record { kind, group, sources: &sources[..len], aux: &[] });
        visit(Report::new(List::new(&records, dialect)));
    }
    let records = [
        Record { kind: RecordType::ALLOW, group, sources: &sources, aux: &aux },
        Record { kind: RecordType::IS_EX, group, sources: &[], aux: &aux[..1] },
    ];
    let octets = extensions();
    for len in [1, 2] {
        let records = List::new(&records[..len], dialect);
        visit(Report::new(records));
        visit(Report { records, extensions: Extensions::new(&octets).unwrap() });
    }
    visit(Report { records: List::new(&[], dialect), extensions: Extensions::new(&octets[..7]).unwrap() });
}

/// The Query from every value read out of `query`.
pub fn rebuilt_query<A: Family>(query: Query<'_, A>, visit: &mut dyn FnMut(Query<'_, A>)) {
    let extensions = rebuilt_extensions(query.extensions);
    visit(Query { extensions: Extensions::new(&extensions).unwrap(), ..query });
}

/// The Report from every value read out of `report`.
pub fn rebuilt_report<A: Family>(
    report: Report<'_, A>,
    dialect: &Dialect,
    visit: &mut dyn FnMut(Report<'_, A>),
) {
    let records: Vec<Record<'_, A>> = super::items(report.records);
    let extensions = rebuilt_extensions(report.extensions);
    let extensions = Extensions::new(&extensions).unwrap();
    visit(Report { records: List::new(&records, dialect), extensions });
}

fn rebuilt_extensions(extensions: Extensions<'_>) -> Vec<u8> {
    let mut octets = Vec::new();
    for extension in extensions.iter() {
        extension.put(&mut octets).unwrap();
    }
    octets
}

/// Extensions that were cut are none (RFC 9279 5): `canonical` is what stands before them, without the E flag.
pub fn is_without_extensions(canonical: &[u8], octets: &[u8], e_flag_at: usize) -> bool {
    const E: u8 = 0x80;
    let mut before = octets.get(..canonical.len()).unwrap_or_default().to_vec();
    before.get_mut(e_flag_at).is_some_and(|flags| core::mem::replace(flags, *flags & !E) & E != 0)
        && before == canonical
}
