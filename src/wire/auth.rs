//! Codes that authenticate messages (feature `auth`): HMAC-SHA1, cut to what each standard sends of it.
//!
//! Every function takes the octets that its standard covers and gives a [`Code`], which tells itself to a sender
//! ([`Code::octets`]) and is compared by a receiver in constant time ([`Code::verify`]).
//!
//! | function | standard | octets |
//! |---|---|---|
//! | [`cxtp::token`](super::cxtp::token) | RFC 4067 2.5.1: authorization token of CXTP | 4 |
//! | [`binding_authorization`] | RFC 6275 6.2.7: Binding Authorization Data | 12 |
//! | [`mn_ha`] | RFC 4285 5.1: MN-HA mobility message authentication | 12 |
//! | [`mn_aaa`] | RFC 4285 5.2: MN-AAA mobility message authentication | 20 |
//!
//! A Mobility Header goes in as it is: its checksum is taken as zero. Nothing here
//! knows whether a message is fresh: that is the business of sequence numbers and timestamps.

use hmac::{Hmac, KeyInit, Mac as _};
use sha1::{Digest, Sha1};

use super::{Addr, Out};

/// HMAC_SHA1_SPI (RFC 4285 8): the mobility SPI of an MN-AAA option that [`mn_aaa`] makes. An MN-HA option has the SPI
/// of its security association, 256 or more.
pub const HMAC_SHA1_SPI: u32 = 3;

/// The code over one message: the first `N` octets of its HMAC-SHA1.
#[derive(Clone)]
#[must_use]
pub struct Code<const N: usize>(Hmac<Sha1>);

impl<const N: usize> Code<N> {
    /// HMAC-SHA1 has twenty octets, and no octet at all would fit every message.
    const FITS: () = assert!(N > 0 && N <= 20);

    /// The octets, for the message that is to be sent.
    #[must_use]
    pub fn octets(&self) -> [u8; N] {
        const { Self::FITS };
        let whole: [u8; 20] = self.0.clone().finalize().into_bytes().into();
        whole.first_chunk().copied().unwrap_or([0; N])
    }

    /// Whether these octets of a received message are this code; it takes the same time whatever they are.
    #[must_use]
    pub fn verify(&self, received: &[u8; N]) -> bool {
        const { Self::FITS };
        self.0.clone().verify_truncated_left(received).is_ok()
    }
}

/// Nothing of the key nor of the code.
impl<const N: usize> core::fmt::Debug for Code<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Code({N} octets)")
    }
}

/// The authenticator of a Binding Authorization Data option: `key` is Kbm; `care_of` the care-of address that the
/// update registers, or the home address in a deregistration; `correspondent` the correspondent node. `before` and
/// `after` are the Mobility Header without the authenticator itself: what stands before it (type and length of the
/// option are the last of it) and what follows.
///
/// ```
/// use multimob::wire::{Addr, auth};
///
/// let mut update = [59, 4, 5, 0, 0x12, 0x34, 0, 7, 0x80, 0, 0, 9, 1, 2, 0, 0, 4, 4, 0, 1, 0, 2, 1, 0, 5, 12].to_vec();
/// let (care_of, correspondent) = (Addr([1; 16]), Addr([2; 16]));
/// let code = auth::binding_authorization(&[7; 20], care_of, correspondent, &update, &[]);
/// update.extend(code.octets());
///
/// let (before, authenticator) = update.split_last_chunk().unwrap();
/// assert!(auth::binding_authorization(&[7; 20], care_of, correspondent, before, &[]).verify(authenticator));
/// ```
pub fn binding_authorization(
    key: &[u8],
    care_of: Addr,
    correspondent: Addr,
    before: &[u8],
    after: &[u8],
) -> Code<12> {
    let mut mac = Mac::new(key);
    mac.put(&care_of.0);
    mac.put(&correspondent.0);
    without_checksum(before, |octets| mac.bytes(octets));
    mac.bytes(after);
    mac.finish()
}

/// The authentication data of an MN-HA option, subtype 1: `message` is the Mobility Header up to and with the SPI of
/// the option.
pub fn mn_ha(key: &[u8], care_of: Addr, home: Addr, message: &[u8]) -> Code<12> {
    let mut mac = Mac::new(key);
    mac.put(&care_of.0);
    mac.put(&home.0);
    without_checksum(message, |octets| mac.bytes(octets));
    mac.finish()
}

/// The authentication data of an MN-AAA option, subtype 2, with SPI [`HMAC_SHA1_SPI`]: over the SHA-1 of what [`mn_ha`]
/// covers. The standard says nothing of the checksum here; it can only be zero, because it covers the option as well.
pub fn mn_aaa(key: &[u8], care_of: Addr, home: Addr, message: &[u8]) -> Code<20> {
    let mut data = Sha1::new();
    data.update(care_of.0);
    data.update(home.0);
    without_checksum(message, |octets| data.update(octets));
    let mut mac = Mac::new(key);
    mac.bytes(&data.finalize());
    mac.finish()
}

/// A Mobility Header as the standards cover it: its checksum, octets 4 and 5, is zero.
fn without_checksum(header: &[u8], mut covered: impl FnMut(&[u8])) {
    let Some((head, [_, _, rest @ ..])) = header.split_at_checked(4) else { return covered(header) };
    covered(head);
    covered(&[0; 2]);
    covered(rest);
}

/// HMAC-SHA1 in the making: a format writes itself into it.
pub(super) struct Mac {
    hmac: Hmac<Sha1>,
    len: usize,
}

impl Mac {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length (RFC 2104 2)")]
    pub(super) fn new(key: &[u8]) -> Self {
        Self { hmac: Hmac::new_from_slice(key).expect("a key of any length"), len: 0 }
    }

    pub(super) fn finish<const N: usize>(self) -> Code<N> {
        Code(self.hmac)
    }
}

impl Out for Mac {
    fn put<const N: usize>(&mut self, octets: &[u8; N]) {
        self.bytes(octets);
    }

    fn bytes(&mut self, octets: &[u8]) {
        self.hmac.update(octets);
        self.len = self.len.saturating_add(octets.len());
    }

    fn written(&self) -> usize {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn hmac(key: &[u8], data: &[u8]) -> [u8; 20] {
        let mut mac = Mac::new(key);
        mac.bytes(data);
        mac.finish().octets()
    }

    fn hex(text: &str) -> Vec<u8> {
        let (pairs, _) = text.as_bytes().as_chunks::<2>();
        pairs
            .iter()
            .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn rfc2202_3_the_known_answers() {
        let counting: Vec<u8> = (1..=25).collect();
        for (key, data, digest) in [
            (&[0x0b; 20][..], &b"Hi There"[..], "b617318655057264e28bc0b6fb378c8ef146be00"),
            (b"Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (&[0xaa; 20], &[0xdd; 50], "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
            (&counting, &[0xcd; 50], "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
            (&[0x0c; 20], b"Test With Truncation", "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"),
            (
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "aa4ae5e15272d00e95705637ce8a3b55ed402112",
            ),
            (
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
                "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
            ),
        ] {
            assert_eq!(hmac(key, data)[..], hex(digest));
        }
        let mut mac = Mac::new(&[0x0c; 20]);
        mac.bytes(b"Test With Truncation");
        let code: Code<12> = mac.finish();
        assert_eq!(code.octets()[..], hex("4c1a03424b55e07fe7f27be1"));
    }

    const CARE_OF: Addr = Addr([0x20; 16]);
    const HOME: Addr = Addr([0x2a; 16]);
    const HEADER: [u8; 24] =
        [59, 3, 5, 0, 0x12, 0x34, 0, 7, 0x80, 0, 0, 9, 9, 5, 1, 0, 0, 1, 0, 0xee, 0xee, 0xee, 0xee, 0xee];

    /// What the definitions say, put together by hand.
    fn data(header: &[u8]) -> Vec<u8> {
        let mut header = header.to_vec();
        header[4..6].fill(0);
        [&CARE_OF.0[..], &HOME.0, &header].concat()
    }

    #[test]
    fn rfc6275_6_2_7_the_authenticator_covers_addresses_and_header_without_itself() {
        let (before, after) = HEADER.split_at(14);
        let code = binding_authorization(b"Kbm", CARE_OF, HOME, before, after);
        assert_eq!(code.octets()[..], hmac(b"Kbm", &data(&HEADER))[..12]);
    }

    #[test]
    fn rfc4285_5_1_mn_ha_is_the_first_96_bits() {
        let code = mn_ha(&[5; 16], CARE_OF, HOME, &HEADER);
        assert_eq!(code.octets()[..], hmac(&[5; 16], &data(&HEADER))[..12]);
    }

    #[test]
    fn rfc4285_5_2_mn_aaa_is_over_the_hash_of_the_data() {
        let code = mn_aaa(&[5; 16], CARE_OF, HOME, &HEADER);
        assert_eq!(code.octets(), hmac(&[5; 16], &Sha1::digest(data(&HEADER))));
    }

    #[test]
    fn the_checksum_is_the_only_thing_that_may_change() {
        type Make = fn(&[u8], Addr, Addr, &[u8]) -> Vec<u8>;
        let codes: [Make; 3] = [
            |key, a, b, header| mn_ha(key, a, b, header).octets().to_vec(),
            |key, a, b, header| mn_aaa(key, a, b, header).octets().to_vec(),
            |key, a, b, header| {
                let (before, after) = header.split_at(14);
                binding_authorization(key, a, b, before, after).octets().to_vec()
            },
        ];
        for code in codes {
            let good = code(b"key", CARE_OF, HOME, &HEADER);
            for at in 0..HEADER.len() {
                for bit in 0..8 {
                    let mut changed = HEADER;
                    changed[at] ^= 1 << bit;
                    let same = code(b"key", CARE_OF, HOME, &changed) == good;
                    assert_eq!(same, at == 4 || at == 5, "bit {bit} of octet {at}");
                }
            }
            for at in 0..16 {
                let mut changed = CARE_OF;
                changed.0[at] ^= 1;
                assert_ne!(code(b"key", changed, HOME, &HEADER), good);
                let mut changed = HOME;
                changed.0[at] ^= 1;
                assert_ne!(code(b"key", CARE_OF, changed, &HEADER), good);
            }
            assert_ne!(code(b"kez", CARE_OF, HOME, &HEADER), good);
            assert_ne!(code(b"key", CARE_OF, HOME, &HEADER[..23]), good);
        }
    }

    #[test]
    fn a_code_with_a_changed_bit_is_refused() {
        let code = mn_ha(b"key", CARE_OF, HOME, &HEADER);
        assert!(code.verify(&code.octets()));
        for at in 0..12 {
            for bit in 0..8 {
                let mut changed = code.octets();
                changed[at] ^= 1 << bit;
                assert!(!code.verify(&changed));
            }
        }
    }

    #[test]
    fn a_header_too_short_for_a_checksum_is_covered_as_it_is() {
        for len in 0..6 {
            let code = mn_ha(b"key", CARE_OF, HOME, &HEADER[..len]);
            let expected = hmac(b"key", &[&CARE_OF.0[..], &HOME.0, &HEADER[..len]].concat());
            assert_eq!(code.octets()[..], expected[..12]);
        }
    }
}
