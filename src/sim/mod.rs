//! A deterministic domain: mobile nodes, access gateways, anchors and a multicast network joined by links with delay,
//! reordering, loss and duplication. Everything random comes from one seed, time is virtual, and what passes between
//! two nodes is octets: every packet is built, checksummed, perhaps encapsulated, and taken apart again.
//!
//! ```text
//!   Scenario (TOML) ──> Domain ──steps──> nodes: mobile node, Mag, Lma, multicast network
//!                          │                 ▲ packets as octets over links │
//!                          │                 └──────────────────────────────┘
//!                          └──Event──> observers: Ladder, Measures, a trace, a capture
//! ```
//!
//! ```
//! use multimob::sim::{Domain, Ladder, Scenario};
//!
//! let scenario = Scenario::builtin("asaeda-fig6").ok_or("no such scenario")?;
//! let mut ladder = Ladder::new(&scenario);
//! Domain::new(&scenario, scenario.seed)?.run(&mut ladder);
//! assert_eq!(ladder.missing(&scenario.figure), None, "the draft's figure, in its order");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This is a test bench, so it goes on where a router would count and drop: a node that gets octets it cannot read
//! tells the observers and carries on.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test bench: node numbers come from the domain itself, sizes and times from a checked scenario"
)]

mod builtin;
mod describe;
mod domain;
mod event;
mod frame;
mod ladder;
mod link;
mod measure;
mod node;
mod replay;
mod scenario;

pub use builtin::BUILTIN;
pub use describe::{Described, Names, describe};
pub use domain::{BuildError, Domain, DomainSnapshot, EPOCH_UNIX_MICROS, NodeSnapshot};
pub use event::{Event, MachineAction, MachineConfig, MachineInput, Medium, Node, Observer, Why};
pub use frame::{Data, multicast_data};
pub use ladder::{FigureLine, Ladder, Line};
pub use link::LinkProfile;
pub use measure::{Counts, Handover, Listening, Measures, Signalling};
pub use node::MobileSnapshot;
pub use replay::{Replay, ReplayError};
pub use scenario::{Act, AnchorSpec, GatewaySpec, Links, MobileSpec, Scenario, ScenarioError, Step, Stream};
