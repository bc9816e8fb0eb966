//! Join/Prune (RFC 7761 4.9.5).

use super::address::{
    EntryKind, Group, Source, group, group_of_any_family, is_ipv4, pass_sources, sources, unicast,
    write_unicast,
};
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::out::Out;
use crate::wire::read::{Read, chunk};
use crate::wire::{Addr, Dialect, Item, List};

/// Join/Prune: what a router wants of its upstream neighbour, and wants no more.
///
/// One message acts as a whole (trap 42): a machine takes all [`JoinPrune::entries`] in their order, and after them, once,
/// the end of the message.
///
/// ```
/// use multimob::wire::pim::{EntryKind, Group, GroupSet, JoinPrune, Source};
/// use multimob::wire::{Addr, Dialect, List};
///
/// let addr = |text: &str| text.parse::<core::net::Ipv6Addr>().map(Addr::from);
/// let (rp, source) = (addr("2001:db8:c::1")?, addr("2001:db8:5::5")?);
/// let joined = [Source::new(EntryKind::StarG, rp)];
/// let pruned = [Source::new(EntryKind::SgRpt, source)];
/// let groups = [GroupSet {
///     group: Group::single(addr("ff1e::1234")?),
///     joined: List::new(&joined, &Dialect::DEFAULT),
///     pruned: List::new(&pruned, &Dialect::DEFAULT),
/// }];
/// let groups = List::new(&groups, &Dialect::DEFAULT);
/// let message = JoinPrune { upstream: addr("fe80::2")?, holdtime: 210, groups };
///
/// let entries: Vec<_> = message.entries().map(|entry| (entry.action, entry.kind, entry.address)).collect();
/// use multimob::wire::pim::JoinPruneAction::{Join, Prune};
/// assert_eq!(entries, [(Join, EntryKind::StarG, rp), (Prune, EntryKind::SgRpt, source)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JoinPrune<'a> {
    /// The neighbour that is meant, by its primary address: where its Hellos come from (trap 37).
    pub upstream: Addr,
    /// How long what is joined or pruned is kept, seconds; 0xffff: until it is taken back.
    pub holdtime: u16,
    /// The group sets, at most 255. Those of IPv4 are passed over when a message is read (RFC 7761 4.9.5).
    pub groups: List<'a, GroupSet<'a>>,
}

impl<'a> JoinPrune<'a> {
    /// Holdtime of state that does not end by itself.
    pub const FOREVER: u16 = u16::MAX;

    /// All entries, in the order of the message: set by set, what is joined before what is pruned. A set that
    /// [`GroupSet::judge_group`] refuses is passed over.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + Clone + use<'a> {
        self.groups.iter().filter(|set| set.judge_group().is_ok()).flat_map(|set| set.entries())
    }

    pub(super) fn read(data: &'a [u8], dialect: &Dialect) -> Read<'a, Self> {
        let (rest, upstream) = unicast(Layer::Pim, data)?;
        let (body, &[_, number, high, low]) = chunk(Layer::Pim, Field::Header, rest)?;
        let (mut rest, mut len) = (body, 0_usize);
        for _ in 0..number {
            let (after, is_ipv6) = pass_set(rest)?;
            rest = after;
            len = len.saturating_add(usize::from(is_ipv6));
        }
        let sets = body.get(..body.len().saturating_sub(rest.len())).unwrap_or(body);
        let groups = List::validated(sets, len, dialect);
        Ok((rest, Self { upstream, holdtime: u16::from_be_bytes([high, low]), groups }))
    }

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let Ok(number) = u8::try_from(self.groups.len()) else {
            return Err(EncodeError::TooLong { field: Field::NumberOfGroups, max: usize::from(u8::MAX) });
        };
        let [high, low] = self.holdtime.to_be_bytes();
        write_unicast(out, self.upstream);
        out.put(&[0, number, high, low]);
        self.groups.write(out)
    }
}

/// A group with what is joined and what is pruned of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupSet<'a> {
    /// The group.
    pub group: Group,
    /// Joined sources, at most 65,535. Those of IPv4 are passed over when a message is read (RFC 7761 4.9.5).
    pub joined: List<'a, Source>,
    /// Pruned sources, as the joined ones.
    pub pruned: List<'a, Source>,
}

impl<'a> GroupSet<'a> {
    /// The entries, in their order: what is joined before what is pruned.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + Clone + use<'a> {
        let group = self.group.address;
        let entry = move |action, source: Source| Entry {
            action,
            kind: source.kind(),
            group,
            address: source.address,
        };
        let joined = self.joined.iter().map(move |source| entry(JoinPruneAction::Join, source));
        joined.chain(self.pruned.iter().map(move |source| entry(JoinPruneAction::Prune, source)))
    }
}

/// One line of a Join/Prune, as a machine takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Whether it is joined or pruned.
    pub action: JoinPruneAction,
    /// (S,G), (S,G,rpt) or (\*,G).
    pub kind: EntryKind,
    /// G.
    pub group: Addr,
    /// S; of a (\*,G) the RP.
    pub address: Addr,
}

/// What is done to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JoinPruneAction {
    /// It is wanted.
    Join,
    /// It is not wanted any more.
    Prune,
}

/// Checks a group set; whether it is one of IPv6.
#[inline]
fn pass_set(input: &[u8]) -> Read<'_, bool> {
    let (rest, group) = group_of_any_family(input)?;
    let (rest, &[j0, j1, p0, p1]) = chunk(Layer::Pim, Field::NumberOfSources, rest)?;
    let (rest, _) = pass_sources(u16::from_be_bytes([j0, j1]), rest)?;
    let (rest, _) = pass_sources(u16::from_be_bytes([p0, p1]), rest)?;
    Ok((rest, group.is_some()))
}

/// A group set of IPv6. Always inlined: behind a call its parts would travel through memory.
#[inline(always)]
fn set<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, GroupSet<'a>> {
    let (rest, group) = group(input)?;
    let (rest, &[j0, j1, p0, p1]) = chunk(Layer::Pim, Field::NumberOfSources, rest)?;
    let (rest, joined) = sources(u16::from_be_bytes([j0, j1]), rest, dialect)?;
    let (rest, pruned) = sources(u16::from_be_bytes([p0, p1]), rest, dialect)?;
    Ok((rest, GroupSet { group, joined, pruned }))
}

impl<'a> Item<'a> for GroupSet<'a> {
    #[inline]
    fn read(octets: &mut &'a [u8], dialect: &Dialect) -> Option<Self> {
        while is_ipv4(octets) {
            (*octets, _) = pass_set(octets).ok()?;
        }
        let (rest, set) = set(octets, dialect).ok()?;
        *octets = rest;
        Some(set)
    }

    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        let lens = [self.joined.len(), self.pruned.len()].map(u16::try_from);
        let [Ok(joined), Ok(pruned)] = lens else {
            return Err(EncodeError::TooLong { field: Field::NumberOfSources, max: usize::from(u16::MAX) });
        };
        let ([j0, j1], [p0, p1]) = (joined.to_be_bytes(), pruned.to_be_bytes());
        self.group.write(out);
        out.put(&[j0, j1, p0, p1]);
        self.joined.write(out)?;
        self.pruned.write(out)
    }
}
