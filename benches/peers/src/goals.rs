//! What is wanted, as data.
//!
//! A ratio is our time divided by the peer's: below 1 is faster. Goals were set before the code was written and are not
//! loosened; a goal that is missed says so in every run.

/// How the programs are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The default release profile, what a user gets.
    D,
    /// Fat LTO, one codegen unit.
    L,
}

/// At most this ratio to a peer, in one profile or both.
pub struct Goal {
    pub workload: &'static str,
    pub ours: &'static str,
    pub peer: &'static str,
    pub d: Option<f64>,
    pub l: Option<f64>,
}

/// At most so many instructions for a message, in both profiles.
pub struct Bound {
    pub workload: &'static str,
    pub ours: &'static str,
    pub instructions: f64,
}

impl Goal {
    pub fn of(workload: &str, ours: &str, peer: &str, profile: Profile) -> Option<f64> {
        let named = |goal: &&Self| (goal.workload, goal.ours, goal.peer) == (workload, ours, peer);
        GOALS.iter().find(named).and_then(|goal| match profile {
            Profile::D => goal.d,
            Profile::L => goal.l,
        })
    }
}

const fn goal(workload: &'static str, ours: &'static str, peer: &'static str, d: f64, l: f64) -> Goal {
    Goal { workload, ours, peer, d: Some(d), l: Some(l) }
}

const fn by_default(workload: &'static str, ours: &'static str, peer: &'static str, d: f64) -> Goal {
    Goal { workload, ours, peer, d: Some(d), l: None }
}

pub const GOALS: &[Goal] = &[
    goal("MLDv2 read, mixed pool", "walk", "smoltcp", 0.8, 0.95),
    goal("MLDv2 read, mixed pool", "walk", "packet-formats body", 0.6, 1.05),
    goal("MLDv2 read, mixed pool", "walk", "zerocopy strict", 1.2, 1.25),
    goal("MLDv2 read, mixed pool", "parse", "smoltcp", 1.25, 1.4),
    goal("MLDv2 read and verify, mixed pool", "walk", "smoltcp", 0.75, 0.95),
    goal("MLDv2 read and verify, mixed pool", "walk", "packet-formats", 0.55, 1.15),
    goal("MLDv2 read, 20,408 B", "walk lax", "smoltcp", 1.1, 1.1),
    goal("MLDv2 read, 20,408 B", "walk", "smoltcp", 2.2, 2.2),
    by_default("MLDv2 emit, mixed pool", "encode_for", "smoltcp", 0.9),
    by_default("MLDv2 emit, 28 B", "encode_for", "smoltcp", 0.9),
    by_default("MLDv2 emit, 848 B", "encode_for", "smoltcp", 0.9),
    by_default("MLDv2 emit, 20,408 B", "encode_for", "smoltcp", 0.9),
    goal("PBU read, 104 B", "parse", "zerocopy", 1.2, 1.2),
    goal("PBU read, 104 B", "parse", "nom to Vec", 0.2, 0.2),
    goal("PBU read, pool", "parse", "zerocopy", 1.2, 1.2),
    goal("PBU read, pool", "parse", "nom to Vec", 0.2, 0.2),
    goal("PBU read, with option 200", "parse", "zerocopy", 1.6, 1.6),
    goal("PBU emit, 104 B", "encode", "zerocopy", 1.2, 1.2),
    goal("PBU emit, pool", "encode", "zerocopy", 1.2, 1.2),
    goal("PBU emit, with option 200", "encode", "zerocopy", 1.6, 1.6),
    goal("checksum, 40 B", "checksum", "smoltcp", 1.0, 1.0),
    goal("checksum, 40 B", "checksum", "etherparse", 1.0, 1.0),
    goal("checksum, 64 B", "checksum", "smoltcp", 1.0, 1.0),
    goal("checksum, 64 B", "checksum", "etherparse", 1.0, 1.0),
    goal("checksum, 128 B", "checksum", "smoltcp", 1.0, 1.0),
    goal("checksum, 128 B", "checksum", "etherparse", 1.0, 1.0),
    // Never slower than a peer where no SIMD is asked for.
    goal("checksum, 1,500 B", "checksum", "smoltcp", 1.05, 1.05),
    goal("checksum, 9,000 B", "checksum", "smoltcp", 1.05, 1.05),
];

pub const BOUNDS: &[Bound] = &[Bound { workload: "PBU read, 104 B", ours: "parse", instructions: 550.0 }];
