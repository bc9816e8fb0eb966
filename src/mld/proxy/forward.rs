//! Where data goes (RFC 4605 4.2).

use super::Proxy;
use crate::channel::Filter;
use crate::machine::LinkId;
use crate::mld::Family;

/// A side of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Face {
    /// The upstream.
    Upstream,
    /// A downstream link.
    Downstream(LinkId),
}

impl<A: Family> Proxy<A> {
    /// Where data of `source` to `group` that came by `from` leaves, ascending: upstream, unless it came from there; each
    /// other downstream link that wants it, if no other router is the querier there. Nowhere if its source or its group
    /// stays on its link.
    ///
    /// ```
    /// use multimob::channel::Filter;
    /// use multimob::machine::{LinkId, Machine, Via};
    /// use multimob::mld::proxy::{Config, Face, Input, Proxy};
    /// use std::net::Ipv6Addr;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut proxy: Proxy<Ipv6Addr> = Proxy::new(Config::new(Via::Link(LinkId(1)), "fe80::1".parse()?), 42)?;
    /// let (group, source): (Ipv6Addr, Ipv6Addr) = ("ff1e::5".parse()?, "2001:db8::5".parse()?);
    /// let (speaker, hearer) = (LinkId(11), LinkId(12));
    /// let interest = Input::Interest { link: hearer, group, filter: Filter::EVERYTHING };
    /// proxy.handle_input(multimob::Instant::ZERO, interest, &mut Vec::new())?;
    ///
    /// let to: Vec<_> = proxy.forward(Face::Downstream(speaker), source, group).collect();
    /// assert_eq!(to, [Face::Upstream, Face::Downstream(hearer)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn forward(&self, from: Face, source: A, group: A) -> impl Iterator<Item = Face> {
        let group_leaves = group.is_group() && !group.is_link_scope_group();
        let leaves = group_leaves && source.is_source() && !source.is_link_local();
        let wanted = move |&(_, filter): &(LinkId, &Filter<A>)| filter.passes(source);
        let served = |&(link, _): &(LinkId, _)| !self.others.contains(&link);
        let links = self.downstream.askers(group).filter(wanted).filter(served);
        core::iter::once(Face::Upstream)
            .chain(links.map(|(link, _)| Face::Downstream(link)))
            .filter(move |&to| leaves && to != from)
    }
}
