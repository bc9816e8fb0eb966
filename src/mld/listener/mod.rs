//! The listener side of MLDv2 (RFC 3810 6) and IGMPv3 (RFC 3376 5): a host on one interface, or a proxy's face towards its
//! upstream.
//!
//! What the interface wants of a group is [`Input::Want`]; the listener tells the routers of the link of every change,
//! repeats that, and answers queries after a random delay. The repetitions of one report stay together: they share one
//! random delay and travel in one report again.
//!
//! What it holds ([`Input::Hold`], MLD Hold of draft asaeda) is said by Hold records ([`Config::hold`]): the routers stay
//! on its tree and send no data. What is wanted too is received.
//!
//! While a querier of an older version is there ([`Listener::version`]) it says what that version can say: whether it
//! listens to a group or not.
//!
//! ```
//! use multimob::channel::Filter;
//! use multimob::machine::{LinkId, Via};
//! use multimob::mld::listener::{Action, Config, Input, Listener};
//! use multimob::{Instant, Machine};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::new(Via::Link(LinkId(1)), "fe80::1".parse()?);
//! let mut host: Listener = Listener::new(config, 42)?;
//! let mut out = Vec::new();
//! let filter = Filter::include(["2001:db8:5::5".parse()?]);
//! host.handle_input(Instant::ZERO, Input::Want { group: "ff3e::8000:1".parse()?, filter }, &mut out)?;
//!
//! let [Action::Send(report)] = &out[..] else { panic!("one report, at once") };
//! assert_eq!(report.dst, "ff02::16".parse::<core::net::Ipv6Addr>()?);
//! assert!(host.poll_timeout() < Some(Instant::from_secs(1)), "said again within a second");
//! # Ok(())
//! # }
//! ```

mod apply;
mod fsm;
mod hold;
pub(super) mod lightweight;
mod member;
mod mode;
mod older;
mod owned;
mod pack;
mod plan;
#[cfg(test)]
pub(super) mod tests;

pub use hold::Wish;
pub use owned::OwnedInput;
pub(crate) use plan::Plan;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::{Family, Timing, TimingError, Version};
use crate::channel::Filter;
use crate::machine::{Envelope, Machine, Received, Sink, Snapshot, Via};
use crate::random::SplitMix64;
use crate::time::Instant;
use crate::timers::Timers;
use crate::wire::HoldTypes;
use crate::wire::membership::Refused;

/// How a listener is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(bound = ""))]
pub struct Config<A: Family = Ipv6Addr> {
    /// Where its reports leave.
    pub via: Via,
    /// Its address there, of IPv6 the link-local one; no address until it has one ([`Input::Address`]).
    pub address: A,
    /// Timers and counts.
    #[cfg_attr(feature = "serde", serde(default))]
    pub timing: Timing,
    /// Groups at most, those included whose leave is still being repeated: 1,000.
    #[cfg_attr(feature = "serde", serde(default = "defaults::max_groups"))]
    pub max_groups: usize,
    /// Whether a Report of an older version that another host sends stands for the answer to a Query about its group
    /// that is still to come (RFC 3810 8.2.2, RFC 3376 7.2.2): no, because a router that tracks its listeners would
    /// miss it. Of source-specific groups never (RFC 4604 2.2.1). While an older querier is there it always does, as in
    /// that version.
    #[cfg_attr(feature = "serde", serde(default))]
    pub suppression: bool,
    /// Record types by which the routers of the link understand Hold: [`HoldTypes::PRIVATE`]. Where they are those of
    /// current-state records, what is wanted is stated by ALLOW_NEW_SOURCES and CHANGE_TO_EXCLUDE_MODE (digest 1.B.6).
    #[cfg_attr(feature = "serde", serde(default = "defaults::hold"))]
    pub hold: HoldTypes,
    /// Octets of the largest datagram, IP header included: 1,500. Less than 1,280 counts as 1,280 (RFC 8200 5), in IPv4
    /// less than 576 as 576.
    #[cfg_attr(feature = "serde", serde(default = "defaults::mtu"))]
    pub mtu: usize,
    /// Groups that one call of [`Machine::handle_timeout`] reports, at least 1; the others follow a millisecond later:
    /// 1,000.
    #[cfg_attr(feature = "serde", serde(default = "defaults::budget"))]
    pub budget: usize,
}

mod defaults {
    pub(super) const fn max_groups() -> usize {
        1_000
    }

    pub(super) const fn hold() -> crate::wire::HoldTypes {
        crate::wire::HoldTypes::PRIVATE
    }

    pub(super) const fn mtu() -> usize {
        1_500
    }

    pub(super) const fn budget() -> usize {
        1_000
    }
}

impl<A: Family> Config<A> {
    /// A listener whose reports leave by `via` from `address`, all else by default.
    #[must_use]
    pub fn new(via: Via, address: A) -> Self {
        Self {
            via,
            address,
            timing: Timing::default(),
            max_groups: defaults::max_groups(),
            suppression: false,
            hold: defaults::hold(),
            mtu: defaults::mtu(),
            budget: defaults::budget(),
        }
    }
}

/// What may happen to a listener.
pub type Input<'a, A = Ipv6Addr> = InputOf<A, <A as Family>::Message<'a>>;

/// [`Input`], over its messages: so it can be lent for shorter than it lives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InputOf<A, M> {
    /// What the interface wants of a group from now on, sockets merged (RFC 3810 4.2). INCLUDE {} is a leave. Nothing
    /// is ever reported of ff02::1 and of scopes 0 and 1 (RFC 3810 6), nor of 224.0.0.1: wanting these changes nothing.
    Want {
        /// The group.
        group: A,
        /// The filter.
        filter: Filter<A>,
    },
    /// What the interface holds of a group from now on, parents merged (A29): the tree is to be kept, no data is to come.
    /// INCLUDE {} holds nothing. What is wanted of the group comes all the same; of the rest the routers are told. In an
    /// older version nothing is said of it, nor of a hold of all sources but the wanted ones where these do not fit a
    /// report: who does not hear them all would stop the others.
    Hold {
        /// The group.
        group: A,
        /// What is held.
        filter: Filter<A>,
    },
    /// The querier was told of the present state of a group by other means, a PBU-M say: pending state-change reports
    /// for it are dropped.
    Told {
        /// The group.
        group: A,
    },
    /// The address from which reports leave has become usable, has changed, or is gone (no address). A router drops
    /// what comes from no address, and tracks listeners by theirs: from a new one all that is wanted is said again
    /// (RFC 3810 5.2.13).
    Address {
        /// The address.
        address: A,
    },
    /// An MLD or IGMP message arrived.
    Packet(Received<M, A>),
}

/// What a listener wants done.
///
/// One call pushes at most two reports for each MTU that its records fill, because those of a group stay together: a
/// [`Input::Want`] or [`Input::Hold`] three records, a timeout three for each of at most `budget` groups, an
/// [`Input::Address`] one for each group. In an older version it pushes one message for each group instead.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", bound = ""))]
#[non_exhaustive]
pub enum Action<A: Family = Ipv6Addr> {
    /// Send a report, or a leave of an older version.
    Send(Envelope<A::Owned, A>),
}

/// Why an input was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reject<A: Family = Ipv6Addr> {
    /// No room for another group.
    #[error("no room for another group: the limit is {0}")]
    TooManyGroups(usize),
    /// Not a multicast address.
    #[error("{0} is no multicast address")]
    NotAGroup(A),
    /// A listed source cannot be one.
    #[error("{0} cannot be a source")]
    NotASource(A),
    /// EXCLUDE mode for a source-specific group (RFC 4604 2.2.2).
    #[error("EXCLUDE mode for {0}, which is a source-specific group")]
    SsmExclude(A),
    /// It cannot be the address of a listener: of MLD it is not link-local, of IGMP not that of a host.
    #[error("{0}, from where no Report may come")]
    BadAddress(A),
    /// The message breaks a rule (RFC 3810 6.2, RFC 3376 9.1): of several that of the hop limit comes first, then Router
    /// Alert, source, and what depends on the kind. Or it says nothing to this listener.
    #[error(transparent)]
    Message(#[from] Refused<A::Wire>),
}

/// The listener side of MLD on one interface; over IPv4 addresses, of IGMP.
#[derive(Clone, Debug)]
pub struct Listener<A: Family = Ipv6Addr> {
    config: Config<A>,
    random: SplitMix64,
    groups: BTreeMap<A, Group<A>>,
    /// What was wanted and held when the last report was sent, of the groups that changed since.
    changed: BTreeMap<A, Wish<A>>,
    general: fsm::General<A>,
    queriers: mode::Queriers,
    /// The Query Interval in the last Query that said one.
    query_interval: Duration,
    timers: Timers<Timer<A>>,
    not_before: Instant,
}

/// What a listener knows of a group. There is none of a group that is neither wanted nor held and has nothing left to
/// say.
#[derive(Clone, Debug)]
struct Group<A> {
    wish: Wish<A>,
    /// Of what is wanted.
    change: fsm::Change<A>,
    /// Of what is kept; due with the other, if both are.
    holding: hold::Holding<A>,
    response: fsm::Response<A>,
    /// What is to be said in an older version; idle while there is no older querier, as the two above are while there
    /// is one.
    member: member::Member,
}

impl<A> Default for Group<A> {
    fn default() -> Self {
        Self {
            wish: Wish::NOTHING,
            change: fsm::Change::Settled,
            holding: hold::Holding::Settled,
            response: fsm::Response::Idle,
            member: member::Member::Idle,
        }
    }
}

impl<A: Family> Group<A> {
    /// When its last changes are said again.
    fn repeat_due(&self) -> Option<Instant> {
        self.change.due().or(self.holding.due())
    }
}

/// The timers of RFC 3810 6.3 and 8.2.1. Of those that fire together the older querier goes first, and takes the others
/// along; then those for changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer<A> {
    Querier,
    Retransmission(A),
    Group(A),
    Interface,
}

impl<A: Family> Listener<A> {
    /// A listener that wants nothing yet. Equal seeds give equal delays.
    ///
    /// # Errors
    /// The timers cannot be.
    pub fn new(config: Config<A>, seed: u64) -> Result<Self, TimingError> {
        config.timing.validate()?;
        Ok(Self {
            config,
            random: SplitMix64::new(seed),
            groups: BTreeMap::new(),
            changed: BTreeMap::new(),
            general: fsm::General::Idle,
            queriers: mode::Queriers::default(),
            query_interval: config.timing.query_interval,
            timers: Timers::default(),
            not_before: Instant::ZERO,
        })
    }

    /// How it was set up.
    #[must_use]
    pub const fn config(&self) -> &Config<A> {
        &self.config
    }

    /// The version that it speaks: that of the oldest querier that is there (RFC 3810 8.2.1, RFC 3376 7.2.1). In an older
    /// one nothing is said of sources, and a source-specific group is joined as any other (RFC 4604 2.2.3).
    #[must_use]
    pub const fn version(&self) -> Version {
        self.queriers.version()
    }

    /// What the interface wants of `group`.
    #[must_use]
    pub fn wanted(&self, group: A) -> &Filter<A> {
        self.groups.get(&group).map_or(const { &Filter::<A>::NOTHING }, |group| &group.wish.wanted)
    }

    /// What the interface holds of `group` and does not receive: what the routers are told to hold.
    #[must_use]
    pub fn held(&self, group: A) -> Filter<A> {
        self.groups.get(&group).map_or(Filter::NOTHING, |group| group.wish.kept())
    }

    /// The groups of which the interface holds what it does not receive, ascending, and what.
    pub fn holds(&self) -> impl Iterator<Item = (A, Filter<A>)> {
        let held = self.groups.iter().map(|(&address, group)| (address, group.wish.kept()));
        held.filter(|(_, kept)| !kept.is_nothing())
    }

    /// The groups that the interface wants something of, ascending.
    pub fn groups(&self) -> impl Iterator<Item = (A, &Filter<A>)> {
        self.groups
            .iter()
            .map(|(&address, group)| (address, &group.wish.wanted))
            .filter(|(_, filter)| !filter.is_nothing())
    }

    /// How many groups the listener keeps: what is wanted or held, and what still has to be said to be so no longer. This is
    /// what [`Config::max_groups`] bounds.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.groups.len()
    }

    /// Whether nothing is wanted or held and no report of a change has to be sent or repeated.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.changed.is_empty()
            && self.groups.values().all(|group| group.wish.is_nothing() && group.repeat_due().is_none())
    }
}

impl<A: Family> Machine for Listener<A> {
    type Input<'a> = Input<'a, A>;
    type Action = Action<A>;
    type Reject = Reject<A>;

    fn handle_input(
        &mut self,
        now: Instant,
        input: Input<'_, A>,
        out: &mut impl Sink<Action<A>>,
    ) -> Result<(), Reject<A>> {
        let plan = self.check(now, input)?;
        let mut actions = Vec::new();
        self.apply(now, plan, &mut actions);
        actions.into_iter().for_each(|action| out.push(action));
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action<A>>) {
        let mut actions = Vec::new();
        self.expire(now, &mut actions);
        actions.into_iter().for_each(|action| out.push(action));
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next().map(|due| due.max(self.not_before))
    }
}

impl<A: Family> Snapshot for Listener<A> {
    type S = BTreeMap<A, Wish<A>>;

    /// What the interface wants and holds of each group.
    fn snapshot(&self) -> Self::S {
        let wishes = self.groups.iter().map(|(&address, group)| (address, group.wish.clone()));
        wishes.filter(|(_, wish)| !wish.is_nothing()).collect()
    }
}
