//! The laws that every wire format keeps, over samples chosen by hand and over random messages.
//!
//! To add a format: implement [`samples::Samples`] for it in a file of `samples/`, `multimob::samples::Sample` beside the
//! others, and name it in the `laws!` at the end of this file. `no_alloc.rs` and `packets.rs` have a list of formats of the same kind.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod samples;

use multimob::wire::Encode;
use samples::{Samples, laws};

macro_rules! laws {
    ($($name:ident: $format:ty, laws: [$($law:ident,)*];)*) => {$(
        mod $name {
            use super::*;

            $(
                #[test]
                fn $law() {
                    let mut visited = 0;
                    <$format>::each(&mut |view, dialect| {
                        if laws::is_tried(visited, view.encoded_len()) {
                            laws::$law::<$format>(view, dialect);
                        }
                        visited += 1;
                    });
                    assert!(visited > 0);
                }
            )*

            #[cfg(feature = "proptest")]
            mod random {
                use multimob::samples::{DIALECTS, Damaged, Sample, Unstructured, of, tapes};
                use multimob::wire::{Dialect, Format};
                use proptest::prelude::*;

                use super::laws;

                proptest! {
                    #[test]
                    fn every_law_holds(tape in tapes(600), dialect in of::<Dialect>()) {
                        let mut drawn = 0;
                        let mut every_law = |view: <$format as Format>::View<'_>| {
                            laws::every_law::<$format>(view, &dialect);
                            drawn += 1;
                        };
                        <$format>::draw(&mut Unstructured::new(&tape), &dialect, &mut every_law)?;
                        prop_assert_eq!(drawn, 1);
                    }

                    #[test]
                    fn octets_never_panic(octets in tapes(300)) {
                        DIALECTS.iter().for_each(|dialect| {
                            laws::reads_or_errs::<$format>(&octets, dialect);
                        });
                    }

                    #[test]
                    fn damaged_messages_never_panic(damaged in of::<Damaged<$format>>()) {
                        laws::reads_or_errs::<$format>(&damaged.octets, &damaged.dialect);
                    }
                }
            }
        }
    )*};
    ($($name:ident: $format:ty;)*) => {
        laws! {$(
            $name: $format, laws: [
                what_is_written_reads_back,
                values_read_out_write_the_same,
                a_truncated_message_is_an_error_or_a_shorter_one,
                a_bit_is_read_or_it_is_not,
                a_corrupted_octet_is_an_error_or_another_message,
                every_octet_of_the_buffer_is_written,
                length_and_octets_agree_wherever_they_go,
                checksums_agree_wherever_they_go,
                a_short_buffer_says_what_is_needed,
                the_owned_form_lends_the_same_message,
            ];
        )*}
    };
}

laws! {
    cxtp: multimob::wire::cxtp::Cxtp;
    cxtp_icmp: multimob::wire::cxtp::icmp::CxtpIcmp;
    mh: multimob::wire::mh::Mh;
    igmp: multimob::wire::igmp::Igmp;
    mld: multimob::wire::mld::Mld;
    nd: multimob::wire::nd::Nd;
    pim: multimob::wire::pim::Pim;
    udp: multimob::wire::udp::Udp;
}
