//! MLDv2 Reports. Every reader delivers type, group and all sources of every record; every emitter writes the checksum.

#[cfg(feature = "packet-formats")]
mod fuchsia;
mod nom;
mod smoltcp;
pub mod zerocopy;

use std::hint::black_box;

use multimob::wire::mld::Record;

use crate::measure::{Bench, Group};
use crate::ours;
use crate::workload::mld::{Listing, OwnedRecord, Sample, Tally, Visit, large, medium, pool, small};

/// A shape of Reports, with the names of its workloads.
struct Shape {
    read: &'static str,
    verify: &'static str,
    emit: &'static str,
    samples: fn() -> Vec<Sample>,
}

const SHAPES: &[Shape] = &[
    Shape {
        read: "MLDv2 read, mixed pool",
        verify: "MLDv2 read and verify, mixed pool",
        emit: "MLDv2 emit, mixed pool",
        samples: pool,
    },
    Shape {
        read: "MLDv2 read, 28 B",
        verify: "MLDv2 read and verify, 28 B",
        emit: "MLDv2 emit, 28 B",
        samples: || vec![small()],
    },
    Shape {
        read: "MLDv2 read, 848 B",
        verify: "MLDv2 read and verify, 848 B",
        emit: "MLDv2 emit, 848 B",
        samples: || vec![medium()],
    },
    Shape {
        read: "MLDv2 read, 20,408 B",
        verify: "MLDv2 read and verify, 20,408 B",
        emit: "MLDv2 emit, 20,408 B",
        samples: || vec![large()],
    },
];

pub fn section(bench: &mut Bench<'_>) {
    for shape in SHAPES {
        if ![shape.read, shape.verify, shape.emit].iter().any(|workload| bench.wants(workload)) {
            continue;
        }
        let samples = (shape.samples)();
        if bench.wants(shape.read) {
            read(bench, shape.read, &samples);
        }
        if bench.wants(shape.verify) {
            verify(bench, shape.verify, &samples);
        }
        if bench.wants(shape.emit) {
            emit(bench, shape.emit, &samples);
        }
    }
}

/// A way to read.
trait Read {
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool;
}

macro_rules! ours {
    ($($name:ident: $function:path;)*) => {$(
        struct $name;

        impl Read for $name {
            #[inline(always)]
            fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
                $function(octets, visit)
            }
        }
    )*};
}

ours! {
    Walk: ours::mld::walk;
    WalkLax: ours::mld::walk_lax;
    Parse: ours::mld::parse;
    VerifyAndWalk: ours::mld::verify_and_walk;
}

fn read(bench: &mut Bench<'_>, workload: &'static str, samples: &[Sample]) {
    let group = bench
        .group(workload, samples.len())
        .ours("walk", reader::<Walk>(samples))
        .ours("walk lax", reader::<WalkLax>(samples))
        .ours("parse", reader::<Parse>(samples))
        .peer("smoltcp", reader::<smoltcp::Reader>(samples))
        .peer("zerocopy", reader::<zerocopy::Lax>(samples))
        .peer("zerocopy strict", reader::<zerocopy::Strict>(samples))
        .peer("nom", reader::<nom::Reader>(samples));
    #[cfg(feature = "packet-formats")]
    let group = group.peer("packet-formats body", reader::<fuchsia::Body>(samples));
    group.run();
}

fn verify(bench: &mut Bench<'_>, workload: &'static str, samples: &[Sample]) {
    let group = bench
        .group(workload, samples.len())
        .ours("walk", reader::<VerifyAndWalk>(samples))
        .peer("smoltcp", reader::<smoltcp::Verifier>(samples));
    #[cfg(feature = "packet-formats")]
    let group = group.peer("packet-formats", reader::<fuchsia::Packet>(samples));
    group.run();
}

/// Reads all samples once, having shown that it reads what was written.
fn reader<R: Read>(samples: &[Sample]) -> impl FnMut() -> Tally {
    for sample in samples {
        let mut listing = Listing::default();
        assert!(R::read(&sample.octets, &mut listing), "{}", std::any::type_name::<R>());
        assert_eq!(listing, sample.listing(), "{}", std::any::type_name::<R>());
    }
    move || {
        let mut tally = Tally::default();
        for sample in black_box(samples) {
            assert!(R::read(&sample.octets, &mut tally));
        }
        tally
    }
}

/// A way to write: the records as the crate wants them, then the octets of the message.
trait Emit {
    type Records<'a>;
    fn records(records: &[OwnedRecord]) -> Self::Records<'_>;
    /// Into `buf`, or into a buffer of its own where it cannot do without.
    fn emit(records: &Self::Records<'_>, buf: &mut [u8]) -> impl AsRef<[u8]>;
}

struct Ours;

impl Emit for Ours {
    type Records<'a> = Vec<Record<'a>>;

    fn records(records: &[OwnedRecord]) -> Vec<Record<'_>> {
        records.iter().map(OwnedRecord::view).collect()
    }

    #[inline(always)]
    fn emit(records: &Self::Records<'_>, buf: &mut [u8]) -> impl AsRef<[u8]> {
        let len = ours::mld::emit(records, buf);
        &buf[..len]
    }
}

fn emit(bench: &mut Bench<'_>, workload: &'static str, samples: &[Sample]) {
    let group: Group<'_, '_, '_> = bench
        .group(workload, samples.len())
        .ours("encode_for", emitter::<Ours>(samples))
        .peer("smoltcp", emitter::<smoltcp::Emitter>(samples));
    #[cfg(feature = "packet-formats")]
    let group = group.peer("packet-formats", emitter::<fuchsia::Emitter>(samples));
    group.run();
}

/// Writes all samples once, having shown that the octets are the right ones.
fn emitter<E: Emit>(samples: &[Sample]) -> impl FnMut() {
    let messages: Vec<_> = samples.iter().map(|sample| E::records(&sample.records)).collect();
    let mut buf = vec![0xaa; 65_536];
    for (sample, records) in samples.iter().zip(&messages) {
        let octets = E::emit(records, &mut buf);
        assert!(octets.as_ref() == sample.octets, "{}", std::any::type_name::<E>());
    }
    move || {
        for records in black_box(&messages) {
            black_box(E::emit(records, &mut buf).as_ref());
        }
    }
}
