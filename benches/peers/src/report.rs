//! One line for each comparison, for people and for scripts:
//!
//! ```text
//! workload | multimob | peer | ratio | goal | met
//! ```
//!
//! A goal is met when the upper quartile of the ratios is at or below it, missed when the lower quartile is above it, and
//! unclear between. A goal from 0.9 to 1.1 is nearer than time can tell: there the ratio of instructions decides.

use crate::goals::{Bound, Profile};
use crate::measure::Quartiles;

pub struct Line {
    pub workload: &'static str,
    pub ours: &'static str,
    pub peer: &'static str,
    pub time: Quartiles,
    /// Our instructions by the peer's, where they decide.
    pub instructions: Option<f64>,
    pub goal: Option<f64>,
    /// Whether enough was measured to tell anything.
    pub is_judged: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Met,
    Missed,
    Unclear,
    /// There is no goal, or nothing was measured.
    Open,
}

impl Verdict {
    const fn text(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Unclear => "unclear",
            Self::Open => "-",
        }
    }
}

impl Line {
    pub fn print(&self, profile: Profile) -> Verdict {
        let Quartiles { lower, median, upper } = self.time;
        let mut ratio = match self.is_judged {
            true => format!("{median:.2} ({lower:.2} to {upper:.2})"),
            false => "not measured".into(),
        };
        if let Some(instructions) = self.instructions {
            ratio += &format!(", instructions {instructions:.2}");
        }
        let goal = self.goal.map_or("-".into(), |goal| format!("<= {goal}"));
        let verdict = self.verdict();
        row(self.workload, profile, self.ours, self.peer, &ratio, &goal, verdict);
        verdict
    }

    fn verdict(&self) -> Verdict {
        let (Some(goal), true) = (self.goal, self.is_judged) else { return Verdict::Open };
        match self.instructions {
            Some(instructions) if instructions <= goal => Verdict::Met,
            Some(_) => Verdict::Missed,
            None if self.time.upper <= goal => Verdict::Met,
            None if self.time.lower > goal => Verdict::Missed,
            None => Verdict::Unclear,
        }
    }
}

/// The line of a bound.
pub fn bound(bound: &Bound, counted: Option<f64>, profile: Profile) -> Verdict {
    let (ratio, verdict) = match counted {
        Some(counted) if counted <= bound.instructions => (format!("{counted:.0}"), Verdict::Met),
        Some(counted) => (format!("{counted:.0}"), Verdict::Missed),
        None => ("-".into(), Verdict::Unclear),
    };
    let goal = format!("<= {}", bound.instructions);
    row(bound.workload, profile, bound.ours, "instructions", &ratio, &goal, verdict);
    verdict
}

fn row(workload: &str, profile: Profile, ours: &str, peer: &str, ratio: &str, goal: &str, verdict: Verdict) {
    let workload = format!("{workload} [{}]", letter(profile));
    println!("{workload:37} | {ours:10} | {peer:19} | {ratio:41} | {goal:7} | {}", verdict.text());
}

/// How many goals were met.
#[derive(Default)]
pub struct Tally {
    met: usize,
    missed: usize,
    unclear: usize,
}

impl Tally {
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Met => self.met += 1,
            Verdict::Missed => self.missed += 1,
            Verdict::Unclear => self.unclear += 1,
            Verdict::Open => {}
        }
    }

    pub fn print(&self) {
        let Self { met, missed, unclear } = self;
        println!("# {met} met, {missed} missed, {unclear} unclear");
    }
}

/// By the directory that cargo built this in.
pub fn profile() -> Profile {
    let program = std::env::current_exe().expect("the path of this program");
    match program.parent().and_then(|directory| directory.file_name()).and_then(|name| name.to_str()) {
        Some("release") => Profile::D,
        Some("lto") => Profile::L,
        other => panic!("built in {other:?}, neither by --release nor by --profile lto"),
    }
}

const fn letter(profile: Profile) -> char {
    match profile {
        Profile::D => 'D',
        Profile::L => 'L',
    }
}

/// What the lines below it stand on.
pub fn head(profile: Profile) {
    let profile = match profile {
        Profile::D => "D: the default release profile",
        Profile::L => "L: fat LTO, one codegen unit",
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let cpus = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or("?").trim();
    println!("# {profile}; on CPU {cpus}; ratio = our time by theirs (lower to upper quartile)");
    if cfg!(not(feature = "packet-formats")) {
        println!("!! NOT COMPARED: packet-formats, which this was built without");
    }
    println!("workload | multimob | peer | ratio | goal | met");
}
