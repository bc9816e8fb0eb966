//! Octets to values and back. Nothing in here knows a state machine.
//!
//! ```text
//!                 packet::demux                            Message::parse
//!   datagram ───────────────────> Datagram { src, dst, .., payload: Mh | Mld | Cxtp | CxtpIcmp | Nd | Pim | Other }
//!            <───────────────────
//!                 packet::build, Outgoing                  Encode
//! ```
//!
//! A received datagram, taken apart in one call:
//!
//! ```
//! use multimob::wire::packet::{self, Payload};
//! use multimob::wire::{Dialect, mld};
//!
//! fn receive(datagram: &[u8]) {
//!     match packet::demux(datagram, &Dialect::DEFAULT) {
//!         Ok(packet::Datagram { src, payload: Payload::Mld(mld::Message::Report(report)), .. }) => {
//!             for record in report.records {
//!                 println!("{src}: {:?} {}, {} sources", record.kind, record.group, record.sources.len());
//!             }
//!         }
//!         Ok(other) => println!("{other:?}"),
//!         // "MLD: sources at offset 28 needs 32, has 16"
//!         Err(error) => println!("{error}: {:?}", error.reaction()),
//!     }
//! }
//! # let query = Payload::Mld(mld::Message::Query(mld::Query::general()));
//! # let mut buf = [0; 128];
//! # let len = packet::build("fe80::1".parse()?, "ff02::1".parse()?, &query, &mut buf)?;
//! # receive(&buf[..len]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The contract
//! * One type per message, to read and to write, covariant in its lifetime. `parse(octets, &Dialect)` checks every
//!   length that is needed to find the next item; after that nothing fails, panics or allocates.
//! * Items of fixed size are slices (the sources of a record); items of varying length are a [`List`]: validated octets,
//!   or a slice of values. Both are equal when their items are.
//! * A wrong length fails the parse with a [`DecodeError`] that names layer, field, offset, needed and had. The body of
//!   an option is judged when it is read: a bad one is an ordinary value (`Malformed`), because the standards treat
//!   it as absent and the rest as good.
//! * Checksums are no business of `parse`: [`packet::demux`] and [`Pseudo::verify`] look at them; [`pim::Message::check`]
//!   knows that of a Register.
//! * Rules about addresses are `judge()`, asked by the machines.
//! * Unknown types, options and flag bits are ordinary values and are kept; reserved fields and what lies behind the end
//!   of a message are ignored, and written as zero or not at all.
//! * Equal values encode equal. [`Encode`] has one required function; length, checksum and octets come from it. What
//!   no length field can say is an [`EncodeError`], never cut off.
//! * What a disputed bit or a local code point means is the [`Dialect`] of the peer.
//! * The owned form, `Owned` (feature `alloc`), is the
//!   canonical octets with their dialect.
//!
//! Every message of every [`Format`] keeps these laws, over samples and random messages: what is written reads back equal;
//! values read out of it and written again give the same octets; cut off or corrupted anywhere it is an error or another
//! message, never a panic; reading and writing allocate nothing.

mod addr;
mod addr4;
mod checksum;
mod code;
mod dialect;
mod error;
pub mod fields;
mod flags;
mod format;
#[cfg(feature = "serde")]
mod hex;
mod list;
mod out;
#[cfg(feature = "alloc")]
mod owned;
mod read;

#[cfg(feature = "auth")]
pub mod auth;
pub mod cxtp;
pub mod igmp;
pub mod ipv4;
pub mod ipv6;
pub mod membership;
pub mod mh;
pub mod mld;
pub mod nd;
pub mod packet;
pub mod pim;
pub mod udp;

pub use addr::Addr;
pub use addr4::Addr4;
pub use checksum::Pseudo;
pub use dialect::{Dialect, FeatureTypes, FlagDialect, HoldTypes, OptionTypes};
pub use error::{DecodeError, EncodeError, Field, Layer, Reaction};
pub use format::Format;
pub use list::{Item, Iter, List};
pub use out::{Encode, Out};
#[cfg(feature = "alloc")]
pub use owned::{FromOctetsError, Owned};
