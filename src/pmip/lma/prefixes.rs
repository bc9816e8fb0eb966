//! Prefixes that have no address in common, and whose they are.

use alloc::collections::BTreeMap;

use crate::pmip::Prefix;

/// A map by prefix. No two of its prefixes overlap: whoever inserts asks [`PrefixMap::overlapping`] before.
#[derive(Clone, Debug)]
pub(super) struct PrefixMap<T>(BTreeMap<Prefix, T>);

impl<T> Default for PrefixMap<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> PrefixMap<T> {
    /// The entry of exactly this prefix.
    pub(super) fn get(&self, prefix: Prefix) -> Option<&T> {
        self.0.get(&prefix)
    }

    /// An entry that has addresses of `prefix`. Because entries do not overlap, only the two neighbours can.
    pub(super) fn overlapping(&self, prefix: Prefix) -> Option<(Prefix, &T)> {
        let below = self.0.range(..=prefix).next_back();
        let above = self.0.range(prefix..).next();
        below.into_iter().chain(above).map(|(&key, value)| (key, value)).find(|(key, _)| key.overlaps(prefix))
    }

    pub(super) fn insert(&mut self, prefix: Prefix, value: T) {
        self.0.insert(prefix, value);
    }

    pub(super) fn remove(&mut self, prefix: Prefix) {
        self.0.remove(&prefix);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str, len: u8) -> Prefix {
        Prefix::new(text.parse().unwrap(), len)
    }

    #[test]
    fn an_overlap_is_found_whichever_is_the_wider() {
        let mut map = PrefixMap::default();
        map.insert(prefix("2001:db8:1::", 48), 'a');
        map.insert(prefix("2001:db8:2:5::", 64), 'b');
        map.insert(prefix("2001:db8:2:7::", 64), 'c');
        let owner = |text, len| map.overlapping(prefix(text, len)).map(|(_, &owner)| owner);
        assert_eq!(owner("2001:db8:1:9::", 64), Some('a'));
        assert_eq!(owner("2001:db8:2:5::", 64), Some('b'));
        assert_eq!(owner("2001:db8:2::", 48), Some('b'));
        assert_eq!(owner("2001:db8:2:6::", 63), Some('c'));
        assert_eq!(owner("2001:db8:1::", 32), Some('a'));
        assert_eq!(owner("2001:db8:2:6::", 64), None);
        assert_eq!(map.get(prefix("2001:db8:1::", 64)), None);
    }
}
