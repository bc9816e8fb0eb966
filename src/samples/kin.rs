//! What the samples of either address family share.

use core::net::{Ipv4Addr, Ipv6Addr};

use arbitrary::{Result, Unstructured};

use super::wire::{igmp, mld};
use super::world;
use crate::mld::Family;
use crate::wire::Dialect;

/// An address family that has a small world of its own.
pub trait Kin: Family {
    /// The address of the node under test on each of its links.
    const OWN: Self;

    /// Groups: two source-specific, two of any source, two of link scope, what is none, and anything.
    ///
    /// # Errors
    /// None: what is used up reads as zero.
    fn group(u: &mut Unstructured<'_>) -> Result<Self>;

    /// Sources: five good ones, what is none, and anything.
    ///
    /// # Errors
    /// None, as above.
    fn source(u: &mut Unstructured<'_>) -> Result<Self>;

    /// Addresses of three neighbours, and what is none.
    ///
    /// # Errors
    /// None, as above.
    fn neighbour(u: &mut Unstructured<'_>) -> Result<Self>;

    /// Any message of the family.
    ///
    /// # Errors
    /// None, as above.
    fn any_message(u: &mut Unstructured<'_>) -> Result<Self::Owned>;

    /// A Query of the current version.
    ///
    /// # Errors
    /// None, as above.
    fn any_query(u: &mut Unstructured<'_>) -> Result<Self::Owned>;

    /// A message of an older version.
    ///
    /// # Errors
    /// None, as above.
    fn older_message(u: &mut Unstructured<'_>) -> Result<Self::Owned>;
}

impl Kin for Ipv6Addr {
    const OWN: Self = world::OWN;

    fn group(u: &mut Unstructured<'_>) -> Result<Self> {
        world::group(u)
    }

    fn source(u: &mut Unstructured<'_>) -> Result<Self> {
        world::source(u)
    }

    fn neighbour(u: &mut Unstructured<'_>) -> Result<Self> {
        world::neighbour(u)
    }

    fn any_message(u: &mut Unstructured<'_>) -> Result<Self::Owned> {
        mld::message(u, &Dialect::DEFAULT)
    }

    fn any_query(u: &mut Unstructured<'_>) -> Result<Self::Owned> {
        mld::query(u, &Dialect::DEFAULT)
    }

    fn older_message(u: &mut Unstructured<'_>) -> Result<Self::Owned> {
        mld::older(u, &Dialect::DEFAULT)
    }
}

impl Kin for Ipv4Addr {
    const OWN: Self = world::OWN4;

    fn group(u: &mut Unstructured<'_>) -> Result<Self> {
        world::group4(u)
    }

    fn source(u: &mut Unstructured<'_>) -> Result<Self> {
        world::source4(u)
    }

    fn neighbour(u: &mut Unstructured<'_>) -> Result<Self> {
        world::neighbour4(u)
    }

    fn any_message(u: &mut Unstructured<'_>) -> Result<Self::Owned> {
        igmp::message(u, &Dialect::DEFAULT)
    }

    fn any_query(u: &mut Unstructured<'_>) -> Result<Self::Owned> {
        igmp::query(u, &Dialect::DEFAULT)
    }

    fn older_message(u: &mut Unstructured<'_>) -> Result<Self::Owned> {
        igmp::older(u, &Dialect::DEFAULT)
    }
}
