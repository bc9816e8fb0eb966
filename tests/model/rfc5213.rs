//! RFC 5213 5.3 to 5.5 a second time, word for word: the chain of 5.3.1, the look-up of 5.4.1 and the answer of 5.3.6, as
//! tables and their readers, over nodes, gateways and prefixes that are numbers; and what a PBU-M adds (asaeda 7.4).
//!
//! It knows nothing of the crate: the fuzz target `lma_model` compares with it. What the standard leaves open and this
//! project has decided stands beside the word "house".
#![allow(dead_code, unreachable_pub, reason = "each of those who include this uses a part of it")]

use core::net::Ipv6Addr;
use std::collections::{BTreeMap, BTreeSet};
use std::vec::Vec;

use super::router_model::rfc3810;

mod pbu_m;

/// Milliseconds: MinDelayBeforeBCEDelete, MaxDelayBeforeNewBCEAssign, TimestampValidityWindow (9.1), and RFC 3810 9.
pub const DELETE: u64 = 10_000;
pub const ASSIGN: u64 = 1_500;
pub const WINDOW: u64 = 300;
pub const MALI: u64 = rfc3810::MALI * 1_000;
pub const LLQT: u64 = rfc3810::LLQT * 1_000;
/// Lifetimes are in units of 4 s; no more than this many are granted.
pub const UNIT: u64 = 4_000;
pub const MOST: u16 = 20;

/// A prefix of this number only asks for one.
pub const ALL_ZERO: u8 = 0;
/// Prefixes from here on are the anchor's to give.
pub const POOL: u8 = 100;
/// How many those are.
pub const POOLED: u8 = 2;

/// A Proxy Binding Update.
#[derive(Clone, Debug)]
pub struct Pbu {
    pub authenticated: bool,
    /// Gateway that sent it, and the one that an Alternate Care-of Address option names.
    pub src: u8,
    pub alternate: Option<u8>,
    pub node: Option<u8>,
    pub sequence: u16,
    pub lifetime: u16,
    pub prefixes: Vec<u8>,
    pub handoff: Option<u8>,
    pub technology: Option<u8>,
    pub interface: Option<Vec<u8>>,
    pub link_local: Option<Ipv6Addr>,
    /// Milliseconds of the time of day.
    pub timestamp: Option<u64>,
    pub multicast: Multicast,
}

/// What an update says of multicast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Multicast {
    /// It is no PBU-M.
    None,
    /// It is one, but has no option that can be read.
    Malformed,
    Records(Vec<Record>),
}

/// A record: its type, its group and its sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub kind: u8,
    pub group: u16,
    pub sources: Vec<u16>,
}

/// Groups: source-specific, any source, link scope, and no group at all. Source 0 is no source.
pub const SSM: u16 = 1;
pub const ASM: u16 = 2;
pub const LINK_SCOPE: u16 = 3;
pub const NO_GROUP: u16 = 4;

/// EXCLUDE or not, and the list.
pub type Filter = (bool, BTreeSet<u16>);

/// A Proxy Binding Acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pba {
    pub to: u8,
    pub status: u8,
    pub sequence: u16,
    pub lifetime: u16,
    /// None: an identifier of no octets.
    pub node: Option<u8>,
    pub prefixes: Vec<u8>,
    pub handoff: u8,
    pub technology: u8,
    pub timestamp: Option<u64>,
    pub interface: Option<Vec<u8>>,
    pub link_local: Option<Ipv6Addr>,
    /// D-7: what of the records was taken.
    pub taken: Option<BTreeMap<u16, Filter>>,
}

/// What the operator knows of a node.
#[derive(Clone, Debug, Default)]
pub struct Subscriber {
    pub prefixes: Vec<u8>,
    pub barred: bool,
    /// Channels that the node may receive, a group without a source for all of them; none: everything.
    pub policy: Option<Vec<(u16, Option<u16>)>>,
}

/// A Binding Cache entry (5.1).
#[derive(Clone, Debug)]
pub struct Entry {
    pub node: u8,
    pub coa: u8,
    pub prefixes: Vec<u8>,
    interface: Vec<u8>,
    technology: u8,
    link_local: Ipv6Addr,
    sequence: Option<u16>,
    /// When the lifetime ends; once deregistered, when it is deleted.
    ends: u64,
    /// Deregistered (5.3.5, 2).
    pub waits: bool,
    /// A request that waits for the deregistration, and until when (5.4.1.2, 4).
    claim: Option<(u64, Pbu)>,
}

/// What the standard leaves to the anchor, as it chose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    /// A prefix of the pool (5.3.2, 1).
    pub prefix: Option<u8>,
    /// A link-local address (5.3.6).
    pub link_local: Option<Ipv6Addr>,
}

/// The anchor.
#[derive(Clone, Debug, Default)]
pub struct Anchor {
    gateways: BTreeSet<u8>,
    pub subscribers: BTreeMap<u8, Subscriber>,
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// What each gateway that serves somebody wants of the groups.
    pub links: BTreeMap<u8, BTreeMap<u16, rfc3810::Record>>,
    /// Accepted timestamps, the latest of each node.
    timestamps: BTreeMap<u8, u64>,
    /// Milliseconds of the time of day when the run began, if the anchor was told.
    pub epoch: Option<u64>,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Update(usize),
    /// The request waits for what becomes of this one.
    Wait(usize),
    New,
    Reject(u8),
}

/// The checks of 5.3.1 that end in an answer, in their order (which is normative), and its Status.
const CHAIN: [(&str, u8); 10] = [
    ("4: no identifier", 160),
    ("6: gateway not authorised", 154),
    ("7: node not known", 153),
    ("8: service denied", 152),
    // 5.5; the order of the two is digest 6.6's.
    ("9: timestamp outside the window", 156),
    ("9: timestamp not greater", 157),
    ("9: number not greater", 135),
    ("10: no prefix", 158),
    ("11: no handoff indicator", 161),
    ("12: no access technology", 162),
];

/// 5.4.1.1, 5: any of these makes it an update of the entry.
const NAMED: [&[&str]; 4] = [
    &["identifier present", "identifier equal", "technology equal"],
    &["HI 2"],
    &["identifier absent", "entry without identifier", "technology equal", "HI 3"],
    &["Proxy-CoA equal", "technology equal"],
];

/// Whether an identifier is present, HI, and what follows.
type Row = (bool, u8, fn(usize) -> Found);
/// 5.4.1.2 (an identifier is present) and 5.4.1.3: when the node has one entry and only one. All else is new.
const ONE: [Row; 5] = [
    (true, 2, Found::Update),
    (true, 4, Found::Wait),
    (false, 2, Found::Update),
    (false, 3, Found::Update),
    (false, 4, Found::Wait),
];

impl Pbu {
    pub fn coa(&self) -> u8 {
        self.alternate.unwrap_or(self.src)
    }

    /// House: an identifier of zeros is none (5.1 stores none so, and figure 8 wants NON_ZERO).
    fn identifier(&self) -> Option<&Vec<u8>> {
        self.interface.as_ref().filter(|id| id.iter().any(|octet| *octet != 0))
    }

    fn named(&self) -> impl Iterator<Item = u8> + '_ {
        self.prefixes.iter().copied().filter(|prefix| *prefix != ALL_ZERO)
    }

    /// House: of two requests of a node for the same wait, which is the later one.
    fn follows(&self, earlier: &Self) -> bool {
        match (self.timestamp, earlier.timestamp) {
            (Some(this), Some(that)) => this > that,
            _ => self.src != earlier.src || greater(self.sequence, earlier.sequence),
        }
    }
}

/// RFC 6275 9.5.1: modulo 2^16, and not greater within 32,768.
fn greater(sequence: u16, last: u16) -> bool {
    (u32::from(last) + 0x1_0000 - u32::from(sequence)) % 0x1_0000 > 32_768
}

impl Anchor {
    /// One that knows these gateways and no node.
    pub fn of(gateways: BTreeSet<u8>) -> Self {
        Self { gateways, ..Self::default() }
    }

    /// Takes an update; the answers that go out, which may be that of another one that has waited.
    pub fn receive(&mut self, now: u64, pbu: &Pbu, choice: Choice) -> Vec<Pba> {
        // 5.3.1, 1.
        let answers = if pbu.authenticated { self.process(now, pbu, false, choice) } else { Vec::new() };
        self.tear_down();
        answers
    }

    fn process(&mut self, now: u64, pbu: &Pbu, waited: bool, choice: Choice) -> Vec<Pba> {
        let wrong = CHAIN.iter().find(|(check, _)| self.is(check, now, pbu, waited));
        if let Some(&(_, status)) = wrong {
            return [self.reject(now, pbu, status)].into();
        }
        match self.look_up(pbu) {
            Found::Reject(status) => [self.reject(now, pbu, status)].into(),
            found if pbu.lifetime == 0 => self.deregister(now, pbu, found, choice),
            Found::Update(at) => [self.update(now, at, pbu, choice)].into(),
            Found::Wait(at) if !waited => self.wait(now, at, pbu),
            Found::Wait(_) | Found::New => [self.create(now, pbu, choice)].into(),
        }
    }

    fn is(&self, check: &str, now: u64, pbu: &Pbu, waited: bool) -> bool {
        let node = pbu.node.unwrap_or_default();
        let subscriber = self.subscribers.get(&node);
        // House: whoever has a session may end it, whatever was decided about the node since.
        let ends = pbu.lifetime == 0 && self.sessions(node).next().is_some();
        let clock = self.epoch.map(|epoch| epoch + now);
        // What has waited was judged when it came.
        let timestamp = pbu.timestamp.filter(|_| !waited);
        match check {
            "4: no identifier" => pbu.node.is_none(),
            "6: gateway not authorised" => {
                !self.gateways.contains(&pbu.src) || !self.gateways.contains(&pbu.coa())
            }
            "7: node not known" => subscriber.is_none() && !ends,
            "8: service denied" => subscriber.is_some_and(|subscriber| subscriber.barred) && !ends,
            "9: timestamp outside the window" => timestamp
                .is_some_and(|timestamp| clock.is_none_or(|clock| clock.abs_diff(timestamp) > WINDOW)),
            "9: timestamp not greater" => timestamp
                .is_some_and(|timestamp| self.timestamps.get(&node).is_some_and(|last| timestamp <= *last)),
            "9: number not greater" => {
                !waited
                    && pbu.timestamp.is_none()
                    && self.last_number(pbu).is_some_and(|last| !greater(pbu.sequence, last))
            }
            "10: no prefix" => pbu.prefixes.is_empty(),
            "11: no handoff indicator" => pbu.handoff.is_none(),
            "12: no access technology" => pbu.technology.is_none(),
            _ => panic!("{check}"),
        }
    }

    /// The number is kept for the session that the request would lead to (5.5).
    fn last_number(&self, pbu: &Pbu) -> Option<u16> {
        match self.look_up(pbu) {
            Found::Update(at) | Found::Wait(at) => self.entries[at].sequence,
            Found::New | Found::Reject(_) => None,
        }
    }

    fn sessions(&self, node: u8) -> impl Iterator<Item = usize> + '_ {
        (0..self.entries.len()).filter(move |at| self.entries[*at].node == node)
    }

    /// 5.4.1.
    fn look_up(&self, pbu: &Pbu) -> Found {
        if pbu.named().next().is_some() {
            return self.look_up_named(pbu);
        }
        let mut sessions = self.sessions(pbu.node.unwrap_or_default());
        let is_key = |entry: &Entry| pbu.technology == Some(entry.technology);
        let keyed = sessions.by_ref().find(|at| {
            let entry = &self.entries[*at];
            match pbu.identifier() {
                // 5.4.1.2, 2.
                Some(id) => is_key(entry) && *id == entry.interface,
                // House: a gateway that repeats its first registration because the answer was lost knows no prefix.
                None => is_key(entry) && entry.interface.is_empty() && entry.coa == pbu.coa(),
            }
        });
        if let Some(at) = keyed {
            return Found::Update(at);
        }
        let sessions: Vec<usize> = self.sessions(pbu.node.unwrap_or_default()).collect();
        let [one] = sessions[..] else { return Found::New };
        let row = ONE.iter().find(|(present, handoff, _)| {
            *present == pbu.identifier().is_some() && Some(*handoff) == pbu.handoff
        });
        match row.map(|(.., found)| found(one)) {
            // It is deregistered already.
            Some(Found::Wait(at)) if self.entries[at].waits => Found::Update(at),
            found => found.unwrap_or(Found::New),
        }
    }

    /// 5.4.1.1.
    fn look_up_named(&self, pbu: &Pbu) -> Found {
        let holds = |prefix: u8| self.entries.iter().position(|entry| entry.prefixes.contains(&prefix));
        let Some(at) = pbu.named().find_map(holds) else { return Found::New };
        let entry = &self.entries[at];
        if Some(entry.node) != pbu.node {
            return Found::Reject(155);
        }
        let all_match = entry.prefixes.iter().all(|prefix| pbu.prefixes.contains(prefix))
            && pbu.prefixes.iter().all(|prefix| entry.prefixes.contains(prefix));
        if !all_match || entry.prefixes.len() != pbu.prefixes.len() {
            return Found::Reject(159);
        }
        let holds = |condition: &&str| match *condition {
            "identifier present" => pbu.identifier().is_some(),
            "identifier absent" => pbu.identifier().is_none(),
            "identifier equal" => pbu.identifier() == Some(&entry.interface),
            "entry without identifier" => entry.interface.is_empty(),
            "technology equal" => pbu.technology == Some(entry.technology),
            "HI 2" => pbu.handoff == Some(2),
            "HI 3" => pbu.handoff == Some(3),
            "Proxy-CoA equal" => pbu.coa() == entry.coa,
            _ => panic!("{condition}"),
        };
        let updates = NAMED.iter().any(|conditions| conditions.iter().all(holds));
        if updates { Found::Update(at) } else { Found::New }
    }

    /// 5.3.2.
    fn create(&mut self, now: u64, pbu: &Pbu, choice: Choice) -> Pba {
        let node = pbu.node.unwrap_or_default();
        let own = &self.subscribers[&node].prefixes;
        let is_free = |prefix: &u8| !self.entries.iter().any(|entry| entry.prefixes.contains(prefix));
        let prefixes = if pbu.prefixes.contains(&ALL_ZERO) {
            // House: those of the node that are not in use; without any, one of the pool.
            let own: Vec<u8> = own.iter().copied().filter(is_free).collect();
            let any = (POOL..POOL + POOLED).any(|prefix| is_free(&prefix));
            match choice.prefix {
                _ if !own.is_empty() => own,
                None if !any => return self.reject(now, pbu, 130),
                chosen => {
                    let chosen =
                        chosen.unwrap_or_else(|| panic!("no prefix for {pbu:?} beside {:?}", self.entries));
                    assert!((POOL..POOL + POOLED).contains(&chosen) && is_free(&chosen), "{chosen} is given");
                    [chosen].into()
                }
            }
        } else {
            // 3, and 5.2: no prefix is of two sessions.
            if !pbu.named().all(|prefix| own.contains(&prefix) && is_free(&prefix)) {
                return self.reject(now, pbu, 155);
            }
            let prefixes: BTreeSet<u8> = pbu.named().collect();
            prefixes.into_iter().collect()
        };
        self.entries.push(Entry {
            node,
            coa: pbu.coa(),
            prefixes,
            interface: Vec::new(),
            technology: 0,
            link_local: Ipv6Addr::UNSPECIFIED,
            sequence: None,
            ends: 0,
            waits: false,
            claim: None,
        });
        self.update(now, self.entries.len() - 1, pbu, choice)
    }

    /// 5.3.3 and 5.3.4.
    fn update(&mut self, now: u64, at: usize, pbu: &Pbu, choice: Choice) -> Pba {
        let lifetime = pbu.lifetime.min(MOST);
        self.accept(at, pbu);
        let entry = &mut self.entries[at];
        entry.coa = pbu.coa();
        entry.interface = pbu.identifier().cloned().unwrap_or_default();
        entry.technology = pbu.technology.unwrap_or_default();
        entry.ends = now + u64::from(lifetime) * UNIT;
        entry.waits = false;
        // House: who asks again asks no longer what waited.
        let same = |claim: &Pbu| claim.coa() == pbu.coa() && claim.identifier() == pbu.identifier();
        entry.claim.take_if(|(_, claim)| same(claim));
        if pbu.link_local == Some(Ipv6Addr::UNSPECIFIED) && entry.link_local.is_unspecified() {
            let made = choice.link_local.unwrap();
            assert!(made.is_unicast_link_local(), "{made}");
            entry.link_local = made;
        }
        // D-5: only now, and as one with the registration.
        let taken = self.subscribe(now, pbu);
        self.answer(at, pbu, lifetime, taken)
    }

    /// What holds of whatever was accepted.
    fn accept(&mut self, at: usize, pbu: &Pbu) {
        let entry = &mut self.entries[at];
        match pbu.timestamp {
            Some(timestamp) => {
                let last = self.timestamps.entry(entry.node).or_default();
                *last = timestamp.max(*last);
            }
            // What has waited may be older than what came meanwhile.
            None if entry.sequence.is_none_or(|last| greater(pbu.sequence, last)) => {
                entry.sequence = Some(pbu.sequence);
            }
            None => {}
        }
        // 5.3.6.
        if let Some(told) = pbu.link_local.filter(|address| !address.is_unspecified()) {
            entry.link_local = told;
        }
    }

    /// 5.3.5.
    fn deregister(&mut self, now: u64, pbu: &Pbu, found: Found, choice: Choice) -> Vec<Pba> {
        let at = match found {
            Found::Update(at) if self.entries[at].coa == pbu.coa() => at,
            // House: a claimant may take back what waits.
            Found::Wait(at) => {
                self.entries[at].claim.take_if(|(_, claim)| claim.coa() == pbu.coa() && pbu.follows(claim));
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        self.accept(at, pbu);
        let mut answers = Vec::from([self.answer(at, pbu, 0, None)]);
        let entry = &mut self.entries[at];
        if !entry.waits {
            entry.waits = true;
            entry.ends = now + DELETE;
        }
        if let Some((_, claim)) = entry.claim.take() {
            answers.extend(self.process(now, &claim, true, choice));
        }
        answers
    }

    /// 5.4.1.2, 4 and 5.4.1.3, 3.
    fn wait(&mut self, now: u64, at: usize, pbu: &Pbu) -> Vec<Pba> {
        match &mut self.entries[at].claim {
            // House: a repetition takes the place of what waits, and waits no longer (trap 56).
            Some((_, claim)) if pbu.follows(claim) => *claim = pbu.clone(),
            Some(_) => {}
            none => *none = Some((now + ASSIGN, pbu.clone())),
        }
        Vec::new()
    }

    /// 5.3.6, a Status below 128.
    fn answer(&self, at: usize, pbu: &Pbu, lifetime: u16, taken: Option<BTreeMap<u16, Filter>>) -> Pba {
        let entry = &self.entries[at];
        Pba {
            status: 0,
            lifetime,
            prefixes: entry.prefixes.clone(),
            timestamp: pbu.timestamp,
            link_local: pbu.link_local.map(|_| entry.link_local),
            taken,
            ..self.reject(0, pbu, 0)
        }
    }

    /// 5.3.6, a Status of 128 or more.
    fn reject(&self, now: u64, pbu: &Pbu, status: u8) -> Pba {
        let prefixes = if pbu.prefixes.is_empty() { [ALL_ZERO].into() } else { pbu.prefixes.clone() };
        // 5.5, 8 and 9.
        let own_time = || self.epoch.map_or(0, |epoch| epoch + now);
        Pba {
            to: pbu.src,
            status,
            sequence: if status == 135 { self.last_number(pbu).unwrap_or_default() } else { pbu.sequence },
            lifetime: 0,
            node: pbu.node,
            prefixes,
            handoff: pbu.handoff.unwrap_or(0),
            technology: pbu.technology.unwrap_or(0),
            timestamp: pbu.timestamp.map(|copy| if matches!(status, 156 | 157) { own_time() } else { copy }),
            interface: pbu.interface.clone(),
            link_local: pbu.link_local,
            taken: None,
        }
    }
}

/// Time.
impl Anchor {
    /// When something ends next.
    pub fn next(&self) -> Option<u64> {
        let entries = self.entries.iter().map(|entry| match &entry.claim {
            Some((until, _)) => entry.ends.min(*until),
            None => entry.ends,
        });
        let groups = self.links.values().flat_map(BTreeMap::values).filter_map(rfc3810::Record::next);
        entries.chain(groups).min()
    }

    /// Ends what ends at `now`.
    pub fn elapse(&mut self, now: u64, choice: Choice) -> Vec<Pba> {
        let mut admitted = Vec::new();
        for entry in &mut self.entries {
            // 5.4.1.2, 4; and a session that ends has no deregistration to wait for.
            if entry.ends <= now || entry.claim.as_ref().is_some_and(|(until, _)| *until <= now) {
                admitted.extend(entry.claim.take());
            }
        }
        // RFC 6275 9.5.5 and 5.3.5, 2.
        self.entries.retain(|entry| entry.ends > now);
        let answers = admitted.iter().flat_map(|(_, claim)| self.process(now, claim, true, choice)).collect();
        self.links.values_mut().flat_map(BTreeMap::values_mut).for_each(|state| state.elapse(now));
        self.tear_down();
        answers
    }

    /// A gateway that serves nobody is no listener any more.
    fn tear_down(&mut self) {
        let served: BTreeSet<u8> =
            self.entries.iter().filter(|entry| !entry.waits).map(|entry| entry.coa).collect();
        self.links.retain(|gateway, _| served.contains(gateway));
        for gateway in served {
            self.links.entry(gateway).or_default();
        }
    }
}
