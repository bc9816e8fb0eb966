//! What nearly all Reports are: they say again what is known. They are served ahead of all else.

use super::Router;
use super::heard::{Word, repeats};
use super::packed::Refreshing;
use crate::machine::Received;
use crate::mld::{Family, Said};
use crate::time::Instant;
use crate::wire::HoldTypes;
use crate::wire::membership::Receiver;

impl<A: Family> Router<A> {
    /// Takes a Report of one who wants all that it says already, and until no later: timers run longer, and nothing comes
    /// of it. Whether it was one; if not, nothing has happened but what taking the Report record by record will do again.
    /// `guess` is the number that its sender may have.
    pub(super) fn refresh(
        &mut self,
        now: Instant,
        packet: &Received<A::Message<'_>, A>,
        guess: Option<u32>,
    ) -> bool {
        let (id, from) = (packet.meta.link, packet.meta.src);
        let Self { config, links, packed, .. } = self;
        let Some(link) = links.get_mut(&id) else { return false };
        let guess = guess.filter(|&guess| link.is_listener(id, from, guess, packed));
        let Some(known) = guess.or_else(|| link.audience.find(link.audience.key(from), packed)) else {
            return false;
        };
        let Ok(Said::Report(records)) = A::receive(packet, link.address, Receiver::Router) else {
            return false;
        };
        let until = now + link.timing(config).listening_interval();
        let Some(rows) = packed.refreshing(known, until) else { return false };
        let is_known = rows.say(records, link.hold());
        if is_known {
            link.audience.saw(from);
        }
        is_known
    }
}

impl<A: Family> Refreshing<'_, A> {
    /// Whether all of the records say only again what the listener wants; up to the first that does not, they are taken.
    fn say(mut self, records: A::Records<'_>, hold: Option<HoldTypes>) -> bool {
        A::records(records).all(|record| {
            let Some(word) = Word::of(record.kind, hold) else { return true };
            repeats(word, record.sources.is_empty()) && self.take(record.group, record.sources)
        })
    }
}
