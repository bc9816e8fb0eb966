//! What a listener would do about an input, decided before anything is touched.

use core::net::Ipv6Addr;
use core::time::Duration;

use super::{Input, Listener, Reject, is_reportable};
use crate::channel::{Address, Filter, FilterMode};
use crate::machine::{Received, RxMeta};
use crate::time::Instant;
use crate::wire::Addr;
use crate::wire::mld::Message;

/// An input that was found good.
#[derive(Debug)]
pub(crate) enum Plan<'a> {
    /// Nothing that the listener keeps changes.
    Nothing,
    /// Want this from now on.
    Want { group: Ipv6Addr, filter: Filter },
    /// Drop what is pending for the group.
    Told { group: Ipv6Addr },
    /// Answer a query within `bound`.
    Answer { asked: Asked<'a>, bound: Duration },
}

/// What a query asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked<'a> {
    /// A General Query.
    Everything,
    /// A Multicast Address (and Source) Specific Query.
    Group { group: Ipv6Addr, sources: &'a [[u8; 16]] },
}

impl Listener {
    /// Decides about `input` without changing anything.
    pub(crate) fn check<'a>(&self, _now: Instant, input: Input<'a>) -> Result<Plan<'a>, Reject> {
        match input {
            Input::Want { group, filter } => {
                self.check_want(group, &filter)?;
                Ok(if is_reportable(group) { Plan::Want { group, filter } } else { Plan::Nothing })
            }
            Input::Told { group } => Ok(Plan::Told { group }),
            Input::Packet(packet) => check_packet(packet),
        }
    }

    /// Whether `filter` of `group` can be wanted.
    pub(crate) fn check_want(&self, group: Ipv6Addr, filter: &Filter) -> Result<(), Reject> {
        if !group.is_group() {
            return Err(Reject::NotAGroup(group));
        }
        if group.is_ssm_group() && filter.mode == FilterMode::Exclude {
            return Err(Reject::SsmExclude(group));
        }
        if let Some(source) = filter.sources.iter().find(|source| !source.is_source()) {
            return Err(Reject::NotASource(source));
        }
        let is_new = is_reportable(group) && !filter.is_nothing() && !self.groups.contains_key(&group);
        if is_new && self.groups.len() >= self.config.max_groups {
            return Err(Reject::TooManyGroups(self.config.max_groups));
        }
        Ok(())
    }
}

fn check_packet(packet: Received<Message<'_>>) -> Result<Plan<'_>, Reject> {
    let (group, sources, bound) = match packet.message {
        Message::Query(query) => {
            check_meta(&packet.meta)?;
            query.judge()?;
            (query.group, query.sources, Duration::from_millis(query.max_response.millis().into()))
        }
        // RFC 3810 8.2.1: the whole range of the field is linear.
        Message::QueryV1(query) => {
            check_meta(&packet.meta)?;
            query.judge()?;
            (query.group, &[][..], Duration::from_millis(query.max_response_ms.into()))
        }
        _ => return Err(Reject::NotForListeners),
    };
    let asked = match group {
        Addr::UNSPECIFIED => Asked::Everything,
        group => Asked::Group { group: group.ip(), sources },
    };
    Ok(Plan::Answer { asked, bound })
}

/// RFC 3810 6.2, in the order given there.
fn check_meta(meta: &RxMeta) -> Result<(), Reject> {
    if !meta.src.is_unicast_link_local() {
        return Err(Reject::BadSource(meta.src));
    }
    if meta.hop_limit != 1 {
        return Err(Reject::BadHopLimit(meta.hop_limit));
    }
    if !meta.router_alert {
        return Err(Reject::NoRouterAlert);
    }
    Ok(())
}
