//! Groups, channels and what somebody wants of a group: the vocabulary of RFC 3810 2 and 4, generic over the address
//! family, so that MLD and IGMP share one source-list algebra.

use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// An address of one family, as far as multicast is concerned.
pub trait Address: Copy + Ord + fmt::Debug + fmt::Display + core::hash::Hash + 'static {
    /// Whether this is a group.
    fn is_group(self) -> bool;

    /// Whether this is a group that stays on its link (scope 0, 1, 2; 224.0.0.0/24) and so never enters a report
    /// upstream, a PBU-M, an M-CTD or a Multicast State option (digest trap 32).
    fn is_link_scope_group(self) -> bool;

    /// Whether this group is source-specific: ff3x::/32 (RFC 4607 1), 232/8.
    fn is_ssm_group(self) -> bool;

    /// Whether this can be the source of multicast data: a unicast address, not unspecified, not loopback.
    fn is_source(self) -> bool;

    /// How long an address is, in bits.
    const BITS: u8;

    /// The address as a number of 128 bits, its first bit the highest.
    fn leading(self) -> u128;
}

/// A range of groups: those that begin with the first `len` bits of `first`.
///
/// ```
/// use multimob::channel::GroupRange;
/// use core::net::Ipv4Addr;
///
/// let range = GroupRange { first: Ipv4Addr::new(239, 192, 0, 0), len: 14 };
/// assert!(range.contains(Ipv4Addr::new(239, 195, 1, 1)));
/// assert!(!range.contains(Ipv4Addr::new(239, 196, 1, 1)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GroupRange<A = Ipv6Addr> {
    /// The first group of the range.
    pub first: A,
    /// How many bits all groups of the range have in common.
    pub len: u8,
}

impl<A: Address> GroupRange<A> {
    /// Whether `group` is in the range.
    #[must_use]
    pub fn contains(self, group: A) -> bool {
        let differ = self.first.leading() ^ group.leading();
        differ.leading_zeros() >= u32::from(self.len)
    }

    /// Whether it is one: it has groups only, and no more bits than an address.
    #[must_use]
    pub fn is_valid(self) -> bool {
        // The groups of IPv4 have 4 bits in common, those of IPv6 eight.
        self.first.is_group() && self.len >= if A::BITS == 32 { 4 } else { 8 } && self.len <= A::BITS
    }
}

impl Address for Ipv6Addr {
    fn is_group(self) -> bool {
        self.is_multicast()
    }

    fn is_link_scope_group(self) -> bool {
        let [first, second, ..] = self.octets();
        first == 0xff && second & 0x0f <= 2
    }

    fn is_ssm_group(self) -> bool {
        let [first, second, third, fourth, ..] = self.octets();
        first == 0xff && second >> 4 == 3 && third == 0 && fourth == 0
    }

    fn is_source(self) -> bool {
        !self.is_multicast() && !self.is_unspecified() && !self.is_loopback()
    }

    const BITS: u8 = 128;

    fn leading(self) -> u128 {
        self.to_bits()
    }
}

impl Address for Ipv4Addr {
    fn is_group(self) -> bool {
        self.is_multicast()
    }

    fn is_link_scope_group(self) -> bool {
        matches!(self.octets(), [224, 0, 0, _])
    }

    fn is_ssm_group(self) -> bool {
        matches!(self.octets(), [232, ..])
    }

    fn is_source(self) -> bool {
        !self.is_multicast() && !self.is_unspecified() && !self.is_loopback() && !self.is_broadcast()
    }

    const BITS: u8 = 32;

    fn leading(self) -> u128 {
        u128::from(self.to_bits()) << 96
    }
}

/// A multicast channel: a group, from one source or from any.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Channel<A = Ipv6Addr> {
    /// The group address.
    pub group: A,
    /// The source; `None` is any source, (\*,G).
    pub source: Option<A>,
}

impl<A> Channel<A> {
    /// The channel (S,G).
    pub const fn ssm(source: A, group: A) -> Self {
        Self { group, source: Some(source) }
    }

    /// The channel (\*,G).
    pub const fn asm(group: A) -> Self {
        Self { group, source: None }
    }
}

impl<A: fmt::Display> fmt::Display for Channel<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "({source},{})", self.group),
            None => write!(f, "(*,{})", self.group),
        }
    }
}

impl<A: fmt::Display> fmt::Debug for Channel<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Filter mode of RFC 3810 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum FilterMode {
    /// From the listed sources only.
    Include,
    /// From all but the listed sources.
    Exclude,
}

/// A set of source addresses: sorted, without duplicates.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct SourceList<A = Ipv6Addr>(Vec<A>);

impl<A> Default for SourceList<A> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<A> SourceList<A> {
    /// No source.
    pub const EMPTY: Self = Self(Vec::new());
}

impl<A: Address> SourceList<A> {
    /// How many sources.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `source` is one of them.
    #[must_use]
    pub fn contains(&self, source: A) -> bool {
        self.0.binary_search(&source).is_ok()
    }

    /// The sources, ascending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = A> + DoubleEndedIterator + Clone + '_ {
        self.0.iter().copied()
    }

    /// The sources, ascending, as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[A] {
        &self.0
    }

    /// Adds one source; whether it was new.
    pub fn insert(&mut self, source: A) -> bool {
        match self.0.binary_search(&source) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, source);
                true
            }
        }
    }

    /// Removes one source; whether it was there.
    pub fn remove(&mut self, source: A) -> bool {
        match self.0.binary_search(&source) {
            Ok(at) => {
                self.0.remove(at);
                true
            }
            Err(_) => false,
        }
    }

    /// A + B.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect()
    }

    /// A * B.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.iter().filter(|&s| other.contains(s)).collect())
    }

    /// A - B.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.iter().filter(|&s| !other.contains(s)).collect())
    }
}

impl<A: Address> FromIterator<A> for SourceList<A> {
    fn from_iter<I: IntoIterator<Item = A>>(sources: I) -> Self {
        let mut list: Vec<A> = sources.into_iter().collect();
        list.sort_unstable();
        list.dedup();
        Self(list)
    }
}

impl<A: fmt::Debug> fmt::Debug for SourceList<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(&self.0).finish()
    }
}

/// What somebody wants of a group: the sources to let through. `Include` of nothing wants nothing.
///
/// This one value is what a router knows of a link, what a proxy merges, what a host asks for, and what a forwarder
/// lets pass.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Filter<A = Ipv6Addr> {
    /// How to read the list.
    pub mode: FilterMode,
    /// The listed sources.
    pub sources: SourceList<A>,
}

impl<A> Default for Filter<A> {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl<A> Filter<A> {
    /// INCLUDE {}: no interest, the state of a group that nobody mentioned.
    pub const NOTHING: Self = Self { mode: FilterMode::Include, sources: SourceList::EMPTY };
    /// EXCLUDE {}: every source, what a join of MLDv1 asks for.
    pub const EVERYTHING: Self = Self { mode: FilterMode::Exclude, sources: SourceList::EMPTY };
}

impl<A: Address> Filter<A> {
    /// INCLUDE of `sources`.
    pub fn include(sources: impl IntoIterator<Item = A>) -> Self {
        Self { mode: FilterMode::Include, sources: sources.into_iter().collect() }
    }

    /// EXCLUDE of `sources`.
    pub fn exclude(sources: impl IntoIterator<Item = A>) -> Self {
        Self { mode: FilterMode::Exclude, sources: sources.into_iter().collect() }
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.mode == FilterMode::Include && self.sources.is_empty()
    }

    /// Whether data from `source` is wanted.
    #[must_use]
    pub fn passes(&self, source: A) -> bool {
        self.sources.contains(source) == (self.mode == FilterMode::Include)
    }

    /// What two of them want together: the merge of RFC 3810 4.2.
    ///
    /// ```
    /// use multimob::channel::Filter;
    /// use core::net::Ipv6Addr;
    ///
    /// let [a, b] = [1, 2].map(|n| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n));
    /// let merged = Filter::exclude([a, b]).union(&Filter::include([b]));
    /// assert_eq!(merged, Filter::exclude([a]));
    /// ```
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        use FilterMode::{Exclude, Include};
        let (mode, sources) = match (self.mode, other.mode) {
            (Include, Include) => (Include, self.sources.union(&other.sources)),
            (Exclude, Exclude) => (Exclude, self.sources.intersection(&other.sources)),
            (Exclude, Include) => (Exclude, self.sources.difference(&other.sources)),
            (Include, Exclude) => (Exclude, other.sources.difference(&self.sources)),
        };
        Self { mode, sources }
    }

    /// What the one lets through and the other does not.
    ///
    /// ```
    /// use multimob::channel::Filter;
    /// use core::net::Ipv6Addr;
    ///
    /// let [a, b] = [1, 2].map(|n| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n));
    /// assert_eq!(Filter::exclude([a]).difference(&Filter::exclude([a, b])), Filter::include([b]));
    /// ```
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        use FilterMode::{Exclude, Include};
        let (mode, sources) = match (self.mode, other.mode) {
            (Include, Include) => (Include, self.sources.difference(&other.sources)),
            (Include, Exclude) => (Include, self.sources.intersection(&other.sources)),
            (Exclude, Include) => (Exclude, self.sources.union(&other.sources)),
            (Exclude, Exclude) => (Include, other.sources.difference(&self.sources)),
        };
        Self { mode, sources }
    }

    /// The channels by which a router asks a multicast network for this: one for each included source, or the
    /// group from any source.
    pub fn channels(&self, group: A) -> impl Iterator<Item = Channel<A>> + '_ {
        let any = (self.mode == FilterMode::Exclude).then(|| Channel::asm(group));
        let included = if any.is_some() { &[][..] } else { self.sources.as_slice() };
        any.into_iter().chain(included.iter().map(move |&source| Channel::ssm(source, group)))
    }
}

impl<A: fmt::Debug> fmt::Debug for Filter<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.mode {
            FilterMode::Include => "INCLUDE",
            FilterMode::Exclude => "EXCLUDE",
        })?;
        self.sources.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn source(n: u16) -> Ipv6Addr {
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n)
    }

    fn filter() -> impl Strategy<Value = Filter> {
        (any::<bool>(), proptest::collection::vec(0u16..6, 0..6)).prop_map(|(include, list)| {
            let sources = list.into_iter().map(source);
            if include { Filter::include(sources) } else { Filter::exclude(sources) }
        })
    }

    proptest! {
        /// The model: what a merge lets through is what either lets through, source by source.
        #[test]
        fn union_passes_what_either_passes(a in filter(), b in filter()) {
            let merged = a.union(&b);
            for s in (0..7).map(source) {
                prop_assert_eq!(merged.passes(s), a.passes(s) || b.passes(s));
            }
        }

        #[test]
        fn difference_passes_what_one_passes_and_the_other_does_not(a in filter(), b in filter()) {
            let rest = a.difference(&b);
            for s in (0..7).map(source) {
                prop_assert_eq!(rest.passes(s), a.passes(s) && !b.passes(s));
            }
        }

        /// The model: bit by bit.
        #[test]
        fn a_range_has_what_shares_its_first_bits(first in any::<u32>(), group in any::<u32>(), len in 0u8..=32) {
            let (first, group) = (Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(group));
            let bit = |address: Ipv4Addr, n: u8| address.to_bits() >> (31 - n) & 1;
            let expected = (0..len).all(|n| bit(first, n) == bit(group, n));
            prop_assert_eq!(GroupRange { first, len }.contains(group), expected);
        }

        #[test]
        fn lists_are_sets(a in proptest::collection::vec(0u16..9, 0..9), b in proptest::collection::vec(0u16..9, 0..9)) {
            use std::collections::BTreeSet;
            let (x, y): (BTreeSet<_>, BTreeSet<_>) = (a.iter().map(|&n| source(n)).collect(), b.iter().map(|&n| source(n)).collect());
            let (a, b): (SourceList, SourceList) = (x.iter().copied().collect(), y.iter().rev().copied().collect());
            prop_assert!(a.union(&b).iter().eq(x.union(&y).copied()));
            prop_assert!(a.intersection(&b).iter().eq(x.intersection(&y).copied()));
            prop_assert!(a.difference(&b).iter().eq(x.difference(&y).copied()));
        }
    }

    #[test]
    fn ssm_range_is_ff3x_32() {
        for (text, ssm) in
            [("ff3e::8000:1", true), ("ff35::1", true), ("ff1e::1234", false), ("ff3e:1::1", false)]
        {
            assert_eq!(text.parse::<Ipv6Addr>().unwrap().is_ssm_group(), ssm, "{text}");
        }
    }

    #[test]
    fn a_range_of_groups_is_within_the_groups() {
        let range = |text: &str, len| GroupRange { first: text.parse::<Ipv6Addr>().unwrap(), len };
        for (range, valid) in [
            (range("ff00::", 8), true),
            (range("ff00::", 7), false),
            (range("ff3e::8000:0", 128), true),
            (range("ff3e::8000:0", 129), false),
            (range("2001:db8::", 32), false),
        ] {
            assert_eq!(range.is_valid(), valid, "{range:?}");
        }
        assert!(GroupRange { first: Ipv4Addr::new(224, 0, 0, 0), len: 4 }.is_valid());
        assert!(!GroupRange { first: Ipv4Addr::new(224, 0, 0, 0), len: 3 }.is_valid());
        assert!(!GroupRange { first: Ipv4Addr::new(239, 0, 0, 0), len: 33 }.is_valid());
    }

    #[test]
    fn link_scope_stays_home() {
        for (text, link) in
            [("ff02::1:ff00:11", true), ("ff01::1", true), ("ff12::5", true), ("ff05::2", false)]
        {
            assert_eq!(text.parse::<Ipv6Addr>().unwrap().is_link_scope_group(), link, "{text}");
        }
    }
}
