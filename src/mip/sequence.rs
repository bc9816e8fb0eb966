//! Sequence numbers of Binding Updates (RFC 6275 9.5.1).

/// A sequence number: 16 bits that wrap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sequence(pub(crate) u16);

impl Sequence {
    /// The number after this one.
    pub(crate) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// Whether an update with this number may follow one with `last`: it lies in the 32,767 numbers above.
    pub(crate) const fn follows(self, last: Self) -> bool {
        last.0.wrapping_sub(self.0) > 32_768
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6275 9.5.1: after 15, the numbers 0 to 15 and 32783 to 65535 are old.
    #[test]
    fn t51_the_window_is_32768_inclusive() {
        for old in (0..=15).chain(32_783..=65_535) {
            assert!(!Sequence(old).follows(Sequence(15)), "{old}");
        }
        for new in 16..=32_782 {
            assert!(Sequence(new).follows(Sequence(15)), "{new}");
        }
    }

    #[test]
    fn the_next_number_follows_even_where_they_wrap() {
        for n in [0, 15, 32_767, 32_768, 65_535] {
            assert!(Sequence(n).next().follows(Sequence(n)), "{n}");
        }
    }
}
