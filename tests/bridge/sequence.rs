//! What is said, and when: drawn at random, the same for either address family.

use multimob::mld::family::RawRecord;
use multimob::mld::router::LinkKind;
use multimob::wire::mld::RecordType;

use crate::kin::Kin;

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
        let (setup, reports, far) = match random.below(6) {
            0 => (Setup::Tracks(LinkKind::PointToPoint), 10, 2),
            1 => (Setup::Tracks(LinkKind::Shared), 10, 2),
            _ => (Setup::Asks, 14, 4),
        };
        let mut steps: Vec<Step> = (0..reports)
            .map(|_| {
                let is_far = random.below(far) == 0;
                let wait = if is_far { 1_100 + random.below(1_800) } else { 50 + random.below(500) };
                Step { wait, report: Some(Report::draw(setup, random)) }
            })
            .collect();
        steps.extend((0..7).map(|_| Step { wait: 2_100, report: None }));
        Self { setup, steps }
    }
}

impl Report {
    fn draw(setup: Setup, random: &mut Random) -> Self {
        let said = (0..=random.below(2)).map(|_| Said::draw(setup, random)).collect();
        Self { from: 1 + random.draw(&[0, 1, 2]), said }
    }

    pub fn message<A: Kin>(&self) -> A::Owned {
        let octets = |said: &Said| said.sources.iter().map(|&n| A::source(n).to_octets()).collect();
        let sources: Vec<Vec<A::Octets>> = self.said.iter().map(octets).collect();
        let record =
            |(said, sources): (&Said, &'_ Vec<A::Octets>)| (said.kind, A::group(said.group), sources.clone());
        let owned: Vec<_> = self.said.iter().zip(&sources).map(record).collect();
        let records: Vec<RawRecord<'_, A>> = owned
            .iter()
            .map(|(kind, group, sources)| RawRecord { kind: *kind, group: *group, sources })
            .collect();
        A::report(&records).unwrap()
    }
}

impl Said {
    fn draw(setup: Setup, random: &mut Random) -> Self {
        use RecordType as R;
        let group = random.draw(&[0, 1]);
        let kinds: &[R] = match setup {
            Setup::Asks => &[R::IS_IN, R::IS_EX, R::TO_IN, R::TO_EX, R::ALLOW, R::BLOCK],
            Setup::Tracks(_) => &[R::IS_IN, R::IS_EX, R::TO_EX, R::ALLOW, R::ALLOW],
        };
        let kind = random.draw(kinds);
        let bits = match setup {
            Setup::Asks => random.bits(6),
            Setup::Tracks(_) => random.bits(6) & random.bits(6),
        };
        let sources = (1..=6).filter(|n| bits >> (n - 1) & 1 == 1);
        // TO_EX of sources that were wanted is a leave, as these are.
        let names_none = match (setup, kind) {
            (Setup::Tracks(_), R::TO_EX) | (Setup::Tracks(LinkKind::Shared), R::IS_EX) => true,
            (Setup::Tracks(_), R::IS_EX) => random.below(2) == 0,
            _ => false,
        };
        Self { kind, group, sources: sources.filter(|_| !names_none).collect() }
    }

    /// Whether it asks for EXCLUDE mode.
    pub fn is_exclude(&self) -> bool {
        [RecordType::IS_EX, RecordType::TO_EX].contains(&self.kind)
    }
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

    fn draw<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}
