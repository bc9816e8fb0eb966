//! What a call has touched, and what was told of it before: one action each comes of it.

use alloc::vec::Vec;

use crate::channel::Filter;
use crate::machine::LinkId;

/// The groups that a call has touched, each as often as it was.
#[derive(Clone, Debug)]
pub(super) struct Touched<A>(Vec<((LinkId, A), Touch<A>)>);

/// What a call has done to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Touch<A> {
    /// A channel of packed rows came or went; this was told of the group before.
    Rows(Filter<A>),
    /// A group that is not packed: whether more than timers that run longer came of it.
    Group { changed: bool },
}

impl<A> Default for Touched<A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<A: Copy + Ord> Touched<A> {
    /// Notes that a channel of packed rows comes or goes. What was `told` counts the first time only, and rows of one group
    /// come one after the other: it is not made anew for each.
    pub(super) fn rows(&mut self, link: LinkId, group: A, told: impl FnOnce() -> Filter<A>) {
        let is_noted = matches!(self.0.last(), Some((key, Touch::Rows(_))) if *key == (link, group));
        if !is_noted {
            self.0.push(((link, group), Touch::Rows(told())));
        }
    }

    /// Notes what was done to a group that is not packed.
    pub(super) fn group(&mut self, link: LinkId, group: A, changed: bool) {
        self.0.push(((link, group), Touch::Group { changed }));
    }

    /// What was told of a packed group, if its rows were touched.
    pub(super) fn told(&self, link: LinkId, group: A) -> Option<&Filter<A>> {
        self.0.iter().find_map(|(key, touch)| match touch {
            Touch::Rows(told) if *key == (link, group) => Some(told),
            _ => None,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Hands out each group once, ascending by link and group. Nothing is left.
    pub(super) fn drain(&mut self, mut each: impl FnMut(LinkId, A, Touch<A>)) {
        // What was told first counts: those of one group stay in their order.
        self.0.sort_by_key(|(key, _)| *key);
        let mut one: Option<((LinkId, A), Touch<A>)> = None;
        for (key, touch) in self.0.drain(..) {
            match &mut one {
                Some((before, all)) if *before == key => all.join(&touch),
                _ => {
                    if let Some(((link, group), all)) = one.replace((key, touch)) {
                        each(link, group, all);
                    }
                }
            }
        }
        if let Some(((link, group), all)) = one {
            each(link, group, all);
        }
    }
}

impl<A> Touch<A> {
    fn join(&mut self, later: &Self) {
        match (&*self, later) {
            (Self::Rows(_), Self::Rows(_)) => {}
            (&Self::Group { changed: before }, &Self::Group { changed }) => {
                *self = Self::Group { changed: before || changed };
            }
            _ => *self = Self::Group { changed: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_comes_once_and_what_was_told_first_counts() {
        let told = |sources: &[u32]| Touch::Rows(Filter::include(sources.iter().map(|&n| n.into())));
        let mut touched: Touched<core::net::Ipv4Addr> = Touched::default();
        let group = |n: u32| core::net::Ipv4Addr::from(n);
        let group_with = |changed| Touch::Group { changed };
        for (link, n, touch) in [
            (2, 1, told(&[1])),
            (1, 2, told(&[2])),
            (1, 2, told(&[])),
            (1, 1, group_with(false)),
            (1, 2, told(&[])),
            (1, 1, group_with(false)),
            (2, 1, group_with(false)),
            (1, 3, group_with(true)),
            (1, 3, group_with(false)),
        ] {
            match touch {
                Touch::Rows(told) => touched.rows(LinkId(link), group(n), || told),
                Touch::Group { changed } => touched.group(LinkId(link), group(n), changed),
            }
        }
        assert_eq!(touched.told(LinkId(1), group(2)).map(Filter::is_nothing), Some(false));
        assert_eq!(touched.told(LinkId(1), group(1)), None);
        let mut all = Vec::new();
        touched.drain(|link, group, touch| all.push((link.0, group, touch)));
        let expected = [
            (1, group(1), group_with(false)),
            (1, group(2), told(&[2])),
            (1, group(3), group_with(true)),
            (2, group(1), group_with(true)),
        ];
        assert_eq!((all.as_slice(), touched.is_empty()), (&expected[..], true));
    }
}
