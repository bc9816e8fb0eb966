//! Messages in words: what a ladder, a capture's comment or a decoder prints.

mod pim;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::channel::{Channel, Filter};
use crate::wire::mh::option::{HomeNetworkPrefix, MnIdentifier, MulticastState};
use crate::wire::mh::{BindingAck, BindingUpdate, Meaning, MobilityOption};
use crate::wire::mld::{Record, RecordType};
use crate::wire::packet::{Datagram, Payload};
use crate::wire::{Dialect, cxtp, igmp, mh, mld, nd};

/// What addresses and nodes are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    nodes: Vec<(String, usize)>,
    columns: Vec<String>,
    addresses: BTreeMap<Ipv6Addr, String>,
}

impl Names {
    /// Adds a node, the next in number, that is drawn in the column `group` and has these addresses.
    pub fn node(&mut self, name: &str, group: &str, addresses: &[Ipv6Addr]) {
        let column = self.columns.iter().position(|column| column == group).unwrap_or_else(|| {
            self.columns.push(group.to_string());
            self.columns.len() - 1
        });
        self.nodes.push((name.to_string(), column));
        for &address in addresses {
            self.address(name, address);
        }
    }

    /// Names an address.
    pub fn address(&mut self, name: &str, address: Ipv6Addr) {
        self.addresses.insert(address, name.to_string());
    }

    /// The name of node number `node`.
    #[must_use]
    pub fn of(&self, node: usize) -> &str {
        self.nodes.get(node).map_or("?", |(name, _)| name)
    }

    /// The column in which node number `node` is drawn.
    #[must_use]
    pub fn column_of(&self, node: usize) -> usize {
        self.nodes.get(node).map_or(0, |&(_, column)| column)
    }

    /// The columns, left to right, each with the number of nodes drawn in it.
    pub fn columns(&self) -> impl Iterator<Item = (&str, usize)> {
        let members = |column| self.nodes.iter().filter(move |(_, of)| *of == column).count();
        self.columns.iter().enumerate().map(move |(column, name)| (name.as_str(), members(column)))
    }

    /// The column of that name, or of the node of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        let of_node = || self.nodes.iter().find(|(node, _)| node == name).map(|&(_, column)| column);
        self.columns.iter().position(|column| column == name).or_else(of_node)
    }

    /// The address of that name.
    #[must_use]
    pub fn lookup(&self, name: &str) -> Option<Ipv6Addr> {
        self.addresses.iter().find(|(_, known)| *known == name).map(|(&address, _)| address)
    }

    /// The name of `address`, or the address.
    #[must_use]
    pub fn show(&self, address: Ipv6Addr) -> String {
        self.addresses.get(&address).cloned().unwrap_or_else(|| address.to_string())
    }

    /// `(S,G)`.
    #[must_use]
    pub fn channel(&self, channel: &Channel) -> String {
        let source = channel.source.map_or_else(|| "*".to_string(), |source| self.show(source));
        format!("({source},{})", self.show(channel.group))
    }

    /// A group and what is wanted of it.
    #[must_use]
    pub fn wanted(&self, group: Ipv6Addr, filter: &Filter) -> String {
        let channels: Vec<String> = filter.channels(group).map(|channel| self.channel(&channel)).collect();
        if channels.is_empty() { format!("nothing of {}", self.show(group)) } else { channels.join(" ") }
    }

    /// A node name that occurs twice, or is also the name of a group of nodes.
    pub(super) fn twice(&self) -> Option<&str> {
        let mut seen = alloc::collections::BTreeSet::new();
        let lone = |name: &String, column: usize| self.columns.get(column) == Some(name);
        let twice = |(name, column): &&(String, usize)| {
            !seen.insert(name.clone()) || (self.columns.contains(name) && !lone(name, *column))
        };
        self.nodes.iter().find(twice).map(|(name, _)| name.as_str())
    }
}

/// A message in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// What it is: `PBU-M`, `MLD Report`.
    pub name: &'static str,
    /// The fields that matter.
    pub detail: String,
    /// The channels that it is about.
    pub channels: Vec<Channel>,
}

/// Says what a datagram carries. A Mobility Header is read by `dialect`.
#[must_use]
pub fn describe(datagram: &Datagram<'_>, dialect: &Dialect, names: &Names) -> Described {
    let mut words = Words { names, said: Described::default(), parts: Vec::new() };
    words.said.name = match &datagram.payload {
        Payload::Mh(message) => words.mobility(message, dialect),
        Payload::Mld(message) => words.mld(message),
        Payload::Igmp(message) => words.igmp(message),
        Payload::Cxtp(message) | Payload::CxtpIcmp(cxtp::icmp::Message(message)) => words.cxtp(message),
        Payload::Nd(message) => words.nd(message),
        Payload::Pim(message) => words.pim(message),
        Payload::Other { .. } if datagram.dst.is_multicast() => {
            words.channel(Channel::ssm(datagram.src, datagram.dst));
            "multicast data"
        }
        Payload::Other { next_header, .. } => {
            words.parts.push(format!("next header {next_header}"));
            "data"
        }
    };
    words.said.detail = words.parts.join(", ");
    words.said
}

struct Words<'a> {
    names: &'a Names,
    said: Described,
    parts: Vec<String>,
}

impl Words<'_> {
    fn say(&mut self, part: String) {
        self.parts.push(part);
    }

    fn channel(&mut self, channel: Channel) {
        self.parts.push(self.names.channel(&channel));
        self.said.channels.push(channel);
    }

    fn mobility(&mut self, message: &mh::Message<'_>, dialect: &Dialect) -> &'static str {
        match message {
            mh::Message::BindingUpdate(update) => self.update(update, dialect),
            mh::Message::BindingAck(ack) => self.ack(ack),
            other => {
                self.say(format!("type {}", other.kind()));
                "MH"
            }
        }
    }

    fn update(&mut self, update: &BindingUpdate<'_>, dialect: &Dialect) -> &'static str {
        self.say(format!("seq {}", update.sequence));
        self.say(if update.lifetime == 0 {
            "lifetime 0: deregistration".to_string()
        } else {
            format!("lifetime {} s", u32::from(update.lifetime) * 4)
        });
        for option in update.options {
            self.option(&option);
        }
        match update.meaning(dialect) {
            Meaning::Binding => "BU",
            Meaning::Proxy => "PBU",
            Meaning::ProxyMulticast => "PBU-M",
            Meaning::ProxyQuery => "PBU-Q",
        }
    }

    fn ack(&mut self, ack: &BindingAck<'_>) -> &'static str {
        self.say(format!("seq {}", ack.sequence));
        self.say(format!("status {} {:?}", ack.status.0, ack.status));
        self.say(format!("lifetime {} s", u32::from(ack.lifetime) * 4));
        for option in ack.options {
            self.option(&option);
        }
        if ack.flags.contains(mh::AckFlags::PROXY) { "PBA" } else { "BA" }
    }

    fn option(&mut self, option: &MobilityOption<'_>) {
        match option {
            MobilityOption::MnIdentifier(MnIdentifier { subtype, id }) => {
                let node = crate::pmip::NodeId { subtype: *subtype, id: (*id).into() };
                self.say(node.to_string());
            }
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length: len, prefix }) => {
                self.say(format!("{prefix}/{len}"))
            }
            MobilityOption::HandoffIndicator(indicator) => self.say(format!("HI {}", indicator.0)),
            MobilityOption::MulticastState(MulticastState::Mld(records)) => {
                records.iter().for_each(|record| self.record(&record))
            }
            MobilityOption::MulticastState(MulticastState::Igmp(records)) => {
                records.iter().for_each(|record| {
                    self.say(format!("{} {}", record_name(record.kind), record.group));
                })
            }
            MobilityOption::Malformed(bad) => self.say(format!("malformed option ({})", bad.error())),
            MobilityOption::Unknown(raw) => self.say(format!("option {}", raw.kind())),
            _ => {}
        }
    }

    fn igmp(&mut self, message: &igmp::Message<'_>) -> &'static str {
        let (name, group) = match message {
            igmp::Message::Query(query) => {
                self.say(format!("answer within {} ms", query.max_response.millis()));
                ("IGMP Query", Some(query.group))
            }
            igmp::Message::QueryV2(query) => ("IGMPv2 Query", Some(query.group)),
            igmp::Message::QueryV1(igmp::QueryV1) => ("IGMPv1 Query", None),
            igmp::Message::Report(report) => {
                for record in report.records {
                    self.say(format!("{} {} of {} sources", record.kind, record.group, record.sources.len()));
                }
                ("IGMP Report", None)
            }
            igmp::Message::ReportV2(report) => ("IGMPv2 Report", Some(report.group)),
            igmp::Message::ReportV1(report) => ("IGMPv1 Report", Some(report.group)),
            igmp::Message::Leave(leave) => ("IGMP Leave", Some(leave.group)),
        };
        if let Some(group) = group {
            self.say(group.to_string());
        }
        name
    }

    fn mld(&mut self, message: &mld::Message<'_>) -> &'static str {
        match message {
            mld::Message::Query(query) => {
                let group = query.group.ip();
                self.say(match (group.is_unspecified(), query.sources.len()) {
                    (true, _) => "general".to_string(),
                    (false, 0) => self.names.show(group),
                    (false, sources) => format!("{} of {sources} sources", self.names.show(group)),
                });
                self.say(format!("answer within {} ms", query.max_response.millis()));
                "MLD Query"
            }
            mld::Message::QueryV1(query) => {
                self.say(self.names.show(query.group.ip()));
                "MLDv1 Query"
            }
            mld::Message::Report(report) => {
                report.records.iter().for_each(|record| self.record(&record));
                "MLD Report"
            }
            mld::Message::ReportV1(report) => {
                self.channel(Channel::asm(report.group.ip()));
                "MLDv1 Report"
            }
            mld::Message::Done(done) => {
                self.say(self.names.show(done.group.ip()));
                "MLDv1 Done"
            }
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        let (kind, group) = (record_name(record.kind), record.group.ip());
        let sources: Vec<Ipv6Addr> = record.sources.iter().map(|&octets| octets.into()).collect();
        let excludes = matches!(record.kind, RecordType::IS_EX | RecordType::TO_EX);
        if excludes && sources.is_empty() {
            self.said.channels.push(Channel::asm(group));
            self.parts.push(format!("{kind} {}", self.names.channel(&Channel::asm(group))));
        } else if excludes || sources.is_empty() {
            let list: Vec<String> = sources.iter().map(|&source| self.names.show(source)).collect();
            self.parts.push(format!("{kind} {} {{{}}}", self.names.show(group), list.join(" ")));
        } else {
            let channels: Vec<Channel> = sources.iter().map(|&source| Channel::ssm(source, group)).collect();
            let list: Vec<String> = channels.iter().map(|channel| self.names.channel(channel)).collect();
            self.parts.push(format!("{kind} {}", list.join(" ")));
            self.said.channels.extend(channels);
        }
    }

    fn cxtp(&mut self, message: &cxtp::Message<'_>) -> &'static str {
        match message {
            cxtp::Message::Request(request) => {
                self.say(format!("seq {}", request.sequence));
                request.blocks.iter().for_each(|block| self.block(&block));
                "CT-Req"
            }
            cxtp::Message::Data(data) => {
                data.blocks.iter().for_each(|block| self.block(&block));
                let listens = data.blocks.iter().any(|block| matches!(block, cxtp::Block::Listener(_)));
                if listens { "CXTP M-CTD" } else { "CXTP CTD" }
            }
            cxtp::Message::Reply(reply) => {
                self.say(if reply.success { "taken" } else { "not all taken" }.to_string());
                "CXTP CTDR"
            }
            cxtp::Message::Activate(activate) => {
                self.say(format!("seq {}", activate.sequence));
                activate.blocks.iter().for_each(|block| self.block(&block));
                "CTAR"
            }
            cxtp::Message::ActivateAck(ack) => {
                self.say(if ack.statuses.is_empty() { "taken" } else { "not all taken" }.to_string());
                "CTAA"
            }
            cxtp::Message::PredictiveData(data) => {
                data.blocks.iter().for_each(|block| self.block(&block));
                "CXTP PCTD"
            }
            cxtp::Message::Cancel(_) => "CXTP CTC",
            cxtp::Message::Unknown(raw) => {
                self.say(format!("type {}", raw.kind()));
                "CXTP"
            }
        }
    }

    fn block(&mut self, block: &cxtp::Block<'_>) {
        match block {
            cxtp::Block::MnIdentifier { subtype, id } => {
                let node = crate::pmip::NodeId { subtype: *subtype, id: (*id).into() };
                self.say(node.to_string());
            }
            cxtp::Block::Listener(context) => {
                let group = context.group.ip();
                if context.mode == cxtp::FilterMode::Exclude {
                    self.channel(Channel::asm(group));
                }
                for &source in context.sources {
                    self.channel(Channel::ssm(source.into(), group));
                }
            }
            cxtp::Block::Mld(context) => self.channel(Channel::asm(context.group.ip())),
            cxtp::Block::Malformed(bad) => self.say(format!("malformed block ({})", bad.error())),
            _ => {}
        }
    }

    fn nd(&mut self, message: &nd::Message<'_>) -> &'static str {
        match message {
            nd::Message::Solicitation(_) => "RS",
            nd::Message::Advertisement(advertisement) => {
                for option in advertisement.options {
                    if let nd::NdOption::PrefixInformation { len, prefix, .. } = option {
                        self.say(format!("{prefix}/{len}"));
                    }
                }
                "RA"
            }
        }
    }
}

fn record_name(kind: RecordType) -> String {
    let name = match kind {
        RecordType::IS_IN => "IS_IN",
        RecordType::IS_EX => "IS_EX",
        RecordType::TO_IN => "TO_IN",
        RecordType::TO_EX => "TO_EX",
        RecordType::ALLOW => "ALLOW",
        RecordType::BLOCK => "BLOCK",
        RecordType(other) => return format!("type {other}"),
    };
    name.to_string()
}
