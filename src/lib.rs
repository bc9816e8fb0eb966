//! IP multicast to moving receivers: wire formats and sans-IO state machines for Proxy Mobile IPv6 and distributed
//! mobility domains.
//!
//! # The map
//! ```text
//!           packets, attachments, answers                  packets, tunnels, routes, notices
//!                  │                                                     ▲
//!                  ▼                                                     │
//!   wire::packet::demux ──> pmip::Mag ─┬─ mld::Router   access links     │
//!   octets to values          settle   ├─ mld::Proxy    one for each LMA ─┤  Sink<Action>
//!   and back                           └─ sessions      registration,    │
//!                                                       context transfer │
//!                      ──> pmip::Lma ─┬─ mld::Router   a link for each MAG
//!                             settle   └─ Binding Cache ─────────────────┘
//!
//!   mld::lightweight    router and host of RFC 5790, for nodes of your own
//!   fanout::Forwarder   data: from a received datagram and the installed routes to the list of copies
//!   laws                what holds for every machine, as checks (feature `proptest`)
//!   sim                 a domain of nodes and lossy links that runs all of it (feature `sim`)
//! ```
//! [`wire`] and `fanout` know no machine; `mld` knows [`wire`] and `channel`; `pmip` composes them. Nothing knows sockets,
//! clocks or threads. Without the feature `alloc` there is [`wire`] alone.
//!
//! # The run loop
//! ```
//! use multimob::machine::{LinkId, Protection, RxMeta};
//! use multimob::pmip::mag::{Action, Config, Input, LmaPeer, Mag};
//! use multimob::wire::{Dialect, Encode, packet};
//! use multimob::{Instant, Machine};
//!
//! struct Gateway {
//!     mag: Mag,
//!     actions: Vec<Action>,
//! }
//!
//! impl Gateway {
//!     /// A datagram arrived on `link`; `protection` is what IPsec says of it.
//!     fn receive(&mut self, now: Instant, link: LinkId, octets: &[u8], protection: Protection) {
//!         match packet::demux(octets, &Dialect::default()) {
//!             Ok(datagram) => {
//!                 let meta = RxMeta::new(link, &datagram, protection);
//!                 self.serve(now, Input::Packet { meta, payload: datagram.payload });
//!             }
//!             Err(error) => eprintln!("dropped: {error}"),
//!         }
//!     }
//!
//!     /// Something happened: timers first, then the input, then what follows from both.
//!     fn serve(&mut self, now: Instant, input: Input<'_>) {
//!         self.wake(now);
//!         if let Err(reject) = self.mag.handle_input(now, input, &mut self.actions) {
//!             eprintln!("refused, nothing changed: {reject}");
//!         }
//!         self.carry_out();
//!     }
//!
//!     /// To be called at `self.mag.poll_timeout()`; too early or too often is harmless.
//!     fn wake(&mut self, now: Instant) {
//!         if self.mag.poll_timeout().is_some_and(|due| due <= now) {
//!             self.mag.handle_timeout(now, &mut self.actions);
//!             self.carry_out();
//!         }
//!     }
//!
//!     fn carry_out(&mut self) {
//!         for action in self.actions.drain(..) {
//!             match action {
//!                 Action::Send(envelope) => {
//!                     let mut packet = [0; 2048];
//!                     match envelope.encode(&mut packet) {
//!                         Ok(len) => println!("send {len} octets by {:?}", envelope.via),
//!                         Err(error) => eprintln!("not sent: {error}"),
//!                     }
//!                 }
//!                 Action::FetchProfile { node, .. } => println!("ask the policy store for {node}"),
//!                 other => println!("{other:?}"), // tunnels, routes, notices
//!             }
//!         }
//!     }
//! }
//!
//! let mut config = Config::new("2001:db8:a::1".parse()?, "fe80::1".parse()?);
//! config.lmas.push(LmaPeer { address: "2001:db8:b::1".parse()?, dialect: Dialect::default() });
//! let mut gateway = Gateway { mag: Mag::new(config, 42)?, actions: Vec::new() };
//! gateway.receive(Instant::ZERO, LinkId(1), b"no packet at all", Protection::None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Standards
//! What is done of each standard, and what is not, stands in the README. Items of the drafts are cited as `A28` (asaeda),
//! `Z42` (zhao), `S13` (sarikaya), `L7` (liu) and `D-5` (a decision where the drafts are silent).
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

#[cfg(feature = "alloc")]
extern crate alloc;

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
mod readme {}

mod time;

#[cfg(feature = "alloc")]
pub mod channel;
#[cfg(feature = "alloc")]
pub mod fanout;
#[cfg(feature = "arbitrary")]
pub mod laws;
#[cfg(feature = "alloc")]
pub mod machine;
#[cfg(test)]
mod matrix;
#[cfg(feature = "alloc")]
mod mip;
#[cfg(feature = "alloc")]
pub mod mld;
#[cfg(feature = "alloc")]
pub mod pmip;
#[cfg(feature = "alloc")]
mod random;
#[cfg(feature = "arbitrary")]
pub mod samples;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "alloc")]
mod slab;
#[cfg(feature = "alloc")]
pub mod timers;
pub mod wire;

#[cfg(feature = "alloc")]
pub use machine::{Machine, Polled, Sink, Snapshot};
pub use time::Instant;
