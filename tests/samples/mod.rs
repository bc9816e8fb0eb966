//! Messages of every wire format, chosen by hand, and the laws of a message. (Random ones come from `multimob::samples`.)
#![allow(dead_code, reason = "each test crate that includes this uses a part of it")]
#![allow(unreachable_pub, reason = "a module of several test crates")]

use multimob::wire::{Dialect, Format, Item, List};

pub mod cxtp;
pub mod fields;
pub mod igmp;
pub mod laws;
pub mod membership;
pub mod messages;
pub mod mh;
pub mod mld;
pub mod nd;
pub mod options;
pub mod pim;
pub mod udp;

/// What is called with each message; the dialect is the one by which its octets are to be read.
pub type Visit<'v, F> = dyn for<'a, 'd> FnMut(<F as Format>::View<'a>, &'d Dialect) + 'v;

/// A format that the laws can be run over. Messages borrow what they hold, so they are visited, not returned.
pub trait Samples: Format {
    /// Visits messages chosen by hand: one of each kind at least, every option, the edges of every length.
    fn each(visit: &mut Visit<'_, Self>);

    /// Visits the message built again from every value read out of `view`: each list becomes a slice of values.
    fn rebuild(view: Self::View<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>);

    /// Nothing but `view`: that it compiles shows that messages are covariant in their lifetime.
    fn shorten<'a: 'b, 'b>(view: Self::View<'a>) -> Self::View<'b>;

    /// Whether a receiver of `octets`, of which the end is lost, rightly takes them for `canonical`. Where not even a flag
    /// says that something is to follow, it has no other choice than to take them as they are.
    fn is_all_that_counts(_canonical: &[u8], _octets: &[u8]) -> bool {
        false
    }
}

/// An address from its text.
pub fn octets(address: &str) -> [u8; 16] {
    address.parse::<core::net::Ipv6Addr>().unwrap().octets()
}

/// The items of a list: as many as it says.
pub fn items<'a, T: Item<'a>>(list: List<'a, T>) -> Vec<T> {
    let items: Vec<T> = list.iter().collect();
    assert_eq!(items.len(), list.len());
    items
}
