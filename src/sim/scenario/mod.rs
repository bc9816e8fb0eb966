//! What a domain is made of and what happens in it, read from a TOML file.
//!
//! ```toml
//! title = "One node joins, moves and goes on listening"
//! until = "10 s"
//! figure = ["mn -> mag1: MLD Report (S,G)", "lma: PIM join (S,G)"]
//!
//! [names]                       # addresses, to be used below and shown in ladders
//! S = "2001:db8:5::5"
//! G = "ff3e::8000:1"
//!
//! [links]                       # delay, jitter, loss, duplicate, mangle; [[link]] for one pair
//! access = { delay = "2 ms" }
//!
//! [settings.mag]                # overrides of machine configuration
//! context-wait = "100 ms"
//!
//! [[lma]]
//! name = "lma"
//! address = "2001:db8:1::1"
//! link-local = "fe80::1"
//!
//! [[mag]]
//! name = "mag1"
//! address = "2001:db8:2::1"
//! link-local = "fe80::2"
//!
//! [[node]]                      # `count = 100` makes mn-1 to mn-100
//! name = "mn"
//!
//! [[stream]]
//! source = "S"
//! group = "G"
//! from = "1 s"
//! until = "9 s"
//! every = "20 ms"
//!
//! [[step]]                      # attach, detach, fall-silent, move, join or leave
//! at = "0 s"
//! node = "mn"
//! attach = "mag1"
//!
//! [[step]]
//! at = "2 s"
//! node = "mn"
//! join = { group = "G", sources = ["S"] }
//! ```

mod check;
mod error;
mod file;
mod settings;
#[cfg(test)]
mod tests;
mod text;

pub use error::ScenarioError;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::describe::Names;
use super::ladder::FigureLine;
use super::link::LinkProfile;
use super::replay::Replay;
use crate::channel::Filter;
use crate::mld::Timing;
use crate::pmip::{NodeId, Profile, Subscriber, lma, mag};
use crate::time::Instant;
use crate::wire::Dialect;

/// A domain and its script. Nodes are numbered: mobile nodes first, then MAGs, then LMAs, the network last.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// One line.
    pub title: String,
    /// A few more.
    pub about: String,
    /// The seed, unless the caller has another.
    pub seed: u64,
    /// When the run ends.
    pub until: Instant,
    /// When links stop losing packets; none: never.
    pub loss_until: Option<Instant>,
    /// How long the policy store takes to answer, and to keep what it is told.
    pub store_delay: Duration,
    /// Code points between all nodes.
    pub dialect: Dialect,
    /// Names of addresses.
    pub names: Names,
    /// What links do.
    pub links: Links,
    /// Mobile nodes.
    pub mobiles: Vec<MobileSpec>,
    /// Mobile access gateways.
    pub gateways: Vec<GatewaySpec>,
    /// Local mobility anchors.
    pub anchors: Vec<AnchorSpec>,
    /// Multicast data that the network has.
    pub streams: Vec<Stream>,
    /// What happens, in order of time.
    pub steps: Vec<Step>,
    /// Messages that a run must show in this order, typed from the figure of a draft.
    pub figure: Vec<FigureLine>,
}

/// What links do.
#[derive(Clone, Debug, PartialEq)]
pub struct Links {
    /// Between a mobile node and its MAG.
    pub access: LinkProfile,
    /// Between MAGs and LMAs.
    pub core: LinkProfile,
    /// Between the multicast network and an LMA.
    pub network: LinkProfile,
    /// Pairs that differ, both ways; the lower node number first.
    pub pairs: BTreeMap<(usize, usize), LinkProfile>,
}

/// A mobile node.
#[derive(Clone, Debug, PartialEq)]
pub struct MobileSpec {
    /// Its name.
    pub name: String,
    /// The name of the group it was made with: its own, unless `count` made many.
    pub group: String,
    /// Who it is to the domain.
    pub id: NodeId,
    /// Its link-local address, the same on every link.
    pub link_local: Ipv6Addr,
    /// What the policy store knows of it.
    pub profile: Profile,
    /// What its LMA knows of it.
    pub subscriber: Subscriber,
    /// Timers of its MLD listener.
    pub timing: Timing,
    /// Reports of a real host that it sends first.
    pub replay: Option<Replay>,
}

/// A mobile access gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewaySpec {
    /// Its name.
    pub name: String,
    /// Its machine's configuration.
    pub config: mag::Config,
}

/// A local mobility anchor.
#[derive(Clone, Debug, PartialEq)]
pub struct AnchorSpec {
    /// Its name.
    pub name: String,
    /// Its machine's configuration.
    pub config: lma::Config,
}

/// Numbered datagrams to a group, at even intervals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Who sends.
    pub source: Ipv6Addr,
    /// To whom.
    pub group: Ipv6Addr,
    /// When the first one is sent.
    pub from: Instant,
    /// None is sent from here on.
    pub until: Instant,
    /// Between one and the next.
    pub every: Duration,
    /// Octets of the UDP payload.
    pub octets: u16,
}

impl Stream {
    /// How many datagrams.
    #[must_use]
    pub fn packets(&self) -> u64 {
        let span = self.until.saturating_since(self.from).as_micros();
        u64::try_from(span.div_ceil(self.every.as_micros().max(1))).unwrap_or(u64::MAX)
    }

    /// When datagram `sequence`, from 0, is sent.
    #[must_use]
    pub fn at(&self, sequence: u64) -> Instant {
        let every = u64::try_from(self.every.as_micros()).unwrap_or(u64::MAX);
        self.from + Duration::from_micros(every.saturating_mul(sequence))
    }
}

/// Something that happens to a mobile node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// To which mobile node.
    pub mobile: usize,
    /// What.
    pub act: Act,
}

/// What happens to a mobile node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It attaches to a MAG.
    Attach {
        /// Which one, among the gateways.
        gateway: usize,
        /// Whether that MAG learns where the node was before.
        tell_previous: bool,
    },
    /// It leaves its MAG.
    Detach,
    /// Until it attaches again nothing passes between it and its MAG, which does not notice.
    FallSilent,
    /// Its application wants this of a group from now on; INCLUDE {} is a leave.
    Want {
        /// The group.
        group: Ipv6Addr,
        /// What of it.
        filter: Filter,
    },
}

impl Scenario {
    /// Reads a scenario. `file` is what errors call it; `open` gives the octets of a capture that it names.
    ///
    /// # Errors
    /// What is wrong, where, and what is allowed.
    pub fn parse(
        file: &str,
        text: &str,
        open: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, ScenarioError> {
        let parsed = toml::from_str(text)
            .map_err(|error| ScenarioError::new(file, text, error.span(), error.message()))?;
        check::check(file, text, parsed, open)
    }

    /// The scenario of that name that comes with the crate.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        super::builtin::scenario(name)
    }

    /// Sets the loss of every link.
    pub fn set_loss(&mut self, loss: f64) {
        let links = &mut self.links;
        let all = [&mut links.access, &mut links.core, &mut links.network];
        for profile in all.into_iter().chain(links.pairs.values_mut()) {
            profile.loss = loss;
        }
    }

    /// How many nodes there are, the network included.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.mobiles.len() + self.gateways.len() + self.anchors.len() + 1
    }
}
