//! The listeners of one group, ascending by key, in as much room as they need: most groups of a link have one.

use alloc::vec::Vec;

use super::tracking::Member;

/// Who wants something of a group.
#[derive(Clone, Debug)]
pub(super) struct Members<A>(Vec<(A, Member<A>)>);

impl<A> Default for Members<A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<A: Ord + Copy> Members<A> {
    /// These, each once.
    pub(super) fn of(mut members: Vec<(A, Member<A>)>) -> Self {
        members.sort_unstable_by_key(|&(key, _)| key);
        Self(members)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, key: A) -> Option<&Member<A>> {
        self.0.get(self.find(key).ok()?).map(|(_, member)| member)
    }

    pub(super) fn get_mut(&mut self, key: A) -> Option<&mut Member<A>> {
        let at = self.find(key).ok()?;
        self.0.get_mut(at).map(|(_, member)| member)
    }

    pub(super) fn contains(&self, key: A) -> bool {
        self.find(key).is_ok()
    }

    pub(super) fn insert(&mut self, key: A, member: Member<A>) {
        match self.find(key) {
            Ok(at) => {
                if let Some((_, known)) = self.0.get_mut(at) {
                    *known = member;
                }
            }
            Err(at) => {
                if self.0.is_empty() {
                    self.0.reserve_exact(1);
                }
                self.0.insert(at, (key, member));
            }
        }
    }

    pub(super) fn remove(&mut self, key: A) {
        if let Ok(at) = self.find(key) {
            self.0.remove(at);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (A, &Member<A>)> {
        self.0.iter().map(|(key, member)| (*key, member))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (A, &mut Member<A>)> {
        self.0.iter_mut().map(|(key, member)| (*key, member))
    }

    /// Takes out those of whom `wants` is not true; their keys.
    pub(super) fn take_out(&mut self, wants: impl Fn(&Member<A>) -> bool) -> Vec<A> {
        self.0.extract_if(.., |(_, member)| !wants(member)).map(|(key, _)| key).collect()
    }

    fn find(&self, key: A) -> Result<usize, usize> {
        self.0.binary_search_by_key(&key, |&(key, _)| key)
    }
}
