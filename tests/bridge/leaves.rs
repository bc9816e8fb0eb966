//! What hosts say who leave what they joined, before a bridge that tracks hosts too: with `fastleave` it keeps the hosts
//! that want a source, and those in EXCLUDE mode, and ends at once what the last of them leaves.
//!
//! It does so less exactly than our router, so not everything can be said. It keeps a host for as long as the host said,
//! even if it was asked since and did not answer, and asks about what was never joined. Of a host that goes on from EXCLUDE
//! mode to some sources it keeps both until the group was asked about.

use std::collections::BTreeMap;

use multimob::mld::router::LinkKind;
use multimob::wire::mld::RecordType as R;

use crate::sequence::{GROUPS, Random, Said};

/// What surely has not ended, and what surely has, in milliseconds: the listening interval is 12 s.
const RUNS: u64 = 11_000;
const OVER: u64 = 13_000;

/// The hosts, as far as what they say depends on what they said.
pub enum Leavers {
    /// One host; of each group, whether it wants everybody.
    Alone([bool; GROUPS as usize]),
    /// Hosts that each want everybody of the first group, and sources of the second.
    Together(Channels),
}

/// A source of a group; none: everybody.
type Channel = Option<u8>;

/// When who joined what, and when the others were asked after a leave.
#[derive(Default)]
pub struct Channels {
    joined: BTreeMap<(u8, Channel), u64>,
    asked: BTreeMap<Channel, u64>,
}

impl Leavers {
    pub fn new(kind: LinkKind) -> Self {
        match kind {
            LinkKind::PointToPoint => Self::Alone([false; GROUPS as usize]),
            LinkKind::Shared => Self::Together(Channels::default()),
        }
    }

    /// What `host` says at a time in milliseconds.
    pub fn say(&mut self, now: u64, host: u8, random: &mut Random) -> Said {
        let group = random.draw(&[0, 1]);
        let sources = Said::few(random);
        let (kind, sources) = match self {
            Self::Alone(wants_everybody) => {
                let wants_everybody = &mut wants_everybody[usize::from(group)];
                let kind = match wants_everybody {
                    true => random.draw(&[R::IS_EX, R::TO_EX, R::ALLOW, R::TO_IN]),
                    false => {
                        random.draw(&[R::IS_IN, R::ALLOW, R::ALLOW, R::BLOCK, R::TO_IN, R::IS_EX, R::TO_EX])
                    }
                };
                let names_none = *wants_everybody && kind != R::ALLOW || [R::IS_EX, R::TO_EX].contains(&kind);
                match kind {
                    R::TO_IN => *wants_everybody = false,
                    R::IS_EX | R::TO_EX => *wants_everybody = true,
                    _ => {}
                }
                (kind, if names_none { Vec::new() } else { sources })
            }
            Self::Together(channels) if group == 0 => match random.draw(&[R::IS_EX, R::TO_EX, R::TO_IN]) {
                R::TO_IN if channels.leave(now, host, None) => (R::TO_IN, Vec::new()),
                kind => {
                    channels.joined.insert((host, None), now);
                    (if kind == R::TO_IN { R::TO_EX } else { kind }, Vec::new())
                }
            },
            Self::Together(channels) => match random.draw(&[R::IS_IN, R::ALLOW, R::BLOCK]) {
                R::BLOCK => {
                    let left = sources.into_iter().filter(|&source| channels.leave(now, host, Some(source)));
                    (R::BLOCK, left.collect())
                }
                kind => {
                    channels.joined.extend(sources.iter().map(|&source| ((host, Some(source)), now)));
                    (kind, sources)
                }
            },
        };
        Said { kind, group, sources }
    }
}

impl Channels {
    /// Leaves a channel, if both sides then know the same; whether so.
    fn leave(&mut self, now: u64, host: u8, channel: Channel) -> bool {
        let age = |then: u64| now - then;
        let is_joined = self.joined.get(&(host, channel)).is_some_and(|&then| age(then) < RUNS);
        let others = self.joined.iter().filter(|&(&(other, joined), _)| other != host && joined == channel);
        let others: Vec<u64> = others.map(|(_, &then)| age(then)).collect();
        let is_sure = !others.iter().any(|age| (RUNS..=OVER).contains(age));
        let was_asked = self.asked.get(&channel).is_some_and(|&then| age(then) < OVER);
        if !is_joined || !is_sure || was_asked {
            return false;
        }
        self.joined.remove(&(host, channel));
        if others.iter().any(|&age| age < RUNS) {
            self.asked.insert(channel, now);
        }
        true
    }
}
