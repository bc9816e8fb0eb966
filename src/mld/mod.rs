//! Group membership machines: router (RFC 3810, RFC 3376), listener and proxy (RFC 3810, RFC 4605, RFC 6224); router and
//! listener once more without source lists of EXCLUDE mode ([`lightweight`], RFC 5790).
//!
//! ```text
//!   reports ──> Router ──Interest(link, group, filter)──> Proxy ──> Listener ──> reports upstream
//!   queries <──                                            (merge)   (host)  <── queries from upstream
//! ```

mod database;
pub mod family;
pub mod lightweight;
pub mod listener;
pub mod proxy;
mod record;
pub mod router;
mod timing;

pub use database::Database;
pub use family::{Family, Version};
pub(crate) use family::{Question, Said};
pub use listener::Listener;
pub use proxy::Proxy;
pub use record::GroupRecord;
pub use router::Router;
pub use timing::{Timing, TimingError};
