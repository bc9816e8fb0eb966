//! Proxy Binding Updates. No other Rust crate reads them, so the contenders are what one would write for the purpose.

mod nom;
mod zerocopy;

use std::hint::black_box;

use crate::measure::Bench;
use crate::ours;
use crate::workload::mh::{Listing, Sample, Tally, Visit, multicast, plain, pool};

/// A shape of updates, with the names of its workloads.
struct Shape {
    read: &'static str,
    emit: &'static str,
    samples: fn() -> Vec<Sample>,
}

const SHAPES: &[Shape] = &[
    Shape { read: "PBU read, 104 B", emit: "PBU emit, 104 B", samples: || vec![plain()] },
    Shape { read: "PBU read, pool", emit: "PBU emit, pool", samples: pool },
    Shape {
        read: "PBU read, with option 200",
        emit: "PBU emit, with option 200",
        samples: || vec![multicast()],
    },
];

pub fn section(bench: &mut Bench<'_>) {
    for shape in SHAPES {
        if ![shape.read, shape.emit].iter().any(|workload| bench.wants(workload)) {
            continue;
        }
        let samples = (shape.samples)();
        if bench.wants(shape.read) {
            bench
                .group(shape.read, samples.len())
                .ours("parse", reader::<Ours>(&samples))
                .peer("zerocopy", reader::<zerocopy::Reader>(&samples))
                .peer("nom to Vec", reader::<nom::Reader>(&samples))
                .run();
        }
        let records: Vec<_> = samples.iter().map(Sample::records).collect();
        let options: Vec<_> =
            samples.iter().zip(&records).map(|(sample, records)| sample.options(records)).collect();
        let messages: Vec<_> =
            samples.iter().zip(&options).map(|(sample, options)| sample.message(options)).collect();
        if bench.wants(shape.emit) {
            bench
                .group(shape.emit, samples.len())
                .ours("encode", emitter(&samples, &messages, ours::mh::emit))
                .peer(
                    "zerocopy",
                    emitter(&samples, &samples, |sample, buf| zerocopy::emit(sample, buf).unwrap_or(0)),
                )
                .run();
        }
    }
}

/// A way to read.
trait Read {
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool;
}

struct Ours;

impl Read for Ours {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        ours::mh::parse(octets, visit)
    }
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

/// Writes all messages once, having shown that the octets are those of the samples.
fn emitter<T>(samples: &[Sample], messages: &[T], emit: impl Fn(&T, &mut [u8]) -> usize) -> impl FnMut() {
    let mut buf = [0xaa; 512];
    for (sample, message) in samples.iter().zip(messages) {
        let len = emit(message, &mut buf);
        assert!(buf[..len] == sample.octets);
    }
    move || {
        for message in black_box(messages) {
            let len = emit(message, &mut buf);
            black_box(&buf[..len]);
        }
    }
}
