//! A scenario file as it stands, before anything in it is looked up.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::settings::Settings;
use super::text::Time;
use crate::sim::link::{LinkProfile, Share};
use crate::wire::FlagDialect;

pub(super) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) title: String,
    #[serde(default)]
    pub(super) about: String,
    #[serde(default = "one")]
    pub(super) seed: u64,
    pub(super) until: Time,
    pub(super) loss_until: Option<Time>,
    #[serde(default)]
    pub(super) store_delay: Time,
    #[serde(default)]
    pub(super) flags: FlagDialect,
    #[serde(default)]
    pub(super) figure: Vec<Text>,
    #[serde(default)]
    pub(super) names: BTreeMap<String, Ipv6Addr>,
    #[serde(default)]
    pub(super) links: Links,
    #[serde(default)]
    pub(super) link: Vec<Link>,
    #[serde(default)]
    pub(super) settings: Settings,
    #[serde(default)]
    pub(super) lma: Vec<Spanned<Anchor>>,
    #[serde(default)]
    pub(super) mag: Vec<Spanned<Gateway>>,
    #[serde(default)]
    pub(super) node: Vec<Spanned<Mobile>>,
    #[serde(default)]
    pub(super) stream: Vec<Spanned<Stream>>,
    #[serde(default)]
    pub(super) step: Vec<Spanned<Step>>,
}

const fn one() -> u64 {
    1
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Links {
    pub(super) access: Profile,
    pub(super) core: Profile,
    pub(super) network: Profile,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Profile {
    delay: Option<Time>,
    jitter: Option<Time>,
    loss: Option<Share>,
    duplicate: Option<Share>,
    mangle: Option<Share>,
}

impl Profile {
    pub(super) fn over(self, base: LinkProfile) -> LinkProfile {
        LinkProfile {
            delay: self.delay.map_or(base.delay, |time| time.0),
            jitter: self.jitter.map_or(base.jitter, |time| time.0),
            loss: self.loss.map_or(base.loss, |share| share.0),
            duplicate: self.duplicate.map_or(base.duplicate, |share| share.0),
            mangle: self.mangle.map_or(base.mangle, |share| share.0),
        }
    }
}

/// What a link does unless the scenario says otherwise: 10 ms in the core, 2 ms on the air, nothing lost.
pub(super) const CORE: LinkProfile = LinkProfile {
    delay: Duration::from_millis(10),
    jitter: Duration::ZERO,
    loss: 0.0,
    duplicate: 0.0,
    mangle: 0.0,
};
pub(super) const ACCESS: LinkProfile = LinkProfile { delay: Duration::from_millis(2), ..CORE };

/// `[[link]]`: one pair that differs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Link {
    pub(super) between: [Text; 2],
    #[serde(default)]
    pub(super) profile: Profile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Anchor {
    pub(super) name: Text,
    pub(super) address: Ipv6Addr,
    pub(super) link_local: Ipv6Addr,
    pub(super) pool: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Gateway {
    pub(super) name: Text,
    pub(super) address: Ipv6Addr,
    pub(super) link_local: Ipv6Addr,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Mobile {
    pub(super) name: Text,
    pub(super) count: Option<u16>,
    pub(super) link_local: Option<Ipv6Addr>,
    pub(super) prefix: Option<Text>,
    pub(super) lma: Option<Text>,
    pub(super) only: Option<Vec<Channel>>,
    pub(super) replay: Option<Replay>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Channel {
    pub(super) group: Text,
    pub(super) source: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Replay {
    pub(super) capture: Text,
    pub(super) at: Time,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Stream {
    pub(super) source: Text,
    pub(super) group: Text,
    pub(super) from: Time,
    pub(super) until: Time,
    pub(super) every: Time,
    #[serde(default = "payload")]
    pub(super) octets: u16,
}

const fn payload() -> u16 {
    200
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Step {
    pub(super) at: Time,
    pub(super) node: Text,
    /// Between one node of a group and the next.
    #[serde(default)]
    pub(super) stagger: Time,
    pub(super) attach: Option<Text>,
    pub(super) detach: Option<bool>,
    pub(super) fall_silent: Option<bool>,
    #[serde(rename = "move")]
    pub(super) moved: Option<Move>,
    pub(super) join: Option<Join>,
    pub(super) leave: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Move {
    pub(super) to: Text,
    #[serde(default)]
    pub(super) gap: Time,
    /// Whether the new access network knows the MAG that the node came from.
    #[serde(default = "yes")]
    pub(super) tell_previous: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Join {
    pub(super) group: Text,
    /// Only these; none: every source.
    #[serde(default)]
    pub(super) sources: Vec<Text>,
}
