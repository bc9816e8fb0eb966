//! What every binding protocol shares: Mobile IPv6, Proxy Mobile IPv6 and what grew on them.

mod backoff;
mod lifetime;
mod rate;
mod sequence;
mod timestamp;

pub(crate) use backoff::Backoff;
pub(crate) use lifetime::Lifetime;
pub(crate) use rate::Bucket;
pub(crate) use sequence::Sequence;
pub(crate) use timestamp::{Clock, Timestamp};
