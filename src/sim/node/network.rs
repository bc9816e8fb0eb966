//! The multicast network behind the LMAs: it has every stream, and gives each to the LMAs that joined it.

use alloc::collections::BTreeSet;
use core::net::Ipv6Addr;

use crate::channel::Channel;
use crate::sim::event::Node;

#[derive(Debug, Default)]
pub(in crate::sim) struct Network {
    joined: BTreeSet<(Node, Channel)>,
}

impl Network {
    /// An LMA joins or leaves a channel.
    pub(in crate::sim) fn upstream(&mut self, anchor: Node, channel: Channel, joins: bool) {
        if joins {
            self.joined.insert((anchor, channel));
        } else {
            self.joined.remove(&(anchor, channel));
        }
    }

    /// The LMAs that get data of `source` to `group`, each once.
    pub(in crate::sim) fn receivers(&self, source: Ipv6Addr, group: Ipv6Addr) -> BTreeSet<Node> {
        let gets = |channel: &Channel| channel.group == group && channel.source.is_none_or(|s| s == source);
        self.joined.iter().filter(|(_, channel)| gets(channel)).map(|&(anchor, _)| anchor).collect()
    }
}
