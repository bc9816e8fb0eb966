//! From what a file says to a scenario that can be run: names looked up, defaults filled in, impossible things refused.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::ops::Range;

use super::file::{self, File, Text};
use super::{Act, AnchorSpec, GatewaySpec, Links, MobileSpec, Scenario, ScenarioError, Step, Stream};
use crate::channel::{Address as _, Channel, Filter};
use crate::mld::Timing;
use crate::pmip::lma::MagPeer;
use crate::pmip::mag::LmaPeer;
use crate::pmip::{ChannelPolicy, NodeId, Prefix, Profile, Subscriber, lma, mag};
use crate::sim::describe::Names;
use crate::sim::ladder::FigureLine;
use crate::sim::node::UPSTREAM;
use crate::sim::replay::Replay;
use crate::time::Instant;
use crate::wire::Dialect;

/// More mobile nodes, or more datagrams, than anybody has the patience for.
const MOST_NODES: usize = 10_000;
const MOST_PACKETS: u64 = 10_000_000;

type Open<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

pub(super) fn check(name: &str, text: &str, file: File, open: Open<'_>) -> Result<Scenario, ScenarioError> {
    let checker = Checker { name, text, names: &file.names };
    let dialect = Dialect::with_flags(file.flags);
    let anchors = checker.anchors(&file)?;
    let gateways = checker.gateways(&file)?;
    let mobiles = checker.mobiles(&file, &anchors, open)?;
    let (mags, lmas): (Vec<_>, Vec<_>) = (
        gateways.iter().map(|g| g.config.proxy_coa).collect(),
        anchors.iter().map(|a| a.config.address).collect(),
    );
    let mut scenario = Scenario {
        title: file.title.clone(),
        about: file.about.clone(),
        seed: file.seed,
        until: Instant::ZERO + file.until.0,
        loss_until: file.loss_until.map(|time| Instant::ZERO + time.0),
        store_delay: file.store_delay.0,
        dialect,
        names: Names::default(),
        links: Links {
            access: file.links.access.over(file::ACCESS),
            core: file.links.core.over(file::CORE),
            network: file.links.network.over(file::CORE),
            pairs: BTreeMap::new(),
        },
        mobiles,
        gateways,
        anchors,
        streams: Vec::new(),
        steps: Vec::new(),
        figure: Vec::new(),
    };
    for anchor in &mut scenario.anchors {
        anchor.config.mags = mags.iter().map(|&address| MagPeer { address, dialect }).collect();
    }
    for gateway in &mut scenario.gateways {
        gateway.config.lmas = lmas.iter().map(|&address| LmaPeer { address, dialect }).collect();
        gateway.config.mag_dialect = dialect;
        let own = gateway.config.proxy_coa;
        gateway.config.mags = mags.iter().copied().filter(|&mag| mag != own).collect();
    }
    scenario.names = checker.names(&scenario)?;
    scenario.links.pairs = checker.pairs(&file, &scenario)?;
    scenario.streams = file.stream.iter().map(|s| checker.stream(s)).collect::<Result<_, _>>()?;
    scenario.steps = checker.steps(&file, &scenario)?;
    scenario.figure = checker.figure(&file, &scenario)?;
    Ok(scenario)
}

struct Checker<'a> {
    name: &'a str,
    text: &'a str,
    names: &'a BTreeMap<String, Ipv6Addr>,
}

impl Checker<'_> {
    fn fault<T>(&self, span: Range<usize>, message: &str) -> Result<T, ScenarioError> {
        Err(ScenarioError::new(self.name, self.text, Some(span), message))
    }

    fn anchors(&self, file: &File) -> Result<Vec<AnchorSpec>, ScenarioError> {
        file.lma
            .iter()
            .map(|spec| {
                let anchor = spec.get_ref();
                let mut config = lma::Config::new(anchor.address, anchor.link_local, UPSTREAM);
                config.pool = anchor.pool.as_ref().map(|text| self.prefix(text)).transpose()?;
                file.settings.lma.apply(&mut config);
                self.link_local(anchor.link_local, spec.span())?;
                Ok(AnchorSpec { name: self.plain(&anchor.name)?, config })
            })
            .collect()
    }

    fn gateways(&self, file: &File) -> Result<Vec<GatewaySpec>, ScenarioError> {
        file.mag
            .iter()
            .map(|spec| {
                let gateway = spec.get_ref();
                let mut config = mag::Config::new(gateway.address, gateway.link_local);
                file.settings.mag.apply(&mut config);
                self.link_local(gateway.link_local, spec.span())?;
                Ok(GatewaySpec { name: self.plain(&gateway.name)?, config })
            })
            .collect()
    }

    fn mobiles(
        &self,
        file: &File,
        anchors: &[AnchorSpec],
        open: Open<'_>,
    ) -> Result<Vec<MobileSpec>, ScenarioError> {
        let mut timing = Timing::default();
        file.settings.node.apply(&mut timing);
        let mut mobiles: Vec<MobileSpec> = Vec::new();
        for spec in &file.node {
            let node = spec.get_ref();
            let group = self.plain(&node.name)?;
            let count = usize::from(node.count.unwrap_or(1));
            if count == 0 || mobiles.len() + count > MOST_NODES {
                return self
                    .fault(spec.span(), &format!("between 1 and {MOST_NODES} mobile nodes, all together"));
            }
            if count > 1 && (node.link_local.is_some() || node.prefix.is_some() || node.replay.is_some()) {
                let message = "link-local, prefix and replay are for one node: with a count they are made up";
                return self.fault(spec.span(), message);
            }
            let lma = self.anchor(node.lma.as_ref(), anchors, spec.span())?;
            let policy = self.policy(node.only.as_deref())?;
            for member in 1..=count {
                let serial = u16::try_from(mobiles.len() + 1).unwrap_or(u16::MAX);
                let name = if node.count.is_some() { format!("{group}-{member}") } else { group.clone() };
                let link_local =
                    node.link_local.unwrap_or(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0xff, 0xfe00, serial));
                self.link_local(link_local, spec.span())?;
                let prefix = match &node.prefix {
                    Some(text) => self.prefix(text)?,
                    None => Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 0xf000, serial, 0, 0, 0, 0), 64),
                };
                if mobiles.iter().any(|other| other.subscriber.prefixes.contains(&prefix)) {
                    return self.fault(spec.span(), &format!("{prefix} belongs to another node"));
                }
                let replay = node.replay.as_ref().map(|r| self.replay(r, link_local, open)).transpose()?;
                mobiles.push(MobileSpec {
                    id: NodeId::nai(&format!("{name}@example.net")),
                    name,
                    group: group.clone(),
                    link_local,
                    profile: Profile {
                        lma,
                        prefixes: [prefix].into(),
                        channels: Vec::new(),
                        policy: policy.clone(),
                    },
                    subscriber: Subscriber {
                        prefixes: [prefix].into(),
                        policy: policy.clone(),
                        ..Subscriber::default()
                    },
                    timing,
                    replay,
                });
            }
        }
        Ok(mobiles)
    }

    fn anchor(
        &self,
        wanted: Option<&Text>,
        anchors: &[AnchorSpec],
        span: Range<usize>,
    ) -> Result<Ipv6Addr, ScenarioError> {
        match (wanted, anchors) {
            (None, [only]) => Ok(only.config.address),
            (None, []) => self.fault(span, "a mobile node needs an [[lma]]; there is none"),
            (None, _) => self
                .fault(span, &format!("which LMA? lma = one of {}", listed(anchors.iter().map(|a| &a.name)))),
            (Some(name), _) => {
                let at = self.find("LMA", name, anchors.iter().map(|a| &a.name))?;
                Ok(anchors[at].config.address)
            }
        }
    }

    fn policy(&self, only: Option<&[file::Channel]>) -> Result<ChannelPolicy, ScenarioError> {
        let Some(only) = only else { return Ok(ChannelPolicy::Any) };
        let channels = only.iter().map(|channel| {
            let source = channel.source.as_ref().map(|source| self.source(source)).transpose()?;
            Ok(Channel { group: self.group(&channel.group)?, source })
        });
        Ok(ChannelPolicy::Only(channels.collect::<Result<_, ScenarioError>>()?))
    }

    fn replay(&self, replay: &file::Replay, host: Ipv6Addr, open: Open<'_>) -> Result<Replay, ScenarioError> {
        let path = replay.capture.get_ref();
        let octets = open(path).or_else(|why| {
            self.fault(replay.capture.span(), &format!("cannot read the capture {path:?}: {why}"))
        })?;
        Replay::from_capture(&octets, host, Instant::ZERO + replay.at.0)
            .or_else(|error| self.fault(replay.capture.span(), &format!("{path:?}: {error}")))
    }

    /// A name that ladders can show and figures can mention.
    fn plain(&self, name: &Text) -> Result<String, ScenarioError> {
        let text = name.get_ref();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if text.is_empty() || !text.chars().all(plain) {
            return self.fault(name.span(), "a name consists of letters, digits, '-', '_' and '.'");
        }
        Ok(text.clone())
    }

    fn link_local(&self, address: Ipv6Addr, span: Range<usize>) -> Result<(), ScenarioError> {
        if address.is_unicast_link_local() {
            return Ok(());
        }
        self.fault(span, &format!("{address} is no link-local address (fe80::/10)"))
    }

    fn prefix(&self, text: &Text) -> Result<Prefix, ScenarioError> {
        let parsed = text.get_ref().split_once('/').and_then(|(address, len)| {
            Some(Prefix::new(address.parse().ok()?, len.parse().ok().filter(|&len| len <= 128)?))
        });
        parsed.map_or_else(|| self.fault(text.span(), "a prefix looks like 2001:db8:100::/64"), Ok)
    }

    fn address(&self, text: &Text) -> Result<Ipv6Addr, ScenarioError> {
        if let Some(&address) = self.names.get(text.get_ref()) {
            return Ok(address);
        }
        text.get_ref().parse().or_else(|_| {
            let known = listed(self.names.keys());
            self.fault(text.span(), &format!("neither an IPv6 address nor one of the [names]: {known}"))
        })
    }

    fn group(&self, text: &Text) -> Result<Ipv6Addr, ScenarioError> {
        let address = self.address(text)?;
        if address.is_multicast() {
            return Ok(address);
        }
        self.fault(text.span(), &format!("{address} is no multicast address (ff00::/8)"))
    }

    fn source(&self, text: &Text) -> Result<Ipv6Addr, ScenarioError> {
        use crate::channel::Address;
        let address = self.address(text)?;
        if address.is_source() {
            return Ok(address);
        }
        self.fault(text.span(), &format!("{address} cannot be the source of multicast data"))
    }

    fn find<'n>(
        &self,
        what: &str,
        wanted: &Text,
        mut names: impl Iterator<Item = &'n String> + Clone,
    ) -> Result<usize, ScenarioError> {
        let known = names.clone();
        names.position(|name| name == wanted.get_ref()).map_or_else(
            || {
                let message = format!("no {what} {:?}; there is {}", wanted.get_ref(), listed(known));
                self.fault(wanted.span(), &message)
            },
            Ok,
        )
    }

    fn names(&self, scenario: &Scenario) -> Result<Names, ScenarioError> {
        let mut names = Names::default();
        for mobile in &scenario.mobiles {
            names.node(&mobile.name, &mobile.group, &[mobile.link_local]);
        }
        for gateway in &scenario.gateways {
            names.node(&gateway.name, &gateway.name, &[gateway.config.proxy_coa]);
        }
        for anchor in &scenario.anchors {
            names.node(&anchor.name, &anchor.name, &[anchor.config.address]);
        }
        names.node("network", "network", &[]);
        for (name, &address) in self.names {
            names.address(name, address);
        }
        match names.twice() {
            Some(name) => {
                Err(ScenarioError::new(self.name, self.text, None, &format!("two nodes are called {name:?}")))
            }
            None => Ok(names),
        }
    }

    fn pairs(
        &self,
        file: &File,
        scenario: &Scenario,
    ) -> Result<BTreeMap<(usize, usize), crate::sim::LinkProfile>, ScenarioError> {
        let mut pairs = BTreeMap::new();
        let all: Vec<String> =
            (0..scenario.nodes()).map(|node| scenario.names.of(node).to_string()).collect();
        let first_core = scenario.mobiles.len();
        let network = scenario.nodes() - 1;
        for link in &file.link {
            let [a, b] = &link.between;
            let ends = (self.find("node", a, all.iter())?, self.find("node", b, all.iter())?);
            let (low, high) = (ends.0.min(ends.1), ends.0.max(ends.1));
            let base = if low < first_core {
                scenario.links.access
            } else if high == network {
                scenario.links.network
            } else {
                scenario.links.core
            };
            pairs.insert((low, high), link.profile.over(base));
        }
        Ok(pairs)
    }

    fn stream(&self, spec: &toml::Spanned<file::Stream>) -> Result<Stream, ScenarioError> {
        let file::Stream { source, group, from, until, every, octets } = spec.get_ref();
        if every.0.is_zero() {
            return self.fault(spec.span(), "`every` must not be zero");
        }
        let stream = Stream {
            source: self.source(source)?,
            group: self.group(group)?,
            from: Instant::ZERO + from.0,
            until: Instant::ZERO + until.0,
            every: every.0,
            octets: *octets,
        };
        if stream.packets() > MOST_PACKETS {
            return self.fault(spec.span(), &format!("more than {MOST_PACKETS} datagrams"));
        }
        let octets = usize::from(stream.octets);
        if !(crate::sim::frame::LEAST_DATA..=crate::sim::frame::MOST_DATA).contains(&octets) {
            let message = format!(
                "`octets` must lie between {} and {}",
                crate::sim::frame::LEAST_DATA,
                crate::sim::frame::MOST_DATA
            );
            return self.fault(spec.span(), &message);
        }
        Ok(stream)
    }

    fn steps(&self, file: &File, scenario: &Scenario) -> Result<Vec<Step>, ScenarioError> {
        let mut steps = Vec::new();
        for spec in &file.step {
            let step = spec.get_ref();
            let wanted = step.node.get_ref();
            let members: Vec<usize> = (0..scenario.mobiles.len())
                .filter(|&m| scenario.mobiles[m].name == *wanted || scenario.mobiles[m].group == *wanted)
                .collect();
            if members.is_empty() {
                let mut known: Vec<&String> = scenario.mobiles.iter().map(|mobile| &mobile.group).collect();
                known.dedup();
                let message = format!("no mobile node {wanted:?}; there is {}", listed(known.into_iter()));
                return self.fault(step.node.span(), &message);
            }
            let acts = self.acts(spec, scenario)?;
            let mut at = Instant::ZERO + step.at.0;
            if at > scenario.until {
                return self.fault(spec.span(), "this step comes after the end of the run, `until`");
            }
            for mobile in members {
                steps.extend(acts.iter().map(|(after, act)| Step {
                    at: at + *after,
                    mobile,
                    act: act.clone(),
                }));
                at = at + step.stagger.0;
            }
        }
        steps.sort_by_key(|step: &Step| step.at);
        Ok(steps)
    }

    fn acts(
        &self,
        spec: &toml::Spanned<file::Step>,
        scenario: &Scenario,
    ) -> Result<Vec<(core::time::Duration, Act)>, ScenarioError> {
        let zero = core::time::Duration::ZERO;
        let gateway = |name: &Text| self.find("MAG", name, scenario.gateways.iter().map(|g| &g.name));
        let step = spec.get_ref();
        match (&step.attach, step.detach, step.fall_silent, &step.moved, &step.join, &step.leave) {
            (Some(mag), None, None, None, None, None) => {
                Ok([(zero, Act::Attach { gateway: gateway(mag)?, tell_previous: true })].into())
            }
            (None, Some(true), None, None, None, None) => Ok([(zero, Act::Detach)].into()),
            (None, None, Some(true), None, None, None) => Ok([(zero, Act::FallSilent)].into()),
            (None, None, None, Some(moved), None, None) => {
                let attach = Act::Attach { gateway: gateway(&moved.to)?, tell_previous: moved.tell_previous };
                Ok([(zero, Act::Detach), (moved.gap.0, attach)].into())
            }
            (None, None, None, None, Some(join), None) => {
                let sources = join.sources.iter().map(|s| self.source(s)).collect::<Result<Vec<_>, _>>()?;
                let filter = if sources.is_empty() { Filter::EVERYTHING } else { Filter::include(sources) };
                let group = self.group(&join.group)?;
                if group.is_ssm_group() && join.sources.is_empty() {
                    let message = format!("{group} is a source-specific group: a join names its sources");
                    return self.fault(join.group.span(), &message);
                }
                Ok([(zero, Act::Want { group, filter })].into())
            }
            (None, None, None, None, None, Some(group)) => {
                Ok([(zero, Act::Want { group: self.group(group)?, filter: Filter::NOTHING })].into())
            }
            _ => {
                let message =
                    "a step has exactly one of attach, detach = true, fall-silent = true, move, join, leave";
                self.fault(spec.span(), message)
            }
        }
    }

    fn figure(&self, file: &File, scenario: &Scenario) -> Result<Vec<FigureLine>, ScenarioError> {
        let line = |text: &Text| {
            FigureLine::parse(text.get_ref(), &scenario.names).or_else(|why| self.fault(text.span(), &why))
        };
        file.figure.iter().map(line).collect()
    }
}

fn listed<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let all: Vec<&str> = names.map(String::as_str).collect();
    if all.is_empty() { "none".to_string() } else { all.join(", ") }
}
