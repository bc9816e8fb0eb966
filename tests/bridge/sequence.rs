//! What is said, and when: drawn at random, the same for either address family.

use multimob::mld::family::RawRecord;
use multimob::mld::router::LinkKind;
use multimob::wire::mld::RecordType;

use crate::kin::Kin;
use crate::leaves::Leavers;

/// How many groups are spoken of.
pub const GROUPS: u8 = 2;

/// How our router is set up, and with it what hosts may say so that it and the bridge know the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setup {
    /// It asks before it believes a leave, as the bridge does: hosts say anything.
    Asks,
    /// It tracks hosts and believes a leave at once (packed rows keep most of what it knows): nobody leaves anything. On a
    /// point-to-point link all speak as one host, to which the tables of the link apply; on a shared one each speaks for
    /// itself, and of those who want everybody nobody names sources.
    Tracks(LinkKind),
    /// Both track hosts and believe a leave at once: hosts say what [`Leavers`] do.
    BothTrack(LinkKind),
}

impl Setup {
    pub const fn link(self) -> LinkKind {
        match self {
            Self::Asks => LinkKind::Shared,
            Self::Tracks(kind) | Self::BothTrack(kind) => kind,
        }
    }
}

/// A router, and what it hears.
pub struct Sequence {
    pub setup: Setup,
    pub steps: Vec<Step>,
}

/// One Report, or only a look at what has ended.
pub struct Step {
    /// Milliseconds since the step before.
    pub wait: u64,
    pub report: Option<Report>,
}

/// Who says what.
pub struct Report {
    pub from: u8,
    pub said: Vec<Said>,
}

pub struct Said {
    pub kind: RecordType,
    pub group: u8,
    pub sources: Vec<u8>,
}

impl Sequence {
    /// Reports close to each other and far apart, then silence until all has ended.
    pub fn draw(random: &mut Random) -> Self {
        let (setup, reports, far) = match random.below(10) {
            0 => (Setup::Tracks(LinkKind::PointToPoint), 9, 2),
            1 => (Setup::Tracks(LinkKind::Shared), 9, 2),
            2 => (Setup::BothTrack(LinkKind::PointToPoint), 14, 4),
            3 => (Setup::BothTrack(LinkKind::Shared), 14, 4),
            _ => (Setup::Asks, 14, 4),
        };
        let (mut leavers, mut now) = (Leavers::new(setup.link()), 0);
        let mut steps: Vec<Step> = (0..reports)
            .map(|_| {
                let is_far = random.below(far) == 0;
                let wait = if is_far { 1_100 + random.below(1_800) } else { 50 + random.below(500) };
                now += wait;
                let records = 1 + random.below(2);
                // A point-to-point link has one host. We know it by any address, the bridge by one.
                let from = match setup {
                    Setup::BothTrack(LinkKind::PointToPoint) => 1,
                    _ => random.draw(&[1, 2, 3]),
                };
                let say = |_| match setup {
                    Setup::Asks => Said::anything(random),
                    Setup::Tracks(kind) => Said::no_leave(kind, random),
                    Setup::BothTrack(_) => leavers.say(now, from, random),
                };
                let said = (0..records).map(say).collect();
                Step { wait, report: Some(Report { from, said }) }
            })
            .collect();
        steps.extend((0..7).map(|_| Step { wait: 2_100, report: None }));
        Self { setup, steps }
    }
}

impl Report {
    pub fn message<A: Kin>(&self) -> A::Owned {
        let octets = |said: &Said| said.sources.iter().map(|&n| A::source(n).to_octets()).collect();
        let sources: Vec<Vec<A::Octets>> = self.said.iter().map(octets).collect();
        let records = self.said.iter().zip(&sources).map(|(said, sources)| RawRecord {
            kind: said.kind,
            group: A::group(said.group),
            sources,
        });
        let records: Vec<RawRecord<'_, A>> = records.collect();
        A::report(&records).unwrap()
    }
}

impl Said {
    /// Anything at all.
    fn anything(random: &mut Random) -> Self {
        use RecordType as R;
        let (group, bits) = (random.draw(&[0, 1]), random.bits(6));
        let kind = random.draw(&[R::IS_IN, R::IS_EX, R::TO_IN, R::TO_EX, R::ALLOW, R::BLOCK]);
        Self { kind, group, sources: numbered(bits) }
    }

    /// What leaves nothing.
    fn no_leave(kind: LinkKind, random: &mut Random) -> Self {
        use RecordType as R;
        let (group, sources) = (random.draw(&[0, 1]), Self::few(random));
        let word = random.draw(&[R::IS_IN, R::IS_EX, R::TO_EX, R::ALLOW, R::ALLOW]);
        let names_some = match (kind, word) {
            // TO_EX of sources that were wanted is a leave.
            (_, R::TO_EX) | (LinkKind::Shared, R::IS_EX) => false,
            (LinkKind::PointToPoint, R::IS_EX) => random.below(2) == 0,
            _ => true,
        };
        Self { kind: word, group, sources: if names_some { sources } else { Vec::new() } }
    }

    /// Sources, often one.
    pub fn few(random: &mut Random) -> Vec<u8> {
        numbered(random.bits(6) & random.bits(6))
    }

    /// Whether it asks for EXCLUDE mode.
    pub fn is_exclude(&self) -> bool {
        [RecordType::IS_EX, RecordType::TO_EX].contains(&self.kind)
    }
}

/// The numbers of the bits that are set.
fn numbered(bits: u8) -> Vec<u8> {
    (1..=6).filter(|n| bits >> (n - 1) & 1 == 1).collect()
}

/// Steele, Lea, Flood: SplitMix64.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn bits(&mut self, count: u32) -> u8 {
        u8::try_from(self.next() >> (64 - count)).unwrap()
    }

    pub fn draw<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}
