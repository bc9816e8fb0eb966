//! The listener side of MLDv2 (RFC 3810 6): a host on one interface, or a proxy's face towards its upstream.
//!
//! What the interface wants of a group is [`Input::Want`]; the listener tells the routers of the link of every change,
//! repeats that, and answers queries after a random delay. The repetitions of one report stay together: they share one
//! random delay and travel in one report again.
//!
//! Not here: MLDv1 compatibility mode (RFC 3810 8.2.1). A version 1 query is answered as a version 2 query with a linear
//! delay, by version 2 reports.
//!
//! ```
//! use multimob::channel::Filter;
//! use multimob::machine::{LinkId, Via};
//! use multimob::mld::listener::{Action, Config, Input, Listener};
//! use multimob::{Instant, Machine};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::new(Via::Link(LinkId(1)), "fe80::1".parse()?);
//! let mut host = Listener::new(config, 42)?;
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
mod owned;
mod pack;
mod plan;
#[cfg(test)]
pub(super) mod tests;

pub use owned::OwnedInput;
pub(crate) use plan::Plan;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::{Timing, TimingError};
use crate::channel::{Address, Filter};
use crate::machine::{Envelope, Machine, Received, Sink, Snapshot, Via};
use crate::random::SplitMix64;
use crate::time::Instant;
use crate::timers::Timers;
use crate::wire::mld::{Fault, Message, Owned};

/// How a listener is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Config {
    /// Where its reports leave.
    pub via: Via,
    /// Its link-local address there.
    pub address: Ipv6Addr,
    /// Timers and counts.
    #[cfg_attr(feature = "serde", serde(default))]
    pub timing: Timing,
    /// Groups at most, those included whose leave is still being repeated: 1,000.
    #[cfg_attr(feature = "serde", serde(default = "defaults::max_groups"))]
    pub max_groups: usize,
    /// Octets of the largest datagram, IPv6 header included: 1,500. Less than 1,280 counts as 1,280 (RFC 8200 5).
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

    pub(super) const fn mtu() -> usize {
        1_500
    }

    pub(super) const fn budget() -> usize {
        1_000
    }
}

impl Config {
    /// A listener whose reports leave by `via` from the link-local `address`, all else by default.
    #[must_use]
    pub fn new(via: Via, address: Ipv6Addr) -> Self {
        Self {
            via,
            address,
            timing: Timing::default(),
            max_groups: defaults::max_groups(),
            mtu: defaults::mtu(),
            budget: defaults::budget(),
        }
    }
}

/// What may happen to a listener.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// What the interface wants of a group from now on, sockets merged (RFC 3810 4.2). INCLUDE {} is a leave. Nothing
    /// is ever reported of ff02::1 and of scopes 0 and 1 (RFC 3810 6): wanting these changes nothing.
    Want {
        /// The group.
        group: Ipv6Addr,
        /// The filter.
        filter: Filter,
    },
    /// The querier was told of the present state of a group by other means, a PBU-M say: pending state-change reports
    /// for it are dropped.
    Told {
        /// The group.
        group: Ipv6Addr,
    },
    /// An MLD message arrived.
    Packet(Received<Message<'a>>),
}

/// What a listener wants done.
///
/// One call pushes at most one report for each MTU that its records fill: a [`Input::Want`] two records, a timeout two
/// for each of at most `budget` groups.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Action {
    /// Send a report.
    Send(Envelope<Owned>),
}

/// Why an input was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reject {
    /// No room for another group.
    #[error("no room for another group: the limit is {0}")]
    TooManyGroups(usize),
    /// Not a multicast address.
    #[error("{0} is no multicast address")]
    NotAGroup(Ipv6Addr),
    /// A listed source cannot be one.
    #[error("{0} cannot be a source")]
    NotASource(Ipv6Addr),
    /// EXCLUDE mode for a source-specific group (RFC 4604 2.2.2).
    #[error("EXCLUDE mode for {0}, which is a source-specific group")]
    SsmExclude(Ipv6Addr),
    /// The source of a query is not link-local (RFC 3810 5.1.14).
    #[error("query from {0}, which is no link-local address")]
    BadSource(Ipv6Addr),
    /// The hop limit is not 1.
    #[error("MLD with hop limit {0}; it must be 1")]
    BadHopLimit(u8),
    /// No Router Alert.
    #[error("MLD without Router Alert")]
    NoRouterAlert,
    /// A query for what is no group, for no group but sources, or for what are no sources (digest 3.2, 12 and 13).
    #[error(transparent)]
    BadAddress(#[from] Fault),
    /// The message says nothing to a listener.
    #[error("not a message for a listener")]
    NotForListeners,
}

/// The listener side of MLDv2 on one interface.
#[derive(Clone, Debug)]
pub struct Listener {
    config: Config,
    random: SplitMix64,
    groups: BTreeMap<Ipv6Addr, Group>,
    /// What was wanted when the last report was sent, of the groups that changed since.
    changed: BTreeMap<Ipv6Addr, Filter>,
    general: fsm::General,
    timers: Timers<Timer>,
    not_before: Instant,
}

/// What a listener knows of a group. There is none of a group that is not wanted and has nothing left to say.
#[derive(Clone, Debug, Default)]
struct Group {
    filter: Filter,
    change: fsm::Change,
    response: fsm::Response,
}

/// The timers of RFC 3810 6.3; those for changes fire first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Retransmission(Ipv6Addr),
    Group(Ipv6Addr),
    Interface,
}

impl Listener {
    /// A listener that wants nothing yet. Equal seeds give equal delays.
    ///
    /// # Errors
    /// The timers cannot be.
    pub fn new(config: Config, seed: u64) -> Result<Self, TimingError> {
        config.timing.validate()?;
        Ok(Self {
            config,
            random: SplitMix64::new(seed),
            groups: BTreeMap::new(),
            changed: BTreeMap::new(),
            general: fsm::General::Idle,
            timers: Timers::default(),
            not_before: Instant::ZERO,
        })
    }

    /// How it was set up.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// What the interface wants of `group`.
    #[must_use]
    pub fn wanted(&self, group: Ipv6Addr) -> &Filter {
        self.groups.get(&group).map_or(const { &Filter::NOTHING }, |group| &group.filter)
    }

    /// The groups that the interface wants something of, ascending.
    pub fn groups(&self) -> impl Iterator<Item = (Ipv6Addr, &Filter)> {
        self.groups
            .iter()
            .map(|(&address, group)| (address, &group.filter))
            .filter(|(_, filter)| !filter.is_nothing())
    }

    /// How many groups the listener keeps: what is wanted, and what still has to be said to be wanted no longer. This is
    /// what [`Config::max_groups`] bounds.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.groups.len()
    }

    /// Whether nothing is wanted and no report of a change has to be sent or repeated.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.changed.is_empty()
            && self.groups.values().all(|group| group.filter.is_nothing() && group.change.due().is_none())
    }
}

/// Whether MLD ever speaks of `group`: not of ff02::1, reserved and interface-local ones (RFC 3810 6).
fn is_reportable(group: Ipv6Addr) -> bool {
    let [_, second, ..] = group.octets();
    group.is_group() && second & 0x0f > 1 && group != Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1)
}

impl Machine for Listener {
    type Input<'a> = Input<'a>;
    type Action = Action;
    type Reject = Reject;

    fn handle_input(
        &mut self,
        now: Instant,
        input: Input<'_>,
        out: &mut impl Sink<Action>,
    ) -> Result<(), Reject> {
        let plan = self.check(now, input)?;
        let mut actions = Vec::new();
        self.apply(now, plan, &mut actions);
        actions.into_iter().for_each(|action| out.push(action));
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<Action>) {
        let mut actions = Vec::new();
        self.expire(now, &mut actions);
        actions.into_iter().for_each(|action| out.push(action));
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next().map(|due| due.max(self.not_before))
    }
}

impl Snapshot for Listener {
    type S = BTreeMap<Ipv6Addr, Filter>;

    /// What the interface wants of each group.
    fn snapshot(&self) -> Self::S {
        self.groups().map(|(group, filter)| (group, filter.clone())).collect()
    }
}
