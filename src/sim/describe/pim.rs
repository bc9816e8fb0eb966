//! PIM in words.

use alloc::format;
use alloc::string::ToString;

use super::Words;
use crate::channel::Channel;
use crate::wire::pim::{Entry, EntryKind, Hello, JoinPruneAction, Message};

impl Words<'_> {
    pub(super) fn pim(&mut self, message: &Message<'_>) -> &'static str {
        match message {
            Message::Hello(hello) => self.hello(hello),
            Message::Register(register) => {
                match register.channel() {
                    Ok(channel) => self.channel(Channel::ssm(channel.source.ip(), channel.group.ip())),
                    Err(error) => self.say(format!("malformed packet ({error})")),
                }
                if register.null { "PIM Null-Register" } else { "PIM Register" }
            }
            Message::RegisterStop(stop) => {
                self.channel(channel(stop.source.ip(), stop.group.address.ip()));
                "PIM Register-Stop"
            }
            Message::JoinPrune(message) => {
                message.entries().for_each(|entry| self.entry(&entry));
                self.say(format!("to {}", self.names.show(message.upstream.ip())));
                let joins = message.entries().any(|entry| entry.action == JoinPruneAction::Join);
                let prunes = message.entries().any(|entry| entry.action == JoinPruneAction::Prune);
                match (joins, prunes) {
                    (true, false) => "PIM Join",
                    (false, true) => "PIM Prune",
                    _ => "PIM Join/Prune",
                }
            }
            Message::Bootstrap(bootstrap) => {
                self.say(format!("BSR {}", self.names.show(bootstrap.bsr.ip())));
                "PIM Bootstrap"
            }
            Message::Assert(assert) => {
                self.channel(channel(assert.source.ip(), assert.group.address.ip()));
                if assert.is_cancel() {
                    return "PIM AssertCancel";
                }
                let tree = if assert.rpt { ", to the RP" } else { "" };
                self.say(format!("preference {}, metric {}{tree}", assert.preference, assert.metric));
                "PIM Assert"
            }
            Message::CandidateRp(candidate) => {
                self.say(format!("RP {}", self.names.show(candidate.rp.ip())));
                "PIM C-RP-Adv"
            }
            Message::Unknown(raw) => {
                self.say(format!("type {}", raw.kind()));
                "PIM"
            }
        }
    }

    fn hello(&mut self, hello: &Hello<'_>) -> &'static str {
        match hello.options.holdtime() {
            Some(0) => self.say("goodbye".to_string()),
            Some(Hello::FOREVER) => self.say("for ever".to_string()),
            Some(seconds) => self.say(format!("for {seconds} s")),
            None => {}
        }
        for bad in hello.options.malformed() {
            self.say(format!("malformed option ({})", bad.error()));
        }
        "PIM Hello"
    }

    fn entry(&mut self, entry: &Entry) {
        let group = entry.group.ip();
        let action = if entry.action == JoinPruneAction::Join { "Join" } else { "Prune" };
        let channel = match entry.kind {
            EntryKind::StarG => Channel::asm(group),
            EntryKind::Sg | EntryKind::SgRpt => Channel::ssm(entry.address.ip(), group),
        };
        let tree = if entry.kind == EntryKind::SgRpt { " on the shared tree" } else { "" };
        self.say(format!("{action} {}{tree}", self.names.channel(&channel)));
        self.said.channels.push(channel);
    }
}

/// (S,G), or (*,G) where there is no source.
fn channel(source: core::net::Ipv6Addr, group: core::net::Ipv6Addr) -> Channel {
    if source.is_unspecified() { Channel::asm(group) } else { Channel::ssm(source, group) }
}

#[cfg(test)]
mod tests {
    use super::super::{Names, describe};
    use crate::wire::packet::{Outgoing, demux};
    use crate::wire::pim::{
        Assert, DummyPacket, Group, GroupSet, HelloOption, JoinPrune, Register, RegisterStop, Source,
    };
    use crate::wire::{Addr, Dialect, Encode, List};

    use super::*;

    fn said(message: Message<'_>) -> (&'static str, alloc::string::String, usize) {
        let [src, dst] = ["fe80::1", "ff02::d"].map(|address| address.parse().unwrap());
        let octets = Outgoing::new(src, dst, message.into()).to_vec().unwrap();
        let datagram = demux(&octets, &Dialect::DEFAULT).unwrap();
        let said = describe(&datagram, &Dialect::DEFAULT, &Names::default());
        (said.name, said.detail, said.channels.len())
    }

    fn addr(text: &str) -> Addr {
        text.parse::<core::net::Ipv6Addr>().unwrap().into()
    }

    #[test]
    fn what_a_join_prune_asks_for() {
        let (source, group) = (addr("2001:db8:5::5"), addr("ff1e::1234"));
        let joined = [Source::new(EntryKind::StarG, addr("2001:db8:c::1"))];
        let pruned = [Source::new(EntryKind::SgRpt, source)];
        let set = |joined, pruned| GroupSet {
            group: Group::single(group),
            joined: List::new(joined, &Dialect::DEFAULT),
            pruned: List::new(pruned, &Dialect::DEFAULT),
        };
        let message = |set: &[GroupSet<'_>]| {
            let groups = List::new(set, &Dialect::DEFAULT);
            said(Message::JoinPrune(JoinPrune { upstream: addr("fe80::2"), holdtime: 210, groups }))
        };
        let (name, detail, channels) = message(&[set(&joined, &pruned)]);
        assert_eq!((name, channels), ("PIM Join/Prune", 2));
        assert!(
            detail.starts_with("Join (*,ff1e::1234), Prune (2001:db8:5::5,ff1e::1234) on the shared tree")
        );
        assert!(detail.ends_with(", to fe80::2"), "{detail}");
        assert_eq!(message(&[set(&joined, &[])]).0, "PIM Join");
        assert_eq!(message(&[set(&[], &pruned)]).0, "PIM Prune");
    }

    #[test]
    fn the_other_messages() {
        let (source, group) = (addr("2001:db8:5::5"), addr("ff1e::1234"));
        for (holdtime, words) in [(0, "goodbye"), (105, "for 105 s"), (u16::MAX, "for ever")] {
            let options = [HelloOption::Holdtime(holdtime)];
            let options = List::new(&options, &Dialect::DEFAULT);
            assert_eq!(said(Message::Hello(Hello { options })), ("PIM Hello", words.to_string(), 0));
        }
        let dummy = DummyPacket { source, group }.octets();
        assert_eq!(said(Message::Register(Register::null(&dummy))).0, "PIM Null-Register");
        assert_eq!(said(Message::Register(Register::data(&[]))).2, 0);
        let all = RegisterStop { group: Group::single(group), source: Addr::UNSPECIFIED };
        assert_eq!(said(Message::RegisterStop(all)).1, "(*,ff1e::1234)");
        let cancel = Assert::cancel(group, source);
        assert_eq!(said(Message::Assert(cancel)).0, "PIM AssertCancel");
        let better = Assert { preference: 10, metric: 20, ..cancel };
        assert!(said(Message::Assert(better)).1.ends_with("preference 10, metric 20, to the RP"));
    }
}
