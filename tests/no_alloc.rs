//! Nothing is allocated to read or to write a message, whatever the format.
//!
//! To add a format, see `samples/mod.rs`; then name it at the end of this file.
#![expect(unsafe_code, reason = "a global allocator cannot be written without")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod samples;

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::hint::black_box;
use std::alloc::System;

use multimob::wire::mld::Report;
use multimob::wire::packet::{Outgoing, Payload, demux};
use multimob::wire::{Dialect, Encode, Format, Pseudo};
use samples::Samples;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts for each thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(place, layout) }
    }
}

fn allocations<T>(work: impl FnOnce() -> T) -> usize {
    let before = ALLOCATIONS.get();
    black_box(work());
    ALLOCATIONS.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| Box::new(7)), 1);
    assert_eq!(allocations(|| 7), 0);
}

fn reading<F: Samples>(view: F::View<'_>, dialect: &Dialect) {
    let octets = view.to_vec().unwrap();
    // Reading every item takes writing the message that was read.
    let mut buf = vec![0; octets.len()];
    assert_eq!(allocations(|| F::parse(&octets, dialect).unwrap().encode(&mut buf)), 0);
    for len in 0..octets.len() {
        assert_eq!(allocations(|| F::parse(&octets[..len], dialect).is_ok()), 0);
    }
}

fn writing<F: Samples>(view: F::View<'_>, _: &Dialect) {
    let pseudo = Pseudo::icmpv6("fe80::1".parse().unwrap(), "ff02::16".parse().unwrap());
    let mut buf = vec![0; view.encoded_len()];
    assert_eq!(allocations(|| view.encoded_len()), 0);
    assert_eq!(allocations(|| view.encode(&mut buf)), 0);
    assert_eq!(allocations(|| view.encode_for(&pseudo, &mut buf)), 0);
    assert_eq!(allocations(|| view.put(&mut buf.as_mut_slice())), 0);
    assert_eq!(allocations(|| view.put_for(&pseudo, &mut buf.as_mut_slice())), 0);
    let short = buf.len() - 1;
    assert_eq!(allocations(|| view.encode(&mut buf[..short]).is_err()), 0);
}

fn datagrams(payload: Payload<'_>, dialect: &Dialect) {
    let [src, dst] = ["fe80::1", "2001:db8::1"].map(|address| address.parse().unwrap());
    let (from, to) = match payload {
        Payload::Igmp(_) => ("::ffff:192.0.2.1".parse().unwrap(), "::ffff:224.0.0.1".parse().unwrap()),
        _ => (src, dst),
    };
    let datagram = Outgoing::new(from, to, payload).in_tunnel(dst, src);
    let mut buf = vec![0; datagram.encoded_len()];
    assert_eq!(allocations(|| datagram.encode(&mut buf)), 0);
    assert_eq!(allocations(|| demux(&buf, dialect).is_ok()), 0);
    buf[50] ^= 1;
    assert_eq!(allocations(|| demux(&buf, dialect).is_ok()), 0);
}

#[test]
fn walking_a_report() {
    let octets = [&[143, 0, 0, 0, 0, 0, 0, 2], &[0; 20][..], &[1; 7]].concat();
    assert_eq!(allocations(|| Report::walk(&octets).filter(Result::is_ok).count()), 0);
}

macro_rules! formats {
    ($($name:ident: $format:ty;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn reading_allocates_nothing() {
                <$format>::each(&mut reading::<$format>);
            }

            #[test]
            fn writing_allocates_nothing() {
                <$format>::each(&mut writing::<$format>);
            }
        }
    )*};
}

formats! {
    igmp: multimob::wire::igmp::Igmp;
    mld: multimob::wire::mld::Mld;
    nd: multimob::wire::nd::Nd;
    pim: multimob::wire::pim::Pim;
    mh: multimob::wire::mh::Mh;
    cxtp: multimob::wire::cxtp::Cxtp;
    cxtp_icmp: multimob::wire::cxtp::icmp::CxtpIcmp;
    udp: multimob::wire::udp::Udp;
}

macro_rules! datagrams {
    ($($name:ident: $format:ty;)*) => {$(
        #[test]
        fn $name() {
            <$format>::each(&mut |message: <$format as Format>::View<'_>, dialect| {
                datagrams(message.into(), dialect);
            });
        }
    )*};
}

datagrams! {
    mld_in_ipv6: multimob::wire::mld::Mld;
    igmp_in_ipv4: multimob::wire::igmp::Igmp;
    nd_in_ipv6: multimob::wire::nd::Nd;
    pim_in_ipv6: multimob::wire::pim::Pim;
    mh_in_ipv6: multimob::wire::mh::Mh;
    cxtp_in_ipv6: multimob::wire::cxtp::Cxtp;
    cxtp_in_icmpv6: multimob::wire::cxtp::icmp::CxtpIcmp;
}
