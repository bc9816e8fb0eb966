//! Proxy Mobile IPv6 with multicast (RFC 5213, draft asaeda): the mobile access gateway and the local mobility anchor.

mod node;
mod profile;
mod resource;

pub mod lma;
pub mod mag;

pub use node::{NodeId, Prefix};
pub use profile::{ChannelPolicy, Profile, Subscriber};
pub use resource::{Tunnel, TunnelKind};
