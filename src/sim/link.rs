//! What a link does to a packet.

use alloc::vec::Vec;
use core::time::Duration;

use serde::Deserialize;

use crate::random::SplitMix64;

/// Delay, reordering, loss and duplication of a link, each way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkProfile {
    /// The least time a packet takes.
    pub delay: Duration,
    /// At most so much more, evenly spread, so that packets may overtake each other.
    pub jitter: Duration,
    /// Share of packets that are lost, 0 to 1.
    pub loss: f64,
    /// Share of packets that arrive twice, 0 to 1.
    pub duplicate: f64,
    /// Share of packets after which a mangled copy follows, made by somebody who means harm: it carries no
    /// authentication. 0 to 1.
    pub mangle: f64,
}

/// A share between 0 and 1, as a scenario writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Share(pub(super) f64);

impl TryFrom<f64> for Share {
    type Error = &'static str;

    fn try_from(share: f64) -> Result<Self, Self::Error> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err("a share must lie between 0 and 1") }
    }
}

/// One copy of a packet that comes out of a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Copy {
    pub(super) after: Duration,
    pub(super) mangled: bool,
}

impl LinkProfile {
    /// The copies that come out for one packet that goes in; none: it is lost. `lossy` is false when loss has ended.
    pub(super) fn copies(&self, lossy: bool, random: &mut SplitMix64) -> Vec<Copy> {
        let mut copies = Vec::with_capacity(1);
        if !(lossy && chance(self.loss, random)) {
            copies.push(Copy { after: self.transit(random), mangled: false });
        }
        if chance(self.duplicate, random) && !copies.is_empty() {
            copies.push(Copy { after: self.transit(random), mangled: false });
        }
        if chance(self.mangle, random) {
            copies.push(Copy { after: self.transit(random), mangled: true });
        }
        copies
    }

    /// The most time a packet takes.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.delay.saturating_add(self.jitter)
    }

    fn transit(&self, random: &mut SplitMix64) -> Duration {
        if self.jitter.is_zero() {
            return self.delay;
        }
        self.delay.saturating_add(random.delay(self.jitter))
    }
}

fn chance(share: f64, random: &mut SplitMix64) -> bool {
    if share <= 0.0 {
        return false;
    }
    // The upper 53 bits are all that an f64 holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let drawn = (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
    drawn < share
}

/// A copy of `octets` as somebody who means harm would change it: bits turned, cut short, or a length field made
/// a lie.
pub(super) fn mangled(octets: &[u8], random: &mut SplitMix64) -> Vec<u8> {
    let mut copy = octets.to_vec();
    let pick = |random: &mut SplitMix64, below: usize| {
        usize::try_from(random.next() % (below.max(1) as u64)).unwrap_or(0)
    };
    match random.next() % 3 {
        0 => {
            for _ in 0..=pick(random, 8) {
                let at = pick(random, copy.len());
                if let Some(octet) = copy.get_mut(at) {
                    *octet ^= 1 << pick(random, 8);
                }
            }
        }
        1 => copy.truncate(pick(random, octets.len())),
        _ => {
            let at = pick(random, copy.len());
            if let Some(octet) = copy.get_mut(at) {
                *octet = 0xff;
            }
        }
    }
    copy
}
