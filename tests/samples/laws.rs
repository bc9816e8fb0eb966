//! What holds for every message of every wire format.

use core::fmt::{self, Write};

use bytes::BufMut;
use multimob::wire::{Dialect, Encode, EncodeError, Owned, Pseudo};

use super::Samples;

/// An interpreter is a thousand times slower: it is shown some of the samples, and some places of each.
pub const fn is_tried(nth: usize, len: usize) -> bool {
    !cfg!(miri) || nth.is_multiple_of(211) && len <= 160
}

const PLACES_APART: usize = if cfg!(miri) { 23 } else { 1 };

/// Takes text and keeps nothing.
struct Void;

impl Write for Void {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

fn written(message: &impl Encode) -> Vec<u8> {
    let mut octets = Vec::new();
    message.put(&mut octets).unwrap();
    octets
}

pub fn what_is_written_reads_back<F: Samples>(view: F::View<'_>, dialect: &Dialect) {
    let octets = written(&view);
    let back = F::parse(&octets, dialect).unwrap();
    assert_eq!(back, F::shorten(view));
    assert_eq!(written(&back), octets);
}

pub fn values_read_out_write_the_same<F: Samples>(view: F::View<'_>, dialect: &Dialect) {
    let octets = written(&view);
    let back = F::parse(&octets, dialect).unwrap();
    let mut rebuilt = 0;
    F::rebuild(back, dialect, &mut |again, _| {
        assert_eq!(written(&again), octets, "{again:?}");
        rebuilt += 1;
    });
    assert_eq!(rebuilt, 1);
}

/// Octets that may be a message or not: reading never panics, and what reads can be shown, written and read again.
pub fn reads_or_errs<F: Samples>(octets: &[u8], dialect: &Dialect) -> Option<Vec<u8>> {
    let view = F::parse(octets, dialect).ok()?;
    assert_eq!(write!(Void, "{view:?}"), Ok(()));
    let mut canonical = Vec::new();
    match view.put(&mut canonical) {
        Ok(_) => assert_eq!(F::parse(&canonical, dialect).unwrap(), F::shorten(view)),
        // Padding where there was none can make a message longer than its length field allows.
        Err(error) => assert!(!matches!(error, EncodeError::Short { .. }), "{error}"),
    }
    Some(canonical)
}

/// What is left of a message says of itself what is left: no count or length in it reaches beyond its end.
pub fn a_truncated_message_is_an_error_or_a_shorter_one<F: Samples>(view: F::View<'_>, dialect: &Dialect) {
    let octets = written(&view);
    for have in (0..octets.len()).step_by(PLACES_APART) {
        let left = &octets[..have];
        let Some(canonical) = reads_or_errs::<F>(left, dialect) else { continue };
        assert!(canonical == left || F::is_all_that_counts(&canonical, left), "{have} octets of {view:?}");
    }
}

/// An octet that may as well be 0xff is not read where its bits say so, and then they never are: who takes a count for
/// "so many, or as many as there are" does not heed its higher bits where little was promised, and heeds them where
/// nothing is. (What cannot be read is kept as it came, every bit of it.)
pub fn a_bit_is_read_or_it_is_not<F: Samples>(view: F::View<'_>, dialect: &Dialect) {
    let mut octets = written(&view);
    let canonical = |octets: &[u8]| {
        let mut canonical = Vec::new();
        F::parse(octets, dialect).ok()?.put(&mut canonical).ok().map(|_| canonical)
    };
    let same = canonical(&octets);
    for at in (0..octets.len()).step_by(PLACES_APART) {
        let good = octets[at];
        let mut with = |octet| {
            octets[at] = octet;
            let read = canonical(&octets);
            octets[at] = good;
            read
        };
        if with(0xff) != same {
            continue;
        }
        let without = with(0);
        for bit in (0..8).map(|bit| 1 << bit) {
            let holds = with(good ^ bit) != same || differ_in_place(with(bit), without.as_ref(), bit);
            assert!(holds, "{bit:#04x} at {at} of {view:?}");
        }
    }
}

/// Whether two messages are the same, or the same but for the one octet, which is as it was given to each.
fn differ_in_place(with: Option<Vec<u8>>, without: Option<&Vec<u8>>, bit: u8) -> bool {
    let (Some(with), Some(without)) = (&with, without) else { return with.as_ref() == without };
    let mut other = with.iter().zip(without).filter(|(with, without)| with != without);
    with.len() == without.len()
        && other.next().is_none_or(|pair| pair == (&bit, &0))
        && other.next().is_none()
}

pub fn a_corrupted_octet_is_an_error_or_another_message<F: Samples>(view: F::View<'_>, dialect: &Dialect) {
    let mut octets = written(&view);
    for at in (0..octets.len()).step_by(PLACES_APART) {
        let good = octets[at];
        for bad in [0, 1, 2, 0x7f, 0x80, 0xff, good ^ 1, good.wrapping_add(1), good.wrapping_sub(1)] {
            octets[at] = bad;
            reads_or_errs::<F>(&octets, dialect);
        }
        octets[at] = good;
    }
}

pub fn every_octet_of_the_buffer_is_written<F: Samples>(view: F::View<'_>, _: &Dialect) {
    let len = view.encoded_len();
    let (mut zeros, mut ones) = (vec![0x00; len], vec![0xff; len]);
    assert_eq!(view.encode(&mut zeros), Ok(len));
    assert_eq!(view.encode(&mut ones), Ok(len));
    assert_eq!(zeros, ones);
}

pub fn length_and_octets_agree_wherever_they_go<F: Samples>(view: F::View<'_>, _: &Dialect) {
    let len = view.encoded_len();
    let mut slice = vec![0xaa; len + 3];
    assert_eq!(view.encode(&mut slice), Ok(len));
    assert_eq!(slice[len..], [0xaa; 3]);

    let mut appended = b"before".to_vec();
    assert_eq!(view.put(&mut appended), Ok(len));
    assert_eq!(appended, [b"before", &slice[..len]].concat());

    let mut exact = vec![0; len];
    assert_eq!(view.put(&mut exact.as_mut_slice()), Ok(len));
    assert_eq!(exact, slice[..len]);
}

pub fn checksums_agree_wherever_they_go<F: Samples>(view: F::View<'_>, _: &Dialect) {
    let [src, dst] = ["2001:db8:a::1", "ff02::16"].map(|address| address.parse().unwrap());
    let pseudo = Pseudo::icmpv6(src, dst);
    let mut slice = vec![0; view.encoded_len()];
    let len = view.encode_for(&pseudo, &mut slice).unwrap();
    let mut appended = Vec::new();
    assert_eq!(view.put_for(&pseudo, &mut appended), Ok(len));
    assert_eq!(appended, slice);
    if F::View::<'_>::CHECKSUM_AT.is_some() {
        assert!(pseudo.verify(&slice[..len.min(view.checksum_covers())]));
    }
}

pub fn a_short_buffer_says_what_is_needed<F: Samples>(view: F::View<'_>, _: &Dialect) {
    let needed = view.encoded_len();
    for have in (0..needed).step_by(PLACES_APART) {
        let mut buf = vec![0; have];
        assert_eq!(view.encode(&mut buf), Err(EncodeError::Short { needed }));
        let mut rest = buf.as_mut_slice();
        assert_eq!(view.put(&mut rest), Err(EncodeError::Short { needed }));
        assert_eq!(rest.remaining_mut(), have, "nothing was appended");
    }
}

pub fn the_owned_form_lends_the_same_message<F: Samples>(view: F::View<'_>, dialect: &Dialect) {
    let owned = Owned::<F>::new(&view, dialect).unwrap();
    assert_eq!(owned.octets(), written(&view));
    let again = Owned::<F>::from_octets(owned.octets(), dialect).unwrap();
    assert_eq!(again, owned);
    assert_eq!(F::shorten(owned.view()), F::shorten(view));

    #[cfg(feature = "serde")]
    {
        let json = serde_json::to_string(&owned).unwrap();
        assert_eq!(serde_json::from_str::<Owned<F>>(&json).unwrap(), owned);
    }
}

pub fn every_law<F: Samples>(view: F::View<'_>, dialect: &Dialect) {
    what_is_written_reads_back::<F>(view, dialect);
    values_read_out_write_the_same::<F>(view, dialect);
    every_octet_of_the_buffer_is_written::<F>(view, dialect);
    length_and_octets_agree_wherever_they_go::<F>(view, dialect);
    checksums_agree_wherever_they_go::<F>(view, dialect);
    the_owned_form_lends_the_same_message::<F>(view, dialect);
}
