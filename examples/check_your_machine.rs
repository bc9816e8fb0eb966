//! A machine of your own under the laws of this crate, and a handler of packets of your own under its samples:
//! `cargo run --example check_your_machine --features proptest`. Break a rule, and the smallest script shows it.
use core::time::Duration;
use multimob::laws::{Subject, check, scripts};
use multimob::samples::{Damaged, of};
use multimob::wire::mld::{Message, Mld, Owned};
use multimob::{Instant, Machine, Sink, Snapshot};
use proptest::prelude::*;
use std::collections::BTreeMap;
/// Opens up to three gates, and closes each a minute after it was last asked for.
#[derive(Clone, Debug, Default)]
struct Gates(BTreeMap<u8, Instant>);
impl Machine for Gates {
    type Input<'a> = u8;
    type Action = (u8, bool);
    type Reject = ();
    fn handle_input(&mut self, now: Instant, gate: u8, out: &mut impl Sink<(u8, bool)>) -> Result<(), ()> {
        if self.0.len() == 3 && !self.0.contains_key(&gate) {
            return Err(());
        }
        let known = self.0.insert(gate, now + Duration::from_secs(60)).is_some();
        (!known).then(|| out.push((gate, true)));
        Ok(())
    }
    fn handle_timeout(&mut self, now: Instant, out: &mut impl Sink<(u8, bool)>) {
        self.0.iter().filter(|(_, end)| **end <= now).for_each(|(gate, _)| out.push((*gate, false)));
        self.0.retain(|_, end| *end > now);
    }
    fn poll_timeout(&self) -> Option<Instant> {
        self.0.values().min().copied()
    }
}
impl Snapshot for Gates {
    type S = Vec<u8>;
    fn snapshot(&self) -> Vec<u8> {
        self.0.keys().copied().collect()
    }
}
impl Subject for Gates {
    type Machine = Self;
    type Input = u8;
    fn fresh(&self) -> Self {
        self.clone()
    }
    fn feed(&self, gates: &mut Self, now: Instant, gate: &u8, out: &mut Vec<(u8, bool)>) -> Result<(), ()> {
        gates.handle_input(now, *gate, out)
    }
}
/// Whether no more sources are found than have room: stands for a handler of yours.
fn handles(octets: &[u8]) -> bool {
    let Ok(Message::Report(report)) = Message::parse(octets, &Default::default()) else { return true };
    report.records.iter().map(|record| record.sources.len()).sum::<usize>() <= octets.len() / 16
}
fn main() {
    let quiet = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    proptest!(quiet.clone(), |(script in scripts(0..5u8, 40))| check(&Gates::default(), &script)?);
    proptest!(quiet.clone(), |(good in of::<Owned>())| prop_assert!(handles(good.octets())));
    proptest!(quiet, |(bad in of::<Damaged<Mld>>())| prop_assert!(handles(&bad.octets)));
}
