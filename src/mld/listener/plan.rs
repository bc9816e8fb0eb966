//! What a listener would do about an input, decided before anything is touched.

use core::net::Ipv6Addr;

use super::{Input, Listener, Reject};
use crate::channel::{Filter, FilterMode};
use crate::machine::{Received, RxMeta};
use crate::mld::{Family, Question, Said, Version};
use crate::time::Instant;

/// An input that was found good.
#[derive(Debug)]
pub(crate) enum Plan<'a, A: Family = Ipv6Addr> {
    /// Nothing that the listener keeps changes.
    Nothing,
    /// Want this from now on.
    Want { group: A, filter: Filter<A> },
    /// Drop what is pending for the group.
    Told { group: A },
    /// Report from this address from now on.
    Address { address: A },
    /// Answer a query.
    Answer { question: Question<'a, A> },
    /// Another host reported the group in an older version.
    Overheard { group: A },
}

impl<A: Family> Listener<A> {
    /// Decides about `input` without changing anything.
    pub(crate) fn check<'a>(&self, _now: Instant, input: Input<'a, A>) -> Result<Plan<'a, A>, Reject<A>> {
        match input {
            Input::Want { group, filter } => {
                self.check_want(group, &filter)?;
                Ok(if group.is_never_reported() { Plan::Nothing } else { Plan::Want { group, filter } })
            }
            Input::Told { group } => Ok(Plan::Told { group }),
            Input::Address { address } if address != A::UNSPECIFIED && !address.may_report() => {
                Err(Reject::BadSource(address))
            }
            Input::Address { address } => Ok(Plan::Address { address }),
            Input::Packet(packet) => self.check_packet(packet),
        }
    }

    /// Whether `filter` of `group` can be wanted.
    pub(crate) fn check_want(&self, group: A, filter: &Filter<A>) -> Result<(), Reject<A>> {
        if !group.is_group() {
            return Err(Reject::NotAGroup(group));
        }
        if group.is_ssm_group() && filter.mode == FilterMode::Exclude {
            return Err(Reject::SsmExclude(group));
        }
        if let Some(source) = filter.sources.iter().find(|source| !source.is_source()) {
            return Err(Reject::NotASource(source));
        }
        let is_new = !group.is_never_reported() && !filter.is_nothing() && !self.groups.contains_key(&group);
        if is_new && self.groups.len() >= self.config.max_groups {
            return Err(Reject::TooManyGroups(self.config.max_groups));
        }
        Ok(())
    }

    fn check_packet<'a>(&self, packet: Received<A::Message<'a>, A>) -> Result<Plan<'a, A>, Reject<A>> {
        let meta = &packet.meta;
        match A::read(packet.message) {
            Said::Query(question) => {
                check_meta(meta, meta.src.may_ask(), question.version)?;
                if !question.is_valid() {
                    return Err(Reject::BadQuery);
                }
                if question.group.is_none() && !meta.dst.may_be_asked() {
                    return Err(Reject::BadDestination(meta.dst));
                }
                Ok(Plan::Answer { question })
            }
            // RFC 3590 4: also from a host that has no address yet.
            Said::Join { group, version }
                if meta.src != self.config.address || meta.src == A::UNSPECIFIED =>
            {
                check_meta(meta, meta.src.may_report() || meta.src == A::UNSPECIFIED, version)?;
                if !group.is_group() {
                    return Err(Reject::NotAGroup(group));
                }
                Ok(Plan::Overheard { group })
            }
            _ => Err(Reject::NotForListeners),
        }
    }
}

/// RFC 3810 6.2, in the order given there; of IGMP, RFC 3376 9.1: version 1 alone has no Router Alert.
fn check_meta<A: Family>(meta: &RxMeta<A>, may_speak: bool, version: Version) -> Result<(), Reject<A>> {
    if !may_speak {
        return Err(Reject::BadSource(meta.src));
    }
    if meta.hop_limit != 1 {
        return Err(Reject::BadHopLimit(meta.hop_limit));
    }
    if version > Version::Oldest && !meta.router_alert {
        return Err(Reject::NoRouterAlert);
    }
    Ok(())
}
