//! Machine settings that a scenario may override; the defaults are the machines' own.

use core::time::Duration;

use serde::Deserialize;

use super::text::Time;
use crate::mld::{Timing, router};
use crate::pmip::mag::TunnelMode;
use crate::pmip::{lma, mag};

/// `[settings]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Settings {
    pub(super) mag: Mag,
    pub(super) lma: Lma,
    pub(super) node: Mld,
}

/// `[settings.mag]`: every MAG of the scenario.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Mag {
    lifetime: Option<Time>,
    context_wait: Option<Time>,
    context_hold: Option<Time>,
    timestamps: Option<bool>,
    write_back: Option<bool>,
    profile_driven: Option<bool>,
    tunnel_mode: Option<TunnelMode>,
    access: Mld,
    upstream: Mld,
}

/// `[settings.lma]`: every LMA of the scenario.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Lma {
    max_lifetime: Option<Time>,
    min_delay_before_bce_delete: Option<Time>,
    max_delay_before_new_bce_assign: Option<Time>,
    timestamp_validity_window: Option<Time>,
    tunnel_mode: Option<TunnelMode>,
    echo_accepted: Option<bool>,
    multicast_mandatory: Option<bool>,
    strict_multicast: Option<bool>,
    upstream_linger: Option<Time>,
    router: Mld,
}

/// Timers and counts of RFC 3810 9; `immediate-leave` means something to routers only.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Mld {
    /// What the others change.
    preset: Option<Preset>,
    robustness: Option<u8>,
    query_interval: Option<Time>,
    query_response_interval: Option<Time>,
    startup_query_interval: Option<Time>,
    startup_query_count: Option<u8>,
    last_listener_query_interval: Option<Time>,
    last_listener_query_count: Option<u8>,
    unsolicited_report_interval: Option<Time>,
    immediate_leave: Option<bool>,
}

/// Timers and counts by name.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Preset {
    /// [`Timing::default`].
    Standard,
    /// [`Timing::mobile`].
    Mobile,
}

impl Mag {
    pub(super) fn apply(&self, config: &mut mag::Config) {
        time(self.lifetime, &mut config.lifetime);
        time(self.context_wait, &mut config.context_wait);
        time(self.context_hold, &mut config.context_hold);
        set(self.timestamps, &mut config.timestamps);
        set(self.write_back, &mut config.write_back);
        set(self.profile_driven, &mut config.profile_driven);
        set(self.tunnel_mode, &mut config.tunnel_mode);
        self.access.apply_to_router(&mut config.access);
        self.upstream.apply(&mut config.upstream);
    }
}

impl Lma {
    pub(super) fn apply(&self, config: &mut lma::Config) {
        time(self.max_lifetime, &mut config.max_lifetime);
        time(self.min_delay_before_bce_delete, &mut config.min_delay_before_bce_delete);
        time(self.max_delay_before_new_bce_assign, &mut config.max_delay_before_new_bce_assign);
        time(self.timestamp_validity_window, &mut config.timestamp_validity_window);
        set(self.tunnel_mode, &mut config.tunnel_mode);
        set(self.echo_accepted, &mut config.echo_accepted);
        set(self.multicast_mandatory, &mut config.multicast_mandatory);
        set(self.strict_multicast, &mut config.strict_multicast);
        time(self.upstream_linger, &mut config.upstream_linger);
        self.router.apply_to_router(&mut config.router);
    }
}

impl Mld {
    pub(super) fn apply(&self, timing: &mut Timing) {
        match self.preset {
            Some(Preset::Standard) => *timing = Timing::default(),
            Some(Preset::Mobile) => *timing = Timing::mobile(),
            None => {}
        }
        set(self.robustness, &mut timing.robustness);
        time(self.query_interval, &mut timing.query_interval);
        time(self.query_response_interval, &mut timing.query_response_interval);
        time(self.startup_query_interval, &mut timing.startup_query_interval);
        set(self.startup_query_count, &mut timing.startup_query_count);
        time(self.last_listener_query_interval, &mut timing.last_listener_query_interval);
        set(self.last_listener_query_count, &mut timing.last_listener_query_count);
        time(self.unsolicited_report_interval, &mut timing.unsolicited_report_interval);
    }

    fn apply_to_router(&self, config: &mut router::Config) {
        self.apply(&mut config.timing);
        set(self.immediate_leave, &mut config.immediate_leave);
    }
}

fn set<T>(from: Option<T>, to: &mut T) {
    if let Some(value) = from {
        *to = value;
    }
}

fn time(from: Option<Time>, to: &mut Duration) {
    set(from.map(|time| time.0), to);
}
