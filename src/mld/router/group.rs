//! One group of a link.

use alloc::collections::BTreeMap;
use core::net::Ipv6Addr;

use super::tracking::Member;
use crate::channel::Filter;

/// One group of a link.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) published: Filter,
    pub(super) members: BTreeMap<Ipv6Addr, Member>,
}
