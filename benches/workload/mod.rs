//! What is measured: messages, made from a fixed seed, for the instruction counts and for the comparison with others.

pub mod mh;
pub mod mld;

use core::hint::black_box;
use core::net::Ipv6Addr;

/// Source and destination of every message, where the compiler cannot see them: else it adds up the pseudo-header of a
/// checksum beforehand, for those who are inlined.
#[inline(always)]
pub fn addresses() -> &'static (Ipv6Addr, Ipv6Addr) {
    black_box(&(SRC, DST))
}

/// Source address of every message.
pub const SRC: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0x5054, 0xff, 0xfe12, 0x3456);

/// Destination of every message: all MLDv2-capable routers.
pub const DST: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);

/// Messages in a pool: more shapes than a branch predictor learns.
pub const POOL: usize = 8_192;

/// Some octets.
pub fn octets(len: usize) -> Vec<u8> {
    let mut random = Random::default();
    (0..len).map(|_| random.below(256).to_le_bytes()[0]).collect()
}

/// Pseudo-random numbers (xorshift), the same ones at every run.
pub struct Random(u64);

impl Default for Random {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap_or(0)]
    }

    /// An address below a prefix of 32 bits.
    fn address(&mut self, prefix: [u8; 4]) -> [u8; 16] {
        let [head, tail] = [self.next().to_le_bytes(), self.next().to_le_bytes()];
        let mut address = [0; 16];
        address[..8].copy_from_slice(&head);
        address[8..].copy_from_slice(&tail);
        address[..4].copy_from_slice(&prefix);
        address
    }
}
