//! What a listener would do about an input, decided before anything is touched.

use core::net::Ipv6Addr;

use super::{Input, Listener, Reject};
use crate::channel::{Filter, FilterMode};
use crate::machine::Received;
use crate::mld::{Family, Question, Said};
use crate::time::Instant;
use crate::wire::membership::{Family as _, Receiver, Refused};

/// An input that was found good.
#[derive(Debug)]
pub(crate) enum Plan<'a, A: Family = Ipv6Addr> {
    /// Nothing that the listener keeps changes.
    Nothing,
    /// Want this from now on.
    Want { group: A, filter: Filter<A> },
    /// Hold this from now on.
    Hold { group: A, filter: Filter<A> },
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
                self.check_filter(group, &filter)?;
                Ok(if group.is_never_reported() { Plan::Nothing } else { Plan::Want { group, filter } })
            }
            Input::Hold { group, filter } => {
                self.check_filter(group, &filter)?;
                Ok(if group.is_never_reported() { Plan::Nothing } else { Plan::Hold { group, filter } })
            }
            Input::Told { group } => Ok(Plan::Told { group }),
            Input::Address { address } if address != A::UNSPECIFIED && !may_report(address) => {
                Err(Reject::BadAddress(address))
            }
            Input::Address { address } => Ok(Plan::Address { address }),
            Input::Packet(packet) => self.check_packet(&packet),
        }
    }

    /// Whether `filter` of `group` can be wanted or held.
    pub(crate) fn check_filter(&self, group: A, filter: &Filter<A>) -> Result<(), Reject<A>> {
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

    /// The rules of the wire. What the listener said itself and hears again says nothing to it; where it has no address
    /// yet, another may have none either (RFC 3590 4).
    fn check_packet<'a>(&self, packet: &Received<A::Message<'a>, A>) -> Result<Plan<'a, A>, Reject<A>> {
        let (src, own) = (packet.meta.src, self.config.address);
        match A::receive(packet, own, Receiver::Listener)? {
            Said::Query(question) => Ok(Plan::Answer { question }),
            Said::Join { group, .. } if src != own || src == A::UNSPECIFIED => Ok(Plan::Overheard { group }),
            _ => Err(Refused::NotFor(Receiver::Listener).into()),
        }
    }
}

/// Whether routers hear a listener with this address.
fn may_report<A: Family>(address: A) -> bool {
    A::Wire::from(address).may_report(Receiver::Router)
}
