//! The local mobility anchor, spoken to in octets: every message is built and taken apart by the codec.

mod budget;
mod deregistration;
mod domain;
mod handover;
#[cfg(feature = "proptest")]
mod laws;
mod lookup;
mod multicast;
mod registration;
mod trace;
mod tunnels;
