//! The home network prefixes that an LMA gives away (RFC 5213 5.3.2, 1).

use alloc::collections::BTreeSet;
use core::net::Ipv6Addr;

use crate::pmip::Prefix;

const LEN: u8 = 64;

/// The /64s of one prefix. The lowest that is free is given next, so that equal histories give equal prefixes.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    prefix: Prefix,
    /// All from here on were never given.
    next: u128,
    /// Given and freed again, below `next`.
    freed: BTreeSet<u128>,
}

impl Pool {
    /// The /64s of `prefix`, which is not longer than that.
    pub(super) const fn new(prefix: Prefix) -> Self {
        Self { prefix, next: 0, freed: BTreeSet::new() }
    }

    /// The prefix that would be given next.
    pub(super) fn peek(&self) -> Option<Prefix> {
        let index = self.freed.first().copied().unwrap_or(self.next);
        let fits = index.checked_shr(u32::from(LEN.saturating_sub(self.prefix.len))) == Some(0);
        fits.then(|| Prefix::new(Ipv6Addr::from_bits(self.prefix.address.to_bits() | index << LEN), LEN))
    }

    /// Gives the prefix that [`Pool::peek`] showed, if it is among `prefixes`.
    pub(super) fn take(&mut self, prefixes: &[Prefix]) {
        let is_given = self.peek().is_some_and(|prefix| prefixes.contains(&prefix));
        if is_given && self.freed.pop_first().is_none() {
            self.next = self.next.saturating_add(1);
        }
    }

    /// Takes back those of `prefixes` that were given by this pool.
    pub(super) fn free(&mut self, prefixes: &[Prefix]) {
        let base = self.prefix.address.to_bits();
        let given = prefixes.iter().filter(|prefix| self.prefix.overlaps(**prefix));
        self.freed.extend(given.map(|prefix| (prefix.address.to_bits() ^ base) >> LEN));
    }

    /// Whether `prefix` has addresses of the pool.
    pub(super) fn overlaps(&self, prefix: Prefix) -> bool {
        self.prefix.overlaps(prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str, len: u8) -> Prefix {
        Prefix::new(text.parse().unwrap(), len)
    }

    /// What `pool` gives next, if anything.
    fn give(pool: &mut Pool) -> Option<Prefix> {
        let prefix = pool.peek()?;
        pool.take(&[prefix]);
        Some(prefix)
    }

    #[test]
    fn r5213_5_3_2_a_prefix_is_given_once_until_it_is_freed() {
        let mut pool = Pool::new(prefix("2001:db8:f000::", 63));
        let [first, second] = [prefix("2001:db8:f000::", 64), prefix("2001:db8:f000:1::", 64)];
        assert_eq!([(); 3].map(|()| give(&mut pool)), [Some(first), Some(second), None]);
        pool.free(&[second, first, prefix("2001:db8:e000::", 64)]);
        assert_eq!([(); 3].map(|()| give(&mut pool)), [Some(first), Some(second), None]);
    }

    #[test]
    fn what_is_not_the_pools_takes_nothing_from_it() {
        let mut pool = Pool::new(prefix("2001:db8:f000::", 64));
        pool.take(&[prefix("2001:db8:1::", 64)]);
        let only = prefix("2001:db8:f000::", 64);
        assert_eq!([(); 2].map(|()| give(&mut pool)), [Some(only), None]);
    }
}
