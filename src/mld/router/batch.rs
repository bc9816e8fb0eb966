//! Many packets at once.

use core::hint::black_box;

use super::packed::Row;
use super::{Input, Reject, Router};
use crate::machine::{Received, Sink};
use crate::mld::Family;
use crate::time::Instant;

/// How many packets are looked up ahead. Memory serves some ten requests at a time; what more is asked for early may be
/// gone again when it is needed.
const AHEAD: usize = 32;

impl<A: Family> Router<A> {
    /// Takes packets one after the other, as [`handle_input`](crate::Machine::handle_input) does; `refuse` is told of each that was refused, by
    /// its place among them.
    ///
    /// It is the same as as many calls, but what is known of the listeners is fetched for many of them at once: where
    /// there are more listeners than a cache holds, waiting for memory is what a Report costs.
    ///
    /// ```
    /// # use multimob::machine::{LinkId, Protection, Received, RxMeta};
    /// # use multimob::mld::{Router, router};
    /// # use multimob::wire::{Dialect, mld};
    /// # use multimob::Instant;
    /// let mut router: Router = Router::new(router::Config::default())?;
    /// # let from = "fe80::1".parse().unwrap();
    /// # let meta = RxMeta {
    /// #     link: LinkId(1), src: from, dst: from, home_address: None, routing_header: None, outer: None,
    /// #     hop_limit: 1, router_alert: true, protection: Protection::None,
    /// # };
    /// let message = mld::Message::Report(mld::Report::default());
    /// let (mut out, mut refused) = (Vec::new(), Vec::new());
    /// let packets = [Received { meta, message }];
    /// router.handle_packets(Instant::ZERO, &packets, &mut out, |place, why| refused.push((place, why)));
    /// assert_eq!(refused, [(0, router::Reject::NoSuchLink(LinkId(1)))]);
    /// # Ok::<(), router::ConfigError>(())
    /// ```
    pub fn handle_packets(
        &mut self,
        now: Instant,
        packets: &[Received<A::Message<'_>, A>],
        out: &mut impl Sink<super::Action<A>>,
        mut refuse: impl FnMut(usize, Reject<A>),
    ) {
        let mut place: usize = 0;
        for packets in packets.chunks(AHEAD) {
            let guesses = self.fetch(packets);
            for (&packet, guess) in packets.iter().zip(guesses) {
                if !self.refresh(now, &packet, guess)
                    && let Err(why) = self.take(now, Input::Packet(packet), out)
                {
                    refuse(place, why);
                }
                place = place.saturating_add(1);
            }
        }
    }

    /// Reads what is known of the listeners, each step for all of them: no step waits for another of the same listener.
    /// The numbers that the listeners may have.
    fn fetch(&self, packets: &[Received<A::Message<'_>, A>]) -> [Option<u32>; AHEAD] {
        let mut links = [None; AHEAD];
        for (link, packet) in links.iter_mut().zip(packets) {
            *link = self.links.get(&packet.meta.link);
        }
        let mut guesses = [None; AHEAD];
        for ((guess, link), packet) in guesses.iter_mut().zip(links).zip(packets) {
            *guess = link.and_then(|link| link.audience.guess(packet.meta.src, &self.packed));
        }
        let mut rows: [&[Row]; AHEAD] = [&[]; AHEAD];
        for (rows, guess) in rows.iter_mut().zip(guesses) {
            *rows = guess.map_or(&[], |id| self.packed.listeners.rows(id));
        }
        let first = rows.iter().filter_map(|rows| rows.first());
        black_box(first.fold(0, |all, row| all ^ row.channel));
        guesses
    }
}
