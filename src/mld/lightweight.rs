//! Lightweight MLDv2 and IGMPv3 (RFC 5790): router and listener without source lists of EXCLUDE mode.
//!
//! Either works with hosts and routers of the full versions and of older ones, and takes, refuses and does what its full
//! counterpart does: the types of [`super::router`] and [`super::listener`].
//!
//! | | full | lightweight |
//! |---|---|---|
//! | a host wants | INCLUDE (S) or EXCLUDE (S) | INCLUDE (S) or EXCLUDE ({}) |
//! | it answers with | IS_IN, IS_EX | ALLOW, TO_EX |
//! | a router keeps of a group | filter mode, filter timer, sources requested and excluded | group timer, sources requested |
//! | it tells of a group | INCLUDE (S) or EXCLUDE (S) | INCLUDE (S) or EXCLUDE ({}) |
//! | it keeps of a listener | what it asked for (explicit tracking), what it holds (MLD Hold) | nothing |
//!
//! ```
//! use multimob::channel::Filter;
//! use multimob::machine::{LinkId, Machine, Via};
//! use multimob::mld::{lightweight, listener};
//! use multimob::Instant;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = listener::Config::new(Via::Link(LinkId(1)), "fe80::1".parse()?);
//! let mut host: lightweight::Listener = lightweight::Listener::new(config, 42)?;
//! let group = "ff1e::5".parse()?;
//! let all_but_one = Filter::exclude(["2001:db8::7".parse()?]);
//! let mut out = Vec::new();
//! host.handle_input(Instant::ZERO, listener::Input::Want { group, filter: all_but_one }, &mut out)?;
//! assert_eq!(host.wanted(group), &Filter::EVERYTHING);
//! # Ok(())
//! # }
//! ```

#[cfg(test)]
#[path = "../../tests/model/rfc5790.rs"]
pub(super) mod rfc;

pub use super::listener::lightweight::Listener;
pub use super::router::lightweight::{LinkState, Router, Wanted};
