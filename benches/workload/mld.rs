//! MLDv2 Reports, as values and as octets with their checksum.

use multimob::wire::mld::{Record, RecordType, Report};
use multimob::wire::{Addr, Dialect, Encode, List, Pseudo};

use super::{DST, POOL, Random, SRC};

/// A record that owns its sources.
pub struct OwnedRecord {
    pub kind: u8,
    pub group: [u8; 16],
    pub sources: Vec<[u8; 16]>,
}

impl OwnedRecord {
    pub fn view(&self) -> Record<'_> {
        Record { kind: RecordType(self.kind), group: Addr(self.group), sources: &self.sources, aux: &[] }
    }
}

/// A Report: its records, and its octets.
pub struct Sample {
    pub records: Vec<OwnedRecord>,
    pub octets: Vec<u8>,
}

impl Sample {
    /// `sources` says how many each record has.
    fn new(random: &mut Random, sources: &[usize]) -> Self {
        let record = |&count: &usize| OwnedRecord {
            kind: random.one_of(&[1, 2, 3, 4, 5, 6]),
            group: random.address([0xff, 0x3e, 0, 0x20]),
            sources: (0..count).map(|_| random.address([0x20, 0x01, 0x0d, 0xb8])).collect(),
        };
        let records: Vec<_> = sources.iter().map(record).collect();
        let views: Vec<_> = records.iter().map(OwnedRecord::view).collect();
        let report = Report::new(List::new(&views, &Dialect::DEFAULT));
        let octets = report.to_vec_for(&Pseudo::mld(SRC, DST)).unwrap_or_default();
        Self { records, octets }
    }
}

/// One record without sources: 28 octets, what a host sends most.
pub fn small() -> Sample {
    Sample::new(&mut Random::default(), &[0])
}

/// 10 records of 4 sources: 848 octets.
pub fn medium() -> Sample {
    Sample::new(&mut Random::default(), &[4; 10])
}

/// 60 records of 20 sources: 20,408 octets. More than a link carries: to see the loop over sources.
pub fn large() -> Sample {
    Sample::new(&mut Random::default(), &[20; 60])
}

/// Reports of 1 to 8 records with 0 to 4 sources each, 131 octets in the mean.
pub fn pool() -> Vec<Sample> {
    let mut random = Random::default();
    let report = |_| {
        let records = random.one_of(&[1, 1, 1, 2, 2, 3, 5, 8]);
        let count = |_| random.one_of(&[0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 4]);
        let sources: Vec<_> = (0..records).map(count).collect();
        Sample::new(&mut random, &sources)
    };
    (0..POOL).map(report).collect()
}

/// Who takes what a reader delivers.
pub trait Visit {
    fn record(&mut self, kind: u8, group: [u8; 16]);
    fn source(&mut self, source: &[u8; 16]);
}

/// Takes all of it and keeps little: every octet counts, so that no reader can leave one out.
#[derive(Default)]
pub struct Tally {
    kinds: u64,
    groups: u128,
    sources: u128,
}

impl Visit for Tally {
    #[inline(always)]
    fn record(&mut self, kind: u8, group: [u8; 16]) {
        self.kinds = self.kinds.wrapping_add(kind.into());
        self.groups ^= u128::from_ne_bytes(group);
    }

    #[inline(always)]
    fn source(&mut self, source: &[u8; 16]) {
        self.sources ^= u128::from_ne_bytes(*source);
    }
}

/// Takes all of it and keeps all, to compare.
#[derive(Default, PartialEq, Debug)]
pub struct Listing(pub Vec<(u8, [u8; 16], Vec<[u8; 16]>)>);

impl Visit for Listing {
    fn record(&mut self, kind: u8, group: [u8; 16]) {
        self.0.push((kind, group, Vec::new()));
    }

    fn source(&mut self, source: &[u8; 16]) {
        if let Some((_, _, sources)) = self.0.last_mut() {
            sources.push(*source);
        }
    }
}

impl Sample {
    /// What a reader must deliver.
    pub fn listing(&self) -> Listing {
        Listing(
            self.records.iter().map(|record| (record.kind, record.group, record.sources.clone())).collect(),
        )
    }
}
