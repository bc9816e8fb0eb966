//! Group membership: what version 2 of MLD (RFC 3810) and version 3 of IGMP (RFC 3376) say alike, once for both address
//! families.
//!
//! [`mld`](super::mld) and [`igmp`](super::igmp) name these types for their own family; who is generic over the
//! [`Family`] names them here.

mod code;
mod extension;
mod family;
mod query;
mod receive;
mod record;
mod report;

pub use code::{Qqic, ResponseCode};
pub use extension::{Extension, ExtensionType, Extensions};
pub use family::Family;
pub use query::Query;
pub use receive::{Arrival, Receiver, Refused};
pub use record::{Fault, Record, RecordType};
pub use report::{Report, Walk};

pub(super) use code::{from_code, to_code};
pub(super) use query::query;
pub(super) use receive::Kind;
pub(super) use record::judge_group;
pub(super) use report::report;
