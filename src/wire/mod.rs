//! Octets to values and back. Nothing in here knows a state machine.
//!
//! # The contract
//! * One type per message, to read and to write. `parse(octets, &Dialect)` checks every length that is needed to find
//!   the next item; after that nothing fails, panics or allocates.
//! * A wrong length fails the parse with a [`DecodeError`] that names layer, field, offset, needed and had. The body of
//!   an option is judged when it is read: a bad one is an ordinary value (`Malformed`), because the standards treat
//!   it as absent and the rest as good.
//! * Rules about addresses are `judge()`, asked by the machines.
//! * Unknown types, options and flag bits are ordinary values and are kept.
//! * Equal values encode equal. [`Encode`] has one required function; length, checksum and octets come from it.
//! * What a disputed bit or a local code point means is the [`Dialect`] of the peer.

mod addr;
mod checksum;
mod code;
mod dialect;
mod error;
mod format;
#[cfg(feature = "serde")]
mod hex;
mod list;
mod out;
#[cfg(feature = "alloc")]
mod owned;
mod read;

pub mod cxtp;
pub mod ipv6;
pub mod mh;
pub mod mld;
pub mod nd;
pub mod packet;
pub mod udp;

pub use addr::Addr;
pub use checksum::Pseudo;
pub use dialect::{Dialect, FeatureTypes, FlagDialect, HoldTypes, OptionTypes};
pub use error::{DecodeError, EncodeError, Field, Layer, Reaction};
pub use format::Format;
pub use list::{Item, Iter, List};
pub use out::{Encode, Out};
#[cfg(feature = "alloc")]
pub use owned::{FromOctetsError, Owned};
