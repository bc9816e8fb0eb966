//! A run as the lines of a message ladder, and whether a draft's figure is in it.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::describe::{Described, Names, describe};
use super::event::{Event, Medium, Node, Observer, Why};
use super::frame::multicast_data;
use super::scenario::Scenario;
use crate::channel::Channel;
use crate::time::Instant;
use crate::wire::{Dialect, packet};

/// One line: a message between two nodes, or something that happens at one. Data that flows evenly is one line, and so
/// is, where there are groups of nodes, what happens alike again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When the (first) message was sent.
    pub at: Instant,
    /// Who sent it, or at whom it happens.
    pub from: Node,
    /// To whom.
    pub to: Option<Node>,
    /// Whether it went through a tunnel.
    pub tunnel: bool,
    /// What it is.
    pub name: String,
    /// The fields that matter.
    pub detail: String,
    /// The channels that it is about.
    pub channels: Vec<Channel>,
    /// Whether the link lost it.
    pub lost: bool,
    /// How many this line stands for.
    pub times: u64,
    /// When the last of them was sent.
    pub last: Instant,
}

/// A message that a figure shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureLine {
    text: String,
    from: usize,
    to: Option<usize>,
    tunnel: bool,
    name: String,
    channels: Vec<Channel>,
}

/// Collects the lines of a run.
#[derive(Clone, Debug)]
pub struct Ladder {
    names: Names,
    dialect: Dialect,
    grouped: bool,
    patience: Vec<Duration>,
    lines: Vec<Line>,
    open: BTreeMap<Key, usize>,
    /// For each message, in order, the line that stands for it.
    order: Vec<usize>,
}

/// What messages of one line have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// In columns, as below.
    Data {
        from: usize,
        to: usize,
        stream: usize,
    },
    Alike {
        from: usize,
        to: Option<usize>,
        tunnel: bool,
        name: String,
        channels: Vec<Channel>,
    },
}

/// Members of a group that do the same within this time share a line.
const ALIKE: Duration = Duration::from_secs(1);
/// An even flow of data: no gap longer than this, or than so many intervals of its stream.
const EVEN: Duration = Duration::from_millis(100);
const EVEN_INTERVALS: u32 = 5;

impl Ladder {
    /// A ladder for a run of `scenario`.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            names: scenario.names.clone(),
            dialect: scenario.dialect,
            grouped: scenario.names.columns().any(|(_, members)| members > 1),
            patience: scenario.streams.iter().map(|stream| EVEN.max(stream.every * EVEN_INTERVALS)).collect(),
            lines: Vec::new(),
            open: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    /// The lines, by the time of their first message.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The first line of `figure` that the run does not show after those before it. `None`: the figure is there.
    #[must_use]
    pub fn missing<'f>(&self, figure: &'f [FigureLine]) -> Option<&'f FigureLine> {
        let mut shown = self.order.iter().filter_map(|&line| self.lines.get(line));
        figure.iter().find(|wanted| !shown.any(|line| wanted.fits(line, &self.names)))
    }

    /// `from -> to: name`, with `=>` for a tunnel.
    #[must_use]
    pub fn headline(&self, line: &Line) -> String {
        let name = |node: Node| {
            let mut columns = self.names.columns();
            let shared = columns.nth(self.names.column_of(node)).filter(|_| line.times > 1);
            shared.map_or_else(|| self.names.of(node).to_string(), |(column, _)| column.to_string())
        };
        let from = name(line.from);
        match line.to {
            None => format!("{from}: {}", line.name),
            Some(to) => {
                let arrow = if line.tunnel { "=>" } else { "->" };
                format!(
                    "{from} {arrow} {}: {}{}",
                    name(to),
                    line.name,
                    if line.lost { " (lost)" } else { "" }
                )
            }
        }
    }

    fn packet(&mut self, now: Instant, from: Node, to: Node, medium: Medium, octets: &[u8]) {
        if let Some(data) = multicast_data(octets) {
            let patience = self.patience.get(data.stream).copied().unwrap_or(EVEN);
            let key = Key::Data {
                from: self.names.column_of(from),
                to: self.names.column_of(to),
                stream: data.stream,
            };
            return self.add(now, key, patience, |ladder| {
                let said = ladder.read(octets);
                ladder.line(now, from, Some(to), data.tunnelled, said)
            });
        }
        let tunnel = octets.get(6) == Some(&41) && medium == Medium::Core;
        let said = self.read(octets);
        let line = self.line(now, from, Some(to), tunnel, said);
        self.signal(now, line);
    }

    fn read(&self, octets: &[u8]) -> Described {
        match packet::demux(octets, &self.dialect) {
            Ok(datagram) => describe(&datagram, &self.dialect, &self.names),
            Err(error) => Described { name: "unreadable", detail: error.to_string(), channels: Vec::new() },
        }
    }

    fn line(&self, at: Instant, from: Node, to: Option<Node>, tunnel: bool, said: Described) -> Line {
        let Described { name, detail, channels } = said;
        Line {
            at,
            from,
            to,
            tunnel,
            name: name.to_string(),
            detail,
            channels,
            lost: false,
            times: 1,
            last: at,
        }
    }

    fn local(&mut self, now: Instant, node: Node, name: String, channels: Vec<Channel>) {
        let said = Described { name: "", detail: String::new(), channels };
        let line = Line { name, ..self.line(now, node, None, false, said) };
        self.signal(now, line);
    }

    /// A line of its own, unless there are groups, whose members cause the same things over and over.
    fn signal(&mut self, now: Instant, line: Line) {
        if self.grouped {
            let (from, to) = (self.names.column_of(line.from), line.to.map(|to| self.names.column_of(to)));
            let Line { tunnel, ref name, ref channels, .. } = line;
            let key = Key::Alike { from, to, tunnel, name: name.clone(), channels: channels.clone() };
            return self.add(now, key, ALIKE, |_| line);
        }
        self.order.push(self.lines.len());
        self.lines.push(line);
    }

    fn add(&mut self, now: Instant, key: Key, patience: Duration, make: impl FnOnce(&Self) -> Line) {
        let open = self.open.get(&key).copied();
        if let Some(at) = open
            && let Some(line) = self.lines.get_mut(at)
            && now.saturating_since(line.last) <= patience
        {
            line.times += 1;
            line.last = now;
            return self.order.push(at);
        }
        let line = make(self);
        self.open.insert(key, self.lines.len());
        self.order.push(self.lines.len());
        self.lines.push(line);
    }

    /// After a change of attachment, what flows to the node is a new line; to a group it flows on.
    fn close(&mut self, node: Node) {
        let column = self.names.column_of(node);
        if !self.grouped {
            self.open.retain(|key, _| !matches!(key, Key::Data { to, .. } if *to == column));
        }
    }
}

impl Observer for Ladder {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        match *event {
            Event::Sent { from, to, medium, octets } => self.packet(now, from, to, medium, octets),
            Event::Dropped { why: Why::Lost, octets, .. } if multicast_data(octets).is_none() => {
                // The domain tells right after the packet was sent.
                if let Some(line) = self.order.last().and_then(|&at| self.lines.get_mut(at)) {
                    line.lost = line.times == 1;
                }
            }
            Event::Attached { node, gateway } => {
                self.close(node);
                self.local(now, node, format!("attaches to {}", self.names.of(gateway)), Vec::new());
            }
            Event::Detached { node, gateway } => {
                self.close(node);
                self.local(now, node, format!("leaves {}", self.names.of(gateway)), Vec::new());
            }
            Event::FellSilent { node } => {
                self.close(node);
                self.local(now, node, "falls silent".into(), Vec::new());
            }
            Event::Wants { node, group, filter } => {
                let channels = filter.channels(group).collect();
                let wanted = self.names.wanted(group, filter);
                self.local(now, node, format!("wants {wanted}"), channels);
            }
            Event::Upstream { node, channel, joins } => {
                let what = if joins { "PIM join" } else { "PIM prune" };
                let said = Described {
                    name: what,
                    detail: self.names.channel(&channel),
                    channels: [channel].into(),
                };
                let line = self.line(now, node, None, false, said);
                self.signal(now, line);
            }
            _ => {}
        }
    }
}

impl FigureLine {
    /// Reads `from -> to: message`, `from => to: message` (through a tunnel) or `node: event`; channels may follow,
    /// as in `p-mag => lma: MLD Report (S1,G1)`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str, names: &Names) -> Result<Self, String> {
        let form =
            "a figure's line reads \"from -> to: message (S,G)\", \"from => to: message\" or \"node: event\"";
        let (route, what) = text.split_once(": ").ok_or(form)?;
        let column = |name: &str| {
            let known = || names.columns().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
            names
                .column(name.trim())
                .ok_or_else(|| format!("no node {:?}; there is {}", name.trim(), known()))
        };
        let (from, to, tunnel) = match (route.split_once(" -> "), route.split_once(" => ")) {
            (Some((from, to)), None) => (column(from)?, Some(column(to)?), false),
            (None, Some((from, to))) => (column(from)?, Some(column(to)?), true),
            _ => (column(route)?, None, false),
        };
        let (name, list) = what.split_once(" (").unwrap_or((what, ""));
        let mut channels = Vec::new();
        for pair in list.split('(').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (source, group) = pair
                .strip_suffix(')')
                .and_then(|pair| pair.split_once(','))
                .ok_or("a channel reads (S,G) or (*,G)")?;
            let address = |name: &str| {
                let parsed = names.lookup(name).or_else(|| name.parse().ok());
                parsed.ok_or_else(|| format!("{name:?} is neither an address nor one of the [names]"))
            };
            let source = if source == "*" { None } else { Some(address(source)?) };
            channels.push(Channel { group: address(group)?, source });
        }
        Ok(Self { text: text.to_string(), from, to, tunnel, name: name.to_string(), channels })
    }

    fn fits(&self, line: &Line, names: &Names) -> bool {
        self.from == names.column_of(line.from)
            && self.to == line.to.map(|to| names.column_of(to))
            && self.tunnel == line.tunnel
            && self.name == line.name
            && !line.lost
            && self.channels.iter().all(|channel| line.channels.contains(channel))
    }
}

impl fmt::Display for FigureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
